//! The two baseline files on disk: read together, replaced together, under their locks.
//! Promises that both are locked before either is read, in the order of their names, and that bytes which stay the same are not written.

use std::path::{Path, PathBuf};

use crate::cli::failure::Failure;
use crate::cli::session::{Session, missing_baseline};
use crate::cli::versioned::{CAP, follow};
use crate::settle::baseline::update::Files;
use crate::settle::baseline::{companion, detect_secrets, diff};
use crate::snapshot::Snapshot;
use crate::store::{self, Locked};

/// Where the files are.
#[derive(Debug)]
pub struct Pair {
    baseline: (String, PathBuf),
    companion: (String, PathBuf),
    lock_dir: PathBuf,
    /// Whether somebody named the baseline, so that it has to be there.
    is_named: bool,
}

/// Both files as they are now, locked.
#[derive(Debug)]
pub struct Held<'p> {
    pair: &'p Pair,
    pub files: Files,
    /// Their texts; empty for a file that is not there.
    texts: [String; 2],
    locks: Vec<(PathBuf, Locked)>,
}

impl Pair {
    pub fn of(session: &Session) -> Self {
        let root = session.snapshot.root();
        let (baseline, is_named) = session.baseline_path();
        let companion = session.companion_path().to_owned();
        let lock_dir = session.lock_dir();
        let baseline = (baseline.clone(), root.join(baseline));
        Self { baseline, companion: (companion.clone(), root.join(companion)), lock_dir, is_named }
    }

    /// The same for a command that makes what is not there.
    pub fn to_create(session: &Session) -> Self {
        Self { is_named: false, ..Self::of(session) }
    }

    /// The name of `.secrets.baseline` without its folders: what detect-secrets puts into its own filter.
    pub fn file_name(&self) -> String {
        self.baseline.0.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// The files as they are, for commands that write nothing.
    pub fn read(&self) -> Result<Held<'_>, Failure> {
        self.parse(store::read(&self.baseline.1)?, store::read(&self.companion.1)?, Vec::new())
    }

    /// The files, held against other writers until the result is dropped.
    pub fn lock(&self) -> Result<Held<'_>, Failure> {
        let mut paths = [&self.baseline.1, &self.companion.1];
        paths.sort();
        let mut locks = Vec::new();
        for path in paths {
            locks.push((path.clone(), Locked::new(path, &self.lock_dir).map_err(|error| Failure::unwritten(&error))?));
        }
        let read = |path: &PathBuf| locks.iter().find(|(held, _)| held == path).map_or(Ok(None), |(_, lock)| lock.read());
        let (baseline, companion) = (read(&self.baseline.1)?, read(&self.companion.1)?);
        self.parse(baseline, companion, locks)
    }

    /// The files as a commit has them, under the names that they have now.
    pub fn at(&self, snapshot: &Snapshot, revision: &str) -> Result<Files, Failure> {
        let content = |path: &str| snapshot.version_at(revision, follow(snapshot, path)?.as_bytes(), CAP).map_err(Failure::from);
        let name = |path: &str| format!("{revision}:{path}");
        let (baseline, companion) = (&self.baseline.0, &self.companion.0);
        Ok(Files {
            baseline: content(baseline)?.map(|bytes| read_baseline(&name(baseline), &bytes)).transpose()?,
            companion: content(companion)?.map(|bytes| read_companion(&name(companion), &bytes)).transpose()?,
        })
    }

    fn parse(
        &self,
        baseline: Option<Vec<u8>>,
        companion: Option<Vec<u8>>,
        locks: Vec<(PathBuf, Locked)>,
    ) -> Result<Held<'_>, Failure> {
        if self.is_named && baseline.is_none() {
            return Err(missing_baseline(&self.baseline.0));
        }
        let text = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
        let texts = [text(&baseline), text(&companion)];
        let files = Files {
            baseline: baseline.map(|bytes| read_baseline(&self.baseline.0, &bytes)).transpose()?,
            companion: companion.map(|bytes| read_companion(&self.companion.0, &bytes)).transpose()?,
        };
        Ok(Held { pair: self, files, texts, locks })
    }
}

impl Held<'_> {
    pub fn is_there(&self) -> [bool; 2] {
        [self.files.baseline.is_some(), self.files.companion.is_some()]
    }

    /// What would change, as a diff for people.
    pub fn diff(&self, new: &Files) -> String {
        let [old_baseline, old_companion] = &self.texts;
        let [new_baseline, new_companion] = written(new);
        let mut text = String::new();
        for (name, old, new) in
            [(&self.pair.baseline.0, old_baseline, new_baseline), (&self.pair.companion.0, old_companion, new_companion)]
        {
            if let Some(new) = new.filter(|new| new != old) {
                text.push_str(&diff::unified(name, old, &new));
            }
        }
        text
    }

    /// Writes what changed; says how many files that were. The companion comes first: what moves between the files moves there, and whoever
    /// is killed in between leaves it in both, not in neither.
    pub fn write(&self, new: &Files) -> Result<usize, Failure> {
        let mut count = 0;
        let [baseline, companion] = written(new);
        for (path, text) in [(&self.pair.companion.1, companion), (&self.pair.baseline.1, baseline)] {
            let Some(text) = text else { continue };
            if let Some((_, lock)) = self.locks.iter().find(|(held, _)| held == path) {
                count += usize::from(lock.replace(text.as_bytes()).map_err(|error| Failure::unwritten(&error))?);
            }
        }
        Ok(count)
    }
}

fn written(files: &Files) -> [Option<String>; 2] {
    [files.baseline.as_ref().map(detect_secrets::Baseline::write), files.companion.as_ref().map(companion::Companion::write)]
}

/// The files of another version: `named` is one of them on disk or, if there is no such file, a commit.
///
/// A companion beside a baseline is of the same version only if the baseline has its own name there: under any other name it was put there for
/// the comparison, and what lies beside it is of today.
pub fn read_named(pair: &Pair, snapshot: &Snapshot, named: &Path) -> Result<Files, Failure> {
    let Some(bytes) = store::read(named)? else {
        return pair.at(snapshot, &named.to_string_lossy()).map_err(|fault| match fault {
            Failure::Git(error) => Failure::usage(error.to_string(), "name a baseline file, or a commit that has one"),
            fault => fault,
        });
    };
    let name = named.display().to_string();
    if bytes.starts_with(b"{\"gatewright\"") {
        return Ok(Files { baseline: None, companion: Some(read_companion(&name, &bytes)?) });
    }
    let baseline = Some(read_baseline(&name, &bytes)?);
    if named.file_name().is_none_or(|own| *own != *pair.file_name()) {
        return Ok(Files { baseline, companion: None });
    }
    let beside = named.with_file_name(pair.companion.0.rsplit('/').next().unwrap_or_default());
    let companion = store::read(&beside)?.map(|bytes| read_companion(&beside.display().to_string(), &bytes)).transpose()?;
    Ok(Files { baseline, companion })
}

fn read_baseline(name: &str, bytes: &[u8]) -> Result<detect_secrets::Baseline, Failure> {
    let read = detect_secrets::read(bytes).map_err(|fault| Failure::Baseline { file: name.to_owned(), fault });
    read.map(|(baseline, warnings)| {
        warn(name, &warnings);
        baseline
    })
}

fn read_companion(name: &str, bytes: &[u8]) -> Result<companion::Companion, Failure> {
    let read = companion::read(bytes).map_err(|fault| Failure::Baseline { file: name.to_owned(), fault });
    read.map(|(companion, warnings)| {
        warn(name, &warnings);
        companion
    })
}

fn warn(name: &str, warnings: &[String]) {
    for warning in warnings {
        crate::cli::terminal::remark("warning", &format!("{name}: {warning}"));
    }
}
