//! Three-way merge of either baseline file, for git's merge driver and for `baseline merge`.
//! Promises the same bytes whichever side is named first, and that disjoint changes never conflict: only settings can, and only there
//! are markers left. Looks at no finding.

mod companion;
mod detect_secrets;

use std::collections::BTreeMap;

pub(super) use companion::{join_notes, join_repeated};

use super::json::{Invalid, Member, write_line};

/// A merged file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    pub text: String,
    /// Names of the settings that both sides changed in different ways; their text is between markers.
    pub conflicts: Vec<String>,
    /// What the person should be told.
    pub notes: Vec<String>,
}

/// Merges two versions of a file. `base` is their common ancestor; empty if there is none.
///
/// # Errors
/// A version that cannot be read; the message says which.
pub fn merge(base: &[u8], ours: &[u8], theirs: &[u8]) -> Result<Merged, Invalid> {
    let name = |side: &'static str| move |error: Invalid| Invalid::new(error.line, format!("{side}: {}", error.message));
    let is_companion = |text: &[u8]| text.trim_ascii_start().starts_with(b"{\"gatewright\"");
    let has_base = !base.trim_ascii().is_empty();
    if is_companion(ours) || is_companion(theirs) {
        let read = super::companion::read;
        let base = has_base.then(|| read(base)).transpose().map_err(name("base"))?;
        let (ours, notes) = read(ours).map_err(name("ours"))?;
        let (theirs, more) = read(theirs).map_err(name("theirs"))?;
        let text = companion::merge(base.map(|(base, _)| base), ours, theirs).write();
        return Ok(Merged { text, conflicts: Vec::new(), notes: joined(notes, more) });
    }
    let read = super::detect_secrets::read;
    let base = has_base.then(|| read(base)).transpose().map_err(name("base"))?;
    let (ours, notes) = read(ours).map_err(name("ours"))?;
    let (theirs, more) = read(theirs).map_err(name("theirs"))?;
    let (text, conflicts) = detect_secrets::merge(base.map(|(base, _)| base).as_ref(), &ours, &theirs);
    Ok(Merged { text, conflicts, notes: joined(notes, more) })
}

fn joined(mut notes: Vec<String>, more: Vec<String>) -> Vec<String> {
    notes.extend(more);
    notes.sort();
    notes.dedup();
    notes
}

/// The value of a thing that one side, both or none changed; `both` decides if they changed it differently.
fn three_way<T: Clone + PartialEq>(base: Option<&T>, ours: &T, theirs: &T, both: impl FnOnce(&T, &T) -> T) -> T {
    if ours == theirs || base == Some(theirs) {
        ours.clone()
    } else if base == Some(ours) {
        theirs.clone()
    } else {
        both(ours, theirs)
    }
}

/// What becomes of a thing that may be there or not.
enum Presence<'a, T> {
    Out,
    One(&'a T),
    Both(&'a T, &'a T),
}

/// Added by either: in. Removed by one and untouched by the other: out; changed by the other: in.
fn presence<'a, T: PartialEq>(
    base: Option<&T>,
    ours: Option<&'a T>,
    theirs: Option<&'a T>,
    untouched: impl Fn(&T, &T) -> bool,
) -> Presence<'a, T> {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => Presence::Both(ours, theirs),
        (Some(one), None) | (None, Some(one)) if base.is_none_or(|base| !untouched(base, one)) => Presence::One(one),
        _ => Presence::Out,
    }
}

/// Unknown keys, key by key, in the order of the base and then by name. If both sides changed one differently, the larger text wins:
/// any rule will do that does not depend on the side.
fn merge_members(base: &[Member], ours: &[Member], theirs: &[Member]) -> Vec<Member> {
    let index =
        |members: &[Member]| -> BTreeMap<_, _> { members.iter().map(|member| (member.key.clone(), member.clone())).collect() };
    let (b, o, t) = (index(base), index(ours), index(theirs));
    let new = o.keys().chain(t.keys()).filter(|key| !b.contains_key(*key)).collect::<std::collections::BTreeSet<_>>();
    let keys = base.iter().map(|member| &member.key).chain(new);
    let larger = |one: &Member, other: &Member| {
        if write_line(&one.value) >= write_line(&other.value) { one.clone() } else { other.clone() }
    };
    keys.filter_map(|key| match presence(b.get(key), o.get(key), t.get(key), |base, one| base == one) {
        Presence::Out => None,
        Presence::One(member) => Some(member.clone()),
        Presence::Both(ours, theirs) => Some(three_way(b.get(key), ours, theirs, larger)),
    })
    .collect()
}

/// The keys of either map, sorted.
fn all_keys<K: Clone + Ord, V>(maps: [&BTreeMap<K, V>; 2]) -> std::collections::BTreeSet<K> {
    maps.into_iter().flat_map(|map| map.keys().cloned()).collect()
}

#[cfg(test)]
mod tests;
