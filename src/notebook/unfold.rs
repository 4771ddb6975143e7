//! Text taken out of another text: escapes undone, pieces put together, each byte with the place that it came from.
//! Promises that every range of the inner text leads to the outer bytes that stand for it, and back.
//! Reads no JSON but its strings.

use std::ops::Range;

/// An inner text and where its parts stand in the outer one. Pieces are in the order of both texts, except as [`Unfolded::append`] says.
#[derive(Debug, Default)]
pub struct Unfolded {
    pub text: Vec<u8>,
    pieces: Vec<Piece>,
}

/// Bytes that were taken over together: as they are, if both lengths are the same (no escape is as long as what it stands for).
#[derive(Debug)]
struct Piece {
    /// Where it begins in the inner text; it ends where the next one begins.
    inner: usize,
    outer: Range<usize>,
}

impl Unfolded {
    /// Takes over outer bytes as they are.
    pub fn push(&mut self, outer: &[u8], range: Range<usize>) {
        let bytes = outer.get(range.clone()).unwrap_or_default();
        if !bytes.is_empty() {
            self.pieces.push(Piece { inner: self.text.len(), outer: range });
            self.text.extend_from_slice(bytes);
        }
    }

    /// Text that the outer one does not have, behind what was taken over last.
    pub fn insert(&mut self, text: &[u8]) {
        let place = self.pieces.last().map_or(0, |piece| piece.outer.end);
        self.pieces.push(Piece { inner: self.text.len(), outer: place..place });
        self.text.extend_from_slice(text);
    }

    /// Takes over the inside of a JSON string, escapes undone; what is no escape stays as it is. `is_output` leaves out the colours and
    /// cursor movements of a terminal, which would tear apart what they colour.
    pub fn push_string(&mut self, outer: &[u8], string: Range<usize>, is_output: bool) {
        let mut at = string.start;
        while at < string.end {
            let rest = outer.get(at..string.end).unwrap_or_default();
            let plain = rest.iter().position(|byte| *byte == b'\\' || (is_output && *byte == ESCAPE)).unwrap_or(rest.len());
            self.push(outer, at..at + plain);
            at += plain;
            let rest = rest.get(plain..).unwrap_or_default();
            let Some((character, length)) = read_escape(rest) else { continue };
            if is_output && character == char::from(ESCAPE) {
                at += length + control_sequence(rest.get(length..).unwrap_or_default());
                continue;
            }
            self.pieces.push(Piece { inner: self.text.len(), outer: at..at + length });
            self.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            at += length;
        }
    }

    /// Puts `other` behind this text and returns where it begins there.
    pub fn append(&mut self, other: Self) -> usize {
        let start = self.text.len();
        self.text.extend_from_slice(&other.text);
        self.pieces.extend(other.pieces.into_iter().map(|piece| Piece { inner: piece.inner + start, ..piece }));
        start
    }

    /// The outer bytes that stand for a range of the inner text.
    pub fn outer(&self, inner: Range<usize>) -> Range<usize> {
        let start = self.outer_byte(inner.start).start;
        let end = if inner.is_empty() { start } else { self.outer_byte(inner.end - 1).end };
        start..end.max(start)
    }

    /// The outer bytes of one inner byte.
    fn outer_byte(&self, inner: usize) -> Range<usize> {
        let index = self.pieces.partition_point(|piece| piece.inner <= inner);
        let Some(piece) = index.checked_sub(1).and_then(|index| self.pieces.get(index)) else { return 0..0 };
        let length = self.pieces.get(index).map_or(self.text.len(), |next| next.inner) - piece.inner;
        if length == piece.outer.len() {
            let at = (piece.outer.start + inner - piece.inner).min(piece.outer.end);
            at..(at + 1).min(piece.outer.end)
        } else {
            piece.outer.clone()
        }
    }

    /// The place in a part of the inner text of the first of these outer bytes that was taken over into it; `None` if none was.
    pub fn inner(&self, outer: Range<usize>, within: Range<usize>) -> Option<usize> {
        let first = self.pieces.partition_point(|piece| piece.inner < within.start);
        let behind = self.pieces.partition_point(|piece| piece.inner < within.end);
        let pieces = self.pieces.get(first..behind)?;
        let index = first + pieces.partition_point(|piece| piece.outer.end <= outer.start);
        let piece = self.pieces.get(index).filter(|piece| index < behind && piece.outer.start < outer.end)?;
        let length = self.pieces.get(index + 1).map_or(self.text.len(), |next| next.inner) - piece.inner;
        let into = if length == piece.outer.len() { outer.start.saturating_sub(piece.outer.start) } else { 0 };
        Some(piece.inner + into)
    }
}

const ESCAPE: u8 = 0x1b;

/// The character at the start of `rest` and its length there, if it is written as an escape (RFC 8259 §7) or is a bare control character;
/// a backslash that begins none stands for itself. Half a surrogate pair is no character: U+FFFD stands in.
fn read_escape(rest: &[u8]) -> Option<(char, usize)> {
    let simple = |character| Some((character, 2));
    match rest {
        [] => None,
        [b'\\', b'n', ..] => simple('\n'),
        [b'\\', b't', ..] => simple('\t'),
        [b'\\', b'r', ..] => simple('\r'),
        [b'\\', b'b', ..] => simple('\u{8}'),
        [b'\\', b'f', ..] => simple('\u{c}'),
        [b'\\', byte @ (b'"' | b'\\' | b'/'), ..] => simple(char::from(*byte)),
        [b'\\', b'u', digits @ ..] if hex4(digits).is_some() => {
            let unit = hex4(digits)?;
            let low = match digits.get(4..) {
                Some([b'\\', b'u', low @ ..]) => hex4(low),
                _ => None,
            };
            let pair = low.map(|low| char::decode_utf16([unit, low]).next().and_then(Result::ok));
            match pair.flatten() {
                Some(character) if character > '\u{ffff}' => Some((character, 12)),
                _ => Some((char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER), 6)),
            }
        }
        [byte, ..] => Some((char::from(*byte), 1)),
    }
}

fn hex4(bytes: &[u8]) -> Option<u16> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u16::try_from(digit).ok());
    bytes.get(..4)?.iter().try_fold(0, |unit, byte| Some(unit << 4 | digit(byte)?))
}

/// Length of what follows an escape character and belongs to it: `[`, parameters and a final byte (ECMA-48 §5.4).
fn control_sequence(rest: &[u8]) -> usize {
    let Some(parameters) = rest.strip_prefix(b"[") else { return 0 };
    let length = parameters.iter().take_while(|byte| matches!(byte, b' '..=b'?')).count();
    1 + length + usize::from(parameters.get(length).is_some_and(|byte| matches!(byte, b'@'..=b'~') && *byte != b'\\'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unfold(string: &str, is_output: bool) -> Unfolded {
        let mut unfolded = Unfolded::default();
        unfolded.push_string(string.as_bytes(), 0..string.len(), is_output);
        unfolded
    }

    #[test]
    fn every_escape_is_undone_and_what_is_none_stays() {
        let text = |string| String::from_utf8(unfold(string, false).text).unwrap();
        assert_eq!(text(r#"a\n\t\r\b\f\"\\\/\u00e9\ud83d\ude00z"#), "a\n\t\r\u{8}\u{c}\"\\/é😀z");
        assert_eq!(text(r"\ud83dx\ude00\q\u12"), "\u{fffd}x\u{fffd}\\q\\u12");
        assert_eq!(text(r"\ud83d\u0041"), "\u{fffd}A");
        assert_eq!(text("\\"), "\\");
    }

    #[test]
    fn colours_of_a_terminal_are_left_out_of_outputs_only() {
        let text = |string, is_output| String::from_utf8(unfold(string, is_output).text).unwrap();
        assert_eq!(text(r"a\u001b[0;31mb\u001b[39;49;00mc\u001bd", true), "abcd");
        assert_eq!(text("a\x1b[1mb", true), "ab");
        assert_eq!(text(r"a\u001b[0mb", false), "a\u{1b}[0mb");
        assert_eq!(text(r"\u001b[0\nb", true), "\nb");
    }

    /// A string of plain characters and every kind of escape, and for each inner byte the outer bytes that stand for it.
    fn folded() -> impl Strategy<Value = Vec<(String, String)>> {
        let plain = "[ -!#-\\[\\]-~é😀]{1,5}".prop_map(|text| (text.clone(), text));
        let character = any::<char>().prop_map(|c| {
            let units: Vec<String> = c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
            (units.concat(), c.to_string())
        });
        let escapes = [
            ("\\n", "\n"),
            ("\\t", "\t"),
            ("\\r", "\r"),
            ("\\b", "\u{8}"),
            ("\\f", "\u{c}"),
            ("\\\"", "\""),
            ("\\\\", "\\"),
            ("\\/", "/"),
        ];
        let simple = prop::sample::select(escapes.to_vec()).prop_map(|(outer, inner)| (outer.to_owned(), inner.to_owned()));
        prop::collection::vec(prop_oneof![plain, character, simple], 0..20)
    }

    proptest! {
        #[test]
        fn places_lead_out_and_back(parts in folded(), gap in 0..3_usize) {
            let mut outer = Vec::new();
            let mut unfolded = Unfolded::default();
            let mut expected = Vec::new();
            // Each part is a string of its own, as the lines of a cell are.
            for (written, meant) in &parts {
                outer.extend(std::iter::repeat_n(b'"', gap));
                let start = outer.len();
                outer.extend_from_slice(written.as_bytes());
                let is_escape = written != meant;
                expected.extend((0..meant.len()).map(|at| if is_escape { start..outer.len() } else { start + at..start + at + 1 }));
                unfolded.push_string(&outer, start..outer.len(), false);
            }
            let inner: String = parts.iter().map(|(_, meant)| meant.as_str()).collect();
            prop_assert_eq!(std::str::from_utf8(&unfolded.text).unwrap(), &inner);
            for (at, place) in expected.iter().enumerate() {
                prop_assert_eq!(&unfolded.outer(at..at + 1), place);
                let back = unfolded.inner(place.clone(), 0..inner.len()).unwrap();
                prop_assert!(back <= at && unfolded.outer(back..at + 1) == *place);
                for (to, end) in expected.iter().enumerate().skip(at) {
                    prop_assert_eq!(unfolded.outer(at..to + 1), place.start..end.end);
                }
            }
        }

        #[test]
        fn any_bytes_unfold(bytes in prop::collection::vec(prop::sample::select(b"\\\\u\x1b[m\"n0d8f\xff".to_vec()), 0..80), is_output: bool) {
            let mut unfolded = Unfolded::default();
            unfolded.push_string(&bytes, 0..bytes.len(), is_output);
            for at in 0..unfolded.text.len() {
                let place = unfolded.outer(at..at + 1);
                prop_assert!(place.start < place.end && place.end <= bytes.len());
            }
        }
    }
}
