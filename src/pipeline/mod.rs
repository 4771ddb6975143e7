//! From a snapshot to an outcome: reads each file, judges it, settles what is open against the baselines.
//! Promises the order (path, offset, rule id) whatever the number of threads; the only place that has any.
//! Prints nothing and decides no exit code.

mod history;
mod judge;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rayon::prelude::*;

pub use self::history::judge_history;
pub use self::judge::{Judge, Judged};
use crate::cache::Clean;
use crate::config::{AcceptUnread, Config, Spanned};
use crate::finding::Finding;
use crate::gap::Gap;
use crate::hook::{Coverage, Hook};
use crate::secret::compat;
use crate::settle::baseline::detect_secrets::Scanned;
use crate::settle::{Skipped, Standing, Unread, Unused};
use crate::snapshot::{BlobReader, Entry, ReadError, Snapshot, View, is_lfs_pointer};
use crate::source::{Origin, RepoPath, Source};

/// Below this many files one thread is done before the others have started.
const WORTH_THREADS: usize = 48;

/// Why a file was skipped that the configuration leaves out.
pub const EXCLUDED: &str = "excluded by the configuration";
/// Of a file whose content is at the remote only: why it was skipped, and what to do where it is needed.
pub const NOT_FETCHED: Gap =
    Gap::of("not fetched: this partial clone leaves it out", "`--fetch-missing` gets what this partial clone leaves out");
/// Why a file was skipped that ought to have been judged whole.
const ACCEPTED: &str = "could not be judged, which `accept-unread` accepts";

/// What the files of a run had to say, before the baselines were asked.
#[derive(Debug, Default)]
pub struct Sighted {
    pub findings: Vec<(Finding, Option<Standing>)>,
    pub unread: Vec<Unread>,
    pub skipped: Vec<Skipped>,
    pub unused: Vec<Unused>,
    /// Files judged, but for those with a conflict.
    pub files: usize,
    /// The files of which a side of a conflict was judged, or both.
    pub conflicts: BTreeSet<RepoPath>,
    /// Files that only point to content which Git LFS keeps elsewhere.
    pub lfs_pointers: usize,
    /// What detect-secrets would report, if that was collected.
    pub identities: Vec<Scanned>,
    /// The files judged to their end, if identities were collected.
    pub judged: Vec<RepoPath>,
}

impl Sighted {
    fn append(&mut self, mut other: Self) {
        self.findings.append(&mut other.findings);
        self.unread.append(&mut other.unread);
        self.skipped.append(&mut other.skipped);
        self.unused.append(&mut other.unused);
        self.files += other.files;
        self.conflicts.append(&mut other.conflicts);
        self.lfs_pointers += other.lfs_pointers;
        self.identities.append(&mut other.identities);
        self.judged.append(&mut other.judged);
    }
}

/// Judges `entries` of a snapshot. `done` is told how many files are behind us, from any thread.
pub fn judge_entries<H: Hook>(
    snapshot: &Snapshot,
    entries: &[Entry],
    judge: &Judge<'_, H>,
    done: &(dyn Fn(usize) + Sync),
) -> Sighted {
    let (known, entries) = without_known(entries, judge);
    let count = AtomicUsize::new(known.files + known.skipped.len());
    let one = |reader: &mut BlobReader<'_>, entry: &Entry| {
        let sighted = judge_entry(reader, entry, judge);
        done(count.fetch_add(1, Ordering::Relaxed) + 1);
        sighted
    };
    if entries.len() < WORTH_THREADS {
        let mut reader = snapshot.reader();
        return joined(std::iter::once(known).chain(entries.into_iter().map(|entry| one(&mut reader, entry))));
    }
    // A reader owns a repository handle: there are as many as threads, not as many as pieces of work.
    let idle: Mutex<Vec<BlobReader<'_>>> = Mutex::new(Vec::new());
    let parts: Vec<Sighted> = entries
        .par_chunks(piece(snapshot, entries.len()))
        .map(|chunk| {
            let mut reader = idle.lock().ok().and_then(|mut idle| idle.pop()).unwrap_or_else(|| snapshot.reader());
            let sighted = joined(chunk.iter().map(|entry| one(&mut reader, entry)));
            if let Ok(mut idle) = idle.lock() {
                idle.push(reader);
            }
            sighted
        })
        .collect();
    joined(std::iter::once(known).chain(parts))
}

/// How many entries one thread takes at once. Versions lie beside each other in a pack, and each finds its base at hand if the one before it
/// was read by the same reader.
fn piece(snapshot: &Snapshot, count: usize) -> usize {
    let most = if matches!(snapshot.view(), View::History(_)) { 512 } else { 16 };
    (count / (rayon::current_num_threads() * 8)).clamp(16, most)
}

/// What need not be read: files that are excluded, and blobs that the cache knows; and the entries that are left.
fn without_known<'e, H: Hook>(entries: &'e [Entry], judge: &Judge<'_, H>) -> (Sighted, Vec<&'e Entry>) {
    let mut known = Sighted::default();
    let mut left = Vec::new();
    for entry in entries {
        if judge.config.excludes(H::NAME, &entry.path) {
            known.skip(entry.path.clone(), EXCLUDED);
        } else if let Some(clean) = recall(entry, judge) {
            known.add_clean(entry, clean);
        } else {
            left.push(entry);
        }
    }
    (known, left)
}

fn recall<H: Hook>(entry: &Entry, judge: &Judge<'_, H>) -> Option<Clean> {
    // The sides of a conflict are counted as they are judged.
    let cache = judge.cache.filter(|_| entry.origin() == Origin::Repository && entry.side().is_none())?;
    cache.get(&entry.path, entry.id.as_bytes())
}

fn remember<H: Hook>(entry: &Entry, clean: Clean, judge: &Judge<'_, H>) {
    if let Some(cache) = judge.cache.filter(|_| entry.origin() == Origin::Repository) {
        cache.put(&entry.path, entry.id.as_bytes(), clean);
    }
}

fn joined(parts: impl IntoIterator<Item = Sighted>) -> Sighted {
    let mut all = Sighted::default();
    parts.into_iter().for_each(|part| all.append(part));
    all
}

fn judge_entry<H: Hook>(reader: &mut BlobReader<'_>, entry: &Entry, judge: &Judge<'_, H>) -> Sighted {
    let mut sighted = Sighted::default();
    match reader.read(entry, judge.config.max_file_size(H::NAME)) {
        Ok(bytes) => {
            let is_pointer = is_lfs_pointer(&bytes);
            sighted.lfs_pointers += usize::from(is_pointer);
            match (judge_source(&Source::new(&entry.path, &bytes, entry.origin()), judge, &mut sighted), is_pointer) {
                (Some(clean), false) => remember(entry, clean, judge),
                (Some(Clean::Judged), true) => remember(entry, Clean::LfsPointer, judge),
                // Both a pointer and skipped is more than a cache can hold.
                _ => {}
            }
        }
        Err(ReadError::NotFetched { .. }) if judge.config.accept_unread(&entry.path).is_none() => {
            sighted.skip(entry.path.clone(), NOT_FETCHED.reason);
        }
        Err(error) => sighted.leave_unread(entry.path.clone(), error.gap(), judge.config),
    }
    if let Some(side) = entry.side() {
        if std::mem::take(&mut sighted.files) > 0 {
            sighted.conflicts.insert(entry.path.clone());
        }
        // The conflict itself is told of already.
        sighted.skipped.clear();
        for (finding, _) in &mut sighted.findings {
            finding.notes.push(format!("on the side of a conflict that git calls `{side}`"));
        }
    }
    if !(sighted.findings.is_empty() && sighted.unread.is_empty())
        && let Some(appearance) = reader.snapshot().appearance(entry)
    {
        history::note_commit(&mut sighted.unread, &appearance);
        let appearance = Arc::new(appearance);
        sighted.findings.iter_mut().for_each(|(finding, _)| finding.appearance = Some(appearance.clone()));
    }
    sighted
}

thread_local! {
    static CURRENT: RefCell<Option<RepoPath>> = const { RefCell::new(None) };
}

/// The file that this thread is judging: what a panic message may name.
pub fn current_file() -> Option<RepoPath> {
    CURRENT.with(|current| current.try_borrow().ok().and_then(|path| path.clone()))
}

/// More threads than this have nothing to do but wait for each other.
const MOST_THREADS: usize = 256;

/// Uses that many threads from now on; one for each core without a number. Says why, if the system does not give them.
pub fn set_threads(threads: Option<usize>) -> Result<(), String> {
    let Some(threads) = threads else { return Ok(()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.min(MOST_THREADS));
    pool.build_global().map_err(|error| error.to_string())
}

/// Judges one text; what a cache may keep of the verdict.
pub fn judge_source<H: Hook>(source: &Source<'_>, judge: &Judge<'_, H>, sighted: &mut Sighted) -> Option<Clean> {
    CURRENT.with(|current| current.replace(Some(source.path.clone())));
    let judged = judge.judge(source);
    let clean = judged.clean();
    sighted.findings.extend(judged.findings);
    sighted.unused.extend(judged.unused);
    let path = source.path.clone();
    if judge.collects_identities {
        let scanned = |identity: compat::Identity| Scanned {
            path: path.clone(),
            kind: identity.kind,
            sha1: identity.sha1,
            line: identity.line,
        };
        sighted.identities.extend(judged.identities.into_iter().map(scanned));
        if !matches!(judged.coverage, Coverage::Partial(_)) {
            sighted.judged.push(path.clone());
        }
    }
    match judged.coverage {
        Coverage::Whole => sighted.files += 1,
        Coverage::Skipped(reason) => sighted.skip(path, reason),
        Coverage::Partial(gap) => sighted.leave_unread(path, gap, judge.config),
    }
    clean
}

impl Sighted {
    fn add_clean(&mut self, entry: &Entry, clean: Clean) {
        match clean {
            Clean::Judged => self.files += 1,
            Clean::LfsPointer => (self.files, self.lfs_pointers) = (self.files + 1, self.lfs_pointers + 1),
            Clean::Skipped(reason) => self.skip(entry.path.clone(), reason),
        }
    }

    /// A file that could not be judged, or not to its end: unread, unless the configuration accepts that. Everything that is unread
    /// passes here.
    pub fn leave_unread(&mut self, path: RepoPath, gap: Gap, config: &Config) {
        match config.accept_unread(&path).map(Spanned::get_ref) {
            Some(AcceptUnread { reason: Some(reason), .. }) => self.skip(path, format!("{ACCEPTED}: {reason}")),
            Some(AcceptUnread { reason: None, .. }) => self.skip(path, ACCEPTED),
            None => self.unread.push(Unread { path, gap }),
        }
    }

    pub fn skip(&mut self, path: RepoPath, reason: impl Into<Cow<'static, str>>) {
        self.skipped.push(Skipped { path, reason: reason.into() });
    }
}
