//! Kubernetes manifests of `kind: Secret`: every entry of `data` (base64) and `stringData` is declared to be a secret, whatever its name.
//! Promises to look at one document, at most 1 MiB to either side of its kind,
//! and a line for as many documents as it may be nested in.
//! Reads block style; JSON and flow style hold names and values that the generic rules see.

use std::ops::Range;

use data_encoding::BASE64;

use super::word;
use crate::rule::Rule;
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
        let decoded = entry.decoded(text);
        let Some(value) = decoded.as_deref().or_else(|| text.get(entry.value.clone())) else { continue };
        // A file in an entry has names of its own; the scan goes on inside it.
        if memchr::memchr(b'\n', value.trim_ascii_end()).is_some() {
            continue;
        }
        let name = text.get(entry.name.clone()).unwrap_or_default();
        let judged = generic::declared(rule, name, value, found.dismissed.is_some());
        let via = decoded.is_some().then_some("base64");
        found.extend(judged.map(|candidate| Candidate {
            range: entry.value.clone(),
            via: via.into_iter().collect(),
            ..candidate
        }));
    }
}

/// The files in base64 that the `data` of the manifest around `hit` holds: where each stands, and its bytes.
pub fn files(text: &[u8], hit: usize) -> impl Iterator<Item = (Range<usize>, Vec<u8>)> {
    entries(text, hit).into_iter().filter_map(|entry| Some((entry.value.clone(), entry.decoded(text)?)))
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
        let opens = line.opens_item;
        above.push(line);
        if opens {
            break;
        }
    }
    let is_next = |line: &Line| is_ours(line) && !(line.opens_item && line.column == column) && line.start - start <= REACH;
    let below = Lines { text, at: start }.skip(1).take_while(is_next);
    let mut reading = Reading::default();
    for line in above.into_iter().rev().chain(below) {
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

/// A line that is neither blank nor a comment.
#[derive(Clone, Debug)]
struct Line {
    start: usize,
    end: usize,
    /// Where its text starts, behind blanks and the dash of a list item.
    column: usize,
    opens_item: bool,
    is_skipped: bool,
    is_document_end: bool,
}

impl Line {
    fn new(text: &[u8], start: usize, end: usize) -> Self {
        let line = text.get(start..end).unwrap_or_default();
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
        if self.is_skipped {
            return None;
        }
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
