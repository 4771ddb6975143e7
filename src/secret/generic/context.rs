//! What stands before a name on its line: an open string, a comment, a call.
//! Promises at most 512 bytes of look behind, only for names that have a value.
//! Tracks no state over lines: a string that began on an earlier line is not known.

use super::name;
use super::pair;
use super::separator::Separator;
use super::syntax::Syntax;

/// A byte of the text, 0 past its end: no syntax here contains a zero byte.
pub fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// Bytes of a line that are looked at before a name.
const LINE: usize = 512;

/// Calls that take a name and its value.
#[rustfmt::skip]
const PAIR_CALLS: &[&str] = &[
    "get", "getenv", "environ", "env", "set", "setenv", "setdefault", "header", "setheader", "addheader", "add", "put", "pop",
    "append", "setproperty", "getproperty", "getattr", "setattr", "config", "option", "param", "field", "define", "putenv",
    "withheader", "setrequestheader", "getoption", "env_var", "variable", "str", "string", "password", "read", "required", "optional", "lookup", "add_argument",
    "get_env", "get_env_var", "env_or", "get_secret", "get_setting", "get_config", "get_env_value", "get_var",
];

/// Whether calls of that name take a name and its value.
pub fn takes_pairs(callee: &[u8]) -> bool {
    PAIR_CALLS.iter().any(|call| callee.eq_ignore_ascii_case(call.as_bytes()))
}

/// Words that functions begin with whose only argument is the value.
const SETTERS: &[&[u8]] = &[b"set", b"with", b"use", b"put", b"add", b"update", b"change", b"new", b"check", b"verify", b"make"];

/// Methods of builders: `.password("value")`.
const BUILDERS: &[&[u8]] =
    &[b"password", b"passphrase", b"apikey", b"secretkey", b"accesskey", b"clientsecret", b"accesstoken", b"authtoken"];

/// Where a name stands.
#[derive(Clone, Copy, Debug)]
pub struct Site<'t> {
    pub text: &'t [u8],
    pub syntax: Syntax,
    /// A byte of the name.
    pub hit: usize,
}

impl<'t> Site<'t> {
    /// Where the name begins; the hit itself if the run before it is longer than names are.
    pub fn start(&self) -> usize {
        name::start(self.text, self.hit).unwrap_or(self.hit)
    }

    /// The line before the name, at most 512 bytes of it.
    pub fn line_before(&self) -> &'t [u8] {
        let start = self.start();
        let before = self.text.get(start.saturating_sub(LINE)..start).unwrap_or_default();
        before.get(memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1)..).unwrap_or_default()
    }

    /// Whether the name stands inside a string or a comment.
    pub fn is_embedded(&self) -> bool {
        self.enclosure().is_some()
    }

    /// Whether a string is open at the name.
    pub fn is_in_string(&self) -> bool {
        self.enclosure().is_some_and(|mark| mark != b'#')
    }

    /// Whether a quote stands before the name on its line: without one, the first that follows opens a string.
    pub fn has_quotes(&self) -> bool {
        self.line_before().iter().any(|byte| matches!(byte, b'"' | b'\'' | b'`'))
    }

    /// The quote of the string that is open at the name, `#` for a comment.
    pub fn enclosure(&self) -> Option<u8> {
        let line = self.line_before();
        let mut open = None;
        let mut escaped = false;
        for &byte in line {
            match (byte, open) {
                _ if escaped => escaped = false,
                (b'\\', _) => escaped = true,
                (b'"' | b'\'' | b'`', None) => open = Some(byte),
                (_, Some(quote)) if byte == quote => open = None,
                (b'#', None) => return Some(b'#'),
                _ => {}
            }
        }
        let line = line.trim_ascii_start();
        let is_comment = line.starts_with(b"//") || line.starts_with(b"* ") || line.starts_with(b"-- ");
        open.or(is_comment.then_some(b'#'))
    }

    /// Whether a separator that means other things too binds a value to this name: a comma in a call that takes pairs or in a pair of its
    /// own, a parenthesis behind a setter, an angle behind a tag.
    pub fn may_bind(&self, separator: Separator) -> bool {
        match separator {
            Separator::Comma => self.is_first_of_pair(),
            Separator::Parenthesis => {
                let name = self.text.get(self.start()..).unwrap_or_default();
                let length = name.iter().take_while(|b| **b != b'(').count();
                let last = name.get(..length).unwrap_or_default().rsplit(|b| *b == b'.').next().unwrap_or_default();
                let is_builder = (last.len() < length || self.line_before().ends_with(b"."))
                    && BUILDERS.iter().any(|call| last.eq_ignore_ascii_case(call));
                is_builder
                    || SETTERS.iter().any(|setter| last.get(..setter.len()).is_some_and(|head| head.eq_ignore_ascii_case(setter)))
            }
            Separator::Angle => matches!(self.line_before().last(), Some(b'<' | b':')) || pair::is_named(self.line_before()),
            _ => true,
        }
    }

    fn is_first_of_pair(&self) -> bool {
        let line = self.line_before();
        let dashes = line.iter().rev().take_while(|b| **b == b'-').count();
        let line = line.get(..line.len() - dashes).unwrap_or_default();
        let line = line.strip_suffix(b"\"").or_else(|| line.strip_suffix(b"'")).unwrap_or_default();
        let line = line.strip_suffix(b"\\").unwrap_or(line);
        let line = line.trim_ascii_end();
        // The name is the second argument of Python's `getattr(settings, "NAME", "value")`.
        let getattr = line.strip_suffix(b",").and_then(|line| Some(line.rsplit(|b| *b == b'(').nth(1)?.ends_with(b"getattr")));
        let Some(before) = line.strip_suffix(b"(") else { return getattr.unwrap_or(false) };
        let callee = before.rsplit(|b| !(b.is_ascii_alphanumeric() || *b == b'_')).next().unwrap_or_default();
        callee.is_empty() || takes_pairs(callee)
    }

    /// Whether the name stands first on its line (or behind Docker's `ENV`), as in `requirepass value`.
    pub fn is_directive(&self) -> bool {
        let line = self.line_before().trim_ascii();
        if matches!(self.syntax, Syntax::Shell | Syntax::Env) { line == b"ENV" } else { line.is_empty() }
    }
}
