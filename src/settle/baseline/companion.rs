//! `.gatewright-baseline.jsonl`, the suite's own baseline: one accepted finding per line, sorted, without line numbers or dates of runs.
//! Promises that values are kept only as keyed hashes, that unknown keys and the lines of other hooks survive, and that the same
//! content is always the same bytes. Decides nothing about findings; that is `matching`.

mod hash;
mod read;
mod write;

use std::collections::BTreeMap;
use std::fmt;

pub use hash::{Salt, context, context_hash, fingerprint};
pub use read::read;

use super::detect_secrets::Identity;
use super::json::{Json, Member, Text};
use crate::finding::Finding;
use crate::rule::HookName;
use crate::source::quote;

/// The version of the format.
pub const FORMAT: u32 = 1;

/// The path of an entry that holds for the whole repository.
pub const ANYWHERE: &str = "*";

/// The content of a `.gatewright-baseline.jsonl`.
#[derive(Clone, Debug, PartialEq)]
pub struct Companion {
    /// The keys of the hashes; new entries use the first. More than one only after two files made independently were merged.
    pub salts: Vec<Salt>,
    pub lines: Vec<Line>,
    /// Keys of the first line that this version does not know.
    pub rest: Vec<Member>,
    /// Whether lines end with `\r\n`.
    pub crlf: bool,
}

/// One accepted finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// `secrets`, or the name of another hook of the suite.
    pub hook: String,
    /// [`ANYWHERE`] for the whole repository.
    pub path: Text,
    pub subject: Accepted,
    /// Accepted occurrences in that file. `None`: 1, or for an identity of detect-secrets: not recorded, the version before the change
    /// counts.
    pub n: Option<u32>,
    /// [`context_hash`] of each accepted occurrence.
    pub at: Vec<String>,
    /// Which of the file's salts the hashes use.
    pub salt: usize,
    pub note: Note,
    /// Keys that this version does not know.
    pub rest: Vec<Member>,
}

/// What is accepted.
#[derive(Clone, Debug, PartialEq)]
pub enum Accepted {
    /// A value found by a rule, as [`fingerprint`].
    Value { rule: String, hash: String },
    /// An extension of an entry of `.secrets.baseline`; `hashes` are the values behind an identity that does not tell values apart.
    Identity { identity: Identity, hashes: Vec<String> },
    /// A line of another hook in a form of its own: all of its keys are in [`Line::rest`].
    Other,
}

/// What a person said about an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    pub label: Option<Label>,
    pub reason: Option<String>,
    pub owner: Option<String>,
    /// The last day, `YYYY-MM-DD`, on which the entry forgives.
    pub until: Option<String>,
}

/// The verdict of an audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    FalsePositive,
    Test,
    Real,
    Rotated,
    Accepted,
}

impl Label {
    pub const ALL: [Self; 5] = [Self::FalsePositive, Self::Test, Self::Real, Self::Rotated, Self::Accepted];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FalsePositive => "false-positive",
            Self::Test => "test",
            Self::Real => "real",
            Self::Rotated => "rotated",
            Self::Accepted => "accepted",
        }
    }

    /// The label of that name. An error says which there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|label| label.as_str() == text).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|label| label.as_str()).collect();
            format!("{} is no label; expected one of {}", quote(text), names.join(", "))
        })
    }

    /// The same in detect-secrets' terms.
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Real | Self::Rotated | Self::Accepted)
    }

    /// The label that stands for detect-secrets' flag.
    pub const fn from_is_secret(is_secret: bool) -> Self {
        if is_secret { Self::Real } else { Self::FalsePositive }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Note {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the entry no longer forgives on the day `today` (`YYYY-MM-DD`).
    pub fn is_expired(&self, today: &str) -> bool {
        self.until.as_deref().is_some_and(|until| until < today)
    }
}

impl Line {
    /// A line of the secrets hook.
    pub fn new(path: Text, subject: Accepted) -> Self {
        let hook = HookName::Secrets.as_str().to_owned();
        Self { hook, path, subject, n: None, at: Vec::new(), salt: 0, note: Note::default(), rest: Vec::new() }
    }

    pub fn is_of_secrets(&self) -> bool {
        self.hook == HookName::Secrets.as_str()
    }

    /// The number of occurrences that the line accepts.
    pub fn count(&self) -> u32 {
        self.n.unwrap_or_else(|| u32::try_from(self.hashes().len().max(1)).unwrap_or(u32::MAX))
    }

    /// The values behind an identity of detect-secrets.
    pub fn hashes(&self) -> &[String] {
        match &self.subject {
            Accepted::Identity { hashes, .. } => hashes,
            _ => &[],
        }
    }

    /// Whether a finding's value is one of those behind the identity, under the path of the line.
    pub fn stands_for(&self, salts: &[Salt], finding: &Finding) -> bool {
        let hashes = self.hashes();
        !hashes.is_empty() && {
            let path = self.path.to_path();
            salts.iter().any(|salt| hashes.contains(&fingerprint(Some(salt), finding, path.as_bytes())))
        }
    }

    /// Whether it says what an identity accepts: how many, and if that is a part of values (`is_part`) which.
    pub fn is_recorded(&self, is_part: bool) -> bool {
        !self.hashes().is_empty() || self.n.is_some_and(|n| n == 0 || !is_part)
    }

    pub fn is_anywhere(&self) -> bool {
        self.path == *ANYWHERE
    }

    /// The order of lines, and what makes two lines the same entry.
    pub fn key(&self) -> Key {
        let (name, hash) = match &self.subject {
            Accepted::Value { rule, hash } => (rule.as_str().into(), hash.as_str().into()),
            Accepted::Identity { identity, .. } => (identity.kind.clone(), identity.sha1.clone()),
            Accepted::Other => (Text::default(), super::json::write_line(&Json::object(self.rest.clone())).as_str().into()),
        };
        Key { hook: self.hook.clone(), path: self.path.clone(), name, hash }
    }
}

/// What a line is about: hook, path, rule or type, hash of the value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub hook: String,
    pub path: Text,
    pub name: Text,
    pub hash: Text,
}

impl Companion {
    pub fn new(salt: Salt) -> Self {
        Self { salts: vec![salt], lines: Vec::new(), rest: Vec::new(), crlf: false }
    }

    /// The lines of the secrets hook.
    pub fn secrets(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.is_of_secrets())
    }

    /// The lines that extend entries of `.secrets.baseline`, by path and identity.
    pub fn extensions(&self) -> BTreeMap<(Text, Identity), &Line> {
        let extension = |line: &'_ Line| match &line.subject {
            Accepted::Identity { identity, .. } => Some((line.path.clone(), identity.clone())),
            _ => None,
        };
        self.secrets().filter_map(|line| Some((extension(line)?, line))).collect()
    }

    /// The line that extends an entry of `.secrets.baseline`.
    pub fn extension(&self, path: &Text, identity: &Identity) -> Option<&Line> {
        self.secrets().find(|line| line.path == *path && extends(line, identity))
    }

    /// The same, made if it is missing.
    #[expect(clippy::missing_panics_doc, reason = "the place was just found or made")]
    pub fn extension_mut(&mut self, path: &Text, identity: &Identity) -> &mut Line {
        let place = self.lines.iter().position(|line| line.is_of_secrets() && line.path == *path && extends(line, identity));
        let place = place.unwrap_or_else(|| {
            let subject = Accepted::Identity { identity: identity.clone(), hashes: Vec::new() };
            self.lines.push(Line::new(path.clone(), subject));
            self.lines.len() - 1
        });
        self.lines.get_mut(place).expect("invariant: the place was just found or made")
    }

    /// The bytes of the file.
    pub fn write(&self) -> String {
        write::file(self)
    }
}

fn extends(line: &Line, wanted: &Identity) -> bool {
    matches!(&line.subject, Accepted::Identity { identity, .. } if identity == wanted)
}

#[cfg(test)]
mod tests;
