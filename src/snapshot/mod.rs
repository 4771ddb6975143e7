//! The content to be judged: what is staged, whatever the work tree holds.
//!
//! ```text
//! environment ─► locate ─► index (native, else libgit2, else git ls-files) ─► select ─► entries ─► read
//!                             └► staged: index against HEAD's tree             └► disk, where nothing is tracked
//! ```
//!
//! Promises git's own view of the repository in every layout that git accepts, and that whatever cannot be read is said.
//! Does not judge content, and never writes but what somebody asks it to fetch.

mod alternates;
mod aside;
mod bytes;
mod commits;
mod disk;
mod environment;
mod error;
mod fetch;
mod folder;
mod git;
mod history;
mod id;
mod index;
mod locate;
mod loose;
mod objects;
mod pack;
mod packed;
mod read;
mod revision;
mod select;
mod spelling;
mod staged;
mod view;
mod worktree;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use crate::gap::Gap;
use crate::source::{Appearance, Origin, RepoPath};
use index::Index;
use locate::Location;
use objects::Objects;
use view::Range;

pub use environment::Environment;
pub use error::{Error, ReadError};
pub use folder::{Names, names_on_disk};
pub use id::{Mode, ObjectId};
pub use index::{Fault, Reader};
pub use objects::Bytes;
pub use read::{BlobReader, is_lfs_pointer};
pub use view::{Commits, View};

/// What is asked of [`Snapshot::open`].
#[derive(Clone, Debug)]
pub struct Request {
    /// `None`: the range of `PRE_COMMIT_FROM_REF` and `PRE_COMMIT_TO_REF` if both are set, else all of `PRE_COMMIT_LOCAL_BRANCH`, which is
    /// set when a branch is pushed, else what is staged.
    pub view: Option<View>,
    /// Files and directories, relative to `cwd`; none: the whole view.
    pub names: Vec<OsString>,
    /// Under pre-commit an empty staged set means everything: `run --all-files` calls hooks without names in just the same way.
    pub hook_mode: bool,
    pub cwd: PathBuf,
    pub environment: Environment,
}

/// A file to be judged.
#[derive(Clone, Debug)]
pub struct Entry {
    pub path: RepoPath,
    pub mode: Mode,
    /// All zero for a file read from disk.
    pub id: ObjectId,
    /// 0, or 2 (ours) or 3 (theirs) of a conflict.
    pub stage: u8,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    /// A blob, and the size of the work-tree file that it was made from, if that is known: the file may be read in its place.
    Blob {
        size: u32,
    },
    Disk(PathBuf),
    /// A blob of the history: the number of the commit in which it came up, and where it lies.
    Version {
        birth: u32,
        at: Option<packed::Position>,
    },
}

impl Entry {
    pub fn origin(&self) -> Origin {
        match self.place {
            Place::Blob { .. } | Place::Version { .. } => Origin::Repository,
            Place::Disk(_) => Origin::Worktree,
        }
    }

    /// The side of a conflict: `ours` or `theirs`.
    pub fn side(&self) -> Option<&'static str> {
        match self.stage {
            2 => Some("ours"),
            3 => Some("theirs"),
            _ => None,
        }
    }
}

/// A file that ought to be judged and cannot be: makes exit 2.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    pub path: RepoPath,
    pub gap: Gap,
}

/// An entry without content of its own to judge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    pub path: RepoPath,
    pub reason: &'static str,
}

/// The files to be judged and the way to their content. Shared by all threads; each takes a [`BlobReader`] of its own.
pub struct Snapshot {
    root: PathBuf,
    location: Option<Location>,
    view: View,
    hook_mode: bool,
    reader: &'static str,
    /// Objects through `git cat-file`.
    plumbing: bool,
    index: Index,
    range: Option<Range>,
    selected: select::Selected,
    history: history::History,
    /// Handles that no reader uses at the moment.
    spare: Mutex<Vec<Objects>>,
    /// Of how many objects that were not found git was asked.
    questions: AtomicUsize,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Snapshot");
        shown.field("root", &self.root).field("view", &self.view).field("reader", &self.reader);
        shown.field("entries", &self.selected.entries.len()).finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Finds the repository, reads its index, and selects the files to be judged.
    ///
    /// A single file's trouble is in [`Self::unread`]; an error means that nothing at all can be said.
    pub fn open(request: &Request) -> Result<Self, Error> {
        Self::open_as_found(request).map_err(|error| match error {
            Error::Object(error @ ReadError::Missing { id }) => {
                let location = Location::find(&request.environment, &request.cwd);
                Error::Object(error.because(location.ok().and_then(|(location, _)| location.trouble(&id))))
            }
            other => other,
        })
    }

    fn open_as_found(request: &Request) -> Result<Self, Error> {
        let view = request.view.clone().unwrap_or_else(|| view::by_default(&request.environment));
        let forced = index::forced(&request.environment)?;
        let (location, handle) = match Location::find(&request.environment, &request.cwd) {
            Ok((location, handle)) => (Some(location), handle),
            // Named files are on disk, repository or not; the range of the environment needs one.
            Err(Error::NotARepository { .. }) if view == View::Worktree => (None, None),
            Err(Error::NotARepository { .. }) if matches!(view, View::Staged | View::All) && !request.names.is_empty() => {
                (None, None)
            }
            Err(error) => return Err(error),
        };
        let Some(location) = location else { return Self::without_repository(request, view) };
        let needs_index = !matches!(view, View::Range { .. } | View::History(_));
        if location.root.is_none() && needs_index && request.names.is_empty() {
            return Err(Error::Bare { git_dir: location.git_dir });
        }
        let plumbing = forced == Some(Reader::Plumbing) || handle.is_none();
        let mut objects = match handle {
            Some(handle) if !plumbing => Objects::of(handle, &location.object_dirs()),
            _ => location.objects(plumbing)?,
        };
        let range = view::range(&location, &objects, &view)?;
        let (mut index, reader) = match &view {
            _ if range.is_some() && !view.is_named_by_index(request) => {
                (Index::default(), if plumbing { Reader::Plumbing } else { Reader::Git2 })
            }
            _ if location.root.is_none() => (Index::empty(location.hash_len), Reader::Native),
            _ => index::read(&location, forced)?,
        };
        let (view, selected, history) = match view {
            View::History(commits) => {
                let head = location.head_tree(&objects)?;
                let (selected, history) = history::collect(&location, &mut objects, &commits, head.as_ref())?;
                (View::History(commits), selected, history)
            }
            view => {
                let (view, selected) = select::select(request, view, range.as_ref(), &location, &mut index, &mut objects)?;
                (view, selected, history::History::default())
            }
        };
        Ok(Self {
            root: location.root.clone().unwrap_or_else(|| request.cwd.clone()),
            view,
            hook_mode: request.hook_mode,
            reader: reader.as_str(),
            plumbing,
            index,
            range,
            selected,
            history,
            spare: Mutex::new(vec![objects]),
            questions: AtomicUsize::new(0),
            location: Some(location),
        })
    }

    fn without_repository(request: &Request, view: View) -> Result<Self, Error> {
        let root = fs_err::canonicalize(&request.cwd)?;
        let mut out = select::Selected::default();
        if request.names.is_empty() {
            worktree::walk(&root, &root, &mut out);
        }
        for name in &request.names {
            match fs_err::symlink_metadata(root.join(name)) {
                Ok(metadata) if metadata.is_symlink() => out.link(&bytes::of_os(name)),
                _ if view == View::Worktree => worktree::named(Some(&root), &root, name, &mut out),
                _ => select::from_disk(Some(&root), &root, name, &mut out),
            }
        }
        out.sort();
        Ok(Self {
            root,
            location: None,
            view,
            hook_mode: request.hook_mode,
            reader: "disk",
            plumbing: false,
            index: Index::default(),
            range: None,
            selected: out,
            history: history::History::default(),
            spare: Mutex::default(),
            questions: AtomicUsize::new(0),
        })
    }

    /// The top of the work tree; without one, the directory the run started in.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The git directory; `None` outside a repository.
    pub fn git_dir(&self) -> Option<&Path> {
        self.location.as_ref().map(|location| location.git_dir.as_path())
    }

    /// Where the file of an entry lies on disk, if it is there; `None` where its name leads out of the work tree.
    pub fn place_of(&self, entry: &Entry) -> Option<PathBuf> {
        match &entry.place {
            Place::Disk(place) => Some(place.clone()),
            Place::Blob { .. } | Place::Version { .. } => bytes::on_disk(&self.root, entry.path.as_bytes()),
        }
    }

    /// The git directory that all work trees of the repository share; `None` outside a repository.
    pub fn common_dir(&self) -> Option<PathBuf> {
        self.location.as_ref().map(Location::common_dir)
    }

    /// What is looked at, after the defaults were applied.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Whether this is for a hook, as [`Request::hook_mode`] says.
    pub fn hook_mode(&self) -> bool {
        self.hook_mode
    }

    /// Who read the index: `native`, `git2`, `plumbing`, or `disk` outside a repository.
    pub fn reader_name(&self) -> &'static str {
        self.reader
    }

    /// The top of the work tree is a work tree: files on disk belong to what is judged.
    pub fn has_work_tree(&self) -> bool {
        self.location.as_ref().is_none_or(|location| location.root.is_some())
    }

    /// Whether only the newest part of the history is here.
    pub fn is_shallow(&self) -> bool {
        self.location.as_ref().is_some_and(Location::is_shallow)
    }

    /// Where and when a version of a [`View::History`] came up; `None` for any other entry.
    pub fn appearance(&self, entry: &Entry) -> Option<Appearance> {
        self.history.appearance(entry)
    }

    /// The files to be judged, sorted by path and stage; versions of a history in the order in which they are read best.
    pub fn entries(&self) -> &[Entry] {
        &self.selected.entries
    }

    /// Names that could not be resolved, and conflicts.
    pub fn unread(&self) -> &[Unread] {
        &self.selected.unread
    }

    /// Submodules and intent-to-add entries.
    pub fn skipped(&self) -> &[Skipped] {
        &self.selected.skipped
    }
}

/// Parses an index file; for fuzzing. `hash_len` is 20 or 32.
#[doc(hidden)]
pub fn parse_index(bytes: &[u8], hash_len: usize) -> Result<usize, Fault> {
    index::check(bytes.to_vec(), hash_len)
}

/// Reads an object's header out of a pack's bytes, and applies one half of them as a delta to the other; for fuzzing.
#[doc(hidden)]
pub fn parse_packed(bytes: &[u8], cap: u64) -> Option<usize> {
    packed::check(bytes, cap)
}
