//! Repositories of every kind, whole, cut and damaged.

use gatewright::snapshot::{Commits, Environment, ReadError, Request, Snapshot, View};
use sha1::{Digest, Sha1};

use crate::repository::Repository;
use crate::{PROGRAM, commit, expected, found, line, lose, mixed, report};

#[test]
fn what_cannot_be_read_is_said_with_its_commit() {
    let repository = Repository::new();
    repository.write("large.txt", "long ago\n".repeat(1000));
    let first = commit(&repository, 0);
    repository.write("large.txt", "x\n");
    repository.write("gatewright.toml", "max-file-size = 4000\n");
    commit(&repository, 1);
    let said = repository.gatewright(&["history"]).ended(2);
    said.with(&[
        "large.txt: 9000 bytes, more than the limit of 4000",
        &format!("(the version that came up in {})", &first[..10]),
    ]);
}

#[test]
fn lost_objects_make_exit_2() {
    let repository = Repository::new();
    repository.write("a/b/c.py", "x = 1\n");
    commit(&repository, 0);
    let (blob, tree) = (repository.git(&["rev-parse", "HEAD:a/b/c.py"]), repository.git(&["rev-parse", "HEAD:a/b"]));
    repository.write("a/b/c.py", "x = 2\n");
    commit(&repository, 1);
    lose(&repository, &blob);
    repository.gatewright(&["history", "--no-cache"]).ended(2).with(&["a/b/c.py: object", "is missing"]);
    lose(&repository, &tree);
    repository
        .gatewright(&["history", "--no-cache"])
        .ended(2)
        .with(&["a/b/: versions of this folder are not here", "what they held is not known"]);
    let first = repository.git(&["rev-parse", "HEAD~1"]);
    lose(&repository, &first);
    repository.gatewright(&["history", "--no-cache"]).ended(2);
}

/// A clone may give a commit other parents: those that it was made with are its history.
#[test]
fn grafts_and_replaced_commits_hide_nothing() {
    let repository = Repository::new();
    repository.write("a.py", "x = 1\n");
    let first = commit(&repository, 0);
    repository.write("a.py", line(1));
    let middle = commit(&repository, 1);
    repository.write("a.py", "x = 2\n");
    let last = commit(&repository, 2);
    let is_found = |graft_file: &str| {
        for reader in ["native", "plumbing"] {
            for args in [&["history", "--no-cache"][..], &["--from-ref", &first, "--to-ref", &middle]] {
                let mut command = repository.command(PROGRAM);
                command.args(args).env("GATEWRIGHT_READER", reader).env("GIT_GRAFT_FILE", graft_file);
                repository.said(&mut command).ended(1).with(&["a.py:1:"]);
            }
        }
    };
    repository.git(&["replace", "--graft", &last, &first]);
    is_found("");
    repository.git(&["replace", "--delete", &last]);
    // The middle one as an ancestor of the first, too.
    let grafts = format!("{last} {first}\n{first} {middle}\n{middle}\n");
    repository.write("grafts", &grafts);
    is_found("grafts");
    repository.write(".git/info/grafts", &grafts);
    is_found("");
}

/// A clone of it, made with these options.
fn clone(repository: &Repository, options: &[&str]) -> Repository {
    let url = format!("file://{}", repository.path().display());
    repository.git(&["config", "uploadpack.allowFilter", "true"]);
    let clone = Repository::folder();
    clone.git(&[&["clone", "--quiet"], options, &[&url, "."]].concat());
    clone
}

#[test]
fn a_shallow_clone_is_said_to_be_cut() {
    let repository = Repository::new();
    for number in 0..3 {
        repository.write("a.py", line(u32::try_from(number).unwrap()));
        commit(&repository, number);
    }
    let shallow = clone(&repository, &["--depth", "2"]);
    let said = shallow.gatewright(&["history", "--no-cache"]).ended(1);
    said.with(&["\n2 findings; 2 files judged", "note: the history is cut: this is a shallow clone"]);
    assert_eq!(report(&shallow, &["HEAD~1..HEAD"]).0["summary"]["open"], 1);
    assert_eq!(report(&shallow, &["HEAD"]).0["summary"]["open"], 2);
}

#[test]
fn a_partial_clone_fetches_nothing() {
    let repository = Repository::new();
    repository.write("a.py", line(1));
    commit(&repository, 0);
    repository.write("a.py", "x = 1\n");
    commit(&repository, 1);
    let partial = clone(&repository, &["--filter=blob:none"]);
    let (report, code) = report(&partial, &[]);
    assert_eq!(code, 0);
    assert_eq!(report["skipped"][0]["reason"], "not fetched: this partial clone leaves it out");
    assert_eq!(report["skipped"][0]["path"], "a.py");
}

#[test]
fn a_bare_repository_is_judged_by_the_policy_of_its_head() {
    let repository = Repository::new();
    repository.write("a.py", line(1));
    repository.write("b.py", format!("# b\n{}", line(1)));
    let first = commit(&repository, 0);
    repository.write("gatewright.toml", "exclude = ['b.py']\n");
    commit(&repository, 1);
    let bare = clone(&repository, &["--bare"]);
    assert_eq!(found(&bare, &[]), [expected("a.py", &first, Some("a.py"))]);
    let empty = Repository::folder();
    empty.git(&["init", "--quiet", "--bare", "."]);
    assert_eq!(report(&empty, &[]).1, 0);
}

#[test]
fn every_way_to_read_says_the_same() {
    let repository = mixed(&[]).unwrap();
    let run = |args: &[&str], reader: Option<&str>| {
        let mut command = repository.command(PROGRAM);
        command.args(["history", "--no-cache"]).args(args);
        command.envs(reader.map(|reader| ("GATEWRIGHT_READER", reader)));
        repository.said(&mut command).ended(1).out
    };
    let loose = run(&[], None);
    for threads in ["1", "2", "7"] {
        assert_eq!(run(&["--threads", threads], None), loose);
    }
    assert_eq!(run(&[], Some("plumbing")), loose);
    repository.git(&["gc", "--quiet"]);
    assert_eq!(run(&[], None), loose);
    assert_eq!(run(&[], Some("plumbing")), loose);
}

/// Out of packs with long chains of deltas, objects of every size, and loose ones.
#[test]
fn every_blob_is_the_one_that_its_name_says() {
    let repository = Repository::new();
    for number in 0..40_usize {
        let lines =
            |count: usize| (0..count).map(|at| format!("{}: {}\n", at * 7 % 31, if at == number * 9 { number } else { at }));
        repository.write("grows.txt", lines(500 + number * 10).collect::<String>());
        repository.write("large.txt", lines(200_000).skip(number).collect::<String>());
        repository.write("d/small.txt", format!("{number}\n"));
        commit(&repository, number);
        if number == 30 {
            repository.git(&["repack", "-adfq", "--depth=50", "--window=20"]);
        } else if number == 35 {
            repository.git(&["repack", "-q"]);
        }
    }
    repository.write("empty.txt", "");
    commit(&repository, 50);
    let request = Request {
        view: Some(View::History(Commits::default())),
        names: Vec::new(),
        hook_mode: false,
        cwd: repository.path(),
        environment: Environment::default(),
    };
    let snapshot = Snapshot::open(&request).unwrap();
    assert_eq!(snapshot.entries().len(), 121);
    let mut reader = snapshot.reader();
    for entry in snapshot.entries().iter().chain(snapshot.entries().iter().rev()) {
        let bytes = reader.read(entry, 50_000_000).unwrap();
        let hash = Sha1::new().chain_update(format!("blob {}\0", bytes.len())).chain_update(&*bytes).finalize();
        assert_eq!(hash.as_slice(), entry.id.as_bytes(), "{}", entry.path);
    }
    assert!(matches!(reader.read(&snapshot.entries()[60], 1), Err(ReadError::TooLarge { cap: 1, .. })));
}

#[test]
fn formats_that_libgit2_cannot_open_are_read_through_git() {
    let plain = mixed(&[]).unwrap();
    let lines = |repository: &Repository| {
        let said = repository.gatewright(&["history", "--no-cache"]).ended(1);
        said.out.lines().filter(|line| line.contains("github-token GitHub")).map(str::to_owned).collect::<Vec<_>>()
    };
    for option in ["--object-format=sha256", "--ref-format=reftable"] {
        // An older git knows no reftables.
        let Some(other) = mixed(&[option]) else { continue };
        assert_eq!(lines(&other), lines(&plain), "{option}");
    }
}
