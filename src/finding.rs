//! What a hook found: which rule, where, and what the secret looks like without showing it.
//! Promises that a secret's value can be hashed and compared but never printed: [`Redacted`] has no way out to text.
//! Decides nothing about whether the finding is forgiven; that is `settle`.

mod fix;
mod joined;
mod mask;
mod snippet;

use std::fmt;
use std::sync::Arc;

use crate::rule::{Confidence, Rule, Severity};
use crate::source::{Appearance, Origin, RepoPath, Source, Span};

pub use fix::{Contradiction, Edit, Fix};
pub(crate) use mask::{Values, without};
pub use snippet::Secrets;

/// One finding of one rule at one place.
#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: &'static Rule,
    pub path: RepoPath,
    pub origin: Origin,
    pub span: Span,
    /// One lower-case sentence without full stop.
    pub message: String,
    pub subject: Subject,
    pub severity: Severity,
    /// The rule's, raised or lowered by what was seen (checksum, name, placeholder).
    pub confidence: Confidence,
    /// The name the value was given, if one was found: `DB_PASSWORD`, `--token`.
    pub name: Option<String>,
    /// The encodings that were undone to reach the value, outermost first: `base64`, `hex`, `percent`.
    pub via: Vec<&'static str>,
    /// The evidence: why this was judged a finding.
    pub notes: Vec<String>,
    /// The member of the file in which it stands, if that is an archive; `span` is then the start of the file.
    pub member: Option<Member>,
    /// The same finding in the terms of other tools.
    pub foreign: Vec<ForeignIdentity>,
    /// The source lines, every secret of the file masked.
    pub snippet: Snippet,
    /// In a history: the commit in which it came up.
    pub appearance: Option<Arc<Appearance>>,
    /// Why it was dismissed, if a hook that explains itself tells of it all the same.
    pub against: Option<String>,
    /// Whether a comment allows its line, as detect-secrets' engine read it; `None` where it did not ask. Its word on its own comments
    /// is the last one.
    pub is_allowed: Option<bool>,
}

impl Finding {
    /// Where it stands in its text: in that of the file, or of the member.
    pub fn place(&self) -> Span {
        self.member.as_ref().map_or(self.span, |member| member.span)
    }
}

/// A text of a file: its own, or that of a member, if the file is an archive.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    pub source: &'a Source<'a>,
    /// The names from the outermost on; none for the file's own text.
    pub member: &'a [RepoPath],
}

/// A place in a member of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The name of the member; where that is an archive itself, the names from the outermost on. [`Member::OUTSIDE`] stands for bytes
    /// that belong to none.
    pub path: Vec<RepoPath>,
    /// In the text of the member, or from the first of those bytes on.
    pub span: Span,
}

impl Member {
    /// What is said instead of a name of bytes between and behind the members.
    pub const OUTSIDE: &str = "(outside of the members)";
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&member_name(&self.path))
    }
}

/// `conf/x.env`, and `inner.tar!/x.env` for a member of an archive in an archive; safe to print.
pub fn member_name(path: &[RepoPath]) -> String {
    path.iter().map(RepoPath::to_string).collect::<Vec<_>>().join("!/")
}

/// What the finding is about.
#[derive(Clone, Debug)]
pub enum Subject {
    /// Text that may be shown: a package name, a file name.
    Plain(String),
    /// A secret.
    Secret(Redacted),
}

/// A secret's value. It can be compared and hashed; `Debug` and `Display` show its public prefix and its length, never more.
#[derive(Clone, PartialEq, Eq)]
pub struct Redacted {
    value: Vec<u8>,
    shown: usize,
}

/// Permission to show a secret: made only by `cli`, when a person asked for it at a terminal.
#[derive(Debug)]
pub struct AtTerminal(());

impl AtTerminal {
    /// `None` unless `is_terminal` says that the stream which will show the value is one.
    pub fn new(stream: &impl std::io::IsTerminal) -> Option<Self> {
        stream.is_terminal().then_some(Self(()))
    }
}

impl Redacted {
    /// `value` is the normalised value (unquoted, decoded); the first `shown` bytes are the public prefix of its format.
    pub fn new(value: impl Into<Vec<u8>>, shown: usize) -> Self {
        let value = value.into();
        // A prefix is shown only if most of the value stays hidden.
        let shown = if shown * 2 <= value.len() && value.get(..shown).is_some_and(<[u8]>::is_ascii) { shown } else { 0 };
        Self { value, shown }
    }

    /// Feeds the value to a hash, a comparison or a search; the closure's result must not be the value itself.
    pub(crate) fn with<R>(&self, use_value: impl FnOnce(&[u8]) -> R) -> R {
        use_value(&self.value)
    }

    /// The value, for a person at a terminal who asked to see it.
    pub fn reveal(&self, _: &AtTerminal) -> &[u8] {
        &self.value
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = self.value.get(..self.shown).unwrap_or_default();
        let count = self.value.utf8_chunks().map(|c| c.valid().chars().count() + c.invalid().len()).sum::<usize>();
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{}… ({count} character{plural})", crate::source::escape(prefix))
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redacted({self})")
    }
}

/// How another tool names this finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignIdentity {
    /// The type as detect-secrets writes it: `Secret Keyword`.
    pub kind: &'static str,
    /// SHA-1 of the value as detect-secrets extracts it.
    pub sha1: [u8; 20],
    /// Whether it does not tell the value: what detect-secrets extracts is a part of it, which another value may have as well.
    pub is_part: bool,
}

/// Source lines around a finding, safe to print: secrets are masked with `…`, control characters escaped, long lines cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// Number (from 1) and text of each line.
    pub lines: Vec<(u32, String)>,
    /// Where the finding stands in the first line, in characters of the printed text.
    pub mark: std::ops::Range<usize>,
}
