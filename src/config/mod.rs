//! The configuration: `gatewright.toml`, or the table `[tool.gatewright]` of `pyproject.toml`.
//! Promises that a configuration is either understood to the last key or refused with file, line, caret and the name that was meant.
//! Opens nothing: the text comes from the snapshot that is judged, so that a commit is judged by the policy it carries.

use serde::Deserialize;
use toml::de::DeTable;

use self::pyproject::{Pyproject, check_tables, is_pyproject};

use crate::rule::{HookName, Rule};
use crate::source::{RepoPath, quote};

#[cfg(test)]
mod docs;
mod error;
#[cfg(test)]
mod fault_tests;
mod pyproject;
mod secrets;
mod spoilt;
#[cfg(test)]
mod tests;
mod value;

pub use crate::glob::PathSet;
pub use error::ConfigError;
pub(crate) use error::nearest;
pub use pyproject::has_settings;
pub use secrets::{Allow, Dialect, LabelField, NameChoice, Profile, RuleChoice, Secrets};
pub use toml::Spanned;
pub use value::{Date, Sha256, Size};

/// The files in which a configuration is looked for, at the root of the repository. The first that is there is the whole configuration:
/// with a `gatewright.toml`, `pyproject.toml` is not read.
pub const FILES: [&str; 2] = ["gatewright.toml", "pyproject.toml"];

/// The JSON Schema of `gatewright.toml`.
pub const SCHEMA: &str = include_str!("../../docs/config.schema.json");

/// More errors of one file are a file of something else.
const MOST_ERRORS: usize = 20;

/// One configuration. `Config::default()` is what holds without a file.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Files that no hook judges, also when they are named on the command line; they are counted as skipped.
    #[cfg_attr(test, schemars(with = "docs::Globs"))]
    pub exclude: PathSet,
    /// Files above this size are not judged and reported as unread, which makes exit 2 unless `accept-unread` names them.
    #[cfg_attr(test, schemars(with = "docs::Size"))]
    pub max_file_size: Size,
    /// Which rules speak in which paths, and whether comments are told of. Entries are read in order; where several speak about a rule, the
    /// last one decides.
    #[serde(deserialize_with = "value::tables")]
    #[cfg_attr(test, schemars(with = "Vec<PerPath>"))]
    pub per_path: Vec<Spanned<PerPath>>,
    /// Files that need not be read, or not to their end, for the run to count as complete; they are listed as skipped.
    #[serde(deserialize_with = "value::tables")]
    #[cfg_attr(test, schemars(with = "Vec<AcceptUnread>"))]
    pub accept_unread: Vec<Spanned<AcceptUnread>>,
    /// Whether `check` remembers which blobs are clean, in the user's cache directory, and does not read them again.
    pub cache: bool,
    /// What the hook `gatewright-secrets` looks for and forgives.
    #[serde(deserialize_with = "value::table")]
    pub secrets: Secrets,
    /// The file this was read from; empty for the defaults.
    #[serde(skip)]
    file: String,
    /// Byte offsets at which the lines of that file begin.
    #[serde(skip)]
    lines: Vec<usize>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            exclude: PathSet::default(),
            max_file_size: Size(50_000_000),
            per_path: Vec::new(),
            accept_unread: Vec::new(),
            cache: false,
            secrets: Secrets::default(),
            file: String::new(),
            lines: Vec::new(),
        }
    }
}

/// Rules for some paths.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("anyOf" = [{ "required": ["ignore"] }, { "required": ["select"] }, { "required": ["unused-comments"] }])))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PerPath {
    /// The paths it holds for.
    #[cfg_attr(test, schemars(with = "docs::SomeGlobs"))]
    pub path: PathSet,
    /// Rules (ids or aliases) that are forgiven there.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub ignore: Vec<Spanned<String>>,
    /// The only rules that speak there: they do even if `disable` or `min-confidence` would silence them.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<Vec<String>>"))]
    pub select: Option<Vec<Spanned<String>>>,
    /// Whether a word is said about allow comments there that are malformed, expired or forgive nothing. `false` is for manuals and tests, which
    /// quote comments; those that fit a finding forgive it all the same.
    #[serde(default)]
    pub unused_comments: Option<bool>,
    /// Why; shown with what is forgiven.
    pub reason: Option<String>,
}

/// Files that may stay unread.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AcceptUnread {
    /// The files.
    #[cfg_attr(test, schemars(with = "docs::SomeGlobs"))]
    pub path: PathSet,
    /// Why; shown with what is skipped.
    pub reason: Option<String>,
}

impl Config {
    /// Reads the text of `file_name`: of a `pyproject.toml` the table `[tool.gatewright]` (none: the defaults), of any other file all.
    /// `known_rules` are the rules whose ids and aliases may be named.
    pub fn parse(file_name: &str, text: &str, known_rules: &[&'static Rule]) -> Result<Self, ConfigError> {
        let refuse = |error: &toml::de::Error| ConfigError::from_toml(file_name, text, error);
        let fault = |(span, message): Fault| ConfigError::new(file_name, text, span, &message);
        let mut document = DeTable::parse(text).map_err(|error| refuse(&error))?;
        let is_pyproject = is_pyproject(file_name);
        if is_pyproject {
            check_tables(document.get_ref()).map_err(fault)?;
        }
        let mut errors = Vec::new();
        let read = loop {
            let deserializer = toml::de::Deserializer::from(document.clone());
            let read = if is_pyproject {
                Pyproject::deserialize(deserializer).map(|it| it.tool.gatewright)
            } else {
                Self::deserialize(deserializer).map(Some)
            };
            let error = match read {
                Ok(read) => break read,
                Err(error) => error,
            };
            errors.push(refuse(&error));
            let has_more = errors.len() < MOST_ERRORS;
            if !(has_more && error.span().is_some_and(|span| spoilt::take_out(document.get_mut(), span.start))) {
                break None;
            }
        };
        errors.extend(read.iter().flat_map(|config| config.check(known_rules)).map(fault));
        if let Some(error) = ConfigError::join(errors) {
            return Err(error);
        }
        let Some(mut config) = read else { return Ok(Self::default()) };
        file_name.clone_into(&mut config.file);
        config.lines = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        Ok(config)
    }

    /// The file this was read from; `None` for the defaults.
    pub fn file(&self) -> Option<&str> {
        (!self.file.is_empty()).then_some(&self.file)
    }

    /// The line (from 1) on which an entry of this configuration begins.
    pub fn line_of<T>(&self, entry: &Spanned<T>) -> u32 {
        let start = entry.span().start;
        u32::try_from(self.lines.partition_point(|&line| line <= start)).unwrap_or(u32::MAX)
    }

    /// Whether the configuration keeps `path` from `hook`, also if it was named on the command line.
    pub fn excludes(&self, hook: HookName, path: &RepoPath) -> bool {
        let HookName::Secrets = hook;
        self.exclude.is_match(path) || self.secrets.exclude.is_match(path)
    }

    /// Bytes above which `hook` does not judge a file.
    pub fn max_file_size(&self, hook: HookName) -> u64 {
        let HookName::Secrets = hook;
        self.secrets.max_file_size.unwrap_or(self.max_file_size).0
    }

    /// The entry that lets `path` stay unread.
    pub fn accept_unread(&self, path: &RepoPath) -> Option<&Spanned<AcceptUnread>> {
        self.accept_unread.iter().find(|entry| entry.get_ref().path.is_match(path))
    }

    /// What the types cannot say: that rules exist, and that an entry does something.
    fn check(&self, known_rules: &[&'static Rule]) -> Vec<Fault> {
        let mut faults = Vec::new();
        for entry in &self.per_path {
            let PerPath { path, ignore, select, unused_comments, .. } = entry.get_ref();
            faults.extend(check_some(path, entry.span()).err());
            if ignore.is_empty() && select.is_none() && unused_comments.is_none() {
                let nothing = "the entry does nothing; give it `ignore` or `select` with the ids of rules, or `unused-comments`";
                faults.push((entry.span(), nothing.to_owned()));
            }
            faults.extend(ignore.iter().chain(select.iter().flatten()).filter_map(|name| check_rule(name, known_rules).err()));
            faults.extend(check_disjoint(ignore, select.as_deref().unwrap_or_default(), ("ignore", "select"), "rule").err());
        }
        faults.extend(self.accept_unread.iter().filter_map(|entry| check_some(&entry.get_ref().path, entry.span()).err()));
        self.secrets.check(known_rules, &mut faults);
        faults
    }
}

/// A message at a place.
type Fault = (std::ops::Range<usize>, String);

/// An entry for no path does nothing.
fn check_some(path: &PathSet, entry: std::ops::Range<usize>) -> Result<(), Fault> {
    if path.is_empty() { Err((entry, "`path` names no glob; write a path, or `*` for all files".to_owned())) } else { Ok(()) }
}

fn check_rule(name: &Spanned<String>, known_rules: &[&'static Rule]) -> Result<(), Fault> {
    let text = name.get_ref();
    if known_rules.iter().any(|rule| rule.is_called(text)) {
        return Ok(());
    }
    let hint = nearest_rule(text, known_rules).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Err((name.span(), format!("{}{hint}", unknown_rule(text))))
}

fn unknown_rule(name: &str) -> String {
    format!("unknown rule {}", quote(name))
}

/// The id of the rule with the id or alias nearest to `name`, if that is near enough to be meant.
pub(crate) fn nearest_rule(name: &str, known: &[&'static Rule]) -> Option<&'static str> {
    let names = known.iter().flat_map(|rule| std::iter::once(rule.id).chain(rule.aliases.iter().copied()));
    let near = nearest(name, names)?;
    known.iter().find(|rule| rule.is_called(near)).map(|rule| rule.id)
}

/// What is named in both lists is a contradiction.
fn check_disjoint(some: &[Spanned<String>], others: &[Spanned<String>], keys: (&str, &str), what: &str) -> Result<(), Fault> {
    match others.iter().find(|other| some.iter().any(|name| name.get_ref().eq_ignore_ascii_case(other.get_ref()))) {
        Some(both) => Err((both.span(), format!("{what} {} is in `{}` and in `{}`", quote(both.get_ref()), keys.0, keys.1))),
        None => Ok(()),
    }
}

/// Whether one of the names is an id or an alias of `rule`.
pub(crate) fn names_rule(names: &[Spanned<String>], rule: &Rule) -> bool {
    names.iter().any(|name| rule.is_called(name.get_ref()))
}

/// The section that has this key, for a key that stands in the wrong one.
fn section_of(key: &str, file_name: &str) -> Option<&'static str> {
    let is_pyproject = is_pyproject(file_name);
    if keys::<Config>().contains(&key) {
        return Some(if is_pyproject { "in [tool.gatewright]" } else { "at the top level" });
    }
    keys::<Secrets>().contains(&key).then_some(if is_pyproject { "in [tool.gatewright.secrets]" } else { "in [secrets]" })
}

/// The keys that a table of this type takes, asked of serde itself.
fn keys<T: for<'de> Deserialize<'de>>() -> Vec<&'static str> {
    struct Names<'n>(&'n mut Vec<&'static str>);
    impl<'de> serde::Deserializer<'de> for Names<'_> {
        type Error = serde::de::value::Error;

        fn deserialize_any<V: serde::de::Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
            Err(serde::de::Error::custom("only the names are wanted"))
        }

        fn deserialize_struct<V: serde::de::Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.0.extend_from_slice(fields);
            self.deserialize_any(visitor)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
            seq tuple tuple_struct map enum identifier ignored_any
        }
    }
    let mut names = Vec::new();
    let _ = T::deserialize(Names(&mut names));
    names
}
