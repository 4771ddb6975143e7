//! A whole history: its versions judged batch by batch, and each value told once for a path however many versions hold it there.
//! Promises that a value stands where it came up first, that it counts as often as the version with most of it holds it, that the newest
//! version with it says whether a comment or the configuration forgives it, and that copies are known as such. Does not walk commits;
//! `snapshot` does.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Judge, Sighted, judge_entries};
use crate::finding::{Finding, Subject};
use crate::hook::Hook;
use crate::settle::{Standing, Unread};
use crate::snapshot::Snapshot;
use crate::source::{Appearance, RepoPath};

/// Versions that are judged before what was found is gathered and the cache may be saved.
const BATCH: usize = 16_384;

/// Judges all versions of a history. `done` is told how many are behind us.
pub fn judge_history<H: Hook>(snapshot: &Snapshot, judge: &Judge<'_, H>, done: &(dyn Fn(usize) + Sync)) -> Sighted {
    let mut all = Sighted::default();
    let mut gathered = Gathered::default();
    let mut before = 0;
    for batch in snapshot.entries().chunks(BATCH) {
        let mut sighted = judge_entries(snapshot, batch, judge, &|count| done(before + count));
        before += batch.len();
        gathered.add(std::mem::take(&mut sighted.findings));
        // Comments in old versions cannot be taken out any more.
        sighted.unused.clear();
        all.append(sighted);
        if let Some(cache) = judge.cache {
            cache.save_now_and_then();
        }
    }
    all.findings = gathered.finish();
    all
}

/// Says when the version came up that could not be judged.
pub(super) fn note_commit(unread: &mut [Unread], appearance: &Appearance) {
    for unread in unread {
        let commit = appearance.commit.get(..10).unwrap_or(&appearance.commit);
        unread.gap.reason = format!("{} (the version that came up in {commit})", unread.gap.reason).into();
    }
}

/// The values of a history.
#[derive(Debug, Default)]
struct Gathered(BTreeMap<Value, Told>);

/// A rule's value in a file: its n-th occurrence.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Value {
    rule: &'static str,
    hash: [u8; 32],
    number: usize,
    path: RepoPath,
}

impl Value {
    /// Whether they differ in the path at most.
    fn is_same(&self, other: &Self) -> bool {
        (self.rule, self.hash, self.number) == (other.rule, other.hash, other.number)
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Value").field("path", &self.path).field("rule", &self.rule).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Told {
    /// In the version in which it came up first.
    finding: Finding,
    /// What the newest version that has it says.
    standing: Option<Standing>,
    /// All that have it.
    versions: Vec<Arc<Appearance>>,
    oldest: u32,
    newest: Age,
}

/// A version that came back after others is the one that is in HEAD under this path, whenever it came up; else the order tells.
type Age = (bool, u32);

fn age(version: &Appearance, path: &RepoPath) -> Age {
    (version.present.as_ref() == Some(path), version.order)
}

impl Gathered {
    /// Findings of one file must be in the order of its text; those of several versions of it must not be mixed.
    fn add(&mut self, findings: Vec<(Finding, Option<Standing>)>) {
        let mut counts: BTreeMap<(RepoPath, u32, &'static str, [u8; 32]), usize> = BTreeMap::new();
        for (finding, standing) in findings {
            let Some(version) = finding.appearance.clone() else { continue };
            let (path, rule, hash, order) = (finding.path.clone(), finding.rule.id, hash(&finding), version.order);
            let count = counts.entry((path.clone(), order, rule, hash)).or_default();
            let value = Value { rule, hash, number: *count, path };
            *count += 1;
            match self.0.entry(value) {
                Entry::Vacant(place) => {
                    let newest = age(&version, &place.key().path);
                    place.insert(Told { finding, standing, versions: vec![version], oldest: order, newest });
                }
                Entry::Occupied(mut place) => place.get_mut().merge(finding, standing, version),
            }
        }
    }

    fn finish(self) -> Vec<(Finding, Option<Standing>)> {
        let mut all: Vec<(Value, Told)> = self.0.into_iter().collect();
        let mut number = 0;
        for paths in all.chunk_by_mut(|(one, _), (other, _)| one.is_same(other)) {
            for copies in copies(paths) {
                number += 1;
                join(paths, &copies, number);
            }
        }
        all.into_iter().map(|(_, told)| (told.finding, told.standing)).collect()
    }
}

impl Told {
    fn merge(&mut self, finding: Finding, standing: Option<Standing>, version: Arc<Appearance>) {
        let age = age(&version, &finding.path);
        if age > self.newest {
            (self.standing, self.newest) = (standing, age);
        }
        if version.order < self.oldest {
            (self.finding, self.oldest) = (finding, version.order);
        }
        self.versions.push(version);
    }
}

/// The places in `paths`, all of one value, of those that held the same content, each with the next or through others.
fn copies(paths: &[(Value, Told)]) -> Vec<Vec<usize>> {
    let versions = |place: usize| paths.get(place).into_iter().flat_map(|(_, told)| &told.versions);
    let mut holders: HashMap<&str, Vec<usize>> = HashMap::new();
    for place in 0..paths.len() {
        versions(place).for_each(|version| holders.entry(&version.blob).or_default().push(place));
    }
    let mut left: BTreeSet<usize> = (0..paths.len()).collect();
    let mut all = Vec::new();
    while let Some(first) = left.pop_first() {
        let (mut joined, mut done) = (vec![first], 0);
        while let Some(&place) = joined.get(done) {
            let holders = versions(place).filter_map(|version| holders.remove(version.blob.as_str()));
            joined.extend(holders.flatten().filter(|holder| left.remove(holder)));
            done += 1;
        }
        all.push(joined);
    }
    all
}

/// Says of copies that they are, and where one of them still is: under its own path, else under the first of the others by name.
fn join(paths: &mut [(Value, Told)], copies: &[usize], number: u32) {
    let told = copies.iter().filter_map(|&place| paths.get(place));
    let present = told.flat_map(|(_, told)| &told.versions).filter_map(|version| version.present.clone());
    let present: BTreeSet<RepoPath> = present.collect();
    for &place in copies {
        let Some((value, told)) = paths.get_mut(place) else { continue };
        if let Some(appearance) = &mut told.finding.appearance {
            let appearance = Arc::make_mut(appearance);
            appearance.present = present.get(&value.path).or(present.first()).cloned();
            appearance.copies = (copies.len() > 1).then_some(number);
        }
    }
}

fn hash(finding: &Finding) -> [u8; 32] {
    match &finding.subject {
        Subject::Secret(value) => value.with(|value| Sha256::digest(value).into()),
        Subject::Plain(text) => Sha256::digest(text).into(),
    }
}
