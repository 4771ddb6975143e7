//! What separates a name from its value.
//! Promises to look at no more than the blanks, one operator and one type annotation.
//! Does not look at the value.

use super::context::byte;
use super::literal;
use super::syntax::Syntax;

/// What stands between a name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `=` `:=` `::=` `=>` `?=` `+=` `.=` `||=`
    Equals,
    Colon,
    /// `==` `!=` `===` `!==` `~=`
    Comparison,
    Comma,
    /// `or`, `||`, `??`
    Or,
    Parenthesis,
    Angle,
    /// Only blanks: `ENV NAME value`, `PASSWORD 'value'`.
    Blank,
}

/// Quotes and brackets that close behind a name, escaped or not: `"name"`, `x["name"]`, `\"name\"`, `**name**`.
pub fn closers(text: &[u8], end: usize) -> Option<usize> {
    let mut at = end;
    while at < end + 4 {
        match (byte(text, at), byte(text, at + 1)) {
            (b'"' | b'\'' | b'`' | b']', _) | (b'}', b'"') => at += 1,
            (b'*', b'*') | (b'\\', b'"' | b'\'') => at += 2,
            (b'&', _) => at += literal::entity(text, at)?,
            _ => break,
        }
    }
    Some(at)
}

/// The separator behind a name and where it ends.
pub fn separator(text: &[u8], from: usize, quoted_name: bool, syntax: Syntax) -> Option<(Separator, usize)> {
    let at = literal::skip_blanks(text, from, false);
    let closed_by_quote = quoted_name && byte(text, from - 1) != b']';
    let head = [byte(text, at), byte(text, at + 1), byte(text, at + 2)];
    let found = match head {
        // There the second sign is a part of the value.
        [b'=', b'=', _] if syntax == Syntax::Env => (Separator::Equals, at + 1),
        [b'=' | b'!', b'=', b'='] => (Separator::Comparison, at + 3),
        [b'=' | b'!' | b'~', b'=', _] => (Separator::Comparison, at + 2),
        [b'=', b'>', _] | [b':' | b'?' | b'+' | b'.', b'=', _] => (Separator::Equals, at + 2),
        [b'|', b'|', b'='] | [b'?', b'?', b'='] | [b':', b':', b'='] => (Separator::Equals, at + 3),
        [b'=', ..] => (Separator::Equals, at + 1),
        [b':', b':', b':'] if byte(text, at + 3) == b'=' => (Separator::Equals, at + 4),
        [b':', b':', _] => return None,
        [b':', b'*', b'*'] => (Separator::Colon, at + 3),
        [b'?', b':', _] if syntax == Syntax::Code => (Separator::Colon, at + 2),
        [b':', ..] => match annotation(text, at + 1).filter(|_| syntax == Syntax::Code) {
            Some(equals) => (Separator::Equals, equals + 1),
            None => (Separator::Colon, at + 1),
        },
        [b',', ..] if closed_by_quote => (Separator::Comma, at + 1),
        [b'|', b'|', _] | [b'?', b'?', _] => (Separator::Or, at + 2),
        [b'o', b'r', b' '] if at > from => (Separator::Or, at + 3),
        // `The password is "x"`, in text.
        [b'i', b's', b' '] if at > from && matches!(byte(text, at + 3), b'`' | b'"' | b'\'') => (Separator::Blank, at + 3),
        [b'(', ..] if at == from && !quoted_name => (Separator::Parenthesis, at + 1),
        [b'>', ..] if at == from => (Separator::Angle, at + 1),
        _ if at > from => return typed_or_blank(text, from, at, syntax),
        _ => return None,
    };
    Some(found)
}

/// After blanks: Go's `name string = "…"`, or nothing but the blanks where a syntax has that.
fn typed_or_blank(text: &[u8], from: usize, at: usize, syntax: Syntax) -> Option<(Separator, usize)> {
    const LONGEST_TYPE: usize = 32;
    let word = (at..at + LONGEST_TYPE).find(|&at| !byte(text, at).is_ascii_alphanumeric()).unwrap_or(at);
    let equals = literal::skip_blanks(text, word, false);
    if word > at && equals > word && byte(text, equals) == b'=' && byte(text, equals + 1) != b'=' {
        return Some((Separator::Equals, equals + 1));
    }
    // SQL: `PASSWORD 'x'`, and only that word: people write "pass 'x' on".
    let is_sql = byte(text, at) == b'\''
        && from.checked_sub(9).and_then(|start| text.get(start..from)).is_some_and(|word| {
            word.first().is_some_and(u8::is_ascii_whitespace) && word.trim_ascii_start().eq_ignore_ascii_case(b"password")
        });
    let may_be_blank = matches!(syntax, Syntax::Shell | Syntax::Env | Syntax::Settings) || is_sql;
    may_be_blank.then_some((Separator::Blank, from))
}

/// The `=` behind a type annotation that begins at `from`: `: Optional[str] = `.
fn annotation(text: &[u8], from: usize) -> Option<usize> {
    const LONGEST: usize = 80;
    let at = literal::skip_blanks(text, from, false);
    if !byte(text, at).is_ascii_alphabetic() {
        return None;
    }
    let equals =
        (at..at + LONGEST).find(|&at| !(byte(text, at).is_ascii_alphanumeric() || b"_.[]|, <>?&".contains(&byte(text, at))))?;
    (byte(text, equals) == b'=' && !matches!(byte(text, equals + 1), b'=' | b'>')).then_some(equals)
}
