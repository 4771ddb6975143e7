//! Source lines around a finding, made safe to print.
//! Promises that no part of any secret of the file is in them, that they cannot act on a terminal, and that each costs the same
//! however long its line and however many secrets stand on it.
//! Does not draw: gutter, carets and colours are the text reporter's.

use std::ops::Range;

use super::joined;
use super::mask::{PIECE, Values, cover, is_label};
use super::{Redacted, Snippet};
use crate::source::{Source, is_unprintable};

/// Bytes shown on either side of the finding when a line is cut.
const AROUND: usize = 60;
/// Bytes of a line that are shown at most, hidden ones not counted.
const SHOWN: usize = 3 * AROUND;
/// A tab is printed as this many spaces, so that carets stand where they should.
const TAB: usize = 4;

/// All secrets of one file: what the snippets of its findings must not show.
#[derive(Default)]
pub struct Secrets<'a> {
    /// Where secrets stand: sorted, apart from each other.
    spans: Vec<Range<usize>>,
    values: Values<'a>,
}

impl std::fmt::Debug for Secrets<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({} places)", self.spans.len())
    }
}

impl<'a> Secrets<'a> {
    /// `found` has for each secret its byte range in `source.text` (of the encoded text, where it was decoded) and its value.
    pub fn new(source: &'a Source<'_>, found: impl IntoIterator<Item = (Range<usize>, &'a Redacted)>) -> Self {
        let text: &'a [u8] = &source.text;
        let mut spans = Vec::new();
        let mut values = Vec::new();
        for (range, secret) in found {
            let hidden = hidden(text, range, secret);
            values.push(secret.hidden());
            values.push(text.get(hidden.clone()).unwrap_or_default());
            if !hidden.is_empty() {
                spans.extend(joined::literals(text, &hidden));
                spans.push(hidden);
            }
        }
        Self { spans: apart(spans), values: Values::new(values) }
    }

    /// Hides these places, too. What stands there is not looked for elsewhere: words that were dismissed stand in many places.
    #[must_use]
    pub fn and(mut self, places: impl IntoIterator<Item = Range<usize>>) -> Self {
        self.spans.extend(places);
        Self { spans: apart(self.spans), ..self }
    }

    /// The parts of the source's text that must not be shown: sorted, apart from each other.
    pub fn hidden_in(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut all = self.values.covered(text);
        all.extend(self.spans.iter().cloned());
        apart(all)
    }
}

fn apart(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    spans.into_iter().fold(Vec::new(), |mut apart, span| {
        cover(&mut apart, span);
        apart
    })
}

/// What of the range is not public: all but the format's prefix or the label of a key.
fn hidden(text: &[u8], range: Range<usize>, secret: &Redacted) -> Range<usize> {
    let end = range.end.min(text.len());
    let start = range.start.min(end);
    let place = text.get(start..end).unwrap_or_default();
    let prefix = secret.value.get(..secret.shown).unwrap_or_default();
    if place.starts_with(prefix) && !prefix.is_empty() {
        return start + prefix.len()..end;
    }
    let line = place.split(|&b| b == b'\n').next().unwrap_or_default();
    let public = if is_label(line.trim_ascii()) { line.len() } else { 0 };
    start + public..end
}

impl Snippet {
    /// The line on which `range` starts and, if it goes on, the next one.
    pub fn new(source: &Source<'_>, range: Range<usize>, secrets: &Secrets<'_>) -> Self {
        let number = source.line_of(range.start);
        let line = source.line_range(number);
        let end = line.end;
        let first = Printed::new(&source.text, line, &range, secrets);
        let mut lines = vec![(number, first.text)];
        if range.end > end + 1 && (number as usize) < source.line_count() {
            let next = source.line_range(number + 1);
            lines.push((number + 1, Printed::new(&source.text, next, &range, secrets).text));
        }
        Self { lines, mark: first.mark }
    }
}

/// One line on its way out.
#[derive(Default)]
struct Printed {
    text: String,
    /// Characters in `text`.
    length: usize,
    mark: Range<usize>,
}

impl Printed {
    fn new(text: &[u8], line: Range<usize>, range: &Range<usize>, secrets: &Secrets<'_>) -> Self {
        let mark = range.start.clamp(line.start, line.end)..range.end.clamp(line.start, line.end);
        let mut at = if mark.start - line.start <= AROUND { line.start } else { boundary(text, mark.start - AROUND) };
        let end = if line.end - mark.end <= AROUND { line.end } else { boundary(text, mark.end + AROUND) };
        let mut printed = Self::default();
        if at > line.start {
            printed.push("…", 0..0, &mark);
        }
        let mut left = SHOWN;
        let from = secrets.spans.partition_point(|span| span.end <= at);
        for span in secrets.spans.iter().skip(from).take_while(|span| span.start < end).chain(Some(&(end..end))) {
            // The last secret may have gone past `end`.
            let stop = span.start.min(boundary(text, at + left)).min(end).max(at);
            printed.push_open(text, at..stop, &mark, secrets);
            left = left.saturating_sub(stop - at);
            if stop < span.start {
                at = stop;
                break;
            }
            let until = span.end.min(line.end);
            if until > stop {
                printed.push("…", stop..until, &mark);
            }
            at = until.max(stop);
        }
        if at < line.end {
            printed.push("…", 0..0, &mark);
        }
        if printed.mark.is_empty() {
            printed.mark = printed.length..printed.length + 1;
        }
        printed
    }

    /// Text in which no secret was found: values that were found elsewhere are hidden all the same.
    fn push_open(&mut self, text: &[u8], range: Range<usize>, mark: &Range<usize>, secrets: &Secrets<'_>) {
        let from = range.start.saturating_sub(PIECE);
        let to = (range.end + PIECE).min(text.len());
        let covered = secrets.values.covered(text.get(from..to).unwrap_or_default());
        let mut at = range.start;
        for hidden in covered.into_iter().map(|c| (c.start + from).max(range.start)..(c.end + from).min(range.end)) {
            if !hidden.is_empty() {
                self.push_plain(text, at..hidden.start, mark);
                at = hidden.end;
                self.push("…", hidden, mark);
            }
        }
        self.push_plain(text, at..range.end, mark);
    }

    fn push_plain(&mut self, text: &[u8], range: Range<usize>, mark: &Range<usize>) {
        let mut at = range.start;
        for chunk in text.get(range).unwrap_or_default().utf8_chunks() {
            for c in chunk.valid().chars() {
                let place = at..at + c.len_utf8();
                at = place.end;
                match c {
                    '\t' => self.push(&" ".repeat(TAB), place, mark),
                    '\r' => self.push("\\r", place, mark),
                    c if is_unprintable(c) => self.push(&c.escape_unicode().to_string(), place, mark),
                    c => self.push(c.encode_utf8(&mut [0; 4]), place, mark),
                }
            }
            for byte in chunk.invalid() {
                self.push(&format!("\\x{byte:02x}"), at..at + 1, mark);
                at += 1;
            }
        }
    }

    /// Adds the printed form of the bytes at `place`.
    fn push(&mut self, printed: &str, place: Range<usize>, mark: &Range<usize>) {
        let start = self.length;
        self.text.push_str(printed);
        self.length += printed.chars().count();
        if place.start < mark.end && place.end > mark.start {
            self.mark = if self.mark.is_empty() { start..self.length } else { self.mark.start..self.length };
        }
    }
}

/// The first character boundary at `at` or after it, where the text is UTF-8.
fn boundary(text: &[u8], at: usize) -> usize {
    let after = text.get(at..).unwrap_or_default().iter().take(3).take_while(|&&b| b & 0xc0 == 0x80).count();
    (at + after).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Origin, RepoPath};

    /// Marks of secrets are `«»` in `text`, the finding is the first of them.
    fn snippet(text: &str, shown: usize, extra: &[&str]) -> Snippet {
        let mut plain = String::new();
        let mut ranges = Vec::new();
        for part in text.split_inclusive(['«', '»']) {
            plain.push_str(part.trim_end_matches(['«', '»']));
            match part.chars().last() {
                Some('«') => ranges.push(plain.len()..plain.len()),
                Some('»') => ranges.last_mut().unwrap().end = plain.len(),
                _ => {}
            }
        }
        let path = RepoPath::new("x");
        let source = Source::new(&path, plain.as_bytes(), Origin::Stdin);
        let values: Vec<Redacted> = ranges.iter().map(|r| Redacted::new(&plain.as_bytes()[r.clone()], shown)).collect();
        let extra: Vec<Redacted> = extra.iter().map(|value| Redacted::new(*value, 0)).collect();
        let found = ranges.iter().cloned().zip(&values).chain(extra.iter().map(|value| (0..0, value)));
        let secrets = Secrets::new(&source, found);
        Snippet::new(&source, ranges[0].clone(), &secrets)
    }

    #[test]
    fn every_secret_of_the_line_is_hidden_and_the_mark_stands_on_its_own() {
        let snippet = snippet("a = '«hunter2»' # hunter2, «swordfish» and s3same\nnext", 0, &["s3same"]);
        assert_eq!(snippet.lines, [(1, "a = '…' # …, … and …".to_owned())]);
        assert_eq!(snippet.mark, 5..6);
    }

    #[test]
    fn the_public_prefix_is_shown() {
        let snippet = snippet("\tt = '«ghp_abcdefgh»' ghp_abcdefgh", 4, &[]);
        assert_eq!(snippet.lines, [(1, "    t = 'ghp_…' ghp_…".to_owned())]);
        assert_eq!(snippet.mark, 9..14);
    }

    #[test]
    fn a_key_shows_its_label_and_hides_its_body() {
        let snippet = snippet("k = «-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\nBgkqhki\n-----END PRIVATE KEY-----» tail", 0, &[]);
        assert_eq!(snippet.lines, [(1, "k = -----BEGIN PRIVATE KEY-----".to_owned()), (2, "…".to_owned())]);
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let long = "äöü ".repeat(1000);
        let snippet = snippet(&format!("{long}«hunter2»{long}"), 0, &[]);
        let (_, line) = &snippet.lines[0];
        assert!(line.starts_with('…') && line.ends_with('…') && line.chars().count() < 80, "{line}");
        assert_eq!(line.chars().nth(snippet.mark.start), Some('…'));
    }

    #[test]
    fn a_long_mark_that_may_be_shown_is_cut_too() {
        let path = RepoPath::new("x");
        let text = "a".repeat(100_000);
        let source = Source::new(&path, text.as_bytes(), Origin::Stdin);
        let snippet = Snippet::new(&source, 1000..90_000, &Secrets::default());
        assert_eq!(snippet.lines[0].1, format!("…{}…", "a".repeat(SHOWN)));
        assert_eq!(snippet.mark, AROUND + 1..SHOWN + 1);
    }

    #[test]
    fn a_secret_cut_by_the_edge_of_the_window_does_not_show_its_end() {
        let value = (1000..1110).map(|n| n.to_string()).collect::<String>();
        let snippet = snippet(&format!("x{value}{} «hunter2»", "-".repeat(30)), 0, &[&value]);
        assert_eq!(snippet.lines[0].1, format!("……{} …", "-".repeat(30)));
    }

    #[test]
    fn control_and_bidi_characters_and_stray_bytes_are_escaped() {
        let path = RepoPath::new("x");
        let source = Source::new(&path, b"a\x1b[2J\r\x7f\xff\xe2\x80\xae b", Origin::Stdin);
        let snippet = Snippet::new(&source, 5..6, &Secrets::default());
        assert_eq!(snippet.lines[0].1, "a\\u{1b}[2J\\r\\u{7f}\\xff\\u{202e} b");
        assert_eq!(&snippet.lines[0].1[snippet.mark], "\\r");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_and_ranges_make_a_printable_snippet(
            text in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400),
            ranges in proptest::collection::vec((0..450_usize, 0..450_usize), 1..5),
        ) {
            let path = RepoPath::new("x");
            let source = Source::new(&path, &text, Origin::Stdin);
            let ranges: Vec<Range<usize>> = ranges.into_iter().map(|(start, end)| start..end).collect();
            let values: Vec<Redacted> = ranges.iter().map(|r| Redacted::new(text.get(r.clone()).unwrap_or_default(), 2)).collect();
            let secrets = Secrets::new(&source, ranges.iter().cloned().zip(&values));
            for range in ranges {
                let snippet = Snippet::new(&source, range, &secrets);
                proptest::prop_assert!(snippet.lines.iter().all(|(_, line)| !line.chars().any(is_unprintable)));
                proptest::prop_assert!(snippet.mark.start <= snippet.lines[0].1.chars().count() && !snippet.mark.is_empty());
            }
        }
    }
}
