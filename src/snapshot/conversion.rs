//! Whether git may change bytes between the work tree and a blob: line ends, encodings, filters.
//! Promises to say "maybe" whenever an attribute or a setting could apply; then blobs are read.
//! Does not evaluate attributes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::index::Index;
use super::locate::Location;

/// Whether stat data can prove bytes in this repository at all: asked once a run.
pub(super) fn is_possible(location: &Location, index: &Index, repository: &git2::Repository) -> bool {
    if cfg!(not(unix)) || location.git.environment.has_configuration() || index.may_contain(b".gitattributes") {
        return true;
    }
    let Ok(config) = repository.config().and_then(|mut config| config.snapshot()) else { return true };
    let set = |name: &str| config.get_entry(name).is_ok();
    let says = |name: &str, harmless: bool| config.get_bool(name).is_ok_and(|value| value != harmless);
    let line_ends = set("core.eol") || (set("core.autocrlf") && config.get_bool("core.autocrlf") != Ok(false));
    line_ends
        || set("core.attributesfile")
        || says("core.trustctime", true)
        || says("core.symlinks", true)
        || says("core.filemode", true)
        || config.get_string("core.checkstat").is_ok_and(|value| value != "default")
        || attribute_files(repository.commondir()).iter().any(|path| path.exists())
}

fn attribute_files(common_dir: &Path) -> Vec<PathBuf> {
    let mut files = vec![common_dir.join("info/attributes"), PathBuf::from("/etc/gitattributes")];
    // The user's own file lies where their configuration does.
    let user = [git2::Config::find_xdg(), git2::Config::find_global(), git2::Config::find_system()];
    files.extend(user.into_iter().flatten().filter_map(|path| Some(path.parent()?.join("attributes"))));
    files.extend(std::env::home_dir().map(|home| home.join(".config/git/attributes")));
    files.extend(
        std::env::vars_os().find(|(name, _)| name == "XDG_CONFIG_HOME").map(|(_, at)| PathBuf::from(at).join("git/attributes")),
    );
    files
}

/// Remembers which directories hold attributes on disk, for one thread.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    seen: HashMap<PathBuf, bool>,
}

impl Attributes {
    /// Whether an attribute file on disk, tracked or not, may speak about `path`.
    pub(super) fn may_apply(&mut self, root: &Path, path: &Path) -> bool {
        let mut directory = path.parent();
        while let Some(here) = directory.filter(|here| here.starts_with(root)) {
            let found = *self
                .seen
                .entry(here.to_owned())
                .or_insert_with(|| fs_err::symlink_metadata(here.join(".gitattributes")).is_ok());
            if found {
                return true;
            }
            directory = here.parent();
        }
        false
    }
}
