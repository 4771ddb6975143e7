//! The secret detector: one text in, judged candidates out; used by the secrets hook and by every hook that must not leak one.
//! Promises work linear in the bytes and bounded per hit, on any input.
//! Forgives nothing and prints nothing.

mod checksum;
pub mod compat;
mod entropy;
mod pattern;
mod prefilter;
pub mod rules;

use std::ops::Range;

use self::pattern::Patterns;
pub use self::prefilter::Automaton;
use crate::finding::Redacted;
use crate::rule::{Confidence, Rule};
use crate::source::Source;

/// A place that looks like a secret.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub rule: &'static Rule,
    /// Where it stands in `Source::text`; for decoded values the encoded run.
    pub range: Range<usize>,
    /// The normalised value.
    pub value: Redacted,
    pub confidence: Confidence,
    /// The name that it was given.
    pub name: Option<String>,
    /// Encodings undone to reach it, outermost first.
    pub via: Vec<&'static str>,
    /// What spoke for and against it.
    pub notes: Vec<String>,
}

/// The engine with its compiled patterns; one serves all threads.
#[derive(Debug)]
pub struct Detector {
    patterns: Patterns,
}

impl Default for Detector {
    fn default() -> Self {
        Self::new()
    }
}

impl Detector {
    /// Costs next to nothing: a pattern is compiled when its keyword is first seen.
    pub fn new() -> Self {
        Self { patterns: Patterns::new(rules::ALL) }
    }

    /// All candidates of a text, in the order (start, end, rule id).
    pub fn detect(&self, source: &Source<'_>) -> Vec<Candidate> {
        let mut found = Vec::new();
        let mut searched = pattern::Searched::default();
        rules::KEYWORDS.visit(&source.text, |number, spelling, hit| {
            self.patterns.try_at(&source.text, number, spelling, hit, &mut searched, &mut found);
        });
        found.sort_by(|a, b| (a.range.start, a.range.end, a.rule.id).cmp(&(b.range.start, b.range.end, b.rule.id)));
        found.dedup_by(|a, b| a.rule == b.rule && a.range == b.range);
        found
    }
}
