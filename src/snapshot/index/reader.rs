//! Which reader the index goes through: our own, else libgit2's, else git's.
//! Promises that an index is believed only from a reader that succeeded, and every reader's reason where none did.
//! Reads nothing itself.

use super::Index;
use super::file::{read_libgit2, read_native};
use super::plumbing::read_plumbing;
use crate::snapshot::environment::Environment;
use crate::snapshot::error::Error;
use crate::snapshot::locate::Location;

/// Who reads the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Our own parser.
    Native,
    /// libgit2: neither split nor sparse index, no sha256.
    Git2,
    /// `git ls-files`; objects through `git cat-file`.
    Plumbing,
}

impl Reader {
    const ALL: [Self; 3] = [Self::Native, Self::Git2, Self::Plumbing];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Git2 => "git2",
            Self::Plumbing => "plumbing",
        }
    }
}

/// The reader that the environment asks for.
pub(in crate::snapshot) fn forced(environment: &Environment) -> Result<Option<Reader>, Error> {
    let Some(named) = environment.get("GATEWRIGHT_READER") else { return Ok(None) };
    let found = Reader::ALL.into_iter().find(|reader| named == reader.as_str());
    found.map(Some).ok_or_else(|| Error::Reader { name: named.to_string_lossy().into_owned() })
}

/// The first reader that succeeds. If none does, the first one's reason is the most exact, and the last one's is git's own.
pub(in crate::snapshot) fn read(location: &Location, forced: Option<Reader>) -> Result<(Index, Reader), Error> {
    let read = |reader: Reader| match reader {
        Reader::Native => read_native(&location.index, &location.git_dir, location.hash_len),
        Reader::Git2 if location.libgit2 => read_libgit2(&location.index),
        Reader::Git2 => Err(Error::Reader { name: reader.as_str().to_owned() }),
        Reader::Plumbing => read_plumbing(location),
    };
    let mut reasons = Vec::new();
    for reader in Reader::ALL.into_iter().filter(|&reader| forced.is_none_or(|forced| forced == reader)) {
        match read(reader) {
            Ok(index) => return Ok((index, reader)),
            Err(error) => reasons.push(error),
        }
    }
    match (reasons.pop(), reasons.into_iter().next()) {
        (Some(last), Some(Error::Index { path, reason })) => Err(Error::Index { path, reason: format!("{reason}; {last}") }),
        (Some(Error::Refused { message }), None) => Err(Error::Index { path: location.index.clone(), reason: message }),
        (Some(last), first) => Err(first.unwrap_or(last)),
        (None, _) => Err(Error::Reader { name: "none".to_owned() }),
    }
}
