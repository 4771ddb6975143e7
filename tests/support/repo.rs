//! Real git repositories in temporary directories, for tests.
//! Promises that nothing of the machine shows through: neither its git configuration nor its variables.
//! Every failure of git stops the test with git's own words.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(unreachable_pub, reason = "nobody uses a test")]
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test stops at the first surprise")]
#![allow(clippy::disallowed_methods, reason = "tests write files and read variables as they please")]

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A repository of its own home directory. Both are removed at the end.
pub struct TestRepo {
    directory: tempfile::TempDir,
    root: PathBuf,
    environment: Vec<(OsString, OsString)>,
}

impl Default for TestRepo {
    fn default() -> Self {
        Self::new()
    }
}

impl TestRepo {
    /// An empty repository on branch `main`.
    pub fn new() -> Self {
        Self::init(&[])
    }

    /// `git init` with more arguments: `--object-format=sha256`, `--bare` …
    pub fn init(args: &[&str]) -> Self {
        let repo = Self::bare_directory();
        repo.git(&[&["init", "-q", "-b", "main"], args].concat());
        repo
    }

    /// A directory that is no repository, with the same scrubbed environment.
    pub fn bare_directory() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let top = std::fs::canonicalize(directory.path()).unwrap();
        for name in ["home", "repo"] {
            std::fs::create_dir(top.join(name)).unwrap();
        }
        Self { root: top.join("repo"), directory, environment: Vec::new() }
    }

    /// The top of the work tree, without links in its path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root.join(name)
    }

    /// The home directory that commands see.
    pub fn home(&self) -> PathBuf {
        self.outside("home")
    }

    /// A place beside the repository that disappears with it.
    pub fn outside(&self, name: &str) -> PathBuf {
        self.root.parent().unwrap().join(name)
    }

    /// Sets a variable for all later commands.
    pub fn set(&mut self, name: &str, value: impl AsRef<OsStr>) -> &mut Self {
        self.environment.push((name.into(), value.as_ref().into()));
        self
    }

    /// What [`Self::set`] set last.
    pub fn variable(&self, name: &str) -> &OsStr {
        &self.environment.iter().rfind(|(known, _)| known == name).unwrap().1
    }

    /// Writes a file, and the directories it needs.
    pub fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self
    }

    pub fn read(&self, name: impl AsRef<Path>) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub fn remove(&self, name: impl AsRef<Path>) -> &Self {
        std::fs::remove_file(self.path(name)).unwrap();
        self
    }

    /// Writes the index once more, some clock ticks after the files: now none of its entries can be racy.
    pub fn settle(&self) -> &Self {
        std::thread::sleep(std::time::Duration::from_millis(20));
        self.git(&["update-index", "-q", "--refresh", "--force-write-index"]);
        self
    }

    /// A command at the top of the work tree that sees the scrubbed environment only.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path).env("HOME", self.home()).env("XDG_CONFIG_HOME", self.home().join(".config"));
        for (name, value) in [
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "A"),
            ("GIT_AUTHOR_EMAIL", "a@example.org"),
            ("GIT_COMMITTER_NAME", "A"),
            ("GIT_COMMITTER_EMAIL", "a@example.org"),
            ("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z"),
            ("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z"),
            ("LC_ALL", "C"),
        ] {
            command.env(name, value);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value))).current_dir(&self.root);
        command
    }

    /// Runs git; its standard output.
    pub fn git<S: AsRef<OsStr>>(&self, args: &[S]) -> Vec<u8> {
        let output = self.try_git(args);
        let shown: Vec<_> = args.iter().map(|arg| arg.as_ref().to_string_lossy()).collect();
        assert!(output.status.success(), "git {}: {}", shown.join(" "), String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// One line of git's output as text.
    pub fn line<S: AsRef<OsStr>>(&self, args: &[S]) -> String {
        String::from_utf8(self.git(args)).unwrap().trim_end().to_owned()
    }

    /// Runs git, which may fail.
    pub fn try_git<S: AsRef<OsStr>>(&self, args: &[S]) -> Output {
        self.command("git").args(args).output().unwrap()
    }

    /// Stages everything and commits it; the commit's id.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "--no-verify", "-m", message]);
        self.line(&["rev-parse", "HEAD"])
    }

    /// Installs an executable hook script for `sh`.
    pub fn hook(&self, name: &str, script: &str) {
        let hooks = PathBuf::from(self.line(&["rev-parse", "--git-path", "hooks"]));
        executable(&self.root.join(hooks), name, script);
    }

    /// Puts a script for `sh` in front of the programs on `PATH`.
    pub fn program(&mut self, name: &str, script: &str) {
        let folder = self.outside("bin");
        executable(&folder, name, script);
        let path = std::env::var("PATH").unwrap();
        self.set("PATH", format!("{}:{path}", folder.display()));
    }

    /// Another work tree beside this one, with the same home: for clones and linked work trees.
    pub fn beside(&self, name: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = self.outside(name);
        std::fs::create_dir_all(&root).unwrap();
        Self { directory, root, environment: self.environment.clone() }
    }
}

fn executable(folder: &Path, name: &str, script: &str) {
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}")).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
}
