//! Values that stand for a secret without being one: blanks, templates, look-ups, words of documentation, vendors' published examples.
//! Promises to judge the value alone; where it stands is no excuse, for test credentials leak too.
//! A format whose checksum is right asks only for [`is_known_fake`].

/// The published examples, one a line, sorted: see `baseline/known-fakes.toml`.
static KNOWN_FAKES: &[&[u8]] = include!(concat!(env!("OUT_DIR"), "/known_fakes.rs"));

/// Whether a vendor publishes exactly this value as an example.
pub fn is_known_fake(value: &[u8]) -> bool {
    KNOWN_FAKES.binary_search(&value).is_ok()
}

/// Whether the random part of a token is not random: one or two characters repeated, the alphabet in order, a template or a word such as
/// `EXAMPLE` that says so. A stretch of `xxxx`, `****` or `....` of at least half its length counts as well.
pub fn is_blank(value: &[u8]) -> bool {
    is_repeated(value) || is_masked(value) || is_sequence(value) || is_template(value) || says_so(value)
}

/// Whether a password, key or token is a placeholder: everything of [`is_blank`], look-ups, and words like `changeme` or `password`
/// that make up most of its letters.
pub fn is_placeholder(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    value.is_empty() || is_blank(value) || is_reference(value) || is_filler(value) || is_known_fake(value)
}

/// One character repeated, or two in turn.
fn is_repeated(value: &[u8]) -> bool {
    value.len() >= 2 && (value.windows(2).all(|pair| pair[..1] == pair[1..]) || is_alternating(value))
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
fn is_sequence(value: &[u8]) -> bool {
    let follows = |a: u8, b: u8| {
        let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
        a.wrapping_add(1) == b
            || b.wrapping_add(1) == a
            || matches!((a, b), (b'9', b'0' | b'a') | (b'z', b'a' | b'0') | (b'0', b'9') | (b'f', b'0'))
    };
    let steps = value.len().saturating_sub(1);
    let regular = value.iter().zip(value.iter().skip(1)).filter(|&(&a, &b)| follows(a, b)).count();
    steps >= 3 && regular * 10 >= steps * 9
}

/// Filled in by something else later: `{x}`, `${X}`, `$(x)`, `<x>`, `%(x)s`, `%x%`, `#{x}`, `[x]`, `@x@`, `__X__`, `ENC[…]`, `!vault`.
pub fn is_template(value: &[u8]) -> bool {
    let (Some(&first), Some(&last)) = (value.first(), value.last()) else { return true };
    let has = |part: &[u8]| memchr::memmem::find(value, part).is_some();
    matches!((first, last), (b'{', b'}') | (b'<', b'>') | (b'[', b']') | (b'@', b'@') | (b'%', b'%'))
        || has(b"${")
        || has(b"{{")
        || has(b"#{")
        || has(b"<%")
        || value.starts_with(b"$(")
        || value.starts_with(b"%(")
        || value.starts_with(b"$ANSIBLE_VAULT")
        || value.starts_with(b"!vault")
        || value.starts_with(b"ENC[")
        || (value.starts_with(b"__") && value.ends_with(b"__") && value.len() > 4)
        || is_printf(value)
        || has_field(value)
}

/// `%s`, `%d`, `%v` and nothing else.
fn is_printf(value: &[u8]) -> bool {
    matches!(value, [b'%', b's' | b'd' | b'r' | b'v' | b'q'] | [b'"' | b'\'', b'%', b's' | b'd' | b'r' | b'v', b'"' | b'\''])
}

/// A field of a format string, `{name}` or `{self.password!r}`, anywhere.
fn has_field(value: &[u8]) -> bool {
    let Some(open) = memchr::memchr(b'{', value) else { return false };
    let rest = value.get(open + 1..).unwrap_or_default();
    memchr::memchr(b'}', rest).is_some_and(|close| {
        rest.get(..close).unwrap_or_default().iter().all(|&b| b.is_ascii_alphanumeric() || b"_.!:[]'\"()".contains(&b))
    })
}

/// A variable or a look-up in place of a value.
fn is_reference(value: &[u8]) -> bool {
    let is_name =
        |rest: &[u8]| !rest.is_empty() && rest.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.' || b == b':');
    match value {
        [b'$', b'$' | b'@' | b':', rest @ ..] | [b'$' | b'@', rest @ ..]
            if is_name(rest) && !rest.iter().all(u8::is_ascii_digit) =>
        {
            rest.iter().any(|&b| b == b'_') || rest.iter().all(|b| !b.is_ascii_digit())
        }
        _ => {
            let lower = value.to_ascii_lowercase();
            const LOOKUPS: [&[u8]; 9] =
                [b"os.environ", b"os.getenv", b"getenv(", b"process.env", b"env(", b"env[", b"secrets.", b"vault:", b"file:"];
            const NOTHING: [&[u8]; 10] =
                [b"none", b"null", b"nil", b"undefined", b"true", b"false", b"default", b"n/a", b"empty", b"blank"];
            LOOKUPS.iter().any(|lookup| lower.starts_with(lookup)) || NOTHING.contains(&lower.as_slice())
        }
    }
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

/// Words that people write where a secret belongs.
const FILLERS: [&[u8]; 40] = [
    b"placeholder",
    b"credentials",
    b"credential",
    b"username",
    b"password",
    b"changeme",
    b"redacted",
    b"passwort",
    b"removed",
    b"example",
    b"passwd",
    b"secret",
    b"sample",
    b"hidden",
    b"masked",
    b"censored",
    b"insert",
    b"change",
    b"dummy",
    b"token",
    b"value",
    b"admin",
    b"string",
    b"mysecret",
    b"apikey",
    b"todo",
    b"here",
    b"fake",
    b"pass",
    b"your",
    b"test",
    b"user",
    b"some",
    b"this",
    b"with",
    b"from",
    b"key",
    b"pwd",
    b"foo",
    b"bar",
];
/// Share of the letters, in tenths, that fillers must make up.
const FILLED: usize = 6;

/// Whether filler words make up most of the letters. Digits count as letters, so that `Password4Bank7731` is none.
fn is_filler(value: &[u8]) -> bool {
    let letters: Vec<u8> = value.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    let mut filled = 0;
    let mut at = 0;
    while let Some(rest) = letters.get(at..).filter(|rest| !rest.is_empty()) {
        let length = FILLERS.iter().find(|word| rest.starts_with(word)).map_or(0, |word| word.len());
        filled += length;
        at += length.max(1);
    }
    !letters.is_empty() && filled * 10 >= letters.len() * FILLED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_passwords() {
        for value in [
            "",
            "xxxx",
            "********",
            "0000",
            "ababab",
            "123456789",
            "abcdefgh",
            "9876543210",
            "{password}",
            "{{ pw }}",
            "<your password>",
            "${DB_PASS}",
            "$(cat pw)",
            "%(password)s",
            "%PASS%",
            "#{pw}",
            "[secret]",
            "@PW@",
            "__PASSWORD__",
            "ENC[AES256,x]",
            "$DB_PASSWORD",
            "os.environ['X']",
            "None",
            "changeme",
            "change-me!",
            "your-password-here",
            "mysecretpassword",
            "test",
            "password123",
            "AKIAEXAMPLE",
            "user:{self.password}",
            "sk_test_....................",
        ] {
            assert!(is_placeholder(value.as_bytes()), "{value} is a placeholder");
        }
        for value in [
            "hunter2",
            "Sup3rS3cret!",
            "correct horse",
            "p@ssw0rd",
            "f00b4r9q",
            "Tr0ub4dor&3",
            "4711",
            "Winter2024",
            "$a9Kq!x2",
            "qwerty7Z",
        ] {
            assert!(!is_placeholder(value.as_bytes()), "{value} is a password");
        }
    }

    #[test]
    fn tokens_are_blank_only_if_not_random() {
        for value in [
            "xxxxxxxxxxxxxxxxxxxx",
            "0000000000000000",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "IOSFODNN7EXAMPLE",
            "abc...............",
            "<token>",
        ] {
            assert!(is_blank(value.as_bytes()), "{value} is blank");
        }
        for value in ["J7kQ9vX2mZ4pL8sR1tW6", "0f3b9c8e7d2a1640", "passwordQ9vX2mZ4pL8s"] {
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
