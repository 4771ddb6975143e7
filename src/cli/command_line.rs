//! From the words of the command line to arguments.
//! Promises that what is not understood is refused with the way out, and that no file name opens the gate by looking like an option.
//! Runs nothing.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{FromArgMatches, ValueEnum as _};

use super::arguments::{Arguments, Colour};
use super::failure::Failure;
use super::{help, terminal};
use crate::config::nearest;
use crate::hook::Hook;
use crate::settle::Exit;

/// The arguments; or, where there is nothing to run, the exit code after what there was to say.
pub fn parse<H: Hook>() -> Result<Arguments, Exit> {
    let command = help::command().name(H::BINARY).bin_name(H::BINARY).about(H::ABOUT);
    let words = with_long_filters(std::env::args_os());
    let colour = colour(&words);
    command.try_get_matches_from(words).and_then(|matches| Arguments::from_arg_matches(&matches)).map_err(|error| {
        let error = with_our_name(error);
        if error.use_stderr() {
            let _ = write(&error, terminal::is_coloured(colour, &io::stderr()), &mut io::stderr().lock());
            return Exit::CouldNotTell;
        }
        // A reader that went away has what it wanted.
        let _ = terminal::print(|out| write(&error, terminal::is_coloured(colour, &io::stdout()), out));
        Exit::Clean
    })
}

/// Help or a refusal.
fn write(error: &clap::Error, is_coloured: bool, out: &mut dyn Write) -> io::Result<()> {
    let text = error.render();
    if is_coloured { write!(out, "{}", text.ansi()) } else { write!(out, "{text}") }
}

/// What `--color` says, also on a command line that is refused.
fn colour(words: &[OsString]) -> Colour {
    let words: Vec<&str> = words.iter().map_while(|word| word.to_str().filter(|word| *word != "--")).collect();
    let said = |(place, word): (usize, &&str)| match word.strip_prefix("--color") {
        Some("") => words.get(place + 1).copied().map(str::to_owned),
        rest => rest.and_then(|rest| rest.strip_prefix('=')).map(str::to_owned),
    };
    let said = words.iter().enumerate().rev().find_map(said);
    said.and_then(|when| Colour::from_str(&when, false).ok()).unwrap_or_default()
}

/// `-f` is a format here and a filter of detect-secrets there. What has a dot or a colon is no format.
fn with_long_filters(words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let is_filter = |word: &OsString| word.as_encoded_bytes().iter().any(|byte| matches!(byte, b'.' | b':'));
    let mut words = words.peekable();
    let mut long = Vec::new();
    while let Some(word) = words.next() {
        if word == "--" {
            long.push(word);
            break;
        }
        let is_short = word == "-f" && words.peek().is_some_and(is_filter);
        long.push(if is_short { OsString::from("--filter") } else { word });
    }
    long.extend(words);
    long
}

/// What takes the place of options of `detect-secrets scan` and `detect-secrets audit`.
const ELSEWHERE: [(&str, &str); 11] = [
    ("--list-all-plugins", "`rules` lists the rules"),
    ("--string", "`explain --stdin` says what each rule sees in the text that is piped into it"),
    ("--only-allowlisted", "`check --all-files --show-forgiven` shows what comments forgive"),
    ("--force-use-all-plugins", "our rules always run; `baseline create --force` records all plugins of detect-secrets afresh"),
    ("--slim", "a slim baseline stays slim in `baseline update`; a new one has line numbers"),
    ("--diff", "`baseline diff OLD NEW` compares two baselines"),
    ("--stats", "`baseline stats` counts the entries"),
    ("--report", "`baseline audit --export FILE` writes the entries with their labels; no value is ever written"),
    ("--only-real", "`baseline audit --export FILE` writes the entries with their labels"),
    ("--only-false", "`baseline audit --export FILE` writes the entries with their labels"),
    ("--json", "`--format json` prints JSON; `baseline stats --json` counts in it"),
];

/// The refusal of an option that detect-secrets has, with what does the same here.
fn with_our_name(mut error: clap::Error) -> clap::Error {
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else { return error };
    let Some((_, tip)) = ELSEWHERE.iter().find(|(name, _)| name == option) else { return error };
    if error.kind() == ErrorKind::UnknownArgument {
        // They tell of the argument that is spelled nearly so.
        error.remove(ContextKind::SuggestedArg);
        error.remove(ContextKind::Usage);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![(*tip).into()]));
    }
    error
}

/// pre-commit and prek put the names of files right behind the options: a file called `--exit-zero` must not open the gate.
pub fn refuse_files_named_like_options() -> Result<(), Failure> {
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

/// The command that was probably meant by the first of `files`, if nothing says that it is a file: neither a slash or a dot, nor
/// `is_there`.
pub fn refuse_mistyped_command<H: Hook>(files: &[OsString], is_there: impl Fn(&str) -> bool) -> Result<(), Failure> {
    let word = files.first().and_then(|word| word.to_str()).filter(|word| !word.contains(['/', '\\', '.']));
    let Some((word, meant)) = word.and_then(|word| Some((word, command_like(word)?))) else { return Ok(()) };
    if is_there(word) {
        return Ok(());
    }
    let help = if meant == word {
        format!("a command stands before its options: `{} {meant} …`", H::BINARY)
    } else {
        format!("did you mean `{} {meant}`? `{} --help` lists the commands", H::BINARY, H::BINARY)
    };
    Err(Failure::usage(format!("there is no file and no command `{}` here", crate::source::escape(word.as_bytes())), help))
}

/// The command whose name is nearest to the word, with that of the command it belongs to.
fn command_like(word: &str) -> Option<String> {
    let top = help::command();
    let commands = top.get_subcommands().flat_map(|command| {
        let name = command.get_name();
        let below =
            command.get_subcommands().map(move |below| (below.get_name().to_owned(), format!("{name} {}", below.get_name())));
        std::iter::once((name.to_owned(), name.to_owned())).chain(below)
    });
    let commands: Vec<(String, String)> = commands.collect();
    let near = nearest(word, commands.iter().map(|(name, _)| name.as_str()))?;
    commands.iter().find(|(name, _)| name == near).map(|(_, whole)| whole.clone())
}
