//! What a push brings: the commits that the remote does not have, whatever is checked out and whatever their end says.

use super::{Repository, commit, expected, line, open, report};

/// A repository whose `main` is pushed, with one commit of a branch that is not.
fn cloned() -> Repository {
    let repository = Repository::new();
    repository.write("old.py", line(1));
    commit(&repository, 0);
    let remote = repository.home().join("remote.git");
    repository.git(&["clone", "--quiet", "--bare", ".", &remote.to_string_lossy()]);
    repository.git(&["remote", "add", "origin", &remote.to_string_lossy()]);
    repository.git(&["fetch", "--quiet", "origin"]);
    repository
}

/// Findings of `history --pushed` as a runner calls it.
fn pushed(repository: &Repository, variables: &[(&str, &str)]) -> Vec<(String, String, Option<String>)> {
    let mut command = repository.command(super::PROGRAM);
    command.args(["history", "--pushed", "--no-cache", "--format", "json"]).envs(variables.iter().copied());
    let said = repository.said(&mut command);
    open(&serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}", said.text())))
}

#[test]
fn what_was_removed_before_the_push_is_found_and_what_is_there_is_not() {
    let repository = cloned();
    repository.write("a.py", line(2));
    let added = commit(&repository, 1);
    repository.write("a.py", "clean = True\n");
    let tip = commit(&repository, 2);
    let brought = [expected("a.py", &added, None)];
    assert_eq!(pushed(&repository, &[]), brought);
    let known = repository.git(&["rev-parse", "HEAD~2"]);
    let range = [("PRE_COMMIT_FROM_REF", known.as_str()), ("PRE_COMMIT_TO_REF", tip.as_str())];
    repository.git(&["checkout", "--quiet", "HEAD~2"]);
    assert_eq!(pushed(&repository, &range), brought);
    assert_eq!(pushed(&repository, &[("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main")]), brought);
    assert_eq!(pushed(&repository, &[]), []);
}

#[test]
fn what_another_branch_of_the_remote_has_is_not_brought() {
    let repository = cloned();
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.write("theirs.py", line(3));
    commit(&repository, 1);
    repository.git(&["push", "--quiet", "origin", "main:theirs"]);
    let both = [("PRE_COMMIT_FROM_REF", base.as_str()), ("PRE_COMMIT_TO_REF", "HEAD")];
    let to = |remote| [both[0], both[1], ("PRE_COMMIT_REMOTE_NAME", remote)];
    assert_eq!(pushed(&repository, &to("origin")), []);
    assert_eq!(pushed(&repository, &to("elsewhere")).len(), 1);
    // A reference that leads nowhere, as after `origin`'s main branch was renamed, hides nothing and stops nothing.
    repository.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone"]);
    assert_eq!(pushed(&repository, &to("origin")), []);
}

/// Whatever forgives it where it was: its new path is new to the remote.
#[test]
fn what_the_remote_has_under_another_path_is_brought() {
    let repository = cloned();
    fs_err::copy(repository.path().join("old.py"), repository.path().join("copy.py")).unwrap();
    let copied = commit(&repository, 1);
    repository.git(&["mv", "copy.py", "moved.py"]);
    commit(&repository, 2);
    let brought = [expected("copy.py", &copied, Some("moved.py"))];
    assert_eq!(pushed(&repository, &[]), brought);
    // The remote's newest version does not have the path any more: it is brought again.
    repository.git(&["push", "--quiet", "origin", "HEAD~1:refs/heads/main"]);
    repository.git(&["mv", "moved.py", "copy.py"]);
    let back = commit(&repository, 3);
    let moved = repository.git(&["rev-parse", "HEAD~1"]);
    assert_eq!(pushed(&repository, &[]), [expected("moved.py", &moved, Some("copy.py"))]);
    repository.git(&["push", "--quiet", "origin", "HEAD~1:refs/heads/main"]);
    assert_eq!(pushed(&repository, &[]), [expected("copy.py", &back, Some("copy.py"))]);
}

/// Nobody gets anything by it: the push is let through.
#[test]
fn the_end_of_a_branch_brings_nothing_and_is_told_once() {
    let repository = cloned();
    repository.write("a.py", line(2));
    commit(&repository, 1);
    let nothing = "0".repeat(40);
    let head = repository.git(&["rev-parse", "HEAD"]);
    for pre_commit in ["0", "1"] {
        let mut command = repository.command(super::PROGRAM);
        command.args(["history", "--pushed"]).env("PRE_COMMIT", pre_commit);
        let said = repository.said(command.env("PRE_COMMIT_FROM_REF", &head).env("PRE_COMMIT_TO_REF", &nothing)).ended(0);
        assert_eq!(said.text(), "note: nothing to judge: the range ends with no commit, as after a branch was deleted\n");
    }
}

#[test]
fn git_is_asked_where_libgit2_cannot_read() {
    let Some(repository) = super::mixed(&["--ref-format=reftable"]) else {
        return crate::left_out::left_out("this git has no reftable");
    };
    let (all, _) = report(&repository, &["HEAD"]);
    assert_eq!(pushed(&repository, &[]), open(&all));
    repository.git(&["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
    let (newest, _) = report(&repository, &["HEAD~1..HEAD"]);
    assert_eq!(pushed(&repository, &[]), open(&newest));
    repository.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    assert_eq!(pushed(&repository, &[]), []);
}
