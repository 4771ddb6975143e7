//! `.secrets.baseline`, the baseline of detect-secrets 1.5.0: settings, and accepted identities by file.
//! Promises that a file which detect-secrets wrote is written back in the same bytes, that unknown keys, custom plugins and unknown
//! types survive, and that a merge marker or a wrong type is an error with its line.
//! Decides nothing about findings; that is `matching`.

mod read;
mod upgrade;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

pub use read::read;
pub(crate) use read::stricter;

use super::json::{Json, Member, Text};
use crate::finding::{Finding, ForeignIdentity};
use crate::secret::compat::plugins::{self, PLUGINS, Parameter, Plugin};
use crate::secret::compat::{DEFAULT_FILTERS, SILENT_FILTERS};
use crate::source::RepoPath;

/// The version of the format that is written.
pub const VERSION: &str = "1.5.0";

/// The filter that keeps detect-secrets from reporting the baseline's own hashes.
pub const IS_BASELINE_FILE: &str = "detect_secrets.filters.common.is_baseline_file";

/// The content of a `.secrets.baseline`.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// [`VERSION`], or a newer one that was read.
    pub version: String,
    pub settings: Settings,
    /// Accepted identities by path. The path is Python's text with `/` between components.
    pub results: BTreeMap<Text, Vec<Entry>>,
    /// UTC, `YYYY-MM-DDTHH:MM:SSZ`; absent in a slim baseline.
    pub generated_at: Option<Text>,
    /// Top-level keys that detect-secrets does not know.
    pub rest: Vec<Member>,
    /// Whether lines end with `\r\n`.
    pub crlf: bool,
}

/// Which plugins and filters detect-secrets runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Sorted by lower-cased class name.
    pub plugins: Vec<Setting>,
    /// Sorted by lower-cased path.
    pub filters: Vec<Setting>,
}

/// One plugin (`name` = class) or filter (`name` = `path`) with its parameters in file order.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub name: Text,
    pub rest: Vec<Member>,
}

/// One accepted identity of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The secret type: `Secret Keyword`.
    pub kind: Text,
    /// The path as the entry gives it; it differs from the key it stands under only in files edited by hand.
    pub filename: Text,
    /// 40 lower-case hex digits in every file that detect-secrets wrote.
    pub sha1: Text,
    pub is_verified: bool,
    /// From 1; 0 if the file does not say.
    pub line: u32,
    /// The audit label: `true` for a real secret, `false` for a false positive.
    pub is_secret: Option<bool>,
    /// Keys that detect-secrets does not know.
    pub rest: Vec<Member>,
}

/// What makes two entries of one file the same: type and SHA-1 of the value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    pub kind: Text,
    pub sha1: Text,
}

/// A secret that the detect-secrets engine found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned {
    pub path: RepoPath,
    /// The secret type: `Secret Keyword`.
    pub kind: &'static str,
    /// Of the value as detect-secrets extracts it.
    pub sha1: [u8; 20],
    /// From 1.
    pub line: u32,
}

impl Identity {
    pub fn new(kind: &str, sha1: &[u8]) -> Self {
        let hex = sha1.iter().fold(String::with_capacity(40), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self { kind: kind.into(), sha1: hex.as_str().into() }
    }

    /// Which of detect-secrets' names for this finding it is.
    pub fn among<'f>(&self, finding: &'f Finding) -> Option<&'f ForeignIdentity> {
        finding.foreign.iter().find(|foreign| Self::new(foreign.kind, &foreign.sha1) == *self)
    }
}

impl Scanned {
    pub fn identity(&self) -> Identity {
        Identity::new(self.kind, &self.sha1)
    }
}

impl Entry {
    /// A new entry without label.
    pub fn new(path: Text, identity: Identity, line: u32) -> Self {
        let Identity { kind, sha1 } = identity;
        Self { kind, filename: path, sha1, is_verified: false, line, is_secret: None, rest: Vec::new() }
    }

    pub fn identity(&self) -> Identity {
        Identity { kind: self.kind.clone(), sha1: self.sha1.clone() }
    }

    /// The plugin of detect-secrets that yields this type.
    pub fn plugin(&self) -> Option<&'static Plugin> {
        self.kind.as_str().and_then(plugins::of_kind)
    }

    /// Whether one of the 27 plugins yields this type, so that its absence from a scan means something.
    pub fn is_computable(&self) -> bool {
        self.plugin().is_some()
    }
}

impl Default for Settings {
    /// The 27 plugins and 10 filters of detect-secrets 1.5.0.
    fn default() -> Self {
        let plugins = PLUGINS.iter().map(|plugin| Setting::new(plugin.class, Vec::new())).collect();
        let filters = DEFAULT_FILTERS.iter().map(|path| Setting::new(path, Vec::new())).collect();
        let mut settings = Self { plugins, filters };
        settings.normalise();
        settings
    }
}

impl Setting {
    pub fn new(name: &str, rest: Vec<Member>) -> Self {
        Self { name: name.into(), rest }
    }

    /// The parameter of that name.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.rest.iter().find(|member| member.key == *key).map(|member| &member.value)
    }
}

impl Settings {
    pub fn plugin(&self, class: &str) -> Option<&Setting> {
        self.plugins.iter().find(|plugin| plugin.name == *class)
    }

    pub fn filter(&self, path: &str) -> Option<&Setting> {
        self.filters.iter().find(|filter| filter.name == *path)
    }

    /// Adds the filter or replaces its parameters.
    pub fn set_filter(&mut self, filter: Setting) {
        self.filters.retain(|known| known.name != filter.name);
        self.filters.push(filter);
        self.normalise();
    }

    /// Brings the lists into the form that detect-secrets writes: sorted, the last of equal names, no silent filters, every
    /// parameter of a plugin spelled out.
    pub fn normalise(&mut self) {
        for plugin in &mut self.plugins {
            let known = PLUGINS.iter().find(|known| plugin.name == *known.class);
            if let Some(parameter) = known.and_then(|known| known.parameter)
                && plugin.get(parameter.key()).is_none_or(Json::is_null)
            {
                upgrade::set(&mut plugin.rest, parameter.key(), default_of(parameter));
            }
        }
        self.filters.retain(|filter| !SILENT_FILTERS.iter().any(|path| filter.name == **path));
        for list in [&mut self.plugins, &mut self.filters] {
            let mut seen = BTreeSet::new();
            list.reverse();
            list.retain(|setting| seen.insert(setting.name.clone()));
            list.reverse();
            list.sort_by_cached_key(|setting| setting.name.to_string().to_lowercase());
        }
    }
}

fn default_of(parameter: Parameter) -> Json {
    match parameter {
        Parameter::Limit(bits) => Json::from(bits),
        Parameter::KeywordExclude(pattern) => Json::from(pattern),
    }
}

impl Baseline {
    /// An empty baseline as `create` starts it. `file_name` is the last component of its path: the first run of detect-secrets'
    /// hook would add that filter, and so finds nothing to change.
    pub fn new(mut settings: Settings, file_name: &str, generated_at: &str) -> Self {
        settings.set_filter(Setting::new(IS_BASELINE_FILE, vec![Member::new("filename", file_name)]));
        Self {
            version: VERSION.to_owned(),
            settings,
            results: BTreeMap::new(),
            generated_at: Some(generated_at.into()),
            rest: Vec::new(),
            crlf: false,
        }
    }

    /// Whether this is a slim baseline: no date, no line numbers.
    pub fn is_slim(&self) -> bool {
        self.generated_at.is_none()
    }

    /// All entries with the path they stand under.
    pub fn entries(&self) -> impl Iterator<Item = (&Text, &Entry)> {
        self.results.iter().flat_map(|(path, entries)| entries.iter().map(move |entry| (path, entry)))
    }

    pub fn entries_mut(&mut self) -> impl Iterator<Item = (&Text, &mut Entry)> {
        self.results.iter_mut().flat_map(|(path, entries)| entries.iter_mut().map(move |entry| (path, entry)))
    }

    /// The entry that accepts this identity in this file. An entry whose own file name differs from its key matches nothing.
    pub fn find(&self, path: &Text, identity: &Identity) -> Option<&Entry> {
        let is_it = |entry: &&Entry| entry.kind == identity.kind && entry.sha1 == identity.sha1 && entry.filename == *path;
        self.results.get(path)?.iter().find(is_it)
    }

    /// Whether only the date may differ.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let undated = |baseline: &Self| Self { generated_at: None, ..baseline.clone() }.write();
        undated(self) == undated(other)
    }

    /// The bytes of the file.
    pub fn write(&self) -> String {
        write::settings_form(self)
    }

    /// The bytes that detect-secrets' hook writes to a file of an older or newer version: `original` (the old text) with its keys,
    /// upgraded, and the results of this baseline.
    pub fn write_raw(&self, original: &str) -> Result<String, super::json::Invalid> {
        write::raw_form(self, original)
    }
}

#[cfg(test)]
mod tests;
