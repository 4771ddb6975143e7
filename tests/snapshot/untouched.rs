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

/// What is in the git directory and in the folder for temporary files.
fn all(repo: &TestRepo) -> State {
    // Which has the git directories of linked work trees in it.
    let git_dir = repo.root().join(repo.line(&["rev-parse", "--git-common-dir"]));
    let mut found = State::new();
    state(&git_dir, &mut found);
    state(Path::new(repo.variable("TMPDIR")), &mut found);
    found
}

/// Runs `look`, which is to leave no trace in either.
#[track_caller]
pub fn leaves_no_trace(repo: &TestRepo, look: impl FnOnce()) {
    let before = all(repo);
    // Longer than a tick of the clock that stamps files.
    std::thread::sleep(std::time::Duration::from_millis(20));
    look();
    assert_same(&before, &all(repo));
}

/// As [`leaves_no_trace`], times apart.
#[track_caller]
fn leaves_all_bytes(repo: &TestRepo, look: impl FnOnce()) {
    let timeless = || all(repo).into_iter().map(|(path, (_, bytes))| (path, (SystemTime::UNIX_EPOCH, bytes))).collect();
    let before = timeless();
    look();
    assert_same(&before, &timeless());
}

#[track_caller]
fn assert_same(before: &State, after: &State) {
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
pub fn repo(format: &str) -> TestRepo {
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

pub fn split(format: &str) -> TestRepo {
    let repo = repo(format);
    repo.git(&["config", "splitIndex.maxPercentChange", "100"]);
    repo.git(&["config", "extensions.worktreeConfig", "true"]);
    repo.git(&["update-index", "--split-index"]);
    change(&repo);
    repo
}

#[test]
fn a_split_index_is_left_alone() {
    for format in ["--ref-format=files", "--ref-format=reftable", "--object-format=sha256"] {
        let repo = split(format);
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

pub fn sparse() -> TestRepo {
    let repo = repo("--ref-format=files");
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    change(&repo);
    assert!(is_sparse(&repo));
    repo
}

fn is_sparse(repo: &TestRepo) -> bool {
    repo.read(".git/index").windows(8).any(|bytes| bytes == b"sdir\0\0\0\0")
}

#[test]
fn a_sparse_index_is_left_alone() {
    let repo = sparse();
    leaves_no_trace(&repo, || look(&repo, ("in/a", "in/z")));
}

/// git makes the index fit this setting while it reads it, and writes the trees that it needs for that.
#[test]
fn an_index_that_is_not_as_its_setting_is_left_alone() {
    let repo = sparse();
    repo.git(&["config", "--worktree", "index.sparse", "false"]);
    leaves_no_trace(&repo, || look(&repo, ("in/a", "in/z")));

    let repo = repo_with_a_whole_index_outside();
    repo.git(&["config", "--worktree", "index.sparse", "true"]);
    leaves_no_trace(&repo, || look(&repo, ("in/a", "in/z")));
    assert!(!is_sparse(&repo));
}

fn repo_with_a_whole_index_outside() -> TestRepo {
    let repo = repo("--ref-format=files");
    repo.git(&["sparse-checkout", "set", "--cone", "--no-sparse-index", "in"]);
    change(&repo);
    repo
}

/// Before 2.36 git made a sparse index whole whenever it read it. Such a one still renews the times of the trees that are there.
#[test]
fn a_git_that_makes_a_sparse_index_whole_adds_nothing() {
    for mut repo in [sparse(), repo_with_a_whole_index_outside(), split("--ref-format=files")] {
        old_git(&mut repo);
        assert!(!repo.try_git(&["ls-files", "--sparse"]).status.success());
        leaves_all_bytes(&repo, || look(&repo, ("in/a", "in/z")));
    }
}

/// Puts a `git` in front that knows as little of sparse indexes as versions before 2.36.
fn old_git(repo: &mut TestRepo) {
    let path = std::env::var("PATH").unwrap();
    let script = format!(
        "for word; do\nshift\ncase $word in\n--sparse) exit 129;;\nindex.sparse=*) word=index.sparse=false;;\nesac\n\
         set -- \"$@\" \"$word\"\ndone\nPATH='{path}' exec git -c index.sparse=false \"$@\"\n"
    );
    repo.program("git", &script);
}
