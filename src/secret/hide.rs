//! What people wrote into a record or a configuration, as it may be shown: a reason, an owner, a name that nobody knows.
//! Promises that no token format, key or credential in its place is left in it, whatever it is encoded in.
//! Knows no names: prose about passwords stays prose.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::{Detector, Scan, Scope};
use crate::finding::{Secrets, without};
use crate::source::{Origin, RepoPath, Source};

/// The text without what our own rules know.
pub fn hide(text: &str) -> Cow<'_, str> {
    static OURS: LazyLock<Detector> = LazyLock::new(Detector::default);
    OURS.hide(text)
}

impl Detector {
    /// The text with `…` for what is known by its format; a public prefix stays. Nothing of a text that is too much to be searched.
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let path = RepoPath::new("");
        let source = Source::of_text(&path, text.as_bytes(), Origin::Repository);
        let found = Scan::new(self, &source).run(&source, Scope::Formats);
        if !found.limits.is_empty() {
            return Cow::Borrowed("…");
        }
        let places = found.candidates.iter().map(|candidate| (candidate.range.clone(), &candidate.value));
        let hidden = Secrets::new(&source, places).hidden_in(text.as_bytes());
        match without(text.as_bytes(), &hidden) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(shown) => Cow::Owned(String::from_utf8_lossy(&shown).into_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::hide;

    #[test]
    fn what_has_a_format_is_hidden_and_the_rest_stays() {
        let token = "gh·p_0000000000000000000000000000002C8GjS";
        let encoded = "Z2hw·XzAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDJDOEdqUw==";
        let harmless = "größe of a.py: Secret Keyword 7c6a61c68ef8b9b6b061b28c348bc1ed7921cb53";
        for (text, shown) in [
            (format!("as {token}, was {token}"), "as ghp_…, was ghp_…"),
            (format!("in base64: {encoded}"), "in base64: …"),
            ("postgres://app:zsp·kw9rj1@db/x".to_owned(), "postgres://app:…@db/x"),
            (harmless.to_owned(), harmless),
        ] {
            assert_eq!(hide(&text.replace('·', "")), shown);
        }
    }

    #[test]
    fn nothing_is_shown_of_what_is_too_much() {
        let token = "gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7\n".replace('·', "");
        assert_eq!(hide(&token.repeat(10_001)), "…");
    }
}
