//! The search of a history, with real git: what came up where and when, what is still there, and what forgives it.
#![cfg(test)]

mod appearance;
#[path = "../support/left_out.rs"]
mod left_out;
mod policy;
mod pushed;
mod reading;
#[path = "../support/repository.rs"]
mod repository;
mod resumed;

use repository::{Repository, token};
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_gatewright-secrets");

fn line(number: u32) -> String {
    format!("TOKEN = \"{}\"\n", token(number))
}

/// Commits the work tree as it is, `number` minutes after the new year.
fn commit(repository: &Repository, number: usize) -> String {
    repository.git(&["add", "--all"]);
    let date = format!("2026-01-01T{:02}:{:02}:00Z", number / 60, number % 60);
    let mut command = repository.command("git");
    command.args(["commit", "--quiet", "--no-verify", "--allow-empty", "--message", &number.to_string()]);
    repository.said(command.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date)).ended(0);
    repository.git(&["rev-parse", "HEAD"])
}

/// The report, and the exit code that goes with it.
fn report(repository: &Repository, args: &[&str]) -> (Value, i32) {
    let said = repository.gatewright(&[&["history", "--no-cache", "--format", "json"], args].concat());
    let report = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}", said.text()));
    (report, said.code.unwrap())
}

/// Path, commit and present path of the findings, as the report has them; forgiven ones are left out.
fn open(report: &Value) -> Vec<(String, String, Option<String>)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["standing"] == "open");
    findings.map(|it| (text(&it["path"]), text(&it["commit"]), it["present_path"].as_str().map(str::to_owned))).collect()
}

fn found(repository: &Repository, args: &[&str]) -> Vec<(String, String, Option<String>)> {
    open(&report(repository, args).0)
}

fn expected(path: &str, commit: &str, present: Option<&str>) -> (String, String, Option<String>) {
    (path.to_owned(), commit.to_owned(), present.map(str::to_owned))
}

/// Removes a loose object.
fn lose(repository: &Repository, id: &str) {
    fs_err::remove_file(repository.path().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
}

/// A repository with merges, several directories and many versions.
fn mixed(init: &[&str]) -> Option<Repository> {
    let repository = Repository::folder();
    let mut command = repository.command("git");
    let made = command.args([&["init", "--quiet", "--initial-branch=main"], init].concat()).output().unwrap();
    made.status.success().then(|| {
        for number in 0..12 {
            let file = format!("d{}/f{}.py", number % 3, number % 4);
            repository.write(&file, format!("x = {number}\n{}", line(u32::try_from(number).unwrap() / 2)));
            commit(&repository, number);
        }
        repository.git(&["switch", "-qc", "side", "HEAD~5"]);
        repository.write("side.py", line(77));
        commit(&repository, 20);
        repository.git(&["switch", "-q", "main"]);
        repository.git(&["merge", "-q", "--no-edit", "side"]);
        repository
    })
}

#[test]
fn scan_is_check_of_all_that_is_tracked() {
    let repository = mixed(&[]).unwrap();
    repository.write("untracked.py", line(5));
    let out = |args: &[&str]| repository.gatewright(args).ended(1).out;
    assert_eq!(out(&["scan"]), out(&["check", "--all-files"]));
    assert_eq!(out(&["scan", "d1"]), out(&["check", "d1"]));
    assert_eq!(out(&["scan", "--worktree"]), out(&["check", "--worktree"]));
}
