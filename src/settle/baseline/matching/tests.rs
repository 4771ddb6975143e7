//! Which entries forgive which findings, and how often.

use proptest::prelude::*;

use super::super::companion::{Accepted, Label, Line, Note};
use super::super::detect_secrets::Identity;
use super::super::samples::{KEY_SHA1, RULE, baseline, companion, finding};
use super::*;

const KEYWORD: &str = "Secret Keyword";
const KEY: &str = "Private Key";

#[derive(Default)]
struct Case {
    baseline: Option<Baseline>,
    companion: Option<Companion>,
    baseline_before: Option<Baseline>,
    before: Option<Vec<Finding>>,
    renamed_from: Option<&'static str>,
    policy: Policy,
}

impl Case {
    fn settle(&self, findings: Vec<Finding>) -> Vec<Settled> {
        let known = Known {
            baseline: self.baseline.as_ref().map(|content| Named { file: ".secrets.baseline", content }),
            companion: self.companion.as_ref().map(|content| Named { file: ".gatewright-baseline.jsonl", content }),
            baseline_before: self.baseline_before.as_ref(),
            findings_before: &|_| self.before.clone(),
            renamed_from: &|_| self.renamed_from.map(RepoPath::new),
            is_gone: &|path| *path == RepoPath::new("gone.py"),
            today: "2026-06-01",
            policy: &self.policy,
        };
        settle(findings, &known)
    }

    /// The lines of the open findings.
    fn open(&self, findings: Vec<Finding>) -> Vec<u32> {
        self.settle(findings).iter().filter(|one| one.standing == Standing::Open).map(|one| one.finding.span.line).collect()
    }
}

fn value_line(path: &str, value: &str) -> Line {
    let salt = companion().salts[0];
    let hash = companion::fingerprint(Some(&salt), &finding(path, value, "", 1, &[]), path.as_bytes());
    Line::new(path.into(), Accepted::Value { rule: RULE.id.to_owned(), hash })
}

fn context(name: &str) -> String {
    companion::context_hash(companion().salts.first(), &finding("x", "v", name, 1, &[]))
}

#[test]
fn a_value_is_forgiven_wherever_it_stands_in_its_file_and_only_there() {
    let case =
        Case { companion: Some(Companion { lines: vec![value_line("a.py", "hunter2")], ..companion() }), ..Case::default() };
    assert!(case.open(vec![finding("a.py", "hunter2", "other", 99, &[])]).is_empty());
    assert_eq!(case.open(vec![finding("b.py", "hunter2", "", 3, &[]), finding("a.py", "hunter3", "", 4, &[])]), [3, 4]);
    assert_eq!(Case::default().open(vec![finding("a.py", "hunter2", "", 5, &[])]), [5]);
}

#[test]
fn a_line_of_another_hook_forgives_nothing() {
    let line = Line { hook: "bandit".to_owned(), ..value_line("a.py", "hunter2") };
    let case = Case { companion: Some(Companion { lines: vec![line], ..companion() }), ..Case::default() };
    assert_eq!(case.open(vec![finding("a.py", "hunter2", "", 1, &[])]), [1]);
}

#[test]
fn a_value_accepted_anywhere_is_forgiven_everywhere() {
    let case = Case { companion: Some(Companion { lines: vec![value_line("*", "hunter2")], ..companion() }), ..Case::default() };
    let findings = vec![
        finding("a.py", "hunter2", "", 1, &[]),
        finding("b.py", "hunter2", "", 2, &[]),
        finding("b.py", "hunter2", "", 3, &[]),
    ];
    assert!(case.open(findings).is_empty());
}

/// Three entries that forgive one value: one of detect-secrets, one of the path, one of everywhere. `real` says which of them call it real.
fn forgiven_thrice(real: [bool; 3]) -> Case {
    let [in_baseline, of_path, everywhere] = real;
    let line = |path, is_real| {
        let label = if is_real { Label::Real } else { Label::FalsePositive };
        Line { note: Note { label: Some(label), ..Note::default() }, ..value_line(path, "hunter2") }
    };
    let lines = vec![line("*", everywhere), line("a.py", of_path)];
    let mut file = baseline(&[("a.py", KEYWORD, [b'h'; 20])]);
    file.results.values_mut().next().unwrap()[0].is_secret = Some(in_baseline);
    let policy = Policy { fail_on_real: true, ..Policy::default() };
    Case { baseline: Some(file), companion: Some(Companion { lines, ..companion() }), policy, ..Case::default() }
}

#[test]
fn what_one_entry_calls_real_no_other_one_forgives() {
    let found = || vec![finding("a.py", "hunter2", "", 1, &[KEYWORD])];
    for real in (0..8).map(|bits| [bits & 1 != 0, bits & 2 != 0, bits & 4 != 0]) {
        let settled = forgiven_thrice(real).settle(found());
        let is_open = settled[0].standing == Standing::Open;
        assert_eq!(is_open, real.contains(&true), "{real:?}: {:?}", settled[0].finding.notes);
        if is_open {
            assert_eq!(settled[0].finding.notes, ["the baseline entry is labelled a real secret; remove and rotate it"]);
        }
    }
}

#[test]
fn of_three_occurrences_the_new_one_is_named() {
    let line = Line { n: Some(2), at: vec![context("first"), context("last")], ..value_line("a.py", "hunter2") };
    let case = Case { companion: Some(Companion { lines: vec![line], ..companion() }), ..Case::default() };
    let at = |name, line| finding("a.py", "hunter2", name, line, &[]);
    let settled = case.settle(vec![at("first", 1), at("new", 2), at("last", 3)]);
    assert_eq!(settled.iter().map(|one| one.standing == Standing::Open).collect::<Vec<_>>(), [false, true, false]);
    assert!(settled[1].finding.notes[0].contains("accepts 2"));
}

/// The lines of two files that were made independently and merged: one value under two salts, one of them labelled.
fn under_two_salts(label: Label, labelled: usize) -> Companion {
    let salts: Vec<Salt> = [42, 43].map(|byte| Salt::new([byte; 16])).to_vec();
    let line = |(place, salt)| {
        let hash = companion::fingerprint(Some(salt), &finding("a.py", "hunter2", "", 1, &[]), b"a.py");
        let note = Note { label: (place == labelled).then_some(label), ..Note::default() };
        Line { salt: place, note, ..Line::new("a.py".into(), Accepted::Value { rule: RULE.id.to_owned(), hash }) }
    };
    Companion { lines: salts.iter().enumerate().map(line).collect(), salts, ..companion() }
}

#[test]
fn of_two_entries_for_a_value_the_labelled_one_decides() {
    for labelled in [0, 1] {
        let case = |label, policy| Case { companion: Some(under_two_salts(label, labelled)), policy, ..Case::default() };
        let found = || vec![finding("a.py", "hunter2", "", 1, &[])];
        let real = case(Label::Real, Policy { fail_on_real: true, ..Policy::default() });
        assert_eq!(real.open(found()), [1], "line {labelled} is labelled");
        let test = case(Label::Test, Policy { fail_on_unaudited: true, ..Policy::default() });
        assert!(test.open(found()).is_empty(), "line {labelled} is labelled");
        // They are one entry: it accepts one occurrence.
        assert_eq!(test.open([found(), found()].concat()), [1], "line {labelled} is labelled");
    }
}

#[test]
fn occurrences_beyond_those_of_the_version_before_are_open() {
    let file = baseline(&[("a.py", KEYWORD, [b'h'; 20])]);
    let at = |name, line| finding("a.py", "hunter2", name, line, &[KEYWORD]);
    let mut case =
        Case { baseline: Some(file.clone()), baseline_before: Some(file), before: Some(vec![at("old", 1)]), ..Case::default() };
    assert_eq!(case.open(vec![at("new", 1), at("old", 2)]), [1]);
    // The entry is new in this change: it accepts what the change holds.
    case.baseline_before = None;
    assert!(case.open(vec![at("new", 1), at("old", 2)]).is_empty());
}

#[test]
fn a_second_identity_does_not_forgive_what_the_first_counted_out() {
    let other = "Base64 High Entropy String";
    let file = baseline(&[("a.py", KEYWORD, [b'h'; 20]), ("a.py", other, [b'h'; 20])]);
    let at = |line| finding("a.py", "hunter2", "name", line, &[KEYWORD, other]);
    let case = Case { baseline: Some(file.clone()), baseline_before: Some(file), before: Some(vec![at(1)]), ..Case::default() };
    assert_eq!(case.open(vec![at(1), at(2)]), [2]);
}

#[test]
fn a_second_private_key_is_open_on_the_first_day() {
    let file = baseline(&[("id_rsa", KEY, KEY_SHA1)]);
    let key = |value, line| finding("id_rsa", value, "", line, &[KEY]);
    let mut case =
        Case { baseline: Some(file.clone()), baseline_before: Some(file), before: Some(vec![key("one", 1)]), ..Case::default() };
    assert_eq!(case.open(vec![key("one", 5), key("two", 9)]), [9]);
    // Replaced: the count is the same, the value is not.
    let settled = case.settle(vec![key("two", 1)]);
    assert_eq!(settled[0].standing, Standing::Open);
    assert!(settled[0].finding.notes[0].contains("another value"));
    // There was no such file, as when it was deleted and comes back: nothing says which value was meant.
    case.before = None;
    assert_eq!(case.open(vec![key("two", 1)]), [1]);
    // With the value's hash in the companion no version before is needed.
    let salt = companion().salts[0];
    let mut file = companion();
    let line = file.extension_mut(&"id_rsa".into(), &Identity::new(KEY, &KEY_SHA1));
    line.n = Some(1);
    line.subject = Accepted::Identity {
        identity: Identity::new(KEY, &KEY_SHA1),
        hashes: vec![companion::fingerprint(Some(&salt), &key("two", 1), b"id_rsa")],
    };
    case.companion = Some(file);
    assert_eq!(case.open(vec![key("one", 1), key("two", 2)]), [1]);
}

#[test]
fn a_rename_carries_entries_over() {
    let file = baseline(&[("old.py", KEYWORD, [b'h'; 20])]);
    let lines = vec![value_line("old.py", "native")];
    let mut case = Case { baseline: Some(file), companion: Some(Companion { lines, ..companion() }), ..Case::default() };
    let findings = vec![finding("new.py", "hunter2", "", 1, &[KEYWORD]), finding("new.py", "native", "", 2, &[])];
    assert_eq!(case.open(findings.clone()), [1, 2]);
    case.renamed_from = Some("old.py");
    assert!(case.open(findings).is_empty());
}

#[test]
fn an_entry_forgives_through_its_last_day() {
    let at = |until: &str| {
        let note = Note { until: Some(until.to_owned()), reason: Some("why".to_owned()), ..Note::default() };
        let line = Line { note, ..value_line("a.py", "hunter2") };
        let case = Case { companion: Some(Companion { lines: vec![line], ..companion() }), ..Case::default() };
        case.settle(vec![finding("a.py", "hunter2", "", 1, &[])]).remove(0)
    };
    let by = crate::settle::Forgiver::Baseline { file: ".gatewright-baseline.jsonl".to_owned() };
    assert_eq!(at("2026-06-01").standing, Standing::Forgiven { by, reason: Some("why".to_owned()) });
    let expired = at("2026-05-31");
    assert_eq!(expired.standing, Standing::Open);
    assert_eq!(expired.finding.notes, ["the baseline entry expired on 2026-05-31"]);
}

#[test]
fn policy_reaches_entries_of_both_files() {
    let mut file = baseline(&[("a.py", KEYWORD, [b'h'; 20])]);
    let found = || vec![finding("a.py", "hunter2", "", 1, &[KEYWORD])];
    let case = |baseline: &Baseline, policy: Policy| Case { baseline: Some(baseline.clone()), policy, ..Case::default() };
    assert_eq!(case(&file, Policy { fail_on_unaudited: true, ..Policy::default() }).open(found()), [1]);
    file.results.values_mut().next().unwrap()[0].is_secret = Some(true);
    assert!(case(&file, Policy { fail_on_unaudited: true, ..Policy::default() }).open(found()).is_empty());
    assert_eq!(case(&file, Policy { fail_on_real: true, ..Policy::default() }).open(found()), [1]);
    let line = Line { note: Note { label: Some(Label::Test), ..Note::default() }, ..value_line("a.py", "hunter2") };
    let policy = Policy { label_needs: vec![super::super::policy::Need::Owner], ..Policy::default() };
    let case = Case { companion: Some(Companion { lines: vec![line], ..companion() }), policy, ..Case::default() };
    assert_eq!(case.open(found()), [1]);
}

#[test]
fn without_a_salt_a_fingerprint_does_not_depend_on_the_value() {
    let (one, other) = (finding("a.py", "hunter2", "name", 1, &[]), finding("a.py", "hunter3", "name", 1, &[]));
    assert_eq!(fingerprint(None, &one), fingerprint(None, &other));
    assert_ne!(fingerprint(Some(&companion()), &one), fingerprint(Some(&companion()), &other));
    assert_eq!(fingerprint(Some(&companion()), &one).len(), 22);
}

proptest! {
    /// Whatever the order, the names and the lines: as many are forgiven as were accepted, and a finding keeps its fingerprint.
    #[test]
    fn counts_hold_in_any_arrangement(
        accepted in 1..4_u32,
        names in proptest::collection::vec("[a-c]", 0..6),
        known_names in proptest::collection::vec("[a-c]", 0..4),
        shift in 0..1000_u32,
        by_identity in any::<bool>(),
    ) {
        let kinds: &[&'static str] = if by_identity { &[KEYWORD] } else { &[] };
        let findings: Vec<Finding> =
            names.iter().zip(shift..).map(|(name, line)| finding("a.py", "hunter2", name, line, kinds)).collect();
        let mut notes = companion();
        let at = known_names.iter().take(accepted as usize).map(|name| context(name)).collect();
        if by_identity {
            let line = notes.extension_mut(&"a.py".into(), &Identity::new(KEYWORD, &[b'h'; 20]));
            (line.n, line.at) = (Some(accepted), at);
        } else {
            notes.lines.push(Line { n: Some(accepted), at, ..value_line("a.py", "hunter2") });
        }
        let case = Case { baseline: Some(baseline(&[("a.py", KEYWORD, [b'h'; 20])])), companion: Some(notes), ..Case::default() };
        let settled = case.settle(findings);
        let open = settled.iter().filter(|one| one.standing == Standing::Open).count();
        prop_assert_eq!(open, names.len().saturating_sub(accepted as usize));
        // An occurrence at a place that is known is open only if there are more of them at such places than were accepted.
        let unknown_forgiven = settled.iter().any(|one| {
            one.standing != Standing::Open && !known_names.iter().take(accepted as usize).any(|name| Some(name) == one.finding.name.as_ref())
        });
        let known_open = known_names.iter().take(accepted as usize).any(|name| {
            let of_name = |standing: bool| settled.iter().filter(|one| one.finding.name.as_ref() == Some(name) && (one.standing == Standing::Open) == standing).count();
            let expected = known_names.iter().take(accepted as usize).filter(|other| *other == name).count();
            of_name(true) > 0 && of_name(false) < expected
        });
        prop_assert!(!(unknown_forgiven && known_open));
        prop_assert!(settled.iter().all(|one| one.fingerprint == settled[0].fingerprint));
    }
}

/// The notes of findings in `new.py`, where `gone.py` has entries for two values and `there.py` for one.
fn notes_of_a_renamed_file(findings: Vec<Finding>, lines: Vec<Line>) -> Vec<Vec<String>> {
    let case = Case { companion: Some(Companion { lines, ..companion() }), ..Case::default() };
    case.settle(findings).into_iter().map(|one| one.finding.notes).collect()
}

#[test]
fn a_finding_says_under_which_name_it_was_known() {
    let lines = || vec![value_line("gone.py", "hunter2"), value_line("gone.py", "hunter3"), value_line("there.py", "hunter4")];
    let found = |value: &str| finding("new.py", value, "", 1, &[]);
    let note = "known from `gone.py`, which is gone: `baseline update` carries its entries over".to_owned();
    assert_eq!(notes_of_a_renamed_file(vec![found("hunter2"), found("other")], lines()), [vec![note], vec![]]);
    assert_eq!(notes_of_a_renamed_file(vec![found("hunter4")], lines()), [Vec::<String>::new()], "its file is still there");
    let more = [lines(), vec![value_line("gone.py", "hunter5")]].concat();
    assert_eq!(notes_of_a_renamed_file(vec![found("hunter2")], more), [Vec::<String>::new()], "less than half");
    let known = [lines(), vec![value_line("new.py", "hunter6")]].concat();
    assert_eq!(notes_of_a_renamed_file(vec![found("hunter2")], known), [Vec::<String>::new()], "it has entries of its own");
}
