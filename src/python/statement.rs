//! Tokens as statements: ends of lines, semicolons, and the colons that begin a block.
//! Promises that the statements cover the tokens in order. Broken Python gives some division, not a right one.
//! Knows nothing inside a statement.

use std::ops::Range;

use super::token::{Kind, Token};

/// A simple statement, or the head of a compound one up to its colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) tokens: Range<usize>,
    /// Nothing stands before it on its logical line.
    pub(super) is_first: bool,
    /// The head of a compound statement.
    pub(super) is_head: bool,
    /// It follows such a head on the same line.
    pub(super) is_in_block: bool,
}

/// Words with which a compound statement begins.
const HEADS: &[&[u8]] =
    &[b"async", b"class", b"def", b"elif", b"else", b"except", b"finally", b"for", b"if", b"try", b"while", b"with"];

/// `tokens` has no comments.
pub(super) fn statements(text: &[u8], tokens: &[Token]) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in tokens.split_inclusive(|token| token.kind == Kind::Newline) {
        Line { text, start, tokens: line }.divide(&mut found);
        start += line.len();
    }
    found
}

/// A logical line.
struct Line<'a> {
    text: &'a [u8],
    /// The number of its first token.
    start: usize,
    tokens: &'a [Token],
}

impl Line<'_> {
    fn divide(&self, found: &mut Vec<Statement>) {
        let colon = self.block_colon();
        let mut start = 0;
        for (index, token) in self.tokens.iter().enumerate() {
            let is_head = colon == Some(index);
            let is_end = is_head || token.kind == Kind::Newline || (token.within.is_none() && self.word(index) == b";");
            if token.kind == Kind::Newline
                && start == index
                && let Some(last) = found.last_mut()
            {
                last.tokens.end += 1;
            } else if is_end || index + 1 == self.tokens.len() {
                let tokens = self.start + start..self.start + index + 1;
                let is_in_block = colon.is_some_and(|colon| start > colon);
                found.push(Statement { tokens, is_first: start == 0, is_head, is_in_block });
                start = index + 1;
            }
        }
    }

    fn word(&self, index: usize) -> &[u8] {
        self.tokens.get(index).and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default()
    }

    /// The colon behind which the block begins.
    fn block_colon(&self) -> Option<usize> {
        // `match` and `case` are names, too: `match: str`, `case = 1`, `match.group()`.
        let is_soft = matches!(self.word(0), b"match" | b"case")
            && !matches!(self.word(1), b"=" | b":" | b"." | b"," | b")" | b"")
            && self.tokens.get(1).is_some_and(|token| token.kind != Kind::Newline);
        if !is_soft && !HEADS.contains(&self.word(0)) {
            return None;
        }
        let mut lambdas = 0;
        for (index, token) in self.tokens.iter().enumerate().filter(|(_, token)| token.within.is_none()) {
            match (token.kind, self.word(index)) {
                (Kind::Name, b"lambda") => lambdas += 1,
                (Kind::Op, b":") if lambdas > 0 => lambdas -= 1,
                (Kind::Op, b":") => return Some(index),
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::Module;

    fn divided(text: &str) -> Vec<String> {
        let module = Module::new(text.as_bytes());
        let words = |range: std::ops::Range<usize>| {
            range.map(|index| String::from_utf8_lossy(module.word(index)).trim().to_owned()).collect::<Vec<_>>().join(" ")
        };
        module
            .statements
            .iter()
            .map(|s| format!("{}{}", words(s.tokens.clone()).trim(), if s.is_head { " {" } else { "" }))
            .collect()
    }

    #[test]
    fn lines_semicolons_and_blocks_divide() {
        assert_eq!(divided("a = 1; b = [\n2]\n\nc"), ["a = 1 ;", "b = [ 2 ]", "c"]);
        assert_eq!(divided("if lambda: x: y = 1; z"), ["if lambda : x : {", "y = 1 ;", "z"]);
        assert_eq!(divided("x: int = 1"), ["x : int = 1"]);
        assert_eq!(divided("async def f(a: str) -> str: ..."), ["async def f ( a : str ) -> str : {", "..."]);
    }

    #[test]
    fn match_and_case_are_names_too() {
        assert_eq!(divided("match x:\n  case 'a': y\n"), ["match x : {", "case 'a' : {", "y"]);
        assert_eq!(
            divided("match: str = 'x'\ncase = {1: 2}\nmatch.x = 1\ncase\n"),
            ["match : str = 'x'", "case = { 1 : 2 }", "match . x = 1", "case"]
        );
    }
}
