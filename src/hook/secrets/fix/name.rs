//! What the environment variables are called that take the place of values.
//! Promises one name for one value and never the same name for two, and that no name shows a value of the run.
//! Reads no environment.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Redacted};
use crate::rule::Matcher;
use crate::source::RepoPath;

/// The names given so far.
pub(super) struct Names {
    by_value: BTreeMap<Vec<u8>, String>,
    taken: BTreeSet<String>,
    /// Letters and digits of the values, in upper case, as they would show in a name.
    secrets: Vec<Vec<u8>>,
}

/// A shorter value that is also part of a name is taken for a word, unless it is the one that is named.
const SHORTEST: usize = 12;
const SHORTEST_OWN: usize = 4;
/// Longer names are cut.
const LONGEST: usize = 64;

/// Words that promise a secret, and those that say nothing more about it.
const TELLING: &[&str] = &[
    "AUTH",
    "APIKEY",
    "CERT",
    "COOKIE",
    "CRED",
    "CREDENTIAL",
    "CREDENTIALS",
    "CREDS",
    "DSN",
    "HASH",
    "JWT",
    "KEY",
    "KEYS",
    "PASS",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PASSWORDS",
    "PAT",
    "PIN",
    "PSK",
    "PW",
    "PWD",
    "SALT",
    "SECRET",
    "SECRETS",
    "SEED",
    "SIGNATURE",
    "TOKEN",
    "TOKENS",
    "WEBHOOK",
];
const VAGUE: &[&str] = &["ACCESS", "API", "BEARER", "CLIENT", "DEFAULT", "MY", "PRIVATE", "THE"];
/// Modules and folders whose names do not say what a secret is for.
const VAGUE_MODULES: &[&str] = &[
    "",
    "APP",
    "BASE",
    "COMMON",
    "CONF",
    "CONFIG",
    "CONFTEST",
    "CONSTANTS",
    "CORE",
    "DEV",
    "EXAMPLE",
    "INDEX",
    "INIT",
    "LIB",
    "LOCAL",
    "MAIN",
    "MANAGE",
    "MODELS",
    "PROD",
    "PRODUCTION",
    "PYTHON",
    "RUN",
    "SCRIPT",
    "SECRET",
    "SECRETS",
    "SETTINGS",
    "SETUP",
    "SRC",
    "TEST",
    "TESTS",
    "UTIL",
    "UTILS",
    "VIEWS",
];

impl Names {
    /// `secrets`: what no name may show. `taken`: names that are in use.
    pub(super) fn new(secrets: &[&Redacted], taken: BTreeSet<String>) -> Self {
        let secrets: BTreeSet<Vec<u8>> = secrets.iter().map(|secret| secret.with(squeezed)).collect();
        let secrets = secrets.into_iter().filter(|secret| secret.len() >= SHORTEST).collect();
        Self { by_value: BTreeMap::new(), taken, secrets }
    }

    /// Gives `name` to nobody.
    pub(super) fn take(&mut self, name: &str) {
        self.taken.insert(name.to_owned());
    }

    /// The variable for `value`, which a finding of the file `path` is about; `assigned` is the name that the source gives it.
    pub(super) fn name(&mut self, value: &[u8], finding: &Finding, assigned: Option<&str>, path: &RepoPath) -> String {
        if let Some(name) = self.by_value.get(value) {
            return name.clone();
        }
        let own = squeezed(value);
        let shows = |name: &String| {
            let name = squeezed(name.as_bytes());
            let holds = |value: &[u8]| memchr::memmem::find(&name, value).is_some();
            (own.len() >= SHORTEST_OWN && holds(&own)) || self.secrets.iter().any(|secret| holds(secret))
        };
        let base = candidates(finding, assigned, path).into_iter().find(|name| !shows(name));
        let base = base.unwrap_or_else(|| "SECRET".to_owned());
        let numbered = (2..).map(|number: usize| format!("{base}_{number}"));
        let free = std::iter::once(base.clone()).chain(numbered).find(|name| !self.taken.contains(name));
        let name = free.unwrap_or(base);
        self.taken.insert(name.clone());
        self.by_value.insert(value.to_vec(), name.clone());
        name
    }
}

/// Names for a value, the best first.
fn candidates(finding: &Finding, assigned: Option<&str>, path: &RepoPath) -> Vec<String> {
    let rule = finding.rule;
    let rule_name = upper_snake(rule.id.trim_start_matches("generic-"));
    let of_rule = if rule.id == crate::secret::rules::DETECT_SECRETS.id { "SECRET".to_owned() } else { rule_name };
    let is_format = !matches!(rule.matcher, Matcher::Code);
    let mut names = Vec::new();
    for given in [finding.name.as_deref(), assigned].into_iter().flatten().map(upper_snake) {
        let words: Vec<&str> = given.split('_').collect();
        if !words.iter().any(|word| TELLING.contains(word)) {
            continue;
        }
        if is_format && is_vague(&given) {
            names.push(of_rule.clone());
        }
        names.push(prefixed(&given, path));
    }
    names.push(if is_format { of_rule } else { prefixed(&of_rule, path) });
    names
}

/// Whether no word of a name says what the secret is for.
fn is_vague(name: &str) -> bool {
    name.split('_').all(|word| TELLING.contains(&word) || VAGUE.contains(&word))
}

/// A vague name with the module's in front: `PASSWORD` in `db.py` is `DB_PASSWORD`.
fn prefixed(name: &str, path: &RepoPath) -> String {
    if !is_vague(name) {
        return name.to_owned();
    }
    let path = path.to_str_lossy();
    let stem = path.strip_suffix(".py").or_else(|| path.strip_suffix(".pyw")).unwrap_or(&path);
    let parts = stem.rsplit('/').take(2).map(upper_snake);
    match parts.into_iter().find(|part| !VAGUE_MODULES.contains(&part.as_str())) {
        Some(part) => format!("{part}_{name}"),
        // `PWD` and the like would mean something else to a shell.
        None if !name.contains('_') => format!("APP_{name}"),
        None => name.to_owned(),
    }
}

/// `dbPassword`, `db-password` and `DBPassword` are `DB_PASSWORD`; what is not ASCII is left out.
fn upper_snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, &c) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before)).copied().unwrap_or('_');
        let after = letters.get(index + 1).copied().unwrap_or('_');
        let begins = c.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && after.is_ascii_lowercase()));
        if (begins || !c.is_ascii_alphanumeric()) && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_uppercase());
        }
    }
    out.truncate(LONGEST);
    let name = out.trim_end_matches('_');
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("APP_{name}") } else { name.to_owned() }
}

/// Letters and digits in upper case: what of a text would show in a name.
fn squeezed(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_upper_snake() {
        for (name, expected) in [
            ("dbPassword", "DB_PASSWORD"),
            ("APIKey", "API_KEY"),
            ("--db-password", "DB_PASSWORD"),
            ("spring.datasource.password", "SPRING_DATASOURCE_PASSWORD"),
            ("_token_", "TOKEN"),
            ("S3Key", "S3_KEY"),
            ("größe", "GR_E"),
            ("3scale", "APP_3SCALE"),
            ("", ""),
        ] {
            assert_eq!(upper_snake(name), expected, "{name}");
        }
    }

    #[test]
    fn vague_names_have_the_module_in_front() {
        for (name, path, expected) in [
            ("PASSWORD", "db.py", "DB_PASSWORD"),
            ("PASSWORD", "shop/db/__init__.py", "DB_PASSWORD"),
            ("API_KEY", "billing/stripe.py", "STRIPE_API_KEY"),
            ("PASSWORD", "settings.py", "APP_PASSWORD"),
            ("SECRET_KEY", "settings.py", "SECRET_KEY"),
            ("SECRET_KEY", "shop/settings.py", "SHOP_SECRET_KEY"),
            ("PWD", "main.py", "APP_PWD"),
            ("DB_PASSWORD", "orders.py", "DB_PASSWORD"),
            ("TOKEN", "bin/2fa", "APP_2FA_TOKEN"),
        ] {
            assert_eq!(prefixed(name, &RepoPath::new(path)), expected, "{name} in {path}");
        }
    }
}
