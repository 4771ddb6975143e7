//! Python source as tokens: names, numbers, strings by their exact bytes, comments, operators, ends of logical lines.
//! Promises tokens in the order of the text and apart from each other, for any bytes, in linear time; what is no Python is an
//! [`Kind::Error`]. Knows neither indentation nor grammar.

use super::string::{Quote, prefix_length};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An identifier or a keyword.
    Name,
    Number,
    /// A whole literal with prefix and quotes: no f-string and no t-string.
    String,
    /// Prefix and opening quotes of an f-string or t-string; its parts follow up to the [`Kind::FStringEnd`].
    FStringStart,
    /// Text between the replacement fields of an f-string, or a format specification.
    FStringMiddle,
    FStringEnd,
    /// From `#` to the end of the line.
    Comment,
    Op,
    /// The line break that ends a logical line. Blank lines and lines inside brackets have none, nor has a last line without a break.
    Newline,
    /// What no Python has: an unterminated string, a stray character or bracket, at the end of the text an open bracket (no bytes).
    Error,
}

/// A token: `start..end` in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// The token that opens what this one is directly inside: a bracket, an f-string, or the brace of a replacement field.
    pub within: Option<usize>,
}

/// The tokens of a text, by the rules of Python 3.12 and later: quotes nest inside the braces of f-strings.
pub fn tokens(text: &[u8]) -> Vec<Token> {
    let mut lexer = Lexer::new(text);
    while lexer.step() {}
    if !lexer.open.is_empty() {
        lexer.open.clear();
        lexer.push(Kind::Error, text.len());
    }
    lexer.tokens
}

/// The same one by one, for who needs the first few; nothing is said of brackets that stay open.
#[derive(Debug)]
pub struct FirstTokens<'t> {
    lexer: Lexer<'t>,
    given: usize,
}

impl<'t> FirstTokens<'t> {
    pub fn of(text: &'t [u8]) -> Self {
        Self { lexer: Lexer::new(text), given: 0 }
    }
}

impl Iterator for FirstTokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        while self.lexer.tokens.len() == self.given && self.lexer.step() {}
        let token = self.lexer.tokens.get(self.given).copied()?;
        self.given += 1;
        Some(token)
    }
}

/// Something that is open, and the token that opened it.
#[derive(Clone, Copy, Debug)]
struct Open {
    token: usize,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    /// A bracket that this byte closes.
    Bracket(u8),
    /// The text of an f-string.
    FString(Quote),
    /// The expression of a replacement field of such a string.
    Field(Quote),
    /// The format specification of a replacement field.
    Spec(Quote),
}

#[derive(Debug)]
struct Lexer<'t> {
    text: &'t [u8],
    at: usize,
    tokens: Vec<Token>,
    open: Vec<Open>,
    /// Whether the logical line has begun.
    has_line: bool,
}

/// Operators of more than one character, longest first.
const OPERATORS: &[&[u8]] = &[
    b"**=", b"//=", b">>=", b"<<=", b"...", b"!=", b"->", b":=", b"**", b"//", b">>", b"<<", b"<=", b">=", b"==", b"+=", b"-=",
    b"*=", b"/=", b"%=", b"&=", b"|=", b"^=", b"@=",
];

impl<'t> Lexer<'t> {
    fn new(text: &'t [u8]) -> Self {
        Self { text, at: 0, tokens: Vec::with_capacity(32), open: Vec::new(), has_line: false }
    }

    /// Reads on; whether there was something to read.
    fn step(&mut self) -> bool {
        if self.at >= self.text.len() {
            return false;
        }
        match self.open.last().copied() {
            Some(Open { what: What::FString(string), .. }) => self.literal_part(string, false),
            Some(Open { what: What::Spec(string), .. }) => self.literal_part(string, true),
            _ => self.code(),
        }
        true
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The token from here to `end`.
    fn push(&mut self, kind: Kind, end: usize) {
        let within = self.open.last().map(|open| open.token);
        self.tokens.push(Token { kind, start: self.at, end, within });
        self.has_line |= !matches!(kind, Kind::Comment | Kind::Newline);
        self.at = end;
    }

    /// The token from here to `end`, which opens something.
    fn push_open(&mut self, kind: Kind, end: usize, what: What) {
        let token = self.tokens.len();
        self.push(kind, end);
        self.open.push(Open { token, what });
    }

    fn code(&mut self) {
        let at = self.at;
        match self.byte(at) {
            b' ' | b'\t' | b'\x0c' => self.at += 1,
            b'\\' => match line_break(self.text, at + 1) {
                0 => self.push(Kind::Error, at + 1),
                length => self.at += 1 + length,
            },
            b'\n' | b'\r' => self.line_end(),
            b'#' => {
                let length = memchr::memchr2(b'\n', b'\r', self.rest()).unwrap_or(self.rest().len());
                self.push(Kind::Comment, at + length);
            }
            b'0'..=b'9' => self.push(Kind::Number, number_end(self.text, at)),
            b'.' if self.byte(at + 1).is_ascii_digit() => self.push(Kind::Number, number_end(self.text, at)),
            b'"' | b'\'' => self.string(0),
            byte if is_name(byte) => match prefix_length(self.rest()) {
                0 => self.push(Kind::Name, at + self.rest().iter().take_while(|&&b| is_name(b)).count()),
                length => self.string(length),
            },
            byte => self.operator(byte),
        }
    }

    fn line_end(&mut self) {
        let end = self.at + line_break(self.text, self.at);
        if self.open.is_empty() && self.has_line {
            self.push(Kind::Newline, end);
            self.has_line = false;
        }
        self.at = end;
    }

    /// A string whose quotes stand `prefix` bytes ahead.
    fn string(&mut self, prefix: usize) {
        let text = self.text;
        let letters = text.get(self.at..self.at + prefix).unwrap_or_default();
        let quote = Quote::at(text, self.at + prefix);
        let inside = self.at + prefix + quote.length();
        if letters.iter().any(|b| matches!(b.to_ascii_lowercase(), b'f' | b't')) {
            return self.push_open(Kind::FStringStart, inside, What::FString(quote));
        }
        match quote.end(text, inside) {
            Ok(end) => self.push(Kind::String, end),
            Err(end) => self.push(Kind::Error, end),
        }
    }

    fn operator(&mut self, byte: u8) {
        let field = match self.open.last() {
            Some(Open { what: What::Field(quote), .. }) => Some(*quote),
            _ => None,
        };
        match (byte, field) {
            (b'(', _) => self.push_open(Kind::Op, self.at + 1, What::Bracket(b')')),
            (b'[', _) => self.push_open(Kind::Op, self.at + 1, What::Bracket(b']')),
            (b'{', _) => self.push_open(Kind::Op, self.at + 1, What::Bracket(b'}')),
            (b')' | b']' | b'}', _) => self.close(byte),
            // What follows is text, `:=` or not.
            (b':', Some(quote)) => {
                self.push(Kind::Op, self.at + 1);
                if let Some(open) = self.open.last_mut() {
                    open.what = What::Spec(quote);
                }
            }
            _ => {
                let long = OPERATORS.iter().find(|operator| self.rest().starts_with(operator)).map(|operator| operator.len());
                let is_one = b":,;+-*/|&<>=.%~^@".contains(&byte) || (byte == b'!' && field.is_some());
                match long {
                    Some(length) => self.push(Kind::Op, self.at + length),
                    None if is_one => self.push(Kind::Op, self.at + 1),
                    None => self.push(Kind::Error, self.at + 1),
                }
            }
        }
    }

    fn close(&mut self, byte: u8) {
        let fits = match self.open.last().map(|open| open.what) {
            Some(What::Bracket(closer)) => closer == byte,
            Some(What::Field(_)) => byte == b'}',
            _ => false,
        };
        if fits {
            self.open.pop();
        }
        self.push(if fits { Kind::Op } else { Kind::Error }, self.at + 1);
    }

    /// Text of an f-string or of a format specification, and what ends it.
    fn literal_part(&mut self, quote: Quote, is_spec: bool) {
        let mut at = self.at;
        loop {
            let next = self.byte(at + 1);
            match self.byte(at) {
                _ if at >= self.text.len() => return self.break_off(at),
                b'\\' if matches!(next, b'{' | b'}') => at += 1,
                b'\\' if next == b'N' && self.byte(at + 2) == b'{' => at += 3 + self.name_length(at + 3),
                b'\\' => at += 1 + line_break(self.text, at + 1).max(1),
                b'{' if next == b'{' && !is_spec => at += 2,
                b'{' => {
                    self.middle(at);
                    return self.push_open(Kind::Op, at + 1, What::Field(quote));
                }
                b'}' if is_spec => {
                    self.middle(at);
                    self.open.pop();
                    return self.push(Kind::Op, at + 1);
                }
                b'\n' | b'\r' if !quote.is_triple() => return self.break_off(at),
                _ if quote.is_at(self.text, at) => {
                    if is_spec {
                        return self.break_off(at + quote.length());
                    }
                    self.middle(at);
                    self.open.pop();
                    return self.push(Kind::FStringEnd, at + quote.length());
                }
                _ => at += 1,
            }
        }
    }

    /// The length of the name in `\N{…}`, its brace included; 0 where there is none.
    fn name_length(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let name = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-')).count();
        if rest.get(name) == Some(&b'}') { name + 1 } else { 0 }
    }

    fn middle(&mut self, end: usize) {
        if end > self.at {
            self.push(Kind::FStringMiddle, end);
        }
    }

    /// Ends an f-string that has no end.
    fn break_off(&mut self, end: usize) {
        while let Some(open) = self.open.pop() {
            if matches!(open.what, What::FString(_)) {
                break;
            }
        }
        self.push(Kind::Error, end.min(self.text.len()));
    }
}

/// Whether a byte may stand in a name; those that are not ASCII all may.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// The length of the line break at `at`: `\n`, `\r\n` or `\r`; 0 if there is none.
pub(super) fn line_break(text: &[u8], at: usize) -> usize {
    match text.get(at..).unwrap_or_default() {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => 0,
    }
}

fn number_end(text: &[u8], at: usize) -> usize {
    let byte = |at: usize| text.get(at).map_or(0, u8::to_ascii_lowercase);
    let radix: Option<fn(&u8) -> bool> = match (byte(at), byte(at + 1)) {
        (b'0', b'x') => Some(u8::is_ascii_hexdigit),
        (b'0', b'o') => Some(|b| matches!(b, b'0'..=b'7')),
        (b'0', b'b') => Some(|b| matches!(b, b'0' | b'1')),
        _ => None,
    };
    if let Some(is_digit) = radix {
        // A `_` may stand before the first digit, too.
        let end = more_digits(text, at + 2, is_digit);
        return if end > at + 2 { end } else { at + 1 };
    }
    let mut end = digits(text, at);
    if byte(end) == b'.' {
        end = digits(text, end + 1);
    }
    if byte(end) == b'e' {
        let sign = usize::from(matches!(byte(end + 1), b'+' | b'-'));
        let exponent = digits(text, end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    end + usize::from(byte(end) == b'j')
}

fn digits(text: &[u8], at: usize) -> usize {
    if text.get(at).is_some_and(u8::is_ascii_digit) { more_digits(text, at + 1, u8::is_ascii_digit) } else { at }
}

/// Digits, each with or without a `_` before it.
fn more_digits(text: &[u8], mut at: usize, is_digit: fn(&u8) -> bool) -> usize {
    loop {
        let underscore = usize::from(text.get(at) == Some(&b'_'));
        if !text.get(at + underscore).is_some_and(is_digit) {
            return at;
        }
        at += underscore + 1;
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
