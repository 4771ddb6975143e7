//! From what was sighted to the outcome: the baselines are asked about what is still open, and remarks are added.
//! Promises that a run which found nothing reads no baseline, but for one that is itself to be judged.
//! Decides no finding; that is `settle`.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use crate::cli::failure::Failure;
use crate::cli::session::{Baselines, Session, baseline_policy};
use crate::cli::terminal;
use crate::cli::versioned::follow;
use crate::finding::Finding;
use crate::hook::Hook;
use crate::pipeline::{Judge, Sighted};
use crate::settle::baseline::matching::{self, Known, Named};
use crate::settle::{ENDED, Outcome, Settled, Standing};
use crate::snapshot::View;
use crate::source::{Origin, RepoPath, Source, Span};

/// Asks the baselines about what is still open.
pub(super) fn settle<H: Hook>(session: &Session, judge: &Judge<'_, H>, sighted: Sighted) -> Result<Outcome, Option<Failure>> {
    let empty = Baselines::default();
    let needs_baselines = !sighted.findings.is_empty() || judges_a_baseline(session);
    let baselines = if needs_baselines { session.baselines().map_err(|_| None)? } else { &empty };
    let companion = baselines.companion.as_ref().map(|(_, companion)| companion);
    let (open, forgiven): (Vec<_>, Vec<_>) = sighted.findings.into_iter().partition(|(_, standing)| standing.is_none());
    let mut settled = settle_open(session, judge, baselines, open.into_iter().map(|(finding, _)| finding).collect());
    tell_copies_once(&mut settled);
    let unstaged = note_unstaged_baseline(session, judge, &settled);
    settled.extend(forgiven.into_iter().filter_map(|(finding, standing)| {
        let fingerprint = matching::fingerprint(companion, &finding);
        Some(Settled { fingerprint, finding, standing: standing?, is_refused: false })
    }));
    settled.sort_by(|a, b| order(a).cmp(&order(b)));
    tell_occurrences_apart(&mut settled);
    let mut outcome = Outcome {
        settled,
        unread: sighted.unread,
        skipped: sighted.skipped,
        unused: sighted.unused,
        notes: baselines.warnings.iter().cloned().chain(unstaged).chain(note_untracked(session)?).collect(),
        files: sighted.files + sighted.conflicts.len(),
    };
    outcome.unread.sort();
    outcome.skipped.sort();
    // Both sides of a conflict are skipped for the same reason.
    outcome.skipped.dedup();
    outcome.unused.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    outcome.notes.extend(note_bounds(session));
    if sighted.lfs_pointers > 0 {
        outcome.notes.push(format!("LFS pointers not followed: {}", sighted.lfs_pointers));
    }
    Ok(outcome)
}

/// A value that is open under several paths which held the same content stays where it came up first.
fn tell_copies_once(settled: &mut Vec<Settled>) {
    let place = |it: &Settled| {
        let appearance = it.finding.appearance.as_ref().filter(|_| it.standing == Standing::Open)?;
        Some((appearance.copies?, (appearance.order, it.finding.path.clone())))
    };
    let mut first = HashMap::new();
    for (copies, place) in settled.iter().filter_map(place) {
        let known = first.entry(copies).or_insert_with(|| place.clone());
        *known = place.min(known.clone());
    }
    settled.retain(|it| place(it).is_none_or(|(copies, place)| first.get(&copies) == Some(&place)));
}

/// A value that stands in several places of a file is one to the baseline, and several findings to whoever tracks findings by fingerprint.
fn tell_occurrences_apart(settled: &mut [Settled]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for it in settled {
        let count = seen.entry(it.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            it.fingerprint = format!("{}-{count}", it.fingerprint);
        }
    }
}

/// Says which files decide though no commit will hold them; and in a hook, which do not for that reason.
fn note_untracked(session: &Session) -> Result<Vec<String>, Failure> {
    let remark = if session.snapshot.hook_mode() { "and decides nothing here" } else { "but read from disk" };
    let unstaged = session.unstaged_policy()?.into_iter();
    Ok(unstaged.map(|path| format!("{path} is not staged, {remark}: `git add` it")).collect())
}

/// Says where what was looked at ends earlier, or goes further, than the arguments seem to say.
fn note_bounds(session: &Session) -> Option<String> {
    let view = session.snapshot.view();
    match view {
        View::History(_) if session.snapshot.is_shallow() => {
            Some("the history is cut: this is a shallow clone; `git fetch --unshallow` gets the rest".to_owned())
        }
        View::Range { .. } if view.ends_with_nothing() => Some(ENDED.to_owned()),
        View::Range { to, .. } if view.begins_with_nothing() => {
            Some(format!("judged {to} as all new: the range begins with no commit"))
        }
        _ => None,
    }
}

/// Where a finding stands in every report.
fn order(settled: &Settled) -> (&RepoPath, Span, &'static str) {
    (&settled.finding.path, settled.finding.span, settled.finding.rule.id)
}

/// Whether a baseline is among the files to be judged: one that cannot be read is best told of before it is committed.
fn judges_a_baseline(session: &Session) -> bool {
    let (path, _) = session.baseline_path();
    // One that cannot be followed is told of when the baselines are read.
    let names = [&path, session.companion_path()].map(|path| follow(&session.snapshot, path).unwrap_or_else(|_| path.to_owned()));
    session.snapshot.entries().iter().any(|entry| names.iter().any(|name| name.as_bytes() == entry.path.as_bytes()))
}

/// The names in HEAD of versions of a history that came up under another one.
fn names_in_head(open: &[Finding]) -> BTreeMap<RepoPath, RepoPath> {
    let present = open.iter().filter_map(|finding| Some((&finding.path, finding.appearance.as_ref()?.present.as_ref()?)));
    present.filter(|(path, present)| path != present).map(|(path, present)| (path.clone(), present.clone())).collect()
}

fn settle_open<H: Hook>(session: &Session, judge: &Judge<'_, H>, baselines: &Baselines, open: Vec<Finding>) -> Vec<Settled> {
    // The other name under which a baseline may know a file.
    let renames: OnceCell<BTreeMap<RepoPath, RepoPath>> = match session.snapshot.view() {
        View::History(_) => OnceCell::from(names_in_head(&open)),
        _ => OnceCell::new(),
    };
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
        // What cannot be looked up is not known to be gone.
        is_gone: &|path| session.snapshot.find(path.as_bytes()).is_ok_and(|entry| entry.is_none()),
        today: &judge.today.to_string(),
        policy: &baseline_policy(judge.config),
    };
    matching::settle(open, &known)
}

/// Says how many of the open findings the baseline of the work tree would forgive: whoever updated it and did not stage it wonders.
fn note_unstaged_baseline<H: Hook>(session: &Session, judge: &Judge<'_, H>, settled: &[Settled]) -> Option<String> {
    let is_open = |settled: &&Settled| settled.standing == Standing::Open;
    let open: Vec<Finding> = settled.iter().filter(is_open).map(|settled| settled.finding.clone()).collect();
    if open.is_empty() || matches!(session.snapshot.view(), View::Range { .. }) {
        return None;
    }
    let before = open.len();
    let after = settle_open(session, judge, &session.baselines_on_disk()?, open).iter().filter(is_open).count();
    let forgiven = terminal::counted(before.checked_sub(after).filter(|&count| count > 0)?, "more finding", "more findings");
    Some(format!("judged by the staged baseline; the one on disk accepts {forgiven}: look at it and `git add` it"))
}

/// Says of which files with findings the work tree holds another version: whoever mended the file and did not stage it wonders.
pub(super) fn note_stale_judgements(session: &Session, outcome: &mut Outcome) {
    let mut paths: Vec<&RepoPath> = outcome.open().map(|settled| &settled.finding.path).collect();
    paths.dedup();
    let entries = session.snapshot.entries();
    let stale: Vec<String> = paths
        .into_iter()
        .filter(|path| {
            let entry = entries.get(entries.partition_point(|entry| entry.path < **path));
            entry.is_some_and(|entry| entry.path == **path && session.snapshot.differs_on_disk(entry))
        })
        .map(|path| format!("judged the staged version; {path} differs on disk (`git add` it, or use `--worktree`)"))
        .collect();
    outcome.notes.extend(stale);
}
