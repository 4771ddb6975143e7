//! What a value looks like: random, a word, a number, or (asking `harmless`) something that is no secret.
//! Promises one pass over the value and one answer.
//! Does not know the name; what a shape is worth is `verdict`'s business.

use super::bigram::word_likeness;
use super::harmless::{self, SENTENCE};

/// The look of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Something that a program says or names: the reason.
    Harmless(&'static str),
    /// One word of a language or an identifier of several.
    Word,
    /// Words joined: `user_name`, `some-thing`, `someThing`, `SOME_THING`.
    Identifier,
    /// Digits only.
    Number,
    /// Letters that make no word, one case.
    Letters,
    /// Letters of both cases without digits and symbols, no word.
    MixedCase,
    /// Letters and digits; at least two digits or no word in it.
    LettersAndDigits,
    /// Letters, digits and other printable characters.
    Symbols,
    /// A word followed by at most four digits: `summer2024`.
    WordAndNumber,
    /// Words with digits and marks between them: `refresh12345`, `qts-access`, `Tr0ub4dor&3`.
    Phrase,
    /// 32, 40, 56, 64, 96 or 128 hex digits.
    HashSized,
    /// Other runs of hex digits.
    Hex,
    Uuid,
    /// A longer text with a random run of at least 16 characters in it.
    Composite,
}

/// Counts of one pass.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub lower: usize,
    pub upper: usize,
    pub digit: usize,
    pub blank: usize,
    pub symbol: usize,
    pub hex: usize,
}

impl Count {
    fn of(value: &[u8]) -> Self {
        let mut count = Self::default();
        for byte in value {
            match byte {
                b'a'..=b'z' => count.lower += 1,
                b'A'..=b'Z' => count.upper += 1,
                b'0'..=b'9' => count.digit += 1,
                b' ' | b'\t' | b'\n' | b'\r' => count.blank += 1,
                _ => count.symbol += 1,
            }
            count.hex += usize::from(byte.is_ascii_hexdigit());
        }
        count
    }

    pub fn letters(self) -> usize {
        self.lower + self.upper
    }
}

/// Above it the letters of a value read like words.
pub const WORDY: f32 = 0.0;
/// Below it letters read like chance.
const CHANCE: f32 = -0.4;

impl Shape {
    /// For the reader.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Harmless(reason) => reason,
            Self::Word => "a word",
            Self::Identifier => "joined words",
            Self::Number => "digits",
            Self::Letters => "letters that make no word",
            Self::MixedCase => "letters of both cases",
            Self::LettersAndDigits => "letters and digits",
            Self::Symbols => "mixed classes",
            Self::WordAndNumber => "a word and a number",
            Self::Phrase => "words, digits and marks",
            Self::HashSized => "hex digits of a key's length",
            Self::Hex => "hex digits",
            Self::Uuid => "a UUID",
            Self::Composite => "a random run in a text",
        }
    }

    /// The shape of a value of at least one byte.
    pub fn of(value: &[u8]) -> Self {
        let count = Count::of(value);
        if let Some(reason) = harmless::reason(value, &count) {
            return if reason == SENTENCE && has_random_run(value) { Self::Composite } else { Self::Harmless(reason) };
        }
        if count.digit == value.len() {
            return Self::Number;
        }
        if is_uuid(value) {
            return Self::Uuid;
        }
        if count.hex == value.len()
            && count.digit > 0
            && value.len() >= 16
            && (count.lower == 0 || count.upper <= count.digit + count.lower)
        {
            return if matches!(value.len(), 32 | 40 | 56 | 64 | 96 | 128) { Self::HashSized } else { Self::Hex };
        }
        let wordy = word_likeness(value).is_some_and(|mean| mean > WORDY);
        if is_identifier(value, &count) || is_constant(value, &count) || is_field(value, &count) {
            return Self::Identifier;
        }
        if count.symbol == 0 && count.digit == 0 {
            return letters(value, &count, wordy);
        }
        let trailing = value.iter().rev().take_while(|b| b.is_ascii_digit()).count();
        if count.symbol == 0 && wordy && trailing == count.digit && trailing <= 4 && count.letters() >= 3 {
            return Self::WordAndNumber;
        }
        let is_phrase = word_likeness(value).is_some_and(|mean| mean > 0.5)
            && count.letters() * 2 > value.len()
            && !value.ends_with(b"=")
            // At the beginning of a short value a mark is a tag or a sigil: `!var`.
            && !(value.len() < 8 && value.iter().skip(1).any(|b| b"@!$&*^".contains(b)))
            && !has_random_run(value);
        match count.symbol {
            _ if is_phrase => Self::Phrase,
            0 => Self::LettersAndDigits,
            _ => Self::Symbols,
        }
    }
}

fn letters(value: &[u8], count: &Count, wordy: bool) -> Shape {
    // Longer words are never all alike: a long run of letters counts as words only if it clearly reads like them.
    let mean = word_likeness(value).unwrap_or(0.0);
    let limit = if value.len() < 12 { CHANCE } else { WORDY };
    if wordy && (value.len() < 24 || mean > 1.0) || mean > limit {
        Shape::Word
    } else if count.lower > 0 && count.upper > 1 {
        Shape::MixedCase
    } else {
        Shape::Letters
    }
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, b)| if matches!(at, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() })
}

/// Letters with `_`, `-`, `.`, `:` or a change of case between parts that read like words; few digits.
fn is_identifier(value: &[u8], count: &Count) -> bool {
    let joined = value.iter().filter(|b| b"_-.:/".contains(b)).count();
    let camel =
        value.windows(2).filter(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase())).count();
    if joined != count.symbol || joined + camel == 0 || count.digit > 2 || count.blank > 0 {
        return false;
    }
    let parts = value.split(|b| !b.is_ascii_alphanumeric()).filter(|part| part.len() > 2);
    let (mut all, mut wordy) = (0, 0);
    for part in parts {
        all += 1;
        wordy += usize::from(word_likeness(part).is_some_and(|mean| mean > WORDY));
    }
    // Camel case of many short pieces is what random letters look like.
    let humps = camel * 3 <= count.letters();
    wordy * 3 >= all * 2 && humps && (all > 0 || value.len() < 6)
}

/// `MASS_CONCENTRATION_PM_2_5`: capitals joined by underscores, two long words among them, however many digits.
fn is_constant(value: &[u8], count: &Count) -> bool {
    let is_joined = count.lower == 0 && memchr::memchr_iter(b'_', value).count() == count.symbol;
    let words =
        value.split(|b| *b == b'_').filter(|part| part.len() >= 4 && word_likeness(part).is_some_and(|mean| mean > WORDY));
    is_joined && count.digit * 2 < count.upper && words.count() >= 2
}

/// `epvTotal`, `epv1Today`: a short name and, in camel case, a word that clearly is one.
fn is_field(value: &[u8], count: &Count) -> bool {
    if count.symbol > 0 || count.upper != 1 || count.digit > 2 || value.first().is_none_or(u8::is_ascii_uppercase) {
        return false;
    }
    let word = value.iter().position(u8::is_ascii_uppercase).and_then(|at| value.get(at..)).unwrap_or_default();
    let is_word = word.len() >= 5 && word.iter().all(u8::is_ascii_alphabetic);
    is_word && word.len() * 2 >= value.len() && word_likeness(word).is_some_and(|mean| mean > WORDY)
}

/// Whether a run of at least 16 letters and digits stands in the value that no word or number explains.
pub fn has_random_run(value: &[u8]) -> bool {
    value.split(|b| !(b.is_ascii_alphanumeric() || b"+/=_-".contains(b))).filter(|run| run.len() >= 16).any(|run| {
        let count = Count::of(run);
        let letters_between = run.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()).count();
        count.digit >= 3 && count.letters() >= 3 && letters_between >= 6 && !is_uuid(run)
    })
}

#[cfg(test)]
mod tests {
    use super::Shape;

    fn shape(value: &str) -> Shape {
        Shape::of(value.replace('·', "").as_bytes())
    }

    #[test]
    fn what_programs_say_is_harmless() {
        for value in [
            "https://example.org/x",
            "Enter your password",
            "/etc/ssl/private/key.pem",
            "./keys/id",
            "user@example.org",
            "django.contrib.auth",
            "get_password()",
            "<b>x</b>",
            "[a-z]{8}\\d",
            "2024-01-31",
            "1.2.3",
            "keys.json",
            "application/json",
            "Password must not be empty",
        ] {
            assert!(matches!(shape(value), Shape::Harmless(_)), "{value}: {:?}", shape(value));
        }
    }

    #[test]
    fn shapes_are_told_apart() {
        for (value, expected) in [
            ("sunshine", Shape::Word),
            ("user_name", Shape::Identifier),
            ("accessToken", Shape::Identifier),
            ("MASS_CONCENTRATION_PM_2_5_24H", Shape::Identifier),
            ("epv1Today", Shape::Identifier),
            ("puntmjoewp", Shape::Letters),
            ("summer2024", Shape::WordAndNumber),
            ("a1b2·c3d4e5", Shape::LettersAndDigits),
            ("8472910", Shape::Number),
            ("d41d8cd98f00b204e98·00998ecf8427e", Shape::HashSized),
            ("12345678-1234-1234-1234-123456789abc", Shape::Uuid),
            ("Tr0ub4dor&3", Shape::Phrase),
            ("p@·ss", Shape::Symbols),
            ("!var", Shape::Phrase),
            ("k#9!vQz$w7", Shape::Symbols),
            ("{\\\"a\\\":\\\"b\\\",\\\"sig\\\": \\\"308s6096g73758·t04fxb8584tn539221\\\"}", Shape::Symbols),
            ("user x with id 308s6096g73758·t04fxb8584tn539221 in it", Shape::Composite),
        ] {
            assert_eq!(shape(value), expected, "{value}");
        }
    }
}
