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

/// As a full disk or a loss of power leaves them. libgit2 never stops reading such a one.
#[test]
fn whose_objects_are_cut_off_are_refused_and_nobody_waits() {
    let part = |revision: &str| {
        let repository = with_secret();
        repository.stage("folder/b.py", "x = 1\n");
        repository.commit_unchecked("a secret");
        repository.stage("a.py", "y = 2\n".repeat(40));
        repository.stage("folder/b.py", "z = 3\n");
        let id = repository.git(&["rev-parse", revision]);
        let file = repository.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
        let whole = fs_err::read(&file).unwrap();
        fs_err::remove_file(&file).unwrap();
        fs_err::write(&file, &whole[..whole.len() * 2 / 3]).unwrap();
        // A file on disk with the same hash would stand for its blob.
        fs_err::remove_file(repository.path().join("a.py")).unwrap();
        (repository, id)
    };
    for (revision, says) in
        [(":a.py", "a.py: object "), ("HEAD", "HEAD cannot be read: "), ("HEAD^{tree}", "object "), ("HEAD:folder", "object ")]
    {
        let (repository, id) = part(revision);
        refused(&repository, &["--staged"], &["error: ", says, &id, "cut off"]);
    }
    let (repository, _) = part("HEAD");
    judged(&repository, &["--from-ref", "HEAD~1", "--to-ref", "HEAD"]).ended(2);
    repository.gatewright(&["history", "--no-cache"]).ended(2).with(&["error: "]);
}

/// A file that git cannot open, where the system would let root open every folder.
#[test]
fn whose_objects_are_out_of_reach_say_what_git_says() {
    let packed = |names: [&str; 2]| {
        let repository = with_secret();
        repository.commit_unchecked("a secret");
        repository.git(&["repack", "-adq"]);
        for file in fs_err::read_dir(repository.path().join(".git/objects/pack")).unwrap() {
            let path = file.unwrap().path();
            if names.iter().any(|name| path.to_string_lossy().ends_with(name)) {
                fs_err::remove_file(&path).unwrap();
                fs_err::write(&path, "garbage\n").unwrap();
            }
        }
        fs_err::remove_file(repository.path().join("a.py")).unwrap();
        repository
    };
    let damaged = "help: `git fsck` tells what is damaged";
    for names in [[".idx", ".rev"], [".pack", ".pack"]] {
        let repository = packed(names);
        refused(&repository, &["a.py"], &["error: a.py: object ", " cannot be read: ", ".git/objects/pack/pack-", damaged]);
        refused(&repository, &["--staged"], &["error: HEAD cannot be read: ", ".git/objects/pack/pack-", "`git fsck`"]);
        repository.gatewright(&["history"]).ended(2).with(&[".git/objects/pack/pack-"]);
    }
    let repository = packed(["", ""]);
    fs_err::remove_dir_all(repository.path().join(".git/objects/pack")).unwrap();
    repository.write(".git/objects/pack", "");
    refused(&repository, &["a.py"], &["error: a.py: object ", " cannot be read: ", ".git/objects/pack: not a directory"]);
    let repository = with_secret();
    let id = repository.git(&["rev-parse", ":a.py"]);
    fs_err::remove_file(repository.path().join("a.py")).unwrap();
    let folder = repository.path().join(".git/objects").join(&id[..2]);
    fs_err::remove_dir_all(&folder).unwrap();
    fs_err::write(&folder, "").unwrap();
    refused(&repository, &["a.py"], &[&format!("error: a.py: object {id} cannot be read: unable to open loose object"), damaged]);
    // A clone may be partial, and damaged.
    repository.write(".git/objects/pack/pack-1.promisor", "");
    refused(&repository, &["--all-files"], &["unable to open loose object"]);
}

#[test]
fn that_are_partial_skip_what_was_never_fetched_where_everything_is_asked_for() {
    let repository = with_secret();
    repository.commit_unchecked("a secret");
    repository.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", repository.path().display());
    repository.git(&["clone", "--quiet", "--filter=blob:none", "--no-checkout", &url, "partial"]);
    let partial = repository.path().join("partial");
    let partial = partial.to_string_lossy();
    repository.git(&["-C", &partial, "read-tree", "HEAD"]);
    judged(&repository, &["-C", &partial, "--all-files"]).ended(0).with(&["skipped: a.py: not fetched"]);
    refused(&repository, &["-C", &partial, "a.py"], &["error: a.py: object ", "is missing"]);
}

#[test]
fn with_a_conflict_have_both_sides_judged_and_named() {
    let repository = Repository::new();
    repository.stage("a.py", "x = 1\n");
    repository.commit_unchecked("base");
    repository.git(&["switch", "--quiet", "--create", "side"]);
    repository.stage("a.py", format!("x = '{}'\n", token(1)));
    repository.commit_unchecked("theirs");
    repository.git(&["switch", "--quiet", "main"]);
    repository.stage("a.py", "x = 2\n");
    repository.commit_unchecked("ours");
    repository.said(repository.command("git").args(["merge", "--quiet", "side"])).ended(1);
    let said = judged(&repository, &["a.py"]).ended(2);
    said.with(&["error: a.py: unmerged", "a.py:1:6: github-token", "that git calls `theirs`"]).without("`ours`");
    repository.gatewright(&["a.py"]).ended(2).with(&["1 finding, 1 could not be judged; 1 file judged"]);
    // What is left out on purpose leaves nothing to resolve for us.
    repository.stage("gatewright.toml", "exclude = [\"a.py\"]\n");
    let said = judged(&repository, &["a.py"]).ended(0);
    assert_eq!(said.out, "skipped: a.py: excluded by the configuration\n");
}

#[test]
fn that_both_sides_took_out_have_nothing_judged() {
    let repository = Repository::new();
    repository.stage("a.py", "x = 1\n");
    let entry = repository.git(&["ls-files", "--stage", "a.py"]).replace(" 0\t", " 1\t");
    repository.git(&["rm", "--quiet", "--cached", "a.py"]);
    repository.write("entry", entry.trim_end().to_owned() + "\n");
    repository.said(repository.command("sh").args(["-c", "git update-index --index-info < entry"])).ended(0);
    refused(&repository, &["--all-files"], &["error: a.py: unmerged: neither side has it"]);
}

/// What HEAD needs lies in objects of its own: no clone is so shallow that it lacks them.
#[test]
fn whose_head_is_damaged_say_so() {
    for (spec, message) in [("HEAD", "error: HEAD cannot be read: "), ("HEAD^{tree}", "error: object ")] {
        let repository = with_secret();
        repository.commit_unchecked("first");
        repository.stage("b.py", "x = 1\n");
        let id = repository.git(&["rev-parse", spec]);
        let (folder, file) = id.trim().split_at(2);
        fs_err::remove_file(repository.path().join(".git/objects").join(folder).join(file)).unwrap();
        refused(&repository, &["--staged"], &[message, "help: `git f"]);
    }
    let repository = with_secret();
    repository.commit_unchecked("first");
    fs_err::write(repository.path().join(".git/refs/heads/main"), "garbage\n").unwrap();
    refused(&repository, &["--staged"], &["error: HEAD cannot be read: ", "`git fsck`"]);
}

#[test]
fn of_an_unknown_format_have_it_named() {
    let repository = with_secret();
    repository.git(&["config", "core.repositoryFormatVersion", "1"]);
    repository.git(&["config", "extensions.strange", "1"]);
    refused(&repository, &["--staged"], &["error: git refused: unknown repository extension found: strange"]);
}

#[test]
fn with_content_kept_elsewhere_count_the_pointers() {
    let repository = Repository::new();
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n", "0".repeat(64));
    repository.stage("a.bin", &pointer);
    repository.stage("b.bin", &pointer);
    judged(&repository, &["a.bin", "b.bin"]).ended(0).with(&["LFS pointers not followed: 2"]);
}

/// A hook of a push may commit something itself; what the runner said of the push holds for that commit no more.
#[test]
fn in_which_a_push_commits_have_the_commit_judged() {
    let repository = Repository::new();
    repository.stage("a.py", "x = 1\n");
    let pushed = repository.commit_unchecked("pushed");
    let hook = format!("#!/bin/sh\nPRE_COMMIT=1 exec {} check\n", env!("CARGO_BIN_EXE_gatewright-secrets"));
    repository.write(".git/hooks/pre-commit", hook);
    repository.said(repository.command("chmod").args(["+x", ".git/hooks/pre-commit"])).ended(0);
    repository.stage("b.py", format!("x = '{}'\n", token(1)));
    let mut commit = repository.command("git");
    commit.args(["commit", "--quiet", "--message", "secret"]);
    commit.env("PRE_COMMIT_FROM_REF", &pushed).env("PRE_COMMIT_TO_REF", &pushed).env("PRE_COMMIT_LOCAL_BRANCH", "main");
    repository.said(&mut commit).ended(1).with(&["b.py:1:6: github-token"]);
}
