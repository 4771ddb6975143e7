//! The report of `fix` for programs: structs of its own with a version.
//! Promises that fields are only added within a version; `docs/fix.schema.json` is generated from these types.
//! Holds no value: edits say what is put in, not what is taken out.

use std::io::{self, Write};

use serde::Serialize;

use super::{Run, Seen};
use crate::finding::Edit;
use crate::hook::Verdict;
use crate::report::Shown;
use crate::report::shown::write_json;

const VERSION: u32 = 1;

/// The whole report.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Report {
    /// Always `fix`.
    gatewright: &'static str,
    /// Version of this format.
    version: u32,
    hook: &'static str,
    tool_version: String,
    /// Whether `--apply` was given: without it nothing was written.
    applied: bool,
    /// The files with open findings.
    files: Vec<File>,
    /// The file of examples, if it has to have more names.
    env_example: Option<Example>,
    /// Files that could not be judged; any makes exit 2.
    unread: Vec<Unread>,
    /// Remarks about the run.
    notes: Vec<String>,
    summary: Summary,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct File {
    /// Relative to the root of the repository, `/` between components.
    path: String,
    /// In the order of the text, apart from each other.
    edits: Vec<Change>,
    findings: Vec<Finding>,
    /// Why it could not be written.
    fault: Option<String>,
}

/// What is put in the place of some text; places are those of the file before the change.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Change {
    /// From 1, as the columns, which count characters.
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    text: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Finding {
    rule: &'static str,
    line: u32,
    column: u32,
    /// The environment variable that takes the place of the value, if one does.
    variable: Option<String>,
    /// Why it stays, if it does.
    reason: Option<String>,
    seen: Where,
}

/// Where else the value is.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Where {
    /// In the last commit, and so in the history.
    Committed,
    /// In the index.
    Staged,
    OnDisk,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Example {
    path: String,
    /// The names that it lacks, or lacked.
    added: Vec<String>,
    /// Why it could not be written.
    fault: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Unread {
    path: String,
    reason: String,
    /// What to do about it.
    help: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Summary {
    open: usize,
    /// Of these, how many are mended, or can be.
    fixed: usize,
    unread: usize,
    /// 0 nothing is left, 1 findings are left or nothing was applied, 2 something could not be read or written.
    exit: u8,
}

pub(super) fn write(run: &Run<'_>, shown: &Shown<'_>, out: &mut impl Write) -> io::Result<()> {
    let unread = |it: &crate::settle::Unread| Unread {
        path: shown.lossy(&it.path, it.path.as_bytes()),
        reason: shown.text(&it.path, &it.gap.reason),
        help: crate::report::remedy(it),
    };
    let example = |it: &super::Example| Example { path: it.name.clone(), added: it.added.clone(), fault: it.fault.clone() };
    let report = Report {
        gatewright: "fix",
        version: VERSION,
        hook: run.hook.as_str(),
        tool_version: run.tool_version.to_owned(),
        applied: run.is_applied,
        files: run.files.iter().map(|it| file(it, shown)).collect(),
        env_example: run.example.as_ref().map(example),
        unread: run.outcome.unread.iter().map(unread).collect(),
        notes: shown.remarks(),
        summary: Summary { open: run.open(), fixed: run.fixed(), unread: run.outcome.unread.len(), exit: run.exit() as u8 },
    };
    write_json(out, &report)
}

fn file(file: &super::File<'_>, shown: &Shown<'_>) -> File {
    let mut edits = file.fix.edits.clone();
    edits.sort();
    edits.dedup();
    File {
        path: shown.lossy(file.source.path, file.source.path.as_bytes()),
        edits: edits.into_iter().map(|edit| change(file, edit)).collect(),
        findings: file.items.iter().map(finding).collect(),
        fault: file.fault.clone(),
    }
}

fn change(file: &super::File<'_>, edit: Edit) -> Change {
    let span = file.source.span(edit.start..edit.end);
    Change { line: span.line, column: span.column, end_line: span.end_line, end_column: span.end_column, text: edit.text }
}

fn finding(item: &super::Item<'_>) -> Finding {
    let (variable, reason) = match &item.verdict {
        Verdict::Fixed { variable } => (Some(variable.clone()), None),
        Verdict::Left { reason } => (None, Some((*reason).to_owned())),
    };
    let seen = match item.seen {
        Seen::Committed => Where::Committed,
        Seen::Staged => Where::Staged,
        Seen::OnDisk => Where::OnDisk,
    };
    let span = item.finding.span;
    Finding { rule: item.finding.rule.id, line: span.line, column: span.column, variable, reason, seen }
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn the_schema_is_that_of_the_types() {
        crate::report::schema_tests::is_kept::<Report>("docs/fix.schema.json");
    }
}
