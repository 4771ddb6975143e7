//! One string literal: its prefix, its quotes, and the value that Python makes of it.
//! Promises the value Python 3 would have, or none where that cannot be told.
//! Finds no literals; that is `token`.

use std::ops::Range;

use super::token::line_break;

/// The quotes of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quote {
    byte: u8,
    triple: bool,
}

impl Quote {
    /// The quotes that open at `at`, where one is.
    pub(super) fn at(text: &[u8], at: usize) -> Self {
        let byte = text.get(at).copied().unwrap_or(b'"');
        Self { byte, triple: text.get(at..at + 3) == Some(&[byte; 3]) }
    }

    pub(super) fn length(self) -> usize {
        if self.triple { 3 } else { 1 }
    }

    pub(super) fn is_triple(self) -> bool {
        self.triple
    }

    /// Whether the closing quotes stand at `at`.
    pub(super) fn is_at(self, text: &[u8], at: usize) -> bool {
        text.get(at..at + self.length()).is_some_and(|quotes| quotes.iter().all(|&b| b == self.byte))
    }

    /// Where the string ends whose content begins at `inside`; for one that does not, where to go on.
    pub(super) fn end(self, text: &[u8], inside: usize) -> Result<usize, usize> {
        let mut at = inside;
        loop {
            match text.get(at).copied() {
                None => return Err(text.len()),
                Some(b'\\') => at += 1 + line_break(text, at + 1).max(1),
                Some(b'\n' | b'\r') if !self.triple => return Err(at),
                Some(byte) if byte == self.byte && self.is_at(text, at) => return Ok(at + self.length()),
                Some(_) => at += 1,
            }
        }
    }
}

/// The number of letters before the quotes of a string that `text` begins with; 0 if it begins with none such.
pub(super) fn prefix_length(text: &[u8]) -> usize {
    let lower = |at: usize| text.get(at).map_or(0, u8::to_ascii_lowercase);
    let is_quote = |at: usize| matches!(lower(at), b'"' | b'\'');
    match (lower(0), lower(1)) {
        (b'r' | b'u' | b'b' | b'f' | b't', _) if is_quote(1) => 1,
        (b'r', b'b' | b'f' | b't') | (b'b' | b'f' | b't', b'r') if is_quote(2) => 2,
        _ => 0,
    }
}

/// A string literal taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal<'t> {
    text: &'t [u8],
    prefix: usize,
    quote: Quote,
}

impl<'t> Literal<'t> {
    /// `text` is a whole token of kind [`String`](super::token::Kind::String).
    pub fn new(text: &'t [u8]) -> Self {
        let prefix = prefix_length(text);
        Self { text, prefix, quote: Quote::at(text, prefix) }
    }

    /// Where the content stands in the token.
    pub fn inside(&self) -> Range<usize> {
        let quotes = self.quote.length();
        let start = (self.prefix + quotes).min(self.text.len());
        start..self.text.len().saturating_sub(quotes).max(start)
    }

    /// What stands between the quotes.
    pub fn content(&self) -> &'t [u8] {
        self.text.get(self.inside()).unwrap_or_default()
    }

    pub fn is_bytes(&self) -> bool {
        self.has(b'b')
    }

    pub fn is_raw(&self) -> bool {
        self.has(b'r')
    }

    fn has(&self, letter: u8) -> bool {
        self.text.iter().take(self.prefix).any(|b| b.eq_ignore_ascii_case(&letter))
    }

    /// The value: UTF-8 of a string, the bytes of a bytes literal. `None` for what is not UTF-8, for `\N{…}`, for lone surrogates, and for
    /// escapes that Python refuses.
    pub fn value(&self) -> Option<Vec<u8>> {
        let text = std::str::from_utf8(self.content()).ok()?.replace("\r\n", "\n").replace('\r', "\n");
        if self.is_raw() {
            return Some(text.into_bytes());
        }
        let mut value = Vec::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find('\\') {
            let (plain, escape) = rest.split_at(at);
            value.extend_from_slice(plain.as_bytes());
            rest = self.escape(escape.get(1..)?, &mut value)?;
        }
        value.extend_from_slice(rest.as_bytes());
        Some(value)
    }

    /// Adds what the escape stands for whose backslash is behind us; what follows it.
    fn escape<'r>(&self, rest: &'r str, value: &mut Vec<u8>) -> Option<&'r str> {
        let first = rest.chars().next()?;
        let behind = rest.get(first.len_utf8()..)?;
        let simple = match first {
            '\n' => return Some(behind),
            '\\' | '\'' | '"' => first,
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            'x' => return self.coded(behind, 2, 16, value),
            'u' if !self.is_bytes() => return self.coded(behind, 4, 16, value),
            'U' if !self.is_bytes() => return self.coded(behind, 8, 16, value),
            'N' if !self.is_bytes() => return None,
            '0'..='7' => {
                let length = rest.bytes().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
                return self.coded(rest, length, 8, value);
            }
            // Python keeps the backslash of an escape that it does not know.
            _ => {
                value.push(b'\\');
                first
            }
        };
        value.extend_from_slice(simple.encode_utf8(&mut [0; 4]).as_bytes());
        Some(behind)
    }

    /// Adds the character (of bytes: the byte) whose number has `length` digits.
    fn coded<'r>(&self, rest: &'r str, length: usize, radix: u32, value: &mut Vec<u8>) -> Option<&'r str> {
        let digits = rest.get(..length)?;
        let number = u32::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))?;
        if self.is_bytes() {
            value.push(u8::try_from(number).ok()?);
        } else {
            value.extend_from_slice(char::from_u32(number)?.encode_utf8(&mut [0; 4]).as_bytes());
        }
        rest.get(length..)
    }
}

#[cfg(test)]
mod tests {
    use super::Literal;

    fn value(token: &str) -> Option<String> {
        Literal::new(token.as_bytes()).value().map(|value| String::from_utf8(value).unwrap())
    }

    #[test]
    fn values_are_those_of_python() {
        for (token, expected) in [
            (r#""a\"b""#, "a\"b"),
            (r"'\x41\u00fc\U0001F600\101\0'", "Aü😀A\0"),
            (r"r'\x41'", r"\x41"),
            (r"'\d\.'", r"\d\."),
            ("'''a\r\nb\\\nc'''", "a\nbc"),
            (r"b'\x41\u0041'", r"A\u0041"),
            (r"Rb'\x41'", r"\x41"),
            (r"u'\t'", "\t"),
            ("''", ""),
            ("''''a'''", "'a"),
        ] {
            assert_eq!(value(token).as_deref(), Some(expected), "{token}");
        }
    }

    #[test]
    fn what_cannot_be_told_has_no_value() {
        for token in [r"'\N{BULLET}'", r"'\ud800'", r"'\x4'", r"'\x+1'", r"'\U00110000'", r"b'\777'"] {
            assert_eq!(value(token), None, "{token}");
        }
    }

    #[test]
    fn the_content_stands_between_the_quotes() {
        for (token, inside) in [("rb'''x'''", 5..6), ("u\"xy\"", 2..4), ("''", 1..1)] {
            assert_eq!(Literal::new(token.as_bytes()).inside(), inside);
        }
    }
}
