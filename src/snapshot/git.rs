//! The `git` command, for what libgit2 cannot open: newer formats, foreign owners, references in reftables.
//! Promises that a child sees this repository's variables unchanged, takes no locks, fetches nothing that it was not told to and follows
//! neither replace refs nor grafts.
//! Never writes to the repository, but what [`Git::fetch`] brings.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use super::Request;
use super::environment::{Environment, is_of_git};
use super::error::{Error, ReadError};
use super::id::ObjectId;

/// How to run `git` in the repository of the snapshot.
#[derive(Clone, Debug)]
pub(super) struct Git {
    pub(super) environment: Environment,
    pub(super) cwd: PathBuf,
    /// `name=value`, above all that the files of git say.
    pub(super) settings: Vec<&'static str>,
}

impl Git {
    /// As the repository that is asked for will be found.
    pub(super) fn of(request: &Request) -> Self {
        Self { environment: request.environment.clone(), cwd: request.cwd.clone(), settings: Vec::new() }
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_git(name)) {
            command.env_remove(name);
        }
        command.envs(self.environment.git()).current_dir(&self.cwd).stdin(Stdio::null()).env("LC_ALL", "C");
        for (name, value) in [("GIT_OPTIONAL_LOCKS", "0"), ("GIT_NO_REPLACE_OBJECTS", "1"), ("GIT_NO_LAZY_FETCH", "1")] {
            command.env(name, value);
        }
        // No file has this name.
        command.env("GIT_GRAFT_FILE", "");
        // No transport has this name. Before 2.45 git knew no other way to fetch nothing.
        command.env("GIT_ALLOW_PROTOCOL", "none").env("GIT_TERMINAL_PROMPT", "0");
        command.args(self.settings.iter().flat_map(|setting| ["-c", setting]));
        // With some of these `:/` would be the name of a file that is not there, and `ls-files` would list nothing.
        for kind in ["LITERAL", "GLOB", "NOGLOB", "ICASE"] {
            command.env_remove(format!("GIT_{kind}_PATHSPECS"));
        }
        command
    }

    /// Standard output of `git args…`; what git said on standard error if it failed. `needed_for` is named when git is absent.
    pub(super) fn run<S: AsRef<OsStr>>(&self, needed_for: &'static str, args: &[S]) -> Result<Vec<u8>, Error> {
        finished(needed_for, self.command().args(args).output())
    }

    /// The same for a `git` that reads `input`.
    pub(super) fn answer(&self, needed_for: &'static str, args: &[&str], input: &[u8]) -> Result<Vec<u8>, Error> {
        finished(needed_for, fed(self.command().args(args), input))
    }

    /// The same for a `git` that may use the network, but asks nobody for a password.
    pub(super) fn fetch(&self, needed_for: &'static str, args: &[&str], input: &[u8]) -> Result<Vec<u8>, Error> {
        let mut command = self.command();
        command.env_remove("GIT_ALLOW_PROTOCOL");
        if let Some(allowed) = self.environment.get("GIT_ALLOW_PROTOCOL") {
            command.env("GIT_ALLOW_PROTOCOL", allowed);
        }
        finished(needed_for, fed(command.args(args), input))
    }

    /// One line of output, without its end.
    pub(super) fn line<S: AsRef<OsStr>>(&self, needed_for: &'static str, args: &[S]) -> Result<Vec<u8>, Error> {
        let mut out = self.run(needed_for, args)?;
        while out.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
            out.pop();
        }
        Ok(out)
    }

    /// The id that `git rev-parse` gives for `spec`.
    pub(super) fn id(&self, needed_for: &'static str, spec: &OsStr) -> Result<ObjectId, Error> {
        let line = self.line(needed_for, &[OsStr::new("rev-parse"), "--verify".as_ref(), "--end-of-options".as_ref(), spec])?;
        ObjectId::from_hex(&line).ok_or_else(|| Error::Refused { message: "rev-parse printed no object id".to_owned() })
    }

    /// What git says of an object that is not found where there is more to say: a folder that may not be read, a pack that is broken.
    pub(super) fn trouble(&self, id: &ObjectId) -> Option<String> {
        let said = self.command().args(["cat-file", "-t", &id.to_string()]).output().ok()?.stderr;
        String::from_utf8_lossy(&said).lines().find_map(|line| line.strip_prefix("error: ")).map(str::to_owned)
    }

    /// Starts a `git cat-file --batch` child.
    pub(super) fn batch(&self) -> Result<Batch, Error> {
        let no_git = |reason: String| Error::NoGit { needed_for: "this object format", reason };
        let mut command = self.command();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|e| no_git(e.to_string()))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(ask), Some(answer)) => Ok(Batch { ask, answer: BufReader::with_capacity(1 << 16, answer), child }),
            _ => Err(no_git("no pipe".to_owned())),
        }
    }
}

/// Runs a child that reads `input`, written by a second thread: else both pipes may fill up.
fn fed(command: &mut Command, input: &[u8]) -> std::io::Result<Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let asked = child.stdin.take();
    std::thread::scope(|scope| {
        // A child that ends early says why; that it did not listen to the end says nothing more.
        scope.spawn(move || asked.map(|mut asked| asked.write_all(input)));
        child.wait_with_output()
    })
}

fn finished(needed_for: &'static str, output: std::io::Result<Output>) -> Result<Vec<u8>, Error> {
    let output = output.map_err(|e| Error::NoGit { needed_for, reason: e.to_string() })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(Error::Refused { message: complaint(&String::from_utf8_lossy(&output.stderr)) })
}

/// The first line of what git said; where it ends with a colon, the next one belongs to it.
fn complaint(said: &str) -> String {
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or("it failed without a word").trim_start_matches("fatal: ");
    match lines.next().filter(|_| first.ends_with(':')) {
        Some(next) => format!("{first} {next}"),
        None => first.to_owned(),
    }
}

/// A `git cat-file --batch` child: one question, one answer, so that no pipe can fill up while the other side waits.
#[derive(Debug)]
pub(super) struct Batch {
    ask: ChildStdin,
    answer: BufReader<ChildStdout>,
    child: Child,
}

impl Batch {
    /// Reads the object into `into`. An object above `cap` bytes is passed over unread.
    pub(super) fn read(&mut self, id: &ObjectId, kind: &str, cap: u64, into: &mut Vec<u8>) -> Result<(), ReadError> {
        let damaged = |reason: &str| ReadError::Damaged { id: *id, reason: reason.to_owned() };
        let head = self.ask(id).map_err(|e| damaged(&format!("git cat-file: {e}")))?;
        let mut words = head.split(' ');
        let (name, is, size) = (words.next(), words.next(), words.next());
        if is == Some("missing") {
            return Err(ReadError::Missing { id: *id });
        }
        let size: u64 = size.and_then(|text| text.parse().ok()).ok_or_else(|| damaged("git cat-file answered out of form"))?;
        let wanted = name == Some(id.to_string().as_str()) && is == Some(kind);
        into.clear();
        let mut body = (&mut self.answer).take(size);
        let read = if wanted && size <= cap {
            body.read_to_end(into).map(|n| n as u64)
        } else {
            std::io::copy(&mut body, &mut std::io::sink())
        };
        let mut end = [0];
        let whole = read.is_ok_and(|n| n == size) && self.answer.read_exact(&mut end).is_ok() && end == *b"\n";
        match (whole, wanted) {
            (false, _) => Err(damaged("git cat-file ended early")),
            (true, false) => Err(damaged(&format!("not a {kind}"))),
            (true, true) if size > cap => Err(ReadError::TooLarge { size, cap }),
            (true, true) => Ok(()),
        }
    }

    fn ask(&mut self, id: &ObjectId) -> std::io::Result<String> {
        self.ask.write_all(format!("{id}\n").as_bytes())?;
        self.ask.flush()?;
        let mut head = String::new();
        (&mut self.answer).take(4096).read_line(&mut head)?;
        match head.strip_suffix('\n') {
            Some(line) => Ok(line.to_owned()),
            None => Err(std::io::Error::other("no answer")),
        }
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // It holds no lock and writes nothing; asking it to end could wait for ever after an answer left half read.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
