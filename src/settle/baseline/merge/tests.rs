//! Three-way merges of both files.

use proptest::prelude::*;

use super::super::companion::{self, Accepted, Companion, Label, Line, Note, Salt};
use super::super::detect_secrets::{self, Baseline, Entry, Identity, Setting};
use super::super::json::{Json, Text};
use super::super::samples::{baseline, companion};
use super::*;

const KEYWORD: &str = "Secret Keyword";

fn merged(base: &Baseline, ours: &Baseline, theirs: &Baseline) -> Merged {
    let text = |side: &Baseline| side.write().into_bytes();
    merge(&text(base), &text(ours), &text(theirs)).unwrap()
}

fn labels(text: &str) -> Vec<(String, Option<bool>, u32)> {
    let (baseline, _) = detect_secrets::read(text.as_bytes()).unwrap();
    baseline.entries().map(|(path, entry)| (path.to_string(), entry.is_secret, entry.line)).collect()
}

/// One change to an entry of its own: present before, in our version, in theirs; and whether the merge has it.
#[test]
fn presence_follows_the_table() {
    let one = |label: Option<bool>| {
        let mut file = baseline(&[("a.py", KEYWORD, [1; 20])]);
        file.entries_mut().for_each(|(_, entry)| entry.is_secret = label);
        file
    };
    let (none, plain, real, test) = (baseline(&[]), one(None), one(Some(true)), one(Some(false)));
    let cases = [
        (&none, &plain, &none, vec![None]),
        (&plain, &none, &plain, vec![]),
        (&plain, &none, &real, vec![Some(true)]),
        (&plain, &real, &plain, vec![Some(true)]),
        (&plain, &real, &test, vec![Some(true)]),
        (&test, &plain, &real, vec![Some(true)]),
        (&real, &plain, &test, vec![None]),
        (&none, &plain, &test, vec![None]),
    ];
    for (number, (base, ours, theirs, expected)) in cases.into_iter().enumerate() {
        for (ours, theirs) in [(ours, theirs), (theirs, ours)] {
            let found: Vec<_> = labels(&merged(base, ours, theirs).text).into_iter().map(|(_, label, _)| label).collect();
            assert_eq!(found, expected, "case {number}");
        }
    }
}

#[test]
fn lines_and_dates_never_conflict() {
    let at = |line: u32, date: &str| {
        let mut file = baseline(&[("a.py", KEYWORD, [1; 20])]);
        file.entries_mut().for_each(|(_, entry)| entry.line = line);
        file.generated_at = Some(date.into());
        file
    };
    let result = merged(&at(1, "2026-01-01T00:00:00Z"), &at(5, "2026-03-01T00:00:00Z"), &at(9, "2026-02-01T00:00:00Z"));
    assert_eq!(labels(&result.text), [("a.py".to_owned(), None, 9)]);
    assert!(result.text.contains("2026-03-01") && result.conflicts.is_empty());
    let result = merged(&at(9, "x"), &at(9, "x"), &at(2, "x"));
    assert_eq!(labels(&result.text)[0].2, 2, "the side that changed");
}

#[test]
fn settings_changed_by_both_are_marked_and_nothing_else() {
    let with = |limit: Option<f64>| {
        let mut file = baseline(&[("a.py", KEYWORD, [1; 20])]);
        file.settings.plugins.retain(|plugin| plugin.name != *"Base64HighEntropyString");
        if let Some(limit) = limit {
            file.settings.plugins.push(Setting::new("Base64HighEntropyString", vec![Member::new("limit", Json::from(limit))]));
        }
        file.settings.normalise();
        file
    };
    let result = merged(&with(Some(4.5)), &with(Some(4.0)), &with(Some(3.5)));
    assert_eq!(result.conflicts, ["Base64HighEntropyString"]);
    let marked = "<<<<<<< ours\n    {\n      \"name\": \"Base64HighEntropyString\",\n      \"limit\": 4.0\n    },\n=======\n    {\n      \"name\": \"Base64HighEntropyString\",\n      \"limit\": 3.5\n    },\n>>>>>>> theirs\n    {\n      \"name\": \"BasicAuthDetector\"";
    assert!(result.text.contains(marked), "{}", result.text);
    // Whichever side is kept, the rest is a whole baseline; and as it is, the reader says what to do.
    let error = detect_secrets::read(result.text.as_bytes()).unwrap_err();
    assert!(error.message.contains("baseline merge"), "{error}");
    assert_eq!(result.text.lines().nth(error.line as usize - 1), Some("<<<<<<< ours"));
    let result = merged(&with(Some(4.5)), &with(None), &with(Some(3.5)));
    assert!(result.text.contains("<<<<<<< ours\n=======\n    {\n      \"name\": \"Base64HighEntropyString\""), "{}", result.text);
    assert!(merged(&with(Some(4.5)), &with(Some(4.0)), &with(Some(4.5))).conflicts.is_empty());
    assert!(merged(&with(Some(4.5)), &with(None), &with(Some(4.5))).conflicts.is_empty());
}

#[test]
fn a_side_that_cannot_be_read_is_named() {
    let good = baseline(&[]).write();
    let error = merge(b"", good.as_bytes(), b"{").unwrap_err();
    assert!(error.message.starts_with("theirs: "), "{error}");
}

fn value(path: &str, hash: &str, n: u32, note: Note) -> Line {
    let subject = Accepted::Value { rule: "rule".to_owned(), hash: hash.to_owned() };
    Line { n: Some(n), note, ..Line::new(path.into(), subject) }
}

#[test]
fn counts_add_up_and_the_stricter_note_wins() {
    let file = |n: u32, label: Option<Label>, reason: &str, until: &str| {
        let note = Note { label, reason: Some(reason.to_owned()), until: Some(until.to_owned()), owner: None };
        Companion { lines: vec![value("a.py", "h", n, note)], ..companion() }.write()
    };
    let base = file(2, None, "", "2027-01-01");
    let ours = file(3, Some(Label::Test), "ours", "2027-02-01");
    let theirs = file(4, Some(Label::Real), "theirs", "2026-12-01");
    let result = merge(base.as_bytes(), ours.as_bytes(), theirs.as_bytes()).unwrap();
    assert_eq!(result.text, file(5, Some(Label::Real), "theirs", "2026-12-01"));
    assert_eq!(merge(base.as_bytes(), theirs.as_bytes(), ours.as_bytes()).unwrap(), result);
}

#[test]
fn files_made_independently_keep_both_salts() {
    let file = |salt: u8, path: &str| {
        Companion { lines: vec![value(path, "h", 1, Note::default())], ..Companion::new(Salt::new([salt; 16])) }.write()
    };
    let result = merge(b"", file(9, "a.py").as_bytes(), file(3, "b.py").as_bytes()).unwrap();
    let (merged, _) = companion::read(result.text.as_bytes()).unwrap();
    assert_eq!(merged.salts, [Salt::new([3; 16]), Salt::new([9; 16])]);
    assert_eq!(merged.lines.iter().map(|line| line.salt).collect::<Vec<_>>(), [1, 0]);
    assert!(result.text.contains("\"s\":1"));
}

/// A change to one of twenty entries: `0..20` says which, so that two branches can be kept apart.
#[derive(Clone, Copy, Debug)]
enum Edit {
    Add,
    Remove,
    Label(bool),
    Move(u32),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![Just(Edit::Add), Just(Edit::Remove), any::<bool>().prop_map(Edit::Label), (1..500_u32).prop_map(Edit::Move)]
}

fn entry_path(place: u8) -> Text {
    format!("dir{}/file{}.py", place % 3, place % 7).as_str().into()
}

fn apply(file: &mut Baseline, notes: &mut Companion, place: u8, edit: Edit, new: u8) {
    let identity = |byte| Identity::new(KEYWORD, &[byte; 20]);
    let path = entry_path(place);
    let entries = file.results.entry(path.clone()).or_default();
    match edit {
        Edit::Add => {
            entries.push(Entry::new(path.clone(), identity(new), u32::from(new)));
            notes.lines.push(value(path.as_str().unwrap(), &format!("h{new}"), 1, Note::default()));
        }
        Edit::Remove => {
            entries.retain(|entry| entry.identity() != identity(place));
            notes.lines.retain(|line| !line.key().hash.to_string().eq(&format!("h{place}")));
        }
        Edit::Label(label) => {
            let entry = entries.iter_mut().find(|entry| entry.identity() == identity(place));
            if let Some(entry) = entry {
                entry.is_secret = Some(label);
            }
            let lines = notes.lines.iter_mut().filter(|line| line.key().hash.to_string() == format!("h{place}"));
            lines.for_each(|line| line.note.label = Some(Label::from_is_secret(label)));
        }
        Edit::Move(line) => {
            let entry = entries.iter_mut().find(|entry| entry.identity() == identity(place));
            if let Some(entry) = entry {
                entry.line = line;
            }
        }
    }
    file.results.retain(|_, entries| !entries.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn disjoint_histories_merge_by_themselves_and_alike(
        known in proptest::collection::btree_set(0..20_u8, 0..20),
        edits in proptest::collection::btree_map(0..20_u8, (any::<bool>(), edit()), 0..20),
        dates in ("2026-0[1-9]-01T00:00:00Z", "2026-0[1-9]-01T00:00:00Z"),
    ) {
        let (mut base, mut base_notes) = (baseline(&[]), companion());
        for place in known {
            let path = entry_path(place);
            base.results.entry(path.clone()).or_default().push(Entry::new(path.clone(), Identity::new(KEYWORD, &[place; 20]), u32::from(place) + 1));
            base_notes.lines.push(value(path.as_str().unwrap(), &format!("h{place}"), 1, Note::default()));
        }
        let mut sides = [(base.clone(), base_notes.clone()), (base.clone(), base_notes.clone())];
        let mut both = (base.clone(), base_notes.clone());
        for (place, (side, edit)) in edits {
            let (file, notes) = &mut sides[usize::from(side)];
            apply(file, notes, place, edit, place + 100);
            apply(&mut both.0, &mut both.1, place, edit, place + 100);
        }
        let [ours, theirs] = &mut sides;
        (ours.0.generated_at, theirs.0.generated_at) = (Some(dates.0.as_str().into()), Some(dates.1.as_str().into()));
        both.0.generated_at = ours.0.generated_at.clone().max(theirs.0.generated_at.clone());

        let result = merged(&base, &ours.0, &theirs.0);
        prop_assert_eq!(&result.conflicts, &Vec::<String>::new());
        // As if both branches' edits had been made one after the other.
        prop_assert_eq!(&result.text, &both.0.write());
        prop_assert_eq!(&merged(&base, &theirs.0, &ours.0), &result);
        let [ours, theirs] = [&ours.1, &theirs.1].map(|notes| notes.write().into_bytes());
        let base = base_notes.write().into_bytes();
        let result = merge(&base, &ours, &theirs).unwrap();
        prop_assert_eq!(&result.text, &both.1.write());
        prop_assert_eq!(&merge(&base, &theirs, &ours).unwrap(), &result);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn overlapping_histories_merge_alike_whichever_side_is_first(
        known in proptest::collection::btree_set(0..6_u8, 0..6),
        ours in proptest::collection::vec((0..6_u8, edit(), 100..103_u8), 0..8),
        theirs in proptest::collection::vec((0..6_u8, edit(), 100..103_u8), 0..8),
        with_base in any::<bool>(),
        slim in any::<bool>(),
    ) {
        let (mut base, mut base_notes) = (baseline(&[]), companion());
        for place in known {
            let path = entry_path(place);
            base.results.entry(path.clone()).or_default().push(Entry::new(path.clone(), Identity::new(KEYWORD, &[place; 20]), u32::from(place) + 1));
            base_notes.lines.push(value(path.as_str().unwrap(), &format!("h{place}"), 1, Note::default()));
        }
        let side = |edits: Vec<(u8, Edit, u8)>| {
            let (mut file, mut notes) = (base.clone(), base_notes.clone());
            for (place, edit, new) in edits {
                apply(&mut file, &mut notes, place, edit, new);
            }
            if slim {
                file.generated_at = None;
                file.entries_mut().for_each(|(_, entry)| entry.line = 0);
            }
            (file.write().into_bytes(), notes.write().into_bytes())
        };
        let (ours, theirs) = (side(ours), side(theirs));
        let base = if with_base { (base.write().into_bytes(), base_notes.write().into_bytes()) } else { <_>::default() };
        prop_assert_eq!(merge(&base.0, &ours.0, &theirs.0).unwrap(), merge(&base.0, &theirs.0, &ours.0).unwrap());
        prop_assert_eq!(merge(&base.1, &ours.1, &theirs.1).unwrap(), merge(&base.1, &theirs.1, &ours.1).unwrap());
    }

    #[test]
    fn merging_is_total(sides in proptest::collection::vec((any::<usize>(), any::<u8>()), 3), notes in any::<bool>()) {
        let whole = if notes {
            Companion { lines: vec![value("a.py", "h", 2, Note::default())], ..companion() }.write()
        } else {
            baseline(&[("a.py", KEYWORD, [1; 20])]).write()
        };
        let broken = |(at, byte): (usize, u8)| {
            let mut bytes = whole.clone().into_bytes();
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes
        };
        let [base, ours, theirs]: [Vec<u8>; 3] = sides.into_iter().map(broken).collect::<Vec<_>>().try_into().unwrap();
        let _ = merge(&base, &ours, &theirs);
    }
}
