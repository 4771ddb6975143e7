//! The command line as it explains itself: the arguments, with examples of each command.
//! Promises an example for every command, and that each can be typed as it stands.
//! Parses nothing.

use std::fmt::Write as _;

use clap::builder::styling::{Style, Styles};
use clap::{Command, CommandFactory};

use super::arguments::{Arguments, DETECT_SECRETS};

/// Headings and what is typed as it stands are bold; an error is red, as in reports.
const STYLES: Styles = Styles::styled().header(HEADING).usage(HEADING);
const HEADING: Style = Style::new().bold();

/// An example: what it is for, and the line.
type Example = (&'static str, &'static str);

/// The examples of each command, by its words.
const EXAMPLES: [(&str, &[Example]); 19] = [
    (
        "",
        &[
            ("What is staged, as the hook judges it", "gatewright-secrets"),
            ("Every tracked file", "gatewright-secrets scan"),
            ("Record what is there, so that only what is new is reported", "gatewright-secrets baseline create"),
            ("What a rule finds, and what to do when it leaked", "gatewright-secrets explain github-token"),
        ],
    ),
    (
        "check",
        &[
            ("What is staged, as the hook judges it", "gatewright-secrets check"),
            ("Every tracked file", "gatewright-secrets check --all-files"),
            ("A folder as it lies on disk, staged or not", "gatewright-secrets check --worktree src/"),
            (
                "What a branch brings, for code scanning",
                "gatewright-secrets check --from-ref main --to-ref HEAD -f sarif -o out.sarif",
            ),
            ("A text that is in no file", "git log | gatewright-secrets check --stdin-filename log.txt"),
        ],
    ),
    (
        "scan",
        &[
            ("Every tracked file", "gatewright-secrets scan"),
            ("Those of a folder, with what is forgiven and by whom", "gatewright-secrets scan src/ --show-forgiven"),
            ("All that lies on disk", "gatewright-secrets scan --worktree"),
        ],
    ),
    (
        "history",
        &[
            ("Everything that was ever committed", "gatewright-secrets history"),
            ("The commits of a branch", "gatewright-secrets history main..HEAD"),
            ("What a push would bring", "gatewright-secrets history --pushed"),
            ("Everything, for a program", "gatewright-secrets history --format json --output-file history.json"),
        ],
    ),
    (
        "baseline",
        &[
            ("Record what is there, once", "gatewright-secrets baseline create"),
            ("Say of each entry what it is", "gatewright-secrets baseline audit"),
            ("Follow the files as they change", "gatewright-secrets baseline update"),
            ("Accept what was found since", "gatewright-secrets baseline update --accept-new"),
        ],
    ),
    (
        "baseline create",
        &[
            ("Record everything that is found now", "gatewright-secrets baseline create"),
            ("Leave .secrets.baseline to detect-secrets", "gatewright-secrets baseline create --companion-only"),
            ("Start afresh; labels are lost", "gatewright-secrets baseline create --force"),
        ],
    ),
    (
        "baseline update",
        &[
            ("What would change", "gatewright-secrets baseline update --dry-run"),
            ("Follow moved lines and renamed files, drop what is gone", "gatewright-secrets baseline update"),
            ("Accept what is new as well", "gatewright-secrets baseline update --accept-new"),
        ],
    ),
    (
        "baseline audit",
        &[
            ("Ask about each entry without a label", "gatewright-secrets baseline audit"),
            ("Label what tests hold", "gatewright-secrets baseline audit --mark test --path 'tests/**'"),
            ("Accept one entry, and say why", "gatewright-secrets baseline audit --mark accepted --hash 3f9c --reason 'local'"),
            ("Write a table to be filled in", "gatewright-secrets baseline audit --export labels.csv"),
            ("Take over its labels", "gatewright-secrets baseline audit --import labels.csv"),
        ],
    ),
    (
        "baseline diff",
        &[
            ("What is recorded beside what is found now", "gatewright-secrets baseline diff"),
            ("Two baselines", "gatewright-secrets baseline diff old.baseline .secrets.baseline"),
        ],
    ),
    (
        "baseline check",
        &[
            ("Whether the staged record is in order", "gatewright-secrets baseline check"),
            ("The same, where labels are not asked for", "gatewright-secrets baseline check --allow-unlabelled"),
        ],
    ),
    (
        "baseline prune",
        &[
            ("What would be dropped", "gatewright-secrets baseline prune --check"),
            ("Drop it", "gatewright-secrets baseline prune"),
        ],
    ),
    (
        "baseline merge",
        &[
            ("By hand", "gatewright-secrets baseline merge base.json ours.json theirs.json -o merged.json"),
            ("As git calls it", "gatewright-secrets baseline merge %O %A %B -o %A --path %P"),
        ],
    ),
    (
        "baseline stats",
        &[
            ("How many entries there are, by rule and label", "gatewright-secrets baseline stats"),
            ("As detect-secrets counts", "gatewright-secrets baseline stats --json --compat"),
        ],
    ),
    (
        "fix",
        &[
            ("What would be done about what is staged", "gatewright-secrets fix"),
            ("Do it, in one file", "gatewright-secrets fix --apply src/settings.py"),
            ("What would be done in every tracked file", "gatewright-secrets fix --all-files"),
        ],
    ),
    (
        "explain",
        &[
            ("The manual of a rule", "gatewright-secrets explain github-token"),
            ("Why a line is judged as it is", "gatewright-secrets explain src/settings.py:12"),
            ("What the rules see in a text", "gatewright-secrets explain --stdin < note.txt"),
        ],
    ),
    (
        "rules",
        &[
            ("All rules", "gatewright-secrets rules"),
            ("For a program, with references", "gatewright-secrets rules --format json"),
            ("Try the examples in .gatewright/rules", "gatewright-secrets rules --test"),
        ],
    ),
    ("config-schema", &[("For an editor", "gatewright-secrets config-schema > gatewright.schema.json")]),
    (
        "completions",
        &[
            ("For bash", "gatewright-secrets completions bash --out ~/.local/share/bash-completion/completions"),
            ("For zsh, in a folder that is in `fpath`", "gatewright-secrets completions zsh --out ~/.zfunc"),
        ],
    ),
    (
        "man",
        &[(
            "So that `man gatewright-secrets` and `man gatewright-secrets-baseline` work",
            "gatewright-secrets man --out ~/.local/share/man/man1",
        )],
    ),
];

/// The commands of which `--help` tells the options of detect-secrets: the others accept them and do little with them.
const TELLS_DETECT_SECRETS: [&str; 6] = ["", "check", "scan", "history", "baseline create", "baseline update"];

/// The arguments with all that is said about them.
pub fn command() -> Command {
    explained(Arguments::command().styles(STYLES), "")
}

fn explained(mut command: Command, words: &str) -> Command {
    let is_told = TELLS_DETECT_SECRETS.contains(&words);
    let mut has_hidden = false;
    command = command.mut_args(|arg| {
        if arg.get_help_heading() != Some(DETECT_SECRETS) {
            return arg;
        }
        has_hidden |= !is_told;
        arg.hide_short_help(true).hide(!is_told)
    });
    let mut text = examples(words);
    if has_hidden {
        text.push_str("\nThe options of detect-secrets are accepted as well: `gatewright-secrets check --help` lists them.\n");
    }
    if let Some(more) = command.get_after_long_help() {
        let _ = write!(text, "\n{more}");
    }
    command.after_long_help(text.trim_end().to_owned()).mut_subcommands(|below| {
        let words = format!("{words} {}", below.get_name());
        explained(below, words.trim_start())
    })
}

fn examples(words: &str) -> String {
    let examples = EXAMPLES.iter().find(|(of, _)| *of == words).map_or(&[][..], |(_, examples)| examples);
    let mut text = format!("{HEADING}Examples:{HEADING:#}\n");
    for (what, line) in examples {
        let _ = write!(text, "  # {what}\n  {line}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches as _;

    use super::*;

    /// The words of a line as a shell has them, up to a redirection.
    fn words(line: &str) -> Vec<String> {
        let (mut words, mut quote, mut is_open) = (vec![String::new()], None, false);
        for character in line.chars() {
            match (character, quote) {
                ('\'' | '"', None) => (quote, is_open) = (Some(character), true),
                (' ', None) => {
                    if std::mem::take(&mut is_open) {
                        words.push(String::new());
                    }
                }
                (_, Some(end)) if character == end => quote = None,
                _ => {
                    is_open = true;
                    words.last_mut().unwrap().push(character);
                }
            }
        }
        words.into_iter().take_while(|word| !matches!(word.as_str(), "<" | ">" | "")).collect()
    }

    /// All commands with the words that call them.
    fn all(command: &Command, words: &str) -> Vec<(String, Command)> {
        let below = command.get_subcommands().flat_map(|below| all(below, &format!("{words} {}", below.get_name())));
        std::iter::once((words.trim_start().to_owned(), command.clone())).chain(below).collect()
    }

    #[test]
    fn every_command_has_examples_that_can_be_typed() {
        let all = all(&command(), "");
        assert_eq!(all.len(), EXAMPLES.len(), "the table tells of other commands than there are");
        for (name, command) in all {
            let help = command.clone().render_long_help().to_string();
            let (_, help) = help.split_once("\nExamples:\n").unwrap_or_else(|| panic!("`{name}` has no examples:\n{help}"));
            let lines: Vec<&str> =
                help.lines().map_while(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with('#')).collect();
            assert!((1..=5).contains(&lines.len()), "{name}: {lines:?}");
            for line in lines {
                let (_, ours) = line.rsplit_once(" | ").unwrap_or(("", line));
                let words = words(ours);
                assert_eq!(words[0], "gatewright-secrets", "{line}");
                assert!(words[1..].join(" ").starts_with(&name), "an example of another command than `{name}`: {line}");
                let parsed = super::command().try_get_matches_from(&words).and_then(|found| Arguments::from_arg_matches(&found));
                parsed.unwrap_or_else(|error| panic!("{line}: {error}"));
            }
        }
    }

    #[test]
    fn the_options_of_detect_secrets_come_last_and_only_where_they_matter() {
        for (name, mut command) in all(&command(), "") {
            let (short, long) = (command.render_help().to_string(), command.render_long_help().to_string());
            assert!(!short.contains("--hex-limit") && !short.contains(DETECT_SECRETS), "{name}: {short}");
            let headings: Vec<&str> = long.lines().filter(|line| line.ends_with(':') && !line.starts_with(' ')).collect();
            let heading = format!("{DETECT_SECRETS}:");
            if TELLS_DETECT_SECRETS.contains(&&*name) {
                assert_eq!(headings.iter().rev().take(2).collect::<Vec<_>>(), [&"Examples:", &&*heading], "{name}: {long}");
            } else {
                assert!(!headings.contains(&&*heading), "{name}: {long}");
            }
        }
    }
}
