//! What makes a hook: its name, its rules, and a pure function from one file to findings.
//! Promises that `check` sees nothing but the source, so that files can be judged in any order on any number of threads.
//! Git, threads, baselines and output belong to the pipeline.

pub mod example;
pub mod secrets;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use crate::config::Config;
use crate::finding::{Finding, Fix, ForeignIdentity, Redacted, Subject, Text};
use crate::gap::Gap;
use crate::rule::{HookName, Rules};
use crate::secret::compat;
use crate::source::Source;

/// How much of a file a hook judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Coverage {
    #[default]
    Whole,
    /// Less than all, for the reason given: what is left makes exit 2.
    Partial(Gap),
    /// Nothing, by rule and not by fault: an archive that nobody opens, a baseline.
    Skipped(&'static str),
}

/// A file in which something is open.
#[derive(Debug)]
pub struct Faulty<'a> {
    pub source: &'a Source<'a>,
    pub open: Vec<&'a Finding>,
}

/// How a file is mended.
#[derive(Clone, Debug, Default)]
pub struct Repair {
    pub fix: Fix,
    /// For each finding, in their order.
    pub verdicts: Vec<Verdict>,
}

/// What becomes of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// An environment variable of this name takes the place of the value.
    Fixed { variable: String },
    /// It stays, for a reason without any part of the file.
    Left { reason: &'static str },
}

impl Repair {
    /// All findings stay.
    pub fn none(file: &Faulty<'_>, reason: &'static str) -> Self {
        Self { fix: Fix::default(), verdicts: vec![Verdict::Left { reason }; file.open.len()] }
    }
}

/// One hook of the suite.
pub trait Hook: Sync + Sized {
    const NAME: HookName;
    /// The name of its program.
    const BINARY: &'static str;
    /// One line for `--help`.
    const ABOUT: &'static str;
    /// Every rule of ours that this hook can report, sorted by id.
    const RULES: Rules;

    /// The hook as the configuration wants it; `foreign` is what a profile works with that asks detect-secrets' rules, `own` are the rules
    /// that the project brings.
    fn new(config: &Config, foreign: compat::Settings, own: Rules) -> Self;

    /// The same hook, which tells with its findings what it looks at and dismisses: `Finding::against` says why.
    #[must_use]
    fn explaining(self) -> Self {
        self
    }

    /// Everything that this hook was made with and that changes what `check` says, in words of its own: two hooks of the same words judge
    /// the same.
    fn settings(&self) -> String;

    /// Judges one file text by text: `see` is shown each text once, the file's own and those of the members of an archive, with what was
    /// found in it, be it nothing. No I/O, no clock, no environment.
    fn check_texts(&self, source: &Source<'_>, see: &mut dyn FnMut(Text<'_>, Vec<Finding>)) -> Coverage;

    /// The findings in all texts of a file.
    fn check(&self, source: &Source<'_>, found: &mut Vec<Finding>) -> Coverage {
        self.check_texts(source, &mut |_, more| found.extend(more))
    }

    /// What of the file's text is not shown beside what was found: where something stands near that may be a secret.
    fn suspected(&self, _source: &Source<'_>, _found: &[Range<usize>]) -> Vec<Range<usize>> {
        Vec::new()
    }

    /// Everything that detect-secrets would report in this file: what its baseline file has to hold. An error says why it was not judged.
    fn foreign_identities(&self, _source: &Source<'_>, _foreign: &compat::Settings) -> Result<Vec<compat::Identity>, Gap> {
        Ok(Vec::new())
    }

    /// Plans how the files of a run are mended, one repair for each. No name that it invents shows any of `secrets`, or is one of `taken`.
    fn repair(files: &[Faulty<'_>], _secrets: &[&Redacted], _taken: BTreeSet<String>) -> Vec<Repair> {
        files.iter().map(|file| Repair::none(file, "this hook mends nothing")).collect()
    }

    /// Adds to the findings of one file the names that detect-secrets has for them: the identities that stand in the same place, or where
    /// the same value does, for it names a value once. A finding of its own rules has its identity, which another one cannot stand for.
    fn identify(&self, findings: &mut [&mut Finding], identities: &[compat::Identity]) {
        let mut named: HashMap<[u8; 20], Vec<ForeignIdentity>> = HashMap::new();
        let value = |finding: &Finding| match &finding.subject {
            Subject::Secret(value) => Some(value.with(compat::sha1)),
            Subject::Plain(_) => None,
        };
        let mut ours: Vec<&mut Finding> = findings.iter_mut().map(|it| &mut **it).filter(|it| it.foreign.is_empty()).collect();
        for finding in &mut ours {
            let place = finding.span.start..finding.span.end;
            finding.foreign.extend(identities.iter().filter_map(|identity| {
                let span = identity.span.as_ref().filter(|span| span.start < place.end && place.start < span.end)?;
                let is_part = identity.is_degenerate() || place.start < span.start || span.end < place.end;
                Some(ForeignIdentity { kind: identity.kind, sha1: identity.sha1, is_part })
            }));
            if let (false, Some(value)) = (finding.foreign.is_empty(), value(finding)) {
                named.entry(value).or_default().extend(finding.foreign.iter().cloned());
            }
        }
        for finding in ours {
            let elsewhere = value(finding).and_then(|value| named.get(&value));
            finding.foreign.extend(elsewhere.into_iter().flatten().cloned());
            finding.foreign.sort_by_key(|identity| (identity.kind, identity.sha1));
            finding.foreign.dedup();
        }
    }
}
