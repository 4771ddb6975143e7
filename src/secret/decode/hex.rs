//! Hexadecimal digits, two a byte, in either case, on one line or wrapped.
//! Promises to decode at the alignment at which the keyword was seen.
//! Leaves out runs shorter than 32 digits.

use std::ops::Range;

use data_encoding::HEXLOWER_PERMISSIVE;

use super::Decoded;
use super::run::{Run, Undone};

const MIN: usize = 32;
/// Digits that stand for a byte.
pub const GROUP: usize = 2;

pub fn around(text: &[u8], hit: Range<usize>, undone: &mut Undone<GROUP>) -> Option<Decoded> {
    if undone.has(hit.start, 0) {
        return None;
    }
    let run = Run::around(text, hit.start, 0, GROUP, |byte| byte.is_ascii_hexdigit());
    undone.note(&run, hit.start);
    let mut symbols = run.symbols(text);
    if symbols.len() < MIN {
        return None;
    }
    symbols.truncate(symbols.len() / GROUP * GROUP);
    let bytes = HEXLOWER_PERMISSIVE.decode(&symbols).ok()?;
    Some(Decoded { range: run.range(), bytes, encoding: "hex" })
}
