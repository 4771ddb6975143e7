//! The secrets hook: the detector's candidates as findings.
//! Promises that a value leaves this module only as `Redacted`.
//! Detects nothing by itself; see `secret`.

use crate::config::Config;
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
    const BINARY: &'static str = "gatewright-secrets";
    const ABOUT: &'static str = "Refuses new secrets in staged content; known ones live in a reviewed baseline";
    const RULES: Rules = rules::ALL;

    fn new(_config: &Config) -> Self {
        Self::default()
    }

    fn check(&self, source: &Source<'_>, found: &mut Vec<Finding>) -> Option<String> {
        found.extend(self.detector.detect(source).into_iter().map(|candidate| finding(source, candidate)));
        None
    }
}

fn finding(source: &Source<'_>, candidate: Candidate) -> Finding {
    Finding {
        rule: candidate.rule,
        path: source.path.clone(),
        origin: source.origin,
        span: source.span(candidate.range),
        message: message(candidate.name.as_deref(), candidate.rule.summary),
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

fn message(name: Option<&str>, summary: &str) -> String {
    match name {
        Some(name) => format!("{summary} in `{}`", crate::source::escape(name.as_bytes())),
        None => summary.to_string(),
    }
}
