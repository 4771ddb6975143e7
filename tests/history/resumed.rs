//! The result cache under a search: it goes on where it was, and a hook has none unasked.

use std::process::Stdio;
use std::time::Duration;

use crate::repository::{Repository, Said};
use crate::{PROGRAM, commit, line, lose, mixed};

#[test]
fn what_was_searched_is_not_searched_again() {
    let repository = mixed(&[]).unwrap();
    repository.write("clean.py", "x = 1\n");
    commit(&repository, 30);
    let blob = repository.git(&["rev-parse", "HEAD:clean.py"]);
    repository.gatewright(&["history", "HEAD~1.."]).ended(0);
    lose(&repository, &blob);
    repository.gatewright(&["history"]).ended(1).without("is missing");
    repository.gatewright(&["history", "--no-cache"]).ended(2).with(&["is missing"]);
    // `check` knows it, too.
    fs_err::remove_file(repository.path().join("clean.py")).unwrap();
    repository.gatewright(&["check", "--cache", "clean.py"]).ended(0);
}

#[test]
fn a_search_that_was_killed_goes_on_where_it_was() {
    let repository = Repository::new();
    for number in 0..6000 {
        repository
            .write(&format!("d{}/{number}.py", number % 50), format!("x = {number}\n{}", "y = call(x)  # words\n".repeat(200)));
    }
    repository.write("leaky.py", line(1));
    commit(&repository, 0);
    let mut child = repository.command(PROGRAM).args(["history", "--threads", "1"]).stdout(Stdio::null()).spawn().unwrap();
    let cache = repository.home().join(".cache/gatewright");
    let is_saved = || {
        fs_err::read_dir(&cache)
            .is_ok_and(|mut files| files.any(|file| file.unwrap().path().extension().is_some_and(|e| e == "results")))
    };
    let mut is_done = false;
    while !is_saved() && !is_done {
        std::thread::sleep(Duration::from_millis(5));
        is_done = child.try_wait().unwrap().is_some();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let Said { out, .. } = repository.gatewright(&["history", "--no-cache"]).ended(1);
    assert!(out.ends_with("1 finding; 6001 files judged\n"), "{out}");
    assert_eq!(repository.gatewright(&["history"]).ended(1).out, out);
    assert_eq!(repository.gatewright(&["history"]).ended(1).out, out);
}

#[test]
fn a_hook_remembers_nothing_unasked() {
    let repository = mixed(&[]).unwrap();
    let before = repository.every_file();
    let mut command = repository.command(PROGRAM);
    repository.said(command.arg("history").env("PRE_COMMIT", "1")).ended(1);
    let mut command = repository.command(PROGRAM);
    repository.said(command.args(["history", "--output-file", "x"]).env("PRE_COMMIT", "1")).ended(2);
    repository.gatewright(&["history", "--no-cache"]).ended(1);
    assert_eq!(repository.every_file(), before);
}
