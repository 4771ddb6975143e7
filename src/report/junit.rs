//! JUnit XML for CI that shows test results: a suite for each file with something to say, a case for each thing.
//! Promises well-formed XML 1.0 for any path and text: open findings fail, forgiven and skipped ones are skipped, unread files are errors.
//! Times nothing: equal outcomes have equal reports.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Run, Shown, remedy, tool};
use crate::settle::Settled;
use crate::source::RepoPath;

/// How a case ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Passed,
    Failed,
    Error,
    Skipped,
}

struct Case {
    name: String,
    end: End,
    message: String,
    body: String,
}

pub(super) fn write(run: &Run<'_>, shown: &Shown<'_>, out: &mut impl Write) -> io::Result<()> {
    let suites = suites(run, shown);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"{}\"{}>", xml(&tool(run.hook)), counts(suites.iter().flat_map(|(_, cases)| cases)))?;
    for (name, cases) in &suites {
        let name = xml(name);
        writeln!(out, "  <testsuite name=\"{name}\"{}>", counts(cases))?;
        cases.iter().try_for_each(|case| write_case(out, &name, case))?;
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// The cases by file, after one for the run itself, so that a clean run is a passed test and not an empty file.
fn suites(run: &Run<'_>, shown: &Shown<'_>) -> Vec<(String, Vec<Case>)> {
    let outcome = run.outcome;
    let mut files: BTreeMap<&RepoPath, Vec<Case>> = BTreeMap::new();
    for it in &outcome.unread {
        let message = format!("{}; {}", shown.text(&it.path, &it.gap.reason), remedy(it));
        files.entry(&it.path).or_default().push(Case::new("could not be judged", End::Error, message));
    }
    for settled in &outcome.settled {
        files.entry(&settled.finding.path).or_default().push(case(settled, shown));
    }
    for it in &outcome.skipped {
        files.entry(&it.path).or_default().push(Case::new("skipped", End::Skipped, shown.text(&it.path, &it.reason)));
    }
    let noun = if outcome.files == 1 { "file" } else { "files" };
    let mut judged = Case::new(&format!("{} {noun} judged", outcome.files), End::Passed, String::new());
    let unused =
        outcome.unused.iter().map(|it| format!("{}:{}: {}", shown.path(&it.path), it.line, shown.text(&it.path, &it.message)));
    judged.body = unused.chain(shown.remarks()).collect::<Vec<_>>().join("\n");
    let run = std::iter::once((tool(run.hook), vec![judged]));
    run.chain(files.into_iter().map(|(path, cases)| (shown.path(path), cases))).collect()
}

fn case(settled: &Settled, shown: &Shown<'_>) -> Case {
    let finding = &settled.finding;
    let name = format!("{}:{}: {}", finding.span.line, finding.span.column, finding.rule.id);
    let message = format!("{}: {}", shown.message(finding), shown.detail(finding));
    if let Some(verdict) = shown.verdict(settled) {
        return Case::new(&name, End::Skipped, format!("{message} (forgiven {verdict})"));
    }
    let source = finding.snippet.lines.iter().map(|(line, text)| format!("{line} | {text}"));
    let body = source.chain(shown.notes(finding)).collect::<Vec<_>>().join("\n");
    Case { body, ..Case::new(&name, End::Failed, message) }
}

impl Case {
    fn new(name: &str, end: End, message: String) -> Self {
        Self { name: name.to_owned(), end, message, body: String::new() }
    }
}

fn counts<'a>(cases: impl IntoIterator<Item = &'a Case>) -> String {
    let (mut tests, mut failures, mut errors, mut skipped) = (0, 0, 0, 0);
    for case in cases {
        tests += 1;
        match case.end {
            End::Passed => {}
            End::Failed => failures += 1,
            End::Error => errors += 1,
            End::Skipped => skipped += 1,
        }
    }
    format!(" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"")
}

fn write_case(out: &mut impl Write, suite: &str, case: &Case) -> io::Result<()> {
    let (message, body) = (xml(&case.message), xml(&case.body));
    write!(out, "    <testcase classname=\"{suite}\" name=\"{}\">", xml(&case.name))?;
    match case.end {
        End::Passed if body.is_empty() => {}
        End::Passed => write!(out, "<system-out>{body}</system-out>")?,
        End::Failed => write!(out, "<failure message=\"{message}\">{body}</failure>")?,
        End::Error => write!(out, "<error message=\"{message}\"/>")?,
        End::Skipped => write!(out, "<skipped message=\"{message}\"/>")?,
    }
    writeln!(out, "</testcase>")
}

/// Escapes text that holds no control character but newline; the two that XML 1.0 has no way to write become U+FFFD.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}
