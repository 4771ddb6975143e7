//! `check`: judges what it is pointed at and reports.
//! Promises to judge exactly the files that the arguments name, by the policy of the version that is judged.
//! Walks no history; `history` does.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read as _};
use std::path::Path;

use super::arguments::Check;
use super::command_line::refuse_mistyped_command;
use super::failure::Failure;
use super::run::{self, Order};
use super::session::Session;
use super::terminal;
use super::versioned::inside;
use crate::config::{Config, PathSet};
use crate::gap::Gap;
use crate::hook::Hook;
use crate::pipeline::{self, Judge, Sighted};
use crate::settle::{Exit, Outcome};
use crate::snapshot::View;
use crate::source::{Origin, RepoPath, Source};

/// `is_named`: whether the command was said, so that what follows can only be files.
pub fn run<H: Hook>(arguments: &Check, is_named: bool) -> Result<Exit, Failure> {
    let hook_mode = arguments.hook || terminal::is_run_by_pre_commit() || terminal::is_run_by_git();
    let (session, order) = open::<H>(arguments, hook_mode)?;
    if !is_named {
        refuse_mistyped_command::<H>(&arguments.files, |name| is_there(&session, name))?;
    }
    run::run(session, &order, |session, judge| sight::<H>(arguments, session, judge, hook_mode))
}

fn is_there(session: &Session, name: &str) -> bool {
    let path = inside(&session.snapshot, &session.cwd, Path::new(name));
    let is_staged = session.snapshot.find(path.as_bytes()).is_ok_and(|entry| entry.is_some());
    is_staged || fs_err::symlink_metadata(session.cwd.join(name)).is_ok()
}

/// Judges what it is pointed at.
pub(super) fn outcome<H: Hook>(arguments: &Check, hook_mode: bool) -> Result<(Session, Outcome), Failure> {
    let (session, order) = open::<H>(arguments, hook_mode)?;
    run::outcome(session, &order, |session, judge| sight::<H>(arguments, session, judge, hook_mode))
}

/// The session for what it is pointed at, and what is asked of the run.
pub(super) fn open<H: Hook>(arguments: &Check, hook_mode: bool) -> Result<(Session, Order<'_>), Failure> {
    run::begin(&arguments.output, &arguments.shared, hook_mode)?;
    let (view, names) = what_to_judge(arguments);
    let session = Session::open::<H>(&arguments.shared, view, names, hook_mode)?;
    let is_stdin = arguments.stdin_filename.is_some();
    let view = session.snapshot.view();
    let config = with_force_exclude(&session.config, arguments);
    let order = Order {
        output: &arguments.output,
        shared: &arguments.shared,
        source: source_name(arguments, view),
        hook_mode,
        is_whole_tree: arguments.files.is_empty() && !is_stdin && matches!(view, View::All | View::Worktree),
        uses_cache: arguments.caching.choice().unwrap_or(config.cache) && !is_stdin,
        compares_disk: !is_stdin,
        as_baseline: arguments.json,
        explains: false,
        line: None,
        config,
    };
    Ok((session, order))
}

impl Check {
    /// The same, where nothing said is all that is tracked, not what is staged: for `scan`.
    pub fn of_everything(mut self) -> Self {
        let is_pointed = self.staged || self.worktree || self.from_ref.is_some() || self.stdin_filename.is_some();
        self.all_files |= self.files.is_empty() && !is_pointed;
        self
    }
}

fn what_to_judge(arguments: &Check) -> (Option<View>, Vec<OsString>) {
    let view = match (&arguments.from_ref, &arguments.to_ref) {
        (Some(from), Some(to)) => Some(View::Range { from: from.clone(), to: to.clone() }),
        _ if arguments.all_files => Some(View::All),
        _ if arguments.worktree => Some(View::Worktree),
        _ if arguments.staged => Some(View::Staged),
        // Standard input has the path of the index, and the policy that is staged, whether the file is changed or not.
        _ if arguments.stdin_filename.is_some() => Some(View::All),
        _ => None,
    };
    let names = arguments.stdin_filename.as_ref().map_or_else(|| arguments.files.clone(), |name| vec![name.clone()]);
    (view, names)
}

fn source_name(arguments: &Check, view: &View) -> &'static str {
    match view {
        _ if arguments.stdin_filename.is_some() => "stdin",
        View::Staged => "staged",
        View::All => "tracked",
        View::Range { .. } => "range",
        View::Worktree => "worktree",
        View::History(_) => "history",
    }
}

fn with_force_exclude(config: &Config, arguments: &Check) -> Config {
    let mut config = config.clone();
    if arguments.no_force_exclude && (!arguments.files.is_empty() || arguments.stdin_filename.is_some()) {
        config.exclude = PathSet::default();
        config.secrets.exclude = PathSet::default();
    }
    config
}

pub(super) fn sight<H: Hook>(
    arguments: &Check,
    session: &Session,
    judge: &Judge<'_, H>,
    hook_mode: bool,
) -> Result<Sighted, Failure> {
    if let Some(name) = &arguments.stdin_filename {
        return sight_stdin(&path_of(session, name), judge);
    }
    let snapshot = &session.snapshot;
    let progress = terminal::Progress::new(snapshot.entries().len(), "files", hook_mode);
    let mut sighted = pipeline::judge_entries(snapshot, snapshot.entries(), judge, &|done| progress.show(done));
    progress.finish();
    run::add_unopened(session, judge, &mut sighted);
    Ok(sighted)
}

/// Refuses a line that the one file which is judged does not have.
pub(super) fn has_line<H: Hook>(session: &Session, line: u32) -> Result<(), Failure> {
    let snapshot = &session.snapshot;
    let Some(entry) = snapshot.entries().first() else { return Ok(()) };
    // What cannot be read is told where it is judged.
    let mut reader = snapshot.reader();
    let Ok(bytes) = reader.read(entry, session.config.max_file_size(H::NAME)) else { return Ok(()) };
    let count = Source::new(&entry.path, &bytes, entry.origin()).line_count();
    if line as usize <= count {
        return Ok(());
    }
    let message = format!("{} has no line {line}", entry.path);
    let help =
        format!("it has {}; the staged version is read unless something else is said", terminal::counted(count, "line", "lines"));
    Err(Failure::usage(message, help))
}

fn sight_stdin<H: Hook>(path: &RepoPath, judge: &Judge<'_, H>) -> Result<Sighted, Failure> {
    let cap = judge.config.max_file_size(H::NAME);
    let mut bytes = Vec::new();
    io::stdin().lock().take(cap.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| {
        Failure::usage(format!("standard input cannot be read: {}", error.kind()), "hand over a text: `< FILE`, or a pipe")
    })?;
    let mut sighted = Sighted::default();
    if judge.config.excludes(H::NAME, path) {
        sighted.skip(path.clone(), pipeline::EXCLUDED);
    } else if bytes.len() as u64 > cap {
        let reason = format!("standard input has more than the limit of {cap} bytes");
        sighted.leave_unread(path.clone(), Gap::new(reason, "raise `max-file-size`"), judge.config);
    } else {
        pipeline::judge_source(&Source::new(path, &bytes, Origin::Stdin), judge, &mut sighted);
    }
    Ok(sighted)
}

/// The path in the repository of the one file that the snapshot was asked for, whether it is there or not. `-` is no file.
fn path_of(session: &Session, name: &OsStr) -> RepoPath {
    let snapshot = &session.snapshot;
    if name == "-" {
        return RepoPath::new("-");
    }
    let missing = snapshot.unread().iter().map(|unread| &unread.path);
    let skipped = snapshot.skipped().iter().map(|skipped| &skipped.path);
    let mut paths = snapshot.entries().iter().map(|entry| &entry.path).chain(missing).chain(skipped);
    match paths.next() {
        Some(path) if paths.all(|other| other == path) => path.clone(),
        // A directory.
        _ => RepoPath::new(inside(snapshot, &session.cwd, Path::new(name)).into_bytes()),
    }
}
