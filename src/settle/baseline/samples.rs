//! Findings and baselines for the tests of this folder.

use super::companion::{Companion, Salt};
use super::detect_secrets::{Baseline, Entry, Identity, Settings};
use super::json::Text;
use crate::finding::{Finding, ForeignIdentity, Redacted, Snippet, Subject};
use crate::rule::{Confidence, HookName, Matcher, Rule, Severity};
use crate::source::{Origin, RepoPath, Span};

pub(super) static RULE: Rule = Rule {
    id: "generic-password",
    aliases: &["Secret Keyword"],
    hook: HookName::Secrets,
    summary: "",
    severity: Severity::High,
    confidence: Confidence::High,
    cwe: None,
    since: Some("0.1.0"),
    references: &[],
    manual: "",
    file: "",
    matcher: Matcher::Code,
};

/// The SHA-1 that stands for every private key of one label.
pub(super) const KEY_SHA1: [u8; 20] = [7; 20];

/// A finding of `value` on `line`, in the context `name`, with one identity per kind (hash = the value's first byte repeated).
pub(super) fn finding(path: &str, value: &str, name: &str, line: u32, kinds: &[&'static str]) -> Finding {
    let sha1 = |kind: &str| if kind == "Private Key" { KEY_SHA1 } else { [value.as_bytes()[0]; 20] };
    Finding {
        rule: &RULE,
        path: RepoPath::new(path),
        origin: Origin::Repository,
        span: Span { start: 0, end: 1, line, column: 1, end_line: line, end_column: 2 },
        message: String::new(),
        subject: Subject::Secret(Redacted::new(value, 0)),
        severity: Severity::High,
        confidence: Confidence::High,
        name: Some(name.to_owned()),
        via: Vec::new(),
        notes: Vec::new(),
        member: None,
        foreign: kinds.iter().map(|kind| ForeignIdentity { kind, sha1: sha1(kind), is_part: *kind == "Private Key" }).collect(),
        snippet: Snippet::default(),
        appearance: None,
        against: None,
        is_allowed: None,
    }
}

pub(super) fn baseline(entries: &[(&str, &'static str, [u8; 20])]) -> Baseline {
    let mut baseline = Baseline::new(Settings::default(), ".secrets.baseline", "2026-01-01T00:00:00Z");
    for (path, kind, sha1) in entries {
        let path = Text::from(*path);
        let entry = Entry::new(path.clone(), Identity::new(kind, sha1), 1);
        baseline.results.entry(path).or_default().push(entry);
    }
    baseline
}

pub(super) fn companion() -> Companion {
    Companion::new(Salt::new([42; 16]))
}
