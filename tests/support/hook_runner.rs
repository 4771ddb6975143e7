//! pre-commit and prek from PyPI, with this checkout's hook installed in them as their users install it.
//! Promises one installation a program and revision, shared by all tests and kept below target/; another revision compiles only our own crate.
//! Writes nothing elsewhere: caches, environments and cargo's work are below target/ too.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::peers;
use crate::repository::{Repository, Said};

/// A program that runs hooks.
#[derive(Debug)]
pub(crate) struct HookRunner {
    /// `pre-commit` or `prek`.
    pub(crate) name: &'static str,
    home: &'static str,
}

pub(crate) const PRE_COMMIT: HookRunner = HookRunner { name: "pre-commit", home: "PRE_COMMIT_HOME" };
pub(crate) const PREK: HookRunner = HookRunner { name: "prek", home: "PREK_HOME" };

impl HookRunner {
    /// A repository with the hook in its configuration and in `.git/hooks`, committed.
    pub(crate) fn repository(&self) -> Repository {
        self.installed();
        let repository = Repository::new();
        repository.stage(".pre-commit-config.yaml", configuration());
        repository.commit_unchecked("configure");
        self.run(&repository, &["install"]).ended(0);
        repository
    }

    /// Runs the program itself.
    pub(crate) fn run(&self, repository: &Repository, args: &[&str]) -> Said {
        repository.said(self.prepared(repository, peers::tool(self.name)).args(args))
    }

    /// Runs git so that the hooks that it calls find their environment.
    pub(crate) fn git(&self, repository: &Repository, args: &[&str]) -> Said {
        repository.said(self.prepared(repository, "git").args(args))
    }

    pub(crate) fn prepared(&self, repository: &Repository, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = repository.command(program);
        command.envs(self.environment());
        command
    }

    /// What the program, and git where it calls it, need in their environment.
    pub(crate) fn environment(&self) -> [(String, String); 5] {
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        [
            (self.home.into(), text(self.folder())),
            ("CARGO_TARGET_DIR".into(), text(folder().join(format!("{}-build", self.name)))),
            ("GIT_CONFIG_COUNT".into(), "1".into()),
            ("GIT_CONFIG_KEY_0".into(), format!("url.{}.insteadOf", text(hooks()))),
            ("GIT_CONFIG_VALUE_0".into(), env!("CARGO_PKG_REPOSITORY").into()),
        ]
    }

    fn folder(&self) -> PathBuf {
        folder().join(self.name)
    }

    /// Installs the hook's environment unless it is there for this very revision. The only place that compiles.
    pub(crate) fn installed(&self) {
        let revision = revision();
        let stamp = self.folder().join("gatewright-revision");
        let _one_at_a_time = peers::lock("precommit.lock");
        if fs_err::read_to_string(&stamp).is_ok_and(|have| have == *revision) {
            return;
        }
        fs_err::create_dir_all(self.folder()).unwrap();
        // Each program has a build folder of its own: prek gives cargo another home, and cargo compiles anew what lies elsewhere.
        // Environments of earlier revisions are of no use to anybody. prek's `cache` stays: its cargo keeps the crates there, by whose path
        // cargo knows what it has compiled.
        for entry in fs_err::read_dir(self.folder()).unwrap().map(Result::unwrap).filter(|entry| entry.file_name() != "cache") {
            let _ = fs_err::remove_dir_all(entry.path()).or_else(|_| fs_err::remove_file(entry.path()));
        }
        let repository = Repository::new();
        repository.stage(".pre-commit-config.yaml", configuration());
        self.run(&repository, &["install", "--install-hooks"]).ended(0);
        fs_err::write(stamp, revision).unwrap();
    }
}

/// A configuration with our hook, as users write it: git finds this checkout under the public address and tag.
pub(crate) fn configuration() -> String {
    format!(
        "default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]\nrepos:\n- repo: {}\n  rev: v{}\n  hooks:\n  - id: gatewright-secrets\n",
        env!("CARGO_PKG_REPOSITORY"),
        env!("CARGO_PKG_VERSION")
    )
}

/// The repository that the hook is installed from.
pub(crate) fn hooks() -> PathBuf {
    folder().join("hooks.git")
}

/// The commit there that holds this checkout: what is tracked, and what is not but would be. The same content is the same commit.
fn revision() -> &'static String {
    static REVISION: OnceLock<String> = OnceLock::new();
    REVISION.get_or_init(|| {
        let _one_at_a_time = peers::lock("precommit.lock");
        let repository = Repository::folder();
        let git = |args: &[&str]| {
            let mut command = repository.command("git");
            command.args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
            command.env("GIT_DIR", hooks()).env("GIT_WORK_TREE", env!("CARGO_MANIFEST_DIR"));
            repository.said(&mut command).ended(0).out.trim_end().to_owned()
        };
        fs_err::create_dir_all(folder()).unwrap();
        repository.git(&["init", "--quiet", "--bare", "--initial-branch=main", &hooks().to_string_lossy()]);
        git(&["add", "--all", "."]);
        let commit = git(&["commit-tree", "-m", "this checkout", &git(&["write-tree"])]);
        git(&["update-ref", "refs/heads/main", &commit]);
        git(&["update-ref", concat!("refs/tags/v", env!("CARGO_PKG_VERSION")), &commit]);
        commit
    })
}

fn folder() -> PathBuf {
    Path::new(&peers::target()).join("precommit")
}
