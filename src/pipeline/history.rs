//! A whole history: its versions judged batch by batch, and each value told once however many versions of a file hold it.
//! Promises that a value stands where it came up first, that it counts as often as the version with most of it holds it, and that the
//! newest version with it says whether a comment or the configuration forgives it. Does not walk commits; `snapshot` does.

use std::collections::BTreeMap;
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
    path: RepoPath,
    rule: &'static str,
    hash: [u8; 32],
    number: usize,
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
    /// What the newest version that has it says, and which that is.
    standing: Option<Standing>,
    newest: u32,
}

impl Gathered {
    /// Findings of one file must be in the order of its text; those of several versions of it must not be mixed.
    fn add(&mut self, findings: Vec<(Finding, Option<Standing>)>) {
        let mut counts: BTreeMap<(RepoPath, u32, &'static str, [u8; 32]), usize> = BTreeMap::new();
        for (finding, standing) in findings {
            let Some(order) = finding.appearance.as_ref().map(|appearance| appearance.order) else { continue };
            let (path, rule, hash) = (finding.path.clone(), finding.rule.id, hash(&finding));
            let count = counts.entry((path.clone(), order, rule, hash)).or_default();
            let value = Value { path, rule, hash, number: *count };
            *count += 1;
            match self.0.entry(value) {
                std::collections::btree_map::Entry::Vacant(place) => {
                    place.insert(Told { finding, standing, newest: order });
                }
                std::collections::btree_map::Entry::Occupied(mut place) => place.get_mut().merge(finding, standing, order),
            }
        }
    }

    fn finish(self) -> Vec<(Finding, Option<Standing>)> {
        self.0.into_values().map(|told| (told.finding, told.standing)).collect()
    }
}

impl Told {
    fn merge(&mut self, other: Finding, standing: Option<Standing>, order: u32) {
        if order > self.newest {
            (self.standing, self.newest) = (standing, order);
        }
        let (mine, theirs) = (self.finding.appearance.take(), other.appearance.clone());
        let present = [&mine, &theirs].into_iter().flatten().filter_map(|it| it.present.as_ref());
        // The file itself, else the first of the others by name, whichever version was read first.
        let present = present.min_by_key(|path| (**path != other.path, *path)).cloned();
        let is_older = mine.as_ref().is_none_or(|mine| order < mine.order);
        let mut first = if is_older { theirs } else { mine };
        if is_older {
            self.finding = other;
        }
        if let Some(first) = first.as_mut().filter(|first| first.present != present) {
            Arc::make_mut(first).present = present;
        }
        self.finding.appearance = first;
    }
}

fn hash(finding: &Finding) -> [u8; 32] {
    match &finding.subject {
        Subject::Secret(value) => value.with(|value| Sha256::digest(value).into()),
        Subject::Plain(text) => Sha256::digest(text).into(),
    }
}
