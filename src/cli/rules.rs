//! `rules`: the list of the rules, and the examples of the project's own.
//! Promises that examples are judged by the harness that judges those of ours, with all rules of both.
//! Reads rule files to be tried from disk: they are tried before they are staged.

use std::io;
use std::path::{Path, PathBuf};

use super::arguments::ListRules;
use super::failure::Failure;
use super::{manual, own_rules, session, terminal};
use crate::hook::Hook;
use crate::hook::example::Harness;
use crate::rule::FOLDER;
use crate::rule::example::{lacking, repositories, unread};
use crate::ruleset::Ruleset;
use crate::settle::Exit;
use crate::source::escape;

pub fn run<H: Hook>(arguments: &ListRules) -> Result<Exit, Failure> {
    let directory = session::working_directory(arguments.directory.as_deref())?;
    if arguments.test {
        return test::<H>(&arguments.files, &directory);
    }
    let rules = if arguments.no_config { Ruleset::of(H::RULES) } else { own_rules::of_directory::<H>(&directory)? };
    terminal::print(|out| manual::list(rules.all, arguments.format, out))?;
    Ok(Exit::Clean)
}

/// Tries the examples of rule files; without any, of all that the project has.
fn test<H: Hook>(named: &[PathBuf], directory: &Path) -> Result<Exit, Failure> {
    let root = own_rules::root(directory)?;
    let all = own_rules::on_disk(&root)?;
    let rules = own_rules::joined::<H>(&all)?;
    let wanted = names(named, directory, &root)?;
    let harness = Harness::<H>::new(rules);
    let (mut blocks, mut tried, mut faults) = (0, 0, Vec::new());
    for (path, bytes) in all.iter().filter(|(path, _)| wanted.as_ref().is_none_or(|wanted| wanted.contains(path))) {
        let Some(rule) = rules.own.iter().find(|rule| rule.file == path) else { continue };
        let text = String::from_utf8_lossy(bytes);
        let repositories = repositories(&text);
        faults.extend(unread(path, &text));
        faults.extend(lacking(rule, &repositories));
        for repository in &repositories {
            faults.extend(harness.faults(path, repository));
            blocks += repository.files.len();
        }
        tried += 1;
    }
    if tried == 0 {
        return Err(Failure::usage(
            format!("there are no rules in {FOLDER}"),
            "a rule is a Markdown file there: `gatewright-secrets rules --help` shows one",
        ));
    }
    terminal::print(|out| {
        faults.iter().try_for_each(|fault| writeln!(out, "{fault}"))?;
        let (rules, examples) = (terminal::counted(tried, "rule", "rules"), terminal::counted(blocks, "example", "examples"));
        let failures = terminal::counted(faults.len(), "failure", "failures");
        writeln!(out, "{rules}, {examples}: {}", if faults.is_empty() { "all as they say" } else { &failures })
    })?;
    Ok(if faults.is_empty() { Exit::Clean } else { Exit::Findings })
}

/// The files named on the command line as rules are called; `None` if none are. A file that is no rule of this project is refused.
fn names(named: &[PathBuf], directory: &Path, root: &Path) -> Result<Option<Vec<String>>, Failure> {
    let folder = fs_err::canonicalize(root.join(FOLDER)).unwrap_or_else(|_| root.join(FOLDER));
    let name = |file: &PathBuf| {
        let shown = || escape(file.as_os_str().as_encoded_bytes());
        let place = fs_err::canonicalize(directory.join(file)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                Failure::usage(format!("there is no file or folder {}", shown()), format!("rule files lie right in {FOLDER}"))
            }
            _ => error.into(),
        })?;
        let is_rule = place.parent() == Some(&folder) && place.extension().is_some_and(|extension| extension == "md");
        let name = place.file_name().map(|name| format!("{FOLDER}/{}", name.to_string_lossy()));
        name.filter(|_| is_rule).ok_or_else(|| {
            Failure::usage(format!("{} is no rule file of this project", shown()), format!("rule files lie right in {FOLDER}"))
        })
    };
    let names = named.iter().map(name).collect::<Result<Vec<String>, Failure>>()?;
    Ok((!names.is_empty()).then_some(names))
}
