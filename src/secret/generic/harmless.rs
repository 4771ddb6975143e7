//! Values that are given to secret names and are no secrets: sentences, paths, URLs, expressions, public keys, hashes.
//! Promises a reason for every value that it calls harmless.
//! Knows no placeholders (`placeholder` does) and weighs nothing.

use super::bigram::word_likeness;
use super::shape::{Count, WORDY, has_random_run};
use crate::secret::piece::contains;
use crate::secret::placeholder::is_generated;

/// The reason given for running text.
pub const SENTENCE: &str = "a sentence";

/// The reason why a value is something else than a secret.
pub fn reason(value: &[u8], count: &Count) -> Option<&'static str> {
    let has = |piece: &[u8]| contains(value, piece);
    if is_public(value) {
        return Some("a public key or hash");
    }
    if has(b"://") || value.starts_with(b"//") || value.starts_with(b"www.") || value.starts_with(b"mailto:") {
        return Some("a URL");
    }
    if has(b"; ") && has(b"=") || has(b";path=") {
        return Some("a cookie header, whose names speak for themselves");
    }
    if is_escaped_text(value) {
        return Some("a text");
    }
    if count.blank > 0 && !is_date_or_version(value, count) && !is_app_password(value) {
        return is_sentence(value, count).then_some(SENTENCE);
    }
    let is_generated = is_generated(value);
    if !is_generated && (has(b"</") || has(b"/>") || value.starts_with(b"<") || value.ends_with(b">") && has(b"<")) {
        return Some("markup");
    }
    if has(b"\\d")
        || has(b"\\w")
        || has(b"\\s")
        || has(b"a-z")
        || has(b"A-Z")
        || has(b"0-9")
        || !is_generated && (has(b".*") || has(b".+"))
        || value.starts_with(b"(?")
    {
        return Some("a regular expression");
    }
    if !is_generated && is_call(value) {
        return Some("an expression");
    }
    if !value.iter().any(u8::is_ascii_alphanumeric) || value.iter().filter(|b| !b.is_ascii()).count() * 2 > value.len() {
        return Some("a text");
    }
    if is_email(value) {
        return Some("an address");
    }
    if is_dotted(value) {
        return Some("a dotted name");
    }
    if is_path(value) || is_file_name(value) {
        return Some("a path");
    }
    is_date_or_version(value, count).then_some("a date, version or number")
}

/// Letters beyond ASCII written as `\uXXXX`, as JSON files of translations have them. A secret is made of what keyboards have.
fn is_escaped_text(value: &[u8]) -> bool {
    let starts = memchr::memmem::find_iter(value, b"\\u");
    let code = |at: usize| std::str::from_utf8(value.get(at + 2..at + 6)?).ok().and_then(|hex| u32::from_str_radix(hex, 16).ok());
    starts.into_iter().any(|at| code(at).is_some_and(|code| code >= 0x80))
}

/// SSH public keys, PEM blocks (whose rules look for themselves) and password hashes of crypt's form: `$6$…`, `$argon2id$…`.
fn is_public(value: &[u8]) -> bool {
    const KEYS: &[&[u8]] =
        &[b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-", b"-----BEGIN", b"AAAAB3NzaC1", b"AAAAC3NzaC1", b"AAAAE2VjZHNh"];
    let hash = value.strip_prefix(b"$").or_else(|| value.strip_prefix(b"{CRYPT}$")).is_some_and(|rest| {
        let id = rest.iter().take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || **b == b'-').count();
        (1..=14).contains(&id) && rest.get(id) == Some(&b'$')
    });
    hash || KEYS.iter().any(|key| value.starts_with(key))
        || is_postgres_hash(value)
        || value.starts_with(b"pbkdf2_")
        || value.starts_with(b"pbkdf2:")
        || value.starts_with(b"scrypt:")
}

/// `md5` and 32 hex digits, as PostgreSQL keeps passwords (manual §20.5).
fn is_postgres_hash(value: &[u8]) -> bool {
    value.strip_prefix(b"md5").is_some_and(|hex| hex.len() == 32 && hex.iter().all(u8::is_ascii_hexdigit))
}

/// Four times four letters, as Google shows the password of an application, that make no words.
fn is_app_password(value: &[u8]) -> bool {
    let groups = || value.split(|byte| *byte == b' ');
    value.len() == 19
        && groups().all(|group| group.len() == 4 && group.iter().all(u8::is_ascii_lowercase))
        && word_likeness(value).is_some_and(|mean| mean < 0.0)
}

/// Blanks between pieces of which most read like words.
fn is_sentence(value: &[u8], count: &Count) -> bool {
    let pieces = value.split(u8::is_ascii_whitespace).filter(|piece| !piece.is_empty());
    let (mut all, mut plain) = (0, 0);
    for piece in pieces {
        all += 1;
        let is_text = piece.iter().all(|b| b.is_ascii_alphabetic() || b",.:;!?'()\"-".contains(b) || *b >= 0x80);
        plain += usize::from(is_text && (piece.len() <= 4 || word_likeness(piece).is_none_or(|mean| mean > -1.0)));
    }
    plain * 2 >= all && (all != plain || all != 1) || count.blank * 3 > value.len()
}

/// `name(…`, `name[…`, `a::b`, `a->b`, `x => y`.
fn is_call(value: &[u8]) -> bool {
    let word = value.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_.".contains(b)).count();
    if value.starts_with(b".") && memchr::memchr2(b'[', b'(', value).is_some() {
        return true;
    }
    let is_named = word >= 2 && value.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    let opens = matches!(value.get(word), Some(b'(' | b'['));
    let arrow = value.windows(2).any(|pair| matches!(pair, b"::" | b"->" | b"=>" | b"&&" | b"||"));
    is_named && opens || arrow && word_likeness(value).is_none_or(|mean| mean > WORDY)
}

fn is_email(value: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'@', value) else { return false };
    let (user, host) = (value.get(..at).unwrap_or_default(), value.get(at + 1..).unwrap_or_default());
    let is_name = |part: &[u8]| !part.is_empty() && part.iter().all(|b| b.is_ascii_alphanumeric() || b"._+-".contains(b));
    is_name(user)
        && is_name(host)
        && host.iter().rposition(|b| *b == b'.').is_some_and(|dot| (2..=6).contains(&(host.len() - dot - 1)) && dot > 1)
}

/// `package.module.Name`, `host.example.org`, `file.ext`: parts of letters that read like words.
fn is_dotted(value: &[u8]) -> bool {
    let mut parts = 0;
    for part in value.split(|&b| b == b'.') {
        let starts = part.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
        if !starts
            || !part.iter().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(b))
            || part.len() > 24 && has_random_run(part)
        {
            return false;
        }
        parts += 1;
    }
    parts >= 2 && word_likeness(value).is_none_or(|mean| mean > WORDY)
}

/// `/etc/x`, `./x`, `~/x`, `C:\x`, `a/b/c` of words.
fn is_path(value: &[u8]) -> bool {
    if matches!(value, [b'.' | b'~', b'/', ..] | [b'.', b'.', b'/', ..] | [_, b':', b'\\', ..] | [b'\\', b'\\', ..]) {
        return true;
    }
    let parts = value.split(|b| matches!(b, b'/' | b'?' | b'=')).filter(|part| part.len() >= 5);
    let words = parts.filter(|part| word_likeness(part).is_some_and(|mean| mean > 1.0)).count();
    if value.starts_with(b"/") && words >= 2 {
        return true;
    }
    let slashes = memchr::memchr_iter(b'/', value).count();
    let wordy = value.len() < 48
        && value.split(|&b| b == b'/').all(|part| part.len() < 3 || word_likeness(part).is_none_or(|mean| mean > 0.3));
    let plain = value.iter().all(|b| b.is_ascii_alphanumeric() || b"/._-:*@".contains(b));
    slashes > 0 && plain && wordy
}

/// `name.ext` of a file that keeps keys, certificates or settings, however the name reads.
fn is_file_name(value: &[u8]) -> bool {
    #[rustfmt::skip]
    const EXTENSIONS: &[&[u8]] = &[
        b"pem", b"key", b"crt", b"cer", b"der", b"p12", b"pfx", b"jks", b"pub", b"json", b"yml", b"yaml", b"txt", b"cfg", b"conf",
        b"ini", b"env", b"html", b"py", b"js", b"asc", b"gpg",
    ];
    let plain = value.iter().all(|b| b.is_ascii_alphanumeric() || b"/._-".contains(b));
    let extension = value.iter().rposition(|b| *b == b'.').and_then(|dot| value.get(dot + 1..)).unwrap_or_default();
    plain && value.len() <= 64 && EXTENSIONS.contains(&extension)
}

/// Only digits and the marks of dates, versions, addresses and numbers, or such with a unit.
fn is_date_or_version(value: &[u8], count: &Count) -> bool {
    let marks = value.iter().filter(|b| b".:-+/%,".contains(b)).count();
    count.symbol > 0 && marks == count.symbol && count.letters() <= 2 && value.len() <= 40 && count.digit > 0 && {
        memchr::memchr2(b'.', b':', value).is_some() || count.letters() == 0 && value.len() <= 10
    }
}
