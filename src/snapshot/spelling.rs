//! Names that the index spells in another way: in other case, or in another normalisation of Unicode.
//! Promises to ask nothing of the file system and of the settings before a name is not found as it stands, and the index's own spelling.
//! Normalises nothing: which two names are one file, the file system says.

use std::cell::OnceCell;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::index::Index;
use super::locate::Location;
use super::objects::Objects;
use super::{bytes, disk};

/// What was learnt of names that are spelled in another way, so that many of them cost one walk of the index.
pub(super) struct Spellings<'a> {
    location: &'a Location,
    folded: OnceCell<HashMap<String, Vec<u8>>>,
    on_disk: OnceCell<OnDisk>,
}

/// Names by what lies there on disk; none for what goes by several.
type OnDisk = HashMap<disk::Identity, Option<Vec<u8>>>;

impl<'a> Spellings<'a> {
    pub(super) fn new(location: &'a Location) -> Self {
        Self { location, folded: OnceCell::new(), on_disk: OnceCell::new() }
    }

    /// The index's name of the file or directory that `path`, which it does not know, stands for.
    pub(super) fn find(&self, path: &[u8], index: &Index, objects: &Objects) -> Option<Vec<u8>> {
        self.folded(path, index, objects).or_else(|| self.on_disk(path, index, objects))
    }

    /// The file whose name differs in case only, where case does not count.
    fn folded(&self, path: &[u8], index: &Index, objects: &Objects) -> Option<Vec<u8>> {
        let fold = |name: &[u8]| String::from_utf8_lossy(name).to_lowercase();
        let folded = self.folded.get_or_init(|| {
            let records = if self.location.says(objects, "core.ignorecase") { index.records() } else { &[] };
            // Of several, the first stays.
            let names = records.iter().rev().map(|record| index.name(record));
            names.map(|name| (fold(name), name.to_vec())).collect()
        });
        (!folded.is_empty()).then(|| folded.get(&fold(path)))?.cloned()
    }

    /// The file or directory that the file system finds by both names.
    fn on_disk(&self, path: &[u8], index: &Index, objects: &Objects) -> Option<Vec<u8>> {
        let root = self.location.root.as_deref().filter(|_| !path.is_ascii())?;
        let known = self.on_disk.get_or_init(|| {
            let folds = ["core.ignorecase", "core.precomposeunicode"].iter().any(|name| self.location.says(objects, name));
            if folds { names_on_disk(index, root) } else { OnDisk::new() }
        });
        let found = (!known.is_empty()).then(|| known.get(&disk::identity(&bytes::on_disk(root, path)?)?))??.as_deref()?;
        is_respelled(path, found).then(|| found.to_vec())
    }
}

/// The names of files and directories that another normalisation could spell differently.
fn names_on_disk(index: &Index, root: &Path) -> OnDisk {
    let (mut seen, mut found) = (HashSet::new(), OnDisk::new());
    for name in index.records().iter().flat_map(|record| itself_and_above(index.name(record))) {
        if name.is_ascii() || !seen.insert(name) {
            continue;
        }
        let Some(identity) = bytes::on_disk(root, name).and_then(|path| disk::identity(&path)) else { continue };
        match found.entry(identity) {
            Entry::Vacant(new) => drop(new.insert(Some(name.to_vec()))),
            Entry::Occupied(mut known) => drop(known.insert(None)),
        }
    }
    found
}

/// A name without the `/` that ends the directories of a sparse index, and those of the directories it lies in.
fn itself_and_above(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(b'/', name).chain((!name.ends_with(b"/")).then_some(name.len()));
    ends.filter_map(|end| name.get(..end))
}

/// Whether only the parts beyond ASCII differ. A hard link elsewhere has the same identity and is another file.
fn is_respelled(one: &[u8], other: &[u8]) -> bool {
    let (mut one, mut other) = (one.split(|&b| b == b'/'), other.split(|&b| b == b'/'));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a.eq_ignore_ascii_case(b) || !(a.is_ascii() || b.is_ascii()) => {}
            _ => return false,
        }
    }
}
