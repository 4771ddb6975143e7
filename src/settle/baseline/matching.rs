//! Forgiveness: which findings of a run the two baseline files accept.
//! Promises that a finding is judged by its value and not by its line, that no more occurrences are forgiven than were accepted, and
//! that an identity of detect-secrets which does not tell values apart forgives only the values that were there before.
//! Reads no file and no history: those come from the caller.

mod file;

use std::collections::BTreeMap;

use super::companion::{self, Companion, Line, Salt};
use super::detect_secrets::Baseline;
use super::former::Gone;
use super::json::Text;
use super::policy::Policy;
use crate::finding::{Finding, Subject};
use crate::settle::{Settled, Standing};
use crate::source::RepoPath;

/// A baseline file that was read, and its name for messages.
#[derive(Debug)]
pub struct Named<'a, T> {
    pub file: &'a str,
    pub content: &'a T,
}

impl<T> Clone for Named<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Named<'_, T> {}

/// What may forgive, and what is known about the time before the change.
pub struct Known<'a> {
    pub baseline: Option<Named<'a, Baseline>>,
    pub companion: Option<Named<'a, Companion>>,
    /// `.secrets.baseline` before the change (HEAD's, or that of the range's base). An entry that it lacks is new: whoever added it
    /// accepted what the file holds now.
    pub baseline_before: Option<&'a Baseline>,
    /// The findings of the version of that path before the change, less those that comments and configuration forgive; `None` if there
    /// was no such file. Asked only for files with a finding that needs it.
    pub findings_before: &'a dyn Fn(&RepoPath) -> Option<Vec<Finding>>,
    /// The path under which the change found this file.
    pub renamed_from: &'a dyn Fn(&RepoPath) -> Option<RepoPath>,
    /// Whether no file has this path any more.
    pub is_gone: &'a dyn Fn(&RepoPath) -> bool,
    /// `YYYY-MM-DD`: entries with an earlier `until` no longer forgive.
    pub today: &'a str,
    pub policy: &'a Policy,
}

/// The companion's lines by path.
type Lines<'a> = BTreeMap<&'a Text, Vec<&'a Line>>;

/// Judges findings that no comment and no configuration forgave; their order is kept.
pub fn settle(findings: Vec<Finding>, known: &Known<'_>) -> Vec<Settled> {
    let mut files: BTreeMap<RepoPath, Vec<(usize, Finding)>> = BTreeMap::new();
    for (place, finding) in findings.into_iter().enumerate() {
        files.entry(finding.path.clone()).or_default().push((place, finding));
    }
    let mut lines: Lines<'_> = BTreeMap::new();
    for line in known.companion.iter().flat_map(|companion| &companion.content.lines) {
        lines.entry(&line.path).or_default().push(line);
    }
    let mut settled: Vec<(usize, Settled)> = Vec::new();
    for (path, placed) in files {
        let (places, findings): (Vec<usize>, Vec<Finding>) = placed.into_iter().unzip();
        settled.extend(places.into_iter().zip(file::settle(&path, findings, known, &lines)));
    }
    settled.sort_by_key(|(place, _)| *place);
    let mut settled: Vec<Settled> = settled.into_iter().map(|(_, settled)| settled).collect();
    tell_former_names(&mut settled, known, &lines);
    settled
}

/// Says of open findings that they are known under a name which their file no longer has.
fn tell_former_names(settled: &mut [Settled], known: &Known<'_>, lines: &Lines<'_>) {
    let mut unknown: BTreeMap<RepoPath, Vec<&mut Settled>> = BTreeMap::new();
    for one in settled.iter_mut().filter(|one| one.standing == Standing::Open) {
        unknown.entry(one.finding.path.clone()).or_default().push(one);
    }
    unknown.retain(|path, _| {
        let path = Text::from(path).with_slashes();
        !lines.contains_key(&path) && !known.baseline.is_some_and(|baseline| baseline.content.results.contains_key(&path))
    });
    if unknown.is_empty() {
        return;
    }
    let (baseline, companion) = (known.baseline.map(|named| named.content), known.companion.map(|named| named.content));
    let gone = Gone::new(baseline, companion, &|path| (known.is_gone)(&path.to_path()));
    for open in unknown.values_mut() {
        let findings: Vec<&Finding> = open.iter().map(|one| &one.finding).collect();
        let Some((name, is_known)) = gone.name(&findings) else { continue };
        for (one, _) in open.iter_mut().zip(is_known).filter(|(_, is_known)| *is_known) {
            one.finding.notes.push(format!("known from `{name}`, which is gone: `baseline update` carries its entries over"));
        }
    }
}

/// The fingerprint of a finding in the run's own terms: keyed by the first salt of the companion, if there is one.
pub fn fingerprint(companion: Option<&Companion>, finding: &Finding) -> String {
    companion::fingerprint(companion.and_then(|companion| companion.salts.first()), finding, &slashed(&finding.path))
}

/// A path as baselines hold it.
fn slashed(path: &RepoPath) -> Vec<u8> {
    Text::from(path).with_slashes().to_path().as_bytes().to_vec()
}

fn salts<'a>(known: &Known<'a>) -> &'a [Salt] {
    known.companion.map_or(&[], |companion| companion.content.salts.as_slice())
}

/// Whether two findings are about the same value.
fn same_value(one: &Finding, other: &Finding) -> bool {
    match (&one.subject, &other.subject) {
        (Subject::Secret(one), Subject::Secret(other)) => one == other,
        (Subject::Plain(one), Subject::Plain(other)) => one == other,
        _ => false,
    }
}

impl std::fmt::Debug for Known<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").field("today", &self.today).field("policy", self.policy).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
