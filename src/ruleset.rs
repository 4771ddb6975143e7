//! The rules of a run: those of the hook, and those that the project brings in `.gatewright/rules`.
//! Promises that a project's rule is refused with file, line and remedy unless it is as sound as one of ours, and that no name means two.
//! Opens nothing: the texts come from the snapshot that is judged.

use std::collections::BTreeMap;

use regex::bytes::RegexBuilder;

use crate::glob::PathSet;
use crate::rule::{FOLDER, HookName, Rule, RuleFile, Rules};
use crate::source::escape;

/// More rules than this are no longer a project's own.
const RULES_MAX: usize = 1000;
/// Bytes of a rule file.
const FILE_MAX: usize = 1 << 20;
/// Bytes that a compiled pattern of a project may take; ours take a tenth of it.
const PATTERN_MAX: usize = 1 << 20;

/// The rules of a run.
#[derive(Clone, Copy, Debug)]
pub struct Ruleset {
    /// All of them, by id: what a name may mean.
    pub all: Rules,
    /// Those among them that the project brought.
    pub own: Rules,
}

impl Ruleset {
    /// The rules of a hook alone.
    pub fn of(ours: Rules) -> Self {
        Self { all: ours, own: &[] }
    }

    /// `ours`, and the rules for `hook` in the rule files of a project, each with its path. Errors are `file:line: what is wrong`.
    ///
    /// The rules live as long as the program, as ours do; a process reads them once, so nothing is gained by giving them back.
    pub fn with(ours: Rules, hook: HookName, files: &[(String, Vec<u8>)]) -> Result<Self, Vec<String>> {
        if files.is_empty() {
            return Ok(Self::of(ours));
        }
        let parsed = parse(ours, hook, files)?;
        let own: Vec<&'static Rule> = parsed.into_iter().map(RuleFile::leak).filter(|rule| rule.hook == hook).collect();
        let mut all = [ours, &own].concat();
        all.sort_by_key(|rule| rule.id);
        Ok(Self { all: all.leak(), own: own.leak() })
    }
}

/// Parses the rule files of a project, and finds every fault that they have.
pub fn parse(ours: Rules, hook: HookName, files: &[(String, Vec<u8>)]) -> Result<Vec<RuleFile>, Vec<String>> {
    let mut faults = Vec::new();
    let mut parsed = Vec::new();
    for (path, bytes) in files {
        match parse_one(path, bytes, hook) {
            Ok(rule) => parsed.push(rule),
            Err(found) => faults.extend(found),
        }
    }
    faults.extend(name_faults(ours, &parsed));
    if parsed.len() > RULES_MAX {
        faults.push(format!("{FOLDER}:1: more than {RULES_MAX} rules"));
    }
    if faults.is_empty() { Ok(parsed) } else { Err(faults.iter().map(|fault| escape(fault.as_bytes()).into_owned()).collect()) }
}

fn parse_one(path: &str, bytes: &[u8], hook: HookName) -> Result<RuleFile, Vec<String>> {
    let inside = path.strip_prefix(FOLDER).and_then(|rest| rest.strip_prefix('/')).unwrap_or_default();
    if inside.is_empty() || inside.contains('/') {
        return Err(vec![format!("{path}:1: a rule file lies right in {FOLDER}: move it there")]);
    }
    if bytes.len() > FILE_MAX {
        return Err(vec![format!("{path}:1: more than {FILE_MAX} bytes: a rule is a page")]);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Err(vec![format!("{path}:1: it is not UTF-8: save it as UTF-8")]) };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let rule = RuleFile::parse(path, &text, hook)?;
    let mut faults = rule.faults_of_project(&text);
    faults.extend(rule.told(&text, uncompiled(&rule)));
    if faults.is_empty() { Ok(rule) } else { Err(faults) }
}

/// Patterns and globs that do not compile.
fn uncompiled(rule: &RuleFile) -> Vec<(&'static str, String)> {
    let table = &rule.front.matcher;
    let mut faults = Vec::new();
    if let Some(pattern) = &table.pattern {
        // What is too large is known only when it is compiled. The detector does it again, where a keyword of the rule is seen.
        let built = RegexBuilder::new(pattern).unicode(false).case_insensitive(table.ignore_case).size_limit(PATTERN_MAX).build();
        faults.extend(built.err().map(|error| ("pattern", refused(&error))));
    }
    faults.extend(PathSet::new(table.file_name.iter().cloned()).err().map(|error| ("file-name", error)));
    faults
}

fn refused(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => {
            format!("compiled, the pattern takes more than {PATTERN_MAX} bytes: leave repetitions of hundreds open (`{{100,}}`)")
        }
        _ => "the pattern does not compile".to_owned(),
    }
}

/// Names that are taken: a name must mean one rule.
fn name_faults(ours: Rules, own: &[RuleFile]) -> Vec<String> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for rule in ours {
        for name in std::iter::once(&rule.id).chain(rule.aliases) {
            seen.insert(name.to_lowercase(), rule.id);
        }
    }
    let mut faults = Vec::new();
    for rule in own {
        for name in std::iter::once(&rule.id).chain(&rule.front.aliases) {
            if let Some(other) = seen.insert(name.to_lowercase(), &rule.id) {
                faults.push(format!(
                    "{}:1: the name `{name}` belongs to the rule `{other}` already: give it another one",
                    rule.file
                ));
            }
        }
    }
    faults
}
