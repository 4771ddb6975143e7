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

/// Copies of a version hold what it holds: told once, where it came up, however often either was changed since.
#[test]
fn renames_and_copies_tell_nothing_twice() {
    let repository = Repository::new();
    repository.write("a.py", format!("{}{}", line(1), line(1)));
    let first = commit(&repository, 0);
    repository.write("a.py", format!("x = 1\n{}{}", line(1), line(1)));
    commit(&repository, 1);
    repository.git(&["mv", "a.py", "b.py"]);
    commit(&repository, 2);
    let told = |present| [expected("a.py", &first, present), expected("a.py", &first, present)];
    assert_eq!(found(&repository, &[]), told(Some("b.py")));
    fs_err::create_dir(repository.path().join("d")).unwrap();
    fs_err::copy(repository.path().join("b.py"), repository.path().join("d/c.py")).unwrap();
    repository.write("b.py", format!("x = 2\n{}{}", line(1), line(1)));
    commit(&repository, 3);
    assert_eq!(found(&repository, &[]), told(Some("b.py")));
    repository.git(&["rm", "-q", "b.py"]);
    repository.write("d/c.py", format!("x = 3\n{}", line(1)));
    commit(&repository, 4);
    let [one, two] = [told(Some("d/c.py")), told(None)];
    assert_eq!(found(&repository, &[]), [one[0].clone(), two[1].clone()]);
    repository.git(&["mv", "d", "e"]);
    commit(&repository, 5);
    assert_eq!(found(&repository, &[])[0], expected("a.py", &first, Some("e/c.py")));
    // The same value in content of its own is no copy.
    repository.write("own.py", format!("x = 4\n{}", line(1)));
    let own = commit(&repository, 6);
    let all = found(&repository, &[]);
    assert_eq!((all.len(), &all[2]), (3, &expected("own.py", &own, Some("own.py"))));
    // More files than one thread judges.
    for number in 0..60 {
        repository.write(&format!("many/{number}.py"), format!("{}{}", line(1), line(1)));
        repository.write(&format!("many/{number}.txt"), format!("x = {number}\n{}", line(2)));
    }
    commit(&repository, 7);
    let threads = |count| found(&repository, &["--threads", count]);
    let (one, eight) = (threads("1"), threads("8"));
    let present = ["e/c.py", "many/0.py"].map(|path| expected("a.py", &first, Some(path)));
    assert_eq!((one.len(), &one[..2]), (63, &present[..]));
    assert_eq!(one, eight);
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

/// The same by brute force, from each commit's whole tree as git lists it: a value is told once for all paths that are joined by content
/// which several of them held, where the first of them got it, and present where one of them still has it: under its own name, else the
/// first.
fn by_brute_force(repository: &Repository) -> Vec<(String, String, Option<String>)> {
    let value_of = |blob: &str| repository.git(&["cat-file", "blob", blob]).lines().last().unwrap().to_owned();
    let trees: Vec<(String, Vec<(String, String)>)> = repository
        .git(&["rev-list", "--all", "--date-order", "--reverse"])
        .lines()
        .map(|commit| (commit.to_owned(), files(repository, commit)))
        .collect();
    let mut places: BTreeMap<(String, String), (usize, BTreeSet<String>)> = BTreeMap::new();
    for (order, (_, files)) in trees.iter().enumerate() {
        for (path, blob) in files {
            let place = places.entry((value_of(blob), path.clone())).or_insert_with(|| (order, BTreeSet::new()));
            place.1.insert(blob.clone());
        }
    }
    let head: BTreeSet<(String, String)> =
        files(repository, "HEAD").into_iter().map(|(path, blob)| (value_of(&blob), path)).collect();
    let mut told = Vec::new();
    while let Some((start, _)) = places.first_key_value() {
        let mut joined = vec![start.clone()];
        let mut done = 0;
        while done < joined.len() {
            let (value, blobs) = (&joined[done].0, &places[&joined[done]].1);
            let more = places
                .iter()
                .filter(|(place, (_, others))| place.0 == *value && !joined.contains(place) && !blobs.is_disjoint(others));
            let more: Vec<_> = more.map(|(place, _)| place.clone()).collect();
            joined.extend(more);
            done += 1;
        }
        let (order, path) = joined.iter().map(|place| (places[place].0, place.1.clone())).min().unwrap();
        let present: BTreeSet<&String> = joined.iter().filter(|place| head.contains(place)).map(|place| &place.1).collect();
        let present = present.get(&path).or(present.first()).map(|path| (*path).clone());
        told.push((path, trees[order].0.clone(), present));
        places.retain(|place, _| !joined.contains(place));
    }
    told.sort();
    told
}

/// Path and blob of every file of a commit.
fn files(repository: &Repository, commit: &str) -> Vec<(String, String)> {
    let listed = repository.git(&["ls-tree", "-r", commit]);
    let parts = |entry: &str| {
        let (head, path) = entry.split_once('\t').unwrap();
        (path.to_owned(), head.rsplit(' ').next().unwrap().to_owned())
    };
    listed.lines().map(parts).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn first_appearances_are_those_of_brute_force(steps in prop::collection::vec(step(), 1..18)) {
        let repository = Repository::new();
        make(&repository, &steps);
        let mut found = found(&repository, &[]);
        found.sort();
        prop_assert_eq!(found, by_brute_force(&repository));
    }
}
