//! The result cache: which blobs were judged before and found clean, so that they need not be read again.
//! Promises that a blob counts as clean only if this very program, set the same, had nothing to say about it under this path. What has a
//! finding or a comment is judged again each time, so that nothing about secrets is kept. Does not decide whether it is used.
//!
//! ```text
//! engine, hook, settings ─► epoch ─┐
//!              path, blob id ──────┴─► key (16 bytes) ─► clean: judged, or skipped by rule
//! ```

mod file;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::source::RepoPath;
use file::{KEY, Record};

/// What was a blob about which nothing had to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clean {
    /// Judged to its end.
    Judged,
    /// Judged, and a pointer of Git LFS.
    LfsPointer,
    /// Passed over by rule, for this reason.
    Skipped(&'static str),
}

/// The reasons that the file can hold, by number. What is skipped for another one is looked at again each time.
const REASONS: [&str; 2] = ["binary", "excluded by a filter of detect-secrets"];

impl Clean {
    fn to_byte(self) -> Option<u8> {
        match self {
            Self::Judged => Some(0),
            Self::LfsPointer => Some(1),
            Self::Skipped(reason) => REASONS.iter().position(|known| *known == reason).and_then(|at| u8::try_from(at + 2).ok()),
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Judged),
            1 => Some(Self::LfsPointer),
            _ => REASONS.get(usize::from(byte) - 2).copied().map(Self::Skipped),
        }
    }
}

/// The bit of what was judged without a look at comments that forgive nothing. It is the highest, so that of two records the other is kept.
const UNLOOKED: u8 = 0x80;

/// All that decides about a blob besides its content and path: whoever changes any of it begins anew.
#[derive(Clone)]
pub struct Epoch(Sha256);

impl std::fmt::Debug for Epoch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Epoch").finish_non_exhaustive()
    }
}

impl Epoch {
    /// The engine of this build with these settings of it.
    pub fn new(settings: &[&str]) -> Self {
        let mut all = Sha256::new();
        for part in [env!("GATEWRIGHT_ENGINE")].iter().chain(settings) {
            all.update((part.len() as u64).to_le_bytes());
            all.update(part);
        }
        // A whole block of the hash, so that it is worked off once and not for each key.
        let mut block = [0; 64];
        for (to, from) in block.iter_mut().zip(all.finalize()) {
            *to = from;
        }
        Self(Sha256::new().chain_update(block))
    }

    fn key(&self, path: &RepoPath, id: &[u8]) -> [u8; KEY] {
        let hash = self.0.clone().chain_update([u8::try_from(id.len()).unwrap_or(0)]).chain_update(id);
        let hash = hash.chain_update(path.as_bytes()).finalize();
        hash.first_chunk().copied().unwrap_or_default()
    }
}

/// The cache of one repository, as one run sees it: shared by its threads.
#[derive(Debug)]
pub struct Cache {
    path: PathBuf,
    epoch: Epoch,
    /// Whether this run also looks for comments without effect: then it believes only runs that did the same.
    looks_for_comments: bool,
    /// Sorted by key.
    known: Vec<Record>,
    /// Which of `known` this run asked for.
    used: Vec<AtomicBool>,
    new: Mutex<New>,
}

#[derive(Debug)]
struct New {
    records: Vec<Record>,
    /// How many of them the file has already.
    saved: usize,
    /// When it may be written again before the run ends.
    due: Instant,
}

/// The least time between two saves of one run.
const BETWEEN_SAVES: Duration = Duration::from_secs(1);
/// A run spends at most one part in so many of its time on saving.
const SHARE: u32 = 20;

impl Cache {
    /// The cache of the repository with this git directory, below `directory`, which need not be there. Whatever is wrong with the file
    /// makes it an empty one.
    pub fn open(directory: &Path, repository: &Path, epoch: Epoch, looks_for_comments: bool) -> Self {
        let path = file::place(directory, repository);
        let known = file::read(&path).unwrap_or_default();
        let used = known.iter().map(|_| AtomicBool::new(false)).collect();
        let new = New { records: Vec::new(), saved: 0, due: Instant::now() + BETWEEN_SAVES };
        Self { path, epoch, looks_for_comments, known, used, new: Mutex::new(new) }
    }

    /// What is known of this blob; `id` is its name in git, 20 or 32 bytes.
    pub fn get(&self, path: &RepoPath, id: &[u8]) -> Option<Clean> {
        let key = self.epoch.key(path, id);
        let at = self.known.binary_search_by(|record| file::key(record).cmp(&key)).ok()?;
        let value = file::value(self.known.get(at)?);
        if self.looks_for_comments && value & UNLOOKED != 0 {
            return None;
        }
        let clean = Clean::from_byte(value & !UNLOOKED)?;
        self.used.get(at)?.store(true, Ordering::Relaxed);
        Some(clean)
    }

    pub fn put(&self, path: &RepoPath, id: &[u8], clean: Clean) {
        if let Some(value) = clean.to_byte() {
            let value = if self.looks_for_comments { value } else { value | UNLOOKED };
            let record = file::record(self.epoch.key(path, id), value);
            self.new.lock().unwrap_or_else(PoisonError::into_inner).records.push(record);
        }
    }

    /// Writes what was learnt since the last time, if that is some time ago: for runs that may be ended before they end.
    pub fn save_now_and_then(&self) {
        let is_due = Instant::now() >= self.new.lock().unwrap_or_else(PoisonError::into_inner).due;
        if is_due {
            self.save();
        }
    }

    /// Writes what was learnt. A cache that cannot be written is none: nobody is told.
    pub fn save(&self) {
        let mut new = self.new.lock().unwrap_or_else(PoisonError::into_inner);
        if new.records.len() == new.saved {
            return;
        }
        let begun = Instant::now();
        let used = self.known.iter().zip(&self.used).filter(|(_, used)| used.load(Ordering::Relaxed)).map(|(record, _)| *record);
        let mut wanted: Vec<Record> = used.collect();
        wanted.extend_from_slice(&new.records);
        let _ = file::add(&self.path, wanted);
        new.saved = new.records.len();
        new.due = Instant::now() + BETWEEN_SAVES.max(begun.elapsed() * SHARE);
    }
}

#[cfg(test)]
mod tests;
