//! The rules that a project brings, in the version that is judged, as the configuration is.
//! Promises that nothing is judged by rules that are in doubt: every fault of every file is told, and the run ends.
//! Knows no format; see `ruleset`.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::versioned::{counts_unstaged, follow, is_unstaged, read};
use crate::hook::Hook;
use crate::rule::FOLDER;
use crate::ruleset::Ruleset;
use crate::snapshot::{Environment, Error, Names, Request, Snapshot, View, names_on_disk};
use crate::source::escape;
use crate::store;

/// What may lie among the rules and is none.
const README: &[u8] = b"README.md";

/// The rules of the hook and those of the project.
pub fn of<H: Hook>(snapshot: &Snapshot) -> Result<Ruleset, Failure> {
    let folder = follow(snapshot, FOLDER)?;
    let mut names = snapshot.names_in(&folder)?;
    // As with the configuration.
    if counts_unstaged(snapshot) {
        for (name, is_folder) in names_on_disk(&snapshot.root().join(&folder))? {
            names.entry(name).or_insert(is_folder);
        }
    }
    let mut files = Vec::new();
    for name in rule_files(&names)? {
        let path = format!("{folder}/{name}");
        files.push((format!("{FOLDER}/{name}"), there(&path, read(snapshot, &path)?)?));
    }
    joined::<H>(&files)
}

/// The rule files that git does not know, where the index is what is judged.
pub fn unstaged(snapshot: &Snapshot) -> Result<Vec<String>, Failure> {
    let names = names_on_disk(&snapshot.root().join(follow(snapshot, FOLDER)?))?;
    let mut unstaged = Vec::new();
    for name in names.keys().filter(|name| name.ends_with(b".md") && *name != README && !is_by_the_way(name)) {
        let path = format!("{FOLDER}/{}", String::from_utf8_lossy(name));
        if is_unstaged(snapshot, &path)? {
            unstaged.push(path);
        }
    }
    Ok(unstaged)
}

/// The same failure, with another way out where the configuration names a rule that was not staged with it.
pub fn not_staged(snapshot: &Snapshot, mut failure: Failure) -> Failure {
    if let Failure::Config(error) = &mut failure {
        for path in unstaged(snapshot).unwrap_or_default() {
            let name = path.rsplit('/').next().and_then(|name| name.strip_suffix(".md")).unwrap_or_default();
            let help = format!("the rule is in {path}, which is not staged: `git add {path}`");
            error.explain_unknown_rule(name, &help);
        }
    }
    failure
}

/// The same for a folder, whatever is to be judged: those of the index; outside of a repository, those on disk.
pub fn of_directory<H: Hook>(directory: &Path) -> Result<Ruleset, Failure> {
    match open(directory) {
        Ok(snapshot) => of::<H>(&snapshot),
        Err(Error::NotARepository { .. }) => joined::<H>(&on_disk(directory)?),
        Err(Error::Bare { .. }) => Ok(Ruleset::of(H::RULES)),
        Err(error) => Err(error.into()),
    }
}

/// The folder whose rules are those of `directory`: the top of its work tree; without a repository, itself.
pub fn root(directory: &Path) -> Result<PathBuf, Failure> {
    match open(directory) {
        Ok(snapshot) => Ok(snapshot.root().to_path_buf()),
        Err(Error::NotARepository { .. }) => Ok(directory.to_path_buf()),
        Err(error) => Err(error.into()),
    }
}

fn open(directory: &Path) -> Result<Snapshot, Error> {
    let (cwd, environment) = (directory.to_path_buf(), Environment::capture());
    Snapshot::open(&Request { view: Some(View::Staged), names: Vec::new(), hook_mode: false, cwd, environment })
}

/// The rule files as they lie on disk.
pub fn on_disk(root: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut files = Vec::new();
    for name in rule_files(&names_on_disk(&root.join(FOLDER))?)? {
        let path = format!("{FOLDER}/{name}");
        let bytes = there(&path, store::read(&root.join(&path))?)?;
        files.push((path, bytes));
    }
    Ok(files)
}

/// What a file holds that was listed: a link may lead nowhere.
fn there(path: &str, bytes: Option<Vec<u8>>) -> Result<Vec<u8>, Failure> {
    bytes.ok_or_else(|| {
        Failure::usage(format!("{path} leads to no file"), "nothing is judged without a rule that ought to be there")
    })
}

/// The rules of the hook and those in the files.
pub fn joined<H: Hook>(files: &[(String, Vec<u8>)]) -> Result<Ruleset, Failure> {
    Ruleset::with(H::RULES, H::NAME, files).map_err(|faults| Failure::Rules { faults })
}

/// The names of rule files. A folder might hold some that nobody reads.
fn rule_files(names: &Names) -> Result<Vec<String>, Failure> {
    if let Some((name, _)) = names.iter().find(|(_, is_folder)| **is_folder) {
        let message = format!("{FOLDER}/{} is a folder", escape(name));
        return Err(Failure::usage(message, format!("no rules are read from it: rule files lie right in {FOLDER}")));
    }
    let mut files = Vec::new();
    for name in names.keys().filter(|name| *name != README && !is_by_the_way(name)) {
        if !name.ends_with(b".md") {
            let message = format!("{FOLDER}/{} is no rule file", escape(name));
            return Err(Failure::usage(message, "its name would end in .md; call it so, or put it elsewhere"));
        }
        let Ok(name) = std::str::from_utf8(name) else {
            let message = format!("{FOLDER}/{} is not named in UTF-8", escape(name));
            return Err(Failure::usage(
                message,
                "a rule is named by its file: lower-case words joined by hyphens, ending in .md",
            ));
        };
        files.push(name.to_owned());
    }
    Ok(files)
}

/// What editors and git put there: `.gitkeep`, `.acme.md.swp`, `acme.md~`.
fn is_by_the_way(name: &[u8]) -> bool {
    name.starts_with(b".") || name.ends_with(b"~")
}
