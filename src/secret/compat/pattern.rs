//! Regular expressions of the user, written for Python's `re`, run by the `regex` crate or, where they look around or back, `fancy-regex`.
//! Promises Python's meaning of classes, anchors and escapes, and an error that names the pattern where that cannot be had.
//! Matching with look-around is bounded by a step limit; going over it is an error, never a quiet "no".

use std::iter::Peekable;
use std::str::Chars;

use super::SettingsError;
use super::python::{SPACE, WORD};

/// Steps after which `fancy-regex` gives up.
const BACKTRACK_LIMIT: usize = 1_000_000;

/// A compiled pattern and the text it came from.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    source: String,
    engine: Engine,
}

#[derive(Clone, Debug)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(Box<fancy_regex::Regex>),
}

impl Pattern {
    /// Compiles Python's `re.compile(source)`, with `re.IGNORECASE` if asked.
    pub(super) fn new(source: &str, ignore_case: bool) -> Result<Self, SettingsError> {
        let wrong = |reason: String| SettingsError::Pattern { pattern: source.to_owned(), reason };
        let translated = Translation::of(source, ignore_case).map_err(|reason| wrong(reason.to_owned()))?;
        let engine = if translated.looks_around {
            let built = fancy_regex::RegexBuilder::new(&translated.text).backtrack_limit(BACKTRACK_LIMIT).build();
            Engine::Backtracking(Box::new(built.map_err(|e| wrong(e.to_string()))?))
        } else {
            Engine::Linear(regex::Regex::new(&translated.text).map_err(|e| wrong(e.to_string()))?)
        };
        Ok(Self { source: source.to_owned(), engine })
    }

    /// `pattern.search(text) is not None`.
    pub(super) fn is_found(&self, text: &str) -> Result<bool, SettingsError> {
        match &self.engine {
            Engine::Linear(regex) => Ok(regex.is_match(text)),
            Engine::Backtracking(regex) => {
                regex.is_match(text).map_err(|_| SettingsError::Backtracking { pattern: self.source.clone() })
            }
        }
    }

    /// The pattern as the user wrote it.
    pub(super) fn source(&self) -> &str {
        &self.source
    }
}

/// A pattern in the syntax that both crates read.
struct Translation<'p> {
    input: Peekable<Chars<'p>>,
    text: String,
    looks_around: bool,
    flags: Flags,
    /// One per open group: the flags to return to.
    groups: Vec<Flags>,
}

/// The flags that change how the rest of a group is read.
#[derive(Clone, Copy, Default)]
struct Flags {
    ignore_case: bool,
    verbose: bool,
    ascii: bool,
}

type Translated<T> = Result<T, &'static str>;

impl<'p> Translation<'p> {
    fn of(source: &'p str, ignore_case: bool) -> Translated<Self> {
        let mut this = Self {
            input: source.chars().peekable(),
            text: String::with_capacity(source.len() + 8),
            looks_around: false,
            flags: Flags { ignore_case, ..Flags::default() },
            groups: Vec::new(),
        };
        if ignore_case {
            this.text.push_str("(?i)");
        }
        while let Some(c) = this.input.next() {
            this.item(c)?;
        }
        Ok(this)
    }

    fn item(&mut self, c: char) -> Translated<()> {
        match c {
            '\\' => self.escape(false),
            '[' => self.class(),
            '(' => self.open(),
            ')' => {
                self.flags = self.groups.pop().unwrap_or(self.flags);
                self.text.push(')');
                Ok(())
            }
            // Without MULTILINE, `$` also stands before a final newline.
            '$' => self.push(r"(?:\n?\z)"),
            '{' => {
                self.braces();
                Ok(())
            }
            '#' if self.flags.verbose => {
                while self.input.next_if(|&c| c != '\n').is_some() {}
                Ok(())
            }
            c if self.flags.verbose && c.is_ascii_whitespace() => Ok(()),
            '^' | '.' | '|' | '*' | '+' | '?' => {
                self.text.push(c);
                // `a*+` is possessive in Python 3.11; only the other engine knows that.
                if matches!(c, '*' | '+' | '?') && self.input.peek() == Some(&'+') {
                    self.looks_around = true;
                }
                Ok(())
            }
            c => {
                self.literal(c, false);
                Ok(())
            }
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "one arm of a match whose other arms can fail")]
    fn push(&mut self, text: &str) -> Translated<()> {
        self.text.push_str(text);
        Ok(())
    }

    /// A literal character; one that the crates' syntax gives a meaning is escaped.
    fn literal(&mut self, c: char, in_class: bool) {
        if self.flags.ignore_case && matches!(c, 'i' | 'I' | 'İ' | 'ı') {
            self.text.push_str(if in_class { "iIİı" } else { "[iIİı]" });
        } else {
            self.text.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
        }
    }

    /// `{m,n}` where it is a repetition, else a literal brace. Python reads `{,n}` as from zero.
    fn braces(&mut self) {
        let rest: String = self.input.clone().take_while(|&c| c != '}').collect();
        let closed = self.input.clone().nth(rest.chars().count()) == Some('}');
        let (low, high) = rest.split_once(',').unwrap_or((&rest, &rest));
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if !closed || rest.is_empty() || rest == "," || !digits(low) || !digits(high) {
            self.text.push_str(r"\{");
            return;
        }
        self.input.nth(rest.chars().count());
        self.text.push('{');
        if low.is_empty() {
            self.text.push('0');
        }
        self.text.push_str(&rest);
        self.text.push('}');
        self.looks_around |= self.input.peek() == Some(&'+');
    }

    /// What follows `(`.
    fn open(&mut self) -> Translated<()> {
        let flags = self.flags;
        if self.input.next_if_eq(&'?').is_none() {
            self.groups.push(flags);
            return self.push("(");
        }
        match self.input.next().ok_or("the pattern ends inside a group")? {
            '#' => {
                self.input.by_ref().find(|&c| c == ')').ok_or("a comment is not closed")?;
                return Ok(());
            }
            'P' => return self.named(flags),
            ':' => self.text.push_str("(?:"),
            c @ ('=' | '!' | '>') => {
                self.looks_around = true;
                self.text.extend(["(?", c.encode_utf8(&mut [0; 4])]);
            }
            '<' => {
                self.looks_around = true;
                let kind = self.input.next().filter(|c| matches!(c, '=' | '!')).ok_or("an unknown kind of group")?;
                self.text.extend(["(?<", kind.encode_utf8(&mut [0; 4])]);
            }
            '(' => {
                self.looks_around = true;
                self.text.push_str("(?(");
                let condition: String = self.input.by_ref().take_while(|&c| c != ')').collect();
                self.text.push_str(&condition);
                self.text.push(')');
            }
            c => return self.flag_group(c, flags),
        }
        self.groups.push(flags);
        Ok(())
    }

    /// `(?P<name>…`, `(?P=name)`.
    fn named(&mut self, flags: Flags) -> Translated<()> {
        match self.input.next() {
            Some('<') => {
                let name: String = self.input.by_ref().take_while(|&c| c != '>').collect();
                self.text.extend(["(?P<", &name, ">"]);
                self.groups.push(flags);
                Ok(())
            }
            Some('=') => {
                let name: String = self.input.by_ref().take_while(|&c| c != ')').collect();
                self.looks_around = true;
                self.text.extend([r"\k<", &name, ">"]);
                Ok(())
            }
            _ => Err("an unknown kind of group"),
        }
    }

    /// `(?aiLmsux)` and `(?i-s:…)`.
    fn flag_group(&mut self, first: char, before: Flags) -> Translated<()> {
        let (mut on, mut kept) = (true, String::new());
        let mut next = Some(first);
        loop {
            let c = next.ok_or("the pattern ends inside a group")?;
            match c {
                '-' => {
                    on = false;
                    kept.push('-');
                }
                'i' => {
                    self.flags.ignore_case = on;
                    kept.push('i');
                }
                'x' => self.flags.verbose = on,
                'a' => self.flags.ascii = on,
                'u' => self.flags.ascii = false,
                's' => kept.push('s'),
                // The two crates' `$` is replaced, so that the flag would be lost on it.
                'm' => return Err("the flag `m` is not supported: lines are matched one by one"),
                ')' | ':' => {
                    let kept = kept.strip_suffix('-').unwrap_or(&kept);
                    match (c, kept.is_empty()) {
                        (')', true) => {}
                        (')', false) => self.text.extend(["(?", kept, ")"]),
                        _ => self.text.extend(["(?", kept, ":"]),
                    }
                    if c == ':' {
                        self.groups.push(before);
                    }
                    return Ok(());
                }
                _ => return Err("an unknown kind of group"),
            }
            next = self.input.next();
        }
    }

    fn class(&mut self) -> Translated<()> {
        self.text.push('[');
        if self.input.next_if_eq(&'^').is_some() {
            self.text.push('^');
        }
        let mut first = true;
        loop {
            let c = self.input.next().ok_or("a class is not closed")?;
            match c {
                ']' if !first => break,
                '\\' => self.escape(true)?,
                // A `-` between two members makes a range; at either end it is itself.
                '-' if !first && self.input.peek().is_some_and(|&c| c != ']') => self.text.push('-'),
                c if self.text.ends_with('-') && !self.text.ends_with(r"\-") => {
                    self.text.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
                }
                c if self.input.peek() == Some(&'-') => self.text.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
                c => self.literal(c, true),
            }
            first = false;
        }
        self.text.push(']');
        Ok(())
    }

    fn escape(&mut self, in_class: bool) -> Translated<()> {
        let c = self.input.next().ok_or("the pattern ends in a backslash")?;
        let wrap = |members: &str, not: bool| match (in_class, not) {
            (true, false) => members.to_owned(),
            (_, not) => format!("[{}{members}]", if not { "^" } else { "" }),
        };
        let text = match (c, self.flags.ascii) {
            ('w' | 'W', ascii) => wrap(if ascii { "a-zA-Z0-9_" } else { WORD }, c == 'W'),
            ('s' | 'S', ascii) => wrap(if ascii { r"\t-\r\x20" } else { SPACE }, c == 'S'),
            ('d' | 'D', ascii) => wrap(if ascii { "0-9" } else { r"\p{Nd}" }, c == 'D'),
            ('b', _) if in_class => r"\x08".to_owned(),
            ('b' | 'B' | 'A', _) if !in_class => format!("\\{c}"),
            ('Z', _) if !in_class => r"\z".to_owned(),
            ('a' | 'f' | 'n' | 'r' | 't' | 'v', _) => format!("\\{c}"),
            ('x', _) => self.code(2)?,
            ('u', _) => self.code(4)?,
            ('U', _) => self.code(8)?,
            ('0', _) => self.octal(0)?,
            ('1'..='9', _) => return self.reference(c, in_class),
            (c, _) if c.is_ascii_alphabetic() => return Err("an unknown escape"),
            (c, _) => regex::escape(c.encode_utf8(&mut [0; 4])),
        };
        self.push(&text)
    }

    /// `\1` is a group, `\101` an octal code.
    fn reference(&mut self, first: char, in_class: bool) -> Translated<()> {
        let ahead: String = std::iter::once(first).chain(self.input.clone().take(2)).collect();
        if in_class || (ahead.len() == 3 && ahead.bytes().all(|b| matches!(b, b'0'..=b'7'))) {
            let code = self.octal(first.to_digit(8).ok_or("an unknown escape")?)?;
            return self.push(&code);
        }
        self.looks_around = true;
        self.text.extend(["\\", first.encode_utf8(&mut [0; 4])]);
        if let Some(second) = self.input.next_if(char::is_ascii_digit) {
            self.text.push(second);
        }
        Ok(())
    }

    fn octal(&mut self, mut code: u32) -> Translated<String> {
        for _ in 0..2 {
            let Some(digit) = self.input.next_if(|c| c.is_digit(8)).and_then(|c| c.to_digit(8)) else { break };
            code = code * 8 + digit;
        }
        if code > 0o377 { Err("an octal escape above 0o377") } else { Ok(format!(r"\x{{{code:x}}}")) }
    }

    fn code(&mut self, digits: usize) -> Translated<String> {
        let code: String = self.input.by_ref().take(digits).collect();
        let whole = code.chars().count() == digits && code.chars().all(|c| c.is_ascii_hexdigit());
        if whole { Ok(format!(r"\x{{{code}}}")) } else { Err("an escape lacks hexadecimal digits") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern, false).unwrap().is_found(text).unwrap()
    }

    #[test]
    fn python_syntax_is_understood() {
        for (pattern, hit, miss) in [
            (r"\w+\Z", "né", "e\u{301}"),
            (r"a\sb", "a\x1cb", "a_b"),
            (r"foo$", "foo\n", "foo\nx"),
            (r"^[^]a]{,2}$", "bc", "bcd"),
            (r"{{x}}", "{{x}}", "{x}"),
            (r"[[&~]x", "&x", "-x"),
            (r"(?i)key_id", "KEY_İd", "key-id"),
            (r"(?x) a b # c", "ab", "a b"),
            (r"(?P<q>['\x22])x(?P=q)", "'x'", "'x\""),
            (r"(?<!no)secret", "my secret", "nosecret"),
            (r"(a)\1b", "aab", "ab"),
            (r"[\w.-]+@", "a-b@", "@"),
            (r"a{2,}?b|\u00e9", "é", "ab"),
        ] {
            assert!(found(pattern, hit), "{pattern} must find {hit:?}");
            assert!(!found(pattern, miss), "{pattern} must not find {miss:?}");
        }
    }

    #[test]
    fn what_cannot_be_compiled_is_named() {
        for pattern in ["(", "[a", r"\q", "*a", "(?<=a*)b\\"] {
            let error = Pattern::new(pattern, false).unwrap_err();
            assert!(error.to_string().contains(pattern), "{error}");
        }
    }

    #[test]
    fn too_much_backtracking_is_an_error() {
        let pattern = Pattern::new(r"^(?:(a|aa)+)\1c", false).unwrap();
        let error = pattern.is_found(&"a".repeat(64)).unwrap_err();
        assert!(matches!(error, SettingsError::Backtracking { .. }), "{error}");
    }
}
