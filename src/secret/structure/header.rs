//! Credentials of HTTP headers: `Basic` (RFC 7617), `Bearer` (RFC 6750), and the `auth` of registries, which is Basic without its word.
//! Promises that what is reported as Basic decodes to `user:password`.
//! Leaves prose (`Basic authentication`) and templates alone.

use std::ops::Range;

use data_encoding::{BASE64, BASE64_NOPAD};

use super::{Doubted, candidate, offer, word};
use crate::rule::Rule;
use crate::secret::{Found, blank, entropy, placeholder};
use crate::source::Source;

const TOKEN_MIN: usize = 16;
const ENTROPY_MIN: f32 = 3.3;

/// `Basic ` stands at `hit`.
pub fn basic(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    let text: &[u8] = &source.text;
    if !word::is_inside_word(text, hit.start) {
        let start = word::skip_blanks(text, hit.end);
        offer(found, user_and_password(text, rule, start));
    }
}

/// `"auth"` or `_auth` stands at `hit`: a key of Docker's `config.json` or of `.npmrc`.
pub fn registry(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    let text: &[u8] = &source.text;
    let mut at = word::skip_blanks(text, hit.end);
    if text.get(at) == Some(&b'"') && text.get(hit.end - 1) != Some(&b'"') {
        at += 1;
    }
    at = word::skip_blanks(text, at);
    if matches!(text.get(at), Some(b':' | b'=')) {
        at = word::skip_blanks(text, at + 1);
        let at = if matches!(text.get(at), Some(b'"' | b'\'')) { at + 1 } else { at };
        offer(found, user_and_password(text, rule, at));
    }
}

/// The base64 of `user:password` at `start`; without a password the user has to be a token, as some services want it.
fn user_and_password(text: &[u8], rule: &'static Rule, start: usize) -> Option<Doubted> {
    let rest = text.get(start..text.len().min(start + 1024))?;
    let symbols = rest.iter().take_while(|&&b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')).count();
    let padding = rest.iter().skip(symbols).take(2).take_while(|&&b| b == b'=').count();
    if symbols < 6 || rest.get(symbols + padding).is_some_and(|&b| matches!(b, b'-' | b'_' | b'.' | b'$' | b'{' | b'%')) {
        return None;
    }
    let encoded = rest.get(..symbols + padding)?;
    let unpadded = rest.get(..symbols)?;
    let decoded = BASE64.decode(encoded).or_else(|_| BASE64_NOPAD.decode(unpadded)).ok()?;
    let colon = memchr::memchr(b':', &decoded)?;
    let (user, password) = (decoded.get(..colon)?, decoded.get(colon + 1..)?);
    let is_text = std::str::from_utf8(&decoded).is_ok_and(|text| !text.chars().any(char::is_control));
    if !is_text {
        return None;
    }
    let against = match password {
        _ if user.len() + password.len() < 4 => Some("too short"),
        _ if blank::is_known_fake(encoded) => Some("a published example"),
        b"" if !(user.len() >= TOKEN_MIN && looks_random(user)) => Some("a user without password"),
        b"" => placeholder::is_placeholder(user, None),
        _ => placeholder::is_placeholder(password, None),
    };
    Some((candidate(rule, start..start + encoded.len(), decoded.as_slice(), 0), against))
}

/// `Bearer ` stands at `hit`.
pub fn bearer(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    let text: &[u8] = &source.text;
    if !word::is_inside_word(text, hit.start) {
        offer(found, token(text, rule, word::skip_blanks(text, hit.end)));
    }
}

/// Words that may stand between `Authorization:` and a token.
const SCHEMES: &[&[u8]] =
    &[b"token token=", b"token ", b"apikey ", b"api-key ", b"key ", b"key=", b"ssws ", b"googlelogin auth=", b"bot ", b"jwt "];

/// `authorization` stands at `hit`.
pub fn authorization(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    let text: &[u8] = &source.text;
    let separator = text.get(hit.end..text.len().min(hit.end + 12)).unwrap_or_default();
    let width =
        separator.iter().take_while(|&&b| matches!(b, b' ' | b'"' | b'\'' | b':' | b'=' | b'>' | b',' | b']' | b'(')).count();
    if !separator.get(..width).is_some_and(|s| s.iter().any(|&b| matches!(b, b':' | b'=' | b','))) {
        return;
    }
    let at = hit.end + width;
    let scheme = text.get(at..text.len().min(at + 24)).unwrap_or_default().to_ascii_lowercase();
    if let Some(word) = SCHEMES.iter().find(|word| scheme.starts_with(word)) {
        let at = at + word.len();
        let at = if matches!(text.get(at), Some(b'"' | b'\'')) { at + 1 } else { at };
        offer(found, token(text, rule, at));
    }
}

/// A token of the `token68` alphabet (RFC 9110 §11.2) that looks random.
fn token(text: &[u8], rule: &'static Rule, start: usize) -> Option<Doubted> {
    let rest = text.get(start..text.len().min(start + 4096))?;
    let length = rest.iter().take_while(|&&b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b)).count();
    let value = rest.get(..length)?.trim_ascii();
    let is_call = rest.get(length).is_some_and(|&b| matches!(b, b'(' | b'[' | b'$' | b'{' | b'%' | b'<'));
    if value.is_empty() {
        return None;
    }
    let against = match value {
        _ if is_call => Some("an expression or a template"),
        _ if value.len() < TOKEN_MIN => Some("too short for a token"),
        _ if !looks_random(value) => Some("not random: words, or too few different characters"),
        _ => placeholder::is_placeholder(value, None),
    };
    Some((candidate(rule, start..start + value.len(), value, 0), against))
}

/// A digit and a letter at least, and no word after word.
fn looks_random(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic) && entropy::shannon(value) >= ENTROPY_MIN
}
