//! The table `[tool.gatewright.secrets]`: what `gatewright-secrets` looks for and what it forgives.
//! Promises that what depends on the profile is answered by methods, so that a profile given on the command line has its full effect.
//! Only carries the settings: `settle` and the detector act on them.

use serde::Deserialize;
use toml::Spanned;

use super::value::{self, Date, Sha256, Size};
use super::{Fault, PathSet, check_disjoint, check_rule, check_some};
use crate::rule::{Confidence, Rule};
use crate::secret;

/// Settings of the hook `gatewright-secrets`.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Secrets {
    /// `default`: what this tool finds by its own judgement. `compat`: exactly what detect-secrets 1.5.0 finds. `strict`: both, low confidence
    /// too, and findings of the baseline that nobody has labelled fail.
    pub profile: Profile,
    /// Path of the baseline of detect-secrets. Without this key `.secrets.baseline` is read if it is there; a file named here must be.
    #[serde(deserialize_with = "value::optional_path")]
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub baseline: Option<String>,
    /// Path of the baseline of all hooks, which holds what detect-secrets has no place for.
    #[serde(deserialize_with = "value::path")]
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub companion: String,
    /// Path of the file to which `fix` adds the names of environment variables. Without this key the first that is there of
    /// `.env.example`, `.env.sample`, `.env.template` and `env.example`, else the first.
    #[serde(deserialize_with = "value::optional_path")]
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub env_example: Option<String>,
    /// Findings below this confidence are silent: `low`, `medium` or `high`. Without this key `medium`, in the profile `strict` `low`.
    #[serde(deserialize_with = "value::confidence")]
    #[cfg_attr(test, serde(skip_serializing), schemars(with = "Option<value::Level>"))]
    pub min_confidence: Option<Confidence>,
    /// Rules switched off and on.
    #[serde(deserialize_with = "value::table")]
    pub rules: RuleChoice,
    /// Names that are looked for besides ours, and names that are not.
    #[serde(deserialize_with = "value::table")]
    pub names: NameChoice,
    /// Files that this hook does not judge, besides the `exclude` of all hooks.
    #[cfg_attr(test, schemars(with = "super::docs::Globs"))]
    pub exclude: PathSet,
    /// Findings that are forgiven by path, rule or value.
    #[serde(deserialize_with = "value::tables")]
    #[cfg_attr(test, schemars(with = "Vec<Allow>"))]
    pub allow: Vec<Spanned<Allow>>,
    /// Whose allow comments count. Without this key all, in the profile `compat` only those of detect-secrets.
    pub pragmas: Option<Vec<Dialect>>,
    /// Whether a `gatewright: ignore[…]` without ` -- reason` is refused.
    pub pragma_needs_reason: bool,
    /// Whether findings of the baseline that nobody has labelled fail. Without this key only in the profile `strict`.
    pub fail_on_unaudited: Option<bool>,
    /// Whether findings of the baseline that are labelled as real secrets fail.
    pub fail_on_real: bool,
    /// What a label in the baseline must come with.
    pub label_needs: Vec<LabelField>,
    /// How many layers of encoding are undone to find a secret, 0 to 5: base64, hexadecimal digits, percent encoding and the escapes of
    /// programming languages and markup, within each other in any order. A file in which something is encoded more often, up to six times,
    /// makes exit 2 unless `accept-unread` names it; 0 undoes none and says nothing.
    #[serde(deserialize_with = "value::decode_depth")]
    #[cfg_attr(test, schemars(range(min = 0, max = 5)))]
    pub decode_depth: u8,
    /// How many archives within each other are opened, 0 to 5: zip (wheels, jars, office documents), tar and gzip, a `.tar.gz` being one. A
    /// member may have `max-file-size`, all members of a file together four times that. What is damaged, encrypted or beyond a bound makes
    /// exit 2 unless `accept-unread` names the file; 0 leaves archives closed.
    #[serde(deserialize_with = "value::archive_depth")]
    #[cfg_attr(test, schemars(range(min = 0, max = 5)))]
    pub archive_depth: u8,
    /// As `max-file-size` above, for this hook only.
    #[cfg_attr(test, serde(skip_serializing), schemars(with = "Option<super::docs::Size>"))]
    pub max_file_size: Option<Size>,
}

impl Default for Secrets {
    fn default() -> Self {
        Self {
            profile: Profile::Default,
            baseline: None,
            companion: ".gatewright-baseline.jsonl".to_owned(),
            env_example: None,
            min_confidence: None,
            rules: RuleChoice::default(),
            names: NameChoice::default(),
            exclude: PathSet::default(),
            allow: Vec::new(),
            pragmas: None,
            pragma_needs_reason: false,
            fail_on_unaudited: None,
            fail_on_real: false,
            label_needs: Vec::new(),
            decode_depth: 3,
            archive_depth: 2,
            max_file_size: None,
        }
    }
}

impl Secrets {
    /// The confidence that a finding must have to speak.
    pub fn min_confidence(&self) -> Confidence {
        let of_profile = if self.profile == Profile::Strict { Confidence::Low } else { Confidence::Medium };
        self.min_confidence.unwrap_or(of_profile)
    }

    /// Whether findings of the baseline without label fail.
    pub fn fails_on_unaudited(&self) -> bool {
        self.fail_on_unaudited.unwrap_or(self.profile == Profile::Strict)
    }

    /// The dialects whose allow comments count.
    pub fn dialects(&self) -> &[Dialect] {
        match (&self.pragmas, self.profile) {
            (Some(pragmas), _) => pragmas,
            (None, Profile::Compat) => &[Dialect::DetectSecrets],
            (None, Profile::Default | Profile::Strict) => &Dialect::ALL,
        }
    }

    pub(super) fn check(&self, known_rules: &[&'static Rule], faults: &mut Vec<Fault>) {
        let RuleChoice { disable, enable } = &self.rules;
        faults.extend(disable.iter().chain(enable).filter_map(|name| check_rule(name, known_rules).err()));
        faults.extend(check_disjoint(disable, enable, ("disable", "enable"), "rule").err());
        faults.extend(self.names.check().err());
        for entry in &self.allow {
            let Allow { path, rule, value_sha256, .. } = entry.get_ref();
            faults.extend(path.as_ref().and_then(|path| check_some(path, entry.span()).err()));
            if path.is_none() && rule.is_none() && value_sha256.is_none() {
                let everything = "the entry would forgive everything; give it `path`, `rule` or `value-sha256`";
                faults.push((entry.span(), everything.to_owned()));
            }
            faults.extend(rule.as_ref().and_then(|name| check_rule(name, known_rules).err()));
        }
    }
}

/// Which engines judge, and how strictly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    #[default]
    Default,
    Compat,
    Strict,
}

/// Rules switched off and on, by id or alias.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleChoice {
    /// Rules whose findings are forgiven everywhere.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub disable: Vec<Spanned<String>>,
    /// Rules that speak whatever their confidence.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub enable: Vec<Spanned<String>>,
}

/// Names added to ours and taken from them. Their words are split at `_`, `-`, `.`, digits and changes of case.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct NameChoice {
    /// Names that promise a password, like `kennung` or `pin-code`: what is given to one is judged as what is given to `password`. A name
    /// is compared word by word, from its end: `pin-code` speaks of `user_pin_code` and `pinCode`, not of `pin_code_length`.
    #[cfg_attr(test, schemars(with = "Vec<super::docs::Name>"))]
    pub add: Vec<Spanned<String>>,
    /// Names that promise no secret, like `csrf-token`: what is given to one is reported only if its own form gives it away.
    #[cfg_attr(test, schemars(with = "Vec<super::docs::Name>"))]
    pub remove: Vec<Spanned<String>>,
}

impl NameChoice {
    fn check(&self) -> Result<(), Fault> {
        let is_no_name = |name: &&Spanned<String>| !secret::can_be_removed(name.get_ref());
        if let Some(name) = self.add.iter().chain(&self.remove).find(is_no_name) {
            return Err((name.span(), "a name is made of letters, digits, `_`, `-` and `.`".to_owned()));
        }
        if let Some(name) = self.add.iter().find(|name| !secret::can_be_added(name.get_ref())) {
            return Err((name.span(), "the last word of a name to look for has three letters or more".to_owned()));
        }
        check_disjoint(&self.add, &self.remove, ("add", "remove"), "name")
    }
}

/// What is forgiven: all that is given must be true of the finding.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("anyOf" = [{ "required": ["path"] }, { "required": ["rule"] }, { "required": ["value-sha256"] }])))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Allow {
    /// The paths it holds for; everywhere without it.
    #[cfg_attr(test, schemars(with = "Option<super::docs::SomeGlobs>"))]
    pub path: Option<PathSet>,
    /// The rule, by id or alias; any without it.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub rule: Option<Spanned<String>>,
    /// SHA-256 of the value (unquoted, decoded) in hexadecimal. Of a weak password it can be guessed back: such belong in the baseline,
    /// whose hashes are keyed.
    #[serde(rename = "value-sha256")]
    #[cfg_attr(test, serde(skip_serializing), schemars(with = "Option<super::docs::Sha256>"))]
    pub value_sha256: Option<Sha256>,
    /// Why; shown with what is forgiven.
    pub reason: Option<String>,
    /// The last day on which it holds.
    #[cfg_attr(test, serde(skip_serializing), schemars(with = "Option<super::docs::Date>"))]
    pub until: Option<Date>,
}

/// What can be asked of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LabelField {
    Reason,
    Owner,
    Until,
}

/// Whose allow comments are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    Gatewright,
    DetectSecrets,
    Gitleaks,
    Betterleaks,
    Kingfisher,
    Trufflehog,
    Ggshield,
    Nosec,
    Noqa,
}

impl Dialect {
    pub const ALL: [Self; 9] = [
        Self::Gatewright,
        Self::DetectSecrets,
        Self::Gitleaks,
        Self::Betterleaks,
        Self::Kingfisher,
        Self::Trufflehog,
        Self::Ggshield,
        Self::Nosec,
        Self::Noqa,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gatewright => "gatewright",
            Self::DetectSecrets => "detect-secrets",
            Self::Gitleaks => "gitleaks",
            Self::Betterleaks => "betterleaks",
            Self::Kingfisher => "kingfisher",
            Self::Trufflehog => "trufflehog",
            Self::Ggshield => "ggshield",
            Self::Nosec => "nosec",
            Self::Noqa => "noqa",
        }
    }
}
