//! How Python gives a name its value, over lines and brackets: assignments to several names, entries, defaults, arguments beside a name,
//! comparisons, patterns. Promises a bounded look, and nothing where a name stands inside a text.
//! What it does not know, `binding` may: that reads the name's line in any language.

pub mod calls;
mod expression;
mod reader;
mod targets;
#[cfg(test)]
mod tests;

use std::ops::Range;

use self::reader::Reader;
use super::binding::{self, Binding, Form};
use super::context::{self, Site, byte};
use super::literal;
use crate::python::token::Kind;

/// A literal that a name is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub binding: Binding,
    /// The value, where it does not stand in the text as it reads: several literals side by side.
    pub joined: Option<Vec<u8>>,
}

/// Farthest look back for the bracket that a name stands in.
const BACK: usize = 512;

/// The call that compares what it is given.
const COMPARING: &[u8] = b"compare_digest(";

/// The values of the name that ends at `end`; `None` where that cannot be told.
pub fn values(site: &Site<'_>, end: usize) -> Option<Vec<Given>> {
    let reader = match (byte(site.text, end), byte(site.text, end + 1)) {
        (quote @ (b'"' | b'\''), next) if quote != next => entry(site, end + 1)?,
        (b'"' | b'\'', _) => return None,
        _ => match compared_before(site) {
            Some(value) => return Some(vec![Given { binding: Binding { value, form: Form::Compared }, joined: None }]),
            None => variable(site, end)?,
        },
    };
    reader.is_sure.then_some(reader.found)
}

/// The literal in `"value" == name`.
fn compared_before(site: &Site<'_>) -> Option<Range<usize>> {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.');
    let name = site.text.get(..site.hit)?.iter().rev().take_while(|b| is_name(b)).count();
    match site.text.get(..site.hit - name)? {
        [.., b'=' | b'!', b'='] | [.., b'=' | b'!', b'=', b' '] => {}
        _ => return None,
    }
    let line = site.line_before();
    let head = line.trim_ascii_end();
    let (quote, head) = head.get(..head.len().checked_sub(2)?)?.trim_ascii_end().split_last()?;
    let opened = memchr::memrchr(*quote, head).filter(|_| matches!(quote, b'"' | b'\''))?;
    let line_start = site.start() - line.len();
    Some(line_start + opened + 1..line_start + head.len())
}

/// Of a name that is no part of a text.
fn variable<'t>(site: &Site<'t>, end: usize) -> Option<Reader<'t>> {
    let text = site.text;
    let next = literal::skip_blanks(text, end, false);
    let may_follow = match byte(text, next) {
        // A user and a password are `pair`'s.
        b'=' if byte(text, literal::skip_blanks(text, next + 1, false)) == b'(' && binding::is_login(text, end) => false,
        b'=' => may_give(text, next) || is_second(site),
        b':' => may_give(text, next) || site.line_before().trim_ascii() == b"match",
        b'(' => site.line_before().ends_with(b"def "),
        b',' if site.line_before().ends_with(COMPARING) => true,
        b',' | b')' | b']' => targets::may_follow(text, next) && targets::before(site.line_before()).is_some(),
        _ => may_give(text, next),
    };
    let line = may_follow.then(|| site.line_before())?;
    if !matches!(site.enclosure(), None | Some(b'#')) {
        return None;
    }
    let mut reader = Reader::new(text, end);
    match reader.word() {
        b"=" => match targets::before(line) {
            Some(before) if before > 0 && targets::values(&mut reader, before, before + 1) => {}
            // In a call over lines, other arguments may stand before this one.
            _ => {
                reader = Reader::new(text, end);
                given(&mut reader)?;
            }
        },
        b":" if line.trim_ascii() == b"match" => patterns(&mut reader),
        b"in" if line.ends_with(b"for ") => return None,
        b"(" => returned(&mut reader)?,
        b"," if line.ends_with(COMPARING) => compared(&mut reader),
        b"," | b")" | b"]" => {
            let before = targets::before(line)?;
            let behind = targets::behind(&mut reader)?;
            targets::values(&mut reader, before, before + 1 + behind).then_some(())?;
        }
        b":" => annotated(&mut reader)?,
        _ => given(&mut reader)?,
    }
    Some(reader)
}

/// Of a name that is a whole string, or the end of one, and is followed by its quote.
fn entry<'t>(site: &Site<'t>, behind: usize) -> Option<Reader<'t>> {
    let text = site.text;
    let next = literal::skip_blanks(text, behind, true);
    let further = literal::skip_blanks(text, next + 1, false);
    let may_follow = match byte(text, next) {
        b':' => may_give(text, next),
        b']' => may_give(text, further),
        b')' => may_give(text, further) || byte(text, further) == b'.',
        other => other == b',',
    };
    if !may_follow || site.enclosure() != text.get(behind - 1).copied() {
        return None;
    }
    if byte(text, next) == b',' {
        return beside(site, next);
    }
    let mut reader = Reader::new(text, behind);
    reader.skip_lines();
    match reader.take().map(|token| reader.text_of(Some(token)))? {
        b":" => reader.expression(Form::Quoted),
        b"]" if reader.word() == b":" => annotated(&mut reader)?,
        b")" if reader.word() == b"." => filled(&mut reader)?,
        _ => given(&mut reader)?,
    }
    Some(reader)
}

/// Whether the operator at `at`, if there is one, may give a literal: not if none stands before the end of what it gives. That is how
/// most names stand, and it costs less to see than to read.
fn may_give(text: &[u8], at: usize) -> bool {
    let length = match [byte(text, at), byte(text, at + 1), byte(text, at + 2)] {
        [b'=' | b'!' | b':' | b'+', b'=', _] | [b'o', b'r', b' ' | b'\n' | b'\\'] | [b'i', b'n', b' '] => 2,
        [b'=' | b':', _, _] => 1,
        _ => return false,
    };
    let from = literal::skip_blanks(text, at + length, false);
    let mut open = 0_usize;
    for (place, byte) in text.iter().enumerate().skip(from).take(BACK) {
        match byte {
            b'"' | b'\'' => return true,
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' | b',' | b';' if open == 0 => return false,
            b')' | b']' | b'}' => open -= 1,
            b'\r' | b'\n' if open > 0 || matches!(text.get(place - 1), Some(b'\\' | b'\r')) => {}
            b'\r' | b'\n' if place == from => return text.get(at) != Some(&b':'),
            // `or` may follow on the next line.
            b'\r' | b'\n' => return matches!(text.get(literal::skip_blanks(text, place, true)), Some(b'o' | b'a')),
            _ => {}
        }
    }
    text.len() > from + BACK
}

/// Whether a comma stands before the name.
fn is_second(site: &Site<'_>) -> bool {
    site.text.get(..site.start()).is_some_and(|head| matches!(head, [.., b','] | [.., b',', b' ']))
}

/// What an operator gives to what stands before it.
fn given(reader: &mut Reader<'_>) -> Option<()> {
    match reader.word() {
        b"=" | b":=" | b"+=" => {
            reader.take();
            reader.expression(Form::Quoted);
        }
        b"or" => {
            reader.take();
            reader.expression(Form::Default);
        }
        b"==" | b"!=" | b"in" => compared(reader),
        _ => return None,
    }
    Some(())
}

/// Behind the name of a pair, an option or a setting, in a call, and its comma: the argument that follows, or the default.
fn beside<'t>(site: &Site<'t>, comma: usize) -> Option<Reader<'t>> {
    /// Calls that take an option's names and, by its keyword, the default.
    const OPTIONS: &[&[u8]] = &[b"add_argument", b"add_option", b"option", b"argument"];
    /// Calls that take what has the name before it.
    const SETTERS: &[&[u8]] =
        &[b"set", b"setattr", b"__setattr__", b"setitem", b"hset", b"getattr", b"put", b"setdefault", b"define_string", b"fill"];
    let before = site.line_before();
    let sign = before.iter().rev().take_while(|b| matches!(b, b'-' | b'#')).count();
    let (quote, head) = site.text.get(..site.start().checked_sub(sign)?)?.split_last()?;
    let (callee, is_first) = call_around(head).filter(|_| matches!(quote, b'"' | b'\''))?;
    let is = |list: &[&[u8]]| list.iter().any(|name| callee.eq_ignore_ascii_case(name));
    let is_option = is(OPTIONS);
    let takes_next = is(SETTERS) || is_first && !is_option && context::takes_pairs(callee);
    let has_default = is_option || is_first || is(&[b"get"]);
    let mut reader = Reader::new(site.text, comma + 1);
    reader.arguments(|place, keyword| {
        match keyword {
            Some(b"default" | b"fallback" | b"value") => has_default,
            Some(_) => false,
            None => place == 0 && takes_next,
        }
        .then_some(Form::Default)
    });
    Some(reader)
}

/// The function in whose call `before` ends, and whether nothing stands between its parenthesis and that end.
fn call_around(before: &[u8]) -> Option<(&[u8], bool)> {
    let from = before.len().saturating_sub(BACK);
    let mut at = before.len();
    let mut closed = 0_usize;
    while at > from {
        at -= 1;
        match byte(before, at) {
            b')' | b']' | b'}' => closed += 1,
            b'(' if closed == 0 => {
                let head = before.get(..at)?;
                let name = head.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
                let is_first = before.get(at + 1..)?.trim_ascii().is_empty();
                return Some((head.get(at - name..)?, is_first)).filter(|_| name > 0);
            }
            b'[' | b'{' if closed == 0 => return None,
            b'(' | b'[' | b'{' => closed -= 1,
            quote @ (b'"' | b'\'') => {
                let line = before.get(from..at)?;
                let line = line.get(memchr::memrchr(b'\n', line).map_or(0, |newline| newline + 1)..)?;
                at = memchr::memrchr(quote, line).map_or(at, |opened| at - line.len() + opened);
            }
            _ => {}
        }
    }
    None
}

/// Behind `find("password")`: what a field of a form is filled with.
fn filled(reader: &mut Reader<'_>) -> Option<()> {
    #[rustfmt::skip]
    const FILL: &[&[u8]] = &[b"send_keys", b"fill", b"type", b"type_text", b"press_sequentially", b"set_value", b"setText", b"set_text"];
    reader.take();
    let is_filled = FILL.contains(&reader.word());
    reader.take();
    (is_filled && reader.takes(b"("))
        .then(|| reader.arguments(|place, keyword| (place == 0 && keyword.is_none()).then_some(Form::Argument)))
}

/// Behind an annotation: what is assigned.
fn annotated(reader: &mut Reader<'_>) -> Option<()> {
    let mut open = 0_usize;
    reader.take();
    loop {
        match reader.word() {
            b"=" if open == 0 => break,
            b"(" | b"[" | b"{" => open += 1,
            b")" | b"]" | b"}" => open = open.checked_sub(1)?,
            b"," | b";" | b":" if open == 0 => return None,
            _ if reader.kind() == Some(Kind::Newline) => return None,
            _ => {}
        }
        reader.take()?;
    }
    reader.take();
    reader.expression(Form::Quoted);
    Some(())
}

/// Behind `==`, `!=`, `in` or a comma.
fn compared(reader: &mut Reader<'_>) {
    reader.take();
    reader.operand(Form::Compared);
}

/// What a function comes to whose name is behind us, if it does nothing else.
fn returned(reader: &mut Reader<'_>) -> Option<()> {
    reader.take();
    reader.leave();
    while !matches!(reader.word(), b":" | b"") {
        reader.take();
    }
    reader.take();
    reader.skip_lines();
    if reader.kind() == Some(Kind::String) {
        reader.take();
        reader.skip_lines();
    }
    reader.takes(b"return").then(|| reader.expression(Form::Argument))
}

/// The texts of the cases of a `match`, whose colon is next.
fn patterns(reader: &mut Reader<'_>) {
    let (mut is_pattern, mut is_new_line) = (false, false);
    while let Some(kind) = reader.kind() {
        match reader.word() {
            _ if is_pattern && kind == Kind::String => {
                reader.operand(Form::Compared);
                continue;
            }
            b"match" if is_new_line => return,
            b"case" if is_new_line => is_pattern = true,
            b":" => is_pattern = false,
            _ => {}
        }
        reader.take();
        is_new_line = kind == Kind::Newline;
    }
}
