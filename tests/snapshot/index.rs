//! S16 to S33: states of the index.

use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use crate::probe::{READERS, WITHOUT_GIT2, ask, expected};
use crate::support::TestRepo;

/// A few files in directories, committed; `d/b` then changed and staged, `new/n` added.
fn repo() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("a", "1\n").write("d/b", "2\n").write("d/e/c", "3\n").write("d.x", "4\n").write("z", "5\n").commit("first");
    repo.write("d/b", "changed\n").write("new/n", "new\n").git(&["add", "-A"]);
    repo
}

/// All entries equal git's list, the staged set is what `repo` staged, and content is right.
fn agrees(repo: &TestRepo, readers: &[&str]) {
    ask().view("all").each(repo, readers, |seen| {
        assert_eq!(seen.listed(), expected(repo));
        assert_eq!((seen.content("d/e/c"), seen.content("new/n")), (&b"3\n"[..], &b"new\n"[..]));
    });
    ask().each(repo, readers, |seen| assert_eq!(seen.paths(), ["d/b", "new/n"]));
    ask()
        .names(&["d/b", "z"])
        .each(repo, readers, |seen| assert_eq!((seen.content("d/b"), seen.content("z")), (&b"changed\n"[..], &b"5\n"[..])));
}

#[test]
fn s16_unborn_head() {
    let repo = TestRepo::new();
    repo.write("a", "x\n").write("d/b", "y\n").git(&["add", "-A"]);
    ask().find("a").each(&repo, &READERS, |seen| {
        assert_eq!(seen.listed(), expected(&repo));
        assert_eq!(seen.found["a"], (Some(b"x\n".to_vec()), None));
    });
}

#[test]
fn s17_no_index_file() {
    let repo = TestRepo::new();
    repo.write("a", "x\n");
    ask().each(&repo, &READERS, |seen| assert!(seen.files.is_empty()));
    ask().names(&["a"]).each(&repo, &READERS, |seen| assert!(seen.files[0].is_worktree));
}

#[test]
fn s18_a_damaged_index_is_never_an_empty_one() {
    let repo = repo();
    let index = repo.read(".git/index");
    let garbage: [&[u8]; 5] = [b"", b"garbage", &index[..12], &index[..40], &index[..index.len() / 2]];
    for bytes in garbage {
        repo.write(".git/index", bytes);
        for reader in READERS {
            for asked in [ask(), ask().view("all"), ask().names(&["a"])] {
                let seen = asked.run(&repo, reader);
                let error = seen.error.unwrap_or_else(|| panic!("{} bytes read by {}", bytes.len(), seen.reader));
                assert!(error.contains(".git/index cannot be read: "), "{} bytes, reader `{reader}`: {error}", bytes.len());
            }
        }
    }
}

#[test]
fn s19_a_flipped_byte_of_stat_data() {
    let repo = repo();
    let mut index = repo.read(".git/index");
    index[12 + 9] ^= 0xff;
    repo.write(".git/index", &index);
    agrees(&repo, &WITHOUT_GIT2);
}

#[test]
fn s20_intent_to_add() {
    let repo = repo();
    repo.write("later", "later\n").git(&["add", "-N", "later"]);
    repo.write("empty", "").git(&["add", "empty"]);
    ask().each(&repo, &READERS, |seen| assert_eq!(seen.paths(), ["d/b", "empty", "new/n"]));
    ask().names(&["later", "empty"]).each(&repo, &READERS, |seen| {
        assert_eq!(seen.paths(), ["empty"]);
        assert_eq!(seen.skipped, [("later".to_owned(), "intent to add: nothing is staged".to_owned())]);
        assert_eq!(seen.unread, []);
    });
}

#[test]
fn s21_symlink() {
    let repo = repo();
    std::os::unix::fs::symlink("../outside", repo.path("link")).unwrap();
    repo.git(&["add", "link"]);
    repo.remove("link").write("link", "a file by now\n");
    ask().names(&["link"]).each(&repo, &READERS, |seen| {
        assert_eq!(seen.content("link"), b"../outside");
        assert_eq!(seen.files[0].mode, "120000");
    });
}

#[test]
fn s22_gitlink() {
    let repo = repo();
    let head = repo.line(&["rev-parse", "HEAD"]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{head},sub")]);
    for asked in [ask().names(&["sub"]), ask(), ask().view("all")] {
        asked.each(&repo, &READERS, |seen| {
            assert!(!seen.paths().contains(&"sub".to_owned()));
            assert_eq!(seen.skipped, [("sub".to_owned(), "submodule".to_owned())]);
            assert_eq!(seen.unread, []);
        });
    }
}

#[test]
fn s23_executable_bit_only() {
    let repo = repo();
    repo.git(&["update-index", "--chmod=+x", "a"]);
    ask().each(&repo, &READERS, |seen| {
        assert_eq!(seen.paths(), ["a", "d/b", "new/n"]);
        assert_eq!((seen.files[0].mode.as_str(), seen.content("a")), ("100755", &b"1\n"[..]));
    });
}

#[test]
fn s24_rename_and_deletion() {
    let repo = TestRepo::new();
    let text = "a line of text that is long enough to be known again\n".repeat(5);
    repo.write("old", &text).write("gone", "g\n").commit("first");
    repo.git(&["mv", "old", "new"]);
    repo.git(&["rm", "-q", "gone"]);
    ask().each(&repo, &READERS, |seen| {
        assert_eq!(seen.paths(), ["new"]);
        assert_eq!(seen.renames, [("new".to_owned(), "old".to_owned())]);
    });
}

#[test]
fn s25_conflict() {
    let repo = TestRepo::new();
    repo.write("a", "base\n").write("b", "base\n").commit("base");
    repo.git(&["checkout", "-qb", "other"]);
    repo.write("a", "theirs\n").remove("b").commit("theirs");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("a", "ours\n").write("b", "ours\n").commit("ours");
    assert!(!repo.try_git(&["merge", "-q", "other"]).status.success());
    for asked in [ask(), ask().names(&["a", "b"]), ask().view("all")] {
        asked.each(&repo, &READERS, |seen| {
            let listed: Vec<_> = expected(&repo).into_iter().filter(|row| row.3 != 1).collect();
            assert_eq!(seen.listed(), listed);
            let content: Vec<_> = seen.files.iter().map(|file| file.content.clone().unwrap()).collect();
            assert_eq!(content, [b"ours\n".to_vec(), b"theirs\n".to_vec(), b"ours\n".to_vec()]);
            let unread: Vec<_> = seen.unread.iter().map(|(path, _)| path.as_str()).collect();
            assert_eq!(unread, ["a", "b"]);
        });
    }
}

#[test]
fn s26_versions_2_to_4() {
    for version in ["2", "3", "4"] {
        let repo = repo();
        repo.git(&["update-index", "--index-version", version]);
        if version == "3" {
            repo.git(&["update-index", "--skip-worktree", "z"]);
        }
        let found = repo.read(".git/index")[7];
        assert_eq!(found.to_string(), version);
        agrees(&repo, &READERS);
    }
}

#[test]
fn s26_version_4_in_several_blocks() {
    let repo = repo();
    for at in 0..400 {
        repo.write(format!("many/{:03}/file-{at}", at / 7), format!("{at}\n"));
    }
    repo.commit("many");
    repo.write("d/b", "again\n").git(&["add", "-A"]);
    repo.git(&["config", "index.threads", "2"]);
    for version in ["2", "4"] {
        repo.git(&["update-index", "--force-write-index", "--index-version", version]);
        ask().view("all").each(&repo, &READERS, |seen| assert_eq!(seen.listed(), expected(&repo)));
        ask().each(&repo, &READERS, |seen| assert_eq!(seen.paths(), ["d/b"]));
    }
}

#[test]
fn s26_names_longer_than_the_length_field() {
    let repo = repo();
    let long = vec!["n".repeat(200); 21].join("/");
    assert!(long.len() > 4095);
    let id = repo.line(&["rev-parse", ":a"]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{id},{long}")]);
    for version in ["2", "4"] {
        repo.git(&["update-index", "--index-version", version]);
        ask().view("all").each(&repo, &["", "native", "plumbing"], |seen| assert_eq!(seen.listed(), expected(&repo)));
        assert_eq!(ask().names(&[&long]).run(&repo, "native").content(&long), b"1\n");
    }
}

#[test]
fn s27_split_index() {
    for version in ["2", "4"] {
        let repo = repo();
        repo.git(&["reset", "-q", "--hard"]);
        for at in 0..200 {
            repo.write(format!("many/{at:03}"), format!("{at}\n"));
        }
        repo.commit("many");
        repo.git(&["config", "splitIndex.maxPercentChange", "100"]);
        repo.git(&["update-index", "--index-version", version]);
        repo.git(&["update-index", "--split-index"]);
        // Replaced, deleted, and new entries, in front, in the middle and at the end.
        repo.write("d/b", "changed\n").write("new/n", "new\n").write("many/100", "replaced\n").remove("many/150").remove("a");
        repo.write("0", "first\n").write("zz", "last\n").git(&["add", "-A"]);
        let shared = std::fs::read_dir(repo.path(".git")).unwrap().flatten();
        assert!(shared.map(|file| file.file_name()).any(|name| name.to_string_lossy().starts_with("sharedindex.")));
        ask().view("all").each(&repo, &WITHOUT_GIT2, |seen| assert_eq!(seen.listed(), expected(&repo)));
        ask().each(&repo, &WITHOUT_GIT2, |seen| assert_eq!(seen.paths(), ["0", "d/b", "many/100", "new/n", "zz"]));
        assert!(ask().run(&repo, "git2").error.unwrap().contains("link"));
        assert_eq!(ask().run(&repo, "").reader, "native");
    }
}

#[test]
fn s27_a_split_index_in_a_linked_worktree_and_without_its_shared_part() {
    let repo = repo();
    repo.git(&["update-index", "--split-index"]);
    let elsewhere = repo.outside("copy");
    std::fs::copy(repo.path(".git/index"), &elsewhere).unwrap();
    let copied = ask().view("all").set("GIT_INDEX_FILE", &elsewhere);
    copied.each(&repo, &WITHOUT_GIT2, |seen| assert_eq!(seen.listed(), expected(&repo)));
    for file in std::fs::read_dir(repo.path(".git")).unwrap().flatten() {
        if file.file_name().to_string_lossy().starts_with("sharedindex.") {
            std::fs::remove_file(file.path()).unwrap();
        }
    }
    for reader in WITHOUT_GIT2 {
        assert!(ask().run(&repo, reader).error.is_some());
    }
}

#[test]
fn s28_sparse_index() {
    let repo = TestRepo::new();
    repo.write("a", "1\n")
        .write("in/x", "2\n")
        .write("out/y", "3\n")
        .write("out/deep/z", "4\n")
        .write("out2/q", "5\n")
        .commit("first");
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    assert!(!repo.path("out").exists());
    assert!(repo.line(&["ls-files", "--sparse"]).contains("out/"));
    ask().view("all").find("out/deep/z").find("out").find("out/none").each(&repo, &WITHOUT_GIT2, |seen| {
        assert_eq!(seen.listed(), expected(&repo));
        assert_eq!(seen.content("out/deep/z"), b"4\n");
        assert_eq!(seen.found["out/deep/z"].0.as_deref(), Some(&b"4\n"[..]));
        assert_eq!((&seen.found["out"].0, &seen.found["out/none"].0), (&None, &None));
    });
    ask().each(&repo, &WITHOUT_GIT2, |seen| assert!(seen.files.is_empty()));
    ask().names(&["out/y", "out/deep"]).find("out/deep/z").each(&repo, &WITHOUT_GIT2, |seen| {
        assert_eq!(seen.paths(), ["out/deep/z", "out/y"]);
        assert_eq!(seen.found["out/deep/z"].1.as_deref(), Some(&b"4\n"[..]));
    });
    ask().names(&["out/none"]).each(&repo, &WITHOUT_GIT2, |seen| assert_eq!(seen.unread.len(), 1));
    repo.write("in/x", "staged\n").git(&["add", "in/x"]);
    ask().each(&repo, &WITHOUT_GIT2, |seen| assert_eq!(seen.paths(), ["in/x"]));
    // HEAD moves, the index stays: now the directory outside differs.
    repo.git(&["commit", "-qm", "second"]);
    let tree = repo.line(&["rev-parse", "HEAD^{tree}"]);
    let listing = repo.git(&["ls-tree", &tree]);
    let listing: Vec<u8> =
        listing.split(|&b| b == b'\n').filter(|line| !line.ends_with(b"\tout")).collect::<Vec<_>>().join(&b'\n');
    std::fs::write(repo.outside("listing"), listing).unwrap();
    let mut mktree = repo.command("git");
    let input = std::fs::File::open(repo.outside("listing")).unwrap();
    let made = mktree.arg("mktree").stdin(input).output().unwrap();
    assert!(made.status.success());
    let made = String::from_utf8(made.stdout).unwrap();
    let commit = repo.line(&["commit-tree", "-m", "without", made.trim_end()]);
    repo.git(&["update-ref", "HEAD", &commit]);
    ask().each(&repo, &WITHOUT_GIT2, |seen| assert_eq!(seen.paths(), ["out/deep/z", "out/y"]));
}

#[test]
fn s29_sparse_checkout_with_a_full_index() {
    let repo = repo();
    repo.git(&["commit", "-qm", "second"]);
    repo.git(&["sparse-checkout", "set", "--cone", "--no-sparse-index", "new"]);
    assert!(!repo.path("d/b").exists());
    ask().names(&["d/b"]).each(&repo, &READERS, |seen| assert_eq!(seen.content("d/b"), b"changed\n"));
    ask().view("all").each(&repo, &READERS, |seen| assert_eq!(seen.listed(), expected(&repo)));
}

#[test]
fn s30_extensions() {
    let repo = repo();
    repo.git(&["update-index", "--untracked-cache"]);
    repo.git(&["status"]);
    let index = repo.read(".git/index");
    assert!(index.windows(4).any(|at| at == b"UNTR") && index.windows(4).any(|at| at == b"TREE"));
    agrees(&repo, &READERS);
    // Unknown, but may be passed over; unknown, and must be understood: git refuses it too.
    for (signature, readers) in [(b"XXXX", &READERS[..2]), (b"xxxx", &[][..])] {
        let mut with = index[..index.len() - 20].to_vec();
        with.extend_from_slice(signature);
        with.extend_from_slice(&[0, 0, 0, 2, 7, 7]);
        with.extend_from_slice(&[0; 20]);
        repo.write(".git/index", &with);
        agrees(&repo, readers);
    }
    assert!(ask().run(&repo, "").error.unwrap().contains("extension `xxxx`"));
}

#[test]
fn s31_no_checksum() {
    let repo = repo();
    repo.git(&["config", "index.skipHash", "true"]);
    repo.git(&["update-index", "--force-write-index"]);
    assert!(repo.read(".git/index").ends_with(&[0; 20]));
    agrees(&repo, &READERS);
}

#[test]
fn s32_assume_unchanged_and_skip_worktree() {
    for flag in ["--assume-unchanged", "--skip-worktree"] {
        let repo = repo();
        repo.settle().git(&["update-index", flag, "a"]);
        repo.write("a", "other\n");
        ask().names(&["a"]).each(&repo, &READERS, |seen| assert_eq!(seen.content("a"), b"1\n"));
    }
}

#[test]
fn s33_racy() {
    // Same size, same clock tick, if the machine is quick enough; the staged bytes have to win however it turns out.
    let repo = repo();
    for at in 0..50 {
        repo.write("a", format!("{at:04}")).git(&["add", "a"]);
        repo.write("a", "disk");
        assert_eq!(ask().names(&["a"]).run(&repo, "native").content("a"), format!("{at:04}").as_bytes());
    }
}

/// Stat data say when a file was looked at, not what was in it then.
#[test]
fn s33_an_index_that_lies_is_not_believed() {
    let repo = repo();
    repo.write("a", "fresh").git(&["add", "a"]);
    repo.write("a", "other");
    let metadata = std::fs::metadata(repo.path("a")).unwrap();
    let mut bytes = repo.read(".git/index");
    let name = bytes.windows(2).position(|at| at == b"a\0").unwrap();
    let stat = &mut bytes[name - 62..name - 22];
    let numbers = [metadata.ctime(), metadata.ctime_nsec(), metadata.mtime(), metadata.mtime_nsec()];
    for (place, number) in numbers.into_iter().enumerate() {
        stat[4 * place..4 * place + 4].copy_from_slice(&u32::try_from(number).unwrap().to_be_bytes());
    }
    repo.write(".git/index", bytes);
    let index = std::fs::File::options().write(true).open(repo.path(".git/index")).unwrap();
    index.set_modified(metadata.modified().unwrap() + Duration::from_secs(1)).unwrap();
    assert_eq!(repo.line(&["status", "--short", "a"]), "M  a", "git believes it");
    assert_eq!(ask().names(&["a"]).run(&repo, "native").content("a"), b"fresh");
}
