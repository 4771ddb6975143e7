//! What makes a hook: its name, its rules, and a pure function from one file to findings.
//! Promises that `check` sees nothing but the source, so that files can be judged in any order on any number of threads.
//! Git, threads, baselines and output belong to the pipeline.

pub mod secrets;

use crate::finding::Finding;
use crate::rule::HookName;
use crate::settle::Rules;
use crate::source::Source;

/// One hook of the suite.
pub trait Hook: Sync {
    const NAME: HookName;

    /// Every rule that this hook can report, sorted by id.
    fn rules(&self) -> Rules;

    /// Judges one file. No I/O, no clock, no environment.
    fn check(&self, source: &Source<'_>, found: &mut Vec<Finding>);
}
