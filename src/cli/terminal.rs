//! Standard output as the reporters see it: coloured or not, so wide, closed or open.
//! Promises that a closed pipe stops the printing and never changes the verdict.
//! The only place, with `cli`, that reads NO_COLOR and the like.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::arguments::Colour;
use crate::secret::hide;
use crate::source::escape;

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

/// Columns of the terminal on standard output, unless COLUMNS says otherwise; 80 if unknown.
pub fn width() -> usize {
    let said = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let asked = || console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
    said.or_else(asked).filter(|&columns| columns >= 40).unwrap_or(80)
}

/// The value of an environment variable that is text.
pub fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "`cli` is where the environment is read")]
    std::env::var(name).ok()
}

/// Whether pre-commit or prek runs us: then nothing is written.
pub fn is_run_by_pre_commit() -> bool {
    variable("PRE_COMMIT").is_some_and(|value| value == "1")
}

/// Whether git itself runs us, in a hook of a commit: it names the index that it commits and where its programs are.
pub fn is_run_by_git() -> bool {
    ["GIT_INDEX_FILE", "GIT_EXEC_PATH"].iter().all(|name| variable(name).is_some_and(|value| !value.is_empty()))
}

fn is_set(name: &str) -> bool {
    // NO_COLOR and FORCE_COLOR count when they hold anything; `FORCE_COLOR=0` is widely used to say no.
    variable(name).is_some_and(|value| !value.is_empty() && (name == "NO_COLOR" || value != "0"))
}

/// Runs `print` on a buffered standard output. A reader that went away is no fault of the run: printing stops, that is all.
pub fn print(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match print(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(io::Error::new(error.kind(), format!("standard output cannot be written: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Whether rule ids may be links (OSC 8): only where colours may be, on a terminal that is not known to print them raw.
pub fn has_hyperlinks(choice: Colour, stream: &impl IsTerminal) -> bool {
    is_coloured(choice, stream) && stream.is_terminal() && variable("TERM").is_none_or(|term| term != "dumb" && term != "linux")
}

/// A progress bar on standard error for long work, at a terminal only and never under pre-commit.
pub struct Progress {
    total: usize,
    unit: &'static str,
    begun: Instant,
    /// Milliseconds from `begun` to the next drawing.
    due: AtomicU64,
    /// The first one.
    first: u64,
    terminal: Option<console::Term>,
}

/// Milliseconds: what is done sooner needs no bar.
const PATIENCE: u64 = 300;
/// Work on so much takes long; that needs no proof.
const MANY: usize = 2000;
/// Milliseconds between two drawings: eyes follow, and the terminal's lock keeps off the threads' way.
const PAUSE: u64 = 50;
/// Characters of a full bar.
const BAR: usize = 30;

impl Progress {
    pub fn new(total: usize, unit: &'static str, hook_mode: bool) -> Self {
        let wanted = !hook_mode && io::stderr().is_terminal();
        let first = if total >= MANY { 0 } else { PATIENCE };
        let terminal = wanted.then(console::Term::stderr);
        Self { total, unit, begun: Instant::now(), due: AtomicU64::new(first), first, terminal }
    }

    /// Shows that `done` of the units are behind us. Any thread may call it for each unit.
    pub fn show(&self, done: usize) {
        if let Some(terminal) = &self.terminal
            && self.is_due()
        {
            // One write: threads do not come between its parts. A terminal that went away shows nothing.
            let _ = terminal.write_str(&format!("\r{}", bar(done, self.total, self.unit)));
        }
    }

    /// Whether it is time to draw, for the one thread that is told so.
    fn is_due(&self) -> bool {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let due = self.due.load(Ordering::Relaxed);
        now >= due && self.due.compare_exchange(due, now + PAUSE, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    pub fn finish(&self) {
        if let Some(terminal) = &self.terminal
            && self.due.load(Ordering::Relaxed) != self.first
        {
            let _ = terminal.clear_line();
        }
    }
}

/// `[#####-----]  50 %  12/24 files`, of the same width for any `done`.
fn bar(done: usize, total: usize, unit: &str) -> String {
    let part = |whole: usize| whole * done.min(total) / total.max(1);
    let (full, width) = (part(BAR), total.to_string().len());
    format!("[{}{}] {:3} % {done:width$}/{total} {unit}", "#".repeat(full), "-".repeat(BAR - full), part(100))
}

/// One line on standard error, safe to print whatever a file put into it, a token too. Nobody may be listening there; the exit code
/// speaks anyway.
pub fn remark(label: &str, text: &str) {
    let _ = writeln!(io::stderr().lock(), "{label}: {}", hide(&escape(text.as_bytes())));
}

/// Writes a report whole or not at all: a temporary file beside it, then a rename. The mode stays, or is that of any new file: others
/// may have to read it. What is no regular file (`/dev/null`, a pipe) is written into, not replaced.
pub fn write_file(file: &std::path::Path, bytes: &[u8]) -> io::Result<()> {
    let target = fs_err::canonicalize(file);
    let file = target.as_deref().unwrap_or(file);
    let old = fs_err::metadata(file).ok();
    if old.as_ref().is_some_and(|there| !there.is_file()) {
        return fs_err::OpenOptions::new().write(true).open(file)?.write_all(bytes);
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut part = builder.tempfile_in(folder)?;
    part.write_all(bytes)?;
    if let Some(old) = old {
        part.as_file().set_permissions(old.permissions())?;
    }
    part.persist(file).map_err(|error| error.error)?;
    Ok(())
}

/// `1 entry`, `2 entries`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn a_bar_fills_and_keeps_its_width() {
        assert_eq!(bar(0, 0, "files"), "[------------------------------]   0 % 0/0 files");
        assert_eq!(bar(7, 200, "files"), "[#-----------------------------]   3 %   7/200 files");
        assert_eq!(bar(200, 200, "files"), "[##############################] 100 % 200/200 files");
    }
}
