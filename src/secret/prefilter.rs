//! The keyword automaton built by `build.rs`: finds every keyword of every rule in one pass.
//! Promises one table look-up a byte and no work at start-up.
//! Knows nothing of patterns; it says where a rule is worth trying.

use std::ops::Range;

/// A total Aho-Corasick automaton over byte classes, ASCII case folded.
#[derive(Debug)]
pub struct Automaton {
    /// Class of each byte; class 0 is "in no keyword".
    pub classes: &'static [u8; 256],
    /// log2 of the length of a row of `next`.
    pub shift: u32,
    /// `next[state << shift | class]`, 16 bits little-endian each.
    pub next: &'static [u8],
    /// States from here on report keywords.
    pub first_match: u16,
    /// For each matching state, the numbers of the keywords that end there.
    pub matches: &'static [&'static [u16]],
    /// For each keyword, the rules that it stands for and how they spell it.
    pub users: &'static [&'static [(u16, &'static str)]],
}

impl Automaton {
    /// Calls `hit(rule number, spelling, range)` for every occurrence of every keyword, in either case, ordered by its end.
    pub fn visit(&self, text: &[u8], mut hit: impl FnMut(u16, &'static str, Range<usize>)) {
        let (next, _) = self.next.as_chunks::<2>();
        let mut state = 0u16;
        for (at, &byte) in text.iter().enumerate() {
            let class = self.classes.get(usize::from(byte)).copied().unwrap_or(0);
            let row = (usize::from(state) << self.shift) | usize::from(class);
            state = next.get(row).map_or(0, |entry| u16::from_le_bytes(*entry));
            if state >= self.first_match {
                self.report(state, at + 1, &mut hit);
            }
        }
    }

    #[cold]
    fn report(&self, state: u16, end: usize, hit: &mut impl FnMut(u16, &'static str, Range<usize>)) {
        let ends = self.matches.get(usize::from(state - self.first_match)).copied().unwrap_or_default();
        for &keyword in ends {
            for &(rule, spelling) in self.users.get(usize::from(keyword)).copied().unwrap_or_default() {
                hit(rule, spelling, end - spelling.len()..end);
            }
        }
    }
}
