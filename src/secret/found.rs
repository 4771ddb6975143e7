//! What the engines put their candidates into; for `explain`, those that they dismiss as well.
//! Promises that a dismissed candidate costs a branch where nobody asks for it, and is never counted as one that is kept.
//! Judges nothing.

use std::borrow::Cow;
use std::ops::Range;

use super::Candidate;
use super::decode::Decoded;
use super::scan::CANDIDATES_MAX;
use crate::finding::Redacted;
use crate::rule::Rule;

/// The candidates of one text.
#[derive(Debug)]
pub struct Found {
    pub kept: Vec<Candidate>,
    /// `None`: nobody asks.
    pub dismissed: Option<Vec<Candidate>>,
    /// Texts that a rule's code decoded, as it knows where they stand: the scan goes on inside them.
    pub decoded: Vec<Decoded>,
}

impl Found {
    pub fn new(explains: bool) -> Self {
        Self { kept: Vec::new(), dismissed: explains.then(Vec::new), decoded: Vec::new() }
    }

    /// An empty one that takes the same.
    pub fn another(&self) -> Self {
        Self::new(self.dismissed.is_some())
    }

    /// Takes a candidate; one that something speaks against only if somebody asks for those.
    pub fn push(&mut self, candidate: Candidate) {
        if candidate.against.is_none() {
            self.kept.push(candidate);
        } else if let Some(dismissed) = self.dismissed.as_mut().filter(|all| all.len() < CANDIDATES_MAX) {
            dismissed.push(candidate);
        }
    }

    /// Takes a candidate unless something speaks against it.
    pub fn push_unless(&mut self, against: Option<&'static str>, candidate: Candidate) {
        match against {
            None => self.push(candidate),
            Some(against) => self.dismiss(against, || candidate),
        }
    }

    /// Remembers a candidate and what speaks against it, if somebody asks.
    pub fn dismiss(&mut self, against: impl Into<Cow<'static, str>>, candidate: impl FnOnce() -> Candidate) {
        if self.dismissed.is_some() {
            self.push(Candidate { against: Some(against.into()), ..candidate() });
        }
    }

    /// Remembers that a word of the rule stands at `at`, and why nothing there is a candidate.
    pub fn mention(&mut self, rule: &'static Rule, at: usize, against: &'static str) {
        self.dismiss(against, || Candidate::new(rule, at..at, Redacted::new("", 0)));
    }
}

impl Extend<Candidate> for Found {
    fn extend<I: IntoIterator<Item = Candidate>>(&mut self, candidates: I) {
        candidates.into_iter().for_each(|candidate| self.push(candidate));
    }
}

impl Candidate {
    /// A candidate with the rule's own confidence, of which nothing else is known.
    pub fn new(rule: &'static Rule, range: Range<usize>, value: Redacted) -> Self {
        let (name, via, notes, member, against) = (None, Vec::new(), Vec::new(), None, None);
        Self { rule, range, value, confidence: rule.confidence, name, via, notes, member, against }
    }

    /// The order in which candidates of one text are told.
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        (self.range.start, self.range.end, self.rule.id).cmp(&(other.range.start, other.range.end, other.rule.id))
    }

    /// Whether it is only a word that stands there, without a value.
    pub fn is_mention(&self) -> bool {
        self.against.is_some() && self.range.is_empty()
    }
}
