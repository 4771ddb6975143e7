//! The examples of rule files, judged: a line marked with a rule's id must be found by that rule, any other line by none.
//! Promises that our rules and those of a project answer to the same harness: every file with LF, with CRLF and with a byte order mark.
//! Reads nothing; a failure reads like a compiler's error, `file:line: expected X, found Y`.

use std::collections::BTreeSet;

use crate::config::Config;
use crate::finding::Finding;
use crate::hook::Hook;
use crate::rule::example::{Example, Repository};
use crate::ruleset::Ruleset;
use crate::secret::compat;
use crate::source::{Origin, RepoPath, Source, escape};

/// A hook that judges examples.
#[derive(Debug)]
pub struct Harness<H> {
    rules: Ruleset,
    /// As it is without a configuration.
    hook: H,
}

impl<H: Hook> Harness<H> {
    pub fn new(rules: Ruleset) -> Self {
        Self { rules, hook: H::new(&Config::default(), compat::Settings::default(), rules.own) }
    }

    /// Where examples of `rule_file` are judged otherwise than they say.
    pub fn faults(&self, rule_file: &str, repository: &Repository) -> Vec<String> {
        let Some(example) = &repository.configuration else { return judge_all(&self.hook, rule_file, repository) };
        match Config::parse(&example.file, &example.text, self.rules.all) {
            Ok(config) => {
                let hook = H::new(&config, compat::Settings::default(), self.rules.own);
                judge_all(&hook, rule_file, repository)
            }
            Err(error) => vec![format!("{rule_file}:{}: {}", example.line + error.line as usize, error.message)],
        }
    }
}

fn judge_all<H: Hook>(hook: &H, rule_file: &str, repository: &Repository) -> Vec<String> {
    let mut faults = Vec::new();
    for example in &repository.files {
        let crlf = example.text.replace('\n', "\r\n");
        let marked = format!("\u{feff}{}", example.text);
        for (form, text) in [("", &example.text), (" (with CRLF)", &crlf), (" (with BOM)", &marked)] {
            let binary = example.binary();
            let found = judge(hook, rule_file, example, binary.as_deref().unwrap_or(text.as_bytes()));
            if !found.is_empty() {
                faults.extend(found.into_iter().map(|fault| format!("{fault}{form}")));
                break;
            }
        }
    }
    faults
}

fn judge<H: Hook>(hook: &H, rule_file: &str, example: &Example, text: &[u8]) -> Vec<String> {
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
            faults.push(format!("{rule_file}:{at}: expected {}, found {}", list(expected), list(&actual)));
        }
    }
    faults
}

fn list(ids: &BTreeSet<String>) -> String {
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    if ids.is_empty() { "nothing".into() } else { escape(ids.join(", ").as_bytes()).into_owned() }
}
