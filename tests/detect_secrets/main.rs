//! detect-secrets 1.5.0 itself beside the compat profile: the same identities, the same lines, both ways.
//! Promises that generated snippets agree, and with `GATEWRIGHT_CORPUS` or `GATEWRIGHT_COMPAT_DIR` set whole folders.
//! What detect-secrets crashes on has no answer to compare with and is counted, not judged.
#![cfg(test)]

mod comments;
#[path = "../support/left_out.rs"]
mod left_out;
mod options;
#[path = "../support/peers.rs"]
mod peers;
#[path = "../support/snippets.rs"]
mod snippets;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use fs_err as fs;
use gatewright::secret::compat::{self, Settings};
use gatewright::source::RepoPath;
use serde::Deserialize;

use left_out::left_out;

/// One line of `support/ask_detect_secrets.py`.
#[derive(Deserialize)]
struct Answer {
    path: String,
    error: Option<String>,
    found: Vec<(String, String, u32)>,
}

/// How far two scanners agree on a folder.
#[derive(Default)]
struct Comparison {
    files: usize,
    bytes: usize,
    identities: usize,
    crashed: usize,
    seconds: f64,
    missing: Vec<String>,
    extra: Vec<String>,
    moved: Vec<String>,
}

impl Comparison {
    fn of(root: &Path, answers: &str, settings: &Settings) -> Self {
        let mut this = Self::default();
        for answer in answers.lines().map(|line| serde_json::from_str::<Answer>(line).expect("the driver prints JSON")) {
            this.file(root, &answer, settings);
        }
        this
    }

    fn file(&mut self, root: &Path, answer: &Answer, settings: &Settings) {
        let raw = fs::read(root.join(&answer.path)).expect("the file that was scanned is there");
        let path = RepoPath::new(answer.path.as_bytes());
        let start = Instant::now();
        let outcome = compat::scan(&path, &raw, settings).expect("the settings hold no dear pattern");
        self.seconds += start.elapsed().as_secs_f64();
        self.files += 1;
        self.bytes += raw.len();
        if answer.error.is_some() {
            self.crashed += 1;
            return;
        }
        let theirs: BTreeMap<(&str, &str), u32> =
            answer.found.iter().map(|(kind, sha1, line)| ((&**kind, &**sha1), *line)).collect();
        let ours: Vec<(&str, String, u32)> = outcome.identities().iter().map(|i| (i.kind, hex(&i.sha1), i.line)).collect();
        let ours: BTreeMap<(&str, &str), u32> = ours.iter().map(|(kind, sha1, line)| ((*kind, &**sha1), *line)).collect();
        self.identities += theirs.len();
        for (&(kind, sha1), line) in &theirs {
            let place = format!("{}:{line}: {kind} {sha1}", answer.path);
            match ours.get(&(kind, sha1)) {
                None => self.missing.push(place),
                Some(our) if our != line => self.moved.push(format!("{place}, ours in line {our}")),
                Some(_) => {}
            }
        }
        for (&(kind, sha1), line) in ours.iter().filter(|(identity, _)| !theirs.contains_key(identity)) {
            self.extra.push(format!("{}:{line}: {kind} {sha1}", answer.path));
        }
    }

    /// Fails with the first differences of each sort.
    fn expect_equal(&self, what: &str) {
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let megabytes = self.bytes as f64 / 1e6;
        println!(
            "{what}: {} files, {megabytes:.1} MB, {} identities, {} crashes of detect-secrets, ours took {:.3} s ({:.1} MB/s)",
            self.files,
            self.identities,
            self.crashed,
            self.seconds,
            megabytes / self.seconds.max(1e-9)
        );
        let mut report = String::new();
        for (sort, places) in [("missing", &self.missing), ("extra", &self.extra), ("moved", &self.moved)] {
            if !places.is_empty() {
                let shown: Vec<&str> = places.iter().take(20).map(String::as_str).collect();
                let _ = writeln!(report, "{} {sort}:\n  {}", places.len(), shown.join("\n  "));
            }
        }
        assert!(report.is_empty(), "{what}: not as detect-secrets\n{report}");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// What detect-secrets finds in a folder, as the driver prints it.
fn ask(root: &Path, settings: Option<&str>) -> String {
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/ask_detect_secrets.py");
    let mut command = Command::new(peers::python());
    let output = command.env("PYTHONUTF8", "1").arg(driver).arg(root).args(settings).output().expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the driver prints ASCII")
}

/// The answers for a large folder: kept beside it as `NAME.jsonl` in `GATEWRIGHT_COMPAT_ANSWERS` if that is set, as they take minutes.
fn answers(root: &Path) -> String {
    #[expect(clippy::disallowed_methods, reason = "a test's own switches")]
    let kept = std::env::var_os("GATEWRIGHT_COMPAT_ANSWERS")
        .map(|folder| PathBuf::from(folder).join(format!("{}.jsonl", root.file_name().unwrap_or_default().display())));
    if let Some(text) = kept.as_ref().and_then(|path| fs::read_to_string(path).ok()) {
        return text;
    }
    let text = ask(root, None);
    if let Some(path) = kept {
        fs::write(path, &text).expect("the answers can be kept");
    }
    text
}

#[expect(clippy::disallowed_methods, reason = "a test's own switches, loud where they are not set")]
fn folder(variable: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from);
    if folder.is_none() {
        left_out(&format!("{variable} is not set, so that no folder was compared"));
    }
    folder
}

/// Every folder in `GATEWRIGHT_COMPAT_DIR`: unpacked packages, say.
#[test]
fn packages() {
    let Some(root) = folder("GATEWRIGHT_COMPAT_DIR") else { return };
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root).expect("the folder is there").map(|entry| entry.expect("it can be listed").path()).collect();
    folders.sort();
    let mut failed = Vec::new();
    for folder in folders.iter().filter(|path| path.is_dir()) {
        let comparison = Comparison::of(folder, &answers(folder), &Settings::default());
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Err(panic) = std::panic::catch_unwind(|| comparison.expect_equal(&name)) {
            failed.push(panic.downcast_ref::<String>().cloned().unwrap_or_default());
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Files from [`snippets`]; `GATEWRIGHT_COMPAT_SEEDS` may name another range, `FROM..TO`.
#[test]
fn generated_snippets() {
    #[expect(clippy::disallowed_methods, reason = "a test's own switches")]
    let range = std::env::var("GATEWRIGHT_COMPAT_SEEDS").unwrap_or_else(|_| "0..1500".to_owned());
    let (from, to) = range.split_once("..").expect("a range of seeds");
    let seeds = from.parse::<u64>().expect("a seed")..to.parse().expect("a seed");
    // Kept after the test, so that a difference can be looked at.
    let folder = peers::target().join("snippets");
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("old snippets can be removed");
    }
    fs::create_dir_all(&folder).expect("the folder can be made");
    for seed in seeds {
        let (name, text) = snippets::file(seed);
        fs::write(folder.join(name), text).expect("a snippet can be written");
    }
    Comparison::of(&folder, &ask(&folder, None), &Settings::default()).expect_equal("generated snippets");
}

/// With most filters off, also the plugins whose findings a default filter always drops are compared.
#[test]
fn generated_snippets_without_filters() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for seed in 50_000..50_300 {
        let (name, text) = snippets::file(seed);
        fs::write(folder.path().join(name), text).expect("a snippet can be written");
    }
    let allowlist = "detect_secrets.filters.allowlist.is_line_allowlisted";
    let theirs = ask(folder.path(), Some(&format!(r#"{{"filters_used": [{{"path": "{allowlist}"}}]}}"#)));
    let ours = Settings::only(compat::plugins::PLUGINS.iter().map(|plugin| plugin.class), [allowlist]);
    Comparison::of(folder.path(), &theirs, &ours).expect_equal("generated snippets without filters");
}

/// The labelled corpora in `GATEWRIGHT_CORPUS`.
#[test]
fn corpora() {
    let Some(root) = folder("GATEWRIGHT_CORPUS") else { return };
    for name in ["creddata-dev", "pins"] {
        let corpus = root.join(name);
        Comparison::of(&corpus, &answers(&corpus), &Settings::default()).expect_equal(name);
    }
}
