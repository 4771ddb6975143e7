//! The merge of two `.gatewright-baseline.jsonl`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Presence, all_keys, merge_members, presence, three_way};
use crate::settle::baseline::companion::{Accepted, Companion, Key, Label, Line, Note, Salt};

pub(super) fn merge(base: Option<Companion>, mut ours: Companion, mut theirs: Companion) -> Companion {
    let mut salts = base.as_ref().map(|base| base.salts.clone()).unwrap_or_default();
    let new: BTreeSet<Salt> = ours.salts.iter().chain(&theirs.salts).filter(|salt| !salts.contains(salt)).copied().collect();
    salts.extend(new);
    let mut base = base.unwrap_or_else(|| Companion {
        salts: Vec::new(),
        lines: Vec::new(),
        rest: Vec::new(),
        crlf: ours.crlf && theirs.crlf,
    });
    for side in [&mut base, &mut ours, &mut theirs] {
        number_salts(side, &salts);
    }
    let (b, o, t) = (index(&base), index(&ours), index(&theirs));
    let lines = all_keys([&o, &t]).into_iter().filter_map(|key| {
        let known = b.get(&key);
        match presence(known, o.get(&key), t.get(&key), |base, one| base == one) {
            Presence::Out => None,
            Presence::One(line) => Some((*line).clone()),
            Presence::Both(ours, theirs) => Some(merge_line(known.copied(), ours, theirs)),
        }
    });
    let lines = lines.collect();
    let rest = merge_members(&base.rest, &ours.rest, &theirs.rest);
    let crlf = three_way(Some(&base.crlf), &ours.crlf, &theirs.crlf, |ours, theirs| *ours && *theirs);
    Companion { salts, lines, rest, crlf }
}

/// Rewrites the numbers of salts to those of the merged list.
fn number_salts(side: &mut Companion, salts: &[Salt]) {
    for line in &mut side.lines {
        let salt = side.salts.get(line.salt);
        line.salt = salt.and_then(|salt| salts.iter().position(|known| known == salt)).unwrap_or(line.salt);
    }
}

fn index(companion: &Companion) -> BTreeMap<Key, &Line> {
    companion.lines.iter().map(|line| (line.key(), line)).collect()
}

fn merge_line(base: Option<&Line>, ours: &Line, theirs: &Line) -> Line {
    let subject = match (&ours.subject, &theirs.subject) {
        (Accepted::Identity { identity, hashes }, Accepted::Identity { hashes: others, .. }) => {
            let known = base.map(Line::hashes).unwrap_or_default();
            Accepted::Identity { identity: identity.clone(), hashes: merge_set(known, hashes, others) }
        }
        _ => ours.subject.clone(),
    };
    Line {
        subject,
        n: three_way(base.map(|base| &base.n), &ours.n, &theirs.n, |ours, theirs| {
            sum(base.and_then(|base| base.n), *ours, *theirs)
        }),
        at: merge_list(base.map_or(&[], |base| &base.at), &ours.at, &theirs.at),
        note: merge_note(base.map(|base| &base.note), &ours.note, &theirs.note),
        rest: merge_members(base.map_or(&[], |base| &base.rest), &ours.rest, &theirs.rest),
        salt: ours.salt.min(theirs.salt),
        ..ours.clone()
    }
}

/// What both sides added to the base, but never less than one. Without a base both accepted the same thing: the larger number.
fn sum(base: Option<u32>, ours: Option<u32>, theirs: Option<u32>) -> Option<u32> {
    let (Some(ours), Some(theirs)) = (ours.or(Some(1)), theirs.or(Some(1))) else { return None };
    Some(base.map_or(ours.max(theirs), |base| ours.saturating_add(theirs).saturating_sub(base).max(1)))
}

/// Either side's additions, less either side's removals.
fn merge_set(base: &[String], ours: &[String], theirs: &[String]) -> Vec<String> {
    let all: BTreeSet<&String> = ours.iter().chain(theirs).collect();
    let stays = |item: &&String| !base.contains(item) || (ours.contains(item) && theirs.contains(item));
    all.into_iter().filter(stays).cloned().collect()
}

/// The same for a list in which an item may stand several times.
fn merge_list(base: &[String], ours: &[String], theirs: &[String]) -> Vec<String> {
    let all: BTreeSet<&String> = ours.iter().chain(theirs).collect();
    let count = |list: &[String], item: &String| list.iter().filter(|other| *other == item).count();
    let merged = |item: &String| match (count(base, item), count(ours, item), count(theirs, item)) {
        (0, ours, theirs) => ours.max(theirs),
        (base, ours, theirs) => (ours + theirs).saturating_sub(base),
    };
    all.into_iter().flat_map(|item| std::iter::repeat_n(item.clone(), merged(item))).collect()
}

fn merge_note(base: Option<&Note>, ours: &Note, theirs: &Note) -> Note {
    three_way(base, ours, theirs, |ours, theirs| {
        // Without a base, a note without label said nothing: it took none away.
        let both = |ours: &Option<Label>, theirs: &Option<Label>| match base {
            Some(_) => stricter_label(*ours, *theirs),
            None => stricter_label(ours.or(*theirs), theirs.or(*ours)),
        };
        let label = three_way(base.map(|base| &base.label), &ours.label, &theirs.label, both);
        // Reason and owner belong to the label that won.
        let speaker = match (ours.label == label, theirs.label == label) {
            (true, false) => Some(ours),
            (false, true) => Some(theirs),
            _ => None,
        };
        let text = |field: fn(&Note) -> &Option<String>| {
            let both = |ours: &Option<String>, theirs: &Option<String>| {
                speaker.map_or_else(|| ours.clone().max(theirs.clone()), |note| field(note).clone())
            };
            three_way(base.map(field), field(ours), field(theirs), both)
        };
        // Of two dates the earlier one lets less pass, and any date less than none.
        let earlier = |ours: &Option<String>, theirs: &Option<String>| [ours, theirs].into_iter().flatten().min().cloned();
        let until = three_way(base.map(|base| &base.until), &ours.until, &theirs.until, earlier);
        Note { label, reason: text(|note| &note.reason), owner: text(|note| &note.owner), until }
    })
}

/// The note of two lines of which one was written without knowing the other.
pub(in crate::settle::baseline) fn join_notes(one: &Note, other: &Note) -> Note {
    merge_note(None, one, other)
}

/// Of two labels the one that lets less pass.
fn stricter_label(one: Option<Label>, other: Option<Label>) -> Option<Label> {
    let rank = |label: &Option<Label>| match label {
        Some(Label::FalsePositive) => 0,
        Some(Label::Test) => 1,
        None => 2,
        Some(Label::Rotated) => 3,
        Some(Label::Accepted) => 4,
        Some(Label::Real) => 5,
    };
    [one, other].into_iter().max_by_key(rank).flatten()
}

/// Joins two lines of one file that are about the same: the larger count, every context and hash, the labelled and stricter note. The
/// hash of a value stays the one of `kept`.
pub(in crate::settle::baseline) fn join_repeated(kept: &mut Line, other: &Line) {
    *kept = merge_line(None, kept, other);
}
