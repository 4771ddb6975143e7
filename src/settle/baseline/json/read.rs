//! The reader: what Python's `json.loads` accepts, no more.

use std::collections::HashMap;

use super::{Invalid, Json, MAX_DEPTH, Member, Number, Text, Value};

pub(super) struct Reader<'a> {
    rest: &'a [u8],
    line: u32,
    depth: u32,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes(), line: 1, depth: 0 }
    }

    pub(super) fn document(mut self) -> Result<Json, Invalid> {
        let value = self.value()?;
        self.blanks();
        if self.rest.is_empty() { Ok(value) } else { Err(self.wrong("text after the end of the JSON value")) }
    }

    fn value(&mut self) -> Result<Json, Invalid> {
        self.blanks();
        let line = self.line;
        let value = match self.rest.first() {
            Some(b'{') => Value::Object(self.nested(Self::object)?),
            Some(b'[') => Value::Array(self.nested(Self::array)?),
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            _ => self.word()?,
        };
        Ok(Json { line, value })
    }

    fn nested<T>(&mut self, container: fn(&mut Self) -> Result<T, Invalid>) -> Result<T, Invalid> {
        if self.depth == MAX_DEPTH {
            return Err(self.wrong(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        self.skip(1);
        let items = container(self)?;
        self.depth -= 1;
        Ok(items)
    }

    fn array(&mut self) -> Result<Vec<Json>, Invalid> {
        let mut items = Vec::new();
        if self.ends_with(b']') {
            return Ok(items);
        }
        loop {
            items.push(self.value()?);
            if !self.goes_on(b']')? {
                return Ok(items);
            }
        }
    }

    fn object(&mut self) -> Result<Vec<Member>, Invalid> {
        let mut members = Members::default();
        if self.ends_with(b'}') {
            return Ok(members.list);
        }
        loop {
            self.blanks();
            if self.rest.first() != Some(&b'"') {
                return Err(self.wrong("expected a key in double quotes"));
            }
            let key = self.string()?;
            self.blanks();
            if self.rest.first() != Some(&b':') {
                return Err(self.wrong("expected `:` after a key"));
            }
            self.skip(1);
            let value = self.value()?;
            members.insert(Member { key, value });
            if !self.goes_on(b'}')? {
                return Ok(members.list);
            }
        }
    }

    /// Whether the container that was just opened closes at once.
    fn ends_with(&mut self, close: u8) -> bool {
        self.blanks();
        let ends = self.rest.first() == Some(&close);
        if ends {
            self.skip(1);
        }
        ends
    }

    /// Takes the comma (true) or the closing bracket (false) after an item.
    fn goes_on(&mut self, close: u8) -> Result<bool, Invalid> {
        self.blanks();
        match self.rest.first() {
            Some(b',') => {
                self.skip(1);
                Ok(true)
            }
            Some(&byte) if byte == close => {
                self.skip(1);
                Ok(false)
            }
            _ => Err(self.wrong(format!("expected `,` or `{}`", char::from(close)))),
        }
    }

    fn string(&mut self) -> Result<Text, Invalid> {
        self.skip(1);
        let mut text = Text::default();
        loop {
            let end = self.rest.iter().position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\');
            let Some((plain, rest)) = end.and_then(|end| self.rest.split_at_checked(end)) else {
                return Err(self.wrong("a string without end"));
            };
            text.push_str(plain);
            self.rest = rest;
            match rest.first() {
                Some(b'"') => {
                    self.skip(1);
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.wrong("a control character inside a string")),
            }
        }
    }

    /// The code point that a backslash and what follows it stand for.
    fn escape(&mut self) -> Result<u32, Invalid> {
        let letter = self.rest.get(1).copied();
        self.skip(2);
        Ok(match letter {
            Some(b'u') => {
                let high = self.hex()?;
                let low = match self.rest {
                    [b'\\', b'u', rest @ ..] if (0xd800..0xdc00).contains(&high) => hex4(rest),
                    _ => None,
                };
                match low {
                    Some(low @ 0xdc00..=0xdfff) => {
                        self.skip(6);
                        0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
                    }
                    _ => high,
                }
            }
            Some(byte @ (b'"' | b'\\' | b'/')) => u32::from(byte),
            Some(b'b') => 8,
            Some(b't') => 9,
            Some(b'n') => 10,
            Some(b'f') => 12,
            Some(b'r') => 13,
            _ => return Err(self.wrong("an unknown escape in a string")),
        })
    }

    fn hex(&mut self) -> Result<u32, Invalid> {
        let code = hex4(self.rest).ok_or_else(|| self.wrong("expected four hex digits after `\\u`"))?;
        self.skip(4);
        Ok(code)
    }

    fn number(&mut self) -> Result<Number, Invalid> {
        if self.rest.starts_with(b"-Infinity") {
            self.skip(9);
            return Ok(Number::Float(f64::NEG_INFINITY));
        }
        let sign = usize::from(self.rest.first() == Some(&b'-'));
        let whole = if self.rest.get(sign) == Some(&b'0') { 1 } else { self.digits(sign) };
        if whole == 0 {
            return Err(self.wrong("expected a digit"));
        }
        let int = sign + whole;
        let fraction = match self.rest.get(int) {
            Some(b'.') => Some(self.digits(int + 1)).filter(|&n| n > 0).map_or(0, |n| n + 1),
            _ => 0,
        };
        let at = int + fraction;
        let exponent = match self.rest.get(at) {
            Some(b'e' | b'E') => {
                let signed = usize::from(matches!(self.rest.get(at + 1), Some(b'+' | b'-')));
                Some(self.digits(at + 1 + signed)).filter(|&n| n > 0).map_or(0, |n| n + 1 + signed)
            }
            _ => 0,
        };
        let (lexeme, rest) = self.rest.split_at_checked(at + exponent).unwrap_or_default();
        let lexeme = std::str::from_utf8(lexeme).unwrap_or_default();
        self.rest = rest;
        if fraction + exponent == 0 {
            return Ok(Number::Int(if lexeme == "-0" { "0" } else { lexeme }.to_owned()));
        }
        lexeme.parse().map(Number::Float).map_err(|_| self.wrong("not a number"))
    }

    /// How many digits stand at `from`.
    fn digits(&self, from: usize) -> usize {
        self.rest.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn word(&mut self) -> Result<Value, Invalid> {
        let words = [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::Number(Number::Float(f64::NAN))),
            ("Infinity", Value::Number(Number::Float(f64::INFINITY))),
        ];
        for (word, value) in words {
            if self.rest.starts_with(word.as_bytes()) {
                self.skip(word.len());
                return Ok(value);
            }
        }
        Err(self.wrong(if self.rest.is_empty() { "the text ends where a value should be" } else { "expected a JSON value" }))
    }

    fn blanks(&mut self) {
        while let Some((byte @ (b' ' | b'\t' | b'\n' | b'\r'), rest)) = self.rest.split_first() {
            self.line = self.line.saturating_add(u32::from(*byte == b'\n'));
            self.rest = rest;
        }
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    fn wrong(&self, message: impl Into<String>) -> Invalid {
        Invalid::new(self.line, message)
    }
}

fn hex4(bytes: &[u8]) -> Option<u32> {
    bytes.get(..4)?.iter().try_fold(0, |code, &byte| Some(code << 4 | char::from(byte).to_digit(16)?))
}

/// The members of an object while it is read; a large object gets an index, so that repeated keys are found in linear time.
#[derive(Default)]
struct Members {
    list: Vec<Member>,
    index: HashMap<Text, usize>,
}

impl Members {
    const SMALL: usize = 16;

    fn insert(&mut self, member: Member) {
        let place = if self.list.len() <= Self::SMALL {
            self.list.iter().position(|known| known.key == member.key)
        } else {
            if self.index.is_empty() {
                self.index = self.list.iter().enumerate().map(|(place, known)| (known.key.clone(), place)).collect();
            }
            self.index.get(&member.key).copied()
        };
        if let Some(known) = place.and_then(|place| self.list.get_mut(place)) {
            known.value = member.value;
            return;
        }
        if !self.index.is_empty() {
            self.index.insert(member.key.clone(), self.list.len());
        }
        self.list.push(member);
    }
}
