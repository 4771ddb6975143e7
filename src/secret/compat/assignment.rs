//! Plugins that know their secrets by the name they are assigned to: Cloudant, IBM Cloud, SoftLayer.
//! Promises the matches of detect-secrets' one assignment form: a boundary, a name, an operator, a value of fixed length.
//! Names that merely sound secret are in `keyword`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::plugins::{Id, Set};
use super::python::{fold, folds_into_ascii, is_word};

/// The plugins of this module.
pub(super) const PLUGINS: Set = Set::of(&[Id::Cloudant, Id::IbmIam, Id::IbmCos, Id::SoftLayer]);
/// No value is shorter.
pub(super) const SHORTEST: usize = 24;

/// One form: whose it is, its name, its value, and what must not follow the value.
struct Form {
    plugin: Id,
    /// Anchored at the start of what is searched; group 1 is the value.
    regex: Option<Regex>,
    not_followed_by: fn(char) -> bool,
}

/// Ignoring case, `i` is also `İ` and `ı`; the crate knows only `ſ` and the Kelvin sign.
const I: &str = "[iİı]";
/// Letters, ignoring case.
const LETTERS: &str = "a-zİı";

fn form(plugin: Id, name: &str, value: &str, not_followed_by: fn(char) -> bool) -> Form {
    let text = format!(r#"(?i)\A\[?["']?(?:{name})["']?\]? *(?::=|::|=>|=|:| ) *["']?({value})["']?"#);
    Form { plugin, regex: Regex::new(&text).ok(), not_followed_by }
}

fn nothing(_: char) -> bool {
    false
}

fn is_token(c: char) -> bool {
    c == '-' || c == '_' || fold(c).is_ascii_alphanumeric()
}

static FORMS: LazyLock<[Form; 5]> = LazyLock::new(|| {
    let api = format!("(?:ap{I})?");
    let word = "(?:key|pwd|password|pass|token)";
    let ibm = format!("{I}bm");
    let iam = format!("{I}am");
    let cloudant = format!("(?:cloudant|clou|cl)[_-]?{api}(?:key|pwd|pw|password|pass|token)");
    let iam_prefix = format!("(?:{ibm}[_-]?cloud[_-]?{iam}|cloud[_-]?{iam}|{ibm}[_-]?cloud|{ibm}[_-]?{iam}|{ibm}|{iam}|cloud|)");
    [
        form(Id::Cloudant, &cloudant, "[0-9a-f]{64}", nothing),
        form(Id::Cloudant, &cloudant, &format!("[{LETTERS}]{{24}}"), nothing),
        form(Id::IbmIam, &format!("{iam_prefix}[_-]?{api}[_-]?{word}"), &format!("[{LETTERS}0-9_-]{{44}}"), is_token),
        form(
            Id::IbmCos,
            &format!("(?:(?:{ibm})?[-_]?cos[-_]?(?:hmac)?)?[-_]?secret[-_]?(?:access)?[-_]?key"),
            "[a-f0-9]{48}",
            |c| c.is_ascii_hexdigit(),
        ),
        form(Id::SoftLayer, &format!("(?:softlayer|sl)[_-]?{api}[_-]?{word}"), &format!("[{LETTERS}0-9]{{64}}"), nothing),
    ]
});

/// The values of a line.
pub(super) fn find(line: &str, plugins: Set, found: &mut impl FnMut(Id, Range<usize>)) {
    if plugins.and(PLUGINS).is_empty() || !may_assign(line) {
        return;
    }
    for form in FORMS.iter().filter(|form| plugins.has(form.plugin)) {
        form.find(line, found);
    }
}

impl Form {
    fn find(&self, line: &str, found: &mut impl FnMut(Id, Range<usize>)) {
        let Some(regex) = &self.regex else { return };
        let mut before = None;
        let mut next = 0;
        for (at, c) in line.char_indices() {
            let boundary = before.is_none_or(|c| !is_word(c));
            before = Some(c);
            if at < next || !boundary {
                continue;
            }
            let rest = line.get(at..).unwrap_or_default();
            let Some(captures) = regex.captures(rest) else { continue };
            let (Some(whole), Some(value)) = (captures.get(0), captures.get(1)) else { continue };
            if rest.get(value.end()..).and_then(|rest| rest.chars().next()).is_some_and(self.not_followed_by) {
                continue;
            }
            next = at + whole.end();
            found(self.plugin, at + value.start()..at + value.end());
        }
    }
}

/// A quick test that no line with a value fails: a long run with an operator or blanks and a name's last word before it.
fn may_assign(line: &str) -> bool {
    if folds_into_ascii(line) {
        return true;
    }
    let bytes = line.as_bytes();
    let mut end = 0;
    while let Some(start) = bytes.iter().skip(end).position(|&b| is_run(b)).map(|at| end + at) {
        end = start + bytes.iter().skip(start).take_while(|&&b| is_run(b)).count();
        if end - start >= SHORTEST && follows_name(bytes.get(..start).unwrap_or_default()) {
            return true;
        }
    }
    false
}

fn is_run(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn follows_name(before: &[u8]) -> bool {
    let end = before.iter().rposition(|b| !matches!(b, b' ' | b'"' | b'\'' | b'=' | b':' | b'>' | b']')).map_or(0, |at| at + 1);
    let name = before.get(..end).unwrap_or_default();
    let ends = |word: &str| {
        name.len().checked_sub(word.len()).and_then(|at| name.get(at..)).is_some_and(|t| t.eq_ignore_ascii_case(word.as_bytes()))
    };
    end < before.len() && ["key", "pwd", "pw", "password", "pass", "token"].into_iter().any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_operators_and_values() {
        let hex = "0123456789abcdef".repeat(4);
        let w = "aB-_".repeat(11);
        let letters = "abcdefghijklmnopqrstuvwx";
        #[rustfmt::skip]
        let cases: &[(String, Option<(Id, &str)>)] = &[
            (format!("cloudant_password = '{hex}'"), Some((Id::Cloudant, &hex))),
            (format!("[\"cl-apikey\"]:={letters}yz"), Some((Id::Cloudant, letters))),
            (format!("clkey  {letters}"), Some((Id::Cloudant, letters))),
            (format!("xclkey  {letters}"), None),
            (format!("token: {w}"), Some((Id::IbmIam, &w))),
            (format!("ibm_cloud_iam_api_key => {w}\""), Some((Id::IbmIam, &w))),
            (format!("token: {w}x"), None),
            (format!("token := {w}"), Some((Id::IbmIam, &w))),
            (format!("token == {w}"), None),
            (format!("secret_access_key={}", &hex[..48]), Some((Id::IbmCos, &hex[..48]))),
            (format!("ibm-cos_hmac_secret-key::{}", &hex[..48]), Some((Id::IbmCos, &hex[..48]))),
            (format!("secret_key={}", &hex[..49]), None),
            (format!("softlayer_api_token \"{hex}\""), Some((Id::SoftLayer, &hex))),
            (format!("slpass:{hex}0"), Some((Id::SoftLayer, &hex))),
        ];
        for (line, expected) in cases {
            let mut all = Vec::new();
            find(line, PLUGINS, &mut |id, range| all.push((id, &line[range])));
            assert_eq!(all.first(), expected.as_ref(), "{line}");
        }
    }
}
