//! What the binary says about itself: manuals, the list of rules, completions, man pages.
//! Promises that each text comes from the rule files or the argument definitions: nothing is told twice.

use std::io::{self, Write};
use std::path::Path;

use clap_complete::Generator as _;
use serde::Serialize;

use super::arguments::RulesFormat;
use super::failure::Failure;
use super::{help, terminal};
use crate::rule::{Rule, Rules};
use crate::source::escape;

/// The rule called `name`; `Err` holds the names that come near.
pub fn find(rules: Rules, name: &str) -> Result<&'static Rule, Vec<&'static str>> {
    rules.iter().find(|rule| rule.is_called(name)).copied().ok_or_else(|| nearest(rules, name))
}

/// Text of a rule that cannot act on a terminal, whoever wrote it.
fn printable(text: &str) -> String {
    let lines = text.lines().map(|line| escape(line.replace('\t', "    ").as_bytes()).into_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// The manual of a rule.
pub fn explain(rule: &'static Rule, format: RulesFormat, out: &mut dyn Write) -> io::Result<()> {
    match format {
        RulesFormat::Text => explain_to_people(rule, out),
        RulesFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &Manual { row: row(rule), manual: rule.manual.trim() })?;
            writeln!(out)
        }
    }
}

fn explain_to_people(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}: {}\n", rule.id, printable(rule.summary))?;
    let since = rule.since.map(|version| format!(" · since {version}")).unwrap_or_default();
    writeln!(out, "severity {} · confidence {}{since}", rule.severity.as_str(), rule.confidence.as_str())?;
    if let Some(cwe) = rule.cwe {
        writeln!(out, "https://cwe.mitre.org/data/definitions/{cwe}.html")?;
    }
    if !rule.aliases.is_empty() {
        writeln!(out, "also called {}", printable(&rule.aliases.join(", ")))?;
    }
    writeln!(out, "\n{}", printable(rule.manual.trim()))?;
    if rule.manual.contains("#~") {
        writeln!(
            out,
            "\nIn the examples `#~` marks a line that is found. A middle dot keeps a value from looking live; it is no part of it."
        )?;
    }
    if rule.references.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## References\n")?;
    rule.references.iter().try_for_each(|reference| writeln!(out, "- {}", printable(reference)))
}

/// Up to three ids of rules whose id or alias is spelled like `name`, the nearest first.
fn nearest(rules: Rules, name: &str) -> Vec<&'static str> {
    let score = |rule: &Rule| {
        let names = std::iter::once(rule.id).chain(rule.aliases.iter().copied());
        names.map(|known| strsim::jaro_winkler(known, name)).fold(0.0, f64::max)
    };
    let mut scored: Vec<(f64, &'static str)> = rules.iter().map(|rule| (score(rule), rule.id)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().filter(|(score, _)| *score > 0.75).map(|(_, known)| known).take(3).collect()
}

#[derive(Serialize)]
struct RuleRow {
    id: &'static str,
    aliases: &'static [&'static str],
    summary: &'static str,
    severity: &'static str,
    confidence: &'static str,
    cwe: Option<u16>,
    since: Option<&'static str>,
    references: &'static [&'static str],
}

#[derive(Serialize)]
struct Manual {
    #[serde(flatten)]
    row: RuleRow,
    /// Markdown.
    manual: &'static str,
}

/// The list of all rules.
pub fn list(rules: Rules, format: RulesFormat, out: &mut dyn Write) -> io::Result<()> {
    match format {
        RulesFormat::Text => {
            let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
            let mut row = |id: &str, severity: &str, confidence: &str, summary: &str| {
                writeln!(out, "{id:width$}  {severity:8}  {confidence:10}  {summary}")
            };
            row("RULE", "SEVERITY", "CONFIDENCE", "FINDS")?;
            rules
                .iter()
                .try_for_each(|rule| row(rule.id, rule.severity.as_str(), rule.confidence.as_str(), &printable(rule.summary)))
        }
        RulesFormat::Json => {
            let rows: Vec<RuleRow> = rules.iter().map(|rule| row(rule)).collect();
            serde_json::to_writer_pretty(&mut *out, &rows)?;
            writeln!(out)
        }
    }
}

fn row(rule: &'static Rule) -> RuleRow {
    RuleRow {
        id: rule.id,
        aliases: rule.aliases,
        summary: rule.summary,
        severity: rule.severity.as_str(),
        confidence: rule.confidence.as_str(),
        cwe: rule.cwe,
        since: rule.since,
        references: rule.references,
    }
}

/// A text with the name of the file that it belongs into.
pub type Named = (String, Vec<u8>);

/// The completion script of a shell for `binary`.
pub fn completions(binary: &str, shell: clap_complete::Shell) -> Named {
    // clap_complete panics when it cannot write, so it writes into memory.
    let mut script = Vec::new();
    if shell == clap_complete::Shell::Bash {
        // clap_complete 4 spells the hyphen of a binary's name in two ways there, so that no command is recognised.
        let name = binary.replace('-', "_");
        clap_complete::generate(shell, &mut help::command(), &name, &mut script);
        let ends = |name: &str| format!("-o default {name}\n");
        script = String::from_utf8_lossy(&script).replace(&ends(&name), &ends(binary)).into_bytes();
    } else {
        clap_complete::generate(shell, &mut help::command(), binary, &mut script);
    }
    (shell.file_name(binary), script)
}

/// The man pages of `binary` and of its commands.
pub fn man(binary: &'static str) -> io::Result<Vec<Named>> {
    let mut command = help::command().name(binary).display_name(binary).disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    add_pages(&command, &mut pages)?;
    Ok(pages)
}

fn add_pages(command: &clap::Command, pages: &mut Vec<Named>) -> io::Result<()> {
    let man = clap_mangen::Man::new(command.clone()).source(concat!("gatewright ", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render(&mut page)?;
    pages.push((man.get_filename(), page));
    command.get_subcommands().try_for_each(|sub| add_pages(sub, pages))
}

/// Prints the texts one after the other; with a folder, writes each into its file there.
pub fn give(texts: &[Named], folder: Option<&Path>) -> Result<(), Failure> {
    let Some(folder) = folder else {
        return Ok(terminal::print(|out| texts.iter().try_for_each(|(_, text)| out.write_all(text)))?);
    };
    if terminal::is_run_by_pre_commit() {
        return Err(Failure::usage("a hook writes nothing: `--out` is refused", "run the command by hand"));
    }
    let unwritten = |path: &Path, error: &io::Error| {
        let path = crate::source::escape(path.as_os_str().as_encoded_bytes());
        Failure::usage(format!("`{path}` cannot be written: {}", error.kind()), "`--out` takes a folder that may be written")
    };
    fs_err::create_dir_all(folder).map_err(|error| unwritten(folder, &error))?;
    for (name, text) in texts {
        let path = folder.join(name);
        terminal::write_file(&path, text).map_err(|error| unwritten(&path, &error))?;
    }
    terminal::remark("written", &terminal::counted(texts.len(), "file", "files"));
    Ok(())
}
