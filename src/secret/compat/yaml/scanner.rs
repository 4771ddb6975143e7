//! Text into tokens, on demand: a token that may be a key is held back until it is clear whether a `:` follows.
//! Promises to have read exactly as far as PyYAML's scanner whenever its line is asked for.
//! Scalars are in `scalar`, tags and directives in `tag`.

use std::collections::{BTreeMap, VecDeque};

use super::token::{Kind, Token};
use super::{Read, Refused};

/// A place where a key may have begun.
#[derive(Clone, Copy, Debug)]
struct SimpleKey {
    /// Number of the token before which the key would go.
    token: usize,
    required: bool,
    index: usize,
    line: usize,
    column: i64,
}

/// A key without `?` is not longer, in characters.
const LONGEST_KEY: usize = 1024;

/// Reads a text. The end of the text is the character NUL, which no YAML text holds.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// Characters read.
    index: usize,
    line: usize,
    pub(super) column: i64,
    done: bool,
    pub(super) flow: usize,
    tokens: VecDeque<Token>,
    taken: usize,
    /// Column of the block collection at hand, -1 outside of all.
    pub(super) indent: i64,
    indents: Vec<i64>,
    pub(super) allow_key: bool,
    /// By flow level.
    keys: BTreeMap<usize, SimpleKey>,
}

/// A line break, as YAML 1.1 has it.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A line break or the end of the text.
pub(super) fn ends_line(c: char) -> bool {
    c == '\0' || is_break(c)
}

/// A blank, a line break or the end of the text.
pub(super) fn ends_word(c: char) -> bool {
    matches!(c, ' ' | '\t') || ends_line(c)
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            index: 0,
            line: 0,
            column: 0,
            done: false,
            flow: 0,
            tokens: VecDeque::new(),
            taken: 0,
            indent: -1,
            indents: Vec::new(),
            allow_key: true,
            keys: BTreeMap::new(),
        }
    }

    /// The line (from 0) up to which the text was read.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// The next token.
    pub(super) fn peek(&mut self) -> Read<&Token> {
        while self.needs_more()? {
            self.fetch()?;
        }
        self.tokens.front().ok_or(Refused)
    }

    /// Takes the next token.
    pub(super) fn take(&mut self) -> Read<Token> {
        self.peek()?;
        self.taken += 1;
        self.tokens.pop_front().ok_or(Refused)
    }

    /// The tokens that were read and not taken, without reading more.
    pub(super) fn held(&self, place: usize) -> Option<&Kind> {
        self.tokens.get(place).map(|token| &token.kind)
    }

    fn needs_more(&mut self) -> Read<bool> {
        if self.done {
            return Ok(false);
        }
        if self.tokens.is_empty() {
            return Ok(true);
        }
        self.drop_stale_keys()?;
        Ok(self.keys.values().map(|key| key.token).min() == Some(self.taken))
    }

    /// The character `ahead` places on.
    pub(super) fn char(&self, ahead: usize) -> char {
        self.rest().chars().nth(ahead).unwrap_or('\0')
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Passes over `n` characters.
    pub(super) fn forward(&mut self, n: usize) {
        for _ in 0..n {
            let mut rest = self.rest().chars();
            let Some(c) = rest.next() else { return };
            self.at += c.len_utf8();
            self.index += 1;
            if matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}') || (c == '\r' && rest.next() != Some('\n')) {
                self.line += 1;
                self.column = 0;
            } else if c != '\u{feff}' {
                self.column += 1;
            }
        }
    }

    /// Passes over the characters that pass and returns them.
    pub(super) fn take_while(&mut self, pass: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let taken = rest.len() - rest.trim_start_matches(pass).len();
        let taken = rest.get(..taken).unwrap_or_default();
        self.forward(taken.chars().count());
        taken
    }

    /// Passes over a line break; what stands for it in a value.
    pub(super) fn line_break(&mut self) -> Option<char> {
        let c = self.char(0);
        if !is_break(c) {
            return None;
        }
        self.forward(if self.rest().starts_with("\r\n") { 2 } else { 1 });
        Some(if matches!(c, '\u{2028}' | '\u{2029}') { c } else { '\n' })
    }

    /// Whether a document marker stands here, whatever the column.
    pub(super) fn at_marker(&self) -> bool {
        (self.rest().starts_with("---") || self.rest().starts_with("...")) && ends_word(self.char(3))
    }

    fn push(&mut self, kind: Kind) {
        self.tokens.push_back(Token { kind, line: self.line });
    }

    fn fetch(&mut self) -> Read<()> {
        self.skip_to_token();
        self.drop_stale_keys()?;
        self.unwind(self.column);
        let c = self.char(0);
        let block = self.flow == 0;
        match c {
            '\0' => return self.fetch_end(),
            '%' if self.column == 0 => {
                self.begin_line_token()?;
                let line = self.line;
                let directive = self.directive()?;
                self.tokens.push_back(Token { kind: Kind::Directive(directive), line });
            }
            '-' | '.' if self.column == 0 && self.at_marker() => {
                self.begin_line_token()?;
                self.push(if c == '-' { Kind::DocumentStart } else { Kind::DocumentEnd });
                self.forward(3);
            }
            '[' => self.open(Kind::FlowSequenceStart)?,
            '{' => self.open(Kind::FlowMappingStart)?,
            ']' => self.close(Kind::FlowSequenceEnd)?,
            '}' => self.close(Kind::FlowMappingEnd)?,
            ',' => {
                self.allow_key = true;
                self.drop_key()?;
                self.push(Kind::FlowEntry);
                self.forward(1);
            }
            '-' if ends_word(self.char(1)) => self.fetch_block_entry()?,
            '?' if !block || ends_word(self.char(1)) => self.fetch_key()?,
            ':' if !block || ends_word(self.char(1)) => self.fetch_value()?,
            '*' | '&' => self.token(|this| this.anchor(c == '*'))?,
            '!' => self.token(|this| this.tag().map(Kind::Tag))?,
            '|' | '>' if block => {
                self.allow_key = true;
                self.drop_key()?;
                let line = self.line;
                let kind = self.block_scalar(c == '>')?;
                self.tokens.push_back(Token { kind, line });
            }
            '\'' | '"' => self.token(|this| this.quoted(c == '"'))?,
            _ if self.starts_plain(c) => self.token(|this| Ok(this.plain()))?,
            _ => return Err(Refused),
        }
        Ok(())
    }

    fn starts_plain(&self, c: char) -> bool {
        let indicator = matches!(
            c,
            '-' | '?' | ':' | ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`'
        );
        (!indicator && !ends_word(c)) || (!ends_word(self.char(1)) && (c == '-' || (self.flow == 0 && matches!(c, '?' | ':'))))
    }

    /// A token that may begin a key.
    fn token(&mut self, read: impl FnOnce(&mut Self) -> Read<Kind>) -> Read<()> {
        self.save_key()?;
        self.allow_key = false;
        let line = self.line;
        let kind = read(self)?;
        self.tokens.push_back(Token { kind, line });
        Ok(())
    }

    fn skip_to_token(&mut self) {
        if self.index == 0 && self.char(0) == '\u{feff}' {
            self.forward(1);
        }
        loop {
            self.take_while(|c| c == ' ');
            if self.char(0) == '#' {
                self.take_while(|c| !is_break(c));
            }
            if self.line_break().is_none() {
                return;
            }
            if self.flow == 0 {
                self.allow_key = true;
            }
        }
    }

    /// A directive or a document marker ends all blocks.
    fn begin_line_token(&mut self) -> Read<()> {
        self.unwind(-1);
        self.drop_key()?;
        self.allow_key = false;
        Ok(())
    }

    fn fetch_end(&mut self) -> Read<()> {
        self.begin_line_token()?;
        self.keys.clear();
        self.push(Kind::StreamEnd);
        self.done = true;
        Ok(())
    }

    fn open(&mut self, kind: Kind) -> Read<()> {
        self.save_key()?;
        self.flow += 1;
        self.allow_key = true;
        self.push(kind);
        self.forward(1);
        Ok(())
    }

    fn close(&mut self, kind: Kind) -> Read<()> {
        self.drop_key()?;
        // A bracket too many is refused when the tokens are read; until then the level must not wrap.
        self.flow = self.flow.checked_sub(1).ok_or(Refused)?;
        self.allow_key = false;
        self.push(kind);
        self.forward(1);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Read<()> {
        if self.flow == 0 {
            self.allow_key.then_some(()).ok_or(Refused)?;
            if self.indents_to(self.column) {
                self.push(Kind::BlockSequenceStart);
            }
        }
        self.allow_key = true;
        self.drop_key()?;
        self.push(Kind::BlockEntry);
        self.forward(1);
        Ok(())
    }

    /// What `?` and a `:` without a key before it have in common: in a block they may open a mapping.
    fn open_mapping(&mut self) -> Read<()> {
        if self.flow == 0 {
            self.allow_key.then_some(()).ok_or(Refused)?;
            if self.indents_to(self.column) {
                self.push(Kind::BlockMappingStart);
            }
        }
        self.allow_key = self.flow == 0;
        self.drop_key()
    }

    fn fetch_key(&mut self) -> Read<()> {
        self.open_mapping()?;
        self.push(Kind::Key);
        self.forward(1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Read<()> {
        if let Some(key) = self.keys.remove(&self.flow) {
            let place = key.token.checked_sub(self.taken).filter(|&place| place <= self.tokens.len()).ok_or(Refused)?;
            self.tokens.insert(place, Token { kind: Kind::Key, line: key.line });
            if self.flow == 0 && self.indents_to(key.column) {
                self.tokens.insert(place, Token { kind: Kind::BlockMappingStart, line: key.line });
            }
            self.allow_key = false;
        } else {
            self.open_mapping()?;
        }
        self.push(Kind::Value);
        self.forward(1);
        Ok(())
    }

    /// Ends the blocks that are deeper than the column.
    fn unwind(&mut self, column: i64) {
        while self.flow == 0 && self.indent > column {
            self.indent = self.indents.pop().unwrap_or(-1);
            self.push(Kind::BlockEnd);
        }
    }

    /// Whether a block begins at the column.
    fn indents_to(&mut self, column: i64) -> bool {
        if self.indent >= column {
            return false;
        }
        self.indents.push(self.indent);
        self.indent = column;
        true
    }

    fn save_key(&mut self) -> Read<()> {
        let required = self.flow == 0 && self.indent == self.column;
        if self.allow_key {
            self.drop_key()?;
            let token = self.taken + self.tokens.len();
            let key = SimpleKey { token, required, index: self.index, line: self.line, column: self.column };
            self.keys.insert(self.flow, key);
        }
        Ok(())
    }

    fn drop_key(&mut self) -> Read<()> {
        match self.keys.remove(&self.flow) {
            Some(key) if key.required => Err(Refused),
            _ => Ok(()),
        }
    }

    /// A key does not go over a line, nor too far.
    fn drop_stale_keys(&mut self) -> Read<()> {
        let (line, index) = (self.line, self.index);
        let is_stale = |key: &SimpleKey| key.line != line || index - key.index > LONGEST_KEY;
        if self.keys.values().any(|key| key.required && is_stale(key)) {
            return Err(Refused);
        }
        self.keys.retain(|_, key| !is_stale(key));
        Ok(())
    }
}
