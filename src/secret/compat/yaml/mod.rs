//! The YAML reading of detect-secrets: the strings and binaries that are values of mappings, each as a line `key: "value"`.
//! Promises the values and line numbers that detect-secrets gets from PyYAML's safe loader (YAML 1.1), or the same refusal; the line
//! is where PyYAML's scanner stands, so that its look-ahead is followed step by step. Scalars in sequences, keys and comments are lost.

mod compose;
mod construct;
mod event;
mod resolve;
mod scalar;
mod scanner;
mod tag;
mod token;

use std::collections::HashSet;

use super::emitted::Emitted;
use super::python::{is_space, split_lines, strip};

/// The lines that stand for a YAML file; `None` if it is none, or holds more than one document.
pub(super) fn transform(text: &str) -> Option<Emitted> {
    if !text.chars().all(is_printable) {
        return None;
    }
    let mut values = construct::values(compose::document(text)?)?;
    values.sort_by_key(|value| value.line);
    let lines: Vec<&str> = split_lines(text).collect();
    let mut emitted = Emitted::default();
    let mut seen = HashSet::new();
    for value in values {
        let line = lines.get(value.line)?;
        if !seen.insert((value.key.clone(), value.text.clone(), value.line)) {
            continue;
        }
        let escaped = value.text.replace('"', "\\\"");
        emitted.put(value.line, |out| out.extend([&value.key, ": \"", &escaped, "\"", comment(strip(line))]));
    }
    Some(emitted)
}

/// Why a text is not read; which reason makes no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Refused;

type Read<T> = Result<T, Refused>;

/// A string or binary that is the value of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Value {
    key: String,
    /// A binary is in base64 again.
    text: String,
    /// From 0.
    line: usize,
}

/// Control characters, surrogates and the last two code points of the first plane are not allowed in YAML.
fn is_printable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Blanks and what follows the first `#` after them, up to a blank that is not a space.
fn comment(line: &str) -> &str {
    let mut from = 0;
    while let Some(at) = line.get(from..).and_then(|rest| rest.find('#')).map(|at| from + at) {
        let before = line.get(..at).unwrap_or_default();
        let start = before.trim_end_matches(is_space).len();
        if start < at {
            let rest = line.get(start..).unwrap_or_default();
            let text = line.get(at..).unwrap_or_default();
            let end = at - start + text.find(|c| is_space(c) && c != ' ').unwrap_or(text.len());
            return rest.get(..end).unwrap_or_default();
        }
        from = at + 1;
    }
    ""
}

#[cfg(test)]
mod tests;
