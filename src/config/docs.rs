//! Writes `docs/config.schema.json` and `docs/configuration.md` from the types, and holds the files to be equal to what it writes.
//! Promises that a key cannot be added, renamed or given another default without both files following (`BLESS=1 cargo test docs`).
//! Exists in test builds only: a released binary carries neither schemars nor this code.

use std::fmt::Write as _;
use std::path::Path;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::*;

/// How the values that check themselves look in the schema.
macro_rules! written_as {
    ($name:ident, $schema:tt) => {
        pub(super) struct $name;
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}
written_as!(Globs, {
    "anyOf": [{ "type": "string", "minLength": 1 }, { "type": "array", "items": { "type": "string", "minLength": 1 } }],
    "title": "globs"
});
written_as!(SomeGlobs, {
    "anyOf": [{ "type": "string", "minLength": 1 }, { "type": "array", "minItems": 1, "items": { "type": "string", "minLength": 1 } }],
    "title": "globs"
});
written_as!(Size, {
    "type": ["integer", "string"],
    "minimum": 1,
    "pattern": "^[0-9]*[1-9][0-9]* ?([kKmMgG][iI]?[bB]|[bB])?$",
    "title": "size"
});
written_as!(Name, { "type": "string", "pattern": "^[^\\s,:;/'\"=]+$", "title": "name" });
written_as!(Sha256, { "type": "string", "pattern": "^[0-9a-fA-F]{64}$", "title": "SHA-256" });
written_as!(Date, { "type": "string", "format": "date", "title": "date" });

fn schema() -> Value {
    let mut schema = schemars::schema_for!(Config).to_value();
    strip(&mut schema, "writeOnly");
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), "gatewright.toml".into());
        let about = "Configuration of gatewright: gatewright.toml, or the table [tool.gatewright] of pyproject.toml.";
        root.insert("description".to_owned(), about.into());
    }
    schema
}

/// Takes out a word that only says how the defaults of the schema were made.
fn strip(value: &mut Value, word: &str) {
    match value {
        Value::Object(fields) => {
            fields.remove(word);
            fields.values_mut().for_each(|field| strip(field, word));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| strip(item, word)),
        _ => {}
    }
}

fn manual(schema: &Value) -> String {
    let mut out = String::from(INTRODUCTION);
    let secrets = resolve(schema, &schema["properties"]["secrets"]);
    section(&mut out, schema, "All hooks: `[tool.gatewright]`", schema);
    section(&mut out, schema, "The secrets hook: `[tool.gatewright.secrets]`", secrets);
    for (title, table) in [
        ("An entry of `per-path`", "PerPath"),
        ("An entry of `accept-unread`", "AcceptUnread"),
        ("An entry of `secrets.allow`", "Allow"),
        ("`secrets.rules`", "RuleChoice"),
        ("`secrets.names`", "NameChoice"),
    ] {
        section(&mut out, schema, title, &schema["$defs"][table]);
    }
    out
}

const INTRODUCTION: &str = "# Configuration

<!-- Written from the types in src/config by `BLESS=1 cargo test docs`; a test keeps it equal. -->

The configuration is `gatewright.toml` at the root of the repository, or the table `[tool.gatewright]` of `pyproject.toml`. With a
`gatewright.toml`, `pyproject.toml` is not read; a note says so where it has settings. In `gatewright.toml` the prefix `tool.gatewright`
falls away: `[secrets]`, not `[tool.gatewright.secrets]`.

It is read from the same snapshot as the files: a commit is judged by the policy that it carries. A configuration, rule or baseline that git
does not know, as it was never added or is ignored, decides nothing in a hook or for a range: CI does not have it. By hand it is read from
disk instead. A note says either. One outside of the repository, named with `--config` or `--baseline`, is for work by hand; a hook refuses it.
With a conflict in one nothing is judged until that is resolved.
An unknown key, an unknown rule or a malformed value ends the run with exit 2 and names the line and what was probably meant.

Globs are those of `.gitignore`, from the root of the repository: `tests/` is a directory of that name anywhere, `/tests/` only the one
at the root, `!` takes back. Rules are named by id or by alias (`json-web-token`, `jwt`); those that the project brings in
`.gatewright/rules` ([how to write one](../hooks/README.md)) are rules like ours.

```toml
[tool.gatewright]
exclude = [\"vendor/\", \"*.min.js\"]

[[tool.gatewright.per-path]]
path = \"tests/\"
ignore = [\"generic-password\"]
reason = \"fixtures\"

[tool.gatewright.secrets]
profile = \"strict\"
label-needs = [\"reason\", \"owner\"]
```
";

fn section(out: &mut String, root: &Value, title: &str, table: &Value) {
    let _ = write!(out, "\n## {title}\n\n| key | takes | default | meaning |\n|---|---|---|---|\n");
    let required: Vec<_> = table["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (key, field) in table["properties"].as_object().expect("a table has keys") {
        let default = match field.get("default") {
            _ if required.contains(&key.as_str()) => "required".to_owned(),
            None | Some(Value::Null | Value::Object(_)) => String::new(),
            Some(default) => format!("`{default}`"),
        };
        let meaning = field["description"].as_str().expect("a key is explained").replace('\n', " ").replace('|', "\\|");
        let _ = writeln!(out, "| `{key}` | {} | {default} | {meaning} |", takes(root, field));
    }
}

/// What a key takes, in words.
fn takes(root: &Value, field: &Value) -> String {
    let field = resolve(root, field);
    if let Some(title) = field["title"].as_str() {
        return title.to_owned();
    }
    if let Some(values) = field["enum"].as_array() {
        return values.iter().filter(|value| !value.is_null()).map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    }
    if field["type"] == "object" {
        return "table".to_owned();
    }
    if let Some(one_of) = field["anyOf"].as_array().and_then(|options| options.iter().find(|option| option["type"] != "null")) {
        return takes(root, one_of);
    }
    let kind = match &field["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default(),
        kind => kind.as_str().unwrap_or_default(),
    };
    match kind {
        "array" => format!("list of: {}", takes(root, &field["items"])),
        "boolean" => "`true`, `false`".to_owned(),
        "integer" => "number".to_owned(),
        kind => kind.to_owned(),
    }
}

fn resolve<'s>(root: &'s Value, field: &'s Value) -> &'s Value {
    match field["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/")) {
        Some(name) => &root["$defs"][name],
        None => field,
    }
}

/// Compares a file of the repository with what it should be; with `BLESS` in the environment writes it.
#[expect(clippy::disallowed_methods, reason = "a test writes the generated files, and only when it is told to")]
fn assert_file(name: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, expected).expect("writable");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == expected, "{name} is out of date: run `BLESS=1 cargo test docs`");
}

#[test]
fn the_schema_file_is_that_of_the_types() {
    let text = serde_json::to_string_pretty(&schema()).expect("JSON") + "\n";
    assert_file("docs/config.schema.json", &text);
}

#[test]
fn the_manual_is_that_of_the_types() {
    assert_file("docs/configuration.md", &manual(&schema()));
}

#[test]
fn the_keys_of_the_schema_are_those_that_are_read() {
    let schema = schema();
    let names =
        |table: &Value| table["properties"].as_object().map(|keys| keys.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let sorted = |mut keys: Vec<&'static str>| {
        keys.sort_unstable();
        keys
    };
    for (table, keys) in [
        (&schema, keys::<Config>()),
        (&schema["$defs"]["Secrets"], keys::<Secrets>()),
        (&schema["$defs"]["Allow"], keys::<Allow>()),
        (&schema["$defs"]["PerPath"], keys::<PerPath>()),
    ] {
        let mut documented = names(table);
        documented.sort_unstable();
        assert_eq!(documented, sorted(keys));
        assert_eq!(table["additionalProperties"], Value::Bool(false));
    }
}

#[test]
fn the_example_of_the_manual_is_a_configuration() {
    let example = INTRODUCTION.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let config = Config::parse("pyproject.toml", example, &tests::RULES).expect("valid");
    assert_eq!(config.secrets.label_needs, [LabelField::Reason, LabelField::Owner]);
    assert_eq!(config.per_path.len(), 1);
}
