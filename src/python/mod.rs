//! Python source, read once for every hook that looks at it: tokens, statements, what a string stands for, how modules are imported.
//! Promises an answer for any bytes; a text that is no Python says so in [`Module::is_whole`].
//! Builds no syntax tree and runs nothing.

mod import;
mod names;
mod place;
mod statement;
mod string;
pub mod token;

pub use self::import::Environ;
pub use self::names::{Use, Wanted};
use self::statement::Statement;
pub use self::string::Literal;
use self::token::{Kind, Token};
use crate::source::RepoPath;

/// A Python text with its tokens and statements.
#[derive(Debug)]
pub struct Module<'t> {
    text: &'t [u8],
    /// Comments are told apart: nothing that asks for a neighbour means one.
    tokens: Vec<Token>,
    comments: Vec<Token>,
    statements: Vec<Statement>,
}

/// Whether a file is Python: by its extension (stubs hold no values), or without one by its first line.
pub fn is_python(path: &RepoPath, text: &[u8]) -> bool {
    if let Some(extension) = path.extension() {
        return extension.eq_ignore_ascii_case(b"py") || extension.eq_ignore_ascii_case(b"pyw");
    }
    let line = text.split(|&b| b == b'\n' || b == b'\r').next().unwrap_or_default();
    let mut runs = line.strip_prefix(b"#!").unwrap_or_default().split(|b| matches!(b, b' ' | b'\t' | b'/'));
    runs.any(|word| word.starts_with(b"python") || word.starts_with(b"pypy"))
}

impl<'t> Module<'t> {
    pub fn new(text: &'t [u8]) -> Self {
        let (mut tokens, mut comments) = (Vec::new(), Vec::new());
        // Where a token went that is no comment: brackets are named by their number.
        let mut moved = Vec::new();
        for mut token in token::tokens(text) {
            token.within = token.within.and_then(|opener| moved.get(opener).copied());
            moved.push(tokens.len());
            if token.kind == Kind::Comment { comments.push(token) } else { tokens.push(token) }
        }
        let statements = statement::statements(text, &tokens);
        Self { text, tokens, comments, statements }
    }

    /// Whether every byte is understood.
    pub fn is_whole(&self) -> bool {
        !self.tokens.iter().any(|token| token.kind == Kind::Error)
    }

    /// The token that holds the byte at `offset`, and its number.
    pub fn token_at(&self, offset: usize) -> Option<(usize, Token)> {
        let index = self.tokens.partition_point(|token| token.end <= offset);
        self.tokens.get(index).copied().filter(|token| token.start <= offset).map(|token| (index, token))
    }

    /// Whether the byte at `offset` is part of a comment.
    pub fn is_comment(&self, offset: usize) -> bool {
        let index = self.comments.partition_point(|token| token.end <= offset);
        self.comments.get(index).is_some_and(|token| token.start <= offset)
    }

    /// All tokens but comments.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The text of a token.
    pub fn text_of(&self, token: &Token) -> &'t [u8] {
        self.text.get(token.start..token.end).unwrap_or_default()
    }

    fn token(&self, index: usize) -> Option<&Token> {
        self.tokens.get(index)
    }

    /// The text of token `index`; empty where there is none.
    fn word(&self, index: usize) -> &'t [u8] {
        self.token(index).map_or(b"", |token| self.text_of(token))
    }

    /// The text of the token `back` places before `index`; empty where there is none.
    fn before(&self, index: usize, back: usize) -> &'t [u8] {
        index.checked_sub(back).map_or(b"", |index| self.word(index))
    }

    fn kind(&self, index: usize) -> Option<Kind> {
        self.token(index).map(|token| token.kind)
    }

    fn is_name(&self, index: usize) -> bool {
        self.kind(index) == Some(Kind::Name)
    }

    /// The statement that token `index` is part of.
    fn statement_of(&self, index: usize) -> Option<&Statement> {
        let after = self.statements.partition_point(|statement| statement.tokens.start <= index);
        self.statements.get(after.checked_sub(1)?)
    }
}

/// The words that are no identifiers, those aside that are names in some places.
const KEYWORDS: &[&[u8]] = &[
    b"and",
    b"as",
    b"assert",
    b"async",
    b"await",
    b"break",
    b"class",
    b"continue",
    b"def",
    b"del",
    b"elif",
    b"else",
    b"except",
    b"finally",
    b"for",
    b"from",
    b"global",
    b"if",
    b"import",
    b"in",
    b"is",
    b"lambda",
    b"nonlocal",
    b"not",
    b"or",
    b"pass",
    b"raise",
    b"return",
    b"try",
    b"while",
    b"with",
    b"yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_is_known_by_extension_or_first_line() {
        let is = |path: &str, text: &str| is_python(&RepoPath::new(path), text.as_bytes());
        assert!(
            is("a.py", "")
                && is("a.PYW", "")
                && is("bin/run", "#!/usr/bin/env python3 -I\nx")
                && is("run", "#!/usr/bin/python\r\n")
        );
        assert!(!is("a.pyi", "#!/usr/bin/python") && !is("run", "#!/bin/sh\npython") && !is("run", "") && !is("a.txt", ""));
    }

    #[test]
    fn comments_are_nobodys_neighbours() {
        let module = Module::new(b"x = (  # one\n  'a'  # two\n)\n");
        let (index, token) = module.token_at(16).unwrap();
        assert_eq!(
            (module.text_of(&token), module.before(index, 1), module.word(index + 1)),
            (&b"'a'"[..], &b"("[..], &b")"[..])
        );
        assert_eq!(token.within, Some(2));
        assert!(module.is_comment(8) && !module.is_comment(16) && module.is_whole());
    }
}
