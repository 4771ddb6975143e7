//! One rule file: TOML front matter between `+++` lines, then the manual.
//! Promises that whatever it accepts is complete and parses; all faults of a file are told at once, each with its line.
//! Does not look at the examples, and compiles neither patterns nor globs.

use serde::Deserialize;

use super::table::{Kind, Match, kinds, texts};
use super::{Confidence, HookName, Rule, Severity};

/// A parsed rule file.
#[derive(Debug)]
pub struct RuleFile {
    /// The file stem.
    pub id: String,
    /// Path in the repository.
    pub file: String,
    pub front: Front,
    /// What follows the front matter.
    pub manual: String,
    pub hook: HookName,
    severity: Severity,
    confidence: Confidence,
    kind: Kind,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Front {
    pub summary: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Ours stand in the folder of their hook; a rule of a project may say whose it is.
    hook: Option<String>,
    severity: String,
    confidence: String,
    cwe: Option<u16>,
    since: Option<String>,
    #[serde(default)]
    references: Vec<String>,
    #[serde(rename = "match")]
    pub matcher: Match,
}

const HOOKS: &[(&str, HookName)] = &[("secrets", HookName::Secrets)];
const SEVERITIES: &[(&str, Severity)] =
    &[("low", Severity::Low), ("medium", Severity::Medium), ("high", Severity::High), ("critical", Severity::Critical)];
const CONFIDENCES: &[(&str, Confidence)] =
    &[("low", Confidence::Low), ("medium", Confidence::Medium), ("high", Confidence::High)];
/// A fault, with the key that it belongs to.
pub(super) type Fault = (&'static str, String);

impl RuleFile {
    /// Reads the `text` of `file`; without a `hook` in it, the rule belongs to `hook`. Errors are `file:line: what is wrong`.
    pub fn parse(file: &str, text: &str, hook: HookName) -> Result<Self, Vec<String>> {
        let fault = |line: usize, what: &str| vec![format!("{file}:{line}: {what}")];
        let id = file.rsplit('/').next().and_then(|name| name.strip_suffix(".md")).unwrap_or_default().to_string();
        if !is_kebab(&id) {
            return Err(fault(1, "a rule is named by its file: lower-case words joined by hyphens, ending in .md"));
        }
        let Some((front, manual)) = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n")) else {
            return Err(fault(1, "the front matter is missing: TOML between two lines of `+++`"));
        };
        let front: Front = toml::from_str(front).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            fault(line_at(front, at) + 1, &without_value(error.message()))
        })?;
        let mut faults = front.faults();
        if manual.trim().is_empty() {
            faults.push(("+++", "the manual is missing".into()));
        }
        let hook = of_name(&mut faults, "hook", HOOKS, front.hook.as_deref()).unwrap_or(hook);
        let severity = of_name(&mut faults, "severity", SEVERITIES, Some(&front.severity)).unwrap_or(Severity::Low);
        let confidence = of_name(&mut faults, "confidence", CONFIDENCES, Some(&front.confidence)).unwrap_or(Confidence::Low);
        let kind = front.matcher.read(&mut faults);
        let rule = Self { id, file: file.to_string(), front, manual: manual.to_string(), hook, severity, confidence, kind };
        if faults.is_empty() { Ok(rule) } else { Err(rule.told(text, faults)) }
    }

    /// What a rule of ours needs and one of a project may leave out.
    pub fn faults_of_ours(&self, text: &str) -> Vec<String> {
        let mut faults = Vec::new();
        if self.front.since.is_none() {
            faults.push(("since", "a rule says which version first has it".into()));
        }
        if self.front.references.is_empty() {
            faults.push(("references", "a rule needs a reference".into()));
        }
        if self.front.hook.is_some() {
            faults.push(("hook", "the folder says whose rule it is".into()));
        }
        self.told(text, faults)
    }

    /// What a rule of a project may not say.
    pub fn faults_of_project(&self, text: &str) -> Vec<String> {
        let code = ("engine", format!("a project's rule has no code of ours: give one of {}", kinds(|kind| kind != "engine")));
        self.told(text, matches!(self.kind, Kind::Code).then_some(code).into_iter().collect())
    }

    /// Faults with file and line. A key that is not there is missed on the first line.
    pub fn told(&self, text: &str, faults: Vec<Fault>) -> Vec<String> {
        let line = |key: &str| text.lines().position(|line| line.trim_start().starts_with(key)).unwrap_or(0) + 1;
        faults.into_iter().map(|(key, what)| format!("{}:{}: {what}", self.file, line(key))).collect()
    }

    /// The keywords whose base64 and hexadecimal images lead to decoding. Those that match in both cases have too many.
    pub fn encoded(&self) -> &[String] {
        match &self.front.matcher {
            matcher if matcher.pattern.is_none() => &matcher.encoded,
            matcher if matcher.ignore_case => &[],
            matcher => &matcher.keywords,
        }
    }

    /// The rule. It lives as long as the program: the texts are given away for good.
    pub fn leak(self) -> &'static Rule {
        let Self { id, file, front, manual, hook, severity, confidence, kind } = self;
        Box::leak(Box::new(Rule {
            id: id.leak(),
            aliases: texts(&front.aliases),
            hook,
            summary: front.summary.leak(),
            severity,
            confidence,
            cwe: front.cwe,
            since: front.since.map(|version| &*version.leak()),
            references: texts(&front.references),
            manual: manual.leak(),
            file: file.leak(),
            matcher: kind.leak(front.matcher),
        }))
    }
}

impl Front {
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.summary.is_empty() || self.summary.ends_with('.') || self.summary.contains(char::is_control) {
            faults.push(("summary", "the summary is one phrase without a full stop".into()));
        }
        let is_name = |alias: &String| !alias.trim().is_empty() && !alias.contains(char::is_control);
        if !self.aliases.iter().all(is_name) {
            faults.push(("aliases", "an alias is a name".into()));
        }
        if self.since.as_deref().is_some_and(|since| !is_version(since)) {
            faults.push(("since", format!("{} is no version like 0.1.0", shown(self.since.as_deref().unwrap_or_default()))));
        }
        if self.references.iter().any(|page| !page.starts_with("https://") || page.contains(char::is_control)) {
            faults.push(("references", "a reference is the https address of a page".into()));
        }
        faults
    }
}

/// What a word stands for; a fault if it is not in the table.
pub(super) fn of_name<T: Copy>(faults: &mut Vec<Fault>, key: &'static str, table: &[(&str, T)], word: Option<&str>) -> Option<T> {
    let word = word?;
    let found = table.iter().find(|(name, _)| *name == word).map(|(_, found)| *found);
    if found.is_none() {
        let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
        faults.push((key, format!("{} is not one of {}", shown(word), names.join(", "))));
    }
    found
}

/// A word in a message. A long one may be a value that was put in the wrong place.
pub(super) fn shown(word: &str) -> String {
    const LONGEST: usize = 24;
    if word.len() <= LONGEST { format!("`{word}`") } else { format!("`{}…`", word.chars().take(3).collect::<String>()) }
}

/// What serde says of a value of the wrong kind, without the value.
fn without_value(message: &str) -> String {
    match message.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((_, expected)) => format!("a value of the wrong kind: expected {expected}"),
        None => message.to_owned(),
    }
}

fn is_version(text: &str) -> bool {
    text.split('.').count() == 3 && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

fn is_kebab(id: &str) -> bool {
    !id.is_empty()
        && id.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// Line (from 1) of a byte offset.
fn line_at(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or(text).matches('\n').count() + 1
}
