//! What goes wrong outside: each fault ends in exit 2 and a message that says where and what to do, or in the right verdict all the same;
//! no fault changes a file.
#![cfg(test)]

mod baselines;
mod configurations;
mod conflicts;
mod content;
mod killed;
#[path = "../support/left_out.rs"]
mod left_out;
mod names;
mod repositories;
#[path = "../support/repository.rs"]
mod repository;
mod rules;
mod standard_input;
mod surroundings;

use std::process::Stdio;

use repository::{Repository, Said, token};

/// A repository in which `a.py` is staged, with a secret.
fn with_secret() -> Repository {
    let repository = Repository::new();
    repository.stage("a.py", format!("token = \"{}\"\n", token(1)));
    repository
}

/// Runs the hook; whatever it says, it writes nothing and prints no secret.
#[track_caller]
fn judged(repository: &Repository, args: &[&str]) -> Said {
    let before = repository.every_file();
    let said = repository.hook(args).without(&token(1));
    assert_eq!(repository.every_file(), before);
    said
}

/// Exit 2 with each of `parts`.
#[track_caller]
fn refused(repository: &Repository, args: &[&str], parts: &[&str]) {
    judged(repository, args).ended(2).with(&["error: "]).with(parts);
}

#[test]
fn unknown_rules_are_refused_with_the_nearest() {
    refused_outside(
        &["explain", "github-tokn"],
        &["no rule is called `github-tokn`", "did you mean `github-token`", "rules` lists them"],
    );
    refused_outside(&["explain", "\u{1b}[31m"], &["no rule is called `\\u{1b}[31m`"]);
}

#[test]
fn unknown_words_are_refused_with_the_nearest() {
    refused_outside(&["--all-file"], &["unexpected argument '--all-file'", "'--all-files'"]);
    refused_outside(&["--format", "sarfi"], &["invalid value 'sarfi'", "sarif"]);
    refused_outside(&["--staged", "--all-files"], &["cannot be used with"]);
}

#[test]
fn unknown_plugins_and_filters_are_refused_with_the_nearest() {
    let repository = with_secret();
    let parts = ["detect-secrets has no plugin `KeywordDetecter`", "did you mean `KeywordDetector`?"];
    refused(&repository, &["--disable-plugin", "KeywordDetecter", "a.py"], &parts);
    let filter = "detect_secrets.filters.heuristic.is_lock_file";
    let parts = ["detect-secrets has no filter `", &format!("did you mean `{filter}`?")];
    refused(&repository, &["--disable-filter", &filter[..filter.len() - 1], "a.py"], &parts);
    judged(&repository, &["--disable-plugin", "KeywordDetector", "--disable-filter", filter, "a.py"]).ended(1);
}

#[track_caller]
fn refused_outside(args: &[&str], parts: &[&str]) {
    Repository::folder().gatewright(args).ended(2).with(parts).without("\x1b");
}
