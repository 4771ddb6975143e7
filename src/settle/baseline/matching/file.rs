//! The findings of one file against the entries of that file.

use std::collections::{BTreeMap, BTreeSet};

use super::{Known, Lines, Named, salts, same_value, slashed};
use crate::finding::Finding;
use crate::secret::rules;
use crate::settle::baseline::companion::{ANYWHERE, Accepted, Line, Note, Salt, context_hash, fingerprint};
use crate::settle::baseline::detect_secrets::{Baseline, Entry, Identity};
use crate::settle::baseline::json::Text;
use crate::settle::baseline::merge::join_repeated;
use crate::settle::{Forgiver, Settled, Standing};
use crate::source::RepoPath;

pub(super) fn settle(path: &RepoPath, findings: Vec<Finding>, known: &Known<'_>, lines: &Lines<'_>) -> Vec<Settled> {
    let from = (known.renamed_from)(path);
    let mut judge = Judge {
        known,
        lines,
        paths: std::iter::once(path).chain(from.as_ref()).map(|path| Text::from(path).with_slashes()).collect(),
        before: None,
        before_path: from.as_ref().unwrap_or(path),
        standings: vec![None; findings.len()],
        remarks: vec![None; findings.len()],
    };
    judge.by_value(&findings);
    judge.by_identity(&findings);
    let Judge { standings, remarks, .. } = judge;
    let salt = salts(known).first();
    let own_path = slashed(path);
    let finish = |((mut finding, standing), remark): ((Finding, Option<Standing>), Option<Remark>)| {
        let fingerprint = fingerprint(salt, &finding, &own_path);
        let standing = standing.unwrap_or(Standing::Open);
        let remark = remark.filter(|_| standing == Standing::Open);
        let is_refused = matches!(remark, Some(Remark::Refused(_)));
        finding.notes.extend(remark.map(|(Remark::Refused(text) | Remark::Unlike(text))| text));
        Settled { finding, standing, is_refused, fingerprint }
    };
    findings.into_iter().zip(standings).zip(remarks).map(finish).collect()
}

/// Why an entry that is about a finding does not forgive it.
#[derive(Clone)]
enum Remark {
    /// It forgives nothing: expired, or the configuration asks more of it.
    Refused(String),
    /// It forgives another value, or fewer of this one.
    Unlike(String),
}

/// The state of judging one file.
struct Judge<'a> {
    known: &'a Known<'a>,
    lines: &'a Lines<'a>,
    /// The path and, after a rename, the former one.
    paths: Vec<Text>,
    before_path: &'a RepoPath,
    /// The findings before the change, once they were asked for.
    before: Option<Before>,
    standings: Vec<Option<Standing>>,
    /// Why an entry that is there does not forgive.
    remarks: Vec<Option<Remark>>,
}

/// The findings of the version before; `None` if there was no such file.
struct Before(Option<Vec<Finding>>);

/// How much an entry accepts.
struct Allowance {
    /// Occurrences, `None` for any number.
    count: Option<usize>,
    /// Context hashes of the accepted occurrences.
    at: Vec<String>,
}

impl<'a> Judge<'a> {
    /// Lines of the companion that accept a value.
    fn by_value(&mut self, findings: &[Finding]) {
        let Some(Named { file, .. }) = self.known.companion else { return };
        let anywhere = Text::from(ANYWHERE);
        for path in self.paths.clone().iter().chain([&anywhere]) {
            let Some(lines) = self.lines.get(path) else { continue };
            for (candidates, line) in self.lines_by_places(findings, path, lines) {
                let count = (!line.is_anywhere()).then(|| line.count() as usize);
                self.forgive(findings, candidates, Allowance { count, at: line.at }, file, &line.note);
            }
        }
    }

    /// The lines that accept values found here, by the findings. Where files were merged that were made independently, one value may
    /// have a line under each of the salts: they are one entry.
    fn lines_by_places(&self, findings: &[Finding], path: &Text, lines: &[&Line]) -> BTreeMap<Vec<usize>, Line> {
        let places = self.places_by_hash(findings, path);
        let mut joined: BTreeMap<Vec<usize>, Line> = BTreeMap::new();
        for line in lines {
            let Accepted::Value { hash, .. } = &line.subject else { continue };
            let is_of_its_hook =
                |place: &usize| findings.get(*place).is_some_and(|finding| finding.rule.hook.as_str() == line.hook);
            let candidates: Vec<usize> = places.get(hash).into_iter().flatten().copied().filter(is_of_its_hook).collect();
            if candidates.is_empty() {
                continue;
            }
            joined.entry(candidates).and_modify(|kept| join_repeated(kept, line)).or_insert_with(|| Line::clone(line));
        }
        joined
    }

    /// The findings by the hashes that stand for them under this path. A hash covers the rule, so the rule needs no second look.
    fn places_by_hash(&self, findings: &[Finding], path: &Text) -> BTreeMap<String, Vec<usize>> {
        let path = path.to_path();
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, finding) in findings.iter().enumerate() {
            for salt in salts(self.known) {
                places.entry(fingerprint(Some(salt), finding, path.as_bytes())).or_default().push(place);
            }
        }
        places
    }

    /// Entries of `.secrets.baseline`. Those that tell values come first: a finding that one of them accepts needs no other.
    fn by_identity(&mut self, findings: &[Finding]) {
        let Some(Named { file, content }) = self.known.baseline else { return };
        let mut groups: BTreeMap<Identity, (bool, Vec<usize>)> = BTreeMap::new();
        for (place, finding) in findings.iter().enumerate() {
            for foreign in &finding.foreign {
                let (is_part, group) = groups.entry(Identity::new(foreign.kind, &foreign.sha1)).or_default();
                *is_part |= foreign.is_part;
                if group.last() != Some(&place) {
                    group.push(place);
                }
            }
        }
        self.add_known_values(findings, &mut groups);
        let mut groups: Vec<_> = groups.into_iter().map(|(identity, (is_part, group))| (is_part, identity, group)).collect();
        groups.sort();
        for (is_part, identity, mut candidates) in groups {
            let Some((path, entry)) = self.entry(content, &identity) else { continue };
            let line = self.extension(&path, &identity);
            let note = note(line, &entry);
            if candidates.iter().all(|&place| self.is_forgiven(place)) && !self.known.policy.refuses_as_real(&note) {
                continue;
            }
            let allowance = self.allowance(findings, &identity, line, is_part, &mut candidates);
            self.forgive(findings, candidates, allowance, file, &note);
        }
    }

    /// Adds the findings whose value is recorded behind an identity that detect-secrets gives to another one now: of several keys in a
    /// file it names the first.
    fn add_known_values(&self, findings: &[Finding], groups: &mut BTreeMap<Identity, (bool, Vec<usize>)>) {
        for path in &self.paths {
            let lines =
                self.lines.get(path).into_iter().flatten().filter(|line| line.is_of_secrets() && !line.hashes().is_empty());
            let mut places_by_hash = None;
            for line in lines {
                let Accepted::Identity { identity, hashes } = &line.subject else { continue };
                let places_by_hash = places_by_hash.get_or_insert_with(|| self.places_by_hash(findings, path));
                let places: BTreeSet<usize> =
                    hashes.iter().filter_map(|hash| places_by_hash.get(hash)).flatten().copied().collect();
                if !places.is_empty() {
                    let (is_part, group) = groups.entry(identity.clone()).or_default();
                    *is_part = true;
                    *group = places.into_iter().chain(group.drain(..)).collect::<BTreeSet<_>>().into_iter().collect();
                }
            }
        }
    }

    fn entry(&self, baseline: &Baseline, identity: &Identity) -> Option<(Text, Entry)> {
        self.paths.iter().find_map(|path| Some((path.clone(), baseline.find(path, identity)?.clone())))
    }

    fn extension(&self, path: &Text, wanted: &Identity) -> Option<&'a Line> {
        let is_it = |line: &&&Line| {
            line.is_of_secrets() && matches!(&line.subject, Accepted::Identity { identity, .. } if identity == wanted)
        };
        self.lines.get(path)?.iter().find(is_it).copied()
    }

    /// How many occurrences are accepted. An identity that is a part of values accepts some of those: the others are no candidates.
    fn allowance(
        &mut self,
        findings: &[Finding],
        identity: &Identity,
        line: Option<&Line>,
        is_part: bool,
        candidates: &mut Vec<usize>,
    ) -> Allowance {
        // Where detect-secrets' own rules decide, its own idea of sameness does, too.
        if candidates.iter().filter_map(|&place| findings.get(place)).all(|finding| *finding.rule == rules::DETECT_SECRETS) {
            return Allowance { count: None, at: Vec::new() };
        }
        if let Some(line) = line.filter(|line| line.is_recorded(is_part)) {
            if is_part {
                let salts = salts(self.known);
                self.keep(findings, identity, candidates, |finding| line.stands_for(salts, finding));
            }
            return Allowance { count: Some(line.count() as usize), at: line.at.clone() };
        }
        if self.known.baseline_before.is_none_or(|before| self.entry(before, identity).is_none()) {
            return Allowance { count: None, at: Vec::new() };
        }
        let salt = salts(self.known).first();
        // Without a version before, as of a file that comes back, nothing says which value a part of one meant.
        let before = self.before().unwrap_or_default().iter();
        let accepted: Vec<Finding> = before.filter(|finding| identity.among(finding).is_some()).cloned().collect();
        let at = accepted.iter().map(|finding| context_hash(salt, finding)).collect();
        if is_part {
            self.keep(findings, identity, candidates, |new| accepted.iter().any(|old| same_value(old, new)));
        }
        Allowance { count: Some(accepted.len().max(1)), at }
    }

    /// Keeps the candidates whose value is known or told by the identity, and says of the others why they are open.
    fn keep(
        &mut self,
        findings: &[Finding],
        identity: &Identity,
        candidates: &mut Vec<usize>,
        is_known: impl Fn(&Finding) -> bool,
    ) {
        candidates.retain(|&place| {
            let is_whole = |finding: &Finding| identity.among(finding).is_some_and(|foreign| !foreign.is_part);
            let known = findings.get(place).is_some_and(|finding| is_whole(finding) || is_known(finding));
            if let (false, false, Some(remark)) = (known, self.is_forgiven(place), self.remarks.get_mut(place)) {
                let text = format!("the baseline has a `{}` of this file, but with another value", identity.kind);
                *remark = Some(Remark::Unlike(text));
            }
            known
        });
    }

    fn before(&mut self) -> Option<&[Finding]> {
        self.before.get_or_insert_with(|| Before((self.known.findings_before)(self.before_path))).0.as_deref()
    }

    fn is_forgiven(&self, place: usize) -> bool {
        self.standings.get(place).is_some_and(Option::is_some)
    }

    /// Forgives as many candidates as are allowed. What another entry forgave counts as well; then come those at a known place.
    fn forgive(&mut self, findings: &[Finding], candidates: Vec<usize>, mut allowed: Allowance, file: &str, note: &Note) {
        let refusal = self.refusal(note);
        if self.known.policy.refuses_as_real(note) {
            return self.refuse(&candidates, refusal.as_deref());
        }
        let salts: Vec<Option<&Salt>> = match salts(self.known) {
            [] => vec![None],
            salts => salts.iter().map(Some).collect(),
        };
        let mut is_at_known_place = |place: usize| {
            let Some(finding) = findings.get(place) else { return false };
            let found = allowed.at.iter().position(|at| salts.iter().any(|salt| context_hash(*salt, finding) == *at));
            found.map(|at| allowed.at.remove(at)).is_some()
        };
        let mut ranked: Vec<(bool, bool, usize)> =
            candidates.into_iter().map(|place| (!self.is_forgiven(place), !is_at_known_place(place), place)).collect();
        ranked.sort_unstable();
        let mut left = allowed.count.unwrap_or(usize::MAX);
        for (is_open, _, place) in ranked {
            if is_open && left > 0 && refusal.is_none() {
                if let Some(slot) = self.standings.get_mut(place) {
                    *slot = Some(Standing::Forgiven { by: Forgiver::Baseline { file: file.to_owned() }, reason: reason(note) });
                }
            } else if let (true, Some(remark)) = (is_open, self.remarks.get_mut(place)) {
                let count = allowed.count.unwrap_or_default();
                let more = || format!("`{file}` accepts {count} of these in this file; this one is more");
                *remark = Some(refusal.clone().map_or_else(|| Remark::Unlike(more()), Remark::Refused));
            }
            left = left.saturating_sub(1);
        }
    }

    /// Leaves them open, whatever other entries say: nobody forgives what one of them calls a real secret.
    fn refuse(&mut self, candidates: &[usize], refusal: Option<&str>) {
        for &place in candidates {
            if let (Some(standing), Some(remark)) = (self.standings.get_mut(place), self.remarks.get_mut(place)) {
                *standing = Some(Standing::Open);
                *remark = refusal.map(|refusal| Remark::Refused(refusal.to_owned()));
            }
        }
    }

    /// Why an entry with this note does not forgive.
    fn refusal(&self, note: &Note) -> Option<String> {
        if note.is_expired(self.known.today) {
            return Some(format!("the baseline entry expired on {}", note.until.as_deref().unwrap_or_default()));
        }
        self.known.policy.refusal(note)
    }
}

/// The note of an entry of `.secrets.baseline`: the companion's, and the stricter of both labels.
fn note(line: Option<&Line>, entry: &Entry) -> Note {
    let mut note = line.map(|line| line.note.clone()).unwrap_or_default();
    note.label = crate::settle::baseline::policy::effective_label(note.label, entry.is_secret);
    note
}

fn reason(note: &Note) -> Option<String> {
    note.reason.clone().or_else(|| note.label.map(|label| label.as_str().to_owned()))
}
