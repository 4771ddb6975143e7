//! Where the result cache lies, and whether this run uses it.
//! Promises that a hook writes nothing into the repository: a cache directory that lies there is none to a hook.
//! Keeps no results; `cache` does.

use std::path::{Path, PathBuf};

use super::arguments::Caching;
use super::run::Order;
use super::session::Session;
use super::terminal::variable;
use crate::cache::{Cache, Epoch};
use crate::hook::Hook;
use crate::snapshot::View;

impl Caching {
    /// What was said on the command line.
    pub fn choice(&self) -> Option<bool> {
        (self.cache || self.no_cache).then_some(self.cache)
    }
}

/// The cache for a run of `hook` on the snapshot; `None` where blobs have no names, or no directory may be used.
pub fn open<H: Hook>(session: &Session, hook: &H, order: &Order<'_>) -> Option<Cache> {
    if *session.snapshot.view() == View::Worktree {
        return None;
    }
    let repository = fs_err::canonicalize(session.snapshot.common_dir()?).ok()?;
    let directory = directory()?;
    if order.hook_mode && (is_inside(&directory, session.snapshot.root()) || is_inside(&directory, &repository)) {
        return None;
    }
    let config = &order.config;
    let dialects: Vec<&str> = config.secrets.dialects().iter().map(|dialect| dialect.as_str()).collect();
    let size = config.max_file_size(H::NAME).to_string();
    let epoch = Epoch::new(&[H::NAME.as_str(), &hook.settings(), &dialects.join(" "), &size]);
    Some(Cache::open(&directory, &repository, epoch, order.is_whole_tree))
}

/// `gatewright` in the user's cache directory: by the XDG base directory specification, and where macOS and Windows have theirs.
fn directory() -> Option<PathBuf> {
    let named = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let usual = || match std::env::consts::OS {
        "windows" => named("LOCALAPPDATA"),
        "macos" => std::env::home_dir().map(|home| home.join("Library/Caches")),
        _ => std::env::home_dir().map(|home| home.join(".cache")),
    };
    let directory = named("XDG_CACHE_HOME").or_else(usual)?;
    directory.is_absolute().then(|| directory.join("gatewright"))
}

/// Whether `path`, of which the last parts need not be there, lies below `folder`.
fn is_inside(path: &Path, folder: &Path) -> bool {
    let there = path.ancestors().find_map(|parent| fs_err::canonicalize(parent).ok());
    let folder = fs_err::canonicalize(folder);
    there.zip(folder.ok()).is_some_and(|(there, folder)| there.starts_with(folder))
}
