//! Writes an outcome: for people, for programs, for forges and CI.
//! Promises the same bytes for the same outcome, no secret value, and no control characters of the repository's in any format.
//! Does not decide: the exit code is the outcome's, whatever the format; and does not know where the bytes go.

pub mod fix;
mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;
#[cfg(test)]
mod schema_tests;
mod shown;
mod text;

use std::io::{self, BufWriter, Write};
use std::time::SystemTime;

use crate::rule::{HookName, Matcher, Rule};
use crate::ruleset::Ruleset;
use crate::settle::{Outcome, Settled, Unread};
use shown::Shown;

/// How to write the outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: like a compiler's messages
    #[default]
    Text,
    /// One object, described by `docs/report.schema.json`
    Json,
    /// The parts of the JSON report, one a line
    Jsonl,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab's secret detection report
    Gitlab,
    /// JUnit XML, for CI that shows test results
    Junit,
}

/// How the report looks.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each an option of the command line")]
pub struct Style {
    /// Text: colours.
    pub colour: bool,
    /// Text: OSC 8 links from rule ids to their manuals.
    pub hyperlinks: bool,
    /// Text: columns of the terminal; longer source lines are cut around the finding.
    pub width: usize,
    /// Text: findings that were forgiven too.
    pub show_forgiven: bool,
    /// JSON: how detect-secrets names the finding, the SHA-1 of its value included.
    pub hashes: bool,
    /// Text: counts. Off in hook mode, where the output of several processes must read like that of one.
    pub summary: bool,
    /// Text: the confidence and the evidence of everything told, and no ways out.
    pub explains: bool,
    /// Text and JSON: tell only what stands on this line.
    pub line: Option<u32>,
}

impl Style {
    fn tells(&self, settled: &Settled) -> bool {
        let span = settled.finding.span;
        self.line.is_none_or(|line| (span.line..=span.end_line).contains(&line))
    }
}

impl Default for Style {
    fn default() -> Self {
        Self {
            colour: false,
            hyperlinks: false,
            width: 80,
            show_forgiven: false,
            hashes: false,
            summary: false,
            explains: false,
            line: None,
        }
    }
}

/// One run of one hook.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    pub hook: HookName,
    pub tool_version: &'a str,
    pub outcome: &'a Outcome,
    /// All rules of the hook, and those among them that the project brought.
    pub rules: Ruleset,
    /// What was judged: `staged`, `tracked`, `worktree`, `range`, `history`.
    pub source: &'a str,
    /// The baseline that was named on the command line, as a command by hand has to name it; `None` where it is found without.
    pub baseline: Option<&'a str>,
    /// What read it: `libgit2 1.9.7`, `git 2.47.3`.
    pub reader: &'a str,
    /// GitLab's format needs to know; no other says it, so that equal outcomes have equal reports.
    pub started: SystemTime,
    pub ended: SystemTime,
}

/// Writes the report of `run`.
///
/// # Errors
/// Those of `out`, a closed pipe among them.
pub fn write(format: Format, run: &Run<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let shown = Shown::new(run.outcome, run.rules.own);
    match format {
        Format::Text => text::write(run, style, &shown, &mut out),
        Format::Json => json::write(run, style, &shown, &mut out),
        Format::Jsonl => json::write_lines(run, style, &shown, &mut out),
        Format::Sarif => sarif::write(run, &shown, &mut out),
        Format::Github => github::write(run, &shown, &mut out),
        Format::Gitlab => gitlab::write(run, &shown, &mut out),
        Format::Junit => junit::write(run, &shown, &mut out),
    }?;
    out.flush()
}

/// What a person can do about a finding: lines of help.
fn ways_out(run: &Run<'_>, settled: &Settled) -> impl Iterator<Item = String> {
    let option = run.baseline.map(|path| format!(" --baseline {path}")).unwrap_or_default();
    let rule = settled.finding.rule.id;
    known_ways_out(run.hook, settled).iter().map(move |way| way.replace("{rule}", rule).replace("{option}", &option))
}

/// The same, in which `{rule}` is the rule's id, and `{option}` what a command needs in order to find the baseline.
fn known_ways_out(hook: HookName, settled: &Settled) -> &'static [&'static str] {
    let HookName::Secrets = hook;
    let finding = &settled.finding;
    match &finding.appearance {
        _ if matches!(finding.rule.matcher, Matcher::FileName(_)) => &[
            "take the file out: `gatewright-secrets explain {rule}` says why",
            "or forgive it: an `allow` entry in the configuration, by `path` and `rule`, or `gatewright-secrets baseline update{option} --accept-new`",
        ],
        _ if !finding.rule.matcher.is_of_secrets() => &[
            "mend it: `gatewright-secrets explain {rule}` says why",
            "or forgive it: `# gatewright: ignore[{rule}] -- reason`, or `gatewright-secrets baseline update{option} --accept-new`",
        ],
        Some(appearance) if appearance.present.is_none() => &[
            "rotate it: whoever has the history has it, and rewriting the history takes it back from nobody",
            "or forgive it: an `allow` entry in the configuration, by `path`, `rule` or `value-sha256`",
        ],
        // It is recorded: to accept it once more would change nothing.
        _ if settled.is_refused => &[
            "remove it and rotate it: what was pushed once is known",
            "or see to its entry: `gatewright-secrets baseline audit{option}`, with `--all` if it is labelled",
        ],
        _ if finding.member.is_some() => &[
            "remove it and rotate it: what was pushed once is known",
            "or forgive it: `gatewright-secrets baseline update{option} --accept-new`, or `# gatewright: ignore[{rule}] -- reason` in what is packed",
        ],
        _ => &[
            "remove it and rotate it: what was pushed once is known",
            "or forgive it: `# gatewright: ignore[{rule}] -- reason`, or `gatewright-secrets baseline update{option} --accept-new`",
        ],
    }
}

/// What a person can do about a file that could not be judged.
fn remedy(unread: &Unread) -> String {
    format!("{}; or accept it: `accept-unread` in the configuration", unread.gap.remedy)
}

/// Why a file could not be judged and what to do, for formats with one text.
fn whole(unread: &Unread, shown: &Shown<'_>) -> String {
    format!("could not be judged: {}; {}", shown.text(&unread.path, &unread.gap.reason), remedy(unread))
}

/// The web page of a rule: its manual; of a project's rule the first reference, if it has one.
fn manual_url(rule: &Rule, version: &str) -> Option<String> {
    if rule.is_of_project() {
        return rule.references.first().map(|page| (*page).to_owned());
    }
    Some(format!("{}/blob/v{version}/{}", env!("CARGO_PKG_REPOSITORY"), rule.file))
}

/// The name of the program that ran.
fn tool(hook: HookName) -> String {
    format!("gatewright-{hook}")
}
