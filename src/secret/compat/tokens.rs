//! Plugins that know their secrets by a fixed format.
//! Promises the ranges that detect-secrets 1.5.0 reports, odd ones included: delimiters in Artifactory's, the bare prefix in GitHub's.
//! Values known by their names or their looks are in `assignment`, `keyword` and `entropy`.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;
use regex::Regex;

use super::base64::decode_lenient;
use super::plugins::{Id, Set};
use super::python::{SPACE, WORD, is_digit, is_space, is_word};

/// A format as one regular expression: the value is every group that matched, or the whole match where there is no group.
struct Format {
    plugin: Id,
    regex: Option<Regex>,
}

/// Case is ignored with `(?i)`; `İ` and `ı`, which Python then takes for `i`, are added by hand.
static FORMATS: LazyLock<Vec<Format>> = LazyLock::new(|| {
    let blank = format!("[{SPACE}]");
    let rows: [(Id, String); 18] = [
        (Id::Artifactory, format!(r#"(?:{blank}|=|:|"|\A)AKC[a-zA-Z0-9]{{10,}}(?:{blank}|"|\z)"#)),
        (Id::Artifactory, format!(r#"(?:{blank}|=|:|"|\A)AP[\p{{Nd}}A-F][a-zA-Z0-9]{{8,}}(?:{blank}|"|\z)"#)),
        (Id::Aws, "(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16}".into()),
        (Id::Aws, r#"(?i)aws.{0,20}?(?:key|pwd|pw|password|pass|token).{0,20}?['"]([0-9a-zİı/+]{40})['"]"#.into()),
        (Id::Azure, "AccountKey=[a-zA-Z0-9+/=]{88}".into()),
        (Id::Cloudant, format!(r"(?i)https?://[{WORD}\-]+:([0-9a-f]{{64}})@[{WORD}\-]+\.cloudant\.com")),
        (Id::Cloudant, format!(r"(?i)https?://[{WORD}\-]+:([a-zİı]{{24}})@[{WORD}\-]+\.cloudant\.com")),
        (Id::GitHub, "(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9_]{36}".into()),
        (Id::Mailchimp, "[0-9a-z]{32}-us[0-9]{1,2}".into()),
        (Id::Npm, format!(r"//.+/:_authToken=[{SPACE}]*(npm_.+|[A-Fa-f0-9-]{{36}}).*")),
        (Id::OpenAi, "sk-[A-Za-z0-9_-]*[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}".into()),
        (Id::Pypi, "pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{70,}".into()),
        (Id::Pypi, "pypi-AgENdGVzdC5weXBpLm9yZw[A-Za-z0-9_-]{70,}".into()),
        (Id::SendGrid, r"SG\.[a-zA-Z0-9_-]{22}\.[a-zA-Z0-9_-]{43}".into()),
        (Id::Slack, r"(?i)xox[abpors]-(?:\p{Nd}+-)+[a-zİı0-9]+".into()),
        (Id::Slack, "(?i)https://hooks\\.slack\\.com/serv[iİı]ces/T[a-zİı0-9_]+/B[a-zİı0-9_]+/[a-zİı0-9_]+".into()),
        (Id::SoftLayer, "(?i)https?://ap[iİı].softlayer.com/soap/v3(?:.1)?/([a-zİı0-9]{64})".into()),
        (Id::Stripe, "[rs]k_live_[0-9a-zA-Z]{24}".into()),
    ];
    rows.into_iter().map(|(plugin, text)| Format { plugin, regex: Regex::new(&text).ok() }).collect()
});

/// The values of a line that the plugins of the set find.
pub(super) fn find(line: &str, plugins: Set, found: &mut impl FnMut(Id, Range<usize>)) {
    for format in FORMATS.iter().filter(|format| plugins.has(format.plugin)) {
        let Some(regex) = &format.regex else { continue };
        if regex.captures_len() == 1 {
            regex.find_iter(line).for_each(|whole| found(format.plugin, whole.range()));
        } else {
            regex.captures_iter(line).filter_map(|groups| groups.get(1)).for_each(|value| found(format.plugin, value.range()));
        }
    }
    let by_hand: [(Id, Search); 9] = [
        (Id::BasicAuth, basic_auth),
        (Id::Discord, discord),
        (Id::GitLab, gitlab),
        (Id::PublicIp, public_ip),
        (Id::Jwt, jwt),
        (Id::PrivateKey, private_key),
        (Id::Square, square),
        (Id::Telegram, telegram),
        (Id::Twilio, twilio),
    ];
    for (plugin, search) in by_hand {
        if plugins.has(plugin) {
            search(line, &mut |value| found(plugin, value));
        }
    }
}

/// Takes the range of each value.
type Found<'f> = &'f mut dyn FnMut(Range<usize>);
type Search = fn(&str, Found);

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// The length of the run of bytes that pass, from `at`.
fn run(line: &str, at: usize, pass: impl Fn(u8) -> bool) -> usize {
    line.as_bytes().iter().skip(at).take_while(|&&b| pass(b)).count()
}

fn char_at(line: &str, at: usize) -> Option<char> {
    line.get(at..).and_then(|rest| rest.chars().next())
}

fn basic_auth(line: &str, found: Found) {
    let reserved = |c: char| ":/?#[]@!$&'()*+,;=".contains(c);
    let part = |c: char| !is_space(c) && !reserved(c);
    let end = |at: usize| line.len() - line.get(at..).unwrap_or_default().trim_start_matches(part).len();
    let mut next = 0;
    for at in memmem::find_iter(line.as_bytes(), b"://") {
        if at < next {
            continue;
        }
        let user = end(at + 3);
        if user == at + 3 || char_at(line, user) != Some(':') {
            continue;
        }
        let password = end(user + 1);
        if password > user + 1 && char_at(line, password) == Some('@') {
            next = password + 1;
            found(user + 1..password);
        }
    }
}

/// Three runs of fixed lengths with dots between; the first begins 24 to 26 characters before its dot. Digits of all scripts count.
fn discord(line: &str, found: Found) {
    let part = |c: char| c.is_ascii_alphabetic() || is_digit(c) || c == '_' || c == '-';
    let behind = |at: usize, count: usize| {
        let run = line.get(at..).unwrap_or_default().chars().take(count).take_while(|&c| part(c));
        let (length, bytes) = run.fold((0, 0), |(length, bytes), c| (length + 1, bytes + c.len_utf8()));
        (length == count).then_some(at + bytes)
    };
    let mut next = 0;
    for dot in memchr::memchr_iter(b'.', line.as_bytes()) {
        let middle = behind(dot + 1, 6).filter(|&end| char_at(line, end) == Some('.'));
        let Some(end) = middle.and_then(|end| behind(end + 1, 27)) else { continue };
        let head = line.get(next..dot).unwrap_or_default().char_indices().rev().take(26).take_while(|&(_, c)| part(c));
        if let Some((start, _)) = head.skip(23).filter(|&(_, c)| matches!(c, 'M' | 'N' | 'O')).last() {
            found(next + start..end);
            next = end;
        }
    }
}

/// The prefixes whose token is known by them alone.
const GITLAB_PREFIXES: [&str; 5] = ["glpat-", "gldt-", "glft-", "glsoat-", "glrt-"];
/// What the other GitLab tokens begin with, and how much follows.
const GITLAB: [(&str, usize, usize); 5] =
    [("GR1348941", 20, 50), ("glimt-", 25, 25), ("glptt-", 40, 40), ("glagent-", 50, 1024), ("gloas-", 64, 64)];

fn gitlab(line: &str, found: Found) {
    let mut next = 0;
    for at in memmem::find_iter(line.as_bytes(), b"gl") {
        let rest = line.get(at..).unwrap_or_default();
        let Some(prefix) = GITLAB_PREFIXES.iter().find(|prefix| at >= next && rest.starts_with(**prefix)) else { continue };
        if let Some(end) = bounded(line, at + prefix.len(), 20, 50) {
            next = end;
            found(at..at + prefix.len() - 1);
        }
    }
    for (prefix, least, most) in GITLAB {
        let mut next = 0;
        for at in memmem::find_iter(line.as_bytes(), prefix) {
            if at < next {
                continue;
            }
            if let Some(end) = bounded(line, at + prefix.len(), least, most) {
                next = end;
                found(at..end);
            }
        }
    }
    let mut next = 0;
    for at in memmem::find_iter(line.as_bytes(), b"glcbt-") {
        if at < next {
            continue;
        }
        let start = at + 6;
        let partition = line.as_bytes().get(start..start + 3);
        let partitioned = matches!(partition, Some([a, b, b'_']) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
        if let Some(end) = partitioned.then(|| bounded(line, start + 3, 20, 50)).flatten() {
            next = end;
            found(start..start + 3);
        } else if let Some(end) = bounded(line, start, 20, 50) {
            // The group that is the value is empty; a default filter drops it.
            next = end;
            found(start..start);
        }
    }
}

/// The end of the longest run of `least..=most` token characters that no word character follows.
fn bounded(line: &str, start: usize, least: usize, most: usize) -> Option<usize> {
    let longest = run(line, start, is_token).min(most);
    (least..=longest).rev().map(|length| start + length).find(|&end| !char_at(line, end).is_some_and(is_word))
}

fn private_key(line: &str, found: Found) {
    const HEADERS: [&str; 8] = [
        "BEGIN DSA PRIVATE KEY",
        "BEGIN EC PRIVATE KEY",
        "BEGIN OPENSSH PRIVATE KEY",
        "BEGIN PGP PRIVATE KEY BLOCK",
        "BEGIN PRIVATE KEY",
        "BEGIN RSA PRIVATE KEY",
        "BEGIN SSH2 ENCRYPTED PRIVATE KEY",
        "PuTTY-User-Key-File-2",
    ];
    for header in HEADERS {
        memmem::find_iter(line.as_bytes(), header).for_each(|at| found(at..at + header.len()));
    }
}

fn square(line: &str, found: Found) {
    let mut next = 0;
    for at in memmem::find_iter(line.as_bytes(), b"sq0csp-") {
        if at >= next && run(line, at + 7, |b| is_token(b) || b == b'\\') >= 43 {
            next = at + 50;
            found(at..next);
        }
    }
}

/// Eight to ten digits, a colon, 35 characters.
fn telegram(line: &str, found: Found) {
    let mut next = 0;
    for colon in memchr::memchr_iter(b':', line.as_bytes()) {
        let digits = line.get(next..colon).unwrap_or_default().chars().rev().take(10).take_while(|&c| is_digit(c));
        let (count, length) = digits.fold((0, 0), |(count, length), c| (count + 1, length + c.len_utf8()));
        if count >= 8 && run(line, colon + 1, is_token) >= 35 {
            next = colon + 36;
            found(colon - length..next);
        }
    }
}

fn twilio(line: &str, found: Found) {
    for prefix in ["AC", "SK"] {
        let mut next = 0;
        for at in memmem::find_iter(line.as_bytes(), prefix) {
            if at >= next
                && line.as_bytes().iter().skip(at + 2).take(32).filter(|b| b.is_ascii_lowercase() || b.is_ascii_digit()).count()
                    == 32
            {
                next = at + 34;
                found(at..next);
            }
        }
    }
}

/// Two parts that decode to JSON, and the dot after them.
fn jwt(line: &str, found: Found) {
    let part = |b: u8| is_token(b) || b == b'=';
    let mut next = 0;
    for at in memmem::find_iter(line.as_bytes(), b"eyJ") {
        if at < next {
            continue;
        }
        let dot = at + run(line, at, part);
        if dot < at + 4 || char_at(line, dot) != Some('.') {
            continue;
        }
        let payload = run(line, dot + 1, part);
        if payload == 0 {
            continue;
        }
        let end = dot + 1 + payload;
        next = end + usize::from(char_at(line, end) == Some('.'));
        if [at..dot, dot + 1..end].into_iter().all(|part| line.get(part).is_some_and(is_json)) {
            found(at..next);
        }
    }
}

fn is_json(part: &str) -> bool {
    let mut text: Vec<u8> = part
        .bytes()
        .map(|b| {
            if b == b'-' {
                b'+'
            } else if b == b'_' {
                b'/'
            } else {
                b
            }
        })
        .collect();
    match text.len() % 4 {
        1 => return false,
        2 => text.extend(b"=="),
        3 => text.extend(b"==="),
        _ => {}
    }
    let decoded = decode_lenient(&text).and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.is_some_and(|json| serde_json::from_str::<serde::de::IgnoredAny>(&json).is_ok())
}

/// An IPv4 address outside the private ranges, and its port.
fn public_ip(line: &str, found: Found) {
    let mut next = 0;
    for dot in memchr::memchr_iter(b'.', line.as_bytes()) {
        let first = line.get(..dot).unwrap_or_default().bytes().rev().take(3).take_while(u8::is_ascii_digit).count();
        let start = dot - first;
        let before = line.get(..start).and_then(|head| head.chars().next_back());
        if start < next || before.is_some_and(|c| is_word(c) || c == '.') {
            continue;
        }
        if let Some(end) = address(line, start) {
            next = end;
            found(start..end);
        }
    }
}

fn address(line: &str, start: usize) -> Option<usize> {
    let mut at = start;
    let mut octets = [0u8; 4];
    for (place, octet) in octets.iter_mut().enumerate() {
        let digits = line.get(at..at + run(line, at, |b| b.is_ascii_digit()))?;
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        *octet = digits.parse().ok()?;
        at += digits.len();
        if place < 3 {
            at = (char_at(line, at) == Some('.')).then_some(at + 1)?;
        }
    }
    let private = matches!(octets, [192, 168, ..] | [127 | 10, ..] | [172, 16..=31, ..]);
    let ends = |at: usize| !char_at(line, at).is_some_and(|c| is_word(c) || c == '.');
    if private {
        return None;
    }
    let port =
        line.get(at..)?.strip_prefix(':').map(|rest| rest.chars().take(5).take_while(|&c| is_digit(c)).map(char::len_utf8).sum());
    port.filter(|&length: &usize| length > 0).map(|length| at + 1 + length).filter(|&end| ends(end)).or(ends(at).then_some(at))
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
