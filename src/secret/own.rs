//! The rules of a project: what the static keyword table does for ours, an automaton does for these.
//! Promises that a project without rules pays nothing, and that a rule of its own is judged as one of ours: same bounds, same evidence.
//! Knows neither names of files nor Python; that is `matcher`.

use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::images::{self, Encoding, Image};
use super::pattern::{Patterns, Searched};
use super::prefilter::Meaning;
use super::scan::{Budget, Scope};
use super::{Found, row};
use crate::rule::{Matcher, Pattern, Rules};

/// The rules with their keywords.
#[derive(Debug)]
pub struct OwnRules {
    rules: Rules,
    patterns: Patterns,
    entries: Vec<Entry>,
    /// Finds entries in either case; `None` if there are none.
    finder: Option<AhoCorasick>,
}

/// A keyword, or what becomes of it in an encoding.
#[derive(Debug)]
struct Entry {
    spelling: Vec<u8>,
    ignore_case: bool,
    meaning: Meaning,
}

impl OwnRules {
    /// # Panics
    /// If the keywords are more than an automaton has states for: that is a thousand times what the files of rules may hold.
    pub fn new(rules: Rules) -> Self {
        let numbered = (0u16..).zip(rules);
        let entries: Vec<Entry> = numbered.flat_map(|(number, rule)| entries(number, &rule.matcher)).collect();
        let finder = (!entries.is_empty()).then(|| {
            let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(entries.iter().map(|entry| &entry.spelling));
            finder.expect("invariant: a thousand rules have fewer keywords than an automaton has room for")
        });
        Self { rules, patterns: Patterns::new(rules), entries, finder }
    }

    /// Calls `hit` for every occurrence of every keyword, in the order in which they end.
    pub fn visit(&self, text: &[u8], mut hit: impl FnMut(Meaning, Range<usize>)) {
        let Some(finder) = &self.finder else { return };
        for found in finder.find_overlapping_iter(text) {
            let Some(entry) = self.entries.get(found.pattern().as_usize()) else { continue };
            if entry.ignore_case || text.get(found.range()) == Some(&entry.spelling) {
                hit(entry.meaning, found.range());
            }
        }
    }

    /// Tries rule `number`, one of whose keywords stands at `hit`.
    pub fn try_at(
        &self,
        text: &[u8],
        number: u16,
        hit: Range<usize>,
        searched: &mut Searched,
        budget: &mut Budget,
        found: &mut Found,
    ) {
        match self.rules.get(usize::from(number)).map(|rule| (*rule, &rule.matcher)) {
            Some((rule, Matcher::Row(row))) if searched.scope == Scope::Everything => {
                row::at(text, rule, row, &hit, budget, found);
            }
            _ => self.patterns.try_at(text, number, hit, searched, budget, found),
        }
    }
}

fn entries(number: u16, matcher: &Matcher) -> Vec<Entry> {
    let (keywords, ignore_case, is_encoded) = match matcher {
        // Those that match in both cases have too many images.
        Matcher::Pattern(Pattern { keywords, ignore_case, .. }) => (*keywords, *ignore_case, !ignore_case),
        Matcher::Row(row) => (row.services, true, false),
        Matcher::FileName(_) | Matcher::Import(_) | Matcher::Call(_) | Matcher::Code => return Vec::new(),
    };
    let mut entries = Vec::new();
    for keyword in keywords.iter().map(|keyword| keyword.as_bytes()) {
        entries.push(Entry { spelling: keyword.to_vec(), ignore_case, meaning: Meaning::Rule(number) });
        if is_encoded {
            entries.extend(images::of(keyword).into_iter().filter_map(|Image { spelling, encoding }| {
                let (ignore_case, meaning) = match encoding {
                    Encoding::Base64(offset) => (false, Meaning::Base64(u8::try_from(offset).ok()?)),
                    Encoding::Hex => (true, Meaning::Hex),
                };
                Some(Entry { spelling, ignore_case, meaning })
            }));
        }
    }
    entries
}

#[cfg(test)]
#[path = "own_tests.rs"]
mod tests;
