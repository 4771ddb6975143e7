//! The configuration in the version that is judged: which file it is, and what it says.
//! Promises that one that cannot be read is never taken for none.
//! Knows no key of it; see `config`.

use std::path::Path;

use super::arguments::Shared;
use super::failure::Failure;
use super::{terminal, versioned};
use crate::config::{self, Config};
use crate::rule::Rules;
use crate::snapshot::Snapshot;

/// The configuration, or the default one; `rules` are those that it may name.
pub fn read(snapshot: &Snapshot, shared: &Shared, cwd: &Path, rules: Rules) -> Result<Config, Failure> {
    if shared.no_config {
        return Ok(Config::default());
    }
    if let Some(named) = &shared.config {
        let path = versioned::inside(snapshot, cwd, named);
        return match versioned::read(snapshot, &path)? {
            Some(bytes) => Ok(Config::parse(&path, &text(&path, bytes)?, rules)?),
            // Of a deleted branch no policy is left, nor anything to judge by it.
            None if snapshot.view().ends_with_nothing() => Ok(Config::default()),
            None if versioned::leaves_out(snapshot, &path)? => Err(versioned::not_staged(&path)),
            None => Err(Failure::usage(format!("the configuration {path} is not there"), "check `--config`")),
        };
    }
    let [ours, pyproject] = config::FILES;
    let Some(bytes) = versioned::read(snapshot, ours)? else {
        if is_conflict_of_others(snapshot, pyproject)? {
            return Ok(Config::default());
        }
        let Some(bytes) = versioned::read(snapshot, pyproject)? else { return Ok(Config::default()) };
        return Ok(Config::parse(pyproject, &text(pyproject, bytes)?, rules)?);
    };
    // What is not read need not be readable.
    let hidden = versioned::read(snapshot, pyproject).ok().flatten().and_then(|bytes| String::from_utf8(bytes).ok());
    if hidden.is_some_and(|text| config::has_settings(&text)) {
        terminal::remark("note", &format!("{ours} is read, `[tool.gatewright]` of {pyproject} is not: keep one of them"));
    }
    Ok(Config::parse(ours, &text(ours, bytes)?, rules)?)
}

/// The configuration that somebody named, or those that are read if they are there.
pub fn files(snapshot: &Snapshot, shared: &Shared, cwd: &Path) -> Vec<String> {
    match &shared.config {
        _ if shared.no_config => Vec::new(),
        Some(named) => vec![versioned::inside(snapshot, cwd, named)],
        None => config::FILES.map(str::to_owned).to_vec(),
    }
}

/// Whether a file on disk has something to say here: `pyproject.toml` has other uses.
pub fn has_settings(snapshot: &Snapshot, path: &str) -> bool {
    let [_, pyproject] = config::FILES;
    let text = || String::from_utf8(versioned::read_on_disk(snapshot, path).ok()??).ok();
    path != pyproject || text().is_some_and(|text| config::has_settings(&text))
}

/// Whether a conflict in `pyproject.toml` is none about settings of ours.
fn is_conflict_of_others(snapshot: &Snapshot, pyproject: &str) -> Result<bool, Failure> {
    let sides = versioned::sides(snapshot, pyproject)?;
    let is_ours = |side: Vec<u8>| String::from_utf8(side).is_ok_and(|text| config::has_settings(&text));
    Ok(!sides.is_empty() && !sides.into_iter().any(is_ours))
}

fn text(path: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{path} is not UTF-8"), "TOML has to be; save it as UTF-8"))
}
