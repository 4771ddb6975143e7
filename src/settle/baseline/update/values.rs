//! The lines of the companion that accept values of their own.

use std::collections::{BTreeMap, BTreeSet};

use super::Run;
use super::extensions::{choose, contexts};
use crate::finding::Finding;
use crate::settle::baseline::companion::{ANYWHERE, Accepted, Companion, Line, Salt, fingerprint};
use crate::settle::baseline::detect_secrets::{Baseline, Identity};
use crate::settle::baseline::json::Text;
use crate::settle::baseline::merge::join_repeated;

impl Run<'_> {
    pub(super) fn values(&mut self, companion: &mut Companion, baseline: Option<&Baseline>) {
        if self.scan.scope.only_identities {
            return self.values_of_files_that_are_gone(companion);
        }
        let salts = companion.salts.clone();
        let is_value = |line: &Line| line.is_of_secrets() && matches!(line.subject, Accepted::Value { .. });
        let (lines, others): (Vec<Line>, Vec<Line>) = std::mem::take(&mut companion.lines).into_iter().partition(is_value);
        companion.lines = others;
        let (anywhere, lines): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(Line::is_anywhere);
        let mut by_path: BTreeMap<Text, Vec<Line>> = BTreeMap::new();
        for line in lines {
            by_path.entry(line.path.clone()).or_default().push(line);
        }
        let whole = Text::from(ANYWHERE);
        let everywhere: BTreeSet<String> =
            self.findings.values().flatten().flat_map(|finding| hashes(&salts, finding, &whole)).collect();
        let paths: BTreeSet<Text> = by_path.keys().chain(self.findings.keys()).cloned().collect();
        for path in paths {
            // Entries under the old name of a renamed file are taken up under the new one.
            if !self.is_settled(&path) {
                companion.lines.extend(by_path.remove(&path).unwrap_or_default());
                continue;
            }
            if self.new_path(&path).is_some() && !self.findings.contains_key(&path) {
                continue;
            }
            let mut known = by_path.remove(&path).unwrap_or_default();
            if let Some(old) = self.from.get(&path) {
                known.extend(by_path.remove(old).unwrap_or_default());
            }
            self.values_of(&path, known, &salts, &anywhere, baseline, companion);
        }
        let left: Vec<Line> = by_path.into_values().flatten().collect();
        let gone: Vec<Line> = left
            .into_iter()
            .chain(anywhere.into_iter().filter(|line| {
                let stays = !self.is_whole() || hash(line).is_some_and(|hash| everywhere.contains(hash));
                if stays {
                    companion.lines.push(line.clone());
                }
                !stays
            }))
            .collect();
        for line in gone {
            self.vanish(line, companion);
        }
    }

    /// What remains to be said where no rule of ours has looked: a renamed file is not gone, its lines wait under its former name.
    fn values_of_files_that_are_gone(&mut self, companion: &mut Companion) {
        let is_gone = |line: &Line| {
            hash(line).is_some()
                && line.is_of_secrets()
                && !line.is_anywhere()
                && self.is_gone(&line.path)
                && self.new_path(&line.path).is_none()
        };
        let (gone, stay): (Vec<Line>, Vec<Line>) = std::mem::take(&mut companion.lines).into_iter().partition(is_gone);
        companion.lines = stay;
        for line in gone {
            self.vanish(line, companion);
        }
    }

    fn values_of(
        &mut self,
        path: &Text,
        mut known: Vec<Line>,
        salts: &[Salt],
        anywhere: &[Line],
        baseline: Option<&Baseline>,
        companion: &mut Companion,
    ) {
        let mut groups: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
        for finding in self.findings.get(path).into_iter().flatten() {
            groups.entry(fingerprint(salts.first(), finding, path.to_path().as_bytes())).or_default().push(finding);
        }
        for (own, found) in groups {
            let Some(&first) = found.first() else { continue };
            let is_it = |line: &Line| hash(line).is_some_and(|hash| hashes(salts, first, &line.path).any(|other| other == *hash));
            let line = if let Some((line, is_joined)) = take_joined(&mut known, is_it) {
                let accepted = if self.change.accept_new { found } else { choose(salts, &line, found) };
                let renewed = (is_joined || line.path != *path).then_some((own, first.rule.id));
                grown(line, path, salts, &accepted, renewed)
            } else if self.change.accept_new
                && !anywhere.iter().any(is_it)
                && !is_covered(baseline, path, first)
                && companion.lines.iter().all(|line| line.path != *path || !line.hashes().contains(&own))
            {
                let subject = Accepted::Value { rule: first.rule.id.to_owned(), hash: own };
                grown(Line::new(path.clone(), subject), path, salts, &found, None)
            } else {
                continue;
            };
            companion.lines.push(line);
        }
        for line in known {
            self.vanish(line, companion);
        }
    }

    fn vanish(&mut self, line: Line, companion: &mut Companion) {
        if let Accepted::Value { rule, hash } = &line.subject {
            let label = line.note.label.map(|label| format!(" ({label})")).unwrap_or_default();
            self.vanished.push(format!("{}: {rule} {hash}{label}", line.path));
        }
        if !self.change.drop_vanished {
            companion.lines.push(line);
        }
    }
}

/// Takes the lines about one value out of `known`, as one, and tells whether they were several: a value may have a line under each of
/// the salts.
fn take_joined(known: &mut Vec<Line>, is_it: impl Fn(&Line) -> bool) -> Option<(Line, bool)> {
    let (of_value, others) = std::mem::take(known).into_iter().partition::<Vec<Line>, _>(is_it);
    *known = others;
    let is_joined = of_value.len() > 1;
    let line = of_value.into_iter().reduce(|mut kept, line| {
        join_repeated(&mut kept, &line);
        kept
    })?;
    Some((line, is_joined))
}

/// The line with the accepted occurrences, and after a rename or where several were joined with its new path and hash.
fn grown(mut line: Line, path: &Text, salts: &[Salt], accepted: &[&Finding], renewed: Option<(String, &str)>) -> Line {
    if let Some((hash, rule)) = renewed {
        line.subject = Accepted::Value { rule: rule.to_owned(), hash };
        line.salt = 0;
    }
    line.path = path.clone();
    line.n = u32::try_from(accepted.len()).ok();
    line.at = contexts(salts, accepted);
    line
}

fn hash(line: &Line) -> Option<&String> {
    match &line.subject {
        Accepted::Value { hash, .. } => Some(hash),
        _ => None,
    }
}

fn hashes(salts: &[Salt], finding: &Finding, path: &Text) -> impl Iterator<Item = String> {
    let path = path.to_path();
    salts.iter().map(move |salt| fingerprint(Some(salt), finding, path.as_bytes()))
}

/// Whether `.secrets.baseline` accepts the finding.
fn is_covered(baseline: Option<&Baseline>, path: &Text, finding: &Finding) -> bool {
    let is_there = |baseline: &Baseline| {
        finding.foreign.iter().any(|foreign| baseline.find(path, &Identity::new(foreign.kind, &foreign.sha1)).is_some())
    };
    baseline.is_some_and(is_there)
}
