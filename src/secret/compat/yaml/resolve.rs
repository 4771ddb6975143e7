//! What a scalar is in YAML 1.1: `yes` is a boolean, `0x1f` and `1:30` are numbers, `2020-01-02` is a date.
//! Promises PyYAML's verdicts, and its refusal of what it cannot turn into a Python object.
//! Values matter only as keys: of two equal ones the later counts.

use std::sync::LazyLock;

use regex::Regex;

use super::super::base64::decode_lenient;
use super::{Read, Refused};

/// The tags that PyYAML's safe loader knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Str,
    Binary,
    Null,
    Bool,
    Int,
    Float,
    Timestamp,
    /// `<<`
    Merge,
    /// `=`
    Value,
    Seq,
    Omap,
    Pairs,
    Map,
    Set,
    Unknown,
}

/// The type that a tag names.
pub(super) fn tagged(tag: &str) -> Type {
    match tag.strip_prefix("tag:yaml.org,2002:").unwrap_or_default() {
        "str" => Type::Str,
        "binary" => Type::Binary,
        "null" => Type::Null,
        "bool" => Type::Bool,
        "int" => Type::Int,
        "float" => Type::Float,
        "timestamp" => Type::Timestamp,
        "merge" => Type::Merge,
        "value" => Type::Value,
        "seq" => Type::Seq,
        "omap" => Type::Omap,
        "pairs" => Type::Pairs,
        "map" => Type::Map,
        "set" => Type::Set,
        _ => Type::Unknown,
    }
}

static FORMS: LazyLock<[(Type, Option<Regex>); 3]> = LazyLock::new(|| {
    let whole = |form: &str| Regex::new(&format!(r"(?-u)\A(?:{form})\z")).ok();
    let float = r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)";
    let int = "[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)";
    let date = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
    let time = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?";
    [(Type::Float, whole(float)), (Type::Int, whole(int)), (Type::Timestamp, whole(&format!("{date}|{time}")))]
});

/// The type that a plain scalar looks like.
pub(super) fn implicit(text: &str) -> Type {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Type::Null,
        "<<" => Type::Merge,
        "=" => Type::Value,
        _ if boolean(text).is_some() && is_one_case(text) => Type::Bool,
        "!" | "&" | "*" => Type::Unknown,
        _ if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => FORMS
            .iter()
            .find(|(_, form)| form.as_ref().is_some_and(|form| form.is_match(text)))
            .map_or(Type::Str, |&(kind, _)| kind),
        _ => Type::Str,
    }
}

fn boolean(text: &str) -> Option<bool> {
    match &*text.to_lowercase() {
        "yes" | "true" | "on" => Some(true),
        "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

/// `yes`, `Yes`, `YES`, but not `yEs`.
fn is_one_case(text: &str) -> bool {
    let (head, tail) = text.split_at_checked(1).unwrap_or_default();
    let lower = |t: &str| t.bytes().all(|b| b.is_ascii_lowercase());
    let upper = |t: &str| t.bytes().all(|b| b.is_ascii_uppercase());
    lower(tail) || (upper(head) && upper(tail))
}

/// A text that is equal for two scalars if Python takes them for equal keys; refused where Python raises.
pub(super) fn key(kind: Type, text: &str) -> Read<String> {
    Ok(match kind {
        Type::Str | Type::Value => format!("s{text}"),
        Type::Binary => format!("b{:?}", binary(text)?),
        Type::Null => "null".to_owned(),
        Type::Bool => format!("n{}", u8::from(boolean(text).ok_or(Refused)?)),
        Type::Int => format!("n{}", int(text)?),
        Type::Float => format!("n{}", float(text)?),
        Type::Timestamp => {
            check_timestamp(text)?;
            format!("t{text}")
        }
        _ => return Err(Refused),
    })
}

/// The bytes of a binary.
pub(super) fn binary(text: &str) -> Read<Vec<u8>> {
    if !text.is_ascii() {
        return Err(Refused);
    }
    decode_lenient(text.as_bytes()).ok_or(Refused)
}

fn sign(text: &str) -> (bool, &str) {
    (text.starts_with('-'), text.strip_prefix(['-', '+']).unwrap_or(text))
}

/// An integer in decimal; one of many digits as they are written.
fn int(text: &str) -> Read<String> {
    let clean = text.replace('_', "");
    let (negative, digits) = sign(&clean);
    let read = |digits: &str, base| {
        let valid = !digits.is_empty() && digits.chars().all(|c| c.is_digit(base));
        // Python reads at most 4,300 decimal digits.
        if !valid || (base == 10 && digits.len() > 4300) {
            return Err(Refused);
        }
        Ok(i128::from_str_radix(digits, base).map_or_else(|_| format!("{base}:{digits}"), |n| n.to_string()))
    };
    let value = if let Some(digits) = digits.strip_prefix("0b") {
        read(digits, 2)?
    } else if let Some(digits) = digits.strip_prefix("0x") {
        read(digits, 16)?
    } else if digits.starts_with('0') {
        read(digits, 8)?
    } else if digits.contains(':') {
        let mut parts = digits.split(':').map(|part| part.parse::<i128>().ok());
        let sum = parts.try_fold(0i128, |sum, part| sum.checked_mul(60)?.checked_add(part?));
        sum.ok_or(Refused)?.to_string()
    } else {
        read(digits, 10)?
    };
    Ok(if negative && value != "0" { format!("-{value}") } else { value })
}

fn float(text: &str) -> Read<String> {
    let clean = text.replace('_', "").to_lowercase();
    let (negative, digits) = sign(&clean);
    let value = match digits {
        ".inf" => f64::INFINITY,
        ".nan" => f64::NAN,
        _ => digits
            .split(':')
            .map(|part| part.parse::<f64>().map_err(|_| Refused))
            .try_fold(0.0, |sum, part| part.map(|part| sum * 60.0 + part))?,
    };
    // An integral float equals the integer, and prints like it; zero has one sign.
    Ok(format!("{}", if negative { 0.0 - value } else { value }))
}

/// Refuses a date or time that there is not.
fn check_timestamp(text: &str) -> Read<()> {
    let mut numbers =
        text.split(|c: char| !c.is_ascii_digit()).filter(|t| !t.is_empty()).map(|t| t.parse::<u32>().map_err(|_| Refused));
    let mut next = || numbers.next().unwrap_or(Err(Refused));
    let (year, month, day) = (next()?, next()?, next()?);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    let mut valid = (1..=9999).contains(&year) && (1..=days).contains(&day);
    if text.contains(':') {
        let (hour, minute, second) = (next()?, next()?, next()?);
        valid = valid && hour < 24 && minute < 60 && second < 60;
        let zone = text
            .rsplit_once(':')
            .and_then(|_| text.get(10..))
            .and_then(|rest| rest.rsplit_once(['+', '-']))
            .map(|(_, zone)| zone);
        if let Some(zone) = zone {
            let (hours, minutes) = zone.split_once(':').unwrap_or((zone, "0"));
            let minutes = hours.parse::<u32>().map_err(|_| Refused)? * 60 + minutes.parse::<u32>().map_err(|_| Refused)?;
            valid = valid && minutes < 24 * 60;
        }
    }
    if valid { Ok(()) } else { Err(Refused) }
}
