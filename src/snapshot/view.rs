//! What is looked at: the staged set, all of the index, a range, the work tree or the history.
//! Promises that a range with no commit at one of its ends, as new and deleted branches have it, is not taken for one that cannot be read.
//! Selects no files; `select` does.

use super::Request;
use super::environment::Environment;
use super::error::Error;
use super::id::ObjectId;
use super::locate::Location;
use super::objects::Objects;

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// The entries of the index that differ from HEAD; of files given by name, their index entries.
    Staged,
    /// Every entry of the index.
    All,
    /// What the commit `to` changed since it left `from`; content from the tree of `to`. An id of zeros is no commit, as git has it
    /// before the first commit of a branch and after its end: from there all of `to` is new, up to there nothing is left to judge.
    Range { from: String, to: String },
    /// The files on disk: tracked ones, and untracked ones that are not ignored.
    Worktree,
    /// Every version of every file in these commits. Any other file of the snapshot is that of the index; without a work tree, that of
    /// HEAD.
    History(Commits),
}

/// Commits of a history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commits {
    /// What reaches them, named as `git rev-list` takes it; without any, every reference and HEAD.
    pub revisions: Vec<String>,
    /// The remote whose branches, as far as they are known here, reach none of them.
    pub not_on: Option<Remote>,
}

/// Remotes of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remote {
    Any,
    Named(String),
}

impl View {
    /// What a push brings: of the range or the branch that a hook runner tells of, what its remote does not have; without a runner, of
    /// HEAD, what no remote has. The end of a branch brings nothing.
    pub fn pushed(environment: &Environment) -> Self {
        let text = |name: &str| environment.get(name).map(|value| value.to_string_lossy().into_owned());
        let from = text("PRE_COMMIT_FROM_REF").filter(|from| !is_no_commit(from));
        match text("PRE_COMMIT_TO_REF").or_else(|| text("PRE_COMMIT_LOCAL_BRANCH")) {
            Some(to) if is_no_commit(&to) => Self::Range { from: from.unwrap_or_else(|| to.clone()), to },
            tip => Self::History(Commits {
                revisions: std::iter::once(tip.unwrap_or_else(|| "HEAD".to_owned()))
                    .chain(from.map(|from| format!("^{from}")))
                    .collect(),
                not_on: Some(text("PRE_COMMIT_REMOTE_NAME").map_or(Remote::Any, Remote::Named)),
            }),
        }
    }

    /// Whether a range begins before the first commit, so that it is all of its last one.
    pub fn begins_with_nothing(&self) -> bool {
        matches!(self, Self::Range { from, .. } if is_no_commit(from))
    }

    /// Whether `request` names files of the index, though what is judged is a tree that may have others: see [`by_default`].
    pub(super) fn is_named_by_index(&self, request: &Request) -> bool {
        request.view.is_none() && self.begins_with_nothing() && !request.names.is_empty()
    }

    /// Whether a range ends after the end of a branch, so that nothing is left to judge.
    pub fn ends_with_nothing(&self) -> bool {
        matches!(self, Self::Range { to, .. } if is_no_commit(to))
    }
}

const NO_COMMIT: &str = "0000000000000000000000000000000000000000";

/// Whether an id of either length is all zeros: what git and CI systems give where there is no commit.
fn is_no_commit(name: &str) -> bool {
    matches!(name.len(), 40 | 64) && name.bytes().all(|b| b == b'0')
}

/// The trees of a range.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) base: ObjectId,
    pub(super) to: ObjectId,
}

/// What a hook runner says is looked at: a range, else what is staged. Of a branch that is pushed without a commit that the remote has,
/// it says the branch only, and names the files of the index, though another tree may be pushed.
pub(super) fn by_default(environment: &Environment) -> View {
    // A commit names its index to its hooks. A range beside it is that of a push in which the commit is made, or that one of its own hooks
    // makes: then the index holds what was committed.
    if environment.get("GIT_INDEX_FILE").is_some() {
        return View::Staged;
    }
    let text = |name: &str| environment.get(name).map(|value| value.to_string_lossy().into_owned());
    match (text("PRE_COMMIT_FROM_REF"), text("PRE_COMMIT_TO_REF"), text("PRE_COMMIT_LOCAL_BRANCH")) {
        (Some(from), Some(to), _) => View::Range { from, to },
        (_, _, Some(to)) => View::Range { from: NO_COMMIT.to_owned(), to },
        _ => View::Staged,
    }
}

/// The trees of a view that has no index. A history without a work tree is judged by the policy of HEAD.
pub(super) fn range(location: &Location, objects: &Objects, view: &View) -> Result<Option<Range>, Error> {
    match view {
        View::Range { .. } if view.ends_with_nothing() => {
            let nothing = location.empty_tree()?;
            Ok(Some(Range { base: nothing, to: nothing }))
        }
        View::Range { from, to } => {
            let (commit, to) = location.commit(objects, to)?;
            let is_new = view.begins_with_nothing();
            let base = if is_new { location.empty_tree()? } else { location.base_tree(objects, from, &commit)? };
            Ok(Some(Range { base, to }))
        }
        View::History(_) if location.root.is_none() => {
            Ok(location.head_tree(objects)?.map(|head| Range { base: head, to: head }))
        }
        _ => Ok(None),
    }
}
