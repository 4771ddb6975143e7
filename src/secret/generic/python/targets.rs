//! Assignments to several names at once: `user, password = "ada", "value"`.
//! Promises nothing where there are not as many values as names.
//! Knows no starred values.

use super::super::binding::Form;
use super::reader::Reader;
use crate::python::token::Kind;

/// How many names stand before this one, if it is one of several that are given values at once.
pub fn before(line: &[u8]) -> Option<usize> {
    let line = line.trim_ascii_start();
    let line = line.strip_prefix(b"(").or_else(|| line.strip_prefix(b"[")).unwrap_or(line);
    if line.is_empty() {
        return Some(0);
    }
    let mut names = line.strip_suffix(b" ").unwrap_or(line).strip_suffix(b",")?.split(|b| *b == b',');
    names.clone().all(is_target).then(|| names.by_ref().count())
}

/// Whether an equals sign stands on the line behind `at`, and something that may be a literal behind it.
pub fn may_follow(text: &[u8], at: usize) -> bool {
    const LINE: usize = 256;
    let rest = text.get(at..text.len().min(at + LINE)).unwrap_or_default();
    let line = rest.get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default();
    let behind = memchr::memchr(b'=', line).and_then(|equals| line.get(equals..)).unwrap_or_default();
    behind.iter().any(|b| matches!(b, b'"' | b'\'' | b'(' | b'['))
}

/// `name`, `self.name`, `*names`, `x["name"]`.
fn is_target(name: &[u8]) -> bool {
    let name = name.trim_ascii();
    let name = name.strip_prefix(b"*").unwrap_or(name);
    name.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
        && name.iter().all(|b| b.is_ascii_alphanumeric() || b"_.[]\"'".contains(b))
}

/// How many names stand behind this one, up to an equals sign.
pub fn behind(reader: &mut Reader<'_>) -> Option<usize> {
    let mut count = 0;
    loop {
        match (reader.kind()?, reader.word()) {
            (_, b"=") => return Some(count),
            (_, b",") => count += 1,
            (Kind::Name | Kind::String, _) | (_, b"." | b"*" | b"[" | b"]" | b")") => {}
            _ => return None,
        }
        reader.take();
    }
}

/// Reads what `count` names are given whose equals sign is next, and keeps what the one with this number is given. Whether there are
/// as many values, and nothing else.
pub fn values(reader: &mut Reader<'_>, number: usize, count: usize) -> bool {
    reader.take();
    let is_enclosed = reader.takes(b"(") || reader.takes(b"[");
    let mut place = 0;
    loop {
        if reader.second().1 == b"=" || !is_enclosed && reader.kind() == Some(Kind::Newline) {
            return false;
        }
        let kept = reader.found.len();
        reader.expression(Form::Quoted);
        if place != number {
            reader.found.truncate(kept);
        }
        place += 1;
        if !reader.takes(b",") {
            let is_closed = !is_enclosed || reader.takes(b")") || reader.takes(b"]");
            return place == count && is_closed && reader.is_at_end();
        }
    }
}
