//! Sets of globs over repository paths, in the syntax of `.gitignore`.
//! Promises that globs are checked and compiled once, when the configuration is read, and that matching is total: any path has an answer.
//! Looks at names only: whether a file exists, or is a link, is not its business.

use std::fmt;
use std::path::Path;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::Deserialize;
use serde::de::{Error, SeqAccess, Visitor};

use crate::source::{RepoPath, quote};

/// Globs of the configuration. Where several match a path the last one decides, so that `!docs/keep.md` takes back what a glob before
/// it said; a glob that names a directory covers all that is in it.
#[derive(Clone, Debug)]
pub struct PathSet {
    patterns: Vec<String>,
    compiled: Gitignore,
}

impl Default for PathSet {
    fn default() -> Self {
        Self { patterns: Vec::new(), compiled: Gitignore::empty() }
    }
}

impl PathSet {
    /// Compiles the globs; the error says which one is wrong and why.
    pub fn new<S: Into<String>>(patterns: impl IntoIterator<Item = S>) -> Result<Self, String> {
        let patterns: Vec<String> = patterns.into_iter().map(Into::into).collect();
        let mut builder = GitignoreBuilder::new("");
        builder.allow_unclosed_class(false);
        for pattern in &patterns {
            check(pattern)?;
            builder.add_line(None, pattern).map_err(|error| malformed(pattern, &error))?;
        }
        let compiled = builder.build().map_err(|error| format!("the globs cannot be compiled together: {error}"))?;
        Ok(Self { patterns, compiled })
    }

    /// The globs as written.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    pub fn is_match(&self, path: &RepoPath) -> bool {
        self.find(path).is_some()
    }

    /// The index (into [`PathSet::patterns`]) of the glob that covers `path`; `None` if none does or the last one takes it back. A path
    /// with a `/` at its end is a directory.
    pub fn find(&self, path: &RepoPath) -> Option<usize> {
        let text = path.to_str_lossy();
        // The matcher refuses rooted paths by a panic; git stores none, but an index can be forged.
        let path = Path::new(text.trim_matches('/'));
        if path.has_root() || path.as_os_str().is_empty() {
            return None;
        }
        match self.compiled.matched_path_or_any_parents(path, text.ends_with('/')) {
            Match::Ignore(glob) => self.patterns.iter().rposition(|pattern| glob.original() == pattern),
            Match::None | Match::Whitelist(_) => None,
        }
    }
}

/// What the syntax would pass over in silence is refused: such a glob never does what its author hoped.
fn check(pattern: &str) -> Result<(), String> {
    let quoted = quote(pattern);
    let body = pattern.strip_prefix('!').unwrap_or(pattern);
    if body.trim_matches('/').is_empty() {
        return Err(format!("the glob {quoted} matches nothing; write a path, or `*` for all files"));
    }
    if pattern.trim() != pattern {
        return Err(format!("the glob {quoted} has blanks around it; leave them out"));
    }
    if pattern.starts_with('#') {
        return Err(format!("the glob {quoted} would be a comment; write `\\#…` for a name that begins with `#`"));
    }
    if body.starts_with("./") || body.starts_with("../") {
        return Err(format!("the glob {quoted} is relative to a directory; paths begin at the root of the repository: `src/…`"));
    }
    Ok(())
}

fn malformed(pattern: &str, error: &ignore::Error) -> String {
    let text = match error {
        ignore::Error::Glob { err, .. } => err.clone(),
        other => other.to_string(),
    };
    format!("malformed glob {}: {text}", quote(pattern))
}

/// One glob as a string, or a list of them.
impl<'de> Deserialize<'de> for PathSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Globs;
        impl<'de> Visitor<'de> for Globs {
            type Value = PathSet;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a glob or a list of globs, like `[\"tests/**\"]`")
            }

            fn visit_str<E: Error>(self, pattern: &str) -> Result<PathSet, E> {
                PathSet::new([pattern]).map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<PathSet, A::Error> {
                let mut patterns = Vec::new();
                while let Some(Glob(pattern)) = items.next_element()? {
                    patterns.push(pattern);
                }
                PathSet::new(patterns).map_err(A::Error::custom)
            }
        }
        deserializer.deserialize_any(Globs)
    }
}

/// One glob, compiled by itself, so that an error points at it and not at the list.
struct Glob(String);

impl<'de> Deserialize<'de> for Glob {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;
        impl Visitor<'_> for One {
            type Value = Glob;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a glob")
            }

            fn visit_str<E: Error>(self, pattern: &str) -> Result<Glob, E> {
                PathSet::new([pattern]).map(|_| Glob(pattern.to_owned())).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(One)
    }
}

#[cfg(test)]
impl serde::Serialize for PathSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.patterns.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(patterns: &[&str], path: &str) -> Option<usize> {
        PathSet::new(patterns.iter().copied()).expect("globs").find(&RepoPath::new(path))
    }

    #[test]
    fn globs_match_as_gitignore_does() {
        assert_eq!(found(&["tests/"], "tests/a/b.py"), Some(0));
        assert_eq!(found(&["tests/"], "app/tests/b.py"), Some(0));
        assert_eq!(found(&["/tests"], "app/tests/b.py"), None);
        assert_eq!(found(&["*.lock", "docs/**/*.md"], "docs/a/b/c.md"), Some(1));
        assert_eq!(found(&["docs/*.md"], "docs/a/c.md"), None);
        assert_eq!(found(&["*.{json,yaml}"], "a/b.yaml"), Some(0));
        assert_eq!(found(&["tests/"], "tests"), None, "a file of that name is not a directory");
        assert_eq!(found(&["tests/"], "app/tests/"), Some(0));
        assert_eq!(found(&[], "a"), None);
    }

    #[test]
    fn the_last_glob_that_matches_decides() {
        assert_eq!(found(&["docs/", "!docs/keep.md"], "docs/keep.md"), None);
        assert_eq!(found(&["docs/", "!docs/keep.md"], "docs/other.md"), Some(0));
        assert_eq!(found(&["*.md", "!a.md", "*.md"], "a.md"), Some(2));
    }

    #[test]
    fn globs_that_would_do_nothing_are_refused() {
        for pattern in ["", "/", "!", "!/", " a", "a ", "#a", "./a", "!../a", "a[", "{a", "a\\"] {
            let error = PathSet::new([pattern]).expect_err(pattern);
            assert!(error.contains("glob `"), "{error}");
        }
    }

    #[test]
    fn a_rooted_path_matches_like_any_other() {
        assert_eq!(found(&["*"], "/etc/passwd"), Some(0));
        assert_eq!(found(&["*"], "//"), None);
    }

    proptest! {
        #[test]
        fn matching_is_total(patterns in prop::collection::vec(".{0,12}", 0..4), path in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(set) = PathSet::new(patterns.clone()) {
                let found = set.find(&RepoPath::new(path));
                prop_assert!(found.is_none_or(|index| index < patterns.len()));
            }
        }
    }
}
