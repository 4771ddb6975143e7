//! Runs that are encoded more than once: no keyword shows through the outer encoding, but that it holds nothing but the characters of
//! another one does.
//! Promises to find every run of 36 characters in which base64 or hexadecimal digits stand for at least 23 such characters in a row.
//! Decodes nothing: it says where decoding is worth it.

use std::ops::Range;

use super::Meaning;
use super::base64::is_symbol;

/// Base64 of base64 of the shortest token, which has 20 characters.
const RUN_MIN: usize = 36;
/// Bytes looked at together.
const BLOCK: usize = 16;
/// Every run holds a block that starts at a multiple of this.
const STRIDE: usize = RUN_MIN - BLOCK + 1;
/// Inner characters in a row that no common text has, in groups of three: as many as 23 contain at any alignment.
const IN_A_ROW: usize = 7;

/// How one encoding writes bytes.
struct Groups {
    meaning: Meaning,
    /// Characters of a group.
    length: usize,
    /// Groups in a row.
    least: usize,
    /// Whether a group stands for characters of another encoding.
    is_encoded: fn(&[u8]) -> bool,
}

const ENCODINGS: [Groups; 2] = [
    Groups { meaning: Meaning::Base64(0), length: 4, least: IN_A_ROW, is_encoded: is_encoded_in_base64 },
    Groups { meaning: Meaning::Hex, length: 2, least: 3 * IN_A_ROW, is_encoded: is_encoded_in_hex },
];

/// The runs of base64 characters in a text, which hexadecimal digits are, too: `RUN_MIN` or more on one line. A block in every `STRIDE`
/// bytes is looked at (after Boyer & Moore: what is no symbol dismisses all runs through it).
pub fn runs(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    let mut end = 0;
    std::iter::from_fn(move || {
        while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk) {
            if !is_known_block(block) {
                at += STRIDE;
                continue;
            }
            let (before, behind) = (text.get(end..at)?, text.get(at + BLOCK..)?);
            let start = at - before.iter().rev().take_while(|&&byte| is_known(byte)).count();
            end = at + BLOCK + behind.iter().take_while(|&&byte| is_known(byte)).count();
            at = end;
            if end - start >= RUN_MIN {
                return Some(start..end);
            }
        }
        None
    })
}

/// Whether all bytes are symbols.
#[expect(clippy::needless_bitwise_bool, reason = "without a branch and by comparing, all bytes are looked at together")]
fn is_known_block(block: &[u8; BLOCK]) -> bool {
    block.iter().fold(true, |is_known, &byte| {
        let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let is_digit_or_slash = byte.wrapping_sub(b'/') < 11;
        is_known & (is_letter | is_digit_or_slash | (byte == b'+') | (byte == b'-') | (byte == b'_'))
    })
}

/// What [`is_symbol`] says, looked up: this is asked of all text.
fn is_known(byte: u8) -> bool {
    byte == b'A' || value(&SEXTETS, byte) != 0
}

/// Where a run stands for something encoded again: the encoding and the start of a group of it.
pub fn places(text: &[u8], run: &Range<usize>) -> Vec<(Meaning, usize)> {
    let mut places = Vec::new();
    for groups in &ENCODINGS {
        for shift in 0..groups.length {
            let aligned = text.get(run.start + shift..run.end).unwrap_or_default();
            places.extend(stretches(aligned, groups).map(|start| (groups.meaning, run.start + shift + start)));
        }
    }
    places
}

/// The starts of stretches of enough groups: each of them has one at a multiple of that many.
fn stretches(run: &[u8], groups: &Groups) -> impl Iterator<Item = usize> {
    let is_encoded = |index: usize| {
        let start = index * groups.length;
        run.get(start..start + groups.length).is_some_and(groups.is_encoded)
    };
    let mut probe = groups.least - 1;
    let mut end = 0;
    std::iter::from_fn(move || {
        while (probe + 1) * groups.length <= run.len() {
            let at = probe;
            probe += groups.least;
            if at < end || !is_encoded(at) {
                continue;
            }
            let start = (end..at).rev().take_while(|&index| is_encoded(index)).last().unwrap_or(at);
            end = at + 1;
            while end - start < groups.least && is_encoded(end) {
                end += 1;
            }
            if end - start >= groups.least {
                return Some(start * groups.length);
            }
        }
        None
    })
}

fn is_encoded_in_base64(group: &[u8]) -> bool {
    let bits = group.iter().fold(0, |bits: u32, &byte| bits << 6 | u32::from(value(&SEXTETS, byte)));
    let [_, bytes @ ..] = bits.to_be_bytes();
    bytes.iter().all(|&byte| is_inner(byte))
}

fn is_encoded_in_hex(group: &[u8]) -> bool {
    group.iter().all(u8::is_ascii_hexdigit) && is_inner(group.iter().fold(0, |byte, &digit| byte << 4 | value(&DIGITS, digit)))
}

/// Whether base64, digits or escapes are made of such characters.
fn is_inner(byte: u8) -> bool {
    is_symbol(byte) || matches!(byte, b'%' | b'\\' | b'&' | b'#' | b';')
}

fn value(values: &[u8; 256], byte: u8) -> u8 {
    values.get(usize::from(byte)).copied().unwrap_or_default()
}

/// What each character stands for in either alphabet of base64; 0 for others.
const SEXTETS: [u8; 256] = values(&[
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
]);
const DIGITS: [u8; 256] = values(&[b"0123456789abcdef", b"0123456789ABCDEF"]);

#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "a panic here stops the build")]
const fn values<const N: usize>(alphabets: &[&[u8; N]]) -> [u8; 256] {
    let mut values = [0; 256];
    let mut alphabet = 0;
    while alphabet < alphabets.len() {
        let mut value = 0;
        while value < N {
            values[alphabets[alphabet][value] as usize] = value as u8;
            value += 1;
        }
        alphabet += 1;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_known_if_each_of_its_bytes_is() {
        for byte in 0..=u8::MAX {
            let mut block = [b'a'; BLOCK];
            block[usize::from(byte) % BLOCK] = byte;
            assert_eq!((is_known(byte), is_known_block(&block)), (is_symbol(byte), is_symbol(byte)), "{byte}");
        }
    }

    #[test]
    fn every_long_run_is_seen_and_no_other() {
        let word = |length: usize| "a".repeat(length);
        for (before, length, behind) in [(0, 36, 0), (0, 35, 0), (7, 36, 1), (40, 35, 36), (35, 100, 35), (36, 36, 36)] {
            let text = [word(before), word(length), word(behind)].join(" ");
            let expected: Vec<usize> = [before, length, behind].into_iter().filter(|&length| length >= RUN_MIN).collect();
            assert_eq!(runs(text.as_bytes()).map(|run| run.len()).collect::<Vec<_>>(), expected, "{before} {length} {behind}");
        }
    }
}
