//! Every fenced example of every rule file is a test: a line marked `#~ rule-id` must be found, every other line must be silent.
//! A failure reads like a compiler's error: `file:line: expected X, found Y`.
#![cfg(test)]

#[path = "support/example.rs"]
mod example;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use example::Example;
use gatewright::config::Config;
use gatewright::finding::Finding;
use gatewright::hook::Hook;
use gatewright::hook::secrets::Secrets;
use gatewright::rule::{Matcher, Rule};
use gatewright::secret::compat;
use gatewright::source::{Origin, RepoPath, Source};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    add_hook::<Secrets>(&mut trials);
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The tests of one hook: each example as written, with CRLF line ends and with a byte order mark; and each rule's share of examples.
fn add_hook<H: Hook + Send + 'static>(trials: &mut Vec<Trial>) {
    let hook: &'static H = Box::leak(Box::new(H::new(&Config::default(), compat::Settings::default())));
    for &rule in H::RULES {
        let text =
            fs_err::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(rule.file)).expect("the rule file is readable");
        let examples = example::parse(&text);
        let share = examples.clone();
        trials.push(Trial::test(format!("{}::has_hits_and_near_misses", rule.id), move || has_enough(rule, &share)));
        // A block named gatewright.toml is the configuration of those behind it.
        let mut hook = hook;
        for example in examples {
            if example.file == "gatewright.toml" {
                let config = Config::parse(&example.file, &example.text, H::RULES);
                let config = config.unwrap_or_else(|error| panic!("{}:{}: {error}", rule.file, example.line));
                hook = Box::leak(Box::new(H::new(&config, compat::Settings::default())));
                continue;
            }
            trials.push(Trial::test(format!("{}::line_{}", rule.id, example.line), move || judge(hook, rule, &example)));
        }
    }
}

/// Two hits and two near misses at least. A near miss is a silent line that gets past the keyword filter.
fn has_enough(rule: &Rule, examples: &[Example]) -> Result<(), Failed> {
    let hits = examples.iter().flat_map(|e| &e.marks).filter(|ids| ids.iter().any(|id| id == rule.id)).count();
    let misses = examples.iter().map(|example| near_misses(rule, example)).sum::<usize>();
    if hits < 2 || misses < 2 {
        return Err(format!("{}:1: expected 2 hits and 2 near misses, found {hits} and {misses}", rule.file).into());
    }
    Ok(())
}

fn near_misses(rule: &Rule, example: &Example) -> usize {
    let holds = |line: &str, keywords: &[&str]| {
        let line = line.to_lowercase();
        keywords.iter().any(|keyword| line.contains(&keyword.to_lowercase()))
    };
    let is_near = |line: &str| match &rule.matcher {
        Matcher::Pattern(pattern) => holds(line, pattern.keywords),
        Matcher::Row(row) => holds(line, row.services),
        Matcher::Code => !line.trim().is_empty(),
    };
    example.text.lines().zip(&example.marks).filter(|(line, ids)| ids.is_empty() && is_near(line)).count()
}

fn judge<H: Hook>(hook: &H, rule: &Rule, example: &Example) -> Result<(), Failed> {
    let crlf = example.text.replace('\n', "\r\n");
    let marked = format!("\u{feff}{}", example.text);
    for (form, text) in [("", &example.text), (" (with CRLF)", &crlf), (" (with BOM)", &marked)] {
        let binary = example.binary();
        let faults = faults(hook, rule, example, binary.as_deref().unwrap_or(text.as_bytes()));
        if !faults.is_empty() {
            let lines: Vec<String> = faults.into_iter().map(|fault| format!("{fault}{form}")).collect();
            return Err(lines.join("\n").into());
        }
    }
    Ok(())
}

fn faults<H: Hook>(hook: &H, rule: &Rule, example: &Example, text: &[u8]) -> Vec<String> {
    let path = RepoPath::new(example.file.as_bytes());
    let source = Source::new(&path, text, Origin::Repository);
    let mut found: Vec<Finding> = Vec::new();
    hook.check(&source, &mut found);
    let mut faults = Vec::new();
    for (index, expected) in example.marks.iter().enumerate() {
        let on_line = found.iter().filter(|finding| finding.span.line as usize == index + 1);
        let actual: BTreeSet<String> = on_line.map(|finding| finding.rule.id.to_string()).collect();
        if actual != *expected {
            let at = example.line + 1 + index;
            faults.push(format!("{}:{at}: expected {}, found {}", rule.file, list(expected), list(&actual)));
        }
    }
    faults
}

fn list(ids: &BTreeSet<String>) -> String {
    if ids.is_empty() { "nothing".into() } else { ids.iter().cloned().collect::<Vec<_>>().join(", ") }
}
