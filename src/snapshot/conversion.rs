//! Whether git may change bytes between the work tree and a blob: line ends, encodings, filters.
//! Promises to say "maybe" whenever an attribute or a setting could apply; then blobs are read.
//! Does not evaluate attributes.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::index::Index;
use super::locate::Location;

/// Whether stat data can prove bytes in this repository at all: asked once a run.
pub(super) fn is_possible(location: &Location, index: &Index, repository: &git2::Repository) -> bool {
    let environment = &location.git.environment;
    if cfg!(not(unix)) || environment.has_configuration() || index.may_contain(b".gitattributes") {
        return true;
    }
    let Ok(config) = repository.config().and_then(|mut config| config.snapshot()) else { return true };
    may_convert(&config, "^includeif\\.hasconfig:")
        || other_configurations(environment, &location.git.cwd).iter().any(|path| may_convert_by(path))
        || attribute_files(repository.commondir()).iter().any(|path| path.exists())
}

/// Whether the settings let git change bytes, or keep stat data that proves less. `condition` matches the conditions of includes that
/// libgit2 does not evaluate.
fn may_convert(config: &git2::Config, condition: &str) -> bool {
    let set = |name: &str| config.get_entry(name).is_ok();
    let says = |name: &str, harmless: bool| config.get_bool(name).is_ok_and(|value| value != harmless);
    let line_ends = set("core.eol") || (set("core.autocrlf") && config.get_bool("core.autocrlf") != Ok(false));
    line_ends
        || set("core.attributesfile")
        || set("attr.tree")
        || says("core.trustctime", true)
        || says("core.symlinks", true)
        || says("core.filemode", true)
        || config.get_string("core.checkstat").is_ok_and(|value| value != "default")
        || config.entries(Some(condition)).map_or(true, |mut entries| entries.next().is_some())
}

/// The same of a file that libgit2 does not know of: without a repository, no condition can be evaluated.
fn may_convert_by(file: &Path) -> bool {
    let config = git2::Config::open(file).and_then(|mut config| config.snapshot());
    file.exists() && config.map_or(true, |config| may_convert(&config, "^includeif\\."))
}

/// Files that git reads and libgit2 does not: named by a variable, or the system's for a git of another prefix than `/usr`.
fn other_configurations(environment: &Environment, cwd: &Path) -> Vec<PathBuf> {
    let named = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"].into_iter().filter_map(|name| environment.get(name));
    named.map(|file| cwd.join(file)).chain(beside_path("gitconfig")).collect()
}

/// `file` in the `etc` beside each directory of programs: where a git that is found there has its system files.
fn beside_path(file: &'static str) -> Vec<PathBuf> {
    let path = variable("PATH").unwrap_or_default();
    std::env::split_paths(&path).filter_map(|bin| Some(bin.parent()?.join("etc").join(file))).collect()
}

fn variable(wanted: &str) -> Option<OsString> {
    std::env::vars_os().find(|(name, _)| name == wanted).map(|(_, value)| value)
}

fn attribute_files(common_dir: &Path) -> Vec<PathBuf> {
    let mut files = vec![common_dir.join("info/attributes"), PathBuf::from("/etc/gitattributes")];
    // The user's own file lies where their configuration does.
    let user = [git2::Config::find_xdg(), git2::Config::find_global(), git2::Config::find_system()];
    files.extend(user.into_iter().flatten().filter_map(|path| Some(path.parent()?.join("attributes"))));
    files.extend(std::env::home_dir().map(|home| home.join(".config/git/attributes")));
    files.extend(variable("XDG_CONFIG_HOME").map(|at| PathBuf::from(at).join("git/attributes")));
    files.extend(beside_path("gitattributes"));
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
