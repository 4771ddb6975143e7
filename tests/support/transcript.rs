//! Console transcripts in Markdown: every ```` ```console ```` block of a file runs, in order, in one shell in an empty folder, and must print
//! what the block shows. `[..]` stands for any text on a line, a line of `...` for any lines. A block whose fence says `console ignore` does not run.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// A command and the output that the transcript shows for it.
#[derive(Debug)]
pub struct Step {
    /// Line in the Markdown file, from 1.
    pub line: usize,
    pub command: String,
    pub expected: Vec<String>,
}

/// The steps of all console blocks. A line that starts with `$ ` is a command; a line behind it that starts with `> ` continues it.
pub fn parse(markdown: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for (index, line) in markdown.lines().enumerate() {
        if line.starts_with("```") {
            inside = line.trim() == "```console";
        } else if inside && let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { line: index + 1, command: command.to_string(), expected: Vec::new() });
        } else if inside && let Some(step) = steps.last_mut() {
            match line.strip_prefix("> ").or((line == ">").then_some("")) {
                Some(more) if step.expected.is_empty() => {
                    step.command.push('\n');
                    step.command.push_str(more);
                }
                _ => step.expected.push(line.to_string()),
            }
        }
    }
    steps
}

/// Runs the steps in `folder` with `environment` and says what came out otherwise than shown.
pub fn run(name: &str, steps: &[Step], folder: &Path, environment: &[(String, String)]) -> Result<(), String> {
    const MARK: &str = "@@end-of-step@@";
    let mut script = String::from("exec 2>&1\n");
    for step in steps {
        // Middle dots keep the examples from looking live; the shell sees them without.
        let _ = writeln!(script, "{}\nprintf '\\n{MARK}\\n'", step.command.replace('·', ""));
    }
    let mut shell = Command::new("bash");
    shell.arg("-c").arg(&script).current_dir(folder).env_clear().envs(environment.iter().map(|(k, v)| (k, v)));
    let output = shell.stdin(std::process::Stdio::null()).output().map_err(|error| format!("bash: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut faults = String::new();
    let mut outputs = text.split(MARK);
    for step in steps {
        let actual: Vec<&str> = outputs.next().unwrap_or("").trim_matches('\n').lines().map(str::trim_end).collect();
        let expected: Vec<&str> = trimmed(&step.expected);
        if !lines_match(&expected, &actual) {
            let _ = writeln!(
                faults,
                "{name}:{}: `{}`\n--- expected\n{}\n--- found\n{}\n",
                step.line,
                step.command,
                expected.join("\n"),
                actual.join("\n")
            );
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn trimmed(lines: &[String]) -> Vec<&str> {
    let mut lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

fn lines_match(expected: &[&str], actual: &[&str]) -> bool {
    match expected {
        [] => actual.is_empty(),
        ["...", rest @ ..] => (0..=actual.len()).any(|skip| lines_match(rest, &actual[skip..])),
        [line, rest @ ..] => actual.first().is_some_and(|found| line_matches(line, found)) && lines_match(rest, &actual[1..]),
    }
}

fn line_matches(expected: &str, actual: &str) -> bool {
    let mut rest = actual;
    let mut parts = expected.split("[..]");
    let first = parts.next().unwrap_or("");
    let Some(tail) = rest.strip_prefix(first) else { return false };
    rest = tail;
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
