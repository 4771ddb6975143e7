//! Writes a hook's tables as Rust source into OUT_DIR: the rules, each a named static, and the keyword table.
//! Promises the same bytes for the same rule files.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::keywords;
use crate::rule_file::{BOUNDARIES, CHECKSUMS, RuleFile};
use crate::shape::Run;

/// The entropy that a row asks for unless it says otherwise: hexadecimal digits reach 2.5 from a length of twelve.
const ROW_ENTROPY: f32 = 2.5;

/// Writes `<hook>_rules.rs`.
pub fn write_tables(hook: &str, rules: &[RuleFile], out: &Path) {
    let mut text = String::new();
    for rule in rules {
        write_rule(&mut text, hook, rule);
    }
    let names: Vec<String> = rules.iter().map(|rule| format!("&{}", constant(&rule.id))).collect();
    let _ = writeln!(text, "/// Every rule, by id.\npub static ALL: &[&Rule] = &[{}];", names.join(", "));
    keywords::write(&mut text, &keywords::entries(rules));
    fs::write(out.join(format!("{hook}_rules.rs")), text).expect("invariant: OUT_DIR is writable");
}

fn write_rule(text: &mut String, hook: &str, rule: &RuleFile) {
    let front = &rule.front;
    let _ = writeln!(
        text,
        "/// {summary}.\npub static {name}: Rule = Rule {{ id: {id:?}, aliases: &{aliases:?}, hook: HookName::{hook}, summary: {summary_text:?}, \
         severity: Severity::{severity}, confidence: Confidence::{confidence}, cwe: {cwe:?}, since: {since:?}, references: &{references:?}, \
         manual: {manual:?}, file: {file:?}, matcher: {matcher} }};",
        summary = front.summary,
        name = constant(&rule.id),
        id = rule.id,
        aliases = front.aliases,
        hook = variant(hook),
        summary_text = front.summary,
        severity = variant(&front.severity),
        confidence = variant(&front.confidence),
        cwe = front.cwe,
        since = front.since,
        references = front.references,
        manual = rule.manual,
        file = rule.file,
        matcher = matcher(rule),
    );
}

fn matcher(rule: &RuleFile) -> String {
    let matcher = &rule.front.matcher;
    if matcher.value.is_some() {
        return row(rule);
    }
    let Some(pattern) = &matcher.pattern else { return "Matcher::Code".into() };
    let named = |table: &[(&str, &str)], key: &Option<String>| {
        table.iter().find(|(name, _)| Some(*name) == key.as_deref()).map(|(_, variant)| (*variant).to_string())
    };
    let checksum = named(CHECKSUMS, &matcher.checksum).map_or("None".into(), |variant| format!("Some(Checksum::{variant})"));
    let boundary = named(BOUNDARIES, &matcher.boundary).unwrap_or("Word".into());
    format!(
        "Matcher::Pattern(Pattern {{ keywords: &{:?}, ignore_case: {}, anchored: {}, reach: {:?}, boundary: Boundary::{boundary}, \
         regex: {pattern:?}, entropy: {:?}, checksum: {checksum}, shown: {} }})",
        matcher.keywords, matcher.ignore_case, rule.anchored, rule.reach, matcher.entropy, matcher.shown
    )
}

fn row(rule: &RuleFile) -> String {
    let matcher = &rule.front.matcher;
    let run = |run: &Run| format!("Run {{ set: {}, least: {}, most: {} }}", run.set, run.least, run.most);
    let shape = |shape: &Vec<Run>| format!("&[{}]", shape.iter().map(run).collect::<Vec<_>>().join(", "));
    let shapes: Vec<String> = rule.shapes.iter().map(shape).collect();
    format!(
        "Matcher::Row(Row {{ services: &{:?}, words: &{:?}, shapes: &[{}], entropy: {:?}, shown: {} }})",
        matcher.keywords,
        matcher.words,
        shapes.join(", "),
        matcher.entropy.unwrap_or(ROW_ENTROPY),
        matcher.shown
    )
}

/// `github-token` → `GITHUB_TOKEN`; a leading digit is spelled with an underscore before it.
fn constant(id: &str) -> String {
    let name = id.replace('-', "_").to_uppercase();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// `high` → `High`.
fn variant(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
