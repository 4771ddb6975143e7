//! What others read of this repository: the hooks that it publishes.

use std::fmt::Write as _;

use crate::{files, read, root};

/// Compares a generated file with what is committed, or rewrites it when asked to.
fn bless(path: &str, expected: &str) {
    #[expect(clippy::disallowed_methods, reason = "a test is asked to write by a variable")]
    if std::env::var_os("BLESS").is_some() {
        fs_err::write(root().join(path), expected).unwrap();
    }
    let actual = fs_err::read_to_string(root().join(path)).unwrap_or_default();
    assert!(actual == expected, "{path} is out of date: run `BLESS=1 cargo test --test house`");
}

#[test]
fn the_published_hooks_are_those_of_the_manuals() {
    let mut yaml = String::from("# Generated from hooks/*/hook.md by `BLESS=1 cargo test --test house`; edit those.\n");
    for manual in files("hooks", "/hook.md") {
        let text = fs_err::read_to_string(&manual).unwrap();
        let front = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n")).expect("front matter").0;
        let table: toml::Table = toml::from_str(front).unwrap_or_else(|error| panic!("{}: {error}", manual.display()));
        for hook in table["hook"].as_array().expect("[[hook]]") {
            push_hook(&mut yaml, hook.as_table().expect("a table"));
        }
    }
    bless(".pre-commit-hooks.yaml", &yaml);
}

/// The keys in the order in which pre-commit documents them.
const KEYS: &[&str] = &[
    "id",
    "name",
    "description",
    "entry",
    "language",
    "files",
    "types",
    "pass_filenames",
    "always_run",
    "require_serial",
    "stages",
    "minimum_pre_commit_version",
];

fn push_hook(yaml: &mut String, hook: &toml::Table) {
    let unknown: Vec<&String> = hook.keys().filter(|key| !KEYS.contains(&key.as_str())).collect();
    assert!(unknown.is_empty(), "unknown keys {unknown:?} in a hook.md");
    for (index, (key, value)) in KEYS.iter().filter_map(|key| Some((key, hook.get(*key)?))).enumerate() {
        let dash = if index == 0 { "- " } else { "  " };
        let value = match value {
            toml::Value::String(text) if text.starts_with(|c: char| c.is_ascii_digit()) => format!("'{text}'"),
            toml::Value::String(text) => text.clone(),
            toml::Value::Array(items) => {
                let items: Vec<&str> = items.iter().map(|item| item.as_str().expect("a string")).collect();
                format!("[{}]", items.join(", "))
            }
            toml::Value::Boolean(flag) => flag.to_string(),
            other => panic!("{key}: {other:?} has no place in a hook.md"),
        };
        let _ = writeln!(yaml, "{dash}{key}: {value}");
    }
}

/// Every binary named in a manual is built by this package: prek looks it up by the first word of the entry.
#[test]
fn every_entry_begins_with_a_binary() {
    for line in read(".pre-commit-hooks.yaml").lines().filter_map(|line| line.trim().strip_prefix("entry: ")) {
        let binary = line.split(' ').next().unwrap_or_default();
        assert!(root().join(format!("src/bin/{binary}.rs")).exists(), "{binary} is not in src/bin");
    }
}

/// The README shows a part of what was measured; it is measured again more often than the README is read.
#[test]
fn the_times_of_the_readme_are_those_of_the_peers() {
    let (readme, peers) = (read("README.md"), read("docs/peers.md"));
    let (_, measured) = readme.split_once("## Measured").expect("a section");
    let (measured, _) = measured.split_once("\n## ").expect("a section behind it");
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let times: Vec<String> = measured.lines().filter(|line| line.starts_with('|')).flat_map(cells).collect();
    let times: Vec<&str> = times.iter().filter_map(|cell| cell.strip_suffix(" ms")).collect();
    assert!(times.len() > 15, "{times:?}");
    let known: Vec<String> =
        peers.lines().filter(|line| line.starts_with("| `")).filter_map(|line| cells(line).get(2).cloned()).collect();
    for time in times {
        assert!(known.iter().any(|known| known == time), "{time} ms is in README.md and not in docs/peers.md");
    }
    for line in peers.lines().filter(|line| line.starts_with("### Published packages") || line.starts_with("### Two packages")) {
        let (_, size) = line.rsplit_once(": ").expect("a size");
        let (size, _) = size.split_once(" (").expect("how many runs");
        assert!(measured.contains(size), "{size} is in docs/peers.md and not in README.md");
    }
}
