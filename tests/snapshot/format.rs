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
        assert!(error.contains("belongs to another user") && error.contains("safe.directory"), "{error}");
    }
    let trusted = ask().set("GIT_CONFIG_COUNT", "1").set("GIT_CONFIG_KEY_0", "safe.directory").set("GIT_CONFIG_VALUE_0", "*");
    trusted.each(&repo, &READERS, |seen| assert_eq!(seen.paths(), ["a", "new"]));
    let mut config = repo.command("git");
    assert!(
        config.args(["config", "--global", "--add", "safe.directory", "*"]).current_dir(repo.home()).status().unwrap().success()
    );
    agrees(&repo, &READERS);
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
        // `git cat-file` calls a damaged object missing.
        let reason = if seen.reader == "plumbing" { "is missing" } else { "cannot be read" };
        assert!(errors[0].contains(&first) && errors[0].contains(reason), "{errors:?}");
        assert_eq!(errors[1], &format!("object {second} is missing"));
    });
}
