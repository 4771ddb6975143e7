//! A file before and after its fix, without its secrets.
//! Promises as many lines as the file has, no part of a value found in the run, and nothing that acts on a terminal.
//! Compares nothing.

use std::ops::Range;

use super::File;
use crate::finding::{Edit, Fix, Redacted, Secrets, Subject};
use crate::settle::Outcome;
use crate::source::is_unprintable;

/// Shorter values of other files are words that may be part of any text.
const SHORTEST: usize = 8;

/// The text of `file` before and after, as it may be shown.
pub(super) fn before_and_after(file: &File<'_>, outcome: &Outcome) -> (String, String) {
    let found = outcome.settled.iter().filter_map(|settled| match &settled.finding.subject {
        Subject::Secret(value) => Some((&settled.finding, value)),
        Subject::Plain(_) => None,
    });
    let places = found.filter_map(|(finding, value)| {
        let is_here = finding.path == *file.source.path;
        let place = if is_here { finding.span.start..finding.span.end } else { 0..0 };
        (is_here || is_long(value)).then_some((place, value))
    });
    let text: &[u8] = &file.source.text;
    let hidden = Secrets::new(file.source, places).hidden_in(text);
    let mut edits = file.fix.edits.clone();
    edits.sort();
    let after = hidden.iter().flat_map(|range| outside(range.clone(), &edits)).map(|range| mask(text, range));
    let after: Vec<Edit> = after.chain(edits.iter().cloned()).collect();
    let before: Vec<Edit> = hidden.into_iter().map(|range| mask(text, range)).collect();
    // Neither can contradict itself: hidden ranges are apart, and those of the second text are cut at the edits.
    let apply = |edits: Vec<Edit>| printable(&Fix { edits }.apply(text).unwrap_or_default());
    (apply(before), apply(after))
}

fn is_long(value: &Redacted) -> bool {
    value.with(|value| value.len() >= SHORTEST)
}

/// What of a range no edit changes.
fn outside(range: Range<usize>, edits: &[Edit]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut at = range.start;
    for edit in edits.iter().filter(|edit| edit.start < range.end && edit.end > range.start) {
        parts.push(at..edit.start.max(at));
        at = at.max(edit.end);
    }
    parts.push(at..range.end.max(at));
    parts.retain(|part| !part.is_empty());
    parts
}

/// `…` for each line of the range.
fn mask(text: &[u8], range: Range<usize>) -> Edit {
    let hidden = text.get(range.clone()).unwrap_or_default();
    let lines: Vec<&str> = hidden.split(|&b| b == b'\n').map(|line| if line.is_empty() { "" } else { "…" }).collect();
    Edit::new(range, lines.join("\n"))
}

fn printable(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text).replace("\r\n", "\n");
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unprintable(c) && c != '\n' && c != '\t' {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_at_the_edits() {
        let edits = [Edit::new(0..0, "x"), Edit::new(2..4, "y"), Edit::new(6..8, "z")];
        assert_eq!(outside(1..7, &edits), [1..2, 4..6]);
        assert!(outside(2..4, &edits).is_empty());
        assert_eq!(outside(8..9, &edits).first(), Some(&(8..9)));
    }

    #[test]
    fn every_line_of_a_value_is_a_line() {
        assert_eq!(mask(b"a'one\ntwo\n'b", 2..10).text, "…\n…\n");
    }

    #[test]
    fn nothing_acts_on_a_terminal() {
        assert_eq!(printable(b"a\x1b[2J\tb\r\nc\rd\n"), "a\\u{1b}[2J\tb\nc\\u{d}d\n");
    }
}
