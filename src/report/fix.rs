//! What `fix` would do or did: as a diff for people, as an object for programs.
//! Promises that neither shows a value: whatever was found in any file of the run is `…` here, so that the diff is no patch.
//! Plans nothing and writes no file of the repository.

mod json;
mod masked;
mod text;

use std::io::{self, BufWriter, Write};

use super::Shown;
use crate::finding::{Finding, Fix};
use crate::hook::Verdict;
use crate::rule::HookName;
use crate::settle::{Exit, Outcome};
use crate::source::Source;

/// How to print it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
}

/// One run of `fix`.
#[derive(Debug)]
pub struct Run<'a> {
    pub hook: HookName,
    pub tool_version: &'a str,
    pub outcome: &'a Outcome,
    /// The files with open findings, in the order of the outcome.
    pub files: Vec<File<'a>>,
    /// The file of examples, if it is to have more names.
    pub example: Option<Example>,
    /// Whether files were to be written.
    pub is_applied: bool,
}

/// A file with open findings.
#[derive(Debug)]
pub struct File<'a> {
    pub source: &'a Source<'a>,
    pub fix: Fix,
    pub items: Vec<Item<'a>>,
    /// Why it could not be written, in words without a value.
    pub fault: Option<String>,
}

/// An open finding.
#[derive(Debug)]
pub struct Item<'a> {
    pub finding: &'a Finding,
    pub verdict: Verdict,
    pub seen: Seen,
}

/// Where else a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The last commit has it in this file: it is part of the history.
    Committed,
    /// The index has it, the last commit does not.
    Staged,
    /// The work tree has it.
    OnDisk,
}

/// The file that says which variables the program needs.
#[derive(Debug)]
pub struct Example {
    /// For people: below the root of the repository, where it is there.
    pub name: String,
    /// Lines of the file before the change.
    pub lines: usize,
    pub added: Vec<String>,
    pub fault: Option<String>,
}

impl File<'_> {
    fn fixed(&self) -> usize {
        let is_fixed = |item: &&Item<'_>| matches!(item.verdict, Verdict::Fixed { .. });
        if self.fault.is_some() { 0 } else { self.items.iter().filter(is_fixed).count() }
    }
}

impl Run<'_> {
    fn open(&self) -> usize {
        self.files.iter().map(|file| file.items.len()).sum()
    }

    fn fixed(&self) -> usize {
        self.files.iter().map(File::fixed).sum()
    }

    /// 0: nothing is open, or nothing is left open. 1: something is, or would be if nothing were applied. 2: something could not be read or
    /// written.
    pub fn exit(&self) -> Exit {
        let has_fault = self.files.iter().any(|file| file.fault.is_some())
            || self.example.as_ref().is_some_and(|example| example.fault.is_some());
        let is_done = self.is_applied && self.fixed() == self.open();
        if has_fault || !self.outcome.unread.is_empty() {
            Exit::CouldNotTell
        } else if self.open() == 0 || is_done {
            Exit::Clean
        } else {
            Exit::Findings
        }
    }
}

/// Writes the report of `run`.
///
/// # Errors
/// Those of `out`.
pub fn write(format: Format, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let shown = Shown::new(run.outcome, &[]);
    match format {
        Format::Text => text::write(run, &shown, &mut out),
        Format::Json => json::write(run, &shown, &mut out),
    }?;
    out.flush()
}
