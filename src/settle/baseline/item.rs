//! The entries of both files in one list, for everything that looks at entries one by one: audit, stats, policy.
//! Promises file order and one item per accepted thing. Changes nothing.

use std::fmt;

use super::companion::{Accepted, Companion, Note};
use super::detect_secrets::{Baseline, Identity};
use super::json::Text;
use super::policy::effective_label;
use crate::source::escape;

/// One accepted thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub path: Text,
    /// From 1; 0 if the file does not say.
    pub line: u32,
    pub what: What,
    /// With the label that counts.
    pub note: Note,
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.path, self.what.name(), self.what.hash())?;
        self.note.label.map_or(Ok(()), |label| write!(f, " ({label})"))
    }
}

/// Which file an item stands in, and under what name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// An entry of `.secrets.baseline`.
    Identity(Identity),
    /// A line of the companion.
    Value { rule: String, hash: String },
}

impl What {
    /// The rule's id or the type of detect-secrets, safe to print.
    pub fn name(&self) -> String {
        match self {
            Self::Identity(identity) => identity.kind.to_string(),
            Self::Value { rule, .. } => escape(rule.as_bytes()).into_owned(),
        }
    }

    /// Safe to print, too: whoever wrote the file wrote what they liked.
    pub fn hash(&self) -> String {
        match self {
            Self::Identity(identity) => identity.sha1.to_string(),
            Self::Value { hash, .. } => escape(hash.as_bytes()).into_owned(),
        }
    }
}

/// All entries, by path, line, hash and name, which is the order of `.secrets.baseline`.
pub fn items(baseline: Option<&Baseline>, companion: Option<&Companion>) -> Vec<Item> {
    let mut items = Vec::new();
    let extensions = companion.map(Companion::extensions).unwrap_or_default();
    for (path, entry) in baseline.into_iter().flat_map(Baseline::entries) {
        let identity = entry.identity();
        let line = extensions.get(&(path.clone(), identity.clone()));
        let mut note = line.map(|line| line.note.clone()).unwrap_or_default();
        note.label = effective_label(note.label, entry.is_secret);
        items.push(Item { path: path.clone(), line: entry.line, what: What::Identity(identity), note });
    }
    for line in companion.into_iter().flat_map(Companion::secrets) {
        if let Accepted::Value { rule, hash } = &line.subject {
            let what = What::Value { rule: rule.clone(), hash: hash.clone() };
            items.push(Item { path: line.path.clone(), line: 0, what, note: line.note.clone() });
        }
    }
    items.sort_by_cached_key(|item| (item.path.clone(), item.line, item.what.hash(), item.what.name()));
    items
}
