//! The command line of every binary: arguments in, exit code out.
//! Promises exit 0, 1 or 2 and nothing else, and that no command but the ones that say so writes a file.
//! The only place, with `snapshot`, that sees environment, standard streams and clock.

mod arguments;
mod baseline;
mod check;
mod command_line;
mod configuration;
mod engine;
mod explain;
mod failure;
mod fix;
mod help;
mod history;
mod manual;
mod own_rules;
mod results;
mod rules;
mod run;
mod session;
mod terminal;
mod versioned;

use std::path::Path;
use std::process::ExitCode;

use self::arguments::{Arguments, Command};
use self::failure::Failure;
use crate::hook::Hook;
use crate::settle::Exit;

/// Runs the binary of hook `H`.
pub fn main<H: Hook>() -> ExitCode {
    failure::set_panic_hook(H::BINARY);
    let exit = match command_line::refuse_files_named_like_options().map(|()| command_line::parse::<H>()) {
        Ok(Err(exit)) => Ok(exit),
        Ok(Ok(arguments)) => run::<H>(arguments),
        Err(failure) => Err(failure),
    };
    let exit = exit.unwrap_or_else(|failure| {
        failure.print();
        Exit::CouldNotTell
    });
    ExitCode::from(exit as u8)
}

fn run<H: Hook>(arguments: Arguments) -> Result<Exit, Failure> {
    match arguments.command {
        None => check::run::<H>(&arguments.check, false),
        Some(Command::Check(check)) => check::run::<H>(&check, true),
        Some(Command::Scan(check)) => check::run::<H>(&check.of_everything(), true),
        Some(Command::History(history)) => history::run::<H>(&history),
        Some(Command::Baseline(command)) => baseline::run::<H>(&command),
        Some(Command::Fix(arguments)) => fix::run::<H>(&arguments),
        Some(Command::Explain(arguments)) => explain::run::<H>(&arguments),
        Some(Command::Rules(arguments)) => rules::run::<H>(&arguments),
        Some(Command::ConfigSchema) => said(terminal::print(|out| out.write_all(crate::config::SCHEMA.as_bytes()))),
        Some(Command::Completions { shell, out }) => given(&[manual::completions(H::BINARY, shell)], out.as_deref()),
        Some(Command::Man { out }) => given(&manual::man(H::BINARY)?, out.as_deref()),
    }
}

fn said(result: std::io::Result<()>) -> Result<Exit, Failure> {
    result.map(|()| Exit::Clean).map_err(Failure::from)
}

fn given(texts: &[manual::Named], folder: Option<&Path>) -> Result<Exit, Failure> {
    manual::give(texts, folder).map(|()| Exit::Clean)
}
