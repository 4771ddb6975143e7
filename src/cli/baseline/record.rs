//! `baseline create`, `update`, `prune`: scans and writes down what is known.
//! Promises that nothing is written if a file could not be judged: what was not seen must not be taken for gone.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;

use super::files::Pair;
use super::{Scanned, session};
use crate::cli::engine::configured;
use crate::cli::failure::Failure;
use crate::cli::run;
use crate::cli::session::{Session, now, today};
use crate::cli::terminal;
use crate::config::Profile;
use crate::finding::Finding;
use crate::hook::Hook;
use crate::pipeline::{self, Judge, NOT_FETCHED, Sighted};
use crate::settle::Exit;
use crate::settle::baseline::companion::{Companion, Salt};
use crate::settle::baseline::update::{self as engine, Change, Files, Scan, Scope, Updated};
use crate::settle::policy::Policy;
use crate::snapshot::Entry;
use crate::source::{RepoPath, escape};

/// `baseline create`.
#[derive(Args, Debug)]
pub struct Create {
    /// Replace a baseline that is there; its labels are lost
    #[arg(long)]
    pub force: bool,
    /// Leave .secrets.baseline alone and record beside it what it cannot hold
    #[arg(long)]
    pub companion_only: bool,
    #[command(flatten)]
    pub scanned: Scanned,
}

/// `baseline update`.
#[derive(Args, Debug)]
pub struct Update {
    /// Accept what is new as well; makes the files that it needs and that are not there
    #[arg(long, visible_alias = "compat-accept")]
    pub accept_new: bool,
    /// Keep entries whose value is gone (`baseline prune` drops them later)
    #[arg(long)]
    pub keep_vanished: bool,
    /// Show what would change and write nothing (exit 1: something would)
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub scanned: Scanned,
}

/// `baseline prune`.
#[derive(Args, Debug)]
pub struct Prune {
    /// Only say what would be dropped (exit 1: something would)
    #[arg(long)]
    pub check: bool,
    #[command(flatten)]
    pub scanned: Scanned,
}

/// A finished scan.
pub struct Seen {
    findings: Vec<Finding>,
    sighted: Sighted,
    scope: Scope,
}

impl Seen {
    pub fn scan(&self) -> Scan<'_> {
        Scan { identities: &self.sighted.identities, findings: &self.findings, scope: &self.scope }
    }
}

pub fn create<H: Hook>(arguments: &Create) -> Result<Exit, Failure> {
    let session = session::<H>(&arguments.scanned)?;
    let pair = Pair::to_create(&session);
    let held = pair.lock()?;
    let [has_baseline, has_companion] = held.is_there();
    let in_the_way = if arguments.companion_only { has_companion } else { has_baseline || has_companion };
    if in_the_way && !arguments.force {
        return Err(Failure::usage(
            "there is a baseline already",
            "`baseline update --accept-new` adds to it; `--force` starts afresh and loses its labels",
        ));
    }
    let fresh = Files::default();
    let seen = scan_all::<H>(&session, if arguments.companion_only { &held.files } else { &fresh })?;
    refuse_not_fetched(&seen.sighted, "; no baseline was made")?;
    let updated = if arguments.companion_only {
        engine::create_companion(held.files.baseline.clone(), new_salt()?, seen.scan(), &now())
    } else {
        created(&session, &pair, &seen)?
    };
    held.write(&updated.files)?;
    say(&updated);
    let recorded = if arguments.companion_only { Files { baseline: None, ..updated.files } } else { updated.files };
    let count = crate::settle::baseline::stats::stats(&recorded, &now()).total;
    terminal::remark(
        "recorded",
        &format!("{}; `git add` the baseline, then `baseline audit` labels them", terminal::counted(count, "entry", "entries")),
    );
    Ok(Exit::Clean)
}

pub fn update<H: Hook>(arguments: &Update) -> Result<Exit, Failure> {
    let session = session::<H>(&arguments.scanned)?;
    let pair = Pair::of(&session);
    let held = if arguments.dry_run { pair.read()? } else { pair.lock()? };
    let is_there = held.is_there() != [false, false];
    if !is_there && !arguments.accept_new {
        return Err(Failure::usage("there is no baseline to update", "`baseline create` makes one"));
    }
    let seen = scan_all::<H>(&session, &held.files)?;
    let updated = if is_there { updated(&session, &held.files, &seen, arguments)? } else { created(&session, &pair, &seen)? };
    let diff = held.diff(&updated.files);
    session.print(|out| out.write_all(diff.as_bytes()))?;
    say(&updated);
    if arguments.dry_run {
        return Ok(if diff.is_empty() { Exit::Clean } else { Exit::Findings });
    }
    let changed = held.write(&updated.files)?;
    let text = if changed == 0 {
        "nothing changed".to_owned()
    } else {
        format!("{}; `git add` what changed", terminal::counted(changed, "file", "files"))
    };
    terminal::remark("updated", &text);
    Ok(Exit::Clean)
}

/// Both files, with everything that was found.
fn created(session: &Session, pair: &Pair, seen: &Seen) -> Result<Updated, Failure> {
    let mut settings = session.settings(None)?;
    crate::cli::engine::exclude_file(&mut settings, session.companion_path());
    Ok(engine::create(settings, &pair.file_name(), new_salt()?, seen.scan(), &now()))
}

/// The files that are there, brought up to date; with what is new, the companion as well if that has no other place.
fn updated(session: &Session, old: &Files, seen: &Seen, arguments: &Update) -> Result<Updated, Failure> {
    let renamed = session.snapshot.renames()?;
    let change = Change {
        accept_new: arguments.accept_new,
        drop_vanished: !arguments.keep_vanished,
        refresh_lines: true,
        renamed: &renamed,
        now: &now(),
    };
    let mut updated = engine::update(&with_room(old, seen, &change)?, seen.scan(), &change);
    if !change.accept_new {
        let renamed = BTreeMap::new();
        let all = Change { accept_new: true, renamed: &renamed, ..change.clone() };
        let all = engine::update(&with_room(&updated.files, seen, &all)?, seen.scan(), &all);
        let count = |files| crate::settle::baseline::stats::stats(files, change.now).total;
        let left = count(&all.files).saturating_sub(count(&updated.files));
        if left > 0 {
            updated.notes.push(format!(
                "{} left out: `--accept-new` records what is new, `baseline diff` shows it",
                terminal::counted(left, "entry", "entries")
            ));
        }
    }
    hide_companion(session, &mut updated.files, old);
    Ok(updated)
}

/// The files with an empty companion if the change needs one that is not there.
fn with_room(files: &Files, seen: &Seen, change: &Change<'_>) -> Result<Files, Failure> {
    let mut files = files.clone();
    if change.accept_new && engine::needs_companion(&files, seen.scan()) {
        files.companion = Some(Companion::new(new_salt()?));
    }
    Ok(files)
}

pub fn prune<H: Hook>(arguments: &Prune) -> Result<Exit, Failure> {
    let session = session::<H>(&arguments.scanned)?;
    let pair = Pair::of(&session);
    let held = if arguments.check { pair.read()? } else { pair.lock()? };
    let seen = scan_all::<H>(&session, &held.files)?;
    let updated = engine::prune(&held.files, seen.scan(), &now());
    session.print(|out| updated.vanished.iter().try_for_each(|entry| writeln!(out, "gone: {}", escape(entry.as_bytes()))))?;
    if arguments.check {
        return Ok(if updated.vanished.is_empty() { Exit::Clean } else { Exit::Findings });
    }
    held.write(&updated.files)?;
    terminal::remark("dropped", &terminal::counted(updated.vanished.len(), "entry", "entries"));
    Ok(Exit::Clean)
}

/// Keeps detect-secrets from taking the hashes of the companion for secrets.
pub fn hide_companion(session: &Session, new: &mut Files, old: &Files) {
    if let (Some(baseline), Some(_)) = (&mut new.baseline, &new.companion) {
        crate::cli::engine::exclude_file(&mut baseline.settings, session.companion_path());
        if !baseline.is_slim() && old.baseline.as_ref().is_some_and(|old| old.settings != baseline.settings) {
            baseline.generated_at = Some(now().as_str().into());
        }
    }
}

/// What the files would hold if everything that is found now were accepted.
pub fn as_found<H: Hook>(session: &Session, old: &Files) -> Result<Files, Failure> {
    let seen = scan_all::<H>(session, old)?;
    refuse_not_fetched(&seen.sighted, "; nothing was compared")?;
    let renamed = BTreeMap::new();
    let change = Change { accept_new: true, drop_vanished: true, refresh_lines: true, renamed: &renamed, now: &now() };
    Ok(engine::update(old, seen.scan(), &change).files)
}

/// Judges everything.
fn scan_all<H: Hook>(session: &Session, files: &Files) -> Result<Seen, Failure> {
    scan::<H>(session, files, session.snapshot.entries())
}

/// Judges the `chosen` files, by the settings of the baseline in `files`.
pub fn scan<H: Hook>(session: &Session, files: &Files, chosen: &[Entry]) -> Result<Seen, Failure> {
    let config = &session.config;
    let mut warnings = Vec::new();
    let engine = session.engine(files.baseline.as_ref().map(|baseline| &baseline.settings), &mut warnings)?;
    for warning in &warnings {
        terminal::remark("warning", warning);
    }
    let config = &*configured(config, &engine);
    let hook = H::new(config, engine.clone(), session.rules.own);
    let foreign = || Some(&engine);
    let judge = Judge {
        hook: &hook,
        config,
        policy: Policy::new(config),
        rules: session.rules.all,
        today: today()?,
        is_whole_tree: false,
        foreign: &foreign,
        collects_identities: true,
        cache: None,
    };
    let snapshot = &session.snapshot;
    let progress = terminal::Progress::new(chosen.len(), "files", false);
    let mut sighted = pipeline::judge_entries(snapshot, chosen, &judge, &|done| progress.show(done));
    progress.finish();
    run::add_unopened(session, &judge, &mut sighted);
    refuse_unread(&sighted)?;
    note_not_fetched(&sighted);
    let findings = std::mem::take(&mut sighted.findings);
    let findings = findings.into_iter().filter(|(_, standing)| standing.is_none()).map(|(finding, _)| finding).collect();
    let present: BTreeSet<RepoPath> = snapshot.entries().iter().map(|entry| entry.path.clone()).collect();
    let judged = sighted.judged.iter().cloned().collect();
    let scope = Scope { judged, present: Some(present), only_identities: config.secrets.profile == Profile::Compat };
    Ok(Seen { findings, sighted, scope })
}

fn refuse_unread(sighted: &Sighted) -> Result<(), Failure> {
    let judged = sighted.unread.iter().map(|unread| (&unread.path, unread.gap.reason.as_ref()));
    let remedy = "mend them, or accept that they stay unread: `accept-unread` in the configuration";
    super::refuse_unread(judged, "; the baseline was not changed", remedy)
}

/// What a partial clone left out: nothing is known of it, so that its entries stay as they are.
fn not_fetched(sighted: &Sighted) -> impl Iterator<Item = (&RepoPath, &str)> {
    let skipped = sighted.skipped.iter().filter(|skipped| skipped.reason == NOT_FETCHED.reason);
    skipped.map(|skipped| (&skipped.path, skipped.reason.as_ref()))
}

fn refuse_not_fetched(sighted: &Sighted, outcome: &str) -> Result<(), Failure> {
    super::refuse_unread(not_fetched(sighted), outcome, &NOT_FETCHED.remedy)
}

fn note_not_fetched(sighted: &Sighted) {
    let count = not_fetched(sighted).count();
    if count > 0 {
        let files = terminal::counted(count, "file", "files");
        terminal::remark("note", &format!("{files} of this partial clone not judged; `--fetch-missing` gets what is missing"));
    }
}

fn say(updated: &Updated) {
    for entry in &updated.vanished {
        terminal::remark("gone", entry);
    }
    for note in &updated.notes {
        terminal::remark("note", note);
    }
}

pub fn new_salt() -> Result<Salt, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::usage(format!("the system gives no random bytes: {error}"), "the baseline's hashes need a salt nobody can guess")
    })?;
    Ok(Salt::new(bytes))
}
