//! The merge of two `.secrets.baseline`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Presence, all_keys, merge_members, presence, three_way};
use crate::settle::baseline::detect_secrets::{Baseline, Entry, Identity, Setting, Settings, stricter};
use crate::settle::baseline::json::{Json, Member, Text, write_python};
use crate::settle::baseline::text;

/// A setting that both sides changed differently (or one changed and the other removed).
struct Conflict {
    name: String,
    ours: Option<String>,
    theirs: Option<String>,
}

/// The merged text and the names of conflicting settings.
pub(super) fn merge(base: Option<&Baseline>, ours: &Baseline, theirs: &Baseline) -> (String, Vec<String>) {
    let mut conflicts = Vec::new();
    let part = |side: fn(&Settings) -> &Vec<Setting>| {
        (base.map(|base| side(&base.settings).as_slice()), side(&ours.settings).as_slice(), side(&theirs.settings).as_slice())
    };
    let plugins = merge_settings("name", part(|settings| &settings.plugins), &mut conflicts);
    let filters = merge_settings("path", part(|settings| &settings.filters), &mut conflicts);
    let mut settings = Settings { plugins, filters };
    settings.normalise();
    let newer = |one: &Baseline, other: &Baseline| {
        let number =
            |baseline: &Baseline| baseline.version.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u64>>();
        (number(one), &one.version) >= (number(other), &other.version)
    };
    let empty: &[Member] = &[];
    let merged = Baseline {
        version: if newer(ours, theirs) { ours.version.clone() } else { theirs.version.clone() },
        settings,
        results: merge_results(base, ours, theirs),
        generated_at: ours.generated_at.clone().max(theirs.generated_at.clone()),
        rest: merge_members(base.map_or(empty, |base| &base.rest), &ours.rest, &theirs.rest),
        crlf: false,
    };
    let mut out = merged.write();
    for conflict in &conflicts {
        out = mark(&out, conflict);
    }
    if three_way(base.map(|base| &base.crlf), &ours.crlf, &theirs.crlf, |ours, theirs| *ours && *theirs) {
        out = text::with_crlf(&out);
    }
    (out, conflicts.into_iter().map(|conflict| conflict.name).collect())
}

type Key = (Text, Identity, Text);

fn index(baseline: &Baseline) -> BTreeMap<Key, &Entry> {
    baseline.entries().map(|(path, entry)| ((path.clone(), entry.identity(), entry.filename.clone()), entry)).collect()
}

fn merge_results(base: Option<&Baseline>, ours: &Baseline, theirs: &Baseline) -> BTreeMap<Text, Vec<Entry>> {
    let (b, o, t) = (base.map(index).unwrap_or_default(), index(ours), index(theirs));
    let mut results: BTreeMap<Text, Vec<Entry>> = BTreeMap::new();
    // A line that moved is no reason to keep what the other side removed; a label is.
    let untouched = |base: &&Entry, one: &&Entry| base.is_secret == one.is_secret && base.rest == one.rest;
    for key in all_keys([&o, &t]) {
        let known = b.get(&key).copied();
        let entry = match presence(known.as_ref(), o.get(&key), t.get(&key), untouched) {
            Presence::Out => continue,
            Presence::One(one) => (*one).clone(),
            Presence::Both(ours, theirs) => merge_entry(known, ours, theirs),
        };
        results.entry(key.0).or_default().push(entry);
    }
    for (path, entries) in &mut results {
        restore_slim_order(entries, [ours, theirs].map(|side| side.results.get(path).map_or(&[][..], Vec::as_slice)));
    }
    results
}

/// Entries without line numbers keep the order of the side that has more of them (its first entry decides between equals).
fn restore_slim_order(entries: &mut [Entry], sides: [&[Entry]; 2]) {
    if entries.iter().any(|entry| entry.line > 0) {
        return;
    }
    let rank = |side: &&[Entry]| (side.len(), side.iter().map(Entry::identity).collect::<Vec<_>>());
    let Some(leader) = sides.into_iter().max_by_key(rank) else { return };
    let places: BTreeMap<Identity, usize> = leader.iter().enumerate().map(|(place, entry)| (entry.identity(), place)).collect();
    entries.sort_by_key(|entry| places.get(&entry.identity()).copied().unwrap_or(usize::MAX));
}

fn merge_entry(base: Option<&Entry>, ours: &Entry, theirs: &Entry) -> Entry {
    Entry {
        is_verified: three_way(base.map(|base| &base.is_verified), &ours.is_verified, &theirs.is_verified, |ours, theirs| {
            *ours || *theirs
        }),
        line: three_way(base.map(|base| &base.line), &ours.line, &theirs.line, |ours, theirs| *ours.max(theirs)),
        is_secret: three_way(base.map(|base| &base.is_secret), &ours.is_secret, &theirs.is_secret, |ours, theirs| {
            stricter(*ours, *theirs)
        }),
        rest: merge_members(base.map_or(&[], |base| &base.rest), &ours.rest, &theirs.rest),
        ..ours.clone()
    }
}

fn merge_settings(
    key: &str,
    (base, ours, theirs): (Option<&[Setting]>, &[Setting], &[Setting]),
    conflicts: &mut Vec<Conflict>,
) -> Vec<Setting> {
    let find = |list: Option<&'_ [Setting]>, name: &Text| {
        list.and_then(|list| list.iter().find(|setting| setting.name == *name).cloned())
    };
    let names: BTreeSet<&Text> = ours.iter().chain(theirs).map(|setting| &setting.name).collect();
    let mut merged = Vec::new();
    for name in names {
        let (b, o, t) = (find(base, name), find(Some(ours), name), find(Some(theirs), name));
        let is_conflict = o != t && b != o && b != t && (b.is_some() || (o.is_some() && t.is_some()));
        if is_conflict {
            let text = |setting: &Option<Setting>| setting.as_ref().map(|setting| block(key, setting));
            conflicts.push(Conflict { name: name.to_string(), ours: text(&o), theirs: text(&t) });
            merged.extend(o.or(t));
        } else {
            merged.extend(if b == o { t } else { o });
        }
    }
    merged
}

/// The text of one setting as it stands in the file, without its comma.
fn block(key: &str, setting: &Setting) -> String {
    let mut object = vec![Member::new(key, setting.name.clone())];
    object.extend(setting.rest.iter().cloned());
    write_python(&Json::object(object)).lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// Puts both sides of a conflict between markers.
fn mark(text: &str, conflict: &Conflict) -> String {
    let Some(shown) = conflict.ours.as_ref().or(conflict.theirs.as_ref()) else { return text.to_owned() };
    // The block ends its line, but for a comma: a block that is a prefix of another one does not match.
    let found = [",\n", "\n"]
        .iter()
        .find_map(|end| text.split_once(&format!("\n{shown}{end}")).map(|(before, after)| (before, after, *end)));
    let Some((before, after, end)) = found else { return text.to_owned() };
    let side = |block: &Option<String>| block.as_ref().map(|block| format!("{block}{end}")).unwrap_or_default();
    format!("{before}\n<<<<<<< ours\n{}=======\n{}>>>>>>> theirs\n{after}", side(&conflict.ours), side(&conflict.theirs))
}
