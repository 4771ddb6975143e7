//! Token formats: a pattern, tried only where one of its keywords stands.
//! Promises bounded work a hit: an anchored pattern looks at most 16 KiB ahead, any other at most 2 KiB to each side within its line.
//! Judges a match by its boundary, entropy and checksum; names and placeholders are judged elsewhere.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use super::{Candidate, checksum, entropy};
use crate::finding::Redacted;
use crate::rule::{Boundary, Confidence, Matcher, Pattern, Rule};

const AHEAD: usize = 16 * 1024;
const AROUND: usize = 2 * 1024;

/// The patterns of a rule table, compiled on first use.
#[derive(Debug)]
pub struct Patterns {
    rules: &'static [&'static Rule],
    compiled: Vec<OnceLock<Option<Regex>>>,
}

/// How far unanchored patterns have looked already, by rule number: keeps many hits on one line linear.
pub type Searched = HashMap<u16, usize>;

impl Patterns {
    pub fn new(rules: &'static [&'static Rule]) -> Self {
        Self { rules, compiled: rules.iter().map(|_| OnceLock::new()).collect() }
    }

    /// Tries rule `number` whose keyword `spelling` stands at `hit`.
    pub fn try_at(
        &self,
        text: &[u8],
        number: u16,
        spelling: &str,
        hit: Range<usize>,
        searched: &mut Searched,
        found: &mut Vec<Candidate>,
    ) {
        let Some(&rule) = self.rules.get(usize::from(number)) else { return };
        let Matcher::Pattern(pattern) = &rule.matcher else { return };
        if !pattern.ignore_case && text.get(hit.clone()) != Some(spelling.as_bytes()) {
            return;
        }
        let Some(regex) = self.regex(number, pattern) else { return };
        if pattern.anchored {
            let window = hit.start..text.len().min(hit.start + AHEAD);
            found.extend(matches(rule, pattern, regex, text, window));
            return;
        }
        let done = searched.entry(number).or_default();
        if hit.start < *done {
            return;
        }
        let window = line_window(text, &hit);
        *done = if window.end == hit.end + AROUND { window.end - AROUND / 2 } else { window.end };
        found.extend(matches(rule, pattern, regex, text, window));
    }

    fn regex(&self, number: u16, pattern: &Pattern) -> Option<&Regex> {
        let compiled = self.compiled.get(usize::from(number))?.get_or_init(|| {
            let source = if pattern.anchored { format!("\\A(?:{})", pattern.regex) } else { pattern.regex.to_string() };
            RegexBuilder::new(&source).unicode(false).case_insensitive(pattern.ignore_case).build().ok()
        });
        debug_assert!(compiled.is_some(), "invariant: build.rs compiled every pattern");
        compiled.as_ref()
    }
}

/// The line around a hit, at most [`AROUND`] bytes to each side.
fn line_window(text: &[u8], hit: &Range<usize>) -> Range<usize> {
    let from = hit.start.saturating_sub(AROUND);
    let to = text.len().min(hit.end + AROUND);
    let before = text.get(from..hit.start).unwrap_or_default();
    let behind = text.get(hit.end..to).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(from, |at| from + at + 1);
    let end = memchr::memchr(b'\n', behind).map_or(to, |at| hit.end + at);
    start..end
}

fn matches<'t>(
    rule: &'static Rule,
    pattern: &'static Pattern,
    regex: &'t Regex,
    text: &'t [u8],
    window: Range<usize>,
) -> impl Iterator<Item = Candidate> + 't {
    let slice = text.get(window.clone()).unwrap_or_default();
    regex.captures_iter(slice).filter_map(move |captures| {
        let whole = captures.get(0)?;
        let value = captures.name("value").unwrap_or(whole);
        let range = window.start + value.start()..window.start + value.end();
        if pattern.boundary == Boundary::Word && !stands_alone(text, window.start + whole.start()..window.start + whole.end()) {
            return None;
        }
        judge(rule, pattern, value.as_bytes(), range)
    })
}

fn judge(rule: &'static Rule, pattern: &Pattern, value: &[u8], range: Range<usize>) -> Option<Candidate> {
    if pattern.entropy.is_some_and(|floor| entropy::shannon(value.get(pattern.shown..).unwrap_or(value)) < floor) {
        return None;
    }
    let mut notes = Vec::new();
    let mut confidence = rule.confidence;
    if let Some(kind) = pattern.checksum {
        if checksum::is_right(kind, value) {
            confidence = Confidence::High;
            notes.push("its checksum is right".to_string());
        } else {
            confidence = if confidence == Confidence::High { Confidence::Medium } else { Confidence::Low };
            notes.push("its checksum is wrong: an old, mistyped or invented token".to_string());
        }
    }
    let value = Redacted::new(value, pattern.shown);
    Some(Candidate { rule, range, value, confidence, name: None, via: Vec::new(), notes })
}

/// Whether no letter, digit or underscore touches the range; `\n`, `\t`, `\r`, `\"` and percent escapes before it do not count.
fn stands_alone(text: &[u8], range: Range<usize>) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if text.get(range.end).is_some_and(|&byte| is_word(byte)) {
        return false;
    }
    let before = text.get(range.start.saturating_sub(3)..range.start).unwrap_or_default();
    match before {
        [.., b'\\', b'n' | b't' | b'r'] | [] => true,
        [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => true,
        [.., last] => !is_word(*last),
    }
}
