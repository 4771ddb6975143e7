//! From the end of a name to the value that it is given: closing quotes, separator, opening quote, value.
//! Promises a bounded look: 512 bytes from the name to the value, 4 KiB of value; no allocation.
//! Parses no language: broken files give the same answers.

use std::ops::Range;

use super::context::{Site, byte};
use super::literal::{self, Cut};
use super::pair;
use super::separator::{Separator, closers, separator};
use super::syntax::Syntax;

/// How a name and a value stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `name = "value"`, `"name": "value"`, `name("value")` aside.
    Quoted,
    /// `name = wrap("value")`.
    Wrapped,
    /// `name = unhexlify("value")`: whoever decodes it uses it.
    Decoded,
    /// `get("name", "value")`, `name or "value"`.
    Default,
    /// `name == "value"`.
    Compared,
    /// `set_name("value")`.
    Argument,
    /// `name = ["value", …]`.
    Element,
    /// `name: value` to the end of the line or to a blank.
    Bare,
    /// `"…name=value…"` inside a string or a text.
    Embedded,
    /// `{name: "name", value: "value"}`.
    Pair,
    /// `auth=("user", "value")`, `BasicAuth("user", "value")`.
    Login,
    /// `<name>value</name>`.
    Markup,
    /// `name = 12345` in code.
    Number,
}

impl Form {
    /// For the reader.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Quoted => "quoted literal",
            Self::Wrapped => "literal in a call",
            Self::Decoded => "literal that a call decodes",
            Self::Default => "default value",
            Self::Compared => "compared with a literal",
            Self::Argument => "literal argument",
            Self::Element => "element of a list",
            Self::Bare => "value of a setting",
            Self::Embedded => "inside a text",
            Self::Pair => "value of a name-value pair",
            Self::Login => "beside a user",
            Self::Markup => "content of an element",
            Self::Number => "literal number",
        }
    }
}

/// A name's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub value: Range<usize>,
    pub form: Form,
}

/// Farthest value from its name.
const REACH: usize = 512;

/// A name and what separates it from its value.
struct Gap {
    separator: Separator,
    /// Where the separator ends.
    at: usize,
    /// Quotes or brackets close behind the name.
    quoted_name: bool,
}

/// The value of the name that ends at `end`.
pub fn find(site: &Site<'_>, end: usize) -> Option<Binding> {
    let text = site.text;
    if matches!(byte(text, end), b':' | b'-' | b'=') && site.line_before().ends_with(b"${") {
        return expansion(text, end);
    }
    let closed = closers(text, end)?;
    if let Some(value) = pair::value(site, closed) {
        return Some(Binding { value, form: Form::Pair });
    }
    if let Some(value) = pair::variable(site, closed) {
        return Some(Binding { value, form: Form::Default });
    }
    // `x[key] = "…"`: the variable says which entry, its name says nothing about it.
    if byte(text, end) == b']' && site.line_before().ends_with(b"[") && byte(text, end - 1).is_ascii_lowercase() {
        return None;
    }
    let quoted_name = closed > end;
    if is_login(text, end)
        && let Some(value) = pair::login(text, end)
    {
        return Some(Binding { value, form: Form::Login });
    }
    let (separator, at) = separator(text, closed, quoted_name, site.syntax)?;
    let gap = Gap { separator, at, quoted_name };
    if !site.may_bind(separator) {
        return None;
    }
    let form = match separator {
        Separator::Equals | Separator::Colon | Separator::Blank => Form::Quoted,
        Separator::Comparison => Form::Compared,
        Separator::Comma | Separator::Or => Form::Default,
        Separator::Parenthesis => Form::Argument,
        Separator::Angle => return literal::element(text, at).map(|value| Binding { value, form: Form::Markup }),
    };
    // A value may stand on the next line, but not behind YAML's colon: that would be the next key.
    let over_lines = !matches!(separator, Separator::Blank | Separator::Colon) || quoted_name;
    let spaced = literal::skip_blanks(text, at, over_lines);
    let spaced = if separator == Separator::Comma { literal::skip_keyword(text, spaced) } else { spaced };
    let (spaced, form) = match byte(text, spaced) {
        b'(' if separator == Separator::Equals && is_login(text, end) => {
            return pair::login(text, spaced).map(|value| Binding { value, form: Form::Login });
        }
        b'(' if separator == Separator::Equals => (literal::skip_blanks(text, spaced + 1, true), form),
        b'[' if matches!(separator, Separator::Equals | Separator::Colon) => {
            (literal::skip_blanks(text, spaced + 1, true), Form::Element)
        }
        _ => (spaced, form),
    };
    let spaced =
        if site.syntax == Syntax::Yaml && separator == Separator::Colon { skip_properties(text, spaced) } else { spaced };
    if spaced > end + REACH {
        return None;
    }
    if let Some(value) = literal::quoted(text, spaced) {
        return binds_literal(site, &gap, form, spaced, &value).then_some(Binding { value, form });
    }
    if let Some(value) = literal::wrapped(text, spaced).filter(|_| separator != Separator::Blank) {
        let form = if literal::is_decoder(text, spaced) { Form::Decoded } else { Form::Wrapped };
        return Some(Binding { value, form });
    }
    if separator == Separator::Equals
        && let Some(value) = literal::fallback(text, spaced)
    {
        return Some(Binding { value, form: Form::Default });
    }
    bare(site, &gap)
}

/// Behind an anchor and a tag that leaves a scalar what it is: `&name`, `!!str`, Ansible's `!unsafe` (YAML 1.2.2, §6.9).
fn skip_properties(text: &[u8], from: usize) -> usize {
    let mut at = from;
    for _ in 0..2 {
        let word = text.get(at..).unwrap_or_default().iter().take(64).take_while(|byte| byte.is_ascii_graphic()).count();
        let is_property = matches!(text.get(at..at + word), Some(b"!!str" | b"!unsafe" | b"!" | [b'&', _, ..]));
        let behind = literal::skip_blanks(text, at + word, false);
        if !is_property || behind == at + word {
            break;
        }
        at = behind;
    }
    at
}

/// Whether the name that ends at `end` is one for a user and what proves it, as in `HTTPBasicAuth`, `NetworkCredential`.
pub fn is_login(text: &[u8], end: usize) -> bool {
    const ENDS: &[&[u8]] = &[b"auth", b"credential", b"credentials", b"creds"];
    ENDS.iter().any(|word| {
        end.checked_sub(word.len()).and_then(|start| text.get(start..end)).is_some_and(|tail| tail.eq_ignore_ascii_case(word))
    })
}

/// The default in a shell's `${NAME:-default}`.
fn expansion(text: &[u8], end: usize) -> Option<Binding> {
    let colon = usize::from(byte(text, end) == b':');
    let is_default = matches!(byte(text, end + colon), b'-' | b'=');
    let value = literal::until(text, end + colon + 1, b'}').filter(|_| is_default)?;
    Some(Binding { value, form: Form::Default })
}

/// Whether the literal that opens at `at` belongs to the name.
fn binds_literal(site: &Site<'_>, gap: &Gap, form: Form, at: usize, value: &Range<usize>) -> bool {
    let text = site.text;
    // `'Password: ' + x`: the quote behind the name closes the string that the name stands in, unless a letter follows, as after no string.
    let closes = !gap.quoted_name
        && site.syntax != Syntax::Prose
        && site.enclosure() == Some(byte(text, at))
        && !byte(text, value.start).is_ascii_alphanumeric();
    // A role of reStructuredText: `:ticket:`18023``.
    let is_role = gap.separator == Separator::Colon && at == gap.at && byte(text, at) == b'`';
    // A setter has one argument.
    let is_last = form != Form::Argument || byte(text, literal::skip_blanks(text, value.end + 1, false)) == b')';
    // The same where quotes cannot be paired, as in prose: what follows a string begins with punctuation.
    let is_between = !gap.quoted_name
        && (site.syntax == Syntax::Prose || site.has_quotes())
        && matches!(byte(text, value.start), b',' | b';' | b')' | b'}' | b']' | b'+' | b' ');
    // Between a word of a sentence and inline code stands a blank, too: `pass ``mask`` to it`.
    let is_inline_code = gap.separator == Separator::Blank && byte(text, at) == b'`';
    !closes && !is_role && is_last && !is_between && !is_inline_code
}

/// A value without quotes, where the syntax has such.
fn bare(site: &Site<'_>, gap: &Gap) -> Option<Binding> {
    let text = site.text;
    let from = literal::skip_blanks(text, gap.at, false);
    let from = if site.syntax == Syntax::Yaml && gap.separator == Separator::Colon { skip_properties(text, from) } else { from };
    if !matches!(gap.separator, Separator::Equals | Separator::Colon | Separator::Blank)
        || matches!(byte(text, from), b'\n' | b'\r')
    {
        return None;
    }
    let is_code = matches!(site.syntax, Syntax::Code | Syntax::Data);
    if is_code
        && gap.separator != Separator::Blank
        && let Some(value) = literal::number(text, from)
    {
        return Some(Binding { value, form: Form::Number });
    }
    let (cut, form) = ending(site, gap, from)?;
    literal::bare(text, from, cut).map(|value| Binding { value, form })
}

/// Where a bare value that begins at `from` would end.
fn ending(site: &Site<'_>, gap: &Gap, from: usize) -> Option<(Cut, Form)> {
    let tight = gap.separator == Separator::Equals && from == gap.at && !gap.quoted_name;
    let colon = gap.separator == Separator::Colon;
    let embedded = (Cut::Word, Form::Embedded);
    match site.syntax {
        // A script within: no language has this line.
        Syntax::Code if tight && site.line_before().trim_ascii() == b"export" => Some(embedded),
        Syntax::Code | Syntax::Data => ((tight || colon && !gap.quoted_name) && site.is_embedded()).then_some(embedded),
        // In the text of a string, as an argument of a command has it.
        Syntax::Yaml if colon && !gap.quoted_name && site.is_in_string() => Some(embedded),
        Syntax::Yaml if tight && site.line_before().trim_ascii() == b"-" => Some((Cut::Line, Form::Bare)),
        Syntax::Yaml if colon && gap.quoted_name => Some((Cut::Word, Form::Bare)),
        Syntax::Yaml if colon && matches!(byte(site.text, from), b'|' | b'>') => Some((Cut::Block, Form::Bare)),
        Syntax::Yaml if colon => (from > gap.at).then_some((Cut::Yaml, Form::Bare)),
        Syntax::Yaml => tight.then_some(embedded),
        Syntax::Prose if gap.separator == Separator::Equals && !tight => Some((Cut::Last, Form::Embedded)),
        Syntax::Prose => (tight || colon && !gap.quoted_name).then_some(embedded),
        Syntax::Shell | Syntax::Env | Syntax::Settings if gap.separator == Separator::Blank => {
            site.is_directive().then_some((Cut::Last, Form::Bare))
        }
        Syntax::Shell | Syntax::Env if colon => Some(embedded),
        Syntax::Env if site.is_embedded() => tight.then_some(embedded),
        Syntax::Env => (gap.separator == Separator::Equals).then_some((Cut::Line, Form::Bare)),
        // A variable of a makefile; in PowerShell an expression would follow.
        Syntax::Shell if !tight && gap.separator == Separator::Equals => {
            let is_literal = byte(site.text, from).is_ascii_alphanumeric() && !matches!(byte(site.text, from + 1), b'x' | b'X');
            (is_literal && site.line_before().trim_ascii().is_empty()).then_some((Cut::Last, Form::Bare))
        }
        Syntax::Shell => tight.then_some((Cut::Word, Form::Bare)),
        Syntax::Settings if tight && site.is_embedded() => Some(embedded),
        Syntax::Settings => Some((Cut::Line, Form::Bare)),
    }
}
