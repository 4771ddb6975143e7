//! The index in memory: all entries, sorted, whichever reader they came from.
//! Promises order: entries whose names do not ascend are an error, because a search would miss them.
//! Does not touch the object database; `staged` does.

pub(super) mod cache_tree;
mod file;
mod parse;
mod plumbing;
mod reader;
mod split;

use std::ops::Range;

use super::id::{Mode, ObjectId};

use parse::parse;
pub use reader::Reader;
pub(super) use reader::{forced, read};

/// Why the bytes of an index are refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// It breaks the format.
    Corrupt(String),
    /// It may be right, but another reader has to say so: an extension that must be understood and is not known here.
    Unsupported(String),
}

impl Fault {
    fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt(what.into())
    }
}

/// A path with what it is.
pub(super) type Found = (Vec<u8>, Mode, ObjectId);

/// Flag bits of [`Record::flags`]; the lowest two are the stage.
pub(super) const STAGE: u8 = 3;
pub(super) const INTENT_TO_ADD: u8 = 4;
/// The file may be missing, or another one, and git would not say so: skip-worktree, or assume-unchanged.
pub(super) const UNWATCHED: u8 = 8;

/// One entry; its name is a place in [`Index::text`], so that 100,000 entries cost one allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) name: u32,
    pub(super) name_len: u32,
    /// Bytes of the file that it was made from; 0 if nobody knows.
    pub(super) size: u32,
    pub(super) mode: Mode,
    pub(super) flags: u8,
    pub(super) id: ObjectId,
}

impl Record {
    pub(super) fn stage(&self) -> u8 {
        self.flags & STAGE
    }
}

/// An index, from whatever reader.
#[derive(Debug, Default)]
pub(super) struct Index {
    text: Vec<u8>,
    records: Vec<Record>,
    /// The `TREE` extension's place in `text`.
    cache_tree: Option<Range<usize>>,
    pub(super) hash_len: usize,
}

impl Index {
    /// Checks the order of names and stages.
    fn build(text: Vec<u8>, records: Vec<Record>, hash_len: usize) -> Result<Self, Fault> {
        let index = Self { text, records, hash_len, ..Self::default() };
        let mut previous: Option<(&[u8], u8)> = None;
        for record in &index.records {
            let key = (index.name(record), record.stage());
            if previous.is_some_and(|before| before >= key) {
                return Err(Fault::corrupt("its entries are not in order"));
            }
            previous = Some(key);
        }
        Ok(index)
    }

    /// No entries: a repository before its first `git add`.
    pub(super) fn empty(hash_len: usize) -> Self {
        Self { hash_len, ..Self::default() }
    }

    /// From owned names, as readers other than our own give them.
    fn from_entries(entries: impl Iterator<Item = (Vec<u8>, Mode, u8, ObjectId)>, hash_len: usize) -> Result<Self, Fault> {
        let mut text = Vec::new();
        let mut records = Vec::new();
        for (name, mode, flags, id) in entries {
            let (name, name_len) = append(&mut text, &name)?;
            records.push(Record { name, name_len, size: 0, mode, flags, id });
        }
        Self::build(text, records, hash_len)
    }

    pub(super) fn records(&self) -> &[Record] {
        &self.records
    }

    pub(super) fn name(&self, record: &Record) -> &[u8] {
        slice(&self.text, record.name, record.name_len)
    }

    /// All stages of exactly this path.
    pub(super) fn exact(&self, path: &[u8]) -> Range<usize> {
        let start = self.records.partition_point(|record| self.name(record) < path);
        let rest = self.records.get(start..).unwrap_or_default();
        start..start + rest.iter().take_while(|record| self.name(record) == path).count()
    }

    /// The entries within `range` (which has to be sorted) whose names start with `prefix`.
    pub(super) fn below(&self, prefix: &[u8], range: Range<usize>) -> Range<usize> {
        let records = self.records.get(range.clone()).unwrap_or_default();
        let start = range.start + records.partition_point(|record| self.name(record) < prefix);
        let rest = self.records.get(start..range.end).unwrap_or_default();
        start..start + rest.partition_point(|record| self.name(record).starts_with(prefix))
    }

    /// The directory entry of a sparse index that stands for `path`, if one does.
    pub(super) fn sparse_cover(&self, path: &[u8]) -> Option<&Record> {
        let after = self.records.partition_point(|record| self.name(record) <= path);
        let before = self.records.get(after.checked_sub(1)?)?;
        (before.mode == Mode::Tree && path.starts_with(self.name(before))).then_some(before)
    }

    /// Puts `files` in the place of the directory entry at `at` of a sparse index.
    pub(super) fn replace_sparse(&mut self, expanded: Vec<(usize, Vec<Found>)>) -> Result<(), Fault> {
        let mut records = Vec::with_capacity(self.records.len());
        let mut from = 0;
        for (at, files) in expanded {
            records.extend_from_slice(self.records.get(from..at).unwrap_or_default());
            from = at + 1;
            for (name, mode, id) in files {
                let (name, name_len) = append(&mut self.text, &name)?;
                records.push(Record { name, name_len, size: 0, mode, flags: UNWATCHED, id });
            }
        }
        records.extend_from_slice(self.records.get(from..).unwrap_or_default());
        self.records = records;
        Ok(())
    }

    /// Directories whose tree ids the index remembers; empty if it holds directory entries, which are counted differently.
    pub(super) fn cached_trees(&self) -> cache_tree::CacheTree {
        match &self.cache_tree {
            Some(place) if !self.records.iter().any(|record| record.mode == Mode::Tree) => {
                cache_tree::parse(self.text.get(place.clone()).unwrap_or_default(), self.hash_len)
            }
            _ => cache_tree::CacheTree::default(),
        }
    }
}

/// Parses one file and checks its order; the number of entries.
pub(super) fn check(bytes: Vec<u8>, hash_len: usize) -> Result<usize, Fault> {
    let parsed = parse(bytes, hash_len)?;
    let link = parsed.link.clone().and_then(|place| parsed.text.get(place));
    let _ = link.map(|link| split::parse_link(link, hash_len).map(|link| link.check(parsed.records.len())));
    let index = Index { cache_tree: parsed.cache_tree.clone(), ..Index::build(parsed.text, parsed.records, hash_len)? };
    Ok(index.records.len() + index.cached_trees().len())
}

fn slice(text: &[u8], start: u32, len: u32) -> &[u8] {
    let start = start as usize;
    text.get(start..start.saturating_add(len as usize)).unwrap_or_default()
}

/// Appends a name; its place.
fn append(text: &mut Vec<u8>, name: &[u8]) -> Result<(u32, u32), Fault> {
    let too_large = |_| Fault::corrupt("it is larger than 4 GiB");
    let place = (u32::try_from(text.len()).map_err(too_large)?, u32::try_from(name.len()).map_err(too_large)?);
    text.extend_from_slice(name);
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(names: &[&str]) -> Result<Index, Fault> {
        let id = ObjectId::from_bytes(&[7; 20]).unwrap();
        let mode = |name: &str| if name.ends_with('/') { Mode::Tree } else { Mode::File };
        Index::from_entries(names.iter().map(|name| (name.as_bytes().to_vec(), mode(name), 0, id)), 20)
    }

    #[test]
    fn entries_out_of_order_are_refused() {
        assert!(index(&["a", "b"]).is_ok());
        assert!(index(&["b", "a"]).is_err());
        assert!(index(&["a", "a"]).is_err());
    }

    #[test]
    fn directories_are_ranges_and_sparse_directories_cover_their_files() {
        let index = index(&["a", "d.x", "d/a", "d/b", "d0", "s/"]).unwrap();
        assert_eq!(index.below(b"d/", 0..6), 2..4);
        assert_eq!(index.exact(b"d0"), 4..5);
        assert_eq!(index.exact(b"d"), 1..1);
        assert!(index.sparse_cover(b"s/deep/file").is_some());
        assert!(index.sparse_cover(b"sx").is_none());
    }
}
