//! Repositories that are none, lack something or are damaged.

use crate::{Repository, judged, refused, token, with_secret};

#[test]
fn that_are_none_leave_named_files_to_be_judged() {
    let folder = Repository::folder();
    folder.write("a.py", format!("'{}'\n", token(1)));
    for args in [&[][..], &["--staged"], &["--all-files"], &["--from-ref", "a", "--to-ref", "b"]] {
        refused(&folder, args, &["is not in a git repository", "help: "]);
    }
    judged(&folder, &["a.py"]).ended(1).with(&["a.py:1:2: github-token"]);
}

#[test]
fn without_work_tree_know_ranges_only() {
    let repository = with_secret();
    let first = repository.commit_unchecked("a secret");
    repository.stage("b.py", format!("'{}'\n", token(1)));
    let second = repository.commit_unchecked("another");
    let bare = repository.path().join("bare.git");
    repository.git(&["clone", "--quiet", "--bare", ".", "bare.git"]);
    let bare = bare.to_string_lossy();
    refused(&repository, &["-C", &bare, "--staged"], &["has no work tree", "help: "]);
    refused(&repository, &["-C", &bare, "--all-files"], &["has no work tree", "help: "]);
    judged(&repository, &["-C", &bare, "--from-ref", &first, "--to-ref", &second]).ended(1).with(&["b.py:1:2: "]).without("a.py");
}

#[test]
fn that_lack_a_commit_name_it() {
    let repository = with_secret();
    let head = repository.commit_unchecked("a secret");
    refused(&repository, &["--from-ref", "origin/main", "--to-ref", &head], &["`origin/main` names no commit", "fetch-depth: 0"]);
}

#[test]
fn with_a_damaged_index_are_not_taken_for_empty() {
    let repository = with_secret();
    fs_err::write(repository.path().join(".git/index"), "garbage").unwrap();
    refused(&repository, &["--staged"], &[".git/index cannot be read", "help: "]);
    refused(&repository, &["a.py"], &[".git/index cannot be read"]);
}

#[test]
fn with_a_lost_object_name_path_and_object() {
    let repository = with_secret();
    let id = repository.git(&["rev-parse", ":a.py"]);
    fs_err::remove_file(repository.path().join("a.py")).unwrap();
    fs_err::remove_file(repository.path().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    refused(&repository, &["a.py"], &["error: a.py: object ", &id, "is missing"]);
}
