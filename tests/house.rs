//! The house rules that no compiler checks: layers, generated files, rule hygiene.
//! `BLESS=1 cargo test --test house` rewrites the generated files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Compares a generated file with what is committed, or rewrites it when asked to.
fn bless(path: &str, expected: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(root().join(path), expected).expect("the generated file is writable");
    }
    let actual = fs::read_to_string(root().join(path)).unwrap_or_default();
    assert!(actual == expected, "{path} is out of date: run `BLESS=1 cargo test --test house`");
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the entry is readable").path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// Who may import whom (ARCHITECTURE.md). A module may use modules of a lower number, and those listed beside it.
const LAYERS: &[(&str, u8)] = &[
    ("source", 0),
    ("snapshot", 1),
    ("rule", 1),
    ("secret", 2),
    ("finding", 2),
    ("config", 3),
    ("hook", 4),
    ("settle", 4),
    ("report", 5),
    ("store", 5),
    ("pipeline", 6),
    ("cli", 7),
];
/// Equal layers that may meet, each for the reason given.
const NEIGHBOURS: &[(&str, &str)] = &[
    // A candidate carries its value as `finding::Redacted`.
    ("secret", "finding"),
    // A hook names its rules in the words of `settle`.
    ("hook", "settle"),
];

#[test]
fn no_module_imports_from_above() {
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    let layer = |module: &str| LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer);
    let mut faults = Vec::new();
    for file in files {
        let relative = file.strip_prefix(root().join("src")).expect("invariant: below src").to_string_lossy().replace('\\', "/");
        let module = relative.split(['/', '.']).next().unwrap_or_default().to_string();
        if relative == "lib.rs" || module == "bin" {
            continue;
        }
        let own = layer(&module).unwrap_or_else(|| panic!("src/{relative}: add `{module}` to LAYERS"));
        let text = fs::read_to_string(&file).expect("the source is readable");
        let imports: BTreeSet<&str> = text
            .split("crate::")
            .skip(1)
            .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())
            .collect();
        for import in imports.into_iter().filter(|import| *import != module) {
            let Some(theirs) = layer(import) else { continue };
            let allowed = theirs < own || NEIGHBOURS.contains(&(module.as_str(), import));
            if !allowed {
                faults.push(format!("src/{relative}: `{module}` must not use `crate::{import}`"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Crates that belong to one place: git to the snapshot, the terminal's colours to the text report, arguments to the command line.
#[test]
fn crates_stay_where_they_belong() {
    let homes: &[(&str, &[&str])] = &[
        ("git2", &["snapshot"]),
        ("clap", &["cli", "report"]),
        ("owo_colors", &["report", "cli"]),
        ("rayon", &["pipeline"]),
        ("similar", &["cli", "settle"]),
        ("indicatif", &["cli"]),
    ];
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    let mut faults = Vec::new();
    for file in files {
        let relative = file.strip_prefix(root().join("src")).expect("invariant: below src").to_string_lossy().replace('\\', "/");
        let module = relative.split(['/', '.']).next().unwrap_or_default();
        let text = fs::read_to_string(&file).expect("the source is readable");
        for (name, allowed) in homes {
            if text.contains(&format!("{name}::")) && !allowed.contains(&module) {
                faults.push(format!("src/{relative}: `{name}` belongs to {}", allowed.join(", ")));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_published_hooks_are_those_of_the_manuals() {
    let mut yaml = String::from("# Generated from hooks/*/hook.md by `BLESS=1 cargo test --test house`; edit those.\n");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root().join("hooks")).expect("hooks/").map(|e| e.expect("entry").path()).collect();
    folders.sort();
    for manual in folders.iter().map(|folder| folder.join("hook.md")).filter(|manual| manual.exists()) {
        let text = fs::read_to_string(&manual).expect("the manual is readable");
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
        yaml.push_str(&format!("{dash}{key}: {value}\n"));
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

/// Secrets in the tree are broken by a middle dot; nothing known lies in our own baseline.
#[test]
fn our_own_baseline_is_empty() {
    for name in [".secrets.baseline", ".gatewright-baseline.jsonl"] {
        assert!(!root().join(name).exists(), "{name}: this repository forgives nothing");
    }
}
