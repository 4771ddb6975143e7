//! What can be said on the command line.
//! Promises that every option explains itself in `--help` (with the examples of `help`); a file name is never taken for a command behind `check`.
//! Does nothing with what was said.

mod detect_secrets;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use self::detect_secrets::{DetectSecrets, HEADING as DETECT_SECRETS};
use super::baseline::BaselineCommand;
use super::fix;
use super::history::History;
use crate::report::Format;

/// Security hook for Python repositories: judges staged content, speaks up about what is new.
///
/// Exit code: 0 nothing new, 1 findings, 2 could not tell (usage, configuration, something that could not be read).
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub check: Check,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge files; without a command, this is what runs
    Check(Box<Check>),
    /// Judge tracked files: `check PATHS`, or `check --all-files` without PATHS
    Scan(Box<Check>),
    /// Search every version of every file that was ever committed
    ///
    /// Each version is judged once, by the configuration and the baseline of today. What is clean is remembered in your cache directory while
    /// it is searched: when it was interrupted, start it again and it goes on where it was (unless `--no-cache` was said).
    History(Box<History>),
    /// Record what is known, so that only what is new is reported; review and merge the record
    #[command(subcommand)]
    Baseline(Box<BaselineCommand>),
    /// Show how secrets in Python files become environment look-ups; with `--apply`, do it
    ///
    /// For each open finding that is the whole content of a string literal, the literal becomes `os.environ["NAME"]`, the import is added
    /// if need be, and `NAME=` goes into .env.example, without the value. Everything else stays, and the reason is said. The diff hides the
    /// values, so it is for reading, not for `patch`.
    ///
    /// A fix takes a value out of the file, not out of the history: rotate it. `explain RULE` says where.
    ///
    /// Each file is written whole or not at all, and only if it is on disk what was judged; one that fails keeps none of the others
    /// back. Then set the variables, try the program, and `git add` what changed.
    ///
    /// Exit code: 0 nothing is left to mend, 1 something is left or nothing was applied, 2 something could not be read or written.
    Fix(Box<fix::Arguments>),
    /// Print the manual of a rule, or say why a line is judged as it is
    ///
    /// Of a line, every place is told that a rule looked at: what was found with the evidence for and against it, and who forgave it; and what
    /// was dismissed with the reason. No value is shown. Exit code: 0 it could be explained, 2 it could not.
    Explain(Box<Explain>),
    /// List the rules, those of the project among them; with `--test`, try the examples of the project's own
    ///
    /// With `--test`, each fenced block of a rule file in .gatewright/rules is judged as a file by all rules, as it lies on disk: a line that
    /// ends in `#~ ID` must be found by that rule and no other, any other line by none. Exit code: 0 all is as the examples say, 1 it is
    /// not, 2 a rule is malformed.
    #[command(after_long_help = include_str!("rule_example.txt"))]
    Rules(Box<ListRules>),
    /// Print the JSON Schema of the configuration, for editors
    ConfigSchema,
    /// Print a completion script for a shell
    Completions {
        /// The shell to complete for
        shell: clap_complete::Shell,
        /// Write it into this folder, under the name that the shell looks for
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Print the man pages (roff)
    Man {
        /// Write each page into a file of this folder
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// `rules`.
#[derive(Args, Clone, Debug, Default)]
pub struct ListRules {
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    pub format: RulesFormat,
    /// Try the examples in the project's rule files
    #[arg(long, conflicts_with = "format")]
    pub test: bool,
    /// Rule files to try, as they lie on disk [default: all in .gatewright/rules]
    #[arg(value_name = "FILE", requires = "test")]
    pub files: Vec<PathBuf>,
    /// List the rules of the program alone
    #[arg(long, conflicts_with = "test")]
    pub no_config: bool,
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR")]
    pub directory: Option<PathBuf>,
}

/// `explain`.
#[derive(Args, Clone, Debug, Default)]
pub struct Explain {
    /// Id or alias of a rule, or a line of a file: its staged content
    #[arg(value_name = "RULE | PATH:LINE", required_unless_present_any = ["stdin", "stdin_filename"], conflicts_with_all = ["stdin", "stdin_filename"])]
    pub what: Option<OsString>,
    /// Explain all lines of standard input
    #[arg(long, help_heading = "What to judge")]
    pub stdin: bool,
    /// Explain all lines of standard input, as of the file PATH
    #[arg(long, value_name = "PATH", help_heading = "What to judge")]
    pub stdin_filename: Option<OsString>,
    /// The line of the version in `--to-ref`, changed since REF
    #[arg(long, value_name = "REF", requires = "to_ref", conflicts_with_all = ["worktree", "stdin", "stdin_filename"], help_heading = "What to judge")]
    pub from_ref: Option<String>,
    /// The commit whose content is judged
    #[arg(long, value_name = "REF", requires = "from_ref", help_heading = "What to judge")]
    pub to_ref: Option<String>,
    /// What lies on disk, staged or not
    #[arg(long, conflicts_with_all = ["stdin", "stdin_filename"], help_heading = "What to judge")]
    pub worktree: bool,
    /// How to print the manual, or the judgement of a line
    #[arg(long, short = 'f', value_enum, default_value_t, help_heading = "Output")]
    pub format: RulesFormat,
    #[command(flatten)]
    pub shared: Shared,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum RulesFormat {
    #[default]
    Text,
    Json,
}

impl From<RulesFormat> for Format {
    fn from(format: RulesFormat) -> Self {
        match format {
            RulesFormat::Text => Self::Text,
            RulesFormat::Json => Self::Json,
        }
    }
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, and as NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE say
    #[default]
    Auto,
    Always,
    Never,
}

/// Options that every command understands which looks at a repository.
#[derive(Args, Clone, Debug, Default)]
pub struct Shared {
    /// Read this configuration file instead of gatewright.toml or pyproject.toml
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", help_heading = "Configuration")]
    pub config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long, help_heading = "Configuration")]
    pub no_config: bool,
    /// The detect-secrets baseline to read [default: .secrets.baseline, if there is one]
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    pub baseline: Option<PathBuf>,
    /// Who decides what is a finding
    #[arg(long, value_enum, help_heading = "Configuration")]
    pub profile: Option<Profile>,
    /// Colour the output
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, help_heading = "Output")]
    pub color: Colour,
    /// In a partial clone, fetch the content that is missing first: the one thing that uses the network (refused in a hook)
    #[arg(long, help_heading = "What to judge")]
    pub fetch_missing: bool,
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", help_heading = "What to judge")]
    pub directory: Option<PathBuf>,
    /// Threads to use [default: one for each core]
    #[arg(long, short = 'c', visible_alias = "cores", value_name = "N")]
    pub threads: Option<usize>,
    #[command(flatten)]
    pub detect_secrets: DetectSecrets,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// gatewright's own judgement
    Default,
    /// What detect-secrets 1.5.0 would report
    Compat,
    /// Both, and findings of low confidence
    Strict,
}

/// How the findings are told.
#[derive(Args, Clone, Debug, Default)]
pub struct Output {
    /// How to print the findings
    #[arg(long, short = 'f', value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
    /// Write the findings there, not to standard output (refused in hook mode)
    #[arg(long = "output-file", short = 'o', value_name = "FILE", help_heading = "Output")]
    pub file: Option<PathBuf>,
    /// Print what is forgiven as well, and by whom
    #[arg(long, help_heading = "Output")]
    pub show_forgiven: bool,
    /// Add detect-secrets' type and SHA-1 to machine formats
    #[arg(long, help_heading = "Output")]
    pub show_hashes: bool,
    /// Exit 0 even if there are findings (2 stays 2)
    #[arg(long, help_heading = "Output")]
    pub exit_zero: bool,
}

/// Whether clean blobs are remembered.
#[derive(Args, Clone, Debug, Default)]
pub struct Caching {
    /// Remember which blobs are clean, in your cache directory, and do not read them again [default: `cache` of the configuration; for `history`, on]
    #[arg(long, overrides_with = "no_cache", help_heading = "Configuration")]
    pub cache: bool,
    /// Judge every blob anew and remember nothing
    #[arg(long, overrides_with = "cache", help_heading = "Configuration")]
    pub no_cache: bool,
}

/// `check`.
#[derive(Args, Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Check {
    /// Files to judge: their staged content [default: everything that is staged]
    #[arg(value_name = "FILES", help_heading = "What to judge")]
    pub files: Vec<OsString>,
    /// What is staged and differs from HEAD: what runs without FILES
    #[arg(long, conflicts_with_all = ["all_files", "worktree", "stdin_filename", "from_ref"], help_heading = "What to judge")]
    pub staged: bool,
    /// Every file in the index
    #[arg(long, short = 'a', conflicts_with_all = ["worktree", "stdin_filename", "from_ref", "files"], help_heading = "What to judge")]
    pub all_files: bool,
    /// What changed between REF and `--to-ref`, from where the two parted; of a new branch (REF all zeros) all files
    #[arg(long, value_name = "REF", requires = "to_ref", conflicts_with = "worktree", help_heading = "What to judge")]
    pub from_ref: Option<String>,
    /// The commit whose content is judged
    #[arg(long, value_name = "REF", requires = "from_ref", help_heading = "What to judge")]
    pub to_ref: Option<String>,
    /// What lies on disk, staged or not
    #[arg(long, help_heading = "What to judge")]
    pub worktree: bool,
    /// Standard input, judged as the file PATH (`-`: as a file without a name)
    #[arg(long, value_name = "PATH", conflicts_with = "files", help_heading = "What to judge")]
    pub stdin_filename: Option<OsString>,
    /// Judge files named here even if the configuration excludes them; `--exclude-files` leaves them out all the same
    #[arg(long, help_heading = "What to judge")]
    pub no_force_exclude: bool,

    #[command(flatten)]
    pub output: Output,
    /// Behave as under pre-commit: write nothing, print no summary [default: if PRE_COMMIT=1, and in git's own hooks]
    #[arg(long, help_heading = "Output")]
    pub hook: bool,

    #[command(flatten)]
    pub caching: Caching,
    #[command(flatten)]
    pub shared: Shared,
    /// Print what is new as an object like a baseline of detect-secrets, and nothing if nothing is
    #[arg(long, conflicts_with_all = ["format", "file", "show_forgiven"], help_heading = DETECT_SECRETS)]
    pub json: bool,
}
