//! A run of encoded characters, on one line or wrapped as MIME, PEM and `xxd -p` do.
//! Promises that the run keeps the alignment at which a keyword was seen, and is bounded before and behind it.
//! Knows no encoding.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use super::{BEFORE, BEHIND};

/// A line at least this long may go on in the next one; MIME wraps at 76, PEM at 64, `xxd -p` at 60.
const WRAPPED: usize = 60;

/// Characters of the longest image of a keyword.
const IMAGE_MAX: usize = 128;

/// A run: where its lines stand, without the line ends and the indentation between them. It has one at least.
#[derive(Debug)]
pub struct Run {
    pub lines: Vec<Range<usize>>,
}

impl Run {
    /// The run around `hit`, which stands `offset` characters behind the start of a group of `group`.
    pub fn around(text: &[u8], hit: usize, offset: usize, group: usize, is_symbol: fn(u8) -> bool) -> Self {
        let mut lines = back(text, hit, is_symbol);
        let before: usize = lines.iter().map(Range::len).sum();
        drop_first(&mut lines, if before < offset { before } else { (before - offset) % group });
        let mut behind = ahead(text, hit, is_symbol).into_iter();
        match (lines.last_mut(), behind.next()) {
            (Some(last), Some(first)) if last.end == first.start => last.end = first.end,
            (_, first) => lines.extend(first),
        }
        lines.extend(behind);
        Self { lines }
    }

    pub fn range(&self) -> Range<usize> {
        self.lines.first().map_or(0, |line| line.start)..self.lines.last().map_or(0, |line| line.end)
    }

    pub fn symbols(&self, text: &[u8]) -> Vec<u8> {
        self.lines.iter().filter_map(|line| text.get(line.clone())).flatten().copied().collect()
    }
}

/// The lines before `hit`.
fn back(text: &[u8], hit: usize, is_symbol: fn(u8) -> bool) -> Vec<Range<usize>> {
    let mut lines = VecDeque::new();
    let (mut end, mut left) = (hit, BEFORE);
    loop {
        let before = text.get(..end).unwrap_or_default();
        let mut length = before.iter().rev().take(left).take_while(|&&byte| is_symbol(byte)).count();
        let start = before.len() - length;
        // The letter of an escape that ends the line before.
        if length > 0 && ends_with_escape(before.get(..=start).unwrap_or_default()) {
            length -= 1;
        }
        left -= length;
        if length > 0 {
            lines.push_front(end - length..end);
        }
        match before_wrap(before.get(..end - length).unwrap_or_default(), is_symbol) {
            Some(line_end) if left > 0 && hit - line_end < 2 * BEFORE => end = line_end,
            _ => return lines.into(),
        }
    }
}

/// Takes characters from the start of a run: those that belong to no whole group.
fn drop_first(lines: &mut Vec<Range<usize>>, mut count: usize) {
    while let Some(first) = lines.first_mut().filter(|_| count > 0) {
        let dropped = count.min(first.len());
        first.start += dropped;
        count -= dropped;
        if first.start == first.end {
            lines.remove(0);
        }
    }
}

/// The lines from `hit` on.
fn ahead(text: &[u8], hit: usize, is_symbol: fn(u8) -> bool) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut at = hit;
    let limit = text.len().min(hit + BEHIND);
    loop {
        let line = text.get(at..limit).unwrap_or_default();
        let end = at + line.iter().position(|&byte| !is_symbol(byte)).unwrap_or(line.len());
        lines.push(at..end);
        let is_full =
            text.get(end.saturating_sub(WRAPPED)..end).is_some_and(|l| l.len() == WRAPPED && l.iter().all(|&b| is_symbol(b)));
        match text.get(end..limit).and_then(wrap) {
            Some(width) if is_full && text.get(end + width).is_some_and(|&b| is_symbol(b)) => at = end + width,
            _ => return lines,
        }
    }
}

/// What was decoded, by the alignment at which it was.
#[derive(Debug)]
pub struct Undone<const GROUP: usize> {
    /// The start and the end of each line.
    lines: [BTreeMap<usize, usize>; GROUP],
}

impl<const GROUP: usize> Default for Undone<GROUP> {
    fn default() -> Self {
        Self { lines: std::array::from_fn(|_| BTreeMap::new()) }
    }
}

impl<const GROUP: usize> Undone<GROUP> {
    /// Whether the character at `hit`, which stands `offset` characters behind the start of a group, was decoded so.
    pub fn has(&self, hit: usize, offset: usize) -> bool {
        let lines = self.lines.get((hit + GROUP - offset) % GROUP);
        lines.and_then(|lines| lines.range(..=hit).next_back()).is_some_and(|(_, &end)| hit < end)
    }

    /// Notes a run, which begins with a group, but for the end of one that was cut, so that nothing is lost at the cut.
    pub fn note(&mut self, run: &Run, hit: usize) {
        let Range { end, .. } = run.range();
        let end = if end >= hit + BEHIND { end - BEFORE } else { end };
        let mut offset = 0;
        for line in &run.lines {
            if let Some(lines) = self.lines.get_mut((line.start + GROUP - offset) % GROUP) {
                lines.insert(line.start, line.end.min(end));
            }
            offset = (offset + line.len()) % GROUP;
        }
    }
}

/// The end of a line and the start of the next one of the same run, put together: a keyword's image may be broken there.
#[derive(Debug)]
pub struct Joint {
    pub symbols: Vec<u8>,
    /// Where the first of them stands in the text.
    start: usize,
    /// Of the symbols, those before the line end.
    before: usize,
}

impl Joint {
    /// At the end of `run`, if that is wrapped.
    pub fn behind(text: &[u8], run: &Range<usize>, is_symbol: fn(u8) -> bool) -> Option<Self> {
        let next = run.end + wrap(text.get(run.end..)?)?;
        if run.len() < WRAPPED || !text.get(next).is_some_and(|&byte| is_symbol(byte)) {
            return None;
        }
        let start = run.start.max(run.end.saturating_sub(IMAGE_MAX));
        let mut symbols = text.get(start..run.end)?.to_vec();
        symbols.extend(text.get(next..)?.iter().take(IMAGE_MAX).take_while(|&&byte| is_symbol(byte)));
        Some(Self { symbols, start, before: run.end - start })
    }

    /// Where in the text a hit starts that the line end breaks. `None` for others, which are seen without us.
    pub fn start_of(&self, hit: &Range<usize>) -> Option<usize> {
        (hit.start < self.before && self.before < hit.end).then(|| self.start + hit.start)
    }
}

/// Whether the last letter belongs to an escape: `\\n`, `\\r`, `\\t`.
fn ends_with_escape(before: &[u8]) -> bool {
    matches!(before, [.., b'\\', b'n' | b'r' | b't'])
}

/// Length of a line end with the next line's indentation, real or escaped (`\n`, `\r\n`).
fn wrap(rest: &[u8]) -> Option<usize> {
    let mut left = rest.strip_prefix(b"\\r").or_else(|| rest.strip_prefix(b"\r")).unwrap_or(rest);
    left = left.strip_prefix(b"\\n").or_else(|| left.strip_prefix(b"\n"))?;
    let indent = left.iter().take(BEFORE).take_while(|&&b| b == b' ' || b == b'\t').count();
    Some(rest.len() - left.len() + indent)
}

/// If `before` ends with such a line end behind a full line of symbols: where that line ends.
fn before_wrap(before: &[u8], is_symbol: fn(u8) -> bool) -> Option<usize> {
    let indent = before.iter().rev().take(BEFORE).take_while(|&&b| b == b' ' || b == b'\t').count();
    let mut line = before.get(..before.len() - indent)?;
    line = line.strip_suffix(b"\\n").or_else(|| line.strip_suffix(b"\n"))?;
    line = line.strip_suffix(b"\\r").or_else(|| line.strip_suffix(b"\r")).unwrap_or(line);
    let symbols = line.iter().rev().take(WRAPPED).take_while(|&&b| is_symbol(b)).count();
    (symbols >= WRAPPED).then_some(line.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::prefilter::Meaning;
    use crate::secret::rules;

    #[test]
    fn no_image_is_longer_than_what_a_joint_holds_of_a_line() {
        let images = rules::KEYWORDS.entries.iter().filter(|entry| matches!(entry.meaning, Meaning::Base64(_) | Meaning::Hex));
        assert!(images.map(|entry| usize::from(entry.length)).max().is_some_and(|longest| longest <= IMAGE_MAX));
    }
}
