//! The `TREE` extension: tree ids of the directories that have not changed since they were written.
//! Promises only a hint: what it cannot parse it leaves out, and the comparison then walks the entries.
//! Decides nothing; `staged` checks the entry count before it believes a node.

use std::collections::HashMap;

use crate::snapshot::id::ObjectId;

/// Directory (empty, or ending in `/`) to its number of entries and its tree.
pub(in crate::snapshot) type CacheTree = HashMap<Vec<u8>, (usize, ObjectId)>;

/// No real directory is deeper; deeper ones would only cost memory.
const DEPTH: usize = 256;

/// Nodes come in pre-order: name, NUL, entry count, space, subtree count, newline, id unless the count is negative.
pub(super) fn parse(bytes: &[u8], hash_len: usize) -> CacheTree {
    nodes(bytes, hash_len).unwrap_or_default()
}

fn nodes(mut bytes: &[u8], hash_len: usize) -> Option<CacheTree> {
    let mut found = CacheTree::new();
    // For each open directory: the length of its path, and how many subtrees are still to come.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut path: Vec<u8> = Vec::new();
    let mut is_root = true;
    while !bytes.is_empty() {
        while open.last().is_some_and(|&(_, left)| left == 0) {
            open.pop();
        }
        if !is_root {
            let (len, left) = open.last_mut()?;
            path.truncate(*len);
            *left -= 1;
        }
        is_root = false;
        let name = until(&mut bytes, 0)?;
        if !name.is_empty() {
            path.extend_from_slice(name);
            path.push(b'/');
        }
        let count: i64 = std::str::from_utf8(until(&mut bytes, b' ')?).ok()?.parse().ok()?;
        let subtrees: usize = std::str::from_utf8(until(&mut bytes, b'\n')?).ok()?.parse().ok()?;
        if let Ok(count) = usize::try_from(count) {
            let (id, rest) = bytes.split_at_checked(hash_len)?;
            bytes = rest;
            found.insert(path.clone(), (count, ObjectId::from_bytes(id)?));
        }
        open.push((path.len(), subtrees));
        if open.len() > DEPTH {
            return None;
        }
    }
    Some(found)
}

fn until<'a>(bytes: &mut &'a [u8], end: u8) -> Option<&'a [u8]> {
    let at = memchr::memchr(end, bytes)?;
    let (head, rest) = bytes.split_at_checked(at)?;
    *bytes = rest.get(1..)?;
    Some(head)
}
