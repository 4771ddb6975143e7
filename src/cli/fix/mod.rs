//! `fix`: shows how secrets in Python files would become environment look-ups, and does it if told to.
//! Promises to write only with `--apply`, never in hook mode, whole files or none, and only where the file on disk is what was judged.
//! Plans nothing; that is the hook.

mod disk;
mod example;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use self::disk::Loaded;
use super::arguments::{Check, Shared};
use super::baseline::Print;
use super::failure::Failure;
use super::session::Session;
use super::{check, terminal};
use crate::finding::{Redacted, Subject};
use crate::hook::{Faulty, Hook, Repair, Verdict};
use crate::pipeline::NOT_FETCHED;
use crate::report::fix::{self as report, Example, File, Item, Run};
use crate::settle::{Exit, Outcome, Skipped, Unread};
use crate::source::{Source, escape};
use crate::store;

/// `fix`.
#[derive(Args, Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Arguments {
    /// Files to mend [default: everything that is staged]
    #[arg(value_name = "FILES", help_heading = "What to mend")]
    pub files: Vec<OsString>,
    /// What is staged and differs from HEAD: what is looked at without FILES
    #[arg(long, conflicts_with_all = ["all_files", "worktree"], help_heading = "What to mend")]
    pub staged: bool,
    /// Every file in the index
    #[arg(long, short = 'a', conflicts_with_all = ["worktree", "files"], help_heading = "What to mend")]
    pub all_files: bool,
    /// What lies on disk, staged or not
    #[arg(long, help_heading = "What to mend")]
    pub worktree: bool,
    /// Mend files named here even if the configuration excludes them
    #[arg(long, help_heading = "What to mend")]
    pub no_force_exclude: bool,

    /// Write the files, not only the diff (refused in hook mode)
    #[arg(long)]
    pub apply: bool,
    /// Add the names of the variables to this file [default: the `env-example` of the configuration, else .env.example]
    #[arg(long, value_name = "FILE")]
    pub env_example: Option<PathBuf>,
    /// How to print what is done
    #[arg(long, short = 'f', value_enum, default_value_t, help_heading = "Output")]
    pub format: Print,
    /// Behave as under pre-commit: write nothing [default: if PRE_COMMIT=1]
    #[arg(long, help_heading = "Output")]
    pub hook: bool,
    #[command(flatten)]
    pub shared: Shared,
}

impl Arguments {
    /// What `check` would be told to judge the same files.
    fn check(&self) -> Check {
        Check {
            files: self.files.clone(),
            staged: self.staged,
            all_files: self.all_files,
            worktree: self.worktree,
            no_force_exclude: self.no_force_exclude,
            shared: self.shared.clone(),
            ..Check::default()
        }
    }
}

pub fn run<H: Hook>(arguments: &Arguments) -> Result<Exit, Failure> {
    let hook_mode = arguments.hook || terminal::is_run_by_pre_commit();
    if hook_mode && arguments.apply {
        return Err(Failure::usage("a hook writes nothing: `--apply` is refused", "run the command by hand"));
    }
    let (session, mut outcome) = check::outcome::<H>(&arguments.check(), hook_mode)?;
    miss_what_was_not_fetched(&mut outcome);
    let target = ExampleFile::find(arguments, &session)?;
    let loaded = disk::load::<H>(&session, &outcome)?;
    let sources: Vec<Source<'_>> = loaded.iter().map(Loaded::source).collect();
    let repairs = repairs::<H>(&loaded, &sources, &outcome, target.names());
    let mut files: Vec<File<'_>> = Vec::new();
    for ((loaded, source), repair) in loaded.iter().zip(&sources).zip(repairs) {
        let fault = if arguments.apply { disk::write(&session, loaded, source, &repair.fix).err() } else { None };
        let seen = loaded.seen(&session)?;
        let items = loaded.open.iter().zip(repair.verdicts).zip(seen);
        let items = items.map(|((&finding, verdict), seen)| Item { finding, verdict, seen }).collect();
        files.push(File { source, fix: repair.fix, items, fault });
    }
    let example = target.add(&session, &files, arguments.apply);
    let tool_version = env!("CARGO_PKG_VERSION");
    let run = Run { hook: H::NAME, tool_version, outcome: &outcome, files, example, is_applied: arguments.apply };
    let format = match arguments.format {
        Print::Text => report::Format::Text,
        Print::Json => report::Format::Json,
    };
    terminal::print(|out| report::write(format, &run, out))?;
    Ok(run.exit())
}

/// A check passes over what a partial clone left out. Who mends all files is told that it was not read.
fn miss_what_was_not_fetched(outcome: &mut Outcome) {
    let (left_out, skipped) = std::mem::take(&mut outcome.skipped).into_iter().partition(|it| it.reason == NOT_FETCHED.reason);
    outcome.skipped = skipped;
    let unread = |skipped: Skipped| Unread { path: skipped.path, gap: NOT_FETCHED };
    outcome.unread.extend(Vec::into_iter(left_out).map(unread));
    outcome.unread.sort();
}

/// The plan for every file: the hook's for those on disk, a refusal for the others.
fn repairs<H: Hook>(loaded: &[Loaded<'_>], sources: &[Source<'_>], outcome: &Outcome, taken: BTreeSet<String>) -> Vec<Repair> {
    let secrets: Vec<&Redacted> = outcome
        .settled
        .iter()
        .filter_map(|settled| match &settled.finding.subject {
            Subject::Secret(value) => Some(value),
            Subject::Plain(_) => None,
        })
        .collect();
    let faulty = |(loaded, source)| Faulty { source, open: Loaded::open(loaded) };
    let on_disk = loaded.iter().zip(sources).filter(|(loaded, _)| loaded.place.is_ok());
    let files: Vec<Faulty<'_>> = on_disk.map(faulty).collect();
    let mut planned = H::repair(&files, &secrets, taken).into_iter();
    let all = loaded.iter().zip(sources).map(|(loaded, source)| match loaded.place {
        Ok(_) => planned.next().unwrap_or_default(),
        Err(reason) => Repair::none(&faulty((loaded, source)), reason),
    });
    all.collect()
}

/// The file of examples as it is.
struct ExampleFile {
    path: PathBuf,
    /// For people.
    name: String,
    text: Vec<u8>,
}

impl ExampleFile {
    fn find(arguments: &Arguments, session: &Session) -> Result<Self, Failure> {
        let root = session.snapshot.root();
        let path = match (&arguments.env_example, &session.config.secrets.env_example) {
            (Some(named), _) => session.cwd.join(named),
            (None, Some(configured)) => root.join(configured),
            (None, None) => {
                let there = example::FILES.iter().map(|name| root.join(name)).find(|path| path.is_file());
                there.unwrap_or_else(|| root.join(example::FILES[0]))
            }
        };
        let text = store::read(&path)?.unwrap_or_default();
        let name = path.strip_prefix(root).unwrap_or(&path);
        let name = escape(name.as_os_str().as_encoded_bytes()).into_owned();
        Ok(Self { path, name, text })
    }

    fn names(&self) -> BTreeSet<String> {
        example::names(&self.text)
    }

    /// Adds the names that the mended files look up.
    fn add(self, session: &Session, files: &[File<'_>], is_applied: bool) -> Option<Example> {
        let items = files.iter().filter(|file| file.fault.is_none()).flat_map(|file| &file.items);
        let wanted: BTreeSet<String> = items
            .filter_map(|item| match &item.verdict {
                Verdict::Fixed { variable } => Some(variable.clone()),
                Verdict::Left { .. } => None,
            })
            .collect();
        let added: Vec<String> = wanted.difference(&self.names()).cloned().collect();
        if added.is_empty() {
            return None;
        }
        let with_names = |old: Option<&[u8]>| Ok::<_, String>(Some(example::with_names(old.unwrap_or_default(), &wanted)));
        let said = |error: store::Error<String>| escape(error.to_string().as_bytes()).into_owned();
        let write = || store::update(&self.path, &session.lock_dir(), with_names).err().map(said);
        let fault = if is_applied { write() } else { None };
        let lines = String::from_utf8_lossy(&self.text).lines().count();
        Some(Example { name: self.name, lines, added, fault })
    }
}
