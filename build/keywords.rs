//! The keyword table: every keyword of every rule and its encoded images, bucketed by the hash of the first four bytes.
//! Promises the same table for the same rules, and a filter bit for every way to spell the beginning of an entry.
//! The scan is `src/secret/prefilter.rs`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::gram;
use crate::images;
use crate::rule_file::RuleFile;

/// What the scan compares and what it then reports.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    bucket: u32,
    pub gram: u32,
    pub spelling: Vec<u8>,
    pub ignore_case: bool,
    /// The Rust expression of a `Meaning`.
    pub meaning: String,
}

impl Entry {
    fn new(spelling: &[u8], ignore_case: bool, meaning: String) -> Self {
        let mut folded = gram::fold(first_four(spelling));
        if spelling.len() == 3 {
            folded &= gram::THREE;
        }
        let bucket = gram::bucket(folded);
        Self { bucket, gram: folded, spelling: spelling.to_vec(), ignore_case, meaning }
    }
}

impl Entry {
    /// The first three or four bytes in every case that matches.
    fn beginnings(&self) -> Vec<u32> {
        let mut beginnings = vec![first_four(&self.spelling)];
        for place in 0..self.spelling.len().min(4) {
            if self.ignore_case && self.spelling[place].is_ascii_alphabetic() {
                let other_case = u32::from(gram::CASE) << (8 * place);
                beginnings.extend(beginnings.clone().into_iter().map(|gram| gram ^ other_case));
            }
        }
        beginnings
    }
}

/// Little-endian; what is missing is zero.
fn first_four(spelling: &[u8]) -> u32 {
    spelling.iter().take(4).rev().fold(0, |gram, byte| gram << 8 | u32::from(*byte))
}

/// The entries of all rules, in order.
pub fn entries(rules: &[RuleFile]) -> BTreeSet<Entry> {
    let mut entries = BTreeSet::new();
    for (number, rule) in rules.iter().enumerate() {
        let matcher = &rule.front.matcher;
        // Code looks at the text itself, so it is called for either case.
        let ignore_case = matcher.ignore_case || matcher.pattern.is_none();
        for keyword in &matcher.keywords {
            entries.insert(Entry::new(keyword.as_bytes(), ignore_case, format!("Meaning::Rule({number})")));
        }
        for keyword in rule.encoded() {
            for (image, offset) in images::nested(keyword.as_bytes(), matcher.pattern.is_none()) {
                entries.insert(Entry::new(&image, false, format!("Meaning::Base64({offset})")));
            }
            entries.insert(Entry::new(&images::hex(keyword.as_bytes()), true, "Meaning::Hex".into()));
        }
    }
    entries.extend(images::escapes().map(|image| Entry::new(&image, true, "Meaning::Escape".into())));
    entries
}

/// Writes the table as a static `KEYWORDS`.
pub fn write(text: &mut String, entries: &BTreeSet<Entry>) {
    let mut filter = vec![0u8; 1 << gram::FILTER_BITS];
    let mut buckets = vec![0usize; (1 << gram::BUCKET_BITS) + 1];
    let mut spellings = Vec::new();
    let mut rows = String::new();
    for entry in entries {
        for beginning in entry.beginnings() {
            let any = if entry.spelling.len() == 3 { u8::MAX } else { gram::CLASSES[beginning as usize >> 24] };
            filter[gram::filter_hash(beginning) as usize] |= any;
        }
        for end in &mut buckets[entry.bucket as usize + 1..] {
            *end += 1;
        }
        let _ = write!(
            rows,
            "Entry {{ gram: {}, start: {}, length: {}, last: {}, ignore_case: {}, meaning: {} }}, ",
            entry.gram,
            spellings.len(),
            entry.spelling.len(),
            entry.spelling[entry.spelling.len() - 1] | gram::CASE,
            entry.ignore_case,
            entry.meaning
        );
        spellings.extend_from_slice(&entry.spelling);
    }
    let (filter, spellings) = (filter.escape_ascii(), spellings.escape_ascii());
    let _ = writeln!(
        text,
        "/// The keywords of all rules.\npub static KEYWORDS: Keywords = Keywords {{ filter: b\"{filter}\", buckets: &{buckets:?}, entries: &[{rows}], \
         spellings: b\"{spellings}\" }};"
    );
}
