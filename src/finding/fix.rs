//! A fix: what to change in one file so that its findings are gone.
//! Promises that whatever is not named by an edit stays as it is, byte for byte, and that edits which contradict each other do nothing.
//! Decides no change and writes no file.

use std::ops::Range;

/// Puts `text` in the place of some bytes; an empty range inserts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// First byte and the byte behind the last, in `Source::text`.
    pub start: usize,
    pub end: usize,
    pub text: String,
}

impl Edit {
    pub fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        Self { start: range.start, end: range.end, text: text.into() }
    }
}

/// The edits of one file, in any order. The same edit twice is one edit: two findings may share it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fix {
    pub edits: Vec<Edit>,
}

/// Two edits change the same bytes, or one lies outside the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its fixes contradict each other")]
pub struct Contradiction;

impl Fix {
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The text with all edits made.
    pub fn apply(&self, text: &[u8]) -> Result<Vec<u8>, Contradiction> {
        let mut edits: Vec<&Edit> = self.edits.iter().collect();
        edits.sort();
        edits.dedup();
        let mut out = Vec::with_capacity(text.len());
        let mut at = 0;
        for edit in edits {
            let kept = text.get(at..edit.start).filter(|_| edit.start <= edit.end && edit.end <= text.len());
            out.extend_from_slice(kept.ok_or(Contradiction)?);
            out.extend_from_slice(edit.text.as_bytes());
            at = edit.end;
        }
        out.extend_from_slice(text.get(at..).unwrap_or_default());
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(text: &str, edits: &[(usize, usize, &str)]) -> Result<String, Contradiction> {
        let edits = edits.iter().map(|&(start, end, text)| Edit::new(start..end, text)).collect();
        Fix { edits }.apply(text.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn edits_are_made_in_the_order_of_the_text_and_once() {
        assert_eq!(apply("abcdef", &[(4, 5, "X"), (1, 3, ""), (4, 5, "X"), (0, 0, "<"), (6, 6, ">")]), Ok("<adXf>".to_owned()));
        assert_eq!(apply("abc", &[]), Ok("abc".to_owned()));
        assert_eq!(apply("abc", &[(1, 2, "X"), (2, 3, "Y"), (1, 1, "-")]), Ok("a-XY".to_owned()));
    }

    #[test]
    fn contradictions_change_nothing() {
        for edits in [&[(0, 2, "X"), (1, 3, "Y")][..], &[(0, 2, "X"), (0, 2, "Y")], &[(2, 4, "X")], &[(2, 1, "X")]] {
            assert_eq!(apply("abc", edits), Err(Contradiction));
        }
    }
}
