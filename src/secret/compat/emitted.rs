//! The lines that stand for a file which was read as INI or YAML.
//! Promises detect-secrets' numbering: a line goes to its number, or after the last one if that is already past.
//! Where the lines came from is remembered; what they say is not looked at.

/// Lines in the order of their numbers; numbers without a line are empty lines.
#[derive(Debug, Default)]
pub(super) struct Emitted {
    text: String,
    /// End in `text`, number from 1, line of the source from 0.
    ends: Vec<(usize, usize, usize)>,
}

/// One line that is not empty by padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'e> {
    pub(super) text: &'e str,
    /// From 1, as detect-secrets counts.
    pub(super) number: usize,
    /// From 0, in the source.
    pub(super) source: usize,
}

impl Emitted {
    /// Adds a line that comes from line `source` (from 0) of the file.
    pub(super) fn put(&mut self, source: usize, write: impl FnOnce(&mut String)) {
        let after_last = self.ends.last().map_or(1, |&(_, number, _)| number + 1);
        write(&mut self.text);
        self.ends.push((self.text.len(), after_last.max(source + 1), source));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let mut start = 0;
        self.ends.iter().map(move |&(end, number, source)| {
            let text = self.text.get(start..end).unwrap_or_default();
            start = end;
            Line { text, number, source }
        })
    }
}
