//! The object database: blobs and trees by id, through libgit2 or a `git cat-file` child.
//! Promises that a size is known before content is inflated, and that replace refs are not followed.
//! Knows nothing of paths except where a tree names them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Deref;
use std::path::PathBuf;

use super::error::{Error, ReadError};
use super::git::{Batch, Git};
use super::id::{Mode, ObjectId};
use super::loose::Loose;

/// One thread's access to the objects.
pub(super) enum Objects {
    Libgit2(Libgit2),
    CatFile(CatFile),
}

/// libgit2, and what it must not be asked for.
pub(super) struct Libgit2 {
    repository: git2::Repository,
    loose: Loose,
    buffer: Vec<u8>,
}

/// A `git cat-file` child, started at the first read.
pub(super) struct CatFile {
    git: Git,
    batch: Option<Batch>,
    buffer: Vec<u8>,
}

impl CatFile {
    pub(super) fn new(git: Git) -> Self {
        Self { git, batch: None, buffer: Vec::new() }
    }

    fn read(&mut self, id: &ObjectId, kind: &str, cap: u64) -> Result<&[u8], ReadError> {
        let damaged = |reason: String| ReadError::Damaged { id: *id, reason };
        let mut batch = match self.batch.take() {
            Some(batch) => batch,
            None => self.git.batch().map_err(|e| damaged(e.to_string()))?,
        };
        let read = batch.read(id, kind, cap, &mut self.buffer);
        // After a broken answer nothing that this child says can be trusted.
        if !matches!(read, Err(ReadError::Damaged { .. })) {
            self.batch = Some(batch);
        }
        read.map(|()| self.buffer.as_slice())
    }
}

/// Content of a file: borrowed from libgit2 or from a buffer that the next read reuses.
pub enum Bytes<'a> {
    #[doc(hidden)]
    Blob(git2::Blob<'a>),
    #[doc(hidden)]
    Buffer(&'a [u8]),
}

impl Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Blob(blob) => blob.content(),
            Self::Buffer(bytes) => bytes,
        }
    }
}

impl std::fmt::Debug for Bytes<'_> {
    /// The length only: the content may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bytes({})", self.len())
    }
}

impl Objects {
    /// Through libgit2, whose loose objects lie in these folders.
    pub(super) fn of(repository: git2::Repository, object_dirs: &[PathBuf]) -> Self {
        Self::Libgit2(Libgit2 { repository, loose: Loose::of(object_dirs), buffer: Vec::new() })
    }

    /// libgit2's handle, for what stands in no object.
    pub(super) fn repository(&self) -> Option<&git2::Repository> {
        match self {
            Self::Libgit2(libgit2) => Some(&libgit2.repository),
            Self::CatFile(_) => None,
        }
    }

    /// The same, for going from commit to commit; git has to be asked where that may never end.
    pub(super) fn walkable(&self) -> Option<&git2::Repository> {
        match self {
            Self::Libgit2(libgit2) => libgit2.loose.commits_are_whole().then_some(&libgit2.repository),
            Self::CatFile(_) => None,
        }
    }

    /// What is wrong with a commit that libgit2 may not be asked for.
    pub(super) fn broken_commit(&self, id: &ObjectId) -> Option<ReadError> {
        match self {
            Self::Libgit2(libgit2) => libgit2.loose.read(id, Kind::Commit.as_str(), u64::MAX)?.err(),
            Self::CatFile(_) => None,
        }
    }

    /// The content of a blob; an error above `cap` bytes, before it is read.
    pub(super) fn blob(&mut self, id: &ObjectId, cap: u64) -> Result<Bytes<'_>, ReadError> {
        match self {
            Self::Libgit2(Libgit2 { repository, loose, buffer }) => {
                if let Some(read) = loose.read(id, "blob", cap) {
                    *buffer = read?;
                    return Ok(Bytes::Buffer(buffer));
                }
                let oid = oid(id)?;
                let (size, kind) = repository.odb().and_then(|odb| odb.read_header(oid)).map_err(|e| unreadable(id, &e))?;
                if kind != git2::ObjectType::Blob {
                    return Err(ReadError::Damaged { id: *id, reason: "not a blob".to_owned() });
                }
                if size as u64 > cap {
                    return Err(ReadError::TooLarge { size: size as u64, cap });
                }
                repository.find_blob(oid).map(Bytes::Blob).map_err(|e| unreadable(id, &e))
            }
            Self::CatFile(child) => child.read(id, "blob", cap).map(Bytes::Buffer),
        }
    }

    /// The entries of a tree, in the order stored.
    pub(super) fn tree(&mut self, id: &ObjectId) -> Result<Vec<TreeEntry>, Error> {
        let own = |(name, mode, id): (&[u8], Mode, ObjectId)| TreeEntry { name: name.to_vec(), mode, id };
        let hash_len = id.as_bytes().len();
        let parsed: Option<Vec<TreeEntry>> =
            self.object(id, Kind::Tree, |data| tree_entries(data, hash_len).map(|entry| entry.map(own)).collect())?;
        parsed.ok_or_else(|| Error::damaged(id, "a tree out of form"))
    }

    /// Gives the bytes of a tree or a commit to `read`.
    pub(super) fn object<T>(&mut self, id: &ObjectId, kind: Kind, read: impl FnOnce(&[u8]) -> T) -> Result<T, Error> {
        match self {
            Self::Libgit2(Libgit2 { repository, loose, .. }) => {
                if let Some(data) = loose.read(id, kind.as_str(), u64::MAX) {
                    return Ok(read(&data?));
                }
                let odb = repository.odb().map_err(|e| Error::refused(&e))?;
                let object = odb.read(oid(id)?).map_err(|error| unreadable(id, &error))?;
                if object.kind() != kind.of_libgit2() {
                    return Err(Error::damaged(id, format!("not a {}", kind.as_str())));
                }
                Ok(read(object.data()))
            }
            Self::CatFile(child) => Ok(child.read(id, kind.as_str(), u64::MAX).map(read)?),
        }
    }

    /// What `path` is in the tree: blob, gitlink or tree; `None` if it is not there.
    pub(super) fn find(&mut self, root: &ObjectId, path: &[u8]) -> Result<Option<(Mode, ObjectId)>, Error> {
        Trees::default().find(self, root, path)
    }
}

/// The trees that were looked into, so that many paths in the same ones cost one reading of each.
#[derive(Debug, Default)]
pub(super) struct Trees {
    read: HashMap<ObjectId, HashMap<Vec<u8>, (Mode, ObjectId)>>,
}

impl Trees {
    /// As [`Objects::find`].
    pub(super) fn find(
        &mut self,
        objects: &mut Objects,
        root: &ObjectId,
        path: &[u8],
    ) -> Result<Option<(Mode, ObjectId)>, Error> {
        let mut at = (Mode::Tree, *root);
        for part in path.split(|&b| b == b'/') {
            if at.0 != Mode::Tree {
                return Ok(None);
            }
            let entries = match self.read.entry(at.1) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let entries = objects.tree(&at.1)?.into_iter();
                    new.insert(entries.map(|entry| (entry.name, (entry.mode, entry.id))).collect())
                }
            };
            match entries.get(part) {
                Some(found) => at = *found,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }
}

/// One line of a tree.
#[derive(Debug)]
pub(super) struct TreeEntry {
    pub(super) name: Vec<u8>,
    pub(super) mode: Mode,
    pub(super) id: ObjectId,
}

/// What an object is, besides a blob.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Tree,
    Commit,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::Commit => "commit",
        }
    }

    fn of_libgit2(self) -> git2::ObjectType {
        match self {
            Self::Tree => git2::ObjectType::Tree,
            Self::Commit => git2::ObjectType::Commit,
        }
    }
}

/// Name, kind and object of a tree's line, in the tree's bytes.
type TreeLine<'a> = (&'a [u8], Mode, ObjectId);

/// The lines of a tree, in the order stored: `<mode in octal> SP <name> NUL <id>`, again and again. `None` is where it breaks off.
pub(super) fn tree_entries(mut bytes: &[u8], hash_len: usize) -> impl Iterator<Item = Option<TreeLine<'_>>> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let entry = parse_entry(bytes, hash_len);
        bytes = entry.map(|(_, rest)| rest).unwrap_or_default();
        Some(entry.map(|(entry, _)| entry))
    })
}

/// One line, and what follows it.
fn parse_entry(bytes: &[u8], hash_len: usize) -> Option<(TreeLine<'_>, &[u8])> {
    let (bits, rest) = bytes.split_at_checked(memchr::memchr(b' ', bytes)?)?;
    let rest = rest.get(1..)?;
    let (name, rest) = rest.split_at_checked(memchr::memchr(0, rest)?)?;
    let (id, rest) = rest.get(1..)?.split_at_checked(hash_len)?;
    let mode = Mode::from_bits(u32::from_str_radix(std::str::from_utf8(bits).ok()?, 8).ok()?)?;
    (!name.is_empty()).then_some(((name, mode, ObjectId::from_bytes(id)?), rest))
}

fn oid(id: &ObjectId) -> Result<git2::Oid, ReadError> {
    git2::Oid::from_bytes(id.as_bytes()).map_err(|_| ReadError::Damaged { id: *id, reason: "not a sha1 id".to_owned() })
}

fn unreadable(id: &ObjectId, error: &git2::Error) -> ReadError {
    match error.code() {
        git2::ErrorCode::NotFound => ReadError::Missing { id: *id },
        _ => ReadError::Damaged { id: *id, reason: error.message().to_owned() },
    }
}
