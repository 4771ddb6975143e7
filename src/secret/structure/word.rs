//! Reads one value as command lines, credential files and connection strings write it: quoted, or bare up to a blank.
//! Promises to look at most 1 KiB ahead and never over a line end.
//! Undoes no escapes: a backslash in a value stays.

use std::ops::Range;

/// Longest value.
const MAX: usize = 1024;

/// The value at `start`: inside quotes, or up to white space or one of `ends`. Empty if none stands there.
pub fn value(text: &[u8], start: usize, ends: &[u8]) -> Range<usize> {
    let rest = text.get(start..text.len().min(start + MAX)).unwrap_or_default();
    match rest {
        [b'\\', quote @ (b'"' | b'\''), inner @ ..] => quoted(inner, start + 2, *quote),
        [quote @ (b'"' | b'\''), inner @ ..] => quoted(inner, start + 1, *quote),
        _ => {
            let is_end = |&b: &u8| b <= b' ' || b == b'"' || b == b'\'' || b == b'`' || ends.contains(&b);
            start..start + rest.iter().position(is_end).unwrap_or(rest.len())
        }
    }
}

fn quoted(inner: &[u8], start: usize, quote: u8) -> Range<usize> {
    match memchr::memchr2(quote, b'\n', inner) {
        Some(end) if inner.get(end) == Some(&quote) => {
            let cut = inner.get(..end).unwrap_or_default();
            start..start + cut.strip_suffix(b"\\").unwrap_or(cut).len()
        }
        _ => start..start,
    }
}

/// Where the line of `at` ends, at most [`MAX`] bytes on.
pub fn line_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..text.len().min(at + MAX)).unwrap_or_default();
    at + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}

/// Where the line of `at` starts, at most [`MAX`] bytes back.
pub fn line_start(text: &[u8], at: usize) -> usize {
    let from = at.saturating_sub(MAX);
    text.get(from..at).and_then(|before| memchr::memrchr2(b'\n', b'\r', before)).map_or(from, |end| from + end + 1)
}

/// Skips blanks from `at` on.
pub fn skip_blanks(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..text.len().min(at + MAX)).unwrap_or_default();
    at + rest.iter().take_while(|&&b| b == b' ' || b == b'\t').count()
}

/// Whether a letter, digit, `_` or `-` stands right before `at`.
pub fn is_inside_word(text: &[u8], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| text.get(before)).is_some_and(|&b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}
