//! One rule file: TOML front matter between `+++` lines, then the manual.
//! Promises that whatever it accepts is complete and compiles; all faults of a file are told at once, each with its line.
//! Does not look at the examples.

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, HirKind};
use serde::Deserialize;

use crate::shape::{self, Run};

/// A parsed rule file.
pub struct RuleFile {
    /// The file stem.
    pub id: String,
    /// Path in the repository.
    pub file: String,
    pub front: Front,
    /// What follows the front matter.
    pub manual: String,
    /// Whether every match begins with one of the keywords, so that the pattern may be tried right at a keyword.
    pub anchored: bool,
    /// Bytes of the longest match, if the pattern bounds it.
    pub reach: Option<usize>,
    /// What `value` stands for.
    pub shapes: Vec<Vec<Run>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Front {
    pub summary: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub severity: String,
    pub confidence: String,
    pub cwe: Option<u16>,
    pub since: String,
    pub references: Vec<String>,
    #[serde(rename = "match")]
    pub matcher: Match,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Match {
    pub pattern: Option<String>,
    /// The shape of a key that is told by the name before it: the keywords are the service's names.
    pub value: Option<String>,
    /// For rows: further words that call the value a secret.
    #[serde(default)]
    pub words: Vec<String>,
    /// `rust`: the hook's code decides.
    pub engine: Option<String>,
    #[serde(default)]
    pub keywords: Vec<String>,
    /// For code rules: literals to be looked for in encoded form too. The keywords of a pattern always are.
    #[serde(default)]
    pub encoded: Vec<String>,
    #[serde(default)]
    pub ignore_case: bool,
    /// Whether a letter, digit or underscore may touch the match. The default is `word`: it may not.
    pub boundary: Option<String>,
    pub entropy: Option<f32>,
    pub checksum: Option<String>,
    #[serde(default)]
    pub shown: usize,
}

const SEVERITIES: &[&str] = &["low", "medium", "high", "critical"];
const CONFIDENCES: &[&str] = &["low", "medium", "high"];
pub const CHECKSUMS: &[(&str, &str)] = &[
    ("crc32-base62", "Crc32Base62"),
    ("crc32-hex", "Crc32Hex"),
    ("crc32-le-hex", "Crc32LeHex"),
    ("jwt", "Jwt"),
    ("nkey-crc16", "NkeyCrc16"),
    ("macaroon", "Macaroon"),
];
pub const BOUNDARIES: &[(&str, &str)] = &[("word", "Word"), ("none", "None")];
/// Shorter keywords would send every other line to the pattern.
const KEYWORD_MIN: usize = 3;
const KEYWORD_MAX: usize = 60;

impl RuleFile {
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<String>> {
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
            fault(line_at(front, at) + 1, error.message())
        })?;
        let mut rule = Self {
            id,
            file: file.to_string(),
            front,
            manual: manual.to_string(),
            anchored: false,
            reach: None,
            shapes: Vec::new(),
        };
        let mut faults: Vec<String> = Vec::new();
        for (key, what) in rule.check() {
            let line = text.lines().position(|line| line.trim_start().starts_with(key)).unwrap_or(0) + 1;
            faults.push(format!("{file}:{line}: {what}"));
        }
        if faults.is_empty() { Ok(rule) } else { Err(faults) }
    }

    /// The faults of the values, each with the key that it belongs to.
    fn check(&mut self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        let front = &self.front;
        for (key, value, allowed) in [("severity", &front.severity, SEVERITIES), ("confidence", &front.confidence, CONFIDENCES)] {
            if !allowed.contains(&value.as_str()) {
                faults.push((key, format!("`{value}` is not one of {}", allowed.join(", "))));
            }
        }
        if front.summary.is_empty() || front.summary.ends_with('.') || front.summary.contains(char::is_control) {
            faults.push(("summary", "the summary is one phrase without a full stop".into()));
        }
        if !is_version(&front.since) {
            faults.push(("since", format!("`{}` is no version like 0.1.0", front.since)));
        }
        if front.references.is_empty() || front.references.iter().any(|page| !page.starts_with("https://")) {
            faults.push(("references", "a rule needs a reference, and each is the https address of a page".into()));
        }
        if self.manual.trim().is_empty() {
            faults.push(("+++", "the manual is missing".into()));
        }
        let matcher = &front.matcher;
        for keyword in matcher.keywords.iter().chain(&matcher.encoded) {
            if !(KEYWORD_MIN..=KEYWORD_MAX).contains(&keyword.len()) || !keyword.is_ascii() {
                faults
                    .push(("keywords", format!("the keyword `{keyword}` needs {KEYWORD_MIN} to {KEYWORD_MAX} ASCII characters")));
            }
        }
        if let Some(checksum) = &matcher.checksum
            && !CHECKSUMS.iter().any(|(name, _)| name == checksum)
        {
            faults.push(("checksum", format!("unknown checksum `{checksum}`")));
        }
        if let Some(boundary) = &matcher.boundary
            && !BOUNDARIES.iter().any(|(name, _)| name == boundary)
        {
            faults.push(("boundary", format!("unknown boundary `{boundary}`")));
        }
        if matcher.entropy.is_some_and(|bits| !(0.0..=8.0).contains(&bits)) {
            faults.push(("entropy", "a byte has 0 to 8 bits of entropy".into()));
        }
        match (&matcher.pattern, &matcher.value, matcher.engine.as_deref()) {
            (Some(_), None, None) if !matcher.encoded.is_empty() => {
                faults.push(("encoded", "the keywords of a pattern are looked for in encoded form anyway".into()));
            }
            (Some(pattern), None, None) => match self.check_pattern(pattern) {
                Ok((anchored, reach)) => (self.anchored, self.reach) = (anchored, reach),
                Err(what) => faults.push(("pattern", what)),
            },
            (None, Some(value), None) => match self.check_row(value) {
                Ok(shapes) => self.shapes = shapes,
                Err(what) => faults.push(("value", what)),
            },
            (None, None, Some("rust")) => {
                faults.extend(matcher.unread_by_code().map(|key| (key, format!("code does not read `{key}`"))));
            }
            _ => faults.push(("[match]", "give one of `pattern`, `value` and `engine = \"rust\"`".into())),
        }
        faults
    }

    /// The keywords whose base64 and hexadecimal images lead to decoding. Those that match in both cases have too many.
    pub fn encoded(&self) -> &[String] {
        match &self.front.matcher {
            matcher if matcher.pattern.is_none() => &matcher.encoded,
            matcher if matcher.ignore_case => &[],
            matcher => &matcher.keywords,
        }
    }

    /// The shapes of a row. Errors if it has no service or asks for what only a pattern has.
    fn check_row(&self, value: &str) -> Result<Vec<Vec<Run>>, String> {
        let matcher = &self.front.matcher;
        if matcher.keywords.is_empty() {
            return Err("a row needs keywords: the names of the service".into());
        }
        if matcher.checksum.is_some() || matcher.boundary.is_some() || matcher.ignore_case {
            return Err("a row has no `checksum`, `boundary` or `ignore-case`: those belong to a pattern".into());
        }
        shape::parse(value)
    }

    /// Whether every match begins with a keyword, and the length of the longest. Errors if the engine would not parse the pattern; that
    /// it is not too large either is shown by its examples, which spares everyone who installs a second copy of the engine.
    fn check_pattern(&self, pattern: &str) -> Result<(bool, Option<usize>), String> {
        let matcher = &self.front.matcher;
        if matcher.keywords.is_empty() {
            return Err("a pattern needs keywords: literals of which one is in every match".into());
        }
        let hir = regex_syntax::ParserBuilder::new()
            .unicode(false)
            .utf8(false)
            .case_insensitive(false)
            .build()
            .parse(pattern)
            .map_err(|error| error.to_string().replace('\n', " "))?;
        if let Some(name) = captures(&hir).into_iter().find(|name| *name != "value") {
            return Err(format!("the group `{name}` means nothing; the secret is the group `value`"));
        }
        if hir.properties().maximum_len().is_some_and(|longest| matcher.shown > longest) {
            return Err(format!("no match has {} characters that could be shown", matcher.shown));
        }
        let prefixes = Extractor::new().kind(ExtractKind::Prefix).extract(&hir);
        let begins = |literal: &[u8]| {
            matcher.keywords.iter().any(|keyword| {
                let head = literal.get(..keyword.len()).unwrap_or_default();
                if matcher.ignore_case { head.eq_ignore_ascii_case(keyword.as_bytes()) } else { head == keyword.as_bytes() }
            })
        };
        let anchored =
            prefixes.literals().is_some_and(|all| !all.is_empty() && all.iter().all(|literal| begins(literal.as_bytes())));
        Ok((anchored, hir.properties().maximum_len()))
    }
}

impl Match {
    /// The keys given that only patterns have.
    fn unread_by_code(&self) -> impl Iterator<Item = &'static str> + use<> {
        let given = [
            ("boundary", self.boundary.is_some()),
            ("entropy", self.entropy.is_some()),
            ("checksum", self.checksum.is_some()),
            ("shown", self.shown > 0),
        ];
        given.into_iter().filter(|(_, is_given)| *is_given).map(|(key, _)| key)
    }
}

/// The names of the groups.
fn captures(hir: &Hir) -> Vec<&str> {
    match hir.kind() {
        HirKind::Capture(group) => group.name.as_deref().into_iter().chain(captures(&group.sub)).collect(),
        HirKind::Repetition(repeated) => captures(&repeated.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().flat_map(captures).collect(),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => Vec::new(),
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
