//! Text on standard input, judged as the file it is said to be.

use std::io::Write as _;
use std::process::Stdio;

use crate::repository::{Repository, Said, token};
use crate::with_secret;

/// Runs `check` with `text` on standard input.
fn told(repository: &Repository, args: &[&str], text: &str) -> Said {
    let mut command = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
    command.arg("check").args(args).env("PRE_COMMIT", "1").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A run that is refused does not read.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    Said::from(&child.wait_with_output().unwrap()).without(&token(1))
}

fn secret() -> String {
    format!("x = '{}'\n", token(1))
}

#[test]
fn needs_no_repository_and_no_file() {
    let folder = Repository::folder();
    told(&folder, &["--stdin-filename", "a.py"], &secret()).ended(1).with(&["a.py:1:6: github-token"]);
    told(&folder, &["--stdin-filename", "-"], &secret()).ended(1).with(&["-:1:6: github-token"]);
    told(&Repository::new(), &["--stdin-filename", "-"], &secret()).ended(1).with(&["-:1:6: github-token"]);
    std::fs::create_dir(folder.path().join("docs")).unwrap();
    told(&folder, &["-C", "docs", "--stdin-filename", "-"], &secret()).ended(1).with(&["-:1:6: github-token"]).without("docs");
}

#[cfg(unix)]
#[test]
fn that_is_a_folder_is_told() {
    let repository = Repository::new();
    let mut command = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
    command.args(["--stdin-filename", "a.py"]).stdin(fs_err::File::open(repository.path()).unwrap().into_parts().0);
    repository.said(&mut command).ended(2).with(&["error: standard input cannot be read: is a directory"]);
}

#[test]
fn is_judged_alone() {
    let repository = with_secret();
    told(&repository, &["--stdin-filename", "b.py"], "x = 1\n").ended(0);
    // Nor is it told that the staged version was judged.
    repository.write("a.py", "x = 1\n");
    told(&repository, &["--stdin-filename", "a.py"], &secret()).ended(1).without("differs on disk");
}

#[test]
fn has_its_path_in_the_repository() {
    let repository = Repository::new();
    repository.stage("docs/x.py", "x = 1\n");
    repository.stage("gatewright.toml", "exclude = [\"docs/**\"]\n");
    goes_by_its_path(&repository);
    repository.commit_unchecked("nothing is staged any more");
    goes_by_its_path(&repository);
}

#[track_caller]
fn goes_by_its_path(repository: &Repository) {
    let inside = repository.path().join("docs");
    let inside = inside.to_string_lossy();
    for (name, place) in
        [("x.py", "docs/x.py"), ("new.py", "docs/new.py"), ("./x.py", "docs/x.py"), ("../docs/x.py", "docs/x.py")]
    {
        told(repository, &["-C", &inside, "--stdin-filename", name], &secret()).ended(0).with(&["skipped: ", place, "excluded"]);
        let forced = ["-C", &inside, "--no-force-exclude", "--stdin-filename", name];
        told(repository, &forced, &secret()).ended(1).with(&[&format!("{place}:1:6: github-token")]);
    }
}

#[test]
fn above_the_limit_is_told() {
    let repository = Repository::new();
    repository.stage("gatewright.toml", "max-file-size = 1000\n");
    told(&repository, &["--stdin-filename", "a.py"], &"x".repeat(1000)).ended(0);
    let said = told(&repository, &["--stdin-filename", "a.py"], &"x".repeat(1001)).ended(2);
    said.with(&["error: a.py: standard input has more than the limit of 1000 bytes\n  = help: raise `max-file-size`"]);
    repository.stage("gatewright.toml", "max-file-size = 1000\n[[accept-unread]]\npath = 'a.py'\nreason = 'a dump'\n");
    let said = told(&repository, &["--stdin-filename", "a.py"], &"x".repeat(1001)).ended(0);
    said.with(&["skipped: a.py: could not be judged, which `accept-unread` accepts: a dump"]);
    told(&repository, &["--stdin-filename", "b.py"], &"x".repeat(1001)).ended(2);
}

#[test]
fn of_a_file_that_is_committed_answers_to_its_baseline() {
    let repository = Repository::new();
    repository.stage("d/a.py", secret());
    repository.commit_unchecked("the file");
    repository.gatewright(&["baseline", "create"]).ended(0);
    repository.git(&["add", "."]);
    repository.commit_unchecked("its baseline");
    for name in ["d/a.py", "./d/a.py", "d/../d/a.py"] {
        told(&repository, &["--stdin-filename", name], &secret()).ended(0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn by_the_name_of_its_device_is_refused_with_the_way_out() {
    let way = "standard input is read with `--stdin-filename NAME`";
    for place in [Repository::new(), Repository::folder()] {
        for args in [&["/dev/stdin"][..], &["--worktree", "/dev/stdin"], &["/dev/fd/0"], &["-"], &["-C", "/dev", "stdin"]] {
            told(&place, args, &secret()).ended(2).with(&["error: ", args.last().unwrap(), way]);
        }
    }
}
