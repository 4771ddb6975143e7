//! What every command on a repository starts with: the snapshot, and through it the rules, the configuration and the baselines.
//! Promises that all are read from the version that is judged, so that a commit answers to the policy that it carries.
//! Judges nothing.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

use super::arguments::{DetectSecrets, Profile, Shared};
use super::failure::Failure;
use super::terminal;
use super::versioned::{CAP, Read, follow, inside, is_unstaged, leaves_out, not_staged, read, read_on_disk};
use super::{configuration, engine, own_rules};
use crate::config::{self, Config, Date};
use crate::hook::Hook;
use crate::ruleset::Ruleset;
use crate::secret::{Detector, compat};
use crate::settle::baseline::companion::{self, Companion};
use crate::settle::baseline::detect_secrets::{self, Baseline};
use crate::settle::baseline::json::Invalid;
use crate::settle::baseline::policy::{Need, Policy};
use crate::snapshot::{Environment, Request, Snapshot, View};
use crate::source::{escape, shell_word};

/// The baseline of detect-secrets, where nothing else is said.
const DETECT_SECRETS: &str = ".secrets.baseline";

/// A snapshot with its configuration.
pub struct Session {
    pub snapshot: Snapshot,
    pub config: Config,
    /// What names of rules may mean.
    pub rules: Ruleset,
    pub cwd: PathBuf,
    /// Where the configuration may be, the first that is there.
    config_files: Vec<String>,
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

impl Session {
    /// Opens the snapshot and reads the configuration.
    pub fn open<H: Hook>(
        shared: &Shared,
        view: Option<View>,
        names: Vec<std::ffi::OsString>,
        hook_mode: bool,
    ) -> Result<Self, Failure> {
        engine::check_names(&shared.detect_secrets)?;
        let environment = Environment::capture();
        let cwd = working_directory(shared.directory.as_deref())?;
        if shared.fetch_missing && hook_mode {
            return Err(Failure::usage("`--fetch-missing` is not for hooks: no hook uses the network", "run it by hand"));
        }
        let request = Request { view, names, hook_mode, cwd: cwd.clone(), environment };
        let snapshot = if shared.fetch_missing { open_whole(&request)? } else { Snapshot::open(&request)? };
        let rules = if shared.no_config { Ruleset::of(H::RULES) } else { own_rules::of::<H>(&snapshot)? };
        let config = configuration::read(&snapshot, shared, &cwd, rules.all);
        let mut config = config.map_err(|failure| own_rules::not_staged(&snapshot, failure))?;
        if let Some(profile) = shared.profile {
            config.secrets.profile = match profile {
                Profile::Default => config::Profile::Default,
                Profile::Compat => config::Profile::Compat,
                Profile::Strict => config::Profile::Strict,
            };
        }
        tell_what_is_not_run(&shared.detect_secrets, config.secrets.profile)?;
        let (baseline_argument, options) = (shared.baseline.clone(), shared.detect_secrets.clone());
        let config_files = configuration::files(&snapshot, shared, &cwd);
        Ok(Self { snapshot, config, config_files, rules, cwd, options, baseline_argument, baselines: OnceLock::new() })
    }

    /// The path of `.secrets.baseline` inside the repository (or on disk, for one outside), and whether somebody named it.
    pub fn baseline_path(&self) -> (String, bool) {
        match (&self.baseline_argument, &self.config.secrets.baseline) {
            (Some(named), _) => (inside(&self.snapshot, &self.cwd, named), true),
            (None, Some(configured)) => (configured.clone(), true),
            (None, None) => (DETECT_SECRETS.to_owned(), false),
        }
    }

    /// The baseline as the command line names it, as a word for a shell, where a command without `--baseline` would take another.
    pub fn named_baseline(&self) -> Option<String> {
        let named = self.baseline_argument.as_ref()?;
        let usual = self.config.secrets.baseline.as_deref().unwrap_or(DETECT_SECRETS);
        let word = || shell_word(&escape(named.as_os_str().as_encoded_bytes())).into_owned();
        (inside(&self.snapshot, &self.cwd, named) != usual).then(word)
    }

    /// The files on disk that decide, or would in a hook, though no commit holds them: the configuration, rules, baselines that were read.
    pub fn unstaged_policy(&self) -> Result<Vec<String>, Failure> {
        let found = self.baselines.get().and_then(|found| found.as_ref().ok());
        let baseline = found.and_then(|found| found.detect_secrets.as_ref()).map(|(path, _)| path.clone());
        let companion = found.and_then(|found| found.companion.as_ref()).map(|(path, _)| path.clone());
        let config = self.config_files.iter().find(|path| self.snapshot.root().join(path).is_file()).cloned();
        let mut unstaged = Vec::new();
        for path in [config, baseline, companion].into_iter().flatten() {
            if is_unstaged(&self.snapshot, &path)? && configuration::has_settings(&self.snapshot, &path) {
                unstaged.push(path);
            }
        }
        if !self.config_files.is_empty() {
            unstaged.extend(own_rules::unstaged(&self.snapshot)?);
        }
        Ok(unstaged)
    }

    /// The settings of a baseline, or the default ones, changed by the command line.
    pub fn settings(&self, settings: Option<&detect_secrets::Settings>) -> Result<detect_secrets::Settings, Failure> {
        let mut settings = engine::with_options(settings.cloned().unwrap_or_default(), &self.options);
        if let Some(named) = &self.options.word_list {
            let name = inside(&self.snapshot, &self.cwd, named);
            let Some(text) = read(&self.snapshot, &name)? else {
                if leaves_out(&self.snapshot, &name)? {
                    return Err(not_staged(&name));
                }
                return Err(Failure::usage(format!("the word list {name} is not there"), "check `--word-list`"));
            };
            engine::add_word_list(&mut settings, &name, &text);
        }
        Ok(settings)
    }

    /// The compat engine for the settings of a baseline, or for the default ones.
    pub fn engine(
        &self,
        settings: Option<&detect_secrets::Settings>,
        warnings: &mut Vec<String>,
    ) -> Result<compat::Settings, Failure> {
        let mut settings = self.settings(settings)?;
        // detect-secrets leaves out the baseline that it is given; the hashes of ours are no secrets either.
        engine::leave_out_baseline(&mut settings, &self.baseline_path().0);
        let word_list = |name: &str| {
            let bytes = read(&self.snapshot, name).ok().flatten()?;
            String::from_utf8(bytes).ok()
        };
        let mut engine = engine::engine(&settings, &word_list, warnings)?;
        engine.set_companion(self.companion_path());
        Ok(engine)
    }

    /// The folder for the locks of files that are written.
    pub fn lock_dir(&self) -> PathBuf {
        match self.snapshot.git_dir() {
            Some(git_dir) => git_dir.join("gatewright"),
            // Not the system's folder for temporary files: there it would belong to the first user who comes.
            None => std::env::home_dir().unwrap_or_else(std::env::temp_dir).join(".cache/gatewright"),
        }
    }

    /// The path of the companion file inside the repository.
    pub fn companion_path(&self) -> &str {
        &self.config.secrets.companion
    }

    /// Refuses a run whose baseline somebody named, where there is none.
    pub fn check_baseline_is_there(&self) -> Result<(), Failure> {
        let (path, named) = self.baseline_path();
        if named && !self.snapshot.view().ends_with_nothing() && read(&self.snapshot, &path)?.is_none() {
            return Err(if leaves_out(&self.snapshot, &path)? { not_staged(&path) } else { missing_baseline(&path) });
        }
        Ok(())
    }

    /// Prints what is said of a baseline, without the tokens that somebody may have put into it.
    pub fn print(&self, print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        let mut text = Vec::new();
        print(&mut text)?;
        let detector = Detector::default().with_rules(self.rules.own);
        let text = String::from_utf8_lossy(&text);
        terminal::print(|out| out.write_all(detector.hide(&text).as_bytes())).map_err(Failure::from)
    }

    /// The baselines, read when first asked for: a run that finds nothing needs none.
    pub fn baselines(&self) -> Result<&Baselines, &Failure> {
        self.baselines.get_or_init(|| self.read_baselines(&|path| read(&self.snapshot, path))).as_ref()
    }

    /// The baselines of the work tree where they are others than the staged ones; `None` too if one of them cannot be read: they judge
    /// nothing.
    pub fn baselines_on_disk(&self) -> Option<Baselines> {
        let (path, _) = self.baseline_path();
        let differs = |path: &str| {
            let entry = follow(&self.snapshot, path).ok().and_then(|path| self.snapshot.find(path.as_bytes()).ok()?);
            entry.is_some_and(|entry| self.snapshot.differs_on_disk(&entry))
                || leaves_out(&self.snapshot, path).unwrap_or_default()
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
            let before = self.snapshot.base_version(follow(&self.snapshot, &path)?.as_bytes(), CAP)?;
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

/// Somebody named a baseline where there is none.
pub fn missing_baseline(path: &str) -> Failure {
    Failure::usage(
        format!("the baseline {path} is not there"),
        "`baseline create` makes one; without `--baseline` none is needed",
    )
}

/// What the configuration demands of entries of the baseline.
pub fn baseline_policy(config: &Config) -> Policy {
    let secrets = &config.secrets;
    let needs = secrets.label_needs.iter().map(|field| match field {
        config::LabelField::Reason => Need::Reason,
        config::LabelField::Owner => Need::Owner,
        config::LabelField::Until => Need::Until,
    });
    Policy { fail_on_unaudited: secrets.fails_on_unaudited(), fail_on_real: secrets.fail_on_real, label_needs: needs.collect() }
}

/// UTC to the second, as detect-secrets writes it.
pub fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}

/// Today in UTC.
pub fn today() -> Result<Date, Failure> {
    let date = now().get(..10).and_then(|date| date.parse().ok());
    date.ok_or_else(|| Failure::usage("the clock shows no date that can be written", "set the system clock"))
}

/// The folder to run in; links followed if one was named.
pub fn working_directory(named: Option<&Path>) -> Result<PathBuf, Failure> {
    let here = std::env::current_dir().map_err(|error| {
        Failure::usage(format!("the working directory cannot be read: {}", error.kind()), "go to a folder that is there")
    })?;
    let Some(directory) = named else { return Ok(here) };
    // Links followed, as if the process stood there: `..` then is the folder above the real one.
    match fs_err::canonicalize(here.join(directory)) {
        Ok(there) if there.is_dir() => Ok(there),
        _ => Err(Failure::usage(format!("{} is not a folder", directory.display()), "`-C` takes the folder to run in")),
    }
}

fn open_whole(request: &Request) -> Result<Snapshot, Failure> {
    let (snapshot, fetched) = Snapshot::open_whole(request)?;
    if fetched > 0 {
        let objects = terminal::counted(fetched, "object", "objects");
        terminal::remark("note", &format!("fetched {objects} that this partial clone had left out"));
    }
    Ok(snapshot)
}

/// Warns of options that name code; whoever is strict is not content with a warning.
fn tell_what_is_not_run(options: &DetectSecrets, profile: config::Profile) -> Result<(), Failure> {
    match engine::what_is_not_run(options) {
        Some(fault) if profile == config::Profile::Strict => {
            Err(Failure::usage(escape(fault.as_bytes()), "take it out of the arguments; only `strict` does not go on without"))
        }
        Some(warning) => {
            terminal::remark("warning", &warning);
            Ok(())
        }
        None => Ok(()),
    }
}

fn broken(file: &str, fault: Invalid) -> Failure {
    Failure::Baseline { file: file.to_owned(), fault }
}
