//! What a scan in the compat profile runs: plugins with their parameters, filters with theirs.
//! Promises detect-secrets' defaults, and that a pattern which cannot be used is an error that names it.
//! Reads no file: the caller turns a baseline, options or a word list into calls.

use std::ops::RangeInclusive;

use aho_corasick::AhoCorasick;

use super::pattern::Pattern;
use super::plugins::{BASE64_LIMIT, HEX_LIMIT, Id, Set};
use super::python;
use crate::gap::Gap;

/// The filters that a new baseline names, by path, in its order.
pub const DEFAULT_FILTERS: [&str; 10] = [
    "detect_secrets.filters.allowlist.is_line_allowlisted",
    "detect_secrets.filters.heuristic.is_indirect_reference",
    "detect_secrets.filters.heuristic.is_likely_id_string",
    "detect_secrets.filters.heuristic.is_lock_file",
    "detect_secrets.filters.heuristic.is_not_alphanumeric_string",
    "detect_secrets.filters.heuristic.is_potential_uuid",
    "detect_secrets.filters.heuristic.is_prefixed_with_dollar_sign",
    "detect_secrets.filters.heuristic.is_sequential_string",
    "detect_secrets.filters.heuristic.is_swagger_file",
    "detect_secrets.filters.heuristic.is_templated_secret",
];

/// Filters that are always on and never written into a baseline.
pub const SILENT_FILTERS: [&str; 2] =
    ["detect_secrets.filters.common.is_invalid_file", "detect_secrets.filters.heuristic.is_non_text_file"];

/// The place of a filter in [`DEFAULT_FILTERS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Filter {
    Allowlisted,
    IndirectReference,
    LikelyId,
    LockFile,
    NotAlphanumeric,
    PotentialUuid,
    DollarSign,
    Sequential,
    SwaggerFile,
    Templated,
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SettingsError {
    #[error("the pattern `{pattern}` does not compile: {reason}")]
    Pattern { pattern: String, reason: String },
    #[error("the pattern `{pattern}` takes too many steps to match")]
    Backtracking { pattern: String },
    #[error("an entropy limit is between 0 and 8, not {0}")]
    Limit(f64),
    #[error("the word list is too large")]
    WordList,
}

impl SettingsError {
    /// What it means for a file that was to be judged with it.
    pub fn gap(&self) -> Gap {
        Gap::new(
            self.to_string(),
            "correct it where it stands: in the options, or in `plugins_used` or `filters_used` of the baseline",
        )
    }
}

/// What a scan runs. The default is what `detect-secrets scan --no-verify` runs without a baseline.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(super) plugins: Set,
    pub(super) base64_limit: f64,
    pub(super) hex_limit: f64,
    pub(super) keyword_exclude: Option<Pattern>,
    filters: u16,
    pub(super) exclude_files: Vec<Pattern>,
    pub(super) exclude_lines: Vec<Pattern>,
    pub(super) exclude_secrets: Vec<Pattern>,
    pub(super) words: Option<AhoCorasick>,
    pub(super) baseline: Option<String>,
    pub(super) companion: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            plugins: Set::ALL,
            base64_limit: BASE64_LIMIT,
            hex_limit: HEX_LIMIT,
            keyword_exclude: None,
            filters: (1 << DEFAULT_FILTERS.len()) - 1,
            exclude_files: Vec::new(),
            exclude_lines: Vec::new(),
            exclude_secrets: Vec::new(),
            words: None,
            baseline: None,
            companion: None,
        }
    }
}

/// The pattern for exactly this file.
pub fn pattern_for(path: &str) -> String {
    format!("^{}$", regex::escape(path))
}

const LIMITS: RangeInclusive<f64> = 0.0..=8.0;

impl Settings {
    /// Only these plugins, by class name, and only these default filters, by path. Unknown names are ignored: the caller has
    /// warned of them.
    pub fn only<'n>(plugins: impl IntoIterator<Item = &'n str>, filters: impl IntoIterator<Item = &'n str>) -> Self {
        let plugins = plugins.into_iter().filter_map(Set::class).fold(Set::default(), Set::or);
        let filters = filters.into_iter().filter_map(filter_bit).fold(0, |bits, bit| bits | bit);
        Self { plugins, filters, ..Self::default() }
    }

    /// Switches a plugin off; false if the class is not one of the 27.
    pub fn disable_plugin(&mut self, class: &str) -> bool {
        let Some(plugin) = Set::class(class) else { return false };
        self.plugins = self.plugins.without(plugin);
        true
    }

    /// Switches a default filter off by its path; false if it is not one of the ten.
    pub fn disable_filter(&mut self, path: &str) -> bool {
        let Some(bit) = filter_bit(path) else { return false };
        self.filters &= !bit;
        true
    }

    /// Whether a comment can keep a line from the plugins.
    pub fn heeds_comments(&self) -> bool {
        self.filters(Filter::Allowlisted)
    }

    /// Whether the plugin runs.
    pub fn runs(&self, class: &str) -> bool {
        Set::class(class).is_some_and(|plugin| !self.plugins.and(plugin).is_empty())
    }

    /// The limit of `Base64HighEntropyString`, in bits per character.
    pub fn set_base64_limit(&mut self, limit: f64) -> Result<(), SettingsError> {
        self.base64_limit = checked(limit)?;
        Ok(())
    }

    /// The limit of `HexHighEntropyString`, in bits per character.
    pub fn set_hex_limit(&mut self, limit: f64) -> Result<(), SettingsError> {
        self.hex_limit = checked(limit)?;
        Ok(())
    }

    /// `keyword_exclude` of `KeywordDetector`; the empty pattern is off.
    pub fn set_keyword_exclude(&mut self, pattern: &str) -> Result<(), SettingsError> {
        self.keyword_exclude = if pattern.is_empty() { None } else { Some(Pattern::new(pattern, true)?) };
        Ok(())
    }

    /// Adds to `regex.should_exclude_file`.
    pub fn exclude_files(&mut self, pattern: &str) -> Result<(), SettingsError> {
        self.exclude_files.push(Pattern::new(pattern, false)?);
        Ok(())
    }

    /// Adds to `regex.should_exclude_line`.
    pub fn exclude_lines(&mut self, pattern: &str) -> Result<(), SettingsError> {
        self.exclude_lines.push(Pattern::new(pattern, false)?);
        Ok(())
    }

    /// Adds to `regex.should_exclude_secret`.
    pub fn exclude_secrets(&mut self, pattern: &str) -> Result<(), SettingsError> {
        self.exclude_secrets.push(Pattern::new(pattern, false)?);
        Ok(())
    }

    /// `wordlist.should_exclude_secret` with the text of its file: one word a line, lower-cased, those shorter than `min_length`
    /// characters left out.
    pub fn set_word_list(&mut self, text: &str, min_length: usize) -> Result<(), SettingsError> {
        let lower = text.to_lowercase();
        let words = lower.lines().map(python::strip).filter(|word| !word.is_empty() && word.chars().count() >= min_length);
        self.words = Some(AhoCorasick::new(words).map_err(|_| SettingsError::WordList)?);
        Ok(())
    }

    /// `common.is_baseline_file`: a file whose base name is this string is not scanned.
    pub fn set_baseline(&mut self, filename: impl Into<String>) {
        self.baseline = Some(filename.into());
    }

    /// The file with hashes of ours beside the baseline: it is not scanned. Where a baseline has the pattern that says so to detect-secrets,
    /// that is ours too, and leaves out nothing that other rules find.
    pub fn set_companion(&mut self, path: &str) {
        let ours = pattern_for(path);
        self.exclude_files.retain(|pattern| pattern.source() != ours);
        self.companion = Some(path.to_owned());
    }

    pub(super) fn filters(&self, filter: Filter) -> bool {
        self.filters & (1 << filter as u16) != 0
    }

    pub(super) fn limit(&self, id: Id) -> f64 {
        if id == Id::Hex { self.hex_limit } else { self.base64_limit }
    }
}

fn filter_bit(path: &str) -> Option<u16> {
    DEFAULT_FILTERS.iter().position(|&filter| filter == path).map(|place| 1 << place)
}

fn checked(limit: f64) -> Result<f64, SettingsError> {
    if LIMITS.contains(&limit) { Ok(limit) } else { Err(SettingsError::Limit(limit)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_and_filters_go_by_name() {
        let mut settings = Settings::default();
        assert!(
            settings.runs("KeywordDetector") && settings.disable_plugin("KeywordDetector") && !settings.runs("KeywordDetector")
        );
        assert!(!settings.disable_plugin("NoSuchDetector"));
        assert!(settings.disable_filter(DEFAULT_FILTERS[3]) && !settings.filters(Filter::LockFile));
        assert!(settings.filters(Filter::Templated) && !settings.disable_filter("x"));
        let only = Settings::only(["TwilioKeyDetector", "Unknown"], [DEFAULT_FILTERS[0]]);
        assert!(only.runs("TwilioKeyDetector") && !only.runs("AWSKeyDetector"));
        assert!(only.filters(Filter::Allowlisted) && !only.filters(Filter::Templated));
    }

    #[test]
    fn limits_are_between_zero_and_eight() {
        assert_eq!(Settings::default().set_hex_limit(8.5), Err(SettingsError::Limit(8.5)));
        assert!(Settings::default().set_hex_limit(f64::NAN).is_err());
        assert_eq!(Settings::default().set_base64_limit(0.0), Ok(()));
    }
}
