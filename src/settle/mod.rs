//! Open or forgiven: each finding passes the inline comments, the policy and the baseline, in that order.
//! Promises that nothing is dropped: what is forgiven stays in the outcome with its forgiver and the reason given.
//! Reads no file: the text of configuration and baselines comes from the snapshot.

pub mod baseline;
pub mod inline;
pub mod policy;

use std::borrow::Cow;

use crate::finding::Finding;
use crate::gap::Gap;
use crate::source::RepoPath;

/// Who forgave a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forgiver {
    /// A comment on line `line` of the text in which the finding stands, in the words of `dialect` (`gatewright`, `detect-secrets`, `gitleaks` …).
    Inline { line: u32, dialect: &'static str },
    /// A per-path rule or an `allow` entry of the configuration.
    Policy,
    /// An entry of the baseline file of this name.
    Baseline { file: String },
}

/// Whether a finding speaks up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Open,
    Forgiven {
        by: Forgiver,
        reason: Option<String>,
    },
    /// No finding at all: what `explain` tells of the places that a rule looked at.
    Dismissed {
        reason: String,
    },
}

/// A finding with its verdict.
#[derive(Clone, Debug)]
pub struct Settled {
    pub finding: Finding,
    pub standing: Standing,
    /// Whether an entry of the baseline is about it and does not forgive it: expired, never audited, a real secret.
    pub is_refused: bool,
    /// 22 characters of base64url: the same finding has the same fingerprint wherever it moves in its file.
    pub fingerprint: String,
}

/// A file that ought to have been judged and could not be: makes exit 2.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    pub path: RepoPath,
    /// What is wrong and what to do.
    pub gap: Gap,
}

/// A file that was not judged, by rule and not by fault: a closed archive, submodule, excluded by the configuration; or that `accept-unread` names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    pub path: RepoPath,
    pub reason: Cow<'static, str>,
}

/// An allow comment or configuration entry that forgave nothing although its whole file (or the whole tree) was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    pub path: RepoPath,
    pub line: u32,
    pub message: String,
}

/// All that one run has to say, in the order (path, offset, rule id).
#[derive(Debug, Default)]
pub struct Outcome {
    pub settled: Vec<Settled>,
    pub unread: Vec<Unread>,
    pub skipped: Vec<Skipped>,
    pub unused: Vec<Unused>,
    /// Remarks about the run, shown once: "judged the staged version; X differs on disk".
    pub notes: Vec<String>,
    /// Files judged.
    pub files: usize,
}

/// The remark about a run that had nothing to judge, and could not have.
pub const ENDED: &str = "nothing to judge: the range ends with no commit, as after a branch was deleted";

impl Outcome {
    /// The findings that nobody forgave.
    pub fn open(&self) -> impl Iterator<Item = &Settled> {
        self.settled.iter().filter(|settled| settled.standing == Standing::Open)
    }

    /// How many findings somebody forgave.
    pub fn forgiven(&self) -> usize {
        self.settled.iter().filter(|settled| matches!(settled.standing, Standing::Forgiven { .. })).count()
    }

    /// The verdict: a gate that cannot see must not say "clean".
    pub fn exit(&self) -> Exit {
        if !self.unread.is_empty() {
            Exit::CouldNotTell
        } else if self.open().next().is_some() {
            Exit::Findings
        } else {
            Exit::Clean
        }
    }
}

/// The three exit codes of every binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    Clean = 0,
    Findings = 1,
    CouldNotTell = 2,
}
