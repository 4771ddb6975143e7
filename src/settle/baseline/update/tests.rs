//! What an update keeps, moves, adds and drops.

use super::super::companion::{Accepted, Companion, Label, Line, Note, Salt, fingerprint};
use super::super::detect_secrets::{Entry, Identity};
use super::super::samples::{KEY_SHA1, RULE, baseline, companion, finding};
use super::*;

const KEYWORD: &str = "Secret Keyword";
const KEY: &str = "Private Key";
const NOW: &str = "2026-06-01T00:00:00Z";

fn scanned(path: &str, kind: &'static str, first: u8, line: u32) -> Scanned {
    let sha1 = if kind == KEY { KEY_SHA1 } else { [first; 20] };
    Scanned { path: RepoPath::new(path), kind, sha1, line }
}

/// A scan of all files: those with a finding, and `a.py`.
fn everything(identities: &[Scanned], findings: &[Finding]) -> Scope {
    let found = identities.iter().map(|scanned| scanned.path.clone()).chain(findings.iter().map(|finding| finding.path.clone()));
    let judged: BTreeSet<RepoPath> = found.chain([RepoPath::new("a.py")]).collect();
    Scope { present: Some(judged.clone()), judged, only_identities: false }
}

struct Run<'a> {
    accept_new: bool,
    drop_vanished: bool,
    scope: Scope,
    renamed: BTreeMap<RepoPath, RepoPath>,
    identities: &'a [Scanned],
    findings: &'a [Finding],
}

impl<'a> Run<'a> {
    fn new(identities: &'a [Scanned], findings: &'a [Finding]) -> Self {
        Self {
            accept_new: false,
            drop_vanished: true,
            scope: everything(identities, findings),
            renamed: BTreeMap::new(),
            identities,
            findings,
        }
    }

    fn accepting(identities: &'a [Scanned], findings: &'a [Finding]) -> Self {
        Self { accept_new: true, ..Self::new(identities, findings) }
    }

    fn on(&self, old: &Files) -> Updated {
        let change = Change {
            accept_new: self.accept_new,
            drop_vanished: self.drop_vanished,
            refresh_lines: true,
            renamed: &self.renamed,
            now: NOW,
        };
        update(old, Scan { identities: self.identities, findings: self.findings, scope: &self.scope }, &change)
    }
}

fn files(baseline: Baseline, companion: Companion) -> Files {
    Files { baseline: Some(baseline), companion: Some(companion) }
}

fn entries(updated: &Updated) -> Vec<(String, u32, Option<bool>)> {
    let baseline = updated.files.baseline.as_ref().unwrap();
    baseline.entries().map(|(path, entry)| (path.to_string(), entry.line, entry.is_secret)).collect()
}

fn lines(updated: &Updated) -> &[Line] {
    &updated.files.companion.as_ref().unwrap().lines
}

#[test]
fn labels_survive_and_lines_move_but_nothing_new_is_accepted() {
    let mut old = baseline(&[("a.py", KEYWORD, [b'h'; 20])]);
    old.entries_mut().for_each(|(_, entry)| entry.is_secret = Some(false));
    let found = [scanned("a.py", KEYWORD, b'h', 9), scanned("a.py", KEYWORD, b'n', 2), scanned("b.py", KEYWORD, b'h', 1)];
    let old = files(old, companion());
    let updated = Run::new(&found, &[]).on(&old);
    assert_eq!(entries(&updated), [("a.py".to_owned(), 9, Some(false))]);
    assert_eq!(updated.files.baseline.as_ref().unwrap().generated_at, Some(NOW.into()));
    assert_eq!(Run::accepting(&found, &[]).on(&old).files.baseline.unwrap().entries().count(), 3);
}

#[test]
fn what_vanished_is_listed_and_dropped_only_if_asked_and_judged() {
    let old = files(baseline(&[("a.py", KEYWORD, [b'h'; 20]), ("b.py", KEYWORD, [b'h'; 20])]), companion());
    let run = Run {
        scope: Scope { judged: [RepoPath::new("a.py")].into(), present: None, only_identities: false },
        ..Run::new(&[], &[])
    };
    let updated = run.on(&old);
    assert_eq!(entries(&updated).len(), 1);
    assert!(updated.vanished[0].starts_with("a.py: Secret Keyword 6868"));
    let updated = Run { drop_vanished: false, ..run }.on(&old);
    assert_eq!(updated.files, old);
    assert_eq!(updated.vanished.len(), 1);
}

#[test]
fn pruning_removes_and_does_nothing_else() {
    let old = files(baseline(&[("a.py", KEYWORD, [b'h'; 20]), ("b.py", KEYWORD, [b'h'; 20])]), companion());
    let found = [scanned("a.py", KEYWORD, b'h', 9), scanned("a.py", KEYWORD, b'n', 2)];
    let scope = everything(&found, &[]);
    let pruned = prune(&old, Scan { identities: &found, findings: &[], scope: &scope }, NOW);
    assert_eq!(entries(&pruned), [("a.py".to_owned(), 1, None)]);
    assert_eq!(pruned.vanished.len(), 1);
    let again = prune(&pruned.files, Scan { identities: &found, findings: &[], scope: &scope }, "later");
    assert_eq!((again.files, again.vanished), (pruned.files, Vec::new()));
}

#[test]
fn entries_that_no_plugin_of_ours_computes_stay() {
    let mut old = baseline(&[]);
    old.results.insert("a.py".into(), vec![Entry::new("a.py".into(), Identity::new("Company Token", &[1; 20]), 4)]);
    let old = files(old, companion());
    assert_eq!(Run::new(&[], &[]).on(&old).files, old);
    // Unless their file is gone.
    let gone = Run { scope: Scope { present: Some(BTreeSet::new()), ..Scope::default() }, ..Run::new(&[], &[]) };
    assert_eq!(entries(&gone.on(&old)), []);
}

#[test]
fn a_file_that_could_not_be_read_keeps_its_entries() {
    let old = files(baseline(&[("broken.py", KEYWORD, [b'h'; 20])]), companion());
    let scope = Scope { present: Some([RepoPath::new("broken.py")].into()), ..Scope::default() };
    let updated = Run { scope, ..Run::new(&[], &[]) }.on(&old);
    assert_eq!((updated.files, updated.vanished), (old, Vec::new()));
}

#[test]
fn a_value_accepted_anywhere_goes_only_with_its_last_occurrence() {
    let salt = companion().salts[0];
    let found = [finding("a.py", "native", "", 1, &[])];
    let subject = Accepted::Value { rule: RULE.id.to_owned(), hash: fingerprint(Some(&salt), &found[0], b"*") };
    let old = files(baseline(&[]), Companion { lines: vec![Line::new("*".into(), subject)], ..companion() });
    assert_eq!(Run::accepting(&[], &found).on(&old).files, old);
    let part = Run {
        scope: Scope { judged: [RepoPath::new("a.py")].into(), present: None, only_identities: false },
        ..Run::new(&[], &[])
    };
    assert_eq!(part.on(&old).files, old);
    assert!(lines(&Run::new(&[], &[]).on(&old)).is_empty());
}

#[test]
fn of_two_entries_for_a_value_the_labelled_one_stays() {
    let salts: Vec<Salt> = [1, 2].map(|byte| Salt::new([byte; 16])).to_vec();
    let found = [finding("a.py", "native", "", 1, &[])];
    let note = Note { label: Some(Label::Real), reason: Some("seen".to_owned()), owner: Some("sam".to_owned()), until: None };
    for labelled in [0, 1] {
        let line = |(place, salt)| {
            let subject = Accepted::Value { rule: RULE.id.to_owned(), hash: fingerprint(Some(salt), &found[0], b"a.py") };
            let note = if place == labelled { note.clone() } else { Note::default() };
            Line { salt: place, note, ..Line::new("a.py".into(), subject) }
        };
        let lines_before = salts.iter().enumerate().map(line).collect();
        let old = files(baseline(&[]), Companion { lines: lines_before, salts: salts.clone(), ..companion() });
        let updated = Run::new(&[], &found).on(&old);
        let [line] = lines(&updated) else { panic!("{:?}", lines(&updated)) };
        assert_eq!((&line.note, line.salt, line.count()), (&note, 0, 1));
        let hash = fingerprint(salts.first(), &found[0], b"a.py");
        assert_eq!(line.subject, Accepted::Value { rule: RULE.id.to_owned(), hash });
        assert_eq!(updated.vanished, Vec::<String>::new());
        assert_eq!(Run::new(&[], &found).on(&updated.files).files, updated.files);
    }
}

#[test]
fn a_slim_baseline_stays_slim() {
    let mut old = baseline(&[("a.py", KEYWORD, [b'h'; 20])]);
    old.generated_at = None;
    old.entries_mut().for_each(|(_, entry)| entry.line = 0);
    let found = [scanned("a.py", KEYWORD, b'h', 9), scanned("a.py", KEYWORD, b'n', 2)];
    let updated = Run::accepting(&found, &[]).on(&files(old, companion()));
    assert_eq!(entries(&updated).iter().map(|entry| entry.1).collect::<Vec<_>>(), [0, 0]);
    assert!(updated.files.baseline.unwrap().is_slim());
}

#[test]
fn the_companion_gets_what_the_other_file_cannot_hold() {
    let found = [scanned("a.py", KEYWORD, b'h', 1), scanned("a.py", KEY, b'k', 3), scanned("a.py", KEYWORD, b's', 8)];
    let findings = [
        finding("a.py", "hunter2", "first", 1, &[KEYWORD]),
        finding("a.py", "hunter2", "second", 2, &[KEYWORD]),
        finding("a.py", "key body", "", 3, &[KEY]),
        finding("a.py", "native", "name", 4, &[]),
        finding("a.py", "single", "name", 8, &[KEYWORD]),
    ];
    let updated = create(
        Settings::default(),
        ".secrets.baseline",
        Salt::new([42; 16]),
        Scan { identities: &found, findings: &findings, scope: &everything(&found, &findings) },
        NOW,
    );
    let lines = lines(&updated);
    let count = |kind: &str| {
        lines
            .iter()
            .find(|line| matches!(&line.subject, Accepted::Identity { identity, .. } if identity.kind == *kind))
            .unwrap()
            .n
    };
    assert_eq!((lines.len(), count(KEYWORD), count(KEY)), (3, Some(2), Some(1)));
    assert!(lines.iter().any(|line| matches!(&line.subject, Accepted::Identity { hashes, .. } if hashes.len() == 1)));
    assert!(lines.iter().any(|line| matches!(&line.subject, Accepted::Value { rule, .. } if rule == RULE.id)));
    assert!(updated.notes.iter().any(|note| note.contains("can be guessed")), "{:?}", updated.notes);
    // A second run has nothing to do.
    let run = Run::new(&found, &findings);
    assert_eq!(run.on(&updated.files).files, updated.files);
}

#[test]
fn a_companion_alone_leaves_the_other_file_as_it_is() {
    let old = baseline(&[("a.py", KEYWORD, [b'h'; 20]), ("gone.py", KEYWORD, [1; 20])]);
    let found = [scanned("a.py", KEYWORD, b'h', 7), scanned("a.py", KEYWORD, b'n', 2)];
    let findings = [
        finding("a.py", "hunter2", "", 1, &[KEYWORD]),
        finding("a.py", "hunter2", "", 2, &[KEYWORD]),
        finding("a.py", "new", "", 3, &[KEYWORD]),
    ];
    let scope = everything(&found, &findings);
    let scan = Scan { identities: &found, findings: &findings, scope: &scope };
    let updated = create_companion(Some(old.clone()), Salt::new([42; 16]), scan, NOW);
    assert_eq!(updated.files.baseline, Some(old));
    let [first, second] = lines(&updated) else { panic!("{:?}", lines(&updated)) };
    assert!(matches!(first.subject, Accepted::Identity { .. }) && first.n == Some(2));
    assert!(matches!(second.subject, Accepted::Value { .. }));
}

#[test]
fn counts_rise_only_if_accepted_and_sink_with_the_file() {
    let occurrences =
        |n: u32| (1..=n).map(|line| finding("a.py", "native", &format!("name{line}"), line, &[])).collect::<Vec<_>>();
    let count = |files: &Files| files.companion.as_ref().unwrap().lines[0].count();
    let two = Run::accepting(&[], &occurrences(2)).on(&files(baseline(&[]), companion())).files;
    assert_eq!(count(&two), 2);
    assert_eq!(count(&Run::new(&[], &occurrences(3)).on(&two).files), 2);
    assert_eq!(count(&Run::accepting(&[], &occurrences(3)).on(&two).files), 3);
    assert_eq!(count(&Run::new(&[], &occurrences(1)).on(&two).files), 1);
}

#[test]
fn a_rename_takes_labels_along() {
    let mut old = baseline(&[("old.py", KEYWORD, [b'h'; 20])]);
    old.entries_mut().for_each(|(_, entry)| entry.is_secret = Some(false));
    let salt = companion().salts[0];
    let native = finding("old.py", "native", "", 2, &[]);
    let note = Note { label: Some(Label::Test), ..Note::default() };
    let subject = Accepted::Value { rule: RULE.id.to_owned(), hash: fingerprint(Some(&salt), &native, b"old.py") };
    let line = Line { note, ..Line::new("old.py".into(), subject) };
    let old = files(old, Companion { lines: vec![line], ..companion() });
    let found = [scanned("new.py", KEYWORD, b'h', 1)];
    let findings = [finding("new.py", "hunter2", "", 1, &[KEYWORD]), finding("new.py", "native", "", 2, &[])];
    let run = Run { renamed: [(RepoPath::new("new.py"), RepoPath::new("old.py"))].into(), ..Run::new(&found, &findings) };
    let updated = run.on(&old);
    // Without git's word for it, the values tell.
    let by_values = Run::new(&found, &findings).on(&old);
    assert_eq!(by_values.files, updated.files);
    assert_eq!(by_values.notes, ["`old.py` is now `new.py`: its entries go along"]);
    assert_eq!(prune(&old, Scan { identities: &found, findings: &findings, scope: &run.scope }, NOW).vanished.len(), 2);
    assert_eq!(entries(&updated), [("new.py".to_owned(), 1, Some(false))]);
    let [line] = lines(&updated) else { panic!("{:?}", lines(&updated)) };
    assert_eq!((line.path.to_string().as_str(), line.note.label), ("new.py", Some(Label::Test)));
    let hash = fingerprint(Some(&salt), &findings[1], b"new.py");
    assert_eq!(line.subject, Accepted::Value { rule: RULE.id.to_owned(), hash });
    assert_eq!(updated.vanished, Vec::<String>::new());
}

#[test]
fn labels_that_contradict_each_other_are_reported() {
    let mut old = baseline(&[("a.py", KEYWORD, [b'h'; 20])]);
    old.entries_mut().for_each(|(_, entry)| entry.is_secret = Some(false));
    let mut notes = companion();
    notes.extension_mut(&"a.py".into(), &Identity::new(KEYWORD, &[b'h'; 20])).note.label = Some(Label::Real);
    let updated = Run::new(&[scanned("a.py", KEYWORD, b'h', 1)], &[]).on(&files(old, notes));
    assert!(updated.notes[0].contains("disagree"), "{:?}", updated.notes);
}

#[test]
fn lines_of_other_hooks_and_unknown_keys_are_not_touched() {
    let text = concat!(
        "{\"gatewright\":\"baseline\",\"format\":1,\"salts\":[\"KioqKioqKioqKioqKioqKg\"],\"more\":[1]}\n",
        "{\"hook\":\"bandit\",\"path\":\"a.py\",\"rule\":\"ssl\",\"hash\":\"x\",\"extra\":{\"a\":1.50}}\n",
        "{\"hook\":\"pins\",\"path\":\"a.py\",\"what\":\"else\"}\n",
    );
    let (companion, _) = super::super::companion::read(text.as_bytes()).unwrap();
    let updated = Run::new(&[], &[]).on(&files(baseline(&[]), companion));
    assert_eq!(updated.files.companion.unwrap().write(), text.replace("1.50", "1.5"));
}
