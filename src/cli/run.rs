//! From an open session to a report and an exit code: what `check` and `history` share.
//! Promises that nothing is written but the report and, where it is switched on, the result cache.
//! Decides neither what is looked at nor what is found.

mod json;
mod settle;

use std::io;
use std::time::SystemTime;

use super::arguments::{Output, Shared};
use super::failure::Failure;
use super::session::{Session, today};
use super::versioned::leaves_out;
use super::{engine, explain, results, terminal};
use crate::config::{Config, Profile};
use crate::hook::Hook;
use crate::pipeline::{self, Judge, Sighted};
use crate::report::{self, Run, Style};
use crate::secret::compat;
use crate::settle::policy::Policy;
use crate::settle::{Exit, Outcome};

/// What a command asks of a run.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent answers, two for each command")]
pub struct Order<'a> {
    pub output: &'a Output,
    pub shared: &'a Shared,
    /// What the files are judged by.
    pub config: Config,
    /// How the report calls what was judged.
    pub source: &'static str,
    /// Nobody looks on: no summary, no progress.
    pub hook_mode: bool,
    /// Whether every finding of the tree is looked for, so that comments and entries without effect can be told.
    pub is_whole_tree: bool,
    pub uses_cache: bool,
    /// Whether a word is due where the work tree holds another version than the one with a finding.
    pub compares_disk: bool,
    /// Whether the report is an object like a baseline of detect-secrets.
    pub as_baseline: bool,
    /// Whether what was dismissed is told as well, and why.
    pub explains: bool,
    /// Tell only what stands on this line.
    pub line: Option<u32>,
}

/// What has to hold before anything is opened.
pub fn begin(output: &Output, shared: &Shared, hook_mode: bool) -> Result<(), Failure> {
    if hook_mode && output.file.is_some() {
        return Err(Failure::usage(
            "a hook writes nothing: `--output-file` is refused",
            "run the command by hand to write a report",
        ));
    }
    pipeline::set_threads(shared.threads)
        .map_err(|error| Failure::usage(format!("no threads: {error}"), "`--threads 1` needs one"))
}

/// Judges what `sight` looks at, settles it, reports it.
pub fn run<H: Hook>(
    session: Session,
    order: &Order<'_>,
    sight: impl FnOnce(&Session, &Judge<'_, H>) -> Result<Sighted, Failure>,
) -> Result<Exit, Failure> {
    let started = SystemTime::now();
    let (session, outcome) = outcome::<H>(session, order, sight)?;
    let baseline = session.named_baseline();
    let run = Run {
        hook: H::NAME,
        tool_version: env!("CARGO_PKG_VERSION"),
        outcome: &outcome,
        rules: session.rules,
        source: order.source,
        baseline: baseline.as_deref(),
        reader: session.snapshot.reader_name(),
        started,
        ended: SystemTime::now(),
    };
    if order.as_baseline {
        json::print(&session, &outcome)?;
    } else {
        print(order, &run)?;
    }
    Ok(match outcome.exit() {
        Exit::Findings if order.output.exit_zero => Exit::Clean,
        exit => exit,
    })
}

/// Judges what `sight` looks at, and settles it.
pub fn outcome<H: Hook>(
    session: Session,
    order: &Order<'_>,
    sight: impl FnOnce(&Session, &Judge<'_, H>) -> Result<Sighted, Failure>,
) -> Result<(Session, Outcome), Failure> {
    session.check_baseline_is_there()?;
    match judge::<H>(order, &session, sight) {
        Ok(outcome) => Ok((session, outcome)),
        Err(Some(failure)) => Err(failure),
        Err(None) => Err(session.into_baseline_failure().unwrap_or_else(|| Failure::from(io::Error::other("no baseline")))),
    }
}

/// `Err(None)`: the session holds the fault, in its baselines.
fn judge<H: Hook>(
    order: &Order<'_>,
    session: &Session,
    sight: impl FnOnce(&Session, &Judge<'_, H>) -> Result<Sighted, Failure>,
) -> Result<Outcome, Option<Failure>> {
    let config = &order.config;
    // The default profile asks the baselines only if something was found; the others need their settings to look at all.
    let engine = match config.secrets.profile {
        Profile::Default => compat::Settings::default(),
        Profile::Compat | Profile::Strict => session.baselines().map_err(|_| None)?.engine.clone(),
    };
    let config = &*engine::configured(config, &engine);
    let hook = H::new(config, engine, session.rules.own);
    let hook = if order.explains { hook.explaining() } else { hook };
    let foreign = || {
        let baselines = session.baselines().ok()?;
        let is_asked = order.output.show_hashes || order.as_baseline || order.shared.detect_secrets.leaves_out();
        let has_record = || {
            baselines.detect_secrets.is_some() || leaves_out(&session.snapshot, &session.baseline_path().0).unwrap_or_default()
        };
        (is_asked || has_record()).then_some(&baselines.engine)
    };
    let cache = order.uses_cache.then(|| results::open(session, &hook, order)).flatten();
    let judge = Judge {
        hook: &hook,
        config,
        policy: Policy::new(config),
        rules: session.rules.all,
        today: today()?,
        is_whole_tree: order.is_whole_tree,
        foreign: &foreign,
        collects_identities: false,
        cache: cache.as_ref(),
    };
    let mut sighted = sight(session, &judge)?;
    if let Some(cache) = &cache {
        cache.save();
    }
    sighted.unused.extend(judge.policy.unused(judge.today, order.is_whole_tree));
    let mut outcome = settle::settle(session, &judge, sighted)?;
    if order.compares_disk {
        settle::note_stale_judgements(session, &mut outcome);
    }
    if order.explains && config.secrets.profile == Profile::Compat {
        outcome.notes.push("detect-secrets' rules do not tell what they dismiss".to_owned());
    }
    if order.explains {
        explain::note_silence(&mut outcome, order.line);
    }
    Ok(outcome)
}

/// Adds what the snapshot has no content for.
pub fn add_unopened<H: Hook>(session: &Session, judge: &Judge<'_, H>, sighted: &mut Sighted) {
    for unread in session.snapshot.unread() {
        let path = unread.path.clone();
        if judge.config.excludes(H::NAME, &path) {
            sighted.skip(path, pipeline::EXCLUDED);
        } else {
            sighted.leave_unread(path, unread.gap.clone(), judge.config);
        }
    }
    for skipped in session.snapshot.skipped() {
        sighted.skip(skipped.path.clone(), skipped.reason);
    }
}

fn print(order: &Order<'_>, run: &Run<'_>) -> Result<(), Failure> {
    let output = order.output;
    let mut style = Style {
        colour: terminal::is_coloured(order.shared.color, &io::stdout()),
        hyperlinks: terminal::has_hyperlinks(order.shared.color, &io::stdout()),
        width: terminal::width(),
        show_forgiven: output.show_forgiven,
        hashes: output.show_hashes,
        summary: !order.hook_mode && !order.explains,
        explains: order.explains,
        line: order.line,
    };
    let Some(file) = &output.file else {
        return terminal::print(|out| report::write(output.format, run, &style, out)).map_err(Failure::from);
    };
    (style.colour, style.hyperlinks) = (false, false);
    let mut bytes = Vec::new();
    report::write(output.format, run, &style, &mut bytes)?;
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
