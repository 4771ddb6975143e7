//! `check`: judges what it is pointed at and reports.
//! Promises that nothing is written but the report.

mod settle;

use std::ffi::{OsStr, OsString};
use std::io::{self, Read as _};
use std::time::SystemTime;

use super::arguments::Check;
use super::failure::Failure;
use super::session::{Session, today};
use super::{results, terminal};
use crate::cache::Cache;
use crate::config::{Config, Profile};
use crate::hook::Hook;
use crate::pipeline::{self, Judge, Sighted};
use crate::report::{self, Run, Style};
use crate::secret::compat;
use crate::settle::policy::Policy;
use crate::settle::{Exit, Outcome, Skipped, Unread};
use crate::snapshot::View;
use crate::source::{Origin, RepoPath, Source};

pub fn run<H: Hook>(arguments: &Check) -> Result<Exit, Failure> {
    let hook_mode = arguments.hook || terminal::is_run_by_pre_commit();
    if hook_mode && arguments.output_file.is_some() {
        return Err(Failure::usage(
            "a hook writes nothing: `--output-file` is refused",
            "run the command by hand to write a report",
        ));
    }
    let started = SystemTime::now();
    pipeline::set_threads(arguments.shared.threads)
        .map_err(|error| Failure::usage(format!("no threads: {error}"), "`--threads 1` needs one"))?;
    let (view, names) = what_to_judge(arguments);
    let session = Session::open::<H>(&arguments.shared, view, names, hook_mode)?;
    session.check_baseline_is_there()?;
    let outcome = match judge::<H>(arguments, &session, hook_mode) {
        Ok(outcome) => outcome,
        Err(None) => {
            return Err(session.into_baseline_failure().unwrap_or_else(|| Failure::from(io::Error::other("no baseline"))));
        }
        Err(Some(failure)) => return Err(failure),
    };
    let run = Run {
        hook: H::NAME,
        tool_version: env!("CARGO_PKG_VERSION"),
        outcome: &outcome,
        rules: H::RULES,
        source: source_name(arguments, session.snapshot.view()),
        reader: session.snapshot.reader_name(),
        started,
        ended: SystemTime::now(),
    };
    print(arguments, &run, hook_mode)?;
    Ok(match outcome.exit() {
        Exit::Findings if arguments.exit_zero => Exit::Clean,
        exit => exit,
    })
}

fn what_to_judge(arguments: &Check) -> (Option<View>, Vec<OsString>) {
    let view = match (&arguments.from_ref, &arguments.to_ref) {
        (Some(from), Some(to)) => Some(View::Range { from: from.clone(), to: to.clone() }),
        _ if arguments.all_files => Some(View::All),
        _ if arguments.worktree => Some(View::Worktree),
        // Standard input is judged by the configuration that is staged.
        _ if arguments.staged || arguments.stdin_filename.is_some() => Some(View::Staged),
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
    }
}

/// `Err(None)`: the session holds the fault, in its baselines.
fn judge<H: Hook>(arguments: &Check, session: &Session, hook_mode: bool) -> Result<Outcome, Option<Failure>> {
    let config = with_force_exclude(&session.config, arguments);
    // The default profile asks the baselines only if something was found; the others need their settings to look at all.
    let engine = match config.secrets.profile {
        Profile::Default => compat::Settings::default(),
        Profile::Compat | Profile::Strict => session.baselines().map_err(|_| None)?.engine.clone(),
    };
    let hook = H::new(&config, engine);
    let foreign = || {
        let baselines = session.baselines().ok()?;
        let is_asked = arguments.show_hashes || arguments.shared.detect_secrets.leaves_out();
        (is_asked || baselines.detect_secrets.is_some()).then_some(&baselines.engine)
    };
    let cache = remembered(arguments, session, &config, &hook, hook_mode);
    let is_whole_tree = arguments.files.is_empty() && matches!(session.snapshot.view(), View::All | View::Worktree);
    let judge = Judge {
        hook: &hook,
        config: &config,
        policy: Policy::new(&config),
        today: today()?,
        is_whole_tree,
        foreign: &foreign,
        collects_identities: false,
        cache: cache.as_ref(),
    };
    let mut sighted = sight(arguments, session, &judge, hook_mode)?;
    if let Some(cache) = &cache {
        cache.save();
    }
    sighted.unused.extend(judge.policy.unused(judge.today, is_whole_tree));
    let mut outcome = settle::settle(session, &judge, sighted)?;
    if arguments.stdin_filename.is_none() {
        settle::note_stale_judgements(session, &mut outcome);
    }
    Ok(outcome)
}

fn remembered<H: Hook>(arguments: &Check, session: &Session, config: &Config, hook: &H, hook_mode: bool) -> Option<Cache> {
    let is_wanted = arguments.caching.choice().unwrap_or(config.cache) && arguments.stdin_filename.is_none();
    is_wanted.then(|| results::open(session, config, hook, hook_mode))?
}

fn with_force_exclude(config: &Config, arguments: &Check) -> Config {
    let mut config = config.clone();
    if arguments.no_force_exclude && (!arguments.files.is_empty() || arguments.stdin_filename.is_some()) {
        config.exclude = crate::config::PathSet::default();
        config.secrets.exclude = crate::config::PathSet::default();
    }
    config
}

fn sight<H: Hook>(arguments: &Check, session: &Session, judge: &Judge<'_, H>, hook_mode: bool) -> Result<Sighted, Failure> {
    if let Some(name) = &arguments.stdin_filename {
        return sight_stdin(&path_of(session, name), judge);
    }
    let snapshot = &session.snapshot;
    let progress = terminal::Progress::new(snapshot.entries().len(), hook_mode);
    let mut sighted = pipeline::judge_entries(snapshot, snapshot.entries(), judge, &|done| progress.show(done));
    progress.finish();
    for unread in snapshot.unread() {
        let path = unread.path.clone();
        if judge.config.excludes(H::NAME, &path) {
            sighted.skipped.push(Skipped { path, reason: pipeline::EXCLUDED });
        } else {
            sighted.unread.push(Unread { path, reason: unread.reason.clone() });
        }
    }
    sighted.skipped.extend(snapshot.skipped().iter().map(|s| Skipped { path: s.path.clone(), reason: s.reason }));
    Ok(sighted)
}

fn sight_stdin<H: Hook>(path: &RepoPath, judge: &Judge<'_, H>) -> Result<Sighted, Failure> {
    let cap = judge.config.max_file_size(H::NAME);
    let mut bytes = Vec::new();
    io::stdin().lock().take(cap.saturating_add(1)).read_to_end(&mut bytes)?;
    let mut sighted = Sighted::default();
    if judge.config.excludes(H::NAME, path) {
        sighted.skipped.push(Skipped { path: path.clone(), reason: pipeline::EXCLUDED });
    } else if bytes.len() as u64 > cap {
        let reason = format!("standard input has more than the limit of {cap} bytes");
        sighted.unread.push(Unread { path: path.clone(), reason });
    } else {
        pipeline::judge_source(&Source::new(path, &bytes, Origin::Stdin), judge, &mut sighted);
    }
    Ok(sighted)
}

/// The path in the repository of the one file that the snapshot was asked for, whether it is there or not.
fn path_of(session: &Session, name: &OsStr) -> RepoPath {
    let snapshot = &session.snapshot;
    let missing = snapshot.unread().iter().map(|unread| &unread.path);
    let skipped = snapshot.skipped().iter().map(|skipped| &skipped.path);
    let mut paths = snapshot.entries().iter().map(|entry| &entry.path).chain(missing).chain(skipped);
    match paths.next() {
        Some(path) if paths.all(|other| other == path) => path.clone(),
        _ => RepoPath::new(name.as_encoded_bytes()),
    }
}

fn print(arguments: &Check, run: &Run<'_>, hook_mode: bool) -> Result<(), Failure> {
    let mut style = Style {
        colour: terminal::is_coloured(arguments.shared.color, &io::stdout()),
        hyperlinks: terminal::has_hyperlinks(&io::stdout()),
        width: terminal::width(),
        show_forgiven: arguments.show_forgiven,
        hashes: arguments.show_hashes,
        summary: !hook_mode,
    };
    let Some(file) = &arguments.output_file else {
        return terminal::print(|out| report::write(arguments.format, run, &style, out)).map_err(Failure::from);
    };
    (style.colour, style.hyperlinks) = (false, false);
    let mut bytes = Vec::new();
    report::write(arguments.format, run, &style, &mut bytes)?;
    terminal::write_file(file, &bytes).map_err(|error| {
        // Only the kind: the error itself names the temporary file, which would only puzzle.
        let (name, reason) = (crate::source::escape(file.as_os_str().as_encoded_bytes()), error.kind());
        Failure::usage(
            format!("{name} cannot be written: {reason}"),
            "`--output-file` takes a file in a folder that is there and may be written",
        )
    })?;
    Ok(())
}
