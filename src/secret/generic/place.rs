//! Where a value stands, as far as that tells whether somebody made it up: tests, documentation, examples, translations, docstrings.
//! Promises a decision from the path and, in Python, from the triple quotes before; each byte is looked at once.
//! Excuses nothing by itself: what looks random in a test was often copied from life.

use std::ops::Range;

use super::syntax::Syntax;
use crate::source::RepoPath;

/// A kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Plain,
    /// Tests, documentation, examples, comments: words in them are made up.
    Sample,
    /// What a program says in other languages: words in it are what it says.
    Translation,
}

/// Folders and files whose values are often made up.
#[rustfmt::skip]
const SAMPLES: &[&str] = &[
    "test", "tests", "testing", "spec", "specs", "doc", "docs", "documentation", "example", "examples", "sample", "samples",
    "demo", "demos", "fixture", "fixtures", "mock", "mocks", "tutorial", "tutorials", "testdata", "lang", "languages", "messages",
    "cookbook", "conftest", "readme", "changelog",
];

/// Folders and files of translations.
const TRANSLATIONS: &[&str] = &["locale", "locales", "i18n", "l10n", "intl", "translations", "translation"];
/// The same, but programs have such folders too.
const TRANSLATED_DATA: &[&str] = &["lang", "languages", "messages"];

impl Place {
    /// As far as the path tells.
    pub fn of(path: &RepoPath, syntax: Option<Syntax>) -> Self {
        let has = |list: &[&str]| {
            let is_in = |word: &[u8]| list.iter().any(|entry| word.eq_ignore_ascii_case(entry.as_bytes()));
            path.as_bytes().split(|b| !b.is_ascii_alphanumeric()).any(is_in)
        };
        match syntax {
            _ if has(TRANSLATIONS) => Self::Translation,
            Some(syntax) if syntax != Syntax::Code && has(TRANSLATED_DATA) => Self::Translation,
            Some(Syntax::Prose) => Self::Sample,
            _ if has(SAMPLES) => Self::Sample,
            _ => Self::Plain,
        }
    }
}

/// The docstrings of one Python text, walked from top to bottom.
#[derive(Debug, Default)]
pub struct Docstrings {
    /// How far the text was walked.
    at: usize,
    open: Option<Open>,
}

/// A triple-quoted literal that has not ended.
#[derive(Clone, Copy, Debug)]
struct Open {
    quote: u8,
    /// Nothing stands before it on its line: it is documentation, not a value.
    is_documentation: bool,
}

impl Docstrings {
    /// Whether `place`, which is not before the last one asked for, lies in a docstring.
    pub fn contains(&mut self, text: &[u8], place: usize) -> bool {
        while let Some(found) = self.next_quotes(text, place) {
            let quote = text.get(found.start).copied().unwrap_or_default();
            self.at = found.end;
            self.open = match self.open {
                Some(open) if open.quote == quote => None,
                Some(open) => Some(open),
                None => Some(Open { quote, is_documentation: stands_first(text, found.start) }),
            };
        }
        self.at = self.at.max(place);
        self.open.is_some_and(|open| open.is_documentation)
    }

    /// The next three quotes before `place`.
    fn next_quotes(&self, text: &[u8], place: usize) -> Option<Range<usize>> {
        let window = text.get(self.at..place)?;
        memchr::memchr2_iter(b'"', b'\'', window)
            .find(|&at| matches!(window.get(at..at + 3), Some([a, b, c]) if a == b && b == c))
            .map(|at| self.at + at..self.at + at + 3)
    }
}

/// Whether only blanks and a prefix letter stand before `at` on its line.
fn stands_first(text: &[u8], at: usize) -> bool {
    const INDENT: usize = 64;
    let before = text.get(at.saturating_sub(INDENT)..at).unwrap_or_default();
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii_start();
    matches!(line, [] | [b'r' | b'R' | b'u' | b'U'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &str) -> Place {
        let path = RepoPath::new(path);
        Place::of(&path, Syntax::of(&path))
    }

    #[test]
    fn a_path_tells_what_values_are_worth() {
        for (path, expected) in [
            ("src/settings.py", Place::Plain),
            ("tests/test_login.py", Place::Sample),
            ("README.md", Place::Sample),
            ("app/translations/lb.json", Place::Translation),
            ("app/locales/de.js", Place::Translation),
            ("app/lang/de.yml", Place::Translation),
            ("django/contrib/messages/api.py", Place::Sample),
        ] {
            assert_eq!(place(path), expected, "{path}");
        }
    }

    #[test]
    fn docstrings_are_told_from_values() {
        let text = b"\"\"\"one\n A\"\"\"\nx = \"\"\"\n B\n\"\"\"\ndef f():\n    r'''\n C \"\"\" D\n    '''\n E\n";
        let mut docstrings = Docstrings::default();
        let inside: String = "ABCDE"
            .bytes()
            .filter(|&letter| docstrings.contains(text, text.iter().position(|b| *b == letter).unwrap()))
            .map(char::from)
            .collect();
        assert_eq!(inside, "ACD");
    }
}
