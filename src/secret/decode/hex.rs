//! Hexadecimal digits, two a byte, in either case.
//! Promises to decode at the alignment at which the keyword was seen.
//! Leaves out runs shorter than 32 digits.

use std::ops::Range;

use data_encoding::HEXLOWER_PERMISSIVE;

use super::{BEFORE, BEHIND, Decoded, resume};

const MIN: usize = 32;

pub fn around(text: &[u8], hit: Range<usize>, until: &mut usize) -> Option<Decoded> {
    if hit.start < *until {
        return None;
    }
    let before = text.get(..hit.start)?.iter().rev().take(2 * BEFORE).take_while(|b| b.is_ascii_hexdigit()).count();
    let behind = text.get(hit.start..)?.iter().take(BEHIND).take_while(|b| b.is_ascii_hexdigit()).count();
    let range = hit.start - before / 2 * 2..hit.start + behind / 2 * 2;
    *until = resume(&range, hit.start);
    if range.len() < MIN {
        return None;
    }
    let bytes = HEXLOWER_PERMISSIVE.decode(text.get(range.clone())?).ok()?;
    Some(Decoded { range, bytes, encoding: "hex" })
}
