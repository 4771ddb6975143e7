//! One file as the hooks see it: its path in the repository, its text, its lines.
//! Promises that every span lies inside the text and that a path prints without control characters.
//! Reads nothing: bytes come from `snapshot` (or from standard input).

mod encoding;
mod quote;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt::{self, Write as _};
use std::ops::Range;

pub(crate) use quote::{clip, quote, shell_word, start_of_key};

/// A path inside the repository: raw bytes as git stores them, `/` between components, relative to the root.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Vec<u8>);

impl RepoPath {
    /// Takes the bytes as they are; the caller has turned `\` into `/` on Windows.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The last component.
    pub fn file_name(&self) -> &[u8] {
        self.0.rsplit(|&b| b == b'/').next().unwrap_or(&self.0)
    }

    /// What follows the last dot of the file name; `None` for `name`, `.name` and `name.`.
    pub fn extension(&self) -> Option<&[u8]> {
        let name = self.file_name();
        let dot = name.iter().rposition(|&b| b == b'.')?;
        let extension = name.get(dot + 1..)?;
        (dot > 0 && !extension.is_empty()).then_some(extension)
    }

    /// UTF-8 text with replacement characters; for matching globs, never for opening files or for identities.
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

/// Prints the path so that it cannot act on a terminal: see [`escape`].
impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape(&self.0))
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// Text that is safe to print: control and bidi characters become `\u{…}` (tab, newline and return `\t` `\n` `\r`), bytes that are
/// not UTF-8 become `\xNN`. Everything else, other scripts included, is kept.
pub fn escape(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.chars().any(is_unprintable)
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_unprintable(c) {
                match c {
                    '\t' | '\n' | '\r' => out.extend(c.escape_default()),
                    _ => out.extend(c.escape_unicode()),
                }
            } else {
                out.push(c);
            }
        }
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    Cow::Owned(out)
}

/// Control characters (C0, DEL, C1), line and paragraph separators, bidi controls (UAX #9), zero-width and tag characters:
/// whatever can move a cursor, reorder a line or hide in it.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Where the bytes of a [`Source`] were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The blob that the index or a tree names (or bytes proved equal to it).
    Repository,
    /// The work tree: an untracked file given by name, or `--worktree`.
    Worktree,
    /// Standard input.
    Stdin,
}

/// The commit in which a version of a file came up, for versions of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// Which comes first: parents come before their children, else the older one.
    pub order: u32,
    /// The id of the version's content in hexadecimal.
    pub blob: String,
    /// The commit's id in hexadecimal.
    pub commit: String,
    /// Name and address as the commit has them: whoever wrote it put there what they liked.
    pub author: Vec<u8>,
    /// `YYYY-MM-DDThh:mm:ssZ`, if the commit has a date that can be written so.
    pub date: Option<String>,
    /// Where in HEAD this version, or another one that holds the same, still is.
    pub present: Option<RepoPath>,
    /// A number that the findings of one value under several paths have in common, if those held the same content: they are copies.
    pub copies: Option<u32>,
}

/// A place in a text: byte offsets, and the line and column (both from 1, columns in characters) of both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// One file to be judged.
#[derive(Debug)]
pub struct Source<'a> {
    pub path: &'a RepoPath,
    /// The bytes as stored.
    pub raw: &'a [u8],
    /// The same as UTF-8 where `raw` is UTF-16 or UTF-32 (with BOM or by its zero bytes), in part at least, or has a UTF-8 BOM;
    /// otherwise `raw`, valid UTF-8 or not.
    /// Every offset in a [`Span`] counts in this text.
    pub text: Cow<'a, [u8]>,
    pub origin: Origin,
    lines: OnceCell<Vec<usize>>,
}

impl<'a> Source<'a> {
    pub fn new(path: &'a RepoPath, raw: &'a [u8], origin: Origin) -> Self {
        Self { path, raw, text: encoding::decode(raw), origin, lines: OnceCell::new() }
    }

    /// Text that was taken out of a file: whatever bytes it begins with, they are text.
    pub fn of_text(path: &'a RepoPath, text: &'a [u8], origin: Origin) -> Self {
        Self { path, raw: text, text: Cow::Borrowed(text), origin, lines: OnceCell::new() }
    }

    /// Whether the file is binary by git's rule (a zero byte in the first 8,000) and is not UTF-16 or UTF-32 text.
    pub fn is_binary(&self) -> bool {
        memchr::memchr(0, self.text.get(..8000).unwrap_or(&self.text)).is_some()
    }

    /// The number of lines; a final line without newline counts.
    pub fn line_count(&self) -> usize {
        self.lines().len()
    }

    /// Byte range of line `line` (from 1) without its line end; empty past the end of the file.
    pub fn line_range(&self, line: u32) -> Range<usize> {
        let lines = self.lines();
        let index = (line as usize).saturating_sub(1);
        let Some(&start) = lines.get(index) else { return self.text.len()..self.text.len() };
        let next = lines.get(index + 1).copied().unwrap_or(self.text.len());
        let mut line = self.text.get(start..next).unwrap_or_default();
        line = line.strip_suffix(b"\n").unwrap_or(line);
        line = line.strip_suffix(b"\r").unwrap_or(line);
        start..start + line.len()
    }

    /// The bytes of line `line` (from 1) without its line end.
    pub fn line(&self, line: u32) -> &[u8] {
        self.text.get(self.line_range(line)).unwrap_or_default()
    }

    /// The number (from 1) of the line that holds byte `offset`.
    pub fn line_of(&self, offset: usize) -> u32 {
        let index = self.lines().partition_point(|&start| start <= offset);
        u32::try_from(index.max(1)).unwrap_or(u32::MAX)
    }

    /// The span of a byte range; a range past the end is cut to the text.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = range.start.min(self.text.len());
        let end = range.end.clamp(start, self.text.len());
        let (line, column) = self.place(start);
        let (end_line, end_column) = self.place(end);
        Span { start, end, line, column, end_line, end_column }
    }

    fn place(&self, offset: usize) -> (u32, u32) {
        let line = self.line_of(offset);
        let start = self.line_range(line).start;
        // Columns count characters; a line of a million of them is not worth counting exactly for every finding on it.
        let before = self.text.get(start..offset).unwrap_or_default();
        let column = match before.get(..COUNTED) {
            Some(_) => before.len() + 1,
            None => before.utf8_chunks().map(|c| c.valid().chars().count() + c.invalid().len()).sum::<usize>() + 1,
        };
        (line, u32::try_from(column).unwrap_or(u32::MAX))
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            std::iter::once(0)
                .chain(memchr::memchr_iter(b'\n', &self.text).map(|at| at + 1))
                .filter(|&start| start == 0 || start < self.text.len())
                .collect()
        })
    }
}

/// Columns past this many bytes count bytes, not characters, so that a million findings on one line stay linear.
const COUNTED: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_act_on_a_terminal() {
        assert_eq!(RepoPath::new(&b"a\x1b[2J\n\xff\xe2\x80\xae.py"[..]).to_string(), "a\\u{1b}[2J\\n\\xff\\u{202e}.py");
        assert_eq!(RepoPath::new("größe/密码.py").to_string(), "größe/密码.py");
    }

    #[test]
    fn extensions_are_those_of_the_file_name() {
        let extension = |p: &str| RepoPath::new(p).extension().map(<[u8]>::to_vec);
        assert_eq!(extension("a.b/c"), None);
        assert_eq!(extension(".env"), None);
        assert_eq!(extension("a/x.tar.gz"), Some(b"gz".to_vec()));
    }

    #[test]
    fn lines_end_at_newlines_and_columns_count_characters() {
        let path = RepoPath::new("x");
        let source = Source::new(&path, "a\r\nüb\n".as_bytes(), Origin::Stdin);
        assert_eq!(source.line_count(), 2);
        assert_eq!(source.line(1), b"a");
        let span = source.span(5..6);
        assert_eq!((span.line, span.column, span.end_column), (2, 2, 3));
    }
}
