//! Damaged indexes: every byte flipped, every length cut, in every layout. None may panic or ask for more memory than it is worth.

use std::path::Path;

use gatewright::snapshot::{Environment, Request, Snapshot, View, parse_index};

use crate::support::TestRepo;

/// Real index files of all layouts, with the length of their ids.
fn layouts() -> Vec<(&'static str, Vec<u8>, usize)> {
    let mut found = Vec::new();
    for (name, format, setup) in [
        ("version 2", "sha1", &["update-index", "--index-version", "2"][..]),
        ("version 3", "sha1", &["update-index", "--skip-worktree", "a"]),
        ("version 4", "sha1", &["update-index", "--index-version", "4"]),
        ("split", "sha1", &["update-index", "--split-index"]),
        ("sparse", "sha1", &["sparse-checkout", "set", "--cone", "--sparse-index", "d"]),
        ("sha256", "sha256", &["update-index", "--index-version", "4"]),
    ] {
        let repo = TestRepo::init(&[&format!("--object-format={format}")]);
        repo.write("a", "1\n").write("d/b", "2\n").write("d/e/c", "3\n").write("out/x", "4\n").commit("first");
        repo.git(&["config", "splitIndex.maxPercentChange", "100"]);
        repo.git(setup);
        if name == "split" {
            repo.write("d/b", "changed\n").write("new", "n\n").git(&["add", "-A"]);
        }
        found.push((name, repo.read(".git/index"), if format == "sha1" { 20 } else { 32 }));
    }
    found
}

#[test]
fn s18_flips_and_cuts_of_every_layout_never_panic() {
    for (name, index, hash_len) in layouts() {
        // A split index alone may have entries without names, as git's clock will; those are refused here and merged by the reader.
        assert!(parse_index(&index, hash_len).is_ok() || name == "split", "{name}");
        for at in 0..index.len() {
            let _ = parse_index(&index[..at], hash_len);
            for bit in 0..8 {
                let mut flipped = index.clone();
                flipped[at] ^= 1 << bit;
                let _ = parse_index(&flipped, hash_len);
            }
            for value in [0, 0x7f, 0xff] {
                let mut set = index.clone();
                set[at..].iter_mut().take(4).for_each(|byte| *byte = value);
                let _ = parse_index(&set, hash_len);
            }
        }
    }
}

#[test]
fn s18_a_cut_is_never_taken_for_a_smaller_index() {
    for (name, index, hash_len) in layouts() {
        let extensions = (0..index.len()).filter(|&at| parse_index(&index[..at], hash_len).is_ok()).collect::<Vec<_>>();
        // Only where the file could have ended: all entries are there, and what is cut is whole extensions.
        for at in extensions {
            let count = u32::from_be_bytes(index[8..12].try_into().unwrap()) as usize;
            assert!(parse_index(&index[..at], hash_len).unwrap() >= count, "{name} cut at {at}");
        }
    }
}

/// Opens the repository with our own reader, in this process; the number of entries.
fn open(root: &Path) -> Result<usize, gatewright::snapshot::Error> {
    let environment: Environment = [("GATEWRIGHT_READER".into(), "native".into())].into_iter().collect();
    let request = Request { view: Some(View::All), names: Vec::new(), hook_mode: false, cwd: root.to_owned(), environment };
    Snapshot::open(&request).map(|snapshot| snapshot.entries().len())
}

#[test]
fn s27_damage_to_either_half_of_a_split_index_never_panics() {
    let repo = TestRepo::new();
    repo.write("a", "1\n").write("d/b", "2\n").write("d/c", "3\n").commit("first");
    repo.git(&["config", "splitIndex.maxPercentChange", "100"]);
    repo.git(&["update-index", "--split-index"]);
    repo.write("d/b", "changed\n").write("new", "n\n").remove("a").git(&["add", "-A"]);
    assert_eq!(open(repo.root()).unwrap(), 3);
    let git_dir = std::fs::read_dir(repo.path(".git")).unwrap().flatten().map(|file| file.file_name().into_string().unwrap());
    let shared = git_dir.filter(|name| name.starts_with("sharedindex.")).last().unwrap();
    for half in ["index".to_owned(), shared] {
        let path = format!(".git/{half}");
        let whole = repo.read(&path);
        let _ = std::fs::remove_file(repo.path(&path));
        let mut refused = 0;
        for at in 0..whole.len() {
            for mask in [0x01, 0x80, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] ^= mask;
                repo.write(&path, damaged);
                refused += usize::from(open(repo.root()).is_err());
            }
        }
        assert!(refused > whole.len() / 4, "{half}: only {refused} refusals");
        repo.write(&path, whole);
    }
    assert_eq!(open(repo.root()).unwrap(), 3);
}

#[test]
fn s18_a_huge_count_reserves_nothing() {
    let mut index = b"DIRC\0\0\0\x02\xff\xff\xff\xff".to_vec();
    index.extend([0; 1000]);
    assert!(parse_index(&index, 20).is_err());
}

#[test]
fn s18_names_that_grow_without_end_are_refused() {
    // Version 4: each entry keeps the name before it and appends 16 bytes; the sum grows with the square of the count.
    let count: u32 = 40_000;
    let mut index = b"DIRC\0\0\0\x04".to_vec();
    index.extend(count.to_be_bytes());
    for _ in 0..count {
        let mut entry = [0; 62];
        entry[24..28].copy_from_slice(&0o100_644u32.to_be_bytes());
        index.extend(entry);
        index.push(0);
        index.extend([b'x'; 16]);
        index.push(0);
    }
    index.extend([0; 20]);
    assert!(parse_index(&index, 20).is_err());
}
