//! Writes a hook's tables as Rust source into OUT_DIR: the rules, each a named static, and the keyword table.
//! Promises the same bytes for the same rule files.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::keywords;
use crate::rule::{HookName, Matcher, Pattern, Row, Rule, RuleFile, Run};

/// Writes `<hook>_rules.rs`.
pub fn write_tables(hook: HookName, rules: Vec<RuleFile>, out: &Path) {
    let entries = keywords::entries(&rules);
    let rules: Vec<&Rule> = rules.into_iter().map(RuleFile::leak).collect();
    let mut text = String::new();
    for rule in &rules {
        write_rule(&mut text, rule);
    }
    let names: Vec<String> = rules.iter().map(|rule| format!("&{}", constant(rule.id))).collect();
    let _ = writeln!(text, "/// Every rule, by id.\npub static ALL: &[&Rule] = &[{}];", names.join(", "));
    keywords::write(&mut text, &entries);
    fs::write(out.join(format!("{hook}_rules.rs")), text).expect("invariant: OUT_DIR is writable");
}

fn write_rule(text: &mut String, rule: &Rule) {
    let Rule { id, aliases, hook, summary, severity, confidence, cwe, since, references, manual, file, matcher } = rule;
    let _ = writeln!(
        text,
        "/// {summary}.\npub static {name}: Rule = Rule {{ id: {id:?}, aliases: &{aliases:?}, hook: HookName::{hook:?}, summary: {summary:?}, \
         severity: Severity::{severity:?}, confidence: Confidence::{confidence:?}, cwe: {cwe:?}, since: {since:?}, \
         references: &{references:?}, manual: {manual:?}, file: {file:?}, matcher: Matcher::{matcher} }};",
        name = constant(id),
        matcher = written(matcher),
    );
}

fn written(matcher: &Matcher) -> String {
    match matcher {
        Matcher::Pattern(pattern) => format!("Pattern({})", pattern_of(pattern)),
        Matcher::Row(row) => format!("Row({})", row_of(row)),
        Matcher::FileName(name) => format!("FileName(FileName {{ globs: &{:?} }})", name.globs),
        Matcher::Import(import) => format!("Import(Import {{ modules: &{:?} }})", import.modules),
        Matcher::Call(call) => format!("Call(Call {{ functions: &{:?}, without: &{:?} }})", call.functions, call.without),
        Matcher::Code => "Code".into(),
    }
}

fn pattern_of(pattern: &Pattern) -> String {
    let Pattern { keywords, ignore_case, anchored, reach, boundary, regex, entropy, digit, checksum, shown } = pattern;
    let checksum = checksum.map_or("None".into(), |checksum| format!("Some(Checksum::{checksum:?})"));
    format!(
        "Pattern {{ keywords: &{keywords:?}, ignore_case: {ignore_case}, anchored: {anchored}, reach: {reach:?}, \
         boundary: Boundary::{boundary:?}, regex: {regex:?}, entropy: {entropy:?}, digit: {digit}, checksum: {checksum}, \
         shown: {shown} }}"
    )
}

fn row_of(row: &Row) -> String {
    let Row { services, words, shapes, entropy, shown } = row;
    let run = |run: &Run| format!("{run:?}");
    let shape = |shape: &&[Run]| format!("&[{}]", shape.iter().map(run).collect::<Vec<_>>().join(", "));
    let shapes: Vec<String> = shapes.iter().map(shape).collect();
    format!(
        "Row {{ services: &{services:?}, words: &{words:?}, shapes: &[{}], entropy: {entropy:?}, shown: {shown} }}",
        shapes.join(", ")
    )
}

/// `github-token` → `GITHUB_TOKEN`; a leading digit is spelled with an underscore before it.
fn constant(id: &str) -> String {
    let name = id.replace('-', "_").to_uppercase();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}
