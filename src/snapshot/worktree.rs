//! Files on disk: for `--worktree`, and for names that git does not know.
//! Promises what `git add .` would look at: tracked files, and others unless they are ignored; never another repository.
//! Follows no link.

use std::ffi::OsStr;
use std::fs::FileType;
use std::path::{Path, PathBuf};

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
    builder.filter_entry(|entry| {
        let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
        let other_repository = || is_directory && entry.depth() > 0 && entry.path().join(".git").exists();
        entry.file_name() != ".git" && !other_repository()
    });
    for step in builder.build() {
        match step {
            Ok(entry) => {
                let path = bytes::relative(root, root, entry.path().as_os_str());
                let path = path.unwrap_or_else(|| bytes::of_os(entry.path().as_os_str()).into_owned());
                match entry.file_type() {
                    Some(kind) if kind.is_dir() => {}
                    Some(kind) => push(&path, entry.into_path(), kind, out),
                    None => out.unread(&path, "not a regular file", "leave it out with `exclude`"),
                }
            }
            Err(error) => out.unread(&bytes::of_os(start.as_os_str()), error.to_string(), DISK),
        }
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
