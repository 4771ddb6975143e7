//! Text of a run as it may be shown: what hooks, files and configurations say, without the secrets that were found.
//! Promises that every string it returns is free of control characters, and that a file's texts depend on that file alone.
//! Snippets are not its business: they are made without secrets.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Finding, Redacted, Subject, Values, without};
use crate::rule::Rules;
use crate::secret::Detector;
use crate::settle::{Forgiver, Outcome, Settled, Standing};
use crate::source::{Appearance, RepoPath, escape, is_unprintable};

/// A shorter value that is also a word of a path, a name or a message is taken for that word.
const SHORTEST: usize = 12;

/// The secrets of a run by file, and what to say without them.
pub(super) struct Shown<'a> {
    outcome: &'a Outcome,
    files: BTreeMap<&'a RepoPath, Values<'a>>,
    /// Knows the tokens that people put into a reason, which is in no file of the run.
    detector: Detector,
}

impl<'a> Shown<'a> {
    /// `own` are the rules of the project.
    pub(super) fn new(outcome: &'a Outcome, own: Rules) -> Self {
        let mut secrets: BTreeMap<&RepoPath, Vec<&Redacted>> = BTreeMap::new();
        for settled in &outcome.settled {
            secrets.entry(&settled.finding.path).or_default().extend(secret(settled));
        }
        let files = secrets.into_iter().map(|(path, secrets)| (path, Values::of(secrets, SHORTEST))).collect();
        Self { outcome, files, detector: Detector::default().with_rules(own) }
    }

    /// The remarks about the run, without any secret of it.
    pub(super) fn remarks(&self) -> Vec<String> {
        let notes = &self.outcome.notes;
        let values = if notes.is_empty() {
            Values::default()
        } else {
            Values::of(self.outcome.settled.iter().filter_map(secret), SHORTEST)
        };
        notes.iter().map(|note| self.said(&hide(&values, note.as_bytes()))).collect()
    }

    /// The text with the secrets of the file as `…`; nothing is escaped.
    pub(super) fn without_secrets<'t>(&self, path: &RepoPath, text: &'t [u8]) -> Cow<'t, [u8]> {
        self.files.get(path).map_or(Cow::Borrowed(text), |values| hide(values, text))
    }

    /// The text without secrets, as JSON can hold it: invalid UTF-8 replaced, nothing escaped.
    pub(super) fn lossy(&self, path: &RepoPath, text: &[u8]) -> String {
        String::from_utf8_lossy(&self.without_secrets(path, text)).into_owned()
    }

    /// The text without secrets, escaped.
    pub(super) fn text(&self, path: &RepoPath, text: &str) -> String {
        self.said(&self.without_secrets(path, text.as_bytes()))
    }

    /// What is left, escaped: without what is known as a token, whoever wrote it.
    fn said(&self, text: &[u8]) -> String {
        self.detector.hide(&escape(text)).into_owned()
    }

    /// The path without secrets, escaped.
    pub(super) fn path(&self, path: &RepoPath) -> String {
        escape(&self.without_secrets(path, path.as_bytes())).into_owned()
    }

    /// The path as a relative URI: everything but unreserved characters and `/` is percent-encoded.
    pub(super) fn uri(&self, path: &RepoPath) -> String {
        let path = self.without_secrets(path, path.as_bytes());
        let encode = |&byte: &u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        path.iter().map(encode).collect()
    }

    pub(super) fn message(&self, finding: &Finding) -> String {
        self.text(&finding.path, &finding.message)
    }

    /// The evidence, and of a finding of a history where it came from and where it is now.
    pub(super) fn notes(&self, finding: &Finding) -> Vec<String> {
        let came_up = finding.appearance.as_ref().map(|appearance| self.came_up(finding, appearance));
        self.evidence(finding).into_iter().chain(came_up).collect()
    }

    pub(super) fn evidence(&self, finding: &Finding) -> Vec<String> {
        finding.notes.iter().map(|note| self.text(&finding.path, note)).collect()
    }

    pub(super) fn author(&self, finding: &Finding, appearance: &Appearance) -> String {
        escape(&self.without_secrets(&finding.path, &appearance.author)).into_owned()
    }

    fn came_up(&self, finding: &Finding, appearance: &Appearance) -> String {
        let commit = appearance.commit.get(..10).unwrap_or(&appearance.commit);
        let day = appearance.date.as_ref().and_then(|date| date.get(..10)).unwrap_or("an unknown day");
        let now = match &appearance.present {
            None => "gone from HEAD, not from the history".to_owned(),
            Some(path) if *path == finding.path => "still there".to_owned(),
            Some(path) => format!("still there as {}", self.path(path)),
        };
        format!("first in {commit} by {} on {day}; {now}", self.author(finding, appearance))
    }

    /// What the finding is about: a plain text, or the prefix and length of a secret.
    pub(super) fn subject(&self, finding: &Finding) -> String {
        match &finding.subject {
            Subject::Plain(text) => self.text(&finding.path, text),
            Subject::Secret(secret) => secret.to_string(),
        }
    }

    /// Subject and encodings in a few words: `ghp_… (40 characters) in base64`.
    pub(super) fn detail(&self, finding: &Finding) -> String {
        let subject = self.subject(finding);
        if finding.via.is_empty() { subject } else { format!("{subject} in {}", finding.via.join(" in ")) }
    }

    /// Who forgave the finding and why, or why it is none; `None` for an open one.
    pub(super) fn verdict(&self, settled: &Settled) -> Option<String> {
        let (by, reason) = match &settled.standing {
            Standing::Open => return None,
            Standing::Dismissed { reason } => return Some(self.text(&settled.finding.path, reason)),
            Standing::Forgiven { by, reason } => (by, reason),
        };
        let path = &settled.finding.path;
        let by = match by {
            Forgiver::Inline { line, dialect } => {
                let member = settled.finding.member.as_ref().map(|member| self.text(path, &format!(" of `{member}`")));
                format!("by a `{dialect}` comment on line {line}{}", member.unwrap_or_default())
            }
            Forgiver::Policy => "by the configuration".to_owned(),
            Forgiver::Baseline { file } => format!("by `{}`", self.text(path, file)),
        };
        Some(match reason {
            Some(reason) => format!("{by}: {}", self.text(path, reason)),
            None => by,
        })
    }
}

fn secret(settled: &Settled) -> Option<&Redacted> {
    match &settled.finding.subject {
        Subject::Secret(secret) => Some(secret),
        Subject::Plain(_) => None,
    }
}

fn hide<'t>(values: &Values<'_>, text: &'t [u8]) -> Cow<'t, [u8]> {
    without(text, &values.covered(text))
}

/// Writes JSON in which every character that [`is_unprintable`] is escaped, so that it can be shown at a terminal.
pub(super) fn write_json(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Printable))?;
    out.write_all(b"\n")
}

struct Printable;

impl serde_json::ser::Formatter for Printable {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|&(_, c)| is_unprintable(c)) {
            let (plain, from) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = from.get(c.len_utf8()..).unwrap_or_default();
        }
        out.write_all(rest.as_bytes())
    }
}
