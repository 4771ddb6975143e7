//! The writer of `.gatewright-baseline.jsonl`.

use super::{Accepted, Companion, FORMAT, Line, Salt};
use crate::settle::baseline::json::{self, Json, Member};
use crate::settle::baseline::text;

pub(super) fn file(companion: &Companion) -> String {
    let salts: Vec<Json> = companion.salts.iter().map(|salt: &Salt| salt.encode().as_str().into()).collect();
    let mut header = vec![Member::new("gatewright", "baseline"), Member::new("format", FORMAT), Member::new("salts", salts)];
    header.extend(companion.rest.iter().cloned());
    let mut lines: Vec<&Line> = companion.lines.iter().collect();
    lines.sort_by_cached_key(|line| line.key());
    let mut out = String::new();
    for object in std::iter::once(Json::object(header)).chain(lines.into_iter().map(line)) {
        out.push_str(&json::write_line(&object));
        out.push('\n');
    }
    if companion.crlf { text::with_crlf(&out) } else { out }
}

fn line(line: &Line) -> Json {
    let mut object = vec![Member::new("hook", line.hook.as_str()), Member::new("path", line.path.clone())];
    let count = line.n.map(|n| Member::new("n", n));
    match &line.subject {
        Accepted::Value { rule, hash } => {
            object.extend([Member::new("rule", rule.as_str()), Member::new("hash", hash.as_str())]);
            object.extend(count.filter(|_| line.count() != 1));
        }
        Accepted::Identity { identity, hashes } => {
            object.push(Member::new("ds", vec![identity.kind.clone(), identity.sha1.clone()]));
            object.extend(count);
            if !hashes.is_empty() {
                object.push(Member::new("hash", strings(hashes)));
            }
        }
        Accepted::Other => {}
    }
    if !line.at.is_empty() {
        object.push(Member::new("at", strings(&line.at)));
    }
    if line.salt > 0 {
        object.push(Member::new("s", u32::try_from(line.salt).unwrap_or(u32::MAX)));
    }
    let note = &line.note;
    let mut text = |key: &str, value: Option<&str>| object.extend(value.map(|value| Member::new(key, value)));
    text("label", note.label.map(super::Label::as_str));
    text("reason", note.reason.as_deref());
    text("owner", note.owner.as_deref());
    text("until", note.until.as_deref());
    object.extend(line.rest.iter().cloned());
    Json::object(object)
}

fn strings(list: &[String]) -> Vec<Json> {
    list.iter().map(|text| text.as_str().into()).collect()
}
