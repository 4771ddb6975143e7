//! Annotations of GitHub Actions: workflow commands on standard output.
//! Promises that nothing from the repository can end a command or begin another one, and an order by path, as the report for people has.
//! Forgiven findings are not annotated; skipped files are told to the debug log only.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Run, Shown, ways_out, whole};
use crate::rule::Severity;
use crate::settle::Settled;
use crate::source::{RepoPath, is_unprintable};

pub(super) fn write(run: &Run<'_>, shown: &Shown<'_>, out: &mut impl Write) -> io::Result<()> {
    let outcome = run.outcome;
    let mut commands: Vec<(&RepoPath, String)> = Vec::new();
    commands.extend(
        outcome.unread.iter().map(|it| {
            (&it.path, format!("::error file={},title=gatewright::{}", path(shown, &it.path), data(&whole(it, shown))))
        }),
    );
    commands.extend(outcome.open().map(|settled| (&settled.finding.path, finding(run, shown, settled))));
    commands.extend(outcome.unused.iter().map(|it| {
        let message = data(&shown.text(&it.path, &it.message));
        (&it.path, format!("::warning file={},line={},title=gatewright::{message}", path(shown, &it.path), it.line))
    }));
    commands.extend(outcome.skipped.iter().map(|it| {
        let reason = data(&shown.text(&it.path, &it.reason));
        (&it.path, format!("::debug::skipped: {}: {reason}", data(&shown.path(&it.path))))
    }));
    commands.sort_by_key(|&(path, _)| path);
    commands.iter().try_for_each(|(_, command)| writeln!(out, "{command}"))?;
    shown.remarks().iter().try_for_each(|note| writeln!(out, "::notice title=gatewright::{}", data(note)))
}

fn finding(run: &Run<'_>, shown: &Shown<'_>, settled: &Settled) -> String {
    let finding = &settled.finding;
    let command = match finding.severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    };
    let span = &finding.span;
    let mut message = format!("{}: {}", shown.message(finding), shown.detail(finding));
    for line in shown.notes(finding).iter().cloned().chain(ways_out(run, settled)) {
        message.push('\n');
        message.push_str(&line);
    }
    let columns =
        if span.line == span.end_line { format!(",col={},endColumn={}", span.column, span.end_column) } else { String::new() };
    let (path, title) = (path(shown, &finding.path), data(finding.rule.id));
    format!("::{command} file={path},line={},endLine={}{columns},title={title}::{}", span.line, span.end_line, data(&message))
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The path as the value of a property. The runner decodes what would end a property or a command, and nothing else; what else
/// cannot be printed is percent-encoded too, as the log is a terminal.
fn path(shown: &Shown<'_>, path: &RepoPath) -> String {
    let bytes = shown.without_secrets(path, path.as_bytes());
    let mut property = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if matches!(c, '%' | ':' | ',') || is_unprintable(c) {
                encode(c.encode_utf8(&mut [0; 4]).as_bytes(), &mut property);
            } else {
                property.push(c);
            }
        }
        encode(chunk.invalid(), &mut property);
    }
    property
}

fn encode(bytes: &[u8], property: &mut String) {
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(property, "%{byte:02X}");
    }
}
