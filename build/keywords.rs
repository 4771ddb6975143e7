//! The keyword table: every keyword of every rule and its encoded images, bucketed by the hash of the first four bytes.
//! Promises the same table for the same rules, and a filter bit for every entry.
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
        let mut four = [0; 4];
        for (to, from) in four.iter_mut().zip(spelling) {
            *to = *from;
        }
        let mut folded = gram::fold(u32::from_le_bytes(four));
        if spelling.len() == 3 {
            folded &= gram::THREE;
        }
        let bucket = gram::hash(folded) >> (gram::BITS - gram::BUCKET_BITS);
        Self { bucket, gram: folded, spelling: spelling.to_vec(), ignore_case, meaning }
    }
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
    let mut filter = vec![0u64; 1 << (gram::BITS - 6)];
    let mut buckets = vec![0usize; (1 << gram::BUCKET_BITS) + 1];
    let mut spellings = Vec::new();
    let mut rows = String::new();
    for entry in entries {
        let hash = gram::hash(entry.gram);
        filter[hash as usize >> 6] |= 1 << (hash & 63);
        for end in &mut buckets[entry.bucket as usize + 1..] {
            *end += 1;
        }
        let _ = write!(
            rows,
            "Entry {{ gram: {}, start: {}, length: {}, ignore_case: {}, meaning: {} }}, ",
            entry.gram,
            spellings.len(),
            entry.spelling.len(),
            entry.ignore_case,
            entry.meaning
        );
        spellings.extend_from_slice(&entry.spelling);
    }
    let spellings = spellings.escape_ascii();
    let _ = writeln!(
        text,
        "/// The keywords of all rules.\npub static KEYWORDS: Keywords = Keywords {{ filter: &{filter:?}, buckets: &{buckets:?}, entries: &[{rows}], \
         spellings: b\"{spellings}\" }};"
    );
}
