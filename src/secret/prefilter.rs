//! The keyword filter built by `build.rs`: finds every keyword of every rule, and their encoded images, in one pass.
//! Promises a look-up or two a byte, none depending on the one before, and no work at start-up.
//! Knows nothing of patterns; it says where a rule is worth trying.

use std::ops::Range;

use super::gram;

/// All keywords, found by the hash of four of their bytes, mostly the first (Karp & Rabin's idea with a window of four: most places are dismissed by
/// one bit of a table that stays in the first-level cache).
#[derive(Debug)]
pub struct Keywords {
    /// A bit for each hash that a keyword of four bytes or more has.
    pub filter: &'static [u64; 1 << (gram::BITS - 6)],
    /// A bit for each hash that a keyword of three has: in the other table they would find every bit that somebody else set.
    pub short: &'static [u64; 1 << (gram::BITS_OF_THREE - 6)],
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
    /// Where its gram stands in the keyword: at the beginning, but for rows.
    pub offset: u8,
    /// Where it stands in `spellings`.
    pub start: u32,
    pub length: u8,
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

impl Keywords {
    /// Calls `hit` for every occurrence of every keyword, ordered by where its gram stands: of keywords that are not a row's, by its start.
    pub fn visit(&self, text: &[u8], mut hit: impl FnMut(Meaning, Range<usize>)) {
        for (at, window) in text.windows(4).enumerate() {
            let Ok(bytes) = <[u8; 4]>::try_from(window) else { continue };
            let folded = gram::fold(u32::from_le_bytes(bytes));
            if is_set(self.filter, gram::hash(folded)) {
                self.report(text, at, folded, &mut hit);
            }
            if is_set(self.short, gram::hash_of_three(folded & gram::THREE)) {
                self.report(text, at, folded & gram::THREE, &mut hit);
            }
        }
        // A keyword of three may end the text.
        if let [.., a, b, c] = *text {
            self.report(text, text.len() - 3, gram::fold(u32::from_le_bytes([a, b, c, 0])) & gram::THREE, &mut hit);
        }
    }

    #[inline(never)]
    fn report(&self, text: &[u8], at: usize, gram: u32, hit: &mut impl FnMut(Meaning, Range<usize>)) {
        let bucket = (gram::hash(gram) >> (gram::BITS - gram::BUCKET_BITS)) as usize;
        let (Some(&start), Some(&end)) = (self.buckets.get(bucket), self.buckets.get(bucket + 1)) else { return };
        for entry in self.entries.get(usize::from(start)..usize::from(end)).unwrap_or_default() {
            if entry.gram != gram {
                continue;
            }
            let Some(start) = at.checked_sub(usize::from(entry.offset)) else { continue };
            let range = start..start + usize::from(entry.length);
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

#[inline]
fn is_set(filter: &[u64], hash: u32) -> bool {
    filter.get(hash as usize >> 6).is_some_and(|word| word >> (hash & 63) & 1 == 1)
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
            for (before, behind) in [("", ""), ("x", ""), ("", "x"), ("((((", "))))")] {
                let text = [before.as_bytes(), spelling, behind.as_bytes()].concat();
                let expected = (entry.meaning, before.len()..before.len() + spelling.len());
                assert!(hits(&text).contains(&expected), "{} is missed", String::from_utf8_lossy(&text));
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
