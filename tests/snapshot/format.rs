//! S34 to S41: formats of the repository.

use crate::probe::{READERS, WITHOUT_GIT2, ask, expected};
use crate::support::TestRepo;

fn filled(repo: &TestRepo) {
    repo.write("a", "1\n").write("d/b", "2\n").write("d/e/c", "3\n").commit("first");
    repo.write("a", "staged\n").write("new", "n\n").git(&["add", "-A"]);
    repo.write("a", "on disk\n");
}

fn agrees(repo: &TestRepo, readers: &[&str]) {
    ask().view("all").each(repo, readers, |seen| assert_eq!(seen.listed(), expected(repo)));
    ask().find("d/e/c").find("a").each(repo, readers, |seen| {
        assert_eq!(seen.paths(), ["a", "new"]);
        assert_eq!(seen.content("a"), b"staged\n");
        assert_eq!(seen.found["a"], (Some(b"staged\n".to_vec()), Some(b"1\n".to_vec())));
        assert_eq!(seen.found["d/e/c"].0.as_deref(), Some(&b"3\n"[..]));
    });
    ask().names(&["d"]).each(repo, readers, |seen| assert_eq!(seen.paths(), ["d/b", "d/e/c"]));
}

#[test]
fn s34_reftable() {
    let repo = TestRepo::init(&["--ref-format=reftable"]);
    repo.write("a", "x\n").git(&["add", "a"]);
    ask().each(&repo, &READERS, |seen| assert_eq!(seen.paths(), ["a"]));
    filled(&repo);
    agrees(&repo, &READERS);
    repo.git(&["commit", "-qm", "second"]);
    assert_eq!(ask().view("HEAD~1...main").run(&repo, "").paths(), ["a", "new"]);
}

#[test]
fn s35_sha256() {
    let repo = TestRepo::init(&["--object-format=sha256"]);
    filled(&repo);
    agrees(&repo, &WITHOUT_GIT2);
    assert_eq!(ask().run(&repo, "").reader, "native");
    repo.git(&["commit", "-qm", "second"]);
    assert_eq!(ask().view("HEAD~1...main").run(&repo, "").content("a"), b"staged\n");
    repo.git(&["update-index", "--split-index"]);
    ask().view("all").each(&repo, &WITHOUT_GIT2, |seen| assert_eq!(seen.listed(), expected(&repo)));
}

#[test]
fn s35_many_large_objects_do_not_block_the_pipes() {
    let repo = TestRepo::init(&["--object-format=sha256"]);
    for at in 0..20 {
        repo.write(format!("{at:02}"), vec![b'a' + at; 200_000]);
    }
    repo.git(&["add", "-A"]);
    ask().each(&repo, &[""], |seen| assert!(seen.files.iter().all(|file| file.content.as_ref().unwrap().len() == 200_000)));
    ask().cap(199_999).each(&repo, &[""], |seen| {
        assert!(seen.files.iter().all(|file| file.content == Err("200000 bytes, more than the limit of 199999".to_owned())));
    });
}

#[test]
fn s36_an_extension_that_git_refuses_too() {
    let repo = TestRepo::new();
    filled(&repo);
    repo.git(&["config", "core.repositoryformatversion", "1"]);
    repo.git(&["config", "extensions.fromthefuture", "true"]);
    for reader in READERS {
        let error = ask().run(&repo, reader).error.unwrap();
        assert!(error.contains("unknown repository extension"), "{error}");
    }
}

#[test]
fn s36_compatible_object_format() {
    let repo = TestRepo::init(&["--object-format=sha256"]);
    repo.git(&["config", "extensions.compatObjectFormat", "sha1"]);
    filled(&repo);
    agrees(&repo, &["", "plumbing"]);
}

/// A clone that has fetched no blob but those of the checkout; then one of the others is asked for.
fn partial() -> (TestRepo, TestRepo) {
    let origin = TestRepo::new();
    origin.write("a", "1\n").write("d/b", "2\n").commit("first");
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", origin.root().display());
    origin.git(&["clone", "-q", "--no-checkout", "--filter=blob:none", &url, "../partial"]);
    let clone = origin.beside("partial");
    clone.git(&["read-tree", "HEAD"]);
    (origin, clone)
}

#[test]
fn s37_partial_clone() {
    let (_origin, clone) = partial();
    clone.write("new", "n\n").git(&["add", "new"]);
    ask().each(&clone, &READERS, |seen| assert_eq!((seen.paths(), seen.content("new")), (vec!["new".to_owned()], &b"n\n"[..])));
    ask().view("all").each(&clone, &READERS, |seen| {
        assert_eq!(seen.listed(), expected(&clone));
        assert!(seen.files[0].content.as_ref().unwrap_err().starts_with("not fetched: "), "{:?}", seen.files[0]);
    });
    ask().names(&["a"]).each(&clone, &READERS, |seen| {
        let error = seen.files[0].content.as_ref().unwrap_err();
        assert!(error.ends_with("is missing"), "{error}");
    });
    let missing = clone.try_git(&["--no-lazy-fetch", "cat-file", "-e", ":a"]);
    assert!(!missing.status.success(), "a reader has fetched the blob");
}

/// All objects that are here.
fn objects(repo: &TestRepo) -> Vec<u8> {
    repo.git(&["--no-lazy-fetch", "cat-file", "--batch-all-objects", "--batch-check"])
}

#[test]
fn s37_a_named_file_that_is_proved_equal_needs_no_blob() {
    let (_origin, clone) = partial();
    let had = objects(&clone);
    // Hashing the file shows git that it is the entry's; the blob stays away.
    clone.write("a", "1\n").write("d/b", "others\n").settle();
    for reader in ["", "native"] {
        let seen = ask().names(&["a", "d/b"]).run(&clone, reader);
        assert_eq!((seen.content("a"), seen.files[0].is_worktree), (&b"1\n"[..], false));
        let error = seen.files[1].content.as_ref().unwrap_err();
        assert!(error.ends_with("is missing"), "{error}");
        let all = ask().view("all").run(&clone, reader);
        assert_eq!(all.content("a"), b"1\n");
        assert!(all.files[1].content.as_ref().unwrap_err().starts_with("not fetched: "));
    }
    clone.write("a", "2\n");
    assert!(ask().names(&["a"]).run(&clone, "").files[0].content.is_err());
    assert_eq!(objects(&clone), had);
}

/// Whether a file was renamed shows its old content only, which a child of git would fetch.
#[test]
fn s37_renames_fetch_nothing() {
    let (_origin, clone) = partial();
    clone.git(&["update-index", "--force-remove", "a"]);
    clone.write("z", "1\n2\n").git(&["add", "z"]);
    let had = objects(&clone);
    ask().each(&clone, &READERS, |seen| assert_eq!((seen.paths(), &seen.renames[..]), (vec!["z".to_owned()], &[][..])));
    assert_eq!(objects(&clone), had);
    let origin = clone.try_git(&["cat-file", "-e", "HEAD:a"]);
    assert!(origin.status.success(), "the remote cannot be reached, so that nothing was proved");
    assert_ne!(objects(&clone), had);
}

/// Before 2.45 git did not know the variable that forbids it.
#[test]
fn s37_a_git_that_knows_no_other_way_fetches_nothing() {
    let (_origin, mut clone) = partial();
    let had = objects(&clone);
    let path = std::env::var("PATH").unwrap();
    clone.program("git", &format!("unset GIT_NO_LAZY_FETCH\nPATH='{path}' exec git \"$@\"\n"));
    for asked in [ask().names(&["a"]), ask().view("all")] {
        let seen = asked.run(&clone, "plumbing");
        assert!(seen.files.iter().all(|file| file.content.is_err()), "{:?}", seen.files);
    }
    assert_eq!(objects(&clone), had);
    assert!(
        clone.try_git(&["cat-file", "-e", "HEAD:a"]).status.success(),
        "the remote cannot be reached, so that nothing was proved"
    );
}

/// Without its trees a commit cannot be compared with: that is told, not taken for an empty one.
#[test]
fn s37_a_clone_without_trees() {
    let (origin, _) = partial();
    let url = format!("file://{}", origin.root().display());
    origin.git(&["clone", "-q", "--no-checkout", "--filter=tree:0", &url, "../treeless"]);
    let clone = origin.beside("treeless");
    let had = objects(&clone);
    clone.write("new", "n\n").git(&["add", "new"]);
    let added = ask().names(&["new"]);
    added.each(&clone, &READERS, |seen| assert_eq!(seen.content("new"), b"n\n"));
    for reader in READERS {
        for asked in [ask(), ask().view("HEAD...HEAD").names(&["a"])] {
            let seen = asked.run(&clone, reader);
            assert!(seen.error.is_some(), "reader `{reader}` saw {:?}", seen.paths());
        }
    }
    assert_eq!(objects(&clone).len(), had.len() + objects_of("n\n", &clone));
}

/// The length of the line that [`objects`] has for a blob of this content.
fn objects_of(content: &str, repo: &TestRepo) -> usize {
    repo.line(&["rev-parse", ":new"]).len() + format!(" blob {}\n", content.len()).len()
}

#[test]
fn s38_worktree_configuration_and_relative_worktrees() {
    let repo = TestRepo::new();
    filled(&repo);
    repo.git(&["config", "extensions.worktreeConfig", "true"]);
    agrees(&repo, &READERS);
    repo.git(&["worktree", "add", "-q", "../linked"]);
    let linked = repo.beside("linked");
    // As `git worktree add --relative-paths` of later versions writes it.
    linked.write(".git", "gitdir: ../repo/.git/worktrees/linked\n");
    repo.write(".git/worktrees/linked/gitdir", "../../../../linked/.git\n");
    linked.write("a", "linked\n").git(&["add", "a"]);
    ask().each(&linked, &READERS, |seen| {
        assert_eq!((seen.root.as_path(), seen.content("a")), (linked.root(), &b"linked\n"[..]));
    });
}

#[test]
fn s39_a_foreign_owner() {
    let repo = TestRepo::new();
    filled(&repo);
    // Only who may give files away can make this situation.
    if std::os::unix::fs::chown(repo.root(), Some(12345), None).is_err() {
        return;
    }
    std::os::unix::fs::chown(repo.path(".git"), Some(12345), None).unwrap();
    for reader in READERS {
        let error = ask().run(&repo, reader).error.unwrap();
        let remedy = format!("`git config --global --add safe.directory {}`", repo.root().display());
        assert!(error.contains("belongs to another user") && error.contains(&remedy), "{error}");
    }
    let trusted = ask().set("GIT_CONFIG_COUNT", "1").set("GIT_CONFIG_KEY_0", "safe.directory").set("GIT_CONFIG_VALUE_0", "*");
    trusted.each(&repo, &READERS, |seen| assert_eq!(seen.paths(), ["a", "new"]));
    let mut config = repo.command("git");
    assert!(
        config.args(["config", "--global", "--add", "safe.directory", "*"]).current_dir(repo.home()).status().unwrap().success()
    );
    agrees(&repo, &READERS);
}

/// Whoever owns the work tree, the git directory or the file that leads there, and whatever the user trusts: git and we agree, and a
/// name is not judged from disk where the repository is refused.
#[test]
fn s39_git_decides_whom_to_trust() {
    let repo = TestRepo::new();
    filled(&repo);
    repo.git(&["worktree", "add", "-q", "../linked"]);
    let linked = repo.beside("linked");
    linked.write("a", "staged\n").git(&["add", "a"]);
    let own = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(repo.root()).unwrap());
    let owned_by = |place: &std::path::Path, owner: u32| std::os::unix::fs::lchown(place, Some(owner), None);
    if owned_by(repo.root(), 12345).is_err() {
        return println!("skipped: only who may give files away can make this situation");
    }
    owned_by(repo.root(), own).unwrap();
    let trusting = |path: &std::path::Path| {
        let file = repo.outside("trusting");
        std::fs::write(&file, format!("[safe]\ndirectory = {}\n", path.display())).unwrap();
        file
    };
    let places = [repo.root().to_owned(), repo.path(".git"), linked.root().to_owned(), linked.path(".git")];
    let (mut refused, mut accepted) = (0, 0);
    for place in &places {
        owned_by(place, 12345).unwrap();
        for here in [&repo, &linked] {
            let file = trusting(here.root());
            let elsewhere = repo.outside("elsewhere");
            std::fs::write(&elsewhere, "[safe]\ndirectory = /elsewhere\n").unwrap();
            for (variable, value) in [
                ("LC_ALL", "C".into()),
                ("GIT_CONFIG_GLOBAL", file.into_os_string()),
                ("GIT_CONFIG_GLOBAL", elsewhere.into_os_string()),
                ("SUDO_UID", "12345".into()),
            ] {
                let gits = here.command("git").args(["status", "--short"]).env(variable, &value).output().unwrap();
                for asked in [ask(), ask().names(&["a"]), ask().view("worktree")] {
                    for reader in READERS {
                        let seen = asked.clone().set(variable, value.clone()).run(here, reader);
                        let at = format!("{} of another, {variable}, reader `{reader}`: {:?}", place.display(), seen.error);
                        assert_eq!(seen.error.is_none(), gits.status.success(), "{at}");
                        refused += usize::from(seen.error.is_some());
                        accepted += usize::from(seen.error.is_none());
                    }
                }
            }
        }
        owned_by(place, own).unwrap();
    }
    assert!(refused > 50 && accepted > 50, "{refused} refused, {accepted} accepted");
}

#[test]
fn s40_replace_refs_are_not_followed() {
    let repo = TestRepo::new();
    filled(&repo);
    repo.write("fake", "replaced\n");
    let fake = repo.line(&["hash-object", "-w", "fake"]);
    let staged = repo.line(&["rev-parse", ":a"]);
    repo.git(&["replace", &staged, &fake]);
    ask().names(&["a"]).each(&repo, &READERS, |seen| assert_eq!(seen.content("a"), b"staged\n"));
}

#[test]
fn s41_a_damaged_and_an_absent_object() {
    let repo = TestRepo::new();
    filled(&repo);
    let object = |path: &str| {
        let id = repo.line(&["rev-parse", &format!(":{path}")]);
        (format!(".git/objects/{}/{}", &id[..2], &id[2..]), id)
    };
    let (damaged, first) = object("a");
    std::fs::set_permissions(repo.path(&damaged), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let mut bytes = repo.read(&damaged);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    repo.write(&damaged, bytes);
    let (absent, second) = object("new");
    repo.remove(absent).remove("new");
    ask().each(&repo, &READERS, |seen| {
        let errors: Vec<_> = seen.files.iter().map(|file| file.content.as_ref().unwrap_err()).collect();
        assert!(errors[0].contains(&first) && errors[0].contains("cannot be read"), "{errors:?}");
        assert_eq!(errors[1], &format!("object {second} is missing"));
    });
}
