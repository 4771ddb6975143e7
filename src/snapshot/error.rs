//! Why no snapshot could be taken, or one file of it not read.
//! Promises a line of help beside each reason.
//! Never holds content of a file.

use std::borrow::Cow;
use std::path::PathBuf;

use super::id::ObjectId;
use crate::gap::Gap;
use crate::source::{escape, shell_word};

/// Why a snapshot could not be opened. Every one of these means exit 2.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{} is not in a git repository", at.display())]
    NotARepository { at: PathBuf },
    #[error("the repository {} has no work tree", git_dir.display())]
    Bare { git_dir: PathBuf },
    #[error("the repository belongs to another user: {message}")]
    Owner { message: String },
    #[error("git refused: {message}")]
    Refused { message: String },
    #[error("git could not be run ({reason}); {needed_for} is read through it")]
    NoGit { needed_for: &'static str, reason: String },
    #[error("the index {} cannot be read: {reason}", path.display())]
    Index { path: PathBuf, reason: String },
    #[error(transparent)]
    Object(#[from] ReadError),
    #[error("`{name}` names no commit: {reason}")]
    Ref { name: String, reason: String },
    /// Only in a partial clone: whether a file was renamed shows its old content only.
    #[error("what was renamed cannot be told: this partial clone does not have the other side of the change")]
    Renames,
    #[error("HEAD cannot be read: {reason}")]
    Head { reason: String },
    #[error("a reference is empty, where a commit has to be named")]
    EmptyRef,
    #[error("the reader `{name}` cannot read this repository")]
    Reader { name: String },
    #[error("{path} is no folder of the repository")]
    NotAFolder { path: String },
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Error {
    /// What to do about it, in one line.
    pub fn help(&self) -> Cow<'static, str> {
        let help = match self {
            Self::NotARepository { .. } => "run it inside a repository, or name the files to read from disk",
            Self::Bare { .. } => "name a range with `--from-ref` and `--to-ref`, or set GIT_WORK_TREE",
            Self::Owner { message } => return trusting(message).into(),
            Self::Refused { .. } => "run `git status` in the repository: it has to work first",
            Self::NoGit { .. } => "put `git` on PATH",
            Self::Index { .. } => "`git status` tells whether git can read it; `rm` the index and `git reset` rebuild it",
            Self::Object(error) => error.remedy(),
            Self::Renames => "`git diff --cached -M` by hand fetches it; then run the command again",
            Self::Head { .. } => "`git fsck` tells what is damaged: the reference, its commit, or the tree of that",
            Self::EmptyRef => "name a commit; where a script or CI fills it in, it filled in nothing",
            Self::Ref { .. } => "fetch it first: CI checkouts are often shallow (`fetch-depth: 0`)",
            Self::Reader { .. } => "unset GATEWRIGHT_READER, or set it to native, git2 or plumbing",
            Self::NotAFolder { .. } => "make it one: no commit of the repository holds what is in a submodule",
            Self::Io(_) => "check the file's permissions",
        };
        help.into()
    }

    pub(super) fn damaged(id: &ObjectId, reason: impl Into<String>) -> Self {
        Self::Object(ReadError::Damaged { id: *id, reason: reason.into() })
    }

    pub(super) fn refused(error: &git2::Error) -> Self {
        Self::Refused { message: error.message().to_owned() }
    }
}

/// How to trust a repository of another user: git names it in single quotes when it refuses.
fn trusting(message: &str) -> String {
    let path = message.split_once('\'').and_then(|(_, rest)| rest.rsplit_once('\'')).map_or("PATH", |(path, _)| path);
    format!("if you trust it: `git config --global --add safe.directory {}`", shell_word(&escape(path.as_bytes())))
}

/// Why one file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("{size} bytes, more than the limit of {cap}")]
    TooLarge { size: u64, cap: u64 },
    /// Only in a partial clone, where every entry is looked at: counted as skipped. All others make exit 2.
    #[error("not fetched: object {id} is not in this partial clone")]
    NotFetched { id: ObjectId },
    #[error("object {id} is missing")]
    Missing { id: ObjectId },
    #[error("object {id} cannot be read: {reason}")]
    Damaged { id: ObjectId, reason: String },
    #[error("{0}")]
    Disk(String),
}

impl ReadError {
    /// The same of an object that is not found, where `trouble` with finding it is known.
    pub(super) fn because(self, trouble: Option<String>) -> Self {
        match (self, trouble) {
            (Self::Missing { id }, Some(reason)) => Self::Damaged { id, reason },
            (error, _) => error,
        }
    }

    /// What is wrong, and what to do about it.
    pub fn gap(&self) -> Gap {
        Gap::new(self.to_string(), self.remedy())
    }

    fn remedy(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "raise `max-file-size`, or leave it out with `exclude`",
            Self::NotFetched { .. } => "`--fetch-missing`, by hand, gets it from the remote",
            Self::Missing { .. } => FETCH,
            Self::Damaged { reason, .. } if !reason.ends_with("ermission denied") => FSCK,
            Self::Damaged { .. } | Self::Disk(_) => DISK,
        }
    }
}

/// What to do about an object that is not there.
pub(super) const FETCH: &str = "`git fetch --refetch` gets what is missing; in a partial clone `--fetch-missing` does, by hand";
/// What to do about an object that is broken.
pub(super) const FSCK: &str = "`git fsck` tells what is damaged; fetch it from another clone";
/// What to do about a file that the system does not let be read.
pub(super) const DISK: &str = "see to its permissions, and that it is a file that can be read";
