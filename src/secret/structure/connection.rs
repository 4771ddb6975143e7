//! Passwords among the keys of a connection string: ADO.NET and ODBC (`Server=…;Password=…`), JDBC (`jdbc:…?user=…&password=…`), libpq.
//! Promises to take a pair only among neighbours that make it a connection string.
//! Leaves lone `password=…` pairs to the generic rules.

use std::ops::Range;

use super::{candidate, word};
use crate::rule::Rule;
use crate::secret::{Candidate, placeholder};
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
pub fn at(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Vec<Candidate>) {
    found.extend(pair(&source.text, rule, hit));
}

fn pair(text: &[u8], rule: &'static Rule, hit: Range<usize>) -> Option<Candidate> {
    if word::is_inside_word(text, hit.start) {
        return None;
    }
    let start = word::skip_blanks(text, hit.end);
    let line = word::line_start(text, hit.start)..word::line_end(text, hit.end);
    let neighbours = [text.get(line.start..hit.start)?, text.get(start..line.end)?].map(<[u8]>::to_ascii_lowercase);
    let has_neighbour = neighbours.iter().any(|side| NEIGHBOURS.iter().any(|key| memchr::memmem::find(side, key).is_some()));
    let before = neighbours.first()?.trim_ascii_end().last().copied();
    let is_separated = matches!(before, Some(b';' | b'?' | b'&' | b'"' | b'\'' | b'=') | None)
        || memchr::memmem::find(neighbours.first()?, b"host=").is_some();
    if !has_neighbour || !is_separated {
        return None;
    }
    let range = word::value(text, start, b";&<>,)\\");
    let value = text.get(range.clone())?;
    let is_code = value.iter().any(|&b| matches!(b, b'(' | b'{' | b'['))
        || value.starts_with(b"self.")
        || value.contains(&b'.') && before.is_none();
    // A keyword argument `password=name` is a variable, not a string.
    let is_variable = matches!(before, None | Some(b'=')) && value.iter().all(|&b| b.is_ascii_alphabetic() || b == b'_');
    if value.len() < 4 || is_code || is_variable || placeholder::is_placeholder(value, None).is_some() {
        return None;
    }
    Some(candidate(rule, range.clone(), value, 0))
}
