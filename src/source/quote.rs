//! Text of others in messages of ours: printable, short, and without what looks like a key.
//! Promises that no control character gets through.
//! Hides no secret that reads like words.

use std::borrow::Cow;

use super::escape;

/// Characters of a name that are shown at most.
const NAME: usize = 80;
/// A word of this many letters and digits together is no name of ours; so many of its characters are shown.
const KEY: usize = 16;
const KEY_START: usize = 3;

/// A name in backticks, printable and of sane length; words that look like keys and not like names are cut off.
pub(crate) fn quote(name: &str) -> String {
    let mut shown = String::new();
    for word in name.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        match start_of_key(word) {
            Some(start) => shown.extend([start, "…"]),
            None => shown.push_str(word),
        }
    }
    format!("`{}`", clip(&shown, NAME))
}

/// As much as may be shown of a word that looks like a key and not like a name; `None` if it does not.
pub(crate) fn start_of_key(word: &str) -> Option<&str> {
    let is_mixed = word.bytes().any(|b| b.is_ascii_digit()) && word.bytes().any(|b| b.is_ascii_alphabetic());
    word.get(..KEY_START).filter(|_| is_mixed && word.len() >= KEY)
}

/// A name as a word of a command that is to be copied into a shell: in single quotes where the shell would see more in it than a name.
pub(crate) fn shell_word(name: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:@%+=,".contains(c);
    if !name.is_empty() && name.chars().all(is_plain) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(format!("'{}'", name.replace('\'', r"'\''")))
}

/// The first characters, printable.
pub(crate) fn clip(text: &str, limit: usize) -> String {
    let mut clipped: String = text.chars().take(limit).collect();
    if clipped.len() < text.len() {
        clipped.push('…');
    }
    escape(clipped.as_bytes()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_a_word_as_the_name_it_was() {
        for (name, word) in [
            (".config/ds.baseline", ".config/ds.baseline"),
            ("größe.json", "größe.json"),
            ("my baseline", "'my baseline'"),
            ("a$(id);b", "'a$(id);b'"),
            ("it's", r"'it'\''s'"),
            ("~/x", "'~/x'"),
            ("a`id`", "'a`id`'"),
            ("", "''"),
        ] {
            assert_eq!(shell_word(name), word);
        }
    }
}
