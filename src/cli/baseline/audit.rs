//! `baseline audit`: labels, one by one at a terminal or all at once by options.
//! Promises that what was answered is saved before the next question, and that a value is shown only at a terminal, to whoever asks.

mod present;
mod target;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use self::present::Present;
use self::target::Target;
use super::files::{Held, Pair};
use super::record::new_salt;
use crate::cli::arguments::Shared;
use crate::cli::failure::Failure;
use crate::cli::session::{Session, baseline_policy, today};
use crate::cli::terminal;
use crate::config::{Date, PathSet};
use crate::finding::AtTerminal;
use crate::hook::Hook;
use crate::rule::{Rule, Rules};
use crate::settle::Exit;
use crate::settle::baseline::audit::{self, Filter, Form, Incomplete, Mark, Means};
use crate::settle::baseline::companion::Label;
use crate::settle::baseline::item::{Item, What, items};
use crate::settle::baseline::json::Text;
use crate::settle::baseline::policy::options;
use crate::settle::baseline::update::Files;
use crate::snapshot::View;
use crate::source::{RepoPath, escape};

/// `baseline audit`.
#[derive(Args, Debug)]
pub struct Audit {
    /// Label without asking all that the options under "Which entries" choose; one of them has to be there, `--all` to choose every entry.
    /// LABEL is false-positive, test, real, rotated or accepted
    #[arg(long, value_name = "LABEL", value_parser = Label::parse, help_heading = "Without a terminal")]
    pub mark: Option<Label>,
    /// Why; goes with the label
    #[arg(long, value_name = "TEXT", help_heading = "Without a terminal")]
    pub reason: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "NAME", help_heading = "Without a terminal")]
    pub owner: Option<String>,
    /// Last day on which the entry forgives, YYYY-MM-DD
    #[arg(long, value_name = "DATE", help_heading = "Without a terminal")]
    pub until: Option<Date>,
    /// Say what would be labelled and write nothing
    #[arg(long, help_heading = "Without a terminal")]
    pub dry_run: bool,
    /// Write all entries to FILE as a table: CSV if it ends in .csv, else JSON (`-`: standard output)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["mark", "import"], help_heading = "Without a terminal")]
    pub export: Option<PathBuf>,
    /// Take over the labels of a table that --export wrote
    #[arg(long, value_name = "FILE", conflicts_with = "mark", help_heading = "Without a terminal")]
    pub import: Option<PathBuf>,

    /// Only entries of this rule: its id or alias, also where `.secrets.baseline` has what it finds, or a type of detect-secrets (may
    /// be repeated)
    #[arg(long, value_name = "RULE", value_parser = NonEmptyStringValueParser::new(), help_heading = "Which entries")]
    pub rule: Vec<String>,
    /// Only entries of files that match
    #[arg(long, value_name = "GLOB", help_heading = "Which entries")]
    pub path: Vec<String>,
    /// Only the entry whose hash begins so
    #[arg(long, value_name = "HASH", value_parser = NonEmptyStringValueParser::new(), help_heading = "Which entries")]
    pub hash: Option<String>,
    /// Only entries that the baseline had already in this commit, under the name that the file has now
    #[arg(long, value_name = "REV", help_heading = "Which entries")]
    pub older_than: Option<String>,
    /// Every entry, labelled ones too (without --mark, only unlabelled ones are asked about)
    #[arg(long, help_heading = "Which entries")]
    pub all: bool,
    /// With --mark: only entries without label
    #[arg(long, conflicts_with = "all", help_heading = "Which entries")]
    pub unlabelled: bool,

    #[command(flatten)]
    pub shared: Shared,
}

impl Audit {
    /// Whether it leaves a file changed if all goes well.
    pub(super) fn writes(&self) -> bool {
        match &self.export {
            Some(file) => file.as_os_str() != "-",
            None => !self.dry_run,
        }
    }

    /// Whether something is said about which entries are meant.
    fn chooses(&self) -> bool {
        let Self { rule, path, hash, older_than, all, unlabelled, .. } = self;
        *all || *unlabelled || !rule.is_empty() || !path.is_empty() || hash.is_some() || older_than.is_some()
    }
}

pub fn run<H: Hook>(arguments: &Audit) -> Result<Exit, Failure> {
    if arguments.mark.is_some() && !arguments.chooses() {
        return Err(Failure::usage(
            "`--mark` does not say which entries it is for",
            "choose by `--path`, `--rule`, `--hash`, `--older-than` or `--unlabelled`; `--all` labels every entry",
        ));
    }
    refuse_past(arguments.until)?;
    let session = Session::open::<H>(&arguments.shared, Some(View::All), Vec::new(), false)?;
    let pair = Pair::of(&session);
    if let Some(file) = &arguments.export {
        return export(&session, &pair.read()?, file);
    }
    let held = if arguments.dry_run { pair.read()? } else { pair.lock()? };
    if held.is_there() == [false, false] {
        return Err(Failure::usage("there is no baseline to audit", "`baseline create` makes one"));
    }
    let paths = PathSet::new(arguments.path.iter().cloned()).map_err(|error| Failure::usage(error, "`--path` takes a glob"))?;
    let on_path = |path: &RepoPath| paths.is_match(path);
    let old = arguments.older_than.as_ref().map(|revision| pair.at(&session.snapshot, revision)).transpose()?;
    let old: Option<BTreeSet<(Text, What)>> = old.map(|old| entries(&old).map(|item| (item.path, item.what)).collect());
    let is_old = |item: &Item| old.as_ref().is_some_and(|old| old.contains(&(item.path.clone(), item.what.clone())));
    let present = Present::<H>::new(&session, &held.files)?;
    let rules = named(session.rules.all, &arguments.rule);
    let is_of_rule = |item: &Item| is_called(item, &arguments.rule, &rules) || present.is_found_by(item, &rules);
    let is_batch = arguments.mark.is_some() || arguments.import.is_some();
    let filter = Filter {
        path: (!paths.is_empty()).then_some(&on_path),
        hash: arguments.hash.clone(),
        unlabelled: arguments.unlabelled || (!is_batch && !arguments.all),
        old: old.is_some().then_some(&is_old),
        rule: (!arguments.rule.is_empty()).then_some(&is_of_rule),
    };
    refuse_unread(&held.files, &filter, &present)?;
    let target = Target { session: &session, held: &held, fresh: new_salt()? };
    let exit = match (&arguments.import, arguments.mark) {
        (Some(table), _) => import(&target, table, arguments.dry_run),
        (None, Some(label)) => mark(arguments, &target, &filter, label),
        (None, None) => ask(&target, &filter, &present),
    }?;
    target.tell_what_was_made();
    Ok(exit)
}

/// Refuses a last day that is over: the entry would forgive nothing from the start.
fn refuse_past(until: Option<Date>) -> Result<(), Failure> {
    let today = today()?;
    match until.filter(|&until| until < today) {
        Some(until) => {
            let message = format!("`--until {until}` is over: it is {today} in UTC");
            Err(Failure::usage(message, "give the last day on which the entry is to forgive; nothing was written"))
        }
        None => Ok(()),
    }
}

/// The rules that the names stand for.
fn named(rules: Rules, names: &[String]) -> Vec<&'static Rule> {
    rules.iter().copied().filter(|rule| names.iter().any(|name| rule.is_called(name))).collect()
}

/// Whether the entry goes by one of the names, or by another name of one of the rules: `.secrets.baseline` has the types of detect-secrets.
fn is_called(item: &Item, names: &[String], rules: &[&Rule]) -> bool {
    let name = item.what.name();
    names.iter().any(|wanted| wanted.eq_ignore_ascii_case(&name)) || rules.iter().any(|rule| rule.is_called(&name))
}

fn entries(files: &Files) -> impl Iterator<Item = Item> {
    items(files.baseline.as_ref(), files.companion.as_ref()).into_iter()
}

/// Why nothing matched: the rule, if without it something would.
fn no_match(files: &Files, filter: &Filter<'_>) -> String {
    let of_any_rule = Filter { rule: None, hash: filter.hash.clone(), ..*filter };
    let names: BTreeSet<String> = entries(files).filter(|item| of_any_rule.accepts(item)).map(|item| item.what.name()).collect();
    if names.is_empty() {
        return "no entry matches; `baseline audit --export -` lists them all".to_owned();
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{}`", escape(name.as_bytes()))).collect();
    format!("no entry is of that rule; the entries are of {}", names.join(", "))
}

/// Refuses to label by rule where a file could not be judged: its entries may have been meant.
fn refuse_unread<H: Hook>(files: &Files, filter: &Filter<'_>, present: &Present<'_, H>) -> Result<(), Failure> {
    // Asking makes `present` look into the files that the answer needs.
    entries(files).for_each(|item| {
        filter.accepts(&item);
    });
    let unread = present.unread();
    let told = unread.iter().map(|(path, reason)| (path, reason.as_str()));
    super::refuse_unread(told, " by the rule; nothing was labelled", "mend them, or choose entries by path or hash")
}

fn mark(arguments: &Audit, target: &Target<'_>, filter: &Filter<'_>, label: Label) -> Result<Exit, Failure> {
    let mark = Mark {
        label: Some(label),
        reason: arguments.reason.clone(),
        owner: arguments.owner.clone(),
        until: arguments.until.map(|date| date.to_string()),
    };
    let mut files = target.held.files.clone();
    let policy = baseline_policy(&target.session.config);
    let marked = audit::mark(&mut files, filter, &mark, &policy, target.fresh).map_err(|error| incomplete(&error))?;
    target.session.print(|out| {
        marked.iter().try_for_each(|item| {
            let line = format!("{}: {} {} -> {}", item.path, item.what.name(), item.what.hash(), label.as_str());
            writeln!(out, "{}", escape(line.as_bytes()))
        })
    })?;
    if marked.is_empty() {
        terminal::remark("error", &no_match(&files, filter));
        return Ok(Exit::Findings);
    }
    if !arguments.dry_run {
        target.write(&files)?;
    }
    Ok(Exit::Clean)
}

fn incomplete(error: &Incomplete) -> Failure {
    let help = format!("add `{}`; nothing was written", options(&error.needs));
    Failure::usage(escape(error.to_string().as_bytes()), help)
}

fn form(file: &std::path::Path) -> Form {
    if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) { Form::Csv } else { Form::Json }
}

fn export(session: &Session, held: &Held<'_>, file: &std::path::Path) -> Result<Exit, Failure> {
    let table = audit::export(&held.files, form(file));
    if file.as_os_str() == "-" {
        session.print(|out| out.write_all(table.as_bytes()))?;
    } else {
        terminal::write_file(file, table.as_bytes())?;
    }
    Ok(Exit::Clean)
}

fn import(target: &Target<'_>, table: &std::path::Path, dry_run: bool) -> Result<Exit, Failure> {
    let text = fs_err::read_to_string(table)?;
    let mut files = target.held.files.clone();
    let imported = audit::import(&mut files, &text, form(table), target.fresh);
    let (count, unknown) = imported.map_err(|fault| {
        let place = if fault.line > 0 { format!(":{}", fault.line) } else { String::new() };
        let message = format!("{}{place}: {}", escape(table.as_os_str().as_encoded_bytes()), fault.message);
        Failure::usage(message, "mend the table, or write it anew with `baseline audit --export`; nothing was written")
    })?;
    for row in &unknown {
        terminal::remark("warning", &format!("no entry: {row}"));
    }
    if !dry_run {
        target.write(&files)?;
    }
    terminal::remark(if dry_run { "would import" } else { "imported" }, &terminal::counted(count, "entry", "entries"));
    Ok(if count == 0 || !unknown.is_empty() { Exit::Findings } else { Exit::Clean })
}

fn ask<H: Hook>(target: &Target<'_>, filter: &Filter<'_>, present: &Present<'_, H>) -> Result<Exit, Failure> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Failure::usage(
            "there is no terminal to ask at",
            "label by options: `baseline audit --mark false-positive --path 'tests/**' --reason …`",
        ));
    }
    let find = |item: &Item| present.find(item);
    let mut files = target.held.files.clone();
    let mut save = |files: &Files| target.write(files);
    let policy = baseline_policy(&target.session.config);
    let reveal = AtTerminal::new(&io::stdout());
    let means = Means { find: &find, save: &mut save, policy: &policy, fresh: target.fresh, reveal };
    audit::run(&mut files, filter, &mut Keyboard(console::Term::stdout()), means)?;
    Ok(Exit::Clean)
}

/// The person's terminal.
struct Keyboard(console::Term);

impl audit::Terminal for Keyboard {
    fn show(&mut self, text: &str) {
        let _ = self.0.write_str(text);
    }

    fn key(&mut self) -> Option<char> {
        let key = self.0.read_char().ok()?;
        let _ = self.0.write_line(&key.to_string());
        (key != '\u{3}' && key != '\u{4}').then_some(key)
    }

    fn line(&mut self, prompt: &str) -> Option<String> {
        let _ = self.0.write_str(prompt);
        self.0.read_line().ok()
    }
}
