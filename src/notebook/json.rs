//! Walks through a JSON text and tells where its strings stand.
//! Promises one pass, no memory and no deeper nesting than [`DEPTH`]; whatever is not JSON ends the walk with `None`.
//! Is tolerant inside of strings, whose bytes may be any; numbers and words are not looked at closely.

use std::ops::Range;

/// Containers may be nested so deep.
const DEPTH: u32 = 256;

#[derive(Debug)]
pub struct Walk<'t> {
    pub text: &'t [u8],
    at: usize,
    depth: u32,
}

impl<'t> Walk<'t> {
    pub fn new(text: &'t [u8]) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// The first byte of the next value.
    pub fn peek(&mut self) -> Option<u8> {
        let rest = self.text.get(self.at..)?;
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.text.get(self.at).copied()
    }

    /// Whether nothing but blanks is left.
    pub fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// An object; `member` has to walk over the value of the key that it is given as it is written.
    pub fn object(&mut self, mut member: impl FnMut(&mut Self, &'t [u8]) -> Option<()>) -> Option<()> {
        self.container(b'{', b'}', |walk| {
            let key = walk.string()?;
            walk.take(b':')?;
            member(walk, walk.text.get(key)?)
        })
    }

    /// An array; `item` has to walk over one value.
    pub fn array(&mut self, item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.container(b'[', b']', item)
    }

    fn container(&mut self, open: u8, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(open)?;
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        if self.peek()? != close {
            item(self)?;
            while self.peek()? == b',' {
                self.at += 1;
                item(self)?;
            }
        }
        self.depth -= 1;
        self.take(close)
    }

    /// A string: where its inside stands.
    pub fn string(&mut self) -> Option<Range<usize>> {
        self.take(b'"')?;
        let start = self.at;
        loop {
            let rest = self.text.get(self.at..)?;
            let end = memchr::memchr2(b'"', b'\\', rest)?;
            self.at += end + 1;
            if rest.get(end) == Some(&b'"') {
                return Some(start..self.at - 1);
            }
            self.at += 1;
        }
    }

    /// Any value; `string` is told each string in it that is not a key.
    pub fn value(&mut self, string: &mut dyn FnMut(Range<usize>)) -> Option<()> {
        match self.peek()? {
            b'{' => self.object(|walk, _| walk.value(string)),
            b'[' => self.array(|walk| walk.value(string)),
            b'"' => self.string().map(string),
            _ => {
                let rest = self.text.get(self.at..)?;
                let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
                self.at += length;
                (length > 0).then_some(())
            }
        }
    }

    /// Any value, passed over.
    pub fn skip(&mut self) -> Option<()> {
        self.value(&mut |_| ())
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        let is_there = self.peek()? == byte;
        self.at += usize::from(is_there);
        is_there.then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The strings of a text that are values, if it is JSON.
    fn strings(text: &str) -> Option<Vec<&str>> {
        let mut found = Vec::new();
        let mut walk = Walk::new(text.as_bytes());
        walk.value(&mut |range| found.push(&text[range]))?;
        walk.is_at_end().then_some(found)
    }

    #[test]
    fn strings_are_told_with_their_escapes() {
        assert_eq!(strings(r#" {"a": ["b", 1.5e+3, {"c": "d\"\\"}], "e": null, "f": ""} "#), Some(vec!["b", "d\\\"\\\\", ""]));
        assert_eq!(strings("[\"a\nb\"]"), Some(vec!["a\nb"]));
    }

    #[test]
    fn what_is_not_json_ends_the_walk() {
        for text in ["", "{", "[1,]", "{\"a\"}", "{\"a\":}", "[\"a]", "[\"a\\\"]", "{} {}", "[1 2]", "{'a': 1}", "[}"] {
            assert_eq!(strings(text), None, "{text}");
        }
        assert!(strings(&format!("{}{}", "[".repeat(256), "]".repeat(256))).is_some());
        assert_eq!(strings(&"[".repeat(100_000)), None);
    }
}
