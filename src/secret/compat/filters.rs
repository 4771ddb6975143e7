//! detect-secrets' filters: which files, lines and values are not looked at.
//! Promises the verdicts of detect-secrets 1.5.0 for the ten default filters and those that take patterns or words.
//! Filters that run Python code or the network are not here.

use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::Regex;

use super::plugins::{Id, Set};
use super::pragma;
use super::python::{extension, fold, is_space, is_word};
use super::settings::{Filter, Settings, SettingsError};
use crate::source::RepoPath;

#[rustfmt::skip]
const BINARY: [&[u8]; 40] = [
    b".7z", b".bin", b".bmp", b".bz2", b".class", b".css", b".dmg", b".doc", b".eot", b".exe", b".gif", b".gz", b".ico", b".iml",
    b".ipr", b".iws", b".jar", b".jpg", b".jpeg", b".lock", b".map", b".mo", b".pdf", b".png", b".prefs", b".psd", b".rar",
    b".realm", b".s7z", b".sum", b".svg", b".tar", b".tif", b".tiff", b".ttf", b".webp", b".woff", b".xls", b".xlsx", b".zip",
];

#[rustfmt::skip]
const LOCK_FILES: [&[u8]; 12] = [
    b"Brewfile.lock.json", b"Cartfile.resolved", b"composer.lock", b"Gemfile.lock", b"Package.resolved", b"package-lock.json",
    b"Podfile.lock", b"yarn.lock", b"Pipfile.lock", b"poetry.lock", b"Cargo.lock", b"packages.lock.json",
];

/// The path of the filter that keeps the file from being scanned.
pub(super) fn excluded_file(path: &RepoPath, settings: &Settings) -> Result<Option<&'static str>, SettingsError> {
    const PATTERN: &str = "detect_secrets.filters.regex.should_exclude_file";
    let bytes = path.as_bytes();
    if BINARY.contains(&extension(bytes)) {
        return Ok(Some("detect_secrets.filters.heuristic.is_non_text_file"));
    }
    if settings.filters(Filter::LockFile) && LOCK_FILES.contains(&path.file_name()) {
        return Ok(Some("detect_secrets.filters.heuristic.is_lock_file"));
    }
    if settings.filters(Filter::SwaggerFile) && memmem::find(bytes, b"swagger").is_some() {
        return Ok(Some("detect_secrets.filters.heuristic.is_swagger_file"));
    }
    if settings.baseline.as_ref().is_some_and(|name| name.as_bytes() == path.file_name()) {
        return Ok(Some("detect_secrets.filters.common.is_baseline_file"));
    }
    if settings.companion.as_ref().is_some_and(|companion| companion.as_bytes() == bytes) {
        return Ok(Some(PATTERN));
    }
    let text = path.to_str_lossy();
    for pattern in &settings.exclude_files {
        if pattern.is_found(&text)? {
            return Ok(Some(PATTERN));
        }
    }
    Ok(None)
}

impl Settings {
    /// What the patterns and word list of whoever set this up say about a secret that other rules found: the path of the filter that
    /// leaves it out, if one does.
    pub fn leaves_out(&self, path: &RepoPath, line: &str, value: &str) -> Result<Option<&'static str>, SettingsError> {
        let lists = [
            (&self.exclude_files, &*path.to_str_lossy(), "regex.should_exclude_file"),
            (&self.exclude_lines, line, "regex.should_exclude_line"),
            (&self.exclude_secrets, value, "regex.should_exclude_secret"),
        ];
        for (patterns, text, filter) in lists {
            for pattern in patterns {
                if pattern.is_found(text)? {
                    return Ok(Some(filter));
                }
            }
        }
        let has_word = self.words.as_ref().is_some_and(|words| words.is_match(&value.to_lowercase()));
        Ok(has_word.then_some("wordlist.should_exclude_secret"))
    }
}

/// What the filters say of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Judged,
    /// A comment keeps it from all plugins.
    Allowed,
    /// Another filter does.
    Excluded,
}

/// Whether a line is kept from all plugins. `previous` is the line before it, with or without its line end.
pub(super) fn line(extension: &[u8], line: &str, previous: &str, settings: &Settings) -> Result<Verdict, SettingsError> {
    let is_allowed = settings.filters(Filter::Allowlisted) && pragma::is_allowed(extension, line, previous);
    match is_excluded_line(line, settings) {
        Ok(true) => Ok(Verdict::Excluded),
        Ok(false) if is_allowed => Ok(Verdict::Allowed),
        Ok(false) => Ok(Verdict::Judged),
        // Of an allowed line detect-secrets asks no pattern.
        Err(_) if is_allowed => Ok(Verdict::Excluded),
        Err(error) => Err(error),
    }
}

fn is_excluded_line(line: &str, settings: &Settings) -> Result<bool, SettingsError> {
    for pattern in &settings.exclude_lines {
        if pattern.is_found(line)? {
            return Ok(true);
        }
    }
    Ok(settings.filters(Filter::IndirectReference) && is_indirect_reference(line))
}

/// Longer lines are taken as they are.
const INDIRECT_LIMIT: usize = 1000;

/// `x = f(…)`, `x: a.b[…]`, `x != f(…)`.
fn is_indirect_reference(line: &str) -> bool {
    if line.len() > INDIRECT_LIMIT && line.chars().nth(INDIRECT_LIMIT).is_some() {
        return false;
    }
    let Some(last) = line.rfind([')', ']']) else { return false };
    memchr::memchr3_iter(b':', b'=', b'!', line.as_bytes()).any(|at| {
        let rest = line.get(at + 1..).unwrap_or_default().trim_start_matches(is_space);
        let after = rest.trim_start_matches(|c| is_word(c) || c == '.' || c == '-');
        if after.len() == rest.len() || !after.starts_with(['[', '(']) {
            return false;
        }
        let open = line.len() - after.len();
        // The closing bracket may stand anywhere after the opening one, but for a vertical tab between them.
        open < last
            && after.get(1..).is_some_and(|tail| {
                tail.find([')', ']']).is_some_and(|close| !tail.get(..close).unwrap_or_default().contains('\x0b'))
            })
    })
}

/// Whether a value that a plugin found in a line is dropped.
pub(super) fn is_excluded_secret(plugin: Id, value: &str, line: &str, settings: &Settings) -> Result<bool, SettingsError> {
    let on = |filter| settings.filters(filter);
    if (on(Filter::NotAlphanumeric) && !value.bytes().any(|b| b.is_ascii_alphabetic()))
        || (on(Filter::Templated) && is_templated(value))
        || (on(Filter::DollarSign) && value.starts_with('$'))
        || (on(Filter::Sequential) && is_sequential(value))
        || (on(Filter::PotentialUuid) && has_uuid(value.as_bytes()))
        || (on(Filter::LikelyId) && NAMED.has(plugin) && follows_an_id(value, line))
    {
        return Ok(true);
    }
    for pattern in &settings.exclude_secrets {
        if pattern.is_found(value)? {
            return Ok(true);
        }
    }
    Ok(settings.words.as_ref().is_some_and(|words| words.is_match(&value.to_lowercase())))
}

/// The plugins whose values are dropped after a name that says `id`.
const NAMED: Set = Set::of(&[Id::Keyword, Id::Base64, Id::Hex]);

fn is_templated(value: &str) -> bool {
    value.is_empty()
        || value == "$"
        || [("{", '}'), ("<", '>'), ("${", '}')].iter().any(|&(open, close)| value.starts_with(open) && value.ends_with(close))
}

const SEQUENCES: [&str; 6] = [
    "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ+/",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "01234567890123456789",
    "0123456789ABCDEFABCDEF0123456789ABCDEFABCDEF",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ=/",
];

fn is_sequential(value: &str) -> bool {
    // One character may become up to three in upper case, none becomes fewer bytes than a quarter.
    if value.len() > 4 * 72 {
        return false;
    }
    let upper = value.to_uppercase();
    SEQUENCES.iter().any(|sequence| sequence.contains(&upper))
}

fn has_uuid(value: &[u8]) -> bool {
    static UUID: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new("(?i-u)[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}").ok());
    value.len() >= 36 && memchr::memchr(b'-', value).is_some() && UUID.as_ref().is_some_and(|uuid| uuid.is_match(value))
}

/// Whether, before the first place of the value in the line, a name ends in `id` (`id`, `myid`, `userid` at the start; `_id` anywhere).
fn follows_an_id(value: &str, line: &str) -> bool {
    let Some(before) = memmem::find(line.as_bytes(), value.as_bytes()).and_then(|at| line.get(..at)) else { return false };
    let ends = |rest: Option<&str>| {
        let Some(rest) = rest else { return false };
        let mut plural = rest.chars();
        let not_alphanumeric = |c: Option<char>| c.is_some_and(|c| !fold(c).is_ascii_alphanumeric());
        not_alphanumeric(rest.chars().next())
            || (plural.next().is_some_and(|c| fold(c) == 's') && not_alphanumeric(plural.next()))
    };
    ["id", "myid", "userid"].iter().any(|name| ends(strip_folded(before, name)))
        || memchr::memchr_iter(b'_', before.as_bytes()).any(|at| ends(strip_folded(before.get(at..).unwrap_or_default(), "_id")))
}

/// What follows `name` at the start of the text, case ignored.
fn strip_folded<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    name.chars().all(|expected| rest.next().is_some_and(|c| fold(c) == expected)).then_some(rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indirect_references() {
        #[rustfmt::skip]
        let cases = [
            ("secret = get_secret_key()", true),
            ("secret = request.headers['apikey']", true),
            ("a: b[0]", true),
            (r#"{"k": h("z")}"#, true),
            ("https://x?a=f(1)", true),
            ("x := f(y)", true),
            ("x !== f(y)", true),
            ("x = f(y", false),
            ("x = \"f\"(y)", false),
            ("x = (y)", false),
            ("x = f)(", false),
            ("x = f(\u{b})", false),
            ("x = f(]", true),
        ];
        for (line, expected) in cases {
            assert_eq!(is_indirect_reference(line), expected, "{line}");
        }
        let long = |n: usize| format!("x = f(){}", "é".repeat(n - 7));
        assert!(is_indirect_reference(&long(1000)) && !is_indirect_reference(&long(1001)));
    }

    #[test]
    fn values_that_are_no_secrets() {
        let settings = Settings::default();
        let dropped = |value: &str| is_excluded_secret(Id::Keyword, value, "", &settings).unwrap();
        for value in [
            "",
            "{x}",
            "<x>",
            "${x}",
            "$x",
            "$",
            "123",
            "***",
            "abcdef",
            "xyzabc",
            "789ABC",
            "a",
            "f0123",
            "deadbeef-0000-1111-2222-0123456789aB",
        ] {
            assert!(dropped(value), "{value}");
        }
        for value in ["hunter2", "{x", "acb", "ß1"] {
            assert_eq!(dropped(value), value == "ß1", "{value}");
        }
    }

    #[test]
    fn names_that_say_id() {
        for (line, expected) in [
            ("id: VALUE", true),
            ("ids = VALUE", true),
            ("userid='VALUE'", true),
            ("x_id VALUE", true),
            ("x_ID5 VALUE", false),
            ("xid VALUE", false),
            (" id VALUE", false),
            ("VALUE _id", false),
            ("x_\u{131}d:VALUE", true),
        ] {
            assert_eq!(follows_an_id("VALUE", line), expected, "{line}");
        }
    }

    #[test]
    fn files_by_name() {
        let mut settings = Settings::default();
        settings.set_baseline(".secrets.baseline");
        settings.exclude_files("^vendor/").unwrap();
        let excluded = |path: &str| excluded_file(&RepoPath::new(path), &settings).unwrap().is_some();
        for path in ["a.css", "x/yarn.lock", "api/swagger/x.py", "sub/.secrets.baseline", "vendor/x.py"] {
            assert!(excluded(path), "{path}");
        }
        for path in ["a.CSS", ".css", "pnpm-lock.yaml", "Swagger.py", "a/vendor/x.py"] {
            assert!(!excluded(path), "{path}");
        }
    }
}
