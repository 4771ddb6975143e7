//! What changed: the index against the tree of HEAD, or one tree against another.
//! Promises that nothing new is left out: what cannot be matched with the old side counts as changed.
//! Does not look for renames; the new side is what is judged.

use std::collections::HashMap;
use std::ops::Range;

use super::error::Error;
use super::id::{Mode, ObjectId};
use super::index::cache_tree::CacheTree;
use super::index::{Found, INTENT_TO_ADD, Index};
use super::objects::{Objects, TreeEntry};

/// git's own limit for the depth of trees.
const DEPTH: usize = 2048;

/// The entries of the index (by number) that differ from a tree, in order.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) entries: Vec<usize>,
    /// Whether the tree has a file that the index has not.
    pub(super) deletes: bool,
}

/// Compares the index with `tree` (`None`: an unborn HEAD). Intent-to-add entries have nothing staged and do not count.
pub(super) fn changes(index: &Index, tree: Option<&ObjectId>, objects: &mut Objects) -> Result<Changes, Error> {
    let whole = 0..index.records().len();
    let mut comparison = Comparison { index, objects, cached: index.cached_trees(), changes: Changes::default() };
    match tree {
        Some(tree) => comparison.directory(tree, &mut Vec::new(), whole, 0)?,
        None => comparison.add(whole),
    }
    Ok(comparison.changes)
}

struct Comparison<'a> {
    index: &'a Index,
    objects: &'a mut Objects,
    cached: CacheTree,
    changes: Changes,
}

impl Comparison<'_> {
    /// `range` holds all entries below `prefix`.
    fn directory(&mut self, tree: &ObjectId, prefix: &mut Vec<u8>, range: Range<usize>, depth: usize) -> Result<(), Error> {
        if self.cached.get(prefix.as_slice()).is_some_and(|(count, id)| *count == range.len() && id == tree) {
            return Ok(());
        }
        if depth > DEPTH {
            return Err(too_deep(tree));
        }
        let mut at = range.start;
        let outer = prefix.len();
        for entry in self.objects.tree(tree)? {
            prefix.truncate(outer);
            prefix.extend_from_slice(&entry.name);
            if entry.mode == Mode::Tree {
                prefix.push(b'/');
            }
            let start = self.index.below(prefix, at..range.end).start;
            self.add(at..start);
            at = if entry.mode == Mode::Tree {
                self.subdirectory(&entry, prefix, start..range.end, depth)?
            } else {
                self.file(&entry, prefix, start..range.end)
            };
        }
        prefix.truncate(outer);
        self.add(at..range.end);
        Ok(())
    }

    fn subdirectory(
        &mut self,
        entry: &TreeEntry,
        prefix: &mut Vec<u8>,
        rest: Range<usize>,
        depth: usize,
    ) -> Result<usize, Error> {
        let inside = self.index.below(prefix, rest);
        let sparse =
            self.index.records().get(inside.start).is_some_and(|record| record.mode == Mode::Tree && record.id == entry.id);
        if inside.is_empty() {
            self.changes.deletes = true;
        } else if !(sparse && inside.len() == 1) {
            self.directory(&entry.id, prefix, inside.clone(), depth + 1)?;
        }
        Ok(inside.end)
    }

    fn file(&mut self, entry: &TreeEntry, path: &[u8], rest: Range<usize>) -> usize {
        let records = self.index.records().get(rest.clone()).unwrap_or_default();
        let stages = records.iter().take_while(|record| self.index.name(record) == path).count();
        match records.first() {
            Some(record) if stages == 1 && record.stage() == 0 && record.mode == entry.mode && record.id == entry.id => {}
            _ if stages == 0 => self.changes.deletes = true,
            _ => self.add(rest.start..rest.start + stages),
        }
        rest.start + stages
    }

    fn add(&mut self, range: Range<usize>) {
        let records = self.index.records().get(range.clone()).unwrap_or_default();
        let staged = range.zip(records).filter(|(_, record)| record.flags & INTENT_TO_ADD == 0);
        self.changes.entries.extend(staged.map(|(at, _)| at));
    }
}

/// The files of `new` that are not the same in `old`. With no `old`: all of them.
pub(super) fn tree_changes(
    objects: &mut Objects,
    old: Option<&ObjectId>,
    new: &ObjectId,
    prefix: &[u8],
    found: &mut Vec<Found>,
) -> Result<(), Error> {
    if memchr::memchr_iter(b'/', prefix).count() > DEPTH {
        return Err(too_deep(new));
    }
    let before: HashMap<Vec<u8>, (Mode, ObjectId)> = match old {
        Some(old) => objects.tree(old)?.into_iter().map(|entry| (entry.name, (entry.mode, entry.id))).collect(),
        None => HashMap::new(),
    };
    for entry in objects.tree(new)? {
        let was = before.get(&entry.name);
        if was == Some(&(entry.mode, entry.id)) {
            continue;
        }
        let mut path = prefix.to_vec();
        path.extend_from_slice(&entry.name);
        if entry.mode == Mode::Tree {
            path.push(b'/');
            let old = was.filter(|(mode, _)| *mode == Mode::Tree).map(|(_, id)| id);
            tree_changes(objects, old, &entry.id, &path, found)?;
        } else {
            found.push((path, entry.mode, entry.id));
        }
    }
    Ok(())
}

/// Puts files in the place of those directory entries of a sparse index for which `wanted` says so.
pub(super) fn expand_sparse(
    index: &mut Index,
    objects: &mut Objects,
    mut wanted: impl FnMut(&mut Objects, &[u8], &ObjectId) -> Result<bool, Error>,
) -> Result<(), Error> {
    let mut expanded = Vec::new();
    for (at, record) in index.records().iter().enumerate().filter(|(_, record)| record.mode == Mode::Tree) {
        let name = index.name(record);
        if wanted(objects, name, &record.id)? {
            let mut files = Vec::new();
            tree_changes(objects, None, &record.id, name, &mut files)?;
            // Trees are sorted as if directories ended in `/`; so are full paths.
            expanded.push((at, files));
        }
    }
    if expanded.is_empty() {
        return Ok(());
    }
    index.replace_sparse(expanded).map_err(|_| Error::Refused { message: "the expanded index is larger than 4 GiB".to_owned() })
}

fn too_deep(id: &ObjectId) -> Error {
    Error::damaged(id, "its directories are nested too deeply")
}
