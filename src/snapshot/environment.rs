//! The variables by which git and pre-commit tell a hook what it stands in.
//! Promises raw bytes: a value that is not UTF-8 is kept as it is.
//! Does not interpret them; `locate` and `select` do.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// The variables of git (`GIT_*`), of pre-commit (`PRE_COMMIT*`) and of this suite (`GATEWRIGHT_*`), as captured at start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
}

impl Environment {
    /// The variables of this process. Call it before anything changes the directory or the environment.
    pub fn capture() -> Self {
        std::env::vars_os().collect()
    }

    /// The value, unless the variable is unset or empty: git gives an empty `GIT_DIR` or `GIT_INDEX_FILE` no useful meaning, and an
    /// index of no name would read as an empty one.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// The variables that a child `git` in this repository must see unchanged.
    pub fn git(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str())).filter(|(name, _)| is_of_git(name))
    }

    /// Sets a variable for the children that get this environment.
    pub(super) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.insert(name.into(), value.into());
    }
}

/// Keeps the variables that matter here and drops the rest.
impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(pairs: I) -> Self {
        let prefixes = [&b"GIT_"[..], b"PRE_COMMIT", b"GATEWRIGHT_"];
        let kept = pairs.into_iter().filter(|(name, _)| prefixes.iter().any(|p| name.as_encoded_bytes().starts_with(p)));
        Self { variables: kept.collect() }
    }
}

pub(super) fn is_of_git(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"GIT_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_variables_of_git_and_the_hook_runners_are_kept() {
        let pairs = [("GIT_DIR", "x"), ("HOME", "y"), ("PRE_COMMIT_FROM_REF", "z"), ("GIT_INDEX_FILE", "")];
        let environment: Environment = pairs.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect();
        assert_eq!(environment.get("GIT_DIR"), Some(OsStr::new("x")));
        assert_eq!(environment.get("HOME"), None);
        assert_eq!(environment.get("GIT_INDEX_FILE"), None);
        assert_eq!(environment.git().count(), 2);
    }
}
