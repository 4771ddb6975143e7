//! `KeywordDetector`: a value assigned to, or compared with, a name that sounds secret.
//! Promises the same value as detect-secrets 1.5.0 for each of its ten shapes, in time linear in the line.
//! Which shapes apply depends on the extension alone; filters are applied by the caller.

use std::ops::Range;

use memchr::{memchr3, memchr3_iter};

use super::python::{fold, is_space, is_word};

/// The names: a head, and a tail that may follow after an underscore or at once.
const STEMS: [(&str, &str); 18] = [
    ("api", "key"),
    ("auth", "key"),
    ("service", "key"),
    ("account", "key"),
    ("db", "key"),
    ("database", "key"),
    ("priv", "key"),
    ("private", "key"),
    ("client", "key"),
    ("db", "pass"),
    ("database", "pass"),
    ("key", "pass"),
    ("password", ""),
    ("passwd", ""),
    ("pwd", ""),
    ("secret", ""),
    ("contraseña", ""),
    ("contrasena", ""),
];

/// Every spelling of the names in lower-case ASCII, for the prefilter; `contraseña` as far as it is ASCII.
pub(super) fn spellings() -> impl Iterator<Item = String> {
    STEMS.iter().flat_map(|&(head, tail)| {
        let head = head.split_once('ñ').map_or(head, |(ascii, _)| ascii);
        let underscored = (!tail.is_empty()).then(|| format!("{head}_{tail}"));
        std::iter::once(format!("{head}{tail}")).chain(underscored)
    })
}

/// One way to write name, operator and value. `K` is a name with its suffix, `V` the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `K := V`
    ColonEquals,
    /// `K: V`
    Colon,
    /// `K: "V"`
    ColonQuoted,
    /// `K[9] = @"V"`
    Subscript,
    /// `K("V"`, `K.assign("V"`
    Call,
    /// `K = V`, `K === V`, `K != V`
    Equals,
    /// `K = "V"`
    EqualsQuoted,
    /// `"V" == K`
    Reversed,
    /// `K … "V";`
    Semicolon,
    /// `K => "V"`
    Arrow,
}

/// The shapes of a file, by its extension with the dot.
pub(super) fn shapes(extension: &[u8]) -> &'static [Shape] {
    use Shape::{Arrow, Call, Colon, ColonEquals, ColonQuoted, Equals, EqualsQuoted, Reversed, Semicolon, Subscript};
    match extension {
        b".yaml" | b".yml" | b".eyaml" | b".cnf" | b".conf" | b".cfg" | b".cf" | b".ini" | b".properties" | b".toml" => {
            &[Colon, Reversed, Equals, Semicolon]
        }
        b".go" => &[ColonEquals, Reversed, Equals, Semicolon],
        b".m" | b".cs" | b".c" => &[Subscript],
        b".cpp" => &[Call, EqualsQuoted],
        _ => &[ColonQuoted, Reversed, EqualsQuoted, Semicolon, Arrow],
    }
}

/// Whether a file with this extension is of a type that detect-secrets knows by name: such a file is never read as INI without a header.
pub(super) fn is_named_type(extension: &[u8]) -> bool {
    let named: &[&[u8]] = &[b".cls", b".example", b".java", b".js", b".php", b".py", b".pyi", b".swift", b".tf"];
    named.contains(&extension) || !matches!(shapes(extension), [Shape::ColonQuoted, ..])
}

/// The values of a line, at most one per shape.
pub(super) fn find(line: &str, shapes: &[Shape], found: &mut impl FnMut(Range<usize>)) {
    let names = names(line);
    if names.is_empty() {
        return;
    }
    for &shape in shapes {
        if let Some(value) = (Search { line, shape, stop: 0..0, backtick: None }).first(&names) {
            found(value);
        }
    }
}

/// A name in a line: where it ends, and whether it is written in lower case.
struct Name {
    end: usize,
    exact: bool,
}

fn names(line: &str) -> Vec<Name> {
    let mut names = Vec::new();
    for (start, c) in line.char_indices() {
        if matches!(c, 'a' | 'A' | 's' | 'S' | 'ſ' | 'd' | 'D' | 'p' | 'P' | 'c' | 'C' | 'k' | 'K' | '\u{212a}')
            && let Some(end) = name_at(line, start, true)
        {
            names.push(Name { end, exact: name_at(line, start, false).is_some() });
        }
    }
    names
}

fn name_at(line: &str, start: usize, ignore_case: bool) -> Option<usize> {
    STEMS.iter().find_map(|&(head, tail)| {
        let end = literal(line, start, head, ignore_case)?;
        let after = if tail.is_empty() { end } else { end + usize::from(byte(line, end) == Some(b'_')) };
        literal(line, after, tail, ignore_case)
    })
}

/// The end of `expected` at `start`.
fn literal(line: &str, start: usize, expected: &str, ignore_case: bool) -> Option<usize> {
    let mut rest = line.get(start..)?.chars();
    for e in expected.chars() {
        let c = rest.next()?;
        if c != e && !(ignore_case && fold(c) == e) {
            return None;
        }
    }
    Some(line.len() - rest.as_str().len())
}

fn byte(line: &str, at: usize) -> Option<u8> {
    line.as_bytes().get(at).copied()
}

/// The end of the run of characters that pass, from `at`.
fn skip(line: &str, at: usize, pass: impl Fn(char) -> bool) -> usize {
    let rest = line.get(at..).unwrap_or_default();
    line.len() - rest.trim_start_matches(pass).len()
}

fn blanks(line: &str, at: usize) -> usize {
    skip(line, at, is_space)
}

const QUOTES: [u8; 3] = [b'\'', b'"', b'`'];

struct Search<'l> {
    line: &'l str,
    shape: Shape,
    /// The last stretch known to be free of `'`, `"` and U+000B; its end is one of them or the end of the line.
    stop: Range<usize>,
    /// The last backtick that may close a value: the end of its stretch, how far down was searched, the backtick.
    backtick: Option<(usize, usize, Option<usize>)>,
}

impl Search<'_> {
    fn first(&mut self, names: &[Name]) -> Option<Range<usize>> {
        if self.shape == Shape::Reversed {
            if !names.iter().any(|name| name.exact) || memchr::memchr2(b'=', b'!', self.line.as_bytes()).is_none() {
                return None;
            }
            let quotes = memchr3_iter(b'\'', b'"', b'`', self.line.as_bytes());
            return quotes.into_iter().find_map(|at| self.quoted(at));
        }
        // All that follows depends only on where the word ends, so that a second name in the same word need not be tried.
        let mut tried = None;
        let any_case = self.shape != Shape::Call;
        names.iter().filter(|name| name.exact || any_case).find_map(|name| {
            if tried.is_some_and(|end| name.end <= end) {
                return None;
            }
            let end = skip(self.line, name.end, is_word);
            tried = Some(end);
            self.after_name(end)
        })
    }

    fn after_name(&mut self, end: usize) -> Option<Range<usize>> {
        let line = self.line;
        match self.shape {
            Shape::ColonEquals => {
                let at = literal(line, blanks(line, closing(line, end)), ":=", false)?;
                self.maybe_quoted(blanks(line, at))
            }
            Shape::Colon => {
                let at = literal(line, closing(line, end), ":", false)?;
                self.maybe_quoted(blanks(line, at))
            }
            Shape::ColonQuoted => {
                let at = literal(line, closing(line, end), ":", false)?;
                self.quoted(blanks(line, at))
            }
            Shape::Equals => self.maybe_quoted(blanks(line, equals(line, blanks(line, closing(line, end)))?)),
            Shape::EqualsQuoted => self.quoted(blanks(line, equals(line, blanks(line, closing(line, end)))?)),
            Shape::Arrow => {
                let at = literal(line, blanks(line, closing(line, end)), "=", false)?;
                self.quoted(blanks(line, at + usize::from(byte(line, at) == Some(b'>'))))
            }
            Shape::Subscript => self.subscript(end),
            Shape::Call => self.call(end),
            Shape::Semicolon => self.semicolon(end),
            Shape::Reversed => None,
        }
    }

    fn subscript(&mut self, end: usize) -> Option<Range<usize>> {
        let line = self.line;
        let mut at = end;
        if byte(line, at) == Some(b'[') {
            at = literal(line, skip(line, at + 1, |c| c.is_ascii_digit()), "]", false)?;
        }
        at = blanks(line, at);
        let operator = skip(line, at, |c| matches!(c, '!' | '='));
        if !(1..=2).contains(&(operator - at)) {
            return None;
        }
        at = blanks(line, operator);
        at += usize::from(byte(line, at) == Some(b'@'));
        if byte(line, at) == Some(b'"') { self.quoted(at) } else { None }
    }

    fn call(&mut self, end: usize) -> Option<Range<usize>> {
        let line = self.line;
        let next = line.get(end..)?.chars().next()?;
        let assigned = if next == '\n' { None } else { literal(line, end + next.len_utf8(), "assign(\"", false) };
        let direct = || literal(line, end, "(\"", false);
        assigned.and_then(|at| self.quoted(at - 1)).or_else(|| direct().and_then(|at| self.quoted(at - 1)))
    }

    /// Up to 50 characters that are not blank, then blanks, then a quoted value.
    fn semicolon(&mut self, end: usize) -> Option<Range<usize>> {
        let line = self.line;
        let mut at = end;
        for _ in 0..=50 {
            if let Some(value) = self.quoted(blanks(line, at)) {
                return Some(value);
            }
            let c = line.get(at..)?.chars().next()?;
            if is_space(c) {
                return None;
            }
            at += c.len_utf8();
        }
        None
    }

    fn maybe_quoted(&mut self, at: usize) -> Option<Range<usize>> {
        match byte(self.line, at) {
            Some(b'\'' | b'"' | b'`') => self.quoted(at),
            _ => self.bare(at),
        }
    }

    fn starts_value(&self, at: usize) -> bool {
        self.line.get(at..).and_then(|rest| rest.chars().next()).is_some_and(is_word)
    }

    /// A value without quotes: up to the next quote, less what may not be last.
    fn bare(&mut self, at: usize) -> Option<Range<usize>> {
        if !self.starts_value(at) {
            return None;
        }
        let stop = self.next_stop(at);
        let value = self.line.get(at..stop)?.trim_end_matches([',', '`']);
        Some(at..at + value.len())
    }

    /// A value between equal quotes, the first of them at `at`, followed by what the shape wants.
    fn quoted(&mut self, at: usize) -> Option<Range<usize>> {
        let quote = byte(self.line, at).filter(|quote| QUOTES.contains(quote))?;
        let start = at + 1;
        if !self.starts_value(start) {
            return None;
        }
        let stop = self.next_stop(start);
        let end = if quote == b'`' { self.last_backtick(start, stop)? } else { stop };
        (byte(self.line, end) == Some(quote) && self.may_close(end)).then_some(start..end)
    }

    /// Whether a quote at `at` may end a value: what is before it may be last, and what is after it fits the shape.
    fn may_close(&self, at: usize) -> bool {
        if matches!(at.checked_sub(1).and_then(|last| byte(self.line, last)), None | Some(b',' | b'`')) {
            return false;
        }
        match self.shape {
            Shape::Semicolon => byte(self.line, at + 1) == Some(b';'),
            Shape::Reversed => self.is_compared(at + 1),
            _ => true,
        }
    }

    /// A comparison with a word that holds a name.
    fn is_compared(&self, at: usize) -> bool {
        let line = self.line;
        let at = blanks(line, at);
        let operator = skip(line, at, |c| matches!(c, '!' | '='));
        if !(2..=3).contains(&(operator - at)) {
            return false;
        }
        let start = blanks(line, operator);
        let word = line.get(start..skip(line, start, is_word)).unwrap_or_default();
        word.char_indices().any(|(at, _)| name_at(word, at, false).is_some())
    }

    fn next_stop(&mut self, at: usize) -> usize {
        if !self.stop.contains(&at) {
            let rest = self.line.as_bytes().get(at..).unwrap_or_default();
            self.stop = at..at + memchr3(b'\'', b'"', b'\x0b', rest).unwrap_or(rest.len());
        }
        self.stop.end
    }

    /// The last backtick of `start..stop` that may close a value.
    fn last_backtick(&mut self, start: usize, stop: usize) -> Option<usize> {
        let (mut low, mut found) = (stop, None);
        if let Some((known, searched, last)) = self.backtick
            && known == stop
        {
            (low, found) = (searched, last);
        }
        if found.is_none() && start < low {
            let stretch = self.line.as_bytes().get(start..low)?;
            found = memchr::memrchr_iter(b'`', stretch).map(|at| start + at).find(|&at| self.may_close(at));
            low = start;
        }
        self.backtick = Some((stop, low, found));
        found.filter(|&at| at > start)
    }
}

/// Up to two of `]`, `'`, `"`.
fn closing(line: &str, at: usize) -> usize {
    let run = line.as_bytes().iter().skip(at).take(2).take_while(|b| matches!(b, b']' | b'\'' | b'"')).count();
    at + run
}

/// `=`, `==`, `===`, `!=` or `!==`.
fn equals(line: &str, at: usize) -> Option<usize> {
    let bang = usize::from(byte(line, at) == Some(b'!'));
    let end = skip(line, at + bang, |c| c == '=');
    (1..=3 - bang).contains(&(end - at - bang)).then_some(end)
}

#[cfg(test)]
#[path = "keyword_tests.rs"]
mod tests;
