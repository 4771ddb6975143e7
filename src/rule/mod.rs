//! A rule: what is looked for, why it matters, how sure a match is; and the reader of the Markdown files that say so.
//! Promises that the rules of `hooks/**/*.md` are static data, made by `build.rs` with this very reader, and that those which a project
//! brings differ from them in nothing but the time at which they are read. Finds nothing by itself: the matchers are interpreted elsewhere.

pub mod example;
mod file;
mod pattern;
mod shape;
mod table;

use std::fmt;

pub use self::file::RuleFile;

/// Rules that live as long as the program. Of a run, those that it could report: for `explain`, SARIF's rule table, and checking ids in
/// comments and configuration.
pub type Rules = &'static [&'static Rule];

/// The folder of a repository in which its own rules lie.
pub const FOLDER: &str = ".gatewright/rules";

/// Which hook a rule belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HookName {
    Secrets,
}

impl HookName {
    pub const ALL: [Self; 1] = [Self::Secrets];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
        }
    }
}

impl fmt::Display for HookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How bad it is if the finding is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// How sure it is that a match is what the rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    Low,
    Medium,
    High,
}

impl Confidence {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// One rule file.
#[derive(Debug)]
pub struct Rule {
    /// The file stem: a kebab phrase that names the problem.
    pub id: &'static str,
    /// Other names accepted wherever an id is: detect-secrets types, gitleaks ids, Bandit codes.
    pub aliases: &'static [&'static str],
    pub hook: HookName,
    pub summary: &'static str,
    pub severity: Severity,
    pub confidence: Confidence,
    /// Number of the Common Weakness Enumeration entry.
    pub cwe: Option<u16>,
    /// The version that first had the rule: of gatewright; of a project's rule, whatever the project counts.
    pub since: Option<&'static str>,
    pub references: &'static [&'static str],
    /// The body of the rule file (Markdown), examples included.
    pub manual: &'static str,
    /// Path of the rule file: in our repository, or in the project's.
    pub file: &'static str,
    pub matcher: Matcher,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.hook == other.hook && self.id == other.id
    }
}

impl Rule {
    /// Whether a project brought it.
    pub fn is_of_project(&self) -> bool {
        self.file.strip_prefix(FOLDER).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether `name` is this rule's id or one of its aliases (case does not matter).
    pub fn is_called(&self, name: &str) -> bool {
        self.id.eq_ignore_ascii_case(name) || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }
}

/// What a rule looks for.
#[derive(Debug)]
pub enum Matcher {
    /// A regular expression behind literal keywords.
    Pattern(Pattern),
    /// A value of a known shape that is given to the name of a service.
    Row(Row),
    /// A file, by its name alone.
    FileName(FileName),
    /// A Python module that is imported.
    Import(Import),
    /// A Python function that is called.
    Call(Call),
    /// Decided by code of the hook, named after the rule.
    Code,
}

impl Matcher {
    /// Whether what matches is a secret, which nobody may show.
    pub fn is_of_secrets(&self) -> bool {
        match self {
            Self::Pattern(_) | Self::Row(_) | Self::Code => true,
            Self::FileName(_) | Self::Import(_) | Self::Call(_) => false,
        }
    }
}

/// Names of files.
#[derive(Debug)]
pub struct FileName {
    /// Globs in the syntax of `.gitignore`.
    pub globs: &'static [&'static str],
}

/// Modules of Python.
#[derive(Debug)]
pub struct Import {
    /// Dotted names. One stands for what is inside of it, too: `a` for `a.b`.
    pub modules: &'static [&'static str],
}

/// Functions of Python.
#[derive(Debug)]
pub struct Call {
    /// Dotted names as the module that defines them has them: `ssl.wrap_socket`; built-in functions have no dot.
    pub functions: &'static [&'static str],
    /// Keyword arguments of which none may be given.
    pub without: &'static [&'static str],
}

/// A token format.
#[derive(Debug)]
pub struct Pattern {
    /// Literals of which at least one occurs in every match; the pattern is compiled and run only where one was seen.
    pub keywords: &'static [&'static str],
    /// Letters match in both cases, in keywords and pattern (ASCII only).
    pub ignore_case: bool,
    /// Every match begins with one of the keywords, so that the pattern is tried only right there (found out by `build.rs`).
    pub anchored: bool,
    /// Bytes of the longest match, if the pattern bounds it (found out by `build.rs`).
    pub reach: Option<usize>,
    pub boundary: Boundary,
    /// `regex::bytes` syntax, Unicode off. The group named `value`, else the whole match, is the secret.
    pub regex: &'static str,
    /// Shannon entropy in bits per character that the value must reach.
    pub entropy: Option<f32>,
    /// Behind the public prefix stands a digit; long identifiers are as mixed as random letters, but have none.
    pub digit: bool,
    pub checksum: Option<Checksum>,
    /// Length of the public prefix that may be shown (`ghp_` is 4).
    pub shown: usize,
}

/// A key without a prefix of its own: a shape, told from hashes and ids by the name that it is given.
#[derive(Debug)]
pub struct Row {
    /// The service's names, in either case; one of them stands before every match.
    pub services: &'static [&'static str],
    /// Further words that call the value a secret, beside those that every row knows (`key`, `token`, …).
    pub words: &'static [&'static str],
    /// What the value may look like.
    pub shapes: &'static [Shape],
    /// Shannon entropy in bits per character that the value must reach.
    pub entropy: f32,
    /// Length of the public prefix that may be shown.
    pub shown: usize,
}

/// Runs of characters, one after the other. No run can take what belongs to the next, so that matching is one walk.
pub type Shape = &'static [Run];

/// A run of characters of one set.
#[derive(Clone, Debug)]
pub struct Run {
    /// Bit `n` stands for the ASCII character `n`.
    pub set: u128,
    pub least: u16,
    pub most: u16,
}

/// What may touch a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// No letter, digit or underscore before or behind; escapes (`\\n`, `%22`) count as boundaries.
    Word,
    /// Anything: the pattern has boundaries of its own.
    None,
}

/// A checksum inside a token. A right one proves the token; a wrong one lowers the confidence, it never drops a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// The last 6 characters are the CRC-32 of what stands between prefix (up to the last `_` before the body) and them, base62,
    /// digits first (GitHub, npm).
    Crc32Base62,
    /// The last 8 hex digits are the CRC-32 of all before them (Atlassian, Cloudflare).
    Crc32Hex,
    /// The 8 hex digits after the last `_` are the little-endian CRC-32 of everything before it (Grafana).
    Crc32LeHex,
    /// Header and payload decode to JSON objects (JWT).
    Jwt,
    /// The last two bytes behind the base32 are the CRC-16 of those before them (NATS).
    NkeyCrc16,
    /// What stands behind the first `-` decodes to a macaroon of version 2 (PyPI).
    Macaroon,
}
