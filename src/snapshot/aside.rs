//! A place aside for a `git` that is to read the index: where it is split, git renews the time of the shared part; where it is sparse, or is
//! not as sparse as its setting says, git may write the trees that it needs to change that. A hook leaves no trace in the repository.
//! Promises that the child sees the same index, objects and settings, but for those that are included by the place of the git directory; and
//! no HEAD where the index is split: what is compared with the index has to be named by its id.
//! Makes no folder where the index is whole. A git before 2.36 still renews the times of trees that a sparse index needs and that are there.

use fs_err as fs;
use memchr::memmem;
use tempfile::TempDir;

use super::error::Error;
use super::git::Git;
use super::locate::Location;
use super::{alternates, bytes};

/// How to run a `git` that reads the index. The folder is removed at the end.
#[derive(Debug)]
pub(super) struct Aside {
    pub(super) git: Git,
    _folder: Option<TempDir>,
}

impl Aside {
    pub(super) fn of(location: &Location) -> Result<Self, Error> {
        // What cannot be read here git will not read either.
        let index = fs::read(&location.index).unwrap_or_default();
        let mut git = location.git.clone();
        // The extension of a sparse index, which is empty. Should a name end like it, there is a folder too many.
        let is_sparse = memmem::find(&index, b"sdir\0\0\0\0").is_some();
        git.settings.push(if is_sparse { "index.sparse=true" } else { "index.sparse=false" });
        let folder = match shared_part(location, &index) {
            Some(shared) => copy_index(location, &shared, &mut git).map(Some)?,
            None if is_sparse => catch_objects(location, &mut git).map(Some)?,
            None => None,
        };
        Ok(Self { git, _folder: folder })
    }
}

/// A git directory with a copy of both parts of a split index.
fn copy_index(location: &Location, shared: &str, git: &mut Git) -> Result<TempDir, Error> {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    fs::copy(location.git_dir.join(shared), at.join(shared))?;
    fs::copy(&location.index, at.join("index"))?;
    let settings = location.git_dir.join("config.worktree");
    if settings.exists() {
        fs::copy(settings, at.join("config.worktree"))?;
    }
    // What makes a folder the git directory of a linked work tree.
    fs::write(at.join("commondir"), bytes::of_os(fs::canonicalize(location.common_dir())?.as_os_str()))?;
    fs::write(at.join("HEAD"), "ref: refs/heads/.invalid\n")?;
    git.environment.set("GIT_DIR", at);
    if let Some(root) = &location.root {
        git.environment.set("GIT_WORK_TREE", root);
    }
    git.environment.set("GIT_INDEX_FILE", at.join("index"));
    Ok(folder)
}

/// A folder for new objects, as git has it for what is pushed: those of the repository are read beside it.
fn catch_objects(location: &Location, git: &mut Git) -> Result<TempDir, Error> {
    let folder = tempfile::tempdir()?;
    git.environment.set("GIT_ALTERNATE_OBJECT_DIRECTORIES", alternates::join(&location.object_dirs()));
    git.environment.set("GIT_OBJECT_DIRECTORY", folder.path());
    Ok(folder)
}

/// The name of the shared part that the index refers to. Other parts stay in the git directory until git finds them old.
fn shared_part(location: &Location, index: &[u8]) -> Option<String> {
    let refers = |part: &String| {
        let id = part.strip_prefix("sharedindex.").and_then(|hex| data_encoding::HEXLOWER.decode(hex.as_bytes()).ok());
        id.is_some_and(|id| memmem::find(index, &id).is_some())
    };
    fs::read_dir(&location.git_dir).ok()?.flatten().filter_map(|file| file.file_name().into_string().ok()).find(refers)
}
