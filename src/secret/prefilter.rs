//! The keyword filter built by `build.rs`: finds every keyword of every rule, and their encoded images, in one pass.
//! Promises one look-up a byte, none depending on the one before, and no work at start-up.
//! Knows nothing of patterns; it says where a rule is worth trying.

use std::ops::Range;

use super::gram;

/// All keywords, found by the hash of four of their bytes (Karp & Rabin's idea with a window of four: most places are dismissed by one byte
/// of a table of which a text uses a small part).
#[derive(Debug)]
pub struct Keywords {
    /// By the hash of three bytes: the classes of the fourth with which a keyword begins so, in every case that matches.
    pub filter: &'static [u8; 1 << gram::FILTER_BITS],
    /// Which grams there are, by another hash, a bit each: dismisses nearly all that the filter lets through by mistake.
    pub grams: &'static [u8; 1 << (gram::SET_BITS - 3)],
    /// Where the entries of each bucket begin; one more at the end.
    pub buckets: &'static [u16; (1 << gram::BUCKET_BITS) + 1],
    /// Ordered by bucket.
    pub entries: &'static [Entry],
    /// The keywords, one after the other.
    pub spellings: &'static [u8],
}

/// One keyword of one rule.
#[derive(Debug)]
pub struct Entry {
    /// Its folded gram; the fourth byte is zero for a keyword of three.
    pub gram: u32,
    /// Where its gram stands in the keyword: at the beginning of those of code, where it is rarest in others.
    pub offset: u8,
    /// Where it stands in `spellings`.
    pub start: u32,
    pub length: u8,
    /// Its last byte, folded: what most texts that begin alike do not have there.
    pub last: u8,
    /// Letters match in both cases.
    pub ignore_case: bool,
    pub meaning: Meaning,
}

/// What a keyword stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The rule of this number.
    Rule(u16),
    /// Some keyword in base64; the offset of the hit from the start of its group of four characters.
    Base64(u8),
    /// Some keyword in hexadecimal digits.
    Hex,
    /// An escaped printable character: `\x2d`, `\u002d`, `%2d`, `&#45;`.
    Escape,
}

/// Places looked at together; the last of them needs three bytes more.
const BLOCK: usize = 8;
/// Blocks looked at before what was seen in them is reported: whether a block has something is as hard to predict as the text, so
/// nothing is decided block by block.
const BLOCKS: usize = 128;

impl Keywords {
    /// Calls `hit` for every occurrence of every keyword, ordered by where its gram stands: of the keywords of code, by its start.
    pub fn visit(&self, text: &[u8], mut hit: impl FnMut(Meaning, Range<usize>)) {
        let mut hot = [(0, 0); BLOCKS];
        let mut at = 0;
        while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk) {
            for (start, begins) in self.hot_blocks(chunk, &mut hot) {
                self.report_block(text, at + *start, *begins, &mut hit);
            }
            at += BLOCKS * BLOCK;
        }
        while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk) {
            self.report_block(text, at, self.begins(block), &mut hit);
            at += BLOCK;
        }
        for at in at..text.len().saturating_sub(2) {
            self.report(text, at, &mut hit);
        }
    }

    /// The blocks of a chunk in which a keyword may begin: where they start, and what [`begins`](Self::begins) says.
    fn hot_blocks<'a>(&self, chunk: &[u8; BLOCKS * BLOCK + 3], hot: &'a mut [(usize, u64); BLOCKS]) -> &'a [(usize, u64)] {
        let mut count = 0;
        for start in (0..BLOCKS * BLOCK).step_by(BLOCK) {
            let begins = chunk.get(start..).and_then(<[u8]>::first_chunk).map_or(0, |block| self.begins(block));
            if let Some(slot) = hot.get_mut(count) {
                *slot = (start, begins);
            }
            count += usize::from(begins != 0);
        }
        hot.get(..count).unwrap_or_default()
    }

    /// A byte for each place of a block: whether a keyword may begin there.
    #[inline]
    fn begins(&self, block: &[u8; BLOCK + 3]) -> u64 {
        (0..BLOCK).fold(0, |begins, place| {
            let gram = block.get(place..).and_then(<[u8]>::first_chunk).map_or(0, |four| u32::from_le_bytes(*four));
            begins | u64::from(self.may_begin(gram)) << (8 * place)
        })
    }

    /// Not zero if a keyword may begin with this gram.
    #[inline]
    fn may_begin(&self, gram: u32) -> u8 {
        let known = self.filter.get(gram::filter_hash(gram) as usize).copied().unwrap_or_default();
        known & gram::CLASSES.get(gram as usize >> 24).copied().unwrap_or_default()
    }

    /// What begins in the block at `start`, as [`begins`](Self::begins) says.
    fn report_block(&self, text: &[u8], start: usize, mut begins: u64, hit: &mut impl FnMut(Meaning, Range<usize>)) {
        while begins != 0 {
            let place = begins.trailing_zeros() / u8::BITS;
            self.report(text, start + place as usize, hit);
            begins &= !(0xff << (place * u8::BITS));
        }
    }

    fn report(&self, text: &[u8], at: usize, hit: &mut impl FnMut(Meaning, Range<usize>)) {
        let rest = text.get(at..).unwrap_or_default();
        if let Some(four) = rest.first_chunk::<4>() {
            let gram = gram::fold(u32::from_le_bytes(*four));
            if self.has(gram) {
                self.report_those(text, at, gram, hit);
            }
        }
        if let [a, b, c, ..] = *rest {
            let gram = gram::fold(u32::from_le_bytes([a, b, c, 0])) & gram::THREE;
            if self.has(gram) {
                self.report_those(text, at, gram, hit);
            }
        }
    }

    /// Whether a keyword may have this folded gram.
    fn has(&self, gram: u32) -> bool {
        let (byte, bit) = gram::place_in_set(gram);
        self.grams.get(byte).is_some_and(|bits| bits & bit != 0)
    }

    #[inline(never)]
    fn report_those(&self, text: &[u8], at: usize, gram: u32, hit: &mut impl FnMut(Meaning, Range<usize>)) {
        let bucket = gram::bucket(gram) as usize;
        let (Some(&start), Some(&end)) = (self.buckets.get(bucket), self.buckets.get(bucket + 1)) else { return };
        for entry in self.entries.get(usize::from(start)..usize::from(end)).unwrap_or_default() {
            if entry.gram != gram {
                continue;
            }
            let Some(start) = at.checked_sub(usize::from(entry.offset)) else { continue };
            let range = start..start + usize::from(entry.length);
            if text.get(range.end - 1).is_none_or(|last| last | gram::CASE != entry.last) {
                continue;
            }
            if text.get(range.clone()).is_some_and(|found| self.is_spelled(entry, found)) {
                hit(entry.meaning, range);
            }
        }
    }

    fn is_spelled(&self, entry: &Entry, found: &[u8]) -> bool {
        let start = entry.start as usize;
        let spelling = self.spellings.get(start..start + usize::from(entry.length)).unwrap_or_default();
        if entry.ignore_case { found.eq_ignore_ascii_case(spelling) } else { found == spelling }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::rules;

    fn hits(text: &[u8]) -> Vec<(Meaning, Range<usize>)> {
        let mut hits = Vec::new();
        rules::KEYWORDS.visit(text, |meaning, range| hits.push((meaning, range)));
        hits
    }

    #[test]
    fn every_keyword_is_found_wherever_it_stands() {
        for entry in rules::KEYWORDS.entries {
            let start = entry.start as usize;
            let spelling = &rules::KEYWORDS.spellings[start..start + usize::from(entry.length)];
            let spellings = if entry.ignore_case {
                vec![spelling.to_vec(), spelling.to_ascii_uppercase(), spelling.to_ascii_lowercase()]
            } else {
                vec![spelling.to_vec()]
            };
            for (before, spelling) in (0..=BLOCK).flat_map(|before| spellings.iter().map(move |spelling| (before, spelling))) {
                for behind in [0, 1, BLOCK] {
                    let text = [&b"(".repeat(before), spelling.as_slice(), &b")".repeat(behind)].concat();
                    let expected = (entry.meaning, before..before + spelling.len());
                    assert!(hits(&text).contains(&expected), "{} is missed", String::from_utf8_lossy(&text));
                }
            }
        }
    }

    #[test]
    fn case_counts_where_the_rule_says_so() {
        let github =
            |text: &str| hits(text.replace('·', "").as_bytes()).iter().any(|(meaning, _)| matches!(meaning, Meaning::Rule(_)));
        assert!(github("gh·p_"));
        assert!(!github("GH·P_"));
    }

    #[test]
    fn short_texts_have_no_hits() {
        for text in ["", "a", "gh", "gho"] {
            assert!(hits(text.as_bytes()).is_empty());
        }
    }
}
