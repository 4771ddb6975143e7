//! Kubernetes manifests of `kind: Secret`: every entry of `data` (base64) and `stringData` is declared to be a secret, whatever its name.
//! Promises to look at one document, at most 1 MiB to either side of its kind, and at a line once for each mapping that it is nested in.
//! Reads block style; JSON and flow style hold names and values that the generic rules see.

use std::ops::Range;

use data_encoding::BASE64;

use super::word;
use crate::rule::Rule;
use crate::secret::decode::Decoded;
use crate::secret::{Candidate, Found, generic};
use crate::source::Source;

/// How far to each side the document is read: Kubernetes takes no larger Secret.
const REACH: usize = 1024 * 1024;
/// Manifests stand in lists and in lists of lists, not deeper.
const COLUMN_MAX: usize = 32;

/// `kind: Secret` stands at `hit`.
pub fn at(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    let text: &[u8] = &source.text;
    for entry in entries(text, hit.start) {
        let name = text.get(entry.name.clone()).unwrap_or_default();
        let range = entry.value.clone();
        match entry.decoded(text) {
            Some(bytes) => {
                judge(rule, name, &bytes, &range, Some("base64"), found);
                found.decoded.push(Decoded { range, bytes, encoding: "base64" });
            }
            None => judge(rule, name, text.get(range.clone()).unwrap_or_default(), &range, None, found),
        }
    }
}

/// Judges the value that an entry has at `range`, unless it is a file, which has names of its own.
fn judge(rule: &'static Rule, name: &[u8], value: &[u8], range: &Range<usize>, via: Option<&'static str>, found: &mut Found) {
    if memchr::memchr(b'\n', value.trim_ascii_end()).is_none() {
        let judged = generic::declared(rule, name, value, found.dismissed.is_some());
        let placed = |candidate| Candidate { range: range.clone(), via: via.into_iter().collect(), ..candidate };
        found.extend(judged.map(placed));
    }
}

/// One entry of `data` or `stringData`.
#[derive(Debug)]
struct Entry {
    name: Range<usize>,
    value: Range<usize>,
    is_encoded: bool,
}

impl Entry {
    /// The bytes behind an entry of `data`; `None` if they are written as they are.
    fn decoded(&self, text: &[u8]) -> Option<Vec<u8>> {
        let symbols: Vec<u8> = text.get(self.value.clone())?.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
        BASE64.decode(&symbols).ok().filter(|_| self.is_encoded)
    }
}

/// The entries of the manifest whose kind stands at `hit`; none if it is no manifest.
fn entries(text: &[u8], hit: usize) -> Vec<Entry> {
    let start = word::line_start(text, hit);
    let column = hit - start;
    if column > COLUMN_MAX || !text.get(start..hit).is_some_and(|lead| lead.iter().all(|b| matches!(b, b' ' | b'-'))) {
        return Vec::new();
    }
    // A second kind belongs to another mapping, and so the lines between two of them are read twice at most.
    let is_ours = |line: &Line| line.belongs(column) && !(line.column == column && line.key(text) == Some(b"kind"));
    let mut above: Vec<Line> = Vec::new();
    let mut at = start;
    while let Some(line) = Line::before(text, at).filter(|line| is_ours(line) && start - line.start <= REACH) {
        at = line.start;
        let opens = line.opens_item && line.column == column;
        above.push(line);
        if opens {
            break;
        }
    }
    let is_next = |line: &Line| is_ours(line) && !(line.opens_item && line.column == column) && line.start - start <= REACH;
    let below = Lines { text, at: start }.skip(1).take_while(is_next);
    let mut reading = Reading::default();
    for line in above.into_iter().rev().chain(below).filter(|line| !line.is_skipped) {
        reading.line(text, &line, column);
    }
    reading.entries.retain(|entry| !entry.value.is_empty());
    if reading.has_version { reading.entries } else { Vec::new() }
}

/// What has been read of a manifest.
#[derive(Debug, Default)]
struct Reading {
    has_version: bool,
    /// Whether the lines belong to `data` (`true`) or `stringData`; `None` elsewhere.
    is_encoded: Option<bool>,
    /// The column of the entries.
    column: usize,
    entries: Vec<Entry>,
}

impl Reading {
    fn line(&mut self, text: &[u8], line: &Line, column: usize) {
        if line.column == column {
            let key = line.key(text).unwrap_or_default();
            self.has_version |= key == b"apiVersion";
            self.is_encoded = match key {
                b"data" => Some(true),
                b"stringData" => Some(false),
                _ => None,
            };
            self.column = 0;
        } else if let Some(is_encoded) = self.is_encoded {
            if self.column == 0 {
                self.column = line.column;
            }
            match line.pair(text).filter(|_| line.column == self.column) {
                Some((name, value)) => self.entries.push(Entry { name, value, is_encoded }),
                None => self.go_on(line),
            }
        }
    }

    /// A further line of a block scalar.
    fn go_on(&mut self, line: &Line) {
        if let Some(entry) = self.entries.last_mut() {
            let start = if entry.value.is_empty() { line.content().start } else { entry.value.start };
            entry.value = start..line.content().end;
        }
    }
}

/// A line and how it stands.
#[derive(Clone, Debug)]
struct Line {
    start: usize,
    end: usize,
    /// Where its text starts, behind blanks and the dash of a list item.
    column: usize,
    opens_item: bool,
    /// Blank or a comment.
    is_skipped: bool,
    is_document_end: bool,
}

impl Line {
    fn new(text: &[u8], start: usize, end: usize) -> Self {
        let line = text.get(start..end).unwrap_or_default();
        let end = start + line.trim_ascii_end().len();
        let blanks = line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let rest = line.get(blanks..).unwrap_or_default();
        let opens_item = rest.starts_with(b"- ");
        let dash = if opens_item { rest.iter().take_while(|b| matches!(b, b'-' | b' ')).count() } else { 0 };
        Self {
            start,
            end,
            column: blanks + dash,
            opens_item,
            is_skipped: rest.trim_ascii().is_empty() || rest.starts_with(b"#"),
            is_document_end: line.starts_with(b"---") || line.starts_with(b"..."),
        }
    }

    /// The line that ends before `start`.
    fn before(text: &[u8], start: usize) -> Option<Self> {
        let end = start.checked_sub(1)?;
        let from = memchr::memrchr(b'\n', text.get(..end)?).map_or(0, |at| at + 1);
        Some(Self::new(text, from, end))
    }

    /// Whether it is a part of the mapping whose keys stand in `column`.
    fn belongs(&self, column: usize) -> bool {
        self.is_skipped || self.column >= column && !self.is_document_end
    }

    fn content(&self) -> Range<usize> {
        self.start + self.column..self.end
    }

    fn key<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        text.get(self.pair(text)?.0)
    }

    /// Name and value of `name: value`, without quotes; the value of a block scalar is empty.
    fn pair(&self, text: &[u8]) -> Option<(Range<usize>, Range<usize>)> {
        let content = self.content();
        let line = text.get(content.clone())?;
        let colon = memchr::memchr(b':', line)?;
        if !matches!(line.get(colon + 1), None | Some(b' ' | b'\t' | b'\r')) {
            return None;
        }
        let name = word::value(text, content.start, b":");
        let start = word::skip_blanks(text, content.start + colon + 1).min(content.end);
        let value = word::value(text, start, b"");
        let is_block = matches!(text.get(start), Some(b'|' | b'>'));
        Some((name, if is_block || value.end > content.end { start..start } else { value }))
    }
}

/// The lines from `at` on.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = self.at + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = Line::new(self.text, self.at, end);
        self.at = end + 1;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name and value of each entry around the first kind.
    fn read(text: &str) -> Vec<(&str, &str)> {
        let entries = entries(text.as_bytes(), text.find("kind: Secret").unwrap());
        entries.into_iter().map(|entry| (&text[entry.name], &text[entry.value])).collect()
    }

    #[test]
    fn entries_stand_above_and_below_the_kind() {
        let text =
            "data:\n  a: QQ==  # one\n  'b': \"Qg==\"\nkind: Secret\nstringData:\n  c: x\nother:\n  d: y\napiVersion: v1\n";
        assert_eq!(read(text), [("a", "QQ=="), ("b", "Qg=="), ("c", "x")]);
    }

    #[test]
    fn a_block_is_one_value_and_carriage_returns_are_none() {
        let text = "apiVersion: v1\r\nkind: Secret\r\ndata:\r\n  a: |\r\n    QUFB\r\n    QkJC\r\n  b: QQ==\r\n";
        assert_eq!(read(text), [("a", "QUFB\r\n    QkJC"), ("b", "QQ==")]);
    }

    #[test]
    fn lists_in_other_parts_end_nothing() {
        let text = "data:\n  a: QQ==\nmetadata:\n  owners:\n    - name: x\nkind: Secret\napiVersion: v1\n";
        assert_eq!(read(text), [("a", "QQ==")]);
    }

    #[test]
    fn blank_lines_and_comments_end_nothing() {
        let text = "apiVersion: v1\nkind: Secret\ndata:\n  a: QQ==\n\n# the next\n  # one\n  b: Qg==\n";
        assert_eq!(read(text), [("a", "QQ=="), ("b", "Qg==")]);
    }

    #[test]
    fn what_belongs_to_another_mapping_is_none_of_it() {
        let item = |kind: &str| format!("  - apiVersion: v1\n    kind: {kind}\n    data:\n      {kind}: QQ==\n");
        let list = ["List", "Secret", "ConfigMap"].map(item).concat();
        assert_eq!(read(&format!("items:\n{list}")), [("Secret", "QQ==")]);
        assert_eq!(read("apiVersion: v1\nkind: Secret\ndata:\n  a: QQ==\n---\ndata:\n  b: QQ==\n"), [("a", "QQ==")]);
        assert_eq!(read("apiVersion: v1\nkind: Secret\ndata:\n  a: QQ==\nkind: Other\ndata:\n  b: QQ==\n"), [("a", "QQ==")]);
        assert_eq!(read("kind: Secret\ndata:\n  a: QQ==\n"), [], "no manifest");
    }
}
