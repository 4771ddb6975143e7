//! What makes a hook: its name, its rules, and a pure function from one file to findings.
//! Promises that `check` sees nothing but the source, so that files can be judged in any order on any number of threads.
//! Git, threads, baselines and output belong to the pipeline.

pub mod secrets;

use crate::config::Config;
use crate::finding::{Finding, ForeignIdentity};
use crate::rule::HookName;
use crate::settle::Rules;
use crate::source::Source;

/// How much of a file a hook judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Coverage {
    #[default]
    Whole,
    /// Less than all, for the reason given: what is left makes exit 2.
    Partial(String),
    /// Nothing, by rule and not by fault: a binary file, a baseline.
    Skipped(&'static str),
}

/// One hook of the suite.
pub trait Hook: Sync + Sized {
    const NAME: HookName;
    /// The name of its program.
    const BINARY: &'static str;
    /// One line for `--help`.
    const ABOUT: &'static str;
    /// Every rule that this hook can report, sorted by id.
    const RULES: Rules;

    /// The hook as the configuration wants it.
    fn new(config: &Config) -> Self;

    /// Judges one file. No I/O, no clock, no environment.
    fn check(&self, source: &Source<'_>, found: &mut Vec<Finding>) -> Coverage;

    /// Adds the names that other tools have for these findings of one file.
    fn identify(&self, _source: &Source<'_>, _findings: &mut [&mut Finding]) {}

    /// Everything that detect-secrets would report in this file, with its line: what its baseline file has to hold.
    fn foreign_identities(&self, _source: &Source<'_>) -> Vec<(ForeignIdentity, u32)> {
        Vec::new()
    }
}
