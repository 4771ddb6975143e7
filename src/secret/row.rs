//! Keys without a prefix: the name of a service, a word that promises a secret, and a value of the shape that the service's keys have.
//! Promises bounded work a name, without a regular expression: where a value may begin, at most 1 KiB of it is looked at.
//! Believes no mention: the value must be assigned to the name, or follow it and a word such as `token` with nothing between.

use std::ops::Range;

use super::pattern::begins_alone;
use super::scan::Budget;
use super::{Candidate, Found, blank, entropy};
use crate::finding::Redacted;
use crate::rule::{Row, Rule, Run, Shape};

/// Bytes between the name of the service and the value.
const GAP: usize = 64;
/// Bytes that one name is good for: the gap and the longest value.
const REACH: usize = GAP + 1024;

/// Bits per character that a value of letters alone has to reach; long identifiers stay below.
const LETTERS_ENTROPY: f32 = 4.2;

/// Words that call a value a secret.
const KEYS: &[&[u8]] = &[
    b"key",
    b"keys",
    b"apikey",
    b"token",
    b"secret",
    b"password",
    b"passwd",
    b"passphrase",
    b"pwd",
    b"pass",
    b"auth",
    b"credential",
    b"credentials",
    b"bearer",
    b"pat",
    b"access",
    b"private",
    b"api",
    b"jwt",
];
/// Words that call it something else, wherever they stand.
const OTHERS: &[&[u8]] = &[
    b"hash",
    b"sha",
    b"sha1",
    b"sha256",
    b"md5",
    b"digest",
    b"checksum",
    b"commit",
    b"revision",
    b"rev",
    b"integrity",
    b"etag",
    b"public",
    b"fingerprint",
    b"resolved",
];
/// Words that call it something else if they are the last of the name.
const HEADS: &[&[u8]] = &[
    b"id",
    b"ids",
    b"uid",
    b"uuid",
    b"guid",
    b"url",
    b"uri",
    b"name",
    b"version",
    b"host",
    b"path",
    b"file",
    b"user",
    b"username",
    b"email",
    b"date",
    b"region",
    b"endpoint",
    b"ref",
    b"tag",
    b"type",
];

/// Takes the value that is given to the service named at `hit`, if it looks like one of the service's keys.
pub fn at(text: &[u8], rule: &'static Rule, row: &Row, hit: &Range<usize>, budget: &mut Budget, found: &mut Found) {
    if !begins_word(text, hit.start) || !budget.allows(GAP) {
        return;
    }
    match value(text, row, hit, budget) {
        Some(range) => judge(rule, row, text.get(range.clone()).unwrap_or_default(), range, found),
        None => found.mention(rule, hit.start, "the service is named here, but nothing like its keys is given to it"),
    }
}

/// What is given to the service named at `hit` and has the shape of its keys.
fn value(text: &[u8], row: &Row, hit: &Range<usize>, budget: &mut Budget) -> Option<Range<usize>> {
    let behind = text.get(hit.end..text.len().min(hit.end + REACH))?;
    let (start, length) = starts(behind).find_map(|start| {
        let rest = behind.get(start..)?;
        let length = row.shapes.iter().find_map(|shape| {
            let (length, is_whole) = measure(shape, rest);
            budget.spend(length);
            (is_whole && ends(rest.get(length..))).then_some(length)
        })?;
        let value = rest.get(..length)?;
        (is_random(value) && is_given(text.get(hit.clone())?, behind.get(..start)?, value, row.words)).then_some((start, length))
    })?;
    Some(hit.end + start..hit.end + start + length)
}

fn judge(rule: &'static Rule, row: &Row, value: &[u8], range: Range<usize>, found: &mut Found) {
    let secret = value.get(row.shown..).unwrap_or(value);
    let against = match secret {
        _ if entropy::shannon(secret) < row.entropy => Some("too few different characters to be random"),
        _ if blank::is_known_fake(value) => Some("a published example"),
        _ => blank::is_filler(secret).then_some("nothing random in it"),
    };
    let mut notes = vec!["given to the service's name".to_string()];
    // Name, alphabet and length agree: that outweighs the order, which every other scanner reports too.
    if blank::is_sequence(secret) {
        notes.push("its characters are in order: perhaps an example".to_string());
    }
    found.push_unless(against, Candidate { notes, ..Candidate::new(rule, range, Redacted::new(value, row.shown)) });
}

/// Whether a word begins at `start`: behind no letter, or where camel case does (`myService`).
fn begins_word(text: &[u8], start: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| text.get(at));
    let first = text.get(start);
    begins_alone(text, start)
        || before.is_some_and(|byte| !byte.is_ascii_alphabetic())
        || (before.is_some_and(u8::is_ascii_lowercase) && first.is_some_and(u8::is_ascii_uppercase))
}

/// Where a value may begin: on the line of the name, or at the beginning of the next line if a mark-up element opens at the end of this.
fn starts(behind: &[u8]) -> impl Iterator<Item = usize> {
    let mut opened = true;
    (0..behind.len().min(GAP + 1))
        .take_while(move |&at| {
            let before = at.checked_sub(1).and_then(|before| behind.get(before)).copied();
            opened = match before {
                Some(b'>') => true,
                Some(b'\n') => opened,
                Some(byte) if byte.is_ascii_whitespace() => opened,
                _ => false,
            };
            before != Some(b'\n') || opened
        })
        .filter(move |&at| {
            at.checked_sub(1).and_then(|before| behind.get(before)).is_none_or(|byte| !byte.is_ascii_alphanumeric())
        })
}

/// How far a value of that shape goes on at the beginning of `text`, and whether it is whole there.
fn measure(shape: Shape, text: &[u8]) -> (usize, bool) {
    let mut at = 0;
    for run in shape {
        let rest = text.get(at..).unwrap_or_default();
        let taken = rest.iter().take(usize::from(run.most)).take_while(|&&byte| has(run, byte)).count();
        at += taken;
        if taken < usize::from(run.least) {
            return (at, false);
        }
    }
    (at, true)
}

fn has(run: &Run, byte: u8) -> bool {
    byte.is_ascii() && run.set >> byte & 1 == 1
}

/// Whether a value may end before `rest`: no letter, digit or underscore touches it, and no punctuation that goes on behind it.
fn ends(rest: Option<&[u8]>) -> bool {
    match rest.unwrap_or_default() {
        [] => true,
        [b'-' | b'+' | b'/' | b'.' | b':' | b'@' | b'=' | b'%', next, ..] => !next.is_ascii_alphanumeric() && *next != b'=',
        [next, ..] => !next.is_ascii_alphanumeric() && !matches!(next, b'_' | b'(' | b'['),
    }
}

/// Words have no digits; of random letters and digits, one in a thousand has none, and its letters vary more than those of words.
fn is_random(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit) || entropy::shannon(value) >= LETTERS_ENTROPY
}

/// What follows a name of its own accord is its commit or id as often as its key.
fn is_digest(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
}

/// Whether what stands between the service's name and a value gives the one to the other.
fn is_given(service: &[u8], gap: &[u8], value: &[u8], more: &[&str]) -> bool {
    if matches!(gap, b" " | b"-") && !words(service).any(|word| is_key(word, more)) {
        return !is_digest(value);
    }
    let bare = gap.trim_ascii_end();
    let bare = bare.strip_suffix(b"\\").unwrap_or(bare);
    let opened = trim_end(bare, b"\"'`([{ \t\\");
    let name = trim_end(opened, b"=:>,?|+. \t\r\n");
    let assigned = opened.get(name.len()..).is_some_and(|between| between.iter().any(|byte| b"=:>,".contains(byte)));
    let plain = name.iter().all(|&byte| byte.is_ascii_alphanumeric() || b"_-. \t\"'`[](){}".contains(&byte));
    let last = name.rsplit(|&byte| !byte.is_ascii_alphanumeric() && !b"_-.\"'`]) ".contains(&byte)).next().unwrap_or_default();
    let told = if plain { name } else { last };
    let has_key = words(told).chain(words(service)).any(|word| is_key(word, more));
    let is_other = words(gap).any(|word| is_in(word, OTHERS))
        || words(told).last().is_some_and(|word| is_in(word, HEADS) && !is_named(word, more));
    let joined = || gap.iter().all(|&byte| byte.is_ascii_alphanumeric() || b"_-. \t\"'`".contains(&byte));
    !is_other && (has_key && (assigned || joined()) || assigned && plain && words(name).next().is_none())
}

/// `APIKEY`, `authtoken`: words written together end in a key word.
fn is_key(word: &[u8], more: &[&str]) -> bool {
    let ends_in =
        |key: &[u8]| word.len() >= key.len() && word.iter().rev().zip(key.iter().rev()).all(|(a, b)| a.eq_ignore_ascii_case(b));
    is_in(word, KEYS) || is_named(word, more) || [&b"key"[..], b"token", b"secret", b"password"].into_iter().any(ends_in)
}

fn is_named(word: &[u8], more: &[&str]) -> bool {
    more.iter().any(|other| word.eq_ignore_ascii_case(other.as_bytes()))
}

fn is_in(word: &[u8], list: &[&[u8]]) -> bool {
    list.iter().any(|other| word.eq_ignore_ascii_case(other))
}

/// The words of a name: runs of letters and digits, divided where camel case begins one.
fn words(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.split(|byte| !byte.is_ascii_alphanumeric())
        .flat_map(|run| run.chunk_by(|a, b| !(a.is_ascii_lowercase() && b.is_ascii_uppercase())))
        .filter(|word| !word.is_empty())
}

fn trim_end<'t>(text: &'t [u8], set: &[u8]) -> &'t [u8] {
    let end = text.iter().rposition(|byte| !set.contains(byte)).map_or(0, |at| at + 1);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{Detector, rules};
    use crate::source::{Origin, RepoPath, Source};

    /// The rules of the rows found in a text; the dots are those of `hooks/README.md`.
    fn rows(text: &str) -> Vec<&'static str> {
        let text = text.replace('·', "");
        let path = RepoPath::new(b"settings.txt");
        let found = Detector::default().detect(&Source::new(&path, text.as_bytes(), Origin::Repository));
        found.candidates.iter().map(|c| c.rule.id).filter(|id| !id.starts_with("generic-")).collect()
    }

    const KEY: &str = "7·f3a9c1e5b8d2046f7e1c93ab05d68e4";

    #[test]
    fn a_value_is_given_to_a_name() {
        for given in [
            "DATADOG_API_KEY=",
            "datadog_api_key: '",
            "myDatadogKey := \"",
            "\"datadog\" => \"",
            "datadog = ",
            "datadog.configure(api_key=\"",
            "set(\"datadog.key\", \"",
            "<datadogToken>\n    ",
            "the datadog token ",
            "datadog-token-",
            "https://api.datadog.com/v1/series?api_key=",
        ] {
            assert_eq!(rows(&format!("{given}{KEY}")), ["datadog-api-key"], "{given}");
        }
    }

    #[test]
    fn a_mention_gives_nothing() {
        for mentioned in [
            "datadog ",
            "DATADOG_COMMIT=",
            "datadog_api_key_sha256: ",
            "datadog_public_key: ",
            "datadog_key_id = ",
            "https://github.com/datadog/api-key/commit/",
            "updatadog_key = ",
            "datadog_key, revision = '",
            "{datadog: true, checksum: ",
            "datadog key\n",
        ] {
            assert!(rows(&format!("{mentioned}{KEY}")).is_empty(), "{mentioned}");
        }
    }

    #[test]
    fn a_value_has_its_own_ends() {
        for behind in ["0", "-x18", "/path", "_old", ".com", "(", "=="] {
            assert!(rows(&format!("datadog_key = {KEY}{behind}")).is_empty(), "{behind}");
        }
        for behind in ["", "\"", ";", ".", "\\n", ",", ")"] {
            assert_eq!(rows(&format!("datadog_key = {KEY}{behind}")), ["datadog-api-key"], "{behind}");
        }
    }

    #[test]
    fn fillers_are_dropped_and_order_is_noted() {
        assert!(rows("datadog_key = xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx").is_empty());
        let path = RepoPath::new(b"settings.txt");
        let text = format!("datadog_key = {}", "0123456789abcdef".repeat(2));
        let found = Detector::default().detect(&Source::new(&path, text.as_bytes(), Origin::Repository));
        let notes: Vec<&String> =
            found.candidates.iter().filter(|c| c.rule == &rules::DATADOG_API_KEY).flat_map(|c| &c.notes).collect();
        assert!(notes.iter().any(|note| note.contains("in order")), "{notes:?}");
    }
}
