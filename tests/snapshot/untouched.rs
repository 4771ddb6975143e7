//! D2: taking a snapshot leaves the git directory as it was, whoever reads the index: names, sizes, times and bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::probe::{WITHOUT_GIT2, ask, expected};
use crate::support::TestRepo;

type State = BTreeMap<PathBuf, (SystemTime, Vec<u8>)>;

fn state(folder: &Path, found: &mut State) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let (path, facts) = (entry.path(), entry.metadata().unwrap());
        let bytes = if facts.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        if facts.is_dir() {
            state(&path, found);
        }
        found.insert(path, (facts.modified().unwrap(), bytes));
    }
}

/// Runs `look`, which is to leave no trace in the git directory and in the folder for temporary files.
#[track_caller]
fn leaves_no_trace(repo: &TestRepo, look: impl FnOnce()) {
    // Which has the git directories of linked work trees in it.
    let git_dir = repo.root().join(repo.line(&["rev-parse", "--git-common-dir"]));
    let all = || {
        let mut found = State::new();
        state(&git_dir, &mut found);
        state(&repo.outside("temporary"), &mut found);
        found
    };
    let before = all();
    // Longer than a tick of the clock that stamps files.
    std::thread::sleep(std::time::Duration::from_millis(20));
    look();
    let after = all();
    let differing: Vec<_> = after.keys().chain(before.keys()).filter(|path| before.get(*path) != after.get(*path)).collect();
    assert_eq!(differing, Vec::<&PathBuf>::new());
}

/// Every view, with content, the version before and renames: whatever a reader may start git for. One file is only meant to be
/// added, which `git ls-files` does not tell from an empty one.
fn look(repo: &TestRepo, renamed: (&str, &str)) {
    for view in [None, Some("all")] {
        let asked = view.map_or_else(ask, |view| ask().view(view)).find("in/new");
        asked.each(repo, &WITHOUT_GIT2, |seen| {
            assert_eq!(seen.renames, [(renamed.1.to_owned(), renamed.0.to_owned())], "{}", seen.reader);
            assert_eq!(seen.skipped.len(), usize::from(view.is_some()), "{}", seen.reader);
            assert!(seen.paths().contains(&"in/new".to_owned()) && !seen.paths().contains(&"in/later".to_owned()));
        });
    }
}

/// A repository with a file that is renamed, one that is new and empty, and one that is only meant to be added.
fn repo(format: &str) -> TestRepo {
    let mut repo = TestRepo::init(&[format]);
    std::fs::create_dir(repo.outside("temporary")).unwrap();
    let temporary = repo.outside("temporary");
    repo.set("TMPDIR", temporary);
    repo.write("in/a", "one\ntwo\nthree\nfour\n").write("out/d/b", "b\n").write("out/c", "c\n").commit("first");
    repo
}

fn change(repo: &TestRepo) {
    repo.git(&["mv", "in/a", "in/z"]);
    repo.write("in/new", "").git(&["add", "in/new"]);
    repo.write("in/later", "l\n").git(&["add", "-N", "in/later"]);
}

#[test]
fn a_split_index_is_left_alone() {
    for format in ["--ref-format=files", "--ref-format=reftable", "--object-format=sha256"] {
        let repo = repo(format);
        repo.git(&["config", "splitIndex.maxPercentChange", "100"]);
        repo.git(&["config", "extensions.worktreeConfig", "true"]);
        repo.git(&["update-index", "--split-index"]);
        change(&repo);
        let listed = expected(&repo);
        leaves_no_trace(&repo, || look(&repo, ("in/a", "in/z")));
        leaves_no_trace(&repo, || {
            ask().view("all").each(&repo, &WITHOUT_GIT2, |seen| assert_eq!(seen.listed().len(), listed.len() - 1));
        });
        repo.git(&["worktree", "add", "-q", "../linked", "HEAD"]);
        let linked = repo.beside("linked");
        linked.git(&["update-index", "--split-index"]);
        change(&linked);
        leaves_no_trace(&linked, || look(&linked, ("in/a", "in/z")));
    }
}

#[test]
fn a_sparse_index_is_left_alone() {
    let repo = repo("--ref-format=files");
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    change(&repo);
    assert!(repo.line(&["ls-files", "--sparse"]).contains("out/"));
    leaves_no_trace(&repo, || look(&repo, ("in/a", "in/z")));
}
