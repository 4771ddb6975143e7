//! Why a run could not do what it was asked: exit 2, one message, one line of help.
//! Promises that no message holds content of a judged file, and none what is known as a token, wherever it was read.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};

use crate::config::ConfigError;
use crate::secret::hide;
use crate::settle::baseline::json::Invalid;
use crate::snapshot;

/// A fault that ends a run.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{message}")]
    Usage { message: String, help: String },
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Git(#[from] snapshot::Error),
    #[error("{file}:{}: {}", fault.line, fault.message)]
    Baseline { file: String, fault: Invalid },
    /// Each with file and line.
    #[error("{}", faults.join("\nerror: "))]
    Rules { faults: Vec<String> },
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Failure {
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), help: help.into() }
    }

    /// A file of ours was not written; the error names it.
    pub fn unwritten(error: &io::Error) -> Self {
        Self::usage(error.to_string(), "what was there is whole; make that folder writable and run the command again")
    }

    /// What to do about it.
    fn help(&self) -> Cow<'_, str> {
        let help = match self {
            Self::Usage { help, .. } => help,
            Self::Config(error) => error.help(),
            Self::Git(error) => return error.help(),
            Self::Baseline { .. } => "nothing was forgiven and nothing was written; mend the file or take it from git again",
            Self::Rules { .. } => "mend the rule; nothing is judged by rules that are in doubt (`--no-config` leaves them out)",
            Self::Io(_) => "nothing was judged for good: see to it and run again",
        };
        help.into()
    }

    /// Says it on standard error. Nobody may be listening there; the exit code speaks anyway.
    pub fn print(&self) {
        let mut err = io::stderr().lock();
        let mut say = |message: &dyn Display, help: &str| {
            let _ = writeln!(err, "error: {}", hide(&message.to_string()));
            let _ = writeln!(err, "  = help: {help}");
        };
        say(self, &self.help());
        if let Self::Config(error) = self {
            error.others.iter().for_each(|other| say(other, other.help()));
        }
    }
}

/// Replaces the message of a panic, which may quote the text that was judged, by the place in our source and the file's name; exit 2.
pub fn set_panic_hook(binary: &'static str) {
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let file = crate::pipeline::current_file().map(|path| format!(" while judging {path}")).unwrap_or_default();
        let mut err = io::stderr().lock();
        let _ = writeln!(err, "error: {binary} {} failed at {place}{file}", env!("CARGO_PKG_VERSION"));
        let _ = writeln!(
            err,
            "  = help: please report this line at {}/issues; the file was not judged",
            env!("CARGO_PKG_REPOSITORY")
        );
        #[expect(
            clippy::disallowed_methods,
            reason = "a panic in a worker thread must end the process with the code for `could not tell`"
        )]
        std::process::exit(2);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Set in the process that is to panic: this test, run once more by itself.
    const INNER: &str = "GATEWRIGHT_TEST_PANICS";

    #[test]
    #[expect(clippy::disallowed_methods, reason = "how the second run of this test knows that it is the one")]
    fn a_panic_names_its_place_and_not_the_text_that_was_judged() {
        if std::env::var_os(INNER).is_some() {
            set_panic_hook("gatewright-secrets");
            let text = "hunter2·hunter2".replace('·', "");
            panic!("index out of bounds of {text}");
        }
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        let output =
            again.args(["--exact", &name, "--nocapture"]).env(INNER, "1").env("RUST_BACKTRACE", "full").output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(said.contains("error: gatewright-secrets") && said.contains("failed at src/cli/failure.rs:"), "{said}");
        assert!(!said.contains("hunter2") && !said.contains("bounds"), "{said}");
    }
}
