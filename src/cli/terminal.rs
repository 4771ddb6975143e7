//! Standard output as the reporters see it: coloured or not, so wide, closed or open.
//! Promises that a closed pipe stops the printing and never changes the verdict.
//! The only place, with `cli`, that reads NO_COLOR and the like.

use std::io::{self, BufWriter, IsTerminal, Write};

use super::arguments::Colour;

/// Whether to colour what goes to `stream`: `--color` decides, else NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, else whether it is a terminal.
pub fn is_coloured(choice: Colour, stream: &impl IsTerminal) -> bool {
    match choice {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if is_set("NO_COLOR") => false,
        Colour::Auto if is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE") => true,
        Colour::Auto => stream.is_terminal() && variable("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// Columns of the terminal, 80 if unknown.
pub fn width() -> usize {
    variable("COLUMNS").and_then(|columns| columns.parse().ok()).filter(|&columns| columns >= 40).unwrap_or(80)
}

/// The value of an environment variable that is text.
pub fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "`cli` is where the environment is read")]
    std::env::var(name).ok()
}

fn is_set(name: &str) -> bool {
    // NO_COLOR and FORCE_COLOR count when they hold anything; `FORCE_COLOR=0` is widely used to say no.
    variable(name).is_some_and(|value| !value.is_empty() && !(name != "NO_COLOR" && value == "0"))
}

/// Runs `print` on a buffered standard output. A reader that went away is no fault of the run: printing stops, that is all.
pub fn print(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match print(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
