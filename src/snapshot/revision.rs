//! Commits by name and the trees that are compared: of HEAD, of the ends of a range, of their common ancestor.
//! Promises git's answer for every name that git knows; where libgit2 has none, git is asked.
//! Reads no tree.

use std::ffi::OsStr;

use super::error::Error;
use super::id::ObjectId;
use super::locate::{Location, NEEDED_FOR};
use super::objects::Objects;

impl Location {
    /// The tree of HEAD; `None` before the first commit.
    pub(super) fn head_tree(&self, objects: &Objects) -> Result<Option<ObjectId>, Error> {
        if let Some(repository) = objects.repository() {
            match repository.head() {
                Ok(head) => return self.tree_of(objects, &head).map(Some),
                Err(error) if error.code() == git2::ErrorCode::UnbornBranch && !is_reftable(repository) => return Ok(None),
                Err(_) => {}
            }
        }
        match self.git.id(NEEDED_FOR, OsStr::new("HEAD^{tree}")) {
            Ok(id) => Ok(Some(id)),
            // A branch that has no commit yet: HEAD names it, and it is not there.
            Err(error) => {
                let error = match error {
                    Error::Refused { message } => Error::Head { reason: message },
                    other => other,
                };
                let branch = self.git.line(NEEDED_FOR, &["symbolic-ref", "-q", "HEAD"]).map_err(|_| error)?;
                let branch = String::from_utf8_lossy(&branch).into_owned();
                let found = self.git.run(NEEDED_FOR, &["for-each-ref", "--count=1", "--format=%(objectname)", &branch])?;
                let unreadable = || Error::Head { reason: format!("{branch} is there and names no commit") };
                found.is_empty().then_some(None).ok_or_else(unreadable)
            }
        }
    }

    fn tree_of(&self, objects: &Objects, head: &git2::Reference<'_>) -> Result<ObjectId, Error> {
        if let Some(error) = head.target().and_then(own).and_then(|id| objects.broken_commit(&id)) {
            return Err(Error::Head { reason: error.to_string() });
        }
        let commit = head.peel_to_commit().map_err(|error| {
            let trouble = head.target().and_then(own).and_then(|id| self.trouble(&id));
            Error::Head { reason: trouble.unwrap_or_else(|| error.message().to_owned()) }
        })?;
        own(commit.tree_id()).ok_or_else(|| Error::Head { reason: "an id of unknown length".to_owned() })
    }

    /// The id of the commit `name`, and of its tree.
    pub(super) fn commit(&self, objects: &Objects, name: &str) -> Result<(ObjectId, ObjectId), Error> {
        if name.is_empty() {
            return Err(Error::EmptyRef);
        }
        if let Some(repository) = objects.walkable()
            && let Ok(commit) = repository.revparse_single(name).and_then(|object| object.peel_to_commit())
            && let (Some(id), Some(tree)) = (own(commit.id()), own(commit.tree_id()))
        {
            return Ok((id, tree));
        }
        let id = |spec: String| match self.git.id(NEEDED_FOR, OsStr::new(&spec)) {
            Err(Error::Refused { message }) => Err(Error::Ref { name: name.to_owned(), reason: message }),
            other => other,
        };
        Ok((id(format!("{name}^{{commit}}"))?, id(format!("{name}^{{tree}}"))?))
    }

    /// The tree without entries, which git knows in every repository.
    pub(super) fn empty_tree(&self) -> Result<ObjectId, Error> {
        let hex: &[u8] = match self.hash_len {
            20 => b"4b825dc642cb6eb9a060e54bf8d69288fbee4904",
            _ => b"6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
        };
        ObjectId::from_hex(hex).ok_or_else(|| Error::Refused { message: "ids of unknown length".to_owned() })
    }

    /// The tree to compare `to` with: of the best common ancestor, or of `from` if there is none.
    pub(super) fn base_tree(&self, objects: &Objects, from: &str, to: &ObjectId) -> Result<ObjectId, Error> {
        let (from, from_tree) = self.commit(objects, from)?;
        if let Some(repository) = objects.walkable()
            && let (Ok(one), Ok(two)) = (git2::Oid::from_bytes(from.as_bytes()), git2::Oid::from_bytes(to.as_bytes()))
        {
            return match repository.merge_base(one, two) {
                Ok(base) => {
                    repository.find_commit(base).ok().and_then(|commit| own(commit.tree_id())).ok_or_else(|| missing(&from))
                }
                Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(from_tree),
                Err(error) => Err(Error::refused(&error)),
            };
        }
        match self.git.line(NEEDED_FOR, &["merge-base", &from.to_string(), &to.to_string()]) {
            Ok(base) => self.git.id(NEEDED_FOR, OsStr::new(&format!("{}^{{tree}}", String::from_utf8_lossy(&base)))),
            Err(Error::Refused { .. }) => Ok(from_tree),
            Err(error) => Err(error),
        }
    }
}

fn missing(id: &ObjectId) -> Error {
    Error::damaged(id, "its history is not complete here")
}

fn own(oid: git2::Oid) -> Option<ObjectId> {
    ObjectId::from_bytes(oid.as_bytes())
}

/// With reftables, the file HEAD holds a name that cannot exist, for readers that do not know them.
pub(super) fn is_reftable(repository: &git2::Repository) -> bool {
    repository.config().is_ok_and(|config| config.get_string("extensions.refstorage").is_ok_and(|kind| kind != "files"))
}
