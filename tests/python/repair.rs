//! Every string of the standard library as if it were a secret: what `fix` makes of the files is Python that differs in look-ups only.

use std::collections::BTreeSet;

use gatewright::finding::{Finding, Redacted, Snippet, Subject};
use gatewright::hook::secrets::Secrets;
use gatewright::hook::{Faulty, Hook, Verdict};
use gatewright::python::Literal;
use gatewright::python::token::{Kind, tokens};
use gatewright::rule::Confidence;
use gatewright::source::{Origin, RepoPath, Source};

use crate::{library, python};

/// A finding for each string literal that has content; of f-strings, for each text between their braces.
fn findings(source: &Source<'_>) -> Vec<Finding> {
    let text: &[u8] = &source.text;
    let strings = tokens(text).into_iter().filter_map(|token| match token.kind {
        Kind::String => {
            let inside = Literal::new(&text[token.start..token.end]).inside();
            Some(token.start + inside.start..token.start + inside.end)
        }
        Kind::FStringMiddle => Some(token.start..token.end),
        _ => None,
    });
    let finding = |range: std::ops::Range<usize>| Finding {
        rule: Secrets::RULES[0],
        path: source.path.clone(),
        origin: source.origin,
        span: source.span(range.clone()),
        message: String::new(),
        subject: Subject::Secret(Redacted::new(&text[range], 0)),
        severity: Secrets::RULES[0].severity,
        confidence: Confidence::High,
        name: None,
        via: Vec::new(),
        member: None,
        appearance: None,
        against: None,
        is_allowed: None,
        notes: Vec::new(),
        foreign: Vec::new(),
        snippet: Snippet::default(),
    };
    strings.filter(|range| !range.is_empty()).map(finding).collect()
}

/// The file with every string mended that can be, and how many those are.
fn mended(name: &str, raw: &[u8]) -> (Vec<u8>, usize) {
    let path = RepoPath::new(name);
    let source = Source::new(&path, raw, Origin::Repository);
    let found = findings(&source);
    let faulty = Faulty { source: &source, open: found.iter().collect() };
    let repair = Secrets::repair(&[faulty], &[], BTreeSet::new()).remove(0);
    let fixed = repair.verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Fixed { .. })).count();
    (repair.fix.apply(&source.text).unwrap(), fixed)
}

/// What CPython has against the changed files, and how many strings it saw change.
fn faults(cases: &[(String, String, String, usize)]) -> (Vec<String>, usize) {
    let said = python("python_repairs.py", &serde_json::to_string(cases).unwrap());
    let (counts, faults): (Vec<&str>, Vec<&str>) = said.lines().partition(|line| line.starts_with("compared "));
    let count = counts.iter().filter_map(|line| line.strip_prefix("compared ")?.parse::<usize>().ok()).sum();
    (faults.into_iter().map(str::to_owned).collect(), count)
}

#[test]
fn only_look_ups_differ() {
    let mut cases = Vec::new();
    for file in library() {
        let raw = fs_err::read(&file).unwrap();
        let name = file.display().to_string();
        let (after, count) = mended(&name, &raw);
        if let (Ok(before), Ok(after)) = (String::from_utf8(raw), String::from_utf8(after)) {
            let before = before.trim_start_matches('\u{feff}').to_owned();
            cases.push((name, before, after, count));
        }
    }
    let (faults, count) = faults(&cases);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 10_000, "only {count} strings changed in {} files", cases.len());
}
