//! The reader of `.secrets.baseline`.

use std::collections::BTreeMap;

use super::upgrade::{take, upgrade};
use super::{Baseline, Entry, Setting, Settings, VERSION};
use crate::secret::compat::plugins::PLUGINS;
use crate::settle::baseline::json::{self, Invalid, Json, Member, Text};
use crate::settle::baseline::text;

/// Reads a baseline of any version, with what its reader should be told (lower case, without a full stop).
///
/// # Errors
/// Text that is not JSON, holds merge markers, lacks `version` or `results`, or has a value of a wrong type.
pub fn read(bytes: &[u8]) -> Result<(Baseline, Vec<String>), Invalid> {
    let (text, mut notes) = text::decode(bytes)?;
    let root = json::read(&text).map_err(|error| text::name_merge_marker(&text, error))?;
    let mut object = members(root, "a baseline")?;
    notes.extend(upgrade(&mut object)?);
    let version = take(&mut object, "version").and_then(|version| version.as_str().map(str::to_owned));
    let results = take(&mut object, "results").ok_or_else(|| Invalid::new(1, "the key `results` is missing"))?;
    let baseline = Baseline {
        version: version.unwrap_or_else(|| VERSION.to_owned()),
        settings: settings(&mut object, &mut notes)?,
        results: read_results(results, &mut notes)?,
        generated_at: take(&mut object, "generated_at").map(|date| string(&date, "generated_at")).transpose()?,
        rest: object,
        crlf: text::ends_lines_with_crlf(&text),
    };
    Ok((baseline, notes))
}

fn settings(object: &mut Vec<Member>, notes: &mut Vec<String>) -> Result<Settings, Invalid> {
    let mut settings = Settings::default();
    match take(object, "plugins_used") {
        Some(list) => settings.plugins = setting_list(&list, "name")?,
        None => notes.push("`plugins_used` is missing; all 27 plugins are used".to_owned()),
    }
    if let Some(list) = take(object, "filters_used") {
        settings.filters = setting_list(&list, "path")?;
    }
    settings.normalise();
    Ok(settings)
}

fn setting_list(list: &Json, key: &str) -> Result<Vec<Setting>, Invalid> {
    let read_one = |item: &Json| {
        let mut rest = members(item.clone(), "a plugin or filter")?;
        let name = take(&mut rest, key).ok_or_else(|| Invalid::new(item.line, format!("the key `{key}` is missing")))?;
        let setting = Setting { name: string(&name, key)?, rest };
        check_parameters(&setting)?;
        Ok(setting)
    };
    items(list, "the settings")?.iter().map(read_one).collect()
}

/// Refuses a parameter of a wrong type: detect-secrets does not run with it, and without it another thing would be found.
fn check_parameters(setting: &Setting) -> Result<(), Invalid> {
    type Is = fn(&Json) -> bool;
    let strings: Is = |value| value.as_array().is_some_and(|items| items.iter().all(|item| item.as_text().is_some()));
    let parameters: [(&str, &str, Is); 6] = [
        ("limit", "a number", |value| value.as_f64().is_some()),
        // Versions before 1.0 wrote null for none.
        ("keyword_exclude", "a string", |value| value.is_null() || value.as_text().is_some()),
        ("pattern", "a list of strings", strings),
        ("filename", "a string", |value| value.as_text().is_some()),
        ("file_name", "a string", |value| value.as_text().is_some()),
        ("min_length", "a whole number", |value| value.as_u32().is_some()),
    ];
    let is_ours =
        PLUGINS.iter().any(|plugin| setting.name == *plugin.class) || setting.name.to_string().starts_with("detect_secrets.");
    for (key, expected, is_right) in parameters.into_iter().filter(|_| is_ours) {
        match setting.get(key) {
            Some(value) if !is_right(value) => return Err(wrong(value, &format!("{expected} for `{key}`"))),
            _ => {}
        }
    }
    Ok(())
}

fn read_results(results: Json, notes: &mut Vec<String>) -> Result<BTreeMap<Text, Vec<Entry>>, Invalid> {
    let mut files: BTreeMap<Text, Vec<Entry>> = BTreeMap::new();
    for Member { key, value } in members(results, "`results`")? {
        let path = key.with_slashes();
        let mut seen: BTreeMap<_, usize> = BTreeMap::new();
        let entries = files.entry(path.clone()).or_default();
        for (place, known) in entries.iter().enumerate() {
            seen.insert((known.identity(), known.filename.clone()), place);
        }
        for item in items(&value, "the entries of a file")? {
            let entry = read_entry(item, &path)?;
            let identity = (entry.identity(), entry.filename.clone());
            if let Some(known) = seen.get(&identity).and_then(|&place| entries.get_mut(place)) {
                notes.push(format!("line {}: the same entry of {path} again; merged", item.line));
                known.is_verified |= entry.is_verified;
                // The stricter label: a real secret, then none, then a false positive.
                known.is_secret = stricter(known.is_secret, entry.is_secret);
            } else {
                seen.insert(identity, entries.len());
                entries.push(entry);
            }
        }
    }
    files.retain(|_, entries| !entries.is_empty());
    Ok(files)
}

/// Of two labels the one that lets less pass: real, unlabelled, false positive.
pub(crate) fn stricter(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (None, _) | (_, None) => None,
        _ => Some(false),
    }
}

fn read_entry(item: &Json, path: &Text) -> Result<Entry, Invalid> {
    let mut rest = members(item.clone(), "an entry")?;
    let mut required = |key: &str| match take(&mut rest, key) {
        Some(value) => string(&value, key),
        None => Err(Invalid::new(item.line, format!("the key `{key}` of an entry is missing"))),
    };
    let (kind, sha1) = (required("type")?, required("hashed_secret")?);
    let filename = match take(&mut rest, "filename") {
        Some(name) => string(&name, "filename")?.with_slashes(),
        None => path.clone(),
    };
    let mut optional = |key: &str| take(&mut rest, key).filter(|value| !value.is_null());
    let boolean = |value: Json| value.as_bool().ok_or_else(|| wrong(&value, "true or false"));
    let is_verified = optional("is_verified").map(boolean).transpose()?.unwrap_or_default();
    let is_secret = optional("is_secret").map(boolean).transpose()?;
    let line = optional("line_number").map(|value| value.as_u32().ok_or_else(|| wrong(&value, "a line number"))).transpose()?;
    Ok(Entry { kind, filename, sha1, is_verified, line: line.unwrap_or_default(), is_secret, rest })
}

fn members(value: Json, what: &str) -> Result<Vec<Member>, Invalid> {
    let error = wrong(&value, &format!("an object for {what}"));
    match value.value {
        json::Value::Object(members) => Ok(members),
        _ => Err(error),
    }
}

fn items<'a>(value: &'a Json, what: &str) -> Result<&'a [Json], Invalid> {
    value.as_array().ok_or_else(|| wrong(value, &format!("a list for {what}")))
}

fn string(value: &Json, key: &str) -> Result<Text, Invalid> {
    value.as_text().cloned().ok_or_else(|| wrong(value, &format!("a string for `{key}`")))
}

fn wrong(value: &Json, expected: &str) -> Invalid {
    Invalid::new(value.line, format!("expected {expected}, found {}", value.kind()))
}
