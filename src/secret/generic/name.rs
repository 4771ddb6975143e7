//! What a name says about its value: the words of an identifier and the family that they make.
//! Promises a decision from the last words, where the head of a name stands: `password_hint` names a hint, `hint_password` a password.
//! Sees only the name, never the value.

use std::ops::Range;

use super::names::{Names, Said};
use super::vocabulary as words;

/// What kind of secret a name promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Password,
    Secret,
    Token,
    Key,
    Credential,
}

/// A name that may name a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    pub family: Family,
    /// A word that many harmless things share: `key`, `auth`, `session`, `code`.
    pub vague: bool,
    /// Another word says whose or which it is: `paymongo_key`, not `key`.
    pub is_qualified: bool,
}

/// Longest identifier, to either side of the hit.
const REACH: usize = 128;
/// Words looked at, from the end.
const WORDS: usize = 12;

/// The end of the identifier around a hit: `.` and `-` belong to it where a letter follows.
pub fn end(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while at < from + REACH {
        match text.get(at) {
            Some(byte) if is_part(*byte) => at += 1,
            Some(b'.' | b'-') if text.get(at + 1).is_some_and(u8::is_ascii_alphabetic) => at += 1,
            _ => return Some(at),
        }
    }
    None
}

/// The start of the identifier around a hit.
pub fn start(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while at + REACH > from {
        let Some(before) = at.checked_sub(1) else { return Some(0) };
        match text.get(before) {
            // The letter of an escape is no part of a name: `\n` before `password`.
            Some(b'n' | b't' | b'r') if before > 0 && text.get(before - 1) == Some(&b'\\') => return Some(at),
            Some(byte) if is_part(*byte) => at = before,
            Some(b'.' | b'-') if before > 0 && text.get(before - 1).is_some_and(|b| is_part(*b) || *b == b'-') => at = before,
            _ => return Some(at),
        }
    }
    None
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// What the identifier `name` says; `None` if it names no secret. `before` is the word that stands before it in running text
/// (`API key`), empty if there is none. What the project says of names (`own`) counts more than what we know.
pub fn meaning(name: &[u8], before: &[u8], own: &Names) -> Option<Meaning> {
    let mut split = [&b""[..]; WORDS];
    let mut count = 0;
    for range in Words::of(name) {
        let word = name.get(range).unwrap_or_default();
        if count == WORDS {
            split.rotate_left(1);
            count -= 1;
        }
        if let Some(slot) = split.get_mut(count) {
            *slot = word;
        }
        count += 1;
    }
    let mut split = split.get(..count)?;
    match own_meaning(split, own) {
        Said::IsNone => return None,
        Said::IsPassword => return Some(Meaning { family: Family::Password, vague: false, is_qualified: count > 1 }),
        Said::Nothing => {}
    }
    if split.iter().any(|word| is(words::NEGATIVE_ANYWHERE, word)) {
        return None;
    }
    while let Some(rest) = without_tail(split) {
        split = rest;
    }
    let (head, rest) = split.split_last()?;
    let modifier = rest.last().copied().unwrap_or(before);
    let meaning = head_meaning(head, modifier)?;
    if rest.iter().any(|word| is(words::NEGATIVE_HEADS, word)) && meaning.vague {
        return None;
    }
    let near = rest.get(rest.len().saturating_sub(2)..).unwrap_or_default();
    let negative = match meaning.family {
        // .NET's `PublicKeyToken` is the hash of a public key.
        Family::Token => near.iter().any(|word| is(words::TOKEN_NEGATIVES, word) || is(words::PUBLIC, word)),
        Family::Key => near.iter().any(|word| is(words::PUBLIC, word)),
        _ => false,
    };
    (!negative).then_some(meaning)
}

/// The words before one that says which, not what: `password_2`, `secret_key_base`, `token_value`.
fn without_tail<'s, 'n>(split: &'s [&'n [u8]]) -> Option<&'s [&'n [u8]]> {
    let (last, rest) = split.split_last()?;
    (!rest.is_empty() && is(words::NEUTRAL_TAILS, last)).then_some(rest)
}

/// What the project says of the name, with its neutral words or without.
fn own_meaning(split: &[&[u8]], own: &Names) -> Said {
    if own.is_empty() {
        return Said::Nothing;
    }
    let said = std::iter::successors(Some(split), |split| without_tail(split)).map(|split| own.say(split));
    said.fold(Said::Nothing, |before, said| match (before, said) {
        (Said::IsNone, _) | (_, Said::IsNone) => Said::IsNone,
        (Said::Nothing, said) => said,
        (before, _) => before,
    })
}

fn head_meaning(head: &[u8], modifier: &[u8]) -> Option<Meaning> {
    let family = |family, vague| Some(Meaning { family, vague, is_qualified: !modifier.is_empty() });
    let ends = |list: &[&str]| list.iter().any(|word| ends_with(head, word));
    if is(words::PASSWORDS, head) || ends(words::PASSWORD_ENDS) || ends(&["pass"]) && !is(words::NO_PASS, head) {
        return family(Family::Password, false);
    }
    if ends(&["secret", "secrets"]) {
        return family(Family::Secret, ends(&["secrets"]));
    }
    if ends(&["token", "tokens"]) {
        return family(Family::Token, false);
    }
    if is(words::TOKENS, head) {
        return family(Family::Token, !is(&["auth", "oauth"], modifier));
    }
    if is(words::CREDENTIALS, head) {
        return family(Family::Credential, true);
    }
    if is(words::QUALIFIED_KEYS, head) {
        return family(Family::Key, false);
    }
    let stem = head.get(..head.len().checked_sub(3)?).filter(|_| ends_with(head, "key"))?;
    let qualifier = if stem.is_empty() { modifier } else { stem };
    if is(words::KEY_NEGATIVES, qualifier) {
        return None;
    }
    let qualified = is(words::KEY_QUALIFIERS, qualifier);
    // `monkey` and `hotkey` are words of their own.
    (qualified || stem.is_empty()).then_some(Meaning { family: Family::Key, vague: !qualified, is_qualified: modifier.len() > 2 })
}

fn is(list: &[&str], word: &[u8]) -> bool {
    list.iter().any(|entry| word.eq_ignore_ascii_case(entry.as_bytes()))
}

fn ends_with(word: &[u8], end: &str) -> bool {
    word.len()
        .checked_sub(end.len())
        .and_then(|from| word.get(from..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
}

/// The words of an identifier: split at everything that is no letter, and where the case says so (`apiKey`, `APIKey`, `HTTPPassword`).
pub struct Words<'n> {
    name: &'n [u8],
    at: usize,
}

impl<'n> Words<'n> {
    pub fn of(name: &'n [u8]) -> Self {
        Self { name, at: 0 }
    }
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let is_letter = |at: usize| self.name.get(at).is_some_and(|b| b.is_ascii_alphabetic() || *b >= 0x80);
        let is_upper = |at: usize| self.name.get(at).is_some_and(u8::is_ascii_uppercase);
        let is_lower = |at: usize| self.name.get(at).is_some_and(|b| b.is_ascii_lowercase() || *b >= 0x80);
        let mut start = self.at;
        while start < self.name.len() && !is_letter(start) {
            start += 1;
        }
        let mut end = start;
        while is_letter(end) {
            end += 1;
            let camel = is_lower(end - 1) && is_upper(end);
            let acronym = is_upper(end - 1) && is_upper(end) && is_lower(end + 1);
            if camel || acronym {
                break;
            }
        }
        self.at = end;
        (start < end).then_some(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn family(name: &str) -> Option<(Family, bool)> {
        meaning(name.as_bytes(), b"", &Names::default()).map(|meaning| (meaning.family, meaning.vague))
    }

    #[test]
    fn the_head_of_a_name_decides() {
        for (name, expected) in [
            ("db_password", Some((Family::Password, false))),
            ("DB_PASS_2", Some((Family::Password, false))),
            ("newpassword", Some((Family::Password, false))),
            ("spring.datasource.password", Some((Family::Password, false))),
            ("password_hint", None),
            ("passwordField", None),
            ("bypass", None),
            ("SECRET_KEY", Some((Family::Key, false))),
            ("SECRET_KEY_BASE", Some((Family::Key, false))),
            ("consumerSecret", Some((Family::Secret, false))),
            ("APIKey", Some((Family::Key, false))),
            ("api-key", Some((Family::Key, false))),
            ("key", Some((Family::Key, true))),
            ("monkey", None),
            ("public_key", None),
            ("foreignKey", None),
            ("key_id", None),
            ("token_type", None),
            ("max_tokens", None),
            ("PublicKeyToken", None),
            ("oauth_token_secret", Some((Family::Secret, false))),
            ("accessToken", Some((Family::Token, false))),
            ("keyboard", None),
            ("CLIENT_SECRET_PATH", None),
            ("config.secret_key_base", Some((Family::Key, false))),
            ("max_new_tokens", None),
            ("stripe_publishable_api_key", None),
            ("session_verifier", Some((Family::Token, true))),
            ("oauth_verifier", Some((Family::Token, false))),
        ] {
            assert_eq!(family(name), expected, "{name}");
        }
    }

    #[test]
    fn the_words_of_a_project_count_more_than_ours() {
        let own = Names::new(["geheimzahl", "zip-code", "密码本", "reset_hint"], ["csrf_token", "pw", "legacy-zip-code"]);
        let family = |name: &str| meaning(name.as_bytes(), b"", &own).map(|meaning| meaning.family);
        for name in [
            "geheimzahl",
            "DB_GEHEIMZAHL",
            "dbGeheimzahl2",
            "geheimzahl_value",
            "zipCode",
            "x.zip_code",
            "我的_密码本",
            "resetHint",
        ] {
            assert_eq!(family(name), Some(Family::Password), "{name}");
        }
        for name in ["code", "zip", "zip_code_length", "geheimzahlen", "csrf_token", "csrfTokenValue", "my_pw", "LEGACY_ZIP_CODE"]
        {
            assert_eq!(family(name), None, "{name}");
        }
        assert_eq!((family("token"), family("db_password")), (Some(Family::Token), Some(Family::Password)));
    }

    #[test]
    fn the_word_before_qualifies_a_key() {
        assert_eq!(
            meaning(b"Key", b"Consumer", &Names::default()),
            Some(Meaning { family: Family::Key, vague: false, is_qualified: true })
        );
    }

    #[test]
    fn an_identifier_ends_where_its_syntax_ends() {
        let text = b"x = self.api-key['a'] \\npassword: y";
        assert_eq!(end(text, 13), Some(16));
        assert_eq!(start(text, 13), Some(4));
        assert_eq!(start(text, 26), Some(24));
    }
}
