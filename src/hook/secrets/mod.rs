//! The secrets hook: the detector's candidates as findings.
//! Promises that a value leaves this module only as `Redacted`.
//! Detects nothing by itself; see `secret`.

use crate::config::Config;
use crate::finding::{Finding, Snippet, Subject};
use crate::hook::{Coverage, Hook};
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

    fn new(config: &Config) -> Self {
        Self { detector: Detector::new(config.secrets.decode_depth) }
    }

    fn check(&self, source: &Source<'_>, found: &mut Vec<Finding>) -> Coverage {
        let detection = self.detector.detect(source);
        found.extend(detection.candidates.into_iter().map(|candidate| finding(source, candidate)));
        match detection.skipped {
            Some(reason) => Coverage::Skipped(reason),
            None if detection.limits.is_empty() => Coverage::Whole,
            None => Coverage::Partial(detection.limits.join("; ")),
        }
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
