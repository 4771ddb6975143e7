//! `history`: judges every version of every file that was ever committed, once under each path that it had.
//! Promises that configuration and baseline of today decide, and that a search which was ended goes on where it was.
//! Changes nothing in the history.

use clap::Args;

use super::arguments::{Caching, Output, Shared};
use super::failure::Failure;
use super::run::{self, Order};
use super::session::Session;
use super::terminal;
use crate::hook::Hook;
use crate::pipeline::{self, Judge, Sighted};
use crate::settle::Exit;
use crate::snapshot::{Commits, Environment, View};

/// `history`.
#[derive(Args, Clone, Debug, Default)]
pub struct History {
    /// Revisions and ranges as `git rev-list` takes them, like `main`, `v1.0..`, `^v1.0` [default: all that a branch, tag, stash or other
    /// reference reaches, and HEAD]
    #[arg(value_name = "RANGE", help_heading = "What to judge")]
    pub revisions: Vec<String>,
    /// Judge what a push would bring: what HEAD reaches and no branch of a remote does, as far as is known here. Under pre-commit, of the
    /// range that it tells of
    #[arg(long, conflicts_with = "revisions", help_heading = "What to judge")]
    pub pushed: bool,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub caching: Caching,
    #[command(flatten)]
    pub shared: Shared,
}

pub fn run<H: Hook>(arguments: &History) -> Result<Exit, Failure> {
    let hook_mode = terminal::is_run_by_pre_commit();
    run::begin(&arguments.output, &arguments.shared, hook_mode)?;
    let view = if arguments.pushed {
        View::pushed(&Environment::capture())
    } else {
        View::History(Commits { revisions: arguments.revisions.clone(), not_on: None })
    };
    let session = Session::open::<H>(&arguments.shared, Some(view), Vec::new(), hook_mode)?;
    let config = session.config.clone();
    let order = Order {
        output: &arguments.output,
        shared: &arguments.shared,
        source: "history",
        hook_mode,
        is_whole_tree: false,
        // What makes it go on where it was; a hook remembers only what it was told to.
        uses_cache: arguments.caching.choice().unwrap_or(config.cache || !hook_mode),
        compares_disk: false,
        as_baseline: false,
        explains: false,
        line: None,
        config,
    };
    run::run(session, &order, |session, judge| Ok(sight::<H>(session, judge, hook_mode)))
}

fn sight<H: Hook>(session: &Session, judge: &Judge<'_, H>, hook_mode: bool) -> Sighted {
    let progress = terminal::Progress::new(session.snapshot.entries().len(), "versions", hook_mode);
    let mut sighted = pipeline::judge_history(&session.snapshot, judge, &|done| progress.show(done));
    progress.finish();
    run::add_unopened(session, judge, &mut sighted);
    sighted
}
