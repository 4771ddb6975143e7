//! What came up where and when, and what is still there.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::repository::{Repository, token};
use crate::{commit, expected, found, line, open, report};

#[test]
fn a_value_is_told_once_with_the_commit_in_which_it_came_up() {
    let repository = Repository::new();
    repository.write("a.py", "x = 1\n");
    commit(&repository, 0);
    repository.write("a.py", format!("x = 1\n{}", line(1)));
    let first = commit(&repository, 1);
    for number in 2..6 {
        repository.write("a.py", format!("x = {number}\n{}", line(1)));
        commit(&repository, number);
    }
    assert_eq!(found(&repository, &[]), [expected("a.py", &first, Some("a.py"))]);
    repository.write("a.py", "x = 1\n");
    commit(&repository, 6);
    let (report, code) = report(&repository, &[]);
    assert_eq!((open(&report), code), (vec![expected("a.py", &first, None)], 1));
    let finding = &report["findings"][0];
    assert_eq!(finding["author"], "A U Thor <author@example.org>");
    assert_eq!(finding["author_date"], "2026-01-01T00:01:00Z");
    assert_eq!(finding["present"], false);
    assert_eq!(report["source"], "history");
    let said = repository.gatewright(&["history", "--no-cache"]).ended(1);
    said.with(&[&format!("first in {} by A U Thor <author@example.org> on 2026-01-01; gone from HEAD", &first[..10])]);
}

#[test]
fn occurrences_are_those_of_the_version_with_most_of_them() {
    let repository = Repository::new();
    repository.write("a.py", line(1));
    let one = commit(&repository, 0);
    repository.write("a.py", format!("{}{}", line(1), line(1)));
    let two = commit(&repository, 1);
    repository.write("a.py", line(1));
    commit(&repository, 2);
    // The second occurrence is gone, the first is not.
    assert_eq!(found(&repository, &[]), [expected("a.py", &one, Some("a.py")), expected("a.py", &two, None)]);
}

#[test]
fn renames_and_merges_do_not_hide_where_it_came_from() {
    let repository = Repository::new();
    repository.write("a.py", "x = 1\n");
    commit(&repository, 0);
    repository.git(&["switch", "-qc", "side"]);
    repository.write("old/b.py", line(1));
    let side = commit(&repository, 1);
    repository.git(&["mv", "old/b.py", "b.py"]);
    commit(&repository, 2);
    repository.git(&["switch", "-q", "main"]);
    repository.write("a.py", "x = 2\n");
    commit(&repository, 3);
    repository.git(&["merge", "-q", "--no-ff", "--no-edit", "side"]);
    // A merge may bring what neither side had.
    repository.write("c.py", line(2));
    repository.git(&["add", "c.py"]);
    repository.git(&["commit", "-q", "--amend", "--no-edit"]);
    let merge = repository.git(&["rev-parse", "HEAD"]);
    let all = [expected("c.py", &merge, Some("c.py")), expected("old/b.py", &side, Some("b.py"))];
    assert_eq!(found(&repository, &[]), all);
    repository.gatewright(&["history"]).ended(1).with(&["still there as b.py", "still there\n"]);
}

#[test]
fn all_references_count_unless_revisions_are_named() {
    let repository = Repository::new();
    repository.write("a.py", "x = 1\n");
    let base = commit(&repository, 0);
    repository.git(&["switch", "-qc", "side"]);
    repository.write("b.py", line(1));
    let side = commit(&repository, 1);
    repository.git(&["switch", "-q", "main"]);
    repository.write("c.py", line(2));
    let tagged = commit(&repository, 2);
    repository.git(&["tag", "-am", "x", "kept"]);
    repository.git(&["reset", "-q", "--hard", &base]);
    repository.write("a.py", line(3));
    repository.git(&["stash", "-q"]);
    let stashed = repository.git(&["rev-parse", "stash"]);
    let paths = |args: &[&str]| found(&repository, args).into_iter().map(|(path, commit, _)| (path, commit)).collect::<Vec<_>>();
    let own = |path: &str, commit: &str| (path.to_owned(), commit.to_owned());
    let (a, b, c) = (own("a.py", &stashed), own("b.py", &side), own("c.py", &tagged));
    assert_eq!(paths(&[]), [a, b.clone(), c.clone()]);
    assert_eq!(paths(&["main"]), []);
    for range in [&["main..side"][..], &["^main", "side"], &["side", "^main"], &["..side"], &["side^!"], &["main...side"]] {
        assert_eq!(paths(range), std::slice::from_ref(&b), "{range:?}");
    }
    assert_eq!(paths(&["side", "kept"]), [b, c]);
    repository.gatewright(&["history", "no-such-branch"]).ended(2).with(&["`no-such-branch` names no commit"]);
    repository.gatewright(&["history", "main...nowhere"]).ended(2).with(&["error: ", "= help: "]);
    assert_eq!(report(&repository, &["main..main"]).1, 0);
}

/// A file that was there before the range is not of the range, changed or not.
#[test]
fn a_range_has_what_it_brought_and_no_more() {
    let repository = Repository::new();
    repository.write("old.py", line(1));
    commit(&repository, 0);
    repository.write("new.py", line(2));
    let new = commit(&repository, 1);
    assert_eq!(found(&repository, &["HEAD~1.."]), [expected("new.py", &new, Some("new.py"))]);
}

#[test]
fn nothing_that_an_author_wrote_acts_on_a_terminal() {
    let repository = Repository::new();
    repository.stage("a.py", line(1));
    let mut command = repository.command("git");
    command.args(["commit", "-qm", "x"]).env("GIT_AUTHOR_NAME", format!("E\u{1b}[2Jve \u{202e} {}", token(1)));
    repository.said(&mut command).ended(0);
    for format in ["text", "json", "jsonl", "sarif", "github", "gitlab", "junit"] {
        let said = repository.gatewright(&["history", "--no-cache", "--format", format]).ended(1);
        said.without("\u{1b}").without("\u{202e}").without(&token(1)).with(&["author@example.org"]);
    }
}

/// A step of a made-up history.
#[derive(Clone, Debug)]
enum Step {
    Write(usize, u32),
    Remove(usize),
    Move(usize, usize),
    Branch(usize),
    Merge(usize),
}

const PATHS: [&str; 6] = ["a.py", "b.py", "d/a.py", "d/e/b.py", "d.py", "z/y.py"];

fn step() -> impl Strategy<Value = Step> {
    let path = 0..PATHS.len();
    prop_oneof![
        6 => (path.clone(), 0..8_u32).prop_map(|(path, number)| Step::Write(path, number)),
        2 => path.clone().prop_map(Step::Remove),
        2 => (path.clone(), path).prop_map(|(from, to)| Step::Move(from, to)),
        2 => any::<usize>().prop_map(Step::Branch),
        2 => any::<usize>().prop_map(Step::Merge),
    ]
}

/// Each step is a commit; branching goes back to an earlier one, merging brings one in on our terms.
fn make(repository: &Repository, steps: &[Step]) {
    let mut commits = vec![commit(repository, 0)];
    for (number, step) in steps.iter().enumerate() {
        let at = |path: usize| repository.path().join(PATHS[path]);
        match step {
            // Even numbers hold a token of their own, odd ones that of the number before, beside other text.
            Step::Write(path, which) => repository.write(PATHS[*path], format!("x = {which}\n{}", line(which / 2))),
            Step::Remove(path) => drop(fs_err::remove_file(at(*path))),
            Step::Move(from, to) => {
                fs_err::create_dir_all(at(*to).parent().unwrap()).unwrap();
                drop(fs_err::rename(at(*from), at(*to)));
            }
            Step::Branch(which) => {
                repository.git(&["checkout", "-q", "-B", &format!("b{number}"), &commits[which % commits.len()]]);
            }
            Step::Merge(which) => {
                repository.git(&["merge", "-q", "--no-commit", "-s", "ours", &commits[which % commits.len()]]);
            }
        }
        commits.push(commit(repository, number + 1));
    }
}

/// The same by brute force: each commit's whole tree as git lists it.
fn by_brute_force(repository: &Repository) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    let mut first: BTreeMap<(String, String), String> = BTreeMap::new();
    for commit in repository.git(&["rev-list", "--all", "--date-order", "--reverse"]).lines() {
        for entry in repository.git(&["ls-tree", "-r", commit]).lines() {
            let (head, path) = entry.split_once('\t').unwrap();
            let blob = head.rsplit(' ').next().unwrap().to_owned();
            if seen.insert(blob.clone()) {
                let text = repository.git(&["cat-file", "blob", &blob]);
                let value = text.lines().last().unwrap().to_owned();
                first.entry((path.to_owned(), value)).or_insert_with(|| commit.to_owned());
            }
        }
    }
    let mut found: Vec<(String, String)> = first.into_iter().map(|((path, _), commit)| (path, commit)).collect();
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn first_appearances_are_those_of_brute_force(steps in prop::collection::vec(step(), 1..18)) {
        let repository = Repository::new();
        make(&repository, &steps);
        let mut found: Vec<_> = found(&repository, &[]).into_iter().map(|(path, commit, _)| (path, commit)).collect();
        found.sort();
        prop_assert_eq!(found, by_brute_force(&repository));
    }
}
