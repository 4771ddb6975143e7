//! Rules of a project: broken ones judge nothing, whole ones judge in the version that is looked at and in every kind of repository.

use crate::judged;
use crate::repository::{Repository, Said};

const RULE: &str = ".gatewright/rules/acme.md";

fn rule(pattern: &str) -> String {
    format!(
        "+++\nsummary = 'Acme key'\nseverity = 'high'\nconfidence = 'high'\n[match]\nkeywords = ['acme']\npattern = '{pattern}'\n+++\nWhy.\n"
    )
}

/// A repository with a rule and a file in which it finds something, both staged.
fn with_rule() -> Repository {
    let repository = Repository::new();
    repository.stage(RULE, rule("acme[0-9]{8}"));
    repository.stage("a.py", "f('acme48205913')\n");
    repository
}

#[track_caller]
fn finds(repository: &Repository, args: &[&str]) -> Said {
    judged(repository, args).ended(1).with(&["acme Acme key"])
}

#[track_caller]
fn is_silent(repository: &Repository, args: &[&str]) {
    judged(repository, args).ended(0);
}

#[test]
fn that_are_broken_end_every_command() {
    let repository = with_rule();
    repository.commit_unchecked("a rule");
    repository.stage(RULE, rule("acme[0-9"));
    repository.stage("b.py", "x = 1\n");
    let commands: [&[&str]; 11] = [
        &["check"],
        &["check", "--all-files"],
        &["scan"],
        &["history"],
        &["fix"],
        &["baseline", "create"],
        &["baseline", "update", "--accept-new"],
        &["baseline", "stats"],
        &["explain", "a.py:1"],
        &["explain", "acme"],
        &["rules"],
    ];
    for command in commands {
        repository
            .gatewright(command)
            .ended(2)
            .with(&[".gatewright/rules/acme.md:7: unclosed character class", "help: mend the rule"]);
    }
    assert!(!repository.path().join(".secrets.baseline").exists());
    repository.gatewright(&["explain", "github-token"]).ended(0);
    repository.gatewright(&["check", "--no-config"]).ended(0);
}

#[test]
fn that_are_no_text_or_too_large_or_no_files_are_refused() {
    let repository = with_rule();
    repository.stage(RULE, b"+++\n\xff");
    judged(&repository, &["a.py"]).ended(2).with(&["acme.md:1: it is not UTF-8"]);
    repository.stage(RULE, vec![b' '; (1 << 20) + 1]);
    judged(&repository, &["a.py"]).ended(2).with(&["acme.md:1: more than 1048576 bytes"]);
    repository.stage(RULE, rule("acme[0-9]{8}"));
    repository.stage(".gatewright/rules/Acme Key.md", rule("acme"));
    judged(&repository, &["a.py"]).ended(2).with(&["Acme Key.md:1: a rule is named by its file"]);
    repository.git(&["rm", "-qf", ".gatewright/rules/Acme Key.md"]);
    repository.stage(".gatewright/rules/deep/acme.md", rule("acme"));
    judged(&repository, &["a.py"]).ended(2).with(&[".gatewright/rules/deep is a folder"]);
}

#[cfg(unix)]
#[test]
fn that_are_not_there_are_missed() {
    use std::os::unix::ffi::OsStrExt as _;
    let repository = with_rule();
    fs_err::os::unix::fs::symlink("nowhere.md", repository.path().join(".gatewright/rules/gone.md")).unwrap();
    repository.gatewright(&["a.py"]).ended(2).with(&["gone.md leads to no file"]);
    repository.git(&["add", ".gatewright"]);
    judged(&repository, &["a.py"]).ended(2).with(&["gone.md leads to no file"]);
    judged(&repository, &["--worktree", "a.py"]).ended(2).with(&["gone.md"]);
    repository.git(&["rm", "-qf", ".gatewright/rules/gone.md"]);
    let name = std::ffi::OsStr::from_bytes(b".gatewright/rules/a\xff.md");
    fs_err::write(repository.path().join(name), rule("acme")).unwrap();
    repository.gatewright(&["a.py"]).ended(2).with(&["a\\xff.md is not named in UTF-8"]);
}

#[test]
fn in_a_submodule_are_in_no_commit() {
    let repository = with_rule();
    let first = repository.commit_unchecked("a rule");
    repository.git(&["rm", "-qrf", ".gatewright/rules"]);
    repository.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{first},.gatewright/rules")]);
    judged(&repository, &["a.py"]).ended(2).with(&[".gatewright/rules is no folder of the repository"]);
    let second = repository.commit_unchecked("a submodule");
    judged(&repository, &["--from-ref", &first, "--to-ref", &second]).ended(2).with(&["is no folder of the repository"]);
}

#[test]
fn judge_as_they_are_staged() {
    let repository = with_rule();
    finds(&repository, &["a.py"]);
    repository.write(RULE, rule("acme[0-9]{80}"));
    finds(&repository, &["a.py"]);
    is_silent(&repository, &["--worktree", "a.py"]);
    repository.git(&["add", RULE]);
    is_silent(&repository, &["a.py"]);
    // What git does not know yet counts by hand only, as an untracked configuration does.
    repository.git(&["rm", "-q", "--cached", RULE]);
    repository.write(RULE, rule("acme[0-9]{8}"));
    repository.gatewright(&["a.py"]).ended(1);
    judged(&repository, &["a.py"]).ended(0).with(&["acme.md is not staged, and decides nothing here"]);
    repository.git(&["add", RULE]);
    finds(&repository, &["a.py"]);
    repository.stage(".gatewright/rules/README.md", "How we write rules.\n");
    repository.stage(".gatewright/rules/.gitkeep", "");
    repository.write(".gatewright/rules/acme.md~", "An editor's copy.\n");
    finds(&repository, &["a.py"]);
    for name in ["notes.txt", "other.MD", "README.rst"] {
        let path = format!(".gatewright/rules/{name}");
        repository.stage(&path, "Is it a rule?\n");
        judged(&repository, &["a.py"]).ended(2).with(&[&format!("{path} is no rule file")]);
        repository.git(&["rm", "-qf", &path]);
    }
}

#[test]
fn of_a_range_are_those_of_its_end() {
    let repository = with_rule();
    let first = repository.commit_unchecked("a rule");
    repository.stage(RULE, rule("acme[0-9]{80}"));
    repository.stage("b.py", "f('acme48205914')\n");
    let second = repository.commit_unchecked("another rule");
    repository.stage("c.py", "f('acme48205915')\n");
    repository.stage(RULE, rule("acme[0-9]{8}"));
    let third = repository.commit_unchecked("the first rule");
    is_silent(&repository, &["--from-ref", &first, "--to-ref", &second]);
    finds(&repository, &["--from-ref", &second, "--to-ref", &third]);
    repository.write(".gatewright/rules/other.md", "broken");
    finds(&repository, &["--from-ref", &second, "--to-ref", &third]);
    let nothing = "0".repeat(third.len());
    is_silent(&repository, &["--from-ref", &third, "--to-ref", &nothing]);
    finds(&repository, &["--from-ref", &nothing, "--to-ref", &third]);
}

#[test]
fn are_read_by_every_reader_and_from_sparse_indexes() {
    let repository = with_rule();
    repository.commit_unchecked("a rule");
    repository.stage("src/a.py", "f('acme48205916')\n");
    repository.commit_unchecked("a folder");
    for reader in ["native", "git2", "plumbing"] {
        let mut command = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
        repository.said(command.args(["check", "--all-files"]).env("GATEWRIGHT_READER", reader)).ended(1).with(&["src/a.py:1"]);
    }
    repository.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "src"]);
    assert!(!repository.path().join(RULE).exists(), "it is outside of the sparse checkout");
    finds(&repository, &["src/a.py"]);
    finds(&repository, &["--all-files"]);
}

#[test]
fn of_a_bare_repository_are_those_of_head() {
    let repository = with_rule();
    repository.commit_unchecked("a rule");
    let bare = repository.home().join("bare.git");
    repository.git(&["clone", "-q", "--bare", ".", &bare.to_string_lossy()]);
    let mut command = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
    repository.said(command.args(["history", "--no-cache"]).current_dir(&bare)).ended(1).with(&["acme Acme key"]);
}

#[cfg(unix)]
#[test]
fn behind_a_link_are_read_where_it_leads() {
    let repository = Repository::new();
    repository.stage("policy/acme.md", rule("acme[0-9]{8}"));
    repository.stage("a.py", "f('acme48205913')\n");
    fs_err::create_dir(repository.path().join(".gatewright")).unwrap();
    fs_err::os::unix::fs::symlink("../policy", repository.path().join(".gatewright/rules")).unwrap();
    repository.git(&["add", "--all"]);
    finds(&repository, &["a.py"]);
    let last = repository.commit_unchecked("a rule");
    finds(&repository, &["--from-ref", &"0".repeat(last.len()), "--to-ref", &last]);
    finds(&repository, &["--worktree", "a.py"]);
}

#[test]
fn are_known_outside_of_repositories_too() {
    let folder = Repository::folder();
    folder.write("a.py", "f('acme48205913')\n");
    folder.gatewright(&["a.py"]).ended(0);
    folder.gatewright(&["rules"]).ended(0).with(&["github-token"]);
    folder.gatewright(&["rules", "--test"]).ended(2).with(&["there are no rules in .gatewright/rules"]);
    folder.write(RULE, rule("acme[0-9]{8}"));
    folder.gatewright(&["a.py"]).ended(1).with(&["acme Acme key"]);
    folder.gatewright(&["rules"]).ended(0).with(&["Acme key", "github-token"]);
    folder.gatewright(&["explain", "acme"]).ended(0).with(&["Acme key"]);
    folder.gatewright(&["rules", "--test"]).ended(1).with(&["acme.md:1: expected 2 hits and 2 near misses, found 0 and 0"]);
    folder.gatewright(&["rules", "--test", "a.py"]).ended(2).with(&["a.py is no rule file of this project"]);
}

#[test]
fn may_be_named_in_the_configuration_and_nowhere_else_without_them() {
    let repository = with_rule();
    repository.stage("gatewright.toml", "[secrets.rules]\ndisable = ['acme']\n");
    is_silent(&repository, &["a.py"]);
    repository.git(&["rm", "-qf", RULE]);
    judged(&repository, &["a.py"]).ended(2).with(&["unknown rule `acme`"]).without("not staged");
    // Somebody forgot to stage it.
    repository.write(RULE, rule("acme[0-9]{8}"));
    repository.gatewright(&["a.py"]).ended(0);
    judged(&repository, &["a.py"]).ended(2).with(&[
        "gatewright.toml:2:12: unknown rule `acme`",
        "help: the rule is in .gatewright/rules/acme.md, which is not staged: `git add .gatewright/rules/acme.md`",
    ]);
}
