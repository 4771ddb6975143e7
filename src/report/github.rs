//! Annotations of GitHub Actions: workflow commands on standard output.
//! Promises that nothing from the repository can end a command or begin another one.
//! Forgiven findings are not annotated; skipped files are told to the debug log only.

use std::io::{self, Write};

use super::{Run, Shown, ways_out, whole};
use crate::rule::Severity;

pub(super) fn write(run: &Run<'_>, shown: &Shown<'_>, out: &mut impl Write) -> io::Result<()> {
    let outcome = run.outcome;
    for it in &outcome.unread {
        let text = data(&whole(it, shown));
        writeln!(out, "::error file={},title=gatewright::{text}", property(&shown.path(&it.path)))?;
    }
    for settled in outcome.open() {
        let finding = &settled.finding;
        let command = match finding.severity {
            Severity::Critical | Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low => "notice",
        };
        let span = &finding.span;
        let mut message = format!("{}: {}", shown.message(finding), shown.detail(finding));
        for line in shown.notes(finding).iter().map(String::as_str).chain(ways_out(run.hook, settled).iter().copied()) {
            message.push('\n');
            message.push_str(&line.replace("{rule}", finding.rule.id));
        }
        write!(out, "::{command} file={},line={},endLine={}", property(&shown.path(&finding.path)), span.line, span.end_line)?;
        if span.line == span.end_line {
            write!(out, ",col={},endColumn={}", span.column, span.end_column)?;
        }
        writeln!(out, ",title={}::{}", property(finding.rule.id), data(&message))?;
    }
    for it in &outcome.unused {
        let message = data(&shown.text(&it.path, &it.message));
        writeln!(out, "::warning file={},line={},title=gatewright::{message}", property(&shown.path(&it.path)), it.line)?;
    }
    for it in &outcome.skipped {
        writeln!(out, "::debug::skipped: {}: {}", data(&shown.path(&it.path)), it.reason)?;
    }
    shown.remarks().iter().try_for_each(|note| writeln!(out, "::notice title=gatewright::{}", data(note)))
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
