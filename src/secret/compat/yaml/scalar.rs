//! The five styles of scalars: literal, folded, single- and double-quoted, plain.
//! Promises PyYAML's folding, chomping and escapes, and that the scanner ends up where PyYAML's does.
//! Whether a scalar is a string is in `resolve`.

use super::scanner::{Scanner, ends_line, ends_word, is_break};
use super::token::Kind;
use super::{Read, Refused};

/// What `-` and `+` after `|` or `>` say of the last line breaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

impl Scanner<'_> {
    /// `|` and `>`.
    pub(super) fn block_scalar(&mut self, folded: bool) -> Read<Kind> {
        self.forward(1);
        let (chomping, increment) = self.block_indicators()?;
        self.ignored_line()?;
        let least = (self.indent + 1).max(1);
        let (indent, mut breaks) = if let Some(increment) = increment {
            let indent = least + increment - 1;
            (indent, self.block_breaks(indent))
        } else {
            let (deepest, breaks) = self.block_indentation();
            (least.max(deepest), breaks)
        };
        let mut text = String::new();
        let mut line_break = None;
        while self.column == indent && self.char(0) != '\0' {
            text.push_str(&breaks);
            let dense = !matches!(self.char(0), ' ' | '\t');
            text.push_str(self.take_while(|c| !is_break(c)));
            line_break = self.line_break();
            breaks = self.block_breaks(indent);
            if self.column != indent || self.char(0) == '\0' {
                break;
            }
            if folded && line_break == Some('\n') && dense && !matches!(self.char(0), ' ' | '\t') {
                if breaks.is_empty() {
                    text.push(' ');
                }
            } else {
                text.extend(line_break);
            }
        }
        if chomping != Chomping::Strip {
            text.extend(line_break);
        }
        if chomping == Chomping::Keep {
            text.push_str(&breaks);
        }
        Ok(Kind::Scalar { text, plain: false })
    }

    fn block_indicators(&mut self) -> Read<(Chomping, Option<i64>)> {
        let mut chomping = Chomping::Clip;
        let mut increment = None;
        for _ in 0..2 {
            match self.char(0) {
                '+' if chomping == Chomping::Clip => chomping = Chomping::Keep,
                '-' if chomping == Chomping::Clip => chomping = Chomping::Strip,
                c @ '1'..='9' if increment.is_none() => increment = c.to_digit(10).map(i64::from),
                _ => break,
            }
            self.forward(1);
        }
        let next = self.char(0);
        if next == ' ' || ends_line(next) { Ok((chomping, increment)) } else { Err(Refused) }
    }

    /// The deepest column of the blank lines at the start, and their breaks.
    fn block_indentation(&mut self) -> (i64, String) {
        let (mut deepest, mut breaks) = (0, String::new());
        loop {
            self.take_while(|c| c == ' ');
            deepest = deepest.max(self.column);
            match self.line_break() {
                Some(c) => breaks.push(c),
                None => return (deepest, breaks),
            }
        }
    }

    fn block_breaks(&mut self, indent: i64) -> String {
        let mut breaks = String::new();
        loop {
            while self.column < indent && self.char(0) == ' ' {
                self.forward(1);
            }
            match self.line_break() {
                Some(c) => breaks.push(c),
                None => return breaks,
            }
        }
    }

    /// `'…'` and `"…"`.
    pub(super) fn quoted(&mut self, double: bool) -> Read<Kind> {
        let quote = if double { '"' } else { '\'' };
        let mut text = String::new();
        self.forward(1);
        self.quoted_words(double, &mut text)?;
        while self.char(0) != quote {
            self.quoted_blanks(&mut text)?;
            self.quoted_words(double, &mut text)?;
        }
        self.forward(1);
        Ok(Kind::Scalar { text, plain: false })
    }

    fn quoted_words(&mut self, double: bool, text: &mut String) -> Read<()> {
        loop {
            text.push_str(self.take_while(|c| !matches!(c, '\'' | '"' | '\\') && !ends_word(c)));
            match (self.char(0), double) {
                ('\'', false) if self.char(1) == '\'' => {
                    text.push('\'');
                    self.forward(2);
                }
                (c @ '\'', true) | (c @ ('"' | '\\'), false) => {
                    text.push(c);
                    self.forward(1);
                }
                ('\\', true) => {
                    self.forward(1);
                    self.escape(text)?;
                }
                _ => return Ok(()),
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Read<()> {
        let c = self.char(0);
        let digits = match c {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            c if is_break(c) => {
                self.line_break();
                return self.quoted_breaks(text).map(drop);
            }
            _ => 0,
        };
        if digits > 0 {
            self.forward(1);
            let code = self.rest().get(..digits).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit())).ok_or(Refused)?;
            let code = u32::from_str_radix(code, 16).map_err(|_| Refused)?;
            // A lone surrogate is a character to Python, but detect-secrets cannot hash a value that holds one: any other will do.
            let c = if matches!(code, 0xd800..0xe000) { Some('\u{ffff}') } else { char::from_u32(code) };
            text.push(c.ok_or(Refused)?);
            self.forward(digits);
            return Ok(());
        }
        text.push(match c {
            '0' => '\0',
            'a' => '\x07',
            'b' => '\x08',
            't' | '\t' => '\t',
            'n' => '\n',
            'v' => '\x0b',
            'f' => '\x0c',
            'r' => '\r',
            'e' => '\x1b',
            ' ' | '"' | '\\' | '/' => c,
            'N' => '\u{85}',
            '_' => '\u{a0}',
            'L' => '\u{2028}',
            'P' => '\u{2029}',
            _ => return Err(Refused),
        });
        self.forward(1);
        Ok(())
    }

    fn quoted_blanks(&mut self, text: &mut String) -> Read<()> {
        let blanks = self.take_while(|c| matches!(c, ' ' | '\t'));
        if self.char(0) == '\0' {
            return Err(Refused);
        }
        let Some(first) = self.line_break() else {
            text.push_str(blanks);
            return Ok(());
        };
        if first != '\n' {
            text.push(first);
        }
        let mut breaks = String::new();
        self.quoted_breaks(&mut breaks)?;
        if first == '\n' && breaks.is_empty() {
            text.push(' ');
        }
        text.push_str(&breaks);
        Ok(())
    }

    fn quoted_breaks(&mut self, text: &mut String) -> Read<()> {
        loop {
            if self.at_marker() {
                return Err(Refused);
            }
            self.take_while(|c| matches!(c, ' ' | '\t'));
            match self.line_break() {
                Some(c) => text.push(c),
                None => return Ok(()),
            }
        }
    }

    /// A scalar without quotes; it reads on over line breaks until it is clear that the next line is not part of it.
    pub(super) fn plain(&mut self) -> Kind {
        let indent = self.indent + 1;
        let mut text = String::new();
        let mut blanks = String::new();
        while self.char(0) != '#' {
            let word = self.plain_word();
            if word == 0 {
                break;
            }
            self.allow_key = false;
            text.push_str(&blanks);
            text.push_str(self.rest().get(..word).unwrap_or_default());
            let count = self.rest().get(..word).unwrap_or_default().chars().count();
            self.forward(count);
            blanks = self.plain_blanks().unwrap_or_default();
            if blanks.is_empty() || (self.flow == 0 && self.column < indent) {
                break;
            }
        }
        Kind::Scalar { text, plain: true }
    }

    /// The length in bytes of the word that begins here.
    fn plain_word(&self) -> usize {
        let rest = self.rest();
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map_or('\0', |&(_, next)| next);
            let flow = self.flow > 0;
            let ends_key = c == ':' && (ends_word(next) || (flow && matches!(next, ',' | '[' | ']' | '{' | '}')));
            if ends_word(c) || ends_key || (flow && matches!(c, ',' | '?' | '[' | ']' | '{' | '}')) {
                return at;
            }
        }
        rest.len()
    }

    /// What stands between two words; nothing at a document marker.
    fn plain_blanks(&mut self) -> Option<String> {
        let blanks = self.take_while(|c| c == ' ');
        let Some(first) = self.line_break() else { return Some(blanks.to_owned()) };
        self.allow_key = true;
        if self.at_marker() {
            return None;
        }
        let mut breaks = String::new();
        loop {
            self.take_while(|c| c == ' ');
            let Some(c) = self.line_break() else { break };
            breaks.push(c);
            if self.at_marker() {
                return None;
            }
        }
        Some(match (first, breaks.is_empty()) {
            ('\n', true) => " ".to_owned(),
            ('\n', false) => breaks,
            (first, _) => format!("{first}{breaks}"),
        })
    }
}
