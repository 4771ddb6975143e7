//! `baseline merge`: three versions in, one out; the form in which git calls a merge driver.

use std::path::PathBuf;

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::terminal;
use crate::settle::Exit;
use crate::settle::baseline::merge;
use crate::store;

/// `baseline merge`. Its help says how it becomes a driver.
#[derive(Args, Debug)]
pub struct Merge {
    /// The common ancestor (an empty file: none)
    pub base: PathBuf,
    /// Our version
    pub ours: PathBuf,
    /// Their version
    pub theirs: PathBuf,
    /// Where the result goes [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The path in the repository, for messages
    #[arg(long, value_name = "PATH")]
    pub path: Option<String>,
}

pub fn run(arguments: &Merge) -> Result<Exit, Failure> {
    let [base, ours, theirs] = [&arguments.base, &arguments.ours, &arguments.theirs].map(fs_err::read);
    let name = arguments.path.clone().unwrap_or_else(|| arguments.ours.display().to_string());
    let merged = merge::merge(&base?, &ours?, &theirs?).map_err(|fault| Failure::Baseline { file: name.clone(), fault })?;
    match &arguments.output {
        Some(file) => {
            // git calls a merge driver for a file of its own: there is nobody to be locked out.
            let write = || store::Locked::new(file, tempfile::tempdir()?.path())?.replace(merged.text.as_bytes());
            write().map_err(|error| Failure::unwritten(&error))?;
        }
        None => terminal::print(|out| out.write_all(merged.text.as_bytes()))?,
    }
    for note in &merged.notes {
        terminal::remark("note", &format!("{name}: {note}"));
    }
    for setting in &merged.conflicts {
        terminal::remark("conflict", &format!("{name}: both sides changed `{setting}`"));
    }
    Ok(if merged.conflicts.is_empty() { Exit::Clean } else { Exit::Findings })
}
