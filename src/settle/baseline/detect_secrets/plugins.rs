//! The plugins and filters of detect-secrets 1.5.0, as its baseline names them.
//! Promises the order in which they are written. Runs none of them.

use crate::settle::baseline::json::Json;

/// A plugin: its class in `plugins_used`, its type in `results`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plugin {
    pub class: &'static str,
    pub kind: &'static str,
    /// Whether its SHA-1 does not identify the value: one identity stands for every key of that format, or for a part of it.
    pub is_degenerate: bool,
}

const fn exact(class: &'static str, kind: &'static str) -> Plugin {
    Plugin { class, kind, is_degenerate: false }
}

const fn degenerate(class: &'static str, kind: &'static str) -> Plugin {
    Plugin { class, kind, is_degenerate: true }
}

/// All 27, in the order of `plugins_used`.
pub const PLUGINS: [Plugin; 27] = [
    degenerate("ArtifactoryDetector", "Artifactory Credentials"),
    exact("AWSKeyDetector", "AWS Access Key"),
    exact("AzureStorageKeyDetector", "Azure Storage Account access key"),
    exact("Base64HighEntropyString", "Base64 High Entropy String"),
    exact("BasicAuthDetector", "Basic Auth Credentials"),
    exact("CloudantDetector", "Cloudant Credentials"),
    exact("DiscordBotTokenDetector", "Discord Bot Token"),
    degenerate("GitHubTokenDetector", "GitHub Token"),
    degenerate("GitLabTokenDetector", "GitLab Token"),
    exact("HexHighEntropyString", "Hex High Entropy String"),
    exact("IbmCloudIamDetector", "IBM Cloud IAM Key"),
    exact("IbmCosHmacDetector", "IBM COS HMAC Credentials"),
    exact("IPPublicDetector", "Public IP (ipv4)"),
    degenerate("JwtTokenDetector", "JSON Web Token"),
    exact("KeywordDetector", "Secret Keyword"),
    exact("MailchimpDetector", "Mailchimp Access Key"),
    exact("NpmDetector", "NPM tokens"),
    exact("OpenAIDetector", "OpenAI Token"),
    degenerate("PrivateKeyDetector", "Private Key"),
    exact("PypiTokenDetector", "PyPI Token"),
    exact("SendGridDetector", "SendGrid API Key"),
    exact("SlackDetector", "Slack Token"),
    exact("SoftlayerDetector", "SoftLayer Credentials"),
    exact("SquareOAuthDetector", "Square OAuth Secret"),
    exact("StripeDetector", "Stripe Access Key"),
    exact("TelegramBotTokenDetector", "Telegram Bot Token"),
    exact("TwilioKeyDetector", "Twilio API Key"),
];

/// The plugin that yields secrets of this type.
pub fn plugin_of_type(kind: &str) -> Option<&'static Plugin> {
    PLUGINS.iter().find(|plugin| plugin.kind == kind)
}

/// Parameters that are always written: class, key, default.
pub(super) fn parameters() -> [(&'static str, &'static str, Json); 3] {
    [
        ("Base64HighEntropyString", "limit", Json::from(4.5)),
        ("HexHighEntropyString", "limit", Json::from(3.0)),
        ("KeywordDetector", "keyword_exclude", Json::from("")),
    ]
}

/// The filters of a fresh baseline, in the order of `filters_used`.
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

/// Filters that are always on and never written.
pub(super) const SILENT_FILTERS: [&str; 2] =
    ["detect_secrets.filters.common.is_invalid_file", "detect_secrets.filters.heuristic.is_non_text_file"];
