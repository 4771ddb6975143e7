//! The command line of every binary: arguments in, exit code out.
//! Promises exit 0, 1 or 2 and nothing else, and that no command but the ones that say so writes a file.
//! The only place, with `snapshot`, that sees environment, standard streams and clock.

mod arguments;
mod baseline;
mod check;
mod engine;
mod explain;
mod failure;
mod fix;
mod history;
mod manual;
mod results;
mod run;
mod session;
mod terminal;
mod versioned;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use self::arguments::{Arguments, Command};
use self::failure::Failure;
use crate::hook::Hook;
use crate::settle::Exit;

/// Runs the binary of hook `H`.
pub fn main<H: Hook>() -> ExitCode {
    failure::set_panic_hook(H::BINARY);
    let exit = refuse_files_named_like_options().and_then(|()| parse_and_run::<H>()).unwrap_or_else(|failure| {
        failure.print();
        Exit::CouldNotTell
    });
    ExitCode::from(exit as u8)
}

/// pre-commit and prek put the names of files right behind the options: a file called `--exit-zero` must not open the gate.
fn refuse_files_named_like_options() -> Result<(), Failure> {
    for argument in std::env::args_os().skip(1) {
        let name = argument.as_encoded_bytes();
        if name.len() > 1 && name.starts_with(b"-") && fs_err::symlink_metadata(&argument).is_ok() {
            return Err(Failure::usage(
                format!("`{}` is an option and a file", crate::source::escape(name)),
                "rename the file; for a name that is no option, a `--` before all names will do (`args: [--]`)",
            ));
        }
        if name == b"--" {
            break;
        }
    }
    Ok(())
}

fn parse_and_run<H: Hook>() -> Result<Exit, Failure> {
    let command = Arguments::command().name(H::BINARY).bin_name(H::BINARY).about(H::ABOUT);
    match command.try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => run::<H>(arguments),
        Err(error) => {
            let _ = error.print();
            Ok(if error.use_stderr() { Exit::CouldNotTell } else { Exit::Clean })
        }
    }
}

fn run<H: Hook>(arguments: Arguments) -> Result<Exit, Failure> {
    match arguments.command {
        None => check::run::<H>(&arguments.check),
        Some(Command::Check(check)) => check::run::<H>(&check),
        Some(Command::Scan(check)) => check::run::<H>(&check.of_everything()),
        Some(Command::History(history)) => history::run::<H>(&history),
        Some(Command::Baseline(command)) => baseline::run::<H>(&command),
        Some(Command::Fix(arguments)) => fix::run::<H>(&arguments),
        Some(Command::Explain(arguments)) => explain::run::<H>(&arguments),
        Some(Command::Rules { format }) => said(terminal::print(|out| manual::list(H::RULES, format, out))),
        Some(Command::ConfigSchema) => said(terminal::print(|out| out.write_all(crate::config::SCHEMA.as_bytes()))),
        Some(Command::Completions { shell }) => said(terminal::print(|out| manual::completions(H::BINARY, shell, out))),
        Some(Command::Man) => said(terminal::print(|out| manual::man(H::BINARY, out))),
    }
}

fn said(result: std::io::Result<()>) -> Result<Exit, Failure> {
    result.map(|()| Exit::Clean).map_err(Failure::from)
}
