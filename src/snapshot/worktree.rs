//! Files on disk: for `--worktree`, and for names that git does not know.
//! Promises what `git add .` would look at: tracked files, and others unless they are ignored; another repository is told, not judged.
//! Follows no link.

use std::ffi::OsStr;
use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use super::error::DISK;
use super::id::{Mode, ObjectId};
use super::select::Selected;
use super::{Entry, Place, bytes};
use crate::source::RepoPath;

/// One name: a file, whether ignored or not, or a directory and what is not ignored below it.
pub(super) fn named(root: Option<&Path>, cwd: &Path, name: &OsStr, out: &mut Selected) {
    let place = cwd.join(name);
    match fs_err::symlink_metadata(&place) {
        Ok(metadata) if metadata.is_dir() => walk(root.unwrap_or(cwd), &bytes::normalize(&place), out),
        _ => super::select::from_disk(root, cwd, name, out),
    }
}

/// All files below `start` that are not ignored.
pub(super) fn walk(root: &Path, start: &Path, out: &mut Selected) {
    let mut builder = ignore::WalkBuilder::new(start);
    builder.hidden(false).ignore(false).require_git(false).follow_links(false);
    let (tell, others) = mpsc::channel();
    builder.filter_entry(move |entry| {
        let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
        let is_other = is_directory && entry.depth() > 0 && entry.path().join(".git").exists();
        if is_other {
            // Who listens is there until the walk has ended.
            let _ = tell.send(entry.path().to_owned());
        }
        entry.file_name() != ".git" && !is_other
    });
    let named = |place: &Path| bytes::walked(root, place);
    for step in builder.build() {
        match step {
            Ok(entry) => {
                let path = named(entry.path());
                match entry.file_type() {
                    Some(kind) if kind.is_dir() => {}
                    Some(kind) => push(&path, entry.into_path(), kind, out),
                    None => out.unread(&path, "not a regular file", "leave it out with `exclude`"),
                }
            }
            Err(error) => unwalked(&error, start, &named, out),
        }
    }
    for place in others.try_iter() {
        out.skip(&named(&place), "another repository");
    }
}

/// A directory that could not be walked; with a `/` at its end, as globs call a directory.
fn unwalked(error: &ignore::Error, start: &Path, named: &dyn Fn(&Path) -> Vec<u8>, out: &mut Selected) {
    let reason = error.io_error().map_or_else(|| error.to_string(), |error| error.kind().to_string());
    let place = place_of(error).unwrap_or(start);
    let mut path = named(place);
    if place.is_dir() {
        path.push(b'/');
    }
    out.unread(&path, reason, DISK);
}

fn place_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => place_of(err),
        _ => None,
    }
}

/// Tracked files that exist: git looks at them even where they are ignored.
pub(super) fn tracked<'a>(root: &Path, names: impl Iterator<Item = &'a [u8]>, out: &mut Selected) {
    for name in names {
        let Some(place) = bytes::on_disk(root, name) else {
            out.unread(name, "its name leads out of the work tree", "take it out of the index: `git rm --cached`");
            continue;
        };
        match fs_err::symlink_metadata(&place) {
            Ok(metadata) if !metadata.is_dir() => push(name, place, metadata.file_type(), out),
            _ => {}
        }
    }
}

/// A file of the work tree; whether it is executable concerns nobody there, and would have to be asked for.
pub(super) fn push(path: &[u8], place: PathBuf, kind: FileType, out: &mut Selected) {
    let mode = match (kind.is_symlink(), kind.is_file()) {
        (true, _) => Mode::Symlink,
        (_, true) => Mode::File,
        _ => return out.unread(path, "not a regular file", "leave it out with `exclude`"),
    };
    out.entries.push(Entry { path: RepoPath::new(path), mode, id: ObjectId::NONE, stage: 0, place: Place::Disk(place) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_cannot_be_walked_goes_by_its_name() {
        let root = tempfile::tempdir().unwrap();
        let closed = root.path().join("deep/closed");
        fs_err::create_dir_all(&closed).unwrap();
        let io = ignore::Error::Io(std::io::ErrorKind::PermissionDenied.into());
        let error = ignore::Error::WithPath { path: closed, err: Box::new(io) };
        let error = ignore::Error::WithDepth { depth: 2, err: Box::new(error) };
        let named = |place: &Path| bytes::relative(root.path(), root.path(), place.as_os_str()).unwrap();
        let mut out = Selected::default();
        unwalked(&error, root.path(), &named, &mut out);
        assert_eq!(out.unread[0].path.as_bytes(), b"deep/closed/");
        assert_eq!(out.unread[0].gap.reason, "permission denied");
    }
}
