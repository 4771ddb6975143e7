//! The reader of `.gatewright-baseline.jsonl`.

use super::{Accepted, Companion, FORMAT, Label, Line, Note, Salt};
use crate::config::Date;
use crate::settle::baseline::detect_secrets::Identity;
use crate::settle::baseline::json::{self, Invalid, Json, Member, Text, Value};
use crate::settle::baseline::text;

/// Reads the file, with what its reader should be told (lower case, without a full stop). Several first lines, as `merge=union` leaves
/// them, are read as one.
///
/// # Errors
/// A line that is no JSON object or has a value of a wrong type, a merge marker, a newer format, a salt that is missing or damaged.
pub fn read(bytes: &[u8]) -> Result<(Companion, Vec<String>), Invalid> {
    let (text, mut notes) = text::decode(bytes)?;
    let crlf = text::ends_lines_with_crlf(&text);
    let mut companion = Companion { salts: Vec::new(), lines: Vec::new(), rest: Vec::new(), crlf };
    let mut numbers = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let place = |error: Invalid| Invalid::new(number, error.message);
        let value = json::read(line).map_err(|error| text::name_merge_marker(&text, place(error)))?;
        let Value::Object(members) = value.value else {
            return Err(Invalid::new(number, format!("expected an object, found {}", value.kind())));
        };
        let mut fields = Fields { members };
        if let Some(name) = fields.text("gatewright").map_err(place)? {
            header(&mut companion, &name, fields).map_err(place)?;
        } else {
            companion.lines.push(entry(fields).map_err(place)?);
            numbers.push(number);
        }
    }
    if companion.salts.is_empty() {
        return Err(Invalid::new(
            1,
            "the salt is missing: the line `{\"gatewright\":\"baseline\",…}`; restore it from the history",
        ));
    }
    if let Some((line, number)) = companion.lines.iter().zip(numbers).find(|(line, _)| line.salt >= companion.salts.len()) {
        return Err(Invalid::new(
            number,
            format!("an entry of {} names salt {}, which is missing; restore it from the history", line.path, line.salt),
        ));
    }
    let before = companion.lines.len();
    unite(&mut companion.lines);
    if companion.lines.len() < before {
        notes.push(format!("{} repeated lines; merged", before - companion.lines.len()));
    }
    Ok((companion, notes))
}

fn header(companion: &mut Companion, name: &Text, mut fields: Fields) -> Result<(), Invalid> {
    let format = fields.number("format")?;
    if format.is_some_and(|format| format > FORMAT) {
        let text = format!("written by a newer gatewright: this one reads format {FORMAT}; bring the hook up to date");
        return Err(Invalid::new(0, text));
    }
    if *name != *"baseline" || format != Some(FORMAT) {
        return Err(Invalid::new(0, format!("not a baseline of format {FORMAT}")));
    }
    for salt in fields.strings("salts")? {
        let salt = Salt::parse(&salt).ok_or_else(|| Invalid::new(0, "a salt is damaged; restore it from the history"))?;
        if !companion.salts.contains(&salt) {
            companion.salts.push(salt);
        }
    }
    fields.members.retain(|member| companion.rest.iter().all(|known| known.key != member.key));
    companion.rest.append(&mut fields.members);
    Ok(())
}

fn entry(mut fields: Fields) -> Result<Line, Invalid> {
    let missing = |key: &str| Invalid::new(0, format!("the key `{key}` is missing"));
    let hook = fields.string("hook")?.ok_or_else(|| missing("hook"))?;
    let path = fields.text("path")?.ok_or_else(|| missing("path"))?;
    let is_ours = hook == crate::rule::HookName::Secrets.as_str();
    let subject = if let Some(pair) = fields.take("ds") {
        let [kind, sha1] = pair.as_array().unwrap_or_default() else {
            return Err(Invalid::new(0, "`ds` is not a pair of type and SHA-1"));
        };
        let (Some(kind), Some(sha1)) = (kind.as_text().cloned(), sha1.as_text().cloned()) else {
            return Err(Invalid::new(0, "`ds` is not a pair of strings"));
        };
        Accepted::Identity { identity: Identity { kind, sha1 }, hashes: fields.strings("hash")? }
    } else if is_ours || (fields.is_string("rule") && fields.is_string("hash")) {
        let rule = fields.string("rule")?.ok_or_else(|| missing("rule"))?;
        Accepted::Value { rule, hash: fields.string("hash")?.ok_or_else(|| missing("hash"))? }
    } else {
        Accepted::Other
    };
    let mut line = Line { hook, path, ..Line::new(Text::default(), subject) };
    if line.subject != Accepted::Other {
        line.n = fields.number("n")?;
        line.at = fields.strings("at")?;
        line.salt = fields.number("s")?.map_or(0, |salt| salt as usize);
        line.note = note(&mut fields)?;
    }
    line.rest = fields.members;
    Ok(line)
}

fn note(fields: &mut Fields) -> Result<Note, Invalid> {
    let wrong = |message: String| Invalid::new(0, message);
    let label = fields.string("label")?.map(|label| Label::parse(&label)).transpose().map_err(wrong)?;
    let until = fields.string("until")?;
    if let Some(until) = &until {
        until.parse::<Date>().map_err(|error| wrong(format!("`until`: {error}")))?;
    }
    Ok(Note { label, reason: fields.string("reason")?, owner: fields.string("owner")?, until })
}

/// Sorts the lines and joins those about the same entry: the larger count, the stricter label, every hash.
pub(super) fn unite(lines: &mut Vec<Line>) {
    lines.sort_by_cached_key(Line::key);
    lines.dedup_by(|later, kept| {
        let same = later.key() == kept.key();
        if same {
            super::super::merge::join_repeated(kept, later);
        }
        same
    });
}

/// The keys of one line, taken out one by one; what is left is unknown.
struct Fields {
    members: Vec<Member>,
}

impl Fields {
    fn take(&mut self, key: &str) -> Option<Json> {
        let place = self.members.iter().position(|member| member.key == *key)?;
        Some(self.members.remove(place).value)
    }

    fn is_string(&self, key: &str) -> bool {
        self.members.iter().any(|member| member.key == *key && member.value.as_text().is_some())
    }

    fn text(&mut self, key: &str) -> Result<Option<Text>, Invalid> {
        self.take(key).map(|value| value.as_text().cloned().ok_or_else(|| wrong(key, "a string", &value))).transpose()
    }

    fn string(&mut self, key: &str) -> Result<Option<String>, Invalid> {
        self.take(key).map(|value| value.as_str().map(str::to_owned).ok_or_else(|| wrong(key, "a string", &value))).transpose()
    }

    fn number(&mut self, key: &str) -> Result<Option<u32>, Invalid> {
        let expected = || format!("a whole number from 0 to {}", u32::MAX);
        self.take(key).map(|value| value.as_u32().ok_or_else(|| wrong(key, &expected(), &value))).transpose()
    }

    fn strings(&mut self, key: &str) -> Result<Vec<String>, Invalid> {
        let Some(value) = self.take(key) else { return Ok(Vec::new()) };
        let item = |item: &Json| item.as_str().map(str::to_owned);
        value.as_array().and_then(|items| items.iter().map(item).collect()).ok_or_else(|| wrong(key, "a list of strings", &value))
    }
}

fn wrong(key: &str, expected: &str, found: &Json) -> Invalid {
    Invalid::new(0, format!("expected {expected} for `{key}`, found {}", found.kind()))
}
