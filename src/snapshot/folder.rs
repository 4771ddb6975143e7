//! What lies right in a folder: of the version that is judged, and of the work tree.
//! Promises a few look-ups, however many files the repository has.
//! Reads no content.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use super::error::Error;
use super::id::{Mode, ObjectId};
use super::{Snapshot, View, bytes};

/// Names, each with whether it is a folder itself.
pub type Names = BTreeMap<Vec<u8>, bool>;

impl Snapshot {
    /// The names right in `folder`, through the same view as [`Self::find`].
    pub fn names_in(&self, folder: &str) -> Result<Names, Error> {
        if self.location.is_none() || self.view == View::Worktree {
            return Ok(names_on_disk(&self.root.join(folder))?);
        }
        if let Some(range) = &self.range {
            return self.names_in_tree(&range.to, folder);
        }
        if !self.index.exact(folder.as_bytes()).is_empty() {
            return Err(Error::NotAFolder { path: folder.to_owned() });
        }
        let prefix = [folder.as_bytes(), b"/"].concat();
        let records = self.index.records();
        let known = records.get(self.index.below(&prefix, 0..records.len())).unwrap_or_default();
        let names = known.iter().filter_map(|record| {
            let name = self.index.name(record).get(prefix.len()..)?;
            let first = name.split(|&b| b == b'/').next().filter(|first| !first.is_empty())?;
            Some((first.to_vec(), first.len() < name.len() || record.mode == Mode::Gitlink))
        });
        let mut names: Names = names.collect();
        if let Some(cover) = self.index.sparse_cover(&prefix) {
            let inside = folder.get(cover.name_len as usize..).unwrap_or_default();
            names.extend(self.names_in_tree(&cover.id, inside)?);
        }
        Ok(names)
    }

    /// The names right in `folder` of a tree, or in the tree itself without one.
    fn names_in_tree(&self, tree: &ObjectId, folder: &str) -> Result<Names, Error> {
        self.with_objects(|objects| {
            let found = if folder.is_empty() { Some((Mode::Tree, *tree)) } else { objects.find(tree, folder.as_bytes())? };
            match found {
                Some((Mode::Tree, id)) => {
                    Ok(objects.tree(&id)?.into_iter().map(|entry| (entry.name, !entry.mode.is_blob())).collect())
                }
                Some(_) => Err(Error::NotAFolder { path: folder.to_owned() }),
                None => Ok(Names::new()),
            }
        })
    }
}

/// The names right in a folder on disk; none if it is not there.
pub fn names_on_disk(folder: &Path) -> std::io::Result<Names> {
    let entries = match fs_err::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Names::new()),
        Err(error) => return Err(error),
    };
    entries.map(|entry| entry.map(|entry| (bytes::of_os(&entry.file_name()).into_owned(), entry.path().is_dir()))).collect()
}
