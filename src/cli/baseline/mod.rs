//! `baseline`: record what is known, review it, merge it.
//! Promises that only what a command says it writes is written: whole files, under a lock, or nothing.

mod audit;
mod check;
mod files;
mod merge;
mod record;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::arguments::Shared;
use super::failure::Failure;
use super::session::Session;
use super::terminal;
use crate::hook::Hook;
use crate::settle::Exit;
use crate::settle::baseline::{diff, stats};
use crate::snapshot::View;
use crate::source::RepoPath;

/// `baseline …`.
#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Record everything that is found now: .secrets.baseline and the companion file
    Create(record::Create),
    /// Bring the baseline up to date: moved lines, renamed files, values that are gone; new findings only if asked
    Update(record::Update),
    /// Label entries: one by one at a terminal, or by options
    Audit(audit::Audit),
    /// Compare two baselines, or the baseline with what is found now (exit 1: they differ)
    Diff(Diff),
    /// Look through the record: entries whose value is gone, without a label, past their date (exit 1: there are some)
    Check(check::Check),
    /// Drop entries whose file or value is gone
    Prune(record::Prune),
    /// Merge two versions of a baseline file, as a git merge driver does (exit 1: conflict)
    ///
    /// To let git call it, add to .gitattributes `.secrets.baseline merge=gatewright` and `.gatewright-baseline.jsonl merge=gatewright`, and run
    /// in each clone `git config merge.gatewright.driver "gatewright-secrets baseline merge %O %A %B -o %A --path %P"`.
    Merge(merge::Merge),
    /// Count the entries
    Stats(Stats),
}

/// Machines read JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Print {
    #[default]
    Text,
    Json,
}

/// Which files a command scans.
#[derive(Args, Clone, Debug, Default)]
pub struct Scanned {
    /// Scan what lies on disk instead of what is in the index
    #[arg(long)]
    pub worktree: bool,
    #[command(flatten)]
    pub shared: Shared,
}

/// `baseline diff`.
#[derive(Args, Debug)]
pub struct Diff {
    /// A baseline file, or a commit whose baseline is meant [default: the repository's]
    pub old: Option<PathBuf>,
    /// Another one [default: what is found now]
    pub new: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Print,
    #[command(flatten)]
    pub scanned: Scanned,
}

/// `baseline stats`.
#[derive(Args, Debug)]
pub struct Stats {
    /// Print JSON, in the form of `detect-secrets audit --stats --json` with `--compat`
    #[arg(long)]
    pub json: bool,
    /// Count as detect-secrets counts: by plugin, true and false positives
    #[arg(long, requires = "json")]
    pub compat: bool,
    #[command(flatten)]
    pub shared: Shared,
}

impl BaselineCommand {
    /// Whether it leaves a file changed if all goes well.
    fn writes(&self) -> bool {
        match self {
            Self::Create(_) => true,
            Self::Update(update) => !update.dry_run,
            Self::Prune(prune) => !prune.check,
            Self::Audit(audit) => audit.writes(),
            Self::Merge(merge) => merge.output.is_some(),
            Self::Check(_) | Self::Diff(_) | Self::Stats(_) => false,
        }
    }
}

pub fn run<H: Hook>(command: &BaselineCommand) -> Result<Exit, Failure> {
    if terminal::is_run_by_pre_commit() && command.writes() {
        return Err(Failure::usage("a hook writes nothing: the baseline is not changed", "run the command by hand"));
    }
    match command {
        BaselineCommand::Check(check) => check::run::<H>(check),
        BaselineCommand::Create(create) => record::create::<H>(create),
        BaselineCommand::Update(update) => record::update::<H>(update),
        BaselineCommand::Prune(prune) => record::prune::<H>(prune),
        BaselineCommand::Audit(audit) => audit::run::<H>(audit),
        BaselineCommand::Diff(diff) => run_diff::<H>(diff),
        BaselineCommand::Merge(merge) => merge::run(merge),
        BaselineCommand::Stats(stats) => run_stats::<H>(stats),
    }
}

/// A session on every tracked file, or on the work tree.
fn session<H: Hook>(scanned: &Scanned) -> Result<Session, Failure> {
    let view = if scanned.worktree { View::Worktree } else { View::All };
    Session::open::<H>(&scanned.shared, Some(view), Vec::<OsString>::new(), terminal::is_run_by_pre_commit())
}

/// Tells of every file that could not be judged, and refuses if there is one: `outcome` ends the sentence, `remedy` says what to do.
fn refuse_unread<'u>(unread: impl Iterator<Item = (&'u RepoPath, &'u str)>, outcome: &str, remedy: &str) -> Result<(), Failure> {
    let mut count = 0;
    for (path, reason) in unread {
        terminal::remark("error", &format!("{path}: {reason}"));
        count += 1;
    }
    if count == 0 {
        return Ok(());
    }
    Err(Failure::usage(format!("{} could not be judged{outcome}", terminal::counted(count, "file", "files")), remedy))
}

fn run_diff<H: Hook>(arguments: &Diff) -> Result<Exit, Failure> {
    let session = session::<H>(&arguments.scanned)?;
    let pair = files::Pair::of(&session);
    let old = match &arguments.old {
        Some(named) => files::read_named(&pair, &session.snapshot, named)?,
        None => pair.read()?.files,
    };
    let new = match &arguments.new {
        Some(named) => files::read_named(&pair, &session.snapshot, named)?,
        None => record::as_found::<H>(&session, &old)?,
    };
    let mut diff = diff::compare(&old, &new);
    // A count that was never recorded is not a difference.
    diff.recounted.retain(|entry| entry.was.is_some());
    session.print(|out| match arguments.format {
        Print::Text => write!(out, "{diff}"),
        Print::Json => {
            serde_json::to_writer_pretty(&mut *out, &diff)?;
            writeln!(out)
        }
    })?;
    Ok(if diff.is_empty() { Exit::Clean } else { Exit::Findings })
}

fn run_stats<H: Hook>(arguments: &Stats) -> Result<Exit, Failure> {
    let session = Session::open::<H>(&arguments.shared, Some(View::All), Vec::new(), false)?;
    let files = files::Pair::of(&session).read()?.files;
    let today = super::session::today()?.to_string();
    session.print(|out| match (&files.baseline, arguments.json) {
        (Some(baseline), true) if arguments.compat => {
            let json = stats::detect_secrets_stats(baseline);
            out.write_all(crate::settle::baseline::json::write_python(&json).as_bytes())
        }
        (_, true) => {
            serde_json::to_writer_pretty(&mut *out, &stats::stats(&files, &today))?;
            writeln!(out)
        }
        (_, false) => write!(out, "{}", stats::stats(&files, &today)),
    })?;
    Ok(Exit::Clean)
}
