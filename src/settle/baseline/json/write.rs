//! The writers: Python's indented ASCII form, and one line of UTF-8.

use std::fmt::Write as _;

use super::{Json, Number, Text, Value};
use crate::source::is_unprintable;

pub(super) fn python(value: &Json) -> String {
    let mut out = String::new();
    write(&mut out, value, Some(0));
    out
}

pub(super) fn line(value: &Json) -> String {
    let mut out = String::new();
    write(&mut out, value, None);
    out
}

/// `indent` is the level of the value in the indented form, `None` in the one-line form.
fn write(out: &mut String, value: &Json, indent: Option<usize>) {
    match &value.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(Number::Int(digits)) => out.push_str(digits),
        Value::Number(Number::Float(number)) => float(out, *number),
        Value::String(text) => string(out, text, indent.is_some()),
        Value::Array(items) => {
            container(out, '[', items, indent, write);
            out.push(']');
        }
        Value::Object(members) => {
            container(out, '{', members, indent, |out, member, inner| {
                string(out, &member.key, inner.is_some());
                out.push_str(if inner.is_some() { ": " } else { ":" });
                write(out, &member.value, inner);
            });
            out.push('}');
        }
    }
}

fn container<T>(out: &mut String, open: char, items: &[T], indent: Option<usize>, item: impl Fn(&mut String, &T, Option<usize>)) {
    out.push(open);
    let inner = indent.map(|level| level + 1);
    for (place, value) in items.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        new_line(out, inner);
        item(out, value, inner);
    }
    if !items.is_empty() {
        new_line(out, indent);
    }
}

fn new_line(out: &mut String, indent: Option<usize>) {
    if let Some(level) = indent {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", level));
    }
}

fn string(out: &mut String, text: &Text, ascii: bool) {
    out.push('"');
    for code in text.code_points() {
        match (code, char::from_u32(code)) {
            (0x22, _) => out.push_str("\\\""),
            (0x5c, _) => out.push_str("\\\\"),
            (0x0a, _) => out.push_str("\\n"),
            (0x0d, _) => out.push_str("\\r"),
            (0x09, _) => out.push_str("\\t"),
            (0x08, _) => out.push_str("\\b"),
            (0x0c, _) => out.push_str("\\f"),
            (_, Some(c @ ' '..='~')) => out.push(c),
            (_, Some(c)) if !ascii && !is_unprintable(c) => out.push(c),
            (_, Some(c)) => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| unicode(out, u32::from(*unit))),
            (_, None) => unicode(out, code),
        }
    }
    out.push('"');
}

fn unicode(out: &mut String, unit: u32) {
    let _ = write!(out, "\\u{unit:04x}");
}

/// Python's `repr`: the shortest digits that read back as the same number, an exponent below 1e-4 and from 1e16 on.
fn float(out: &mut String, number: f64) {
    if !number.is_finite() {
        out.push_str(if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        });
        return;
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&exponent) {
        let fixed = number.to_string();
        let point = if fixed.contains('.') { "" } else { ".0" };
        let _ = write!(out, "{fixed}{point}");
    } else {
        let _ = write!(out, "{digits}e{exponent:+03}");
    }
}
