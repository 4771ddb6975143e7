//! Labels: setting them by filter, moving them in and out as tables, and asking a person key by key.
//! Promises that both files tell the same label, and that a value is shown only with [`crate::finding::AtTerminal`].
//! Reads and writes no file; saving is the caller's.

mod session;
mod table;

pub use session::{Means, Sighting, Terminal, run};
pub use table::{Form, export, import};

use super::companion::{Accepted, Companion, Label, Note, Salt};
use super::item::{Item, What, items};
use super::json::Text;
use super::policy::{Need, Policy, listed};
use super::update::Files;

/// Which entries are meant; a missing part means all.
#[derive(Default)]
pub struct Filter<'a> {
    pub path: Option<&'a dyn Fn(&crate::source::RepoPath) -> bool>,
    /// The hash or its beginning.
    pub hash: Option<String>,
    /// Only entries without label.
    pub unlabelled: bool,
    /// Whether an older baseline had the entry.
    pub old: Option<&'a dyn Fn(&Item) -> bool>,
    /// Whether the entry is of the rules that are meant. Asked last: the answer may need a look into the file.
    pub rule: Option<&'a dyn Fn(&Item) -> bool>,
}

/// What is said about an entry. Parts that are `None` stay as they are, but for the reason of another label: it was not given for this one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    pub label: Option<Label>,
    pub reason: Option<String>,
    pub owner: Option<String>,
    pub until: Option<String>,
}

impl Filter<'_> {
    pub fn accepts(&self, item: &Item) -> bool {
        self.path.is_none_or(|path| path(&item.path.to_path()))
            && self.hash.as_ref().is_none_or(|hash| item.what.hash().starts_with(hash.as_str()))
            && (!self.unlabelled || item.note.label.is_none())
            && self.old.is_none_or(|old| old(item))
            && self.rule.is_none_or(|rule| rule(item))
    }
}

impl std::fmt::Debug for Filter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Filter").field("hash", &self.hash).field("unlabelled", &self.unlabelled).finish_non_exhaustive()
    }
}

/// Why labels were not set: the configuration wants more than was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: a label needs {} here, by `label-needs` of the configuration", listed(needs.iter().map(|need| format!("`{}`", need.as_str()))))]
pub struct Incomplete {
    pub path: Text,
    pub needs: Vec<Need>,
}

/// Marks all entries that the filter accepts, and returns them as they were. None means that nothing matched. `fresh` is for [`set`].
pub fn mark(files: &mut Files, filter: &Filter<'_>, mark: &Mark, policy: &Policy, fresh: Salt) -> Result<Vec<Item>, Incomplete> {
    let items = items(files.baseline.as_ref(), files.companion.as_ref());
    let chosen: Vec<Item> = items.into_iter().filter(|item| filter.accepts(item)).collect();
    for item in &chosen {
        let needs = policy.missing(&mark.applied_to(&item.note));
        if !needs.is_empty() {
            return Err(Incomplete { path: item.path.clone(), needs });
        }
    }
    for item in &chosen {
        set(files, item, &mark.applied_to(&item.note), fresh);
    }
    Ok(chosen)
}

impl Mark {
    fn applied_to(&self, note: &Note) -> Note {
        let or = |new: &Option<String>, old: &Option<String>| new.clone().or_else(|| old.clone());
        let label = self.label.or(note.label);
        let is_relabelled = note.label.is_some() && label != note.label;
        Note {
            label,
            reason: if is_relabelled { self.reason.clone() } else { or(&self.reason, &note.reason) },
            owner: or(&self.owner, &note.owner),
            until: or(&self.until, &note.until),
        }
    }
}

/// Writes the note of one entry into the files. detect-secrets' flag holds what it can; the companion gets a line only for more, and is made
/// with the salt `fresh` if it is not there.
pub fn set(files: &mut Files, item: &Item, note: &Note, fresh: Salt) {
    match &item.what {
        What::Identity(identity) => {
            let flag = note.label.map(Label::is_secret);
            let is_plain = Note { label: flag.map(Label::from_is_secret), ..Note::default() } == *note;
            let is_extended = |companion: &Companion| companion.extension(&item.path, identity).is_some();
            if !is_plain || files.companion.as_ref().is_some_and(is_extended) {
                let companion = files.companion.get_or_insert_with(|| Companion::new(fresh));
                companion.extension_mut(&item.path, identity).note = note.clone();
            }
            let entries = files.baseline.as_mut().and_then(|baseline| baseline.results.get_mut(&item.path));
            let entry = entries.into_iter().flatten().filter(|entry| entry.identity() == *identity);
            entry.for_each(|entry| entry.is_secret = flag);
        }
        What::Value { rule, hash } => {
            let is_it = |subject: &Accepted| matches!(subject, Accepted::Value { rule: r, hash: h } if r == rule && h == hash);
            let lines = files.companion.iter_mut().flat_map(|companion| &mut companion.lines);
            let lines = lines.filter(|line| line.path == item.path && is_it(&line.subject));
            lines.for_each(|line| line.note = note.clone());
        }
    }
}

#[cfg(test)]
mod tests;
