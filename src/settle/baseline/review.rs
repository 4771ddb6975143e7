//! The entries that somebody has to look at: their value is gone, nobody labelled them, their date has passed.
//! Promises file order and one line for each fault, without any part of a value. Changes nothing.

use std::fmt;

use serde::Serialize;

use super::item::items;
use super::update::Updated;

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Its file or its value is gone.
    Stale,
    /// Nobody said what it is.
    Unlabelled,
    /// Its date has passed: it forgives nothing any more.
    Expired,
}

/// A fault of one entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Overdue {
    pub fault: Fault,
    /// `path: rule hash`, with the label behind it in brackets.
    pub entry: String,
}

/// The faults of the entries after an update that accepted nothing: those that it dropped, and those of the ones that stay. `today` is
/// `YYYY-MM-DD`.
pub fn review(updated: &Updated, today: &str) -> Vec<Overdue> {
    let stale = updated.vanished.iter().map(|entry| Overdue { fault: Fault::Stale, entry: entry.clone() });
    let files = &updated.files;
    let kept = items(files.baseline.as_ref(), files.companion.as_ref()).into_iter().flat_map(|item| {
        let unlabelled = item.note.label.is_none().then_some(Fault::Unlabelled);
        let expired = item.note.until.as_deref().is_some_and(|until| until < today).then_some(Fault::Expired);
        let entry = item.to_string();
        unlabelled.into_iter().chain(expired).map(move |fault| Overdue { fault, entry: entry.clone() })
    });
    stale.chain(kept).collect()
}

impl fmt::Display for Overdue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            Fault::Stale => "stale",
            Fault::Unlabelled => "unlabelled",
            Fault::Expired => "expired",
        };
        write!(f, "{fault}: {}", crate::source::escape(self.entry.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::companion::Label;
    use super::super::samples::{baseline, companion};
    use super::super::update::Files;
    use super::*;

    #[test]
    fn every_fault_is_told_with_its_entry() {
        let mut baseline = baseline(&[("a.py", "Secret Keyword", [1; 20]), ("b.py", "Secret Keyword", [2; 20])]);
        let mut companion = companion();
        for (path, entry) in baseline.entries_mut() {
            let note = &mut companion.extension_mut(path, &entry.identity()).note;
            let is_first = *path == *"a.py";
            note.label = is_first.then_some(Label::Test);
            note.until = Some(if is_first { "2026-05-31" } else { "2026-06-01" }.to_owned());
        }
        let files = Files { baseline: Some(baseline), companion: Some(companion) };
        let updated = Updated { files, vanished: vec!["c.py: github-token 77".to_owned()], notes: Vec::new() };
        let said: Vec<String> = review(&updated, "2026-06-01").iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "stale: c.py: github-token 77".to_owned(),
                format!("expired: a.py: Secret Keyword {} (test)", "01".repeat(20)),
                format!("unlabelled: b.py: Secret Keyword {}", "02".repeat(20)),
            ]
        );
    }
}
