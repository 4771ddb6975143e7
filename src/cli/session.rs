//! What every command on a repository starts with: the snapshot, and through it the configuration and the baselines.
//! Promises that both are read from the version that is judged, so that a commit answers to the policy that it carries.
//! Judges nothing.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

use super::arguments::{DetectSecrets, Profile, Shared};
use super::engine;
use super::failure::Failure;
use crate::config::{self, Config, Date};
use crate::hook::Hook;
use crate::secret::compat;
use crate::settle::baseline::companion::{self, Companion};
use crate::settle::baseline::detect_secrets::{self, Baseline};
use crate::settle::baseline::json::Invalid;
use crate::snapshot::{Environment, Request, Snapshot, View};

/// The baseline of detect-secrets, where nothing else is said.
const DETECT_SECRETS: &str = ".secrets.baseline";
/// Configuration and baselines above this size are a mistake.
const CAP: u64 = 500_000_000;

/// A snapshot with its configuration.
pub struct Session {
    pub snapshot: Snapshot,
    pub config: Config,
    pub cwd: PathBuf,
    options: DetectSecrets,
    baseline_argument: Option<PathBuf>,
    baselines: OnceLock<Result<Baselines, Failure>>,
}

/// The baselines of a repository, each with the name that it goes by in messages.
#[derive(Debug, Default)]
pub struct Baselines {
    pub detect_secrets: Option<(String, Baseline)>,
    /// `.secrets.baseline` before the change.
    pub before: Option<Baseline>,
    pub companion: Option<(String, Companion)>,
    /// How detect-secrets is set: by its baseline and the command line.
    pub engine: compat::Settings,
    pub warnings: Vec<String>,
}

/// Gives the content of a file by its path; `None` if there is none.
type Read<'a> = dyn Fn(&str) -> Result<Option<Vec<u8>>, Failure> + 'a;

impl Session {
    /// Opens the snapshot and reads the configuration.
    pub fn open<H: Hook>(
        shared: &Shared,
        view: Option<View>,
        names: Vec<std::ffi::OsString>,
        hook_mode: bool,
    ) -> Result<Self, Failure> {
        let environment = Environment::capture();
        let cwd = working_directory(shared)?;
        let snapshot = Snapshot::open(&Request { view, names, hook_mode, cwd: cwd.clone(), environment })?;
        let mut config = read_config::<H>(&snapshot, shared, &cwd)?;
        if let Some(profile) = shared.profile {
            config.secrets.profile = match profile {
                Profile::Default => config::Profile::Default,
                Profile::Compat => config::Profile::Compat,
                Profile::Strict => config::Profile::Strict,
            };
        }
        let (baseline_argument, options) = (shared.baseline.clone(), shared.detect_secrets.clone());
        Ok(Self { snapshot, config, cwd, options, baseline_argument, baselines: OnceLock::new() })
    }

    /// The path of `.secrets.baseline` inside the repository (or on disk, for one outside), and whether somebody named it.
    pub fn baseline_path(&self) -> (String, bool) {
        match (&self.baseline_argument, &self.config.secrets.baseline) {
            (Some(named), _) => (inside(&self.snapshot, &self.cwd, named), true),
            (None, Some(configured)) => (configured.clone(), true),
            (None, None) => (DETECT_SECRETS.to_owned(), false),
        }
    }

    /// The compat engine for the settings of a baseline, or for the default ones.
    pub fn engine(
        &self,
        settings: Option<&detect_secrets::Settings>,
        warnings: &mut Vec<String>,
    ) -> Result<compat::Settings, Failure> {
        let settings = engine::with_options(settings.cloned().unwrap_or_default(), &self.options);
        let word_list = |name: &str| {
            let bytes = read(&self.snapshot, name).ok().flatten()?;
            String::from_utf8(bytes).ok()
        };
        engine::engine(&settings, &word_list, warnings)
    }

    /// The path of the companion file inside the repository.
    pub fn companion_path(&self) -> &str {
        &self.config.secrets.companion
    }

    /// Refuses a run whose baseline somebody named, where there is none.
    pub fn check_baseline_is_there(&self) -> Result<(), Failure> {
        let (path, named) = self.baseline_path();
        if named && read(&self.snapshot, &path)?.is_none() {
            return Err(Failure::usage(
                format!("the baseline {path} is not there"),
                "`baseline create` makes one; without `--baseline` none is needed",
            ));
        }
        Ok(())
    }

    /// The baselines, read when first asked for: a run that finds nothing needs none.
    pub fn baselines(&self) -> Result<&Baselines, &Failure> {
        self.baselines.get_or_init(|| self.read_baselines(&|path| read(&self.snapshot, path))).as_ref()
    }

    /// The baselines of the work tree where they are others than the staged ones; `None` too if one of them cannot be read: they judge
    /// nothing.
    pub fn baselines_on_disk(&self) -> Option<Baselines> {
        let (path, _) = self.baseline_path();
        let differs = |path: &str| match self.snapshot.find(path.as_bytes()) {
            Ok(Some(entry)) => self.snapshot.differs_on_disk(&entry),
            _ => false,
        };
        if !differs(&path) && !differs(self.companion_path()) {
            return None;
        }
        self.read_baselines(&|path| read_on_disk(&self.snapshot, path)).ok()
    }

    /// The fault with which reading the baselines ended, if it was tried.
    pub fn into_baseline_failure(self) -> Option<Failure> {
        self.baselines.into_inner().and_then(Result::err)
    }

    fn read_baselines(&self, read: &Read<'_>) -> Result<Baselines, Failure> {
        let mut found = Baselines::default();
        let (path, _) = self.baseline_path();
        if let Some(bytes) = read(&path)? {
            let (baseline, warnings) = detect_secrets::read(&bytes).map_err(|fault| broken(&path, fault))?;
            found.warnings.extend(warnings.into_iter().map(|warning| format!("{path}: {warning}")));
            // The version before the change judges nothing: a broken one is as good as none.
            let before = self.snapshot.base_version(path.as_bytes(), CAP)?;
            found.before = before.and_then(|bytes| detect_secrets::read(&bytes).ok()).map(|(baseline, _)| baseline);
            found.detect_secrets = Some((path, baseline));
        }
        found.engine = self.engine(found.detect_secrets.as_ref().map(|(_, baseline)| &baseline.settings), &mut found.warnings)?;
        let path = &self.config.secrets.companion;
        if let Some(bytes) = read(path)? {
            let (companion, warnings) = companion::read(&bytes).map_err(|fault| broken(path, fault))?;
            found.warnings.extend(warnings.into_iter().map(|warning| format!("{path}: {warning}")));
            found.companion = Some((path.clone(), companion));
        }
        Ok(found)
    }
}

/// Today in UTC.
pub fn today() -> Result<Date, Failure> {
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let date = now.get(..10).and_then(|date| date.parse().ok());
    date.ok_or_else(|| Failure::usage("the clock shows no date that can be written", "set the system clock"))
}

fn working_directory(shared: &Shared) -> Result<PathBuf, Failure> {
    let here = std::env::current_dir()?;
    let there = shared.directory.as_ref().map_or(here.clone(), |directory| here.join(directory));
    if there.is_dir() {
        return Ok(there);
    }
    Err(Failure::usage(format!("{} is not a folder", there.display()), "`-C` takes the folder to run in"))
}

fn read_config<H: Hook>(snapshot: &Snapshot, shared: &Shared, cwd: &Path) -> Result<Config, Failure> {
    if shared.no_config {
        return Ok(Config::default());
    }
    if let Some(named) = &shared.config {
        let path = inside(snapshot, cwd, named);
        let Some(bytes) = read(snapshot, &path)? else {
            return Err(Failure::usage(format!("the configuration {path} is not there"), "check `--config`"));
        };
        return Ok(Config::parse(&path, &text(&path, bytes)?, H::RULES)?);
    }
    for name in config::FILES {
        if let Some(bytes) = read(snapshot, name)? {
            return Ok(Config::parse(name, &text(name, bytes)?, H::RULES)?);
        }
    }
    Ok(Config::default())
}

/// The name of a file below the root of the snapshot, `/` between components; any other file keeps its path on disk.
fn inside(snapshot: &Snapshot, cwd: &Path, named: &Path) -> String {
    let on_disk = cwd.join(named);
    let resolved = fs_err::canonicalize(&on_disk).unwrap_or(on_disk);
    let root = fs_err::canonicalize(snapshot.root()).unwrap_or_else(|_| snapshot.root().to_path_buf());
    let path = resolved.strip_prefix(&root).unwrap_or(&resolved);
    path.to_string_lossy().replace('\\', "/")
}

/// A file of the snapshot; one that git does not know yet is taken from disk, but not into a range: that has its own policy.
fn read(snapshot: &Snapshot, path: &str) -> Result<Option<Vec<u8>>, Failure> {
    if let Some(entry) = snapshot.find(path.as_bytes())? {
        let mut reader = snapshot.reader();
        let bytes = reader.read(&entry, CAP).map_err(|error| {
            Failure::usage(format!("{path} cannot be read: {error}"), "it decides about the others, so nothing was judged")
        })?;
        return Ok(Some(bytes.to_vec()));
    }
    let is_of_a_commit = matches!(snapshot.view(), View::Range { .. }) || !snapshot.has_work_tree();
    if is_of_a_commit && Path::new(path).is_relative() {
        return Ok(None);
    }
    read_on_disk(snapshot, path)
}

fn read_on_disk(snapshot: &Snapshot, path: &str) -> Result<Option<Vec<u8>>, Failure> {
    match fs_err::read(snapshot.root().join(path)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn text(path: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{path} is not UTF-8"), "TOML has to be; save it as UTF-8"))
}

fn broken(file: &str, fault: Invalid) -> Failure {
    Failure::Baseline { file: file.to_owned(), fault }
}
