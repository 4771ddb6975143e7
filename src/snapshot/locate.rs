//! Which repository, which work tree, which index: by the environment that git gives a hook, as git itself would decide.
//! Promises git's answer for every combination of variables; where libgit2 refuses a repository, git is asked.
//! Reads neither index nor objects.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Once;

use super::alternates;
use super::bytes;
use super::environment::Environment;
use super::error::Error;
use super::git::Git;
use super::id::ObjectId;
use super::objects::{CatFile, Objects};

pub(super) const NEEDED_FOR: &str = "this repository format";

/// A repository, found and identified.
#[derive(Debug)]
pub(super) struct Location {
    /// The top of the work tree; `None` in a bare repository.
    pub(super) root: Option<PathBuf>,
    pub(super) git_dir: PathBuf,
    pub(super) index: PathBuf,
    /// 20 or 32.
    pub(super) hash_len: usize,
    /// Whether libgit2 reads this repository's objects.
    pub(super) libgit2: bool,
    pub(super) git: Git,
}

impl Location {
    /// Finds the repository of `cwd` and `environment`. Gives libgit2's handle too, where it has one, because opening costs 0.2 ms.
    pub(super) fn find(environment: &Environment, cwd: &Path) -> Result<(Self, Option<git2::Repository>), Error> {
        configure_libgit2();
        let git = Git { environment: environment.clone(), cwd: cwd.to_owned(), settings: Vec::new() };
        let opened = match open_first(environment, cwd) {
            Err(error) if error.code() == git2::ErrorCode::Owner => {
                trust(&git)?;
                open_first(environment, cwd)
            }
            other => other,
        };
        match opened {
            // libgit2 opens a plain path without looking at GIT_COMMON_DIR, and cannot be told to leave grafts alone, so objects and refs have
            // to come through git then.
            Ok(repository)
                if environment.get("GIT_COMMON_DIR").is_none() && !repository.commondir().join("info/grafts").exists() =>
            {
                let root = work_tree(environment, cwd, &repository);
                let git_dir = repository.path().to_owned();
                add_alternates(environment, cwd, &repository)?;
                Ok((Self::new(root, git_dir, 20, true, git)?, Some(repository)))
            }
            Err(error) if error.code() == git2::ErrorCode::NotFound && !is_meant(environment, cwd) => {
                Err(Error::NotARepository { at: cwd.to_owned() })
            }
            _ => Ok((ask_git(git)?, None)),
        }
    }

    fn new(root: Option<PathBuf>, git_dir: PathBuf, hash_len: usize, libgit2: bool, git: Git) -> Result<Self, Error> {
        let real = |root: PathBuf| {
            let absent = |error: std::io::Error| Error::Refused {
                message: format!("no work tree at {}: {}", root.display(), error.kind()),
            };
            fs_err::canonicalize(&root).map_err(absent)
        };
        let root = root.map(real).transpose()?;
        // Relative to the top of the work tree wherever the process stands: libgit2 takes the current directory and finds nothing.
        let base = root.as_deref().unwrap_or(&git.cwd);
        let index = git.environment.get("GIT_INDEX_FILE").map_or_else(|| git_dir.join("index"), |named| base.join(named));
        Ok(Self { root, git_dir, index, hash_len, libgit2, git })
    }

    /// Where objects and shared refs are: the git directory itself, or that of the main work tree.
    pub(super) fn common_dir(&self) -> PathBuf {
        let link = fs_err::read_to_string(self.git_dir.join("commondir")).unwrap_or_default();
        bytes::normalize(&self.git_dir.join(link.trim_end()))
    }

    /// Whether the clone holds only the newest part of the history.
    pub(super) fn is_shallow(&self) -> bool {
        fs_err::metadata(self.common_dir().join("shallow")).is_ok_and(|file| file.len() > 0)
    }

    /// The folders that hold objects: the repository's own, those that the environment adds, and those that they name.
    pub(super) fn object_dirs(&self) -> Vec<PathBuf> {
        let own = std::iter::once(self.common_dir().join("objects"));
        let named = own.chain(alternates::of(&self.git.environment, &self.git.cwd)).collect();
        alternates::with_listed(named)
    }

    /// What keeps an object away that is not found: a folder that may not be read, a pack that is broken.
    pub(super) fn trouble(&self, id: &ObjectId) -> Option<String> {
        let folders = self.object_dirs().into_iter().flat_map(|folder| [folder.clone(), folder.join("pack")]);
        let closed = folders.into_iter().find_map(|folder| match fs_err::read_dir(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => Some(format!("{}: {}", folder.display(), error.kind())),
            _ => None,
        });
        closed.or_else(|| self.git.trouble(id))
    }

    /// Another handle on the objects; `plumbing` makes it a `git cat-file` child even where libgit2 would do.
    pub(super) fn objects(&self, plumbing: bool) -> Result<Objects, Error> {
        if plumbing || !self.libgit2 {
            return Ok(Objects::CatFile(CatFile::new(self.git.clone())));
        }
        let repository = open(&self.git_dir).map_err(|e| Error::refused(&e))?;
        add_alternates(&self.git.environment, &self.git.cwd, &repository)?;
        Ok(Objects::of(repository, &self.object_dirs()))
    }

    /// Whether a setting of the repository is `true`.
    pub(super) fn says(&self, objects: &Objects, name: &str) -> bool {
        match objects.repository() {
            Some(repository) => repository.config().is_ok_and(|config| config.get_bool(name) == Ok(true)),
            None => self.git.line(NEEDED_FOR, &["config", "--type=bool", name]).is_ok_and(|said| said == b"true"),
        }
    }
}

fn open(git_dir: &Path) -> Result<git2::Repository, git2::Error> {
    let flags = git2::RepositoryOpenFlags::NO_SEARCH | git2::RepositoryOpenFlags::NO_DOTGIT;
    git2::Repository::open_ext(git_dir, flags, std::iter::empty::<&OsStr>())
}

/// As git looks for it: where `GIT_DIR` says, else from `cwd` upwards. What lies between the two, a file `.git` that leads to the
/// git directory, tells libgit2 the top of the work tree.
fn open_first(environment: &Environment, cwd: &Path) -> Result<git2::Repository, git2::Error> {
    match environment.get("GIT_DIR") {
        Some(named) => open(&cwd.join(named)),
        None => git2::Repository::open_ext(cwd, git2::RepositoryOpenFlags::CROSS_FS, ceilings(environment)),
    }
}

fn ceilings(environment: &Environment) -> Vec<PathBuf> {
    let listed = environment.get("GIT_CEILING_DIRECTORIES").map(std::env::split_paths).into_iter().flatten();
    listed.filter(|path| path.is_absolute()).collect()
}

/// Whether there ought to be a repository: `GIT_DIR` names one, or a `.git` lies on the way up. Where none can be opened git has to say
/// why; its files must not be judged as if nothing was known of them.
fn is_meant(environment: &Environment, cwd: &Path) -> bool {
    let real = |path: PathBuf| fs_err::canonicalize(&path).unwrap_or(path);
    let ceilings: Vec<PathBuf> = ceilings(environment).into_iter().map(real).collect();
    let has_dot_git = |at: &Path| fs_err::symlink_metadata(at.join(".git")).is_ok();
    let above = || cwd.ancestors().skip(1).take_while(|at| !ceilings.iter().any(|ceiling| ceiling == at));
    environment.get("GIT_DIR").is_some() || has_dot_git(cwd) || above().any(has_dot_git)
}

/// The top of the work tree by git's rules for `GIT_WORK_TREE`, `core.bare`, `core.worktree` and a bare `GIT_DIR`.
fn work_tree(environment: &Environment, cwd: &Path, repository: &git2::Repository) -> Option<PathBuf> {
    if let Some(named) = environment.get("GIT_WORK_TREE") {
        return Some(cwd.join(named));
    }
    if environment.get("GIT_DIR").is_none() {
        return repository.workdir().map(Path::to_owned);
    }
    let config = repository.config().ok();
    let says = |name: &str| config.as_ref().is_some_and(|config| config.get_bool(name).unwrap_or(false));
    // In a linked work tree both settings are those of the main one, unless each has a configuration of its own.
    let is_own = repository.path() == repository.commondir() || says("extensions.worktreeconfig");
    let is_set = config.as_ref().is_some_and(|config| config.get_path("core.worktree").is_ok());
    let implicit =
        environment.get("GIT_IMPLICIT_WORK_TREE").is_none_or(|value| !matches!(value.to_str(), Some("0" | "false" | "no")));
    match (is_own && says("core.bare"), is_own && is_set) {
        (true, _) => None,
        (false, true) => repository.workdir().map(Path::to_owned),
        (false, false) => implicit.then(|| cwd.to_owned()),
    }
}

fn add_alternates(environment: &Environment, cwd: &Path, repository: &git2::Repository) -> Result<(), Error> {
    for path in alternates::of(environment, cwd) {
        let text = path.to_str().ok_or_else(|| Error::Refused { message: format!("{} is not UTF-8", path.display()) })?;
        let added = repository.odb().and_then(|odb| odb.add_disk_alternate(text));
        added.map_err(|error| Error::refused(&error))?;
    }
    Ok(())
}

/// All that the readers need of a repository that libgit2 does not open.
fn ask_git(git: Git) -> Result<Location, Error> {
    let args = ["rev-parse", "--show-object-format", "--absolute-git-dir", "--is-inside-work-tree"];
    let out = git.run(NEEDED_FOR, &args)?;
    let mut lines = out.split(|&b| b == b'\n');
    let (format, git_dir) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let hash_len = match format {
        b"sha1" => 20,
        b"sha256" => 32,
        other => return Err(Error::Refused { message: format!("object format `{}`", other.escape_ascii()) }),
    };
    let root = git.line(NEEDED_FOR, &["rev-parse", "--show-toplevel"]).ok().filter(|line| !line.is_empty());
    let git_dir = bytes::to_path(git_dir);
    // An index that is looked for in the wrong place would be an empty one.
    if !git_dir.is_dir() {
        return Err(Error::Refused { message: format!("its git directory is not at {}", git_dir.display()) });
    }
    Location::new(root.map(|line| bytes::to_path(&line)), git_dir, hash_len, false, git)
}

/// libgit2 sees neither `safe.directory` of the command line nor that of the environment: git decides whom the user trusts.
fn trust(git: &Git) -> Result<(), Error> {
    match git.run("a repository of another user", &["rev-parse", "--absolute-git-dir"]) {
        Ok(_) => {
            accept_any_owner();
            Ok(())
        }
        Err(Error::Refused { message }) => Err(Error::Owner { message }),
        Err(error) => Err(error),
    }
}

fn configure_libgit2() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // zlib's checksum still guards every object; hashing each one again costs 38 % of the reads.
        git2::opts::strict_hash_verification(false);
        // No object is asked for twice; keeping all trees of a history takes more time and memory than the reading.
        git2::opts::enable_caching(false);
        know_reftable();
    });
}

/// Lets libgit2 open repositories with reftables: objects and index are read as ever, and HEAD through git.
#[expect(
    unsafe_code,
    reason = "a global option of libgit2, set once before any repository is opened; refusal leaves the default"
)]
fn know_reftable() {
    // SAFETY: `configure_libgit2` runs this once, under a lock, before the first handle exists.
    let _ = unsafe { git2::opts::set_extensions(&["refstorage"]) };
}

/// Turns libgit2's owner check off for this process, after git has accepted the owner.
#[expect(unsafe_code, reason = "a global option of libgit2: one integer, written before a second handle is opened")]
fn accept_any_owner() {
    // SAFETY: libgit2 only reads the integer when it opens a repository, which this thread does next.
    let _ = unsafe { git2::opts::set_verify_owner_validation(false) };
}
