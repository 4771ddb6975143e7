//! The JSON report: structs of its own with a version, as one object or one object a line.
//! Promises that fields are only added within a version; `docs/report.schema.json` is generated from these types.
//! Shows the SHA-1 that detect-secrets keeps of a value only when asked: of a weak value it is as good as the value.

use std::io::{self, Write};

use serde::Serialize;

use super::shown::write_json;
use super::{Run, Shown, Style, remedy};
use crate::settle::{Forgiver, Settled, Standing};
use crate::source::{Appearance, Origin, RepoPath};

const VERSION: u32 = 1;

/// The whole report.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Report {
    #[serde(flatten)]
    head: Head,
    /// In the order of path, offset and rule.
    findings: Vec<Finding>,
    /// Files that could not be judged; any makes exit 2.
    unread: Vec<Unread>,
    /// Files that were not judged, by rule and not by fault.
    skipped: Vec<Skipped>,
    /// Allow comments and entries that forgave nothing.
    unused: Vec<Unused>,
    /// Remarks about the run.
    notes: Vec<String>,
    summary: Summary,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Head {
    /// Always `report`.
    gatewright: &'static str,
    /// Version of this format.
    version: u32,
    hook: &'static str,
    tool_version: String,
    /// What was judged: `staged`, `tracked`, `worktree`, `range`, `stdin` or `history`.
    source: String,
    /// What read it.
    reader: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Finding {
    rule: &'static str,
    /// Other names of the rule.
    aliases: &'static [&'static str],
    #[serde(flatten)]
    path: Path,
    origin: Where,
    /// From 1.
    line: u32,
    /// From 1, in characters.
    column: u32,
    end_line: u32,
    /// The column behind the last character.
    end_column: u32,
    message: String,
    severity: &'static str,
    /// Of what was dismissed, that of the rule.
    confidence: &'static str,
    /// The name that the value was given.
    name: Option<String>,
    /// The encodings that were undone to reach the value, outermost first.
    via: Vec<&'static str>,
    /// The member of an archive in which it stands; the place in the file is then its start.
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<Member>,
    /// What the finding is about; of a secret its public prefix and its length.
    value: String,
    notes: Vec<String>,
    /// The same wherever the finding moves in its file.
    fingerprint: String,
    standing: State,
    forgiver: Option<By>,
    /// Why it was forgiven or dismissed.
    reason: Option<String>,
    /// Where it came from; only of a history.
    #[serde(flatten)]
    appearance: Option<CameUp>,
    /// How detect-secrets names the finding; only with `--show-hashes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    detect_secrets: Option<Vec<Foreign>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CameUp {
    /// The commit in which the value came up under this path.
    commit: String,
    /// Its author: name and address.
    author: String,
    /// When it was authored, in UTC; `null` if the commit has no date that can be written so.
    author_date: Option<String>,
    /// Whether a version with the value is in HEAD.
    present: bool,
    /// The path that this version has there.
    present_path: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Path {
    /// Relative to the root of the repository, `/` between components.
    path: String,
    /// The exact bytes in hexadecimal, for a path that is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Member {
    /// Its name; in an archive in an archive the names from the outermost on. `(outside of the members)` for headers, comments and gaps.
    path: Vec<String>,
    /// From 1, in the member; outside of the members from the byte on that the notes name.
    line: u32,
    /// From 1, in characters.
    column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Where {
    Repository,
    Worktree,
    Stdin,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum State {
    Open,
    Forgiven,
    /// No finding at all: what `explain` tells of the places that a rule looked at.
    Dismissed,
}

#[derive(Serialize)]
#[serde(tag = "by", rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum By {
    /// A comment in the file, or in its member in which the finding stands; `line` is a line of that.
    Inline { line: u32, dialect: &'static str },
    /// The configuration.
    Policy,
    /// An entry of a baseline.
    Baseline { file: String },
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Foreign {
    r#type: &'static str,
    sha1: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Unread {
    #[serde(flatten)]
    path: Path,
    reason: String,
    /// What to do about it.
    help: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Skipped {
    #[serde(flatten)]
    path: Path,
    reason: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Unused {
    #[serde(flatten)]
    path: Path,
    line: u32,
    message: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Summary {
    /// Files judged.
    files: usize,
    open: usize,
    forgiven: usize,
    unread: usize,
    skipped: usize,
    unused: usize,
    /// 0 clean, 1 findings, 2 could not tell.
    exit: u8,
}

/// One line of the `jsonl` format: a `report` line first, a `summary` line last, so that a broken stream is seen to be broken.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line {
    Report(Head),
    Finding(Box<Finding>),
    Unread(Unread),
    Skipped(Skipped),
    Unused(Unused),
    Note { message: String },
    Summary(Summary),
}

pub(super) fn write(run: &Run<'_>, style: &Style, shown: &Shown<'_>, out: &mut impl Write) -> io::Result<()> {
    let maker = Maker { run, style, shown };
    let report = Report {
        head: maker.head(),
        findings: maker.findings().collect(),
        unread: maker.unread().collect(),
        skipped: maker.skipped().collect(),
        unused: maker.unused().collect(),
        notes: maker.notes().collect(),
        summary: maker.summary(),
    };
    write_json(out, &report)
}

pub(super) fn write_lines(run: &Run<'_>, style: &Style, shown: &Shown<'_>, out: &mut impl Write) -> io::Result<()> {
    let maker = Maker { run, style, shown };
    std::iter::once(Line::Report(maker.head()))
        .chain(maker.findings().map(|finding| Line::Finding(Box::new(finding))))
        .chain(maker.unread().map(Line::Unread))
        .chain(maker.skipped().map(Line::Skipped))
        .chain(maker.unused().map(Line::Unused))
        .chain(maker.notes().map(|message| Line::Note { message }))
        .chain(std::iter::once(Line::Summary(maker.summary())))
        .try_for_each(|line| write_json(out, &line))
}

struct Maker<'a> {
    run: &'a Run<'a>,
    style: &'a Style,
    shown: &'a Shown<'a>,
}

impl Maker<'_> {
    fn head(&self) -> Head {
        Head {
            gatewright: "report",
            version: VERSION,
            hook: self.run.hook.as_str(),
            tool_version: self.run.tool_version.to_owned(),
            source: self.run.source.to_owned(),
            reader: self.run.reader.to_owned(),
        }
    }

    fn findings(&self) -> impl Iterator<Item = Finding> {
        self.run.outcome.settled.iter().filter(|settled| self.style.tells(settled)).map(|settled| self.finding(settled))
    }

    fn finding(&self, settled: &Settled) -> Finding {
        let finding = &settled.finding;
        let text = |text: &String| self.shown.text(&finding.path, text);
        let (standing, forgiver, reason) = match &settled.standing {
            Standing::Open => (State::Open, None, None),
            Standing::Forgiven { by, reason } => {
                let by = match by {
                    Forgiver::Inline { line, dialect } => By::Inline { line: *line, dialect },
                    Forgiver::Policy => By::Policy,
                    Forgiver::Baseline { file } => By::Baseline { file: text(file) },
                };
                (State::Forgiven, Some(by), reason.as_ref().map(text))
            }
            Standing::Dismissed { reason } => (State::Dismissed, None, Some(text(reason))),
        };
        let foreign = |id: &crate::finding::ForeignIdentity| Foreign { r#type: id.kind, sha1: hex(&id.sha1) };
        Finding {
            rule: finding.rule.id,
            aliases: finding.rule.aliases,
            path: self.path(&finding.path),
            origin: match finding.origin {
                Origin::Repository => Where::Repository,
                Origin::Worktree => Where::Worktree,
                Origin::Stdin => Where::Stdin,
            },
            line: finding.span.line,
            column: finding.span.column,
            end_line: finding.span.end_line,
            end_column: finding.span.end_column,
            message: self.shown.message(finding),
            severity: finding.severity.as_str(),
            confidence: finding.confidence.as_str(),
            name: finding.name.as_ref().map(text),
            via: finding.via.clone(),
            member: finding.member.as_ref().map(|member| Member {
                path: member.path.iter().map(|name| self.shown.lossy(&finding.path, name.as_bytes())).collect(),
                line: member.span.line,
                column: member.span.column,
            }),
            value: self.shown.subject(finding),
            notes: self.shown.evidence(finding),
            fingerprint: settled.fingerprint.clone(),
            standing,
            forgiver,
            reason,
            appearance: finding.appearance.as_ref().map(|appearance| self.came_up(finding, appearance)),
            detect_secrets: self.style.hashes.then(|| finding.foreign.iter().map(foreign).collect()),
        }
    }

    fn came_up(&self, finding: &crate::finding::Finding, appearance: &Appearance) -> CameUp {
        CameUp {
            commit: appearance.commit.clone(),
            author: self.shown.author(finding, appearance),
            author_date: appearance.date.clone(),
            present: appearance.present.is_some(),
            present_path: appearance.present.as_ref().map(|path| self.shown.path(path)),
        }
    }

    fn unread(&self) -> impl Iterator<Item = Unread> {
        let make = |it: &crate::settle::Unread| Unread {
            path: self.path(&it.path),
            reason: self.shown.text(&it.path, &it.gap.reason),
            help: remedy(it),
        };
        self.run.outcome.unread.iter().map(make)
    }

    fn skipped(&self) -> impl Iterator<Item = Skipped> {
        self.run
            .outcome
            .skipped
            .iter()
            .map(|it| Skipped { path: self.path(&it.path), reason: self.shown.text(&it.path, &it.reason) })
    }

    fn unused(&self) -> impl Iterator<Item = Unused> {
        let text = |it: &crate::settle::Unused| self.shown.text(&it.path, &it.message);
        self.run.outcome.unused.iter().map(move |it| Unused { path: self.path(&it.path), line: it.line, message: text(it) })
    }

    fn notes(&self) -> impl Iterator<Item = String> {
        self.shown.remarks().into_iter()
    }

    fn summary(&self) -> Summary {
        let outcome = self.run.outcome;
        let open = outcome.open().count();
        Summary {
            files: outcome.files,
            open,
            forgiven: outcome.forgiven(),
            unread: outcome.unread.len(),
            skipped: outcome.skipped.len(),
            unused: outcome.unused.len(),
            exit: outcome.exit() as u8,
        }
    }

    fn path(&self, path: &RepoPath) -> Path {
        let bytes = self.shown.without_secrets(path, path.as_bytes());
        let path_bytes = std::str::from_utf8(&bytes).is_err().then(|| hex(&bytes));
        Path { path: String::from_utf8_lossy(&bytes).into_owned(), path_bytes }
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn the_schema_is_that_of_the_types() {
        crate::report::schema_tests::is_kept::<Report>("docs/report.schema.json");
    }
}
