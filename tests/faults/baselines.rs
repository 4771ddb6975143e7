//! Baselines that are broken, foreign, newer or not there.

use crate::{Repository, judged, refused, token, with_secret};

fn refused_with(baseline: &str, parts: &[&str]) {
    let repository = with_secret();
    repository.stage(".secrets.baseline", baseline);
    refused(&repository, &["a.py"], parts);
    refused(&repository, &["a.py"], &["help: nothing was forgiven"]);
}

#[test]
fn that_are_cut_off_name_the_line() {
    refused_with("{\n  \"version\": \"1.5.0\",\n  \"results\": {\n", &[".secrets.baseline:4: "]);
    refused_with("", &[".secrets.baseline:1: "]);
}

#[test]
fn of_another_kind_are_not_taken_for_empty() {
    refused_with("[]\n", &[".secrets.baseline:1: expected an object", "found a list"]);
    refused_with("{\n  \"findings\": []\n}\n", &[".secrets.baseline:1: the key `version` is missing"]);
    refused_with("\u{0}\u{1}binary", &[".secrets.baseline:1: "]);
}

#[test]
fn with_conflict_markers_name_the_way_out() {
    let text =
        "{\n  \"version\": \"1.5.0\",\n<<<<<<< HEAD\n  \"results\": {}\n=======\n  \"results\": {\"a\": []}\n>>>>>>> side\n}\n";
    refused_with(text, &[".secrets.baseline:3: a merge conflict is not resolved", "baseline merge"]);
}

#[test]
fn that_are_newer_are_read_with_a_note() {
    let repository = with_secret();
    repository.stage(
        ".secrets.baseline",
        r#"{"version": "9.0.0", "plugins_used": [], "filters_used": [], "results": {}, "generated_at": "2026-01-01T00:00:00Z"}"#,
    );
    judged(&repository, &["a.py"]).ended(1).with(&["note: .secrets.baseline: written by a newer detect-secrets"]);
}

#[test]
fn that_are_broken_are_told_of_when_they_are_committed() {
    let repository = Repository::new();
    repository.stage("clean.py", "x = 1\n");
    repository.stage(".secrets.baseline", "{\n<<<<<<< HEAD\n");
    refused(&repository, &["clean.py", ".secrets.baseline"], &[".secrets.baseline:2: "]);
    repository.commit_unchecked("broken");
    // Who found nothing needs no baseline.
    repository.stage("clean.py", "x = 2\n");
    judged(&repository, &["clean.py"]).ended(0);
}

#[test]
fn that_were_named_have_to_be_there() {
    refused(
        &with_secret(),
        &["--baseline", "other.json", "a.py"],
        &["the baseline other.json is not there", "help: `baseline create`"],
    );
}

#[test]
fn that_are_folders_are_named() {
    let repository = with_secret();
    fs_err::create_dir(repository.path().join(".secrets.baseline")).unwrap();
    repository.gatewright(&["--worktree", "a.py"]).ended(2).with(&["error: ", ".secrets.baseline", "help: "]);
}

#[test]
fn of_the_companion_kind_name_file_and_line() {
    let repository = with_secret();
    repository.stage(".gatewright-baseline.jsonl", "this is not JSON\n");
    refused(&repository, &["a.py"], &[".gatewright-baseline.jsonl:1: "]);
}

#[cfg(unix)]
#[test]
fn behind_links_are_read_where_they_are_written() {
    let repository = with_secret();
    repository.write("known/kept", "");
    fs_err::os::unix::fs::symlink("known/baseline.json", repository.path().join(".secrets.baseline")).unwrap();
    fs_err::os::unix::fs::symlink("known/companion.jsonl", repository.path().join(".gatewright-baseline.jsonl")).unwrap();
    repository.gatewright(&["baseline", "create"]).ended(0);
    repository.git(&["add", "--all"]);
    judged(&repository, &["a.py"]).ended(0);
    judged(&repository, &["--staged"]).ended(0);
    let commit = repository.commit_unchecked("known");
    repository.stage("b.py", "x = 1\n");
    repository.commit_unchecked("base");
    judged(&repository, &["--from-ref", &format!("{commit}~0"), "--to-ref", "HEAD", "a.py"]).ended(0);
    repository.git(&["rm", "--quiet", "--cached", "known/baseline.json"]);
    repository.stage("known/baseline.json", "{");
    refused(&repository, &["a.py"], &[".secrets.baseline:1: "]);
    // What lies outside is in no commit.
    fs_err::remove_file(repository.path().join(".secrets.baseline")).unwrap();
    fs_err::os::unix::fs::symlink("../home/baseline.json", repository.path().join(".secrets.baseline")).unwrap();
    repository.git(&["add", "--all"]);
    refused(&repository, &["a.py"], &[".secrets.baseline is a link out of the repository"]);
}

#[cfg(unix)]
#[test]
fn behind_links_without_end_are_refused() {
    let repository = with_secret();
    fs_err::os::unix::fs::symlink(".secrets.baseline", repository.path().join(".secrets.baseline")).unwrap();
    repository.git(&["add", "--all"]);
    refused(&repository, &["a.py"], &[".secrets.baseline leads through too many links"]);
}

#[test]
fn that_were_named_can_be_made() {
    let repository = with_secret();
    repository.gatewright(&["baseline", "create", "--baseline", "known.json"]).ended(0).with(&["recorded: "]);
    repository.git(&["add", "known.json"]);
    judged(&repository, &["--baseline", "known.json", "a.py"]).ended(0);
}

#[test]
fn are_never_written_under_a_hook() {
    let repository = with_secret();
    let by_hook = |args: &[&str]| {
        let before = repository.every_file();
        let mut command = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
        let said = repository.said(command.arg("baseline").args(args).env("PRE_COMMIT", "1"));
        assert_eq!(repository.every_file(), before, "{args:?}");
        said
    };
    by_hook(&["create"]).ended(2).with(&["a hook writes nothing"]);
    repository.gatewright(&["baseline", "create"]).ended(0);
    repository.stage("b.py", format!("'{}'\n", token(2)));
    for args in [&["update"][..], &["prune"], &["audit", "--mark", "test", "--all"], &["audit", "--export", "table.json"]] {
        by_hook(args).ended(2).with(&["a hook writes nothing"]);
    }
    by_hook(&["update", "--accept-new", "--dry-run"]).ended(1);
    by_hook(&["audit", "--mark", "test", "--all", "--dry-run"]).ended(0).with(&["-> test"]);
    by_hook(&["audit", "--export", "-"]).ended(0);
    by_hook(&["prune", "--check"]).ended(0);
    by_hook(&["stats"]).ended(0);
}

#[test]
fn reach_no_terminal_unescaped() {
    let repository = with_secret();
    repository.gatewright(&["baseline", "create"]).ended(0);
    let text = repository
        .read(".secrets.baseline")
        .replace("\"plugins_used\": [", "\"plugins_used\": [\n    {\n      \"name\": \"\\u001b[31mX\"\n    },");
    repository.write(".secrets.baseline", text);
    let said = repository.gatewright(&["baseline", "update", "--dry-run"]).with(&["warning: the plugin `\\u{1b}[31mX`"]);
    assert!(!said.err.contains('\u{1b}'));
    let entry = r#"{"hook":"secrets","path":"a.py","rule":"\u001b[31mX","hash":"\u001b[32mY"}"#;
    let companion = repository.read(".gatewright-baseline.jsonl");
    repository.write(".gatewright-baseline.jsonl", format!("{companion}{entry}\n"));
    for args in [&["stats"][..], &["diff"], &["prune", "--check"], &["audit", "--mark", "test", "--all", "--dry-run"]] {
        let said = repository.gatewright(&[&["baseline"], args].concat()).with(&["\\u{1b}[31mX"]);
        assert!(!said.out.contains('\u{1b}'), "{args:?}");
    }
}
