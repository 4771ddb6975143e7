//! A git directory aside, for a `git` that is to read a split index: whenever git reads one, it renews the time of the shared part, and a hook
//! leaves no trace in the repository.
//! Promises that the child sees the same index, objects and settings, but for those that are included by the place of the git directory; and
//! no HEAD: what is compared with the index has to be named by its id.
//! Copies nothing where the index is whole, which git reads without touching it.

use fs_err as fs;

use super::bytes;
use super::error::Error;
use super::git::Git;
use super::locate::Location;

/// How to run a `git` that reads the index. The copies are removed at the end.
#[derive(Debug)]
pub(super) struct Aside {
    pub(super) git: Git,
    _folder: Option<tempfile::TempDir>,
}

impl Aside {
    pub(super) fn of(location: &Location) -> Result<Self, Error> {
        let (Some(root), Some(shared)) = (&location.root, shared_part(location)) else {
            return Ok(Self { git: location.git.clone(), _folder: None });
        };
        let folder = tempfile::tempdir()?;
        let at = folder.path();
        fs::copy(location.git_dir.join(&shared), at.join(&shared))?;
        fs::copy(&location.index, at.join("index"))?;
        let settings = location.git_dir.join("config.worktree");
        if settings.exists() {
            fs::copy(settings, at.join("config.worktree"))?;
        }
        // What makes a folder the git directory of a linked work tree.
        fs::write(at.join("commondir"), bytes::of_os(fs::canonicalize(location.common_dir())?.as_os_str()))?;
        fs::write(at.join("HEAD"), "ref: refs/heads/.invalid\n")?;
        let mut git = location.git.clone();
        git.environment.set("GIT_DIR", at);
        git.environment.set("GIT_WORK_TREE", root);
        git.environment.set("GIT_INDEX_FILE", at.join("index"));
        Ok(Self { git, _folder: Some(folder) })
    }
}

/// The name of the shared part that the index refers to. Other parts stay in the git directory until git finds them old.
fn shared_part(location: &Location) -> Option<String> {
    let names = fs::read_dir(&location.git_dir).ok()?.flatten().filter_map(|file| file.file_name().into_string().ok());
    let parts: Vec<String> = names.filter(|name| name.starts_with("sharedindex.")).collect();
    let index = (!parts.is_empty()).then(|| fs::read(&location.index).ok())??;
    let refers = |part: &String| {
        let id = part.strip_prefix("sharedindex.").and_then(|hex| data_encoding::HEXLOWER.decode(hex.as_bytes()).ok());
        id.is_some_and(|id| memchr::memmem::find(&index, &id).is_some())
    };
    parts.into_iter().find(refers)
}
