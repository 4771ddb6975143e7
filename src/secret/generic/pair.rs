//! A name and its value as two entries of one record: `{name: DB_PASSWORD, value: …}`, `<add key="Password" value="…"/>`, Terraform's
//! variables, a user with a password in parentheses. Promises a look of at most 512 bytes from the name to the value.
//! Reads only the order name, value, without other entries between.

use std::ops::Range;

use super::context::{Site, byte};
use super::literal::{self, Cut};
use super::syntax::Syntax;

/// What names the entry with the name.
const NAMES: &[&[u8]] = &[b"name", b"key", b"Name", b"Key", b"id"];

/// The value that belongs to a name whose quotes close at `closed`, if the name is itself the value of an entry called *name* or *key*.
pub fn value(site: &Site<'_>, closed: usize) -> Option<Range<usize>> {
    const BETWEEN: usize = 128;
    let text = site.text;
    // Only a quote, a comma, a blank or a line end can stand here; most names are followed by something else.
    let gap = text.get(closed..)?.iter().take(BETWEEN).take_while(|b| b.is_ascii_whitespace() || **b == b',').count();
    let word = closed + gap;
    let opened = word + usize::from(matches!(byte(text, word), b'"' | b'\''));
    let rest = text.get(opened..opened + 5).filter(|_| gap > 0)?;
    if !rest.eq_ignore_ascii_case(b"value") || !is_named(site.line_before()) {
        return None;
    }
    let behind = opened + 5 + usize::from(opened > word);
    let separator = literal::skip_blanks(text, behind, false);
    if !matches!(byte(text, separator), b':' | b'=') {
        return None;
    }
    let at = literal::skip_blanks(text, separator + 1, false);
    literal::quoted(text, at).or_else(|| literal::bare(text, at, Cut::Yaml).filter(|_| site.syntax == Syntax::Yaml))
}

/// Whether the line ends in `name: `, `"key": "` or `name="`.
pub fn is_named(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let line = line.strip_suffix(b"\"").or_else(|| line.strip_suffix(b"'")).unwrap_or(line).trim_ascii_end();
    let Some(line) = line.strip_suffix(b":").or_else(|| line.strip_suffix(b"=")) else { return false };
    let line = line.strip_suffix(b"\"").or_else(|| line.strip_suffix(b"'")).unwrap_or(line);
    NAMES.iter().any(|name| line.ends_with(name))
}

/// The default of a Terraform variable whose quoted name closes at `closed`: `variable "db_password" { default = "value" }`.
pub fn variable(site: &Site<'_>, closed: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 512;
    let text = site.text;
    if byte(text, literal::skip_blanks(text, closed, false)) != b'{' || !site.line_before().trim_ascii().starts_with(b"variable")
    {
        return None;
    }
    let block = text.get(closed..text.len().min(closed + LONGEST))?;
    let block = block.get(..memchr::memchr(b'}', block)?)?;
    let keyword = memchr::memmem::find(block, b"default")? + b"default".len();
    let equals = literal::skip_blanks(text, closed + keyword, false);
    (byte(text, equals) == b'=').then(|| literal::quoted(text, literal::skip_blanks(text, equals + 1, false)))?
}

/// The password in `("user", "password")`, whose parenthesis opens at `at`.
pub fn login(text: &[u8], at: usize) -> Option<Range<usize>> {
    let user = literal::quoted(text, literal::skip_blanks(text, at + 1, true)).filter(|_| byte(text, at) == b'(')?;
    let comma = literal::skip_blanks(text, user.end + 1, false);
    let password = literal::quoted(text, literal::skip_blanks(text, comma + 1, true)).filter(|_| byte(text, comma) == b',')?;
    let behind = literal::skip_blanks(text, password.end + 1, true);
    let close = if byte(text, behind) == b',' { literal::skip_blanks(text, behind + 1, true) } else { behind };
    (byte(text, close) == b')').then_some(password)
}
