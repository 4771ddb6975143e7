//! Undoes one layer of encoding: around a place where the prefilter saw the image of a keyword, and where what is encoded is encoded again.
//! Promises that each byte of a text is decoded at most once per encoding and alignment, and at most 64 KiB at a time.
//! Judges nothing: decoded bytes go back to the scan.

mod base64;
mod escape;
mod hex;
mod nested;
mod run;

use std::ops::Range;

use self::run::{Joint, Undone};
use super::prefilter::Meaning;

/// A decoded run.
#[derive(Debug)]
pub struct Decoded {
    /// The encoded run in the text.
    pub range: Range<usize>,
    pub bytes: Vec<u8>,
    /// `base64`, `hex`, `percent`, `escape`, `entity`.
    pub encoding: &'static str,
}

/// Encoded bytes before a hit that are decoded with it: room for what leads up to a keyword.
const BEFORE: usize = 1024;
/// Encoded bytes from a hit on.
const BEHIND: usize = 64 * 1024;

/// What was decoded of a text, so that nothing is decoded twice.
#[derive(Debug, Default)]
pub struct Progress {
    base64: Undone<{ base64::GROUP }>,
    hex: Undone<{ hex::GROUP }>,
    /// Escapes are undone in order: where the next may stand.
    escape: usize,
}

/// The run around `hit`, decoded; `None` if it is no encoded run or was decoded before.
pub fn around(text: &[u8], meaning: Meaning, hit: Range<usize>, progress: &mut Progress) -> Option<Decoded> {
    match meaning {
        Meaning::Rule(_) => None,
        Meaning::Base64(offset) => base64::around(text, hit, usize::from(offset), &mut progress.base64),
        Meaning::Hex => hex::around(text, hit, &mut progress.hex),
        Meaning::Escape => escape::around(text, hit, &mut progress.escape),
    }
}

/// Calls `each` for the runs in `text` that no keyword shows: those that are encoded again, and those where a line end breaks the image of a
/// keyword, of which `visit` tells all in a text.
pub fn hidden(
    text: &[u8],
    visit: impl Fn(&[u8], &mut dyn FnMut(Meaning, Range<usize>)),
    progress: &mut Progress,
    mut each: impl FnMut(Decoded),
) {
    let mut decode = |meaning, at| {
        if let Some(decoded) = around(text, meaning, at..at + 1, progress) {
            each(decoded);
        }
    };
    for run in nested::runs(text) {
        for (meaning, at) in nested::places(text, &run) {
            decode(meaning, at);
        }
        let Some(joint) = Joint::behind(text, &run, base64::is_symbol) else { continue };
        visit(&joint.symbols, &mut |meaning, hit| {
            if let Some(at) = joint.start_of(&hit) {
                decode(meaning, at);
            }
        });
    }
}
