//! Content: of the entries of a snapshot, of any other path in the same view, and of the version before.
//! Promises the bytes of the blob, taken from disk only where they are proved to be the same.
//! Decides nothing about text, encodings or size limits; the caller names the cap.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use super::aside::Aside;
use super::error::{Error, ReadError};
use super::id::{Mode, ObjectId};
use super::index::{INTENT_TO_ADD, Record};
use super::locate::Location;
use super::objects::{Bytes, Objects};
use super::packed::{PackReader, Position};
use super::{Entry, Place, Snapshot, View, bytes, disk, select, worktree};
use crate::source::RepoPath;

/// Of so many objects that are not found git is asked what it knows: a process each, and what keeps one away keeps the others.
const QUESTIONS: usize = 16;

/// One thread's way to content. It holds a handle on the object database and a buffer; both are used again for the next file.
pub struct BlobReader<'a> {
    snapshot: &'a Snapshot,
    objects: Option<Objects>,
    buffer: Vec<u8>,
    packs: PackReader,
    unpacked: Arc<Vec<u8>>,
}

impl std::fmt::Debug for BlobReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobReader").finish_non_exhaustive()
    }
}

impl Drop for BlobReader<'_> {
    fn drop(&mut self) {
        if let Some(objects) = self.objects.take() {
            self.snapshot.spare.lock().unwrap_or_else(PoisonError::into_inner).push(objects);
        }
    }
}

impl<'a> BlobReader<'a> {
    /// What it reads from.
    pub fn snapshot(&self) -> &'a Snapshot {
        self.snapshot
    }

    /// The content to be judged, if it has at most `cap` bytes.
    pub fn read(&mut self, entry: &Entry, cap: u64) -> Result<Bytes<'_>, ReadError> {
        match &entry.place {
            Place::Disk(place) => {
                disk::read(place, cap, &mut self.buffer)?;
                Ok(Bytes::Buffer(&self.buffer))
            }
            Place::Blob { size } if u64::from(*size) <= cap && self.is_on_disk(entry, *size) => Ok(Bytes::Buffer(&self.buffer)),
            Place::Version { at: Some(at), .. } if self.is_unpacked(*at, cap) => Ok(Bytes::Buffer(&self.unpacked)),
            Place::Blob { .. } | Place::Version { .. } => {
                let snapshot = self.snapshot;
                let read = self.objects().and_then(|objects| objects.blob(&entry.id, cap));
                read.map_err(|error| snapshot.explain(error))
            }
        }
    }

    /// Takes the blob out of its pack, if that is as easy as it should be.
    fn is_unpacked(&mut self, at: Position, cap: u64) -> bool {
        match self.packs.blob(&self.snapshot.history.packs, at, cap) {
            Some(blob) => {
                self.unpacked = blob;
                true
            }
            None => false,
        }
    }

    /// Reads the file from disk into the buffer if it holds the very bytes of the blob: that is quicker than to inflate them.
    fn is_on_disk(&mut self, entry: &Entry, size: u32) -> bool {
        let path = bytes::on_disk(&self.snapshot.root, entry.path.as_bytes());
        path.is_some_and(|path| disk::read_blob(&path, &entry.id, size, &mut self.buffer))
    }

    fn objects(&mut self) -> Result<&mut Objects, ReadError> {
        if self.objects.is_none() {
            self.objects = Some(self.snapshot.take_objects().map_err(|error| ReadError::Disk(error.to_string()))?);
        }
        self.objects.as_mut().ok_or_else(|| ReadError::Disk("no object database".to_owned()))
    }
}

impl Snapshot {
    /// A reader for one thread. It opens nothing before the first file is read.
    pub fn reader(&self) -> BlobReader<'_> {
        BlobReader { snapshot: self, objects: None, buffer: Vec::new(), packs: PackReader::default(), unpacked: Arc::default() }
    }

    /// Any path through the same view as the files: how configuration and baselines are found.
    pub fn find(&self, path: &[u8]) -> Result<Option<Entry>, Error> {
        if self.location.is_none() || self.view == View::Worktree {
            return Ok(self.find_on_disk(path));
        }
        let entry = |mode: Mode, id, stage, size| {
            mode.is_blob().then(|| Entry { path: RepoPath::new(path), mode, id, stage, place: Place::Blob { size } })
        };
        if let Some(range) = &self.range {
            return Ok(self.with_objects(|objects| objects.find(&range.to, path))?.and_then(|(mode, id)| entry(mode, id, 0, 0)));
        }
        let records = self.index.records().get(self.index.exact(path)).unwrap_or_default();
        let record = records.iter().find(|record| matches!(record.stage(), 0 | 2) && record.flags & INTENT_TO_ADD == 0);
        if let Some(record) = record {
            return Ok(entry(record.mode, record.id, record.stage(), record.size));
        }
        match self.index.sparse_cover(path) {
            Some(cover) if path.len() > cover.name_len as usize => {
                let rest = path.get(cover.name_len as usize..).unwrap_or_default();
                Ok(self.with_objects(|objects| objects.find(&cover.id, rest))?.and_then(|(mode, id)| entry(mode, id, 0, 0)))
            }
            _ => Ok(None),
        }
    }

    /// What either side of a conflict at `path` has there; nothing where there is none.
    pub fn sides(&self, path: &[u8]) -> Vec<Entry> {
        if self.view == View::Worktree || self.range.is_some() {
            return Vec::new();
        }
        let records = self.index.records().get(self.index.exact(path)).unwrap_or_default();
        let sides = records.iter().filter(|record| record.stage() > 1 && record.mode.is_blob());
        let entry = |record: &Record| Entry {
            path: RepoPath::new(path),
            mode: record.mode,
            id: record.id,
            stage: record.stage(),
            place: Place::Blob { size: 0 },
        };
        sides.map(entry).collect()
    }

    fn find_on_disk(&self, path: &[u8]) -> Option<Entry> {
        let place = bytes::on_disk(&self.root, path)?;
        let metadata = fs_err::symlink_metadata(&place).ok().filter(|metadata| !metadata.is_dir())?;
        let mut found = select::Selected::default();
        worktree::push(path, place, metadata.file_type(), &mut found);
        found.entries.pop()
    }

    /// The content of `path` before the change: in HEAD, or for a range where its history left the older side.
    pub fn base_version(&self, path: &[u8], cap: u64) -> Result<Option<Vec<u8>>, Error> {
        let Some(location) = &self.location else { return Ok(None) };
        self.with_objects(|objects| {
            let tree = match &self.range {
                Some(range) => Some(range.base),
                None => location.head_tree(objects)?,
            };
            tree.map_or(Ok(None), |tree| version(objects, &tree, path, cap))
        })
    }

    /// The content of `path` in the commit that `revision` names.
    pub fn version_at(&self, revision: &str, path: &[u8], cap: u64) -> Result<Option<Vec<u8>>, Error> {
        let Some(location) = &self.location else { return Err(Error::NotARepository { at: self.root.clone() }) };
        self.with_objects(|objects| {
            let (_, tree) = location.commit(objects, revision)?;
            version(objects, &tree, path, cap)
        })
    }

    /// Whether the work tree holds another version than the one judged, line ends apart. A deleted file does not count.
    pub fn differs_on_disk(&self, entry: &Entry) -> bool {
        let Place::Blob { .. } = &entry.place else { return false };
        let Some(path) = bytes::on_disk(&self.root, entry.path.as_bytes()) else { return false };
        if self.range.is_some() {
            return false;
        }
        let mut on_disk = Vec::new();
        if disk::read(&path, u64::MAX, &mut on_disk).is_err() {
            return false;
        }
        let staged = self.with_objects(|objects| Ok(objects.blob(&entry.id, u64::MAX)?.to_vec()));
        let lines = |bytes: &[u8]| bytes.iter().copied().filter(|&b| b != b'\r').collect::<Vec<u8>>();
        staged.is_ok_and(|staged| staged != on_disk && lines(&staged) != lines(&on_disk))
    }

    /// Files that were renamed with at least half of their content: new path to old path. Costs a `git diff`.
    pub fn renames(&self) -> Result<BTreeMap<RepoPath, RepoPath>, Error> {
        let Some(location) = &self.location else { return Ok(BTreeMap::new()) };
        let fixed =
            ["diff", "--name-status", "-z", "-M50%", "--diff-filter=R", "--no-ext-diff", "--no-textconv", "--no-relative"];
        let args: Vec<String> = fixed.map(str::to_owned).into_iter().chain(self.compared(location)?).collect();
        let out = Aside::of(location)?.git.run("renames", &args).map_err(|error| match error {
            Error::Refused { .. } if self.is_partial_clone() => Error::Renames,
            other => other,
        })?;
        let parts: Vec<&[u8]> = out.split(|&b| b == 0).collect();
        let pairs = parts.chunks_exact(3).filter_map(|part| match part {
            [_, old, new] => Some((RepoPath::new(*new), RepoPath::new(*old))),
            _ => None,
        });
        Ok(pairs.collect())
    }

    /// What `git diff` is to compare: the trees of a range, or HEAD's with the index.
    fn compared(&self, location: &Location) -> Result<[String; 2], Error> {
        if let Some(range) = &self.range {
            return Ok([range.base.to_string(), range.to.to_string()]);
        }
        let head = self.with_objects(|objects| location.head_tree(objects))?;
        Ok(["--cached".to_owned(), head.map_or_else(|| location.empty_tree(), Ok)?.to_string()])
    }

    pub(super) fn with_objects<T>(&self, work: impl FnOnce(&mut Objects) -> Result<T, Error>) -> Result<T, Error> {
        let mut objects = self.take_objects()?;
        let result = work(&mut objects);
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(objects);
        result.map_err(|error| match error {
            Error::Object(error) => Error::Object(self.explain(error)),
            other => other,
        })
    }

    fn take_objects(&self) -> Result<Objects, Error> {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match (spare, &self.location) {
            (Some(objects), _) => Ok(objects),
            (None, Some(location)) => location.objects(self.plumbing),
            (None, None) => Err(Error::NotARepository { at: self.root.clone() }),
        }
    }

    /// An object that is not found may be there and out of reach; git is asked of the first ones. In a partial clone an old one may be absent by
    /// intention.
    fn explain(&self, error: ReadError) -> ReadError {
        let (ReadError::Missing { id }, Some(location)) = (&error, &self.location) else { return error };
        let is_asked = self.questions.fetch_add(1, Ordering::Relaxed) < QUESTIONS;
        let trouble = is_asked.then(|| location.trouble(id)).flatten();
        match error.because(trouble) {
            ReadError::Missing { id } if self.looks_at_everything() && self.is_partial_clone() => ReadError::NotFetched { id },
            other => other,
        }
    }

    fn looks_at_everything(&self) -> bool {
        matches!(self.view, View::All | View::History(_))
    }

    pub(super) fn is_partial_clone(&self) -> bool {
        let Some(location) = &self.location else { return false };
        let packs = fs_err::read_dir(location.common_dir().join("objects/pack")).into_iter().flatten().flatten();
        packs.into_iter().any(|file| file.path().extension().is_some_and(|extension| extension == "promisor"))
    }
}

/// The content of the file `path` in a tree.
fn version(objects: &mut Objects, tree: &ObjectId, path: &[u8], cap: u64) -> Result<Option<Vec<u8>>, Error> {
    match objects.find(tree, path)? {
        Some((mode, id)) if mode.is_blob() => Ok(Some(objects.blob(&id, cap)?.to_vec())),
        _ => Ok(None),
    }
}

/// Whether the content is a pointer of Git LFS: the file itself lies elsewhere and is not judged.
pub fn is_lfs_pointer(content: &[u8]) -> bool {
    content.len() < 1024 && content.starts_with(b"version https://git-lfs.github.com/spec/")
}
