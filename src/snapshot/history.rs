//! Every version of every file that the commits of a history hold: each blob once under each path that it had, in the commit in which it came
//! up there.
//! Promises that each tree is read once for a path, and that what a tree hides because it cannot be read is said.
//! Reads no blob.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::commits::{self, Commit};
use super::error::{Error, FETCH, FSCK, ReadError};
use super::id::{Mode, ObjectId};
use super::locate::Location;
use super::objects::{Kind, Objects, tree_entries};
use super::select::Selected;
use super::{Commits, Entry, Place, Unread, pack};
use crate::gap::Gap;
use crate::source::{Appearance, RepoPath};

/// The commits in which something came up, and what of it is left.
#[derive(Debug, Default)]
pub(super) struct History {
    births: Vec<Birth>,
    at_head: Paths,
    /// Trees that are not here.
    pub(super) lost: Vec<ObjectId>,
    /// The packs in which the blobs lie, by number.
    pub(super) packs: Vec<PathBuf>,
}

type Paths = HashMap<ObjectId, Vec<RepoPath>, IdHash>;

/// The commit of an appearance.
#[derive(Debug)]
struct Birth {
    commit: ObjectId,
    author: Vec<u8>,
    authored: Option<i64>,
}

/// An id is a hash already.
#[derive(Default)]
pub(super) struct IdHasher(u64);
pub(super) type IdHash = BuildHasherDefault<IdHasher>;

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(head) = bytes.first_chunk() {
            self.0 ^= u64::from_le_bytes(*head);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Walks the commits; the blobs come in the order in which they are read best.
pub(super) fn collect(
    location: &Location,
    objects: &mut Objects,
    asked: &Commits,
    head: Option<&ObjectId>,
) -> Result<(Selected, History), Error> {
    let ids = commits::list(location, objects, asked)?;
    let mut walk = Walk::new(objects);
    // What was there before the first commit of a range is not of the range.
    if !asked.revisions.is_empty() {
        walk.see_edges(&ids, location.is_shallow())?;
    }
    for id in &ids {
        let commit = commits::read(walk.objects, id)?;
        walk.commit(id, commit);
    }
    let Walk { births, mut out, mut lost, .. } = walk;
    let at_head = head.map(|head| at_head(objects, head, &mut out, &mut lost)).unwrap_or_default();
    out.sort_notes();
    if let Some((id, trouble)) = lost.first().and_then(|id| Some((*id, location.trouble(id)?))) {
        let gap = ReadError::Missing { id }.because(Some(trouble)).gap();
        out.unread.iter_mut().filter(|unread| unread.gap == LOST).for_each(|unread| unread.gap = gap.clone());
    }
    let packs = pack::sort(&location.object_dirs(), &mut out.entries);
    Ok((out, History { births, at_head, lost, packs }))
}

/// The paths of each blob of HEAD, sorted. What of it cannot be read is noted in `out` and `lost`.
fn at_head(objects: &mut Objects, head: &ObjectId, out: &mut Selected, lost: &mut Vec<ObjectId>) -> Paths {
    let mut walk = Walk::new(objects);
    walk.root(head, 0);
    out.unread.append(&mut walk.out.unread);
    lost.append(&mut walk.lost);
    walk.out.entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let mut paths = Paths::default();
    for Entry { path, id, .. } in walk.out.entries {
        paths.entry(id).or_default().push(path);
    }
    paths
}

impl History {
    /// Where and when this version came up, and where it still is.
    pub(super) fn appearance(&self, entry: &Entry) -> Option<Appearance> {
        let Place::Version { birth: number, .. } = entry.place else { return None };
        let birth = self.births.get(number as usize)?;
        let paths = self.at_head.get(&entry.id).map(Vec::as_slice).unwrap_or_default();
        Some(Appearance {
            order: number,
            blob: entry.id.to_string(),
            commit: birth.commit.to_string(),
            author: birth.author.clone(),
            date: birth.authored.and_then(date),
            present: paths.binary_search(&entry.path).ok().and_then(|at| paths.get(at)).or(paths.first()).cloned(),
            copies: None,
        })
    }
}

/// `YYYY-MM-DDThh:mm:ssZ`; `None` for what cannot be written so.
fn date(seconds: i64) -> Option<String> {
    /// The first second of the year 10000.
    const END: u64 = 253_402_300_800;
    let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds < END)?;
    Some(humantime::format_rfc3339_seconds(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).to_string())
}

/// Trees and blobs, each under a path, which a hash stands for: its seed is this run's own, so that nobody can make two paths with the same.
#[derive(Default)]
struct Seen {
    objects: HashSet<(ObjectId, u64), IdHash>,
    seed: RandomState,
}

impl Seen {
    /// Whether it was not there yet.
    fn insert(&mut self, id: ObjectId, path: &[u8]) -> bool {
        self.objects.insert((id, self.seed.hash_one(path)))
    }
}

struct Walk<'a> {
    objects: &'a mut Objects,
    seen: Seen,
    births: Vec<Birth>,
    out: Selected,
    lost: Vec<ObjectId>,
    /// How many files and folders the tree of one commit brought, and how many it may.
    brought: usize,
    most: usize,
}

/// More than the largest trees have. A few kilobytes of trees that hold each other over and over would fill any memory.
const MOST: usize = 1 << 22;

/// Of a folder, not of each of its versions: a clone may be without most of them.
const LOST: Gap = Gap::of("versions of this folder are not here: what they held is not known", FETCH);

/// git's own limit for the depth of trees.
const DEPTH: usize = 2048;

impl<'a> Walk<'a> {
    fn new(objects: &'a mut Objects) -> Self {
        let (seen, births, out, lost) = (Seen::default(), Vec::new(), Selected::default(), Vec::new());
        Self { objects, seen, births, out, lost, brought: 0, most: MOST }
    }

    fn commit(&mut self, id: &ObjectId, commit: Commit) {
        let before = self.out.entries.len();
        let number = u32::try_from(self.births.len()).unwrap_or(u32::MAX);
        self.root(&commit.tree, number);
        if self.out.entries.len() > before {
            self.births.push(Birth { commit: *id, author: commit.author, authored: commit.authored });
        }
    }

    /// What is new in the tree of a commit.
    fn root(&mut self, id: &ObjectId, birth: u32) {
        self.brought = 0;
        self.tree(id, &mut Vec::new(), birth, 0);
        if self.brought > self.most {
            let reason = format!("tree {id} brings more than {} files and folders: not all of them are known", self.most);
            self.unread(&[], Gap::new(reason, "leave the commits with this tree out: `history RANGE ^COMMIT`"));
        }
    }

    /// Whether it was not there yet and may be looked at.
    fn is_new(&mut self, id: ObjectId, path: &[u8]) -> bool {
        let is_new = self.brought <= self.most && self.seen.insert(id, path);
        self.brought += usize::from(is_new);
        is_new
    }

    /// What is new below `path`, which ends in `/` unless it is the root.
    fn tree(&mut self, id: &ObjectId, path: &mut Vec<u8>, birth: u32, depth: usize) {
        if !self.is_new(*id, path) {
            return;
        }
        if depth > DEPTH {
            return self.unread(path, Gap::new("its directories are nested too deeply", FSCK));
        }
        let data = match self.objects.object(id, Kind::Tree, <[u8]>::to_vec) {
            Ok(data) => data,
            Err(Error::Object(ReadError::Missing { id })) => {
                self.lost.push(id);
                return self.unread(path, LOST);
            }
            Err(error) => return self.unread(path, Gap::new(format!("{error}: what it held is not known"), FSCK)),
        };
        let outer = path.len();
        for entry in tree_entries(&data, id.as_bytes().len()) {
            let Some((name, mode, id)) = entry else {
                return self.unread(path, Gap::new(format!("{id} is a tree out of form: what it held is not known"), FSCK));
            };
            path.extend_from_slice(name);
            match mode {
                Mode::Tree => {
                    path.push(b'/');
                    self.tree(&id, path, birth, depth + 1);
                }
                Mode::File | Mode::Executable | Mode::Symlink if self.is_new(id, path) => {
                    let path = RepoPath::new(path.as_slice());
                    self.out.entries.push(Entry { path, mode, id, stage: 0, place: Place::Version { birth, at: None } });
                }
                Mode::File | Mode::Executable | Mode::Symlink | Mode::Gitlink => {}
            }
            path.truncate(outer);
        }
    }

    /// A folder by its path; the root has none.
    fn unread(&mut self, path: &[u8], gap: Gap) {
        let path = RepoPath::new(if path.is_empty() { b"./" } else { path });
        self.out.unread.push(Unread { path, gap });
    }

    /// Marks as seen what the parents hold that are themselves not in the range. Those that a shallow clone left out are not there.
    fn see_edges(&mut self, ids: &[ObjectId], is_shallow: bool) -> Result<(), Error> {
        let inside: HashSet<ObjectId, IdHash> = ids.iter().copied().collect();
        let mut edges: HashSet<ObjectId, IdHash> = HashSet::default();
        for id in ids {
            for parent in commits::read(self.objects, id)?.parents {
                if inside.contains(&parent) || !edges.insert(parent) {
                    continue;
                }
                match commits::read(self.objects, &parent) {
                    Ok(commit) => self.root(&commit.tree, 0),
                    Err(_) if is_shallow => {}
                    Err(error) => return Err(error),
                }
            }
        }
        self.out = Selected::default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Folders of two folders each, twenty deep, all of one blob.
    #[test]
    fn trees_that_hold_each_other_over_and_over_fill_no_memory() {
        let folder = tempfile::tempdir().unwrap();
        let repository = git2::Repository::init_bare(folder.path()).unwrap();
        let (mut id, mut mode) = (repository.blob(b"x").unwrap(), 0o100_644);
        for _ in 0..20 {
            let mut builder = repository.treebuilder(None).unwrap();
            builder.insert("a", id, mode).unwrap();
            builder.insert("b", id, mode).unwrap();
            (id, mode) = (builder.write().unwrap(), 0o040_000);
        }
        let mut objects = Objects::of(repository, &[folder.path().join("objects")]);
        let id = ObjectId::from_bytes(id.as_bytes()).unwrap();
        let mut walk = Walk { most: 1000, ..Walk::new(&mut objects) };
        walk.root(&id, 0);
        assert!(walk.out.entries.len() > 400 && walk.seen.objects.len() == 1001, "{}", walk.out.entries.len());
        let [Unread { path, gap }] = walk.out.unread.as_slice() else { panic!("{:?}", walk.out.unread) };
        assert_eq!(path.as_bytes(), b"./");
        assert!(gap.reason.contains("more than 1000 files and folders"), "{}", gap.reason);
    }

    #[test]
    fn dates_that_no_calendar_has_are_none() {
        assert_eq!(date(1_700_000_000).as_deref(), Some("2023-11-14T22:13:20Z"));
        assert_eq!((date(-1), date(i64::MAX)), (None, None));
    }
}
