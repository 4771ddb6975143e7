//! SARIF 2.1.0 (OASIS, errata 01), as code scanning services read it: rules with help, results with fingerprints and suppressions.
//! Promises a log that is valid by the schema, forgiven findings as suppressed results, unread files as failed execution.
//! Says nothing of the machine: paths are relative to `%SRCROOT%`, which whoever uploads the log knows.

use std::collections::HashMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::shown::write_json;
use super::{Run, Shown, manual_url, tool, whole};
use crate::finding::Finding;
use crate::rule::{Confidence, Rule, Severity};
use crate::settle::{Exit, Forgiver, Settled, Standing};
use crate::source::RepoPath;

pub(super) fn write(run: &Run<'_>, shown: &Shown<'_>, out: &mut impl Write) -> io::Result<()> {
    let index: HashMap<&str, usize> = run.rules.all.iter().enumerate().map(|(index, rule)| (rule.id, index)).collect();
    let results: Vec<Value> = run.outcome.settled.iter().map(|settled| result(settled, shown, &index)).collect();
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": tool(run.hook),
                "semanticVersion": run.tool_version,
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": run.rules.all.iter().map(|rule| descriptor(rule, run.tool_version)).collect::<Vec<_>>(),
            }},
            "automationDetails": { "id": format!("gatewright/{}/", run.hook) },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "%SRCROOT%": { "description": { "text": "the root of the repository" } } },
            "invocations": [invocation(run, shown)],
            "results": results,
            "properties": { "source": run.source, "reader": run.reader },
        }],
    });
    write_json(out, &log)
}

fn descriptor(rule: &Rule, version: &str) -> Value {
    let (security, level) = match rule.severity {
        Severity::Critical => ("9.0", "error"),
        Severity::High => ("8.0", "error"),
        Severity::Medium => ("5.0", "warning"),
        Severity::Low => ("3.0", "note"),
    };
    let mut tags = vec!["security".to_owned()];
    tags.extend(rule.cwe.map(|cwe| format!("external/cwe/cwe-{cwe:03}")));
    let mut descriptor = json!({
        "id": rule.id,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": first_paragraph(rule.manual).unwrap_or_else(|| rule.summary.to_owned()) },
        "help": { "text": rule.manual, "markdown": rule.manual },
        "defaultConfiguration": { "level": level },
        "properties": {
            "tags": tags,
            "security-severity": security,
            "precision": precision(rule.confidence),
            "aliases": rule.aliases,
        },
    });
    if let (Some(url), Some(fields)) = (manual_url(rule, version), descriptor.as_object_mut()) {
        fields.insert("helpUri".to_owned(), Value::from(url));
    }
    descriptor
}

/// The manual's first paragraph that is not a heading, as one line.
fn first_paragraph(manual: &str) -> Option<String> {
    let mut paragraphs = manual.split("\n\n").map(str::trim).filter(|p| !p.is_empty() && !p.starts_with(['#', '`']));
    Some(paragraphs.next()?.lines().map(str::trim).collect::<Vec<_>>().join(" "))
}

const fn precision(confidence: Confidence) -> &'static str {
    confidence.as_str()
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

fn result(settled: &Settled, shown: &Shown<'_>, index: &HashMap<&str, usize>) -> Value {
    let finding = &settled.finding;
    let mut result = json!({
        "ruleId": finding.rule.id,
        "level": level(finding.severity),
        "message": { "text": message(finding, shown) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": artifact(&finding.path, shown),
            "region": region(finding),
            "contextRegion": context(finding),
        }}],
        "partialFingerprints": { "gatewright/v1": settled.fingerprint },
        // An empty list says that suppressions are known and this result has none.
        "suppressions": suppression(settled, shown).into_iter().collect::<Vec<_>>(),
        "properties": properties(finding, shown),
    });
    if let (Some(&index), Some(result)) = (index.get(finding.rule.id), result.as_object_mut()) {
        result.insert("ruleIndex".to_owned(), index.into());
    }
    result
}

fn properties(finding: &Finding, shown: &Shown<'_>) -> Value {
    let precision = precision(finding.confidence);
    match &finding.appearance {
        None => json!({ "precision": precision }),
        Some(appearance) => json!({
            "precision": precision,
            "commit": appearance.commit,
            "author": shown.author(finding, appearance),
            "authorDate": appearance.date,
            "present": appearance.present.is_some(),
        }),
    }
}

fn message(finding: &Finding, shown: &Shown<'_>) -> String {
    let mut message = format!("{}: {}", shown.message(finding), shown.detail(finding));
    for note in shown.notes(finding) {
        message.push_str("; ");
        message.push_str(&note);
    }
    message
}

fn artifact(path: &RepoPath, shown: &Shown<'_>) -> Value {
    json!({ "uri": shown.uri(path), "uriBaseId": "%SRCROOT%" })
}

fn region(finding: &Finding) -> Value {
    let span = &finding.span;
    json!({
        "startLine": span.line.max(1),
        "startColumn": span.column.max(1),
        "endLine": span.end_line.max(1),
        "endColumn": span.end_column.max(1),
    })
}

/// The lines of the snippet, secrets hidden.
fn context(finding: &Finding) -> Value {
    let lines = &finding.snippet.lines;
    let first = lines.first().map_or(finding.span.line, |(line, _)| *line).max(1);
    let last = lines.last().map_or(first, |(line, _)| *line).max(1);
    let text: String = lines.iter().flat_map(|(_, text)| [text.as_str(), "\n"]).collect();
    json!({ "startLine": first, "endLine": last, "snippet": { "text": text } })
}

fn suppression(settled: &Settled, shown: &Shown<'_>) -> Option<Value> {
    let Standing::Forgiven { by, .. } = &settled.standing else { return None };
    let kind = match by {
        Forgiver::Inline { .. } => "inSource",
        Forgiver::Policy | Forgiver::Baseline { .. } => "external",
    };
    Some(json!({ "kind": kind, "status": "accepted", "justification": shown.verdict(settled).unwrap_or_default() }))
}

fn invocation(run: &Run<'_>, shown: &Shown<'_>) -> Value {
    let outcome = run.outcome;
    let about = |level: &str, path: &RepoPath, text: String| {
        let locations = json!([{ "physicalLocation": { "artifactLocation": artifact(path, shown) } }]);
        json!({ "level": level, "message": { "text": text }, "locations": locations })
    };
    let unread = outcome.unread.iter().map(|it| about("error", &it.path, whole(it, shown)));
    let skipped =
        outcome.skipped.iter().map(|it| about("note", &it.path, format!("skipped: {}", shown.text(&it.path, &it.reason))));
    let notes = shown.remarks().into_iter().map(|note| json!({ "level": "note", "message": { "text": note } }));
    let unused = outcome.unused.iter().map(|it| {
        let mut notification = about("warning", &it.path, shown.text(&it.path, &it.message));
        if let Some(place) = notification.pointer_mut("/locations/0/physicalLocation").and_then(Value::as_object_mut) {
            place.insert("region".to_owned(), json!({ "startLine": it.line.max(1) }));
        }
        notification
    });
    json!({
        "executionSuccessful": outcome.exit() != Exit::CouldNotTell,
        "exitCode": outcome.exit() as u8,
        "toolExecutionNotifications": unread.chain(skipped).chain(notes).collect::<Vec<_>>(),
        "toolConfigurationNotifications": unused.collect::<Vec<_>>(),
    })
}
