//! The lines of the companion that extend entries of `.secrets.baseline`.

use std::collections::{BTreeMap, BTreeSet};

use super::Run;
use crate::finding::Finding;
use crate::settle::baseline::companion::{Accepted, Companion, Line, Salt, context_hash, fingerprint};
use crate::settle::baseline::detect_secrets::{Baseline, Identity};
use crate::settle::baseline::json::Text;
use crate::settle::baseline::merge::join_notes;

impl Run<'_> {
    pub(super) fn extensions(&self, companion: &mut Companion, baseline: Option<&Baseline>) {
        let Some(baseline) = baseline else { return };
        let mut lines: BTreeMap<(Text, Identity), Line> = BTreeMap::new();
        for line in std::mem::take(&mut companion.lines) {
            match &line.subject {
                Accepted::Identity { identity, .. } if line.is_of_secrets() => {
                    lines.insert((line.path.clone(), identity.clone()), line);
                }
                _ => companion.lines.push(line),
            }
        }
        for (path, entry) in baseline.entries() {
            let identity = entry.identity();
            let known = lines.remove(&(path.clone(), identity.clone()));
            let former = self.from.get(path).and_then(|old| lines.remove(&(old.clone(), identity.clone())));
            let known = match (known, former) {
                (Some(mut known), Some(former)) => {
                    known.note = join_notes(&known.note, &former.note);
                    Some(known)
                }
                (known, former) => known.or(former),
            };
            companion.lines.extend(match known {
                known if !self.judged.contains(path) => known,
                known if self.scan.scope.only_identities => known.and_then(|line| moved(line, path)),
                known => self.extension(&companion.salts, path, &identity, known),
            });
        }
        // What is left extends entries that are gone.
        let is_kept = |line: &Line| !self.is_settled(&line.path) || !self.change.drop_vanished;
        companion.lines.extend(lines.into_values().filter(is_kept));
    }

    /// The line after the scan; `None` if it would say nothing.
    fn extension(&self, salts: &[Salt], path: &Text, identity: &Identity, known: Option<Line>) -> Option<Line> {
        let subject = Accepted::Identity { identity: identity.clone(), hashes: Vec::new() };
        let mut line = known.unwrap_or_else(|| Line::new(path.clone(), subject));
        let found = self.findings.get(path).into_iter().flatten();
        // A value behind the identity is recognized as well where detect-secrets, which names one of several, now names another.
        let is_it = |finding: &&&Finding| identity.among(finding).is_some() || line.stands_for(salts, finding);
        let found: Vec<&Finding> = found.filter(is_it).copied().collect();
        let is_part = found.iter().any(|finding| identity.among(finding).is_some_and(|foreign| foreign.is_part));
        if !found.is_empty() && (self.change.accept_new || line.is_recorded(is_part)) {
            let accepted = self.accepted(salts, &line, found);
            let hashes: BTreeSet<String> = accepted
                .iter()
                .filter(|_| is_part)
                .map(|finding| fingerprint(salts.first(), finding, path.to_path().as_bytes()))
                .collect();
            line.subject = Accepted::Identity { identity: identity.clone(), hashes: hashes.into_iter().collect() };
            line.n = u32::try_from(accepted.len()).ok();
            line.at = contexts(salts, &accepted);
            line.salt = 0;
        }
        line.path = path.clone();
        says_something(&line).then_some(line)
    }

    /// The occurrences that the line accepts after this change.
    fn accepted<'f>(&self, salts: &[Salt], line: &Line, mut found: Vec<&'f Finding>) -> Vec<&'f Finding> {
        if self.change.accept_new {
            return found;
        }
        if !line.hashes().is_empty() {
            found.retain(|finding| line.stands_for(salts, finding));
        }
        choose(salts, line, found)
    }
}

/// The line under the path that its file has now. Its hashes are of the former one, and only a scan by our rules could renew them.
fn moved(mut line: Line, path: &Text) -> Option<Line> {
    if line.path != *path {
        if let Accepted::Identity { hashes, .. } = &mut line.subject {
            hashes.clear();
        }
        (line.n, line.at, line.path) = (None, Vec::new(), path.clone());
    }
    says_something(&line).then_some(line)
}

fn says_something(line: &Line) -> bool {
    !line.hashes().is_empty() || line.n.is_some_and(|n| n != 1) || !line.note.is_empty() || !line.rest.is_empty()
}

/// As many occurrences as the line accepts: first those at a place that it knows, in the order of the file.
pub(super) fn choose<'f>(salts: &[Salt], line: &Line, found: Vec<&'f Finding>) -> Vec<&'f Finding> {
    let mut at = line.at.clone();
    let mut is_known = |finding: &&Finding| {
        let place = at.iter().position(|at| salts.iter().any(|salt| context_hash(Some(salt), finding) == *at));
        place.map(|place| at.remove(place)).is_some()
    };
    let (known, rest): (Vec<&Finding>, Vec<&Finding>) = found.into_iter().partition(|finding| is_known(finding));
    known.into_iter().chain(rest).take(line.count() as usize).collect()
}

/// The sorted context hashes.
pub(super) fn contexts(salts: &[Salt], findings: &[&Finding]) -> Vec<String> {
    let mut at: Vec<String> = findings.iter().map(|finding| context_hash(salts.first(), finding)).collect();
    at.sort();
    at
}
