//! The options of detect-secrets 1.5.0 on our command line.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use gatewright::settle::baseline::detect_secrets::{self, Setting};

use crate::peers;

fn run(program: &Path, args: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).env("PYTHONUTF8", "1").env("COLUMNS", "200").env_remove("PRE_COMMIT");
    command.output().expect("the program runs")
}

fn gatewright(args: &[&str], folder: &Path) -> Output {
    run(Path::new(env!("CARGO_BIN_EXE_gatewright-secrets")), args, folder)
}

/// The options that a help text of `argparse` lists.
fn options(program: &str, command: &[&str]) -> BTreeSet<String> {
    let output = run(&peers::tool(program), &[command, &["--help"]].concat(), Path::new("."));
    let text = String::from_utf8(output.stdout).expect("help is text");
    let entries = text.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let names = entries.flat_map(|line| line.split("  ").next().unwrap_or_default().split(", ").map(str::to_owned));
    names.map(|name| name.split(' ').next().unwrap_or_default().to_owned()).collect()
}

/// What there is to say to `argument`, if it is not understood.
fn refusal(command: &[&str], option: &str, folder: &Path) -> Option<String> {
    let output = gatewright(&[command, &[option]].concat(), folder);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    said.contains("unexpected argument").then_some(said)
}

#[test]
fn every_option_is_accepted_or_refused_with_what_does_it_here() {
    let folder = tempfile::tempdir().expect("a folder");
    run(Path::new("git"), &["init", "--quiet"], folder.path());
    let hook = options("detect-secrets-hook", &[]);
    assert!(hook.len() > 20 && hook.contains("-p") && hook.contains("--exclude-lines"), "{hook:?}");
    for option in hook.iter().filter(|option| !["--list-all-plugins", "--version"].contains(&option.as_str())) {
        assert_eq!(refusal(&["check"], option, folder.path()), None, "{option}");
    }
    for (theirs, ours) in [("scan", &["scan"][..]), ("audit", &["baseline", "audit"])] {
        let options = options("detect-secrets", &[theirs]);
        assert!(options.len() > 5, "{options:?}");
        for option in options {
            let refusal = refusal(ours, &option, folder.path());
            let teaches = |said: &String| said.contains("  tip: ") && !said.contains("similar argument");
            assert!(refusal.as_ref().is_none_or(teaches), "{theirs} {option}: {refusal:?}");
        }
    }
}

/// Plugins and filters as a baseline has them, without those by which our files are left out.
fn settings(text: &[u8]) -> (Vec<Setting>, Vec<Setting>) {
    let (baseline, _) = detect_secrets::read(text).expect("a baseline");
    let mut settings = baseline.settings;
    let ours = ["detect_secrets.filters.common.is_baseline_file", "detect_secrets.filters.regex.should_exclude_file"];
    settings.filters.retain(|filter| ours.iter().all(|name| filter.name != **name));
    (settings.plugins, settings.filters)
}

#[test]
fn options_leave_the_settings_that_they_leave_there() {
    const LOCK_FILE: &str = "detect_secrets.filters.heuristic.is_lock_file";
    let folder = tempfile::tempdir().expect("a folder");
    run(Path::new("git"), &["init", "--quiet"], folder.path());
    for options in [
        &["-n"][..],
        &["-n", "--base64-limit", "0", "--hex-limit"],
        &["-n", "--hex-limit", "2.5", "--base64-limit"],
        &["-n", "-f", LOCK_FILE],
        &["-n", "--filter", LOCK_FILE, "--disable-filter", LOCK_FILE],
        &["-n", "--disable-filter", LOCK_FILE],
        &["-n", "-f", "detect_secrets.filters.heuristic.is_non_text_file"],
    ] {
        let theirs = run(&peers::tool("detect-secrets"), &[&["-c", "1", "scan"], options].concat(), folder.path());
        assert!(theirs.status.success(), "{options:?}: {theirs:?}");
        let ours = gatewright(&[&["baseline", "create", "--force"], options].concat(), folder.path());
        assert!(ours.status.success(), "{options:?}: {ours:?}");
        let ours = fs_err::read(folder.path().join(".secrets.baseline")).expect("it was written");
        assert_eq!(settings(&ours), settings(&theirs.stdout), "{options:?}");
    }
}
