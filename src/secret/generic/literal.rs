//! The ends of a value: in quotes of every kind, in a call, or bare.
//! Promises at most 4 KiB of value, and none where a literal does not end.
//! Judges no content.

use std::ops::Range;

use super::context::byte;

/// Longest value in quotes.
const LONGEST: usize = 4096;
/// Longest value without: on a long line the next name may be part of it, and must not cost the whole line again.
const LONGEST_BARE: usize = 1024;

/// Where a bare value ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// At a blank or a mark that ends a word in shells, URLs and texts.
    Word,
    /// At the end of the line or its comment.
    Line,
    /// The only word that is left on the line.
    Last,
    /// A YAML plain scalar.
    Yaml,
    /// The only line of a YAML block scalar.
    Block,
}

/// The first byte at or after `at` that is no blank (or line end, if asked for).
pub fn skip_blanks(text: &[u8], at: usize, lines: bool) -> usize {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t') || lines && matches!(byte, b'\n' | b'\r');
    at + text.get(at..).unwrap_or_default().iter().take(512).take_while(|byte| is_blank(byte)).count()
}

/// The inside of a quoted literal that begins at `at`, after at most two prefix letters or signs.
pub fn quoted(text: &[u8], at: usize) -> Option<Range<usize>> {
    let prefix = text.get(at..)?.iter().take(2).take_while(|b| b"bBrRuUfFLNE@$".contains(b)).count();
    let at = at + prefix;
    let formatted = text.get(at - prefix..at).unwrap_or_default().iter().any(|b| matches!(b, b'f' | b'F' | b'$'));
    let value = match [byte(text, at), byte(text, at + 1), byte(text, at + 2)] {
        [quote @ (b'"' | b'\''), b, c] if quote == b && quote == c => triple(text, at + 3, quote),
        // In JavaScript, the empty string: an expression follows.
        [b'`', b'`', first] if first.is_ascii_alphanumeric() => until(text, at + 2, b'`'),
        [b'`', b'`', _] => None,
        [quote @ (b'"' | b'\'' | b'`'), ..] => closing(text, at + 1, quote),
        [b'\\', quote @ (b'"' | b'\''), _] => escaped(text, at + 2, quote),
        [b'&', ..] => {
            let from = at + entity(text, at)?;
            let rest = text.get(from..text.len().min(from + LONGEST))?;
            memchr::memmem::find(rest, text.get(at..from)?).map(|length| from..from + length)
        }
        _ => None,
    }?;
    let has_field = formatted && memchr::memchr(b'{', text.get(value.clone())?).is_some();
    (!has_field).then_some(value)
}

/// Length of the HTML entity of a quote that stands at `at`.
pub fn entity(text: &[u8], at: usize) -> Option<usize> {
    const QUOTES: &[&[u8]] = &[b"&quot;", b"&apos;", b"&#34;", b"&#39;", b"&#x27;", b"&#x22;"];
    QUOTES.iter().find(|quote| text.get(at..).is_some_and(|rest| rest.starts_with(quote))).map(|quote| quote.len())
}

/// Up to the quote that ends the literal; a line end ends it without a value. A longer literal is cut: what was seen of it is judged.
fn closing(text: &[u8], from: usize, quote: u8) -> Option<Range<usize>> {
    let mut is_escaped = false;
    let window = text.get(from..text.len().min(from + LONGEST))?;
    for (length, &byte) in window.iter().enumerate() {
        match byte {
            b'\n' => return None,
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            _ if byte == quote => return Some(from..from + length),
            _ => {}
        }
    }
    (window.len() == LONGEST).then_some(from..from + LONGEST)
}

/// Up to the next escaped quote, inside a string: `\"value\"`.
fn escaped(text: &[u8], from: usize, quote: u8) -> Option<Range<usize>> {
    let rest = text.get(from..text.len().min(from + LONGEST))?;
    let end = memchr::memmem::find(rest, &[b'\\', quote])?;
    let value = rest.get(..end)?;
    (memchr::memchr2(b'\n', quote, value).is_none()).then_some(from..from + end)
}

/// The one line that a triple-quoted literal holds.
fn triple(text: &[u8], from: usize, quote: u8) -> Option<Range<usize>> {
    let rest = text.get(from..text.len().min(from + LONGEST))?;
    let body = rest.get(..memchr::memmem::find(rest, &[quote; 3])?)?;
    let start = body.iter().position(|b| !b.is_ascii_whitespace())?;
    let value = body.trim_ascii();
    memchr::memchr(b'\n', value).is_none().then_some(from + start..from + start + value.len())
}

/// Up to `end` on the same line.
pub fn until(text: &[u8], from: usize, end: u8) -> Option<Range<usize>> {
    let rest = text.get(from..text.len().min(from + LONGEST))?;
    let length = memchr::memchr2(end, b'\n', rest)?;
    (rest.get(length) == Some(&end)).then_some(from..from + length)
}

/// The content of an element that begins at `from`: one line of it, if more than blanks stand there.
pub fn element(text: &[u8], from: usize) -> Option<Range<usize>> {
    let start = skip_blanks(text, from, true);
    let rest = text.get(start..text.len().min(start + LONGEST))?;
    let end = memchr::memchr(b'<', rest)?;
    let value = rest.get(..end)?.trim_ascii_end();
    (!value.is_empty() && memchr::memchr(b'\n', value).is_none()).then_some(start..start + value.len())
}

/// Behind `default=` or `fallback=`, where a call names its default.
pub fn skip_keyword(text: &[u8], at: usize) -> usize {
    const KEYWORDS: &[&[u8]] = &[b"default", b"fallback", b"value"];
    let rest = text.get(at..).unwrap_or_default();
    let Some(keyword) = KEYWORDS.iter().find(|keyword| rest.starts_with(keyword)) else { return at };
    let equals = skip_blanks(text, at + keyword.len(), false);
    if matches!(byte(text, equals), b'=' | b':') { skip_blanks(text, equals + 1, false) } else { at }
}

/// The literal in `expression or "value"`, `expression || "value"`, `expression ?? "value"`, if the expression is short and calls, indexes or
/// names something.
pub fn fallback(text: &[u8], at: usize) -> Option<Range<usize>> {
    const LONGEST_EXPRESSION: usize = 160;
    let line = text.get(at..text.len().min(at + LONGEST_EXPRESSION))?;
    let line = line.get(..memchr::memchr2(b'\n', b';', line).unwrap_or(line.len()))?;
    let operator = line.windows(4).position(|four| matches!(four, b" or " | b" || " | b" ?? "))?;
    let is_simple = line.get(..operator)?.iter().all(|b| b.is_ascii_alphanumeric() || b"_.()[]'\"$:".contains(b));
    is_simple.then(|| quoted(text, skip_blanks(text, at + operator + 4, false)))?
}

/// Calls whose argument is the value itself.
#[rustfmt::skip]
const WRAPPERS: &[&str] = &[
    "string", "str", "bytes", "bytearray", "encodestring", "b64encode", "b64decode", "from", "ptr", "secretstr", "secret",
    "sensitive", "value", "securestring", "fromhex", "unhexlify", "pointer", "buffer", "uint8array", "to_bytes", "tobytes",
    "force_bytes", "force_str", "of", "valueof", "field", "hex", "base64", "byte",
];

/// Whether calls of that name hand their argument on.
pub fn is_wrapper(name: &[u8]) -> bool {
    WRAPPERS.iter().any(|wrapper| name.eq_ignore_ascii_case(wrapper.as_bytes()))
}

/// The literal in `wrap("value")` if the call hands its argument on.
pub fn wrapped(text: &[u8], at: usize) -> Option<Range<usize>> {
    const LONGEST_NAME: usize = 64;
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"_.:[]&".contains(b);
    let length = text.get(at..)?.iter().take(LONGEST_NAME).take_while(|b| is_name(b)).count();
    let name = text.get(at..at + length)?;
    let last = name.rsplit(|b| b"._:]".contains(b) && *b != b'_').next().unwrap_or(name);
    let is_wrapper = last.is_empty() || is_wrapper(last);
    if name.eq_ignore_ascii_case(b"ConvertTo") {
        return secure_string(text, at);
    }
    let argument = skip_blanks(text, at + length + 1, false);
    let default = skip_keyword(text, argument);
    let hands_on = length > 0 && byte(text, at + length) == b'(' && (is_wrapper || default > argument);
    hands_on.then(|| quoted(text, default))?
}

/// Whether the call that begins at `at` turns hexadecimal digits or base64 into bytes.
pub fn is_decoder(text: &[u8], at: usize) -> bool {
    const DECODERS: &[&[u8]] = &[b"unhexlify", b"fromhex", b"b64decode", b"decodestring", b"hex.decode", b"frombase64string"];
    let rest = text.get(at..).unwrap_or_default();
    let call = rest.get(..memchr::memchr2(b'(', b'\n', rest).unwrap_or(0)).unwrap_or_default();
    DECODERS.iter().any(|name| call.len() >= name.len() && call.split_at(call.len() - name.len()).1.eq_ignore_ascii_case(name))
}

/// PowerShell's `ConvertTo-SecureString -String "value"`.
fn secure_string(text: &[u8], at: usize) -> Option<Range<usize>> {
    const CALL: &[u8] = b"ConvertTo-SecureString";
    const LONGEST_OPTION: usize = 24;
    let (call, rest) = text.get(at..)?.split_at_checked(CALL.len())?;
    let option = rest.iter().take(LONGEST_OPTION).position(|b| matches!(b, b'"' | b'\''))?;
    call.eq_ignore_ascii_case(CALL).then(|| quoted(text, at + CALL.len() + option))?
}

/// A run of digits that nothing but the end of an expression follows.
pub fn number(text: &[u8], at: usize) -> Option<Range<usize>> {
    let length = text.get(at..)?.iter().take(64).take_while(|b| b.is_ascii_digit()).count();
    let ends =
        matches!(byte(text, skip_blanks(text, at + length, false)), b',' | b';' | b')' | b'}' | b']' | b'\n' | b'\r' | b'#' | 0);
    (length > 0 && ends).then_some(at..at + length)
}

/// A value without quotes that begins at `from`.
pub fn bare(text: &[u8], from: usize, cut: Cut) -> Option<Range<usize>> {
    if cut == Cut::Block {
        return block(text, from);
    }
    let window = text.get(from..text.len().min(from + LONGEST_BARE))?;
    let line = window.get(..memchr::memchr2(b'\n', b'\r', window).unwrap_or(window.len()))?;
    let value = match cut {
        Cut::Word => {
            line.get(..line.iter().position(|b| b.is_ascii_whitespace() || b"\"'`&;,)<>|\\]".contains(b)).unwrap_or(line.len()))?
        }
        Cut::Line => comment_cut(line).trim_ascii_end(),
        Cut::Last => Some(line.trim_ascii_end()).filter(|line| !line.iter().any(u8::is_ascii_whitespace))?,
        Cut::Yaml | Cut::Block => yaml(line)?,
    };
    let value = if cut == Cut::Word { value.strip_suffix(b".").unwrap_or(value) } else { value };
    let is_open = memchr::memchr(b'{', value).is_some();
    let value =
        if is_open || cut != Cut::Word { value } else { value.get(..memchr::memchr(b'}', value).unwrap_or(value.len()))? };
    (!value.is_empty()).then_some(from..from + value.len())
}

fn comment_cut(line: &[u8]) -> &[u8] {
    let is_mark = |at: &usize| {
        matches!(line.get(*at), Some(b'#' | b';'))
            && at.checked_sub(1).and_then(|before| line.get(before)).is_some_and(u8::is_ascii_whitespace)
    };
    let end = memchr::memchr2_iter(b'#', b';', line).find(is_mark).unwrap_or(line.len());
    line.get(..end).unwrap_or(line)
}

/// The line behind a block scalar's sign (`|`, `>-`) if the line after it is indented less or empty.
fn block(text: &[u8], from: usize) -> Option<Range<usize>> {
    let window = text.get(from..text.len().min(from + LONGEST))?;
    let sign = window.iter().take_while(|b| b"|>+-0123456789 \r".contains(b)).count();
    let body = window.get(sign..)?.strip_prefix(b"\n")?;
    let mut lines = body.split(|b| *b == b'\n');
    let line = lines.next()?;
    let indent = |line: &[u8]| line.len() - line.trim_ascii_start().len();
    let is_only = lines.next().is_none_or(|next| next.trim_ascii().is_empty() || indent(next) < indent(line));
    let start = from + sign + 1 + indent(line);
    let value = line.trim_ascii();
    (is_only && indent(line) > 0 && !value.is_empty()).then_some(start..start + value.len())
}

/// A plain scalar: up to a comment, and inside `{…}` up to the next entry.
fn yaml(line: &[u8]) -> Option<&[u8]> {
    if line.first().is_none_or(|b| b"&*!|>{[%@#".contains(b)) {
        return None;
    }
    let line = comment_cut(line).trim_ascii_end();
    let flow = line.ends_with(b"}") && memchr::memchr(b'{', line).is_none();
    let end = line.iter().position(|b| flow && b",}".contains(b)).unwrap_or(line.len());
    line.get(..end)
}

/// The further quoted elements of a list whose first one ends at `end`.
pub fn elements(text: &[u8], end: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = end;
    std::iter::from_fn(move || {
        let closed = if byte(text, at) == b'\\' { at + 2 } else { at + 1 };
        let comma = skip_blanks(text, closed, true);
        let next = (byte(text, comma) == b',').then(|| quoted(text, skip_blanks(text, comma + 1, true)))??;
        at = next.end;
        Some(next)
    })
    .take(16)
}
