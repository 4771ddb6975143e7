//! Labels given one by one, in batches and by tables.

use std::collections::VecDeque;

use super::super::companion::Line;
use super::super::json::Invalid;
use super::super::samples::{RULE, baseline, companion, finding};
use super::*;
use crate::finding::Snippet;

const KEYWORD: &str = "Secret Keyword";
const FRESH: Salt = Salt::new([42; 16]);

fn mark(files: &mut Files, filter: &Filter<'_>, mark: &Mark, policy: &Policy) -> Result<Vec<Item>, Incomplete> {
    super::mark(files, filter, mark, policy, FRESH)
}

fn import(files: &mut Files, text: &str, form: Form) -> Result<(usize, Vec<String>), Invalid> {
    super::import(files, text, form, FRESH)
}

fn files() -> Files {
    let mut companion = companion();
    let subject = Accepted::Value { rule: RULE.id.to_owned(), hash: "abc".to_owned() };
    companion.lines.push(Line::new("b.py".into(), subject));
    Files {
        baseline: Some(baseline(&[("a.py", KEYWORD, [1; 20]), ("a.py", "AWS Access Key", [2; 20]), ("c.py", KEYWORD, [1; 20])])),
        companion: Some(companion),
    }
}

fn labels(files: &Files) -> Vec<Option<&'static str>> {
    items(files.baseline.as_ref(), files.companion.as_ref()).iter().map(|item| item.note.label.map(Label::as_str)).collect()
}

#[test]
fn marks_reach_what_the_filter_names_and_both_files_agree() {
    let mut files = files();
    let is_keyword = |item: &Item| item.what.name() == KEYWORD;
    let filter = Filter { rule: Some(&is_keyword), path: Some(&|path| path.as_bytes() == b"a.py"), ..Filter::default() };
    let test = Mark { label: Some(Label::Test), reason: Some("fixture".to_owned()), ..Mark::default() };
    assert_eq!(mark(&mut files, &filter, &test, &Policy::default()).unwrap().len(), 1);
    let (_, entry) = files.baseline.as_ref().unwrap().entries().find(|(_, entry)| entry.is_secret.is_some()).unwrap();
    assert_eq!(entry.is_secret, Some(false));
    let line = files.companion.as_ref().unwrap().extension(&"a.py".into(), &entry.identity()).unwrap();
    assert_eq!((line.note.label, line.note.reason.as_deref(), line.n), (Some(Label::Test), Some("fixture"), None));
    let unlabelled = Filter { unlabelled: true, ..Filter::default() };
    assert_eq!(
        mark(&mut files, &unlabelled, &Mark { label: Some(Label::Real), ..Mark::default() }, &Policy::default()).unwrap().len(),
        3
    );
    assert_eq!(labels(&files), [Some("test"), Some("real"), Some("real"), Some("real")]);
    assert!(mark(&mut files, &unlabelled, &test, &Policy::default()).unwrap().is_empty());
    let is_old = |item: &Item| item.path == *"b.py";
    let older = Filter { old: Some(&is_old), ..Filter::default() };
    assert_eq!(mark(&mut files, &older, &test, &Policy::default()).unwrap().len(), 1);
}

#[test]
fn a_reason_stays_with_its_label() {
    let mut files = files();
    let mut mark = |label, reason: Option<&str>, owner: Option<&str>| {
        let mark = Mark { label, reason: reason.map(str::to_owned), owner: owner.map(str::to_owned), until: None };
        super::mark(&mut files, &Filter::default(), &mark, &Policy::default(), FRESH).unwrap();
        let note = items(files.baseline.as_ref(), files.companion.as_ref()).remove(0).note;
        (note.reason, note.owner)
    };
    let (real, test) = (Some(Label::Real), Some(Label::Test));
    let sam = Some("sam".to_owned());
    assert_eq!(mark(real, Some("live"), Some("sam")), (Some("live".to_owned()), sam.clone()));
    assert_eq!(mark(real, None, None), (Some("live".to_owned()), sam.clone()));
    assert_eq!(mark(test, None, None), (None, sam.clone()));
    assert_eq!(mark(real, Some("live after all"), None), (Some("live after all".to_owned()), sam));
}

#[test]
fn a_plain_label_needs_no_companion_and_what_it_cannot_hold_makes_one() {
    let mut files = Files { companion: None, ..files() };
    let real = Mark { label: Some(Label::Real), ..Mark::default() };
    assert_eq!(mark(&mut files, &Filter::default(), &real, &Policy::default()).unwrap().len(), 3);
    assert_eq!(files.companion, None);
    for more in [Mark { reason: Some("x".to_owned()), ..real }, Mark { label: Some(Label::Test), ..Mark::default() }] {
        let mut files = files.clone();
        assert_eq!(mark(&mut files, &Filter::default(), &more, &Policy::default()).unwrap().len(), 3);
        assert_eq!(files.companion.unwrap().lines.len(), 3);
    }
}

#[test]
fn tables_come_back_as_they_went() {
    let mut source = files();
    let note = Mark {
        label: Some(Label::Accepted),
        reason: Some("a \"quoted\",\nlong; reason".to_owned()),
        owner: Some("@web".to_owned()),
        until: Some("2027-01-31".to_owned()),
    };
    mark(&mut source, &Filter { hash: Some("0101".to_owned()), ..Filter::default() }, &note, &Policy::default()).unwrap();
    for form in [Form::Json, Form::Csv] {
        let table = export(&source, form);
        let mut target = files();
        assert_eq!(import(&mut target, &table, form).unwrap(), (4, Vec::new()), "{table}");
        assert_eq!(target, source);
        let stranger = table.replace("b.py", "other.py");
        assert_eq!(import(&mut files(), &stranger, form).unwrap(), (3, vec!["other.py: generic-password abc".to_owned()]));
    }
}

#[test]
fn a_wrong_table_changes_nothing() {
    let mut target = files();
    for (table, line) in [
        ("path,rule,hash,label\r\nb.py,generic-password,abc,real\r\na.py,x,y,sure\r\n", 3),
        ("path,rule,hash,until\nb.py,generic-password,abc,tomorrow\n", 2),
        ("path,rule\n", 1),
        ("path,rule,hash\n\"b.py,x,y\n", 2),
        ("", 1),
    ] {
        assert_eq!(import(&mut target, table, Form::Csv).unwrap_err().line, line, "{table}");
    }
    assert!(import(&mut target, "[{\"path\": 1}]", Form::Json).is_err());
    assert_eq!(target, files());
}

/// A person who types `keys` and answers with `lines`.
#[derive(Default)]
struct Script {
    keys: VecDeque<char>,
    lines: VecDeque<&'static str>,
    shown: String,
}

impl Terminal for Script {
    fn show(&mut self, text: &str) {
        self.shown.push_str(text);
    }

    fn key(&mut self) -> Option<char> {
        self.keys.pop_front()
    }

    fn line(&mut self, prompt: &str) -> Option<String> {
        self.shown.push_str(prompt);
        self.lines.pop_front().map(str::to_owned)
    }
}

fn play(keys: &str, lines: &[&'static str]) -> (Files, Script, Vec<usize>) {
    play_under(&Policy::default(), keys, lines)
}

fn play_under(policy: &Policy, keys: &str, lines: &[&'static str]) -> (Files, Script, Vec<usize>) {
    let mut files = files();
    let mut script = Script { keys: keys.chars().collect(), lines: lines.iter().copied().collect(), shown: String::new() };
    let mut saved = Vec::new();
    let find = |item: &Item| {
        let Subject::Secret(value) = finding("x", "hunter2hunter2", "", 1, &[]).subject else { return None };
        let snippet = Snippet { lines: vec![(7, "password = …".to_owned())], mark: 0..1 };
        (item.path != *"c.py").then_some(Sighting { snippet, value })
    };
    let mut save = |files: &Files| {
        saved.push(labels(files).iter().flatten().count());
        Ok::<(), String>(())
    };
    run(&mut files, &Filter::default(), &mut script, Means { find: &find, save: &mut save, policy, fresh: FRESH, reveal: None })
        .unwrap();
    (files, script, saved)
}

use crate::finding::Subject;

#[test]
fn every_answer_is_saved_and_nothing_reveals_the_value() {
    let (files, script, saved) = play("ynsvb?lq", &["rot"]);
    // Order: a.py twice, b.py, c.py; at c.py `v`, back to b.py, help, label.
    assert_eq!(labels(&files), [Some("false-positive"), Some("real"), Some("rotated"), None]);
    assert_eq!(saved, [1, 2, 3]);
    assert!(
        script.shown.contains("password = …")
            && script.shown.contains("no longer there")
            && script.shown.contains("shown at a terminal only")
    );
    assert!(!script.shown.contains("hunter2"), "{}", script.shown);
}

#[test]
fn one_answer_can_be_for_a_file_or_a_value() {
    let (files, ..) = play("fn", &[]);
    assert_eq!(labels(&files), [Some("real"), Some("real"), None, None]);
    // The identity of the first also stands in c.py; a.py's other and b.py have the same value.
    let (files, ..) = play("ay", &[]);
    assert_eq!(labels(&files), [Some("false-positive"); 4]);
    // After the second the third is passed over, as it was answered for; whoever goes back to it is asked again.
    let (files, ..) = play("ssybbfnbnq", &[]);
    assert_eq!(labels(&files), [Some("real"), Some("real"), Some("real"), None]);
}

#[test]
fn the_count_at_the_end_is_of_entries_and_not_of_answers() {
    for (keys, said) in [
        ("ynyy", "4 labelled, 4 looked at of 4"),
        ("ybnbyq", "1 labelled, 1 looked at of 4"),
        ("ssbbq", "0 labelled, 2 looked at of 4"),
        ("fnbybbsq", "2 labelled, 2 looked at of 4"),
        ("q", "0 labelled, 0 looked at of 4"),
    ] {
        let (_, script, _) = play(keys, &[]);
        assert!(script.shown.ends_with(&format!("{said}\n")), "{keys}: {}", script.shown);
    }
}

#[test]
fn reasons_and_owners_are_asked_for_and_the_entry_stays() {
    let (files, _, saved) = play("royq", &["vendor documentation", "@web"]);
    let item = &items(files.baseline.as_ref(), files.companion.as_ref())[0];
    assert_eq!(
        (item.note.reason.as_deref(), item.note.owner.as_deref(), item.note.label),
        (Some("vendor documentation"), Some("@web"), Some(Label::FalsePositive))
    );
    assert_eq!(saved.len(), 3);
}

#[test]
fn no_label_is_set_without_what_it_has_to_come_with() {
    let policy = Policy { label_needs: vec![Need::Reason, Need::Owner], ..Policy::default() };
    let (files, script, saved) = play_under(&policy, "yryoyq", &["vendor documentation", "@web"]);
    assert_eq!(labels(&files), [Some("false-positive"), None, None, None]);
    assert!(script.shown.contains("a label needs a reason (`r` gives it) and an owner (`o` gives it) here; then answer again"));
    assert!(script.shown.contains("a label needs an owner (`o` gives it) here; then answer again"));
    assert_eq!(saved.len(), 3, "the reason, the owner, the label");
    // An answer for a file gives the others the reason that is shown.
    let (files, ..) = play_under(&policy, "rofyq", &["vendor documentation", "@web"]);
    assert_eq!(labels(&files), [Some("false-positive"), Some("false-positive"), None, None]);
    let reasons = items(files.baseline.as_ref(), files.companion.as_ref()).into_iter().map(|item| item.note.reason);
    assert_eq!(reasons.flatten().collect::<Vec<_>>(), ["vendor documentation"; 2]);
    let test = Mark { label: Some(Label::Test), ..Mark::default() };
    let mut untouched = self::files();
    let refused = mark(&mut untouched, &Filter::default(), &test, &policy).unwrap_err();
    assert_eq!(refused, Incomplete { path: "a.py".into(), needs: vec![Need::Reason, Need::Owner] });
    assert_eq!(untouched, self::files());
}
