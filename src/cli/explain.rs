//! `explain`: the manual of a rule; or of a line what was found there, what was dismissed, the evidence, and who forgave it.
//! Promises that no value is shown, and that the line is judged as `check` judges it.
//! Is no gate: it exits 0 once it could explain, whatever it found.

use std::ffi::{OsStr, OsString};

use super::arguments::{Check, Explain, Output, RulesFormat};
use super::failure::Failure;
use super::run::{self, Order};
use super::session::working_directory;
use super::{check, manual, own_rules, terminal};
use crate::hook::Hook;
use crate::report::Format;
use crate::rule::Rule;
use crate::ruleset::Ruleset;
use crate::settle::{Exit, Outcome};
use crate::source::escape;

pub fn run<H: Hook>(arguments: &Explain) -> Result<Exit, Failure> {
    let Some(what) = &arguments.what else {
        let name = arguments.stdin_filename.clone().unwrap_or_else(|| OsString::from("-"));
        return explain::<H>(&Check { stdin_filename: Some(name), ..arguments.check() }, None);
    };
    let name = what.to_string_lossy();
    // A rule of ours is explained anywhere, whatever the repository is like.
    if let Ok(rule) = manual::find(H::RULES, &name) {
        return print(rule, arguments.format);
    }
    if let Some((path, line)) = place(what) {
        return explain::<H>(&Check { files: vec![path], ..arguments.check() }, Some(line));
    }
    let shared = &arguments.shared;
    let directory = working_directory(shared.directory.as_deref())?;
    let rules = if shared.no_config { Ruleset::of(H::RULES) } else { own_rules::of_directory::<H>(&directory)? };
    match manual::find(rules.all, &name) {
        Ok(rule) => print(rule, arguments.format),
        Err(near) => Err(unknown::<H>(&name, &near)),
    }
}

fn print(rule: &'static Rule, format: RulesFormat) -> Result<Exit, Failure> {
    terminal::print(|out| manual::explain(rule, format, out))?;
    Ok(Exit::Clean)
}

impl Explain {
    fn check(&self) -> Check {
        let Self { what: _, stdin: _, stdin_filename: _, from_ref, to_ref, worktree, format, shared } = self;
        let output = Output { format: Format::from(*format), show_forgiven: true, exit_zero: true, ..Output::default() };
        let (from_ref, to_ref, shared) = (from_ref.clone(), to_ref.clone(), shared.clone());
        Check { from_ref, to_ref, worktree: *worktree, output, shared, ..Check::default() }
    }
}

fn unknown<H: Hook>(name: &str, near: &[&str]) -> Failure {
    let hint = if near.is_empty() { String::new() } else { format!("did you mean `{}`? ", near.join("`, `")) };
    let help = format!("{hint}`{} rules` lists them; a line is named as PATH:LINE", H::BINARY);
    Failure::usage(format!("no rule is called `{}`", escape(name.as_bytes())), help)
}

/// `PATH:LINE` or, as findings are printed, `PATH:LINE:COLUMN`.
fn place(what: &OsStr) -> Option<(OsString, u32)> {
    let (path, last) = split(what.to_str()?)?;
    let (path, line) = split(path).unwrap_or((path, last));
    Some((OsString::from(path), line))
}

/// The number behind the last colon, and what stands before.
fn split(text: &str) -> Option<(&str, u32)> {
    let (path, number) = text.rsplit_once(':')?;
    let number = number.parse().ok().filter(|number| *number > 0 && !path.is_empty())?;
    Some((path, number))
}

/// Explains that line; all lines without one.
fn explain<H: Hook>(check: &Check, line: Option<u32>) -> Result<Exit, Failure> {
    let (session, order) = check::open::<H>(check, terminal::is_run_by_pre_commit())?;
    let order = Order { explains: true, line, uses_cache: false, ..order };
    run::run(session, &order, |session, judge| {
        if let Some(line) = line {
            check::has_line::<H>(session, line)?;
        }
        check::sight::<H>(check, session, judge, false)
    })
}

/// Says so where no rule looks at anything.
pub(super) fn note_silence(outcome: &mut Outcome, line: Option<u32>) {
    let is_there = |first: u32, last: u32| line.is_none_or(|line| (first..=last).contains(&line));
    let is_told = outcome.settled.iter().any(|it| is_there(it.finding.span.line, it.finding.span.end_line));
    if !is_told && outcome.unread.is_empty() && outcome.skipped.is_empty() {
        let place = line.map_or_else(|| "here".to_owned(), |line| format!("on line {line}"));
        outcome.notes.push(format!("there is nothing {place} that a rule looks at"));
    }
}
