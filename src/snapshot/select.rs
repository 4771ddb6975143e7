//! From names and a view to the entries that are judged.
//! Promises that a name which leads nowhere is told, and that a path appears once per stage.
//! Reads no content.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::error::{DISK, Error, FSCK};
use super::id::{Mode, ObjectId};
use super::index::{Found, INTENT_TO_ADD, Index, UNWATCHED};
use super::locate::Location;
use super::objects::{Objects, Trees};
use super::spelling::Spellings;
use super::view::Range;
use super::{Entry, Place, Request, Skipped, Unread, View, bytes, staged, worktree};
use crate::gap::Gap;
use crate::source::RepoPath;

/// The files of a snapshot, and what could not become one.
#[derive(Debug, Default)]
pub(super) struct Selected {
    pub(super) entries: Vec<Entry>,
    pub(super) unread: Vec<Unread>,
    pub(super) skipped: Vec<Skipped>,
}

impl Selected {
    pub(super) fn unread(&mut self, path: &[u8], reason: impl Into<Cow<'static, str>>, remedy: &'static str) {
        self.unread.push(Unread { path: RepoPath::new(path), gap: Gap::new(reason, remedy) });
    }

    /// A link by name that is in no repository: its text is nobody's content, and `/dev/stdin` or `/dev/fd/63` is such a link.
    pub(super) fn link(&mut self, path: &[u8]) {
        let remedy = "name the file that it leads to; standard input is read with `--stdin-filename NAME`";
        self.unread(path, "a link outside of the repository, which is not followed", remedy);
    }

    pub(super) fn skip(&mut self, path: &[u8], reason: &'static str) {
        self.skipped.push(Skipped { path: RepoPath::new(path), reason });
    }

    /// A file of the repository, by its mode.
    fn blob(&mut self, path: &[u8], mode: Mode, id: ObjectId, stage: u8, size: u32) {
        match mode {
            Mode::Gitlink => self.skip(path, "submodule"),
            Mode::Tree => self.unread(path, "a directory stands in the place of a file", FSCK),
            _ => self.entries.push(Entry { path: RepoPath::new(path), mode, id, stage, place: Place::Blob { size } }),
        }
    }

    fn blobs(&mut self, files: Vec<Found>) {
        for (path, mode, id) in files {
            self.blob(&path, mode, id, 0, 0);
        }
    }

    pub(super) fn sort(&mut self) {
        if !self.entries.is_sorted_by(|a, b| (&a.path, a.stage) < (&b.path, b.stage)) {
            self.entries.sort_by(|a, b| (&a.path, a.stage).cmp(&(&b.path, b.stage)));
            self.entries.dedup_by(|a, b| a.path == b.path && a.stage == b.stage);
        }
        self.sort_notes();
    }

    /// Sorts all but the entries.
    pub(super) fn sort_notes(&mut self) {
        self.unread.sort();
        self.unread.dedup();
        self.skipped.sort();
        self.skipped.dedup();
    }
}

/// The files of every view but a history, and the view that it came to.
pub(super) fn select(
    request: &Request,
    view: View,
    range: Option<&Range>,
    location: &Location,
    index: &mut Index,
    objects: &mut Objects,
) -> Result<(View, Selected), Error> {
    let root = location.root.as_deref();
    let (spellings, trees, out) = (Spellings::new(location), Trees::default(), Selected::default());
    let mut selector = Selector { root, cwd: &request.cwd, index, objects, spellings, trees, out };
    let view = match range {
        Some(range) => selector.range(request, &view, range).map(|()| view)?,
        None => selector.index_view(&request.names, view, request, location)?,
    };
    selector.out.sort();
    Ok((view, selector.out))
}

struct Selector<'a> {
    root: Option<&'a Path>,
    cwd: &'a Path,
    index: &'a mut Index,
    objects: &'a mut Objects,
    spellings: Spellings<'a>,
    trees: Trees,
    out: Selected,
}

impl Selector<'_> {
    /// Fills in every view but a range; the view that it came to.
    fn index_view(&mut self, names: &[OsString], view: View, request: &Request, location: &Location) -> Result<View, Error> {
        match view {
            View::Worktree => self.worktree(names),
            View::Staged if names.is_empty() || request.view.is_some() => return self.staged_set(names, request, location),
            _ if names.is_empty() => {
                staged::expand_sparse(self.index, self.objects, |_, _, _| Ok(true))?;
                self.records(0..self.index.records().len());
            }
            _ => {
                names.iter().try_for_each(|name| self.named(name))?;
                if request.hook_mode && request.view.is_none() {
                    self.unnameable(location)?;
                }
            }
        }
        Ok(view)
    }

    /// What is staged and nobody names, because runners name what lies on disk: of a sparse checkout, a merge changes the rest, too.
    fn unnameable(&mut self, location: &Location) -> Result<(), Error> {
        if self.index.records().iter().all(|record| record.flags & UNWATCHED == 0 && record.mode != Mode::Tree) {
            return Ok(());
        }
        for at in self.changes(location)?.entries {
            let Some(record) = self.index.records().get(at).filter(|record| record.flags & UNWATCHED != 0) else { continue };
            if !self.is_on_disk(self.index.name(record)) {
                self.records(at..at + 1);
            }
        }
        Ok(())
    }

    /// What differs from HEAD.
    fn changes(&mut self, location: &Location) -> Result<staged::Changes, Error> {
        let head = location.head_tree(self.objects)?;
        staged::expand_sparse(self.index, self.objects, |objects, name, id| match &head {
            // A directory outside of the sparse checkout is the same as in HEAD as a rule.
            Some(head) => Ok(objects.find(head, name.strip_suffix(b"/").unwrap_or(name))? != Some((Mode::Tree, *id))),
            None => Ok(true),
        })?;
        staged::changes(self.index, head.as_ref(), self.objects)
    }

    fn staged_set(&mut self, names: &[OsString], request: &Request, location: &Location) -> Result<View, Error> {
        let changes = self.changes(location)?;
        if changes.entries.is_empty() && !changes.deletes && request.hook_mode && request.view.is_none() {
            return self.index_view(names, View::All, request, location);
        }
        let asked = self.asked(names);
        for at in changes.entries.into_iter().filter(|&at| asked.get(at) == Some(&true)) {
            self.records(at..at + 1);
        }
        Ok(View::Staged)
    }

    /// Of each entry of the index, whether `names` ask for it. A name that the index does not know is selected from disk.
    fn asked(&mut self, names: &[OsString]) -> Vec<bool> {
        let mut asked = vec![names.is_empty(); self.index.records().len()];
        for name in names {
            match self.known(name) {
                Some(path) => {
                    for range in self.at_or_below(&path) {
                        asked.get_mut(range).unwrap_or_default().fill(true);
                    }
                }
                None => from_disk(self.root, self.cwd, name, &mut self.out),
            }
        }
        asked
    }

    /// The path of a name that the index knows, as it spells it. A link on the way may lead to a directory that it knows by its own name.
    fn known(&self, name: &OsStr) -> Option<Vec<u8>> {
        let root = self.root?;
        [bytes::relative, bytes::through_links].iter().find_map(|way| {
            let path = way(root, self.cwd, name)?;
            if self.is_known(&path) { Some(path) } else { self.spellings.find(&path, self.index, self.objects) }
        })
    }

    fn is_on_disk(&self, path: &[u8]) -> bool {
        let place = self.root.and_then(|root| bytes::on_disk(root, path));
        place.is_some_and(|place| fs_err::symlink_metadata(place).is_ok())
    }

    fn is_known(&self, path: &[u8]) -> bool {
        let inside = || self.index.below(&directory(path), 0..self.index.records().len());
        !self.index.exact(path).is_empty() || self.index.sparse_cover(path).is_some() || !inside().is_empty()
    }

    /// The entries of a file, and those in a directory, of this name. The root's name is empty.
    fn at_or_below(&self, path: &[u8]) -> [std::ops::Range<usize>; 2] {
        [self.index.exact(path), self.index.below(&directory(path), 0..self.index.records().len())]
    }

    /// The index entries of one name: a file, or a directory and all below it; else what is on disk.
    fn named(&mut self, name: &OsStr) -> Result<(), Error> {
        match self.known(name) {
            Some(path) if self.indexed(&path)? => {}
            _ => from_disk(self.root, self.cwd, name, &mut self.out),
        }
        Ok(())
    }

    /// Selects the entries at or below `path`; whether there are any.
    fn indexed(&mut self, path: &[u8]) -> Result<bool, Error> {
        let exact = self.index.exact(path);
        if !exact.is_empty() {
            self.records(exact);
            return Ok(true);
        }
        let prefix = directory(path);
        if let Some(cover) = self.index.sparse_cover(path) {
            let rest = path.get(cover.name_len as usize..).unwrap_or_default().to_vec();
            let tree = cover.id;
            return self.in_tree(&tree, &rest, path);
        }
        if !self.index.below(&prefix, 0..self.index.records().len()).is_empty() {
            staged::expand_sparse(self.index, self.objects, |_, name, _| Ok(name.starts_with(&prefix)))?;
            self.records(self.index.below(&prefix, 0..self.index.records().len()));
            return Ok(true);
        }
        Ok(false)
    }

    /// The files at `rest` in a tree, reported under `path`; whether there are any.
    fn in_tree(&mut self, tree: &ObjectId, rest: &[u8], path: &[u8]) -> Result<bool, Error> {
        let found = if rest.is_empty() { Some((Mode::Tree, *tree)) } else { self.trees.find(self.objects, tree, rest)? };
        match found {
            Some((Mode::Tree, id)) => {
                let mut files = Vec::new();
                staged::tree_changes(self.objects, None, &id, &directory(path), &mut files)?;
                self.out.blobs(files);
            }
            Some((mode, id)) => self.out.blob(path, mode, id, 0, 0),
            None => return Ok(false),
        }
        Ok(true)
    }

    /// Files of the range: as named, or all that changed. A name that only the older side has was deleted.
    fn range(&mut self, request: &Request, view: &View, range: &Range) -> Result<(), Error> {
        let is_named_by_index = view.is_named_by_index(request);
        // A range out of the environment: a runner names of it what lies on disk, which may be another branch. What it could not name
        // was not left out on purpose.
        let is_named_by_runner = request.view.is_none() && !request.names.is_empty();
        if request.names.is_empty() || is_named_by_runner {
            let mut files = Vec::new();
            staged::tree_changes(self.objects, Some(&range.base), &range.to, b"", &mut files)?;
            files.retain(|(path, ..)| !is_named_by_runner || !self.is_on_disk(path) || is_named_by_index && !self.is_known(path));
            self.out.blobs(files);
        }
        for name in &request.names {
            match bytes::relative(self.root.unwrap_or(self.cwd), self.cwd, name) {
                Some(path) if self.in_tree(&range.to, &path, &path)? => {}
                Some(path) if self.trees.find(self.objects, &range.base, &path)?.is_some() => {}
                _ if is_named_by_index || view.ends_with_nothing() => {}
                Some(path) => self.out.unread(&path, "in neither side of the range", "name a file of the range, or none"),
                None => from_disk(self.root, self.cwd, name, &mut self.out),
            }
        }
        Ok(())
    }

    fn worktree(&mut self, names: &[OsString]) {
        let Some(root) = self.root else {
            return names.iter().for_each(|name| worktree::named(None, self.cwd, name, &mut self.out));
        };
        if names.is_empty() {
            worktree::walk(root, root, &mut self.out);
            self.tracked(root, b"");
        }
        for name in names {
            worktree::named(Some(root), self.cwd, name, &mut self.out);
            if let Some(path) = bytes::relative(root, self.cwd, name) {
                self.tracked(root, &path);
            }
        }
    }

    /// The tracked files at or below `path` that are on disk.
    fn tracked(&mut self, root: &Path, path: &[u8]) {
        for range in self.at_or_below(path) {
            let records = self.index.records().get(range).unwrap_or_default();
            let (links, files): (Vec<_>, Vec<_>) = records.iter().partition(|record| record.mode == Mode::Gitlink);
            worktree::tracked(root, files.into_iter().map(|record| self.index.name(record)), &mut self.out);
            // What is named is walked.
            for name in links.into_iter().map(|record| self.index.name(record)).filter(|name| *name != path) {
                self.out.skipped.retain(|skipped| skipped.path.as_bytes() != name);
                self.out.skip(name, "submodule");
            }
        }
    }

    fn records(&mut self, range: std::ops::Range<usize>) {
        for record in self.index.records().get(range).unwrap_or_default() {
            let name = self.index.name(record);
            if record.flags & INTENT_TO_ADD != 0 {
                self.out.skip(name, "intent to add: nothing is staged");
                continue;
            }
            if record.stage() != 0 {
                let sides = self.index.records().get(self.index.exact(name)).unwrap_or_default();
                let reason = if sides.iter().any(|side| side.stage() > 1) {
                    "unmerged: both sides were looked at"
                } else {
                    "unmerged: neither side has it, so nothing was judged"
                };
                self.out.unread(name, reason, "resolve the conflict, then `git add` or `git rm` it");
            }
            if record.stage() != 1 {
                self.out.blob(name, record.mode, record.id, record.stage(), record.size);
            }
        }
    }
}

/// A file that git does not know, by name.
pub(super) fn from_disk(root: Option<&Path>, cwd: &Path, name: &OsStr, out: &mut Selected) {
    let given = bytes::of_os(name);
    let below = root.and_then(|root| bytes::relative(root, cwd, name));
    let is_outside = below.is_none();
    // The root itself has no path from there: it goes by the name that it was given.
    let path = below.filter(|path| !path.is_empty()).unwrap_or_else(|| given.into_owned());
    let place = cwd.join(name);
    match fs_err::symlink_metadata(&place) {
        Ok(metadata) if metadata.is_symlink() && is_outside => out.link(&path),
        Ok(metadata) if metadata.is_dir() => {
            out.unread(&path, "a directory without tracked files", "`git add` its files, or judge the disk with `--worktree`");
        }
        Ok(metadata) => worktree::push(&path, place, metadata.file_type(), out),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let remedy = if name == "-" { "standard input is read with `--stdin-filename NAME`" } else { "check its name" };
            out.unread(&path, "neither in the index nor on disk", remedy);
        }
        Err(error) => out.unread(&path, error.to_string(), DISK),
    }
}

/// The prefix of all that lies in a directory; of the root, nothing.
fn directory(path: &[u8]) -> Vec<u8> {
    let mut prefix = path.to_vec();
    if !prefix.is_empty() {
        prefix.push(b'/');
    }
    prefix
}
