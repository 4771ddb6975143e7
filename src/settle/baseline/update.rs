//! The new content of both files after a scan: create, update, prune.
//! Promises that labels survive, that nothing is accepted unless the caller says so, that entries which no plugin of ours computes
//! stay, and that the date changes only with the content. Writes nothing; `store` does.

mod extensions;
mod identities;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use super::companion::{Companion, Salt};
use super::detect_secrets::{Baseline, Scanned, Settings};
use super::former::Gone;
use super::json::Text;
use crate::finding::{Finding, Subject};
use crate::source::RepoPath;

/// Both files; either may be absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Files {
    pub baseline: Option<Baseline>,
    pub companion: Option<Companion>,
}

/// What a scan saw.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    /// What the detect-secrets engine found, in its order.
    pub identities: &'a [Scanned],
    /// What both engines found, less what comments and configuration forgive.
    pub findings: &'a [Finding],
    pub scope: &'a Scope,
}

/// What a scan looked at. Entries of files that are neither judged nor known to be gone are not touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The files that were read to the end: where nothing was found there is nothing.
    pub judged: BTreeSet<RepoPath>,
    /// All files that there are, if the scan knows: entries of others are of files that are gone.
    pub present: Option<BTreeSet<RepoPath>>,
    /// Whether detect-secrets' rules alone decided, as in the profile `compat`: then nothing is known of the values that ours would find.
    pub only_identities: bool,
}

/// What an update may do.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// Add findings that no entry accepts, and raise counts.
    pub accept_new: bool,
    /// Remove entries of judged files whose value was not found.
    pub drop_vanished: bool,
    /// Write the present line numbers.
    pub refresh_lines: bool,
    /// New path to old path.
    pub renamed: &'a BTreeMap<RepoPath, RepoPath>,
    /// UTC, `YYYY-MM-DDTHH:MM:SSZ`.
    pub now: &'a str,
}

/// The outcome of an update.
#[derive(Clone, Debug, PartialEq)]
pub struct Updated {
    pub files: Files,
    /// Entries of judged files whose value was not found, as `path: name hash` with the label: removed, or kept if the change says so.
    pub vanished: Vec<String>,
    /// What the person should be told, lower case, without a full stop.
    pub notes: Vec<String>,
}

/// Fresh files that accept everything found. `file_name` is the last component of the baseline's path.
pub fn create(settings: Settings, file_name: &str, salt: Salt, scan: Scan<'_>, now: &str) -> Updated {
    let files = Files { baseline: Some(Baseline::new(settings, file_name, now)), companion: Some(Companion::new(salt)) };
    let renamed = BTreeMap::new();
    let change = Change { accept_new: true, drop_vanished: true, refresh_lines: true, renamed: &renamed, now };
    let mut updated = update(&files, scan, &change);
    let weak = scan.findings.iter().filter(|finding| is_weak(finding)).count();
    if weak > 0 {
        updated
            .notes
            .push(format!("{weak} values are so short or simple that they can be guessed from their hashes; change them"));
    }
    updated
}

/// A companion beside a `.secrets.baseline` that stays as it is: it accepts what was found and the other file does not hold.
pub fn create_companion(baseline: Option<Baseline>, salt: Salt, scan: Scan<'_>, now: &str) -> Updated {
    let is_known = |scanned: &&Scanned| {
        baseline.as_ref().is_some_and(|baseline| baseline.find(&slashed(&scanned.path), &scanned.identity()).is_some())
    };
    let known: Vec<Scanned> = scan.identities.iter().filter(is_known).cloned().collect();
    let files = Files { baseline, companion: Some(Companion::new(salt)) };
    let renamed = BTreeMap::new();
    let change = Change { accept_new: true, drop_vanished: false, refresh_lines: false, renamed: &renamed, now };
    update(&files, Scan { identities: &known, ..scan }, &change)
}

/// Removes entries whose file or value is gone, and does nothing else. With an empty `vanished` there was nothing to do.
pub fn prune(old: &Files, scan: Scan<'_>, now: &str) -> Updated {
    let renamed = BTreeMap::new();
    update(old, scan, &Change { accept_new: false, drop_vanished: true, refresh_lines: false, renamed: &renamed, now })
}

/// Brings the files up to date with a scan.
pub fn update(old: &Files, scan: Scan<'_>, change: &Change<'_>) -> Updated {
    let mut updated = Updated { files: old.clone(), vanished: Vec::new(), notes: Vec::new() };
    let mut from: BTreeMap<Text, Text> = change.renamed.iter().map(|(new, old)| (slashed(new), slashed(old))).collect();
    let mut findings: BTreeMap<Text, Vec<&Finding>> = BTreeMap::new();
    for finding in scan.findings {
        findings.entry(slashed(&finding.path)).or_default().push(finding);
    }
    let judged = scan.scope.judged.iter().map(slashed).collect();
    let present: Option<BTreeSet<Text>> = scan.scope.present.as_ref().map(|files| files.iter().map(slashed).collect());
    // Where lines are left alone, paths are, too.
    if change.refresh_lines {
        updated.notes.extend(find_former_names(old, &findings, present.as_ref(), &mut from));
    }
    let mut run = Run { scan, change, from, findings, judged, present, vanished: Vec::new() };
    if let Some(baseline) = &mut updated.files.baseline {
        run.identities(baseline);
        if let Some(before) = &old.baseline
            && !baseline.is_slim()
            && !baseline.says_the_same_as(before)
        {
            baseline.generated_at = Some(change.now.into());
        }
    }
    if let Some(companion) = &mut updated.files.companion {
        run.extensions(companion, updated.files.baseline.as_ref());
        run.values(companion, updated.files.baseline.as_ref());
        companion.lines.sort_by_cached_key(super::companion::Line::key);
    }
    updated.vanished = run.vanished;
    updated.notes.extend(contradictions(&updated.files));
    updated
}

/// Whether something was found that `.secrets.baseline` has no words for, or not enough, and there is no other file.
pub fn needs_companion(files: &Files, scan: Scan<'_>) -> bool {
    files.companion.is_none() && scan.findings.iter().any(|finding| finding.foreign.iter().all(|foreign| foreign.is_part))
}

/// Adds to `from` the files that were renamed in an earlier commit, and says so. A file whose entries are in the companion under the new
/// name and in `.secrets.baseline` still under the old one is such a file as well: the update that wrote the companion did not get further.
fn find_former_names(
    old: &Files,
    findings: &BTreeMap<Text, Vec<&Finding>>,
    present: Option<&BTreeSet<Text>>,
    from: &mut BTreeMap<Text, Text>,
) -> Vec<String> {
    let Some(present) = present else { return Vec::new() };
    let (baseline, companion) = (old.baseline.as_ref(), old.companion.as_ref());
    let is_gone = |path: &Text| !present.contains(path) && from.values().all(|old| old != path);
    let in_baseline: BTreeSet<&Text> = baseline.iter().flat_map(|baseline| baseline.results.keys()).collect();
    let in_companion: BTreeSet<&Text> = companion.iter().flat_map(|companion| &companion.lines).map(|line| &line.path).collect();
    let gone = Gone::new(baseline, companion, &is_gone);
    let half_gone = Gone::new(baseline, None, &|path| is_gone(path) && !in_companion.contains(path));
    let mut notes = Vec::new();
    for (path, findings) in findings.iter().filter(|(path, _)| !in_baseline.contains(path)) {
        let gone = if in_companion.contains(path) { &half_gone } else { &gone };
        let Some((name, _)) = gone.name(findings) else { continue };
        if !from.contains_key(path) && from.values().all(|taken| taken != name) {
            notes.push(format!("`{name}` is now `{path}`: its entries go along"));
            from.insert(path.clone(), name.clone());
        }
    }
    notes
}

/// One update in progress.
struct Run<'a> {
    scan: Scan<'a>,
    change: &'a Change<'a>,
    /// New path to old path.
    from: BTreeMap<Text, Text>,
    findings: BTreeMap<Text, Vec<&'a Finding>>,
    judged: BTreeSet<Text>,
    present: Option<BTreeSet<Text>>,
    vanished: Vec<String>,
}

impl Run<'_> {
    /// Whether what was not found in this file is not there.
    fn is_settled(&self, path: &Text) -> bool {
        self.judged.contains(path) || self.is_gone(path)
    }

    /// Whether there is no such file any more.
    fn is_gone(&self, path: &Text) -> bool {
        self.present.as_ref().is_some_and(|present| !present.contains(path)) || self.new_path(path).is_some()
    }

    /// Whether every file of the repository was judged.
    fn is_whole(&self) -> bool {
        self.present.as_ref().is_some_and(|present| present.is_subset(&self.judged))
    }

    /// The path that entries of `path` have after the change, if the file was renamed.
    fn new_path(&self, path: &Text) -> Option<&Text> {
        self.from.iter().find(|(_, old)| *old == path).map(|(new, _)| new)
    }
}

/// Entries on whose label the two files disagree.
fn contradictions(files: &Files) -> Vec<String> {
    let (Some(baseline), Some(companion)) = (&files.baseline, &files.companion) else { return Vec::new() };
    let extensions = companion.extensions();
    let disagree = |(path, entry): (&Text, &super::detect_secrets::Entry)| {
        let label = extensions.get(&(path.clone(), entry.identity()))?.note.label?;
        (entry.is_secret? != label.is_secret())
            .then(|| format!("{path}: the files disagree on the label of a `{}`; it counts as a real secret", entry.kind))
    };
    baseline.entries().filter_map(disagree).collect()
}

fn slashed(path: &RepoPath) -> Text {
    Text::from(path).with_slashes()
}

/// Whether the value can be guessed: fewer than 40 bits if every character of its classes were equally likely.
fn is_weak(finding: &Finding) -> bool {
    let Subject::Secret(value) = &finding.subject else { return false };
    value.with(|value| {
        type Class = (fn(&u8) -> bool, u32);
        let classes: [Class; 4] = [
            (u8::is_ascii_lowercase, 26),
            (u8::is_ascii_uppercase, 26),
            (u8::is_ascii_digit, 10),
            (|byte| !byte.is_ascii_alphanumeric(), 33),
        ];
        let alphabet: u32 = classes.iter().filter(|(is_in, _)| value.iter().any(is_in)).map(|(_, size)| size).sum();
        let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
        f64::from(length) * f64::from(alphabet.max(1)).log2() < 40.0
    })
}

#[cfg(test)]
mod tests;
