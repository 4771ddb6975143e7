//! From the bytes of a file to text: UTF-8, UTF-16 and UTF-32, by BOM or by where the zero bytes are.
//! Promises that no order of bytes and no change of encoding within a file hides what is ASCII in it.
//! Knows no other encoding: such bytes stay as they are.

use std::borrow::Cow;
use std::ops::Range;

/// UTF-16 and UTF-32, the whole or a part, become UTF-8; a UTF-8 BOM is cut off.
pub(super) fn decode(raw: &[u8]) -> Cow<'_, [u8]> {
    match raw {
        [0xef, 0xbb, 0xbf, rest @ ..] => mixed(rest).map_or(Cow::Borrowed(rest), Cow::Owned),
        // Before UTF-16, whose BOM this begins with; text of UTF-16 after a zero unit is no text of UTF-32, but for what is all zeros.
        [0xff, 0xfe, 0, 0, rest @ ..] if is_utf32(rest, u32::from_le_bytes) => Cow::Owned(utf32(rest, u32::from_le_bytes)),
        [0, 0, 0xfe, 0xff, rest @ ..] if is_utf32(rest, u32::from_be_bytes) => Cow::Owned(utf32(rest, u32::from_be_bytes)),
        [0xff, 0xfe, rest @ ..] if is_ascii(rest, 0) => Cow::Owned(wide(rest, 32, u16::from_be_bytes)),
        [0xfe, 0xff, rest @ ..] if is_ascii(rest, 1) => Cow::Owned(wide(rest, 32, u16::from_le_bytes)),
        [0xff, 0xfe, rest @ ..] => Cow::Owned(wide(rest, 32, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(wide(rest, 32, u16::from_be_bytes)),
        _ => bare(raw).or_else(|| mixed(raw)).map_or(Cow::Borrowed(raw), Cow::Owned),
    }
}

/// Whether more than half of the first units have their zero byte at this place, 0 or 1: a BOM of the other order is wrong.
fn is_ascii(bytes: &[u8], zero: usize) -> bool {
    let units = head(bytes).as_chunks::<2>().0;
    units.iter().filter(|unit| unit.get(zero) == Some(&0) && unit.get(1 - zero) != Some(&0)).count() * 2 > units.len()
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Vec<u8> {
    let units = bytes.as_chunks::<2>().0.iter().map(|&pair| read(pair));
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    text.into_bytes()
}

fn utf32(bytes: &[u8], read: fn([u8; 4]) -> u32) -> Vec<u8> {
    let units = bytes.as_chunks::<4>().0.iter().map(|&unit| read(unit));
    let text: String = units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    text.into_bytes()
}

/// Whether most of the first units are characters.
fn is_utf32(bytes: &[u8], read: fn([u8; 4]) -> u32) -> bool {
    let units = head(bytes).as_chunks::<4>().0;
    units.iter().filter(|&&unit| char::from_u32(read(unit)).is_some()).count() * 10 >= units.len() * 9
}

/// Text of two or four bytes for each character and without BOM, most of it ASCII.
fn bare(raw: &[u8]) -> Option<Vec<u8>> {
    let head = head(raw);
    if head.len() < 8 || memchr::memchr(0, head).is_none() {
        return None;
    }
    let zeros = |place: usize, of: usize| head.iter().skip(place).step_by(of).filter(|&&b| b == 0).count();
    let (all, none) = (|place, of| zeros(place, of) * 10 >= head.len() / of * 9, |place, of| zeros(place, of) == 0);
    if all(1, 2) && none(0, 2) {
        Some(wide(raw, 6, u16::from_le_bytes))
    } else if all(0, 2) && none(1, 2) {
        Some(wide(raw, 6, u16::from_be_bytes))
    } else if all(1, 4) && all(2, 4) && all(3, 4) && none(0, 4) {
        Some(utf32(raw, u32::from_le_bytes))
    } else if all(0, 4) && all(1, 4) && all(2, 4) && none(3, 4) {
        Some(utf32(raw, u32::from_be_bytes))
    } else {
        None
    }
}

/// UTF-16; or, with ASCII behind or before it as `>>` of two shells leaves it, both without zeros. So many bytes of ASCII in a row,
/// `least`, are no units of UTF-16 by chance.
fn wide(bytes: &[u8], least: usize, read: fn([u8; 2]) -> u16) -> Vec<u8> {
    let is_ascii = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let mut runs = bytes.chunk_by(|one, two| is_ascii(one) == is_ascii(two));
    let has_ascii = runs.any(|run| run.len() >= least && run.first().is_some_and(is_ascii));
    if has_ascii { without_zeros(bytes) } else { utf16(bytes, read) }
}

fn without_zeros(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|&byte| byte != 0).collect()
}

/// Text with UTF-16 in it. What begins without zeros is text to git, and zeros are looked for to its end; what begins with some may be
/// binary, and both ends tell: most zeros of one are every second byte of several. Those zeros are left out, in whatever order the bytes
/// are; what is ASCII can be read then.
fn mixed(raw: &[u8]) -> Option<Vec<u8>> {
    let (first, rest) = raw.split_at_checked(ENDS).unwrap_or((raw, &[]));
    let is_mixed = if memchr::memchr(0, first).is_none() {
        wide_runs(rest).next().is_some()
    } else {
        // What begins right before the end of the first part is seen as what it is.
        is_wide(raw.get(..ENDS + 64).unwrap_or(raw)) || is_wide(rest.get(rest.len().saturating_sub(ENDS)..).unwrap_or_default())
    };
    is_mixed.then(|| narrowed(raw))
}

/// How much of either end of a file tells what it is: git's measure for what is binary.
const ENDS: usize = 8000;
/// Units of UTF-16 in a row that are none by chance.
const WIDE_UNITS: usize = 7;

/// Whether most zeros stand by turns with other bytes. In a binary file few do, and it stays binary without them.
fn is_wide(part: &[u8]) -> bool {
    let zeros = memchr::memchr_iter(0, part).count();
    zeros > WIDE_UNITS && wide_runs(part).map(|run| run.len() / 2 + 1).sum::<usize>() * 2 >= zeros
}

fn narrowed(raw: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(raw.len());
    let mut done = 0;
    for run in wide_runs(raw) {
        text.extend_from_slice(raw.get(done..run.start).unwrap_or_default());
        text.extend(without_zeros(raw.get(run.clone()).unwrap_or_default()));
        done = run.end;
    }
    text.extend_from_slice(raw.get(done..).unwrap_or_default());
    text
}

/// Where bytes stand by turns with zeros, from a zero to a zero.
fn wide_runs(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + memchr::memchr(0, bytes.get(from..)?)?;
            let units = bytes.get(start + 1..)?.as_chunks::<2>().0.iter().take_while(|unit| unit[0] != 0 && unit[1] == 0).count();
            from = start + 1 + 2 * units;
            if units >= WIDE_UNITS {
                return Some(start..from);
            }
        }
    })
}

/// What decides about the encoding.
fn head(bytes: &[u8]) -> &[u8] {
    bytes.get(..512).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::wide_runs;
    use crate::source::{Origin, RepoPath, Source};

    proptest! {
        #[test]
        fn runs_are_those_that_a_pattern_finds(pieces in prop::collection::vec((prop::sample::select(vec![&b"\0a"[..], b"a", b"\0", b"ab"]), 1..10_usize), 0..8)) {
            let bytes: Vec<u8> = pieces.into_iter().flat_map(|(piece, count)| piece.repeat(count)).collect();
            let pattern = regex::bytes::Regex::new(r"(?s-u)(?:\x00[^\x00]){7,}\x00").unwrap();
            let expected: Vec<_> = pattern.find_iter(&bytes).map(|found| found.range()).collect();
            prop_assert_eq!(wide_runs(&bytes).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn utf_16_is_read_with_and_without_a_bom() {
        let path = RepoPath::new("x");
        let text = "password = hunter2\n";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        for raw in [le, be] {
            let source = Source::new(&path, &raw, Origin::Stdin);
            assert_eq!(&*source.text, text.as_bytes());
            assert!(!source.is_binary());
        }
    }

    #[test]
    fn utf_32_is_read_with_and_without_a_bom() {
        let path = RepoPath::new("x");
        let text = "password = hunter2 \u{1f511}\n";
        let bytes = |bom: &str, unit: fn(u32) -> [u8; 4]| -> Vec<u8> {
            bom.chars().chain(text.chars()).flat_map(|c| unit(u32::from(c))).collect()
        };
        for bom in ["", "\u{feff}"] {
            for raw in [bytes(bom, u32::to_le_bytes), bytes(bom, u32::to_be_bytes)] {
                let source = Source::new(&path, &raw, Origin::Stdin);
                assert_eq!(&*source.text, text.as_bytes());
                assert!(!source.is_binary());
            }
        }
        let broken: Vec<u8> = [0xfeff, 0xd800, u32::from('a'), u32::MAX].into_iter().flat_map(u32::to_le_bytes).collect();
        let raw = [&broken[..], &bytes("", u32::to_le_bytes)].concat();
        assert_eq!(&*Source::new(&path, &raw, Origin::Stdin).text, format!("\u{fffd}a\u{fffd}{text}").as_bytes());
    }

    #[test]
    fn utf_16_that_begins_with_a_zero_unit_is_no_utf_32() {
        let raw: Vec<u8> = "\u{feff}\0password".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(&*Source::new(&RepoPath::new("x"), &raw, Origin::Stdin).text, b"\0password");
    }

    #[test]
    fn what_is_ascii_is_read_in_every_mixture() {
        let path = RepoPath::new("x");
        let wide = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(unit).collect() };
        let (one, two) = ("# settings of the whole program\n", "password = hunter2\r\n");
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            for bom in ["", "\u{feff}"] {
                for raw in
                    [[one.as_bytes(), &wide(two, unit)].concat(), [&wide(&format!("{bom}{two}"), unit), one.as_bytes()].concat()]
                {
                    let source = Source::new(&path, &raw, Origin::Stdin);
                    assert!(!source.is_binary());
                    let lines: Vec<_> = [1, 2].map(|line| String::from_utf8_lossy(source.line(line)).into_owned()).into();
                    let [one, two] = [one, two].map(str::trim_end);
                    assert!(lines == [one, two] || lines == [two, one], "{lines:?}");
                }
            }
        }
    }

    #[test]
    fn a_lone_surrogate_or_a_wrong_bom_hides_nothing() {
        let path = RepoPath::new("x");
        let text = "password = hunter2\n";
        let units = |first: u16| std::iter::once(first).chain(text.encode_utf16());
        for first in [0xd800, 0xfffe] {
            for unit in [u16::to_le_bytes, u16::to_be_bytes] {
                let raw: Vec<u8> = units(first).flat_map(unit).collect();
                let source = Source::new(&path, &raw, Origin::Stdin);
                assert!(source.text.ends_with(&text.as_bytes()[1..]), "{:?}", String::from_utf8_lossy(&source.text));
            }
        }
    }

    #[test]
    fn zeros_that_part_words_stay() {
        let path = RepoPath::new("x");
        for raw in [&b"A=1\0B=2\0C=3\0D=4\0E=5\0F=6\0G=7\0H=8\0"[..], &[0; 100], b"a\0b"] {
            assert_eq!(&*Source::new(&path, raw, Origin::Stdin).text, raw);
        }
    }
}
