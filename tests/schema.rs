//! `baseline/schema.json`: generated from the types below, which a test holds to what the library writes.
//! `BLESS=1 cargo test --test schema` writes the file anew.
//! And the schema of the configuration, before a judge of JSON Schemas: it accepts what the parser does.
#![cfg(test)]

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::process::Command;

use gatewright::settle::baseline::companion::{Accepted, Companion, Label, Line, Note, Salt};
use gatewright::settle::baseline::detect_secrets::Identity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A line of `.gatewright-baseline.jsonl`. Unknown keys are kept.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "a line of .gatewright-baseline.jsonl")]
enum BaselineLine {
    Header(Header),
    DetectSecrets(DetectSecretsEntry),
    Value(ValueEntry),
}

/// The first line of the file.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Header {
    /// `baseline`.
    gatewright: String,
    /// The version of the format: 1.
    format: u32,
    /// 16 random bytes each, as 22 characters of base64url: the keys of the hashes. New entries use the first.
    #[schemars(inner(length(equal = 22)))]
    salts: Vec<String>,
}

/// A finding that is accepted.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ValueEntry {
    /// The hook: `secrets`, `bandit` …
    hook: String,
    /// Path of the file from the root of the repository, `/` between components; `*`: this value in any file.
    path: String,
    /// The rule's id.
    rule: String,
    /// base64url of the first 16 bytes of HMAC-SHA-256(salt, rule ‖ 0 ‖ path ‖ 0 ‖ value).
    #[schemars(length(equal = 22))]
    hash: String,
    /// Accepted occurrences in that file; 1 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    n: Option<u32>,
    #[serde(flatten)]
    common: Common,
}

/// An extension of an entry of `.secrets.baseline`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct DetectSecretsEntry {
    /// `secrets`.
    hook: String,
    /// The path under which the entry stands in `.secrets.baseline`.
    path: String,
    /// Type and SHA-1 of that entry.
    ds: (String, String),
    /// Accepted occurrences in that file; if absent, those of the version before a change count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    n: Option<u32>,
    /// The values behind a type that does not tell values apart (private keys, GitHub tokens), hashed as in other lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(inner(length(equal = 22)))]
    hash: Option<Vec<String>>,
    #[serde(flatten)]
    common: Common,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Common {
    /// Keyed hashes of the places (assigned name, else the line without the value) of the accepted occurrences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(inner(length(equal = 4)))]
    at: Option<Vec<String>>,
    /// Index of the salt that the hashes use; 0 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    s: Option<u32>,
    /// The verdict of an audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<AuditLabel>,
    /// Why it is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// The last day on which the entry forgives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    until: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum AuditLabel {
    FalsePositive,
    Test,
    Real,
    Rotated,
    Accepted,
}

#[test]
fn the_schema_in_the_repository_is_that_of_the_types() {
    let schema = serde_json::to_string_pretty(&schemars::schema_for!(BaselineLine)).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/baseline/schema.json");
    #[expect(clippy::disallowed_methods, reason = "a test is told through the environment to write what it expects")]
    if std::env::var_os("BLESS").is_some() {
        fs_err::write(path, &schema).unwrap();
    }
    let known = fs_err::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(known, schema, "run with BLESS=1 to renew {path}");
}

/// Every key that the library can write is a key of the types above, and means the same.
#[test]
fn the_types_are_what_the_library_writes() {
    let note = |label| Note {
        label: Some(label),
        reason: Some("why".into()),
        owner: Some("@web".into()),
        until: Some("2027-01-31".into()),
    };
    let subjects = [
        Accepted::Value { rule: "rule".into(), hash: "h".repeat(22) },
        Accepted::Identity { identity: Identity::new("Private Key", &[1; 20]), hashes: vec!["h".repeat(22)] },
    ];
    let mut companion = Companion::new(Salt::new([1; 16]));
    companion.salts.push(Salt::new([2; 16]));
    for (subject, label) in subjects.iter().flat_map(|subject| Label::ALL.map(|label| (subject, label))) {
        let line = Line::new(label.as_str().into(), subject.clone());
        companion.lines.push(Line { n: Some(2), at: vec!["07ae".into()], salt: 1, note: note(label), ..line });
    }
    companion.lines.extend(subjects.iter().map(|subject| Line::new("plain".into(), subject.clone())));
    let written = companion.write();
    assert_eq!(written.lines().count(), 13);
    for line in written.lines() {
        let there: serde_json::Value = serde_json::from_str(line).unwrap();
        let typed: BaselineLine = serde_json::from_str(line).unwrap();
        // Nothing is lost on the way through the types.
        assert_eq!(serde_json::to_value(&typed).unwrap(), there);
    }
    // And every key of the types occurs in what was written.
    let schema = serde_json::to_value(schemars::schema_for!(BaselineLine)).unwrap();
    let mut keys = BTreeSet::new();
    collect(&schema, &mut keys);
    for key in keys {
        assert!(written.contains(&format!("\"{key}\":")), "{key} is never written");
    }
}

/// The example in the manual is a baseline as the library writes it.
#[test]
fn the_example_of_the_manual_is_written_back_as_it_is() {
    let manual = include_str!("../baseline/README.md").replace("\r\n", "\n");
    let example = manual.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let (companion, notes) = gatewright::settle::baseline::companion::read(example.as_bytes()).unwrap();
    assert_eq!((companion.write().as_str(), notes), (example, Vec::new()));
    for line in example.lines() {
        serde_json::from_str::<BaselineLine>(line).unwrap();
    }
}

/// The names of all properties of a schema.
fn collect(schema: &serde_json::Value, keys: &mut BTreeSet<String>) {
    match schema {
        serde_json::Value::Object(members) => {
            if let Some(serde_json::Value::Object(properties)) = members.get("properties") {
                keys.extend(properties.keys().cloned());
            }
            members.values().for_each(|value| collect(value, keys));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
        _ => {}
    }
}

/// Prints the numbers of the documents that are valid by the schema.
const JUDGE: &str = r"
import json, sys, jsonschema
schema, documents = map(json.loads, sys.argv[1:])
cls = jsonschema.validators.validator_for(schema)
cls.check_schema(schema)
validator = cls(schema, format_checker=cls.FORMAT_CHECKER)
print(json.dumps([number for number, document in enumerate(documents) if validator.is_valid(document)]))
";

/// What a schema cannot know is left out: the names of rules, the syntax of globs, rules in two lists.
#[test]
fn the_schema_of_the_configuration_accepts_what_the_parser_does() {
    let documents = [
        "",
        "exclude = 'a'",
        "exclude = ['a', 'b/']",
        "exclude = ['']",
        "exclude = 3",
        "exlude = []",
        "max-file-size = 1",
        "max-file-size = 0",
        "max-file-size = 1.5",
        "max-file-size = '50 MiB'",
        "max-file-size = '50b'",
        "max-file-size = '50k'",
        "max-file-size = '50ki'",
        "max-file-size = '0MB'",
        "max-file-size = ' 5MB'",
        "max-file-size = ''",
        "per-path = [{ path = 'a', ignore = ['jwt'], reason = 'why' }]",
        "per-path = [{ path = 'a', select = [] }]",
        "per-path = [{ path = 'a' }]",
        "per-path = [{ ignore = ['jwt'] }]",
        "per-path = [['a', ['jwt'], [], 'why']]",
        "per-path = { path = 'a', ignore = ['jwt'] }",
        "accept-unread = [{ path = ['a'] }]",
        "accept-unread = [{ reason = 'why' }]",
        "secrets = []",
        "secrets = ['compat']",
        "secrets.profile = 'strict'",
        "secrets.profile = 'Strict'",
        "secrets.min-confidence = 'low'",
        "secrets.min-confidence = 1",
        "secrets.baseline = 'a/b'",
        "secrets.baseline = ''",
        "secrets.companion = ''",
        "secrets.decode-depth = 5",
        "secrets.decode-depth = 6",
        "secrets.decode-depth = '3'",
        "secrets.pragmas = ['gitleaks', 'noqa']",
        "secrets.pragmas = ['ruff']",
        "secrets.label-needs = ['until']",
        "secrets.fail-on-real = 'yes'",
        "secrets.rules = { disable = ['jwt'] }",
        "secrets.rules = [['jwt']]",
        "secrets.names = { add = ['kennung'], remove = ['csrf-token', 'pw'] }",
        "secrets.names = ['kennung']",
        "secrets.names.add = 'kennung'",
        "secrets.names.add = ['']",
        "secrets.names.remove = ['csrf token']",
        "secrets.allow = [{ rule = 'jwt', until = '2030-01-31' }]",
        "secrets.allow = [{ rule = 'jwt', until = '2030-02-31' }]",
        "secrets.allow = [{ value-sha256 = 'x' }]",
        "secrets.allow = [{ reason = 'why' }]",
    ];
    let values: Vec<toml::Table> = documents.iter().map(|text| text.parse().expect(text)).collect();
    let mut judge = Command::new(support::peers::python());
    judge.args(["-c", JUDGE, gatewright::config::SCHEMA, &serde_json::to_string(&values).unwrap()]);
    let output = judge.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let valid: Vec<usize> = serde_json::from_slice(&output.stdout).unwrap();
    for (number, text) in documents.iter().enumerate() {
        let read = gatewright::config::Config::parse("gatewright.toml", text, gatewright::secret::rules::ALL);
        assert_eq!(valid.contains(&number), read.is_ok(), "{text}: schema and parser disagree: {read:?}");
    }
}
