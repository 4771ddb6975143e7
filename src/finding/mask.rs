//! Finds secret values in other text, so that it can be printed without them.
//! Promises that whatever part of a value stands in a text is found, in time linear in the text for any number of values.
//! Knows nothing of lines and findings: `snippet` and the reporters ask it what to hide.

use std::borrow::Cow;
use std::ops::Range;

use super::Redacted;

/// Values shorter than this are words of the language: they are hidden where they were found and not looked for elsewhere.
pub(super) const SHORTEST: usize = 4;
/// Long values are looked for in pieces of this many bytes, so that a window of text shows every piece that reaches into it.
pub(super) const PIECE: usize = 64;
/// So many bytes of a piece that has them tell its start from other text.
const START: usize = 8;

/// The pieces of secret values, ready to be looked for.
#[derive(Default)]
pub(crate) struct Values<'a> {
    sorted: Vec<&'a [u8]>,
    /// For each piece the longest other piece that it starts with.
    shorter: Vec<Option<usize>>,
    /// Two bits for how each piece starts: nearly all other places of a text are dismissed by them.
    starts: Vec<u64>,
    /// Whether there are pieces that are told by fewer than [`START`] bytes.
    has_short: bool,
}

impl<'a> Values<'a> {
    /// The values of `secrets` that have at least `shortest` bytes, without their public prefixes.
    pub(crate) fn of(secrets: impl IntoIterator<Item = &'a Redacted>, shortest: usize) -> Self {
        Self::new(secrets.into_iter().filter(|secret| secret.value.len() >= shortest).map(Redacted::hidden))
    }

    pub(super) fn new(values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut sorted: Vec<&[u8]> = values.into_iter().flat_map(pieces).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let words = sorted.len().next_power_of_two();
        let mut values = Self { shorter: Vec::with_capacity(sorted.len()), starts: vec![0; words], has_short: false, sorted };
        values.has_short = values.sorted.iter().any(|piece| piece.len() < START);
        let mut open: Vec<usize> = Vec::new();
        for (index, piece) in values.sorted.iter().enumerate() {
            while open.pop_if(|&mut last| !values.sorted.get(last).is_some_and(|shorter| piece.starts_with(shorter))).is_some() {}
            values.shorter.push(open.last().copied());
            open.push(index);
            let place = place::<START>(piece, words).or_else(|| place::<SHORTEST>(piece, words));
            if let Some((word, bits)) = place
                && let Some(word) = values.starts.get_mut(word)
            {
                *word |= bits;
            }
        }
        values
    }

    /// The parts of `text` that are pieces of values: sorted, apart from each other.
    pub(crate) fn covered(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut covered: Vec<Range<usize>> = Vec::new();
        if self.sorted.is_empty() {
            return covered;
        }
        for start in 0..text.len() {
            let rest = text.get(start..).unwrap_or_default();
            if self.may_start(rest)
                && let Some(length) = self.longest(rest)
            {
                cover(&mut covered, start..start + length);
            }
        }
        covered
    }

    /// Whether a piece may stand at the start of `text`.
    fn may_start(&self, text: &[u8]) -> bool {
        let words = self.starts.len();
        let is_set = |(word, bits): (usize, u64)| self.starts.get(word).is_some_and(|word| word & bits == bits);
        place::<START>(text, words).is_some_and(is_set) || (self.has_short && place::<SHORTEST>(text, words).is_some_and(is_set))
    }

    /// The length of the longest piece that `text` starts with.
    fn longest(&self, text: &[u8]) -> Option<usize> {
        // Every piece that `text` starts with is also a start of the last piece that sorts before `text`.
        let mut candidate = self.sorted.partition_point(|&piece| piece <= text).checked_sub(1);
        while let Some(index) = candidate {
            let piece = self.sorted.get(index)?;
            if text.starts_with(piece) {
                return Some(piece.len());
            }
            candidate = self.shorter.get(index).copied().flatten();
        }
        None
    }
}

impl Redacted {
    /// The value without its public prefix.
    pub(super) fn hidden(&self) -> &[u8] {
        self.value.get(self.shown..).unwrap_or(&self.value)
    }
}

/// The text with `…` for each of the places, which are sorted and apart from each other.
pub(crate) fn without<'t>(text: &'t [u8], hidden: &[Range<usize>]) -> Cow<'t, [u8]> {
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for place in hidden {
        out.extend_from_slice(text.get(at..place.start).unwrap_or_default());
        out.extend_from_slice("…".as_bytes());
        at = place.end;
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

/// Adds a range that starts where the last one does or later.
pub(super) fn cover(covered: &mut Vec<Range<usize>>, range: Range<usize>) {
    match covered.last_mut() {
        Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
        _ => covered.push(range),
    }
}

/// Whether the text is the label of a private key and not the key: `-----BEGIN RSA PRIVATE KEY-----`, with dashes or without.
pub(super) fn is_label(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let label = text.trim_matches(['-', ' ']);
    (label.starts_with("BEGIN ") || label.starts_with("END "))
        && (label.ends_with("PRIVATE KEY") || label.ends_with("PRIVATE KEY BLOCK"))
        && label.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ')
}

/// Splits a value at its line ends and into pieces; the last piece of a line is whole too.
fn pieces(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|&b| b == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| line.len() >= SHORTEST && !is_label(line))
        .flat_map(|line| line.chunks_exact(PIECE).chain(Some(line.get(line.len().saturating_sub(PIECE)..).unwrap_or(line))))
}

/// Word and bits, in a table of `words` (a power of two), for the first `N` bytes of the text.
fn place<const N: usize>(text: &[u8], words: usize) -> Option<(usize, u64)> {
    let mut first = [0; 8];
    first.get_mut(..N)?.copy_from_slice(text.get(..N)?);
    let hash = u64::from_le_bytes(first).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    // The high bits of a product depend on all bits of the factor.
    let word = (hash >> 32) as usize & (words - 1);
    Some((word, 1 << (hash >> 26 & 63) | 1 << (hash >> 20 & 63)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The covered parts of `text`, joined by `|`.
    fn covered(values: &[&[u8]], text: &str) -> String {
        let covered = Values::new(values.iter().copied()).covered(text.as_bytes());
        covered.into_iter().map(|range| &text[range]).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn every_occurrence_is_covered_and_neighbours_join() {
        assert_eq!(covered(&[b"hunter2"], "hunter2 hunter hunter2hunter2"), "hunter2|hunter2hunter2");
        assert_eq!(covered(&[b"abcd", b"abcdef", b"cdefgh"], "abcdefgh abcdx"), "abcdefgh|abcd");
        assert_eq!(covered(&[b"abc"], "abc"), "", "shorter than four");
        assert_eq!(covered(&[], "abcd"), "");
    }

    #[test]
    fn a_shorter_value_is_found_where_the_longer_one_goes_on_differently() {
        assert_eq!(covered(&[b"abcd", b"abcdefgh", b"abcdeg"], "abcdefxx"), "abcd");
    }

    #[test]
    fn a_long_value_is_found_by_any_of_its_pieces() {
        let value = (1000..1050).map(|n| n.to_string()).collect::<String>();
        let tail = value.split_at(64).1;
        assert_eq!(covered(&[value.as_bytes()], tail), tail);
        assert_eq!(covered(&[value.as_bytes()], &value), value);
    }

    #[test]
    fn only_labels_of_private_keys_are_public() {
        for label in
            ["-----BEGIN RSA PRIVATE KEY-----", "BEGIN PGP PRIVATE KEY BLOCK", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"]
        {
            assert!(is_label(label.as_bytes()), "{label}");
        }
        for secret in ["BEGIN AGAIN 2024", "BEGIN x PRIVATE KEY", "MY PRIVATE KEY", "BEGIN \u{e9} PRIVATE KEY", ""] {
            assert!(!is_label(secret.as_bytes()), "{secret}");
        }
    }

    #[test]
    fn lines_of_a_key_are_found_alone_and_its_label_is_not_hidden() {
        let key = b"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\n  Bgkqhki\n-----END PRIVATE KEY-----\n";
        assert_eq!(covered(&[key], "x Bgkqhki -----BEGIN PRIVATE KEY----- MIIEvQIBADAN"), "Bgkqhki|MIIEvQIBADAN");
    }
}
