//! Who may import whom, and which crate is named where.

use std::collections::BTreeSet;

use crate::{expect_none, files, relative};

/// Who may import whom (ARCHITECTURE.md). A module may use modules of a lower number, and those listed beside it.
const LAYERS: &[(&str, u8)] = &[
    ("source", 0),
    ("gap", 0),
    ("archive", 1),
    ("notebook", 1),
    ("snapshot", 1),
    ("python", 1),
    ("glob", 1),
    ("rule", 1),
    ("ruleset", 2),
    ("matcher", 2),
    ("secret", 3),
    ("finding", 3),
    ("config", 4),
    ("hook", 5),
    ("settle", 5),
    ("report", 6),
    ("store", 6),
    ("cache", 6),
    ("pipeline", 7),
    ("cli", 8),
];
/// Equal layers that may meet, each for the reason given.
const NEIGHBOURS: &[(&str, &str)] = &[
    // A candidate carries its value as `finding::Redacted`.
    ("secret", "finding"),
];

/// `source` of `src/source.rs`, `snapshot` of `src/snapshot/id.rs`.
fn module_of(relative: &str) -> &str {
    relative.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default()
}

#[test]
fn no_module_imports_from_above() {
    let layer = |module: &str| LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer);
    let mut faults = Vec::new();
    for file in files("src", ".rs") {
        let relative = relative(&file);
        let module = module_of(&relative).to_owned();
        if relative == "src/lib.rs" || module == "bin" {
            continue;
        }
        let own = layer(&module).unwrap_or_else(|| panic!("{relative}: add `{module}` to LAYERS"));
        let text = fs_err::read_to_string(&file).unwrap();
        let imports: BTreeSet<&str> = text
            .split("crate::")
            .skip(1)
            .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())
            .collect();
        for import in imports.into_iter().filter(|import| *import != module) {
            let Some(theirs) = layer(import) else { continue };
            let allowed = theirs < own || NEIGHBOURS.contains(&(module.as_str(), import));
            if !allowed {
                faults.push(format!("{relative}: `{module}` must not use `crate::{import}`"));
            }
        }
    }
    expect_none(&faults);
}

/// Crates that belong to one place: git to the snapshot, the terminal's colours to the text report, arguments to the command line.
#[test]
fn crates_stay_where_they_belong() {
    let homes: &[(&str, &[&str])] = &[
        ("git2", &["snapshot"]),
        // `secret` packs archives in its tests.
        ("flate2", &["archive", "secret", "snapshot"]),
        ("clap", &["cli", "report"]),
        ("owo_colors", &["report", "cli"]),
        ("rayon", &["pipeline"]),
        ("similar", &["cli", "settle"]),
        ("console", &["cli"]),
    ];
    let mut faults = Vec::new();
    for file in files("src", ".rs") {
        let relative = relative(&file);
        let module = module_of(&relative);
        let text = fs_err::read_to_string(&file).unwrap();
        for (name, allowed) in homes {
            if text.contains(&format!("{name}::")) && !allowed.contains(&module) {
                faults.push(format!("{relative}: `{name}` belongs to {}", allowed.join(", ")));
            }
        }
    }
    expect_none(&faults);
}
