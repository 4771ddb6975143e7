//! What is wrong with a configuration file, shown at its place and with the way out.
//! Promises one short message with line, caret and what was expected, and that text in quotes is shown only if the message itself names
//! it: a secret written in the wrong place is not repeated.
//! Recovers nothing: a configuration with an error is not used at all, the run ends with exit 2.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use unicode_width::UnicodeWidthChar;

use crate::source::{clip, escape, quote, start_of_key};

/// Characters of a name that are compared, and of a message that are shown.
const NAME: usize = 80;
const MESSAGE: usize = 400;
/// Columns of the source line that are shown at most.
const WIDTH: usize = 110;

const HELP: &str = "every key is explained in docs/configuration.md; nothing is judged by a configuration that is in doubt";

/// An error of a configuration file, and those that follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file, as given to the parser.
    pub file: String,
    /// Line and column (in characters), from 1.
    pub line: u32,
    pub column: u32,
    /// What is wrong and what was expected: lower case, without full stop.
    pub message: String,
    help: Box<str>,
    /// The source line with the caret under it.
    drawing: Box<str>,
    /// Further down.
    pub others: Vec<ConfigError>,
}

impl std::error::Error for ConfigError {}

/// `file:line:column: message`, the source line and a caret.
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message, drawing, .. } = self;
        write!(f, "{}:{line}:{column}: {message}\n{drawing}", escape(file.as_bytes()))
    }
}

impl ConfigError {
    /// The way out.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// Several as one, by line; `None` without any.
    pub(super) fn join(mut errors: Vec<Self>) -> Option<Self> {
        errors.sort_by_key(|error| (error.line, error.column));
        let mut errors = errors.into_iter();
        let first = errors.next()?;
        Some(Self { others: errors.collect(), ..first })
    }

    /// Gives another way out to each of the errors that no rule is called `name`.
    pub fn explain_unknown_rule(&mut self, name: &str, help: &str) {
        if self.message.starts_with(&super::unknown_rule(name)) {
            self.help = clip(help, MESSAGE).into();
        }
        self.others.iter_mut().for_each(|other| other.explain_unknown_rule(name, help));
    }

    /// An error of ours at `span`.
    pub(super) fn new(file: &str, text: &str, span: Range<usize>, message: &str) -> Self {
        Self::place(file, text, span, message, None, false)
    }

    /// An error of the TOML parser, in words that teach.
    pub(super) fn from_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let span = error.span().unwrap_or(0..0);
        let Ok(document) = DeTable::parse(text) else {
            let message = format!("not TOML: {}", error.message());
            return Self::place(file, text, span, &message, None, true);
        };
        let table = table_name(&document, span.start);
        let found = find_value(document.get_ref(), span.start).map_or("something else", kind);
        let (message, help) = teach(error.message(), &table, file, found);
        Self::place(file, text, span, &message, help.as_deref(), false)
    }

    fn place(file: &str, text: &str, span: Range<usize>, message: &str, help: Option<&str>, is_syntax: bool) -> Self {
        let start = floor(text, span.start);
        let end = floor(text, span.end).max(start);
        let (before, _) = text.split_at(start);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let source_line = text.get(line_start..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
        let message = clip(message, MESSAGE);
        let (shown, mark) = masked(source_line.trim_end(), start - line_start..end - line_start, &message, is_syntax);
        let number = (before.matches('\n').count() + 1).to_string();
        let gutter = " ".repeat(number.len());
        let caret = " ".repeat(mark.start) + &"^".repeat(mark.len().max(1));
        Self {
            file: clip(file, MESSAGE),
            line: number.parse().unwrap_or(u32::MAX),
            column: u32::try_from(before.get(line_start..).unwrap_or_default().chars().count() + 1).unwrap_or(u32::MAX),
            message,
            help: clip(help.unwrap_or(HELP), MESSAGE).into(),
            drawing: format!("{gutter} |\n{number} | {shown}\n{gutter} | {caret}").into(),
            others: Vec::new(),
        }
    }
}

/// The known name nearest to `name`, if it is near enough to be meant.
pub(crate) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let name: String = name.chars().take(NAME).collect::<String>().to_lowercase().replace('_', "-");
    let near = name.chars().count() / 3;
    known
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&name, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= near.max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn floor(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// Says what serde says in the terms of the file, and with the name that was probably meant.
fn teach(message: &str, table: &str, file: &str, found: &str) -> (String, Option<String>) {
    if let Some((name, expected)) = split_unknown(message, "unknown field `") {
        let known = format!("keys {table}: {}", expected.join(", "));
        let hint = match (nearest(name, expected.iter().copied()), super::section_of(name, file)) {
            _ if name == "tool" => "; in this file the keys stand at the top level, without [tool.gatewright]".to_owned(),
            (_, Some(section)) => format!("; it belongs {section}"),
            (Some(near), None) => format!("; did you mean `{near}`?"),
            (None, None) => String::new(),
        };
        return (format!("unknown key {} {table}{hint}", quote(name)), Some(known));
    }
    if let Some((name, expected)) = split_unknown(message, "unknown variant `") {
        let hint = nearest(name, expected.iter().copied()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return (format!("unknown value {}{hint}", quote(name)), Some(format!("expected one of {}", expected.join(", "))));
    }
    if let Some((_, expected)) = message.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected ")) {
        let expected = match expected {
            "a sequence" => "a list",
            "i64" => "a number",
            "any value" => "a number up to 9223372036854775807",
            other => other,
        };
        return (format!("expected {expected}, found {found}"), None);
    }
    // What toml says of a value that is to be one of several words.
    if message == "wanted string or table" {
        return (format!("expected a string, found {found}"), None);
    }
    if let Some(key) = message.strip_prefix("missing field ") {
        return (format!("missing key {key} {table}"), None);
    }
    (message.to_owned(), None)
}

/// `PREFIX name`, expected one of `a`, `b`` as serde writes it: the name and the known ones.
fn split_unknown<'m>(message: &'m str, prefix: &str) -> Option<(&'m str, Vec<&'m str>)> {
    let (name, expected) = message.strip_prefix(prefix)?.rsplit_once("`, expected ")?;
    // Names of ours hold neither backticks nor blanks, so the odd pieces are the names.
    Some((name, expected.split('`').skip(1).step_by(2).collect()))
}

/// What a value is, without saying it.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The value that begins at `offset`; of several, the outermost.
fn find_value<'d>(table: &'d DeTable<'_>, offset: usize) -> Option<&'d DeValue<'d>> {
    table.values().find_map(|value| find_value_in(value, offset))
}

fn find_value_in<'d>(value: &'d Spanned<DeValue<'_>>, offset: usize) -> Option<&'d DeValue<'d>> {
    if value.span().start == offset {
        return Some(value.get_ref());
    }
    match value.get_ref() {
        DeValue::Table(table) => find_value(table, offset),
        DeValue::Array(items) => items.iter().find_map(|item| find_value_in(item, offset)),
        _ => None,
    }
}

/// Where the key at `offset` stands: the header of its table, as one would write it.
fn table_name(document: &Spanned<DeTable<'_>>, offset: usize) -> String {
    let mut path = Vec::new();
    let is_entry = find_key(document.get_ref(), offset, &mut path).unwrap_or(false);
    match (path.as_slice(), is_entry) {
        ([], _) => "at the top level".to_owned(),
        (path, false) => format!("in [{}]", path.join(".")),
        (path, true) => format!("in [[{}]]", path.join(".")),
    }
}

/// Fills `path` with the keys down to the table that has a key, or begins itself, at `offset`; says whether it is an entry of a list.
fn find_key(table: &DeTable<'_>, offset: usize, path: &mut Vec<String>) -> Option<bool> {
    for (key, value) in table {
        if key.span().contains(&offset) {
            return Some(false);
        }
        path.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) => {
                if let Some(is_entry) = find_key(inner, offset, path) {
                    return Some(is_entry);
                }
            }
            DeValue::Array(items) => {
                for item in items {
                    let DeValue::Table(inner) = item.get_ref() else { continue };
                    if item.span().contains(&offset) || find_key(inner, offset, path).is_some() {
                        return Some(true);
                    }
                }
            }
            _ => {}
        }
        path.pop();
    }
    None
}

/// The line as it may be shown, and where the mark stands in it, in columns. Comments are left out, and what looks like a key; what stands in
/// quotes is `…` unless `public` names it; where the text is not TOML at all, everything after the first `=` is.
fn masked(line: &str, span: Range<usize>, public: &str, is_syntax: bool) -> (String, Range<usize>) {
    let mut out = Shown { text: String::new(), width: 0, mark: None, end: 0, span };
    let mut rest = line;
    let mut is_value = false;
    while let Some(first) = rest.chars().next() {
        let at = line.len() - rest.len();
        let length = match first {
            '"' | '\'' => {
                let body = rest.get(1..).unwrap_or_default();
                let length = body.find(first).unwrap_or(body.len());
                let content = body.get(..length).unwrap_or_default();
                out.push(at, first);
                if !content.is_empty() && (is_syntax || !public.contains(content)) {
                    out.push(at + 1, '…');
                } else {
                    content.char_indices().for_each(|(offset, c)| out.push(at + 1 + offset, c));
                }
                if body.len() > length {
                    out.push(at + 1 + length, first);
                }
                (length + 2).min(rest.len())
            }
            '#' => break,
            _ if is_syntax && is_value && first.is_alphanumeric() => {
                out.push(at, '…');
                rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())
            }
            _ if first.is_ascii_alphanumeric() => {
                let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
                let word = rest.get(..length).unwrap_or_default();
                let shown = start_of_key(word);
                shown.unwrap_or(word).char_indices().for_each(|(offset, c)| out.push(at + offset, c));
                if let Some(start) = shown {
                    out.push(at + start.len(), '…');
                }
                length
            }
            _ => {
                is_value |= first == '=';
                out.push(at, first);
                first.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    out.cut()
}

struct Shown {
    text: String,
    width: usize,
    mark: Option<usize>,
    end: usize,
    span: Range<usize>,
}

impl Shown {
    /// Adds the character that stands at byte `at` of the line.
    fn push(&mut self, at: usize, c: char) {
        if at >= self.span.start {
            self.mark.get_or_insert(self.width);
        }
        let printable = if c == '\t' { "    ".to_owned() } else { escape(c.encode_utf8(&mut [0; 4]).as_bytes()).into_owned() };
        self.width += printable.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
        self.text.push_str(&printable);
        if at < self.span.end {
            self.end = self.width;
        }
    }

    /// The part of a long line that has the mark in it.
    fn cut(self) -> (String, Range<usize>) {
        let start = self.mark.unwrap_or(self.width);
        let end = self.end.max(start + 1);
        let skipped = if start > WIDTH / 2 && self.width > WIDTH { start - WIDTH / 4 } else { 0 };
        let mut column = 0;
        let mut text = String::new();
        for c in self.text.chars() {
            if (skipped..skipped + WIDTH).contains(&column) {
                text.push(c);
            }
            column += c.width().unwrap_or(0);
        }
        text.truncate(text.trim_end().len());
        let lead = usize::from(skipped > 0);
        let text = if skipped > 0 { format!("…{text}") } else { text };
        (text, start - skipped + lead..end.min(skipped + WIDTH).max(start + 1) - skipped + lead)
    }
}
