//! What the tests of all schemas in `docs` do.

use std::path::Path;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

/// Whether `file` is the schema of the reports of type `R`; `BLESS=1 cargo test schema` writes it anew.
#[expect(clippy::disallowed_methods, reason = "BLESS is for whoever runs the tests")]
pub(super) fn is_kept<R: JsonSchema>(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let schema = SchemaSettings::draft07().for_serialize().into_generator().into_root_schema_for::<R>();
    let schema = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    if std::env::var_os("BLESS").is_some() {
        fs_err::write(&path, &schema).unwrap();
    }
    let kept = fs_err::read_to_string(path).unwrap_or_default();
    assert!(kept == schema, "{file} is out of date: run `BLESS=1 cargo test schema`");
}
