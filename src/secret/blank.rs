//! Tokens that were never issued: the body of a format filled with `xxxx`, a sequence, a template, or a vendor's published example.
//! Promises to judge the value alone; where it stands is no excuse, for test credentials leak too.
//! Passwords and other values without a format are `placeholder`'s.

use super::generic::word_likeness;
use super::placeholder::is_template;

/// The published examples, one a line, sorted: see `baseline/known-fakes.toml`.
static KNOWN_FAKES: &[&[u8]] = include!(concat!(env!("OUT_DIR"), "/known_fakes.rs"));

/// Whether a vendor publishes exactly this value as an example.
pub fn is_known_fake(value: &[u8]) -> bool {
    KNOWN_FAKES.binary_search(&value).is_ok()
}

/// Whether the random part of a token is not random: one or two characters repeated, the alphabet in order, a template or a word such as
/// `EXAMPLE` that says so. A stretch of `xxxx`, `****` or `....` of at least half its length counts as well.
pub fn is_blank(value: &[u8]) -> bool {
    is_sequence(value) || is_filler(value)
}

/// As [`is_blank`], but for the alphabet in order.
pub fn is_filler(value: &[u8]) -> bool {
    is_repeated(value) || is_masked(value) || is_template(value) || says_so(value) || is_worded(value)
}

/// Letters only, enough of them to be sure, that read like words: `test_` and the rest of a function's name.
fn is_worded(value: &[u8]) -> bool {
    const FEWEST: usize = 20;
    value.len() >= FEWEST
        && value.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && word_likeness(value).is_some_and(|mean| mean > 0.5)
}

/// One character repeated, or two in turn.
fn is_repeated(value: &[u8]) -> bool {
    value.len() >= 2 && (value.iter().zip(value.iter().skip(1)).all(|(a, b)| a == b) || is_alternating(value))
}

fn is_alternating(value: &[u8]) -> bool {
    value.len() >= 6 && value.iter().zip(value.iter().skip(2)).all(|(a, b)| a == b)
}

/// Half of it or more is one stretch of a masking character.
fn is_masked(value: &[u8]) -> bool {
    let longest = value
        .chunk_by(|a, b| a == b)
        .filter(|run| matches!(run.first(), Some(b'x' | b'X' | b'*' | b'.' | b'#' | b'-' | b'_' | b'0')))
        .map(<[u8]>::len)
        .max();
    longest.is_some_and(|longest| longest >= 4 && longest * 2 >= value.len())
}

/// Consecutive letters or digits, up or down, wrapping from `9` to `0`, from `z` to `a` or to digits: nine steps of ten or more.
pub fn is_sequence(value: &[u8]) -> bool {
    let follows = |a: u8, b: u8| {
        let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
        a.wrapping_add(1) == b
            || b.wrapping_add(1) == a
            || matches!((a, b), (b'9' | b'f' | b'z', b'0') | (b'9' | b'z', b'a') | (b'0', b'9'))
    };
    let steps = value.len().saturating_sub(1);
    let regular = value.iter().zip(value.iter().skip(1)).filter(|&(&a, &b)| follows(a, b)).count();
    steps >= 3 && regular * 10 >= steps * 9
}

/// Words that call the whole value an example, wherever they stand.
const TELLING: [&[u8]; 12] = [
    b"example",
    b"placeholder",
    b"changeme",
    b"change-me",
    b"change_me",
    b"redacted",
    b"your-",
    b"your_",
    b"xxxxxx",
    b"dummy",
    b"insert-",
    b"insert_",
];

fn says_so(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    TELLING.iter().any(|word| memchr::memmem::find(&lower, word).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_blank_only_if_not_random() {
        for value in [
            "xxxxxxxxxxxxxxxxxxxx",
            "0000000000000000",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "IOSFODNN7EXAMPLE",
            "abc...............",
            "<token>",
            "TimestampArithmeticOfMilliseconds",
        ] {
            assert!(is_blank(value.as_bytes()), "{value} is blank");
        }
        for value in ["J7kQ9vX2mZ4pL8sR1tW6", "0f3b9c8e7d2a1640", "passwordQ9vX2mZ4pL8s", "kqzvHwPxNjRtBmLdYgFsCe"] {
            assert!(!is_blank(value.as_bytes()), "{value} is random");
        }
    }

    #[test]
    fn published_examples_are_known() {
        let key = "wJalr·XUtnFEMI/K7MDENG/bPxRfiCY·EXAMPLEKEY".replace('·', "");
        assert!(is_known_fake(key.as_bytes()));
        assert!(!is_known_fake(b"another"));
        assert!(KNOWN_FAKES.is_sorted());
    }
}
