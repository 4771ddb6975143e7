//! GitLab's secret detection report, schema 15.0.2 (security-report-schemas).
//! Promises open findings only, with severity, identifiers and place, and a failed scan when a file could not be judged.
//! Gives no source extract: the format wants it unredacted.

use std::io::{self, Write};
use std::time::SystemTime;

use serde_json::{Value, json};

use super::shown::write_json;
use super::{Run, Shown, manual_url, tool, ways_out, whole};
use crate::finding::Finding;
use crate::rule::Severity;
use crate::settle::{Exit, Settled};

const VERSION: &str = "15.0.2";
/// What GitLab's own analyzer writes when the content judged is of no commit.
const NO_COMMIT: &str = "0000000";

pub(super) fn write(run: &Run<'_>, shown: &Shown<'_>, out: &mut impl Write) -> io::Result<()> {
    let program = json!({
        "id": tool(run.hook),
        "name": tool(run.hook),
        "url": env!("CARGO_PKG_REPOSITORY"),
        "vendor": { "name": "gatewright" },
        "version": run.tool_version,
    });
    let report = json!({
        "version": VERSION,
        "scan": {
            "type": "secret_detection",
            "status": if run.outcome.exit() == Exit::CouldNotTell { "failure" } else { "success" },
            "start_time": time(run.started),
            "end_time": time(run.ended),
            "analyzer": program,
            "scanner": program,
            "messages": messages(run, shown),
        },
        "vulnerabilities": run.outcome.open().map(|settled| vulnerability(run, settled, shown)).collect::<Vec<_>>(),
    });
    write_json(out, &report)
}

fn messages(run: &Run<'_>, shown: &Shown<'_>) -> Vec<Value> {
    let message = |level: &str, value: String| json!({ "level": level, "value": value });
    let outcome = run.outcome;
    let unread = outcome.unread.iter().map(|it| message("fatal", format!("{}: {}", shown.path(&it.path), whole(it, shown))));
    let unused = outcome
        .unused
        .iter()
        .map(|it| message("warn", format!("{}:{}: {}", shown.path(&it.path), it.line, shown.text(&it.path, &it.message))));
    let skipped = outcome
        .skipped
        .iter()
        .map(|it| message("info", format!("{}: skipped: {}", shown.path(&it.path), shown.text(&it.path, &it.reason))));
    let notes = shown.remarks().into_iter().map(|note| message("info", note));
    unread.chain(unused).chain(skipped).chain(notes).collect()
}

fn vulnerability(run: &Run<'_>, settled: &Settled, shown: &Shown<'_>) -> Value {
    let finding = &settled.finding;
    let rule = finding.rule;
    let mut description = format!("{}: {}", shown.message(finding), shown.detail(finding));
    for note in shown.notes(finding) {
        description.push_str("; ");
        description.push_str(&note);
    }
    let mut identifiers = vec![json!({
        "type": "gatewright_rule_id",
        "name": format!("gatewright rule {}", rule.id),
        "value": rule.id,
    })];
    let own = identifiers.first_mut().and_then(Value::as_object_mut);
    if let (Some(url), Some(own)) = (manual_url(rule, run.tool_version), own) {
        own.insert("url".to_owned(), Value::from(url));
    }
    identifiers.extend(rule.cwe.map(|cwe| {
        let url = format!("https://cwe.mitre.org/data/definitions/{cwe}.html");
        json!({ "type": "cwe", "name": format!("CWE-{cwe}"), "value": cwe.to_string(), "url": url })
    }));
    json!({
        "id": settled.fingerprint,
        // At most 255 characters; a summary is one line.
        "name": rule.summary.chars().take(255).collect::<String>(),
        "description": description,
        "severity": match finding.severity {
            Severity::Critical => "Critical",
            Severity::High => "High",
            Severity::Medium => "Medium",
            Severity::Low => "Low",
        },
        "solution": ways_out(run, settled).next(),
        "identifiers": identifiers,
        "location": {
            "file": shown.path(&finding.path),
            "start_line": finding.span.line,
            "end_line": finding.span.end_line,
            "commit": commit(finding, shown),
        },
    })
}

fn commit(finding: &Finding, shown: &Shown<'_>) -> Value {
    let Some(appearance) = &finding.appearance else { return json!({ "sha": NO_COMMIT }) };
    let mut commit = json!({ "sha": appearance.commit, "author": shown.author(finding, appearance) });
    if let (Some(date), Some(commit)) = (&appearance.date, commit.as_object_mut()) {
        commit.insert("date".to_owned(), date.as_str().into());
    }
    commit
}

/// `yyyy-mm-ddThh:mm:ss` in UTC, which the schema wants without a zone.
fn time(at: SystemTime) -> String {
    // The format cannot say times before 1970 and after 9999; a clock that far off is no reason to fail.
    let at = if at.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|d| d.as_secs() < 253_402_300_800) {
        at
    } else {
        SystemTime::UNIX_EPOCH
    };
    humantime::format_rfc3339_seconds(at).to_string().trim_end_matches('Z').to_owned()
}
