//! `check`: judges what it is pointed at and reports.
//! Promises that nothing is written but the report.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read as _};
use std::time::SystemTime;

use super::arguments::Check;
use super::failure::Failure;
use super::session::{Baselines, Session, today};
use super::terminal;
use crate::config::{Config, Profile};
use crate::finding::Finding;
use crate::hook::Hook;
use crate::pipeline::{self, Judge, Sighted};
use crate::report::{self, Run, Style};
use crate::secret::compat;
use crate::settle::baseline::matching::{self, Known, Named};
use crate::settle::baseline::policy::{Need, Policy as BaselinePolicy};
use crate::settle::policy::Policy;
use crate::settle::{Exit, Outcome, Settled, Skipped, Unread};
use crate::snapshot::View;
use crate::source::{Origin, RepoPath, Source};

pub fn run<H: Hook>(arguments: &Check) -> Result<Exit, Failure> {
    let hook_mode = arguments.hook || terminal::variable("PRE_COMMIT").is_some_and(|value| value == "1");
    if hook_mode && arguments.output_file.is_some() {
        return Err(Failure::usage(
            "a hook writes nothing: `--output-file` is refused",
            "run the command by hand to write a report",
        ));
    }
    let started = SystemTime::now();
    pipeline::set_threads(arguments.shared.threads);
    let (view, names) = what_to_judge(arguments);
    let session = Session::open::<H>(&arguments.shared, view, names, hook_mode)?;
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
        // Standard input is judged by the configuration that is staged; no file is looked at.
        _ if arguments.staged || arguments.stdin_filename.is_some() => Some(View::Staged),
        _ => None,
    };
    (view, arguments.files.clone())
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
        (arguments.show_hashes || baselines.detect_secrets.is_some()).then_some(&baselines.engine)
    };
    let is_whole_tree = arguments.files.is_empty() && matches!(session.snapshot.view(), View::All | View::Worktree);
    let judge = Judge {
        hook: &hook,
        config: &config,
        policy: Policy::new(&config),
        today: today()?,
        is_whole_tree,
        foreign: &foreign,
        collects_identities: false,
    };
    let mut sighted = sight(arguments, session, &judge, hook_mode)?;
    sighted.unused.extend(judge.policy.unused(judge.today, is_whole_tree));
    settle(session, &judge, sighted)
}

fn with_force_exclude(config: &Config, arguments: &Check) -> Config {
    let mut config = config.clone();
    if arguments.no_force_exclude && !arguments.files.is_empty() {
        config.exclude = crate::config::PathSet::default();
        config.secrets.exclude = crate::config::PathSet::default();
    }
    config
}

fn sight<H: Hook>(arguments: &Check, session: &Session, judge: &Judge<'_, H>, hook_mode: bool) -> Result<Sighted, Failure> {
    if let Some(name) = &arguments.stdin_filename {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        let path = RepoPath::new(name.as_encoded_bytes());
        let mut sighted = Sighted::default();
        pipeline::judge_source(&Source::new(&path, &bytes, Origin::Stdin), judge, &mut sighted);
        return Ok(sighted);
    }
    let snapshot = &session.snapshot;
    let progress = terminal::Progress::new(snapshot.entries().len(), hook_mode);
    let mut sighted = pipeline::judge_entries(snapshot, snapshot.entries(), judge, &|done| progress.show(done));
    progress.finish();
    sighted.unread.extend(snapshot.unread().iter().map(|u| Unread { path: u.path.clone(), reason: u.reason.clone() }));
    sighted.skipped.extend(snapshot.skipped().iter().map(|s| Skipped { path: s.path.clone(), reason: s.reason }));
    Ok(sighted)
}

/// Asks the baselines about what is still open.
fn settle<H: Hook>(session: &Session, judge: &Judge<'_, H>, sighted: Sighted) -> Result<Outcome, Option<Failure>> {
    let empty = Baselines::default();
    let needs_baselines = !sighted.findings.is_empty() || judges_a_baseline(session);
    let baselines = if needs_baselines { session.baselines().map_err(|_| None)? } else { &empty };
    let companion = baselines.companion.as_ref().map(|(_, companion)| companion);
    let (open, forgiven): (Vec<_>, Vec<_>) = sighted.findings.into_iter().partition(|(_, standing)| standing.is_none());
    let mut settled = settle_open(session, judge, baselines, open.into_iter().map(|(finding, _)| finding).collect());
    settled.extend(forgiven.into_iter().filter_map(|(finding, standing)| {
        Some(Settled { fingerprint: matching::fingerprint(companion, &finding), finding, standing: standing? })
    }));
    settled.sort_by(|a, b| {
        let key = |s: &Settled| (s.finding.path.clone(), s.finding.span, s.finding.rule.id);
        key(a).cmp(&key(b))
    });
    let mut outcome = Outcome {
        settled,
        unread: sighted.unread,
        skipped: sighted.skipped,
        unused: sighted.unused,
        notes: baselines.warnings.clone(),
        files: sighted.files,
    };
    outcome.unread.sort();
    outcome.skipped.sort();
    outcome.unused.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    note_stale_judgements(session, &mut outcome);
    Ok(outcome)
}

/// Whether a baseline is among the files to be judged: one that cannot be read is best told of before it is committed.
fn judges_a_baseline(session: &Session) -> bool {
    let (path, _) = session.baseline_path();
    let names = [path.as_bytes(), session.config.secrets.companion.as_bytes()];
    session.snapshot.entries().iter().any(|entry| names.contains(&entry.path.as_bytes()))
}

fn settle_open<H: Hook>(session: &Session, judge: &Judge<'_, H>, baselines: &Baselines, open: Vec<Finding>) -> Vec<Settled> {
    let renames: OnceCell<BTreeMap<RepoPath, RepoPath>> = OnceCell::new();
    let renamed_from = |path: &RepoPath| {
        if baselines.detect_secrets.is_none() && baselines.companion.is_none() {
            return None;
        }
        // Without git there are no renames to know of; a renamed file's findings are then open, which is the safe side.
        renames.get_or_init(|| session.snapshot.renames().unwrap_or_default()).get(path).cloned()
    };
    let findings_before = |path: &RepoPath| {
        let bytes = session.snapshot.base_version(path.as_bytes(), judge.config.max_file_size(H::NAME)).ok().flatten()?;
        let judged = judge.judge(&Source::new(path, &bytes, Origin::Repository));
        Some(judged.findings.into_iter().filter(|(_, standing)| standing.is_none()).map(|(finding, _)| finding).collect())
    };
    let known = Known {
        baseline: baselines.detect_secrets.as_ref().map(|(file, content)| Named { file, content }),
        companion: baselines.companion.as_ref().map(|(file, content)| Named { file, content }),
        baseline_before: baselines.before.as_ref(),
        findings_before: &findings_before,
        renamed_from: &renamed_from,
        today: &judge.today.to_string(),
        policy: &baseline_policy(judge.config),
    };
    matching::settle(open, &known)
}

fn baseline_policy(config: &Config) -> BaselinePolicy {
    let secrets = &config.secrets;
    let needs = secrets.label_needs.iter().map(|field| match field {
        crate::config::LabelField::Reason => Need::Reason,
        crate::config::LabelField::Owner => Need::Owner,
        crate::config::LabelField::Until => Need::Until,
    });
    BaselinePolicy {
        fail_on_unaudited: secrets.fails_on_unaudited(),
        fail_on_real: secrets.fail_on_real,
        label_needs: needs.collect(),
    }
}

/// Says of which files with findings the work tree holds another version: whoever mended the file and did not stage it wonders.
fn note_stale_judgements(session: &Session, outcome: &mut Outcome) {
    let mut paths: Vec<&RepoPath> = outcome.open().map(|settled| &settled.finding.path).collect();
    paths.dedup();
    let stale: Vec<String> = paths
        .into_iter()
        .filter(|path| {
            let entry = session.snapshot.entries().iter().find(|entry| entry.path == **path);
            entry.is_some_and(|entry| session.snapshot.differs_on_disk(entry))
        })
        .map(|path| format!("judged the staged version; {path} differs on disk (`git add` it, or use `--worktree`)"))
        .collect();
    outcome.notes.extend(stale);
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
