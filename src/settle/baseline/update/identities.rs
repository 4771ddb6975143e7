//! The entries of `.secrets.baseline`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Run, slashed};
use crate::settle::baseline::detect_secrets::{Baseline, Entry, Identity};
use crate::settle::baseline::json::Text;
use crate::settle::baseline::policy::effective_label;

impl Run<'_> {
    pub(super) fn identities(&mut self, baseline: &mut Baseline) {
        let is_slim = baseline.is_slim();
        // Of equal identities in one file the first counts.
        let mut found: BTreeMap<Text, BTreeMap<Identity, u32>> = BTreeMap::new();
        for scanned in self.scan.identities {
            found.entry(slashed(&scanned.path)).or_default().entry(scanned.identity()).or_insert(scanned.line);
        }
        self.carry_renamed(baseline, &found);
        let paths: BTreeSet<Text> = baseline.results.keys().chain(found.keys()).cloned().collect();
        for path in paths {
            if !self.is_settled(&path) {
                continue;
            }
            let mut new = found.remove(&path).unwrap_or_default();
            let mut entries = Vec::new();
            for mut entry in baseline.results.remove(&path).unwrap_or_default() {
                let line = if entry.filename == path { new.remove(&entry.identity()) } else { None };
                if let Some(line) = line {
                    if self.change.refresh_lines && !is_slim {
                        entry.line = line;
                    }
                } else if entry.is_computable() || self.is_gone(&path) {
                    self.vanished.push(describe(&path, &entry));
                    if self.change.drop_vanished {
                        continue;
                    }
                }
                entries.push(entry);
            }
            if self.change.accept_new {
                let line = |line| if is_slim { 0 } else { line };
                entries.extend(new.into_iter().map(|(identity, at)| Entry::new(path.clone(), identity, line(at))));
            }
            if !entries.is_empty() {
                baseline.results.insert(path, entries);
            }
        }
    }

    /// Moves entries of renamed files whose value is found under the new path.
    fn carry_renamed(&self, baseline: &mut Baseline, found: &BTreeMap<Text, BTreeMap<Identity, u32>>) {
        for (new, old) in &self.from {
            let Some(entries) = baseline.results.remove(old) else { continue };
            let is_there = |entry: &Entry| {
                !entry.is_computable() || found.get(new).is_some_and(|identities| identities.contains_key(&entry.identity()))
            };
            let (moved, left): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(is_there);
            if !left.is_empty() {
                baseline.results.insert(old.clone(), left);
            }
            let target = baseline.results.entry(new.clone()).or_default();
            for mut entry in moved {
                entry.filename = new.clone();
                match target.iter_mut().find(|known| known.identity() == entry.identity()) {
                    Some(known) => known.is_secret = known.is_secret.max(entry.is_secret),
                    None => target.push(entry),
                }
            }
        }
        baseline.results.retain(|_, entries| !entries.is_empty());
    }
}

fn describe(path: &Text, entry: &Entry) -> String {
    let label = effective_label(None, entry.is_secret).map(|label| format!(" ({label})")).unwrap_or_default();
    format!("{path}: {} {}{label}", entry.kind, entry.sha1)
}
