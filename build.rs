//! Turns `hooks/**/*.md` and `baseline/known-fakes.toml` into static tables, one set per hook, so that start-up parses nothing.
//! Promises that a malformed rule stops the build with `file:line: what is wrong`.
//! Runs no rule: the examples in the files are tests (`tests/rules.rs`).

#![expect(
    clippy::disallowed_methods,
    reason = "a build script reads and writes what cargo tells it to; its paths are in its messages"
)]
#![expect(clippy::indexing_slicing, reason = "a panic here stops the build and nobody's commit")]

#[path = "src/secret/generic/bigram.rs"]
mod bigram;
#[path = "build/emit.rs"]
mod emit;
#[path = "build/fingerprint.rs"]
mod fingerprint;
#[path = "src/secret/gram.rs"]
mod gram;
#[path = "src/secret/images.rs"]
mod images;
#[path = "build/keywords.rs"]
mod keywords;
#[path = "build/known_fakes.rs"]
mod known_fakes;
#[path = "src/rule/mod.rs"]
#[allow(dead_code, reason = "what is only looked at when the program runs")]
mod rule;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use rule::{HookName, RuleFile};

fn main() -> ExitCode {
    fingerprint::write();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("invariant: cargo sets OUT_DIR"));
    let mut faults = Vec::new();
    for hook in HookName::ALL {
        let rules = read_rules(hook, &mut faults);
        check_names(&rules, &mut faults);
        if faults.is_empty() {
            emit::write_tables(hook, rules, &out);
        }
    }
    known_fakes::write(&out, &mut faults);
    for fault in &faults {
        println!("cargo::error={fault}");
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// All rule files of a hook, sorted by id.
fn read_rules(hook: HookName, faults: &mut Vec<String>) -> Vec<RuleFile> {
    let folder = format!("hooks/{hook}/rules");
    let mut files: Vec<PathBuf> = match fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) => {
            faults.push(format!("{folder}:1: {error}"));
            return Vec::new();
        }
    };
    files.sort();
    files.iter().filter_map(|file| read_rule(file, hook, faults)).collect()
}

fn read_rule(file: &Path, hook: HookName, faults: &mut Vec<String>) -> Option<RuleFile> {
    let name = file.to_string_lossy().replace('\\', "/");
    let text = match fs::read_to_string(file) {
        Ok(text) => text.replace("\r\n", "\n"),
        Err(error) => {
            faults.push(format!("{name}:1: {error}"));
            return None;
        }
    };
    match RuleFile::parse(&name, &text, hook) {
        Ok(rule) => {
            faults.extend(rule.faults_of_ours(&text));
            Some(rule)
        }
        Err(mut found) => {
            faults.append(&mut found);
            None
        }
    }
}

/// Ids and aliases are unique within a hook: a name must mean one rule.
fn check_names(rules: &[RuleFile], faults: &mut Vec<String>) {
    let mut seen = std::collections::BTreeMap::new();
    for rule in rules {
        for name in std::iter::once(&rule.id).chain(&rule.front.aliases) {
            if let Some(other) = seen.insert(name.to_lowercase(), &rule.file) {
                faults.push(format!("{}:1: the name `{name}` belongs to {other} already", rule.file));
            }
        }
    }
}
