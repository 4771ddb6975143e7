//! Python's view of text: which characters are words and blanks, how lines end, how names fold.
//! Promises the answers of Python 3.11 `str` and `re` where Rust's own differ.
//! Knows nothing of secrets.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// `\w` as a character class of the `regex` crate: letters and numbers, no marks.
pub(super) const WORD: &str = r"\p{L}\p{N}_";
/// `\s` as a character class of the `regex` crate.
pub(super) const SPACE: &str = r"\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}";

/// `str.isalnum()` or `_`, which is what `\w` matches.
pub(super) fn is_word(c: char) -> bool {
    static LETTER_OR_NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\A[\p{L}\p{N}]").ok());
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    // Rust's alphabetic characters include marks and circled letters; the class does not.
    c.is_alphanumeric() && LETTER_OR_NUMBER.as_ref().is_some_and(|class| class.is_match(c.encode_utf8(&mut [0; 4])))
}

/// `str.isspace()`.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\x1c'..=' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// `\d`: category Nd.
pub(super) fn is_digit(c: char) -> bool {
    static DIGIT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\A\p{Nd}").ok());
    if c.is_ascii() {
        return c.is_ascii_digit();
    }
    c.is_numeric() && DIGIT.as_ref().is_some_and(|class| class.is_match(c.encode_utf8(&mut [0; 4])))
}

/// The lower-case ASCII letter (or digit) that `c` equals when case is ignored; `c` itself where there is none.
///
/// Four characters beyond ASCII fold into it: `İ` and `ı` to `i`, `ſ` to `s`, the Kelvin sign to `k`.
pub(super) fn fold(c: char) -> char {
    match c {
        'İ' | 'ı' => 'i',
        'ſ' => 's',
        '\u{212a}' => 'k',
        'Ñ' => 'ñ',
        _ => c.to_ascii_lowercase(),
    }
}

/// Whether the text holds a character beyond ASCII that folds into ASCII: see [`fold`].
pub(super) fn folds_into_ascii(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| matches!(c, 'İ' | 'ı' | 'ſ' | '\u{212a}'))
}

/// `str.splitlines()` ends a line here.
fn ends_line(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// `str.splitlines()` of a text without `\r`.
pub(super) fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    let empty = text.is_empty();
    text.strip_suffix(ends_line).unwrap_or(text).split(ends_line).filter(move |_| !empty)
}

/// `str.strip()`.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `os.path.splitext(path)[1]`: the extension with its dot, empty if there is none.
pub(super) fn extension(path: &[u8]) -> &[u8] {
    let name = path.rsplit(|&b| b == b'/').next().unwrap_or(path);
    let Some(dot) = name.iter().rposition(|&b| b == b'.') else { return b"" };
    let (stem, extension) = name.split_at(dot);
    if stem.iter().all(|&b| b == b'.') { b"" } else { extension }
}

/// A text with its line ends made `\n`, and where that took a byte away.
#[derive(Debug)]
pub(super) struct Newlines<'t> {
    pub(super) text: Cow<'t, str>,
    /// Offsets in `text` of each newline that was `\r\n`.
    collapsed: Vec<usize>,
}

impl<'t> Newlines<'t> {
    /// Reads as Python's text mode does: `\r\n` and a lone `\r` become `\n`.
    pub(super) fn translate(text: &'t str) -> Self {
        if memchr::memchr(b'\r', text.as_bytes()).is_none() {
            return Self { text: Cow::Borrowed(text), collapsed: Vec::new() };
        }
        let mut out = String::with_capacity(text.len());
        let mut collapsed = Vec::new();
        let mut rest = text;
        while let Some((head, tail)) = rest.split_once('\r') {
            out.push_str(head);
            rest = tail.strip_prefix('\n').unwrap_or(tail);
            if rest.len() < tail.len() {
                collapsed.push(out.len());
            }
            out.push('\n');
        }
        out.push_str(rest);
        Self { text: Cow::Owned(out), collapsed }
    }

    /// The offset in the original text of an offset in `text`.
    pub(super) fn original(&self, offset: usize) -> usize {
        offset + self.collapsed.partition_point(|&at| at < offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_numbers_but_not_marks() {
        for (c, word) in [('é', true), ('٣', true), ('²', true), ('Ⅷ', true), ('\u{301}', false), ('Ⓐ', false), ('-', false)]
        {
            assert_eq!(is_word(c), word, "{c:?}");
        }
        assert!(is_digit('٣') && !is_digit('²'));
    }

    #[test]
    fn an_extension_needs_a_name_before_its_dot() {
        for (path, expected) in [("a.b/c", ""), (".env", ""), ("...x", ""), ("x.", "."), ("a.tar.gz", ".gz"), ("d/.a.b", ".b")] {
            assert_eq!(extension(path.as_bytes()), expected.as_bytes(), "{path}");
        }
    }

    #[test]
    fn offsets_survive_the_translation_of_line_ends() {
        let lines = Newlines::translate("a\r\nb\rc\r\nd");
        assert_eq!(lines.text, "a\nb\nc\nd");
        assert_eq!([0, 1, 2, 4, 6].map(|at| lines.original(at)), [0, 1, 3, 5, 8]);
    }

    #[test]
    fn lines_split_as_in_python() {
        let split = |text| split_lines(text).collect::<Vec<_>>();
        assert!(split("").is_empty());
        assert_eq!(split("\n"), [""]);
        assert_eq!(split("a\x0bb\n\nc\u{2028}"), ["a", "b", "", "c"]);
    }
}
