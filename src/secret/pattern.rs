//! Token formats: a pattern, tried only where one of its keywords stands.
//! Promises bounded work a hit: an anchored pattern looks as far as it can match and at most 16 KiB ahead, any other at most 2 KiB to
//! each side within its line; and no look beyond the budget of the text.
//! Judges a match by its boundary, entropy, checksum and blankness; names are judged elsewhere.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use super::scan::{Budget, Scope};
use super::{Candidate, Found, blank, checksum, entropy};
use crate::finding::Redacted;
use crate::rule::{Boundary, Confidence, Matcher, Pattern, Rule};

const AHEAD: usize = 16 * 1024;
const AROUND: usize = 2 * 1024;
/// Length of a keyword that random bytes do not come to.
const TELLING: usize = 6;

/// The patterns of a rule table, compiled on first use.
#[derive(Debug)]
pub struct Patterns {
    rules: &'static [&'static Rule],
    compiled: Vec<OnceLock<Option<Regex>>>,
}

/// How the patterns stand with one text.
#[derive(Debug)]
pub struct Searched {
    pub scope: Scope,
    /// How far unanchored ones have looked already, by rule number: keeps many hits on one line linear.
    done: HashMap<u16, usize>,
}

impl Searched {
    pub fn new(scope: Scope) -> Self {
        Self { scope, done: HashMap::new() }
    }
}

impl Patterns {
    pub fn new(rules: &'static [&'static Rule]) -> Self {
        Self { rules, compiled: rules.iter().map(|_| OnceLock::new()).collect() }
    }

    /// Tries rule `number`, one of whose keywords stands at `hit`.
    pub fn try_at(
        &self,
        text: &[u8],
        number: u16,
        hit: Range<usize>,
        searched: &mut Searched,
        budget: &mut Budget,
        found: &mut Found,
    ) {
        let Some(&rule) = self.rules.get(usize::from(number)) else { return };
        let Matcher::Pattern(pattern) = &rule.matcher else { return };
        // Among bytes the field before may touch a word that is none by chance.
        let is_told = searched.scope == Scope::Bytes && hit.len() >= TELLING;
        let is_word = pattern.boundary == Boundary::Word && !is_told;
        let done = searched.done.entry(number).or_default();
        let window = if pattern.anchored {
            if is_word && pattern.checksum.is_none() && !begins_alone(text, hit.start) {
                return found.mention(rule, hit.start, "a letter or digit stands right before it");
            }
            hit.start..text.len().min(hit.start + pattern.reach.map_or(AHEAD, |reach| AHEAD.min(reach + 1)))
        } else if hit.start < *done {
            return;
        } else {
            let window = line_window(text, &hit);
            *done = if window.end == hit.end + AROUND { window.end - AROUND / 2 } else { window.end };
            window
        };
        if !budget.allows(window.len()) {
            return;
        }
        if let Some(regex) = self.regex(number, pattern) {
            let at = At { text, window, hit: hit.start, is_word, scope: searched.scope };
            at.matches(rule, pattern, regex, found);
        }
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

/// A place where a pattern is tried.
struct At<'t> {
    text: &'t [u8],
    window: Range<usize>,
    hit: usize,
    /// Whether a match has to stand alone.
    is_word: bool,
    scope: Scope,
}

impl At<'_> {
    fn matches(self, rule: &'static Rule, pattern: &Pattern, regex: &Regex, found: &mut Found) {
        let Self { text, window, hit, is_word, scope } = self;
        let slice = text.get(window.clone()).unwrap_or_default();
        let mut is_mention = true;
        for captures in regex.captures_iter(slice) {
            let Some(whole) = captures.get(0) else { continue };
            is_mention = false;
            let value = captures.name("value").unwrap_or(whole);
            let range = window.start + value.start()..window.start + value.end();
            let whole = window.start + whole.start()..window.start + whole.end();
            let is_proven = pattern.checksum.is_some_and(|kind| checksum::is_right(kind, value.as_bytes()));
            // Among bytes the next field may touch it.
            let is_last = scope == Scope::Bytes || !text.get(whole.end).is_some_and(|&byte| is_byte_of_word(byte));
            let goes_on = is_word && !is_proven && !(is_last && begins_alone(text, whole.start));
            let (candidate, against) = judge(rule, pattern, value.as_bytes(), range);
            found.push_unless(if goes_on { Some("letters or digits touch it") } else { against }, candidate);
        }
        if is_mention {
            found.mention(rule, hit, "a word of the rule stands here, but nothing of its format");
        }
    }
}

/// The match as a candidate, and what speaks against it.
fn judge(rule: &'static Rule, pattern: &Pattern, value: &[u8], range: Range<usize>) -> (Candidate, Option<&'static str>) {
    let secret = value.get(pattern.shown..).unwrap_or(value);
    let mut against = match pattern.entropy {
        Some(floor) if entropy::shannon(secret) < floor => Some("too few different characters to be random"),
        _ if pattern.digit && !secret.iter().any(u8::is_ascii_digit) => Some("letters without a digit, as a name has"),
        _ => blank::is_known_fake(value).then_some("a published example"),
    };
    let mut notes = Vec::new();
    let mut confidence = rule.confidence;
    match pattern.checksum {
        Some(kind) if checksum::is_right(kind, value) => {
            confidence = Confidence::High;
            notes.push("its checksum is right".to_string());
        }
        _ if blank::is_blank(secret) => against = against.or(Some("nothing random behind the prefix")),
        Some(_) => {
            confidence = if confidence == Confidence::High { Confidence::Medium } else { Confidence::Low };
            notes.push("its checksum is wrong: an old, mistyped or invented token".to_string());
        }
        None => {}
    }
    (Candidate { confidence, notes, ..Candidate::new(rule, range, Redacted::new(value, pattern.shown)) }, against)
}

/// Whether no letter, digit or underscore stands before `start`; the escapes `\n`, `\t`, `\r` and `%xx` do not count as such.
pub(super) fn begins_alone(text: &[u8], start: usize) -> bool {
    match text.get(start.saturating_sub(3)..start).unwrap_or_default() {
        [] | [.., b'\\', b'n' | b't' | b'r'] => true,
        [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => true,
        [.., last] => !is_byte_of_word(*last),
    }
}

fn is_byte_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
