//! Credential files with a syntax of their own: `.netrc`, `.pgpass`, PuTTY keys; and SQL statements that set a password.
//! Promises to read by the file's grammar, wherever the text stands.
//! Knows no other files: INI, YAML and the like have names, which the generic rules judge.

use std::ops::Range;

use super::{candidate, word};
use crate::rule::Rule;
use crate::secret::{Candidate, Found, entropy, placeholder};
use crate::source::Source;

/// Bytes of one `machine` entry.
const ENTRY_MAX: usize = 512;

/// `machine ` stands at `hit`: `machine NAME login NAME password` and the value follow, on one line or several.
pub fn netrc(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    let text: &[u8] = &source.text;
    let entry = text.get(hit.start..text.len().min(hit.start + ENTRY_MAX)).unwrap_or_default();
    let mut words = words(entry);
    let machine = words.next();
    let keys: Vec<Range<usize>> = words.by_ref().take(8).collect();
    let is = |range: &Range<usize>, key: &[u8]| entry.get(range.clone()) == Some(key);
    if machine.is_none_or(|first| first.start != 0)
        || !keys.get(1).is_some_and(|second| is(second, b"login") || is(second, b"password"))
    {
        return;
    }
    let Some(at) = keys.iter().skip(1).position(|word| is(word, b"password")) else { return };
    if let Some(range) = keys.get(at + 2)
        && let Some(value) = entry.get(range.clone())
    {
        let against = if is_variable(value) { Some("a variable") } else { placeholder::is_placeholder(value, None) };
        found.push_unless(against, candidate(rule, hit.start + range.start..hit.start + range.end, value, 0));
    }
}

fn words(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.iter().position(|b| !b.is_ascii_whitespace())?;
        at = start + text.get(start..)?.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len() - start);
        Some(start..at)
    })
}

fn is_variable(value: &[u8]) -> bool {
    value.iter().any(|&b| matches!(b, b'$' | b'{' | b'(' | b'<' | b'"' | b'\''))
}

/// `:5432:` stands at `hit`: a line `host:port:database:user:V` of `.pgpass` (PostgreSQL manual §34.16).
pub fn pgpass(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    let text: &[u8] = &source.text;
    let start = word::line_start(text, hit.start);
    let Some(line) = text.get(start..word::line_end(text, hit.end)) else { return };
    let fields: Vec<&[u8]> = line.split(|&b| b == b':').take(6).collect();
    let [host, _, database, user, value] = fields.as_slice() else { return };
    let is_name = |name: &[u8]| !name.is_empty() && name.iter().all(|&b| b.is_ascii_alphanumeric() || b"-._*".contains(&b));
    let is_bare = value.len() >= 4 && !value.iter().any(|&b| b <= b' ' || matches!(b, b'"' | b'\'' | b'$' | b'{' | b'/' | b'<'));
    if is_name(host) && is_name(database) && is_name(user) && is_bare {
        let end = start + line.len();
        found.push_unless(placeholder::is_placeholder(value, None), candidate(rule, end - value.len()..end, *value, 0));
    }
}

/// `PuTTY-User-Key-File-` stands at `hit`.
pub fn putty(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    found.extend(putty_key(&source.text, rule, hit));
}

fn putty_key(text: &[u8], rule: &'static Rule, hit: Range<usize>) -> Option<Candidate> {
    const KEY_MAX: usize = 16 * 1024;
    const PRIVATE_LINES: &[u8] = b"Private-Lines: ";
    if !matches!(text.get(hit.end..)?, [b'1'..=b'9', b':', ..]) {
        return None;
    }
    let file = text.get(hit.start..text.len().min(hit.start + KEY_MAX))?;
    let next = file.get(hit.len()..).and_then(|rest| memchr::memmem::find(rest, b"PuTTY-User-Key-File-"));
    let file = file.get(..next.map_or(file.len(), |at| at + hit.len()))?;
    let lines_at = memchr::memmem::find(file, PRIVATE_LINES)?;
    let count_at = lines_at + PRIVATE_LINES.len();
    let digits = file.get(count_at..)?.iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    // Code that writes such files has no number there.
    let body_start =
        (digits > 0 && matches!(file.get(count_at + digits), Some(b'\r' | b'\n' | b'\\'))).then_some(count_at + digits)?;
    let body = file.get(body_start..)?;
    let mac = memchr::memmem::find(body, b"Private-").unwrap_or(body.len());
    let body = body.get(..mac)?;
    let mut value = Vec::new();
    let mut rest = body;
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'\\', [_, tail @ ..]) => tail,
            _ => tail,
        };
        if first.is_ascii_alphanumeric() || matches!(first, b'+' | b'/' | b'=') {
            value.push(*first);
        }
    }
    if value.len() < 32 || entropy::shannon(&value) < 3.5 {
        return None;
    }
    let end = hit.start + body_start + body.trim_ascii_end().len();
    Some(candidate(rule, hit.start..end, value, 0))
}

/// Whether a word that statements about users begin with stands before `at` in the same statement; prose has `identified by` too.
fn has_statement(text: &[u8], at: usize) -> bool {
    const REACH: usize = 256;
    const VERBS: &[&[u8]] = &[b"create", b"alter", b"grant", b"set ", b"user", b"role", b"login"];
    let before = text.get(at.saturating_sub(REACH)..at).unwrap_or_default();
    let before = before.rsplit(|b| matches!(b, b';' | b'`')).next().unwrap_or_default().to_ascii_lowercase();
    VERBS.iter().any(|verb| memchr::memmem::find(&before, verb).is_some())
}

/// Behind MySQL's `IDENTIFIED WITH plugin BY`, if that is what leads to `at`.
fn after_plugin(text: &[u8], at: usize) -> usize {
    const LONGEST: usize = 40;
    let rest = text.get(at..text.len().min(at + LONGEST)).unwrap_or_default();
    let name = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let by = rest.get(name..name + 4).is_some_and(|word| word.eq_ignore_ascii_case(b" by "));
    if name > 0 && by { word::skip_blanks(text, at + name + 4) } else { at }
}

/// `IDENTIFIED BY` or `PASSWORD` stands at `hit`, in either case: a statement that sets a password.
pub fn sql(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    let text: &[u8] = &source.text;
    let is_capital = text.get(hit.start).is_some_and(u8::is_ascii_uppercase);
    if !is_capital && !has_statement(text, hit.start) {
        return;
    }
    let mut start = after_plugin(text, word::skip_blanks(text, hit.end));
    for filler in [&b"password "[..], b"values ", b"= ", b"="] {
        if text.get(start..start + filler.len()).is_some_and(|found| found.eq_ignore_ascii_case(filler)) {
            start = word::skip_blanks(text, start + filler.len());
        }
    }
    let range = word::value(text, start, b";,)");
    let is_quoted = matches!(text.get(start), Some(b'"' | b'\'' | b'\\'));
    if let Some(value) = text.get(range.clone())
        && is_quoted
        && value.len() >= 4
        && !value.iter().any(|&b| matches!(b, b'$' | b'{' | b'%' | b'?' | b'+') || b <= b' ')
    {
        found.push_unless(placeholder::is_placeholder(value, None), candidate(rule, range, value, 0));
    }
}
