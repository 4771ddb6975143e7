//! Repositories of every kind under the program itself, as a hook runner calls it: it judges them and leaves no trace in any.

use std::process::Command;

use crate::support::TestRepo;
use crate::untouched::{leaves_no_trace, repo, sparse, split};

/// Two commits and a staged change, each with a password in it: every view has something to find.
fn changed(repo: &TestRepo) {
    for at in 1..=3 {
        let value = ["kV7w", "Qz3X", "p9Lr", &format!("T2m{at}")].concat();
        repo.write("in/config.py", format!("password = \"{value}\"\n")).git(&["add", "in/config.py"]);
        if at < 3 {
            repo.git(&["commit", "-q", "--no-verify", "-m", "more"]);
        }
    }
}

fn check(repo: &TestRepo, args: &[&str], reader: &str) -> Command {
    let mut command = repo.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
    command.arg("check").args(args).env("PRE_COMMIT", "1").env("GATEWRIGHT_READER", reader);
    command
}

/// Runs the hook in every way in which a runner calls it, with the readers that know this kind; `code` is what a view of the index ends with.
#[track_caller]
fn is_judged_without_a_trace(repo: &TestRepo, code: i32) {
    let range = [("PRE_COMMIT_FROM_REF", "HEAD~1"), ("PRE_COMMIT_TO_REF", "HEAD")];
    let ended = |command: &mut Command, code: i32| {
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{command:?}\n{said}");
        assert!(said.contains("in/config.py"), "{command:?}\n{said}");
    };
    for reader in ["", "plumbing"] {
        leaves_no_trace(repo, || {
            for args in [&[][..], &["in/config.py"], &["in"], &["--staged"], &["--all-files"]] {
                ended(&mut check(repo, args, reader), code);
            }
            ended(&mut check(repo, &["--from-ref", "HEAD~1", "--to-ref", "HEAD"], reader), 1);
            ended(check(repo, &["in/config.py"], reader).envs(range), 1);
        });
    }
}

#[test]
fn a_plain_index_and_other_formats() {
    for format in ["--ref-format=files", "--ref-format=reftable", "--object-format=sha256"] {
        let repo = repo(format);
        changed(&repo);
        is_judged_without_a_trace(&repo, 1);
    }
}

#[test]
fn split_and_sparse_indexes() {
    for repo in [split("--ref-format=files"), split("--object-format=sha256"), sparse()] {
        changed(&repo);
        is_judged_without_a_trace(&repo, 1);
    }
}

#[test]
fn a_linked_work_tree() {
    let repo = repo("--ref-format=files");
    repo.git(&["worktree", "add", "-q", "../linked", "HEAD"]);
    let linked = repo.beside("linked");
    changed(&linked);
    is_judged_without_a_trace(&linked, 1);
}

#[test]
fn a_submodule_and_what_it_lies_in() {
    let (repo, inner) = (repo("--ref-format=files"), TestRepo::new());
    inner.write("x", "x\n").commit("first");
    let url = inner.root().display().to_string();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "sub"]);
    changed(&repo);
    changed(&repo.beside("repo/sub"));
    is_judged_without_a_trace(&repo, 1);
    is_judged_without_a_trace(&repo.beside("repo/sub"), 1);
}

#[test]
fn a_file_that_is_only_meant_to_be_added() {
    let repo = repo("--ref-format=files");
    changed(&repo);
    repo.write("in/later", "l\n").write("in/empty", "").git(&["add", "-N", "in/later"]);
    repo.git(&["add", "in/empty"]);
    is_judged_without_a_trace(&repo, 1);
}

#[test]
fn a_conflict() {
    let repo = repo("--ref-format=files");
    changed(&repo);
    repo.git(&["commit", "-q", "--no-verify", "-m", "ours"]);
    repo.git(&["checkout", "-q", "-b", "theirs", "HEAD~1"]);
    repo.write("in/config.py", "password = None\n").commit("theirs");
    repo.git(&["checkout", "-q", "main"]);
    assert!(!repo.try_git(&["merge", "-q", "theirs"]).status.success());
    is_judged_without_a_trace(&repo, 2);
}
