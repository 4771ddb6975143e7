//! The options of detect-secrets 1.5.0 that do here what they do there, or are accepted because they change nothing.
//! Promises that a hook whose `args` were written for detect-secrets starts.
//! Options that go by another name here are refused with that name in `command_line`.

use std::path::PathBuf;

use clap::{ArgAction, Args};

/// The heading of these options.
pub const HEADING: &str = "Options of detect-secrets";

/// The options of `detect-secrets-hook`, for those who migrate. What is left out is left out of our own findings, too; the others change
/// what the compat engine does.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = HEADING)]
pub struct DetectSecrets {
    /// Accepted: nothing is ever verified over the network
    #[arg(long, short = 'n')]
    pub no_verify: bool,
    /// Accepted for the same reason
    #[arg(long)]
    pub only_verified: bool,
    /// Accepted: what there is to say is said
    #[arg(long, short = 'v', action = ArgAction::Count)]
    pub verbose: u8,
    /// Accepted with a warning, as code is never run: a plugin of your own (may be repeated)
    #[arg(long, short = 'p', value_name = "FILE")]
    pub plugin: Vec<PathBuf>,
    /// Filter to switch on, by its path [short: -f, as no format has a dot]; one of your own is code and is not run
    #[arg(long, value_name = "PATH")]
    pub filter: Vec<String>,
    /// Files to leave out, named ones too: what our rules find there is forgiven (Python regex, may be repeated)
    #[arg(long, value_name = "REGEX")]
    pub exclude_files: Vec<String>,
    /// Lines to leave out (Python regex, may be repeated)
    #[arg(long, value_name = "REGEX")]
    pub exclude_lines: Vec<String>,
    /// Values to leave out (Python regex, may be repeated)
    #[arg(long, value_name = "REGEX")]
    pub exclude_secrets: Vec<String>,
    /// Words, one a line; values with one of them are left out
    #[arg(long, value_name = "FILE")]
    pub word_list: Option<PathBuf>,
    /// Plugin to switch off in `compat` and `strict`, by class name, like KeywordDetector
    #[arg(long, value_name = "CLASS")]
    pub disable_plugin: Vec<String>,
    /// Filter to switch off in `compat` and `strict`, by its path, like detect_secrets.filters.heuristic.is_lock_file
    #[arg(long, value_name = "PATH")]
    pub disable_filter: Vec<String>,
    /// Entropy above which `compat` and `strict` report a quoted base64 string [detect-secrets' default: 4.5]
    #[arg(long, value_name = "BITS", num_args = 0..=1, default_missing_value = "0")]
    pub base64_limit: Option<f64>,
    /// Entropy above which `compat` and `strict` report a quoted hex string [detect-secrets' default: 3.0]
    #[arg(long, value_name = "BITS", num_args = 0..=1, default_missing_value = "0")]
    pub hex_limit: Option<f64>,
    /// Accepted with a warning: the filter needs a program of its own
    #[arg(long, value_name = "FILE")]
    pub gibberish_model: Option<PathBuf>,
    /// Accepted with a warning, as its model
    #[arg(long, value_name = "NUMBER")]
    pub gibberish_limit: Option<f64>,
}

impl DetectSecrets {
    /// Whether something is to be left out that a baseline need not say.
    pub fn leaves_out(&self) -> bool {
        self.word_list.is_some()
            || [&self.exclude_files, &self.exclude_lines, &self.exclude_secrets].iter().any(|patterns| !patterns.is_empty())
    }
}
