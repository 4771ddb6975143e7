//! Allow comments in the cells of a notebook: they speak of lines of a cell, which the file writes as strings.
//! Promises that a comment of one cell says nothing about another, however the file breaks its lines.
//! Reads no comment; that is `grammar`.

use std::ops::Range;

use super::{Allow, Covers};
use crate::notebook::Notebook;
use crate::source::{Source, Span};

/// The lines of all cells and outputs of a notebook, counted through.
#[derive(Debug)]
pub(super) struct Cells {
    notebook: Notebook,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl Cells {
    pub(super) fn new(notebook: Notebook) -> Self {
        let ends = memchr::memchr_iter(b'\n', &notebook.cells.text);
        let lines = std::iter::once(0).chain(ends.map(|at| at + 1)).collect();
        Self { notebook, lines }
    }

    /// The text in which comments are looked for.
    pub(super) fn text(&self) -> &[u8] {
        &self.notebook.cells.text
    }

    /// Gives comments of that text their place in the file. A comment that a program wrote repeats one of a source: it may forgive what
    /// was repeated with it, but nobody has to hear about it.
    pub(super) fn place(&self, comments: &mut Vec<Allow>, source: &Source<'_>) {
        comments.retain(|allow| allow.at < self.notebook.outputs || allow.covers != Covers::File);
        for allow in comments {
            allow.is_echo = allow.at >= self.notebook.outputs;
            allow.at = self.notebook.cells.outer(allow.at..allow.at + 1).start;
            allow.line = source.line_of(allow.at);
        }
    }

    /// The lines on which a place of the file begins and ends; none if it is in no cell.
    pub(super) fn ends(&self, span: Span) -> [Option<u32>; 3] {
        let first = self.line_of(span.start..span.end.max(span.start + 1));
        let last = self.line_of(span.end.saturating_sub(1).max(span.start)..span.end);
        [first, last.filter(|_| last != first), None]
    }

    fn line_of(&self, outer: Range<usize>) -> Option<u32> {
        let Notebook { cells, outputs, .. } = &self.notebook;
        let inner = cells.inner(outer.clone(), 0..*outputs).or_else(|| cells.inner(outer, *outputs..cells.text.len()))?;
        u32::try_from(self.lines.partition_point(|&start| start <= inner)).ok()
    }
}
