//! The index as `git ls-files` tells it: the reader for what the others refuse.
//! Promises all stages, and intent-to-add entries marked, which `ls-files` shows as empty files.
//! Has no sizes, so that files are never read from disk on its word.

use std::collections::HashSet;

use super::{Fault, INTENT_TO_ADD, Index, UNWATCHED};
use crate::snapshot::aside::Aside;
use crate::snapshot::error::Error;
use crate::snapshot::git::Git;
use crate::snapshot::id::{Mode, ObjectId};
use crate::snapshot::locate::Location;

const NEEDED_FOR: &str = "this index";
/// The empty blob in sha1 and sha256.
const EMPTY: [&[u8]; 2] =
    [b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"];

type Entry = (Vec<u8>, Mode, u8, ObjectId);

pub(super) fn read_plumbing(location: &Location) -> Result<Index, Error> {
    let aside = Aside::of(location)?;
    let git = &aside.git;
    // From the top of the work tree, whatever directory the hook stands in.
    let list = |option: &[&str]| git.run(NEEDED_FOR, &[&["ls-files", "-s", "-z", "--full-name"], option, &["--", ":/"]].concat());
    // A sparse index that git makes whole leaves new trees in the object database. Before 2.36 git knew no other way.
    let listed = list(&["--sparse"]).or_else(|_| list(&[]))?;
    let mut entries = parse(&listed)?;
    let empty: Vec<ObjectId> = EMPTY.iter().filter_map(|hex| ObjectId::from_hex(hex)).collect();
    if entries.iter().any(|(_, _, _, id)| empty.contains(id)) {
        let intended = intended(git, &location.empty_tree()?)?;
        for entry in entries.iter_mut().filter(|entry| empty.contains(&entry.3) && intended.contains(&entry.0)) {
            entry.2 |= INTENT_TO_ADD;
        }
    }
    let out_of_order = |fault| match fault {
        Fault::Corrupt(message) | Fault::Unsupported(message) => Error::Refused { message },
    };
    Index::from_entries(entries.into_iter(), location.hash_len).map_err(out_of_order)
}

/// `<mode> SP <id> SP <stage> TAB <path> NUL`, again and again.
fn parse(listed: &[u8]) -> Result<Vec<Entry>, Error> {
    let lines = listed.split(|&b| b == 0).filter(|line| !line.is_empty());
    lines
        .map(|line| parse_line(line).ok_or_else(|| Error::Refused { message: "ls-files answered out of form".to_owned() }))
        .collect()
}

fn parse_line(line: &[u8]) -> Option<Entry> {
    let (head, path) = line.split_at_checked(memchr::memchr(b'\t', line)?)?;
    let mut words = std::str::from_utf8(head).ok()?.split(' ');
    let mode = Mode::from_bits(u32::from_str_radix(words.next()?, 8).ok()?)?;
    let id = ObjectId::from_hex(words.next()?.as_bytes())?;
    let stage: u8 = words.next()?.parse().ok().filter(|stage| *stage <= 3)?;
    // Which files git does not watch is not listed.
    Some((path.get(1..)?.to_vec(), mode, stage | UNWATCHED, id))
}

/// Paths that count as new only as long as intent-to-add entries are looked at. Against the empty tree, as HEAD cannot be named aside.
fn intended(git: &Git, empty: &ObjectId) -> Result<HashSet<Vec<u8>>, Error> {
    let diff = |visible: &str| {
        let fixed = [
            "diff",
            "--cached",
            "--raw",
            "-z",
            "--no-renames",
            "--no-abbrev",
            "--no-ext-diff",
            "--no-relative",
            "--diff-filter=AMT",
        ];
        let empty = empty.to_string();
        let args: Vec<&str> = fixed.into_iter().chain([visible, &empty]).collect();
        git.run(NEEDED_FOR, &args).map(|out| paths(&out))
    };
    let hidden = diff("--ita-invisible-in-index")?;
    let mut shown = diff("--ita-visible-in-index")?;
    shown.retain(|path| !hidden.contains(path));
    Ok(shown)
}

/// `:<modes, ids, status> NUL <path> NUL`, again and again.
fn paths(raw: &[u8]) -> HashSet<Vec<u8>> {
    raw.split(|&b| b == 0).skip(1).step_by(2).map(<[u8]>::to_vec).collect()
}
