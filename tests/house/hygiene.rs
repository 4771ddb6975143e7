//! Sizes, panics, names in the documents, and our own files under our own hook.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gatewright::hook::Hook as _;
use gatewright::hook::secrets::Secrets;
use gatewright::rule::Confidence;
use gatewright::source::{Origin, RepoPath, Source};

use crate::{expect_none, files, read, relative, root};

const MOST_LINES: usize = 400;

#[test]
fn no_file_is_too_long_to_read() {
    let folders = ["src", "build", "tests", "benches"];
    let faults = folders.iter().flat_map(|folder| files(folder, ".rs")).filter_map(|file| {
        let lines = fs_err::read_to_string(&file).unwrap().lines().count();
        (lines > MOST_LINES).then(|| format!("{}: {lines} lines, more than {MOST_LINES}: split it", relative(&file)))
    });
    expect_none(&faults.collect::<Vec<_>>());
}

#[test]
fn every_module_says_what_it_is() {
    let folders = ["src", "build", "tests", "benches"];
    let faults = folders.iter().flat_map(|folder| files(folder, ".rs")).filter_map(|file| {
        let text = fs_err::read_to_string(&file).unwrap();
        (!text.starts_with("//! ")).then(|| format!("{}:1: begins without `//!`", relative(&file)))
    });
    expect_none(&faults.collect::<Vec<_>>());
}

/// Tests may; what runs in a commit may not.
#[test]
fn nothing_that_ships_unwraps() {
    let is_test = |name: &str| name.ends_with("tests.rs") || name.contains("/tests/");
    let mut faults = Vec::new();
    for file in files("src", ".rs").into_iter().chain(files("build", ".rs")).chain([root().join("build.rs")]) {
        let name = relative(&file);
        let text = fs_err::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let lines = code.lines().enumerate().filter(|(_, line)| line.contains(".unwrap()"));
        faults.extend(lines.filter(|_| !is_test(&name)).map(|(index, _)| format!("{name}:{}: `unwrap`", index + 1)));
    }
    expect_none(&faults);
}

#[test]
fn rules_have_one_name_each_and_a_reference() {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    let mut faults = Vec::new();
    for rule in Secrets::RULES {
        if rule.references.is_empty() {
            faults.push(format!("{}:1: no reference", rule.file));
        }
        if Path::new(rule.file).file_stem().is_none_or(|stem| stem != rule.id) {
            faults.push(format!("{}:1: the file is not named like its rule `{}`", rule.file, rule.id));
        }
        for name in std::iter::once(&rule.id).chain(rule.aliases) {
            if let Some(other) = owners.insert(name.to_lowercase(), rule.file) {
                faults.push(format!("{}:1: `{name}` is a name of {other}, too", rule.file));
            }
        }
    }
    expect_none(&faults);
}

/// Each path in back quotes that the documents name, and each module in the table, is there.
#[test]
fn documents_name_what_exists() {
    let mut faults = Vec::new();
    let modules: BTreeSet<String> = files("src", ".rs").iter().map(|file| relative(file)).collect();
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "hooks/README.md", "baseline/README.md"] {
        for (index, line) in read(document).lines().enumerate() {
            for name in line.split('`').skip(1).step_by(2).filter(|name| is_path(name)) {
                let below = root().join(document).parent().unwrap().join("secrets/rules").join(name);
                if !root().join(name).exists() && !below.exists() {
                    faults.push(format!("{document}:{}: `{name}` is not there", index + 1));
                }
            }
        }
    }
    for line in read("ARCHITECTURE.md").lines().filter_map(|line| line.strip_prefix("| `")) {
        let module = line.split('`').next().unwrap();
        let is_there = [format!("src/{module}.rs"), format!("src/{module}/mod.rs")].iter().any(|file| modules.contains(file));
        if !is_there {
            faults.push(format!("ARCHITECTURE.md: there is no module `{module}`"));
        }
    }
    expect_none(&faults);
}

/// Whether these words in back quotes are meant as one file or folder of this repository.
fn is_path(name: &str) -> bool {
    let folders = ["src/", "tests/", "build/", "hooks/", "baseline/", "docs/", "benches/", "fuzz/"];
    folders.iter().any(|folder| name.starts_with(folder)) && !name.contains(['*', '<', ' ', '…', '{'])
}

/// Secrets in the tree are broken by a middle dot or made when a test runs; nothing known lies in a baseline of ours.
#[test]
fn our_own_baseline_is_empty() {
    for name in [".secrets.baseline", ".gatewright-baseline.jsonl"] {
        assert!(!root().join(name).exists(), "{name}: this repository forgives nothing");
    }
}

#[test]
fn our_own_files_hold_no_secret() {
    let hook = Secrets::default();
    let folders = ["hooks", "src", "build", "tests", "benches", "fuzz/fuzz_targets", "docs", "baseline", ".github"];
    let all = folders.iter().filter(|folder| root().join(folder).exists()).flat_map(|folder| files(folder, ""));
    let top = fs_err::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let mut faults = Vec::new();
    for file in all.chain(top) {
        let name = relative(&file);
        let raw = fs_err::read(&file).unwrap();
        let mut found = Vec::new();
        hook.check(&Source::new(&RepoPath::new(name.as_bytes()), &raw, Origin::Repository), &mut found);
        let clear = found.iter().filter(|finding| finding.confidence >= Confidence::Medium);
        faults.extend(clear.map(|finding| format!("{name}:{}: {}", finding.span.line, finding.rule.id)));
    }
    expect_none(&faults);
}
