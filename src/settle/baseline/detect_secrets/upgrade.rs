//! What detect-secrets does to baselines of older versions when it reads them.
//! Promises the same settings in the same order; works on the parsed object, so that both writers can use it.
//! Loads no custom plugin: their class names are known to their Python files only.

use super::VERSION;
use crate::settle::baseline::json::{Invalid, Json, Member, Value};

type Version = [u64; 3];

/// Three dot-separated integers.
pub(super) fn parse_version(version: &Json) -> Result<Version, Invalid> {
    let wrong = || Invalid::new(version.line, "`version` is not three integers with dots between them");
    let parts: Vec<u64> = version
        .as_str()
        .ok_or_else(wrong)?
        .split('.')
        .map(|part| part.trim().parse().map_err(|_| wrong()))
        .collect::<Result<_, _>>()?;
    parts.try_into().map_err(|_| wrong())
}

/// Brings the object of a baseline to [`VERSION`]; a newer one is left alone. Returns what the reader should be told.
pub(super) fn upgrade(object: &mut Vec<Member>) -> Result<Vec<String>, Invalid> {
    let mut notes = Vec::new();
    let version = object.iter().find(|member| member.key == *"version").map(|member| &member.value);
    let version = parse_version(version.ok_or_else(|| Invalid::new(1, "the key `version` is missing"))?)?;
    let current = [1, 5, 0];
    if version > current {
        notes.push(format!("written by a newer detect-secrets than {VERSION}; read as far as it is understood"));
    }
    if version >= current {
        return Ok(notes);
    }
    if version < [0, 12, 0] {
        exclude_regex(object);
    }
    if version < [1, 0, 0] {
        filters(object);
        limits(object);
        if take(object, "custom_plugin_paths").is_some_and(|paths| paths.as_array().is_some_and(|paths| !paths.is_empty())) {
            notes.push(
                "custom plugins of a version before 1.0 are Python files; they are not run and their names are not known"
                    .to_owned(),
            );
        }
    }
    if version < [1, 1, 0] {
        let more = ["is_lock_file", "is_not_alphanumeric_string", "is_swagger_file"];
        for name in more {
            add_filter(object, &format!("heuristic.{name}"), Vec::new());
        }
    }
    set(object, "version", Json::from(VERSION));
    Ok(notes)
}

/// Before 0.12: one regular expression for files, no word list.
fn exclude_regex(object: &mut Vec<Member>) {
    if let Some(regex) = take(object, "exclude_regex") {
        let null = Json::from(Value::Null);
        set(object, "exclude", Json::object(vec![Member::new("files", regex), Member::new("lines", null)]));
    }
    take(object, "word_list");
}

/// Before 1.0: exclusions and word list stood at the top level, filters were built in.
fn filters(object: &mut Vec<Member>) {
    set(object, "filters_used", Value::Array(Vec::new()).into());
    let heuristics = [
        "allowlist.is_line_allowlisted",
        "heuristic.is_sequential_string",
        "heuristic.is_potential_uuid",
        "heuristic.is_likely_id_string",
        "heuristic.is_templated_secret",
        "heuristic.is_prefixed_with_dollar_sign",
        "heuristic.is_indirect_reference",
    ];
    for name in heuristics {
        add_filter(object, name, Vec::new());
    }
    add_filter(object, "common.is_ignored_due_to_verification_policies", vec![Member::new("min_level", 2)]);
    let exclude = take(object, "exclude").unwrap_or_else(|| Value::Null.into());
    for (key, name) in [("files", "regex.should_exclude_file"), ("lines", "regex.should_exclude_line")] {
        if let Some(pattern) = exclude.get(key).and_then(Json::as_text).filter(|pattern| !pattern.as_bytes().is_empty()) {
            add_filter(object, name, vec![Member::new("pattern", vec![pattern.clone()])]);
        }
    }
    let words = take(object, "word_list").unwrap_or_else(|| Value::Null.into());
    if let Some(file) = words.get("file").and_then(Json::as_text).filter(|file| !file.as_bytes().is_empty()) {
        let hash = words.get("hash").cloned().unwrap_or_else(|| Value::Null.into());
        let parameters =
            vec![Member::new("min_length", 3), Member::new("file_name", file.clone()), Member::new("file_hash", hash)];
        add_filter(object, "wordlist.should_exclude_secret", parameters);
    }
}

/// Before 1.0 the entropy limits had names of their own.
fn limits(object: &mut [Member]) {
    let Some(Value::Array(plugins)) =
        object.iter_mut().find(|member| member.key == *"plugins_used").map(|member| &mut member.value.value)
    else {
        return;
    };
    for plugin in plugins {
        let Value::Object(plugin) = &mut plugin.value else { continue };
        for (class, old) in [("Base64HighEntropyString", "base64_limit"), ("HexHighEntropyString", "hex_limit")] {
            if plugin.iter().any(|member| member.key == *"name" && member.value.as_str() == Some(class))
                && let Some(limit) = take(plugin, old)
            {
                set(plugin, "limit", limit);
            }
        }
    }
}

fn add_filter(object: &mut Vec<Member>, name: &str, parameters: Vec<Member>) {
    let mut filter = vec![Member::new("path", format!("detect_secrets.filters.{name}").as_str())];
    filter.extend(parameters);
    let list = object.iter_mut().find(|member| member.key == *"filters_used").map(|member| &mut member.value.value);
    match list {
        Some(Value::Array(filters)) => filters.push(Json::object(filter)),
        _ => set(object, "filters_used", vec![Json::object(filter)].into()),
    }
}

pub(super) fn take(object: &mut Vec<Member>, key: &str) -> Option<Json> {
    let place = object.iter().position(|member| member.key == *key)?;
    Some(object.remove(place).value)
}

pub(super) fn set(object: &mut Vec<Member>, key: &str, value: Json) {
    match object.iter_mut().find(|member| member.key == *key) {
        Some(member) => member.value = value,
        None => object.push(Member { key: key.into(), value }),
    }
}
