//! Undoes one layer of encoding around a place where the prefilter saw the image of a keyword.
//! Promises that each byte of a text is decoded at most once per encoding and alignment, and at most 64 KiB at a time.
//! Judges nothing: decoded bytes go back to the scan.

mod base64;
mod escape;
mod hex;

use std::ops::Range;

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

/// How far each encoding, at each alignment, has been decoded.
#[derive(Debug, Default)]
pub struct Progress {
    base64: [usize; 4],
    hex: [usize; 2],
    escape: usize,
}

/// The run around `hit`, decoded; `None` if it is no encoded run or was decoded before.
pub fn around(text: &[u8], meaning: Meaning, hit: Range<usize>, progress: &mut Progress) -> Option<Decoded> {
    match meaning {
        Meaning::Rule(_) => None,
        Meaning::Base64(offset) => {
            let until = progress.base64.get_mut((hit.start + 4 - usize::from(offset)) % 4)?;
            base64::around(text, hit, usize::from(offset), until)
        }
        Meaning::Hex => hex::around(text, hit.clone(), progress.hex.get_mut(hit.start % 2)?),
        Meaning::Escape => escape::around(text, hit, &mut progress.escape),
    }
}

/// Where decoding goes on after a run: behind it, or before its end if it was cut, so that nothing is lost at the cut.
fn resume(run: &Range<usize>, hit: usize) -> usize {
    if run.end >= hit + BEHIND { run.end - BEFORE } else { run.end }
}
