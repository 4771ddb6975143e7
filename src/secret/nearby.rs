//! The parts of a text round places in it.
//! Promises whole lines, in the order of the text, none twice.
//! Knows nothing of what is looked for there: a name stands within reach of its value as a rule, and that is all it relies on.

use std::ops::Range;

/// Bytes to each side of a place.
const REACH: usize = 4096;

/// The lines within reach of `places`. However many places a line has, it is looked through once.
pub(super) fn windows(text: &[u8], places: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut sorted: Vec<&Range<usize>> = places.iter().collect();
    sorted.sort_unstable_by_key(|place| place.start);
    let mut apart: Vec<Range<usize>> = Vec::new();
    for place in sorted {
        let from = apart.last().map_or(0, |last| last.end);
        let (first, end) = (place.start.saturating_sub(REACH), place.end.saturating_add(REACH).min(text.len()));
        if apart.last().is_some_and(|last| end <= last.end) {
            continue;
        }
        let before = text.get(from..first).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before).map_or(from, |at| from + at + 1);
        let behind = text.get(end..).unwrap_or_default();
        let end = memchr::memchr(b'\n', behind).map_or(text.len(), |at| end + at + 1);
        match apart.last_mut().filter(|last| start == last.end) {
            Some(last) => last.end = end,
            None => apart.push(start..end),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Detector;
    use crate::source::{Origin, RepoPath, Source};

    #[test]
    fn what_stands_beside_a_place_in_a_long_text_is_suspected_there() {
        let path = RepoPath::new("a.py");
        let line = "connect(password='Tr0ub4dor·-77', token='sunshine')\n".replace('·', "");
        let filler = "x = 1\n".repeat(5000);
        let text = [&*filler, &line, &filler].concat();
        let source = Source::new(&path, text.as_bytes(), Origin::Repository);
        let place = |value: &str| {
            let start = text.find(value).unwrap();
            start..start + value.len()
        };
        let suspected = Detector::default().suspected(&source, std::slice::from_ref(&place("Tr0ub4dor-77")));
        assert_eq!(suspected, [place("Tr0ub4dor-77"), place("sunshine")]);
    }

    #[test]
    fn windows_are_whole_lines_apart_from_each_other() {
        let text = "x = 1\n".repeat(10_000);
        let (one, two, far) = (30_000..30_002, 31_000..31_002, 50_000..50_001);
        let found = windows(text.as_bytes(), &[far, two, one]);
        assert_eq!(found.len(), 2);
        for window in &found {
            assert!(window.start % 6 == 0 && window.end % 6 == 0, "{window:?}");
        }
        assert!(found[0].start <= 30_000 - REACH && found[0].end >= 31_002 + REACH && found[1].end >= 50_001 + REACH);
        let of_one = |text: &[u8], place: Range<usize>| windows(text, std::slice::from_ref(&place)).pop();
        assert_eq!(of_one(b"password", 0..3), Some(0..8));
        assert_eq!(of_one(b"", 0..0), Some(0..0));
        assert!(windows(text.as_bytes(), &[]).is_empty());
    }
}
