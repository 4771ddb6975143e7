//! Characters written as escapes inside text: `%2d` (RFC 3986 §2.1), `\x2d` and `\u002d` (C, Python, JSON), `&#45;` and `&#x2d;` (HTML).
//! Promises to keep what stands between the escapes, so that half-escaped text is read whole.
//! Reads one kind of escape at a time; the next layer reads the next kind.

use std::ops::Range;

use super::{BEFORE, BEHIND, Decoded};

/// Shorter texts hold no secret that an escape could hide.
const MIN: usize = 12;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Percent,
    Escape,
    Entity,
}

impl Kind {
    fn of(first: u8) -> Option<Self> {
        match first {
            b'%' => Some(Self::Percent),
            b'\\' => Some(Self::Escape),
            b'&' => Some(Self::Entity),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Escape => "escape",
            Self::Entity => "entity",
        }
    }
}

pub fn around(text: &[u8], hit: Range<usize>, until: &mut usize) -> Option<Decoded> {
    if hit.start < *until {
        return None;
    }
    let first = *text.get(hit.start)?;
    let kind = Kind::of(first)?;
    let before = text.get(*until..hit.start)?.iter().rev().take(BEFORE).take_while(|&&b| is_plain(b) || b == first).count();
    let mut start = hit.start - before;
    let limit = text.len().min(hit.start + BEHIND);
    let (bytes, end) = loop {
        let (bytes, length) = decode(text.get(start..limit)?, kind);
        if start + length > hit.start {
            break (bytes, start + length);
        }
        // What opens no escape ends what stands before it.
        start += length + 1;
    };
    let range = start..end;
    // Nothing is lost where a run was cut.
    *until = if end == hit.start + BEHIND { end - BEFORE } else { end };
    (bytes.len() >= MIN).then(|| Decoded { range, bytes, encoding: kind.name() })
}

/// The start of a text up to what is neither an escape nor may stand between two: what it says, and its length.
fn decode(text: &[u8], kind: Kind) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        match (read(kind, rest), rest.first()) {
            (Some((value, width)), _) => {
                push(&mut bytes, kind, value);
                at += width;
            }
            (None, Some(&byte)) if is_plain(byte) => {
                bytes.push(byte);
                at += 1;
            }
            _ => break,
        }
    }
    (bytes, at)
}

/// What may stand between escapes: anything but white space, quotes and what opens an escape or a tag.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b'%' | b'&')
}

/// The escape at the start of `rest`: its character and its length.
fn read(kind: Kind, rest: &[u8]) -> Option<(u32, usize)> {
    let number = |digits: &[u8], radix: u32| {
        std::str::from_utf8(digits)
            .ok()
            .filter(|d| d.bytes().all(|b| b.is_ascii_alphanumeric()))
            .and_then(|d| u32::from_str_radix(d, radix).ok())
    };
    match (kind, rest) {
        (Kind::Percent, [b'%', a, b, ..]) => Some((number(&[*a, *b], 16)?, 3)),
        (Kind::Escape, [b'\\', b'x', a, b, ..]) => Some((number(&[*a, *b], 16)?, 4)),
        (Kind::Escape, [b'\\', b'u', a, b, c, d, ..]) => Some((number(&[*a, *b, *c, *d], 16)?, 6)),
        (Kind::Escape, [b'\\', b'n', ..]) => Some((u32::from(b'\n'), 2)),
        (Kind::Escape, [b'\\', b'r', ..]) => Some((u32::from(b'\r'), 2)),
        (Kind::Escape, [b'\\', b't', ..]) => Some((u32::from(b'\t'), 2)),
        (Kind::Escape, [b'\\', quote @ (b'"' | b'\'' | b'/' | b'\\'), ..]) => Some((u32::from(*quote), 2)),
        (Kind::Entity, [b'&', b'#', digits @ ..]) => {
            let end = digits.iter().take(9).position(|&b| b == b';')?;
            let (radix, digits) = match digits.get(..end)? {
                [b'x' | b'X', digits @ ..] => (16, digits),
                digits => (10, digits),
            };
            Some((number(digits, radix)?, end + 3))
        }
        (Kind::Entity, rest) => [(&b"&amp;"[..], b'&'), (b"&quot;", b'"'), (b"&apos;", b'\''), (b"&lt;", b'<'), (b"&gt;", b'>')]
            .iter()
            .find(|(name, _)| rest.starts_with(name))
            .map(|(name, character)| (u32::from(*character), name.len())),
        _ => None,
    }
}

/// Escaped numbers are bytes in percent encoding, characters elsewhere.
fn push(bytes: &mut Vec<u8>, kind: Kind, value: u32) {
    if let (Ok(byte), Kind::Percent) = (u8::try_from(value), kind) {
        bytes.push(byte);
    } else {
        let character = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
        bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undone(text: &str) -> Option<(String, &'static str)> {
        let at = text.find(['%', '\\', '&']).unwrap();
        around(text.as_bytes(), at..at + 3, &mut 0).map(|d| (String::from_utf8_lossy(&d.bytes).into_owned(), d.encoding))
    }

    #[test]
    fn escapes_are_undone_and_what_stands_between_is_kept() {
        assert_eq!(undone("x https%3A%2F%2Fa%3Ab%40c y").unwrap(), ("https://a:b@c".into(), "percent"));
        assert_eq!(undone(r"'\x67\x68\u0070_abcdefghi'").unwrap(), ("ghp_abcdefghi".into(), "escape"));
        assert_eq!(undone("&#103;h&#x70;_abcde&amp;fgh").unwrap(), ("ghp_abcde&fgh".into(), "entity"));
        assert_eq!(undone("100%25"), None);
    }

    #[test]
    fn escapes_before_the_first_that_was_seen_are_undone_too() {
        let hit = |text: &str, at: usize| {
            around(text.as_bytes(), at..at + 3, &mut 0).map(|d| String::from_utf8_lossy(&d.bytes).into_owned())
        };
        assert_eq!(hit("a%20bcd%5Fefghijklmn", 7).unwrap(), "a bcd_efghijklmn");
        assert_eq!(hit("100%,bcd%5Fefghijklmn", 8).unwrap(), ",bcd_efghijklmn");
        assert_eq!(hit(r"\d\tbcd\x5fefghijklmn", 7).unwrap(), "d\tbcd_efghijklmn");
    }

    #[test]
    fn a_run_is_decoded_once() {
        let mut until = 0;
        let text = b"aaaaaaaaaaaa%2db%2dc";
        assert!(around(text, 12..15, &mut until).is_some());
        assert!(around(text, 16..19, &mut until).is_none());
    }
}
