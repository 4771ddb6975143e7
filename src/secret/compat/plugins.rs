//! The 27 plugins of detect-secrets 1.5.0: class, type, parameters, what each looks for.
//! Promises detect-secrets' own spelling and its order (by lower-cased class name), as a baseline needs them.
//! How a plugin finds its values is in the modules beside this one.

/// One plugin of detect-secrets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plugin {
    /// The class, `name` in `plugins_used`.
    pub class: &'static str,
    /// The type of its findings, `type` in `results`.
    pub kind: &'static str,
    /// Its parameter in `plugins_used` with the default value; no plugin has two.
    pub parameter: Option<Parameter>,
    /// Whether its SHA-1 does not identify the value: one identity stands for every key of that format, or for a part of it.
    pub is_degenerate: bool,
    /// One line for people.
    pub summary: &'static str,
}

/// A parameter of a plugin and its default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Parameter {
    /// `limit`: the entropy, in bits per character, that a value must exceed.
    Limit(f64),
    /// `keyword_exclude`: a line in which this regular expression is found yields nothing; empty is off.
    KeywordExclude(&'static str),
}

impl Parameter {
    /// The key in `plugins_used`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Limit(_) => "limit",
            Self::KeywordExclude(_) => "keyword_exclude",
        }
    }
}

/// The place of a plugin in [`PLUGINS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Id {
    Artifactory,
    Aws,
    Azure,
    Base64,
    BasicAuth,
    Cloudant,
    Discord,
    GitHub,
    GitLab,
    Hex,
    IbmIam,
    IbmCos,
    PublicIp,
    Jwt,
    Keyword,
    Mailchimp,
    Npm,
    OpenAi,
    PrivateKey,
    Pypi,
    SendGrid,
    Slack,
    SoftLayer,
    Square,
    Stripe,
    Telegram,
    Twilio,
}

/// A set of plugins, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Set(u32);

impl Set {
    pub(super) const ALL: Self = Self((1 << PLUGINS.len()) - 1);

    pub(super) const fn of(ids: &[Id]) -> Self {
        let mut bits = 0;
        let mut rest = ids;
        while let Some((first, tail)) = rest.split_first() {
            bits |= 1 << *first as u32;
            rest = tail;
        }
        Self(bits)
    }

    pub(super) const fn has(self, id: Id) -> bool {
        self.0 & (1 << id as u32) != 0
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The set of the one plugin with this class name.
    pub(super) fn class(class: &str) -> Option<Self> {
        PLUGINS.iter().position(|plugin| plugin.class == class).map(|place| Self(1 << place))
    }
}

impl Id {
    /// The type of its findings.
    pub(super) fn kind(self) -> &'static str {
        PLUGINS.get(self as usize).map_or("", |plugin| plugin.kind)
    }
}

const fn plugin(class: &'static str, kind: &'static str, summary: &'static str) -> Plugin {
    Plugin { class, kind, parameter: None, is_degenerate: false, summary }
}

const fn degenerate(plugin: Plugin) -> Plugin {
    Plugin { is_degenerate: true, ..plugin }
}

const fn with(parameter: Parameter, plugin: Plugin) -> Plugin {
    Plugin { parameter: Some(parameter), ..plugin }
}

/// The default entropy limit of `Base64HighEntropyString`.
pub const BASE64_LIMIT: f64 = 4.5;
/// The default entropy limit of `HexHighEntropyString`.
pub const HEX_LIMIT: f64 = 3.0;

/// All plugins, in the order of `plugins_used`.
#[rustfmt::skip]
pub const PLUGINS: [Plugin; 27] = [
    degenerate(plugin("ArtifactoryDetector", "Artifactory Credentials", "Artifactory API token or encrypted password")),
    plugin("AWSKeyDetector", "AWS Access Key", "AWS access key id, or a 40-character secret next to the word `aws`"),
    plugin("AzureStorageKeyDetector", "Azure Storage Account access key", "Azure storage account key in a connection string"),
    with(Parameter::Limit(BASE64_LIMIT), plugin("Base64HighEntropyString", "Base64 High Entropy String", "quoted string of base64 characters that looks random")),
    plugin("BasicAuthDetector", "Basic Auth Credentials", "user and password in a URL"),
    plugin("CloudantDetector", "Cloudant Credentials", "Cloudant password or API key"),
    plugin("DiscordBotTokenDetector", "Discord Bot Token", "Discord bot token"),
    degenerate(plugin("GitHubTokenDetector", "GitHub Token", "GitHub token with a `gh?_` prefix")),
    degenerate(plugin("GitLabTokenDetector", "GitLab Token", "GitLab token with a known prefix")),
    with(Parameter::Limit(HEX_LIMIT), plugin("HexHighEntropyString", "Hex High Entropy String", "quoted string of hexadecimal digits that looks random")),
    plugin("IbmCloudIamDetector", "IBM Cloud IAM Key", "IBM Cloud IAM key: 44 characters assigned to a key or password"),
    plugin("IbmCosHmacDetector", "IBM COS HMAC Credentials", "IBM object storage HMAC secret: 48 hexadecimal digits"),
    plugin("IPPublicDetector", "Public IP (ipv4)", "IPv4 address outside the private ranges"),
    degenerate(plugin("JwtTokenDetector", "JSON Web Token", "JSON web token whose header and payload decode")),
    with(Parameter::KeywordExclude(""), plugin("KeywordDetector", "Secret Keyword", "value assigned to, or compared with, a name that sounds secret")),
    plugin("MailchimpDetector", "Mailchimp Access Key", "Mailchimp API key"),
    plugin("NpmDetector", "NPM tokens", "npm registry token in an `.npmrc`"),
    plugin("OpenAIDetector", "OpenAI Token", "OpenAI API key"),
    degenerate(plugin("PrivateKeyDetector", "Private Key", "header of a private key")),
    plugin("PypiTokenDetector", "PyPI Token", "PyPI or TestPyPI upload token"),
    plugin("SendGridDetector", "SendGrid API Key", "SendGrid API key"),
    plugin("SlackDetector", "Slack Token", "Slack token or webhook URL"),
    plugin("SoftlayerDetector", "SoftLayer Credentials", "SoftLayer API key"),
    plugin("SquareOAuthDetector", "Square OAuth Secret", "Square OAuth secret"),
    plugin("StripeDetector", "Stripe Access Key", "Stripe live secret or restricted key"),
    plugin("TelegramBotTokenDetector", "Telegram Bot Token", "Telegram bot token"),
    plugin("TwilioKeyDetector", "Twilio API Key", "Twilio account or API key id"),
];

/// The plugin whose findings have this type.
pub fn of_kind(kind: &str) -> Option<&'static Plugin> {
    PLUGINS.iter().find(|plugin| plugin.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_a_baseline() {
        let names: Vec<String> = PLUGINS.iter().map(|plugin| plugin.class.to_lowercase()).collect();
        assert!(names.is_sorted());
        assert_eq!(Id::Twilio.kind(), "Twilio API Key");
        assert_eq!(Id::Jwt.kind(), "JSON Web Token");
        assert_eq!(Set::class("KeywordDetector"), Some(Set::of(&[Id::Keyword])));
    }
}
