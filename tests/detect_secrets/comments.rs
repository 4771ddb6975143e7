//! Comments that allow a line, as detect-secrets 1.5.0 reads them and as `--profile compat` does: every style, in files of every sort.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use fs_err as fs;
use gatewright::secret::compat;
use serde_json::Value;

use crate::{Answer, ask};

const EXTENSIONS: [&str; 6] = [".ini", ".cfg", "", ".py", ".yaml", ".yml"];
#[rustfmt::skip]
const STYLES: [(&str, &str); 10] =
    [("#", ""), ("//", ""), ("/*", " */"), ("/*", "*/"), ("'", ""), ("--", ""), ("<!--", " -->"), ("<!-- #", "-->"), (";", ""), ("%", "")];
const ON_LINE: [&str; 3] = ["pragma: allowlist secret", "pragma:whitelist-secret why", "pragma:  allowlist secret"];
const BLANKS: [&str; 6] = [" ", "\t", "", "\u{b} ", "\u{a0}", " \u{1c}"];
/// The text before a line with a secret, and the line.
const SHAPES: [(&str, &str); 6] = [
    ("[a]\n", "password = hun·ter2x9"),
    ("[a]\n", "password = \"hun·ter2x9\""),
    ("[a]\npassword =\n", "  hun·ter2x9"),
    ("", "password=hun·ter2x9"),
    ("", "password = \"hun·ter2x9\""),
    ("a:\n", "  password: hun·ter2x9"),
];

/// The files, each with at most one secret.
fn files() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for (open, close) in STYLES {
        for (before, line) in SHAPES {
            for blank in BLANKS {
                texts.extend(ON_LINE.map(|pragma| format!("{before}{line}{blank}{open} {pragma}{close}\n")));
            }
            for blank in ["", " ", "\u{b}"] {
                texts.push(format!("{before}{blank}{open} pragma: allowlist nextline secret{close}{blank}\n{line}\n"));
            }
        }
    }
    let named = texts.iter().enumerate();
    named.flat_map(|(n, text)| EXTENSIONS.map(|extension| (format!("f{n}{extension}"), text.replace('·', "")))).collect()
}

/// The files of which `check --profile compat` reports a finding, and those whose comment it calls one without effect.
fn reported(folder: &Path) -> [BTreeSet<String>; 2] {
    let git = Command::new("git").args(["init", "--quiet"]).current_dir(folder).status().expect("git runs");
    assert!(git.success());
    let check = ["check", "--worktree", "--no-config", "--profile", "compat", "--format", "jsonl"];
    let output =
        Command::new(env!("CARGO_BIN_EXE_gatewright-secrets")).args(check).current_dir(folder).output().expect("it runs");
    let lines: Vec<Value> = output.stdout.split(|b| *b == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    let paths = |is_told: fn(&Value) -> bool| {
        let told = lines.iter().filter(|line| is_told(line));
        told.filter_map(|line| line["path"].as_str().map(str::to_owned)).collect()
    };
    [paths(|line| line["type"] == "finding" && line["standing"] == "open"), paths(|line| line["type"] == "unused")]
}

/// The files in which detect-secrets finds something, by its default filters without those named in `but`.
fn found_by_detect_secrets(folder: &Path, but: &str) -> BTreeSet<String> {
    let filters: Vec<String> =
        compat::DEFAULT_FILTERS.iter().filter(|path| **path != but).map(|path| format!(r#"{{"path": "{path}"}}"#)).collect();
    let answers = ask(folder, Some(&format!(r#"{{"filters_used": [{}]}}"#, filters.join(", "))));
    let answers = answers.lines().map(|line| serde_json::from_str::<Answer>(line).expect("the driver prints JSON"));
    answers.filter(|answer| !answer.found.is_empty()).map(|answer| answer.path).collect()
}

#[test]
fn a_comment_allows_what_detect_secrets_lets_it_allow() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = files();
    for (name, text) in &files {
        fs::write(folder.path().join(name), text).expect("a file can be written");
    }
    let [open, unused] = reported(folder.path());
    let theirs = found_by_detect_secrets(folder.path(), "");
    let secret = found_by_detect_secrets(folder.path(), "detect_secrets.filters.allowlist.is_line_allowlisted");
    let allowed: BTreeSet<String> = secret.difference(&theirs).cloned().collect();
    let texts = |names: &mut dyn Iterator<Item = &String>| {
        let of = |name: &String| files.iter().find(|(known, _)| known == name).map(|(name, text)| format!("{name} {text:?}"));
        names.take(20).filter_map(of).collect::<Vec<_>>()
    };
    assert!(theirs.len() > 1000 && allowed.len() > 1000, "{} found, {} allowed", theirs.len(), allowed.len());
    assert_eq!(texts(&mut theirs.difference(&open)), [""; 0], "detect-secrets reports these, and we do not");
    assert_eq!(texts(&mut open.difference(&theirs)), [""; 0], "we report these, and detect-secrets does not");
    assert_eq!(texts(&mut unused.intersection(&allowed)), [""; 0], "the comment has an effect, and we say that it has none");
}
