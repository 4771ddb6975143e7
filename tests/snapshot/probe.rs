//! A process of its own that takes a snapshot and tells what it saw: this test binary again, started at the test `answer`.
//! So every situation is real: git's variables, the directory, libgit2's options.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use gatewright::snapshot::{Environment, Request, Snapshot, View, is_lfs_pointer};
use gatewright::source::Origin;
use serde::{Deserialize, Serialize};

use crate::support::TestRepo;

/// What is asked of the process.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Ask {
    view: Option<String>,
    names: Vec<Vec<u8>>,
    hook_mode: bool,
    find: Vec<String>,
    cap: Option<u64>,
    #[serde(skip)]
    variables: Vec<(String, OsString)>,
    #[serde(skip)]
    cwd: Option<PathBuf>,
}

/// One file as the process saw it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct File {
    pub path: Vec<u8>,
    pub mode: String,
    pub id: String,
    pub stage: u8,
    pub is_worktree: bool,
    /// Its content, or why there is none.
    pub content: Result<Vec<u8>, String>,
    pub differs: bool,
}

/// Content of a path in the view, and before.
type Versions = (Option<Vec<u8>>, Option<Vec<u8>>);

/// What the process saw.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Seen {
    pub error: Option<String>,
    pub root: PathBuf,
    pub reader: String,
    pub view: String,
    pub files: Vec<File>,
    pub unread: Vec<(String, String)>,
    pub skipped: Vec<(String, String)>,
    pub found: BTreeMap<String, Versions>,
    pub lfs: usize,
    pub renames: Vec<(String, String)>,
}

pub const READERS: [&str; 4] = ["", "native", "git2", "plumbing"];
/// For what libgit2 cannot read.
pub const WITHOUT_GIT2: [&str; 3] = ["", "native", "plumbing"];

pub fn ask() -> Ask {
    Ask::default()
}

impl Ask {
    pub fn names<S: AsRef<std::ffi::OsStr>>(mut self, names: &[S]) -> Self {
        self.names = names.iter().map(|name| name.as_ref().as_bytes().to_vec()).collect();
        self
    }

    /// `staged`, `all`, `worktree` or `FROM...TO`.
    pub fn view(mut self, view: &str) -> Self {
        self.view = Some(view.to_owned());
        self
    }

    pub fn hook_mode(mut self) -> Self {
        self.hook_mode = true;
        self
    }

    pub fn find(mut self, path: &str) -> Self {
        self.find.push(path.to_owned());
        self
    }

    pub fn cap(mut self, cap: u64) -> Self {
        self.cap = Some(cap);
        self
    }

    pub fn set(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    pub fn cwd(mut self, at: impl Into<PathBuf>) -> Self {
        self.cwd = Some(at.into());
        self
    }

    /// Starts the process in `repo` with this reader (empty: automatic choice).
    pub fn run(&self, repo: &TestRepo, reader: &str) -> Seen {
        let out = tempfile::NamedTempFile::new().unwrap();
        let mut command = repo.command(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "probe::answer", "-q"]);
        command.env("GATEWRIGHT_PROBE_OUT", out.path()).env("GATEWRIGHT_PROBE_ASK", serde_json::to_string(self).unwrap());
        command.env("GATEWRIGHT_READER", reader).envs(self.variables.iter().cloned());
        if let Some(at) = &self.cwd {
            command.current_dir(at);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        serde_json::from_slice(&std::fs::read(out.path()).unwrap()).unwrap()
    }

    /// Runs with each reader and hands the results to `check`; they have to agree on all but the reader's name.
    pub fn each(&self, repo: &TestRepo, readers: &[&str], check: impl Fn(&Seen)) {
        for reader in readers {
            let seen = self.run(repo, reader);
            assert!(seen.error.is_none(), "reader `{reader}`: {:?}", seen.error);
            if !reader.is_empty() {
                assert_eq!(seen.reader, *reader);
            }
            check(&seen);
        }
    }

    /// A `pre-commit` hook that asks with every reader, keeps git's own list, and stops the commit. Runs `args` and returns both.
    pub fn hooked(&self, repo: &TestRepo, args: &[&str]) -> (Vec<Seen>, Vec<Listed>) {
        let at = repo.outside("answers");
        std::fs::create_dir_all(&at).unwrap();
        let exe = std::env::current_exe().unwrap();
        let json = serde_json::to_string(self).unwrap();
        let (at_, exe_) = (at.display(), exe.display());
        repo.hook(
            "pre-commit",
            &format!(
                "for reader in auto native git2 plumbing; do\n\
                 export GATEWRIGHT_PROBE_OUT='{at_}'/$reader GATEWRIGHT_PROBE_ASK='{json}' GATEWRIGHT_READER=$reader\n\
                 [ $reader = auto ] && unset GATEWRIGHT_READER\n\
                 '{exe_}' --ignored --exact probe::answer -q >'{at_}'/log 2>&1 || {{ cat '{at_}'/log >&2; exit 3; }}\n\
                 done\n\
                 git ls-files -s -z :/ >'{at_}'/expected\nexit 1\n"
            ),
        );
        let output = repo.try_git(args);
        assert!(!output.status.success(), "the hook did not run");
        let answers = ["auto", "native", "git2", "plumbing"].iter().map(|reader| {
            let bytes = std::fs::read(at.join(reader)).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
            serde_json::from_slice(&bytes).unwrap()
        });
        let answers: Vec<Seen> = answers.collect();
        let readers: Vec<_> = answers.iter().map(|seen| seen.reader.as_str()).collect();
        assert_eq!(readers, ["native", "native", "git2", "plumbing"]);
        (answers, listed(&std::fs::read(at.join("expected")).unwrap()))
    }
}

/// Path, mode, id and stage, as `git ls-files -s` has them.
pub type Listed = (String, String, String, u8);

impl Seen {
    pub fn listed(&self) -> Vec<Listed> {
        let row = |file: &File| (lossy(&file.path), file.mode.clone(), file.id.clone(), file.stage);
        self.files.iter().map(row).collect()
    }

    pub fn paths(&self) -> Vec<String> {
        self.files.iter().map(|file| lossy(&file.path)).collect()
    }

    /// The content of the only entry of this path.
    pub fn content(&self, path: &str) -> &[u8] {
        let found: Vec<_> = self.files.iter().filter(|file| file.path == path.as_bytes()).collect();
        assert_eq!(found.len(), 1, "{path} in {:?}", self.paths());
        found[0].content.as_ref().unwrap()
    }
}

/// git's own list of the index.
pub fn expected(repo: &TestRepo) -> Vec<Listed> {
    listed(&repo.git(&["ls-files", "-s", "-z", ":/"]))
}

fn listed(out: &[u8]) -> Vec<Listed> {
    let rows = out.split(|&b| b == 0).filter(|row| !row.is_empty());
    rows.map(|row| {
        let tab = row.iter().position(|&b| b == b'\t').unwrap();
        let head = lossy(&row[..tab]);
        let words: Vec<_> = head.split(' ').collect();
        (lossy(&row[tab + 1..]), words[0].to_owned(), words[1].to_owned(), words[2].parse().unwrap())
    })
    .collect()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
#[ignore = "the other half of the tests here: they start it in a process of its own"]
fn answer() {
    let out = std::env::var_os("GATEWRIGHT_PROBE_OUT").expect("started by another test");
    let asked: Ask = serde_json::from_str(&std::env::var("GATEWRIGHT_PROBE_ASK").unwrap()).unwrap();
    std::fs::write(out, serde_json::to_vec(&look(&asked)).unwrap()).unwrap();
}

fn look(asked: &Ask) -> Seen {
    let view = asked.view.as_deref().map(|view| match view {
        "staged" => View::Staged,
        "all" => View::All,
        "worktree" => View::Worktree,
        range => {
            let (from, to) = range.split_once("...").unwrap();
            View::Range { from: from.to_owned(), to: to.to_owned() }
        }
    });
    let request = Request {
        view,
        names: asked.names.iter().map(|name| OsString::from_vec(name.clone())).collect(),
        hook_mode: asked.hook_mode,
        cwd: std::env::current_dir().unwrap(),
        environment: Environment::capture(),
    };
    let snapshot = match Snapshot::open(&request) {
        Ok(snapshot) => snapshot,
        Err(error) => return Seen { error: Some(format!("{error}; {}", error.help())), ..Seen::default() },
    };
    describe(&snapshot, asked)
}

fn describe(snapshot: &Snapshot, asked: &Ask) -> Seen {
    let cap = asked.cap.unwrap_or(u64::MAX);
    let mut reader = snapshot.reader();
    let mut lfs = 0;
    let mut files = Vec::new();
    for entry in snapshot.entries() {
        let content = reader.read(entry, cap).map(|bytes| bytes.to_vec()).map_err(|error| error.to_string());
        lfs += usize::from(content.as_ref().is_ok_and(|content| is_lfs_pointer(content)));
        files.push(File {
            path: entry.path.as_bytes().to_vec(),
            mode: entry.mode.as_str().to_owned(),
            id: entry.id.to_string(),
            stage: entry.stage,
            is_worktree: entry.origin() == Origin::Worktree,
            content,
            differs: snapshot.differs_on_disk(entry),
        });
    }
    let mut found = BTreeMap::new();
    for path in &asked.find {
        let entry = snapshot.find(path.as_bytes()).unwrap();
        let now = entry.map(|entry| reader.read(&entry, cap).unwrap().to_vec());
        found.insert(path.clone(), (now, snapshot.base_version(path.as_bytes(), cap).unwrap()));
    }
    let pair = |a: &dyn std::fmt::Display, b: &dyn std::fmt::Display| (a.to_string(), b.to_string());
    Seen {
        error: None,
        root: snapshot.root().to_owned(),
        reader: snapshot.reader_name().to_owned(),
        view: match snapshot.view() {
            View::Staged => "staged".to_owned(),
            View::All => "all".to_owned(),
            View::Worktree => "worktree".to_owned(),
            View::Range { from, to } => format!("{from}...{to}"),
            View::History(commits) => format!("history of {}", commits.revisions.join(" ")),
        },
        files,
        unread: snapshot.unread().iter().map(|unread| pair(&unread.path, &unread.gap.reason)).collect(),
        skipped: snapshot.skipped().iter().map(|skipped| pair(&skipped.path, &skipped.reason)).collect(),
        found,
        lfs,
        renames: snapshot.renames().map(|all| all.iter().map(|(new, old)| pair(new, old)).collect()).unwrap_or_default(),
    }
}
