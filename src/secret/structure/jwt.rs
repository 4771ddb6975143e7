//! JSON Web Tokens: header, payload and signature in base64url (RFC 7519, RFC 7515 §7.1).
//! Promises that all three parts are the value, so that two tokens of one payload are two findings.
//! Knows a signed token by its header: the payload may be compressed or encrypted (`zip`, RFC 7516 §4.1.3).
//! Does not ask whether it has expired: the key that signed it may not have.

use std::ops::Range;

use serde_json::{Map, Value};

use super::{Doubted, candidate};
use crate::rule::{Confidence, Rule};
use crate::secret::{Found, blank, checksum};
use crate::source::Source;

/// Longest token that is read; cookies hold 4 KiB, headers 8.
const MAX: usize = 16 * 1024;

/// `eyJ`, which is `{"` in base64, stands at `hit`.
pub fn at(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    let text: &[u8] = &source.text;
    let before = text.get(hit.start.saturating_sub(1)..hit.start).unwrap_or_default();
    if before.iter().any(|&b| is_symbol(b) || b == b'.') && !is_escape(text, hit.start) {
        return;
    }
    match token(text, rule, hit.start) {
        Some((candidate, against)) => found.push_unless(against, candidate),
        None => found.mention(rule, hit.start, NOT_WHOLE),
    }
}

const NOT_WHOLE: &str = "it begins like a token, but is not whole: a header that names its algorithm, claims, a signature";

/// The token that begins at `start`, and what speaks against it.
fn token(text: &[u8], rule: &'static Rule, start: usize) -> Option<Doubted> {
    let rest = text.get(start..text.len().min(start + MAX)).unwrap_or_default();
    let length = rest.iter().take_while(|&&b| is_symbol(b) || b == b'.').count();
    let token = rest.get(..length).unwrap_or_default().trim_ascii_end();
    let token = token.strip_suffix(b".").filter(|token| memchr::memchr_iter(b'.', token).count() == 2).unwrap_or(token);
    let mut parts = token.split(|&b| b == b'.');
    let (head, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let header = object(head)?;
    let algorithm = header.get("alg").and_then(Value::as_str)?;
    let is_signed = !algorithm.eq_ignore_ascii_case("none") && signature.len() >= SIGNATURE_MIN && !blank::is_blank(signature);
    // A payload may be compressed or encrypted; without a signature too, nothing speaks for a token.
    let may_be_payload = object(payload).map_or(is_signed || header.contains_key("enc"), |claims| !claims.is_empty());
    if !may_be_payload {
        return None;
    }
    let mut jwt = candidate(rule, start..start + token.len(), token, 3);
    if is_signed {
        jwt.notes.push("the header is JSON and names its algorithm".to_string());
    } else {
        jwt.confidence = Confidence::Low;
        jwt.notes.push("it is not signed".to_string());
    }
    Some((jwt, blank::is_known_fake(token).then_some("a published example")))
}

/// Symbols of the shortest signature: 128 bits.
const SIGNATURE_MIN: usize = 22;

fn object(part: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(&checksum::base64url(part)?).ok()
}

fn is_symbol(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether an escape (`\n`, `%3D`) ends right before `start`.
fn is_escape(text: &[u8], start: usize) -> bool {
    match text.get(start.saturating_sub(3)..start).unwrap_or_default() {
        [.., b'\\', b'n' | b't' | b'r'] => true,
        [b'%', a, b] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        _ => false,
    }
}
