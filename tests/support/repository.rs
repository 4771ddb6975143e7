//! A git repository of a test's own, and programs run in it with an environment of its own.
//! Promises that no setting, hook or variable of the user reaches git or the hook, and that each program has a home to write to.
//! Judges nothing: what a program said and changed is handed back.
#![allow(dead_code, reason = "each test program uses its part")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Variables of the caller that programs need to find their toolchain and the network.
const KEPT: [&str; 6] = ["PATH", "TMPDIR", "SYSTEMROOT", "SSL_CERT_FILE", "SSL_CERT_DIR", "RUSTUP_TOOLCHAIN"];
const KEPT_ENDINGS: [&str; 3] = ["_proxy", "_PROXY", "_CAINFO"];

/// What a program said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<&Output> for Said {
    fn from(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

impl Said {
    /// Both streams.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    /// Panics with what was said, unless the program ended with `code`.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.text());
        self
    }

    /// Panics unless each of `parts` was said.
    #[track_caller]
    pub(crate) fn with(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.text().contains(part), "`{part}` is not in:\n{}", self.text());
        }
        self
    }

    /// Panics if `part` was said.
    #[track_caller]
    pub(crate) fn without(self, part: &str) -> Self {
        assert!(!self.text().contains(part), "`{part}` is in:\n{}", self.text());
        self
    }
}

/// A repository on branch `main`, without commits, in a temporary folder.
#[derive(Debug)]
pub(crate) struct Repository {
    folder: TempDir,
}

impl Repository {
    pub(crate) fn new() -> Self {
        let repository = Self::folder();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// The same without git: a folder with a home beside it.
    pub(crate) fn folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs_err::create_dir(folder.path().join("work")).unwrap();
        fs_err::create_dir(folder.path().join("home")).unwrap();
        Self { folder }
    }

    /// The root of the work tree.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }

    /// Writes and stages.
    pub(crate) fn stage(&self, name: &str, content: impl AsRef<[u8]>) {
        self.write(name, content);
        self.git(&["add", "--", name]);
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs_err::read_to_string(self.path().join(name)).unwrap()
    }

    /// Runs git, which has to succeed; what it printed, without the last newline.
    #[track_caller]
    pub(crate) fn git(&self, args: &[&str]) -> String {
        Said::from(&self.command("git").args(args).output().unwrap()).ended(0).out.trim_end().to_owned()
    }

    /// Commits what is staged past all hooks.
    pub(crate) fn commit_unchecked(&self, message: &str) -> String {
        self.git(&["commit", "--quiet", "--no-verify", "--message", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs this checkout's `gatewright-secrets`.
    pub(crate) fn gatewright(&self, args: &[&str]) -> Said {
        self.said(self.command(env!("CARGO_BIN_EXE_gatewright-secrets")).args(args))
    }

    /// Runs it as pre-commit does.
    pub(crate) fn hook(&self, args: &[&str]) -> Said {
        self.said(self.command(env!("CARGO_BIN_EXE_gatewright-secrets")).arg("check").args(args).env("PRE_COMMIT", "1"))
    }

    #[expect(clippy::unused_self, reason = "reads as what it is: said in this repository")]
    pub(crate) fn said(&self, command: &mut Command) -> Said {
        Said::from(&command.output().unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// `program`, to be run in the work tree.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(kept())
            .envs(toolchain())
            .env("HOME", self.home())
            .env("LC_ALL", "C.UTF-8")
            .env("COLUMNS", "100");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_TERMINAL_PROMPT", "0");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "A U Thor").env(format!("GIT_{role}_EMAIL"), "author@example.org");
            command.env(format!("GIT_{role}_DATE"), "2026-01-02T03:04:05Z");
        }
        command.current_dir(self.path()).stdin(Stdio::null());
        command
    }

    /// Every file of work tree, git directory and home with its content, mode and time of change.
    pub(crate) fn every_file(&self) -> BTreeMap<PathBuf, (String, Vec<u8>)> {
        let mut files = BTreeMap::new();
        collect(self.folder.path(), &mut files);
        files
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, (String, Vec<u8>)>) {
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let facts = fs_err::symlink_metadata(&path).unwrap();
        let state = format!("{:?} {:?} {:?}", facts.file_type(), facts.permissions(), facts.modified().unwrap());
        let content = if facts.is_file() { fs_err::read(&path).unwrap() } else { Vec::new() };
        if facts.is_dir() {
            collect(&path, files);
        }
        files.insert(path, (state, content));
    }
}

fn kept() -> impl Iterator<Item = (std::ffi::OsString, std::ffi::OsString)> {
    std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        KEPT.contains(&&*name) || KEPT_ENDINGS.iter().any(|ending| name.ends_with(ending))
    })
}

/// Cargo's and rustup's folders: they lie in the caller's home unless said otherwise.
pub(crate) fn toolchain() -> impl Iterator<Item = (&'static str, PathBuf)> {
    [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")].into_iter().filter_map(|(variable, folder)| {
        let named = std::env::vars_os().find(|(name, _)| name == variable).map(|(_, value)| PathBuf::from(value));
        let path = named.or_else(|| std::env::home_dir().map(|home| home.join(folder)))?;
        path.exists().then_some((variable, path))
    })
}

/// A GitHub token that never was one, with a right checksum; another for each number. Made here, so that no file of ours holds it.
pub(crate) fn token(number: u32) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let digit = |value: u64| char::from(DIGITS[usize::try_from(value % 62).unwrap()]);
    let mut state = u64::from(number) + 1;
    let body: String = (0..30)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            digit(state >> 33)
        })
        .collect();
    let sum = u64::from(crc32fast::hash(body.as_bytes()));
    let checksum: String = (0..6).rev().map(|place| digit(sum / 62_u64.pow(place))).collect();
    format!("ghp_{body}{checksum}")
}
