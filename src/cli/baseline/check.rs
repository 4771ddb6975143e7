//! `baseline check`: whether the record is in order.
//! Promises to judge the record that is staged, by the files that it names, and to write nothing: it runs as a hook.

use std::collections::BTreeSet;
use std::io;

use clap::Args;

use super::record::{self, Seen};
use super::{Print, Scanned, session};
use crate::cli::failure::Failure;
use crate::cli::session::{Session, now, today};
use crate::cli::terminal;
use crate::hook::Hook;
use crate::settle::Exit;
use crate::settle::baseline::item::items;
use crate::settle::baseline::review::{Fault, Overdue, review};
use crate::settle::baseline::update::{self as engine, Change, Files};
use crate::snapshot::Entry;
use crate::source::RepoPath;

/// `baseline check`.
#[derive(Args, Debug)]
pub struct Check {
    /// Entries without a label are in order
    #[arg(long)]
    pub allow_unlabelled: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Print,
    #[command(flatten)]
    pub scanned: Scanned,
}

pub fn run<H: Hook>(arguments: &Check) -> Result<Exit, Failure> {
    let session = session::<H>(&arguments.scanned)?;
    session.check_baseline_is_there()?;
    let Ok(files) = recorded(&session) else {
        return Err(session.into_baseline_failure().unwrap_or_else(|| Failure::from(io::Error::other("no baseline"))));
    };
    let mut overdue = overdue::<H>(&session, &files)?;
    overdue.retain(|entry| !(arguments.allow_unlabelled && entry.fault == Fault::Unlabelled));
    match arguments.format {
        Print::Text => say(&session, &overdue)?,
        Print::Json => session.print(|out| {
            serde_json::to_writer_pretty(&mut *out, &overdue)?;
            writeln!(out)
        })?,
    }
    Ok(if overdue.is_empty() { Exit::Clean } else { Exit::Findings })
}

fn say(session: &Session, overdue: &[Overdue]) -> Result<(), Failure> {
    session.print(|out| overdue.iter().try_for_each(|entry| writeln!(out, "{entry}")))?;
    for (fault, remedy) in [
        (Fault::Stale, "`baseline update` drops entries whose value is gone, then `git add` the files"),
        (Fault::Unlabelled, "`baseline audit` labels entries; `--allow-unlabelled` does without"),
        (Fault::Expired, "fix what has expired, or set a new date: `baseline audit --mark LABEL --until DATE --hash HASH`"),
    ] {
        if overdue.iter().any(|entry| entry.fault == fault) {
            terminal::remark("help", remedy);
        }
    }
    Ok(())
}

/// The record in the version that is judged. An error is the session's.
fn recorded(session: &Session) -> Result<Files, ()> {
    let baselines = session.baselines().map_err(|_| ())?;
    for warning in &baselines.warnings {
        terminal::remark("warning", warning);
    }
    let baseline = baselines.detect_secrets.as_ref().map(|(_, baseline)| baseline.clone());
    let companion = baselines.companion.as_ref().map(|(_, companion)| companion.clone());
    Ok(Files { baseline, companion })
}

/// What is wrong with the record. Only the files that it names are judged, under the names that they have now.
fn overdue<H: Hook>(session: &Session, files: &Files) -> Result<Vec<Overdue>, Failure> {
    let renamed = session.snapshot.renames()?;
    let items = items(files.baseline.as_ref(), files.companion.as_ref());
    let mut named: BTreeSet<RepoPath> = items.iter().map(|item| item.path.to_path()).collect();
    named.extend(renamed.iter().filter(|(_, old)| named.contains(*old)).map(|(new, _)| new.clone()).collect::<Vec<_>>());
    let chosen: Vec<Entry> = session.snapshot.entries().iter().filter(|entry| named.contains(&entry.path)).cloned().collect();
    let seen: Seen = record::scan::<H>(session, files, &chosen)?;
    let change = Change { accept_new: false, drop_vanished: true, refresh_lines: true, renamed: &renamed, now: &now() };
    let updated = engine::update(files, seen.scan(), &change);
    Ok(review(&updated, &today()?.to_string()))
}
