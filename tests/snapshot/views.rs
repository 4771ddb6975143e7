//! What is selected: views, names of directories, hook mode, and paths asked for later.

use gatewright::snapshot::{Environment, Request, Snapshot, View};

use crate::probe::{READERS, ask};
use crate::support::TestRepo;

fn repo() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("a", "1\n").write("d/b", "2\n").write("d/e/c", "3\n").write("dx", "4\n").commit("first");
    repo
}

#[test]
fn in_hook_mode_nothing_staged_means_everything() {
    let repo = repo();
    ask().hook_mode().each(&repo, &READERS, |seen| {
        assert_eq!((seen.view.as_str(), seen.paths().len()), ("all", 4));
    });
    ask().each(&repo, &READERS, |seen| assert_eq!((seen.view.as_str(), seen.paths().len()), ("staged", 0)));
    ask().hook_mode().view("staged").each(&repo, &READERS, |seen| assert_eq!(seen.paths().len(), 0));
    repo.git(&["rm", "-q", "a"]);
    ask().hook_mode().each(&repo, &READERS, |seen| assert_eq!((seen.view.as_str(), seen.paths().len()), ("staged", 0)));
    repo.write("d/b", "x\n").git(&["add", "d/b"]);
    ask().hook_mode().each(&repo, &READERS, |seen| assert_eq!(seen.paths(), ["d/b"]));
}

#[test]
fn a_directory_stands_for_its_entries() {
    let repo = repo();
    repo.write("d/untracked", "u\n").write("other/untracked", "u\n");
    ask().names(&["d"]).each(&repo, &READERS, |seen| assert_eq!(seen.paths(), ["d/b", "d/e/c"]));
    ask().names(&["d/", "d/b", "./d/../a"]).each(&repo, &READERS, |seen| assert_eq!(seen.paths(), ["a", "d/b", "d/e/c"]));
    ask().names(&["."]).each(&repo, &READERS, |seen| assert_eq!(seen.paths(), ["a", "d/b", "d/e/c", "dx"]));
    ask().names(&["other"]).each(&repo, &READERS, |seen| {
        assert_eq!(seen.unread, [("other".to_owned(), "a directory without tracked files".to_owned())]);
    });
}

#[test]
fn names_are_relative_to_the_directory_or_absolute_or_through_a_link() {
    let repo = repo();
    let link = repo.outside("link");
    std::os::unix::fs::symlink(repo.root(), &link).unwrap();
    let absolute = repo.path("d/e/c").display().to_string();
    let linked = link.join("dx").display().to_string();
    ask().names(&["b", "../a", &absolute, &linked]).cwd(repo.path("d")).each(&repo, &READERS, |seen| {
        assert_eq!(seen.paths(), ["a", "d/b", "d/e/c", "dx"]);
        assert!(seen.files.iter().all(|file| !file.is_worktree));
    });
    ask().names(&["a"]).cwd(&link).each(&repo, &READERS, |seen| assert!(!seen.files[0].is_worktree));
    std::fs::write(repo.outside("elsewhere"), "e\n").unwrap();
    ask().names(&["../elsewhere"]).each(&repo, &READERS, |seen| {
        assert_eq!((seen.content("../elsewhere"), seen.files[0].is_worktree), (&b"e\n"[..], true));
    });
}

#[test]
fn names_through_linked_directories_are_those_of_the_index() {
    let repo = repo();
    let link = repo.outside("link");
    std::os::unix::fs::symlink(repo.root(), &link).unwrap();
    std::os::unix::fs::symlink("d", repo.path("inner")).unwrap();
    repo.write("d/b", "staged\n").git(&["add", "d/b"]);
    repo.write("d/b", "on disk\n");
    ask().names(&["inner/b"]).each(&repo, &READERS, |seen| assert_eq!(seen.content("d/b"), b"staged\n"));
    // The directory is gone, its files are still staged.
    std::fs::remove_dir_all(repo.path("d")).unwrap();
    let names = [link.join("d/b"), link.join("d/e/../e/c")];
    ask().names(&names).each(&repo, &READERS, |seen| {
        assert_eq!((seen.paths(), &seen.unread[..]), (vec!["d/b".to_owned(), "d/e/c".to_owned()], &[][..]));
    });
}

#[test]
fn in_a_range_a_name_that_neither_side_knows_is_told() {
    let repo = repo();
    repo.git(&["rm", "-q", "a"]);
    repo.write("dx", "5\n").commit("second");
    repo.write("untracked", "u\n");
    for reader in ["", "plumbing"] {
        let seen = ask().view("HEAD~1...HEAD").names(&["a", "dx", "nowhere", "untracked"]).run(&repo, reader);
        assert_eq!(seen.paths(), ["dx"]);
        let reason = |name: &str| (name.to_owned(), "in neither side of the range".to_owned());
        assert_eq!(seen.unread, [reason("nowhere"), reason("untracked")]);
    }
}

#[test]
fn the_staged_set_can_be_narrowed_by_names() {
    let repo = repo();
    repo.write("d/b", "x\n").write("a", "y\n").git(&["add", "-A"]);
    ask().view("staged").names(&["d", "dx"]).each(&repo, &READERS, |seen| {
        assert_eq!(seen.paths(), ["d/b"]);
        assert_eq!(seen.unread, []);
    });
    ask().view("staged").names(&["nowhere"]).each(&repo, &READERS, |seen| assert_eq!(seen.unread.len(), 1));
}

#[test]
fn the_message_file_is_read_from_disk() {
    let repo = repo();
    repo.write(".git/COMMIT_EDITMSG", "a message\n");
    ask().names(&[".git/COMMIT_EDITMSG"]).each(&repo, &READERS, |seen| {
        assert_eq!(seen.content(".git/COMMIT_EDITMSG"), b"a message\n");
        assert!(seen.files[0].is_worktree);
    });
}

#[test]
fn the_worktree_view_has_what_git_add_would_look_at() {
    let repo = repo();
    repo.write(".gitignore", "ignored\n*.log\n").write("d/tracked.log", "t\n").git(&["add", "-f", "."]);
    repo.write("ignored", "i\n").write("d/x.log", "i\n").write("new", "n\n").write(".hidden", "h\n").write("a", "disk\n");
    repo.write("nested/.git/HEAD", "ref: refs/heads/main\n").write("nested/file", "not ours\n").remove("dx");
    let all = [".gitignore", ".hidden", "a", "d/b", "d/e/c", "d/tracked.log", "new"];
    ask().view("worktree").find("a").find("new").each(&repo, &READERS, |seen| {
        assert_eq!((seen.paths(), seen.content("a")), (all.map(str::to_owned).to_vec(), &b"disk\n"[..]));
        assert_eq!(seen.found["a"], (Some(b"disk\n".to_vec()), Some(b"1\n".to_vec())));
        assert_eq!(seen.unread, []);
    });
    ask().view("worktree").names(&["d", "ignored"]).each(&repo, &READERS, |seen| {
        assert_eq!(seen.paths(), ["d/b", "d/e/c", "d/tracked.log", "ignored"]);
    });
    ask().view("worktree").names(&["x"]).each(&repo, &READERS, |seen| assert_eq!(seen.unread.len(), 1));
}

#[test]
fn the_work_tree_is_compared_for_the_note() {
    let repo = repo();
    repo.settle().write("d/b", "other\n").write("dx", "4\r\n").remove("a");
    ask().view("all").each(&repo, &READERS, |seen| {
        let differing: Vec<_> = seen.files.iter().filter(|file| file.differs).map(|file| file.path.as_slice()).collect();
        assert_eq!(differing, [b"d/b"]);
    });
}

#[test]
fn other_paths_are_found_through_the_same_view() {
    let repo = repo();
    repo.write("a", "staged\n").git(&["add", "a"]);
    repo.write("a", "on disk\n").write("untracked", "u\n");
    repo.write("later", "l\n").git(&["add", "-N", "later"]);
    ask().names(&["dx"]).find("a").find("untracked").find("later").find("d").each(&repo, &READERS, |seen| {
        assert_eq!(seen.found["a"], (Some(b"staged\n".to_vec()), Some(b"1\n".to_vec())));
        for name in ["untracked", "later", "d"] {
            assert_eq!(seen.found[name], (None, None), "{name}");
        }
    });
}

#[test]
fn an_unknown_reader_is_refused() {
    assert!(ask().run(&repo(), "gix").error.unwrap().contains("`gix`"));
}

#[test]
fn a_file_and_a_directory_change_places() {
    let repo = TestRepo::new();
    repo.write("x", "file\n").write("y/inside", "2\n").write("y.z", "3\n").commit("first");
    repo.remove("x").write("x/inside", "1\n").remove("y/inside");
    std::fs::remove_dir(repo.path("y")).unwrap();
    repo.write("y", "file\n").git(&["add", "-A"]);
    ask().each(&repo, &READERS, |seen| assert_eq!(seen.paths(), ["x/inside", "y"]));
    repo.git(&["commit", "-qm", "second"]);
    assert_eq!(ask().view("HEAD~1...HEAD").run(&repo, "").paths(), ["x/inside", "y"]);
}

#[test]
fn threads_read_side_by_side() {
    for format in ["sha1", "sha256"] {
        let repo = TestRepo::init(&[&format!("--object-format={format}")]);
        for at in 0..40 {
            repo.write(format!("{at:02}"), format!("{at:02}"));
        }
        repo.git(&["add", "-A"]);
        let cwd = repo.root().to_owned();
        let request =
            Request { view: Some(View::All), names: Vec::new(), hook_mode: false, cwd, environment: Environment::default() };
        let snapshot = Snapshot::open(&request).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut reader = snapshot.reader();
                    for entry in snapshot.entries() {
                        assert_eq!(&*reader.read(entry, 2).unwrap(), entry.path.as_bytes());
                    }
                });
            }
        });
    }
}
