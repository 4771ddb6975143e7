//! S50: names that the index spells in another way.
//! A file system that folds names is not at hand everywhere. What it would show is the same as far as the index goes; what lies on disk is
//! shown by hard links, which are two names of one file, too.

use crate::left_out::left_out;
use crate::probe::{READERS, Seen, ask};
use crate::support::TestRepo;

/// Letters beyond ASCII, and the one spelling among several that is the same to the bytes.
#[test]
fn s50_other_letters_and_the_order_of_the_index() {
    let repo = TestRepo::new();
    repo.write("\u{c9}t\u{e9}/\u{df}.py", "staged\n").write("README", "r\n").write("Readme", "s\n").commit("first");
    repo.git(&["config", "core.ignorecase", "true"]);
    ask().names(&["\u{e9}T\u{c9}/\u{df}.PY"]).each(&repo, &READERS, |seen| {
        assert_eq!(seen.content("\u{c9}t\u{e9}/\u{df}.py"), b"staged\n");
    });
    ask().names(&["Readme"]).each(&repo, &READERS, |seen| assert_eq!(seen.paths(), ["Readme"]));
    ask().names(&["readme"]).each(&repo, &READERS, |seen| assert_eq!(seen.paths(), ["README"]));
    repo.git(&["config", "core.ignorecase", "false"]);
    ask().names(&["readme"]).each(&repo, &READERS, |seen| assert_eq!((seen.files.len(), seen.unread.len()), (0, 1)));
}

/// As git stores it, and as some systems list it.
const COMPOSED: &str = "\u{e9}.py";
const DECOMPOSED: &str = "e\u{301}.py";

fn paths_and_unread(seen: &Seen) -> (Vec<String>, usize) {
    (seen.paths(), seen.unread.len())
}

fn composed() -> TestRepo {
    let repo = TestRepo::new();
    repo.write(COMPOSED, "staged\n").write("\u{fc}/b.py", "other\n").commit("first");
    repo.write(COMPOSED, "on disk\n");
    repo
}

/// Nothing is normalised: a name that is nowhere on disk is told, and another file is another file.
#[test]
fn s50_decomposed_letters_are_not_passed_over() {
    let repo = composed();
    repo.git(&["config", "core.precomposeunicode", "true"]);
    ask().names(&[DECOMPOSED]).each(&repo, &READERS, |seen| {
        assert_eq!(seen.unread, [(DECOMPOSED.to_owned(), "neither in the index nor on disk".to_owned())]);
    });
    repo.write(DECOMPOSED, "another\n");
    ask().names(&[DECOMPOSED]).each(&repo, &READERS, |seen| {
        assert_eq!((seen.content(DECOMPOSED), seen.files[0].is_worktree), (&b"another\n"[..], true));
    });
}

#[test]
fn s50_two_spellings_of_one_file_are_the_entry_of_the_index() {
    for setting in ["core.precomposeunicode", "core.ignorecase"] {
        let repo = composed();
        std::fs::hard_link(repo.path(COMPOSED), repo.path(DECOMPOSED)).unwrap();
        let taken_from_disk = |seen: &Seen| assert!(seen.content(DECOMPOSED) == b"on disk\n" && seen.files[0].is_worktree);
        ask().names(&[DECOMPOSED]).each(&repo, &READERS, taken_from_disk);
        repo.git(&["config", setting, "true"]);
        ask().names(&[DECOMPOSED]).each(&repo, &READERS, |seen| assert_eq!(seen.content(COMPOSED), b"staged\n"));
        repo.git(&["add", COMPOSED]);
        let staged = ask().view("staged").names(&[DECOMPOSED]);
        staged.each(&repo, &READERS, |seen| assert_eq!(paths_and_unread(seen), (vec![COMPOSED.to_owned()], 0)));
        repo.git(&["config", setting, "false"]);
        ask().names(&[DECOMPOSED]).each(&repo, &READERS, taken_from_disk);
    }
}

/// A hard link in another folder is another file, and among several that could be meant none is chosen.
#[test]
fn s50_other_hard_links_are_files_of_their_own() {
    let repo = composed();
    repo.git(&["config", "core.precomposeunicode", "true"]);
    let elsewhere = format!("d/{DECOMPOSED}");
    repo.write("d/x", "");
    std::fs::hard_link(repo.path(COMPOSED), repo.path(&elsewhere)).unwrap();
    ask().names(&[&elsewhere]).each(&repo, &READERS, |seen| assert_eq!(seen.content(&elsewhere), b"on disk\n"));
    std::fs::hard_link(repo.path(COMPOSED), repo.path("\u{f6}.py")).unwrap();
    repo.git(&["add", "\u{f6}.py"]);
    std::fs::hard_link(repo.path(COMPOSED), repo.path(DECOMPOSED)).unwrap();
    ask().names(&[DECOMPOSED]).each(&repo, &READERS, |seen| {
        assert_eq!((seen.content(DECOMPOSED), seen.files[0].is_worktree), (&b"on disk\n"[..], true));
    });
}

/// Folders and files on a file system that ignores case and normalisation, where there is one.
#[test]
fn s50_a_file_system_that_folds_names() {
    let repo = TestRepo::bare_directory();
    if !repo.command("chattr").args(["+F", "."]).output().is_ok_and(|done| done.status.success()) {
        left_out("the file system of temporary files cannot fold names: `chattr +F` failed");
        return;
    }
    repo.git(&["init", "-q", "-b", "main"]);
    assert_eq!(repo.line(&["config", "core.ignorecase"]), "true");
    let inside = format!("\u{fc}/{COMPOSED}");
    repo.write(COMPOSED, "staged\n").write(&inside, "inside\n").write("Read", "r\n").git(&["add", "-A"]);
    repo.write(DECOMPOSED, "on disk\n");
    let decomposed = format!("u\u{308}/{DECOMPOSED}");
    ask().names(&[DECOMPOSED, &decomposed, "rEAD"]).each(&repo, &READERS, |seen| {
        assert_eq!(
            (seen.content(COMPOSED), seen.content(&inside), seen.content("Read")),
            (&b"staged\n"[..], &b"inside\n"[..], &b"r\n"[..])
        );
        assert_eq!(seen.unread, []);
    });
    ask().names(&["u\u{308}"]).each(&repo, &READERS, |seen| assert_eq!(seen.paths(), [inside.as_str()]));
}

/// `core.ignorecase` as git sets it where the file system ignores case. On such a file system `A.TXT` is the same file, on others there
/// is none of that name: either way the entry that is meant is the one of the index.
#[test]
fn s50_names_that_differ_in_case_only() {
    let repo = TestRepo::new();
    repo.write("Dir/a.txt", "staged\n").write("b", "b\n").commit("first");
    repo.git(&["config", "core.ignorecase", "true"]);
    ask().names(&["dir/A.TXT"]).each(&repo, &READERS, |seen| {
        assert_eq!(seen.files.iter().map(|file| file.path.as_slice()).collect::<Vec<_>>(), [b"Dir/a.txt"]);
        assert_eq!(seen.content("Dir/a.txt"), b"staged\n");
    });
    repo.write("dir/A.TXT", "another\n");
    repo.git(&["-c", "core.ignorecase=false", "add", "dir/A.TXT"]);
    ask().names(&["dir/A.TXT"]).each(&repo, &READERS, |seen| {
        assert_eq!(seen.files.iter().map(|file| file.path.as_slice()).collect::<Vec<_>>(), [b"dir/A.TXT"]);
    });
}
