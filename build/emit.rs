//! Writes a hook's tables as Rust source into OUT_DIR: the rules, each a named static, and the keyword automaton.
//! Promises the same bytes for the same rule files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::automaton::Automaton;
use crate::rule_file::{BOUNDARIES, CHECKSUMS, RuleFile};

/// Writes `<hook>_rules.rs` and `<hook>_next.bin`.
pub fn write_tables(hook: &str, rules: &[RuleFile], out: &Path) {
    let mut keywords: BTreeMap<String, Vec<(u16, &str)>> = BTreeMap::new();
    for (number, rule) in rules.iter().enumerate() {
        let number = u16::try_from(number).expect("invariant: fewer than 65,536 rules");
        for keyword in &rule.front.matcher.keywords {
            keywords.entry(keyword.to_lowercase()).or_default().push((number, keyword));
        }
    }
    let spelled: Vec<String> = keywords.keys().cloned().collect();
    let automaton = Automaton::build(&spelled);
    let next: Vec<u8> = automaton.next.iter().flat_map(|state| state.to_le_bytes()).collect();
    fs::write(out.join(format!("{hook}_next.bin")), next).expect("invariant: OUT_DIR is writable");

    let mut text = String::new();
    for rule in rules {
        write_rule(&mut text, hook, rule);
    }
    let names: Vec<String> = rules.iter().map(|rule| format!("&{}", constant(&rule.id))).collect();
    let _ = writeln!(text, "/// Every rule, by id.\npub static ALL: &[&Rule] = &[{}];", names.join(", "));
    write_automaton(&mut text, hook, &automaton, &keywords);
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
    let Some(pattern) = &matcher.pattern else { return "Matcher::Code".into() };
    let named = |table: &[(&str, &str)], key: &Option<String>| {
        table.iter().find(|(name, _)| Some(*name) == key.as_deref()).map(|(_, variant)| (*variant).to_string())
    };
    let checksum = named(CHECKSUMS, &matcher.checksum).map_or("None".into(), |variant| format!("Some(Checksum::{variant})"));
    let boundary = named(BOUNDARIES, &matcher.boundary).unwrap_or("Word".into());
    format!(
        "Matcher::Pattern(Pattern {{ keywords: &{:?}, ignore_case: {}, anchored: {}, boundary: Boundary::{boundary}, regex: {pattern:?}, \
         entropy: {:?}, checksum: {checksum}, shown: {} }})",
        matcher.keywords, matcher.ignore_case, rule.anchored, matcher.entropy, matcher.shown
    )
}

fn write_automaton(text: &mut String, hook: &str, automaton: &Automaton, keywords: &BTreeMap<String, Vec<(u16, &str)>>) {
    let rules_of: Vec<String> = keywords
        .values()
        .map(|users| {
            let users: Vec<String> = users.iter().map(|(rule, spelling)| format!("({rule}, {spelling:?})")).collect();
            format!("&[{}]", users.join(", "))
        })
        .collect();
    let matches: Vec<String> = automaton.matches.iter().map(|ends| format!("&{ends:?}")).collect();
    let _ = writeln!(
        text,
        "/// The keyword automaton of all rules.\npub static KEYWORDS: Automaton = Automaton {{ classes: &{classes:?}, shift: {shift}, \
         next: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{hook}_next.bin\")), first_match: {first}, matches: &[{matches}], \
         users: &[{users}] }};",
        classes = automaton.classes,
        shift = automaton.shift,
        first = automaton.first_match,
        matches = matches.join(", "),
        users = rules_of.join(", "),
    );
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
