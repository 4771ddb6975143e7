//! The files that `fix` is about: as they were judged, as they lie on disk, as they are written.
//! Promises that a file is written only if its bytes on disk are those that were judged, at the last moment as well.
//! Judges and plans nothing.

use std::path::PathBuf;

use crate::cli::failure::Failure;
use crate::cli::session::Session;
use crate::finding::{Finding, Fix};
use crate::hook::Hook;
use crate::report::fix::Seen;
use crate::settle::Outcome;
use crate::snapshot::Entry;
use crate::source::{Origin, RepoPath, Source};
use crate::store;

/// A file with open findings.
pub(super) struct Loaded<'a> {
    pub(super) open: Vec<&'a Finding>,
    path: &'a RepoPath,
    origin: Origin,
    /// What was judged.
    raw: Vec<u8>,
    /// Where it is on disk; or why it cannot be mended there.
    pub(super) place: Result<PathBuf, &'static str>,
}

impl<'a> Loaded<'a> {
    pub(super) fn source(&self) -> Source<'_> {
        Source::new(self.path, &self.raw, self.origin)
    }

    pub(super) fn open(&self) -> Vec<&'a Finding> {
        self.open.clone()
    }

    /// Where else each finding's value is.
    pub(super) fn seen(&self, session: &Session) -> Result<Vec<Seen>, Failure> {
        let base = |path: &RepoPath| session.snapshot.base_version(path.as_bytes(), u64::MAX);
        let mut before = base(self.path)?;
        if before.is_none()
            && self.origin == Origin::Repository
            && let Some(old) = session.snapshot.renames().unwrap_or_default().get(self.path)
        {
            before = base(old)?;
        }
        let before = before.unwrap_or_default();
        let before = Source::new(self.path, &before, self.origin).text.into_owned();
        let source = self.source();
        let seen = |finding: &&Finding| {
            let value = source.text.get(finding.span.start..finding.span.end).unwrap_or_default();
            match self.origin {
                _ if memchr::memmem::find(&before, value).is_some() => Seen::Committed,
                Origin::Repository => Seen::Staged,
                Origin::Worktree | Origin::Stdin => Seen::OnDisk,
            }
        };
        Ok(self.open.iter().map(seen).collect())
    }
}

/// Reads each file with an open finding, in the order of the outcome.
pub(super) fn load<'a, H: Hook>(session: &Session, outcome: &'a Outcome) -> Result<Vec<Loaded<'a>>, Failure> {
    let entries = session.snapshot.entries();
    let mut reader = session.snapshot.reader();
    let mut loaded: Vec<Loaded<'a>> = Vec::new();
    for finding in outcome.open().map(|settled| &settled.finding) {
        if let Some(last) = loaded.last_mut().filter(|last| *last.path == finding.path) {
            last.open.push(finding);
            continue;
        }
        let entry = entries.get(entries.partition_point(|entry| entry.path < finding.path));
        let entry = entry.filter(|entry| entry.path == finding.path);
        let gone = || Failure::usage(format!("{} is not there any more", finding.path), "run the command again");
        let entry = entry.ok_or_else(gone)?;
        let raw = reader.read(entry, session.config.max_file_size(H::NAME)).map_err(|_| gone())?.to_vec();
        let place = place(session, entry, &raw);
        loaded.push(Loaded { open: vec![finding], path: &finding.path, origin: finding.origin, raw, place });
    }
    Ok(loaded)
}

/// Where the file lies that was judged as `raw`.
fn place(session: &Session, entry: &Entry, raw: &[u8]) -> Result<PathBuf, &'static str> {
    if entry.side().is_some() {
        return Err("the file is in conflict: resolve that first");
    }
    let place = session.snapshot.place_of(entry).ok_or("its name leads out of the work tree")?;
    let metadata = fs_err::symlink_metadata(&place).map_err(|_| "the file is not on disk")?;
    if !metadata.is_file() {
        return Err("the file is a link or no regular file");
    }
    let is_below_root =
        || Some(fs_err::canonicalize(&place).ok()?.starts_with(fs_err::canonicalize(session.snapshot.root()).ok()?));
    if is_below_root() != Some(true) {
        return Err("the file lies outside of the work tree");
    }
    if metadata.permissions().readonly() {
        return Err("the file is write-protected");
    }
    match fs_err::read(&place) {
        Ok(bytes) if bytes == raw => Ok(place),
        Ok(_) => Err("the file on disk is not what was judged: `git add` it, or use `--worktree`"),
        Err(_) => Err("the file on disk cannot be read"),
    }
}

/// Writes the mended file, if there is anything to mend. The error is for people.
pub(super) fn write(session: &Session, loaded: &Loaded<'_>, source: &Source<'_>, fix: &Fix) -> Result<(), String> {
    let Ok(place) = &loaded.place else { return Ok(()) };
    if fix.is_empty() {
        return Ok(());
    }
    let mark = loaded.raw.len().saturating_sub(source.text.len());
    let mut mended = loaded.raw.get(..mark).unwrap_or_default().to_vec();
    mended.extend(fix.apply(&source.text).map_err(|contradiction| contradiction.to_string())?);
    let replace = |old: Option<&[u8]>| {
        if old == Some(loaded.raw.as_slice()) { Ok(Some(mended)) } else { Err("it was changed meanwhile") }
    };
    store::update(place, &session.lock_dir(), replace).map(drop).map_err(|error| error.to_string())
}
