//! S42 to S49: content and names.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::probe::{READERS, ask, expected};
use crate::support::TestRepo;

#[test]
fn s42_line_ends() {
    let by_setting = TestRepo::new();
    by_setting.git(&["config", "core.autocrlf", "true"]);
    let by_attribute = TestRepo::new();
    by_attribute.write(".gitattributes", "* text eol=crlf\n");
    let by_info = TestRepo::new();
    by_info.write(".git/info/attributes", "* text\n");
    let by_user = TestRepo::new();
    std::fs::create_dir_all(by_user.home().join(".config/git")).unwrap();
    std::fs::write(by_user.home().join(".config/git/attributes"), "* text\n").unwrap();
    let by_nested = TestRepo::new();
    by_nested.write("d/.gitattributes", "* text\n");
    for repo in [by_setting, by_attribute, by_info, by_user, by_nested] {
        repo.write("d/a", "x\r\ny\r\n").git(&["add", "d/a"]);
        repo.settle();
        ask().names(&["d/a"]).each(&repo, &READERS, |seen| {
            assert_eq!(seen.content("d/a"), b"x\ny\n");
            assert!(!seen.files[0].differs);
        });
    }
}

#[test]
fn s43_encodings_and_keywords() {
    let repo = TestRepo::new();
    repo.write(".gitattributes", "a working-tree-encoding=UTF-16LE\nb ident\n");
    repo.write("a", [b'x', 0, b'y', 0]).write("b", "$Id: 0123456789 $\n").git(&["add", "-A"]);
    repo.settle();
    ask().names(&["a", "b"]).each(&repo, &READERS, |seen| {
        assert_eq!((seen.content("a"), seen.content("b")), (&b"xy"[..], &b"$Id$\n"[..]));
    });
}

#[test]
fn s44_filters() {
    let repo = TestRepo::new();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n";
    std::fs::write(repo.outside("pointer"), pointer).unwrap();
    repo.git(&["config", "filter.lfs.clean", &format!("cat '{}'", repo.outside("pointer").display())]);
    repo.write(".gitattributes", "*.bin filter=lfs\n").write("a.bin", "large").git(&["add", "-A"]);
    repo.settle();
    ask().names(&["a.bin"]).each(&repo, &READERS, |seen| {
        assert_eq!((seen.content("a.bin"), seen.lfs), (pointer.as_bytes(), 1));
    });
}

#[test]
fn s45_any_bytes_in_names() {
    let repo = TestRepo::new();
    let names: [&[u8]; 5] = [b"new\nline", b"\x1b[31mred", "\u{202e}txt.exe".as_bytes(), b"\xff\xfe", b"q\"uote\\tab\t"];
    for name in names {
        repo.write(OsStr::from_bytes(name), name);
    }
    repo.git(&["add", "-A"]);
    let named: Vec<_> = names.iter().map(|name| OsStr::from_bytes(name)).collect();
    for asked in [ask(), ask().names(&named)] {
        asked.each(&repo, &READERS, |seen| {
            assert_eq!(seen.listed(), expected(&repo));
            assert!(seen.files.iter().all(|file| file.content.as_ref().unwrap() == &file.path));
            assert_eq!(seen.unread, []);
        });
    }
}

#[test]
fn s46_large_files_are_refused_before_they_are_read() {
    let repo = TestRepo::new();
    repo.write("large", vec![b'x'; 100_000]).write("small", "s\n").git(&["add", "-A"]);
    for settled in [false, true] {
        if settled {
            repo.settle();
        }
        ask().cap(99_999).each(&repo, &READERS, |seen| {
            assert_eq!(seen.files[0].content, Err("100000 bytes, more than the limit of 99999".to_owned()));
            assert_eq!(seen.content("small"), b"s\n");
        });
        ask().cap(100_000).each(&repo, &READERS, |seen| assert_eq!(seen.content("large").len(), 100_000));
    }
    repo.write("untracked", vec![b'x'; 100_000]);
    ask().names(&["untracked"]).cap(99_999).each(&repo, &READERS, |seen| assert!(seen.files[0].content.is_err()));
}

#[test]
fn s47_untracked_and_ignored_files_by_name() {
    let repo = TestRepo::new();
    repo.write(".gitignore", "ignored\n").commit("first");
    repo.write("ignored", "i\n").write("untracked", "u\n");
    std::os::unix::fs::symlink("untracked", repo.path("link")).unwrap();
    ask().names(&["ignored", "untracked", "link"]).each(&repo, &READERS, |seen| {
        assert!(seen.files.iter().all(|file| file.is_worktree));
        assert_eq!((seen.content("ignored"), seen.content("untracked")), (&b"i\n"[..], &b"u\n"[..]));
        assert_eq!(seen.content("link"), b"untracked");
    });
}

#[test]
fn s48_a_name_that_is_nowhere() {
    let repo = TestRepo::new();
    repo.write("a", "x\n").commit("first");
    ask().names(&["a", "nowhere"]).each(&repo, &READERS, |seen| {
        assert_eq!(seen.paths(), ["a"]);
        assert_eq!(seen.unread, [("nowhere".to_owned(), "neither in the index nor on disk".to_owned())]);
    });
}

#[test]
fn s49_something_else_lies_on_disk() {
    let repo = TestRepo::new();
    repo.write("link", "1\n").write("directory", "2\n").write("fifo", "3\n").write("gone", "4\n").git(&["add", "-A"]);
    repo.settle();
    for name in ["link", "directory", "fifo", "gone"] {
        repo.remove(name);
    }
    std::os::unix::fs::symlink("/etc/passwd", repo.path("link")).unwrap();
    repo.write("directory/inside", "x\n");
    assert!(repo.command("mkfifo").arg("fifo").status().unwrap().success());
    ask().names(&["link", "directory", "fifo", "gone"]).each(&repo, &READERS, |seen| {
        let content: Vec<_> = seen.files.iter().map(|file| file.content.clone().unwrap()).collect();
        assert_eq!(content, [b"2\n", b"3\n", b"4\n", b"1\n"]);
        assert_eq!(seen.unread, []);
    });
    assert!(repo.command("mkfifo").arg("other").status().unwrap().success());
    ask().names(&["other"]).each(&repo, &READERS, |seen| assert_eq!(seen.unread[0].1, "not a regular file"));
}

#[test]
fn what_a_filter_put_into_the_blob_is_judged_whoever_named_the_filter() {
    let repo = TestRepo::new();
    repo.write("attributes", "*.py filter=swap\n").write("a.py", "disk\n");
    let attributes = format!("core.attributesFile={}", repo.path("attributes").display());
    // The index is younger than the file, to a git that counts in seconds, too: nothing is racy.
    let file = std::fs::File::options().write(true).open(repo.path("a.py")).unwrap();
    file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(9)).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    repo.git(&["-c", &attributes, "-c", "filter.swap.clean=echo blob", "add", "a.py"]);
    assert_eq!(repo.line(&["status", "--short", "a.py"]), "A  a.py", "git sees no difference");
    for names in [&["a.py"][..], &[]] {
        ask().names(names).each(&repo, &READERS, |seen| assert_eq!(seen.content("a.py"), b"blob\n"));
    }
}

#[test]
fn proved_bytes_come_from_disk_and_only_proved_ones() {
    let repo = TestRepo::new();
    repo.write("a", "same\n").git(&["add", "a"]);
    repo.settle();
    let id = repo.line(&["rev-parse", ":a"]);
    let object = format!(".git/objects/{}/{}", &id[..2], &id[2..]);
    let bytes = repo.read(&object);
    repo.remove(&object);
    let asked = ask().names(&["a"]);
    // The blob is gone, so what is read now can only have come from disk.
    assert_eq!(asked.run(&repo, "native").content("a"), b"same\n");
    repo.write("a", "none\n");
    assert!(asked.run(&repo, "native").files[0].content.is_err());
    repo.write(&object, bytes);
    assert_eq!(asked.run(&repo, "native").content("a"), b"same\n");
}
