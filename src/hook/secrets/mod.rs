//! The secrets hook: the detector's candidates as findings.
//! Promises that a value leaves this module only as `Redacted`.
//! Detects nothing by itself; see `secret`.

use crate::finding::{Finding, Snippet, Subject};
use crate::hook::Hook;
use crate::rule::HookName;
use crate::secret::{Candidate, Detector, rules};
use crate::settle::Rules;
use crate::source::Source;

/// `gatewright-secrets`.
#[derive(Debug, Default)]
pub struct Secrets {
    detector: Detector,
}

impl Hook for Secrets {
    const NAME: HookName = HookName::Secrets;

    fn rules(&self) -> Rules {
        rules::ALL
    }

    fn check(&self, source: &Source<'_>, found: &mut Vec<Finding>) {
        found.extend(self.detector.detect(source).into_iter().map(|candidate| finding(source, candidate)));
    }
}

fn finding(source: &Source<'_>, candidate: Candidate) -> Finding {
    Finding {
        rule: candidate.rule,
        path: source.path.clone(),
        origin: source.origin,
        span: source.span(candidate.range),
        message: message(&candidate.name, candidate.rule.summary),
        subject: Subject::Secret(candidate.value),
        severity: candidate.rule.severity,
        confidence: candidate.confidence,
        name: candidate.name,
        via: candidate.via,
        notes: candidate.notes,
        foreign: Vec::new(),
        snippet: Snippet::default(),
    }
}

fn message(name: &Option<String>, summary: &str) -> String {
    match name {
        Some(name) => format!("{summary} in `{}`", crate::source::escape(name.as_bytes())),
        None => summary.to_string(),
    }
}
