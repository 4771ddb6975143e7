//! The keyword table: every keyword of every rule and its encoded images, bucketed by the hash of four of its bytes.
//! Promises the same table for the same rules, and a filter bit for every way to spell the beginning of an entry.
//! The scan is `src/secret/prefilter.rs`.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use crate::bigram;
use crate::gram;
use crate::images::{self, Encoding, Image};
use crate::rule::RuleFile;

/// What the scan compares and what it then reports.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    bucket: u32,
    pub gram: u32,
    /// Where in the spelling the gram stands.
    offset: usize,
    pub spelling: Vec<u8>,
    pub ignore_case: bool,
    /// The Rust expression of a `Meaning`.
    pub meaning: String,
}

impl Entry {
    /// An entry that is found by its first four bytes.
    fn new(spelling: &[u8], ignore_case: bool, meaning: String) -> Self {
        Self::with_gram_at(0, spelling, ignore_case, meaning)
    }

    fn with_gram_at(offset: usize, spelling: &[u8], ignore_case: bool, meaning: String) -> Self {
        let mut folded = gram::fold(first_four(&spelling[offset..]));
        if spelling.len() == 3 {
            folded &= gram::THREE;
        }
        let bucket = gram::bucket(folded);
        Self { bucket, gram: folded, offset, spelling: spelling.to_vec(), ignore_case, meaning }
    }

    /// The three or four bytes of the gram in every case that matches.
    fn spellings_of_gram(&self) -> Vec<u32> {
        let bytes = &self.spelling[self.offset..];
        let mut spellings = vec![first_four(bytes)];
        for (place, byte) in bytes.iter().take(4).enumerate() {
            if self.ignore_case && byte.is_ascii_alphabetic() {
                let other_case = u32::from(gram::CASE) << (8 * place);
                spellings.extend(spellings.clone().into_iter().map(|gram| gram ^ other_case));
            }
        }
        spellings
    }
}

/// Little-endian; what is missing is zero.
fn first_four(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).rev().fold(0, |gram, byte| gram << 8 | u32::from(*byte))
}

/// The entries of all rules, in order.
pub fn entries(rules: &[RuleFile]) -> BTreeSet<Entry> {
    let mut entries = BTreeSet::new();
    let common = common_grams(rules);
    for (number, rule) in rules.iter().enumerate() {
        let matcher = &rule.front.matcher;
        let is_code = matcher.engine.is_some();
        // Code looks at the text itself, and rows fold case as code does, so both are called for either case.
        let ignore_case = matcher.ignore_case || matcher.pattern.is_none();
        for keyword in matcher.keywords.iter().map(String::as_bytes) {
            // Names of services are made of common words: `databox` is looked for at `abox`. Code wants its hits in order.
            let offset = if is_code { 0 } else { rarest_gram(keyword, &common) };
            entries.insert(Entry::with_gram_at(offset, keyword, ignore_case, format!("Meaning::Rule({number})")));
        }
        for keyword in rule.encoded() {
            for Image { spelling, encoding } in images::of(keyword.as_bytes()) {
                entries.insert(match encoding {
                    Encoding::Base64(offset) => Entry::new(&spelling, false, format!("Meaning::Base64({offset})")),
                    Encoding::Hex => Entry::new(&spelling, true, "Meaning::Hex".into()),
                });
            }
        }
    }
    entries.extend(images::escapes().map(|image| {
        // `\u00` begins nearly a hundred of them, `u002` no more than sixteen.
        let offset = usize::from(image.starts_with(br"\u"));
        Entry::with_gram_at(offset, &image, true, "Meaning::Escape".into())
    }));
    entries
}

/// In how many manuals each gram stands: prose and code enough to tell common words from names.
fn common_grams(rules: &[RuleFile]) -> HashMap<[u8; 4], usize> {
    let mut counts = HashMap::new();
    for rule in rules {
        let text = rule.manual.to_ascii_lowercase();
        let grams: BTreeSet<[u8; 4]> = text.as_bytes().windows(4).filter_map(|gram| gram.try_into().ok()).collect();
        for gram in grams {
            *counts.entry(gram).or_default() += 1;
        }
    }
    counts
}

/// Where the least common four bytes of a keyword stand: by the manuals, then by how little they read like a word. 0 in one of three.
fn rarest_gram(keyword: &[u8], common: &HashMap<[u8; 4], usize>) -> usize {
    let count = |gram: &[u8]| {
        let gram: Option<[u8; 4]> = gram.to_ascii_lowercase().try_into().ok();
        gram.and_then(|gram| common.get(&gram).copied()).unwrap_or(0)
    };
    let likeness = |gram: &[u8]| bigram::word_likeness(gram).unwrap_or_default();
    let rarer = |a: &[u8], b: &[u8]| count(a).cmp(&count(b)).then(likeness(a).total_cmp(&likeness(b)));
    keyword.windows(4).enumerate().min_by(|(_, a), (_, b)| rarer(a, b)).map_or(0, |(offset, _)| offset)
}

/// Writes the table as a static `KEYWORDS`.
pub fn write(text: &mut String, entries: &BTreeSet<Entry>) {
    let mut filter = vec![0u8; 1 << gram::FILTER_BITS];
    let mut grams = vec![0u8; 1 << (gram::SET_BITS - 3)];
    let mut buckets = vec![0usize; (1 << gram::BUCKET_BITS) + 1];
    let mut spellings = Vec::new();
    let mut rows = String::new();
    for entry in entries {
        for spelling in entry.spellings_of_gram() {
            let any = if entry.spelling.len() == 3 { u8::MAX } else { gram::CLASSES[spelling as usize >> 24] };
            filter[gram::filter_hash(spelling) as usize] |= any;
        }
        let (byte, bit) = gram::place_in_set(entry.gram);
        grams[byte] |= bit;
        for end in &mut buckets[entry.bucket as usize + 1..] {
            *end += 1;
        }
        let _ = write!(
            rows,
            "Entry {{ gram: {}, offset: {}, start: {}, length: {}, last: {}, ignore_case: {}, meaning: {} }}, ",
            entry.gram,
            entry.offset,
            spellings.len(),
            entry.spelling.len(),
            entry.spelling[entry.spelling.len() - 1] | gram::CASE,
            entry.ignore_case,
            entry.meaning
        );
        spellings.extend_from_slice(&entry.spelling);
    }
    let (filter, grams, spellings) = (filter.escape_ascii(), grams.escape_ascii(), spellings.escape_ascii());
    let _ = writeln!(
        text,
        "/// The keywords of all rules.\npub static KEYWORDS: Keywords = Keywords {{ filter: b\"{filter}\", grams: b\"{grams}\", buckets: &{buckets:?}, entries: &[{rows}], \
         spellings: b\"{spellings}\" }};"
    );
}
