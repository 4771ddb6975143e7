//! S01 to S15: how git calls the hook.

use crate::probe::{Ask, READERS, Seen, ask, expected};
use crate::support::TestRepo;

/// `a` and `d/b` committed, `a` changed and staged, and changed again on disk.
fn changed() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("a", "one\n").write("d/b", "two\n").commit("first");
    repo.write("a", "staged\n").git(&["add", "a"]);
    repo.write("a", "on disk\n");
    repo
}

/// What every reader saw in the hook: of the index git made for this commit, what `paths` names, and the content of the blobs.
fn check(answers: &[Seen], listed: &[crate::probe::Listed], repo: &TestRepo, expected: &[(&str, &str)]) {
    for seen in answers {
        assert_eq!(seen.error, None);
        assert_eq!(seen.root, repo.root());
        let files: Vec<_> = seen.files.iter().map(|file| (file.path.as_slice(), file.content.clone().unwrap())).collect();
        let wanted: Vec<_> = expected.iter().map(|(path, content)| (path.as_bytes(), content.as_bytes().to_vec())).collect();
        assert_eq!(files, wanted, "reader {}", seen.reader);
        assert!(seen.listed().iter().all(|row| listed.contains(row)), "reader {}", seen.reader);
    }
}

#[test]
fn s01_a_plain_commit() {
    let repo = changed();
    let (answers, listed) = ask().hooked(&repo, &["commit", "-m", "x"]);
    check(&answers, &listed, &repo, &[("a", "staged\n")]);
    let (answers, listed) = ask().names(&["a"]).hooked(&repo, &["commit", "-m", "x"]);
    check(&answers, &listed, &repo, &[("a", "staged\n")]);
}

#[test]
fn s02_commit_all() {
    let repo = changed();
    repo.git(&["reset", "-q"]);
    let (answers, listed) = ask().hooked(&repo, &["commit", "-a", "-m", "x"]);
    check(&answers, &listed, &repo, &[("a", "on disk\n")]);
}

#[test]
fn s03_commit_of_one_path_while_another_is_staged() {
    let repo = changed();
    repo.write("d/b", "named\n");
    let (answers, listed) = ask().hooked(&repo, &["commit", "-m", "x", "d/b"]);
    check(&answers, &listed, &repo, &[("d/b", "named\n")]);
}

#[test]
fn s04_commit_from_a_subdirectory() {
    let repo = changed();
    let (answers, listed) = ask().names(&["a"]).hooked(&repo, &["-C", "d", "commit", "-m", "x"]);
    check(&answers, &listed, &repo, &[("a", "staged\n")]);
}

#[test]
fn s05_a_relative_index_file_is_relative_to_the_top() {
    let repo = changed();
    let asked = ask().set("GIT_INDEX_FILE", ".git/index").cwd(repo.path("d"));
    asked.each(&repo, &READERS, |seen| assert_eq!(seen.content("a"), b"staged\n"));
    asked.names(&["../a", "b"]).each(&repo, &READERS, |seen| {
        assert_eq!((seen.content("a"), seen.content("d/b")), (&b"staged\n"[..], &b"two\n"[..]));
    });
}

#[test]
fn s06_a_linked_worktree() {
    let repo = changed();
    repo.git(&["worktree", "add", "-q", "../linked"]);
    let linked = repo.beside("linked");
    linked.write("a", "linked\n").git(&["add", "a"]);
    let (answers, listed) = ask().hooked(&linked, &["commit", "-m", "x"]);
    check(&answers, &listed, &linked, &[("a", "linked\n")]);
}

#[test]
fn s07_inside_a_submodule() {
    let inner = TestRepo::new();
    inner.write("x", "x\n").commit("first");
    let repo = changed();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &inner.root().display().to_string(), "sub"]);
    let sub = repo.beside("repo/sub");
    sub.write("x", "in the submodule\n").git(&["add", "x"]);
    let (answers, listed) = ask().hooked(&sub, &["commit", "-m", "x"]);
    check(&answers, &listed, &sub, &[("x", "in the submodule\n")]);
}

/// A git directory apart from the work tree; `git` needs to be told of both.
fn apart(bare: bool) -> TestRepo {
    let repo = changed();
    std::fs::rename(repo.path(".git"), repo.outside("apart.git")).unwrap();
    let config = repo.outside("apart.git/config").display().to_string();
    repo.git(&["config", "--file", &config, "core.bare", if bare { "true" } else { "false" }]);
    repo
}

fn hooked_apart(asked: &Ask, repo: &mut TestRepo) {
    let git_dir = repo.outside("apart.git").display().to_string();
    repo.set("GIT_DIR", &git_dir).set("GIT_WORK_TREE", ".");
    let (answers, listed) = asked.hooked(repo, &["commit", "-m", "x"]);
    check(&answers, &listed, repo, &[("a", "staged\n")]);
}

#[test]
fn s08_git_dir_and_work_tree_by_variable() {
    hooked_apart(&ask(), &mut apart(false));
    hooked_apart(&ask().names(&["a"]), &mut apart(false));
}

#[test]
fn s09_a_bare_git_dir_with_a_work_tree() {
    hooked_apart(&ask(), &mut apart(true));
}

#[test]
fn s10_core_worktree() {
    let mut repo = apart(false);
    let config = repo.outside("apart.git/config").display().to_string();
    repo.git(&["config", "--file", &config, "core.worktree", "../repo"]);
    repo.set("GIT_DIR", repo.outside("apart.git"));
    ask().each(&repo, &READERS, |seen| {
        assert_eq!(seen.root, repo.root());
        assert_eq!(seen.content("a"), b"staged\n");
    });
    ask().names(&["b"]).cwd(repo.path("d")).each(&repo, &READERS, |seen| assert_eq!(seen.content("d/b"), b"two\n"));
}

#[test]
fn s11_the_quarantine_of_a_server() {
    let mut repo = changed();
    let quarantine = repo.outside("quarantine");
    std::fs::create_dir(&quarantine).unwrap();
    let objects = repo.path(".git/objects");
    repo.set("GIT_OBJECT_DIRECTORY", &quarantine).set("GIT_ALTERNATE_OBJECT_DIRECTORIES", objects);
    repo.write("a", "in quarantine\n").git(&["add", "a"]);
    ask().each(&repo, &READERS, |seen| assert_eq!(seen.content("a"), b"in quarantine\n"));
}

#[test]
fn s11_a_quarantine_whose_path_needs_quotes() {
    let mut repo = changed();
    let (quarantine, main) = (repo.outside("quarantine"), repo.outside("main:\"objects\""));
    std::fs::create_dir(&quarantine).unwrap();
    std::fs::rename(repo.path(".git/objects"), &main).unwrap();
    std::fs::create_dir(repo.path(".git/objects")).unwrap();
    let quoted = format!("\"{}\"", main.to_str().unwrap().replace('"', "\\\""));
    repo.set("GIT_OBJECT_DIRECTORY", &quarantine).set("GIT_ALTERNATE_OBJECT_DIRECTORIES", quoted);
    repo.write("a", "in quarantine\n").git(&["add", "a"]);
    ask().names(&["a", "d/b"]).each(&repo, &READERS, |seen| {
        assert_eq!(seen.content("a"), b"in quarantine\n");
        assert_eq!(seen.content("d/b"), b"two\n");
    });
}

#[test]
fn s12_a_shared_clone() {
    let repo = changed();
    repo.git(&["clone", "-q", "--shared", ".", "../clone"]);
    let clone = repo.beside("clone");
    ask().view("all").each(&clone, &READERS, |seen| {
        assert_eq!(seen.listed(), expected(&clone));
        assert_eq!(seen.content("d/b"), b"two\n");
    });
}

#[test]
fn s13_configuration_on_the_command_line_turns_the_fast_path_off() {
    let repo = TestRepo::new();
    repo.write("a", "x\r\n").git(&["-c", "core.autocrlf=true", "add", "a"]);
    repo.git(&["-c", "core.autocrlf=true", "commit", "-qm", "x"]);
    repo.settle();
    let variables = ask()
        .names(&["a"])
        .set("GIT_CONFIG_COUNT", "1")
        .set("GIT_CONFIG_KEY_0", "core.autocrlf")
        .set("GIT_CONFIG_VALUE_0", "true");
    variables.each(&repo, &READERS, |seen| assert_eq!(seen.content("a"), b"x\n"));
    let (answers, listed) =
        ask().names(&["a"]).hooked(&repo, &["-c", "core.autocrlf=true", "commit", "--allow-empty", "-m", "x"]);
    check(&answers, &listed, &repo, &[("a", "x\n")]);
}

#[test]
fn s14_a_range_is_read_from_its_newer_side() {
    let repo = TestRepo::new();
    repo.write("a", "1\n").write("same", "s\n").write("gone", "g\n").commit("first");
    repo.git(&["rm", "-q", "gone"]);
    repo.write("a", "2\n").write("d/new", "n\n").commit("second");
    repo.write("a", "3\n").git(&["add", "a"]);
    for asked in [ask().view("HEAD~1...HEAD"), ask().set("PRE_COMMIT_FROM_REF", "HEAD~1").set("PRE_COMMIT_TO_REF", "HEAD")] {
        for reader in ["", "plumbing"] {
            let seen = asked.clone().find("a").find("gone").run(&repo, reader);
            assert_eq!(seen.paths(), ["a", "d/new"]);
            assert_eq!(seen.content("a"), b"2\n");
            assert_eq!(seen.found["a"], (Some(b"2\n".to_vec()), Some(b"1\n".to_vec())));
            assert_eq!(seen.found["gone"], (None, Some(b"g\n".to_vec())));
            let seen = asked.clone().names(&["same", "gone", "d"]).run(&repo, reader);
            assert_eq!((seen.paths(), seen.unread), (vec!["d/new".to_owned(), "same".to_owned()], vec![]));
        }
    }
}

#[test]
fn s14_a_range_starts_where_its_sides_parted() {
    let repo = TestRepo::new();
    repo.write("a", "1\n").commit("first");
    repo.git(&["checkout", "-qb", "other"]);
    repo.write("theirs", "t\n").commit("theirs");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("ours", "o\n").commit("ours");
    for reader in ["", "plumbing"] {
        assert_eq!(ask().view("other...main").run(&repo, reader).paths(), ["ours"]);
        let missing = ask().view("nowhere...main").run(&repo, reader).error.unwrap();
        assert!(missing.contains("`nowhere` names no commit"), "{missing}");
    }
    repo.git(&["checkout", "-q", "--orphan", "lonely"]);
    repo.git(&["commit", "-qm", "no common history"]);
    assert_eq!(ask().view("other...lonely").run(&repo, "").paths(), ["ours"]);
}

const NO_COMMIT: &str = "0000000000000000000000000000000000000000";

#[test]
fn s14_a_range_from_no_commit_is_the_whole_tree_and_one_to_no_commit_is_nothing() {
    for format in ["sha1", "sha256"] {
        let repo = TestRepo::init(&[&format!("--object-format={format}")]);
        repo.write("a", "1\n").write("same", "s\n").commit("first");
        repo.write("a", "2\n").commit("second");
        repo.write("a", "3\n").git(&["add", "a"]);
        let none = repo.line(&["rev-parse", "HEAD"]).replace(|_| true, "0");
        for reader in ["", "plumbing"] {
            for none in [NO_COMMIT, &none] {
                let seen = ask().view(&format!("{none}...HEAD")).find("a").run(&repo, reader);
                assert_eq!((seen.error.as_deref(), seen.paths()), (None, vec!["a".to_owned(), "same".to_owned()]));
                assert_eq!((seen.content("a"), &seen.found["a"]), (&b"2\n"[..], &(Some(b"2\n".to_vec()), None)));
                assert_eq!(seen.renames, []);
                let to_none = ask().view(&format!("HEAD~1...{none}"));
                for asked in [to_none.clone(), to_none.names(&["a", "nowhere"]), ask().view(&format!("{none}...{none}"))] {
                    let seen = asked.find("a").run(&repo, reader);
                    assert_eq!((seen.error.as_deref(), seen.paths(), seen.unread), (None, vec![], vec![]));
                    assert_eq!(seen.found["a"], (None, None));
                }
            }
            let named = ask().view(&format!("{NO_COMMIT}...HEAD")).names(&["same", "nowhere"]).run(&repo, reader);
            assert_eq!((named.paths(), named.unread.len()), (vec!["same".to_owned()], 1));
        }
    }
}

/// A hook runner gives the names of the index and no range then, though what is pushed may be another tree.
#[test]
fn s14_a_branch_that_shares_no_commit_with_the_remote_is_judged_as_it_is_pushed() {
    let repo = TestRepo::new();
    repo.write("a", "pushed\n").write("gone", "g\n").write("d/same", "s\n").commit("first");
    repo.git(&["checkout", "-q", "--orphan", "other"]);
    repo.write("a", "other\n").git(&["rm", "-q", "--cached", "gone"]);
    repo.write("new", "n\n").git(&["add", "a", "new"]);
    let names = ["a", "d/same", "new"];
    let pushed = ask().hook_mode().set("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main");
    for reader in READERS {
        // What the index has not, nobody can have named.
        let seen = pushed.clone().names(&names).find("a").find("new").run(&repo, reader);
        assert_eq!((seen.error.as_deref(), seen.paths()), (None, ["a", "d/same", "gone"].map(str::to_owned).to_vec()));
        assert_eq!((seen.content("a"), &seen.unread[..]), (&b"pushed\n"[..], &[][..]));
        assert_eq!((&seen.found["a"].0, &seen.found["new"].0), (&Some(b"pushed\n".to_vec()), &None));
        // What a runner leaves out of the names stays out.
        assert_eq!(pushed.clone().names(&["a", "new"]).run(&repo, reader).paths(), ["a", "gone"]);
        assert_eq!(pushed.run(&repo, reader).paths(), ["a", "d/same", "gone"]);
    }
    let range = ["PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF"];
    let ranged = range.iter().fold(pushed.clone(), |asked, name| asked.set(name, "main"));
    assert_eq!(ranged.names(&["a"]).run(&repo, "").paths(), ["a"]);
    assert_eq!(pushed.clone().view("all").run(&repo, "").content("a"), b"other\n");
    // Nor can anybody name what is not on disk.
    repo.git(&["commit", "-qm", "other"]);
    let ranged = pushed.set(range[0], "other").set(range[1], "main").names(&["a"]);
    assert_eq!(ranged.run(&repo, "").paths(), ["a"]);
    fs_err::remove_file(repo.path("gone")).unwrap();
    assert_eq!(ranged.run(&repo, "").paths(), ["a", "gone"]);
    let nowhere = ask().names(&names).set("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/nowhere").run(&repo, "");
    assert!(nowhere.error.unwrap().contains("`refs/heads/nowhere` names no commit"));
}

#[test]
fn s15_no_repository() {
    let mut here = TestRepo::bare_directory();
    let above = here.root().parent().unwrap().to_owned();
    here.set("GIT_CEILING_DIRECTORIES", above);
    here.write("a", "x\n");
    let seen = ask().names(&["a", "b"]).run(&here, "");
    assert!(seen.files[0].is_worktree);
    assert_eq!((seen.content("a"), seen.unread.len()), (&b"x\n"[..], 1));
    for view in ["staged", "all", "HEAD~1...HEAD"] {
        let error = ask().view(view).run(&here, "").error.unwrap();
        assert!(error.contains("not in a git repository"), "{error}");
    }
    assert_eq!(ask().view("worktree").run(&here, "").paths(), ["a"]);
}

#[test]
fn s15_a_ceiling_hides_the_repository_above() {
    let repo = changed();
    let asked = ask().cwd(repo.path("d")).set("GIT_CEILING_DIRECTORIES", repo.root());
    assert!(asked.run(&repo, "").error.unwrap().contains("not in a git repository"));
}

#[test]
fn s15_a_bare_repository() {
    let repo = changed();
    repo.commit("second");
    repo.git(&["clone", "-q", "--bare", ".", "../bare"]);
    let bare = repo.beside("bare");
    for view in ["staged", "all"] {
        assert!(ask().view(view).run(&bare, "").error.unwrap().contains("no work tree"));
    }
    assert_eq!(ask().view("HEAD~1...HEAD").run(&bare, "").content("a"), b"on disk\n");
    let seen = ask().names(&["config"]).run(&bare, "");
    assert!(seen.files[0].is_worktree);
}
