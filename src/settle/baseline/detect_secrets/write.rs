//! The two writers of detect-secrets.

use super::upgrade::{set, upgrade};
use super::{Baseline, Entry, Setting};
use crate::settle::baseline::json::{self, Invalid, Json, Member, Value};
use crate::settle::baseline::text;

/// Rebuilt from the model: known keys in their fixed order, unknown ones last in their object.
pub(super) fn settings_form(baseline: &Baseline) -> String {
    let mut object = vec![
        Member::new("version", baseline.version.as_str()),
        Member::new("plugins_used", settings(&baseline.settings.plugins, "name")),
        Member::new("filters_used", settings(&baseline.settings.filters, "path")),
        Member::new("results", results(baseline)),
    ];
    object.extend(baseline.generated_at.clone().map(|date| Member::new("generated_at", date)));
    object.extend(baseline.rest.iter().cloned());
    finish(&Json::object(object), baseline.crlf)
}

/// The old object with its keys and date, upgraded, and new results.
pub(super) fn raw_form(baseline: &Baseline, original: &str) -> Result<String, Invalid> {
    let Value::Object(mut object) = json::read(original)?.value else {
        return Err(Invalid::new(1, "expected an object for a baseline"));
    };
    set(&mut object, "results", results(baseline));
    upgrade(&mut object)?;
    Ok(finish(&Json::object(object), baseline.crlf))
}

fn finish(root: &Json, crlf: bool) -> String {
    let mut out = json::write_python(root);
    out.push('\n');
    if crlf { text::with_crlf(&out) } else { out }
}

fn settings(list: &[Setting], key: &str) -> Json {
    let one = |setting: &Setting| {
        let mut object = vec![Member::new(key, setting.name.clone())];
        object.extend(setting.rest.iter().cloned());
        Json::object(object)
    };
    list.iter().map(one).collect::<Vec<_>>().into()
}

fn results(baseline: &Baseline) -> Json {
    let file = |entries: &Vec<Entry>| {
        let mut entries: Vec<&Entry> = entries.iter().collect();
        // A slim file was sorted by line before the lines were left out: its order is all that is left of them.
        if entries.iter().any(|entry| entry.line > 0) {
            entries.sort_by_key(|entry| (entry.line, &entry.sha1, &entry.kind));
        }
        entries.into_iter().map(entry).collect::<Vec<_>>()
    };
    let files = baseline.results.iter().filter(|(_, entries)| !entries.is_empty());
    Json::object(files.map(|(path, entries)| Member { key: path.clone(), value: file(entries).into() }).collect())
}

fn entry(entry: &Entry) -> Json {
    let mut object = vec![
        Member::new("type", entry.kind.clone()),
        Member::new("filename", entry.filename.clone()),
        Member::new("hashed_secret", entry.sha1.clone()),
        Member::new("is_verified", entry.is_verified),
    ];
    if entry.line > 0 {
        object.push(Member::new("line_number", entry.line));
    }
    object.extend(entry.is_secret.map(|label| Member::new("is_secret", label)));
    object.extend(entry.rest.iter().cloned());
    Json::object(object)
}
