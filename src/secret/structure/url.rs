//! Credentials in URLs: `scheme://user:password@host` (RFC 3986 §3.2.1), tolerantly, and Go's `user:password@tcp(host)`.
//! Promises to read the password as a client does: up to the last `@`, percent escapes undone.
//! Leaves templates, examples and published passwords alone.

use std::ops::Range;

use super::{Doubted, candidate, offer};
use crate::rule::{Confidence, Rule};
use crate::secret::{Found, blank, entropy, generic, placeholder};
use crate::source::Source;

/// Longest authority that is read.
const MAX: usize = 1024;
/// Longest scheme: `postgresql+asyncpg`, `mongodb+srv`.
const SCHEME_MAX: usize = 32;

/// `://` or `@tcp(` stands at `hit`.
pub fn at(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    let text: &[u8] = &source.text;
    if text.get(hit.clone()) == Some(b"://") {
        offer(found, after_scheme(text, rule, hit));
    } else {
        offer(found, before_address(text, rule, hit));
    }
}

fn after_scheme(text: &[u8], rule: &'static Rule, hit: Range<usize>) -> Option<Doubted> {
    let rest = text.get(hit.end..text.len().min(hit.end + MAX))?;
    // In most texts no `@` follows: look for one before anything else.
    memchr::memchr(b'@', rest)?;
    let before = text.get(hit.start.saturating_sub(SCHEME_MAX)..hit.start)?;
    let scheme_length =
        before.iter().rev().take_while(|&&b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-')).count();
    let scheme = before.get(before.len() - scheme_length..)?;
    let limit = rest.iter().position(|&b| is_end(b)).unwrap_or(rest.len());
    if scheme.is_empty() {
        return None;
    }
    let authority = rest.get(..limit)?;
    let at = user_end(authority, scheme.starts_with(b"http"))?;
    let (user, password, offset) = split(authority.get(..at)?);
    let host = authority.get(at + 1..)?;
    let host = host.get(..host.iter().position(|&b| matches!(b, b'/' | b'?' | b'#' | b',')).unwrap_or(host.len()))?;
    let range = hit.end + offset..hit.end + at;
    judge(rule, user, password, host, range)
}

/// White space, quotes and brackets end a URL in any text.
fn is_end(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b'|' | b'^') || byte == 0x7f
}

/// Where the user information ends: the last `@` of the authority. Outside of HTTP, where passwords of data stores stand, a password may
/// hold `/ ? #` unescaped if what follows its first colon is not a port.
fn user_end(authority: &[u8], is_http: bool) -> Option<usize> {
    let strict = authority.iter().position(|&b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(authority.len());
    if let Some(at) = memchr::memrchr(b'@', authority.get(..strict)?) {
        return Some(at);
    }
    let colon = memchr::memchr(b':', authority.get(..strict)?)?;
    let is_port = authority.get(colon + 1..strict)?.iter().all(u8::is_ascii_digit);
    if is_http || is_port { None } else { memchr::memchr(b'@', authority) }
}

/// User, password and the password's offset. A user alone may be a token: then there is no user.
fn split(user_info: &[u8]) -> (Option<&[u8]>, &[u8], usize) {
    match memchr::memchr(b':', user_info).and_then(|colon| Some((colon, user_info.split_at_checked(colon)?))) {
        Some((colon, (user, password))) => (Some(user), password.get(1..).unwrap_or_default(), colon + 1),
        None => (None, user_info, 0),
    }
}

/// `user:password@tcp(host:3306)/name`: the address of Go's database drivers.
fn before_address(text: &[u8], rule: &'static Rule, hit: Range<usize>) -> Option<Doubted> {
    let from = hit.start.saturating_sub(MAX);
    let before = text.get(from..hit.start)?;
    let length = before.iter().rev().take_while(|&&b| !is_end(b)).count();
    let start = hit.start - length;
    let (user, password, offset) = split(before.get(before.len() - length..)?);
    let host = text.get(hit.end..)?.get(..64).unwrap_or_default();
    let host = host.get(..host.iter().position(|&b| matches!(b, b')' | b':')).unwrap_or(0))?;
    user?;
    judge(rule, user, password, host, start + offset..hit.start)
}

fn judge(rule: &'static Rule, user: Option<&[u8]>, password: &[u8], host: &[u8], range: Range<usize>) -> Option<Doubted> {
    let value = percent_decoded(password);
    let is_host = host.iter().all(|&b| b.is_ascii_alphanumeric() || b"-._:[]%{}$()*".contains(&b) || b >= 0x80);
    if value.is_empty() || host.is_empty() || !is_host {
        return None;
    }
    let against = match user {
        _ if value.len() < 3 => Some("too short"),
        _ if is_reserved(host) && !looks_random(&value) => Some("words before a host that documentation uses"),
        _ if is_stand_in(host) && !looks_random(&value) => Some("a word that stands for a host"),
        _ if is_interpolated(&value) => Some("a template"),
        _ if memchr::memmem::find(&value, b"***").is_some() => Some("masked"),
        _ if blank::is_known_fake(&[user.unwrap_or_default(), b":", &value].concat()) => Some("a published example"),
        None if !is_token(&value) => Some("a user alone, and no token"),
        _ => placeholder::is_placeholder(&value, None),
    };
    let mut found = candidate(rule, range, value.as_slice(), 0);
    if user.is_some_and(|user| user.eq_ignore_ascii_case(&value)) {
        found.confidence = Confidence::Low;
        found.notes.push("the password is the name of the user".to_string());
    }
    Some((found, against))
}

/// A user alone is a finding only if it is long and random, as access tokens are.
fn is_token(value: &[u8]) -> bool {
    value.len() >= 20
        && value.iter().all(|&b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && value.iter().any(u8::is_ascii_digit)
        && entropy::shannon(value) >= 3.5
}

/// Host names that documentation uses (RFC 2606).
fn is_reserved(host: &[u8]) -> bool {
    let name = name(host);
    let is_reserved = [&b"example.com"[..], b"example.org", b"example.net"].iter().any(|domain| name.ends_with(domain));
    is_reserved || name.split(|&b| b == b'.').any(|label| matches!(label, b"example" | b"yourhost" | b"myhost" | b"your-host"))
}

/// Host names that say what stands there: whoever writes one seldom writes a true password before it.
fn is_stand_in(host: &[u8]) -> bool {
    matches!(name(host).as_slice(), b"host" | b"hostname" | b"server" | b"domain" | b"url" | b"...")
}

fn name(host: &[u8]) -> Vec<u8> {
    host.split(|&b| b == b':').next().unwrap_or_default().to_ascii_lowercase()
}

/// Letters that make no word, read with the digits and marks that people put for letters: `p4ssw0rd` is a word.
fn looks_random(value: &[u8]) -> bool {
    let plain = |byte: &u8| match byte {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        other => *other,
    };
    let letters: Vec<u8> = value.iter().map(plain).collect();
    value.len() >= 8 && generic::word_likeness(&letters).is_some_and(|mean| mean < 0.0)
}

/// A piece of a template or of code that builds the URL: `%s`, `{password}`, `$PASS`, `…`.
fn is_interpolated(value: &[u8]) -> bool {
    matches!(value, [b'%', ..] | [b'$', b'{' | b'(', ..] | [b'.', b'.', b'.', ..])
        || value.iter().any(|&b| matches!(b, b'{' | b'}'))
        || value.starts_with("…".as_bytes())
        || (value.first() == Some(&b'$')
            && value.iter().skip(1).all(|&b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit()))
}

/// Percent escapes undone; a stray `%` stays.
fn percent_decoded(value: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value;
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'%', [a, b, tail @ ..]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                let digit = |c: u8| (c as char).to_digit(16).and_then(|d| u8::try_from(d).ok()).unwrap_or(0);
                decoded.push(digit(*a) << 4 | digit(*b));
                tail
            }
            _ => {
                decoded.push(*first);
                tail
            }
        };
    }
    decoded
}
