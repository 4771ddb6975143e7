//! Values that stand for a secret without being one: templates, look-ups, masks, sequences, `changeme`.
//! Promises a reason for every value that it dismisses, and work linear in the value.
//! Knows no documented fakes and no formats; a value with a right checksum should not be asked about.

use super::generic::word_likeness;
use super::piece::{contains, find};
use super::stand_in;

const MIDDLE_DOT: &str = "\u{b7}";
const BULLET: &str = "\u{2022}";

/// Why `value` is no secret, or `None` if it may be one. `name` is the name that it was given, if any: a value that only repeats its
/// name says nothing.
pub fn is_placeholder(value: &[u8], name: Option<&[u8]>) -> Option<&'static str> {
    let value = value.trim_ascii();
    if value.is_empty() {
        return Some("empty");
    }
    if is_template(value) {
        return Some("a template");
    }
    if is_lookup(value) {
        return Some("looked up at run time");
    }
    if value.ends_with(b"...") || value.ends_with("…".as_bytes()) || contains(value, b"....") {
        return Some("cut short");
    }
    // How examples are broken on purpose (hooks/README.md), and how pages show a mask.
    if [MIDDLE_DOT, BULLET].iter().any(|dot| contains(value, dot.as_bytes())) {
        return Some("masked or broken by a dot");
    }
    if contains(value, b"EXAMPLE") {
        return Some("marked as an example");
    }
    if is_literal(value) {
        return Some("a null or boolean literal");
    }
    if is_repeated(value) {
        return Some("repeated characters");
    }
    if is_sequence(value) {
        return Some("a sequence");
    }
    if has_empty_tail(value) {
        return Some("a prefix with nothing random behind it");
    }
    if name.is_some_and(|name| repeats(value, name)) {
        return Some("the name itself");
    }
    stand_in::covers(value).then_some("words that stand for a value")
}

/// Pairs of brackets that make a template of the whole value.
const BRACKETS: &[(&[u8], &[u8])] = &[
    (b"{", b"}"),
    (b"<", b">"),
    (b"[", b"]"),
    (b"%", b"%"),
    (b"@", b"@"),
    (b"__", b"__"),
    (b"((", b"))"),
    (b"ENC[", b"]"),
    (b"$(", b")"),
    (b"`", b"`"),
];

/// Openings that make a template wherever they stand, if what closes them follows.
const INNER: &[(&[u8], u8)] = &[(b"{%", b'}'), (b"<%", b'>'), (b"$(", b')'), (b"%(", b')'), (b"$[", b']')];

pub(super) fn is_template(value: &[u8]) -> bool {
    if value.starts_with(b"$ANSIBLE_VAULT") || value.starts_with(b"!vault") || value.starts_with(b"!Ref") {
        return true;
    }
    let whole = BRACKETS.iter().any(|(open, close)| {
        let inner = value.strip_prefix(*open).and_then(|rest| rest.strip_suffix(*close));
        // Braces around JSON hold data, not a name.
        inner.is_some_and(|inner| !inner.is_empty() && inner.len() <= 80 && !inner.iter().any(|b| b"\":,".contains(b)))
    });
    let inner = INNER.iter().any(|(open, close)| {
        find(value, open).is_some_and(|at| memchr::memchr(*close, value.get(at..).unwrap_or_default()).is_some())
    });
    let opened = value.starts_with(b"$(") || [&b"${"[..], b"#{", b"{{"].iter().any(|open| contains(value, open));
    opened || !is_generated(value) && (whole || inner || is_variable(value) || has_variable(value) || has_format_field(value))
}

/// Whether a generator made the value out of all that a keyboard has: then two of its characters mean nothing together, be they `%s`, `x(` or
/// `/>`. What means something has words.
pub(super) fn is_generated(value: &[u8]) -> bool {
    const SHORTEST: usize = 16;
    const RANDOM: f32 = -0.5;
    const WORD: usize = 4;
    let longest_word = |value: &[u8]| value.split(|byte| !byte.is_ascii_alphabetic()).map(<[u8]>::len).max().unwrap_or_default();
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    value.len() >= SHORTEST
        && value.iter().all(u8::is_ascii_graphic)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_punctuation)
        && (word_likeness(value).is_some_and(|mean| mean < RANDOM) || longest_word(value) < WORD)
}

/// `$NAME` of at least four capitals anywhere, as shells have it.
fn has_variable(value: &[u8]) -> bool {
    memchr::memchr_iter(b'$', value).any(|at| {
        let rest = value.get(at + 1..).unwrap_or_default();
        let capitals = rest.iter().take_while(|b| b.is_ascii_uppercase() || **b == b'_').count();
        let ends = rest.get(capitals).is_none_or(|b| !b.is_ascii_alphanumeric());
        capitals >= 4 && ends
    })
}

/// `$NAME`, `$name`, `%NAME`, `:name`, `&anchor`; not `$ecret1!`, which has more than a name, nor `$2b$…`.
fn is_variable(value: &[u8]) -> bool {
    let Some((sigil, rest)) = value.split_first() else { return false };
    let is_name = |rest: &[u8]| !rest.is_empty() && rest.iter().all(|b| b.is_ascii_alphanumeric() || b"_.:>-".contains(b));
    match sigil {
        b'$' => is_name(rest) && rest.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_'),
        b':' | b'&' => is_name(rest) && rest.iter().all(|b| b.is_ascii_lowercase() || *b == b'_'),
        _ => false,
    }
}

/// `{}`, `{0}`, `{name}`, `%s`, `%d`, `%v` anywhere.
fn has_format_field(value: &[u8]) -> bool {
    let printf = value.len() <= 64 && value.windows(2).any(|pair| matches!(pair, b"%s" | b"%d" | b"%v" | b"%r"));
    let field = memchr::memchr(b'{', value).is_some_and(|at| {
        let rest = value.get(at + 1..).unwrap_or_default();
        let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_.!:[]-".contains(b)).count();
        rest.get(length) == Some(&b'}') && length <= 40
    });
    printf || field
}

/// Expressions that read the value from elsewhere.
#[rustfmt::skip]
const LOOKUPS: &[&str] = &[
    "os.environ", "os.getenv", "getenv(", "env(", "process.env", "env.", "ENV[", "$ENV", "System.getenv", "secrets.", "vault:",
    "vault(", "ssm:", "keyring:", "var.", "data.", "local.", "module.", "self.", "this.", "config.", "settings.", "arn:aws:",
    "projects/", "op://", "file://", "env:",
];

fn is_lookup(value: &[u8]) -> bool {
    LOOKUPS.iter().any(|lookup| value.starts_with(lookup.as_bytes()))
}

#[rustfmt::skip]
const LITERALS: &[&str] = &[
    "none", "null", "nil", "undefined", "true", "false", "yes", "no", "on", "off", "nan", "void", "empty", "unset", "n/a", "na",
    "...", "tbd", "default", "optional", "required", "string", "str", "text", "bytes", "int", "integer", "number", "bool",
    "boolean", "float", "object", "char", "varchar", "any", "value", "values", "list", "dict", "array", "unknown", "enabled",
    "disabled", "always", "never", "allow", "deny",
];

fn is_literal(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"(").and_then(|rest| rest.strip_suffix(b")")).unwrap_or(value);
    LITERALS.iter().any(|literal| value.eq_ignore_ascii_case(literal.as_bytes()))
}

/// One character, or two alternating, or hardly more, or only punctuation; also after a public prefix of at most four characters (`sk-xxxxxxxx`) if eight follow.
fn is_repeated(value: &[u8]) -> bool {
    if !value.iter().any(|b| b.is_ascii_alphanumeric() || !b.is_ascii()) {
        return true;
    }
    let longest = value.chunk_by(|a, b| a == b).map(<[u8]>::len).max().unwrap_or(0);
    let alternating = value.len() >= 4 && value.iter().zip(value.iter().skip(2)).all(|(a, b)| a == b);
    let mut seen = [false; 256];
    let fresh = |byte: &&u8| seen.get_mut(usize::from(**byte)).is_some_and(|seen| !std::mem::replace(seen, true));
    let distinct = value.iter().filter(fresh).count();
    let twins = value.iter().zip(value.iter().skip(1)).filter(|(a, b)| a == b).count();
    distinct <= 3 && value.len() >= 8
        || twins * 2 >= value.len() && value.len() >= 8
        || alternating
        || longest * 10 >= value.len() * 6 && (longest >= 3 || value.len() <= 2)
        || longest >= 8 && longest * 2 >= value.len()
}

/// Neighbours differ by one: `123456`, `abcdef`, `9876`; the keyboard's rows too. At least 80 % of the steps.
pub(super) fn is_sequence(value: &[u8]) -> bool {
    const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    // Nobody types longer ones.
    const LONGEST: usize = 128;
    let is_step = |a: u8, b: u8| {
        let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
        let counts =
            a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() && a.abs_diff(b) == 1 && (b > a || b.is_ascii_digit());
        let wraps = matches!((a, b), (b'9', b'0' | b'a'));
        counts || wraps || ROWS.iter().any(|row| row.windows(2).any(|keys| keys == [a, b]))
    };
    if !(4..=LONGEST).contains(&value.len()) {
        return false;
    }
    let steps = value.iter().zip(value.iter().skip(1)).filter(|(a, b)| is_step(**a, **b)).count();
    steps * 10 >= (value.len() - 1) * 8 || counts(value)
}

/// Letters in the order of the alphabet and digits in theirs, mixed as fingers mix them: `abc123def456`, `a1B2c3D4`, `1a2b-3c4d`. Most of
/// the steps, so that a prefix may stand before; of random characters one in twelve is such a step. Vendors write examples this way, so
/// that it makes a value doubtful, not none.
pub fn is_interleaved(value: &[u8]) -> bool {
    const LONGEST: usize = 256;
    const FEWEST: usize = 7;
    let follows = |a: u8, b: u8| b == a + 1 || matches!((a, b), (b'9', b'0') | (b'z' | b'f', b'a'));
    let (mut steps, mut regular) = (0, 0);
    let mut last: [Option<u8>; 2] = [None; 2];
    for byte in value.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase) {
        let [letter, digit] = &mut last;
        let slot = if byte.is_ascii_digit() { digit } else { letter };
        if let Some(before) = slot.replace(byte) {
            steps += 1;
            regular += usize::from(follows(before, byte));
        }
    }
    value.len() <= LONGEST && steps >= FEWEST && regular * 10 >= steps * 6
}

/// A prefix of letters and then a mask or a sequence: `sk-xxxxxxxx`, `token_123456`.
fn has_empty_tail(value: &[u8]) -> bool {
    const SHORTEST: usize = 6;
    let Some(joint) = value.iter().rposition(|b| matches!(b, b'-' | b'_')) else { return false };
    let (head, tail) = (value.get(..joint).unwrap_or_default(), value.get(joint + 1..).unwrap_or_default());
    let is_prefix = head.len() <= 12 && head.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_'));
    is_prefix && tail.len() >= SHORTEST && (is_repeated(tail) || is_sequence(tail))
}

/// Bytes in hex that count up: `000102030405…`.
fn counts(value: &[u8]) -> bool {
    let digit = |b: &u8| char::from(*b).to_digit(16);
    let bytes = value.as_chunks::<2>().0;
    let numbers = || bytes.iter().map(|[high, low]| Some(digit(high)? * 16 + digit(low)?));
    let up = numbers().zip(numbers().skip(1)).filter(|pair| matches!(pair, (Some(a), Some(b)) if *b == a + 1)).count();
    bytes.len() >= 8 && up * 10 >= bytes.len() * 8
}

/// Whether the value, letters and digits only, is a part of its name or the name of the value.
fn repeats(value: &[u8], name: &[u8]) -> bool {
    let letters =
        |bytes: &[u8]| -> Vec<u8> { bytes.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect() };
    if value.len() > 64 || value.iter().any(|b| !b.is_ascii()) {
        return false;
    }
    let (value, name) = (letters(value), letters(name));
    value.len() >= 3 && memchr::memmem::find(&name, &value).is_some()
        || name.len() >= 4 && value.len() <= name.len() + 3 && memchr::memmem::find(&value, &name).is_some()
}

#[cfg(test)]
mod tests {
    use super::{is_interleaved, is_placeholder};

    #[test]
    fn what_stands_for_a_value_is_dismissed() {
        for value in [
            "",
            "  ",
            "{password}",
            "{{ vault_password }}",
            "<your-key>",
            "${DB_PASS}",
            "$(cat x)",
            "$PASSWORD",
            "%PASS%",
            "%(pw)s",
            "#{pw}",
            "[pw]",
            "@pw@",
            "__PW__",
            "ENC[abcdef]",
            "os.environ['X']",
            "None",
            "undefined",
            "xxxxxxxx",
            "****",
            "0000",
            "abababab",
            "123456",
            "abcdef",
            "654321",
            "qwerty",
            "changeme",
            "change-me-please",
            "your_api_key_here",
            "dummy-token",
            "PASSWORD",
            "test123",
            "REDACTED",
            "foobar",
            "{}",
            "prefix-{0}",
            "xoxp-1234567890",
            "sk-xxxxxxxx",
            "%s",
            "!vault |",
        ] {
            assert!(is_placeholder(value.as_bytes(), None).is_some(), "{value}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_kept() {
        for value in [
            "Pass123!@#",
            "hunter2",
            "Tr0ub4dor&3",
            "puntmjoewp",
            "$ecret1!x",
            "308s6096g73758t0",
            "a1b2c3d4e5",
            "correct horse battery",
            "dr4g0n!",
            "1984-06-12",
        ] {
            assert_eq!(is_placeholder(value.as_bytes(), None), None, "{value}");
        }
    }

    #[test]
    fn what_is_typed_in_order_is_told_from_chance() {
        for value in ["abc123def456ghi789", "a1B2c3D4-e5F6", "tok_1a2b3c4d5e6f7a8b", "aB1cD2eF3gH4iJ5"] {
            assert!(is_interleaved(value.as_bytes()), "{value}");
        }
        for value in ["a7k2p9d4e5z8", "308s6096g73758t0", "hunter123456", "abcd", "Tr0ub4dor&3"] {
            assert!(!is_interleaved(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_value_that_repeats_its_name_says_nothing() {
        assert_eq!(is_placeholder(b"db-passkey", Some(b"DB_PASSKEY")), Some("the name itself"));
        assert_eq!(is_placeholder(b"rosebud1", Some(b"DB_PASSKEY")), None);
    }
}
