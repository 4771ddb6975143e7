//! Which commits a history has, and what a commit says about itself.
//! Promises parents before their children and every commit that was asked for.
//! Looks into no tree.

use std::ffi::OsStr;

use super::error::Error;
use super::id::ObjectId;
use super::locate::Location;
use super::objects::{Kind, Objects};
use super::revision::is_reftable;
use super::view::{Commits, Remote};

const NEEDED_FOR: &str = "these revisions";

/// What a commit says.
#[derive(Debug)]
pub(super) struct Commit {
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    /// Name and address, as they stand there.
    pub(super) author: Vec<u8>,
    /// Seconds since 1970, if that can be read.
    pub(super) authored: Option<i64>,
}

/// The commits, oldest first.
pub(super) fn list(location: &Location, objects: &Objects, asked: &Commits) -> Result<Vec<ObjectId>, Error> {
    match objects.walkable() {
        // With reftables libgit2 would find no references at all, and believe it.
        Some(repository) if !is_reftable(repository) && asked.revisions.iter().all(|revision| is_plain(revision)) => {
            walk(repository, asked)
        }
        _ => ask_git(location, asked),
    }
}

/// `X`, `^X`, `X..Y`: what libgit2 understands as git does. The rest (`X...Y`, `X^!`, `X^@`) is for git.
fn is_plain(revision: &str) -> bool {
    !revision.contains("...") && !["^!", "^@", "^-"].iter().any(|sign| revision.contains(sign))
}

fn walk(repository: &git2::Repository, Commits { revisions, not_on }: &Commits) -> Result<Vec<ObjectId>, Error> {
    let refused = |error: git2::Error| Error::refused(&error);
    let mut walk = repository.revwalk().map_err(refused)?;
    walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::TIME | git2::Sort::REVERSE).map_err(refused)?;
    for revision in revisions {
        let (hidden, shown) = match (revision.strip_prefix('^'), revision.split_once("..")) {
            (Some(hidden), _) => (Some(hidden), None),
            (None, Some((hidden, shown))) => (Some(hidden), Some(shown)),
            (None, None) => (None, Some(revision.as_str())),
        };
        if let Some(hidden) = hidden {
            walk.hide(commit(repository, hidden)?).map_err(refused)?;
        }
        if let Some(shown) = shown {
            walk.push(commit(repository, shown)?).map_err(refused)?;
        }
    }
    if revisions.is_empty() {
        walk.push_glob("refs/*").map_err(refused)?;
        match repository.head() {
            Ok(_) => walk.push_head().map_err(refused)?,
            Err(error) if error.code() == git2::ErrorCode::UnbornBranch => {}
            Err(error) => return Err(refused(error)),
        }
    }
    match not_on {
        Some(Remote::Any) => walk.hide_glob("refs/remotes/*").map_err(refused)?,
        Some(Remote::Named(name)) => walk.hide_glob(&format!("refs/remotes/{name}/*")).map_err(refused)?,
        None => {}
    }
    walk.map(|step| step.ok().and_then(|id| ObjectId::from_bytes(id.as_bytes())).ok_or_else(incomplete)).collect()
}

/// A revision as git names it; nothing stands for HEAD.
fn commit(repository: &git2::Repository, name: &str) -> Result<git2::Oid, Error> {
    let name = if name.is_empty() { "HEAD" } else { name };
    let found = repository.revparse_single(name).and_then(|object| object.peel_to_commit());
    found.map(|commit| commit.id()).map_err(|error| Error::Ref { name: name.to_owned(), reason: error.message().to_owned() })
}

fn incomplete() -> Error {
    Error::Refused { message: "the history is not complete here: a commit cannot be read".to_owned() }
}

fn ask_git(location: &Location, Commits { revisions, not_on }: &Commits) -> Result<Vec<ObjectId>, Error> {
    let mut args = vec!["rev-list".to_owned(), "--date-order".to_owned(), "--reverse".to_owned()];
    if let Some(remote) = not_on {
        let remotes = match remote {
            Remote::Any => "--remotes".to_owned(),
            Remote::Named(name) => format!("--remotes={name}"),
        };
        args.extend(["--not".to_owned(), remotes, "--not".to_owned()]);
    }
    args.push(if revisions.is_empty() { "--all" } else { "--end-of-options" }.to_owned());
    args.extend(revisions.iter().cloned());
    args.push("--".to_owned());
    let out = location.git.run(NEEDED_FOR, &args.iter().map(OsStr::new).collect::<Vec<_>>());
    let out = out.map_err(|error| match (error, revisions.first()) {
        (Error::Refused { message }, Some(_)) => Error::Ref { name: revisions.join(" "), reason: message },
        (error, _) => error,
    })?;
    let lines = out.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| ObjectId::from_hex(line).ok_or_else(incomplete)).collect()
}

/// Reads one commit.
pub(super) fn read(objects: &mut Objects, id: &ObjectId) -> Result<Commit, Error> {
    let parsed = objects.object(id, Kind::Commit, parse)?;
    parsed.ok_or_else(|| Error::damaged(id, "a commit out of form"))
}

/// `tree <id> LF`, `parent <id> LF` for each parent, `author <name> <<address>> <seconds> <zone> LF`, and more that is not asked for.
fn parse(bytes: &[u8]) -> Option<Commit> {
    let mut lines = bytes.split(|&b| b == b'\n');
    let tree = ObjectId::from_hex(lines.next()?.strip_prefix(b"tree ")?)?;
    let mut parents = Vec::new();
    for line in lines {
        if let Some(parent) = line.strip_prefix(b"parent ") {
            parents.push(ObjectId::from_hex(parent)?);
        } else {
            let (author, authored) = line.strip_prefix(b"author ").map(parse_author).unwrap_or_default();
            return Some(Commit { tree, parents, author, authored });
        }
    }
    None
}

fn parse_author(line: &[u8]) -> (Vec<u8>, Option<i64>) {
    let end = memchr::memrchr(b'>', line).map_or(line.len(), |at| at + 1);
    let (name, time) = line.split_at_checked(end).unwrap_or((line, &[]));
    let seconds = std::str::from_utf8(time).ok().and_then(|time| time.split_ascii_whitespace().next()?.parse().ok());
    (name.to_vec(), seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_tells_its_tree_parents_and_author() {
        let (one, two) = ("1".repeat(40), "2".repeat(40));
        let text =
            format!("tree {one}\nparent {two}\nparent {one}\nauthor A <a> b> 1700000000 +0200\ncommitter C <c> 0 +0000\n\nx");
        let commit = parse(text.as_bytes()).unwrap();
        assert_eq!((commit.tree.to_string(), commit.parents.len()), (one.clone(), 2));
        assert_eq!((commit.author.as_slice(), commit.authored), (&b"A <a> b>"[..], Some(1_700_000_000)));
        let nobody = parse(format!("tree {one}\nauthor nobody\n").as_bytes()).unwrap();
        assert_eq!((nobody.author.as_slice(), nobody.authored), (&b"nobody"[..], None));
        assert!(parse(format!("tree {one}").as_bytes()).is_none() && parse(b"parent").is_none());
    }

    #[test]
    fn what_libgit2_would_read_otherwise_is_left_to_git() {
        assert!(["main", "^main", "a..b", "a..", "HEAD~3", "HEAD^^"].iter().all(|revision| is_plain(revision)));
        assert!(!["a...b", "HEAD^!", "HEAD^@", "HEAD^-1"].iter().any(|revision| is_plain(revision)));
    }
}
