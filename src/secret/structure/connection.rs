//! Passwords among the keys of a connection string: ADO.NET and ODBC (`Server=…;Password=…`), JDBC (`jdbc:…?user=…&password=…`), libpq.
//! Promises to take a pair only among neighbours that make it a connection string.
//! Leaves lone `password=…` pairs to the generic rules.

use std::ops::Range;

use super::{Doubted, candidate, offer, word};
use crate::rule::Rule;
use crate::secret::{Found, placeholder};
use crate::source::Source;

/// Keys that a connection string has besides a password.
const NEIGHBOURS: &[&[u8]] = &[
    b"server=",
    b"data source=",
    b"datasource=",
    b"host=",
    b"uid=",
    b"user id=",
    b"userid=",
    b"user=",
    b"username=",
    b"database=",
    b"dbname=",
    b"initial catalog=",
    b"driver=",
    b"jdbc:",
    b"endpoint=",
    b"dsn=",
    b"servername=",
    b"port=",
];

/// `password=` or `pwd=` stands at `hit`, in either case.
pub fn at(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    offer(found, pair(&source.text, rule, hit));
}

/// How far to each side a neighbour may stand.
const AROUND: usize = 200;

fn pair(text: &[u8], rule: &'static Rule, hit: Range<usize>) -> Option<Doubted> {
    if word::is_inside_word(text, hit.start) {
        return None;
    }
    let start = word::skip_blanks(text, hit.end);
    let range = word::value(text, start, b";&<>,)\\");
    let value = text.get(range.clone())?;
    if value.len() < 4 || value.iter().any(|&b| matches!(b, b'(' | b'{' | b'[')) {
        return None;
    }
    let from = word::line_start(text, hit.start).max(hit.start.saturating_sub(AROUND));
    let to = word::line_end(text, range.end).min(range.end + AROUND);
    let before = text.get(from..hit.start)?.to_ascii_lowercase();
    let is_pair = match before.trim_ascii_end().last() {
        Some(b';' | b'?' | b'&') => has_neighbour(&before) || has_neighbour(text.get(range.end..to)?),
        Some(b'"' | b'\'') => has_neighbour(text.get(range.end..to)?),
        // libpq separates its keys by blanks; elsewhere a blank stands before a keyword argument.
        Some(_) => has(&before, b"host=") && has(&before, b"user="),
        None => has_neighbour(text.get(range.end..to)?) && text.get(range.end) == Some(&b';'),
    };
    // In code, a bare name behind `password=` is a variable.
    let is_variable = before.trim_ascii_end().last().is_none_or(|&b| b == b',')
        && value.iter().all(|&b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'.'));
    if !is_pair {
        return None;
    }
    let against = if is_variable { Some("a variable") } else { placeholder::is_placeholder(value, None) };
    Some((candidate(rule, range.clone(), value, 0), against))
}

fn has_neighbour(side: &[u8]) -> bool {
    let side = side.to_ascii_lowercase();
    NEIGHBOURS.iter().any(|key| has(&side, key))
}

fn has(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}
