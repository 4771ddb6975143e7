//! Writes `baseline/known-fakes.toml` as a sorted array of byte strings into OUT_DIR.
//! Promises that every entry says what it is and where it is published.
//! The look-up is `src/secret/placeholder.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;

const FILE: &str = "baseline/known-fakes.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownFakes {
    fake: Vec<Fake>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fake {
    value: String,
    what: String,
    source: String,
}

/// Writes `known_fakes.rs`.
pub fn write(out: &Path, faults: &mut Vec<String>) {
    match read() {
        Ok(values) => {
            let rows: Vec<String> = values.iter().map(|value| format!("b\"{}\"", value.as_bytes().escape_ascii())).collect();
            fs::write(out.join("known_fakes.rs"), format!("&[{}]", rows.join(", "))).expect("invariant: OUT_DIR is writable");
        }
        Err(fault) => faults.push(format!("{FILE}:{fault}")),
    }
}

fn read() -> Result<BTreeSet<String>, String> {
    let text = fs::read_to_string(FILE).map_err(|error| format!("1: {error}"))?;
    let fakes: KnownFakes = toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        format!("{}: {}", text.get(..start).unwrap_or_default().matches('\n').count() + 1, error.message())
    })?;
    let mut values = BTreeSet::new();
    for Fake { value, what, source } in fakes.fake {
        let value = value.replace('·', "");
        let line = || text.lines().position(|line| line.contains(&what)).map_or(1, |at| at + 1);
        if what.is_empty() || !source.starts_with("https://") {
            return Err(format!("{}: an entry says what it is and links to where it is published", line()));
        }
        if !values.insert(value) {
            return Err(format!("{}: the value is listed twice", line()));
        }
    }
    Ok(values)
}
