//! The tokens behind a name, as many as a value needs, and the literals among them.
//! Promises a look of at most [`WINDOW`] bytes and [`TOKENS`] tokens, and no literal of which a part is not known.
//! Knows no expressions.

use std::ops::Range;

use super::super::binding::{Binding, Form};
use super::Given;
use crate::python::Literal;
use crate::python::token::{FirstTokens, Kind, Token};

/// Farthest look from the name.
const WINDOW: usize = 4096 + 512;
/// Most tokens looked at for one name.
const TOKENS: usize = 512;
/// Most brackets and operators within each other.
const DEEPEST: usize = 12;

/// The tokens behind a name, and the values found among them.
#[derive(Debug)]
pub struct Reader<'t> {
    /// From behind the name on.
    text: &'t [u8],
    from: usize,
    tokens: FirstTokens<'t>,
    /// The next two.
    ahead: [Option<Token>; 2],
    left: usize,
    depth: usize,
    /// Whether the name stands for several.
    pub is_plural: bool,
    /// Whether a literal was seen: then what was found is all there is.
    pub is_sure: bool,
    pub found: Vec<Given>,
}

impl<'t> Reader<'t> {
    /// Of what stands behind a name; with its quote, if it has one, it ends at `from`.
    pub fn new(text: &'t [u8], from: usize) -> Self {
        let name = text.get(..from).unwrap_or_default();
        let name = name.strip_suffix(b"\"").or_else(|| name.strip_suffix(b"'")).unwrap_or(name);
        // `pass` is one.
        let is_plural = matches!(name, [.., before, b's' | b'S'] if !before.eq_ignore_ascii_case(&b's'));
        let text = text.get(from..text.len().min(from + WINDOW)).unwrap_or_default();
        let tokens = FirstTokens::of(text);
        let (ahead, found) = ([None; 2], Vec::new());
        let mut reader = Self { text, from, tokens, ahead, left: TOKENS, depth: 0, is_plural, is_sure: false, found };
        reader.take();
        reader.take();
        reader
    }

    pub fn text_of(&self, token: Option<Token>) -> &'t [u8] {
        token.and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default()
    }

    /// What begins with the token.
    pub fn text_from(&self, token: Token) -> &'t [u8] {
        self.text.get(token.start..).unwrap_or_default()
    }

    /// The next token's text; empty at the end.
    pub fn word(&self) -> &'t [u8] {
        self.text_of(self.ahead[0])
    }

    pub fn kind(&self) -> Option<Kind> {
        self.ahead[0].map(|token| token.kind)
    }

    /// The one behind the next.
    pub fn second(&self) -> (Option<Kind>, &'t [u8]) {
        (self.ahead[1].map(|token| token.kind), self.text_of(self.ahead[1]))
    }

    pub fn take(&mut self) -> Option<Token> {
        let [token, next] = self.ahead;
        self.left = self.left.saturating_sub(1);
        let further = self.tokens.by_ref().find(|token| token.kind != Kind::Comment);
        self.ahead = if self.left == 0 { [None; 2] } else { [next, further] };
        token
    }

    /// Takes the next token if it is this one.
    pub fn takes(&mut self, word: &[u8]) -> bool {
        self.word() == word && self.take().is_some()
    }

    /// Takes line ends where something has to follow: there a bracket is open that was opened before the name.
    pub fn skip_lines(&mut self) {
        while self.kind() == Some(Kind::Newline) {
            self.take();
        }
    }

    /// Whether the statement is over.
    pub fn is_at_end(&self) -> bool {
        matches!(self.kind(), None | Some(Kind::Newline)) || self.word() == b";"
    }

    /// Over the bracket that closes the one behind us.
    pub fn leave(&mut self) {
        let mut open = 1;
        while open > 0
            && let Some(token) = self.take()
        {
            match self.text_of(Some(token)) {
                b"(" | b"[" | b"{" => open += 1,
                b")" | b"]" | b"}" => open -= 1,
                _ => {}
            }
        }
    }

    /// One level deeper; too deep is the end.
    pub fn nested(&mut self, read: impl FnOnce(&mut Self)) {
        if self.depth == DEEPEST {
            (self.left, self.ahead) = (0, [None; 2]);
            return;
        }
        self.depth += 1;
        read(self);
        self.depth -= 1;
    }

    /// Reads something whose literals are none of the name's.
    pub fn over(&mut self, read: impl FnOnce(&mut Self)) {
        let kept = self.found.len();
        read(self);
        self.found.truncate(kept);
    }

    /// Literals side by side or added are one.
    pub fn literals(&mut self, form: Form) {
        let is_string = |kind| matches!(kind, Some(Kind::String | Kind::FStringStart));
        let mut parts: Vec<Range<usize>> = Vec::new();
        let mut is_known = true;
        self.is_sure = true;
        while is_string(self.kind()) {
            is_known &= if self.kind() == Some(Kind::String) { self.string(&mut parts) } else { self.f_string(&mut parts) };
            if self.word() == b"+" && is_string(self.second().0) {
                self.take();
            }
        }
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return };
        let value = self.from + first.start..self.from + last.end;
        let pieces = parts.iter().filter_map(|part| self.text.get(part.clone()));
        let joined = (parts.len() > 1).then(|| pieces.flatten().copied().collect());
        if is_known {
            self.found.push(Given { binding: Binding { value, form }, joined });
        }
    }

    /// Adds what stands between the quotes; whether that is one line.
    fn string(&mut self, parts: &mut Vec<Range<usize>>) -> bool {
        let Some(token) = self.take() else { return false };
        let inside = Literal::new(self.text_of(Some(token))).inside();
        let content = self.text.get(token.start + inside.start..token.start + inside.end).unwrap_or_default();
        // Of a text in three quotes, which may begin and end with a line end.
        let blank = if inside.start < 3 { 0 } else { content.len() - content.trim_ascii_start().len() };
        let line = if inside.start < 3 { content } else { content.trim_ascii() };
        let start = token.start + inside.start + blank;
        parts.push(start..start + line.len());
        memchr::memchr(b'\n', line).is_none()
    }

    /// Adds the text of an f-string; whether it has no field.
    fn f_string(&mut self, parts: &mut Vec<Range<usize>>) -> bool {
        let (mut open, mut is_known) = (0, true);
        while let Some(token) = self.take() {
            match token.kind {
                Kind::FStringStart => open += 1,
                Kind::FStringEnd => open -= 1,
                Kind::FStringMiddle if open == 1 => parts.push(token.start..token.end),
                _ => is_known = false,
            }
            if open == 0 {
                break;
            }
        }
        is_known
    }
}
