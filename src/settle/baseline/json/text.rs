//! Strings and paths in the way Python holds them.
//! Promises that any path git can name survives the way into JSON and back.
//! Does not read or write JSON.

use std::fmt;

use crate::source::{RepoPath, escape};

/// A Python string: UTF-8 that may also hold lone surrogates (each as three bytes: WTF-8). Its order is that of code points.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Vec<u8>);

impl Text {
    /// A path as Python holds it: bytes that are not UTF-8 become the lone surrogates U+DC80 to U+DCFF.
    pub fn from_path(path: &[u8]) -> Self {
        let mut text = Self(Vec::with_capacity(path.len()));
        for chunk in path.utf8_chunks() {
            text.0.extend_from_slice(chunk.valid().as_bytes());
            for &byte in chunk.invalid() {
                text.push(0xdc00 + u32::from(byte));
            }
        }
        text
    }

    /// The other way round; surrogates that stand for no byte keep their three bytes, which no path of git's can equal.
    pub fn to_path(&self) -> RepoPath {
        let mut path = Vec::with_capacity(self.0.len());
        for code in self.code_points() {
            match (u8::try_from(code.wrapping_sub(0xdc00)), code) {
                (Ok(byte), 0xdc80..=0xdcff) => path.push(byte),
                _ => push(&mut path, code),
            }
        }
        RepoPath::new(path)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The text with `/` for every `\`.
    #[must_use]
    pub fn with_slashes(mut self) -> Self {
        self.0.iter_mut().filter(|byte| **byte == b'\\').for_each(|byte| *byte = b'/');
        self
    }

    /// The code points, lone surrogates among them.
    pub fn code_points(&self) -> impl Iterator<Item = u32> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            let (&lead, tail) = rest.split_first()?;
            let (bits, more) = match lead {
                0..0x80 => (u32::from(lead), 0),
                0x80..0xe0 => (u32::from(lead & 0x1f), 1),
                0xe0..0xf0 => (u32::from(lead & 0x0f), 2),
                _ => (u32::from(lead & 0x07), 3),
            };
            let (body, after) = tail.split_at_checked(more)?;
            rest = after;
            Some(body.iter().fold(bits, |code, byte| code << 6 | u32::from(byte & 0x3f)))
        })
    }

    pub(super) fn push_str(&mut self, utf8: &[u8]) {
        self.0.extend_from_slice(utf8);
    }

    pub(super) fn push(&mut self, code: u32) {
        push(&mut self.0, code);
    }
}

/// Appends a code point, surrogates included, in the manner of UTF-8.
fn push(bytes: &mut Vec<u8>, code: u32) {
    if let Some(c) = char::from_u32(code) {
        bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        let continuation = |shift: u32| 0x80 | (code >> shift & 0x3f) as u8;
        bytes.extend_from_slice(&[0xe0 | (code >> 12 & 0x0f) as u8, continuation(6), continuation(0)]);
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<&RepoPath> for Text {
    fn from(path: &RepoPath) -> Self {
        Self::from_path(path.as_bytes())
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

/// Prints the text so that it cannot act on a terminal.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape(self.to_path().as_bytes()))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}
