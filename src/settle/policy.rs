//! The policy: what the configuration forgives by value, path, rule or confidence.
//! Promises that everything it forgives says why, and that entries without effect can be named with their line.
//! Does not hide files: what `exclude` names is never judged. The policy about baselines is the baseline's own.

use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};

use super::{Forgiver, Standing, Unused};
use crate::config::{Allow, Config, Date, PerPath, Secrets, Spanned, names_rule};
use crate::finding::{Finding, Subject};
use crate::rule::HookName;
use crate::source::RepoPath;

/// The configuration as a judge of findings; shared by the threads of a run.
#[derive(Debug)]
pub struct Policy<'c> {
    config: &'c Config,
    used_allows: Vec<AtomicBool>,
    used_paths: Vec<AtomicBool>,
}

impl<'c> Policy<'c> {
    pub fn new(config: &'c Config) -> Self {
        let unused = |count: usize| (0..count).map(|_| AtomicBool::new(false)).collect();
        Self { config, used_allows: unused(config.secrets.allow.len()), used_paths: unused(config.per_path.len()) }
    }

    /// The verdict, if the configuration forgives `finding`: by an `allow` entry, else by the last `per-path` entry that speaks about its
    /// rule, else because its rule is disabled or its confidence too low.
    pub fn forgive(&self, finding: &Finding, today: Date) -> Option<Standing> {
        let HookName::Secrets = finding.rule.hook;
        let secrets = &self.config.secrets;
        self.by_allow(secrets, finding, today)
            .or_else(|| match self.by_path(finding) {
                ByPath::Silent(reason) => Some(reason),
                ByPath::Speaks => None,
                ByPath::NotMentioned => by_rule(secrets, finding),
            })
            .map(|reason| Standing::Forgiven { by: Forgiver::Policy, reason: Some(reason) })
    }

    /// Whether allow comments in `path` that have something to be said about them are told of: the last entry decides that speaks of them.
    pub fn tells_comments(&self, path: &RepoPath) -> bool {
        let mut tells = true;
        for (entry, used) in self.config.per_path.iter().zip(&self.used_paths) {
            let PerPath { path: paths, unused_comments: Some(wanted), .. } = entry.get_ref() else { continue };
            if paths.is_match(path) {
                used.store(true, Ordering::Relaxed);
                tells = *wanted;
            }
        }
        tells
    }

    /// The entries that have expired, and with `is_whole_tree` those that had no effect.
    pub fn unused(&self, today: Date, is_whole_tree: bool) -> Vec<Unused> {
        let mut unused = Vec::new();
        let path = RepoPath::new(self.config.file().unwrap_or_default());
        let mut say = |line, message| unused.push(Unused { path: path.clone(), line, message });
        for (entry, used) in self.config.per_path.iter().zip(&self.used_paths) {
            if is_whole_tree && !used.load(Ordering::Relaxed) {
                say(self.config.line_of(entry), "the `per-path` entry has no effect; remove it".to_owned());
            }
        }
        for (entry, used) in self.config.secrets.allow.iter().zip(&self.used_allows) {
            match entry.get_ref().until {
                Some(until) if until < today => {
                    let message = format!("the `allow` entry expired on {until}; fix the finding or set a new date");
                    say(self.config.line_of(entry), message);
                }
                _ if is_whole_tree && !used.load(Ordering::Relaxed) => {
                    say(self.config.line_of(entry), "the `allow` entry forgives nothing; remove it".to_owned());
                }
                _ => {}
            }
        }
        unused.sort_by_key(|entry| entry.line);
        unused
    }

    /// Every entry that fits counts as used; the first gives the reason.
    fn by_allow(&self, secrets: &Secrets, finding: &Finding, today: Date) -> Option<String> {
        let mut hash = None;
        let mut reason = None;
        for (entry, used) in secrets.allow.iter().zip(&self.used_allows) {
            let Allow { path, rule, value_sha256, until, .. } = entry.get_ref();
            let fits = until.is_none_or(|until| today <= until)
                && rule.as_ref().is_none_or(|name| finding.rule.is_called(name.get_ref()))
                && path.as_ref().is_none_or(|path| path.is_match(&finding.path))
                && value_sha256.is_none_or(|wanted| *hash.get_or_insert_with(|| value_hash(finding)) == Some(wanted.0));
            if fits {
                used.store(true, Ordering::Relaxed);
                reason.get_or_insert_with(|| self.reason(entry, entry.get_ref().reason.as_deref(), "allow"));
            }
        }
        reason
    }

    /// What the last `per-path` entry says that speaks about the rule in this path.
    fn by_path(&self, finding: &Finding) -> ByPath {
        let mut verdict = ByPath::NotMentioned;
        for (entry, used) in self.config.per_path.iter().zip(&self.used_paths) {
            let PerPath { path, ignore, select, reason, .. } = entry.get_ref();
            let is_ignored = names_rule(ignore, finding.rule);
            if !(is_ignored || select.is_some()) || !path.is_match(&finding.path) {
                continue;
            }
            used.store(true, Ordering::Relaxed);
            let is_selected = select.as_ref().is_none_or(|names| names_rule(names, finding.rule));
            verdict = if is_ignored || !is_selected {
                ByPath::Silent(self.reason(entry, reason.as_deref(), "per-path"))
            } else {
                ByPath::Speaks
            };
        }
        verdict
    }

    /// The reason given, else the place of the entry.
    fn reason<T>(&self, entry: &Spanned<T>, given: Option<&str>, key: &str) -> String {
        match given {
            Some(reason) => reason.to_owned(),
            None => format!("`{key}` in {}:{}", self.config.file().unwrap_or_default(), self.config.line_of(entry)),
        }
    }
}

/// What the paths of the configuration say about a finding.
enum ByPath {
    NotMentioned,
    Speaks,
    Silent(String),
}

fn by_rule(secrets: &Secrets, finding: &Finding) -> Option<String> {
    if names_rule(&secrets.rules.enable, finding.rule) {
        return None;
    }
    if names_rule(&secrets.rules.disable, finding.rule) {
        return Some("the rule is disabled".to_owned());
    }
    let floor = secrets.min_confidence();
    (finding.confidence < floor)
        .then(|| format!("its confidence is {}, below `min-confidence` {}", finding.confidence.as_str(), floor.as_str()))
}

fn value_hash(finding: &Finding) -> Option<[u8; 32]> {
    match &finding.subject {
        Subject::Secret(value) => Some(value.with(|value| Sha256::digest(value).into())),
        Subject::Plain(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::rule::Confidence;
    use crate::settle::inline::tests::{PASSWORD, RULES, TOKEN, finding};
    use crate::source::{Origin, Source};

    /// The SHA-256 of the value of `finding`, as the configuration writes it.
    static HASH: LazyLock<String> = LazyLock::new(|| data_encoding::HEXLOWER.encode(&Sha256::digest("hunter2")));

    fn config(text: &str) -> Config {
        Config::parse("gatewright.toml", text, &RULES).expect(text)
    }

    fn found(rule: &'static crate::rule::Rule, path: &str, confidence: Confidence) -> Finding {
        let path = RepoPath::new(path);
        let source = Source::new(&path, b"x", Origin::Repository);
        Finding { confidence, ..finding(rule, &source, 0..1) }
    }

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    /// The reason for which a password of high confidence in `path` is forgiven.
    fn reason(text: &str, path: &str) -> Option<String> {
        let config = config(text);
        match Policy::new(&config).forgive(&found(&PASSWORD, path, Confidence::High), day("2026-06-15")) {
            Some(Standing::Forgiven { by: Forgiver::Policy, reason }) => reason,
            _ => None,
        }
    }

    #[test]
    fn all_that_an_allow_entry_gives_must_be_true() {
        let allow = |entry: &str| {
            reason(&format!("[secrets]\nallow = [{{ {entry}, reason = 'why' }}]"), "app/a.py").as_deref() == Some("why")
        };
        assert!(allow("path = 'app/'") && allow("rule = 'Secret Keyword'") && allow(&format!("value-sha256 = '{}'", *HASH)));
        assert!(allow(&format!("path = ['b', 'app/'], rule = 'generic-password', value-sha256 = '{}'", HASH.to_uppercase())));
        assert!(
            !allow("path = 'b'")
                && !allow("rule = 'github-token'")
                && !allow(&format!("value-sha256 = '{}'", HASH.replace('f', "e")))
        );
        assert!(
            !allow(&format!("path = 'b', value-sha256 = '{}'", *HASH))
                && !allow(&format!("rule = 'github-token', value-sha256 = '{}'", *HASH))
        );
        assert!(allow("path = 'app/', until = 2026-06-15") && !allow("path = 'app/', until = '2026-06-14'"));
    }

    #[test]
    fn a_hash_fits_secrets_only() {
        let config = config(&format!("[secrets]\nallow = [{{ value-sha256 = '{}' }}]", *HASH));
        let plain = Finding { subject: Subject::Plain("hunter2".to_owned()), ..found(&PASSWORD, "a", Confidence::High) };
        assert_eq!(Policy::new(&config).forgive(&plain, day("2026-01-01")), None);
    }

    #[test]
    fn the_last_entry_about_a_rule_decides_in_a_path() {
        let text = "per-path = [{ path = 'tests/', ignore = ['Secret Keyword'], reason = 'fixtures' }, \
                    { path = 'tests/live/', select = ['generic-password'] }, { path = 'docs/', select = ['github-token'] }]";
        assert_eq!(reason(text, "tests/a.py").as_deref(), Some("fixtures"));
        assert_eq!(reason(text, "tests/live/a.py"), None);
        assert_eq!(reason(text, "docs/a.md").as_deref(), Some("`per-path` in gatewright.toml:1"));
        assert_eq!(reason(text, "app/a.py"), None);
    }

    #[test]
    fn the_last_entry_about_comments_decides_whether_they_are_told() {
        let config = config(
            "[[per-path]]\npath = 'tests/'\nunused-comments = false\n\n[[per-path]]\npath = 'tests/live/'\nunused-comments = true\n\n\
             [[per-path]]\npath = 'tests/'\nignore = ['github-token']\n",
        );
        let policy = Policy::new(&config);
        let tells = ["tests/a.py", "tests/live/a.py", "app/a.py"].map(|path| policy.tells_comments(&RepoPath::new(path)));
        assert_eq!(tells, [false, true, true]);
        let unused = policy.unused(day("2026-01-01"), true);
        assert_eq!(unused.into_iter().map(|unused| unused.line).collect::<Vec<_>>(), [9]);
    }

    #[test]
    fn rules_and_confidence_decide_where_no_path_does() {
        let verdict = |text: &str, confidence| {
            let config = config(text);
            let standing = Policy::new(&config).forgive(&found(&PASSWORD, "a.py", confidence), day("2026-01-01"));
            standing.map(|standing| match standing {
                Standing::Forgiven { reason, .. } => reason.unwrap_or_default(),
                other => format!("{other:?}"),
            })
        };
        assert_eq!(verdict("", Confidence::Medium), None);
        let low = "its confidence is low, below `min-confidence` medium";
        assert_eq!(verdict("", Confidence::Low).as_deref(), Some(low));
        assert_eq!(verdict("[secrets]\nprofile = 'strict'", Confidence::Low), None);
        assert_eq!(verdict("[secrets]\nrules.enable = ['Secret Keyword']", Confidence::Low), None);
        assert_eq!(
            verdict("[secrets]\nrules.disable = ['generic-password']", Confidence::High).as_deref(),
            Some("the rule is disabled")
        );
        let selected =
            "per-path = [{ path = '*', select = ['generic-password'] }]\n[secrets]\nrules.disable = ['generic-password']";
        assert_eq!(verdict(selected, Confidence::Low), None);
    }

    #[test]
    fn entries_without_effect_are_named_with_their_line() {
        let config = config(
            "[[per-path]]\npath = 'tests/'\nignore = ['github-token']\n\n[[secrets.allow]]\npath = 'a.py'\n\n\
             [[secrets.allow]]\npath = 'b.py'\nuntil = 2026-01-01\n\n[[secrets.allow]]\npath = 'c.py'\n",
        );
        let policy = Policy::new(&config);
        let today = day("2026-06-15");
        assert!(policy.forgive(&found(&TOKEN, "a.py", Confidence::High), today).is_some());
        assert!(policy.forgive(&found(&TOKEN, "b.py", Confidence::High), today).is_none());
        let lines = |whole| policy.unused(today, whole).into_iter().map(|unused| unused.line).collect::<Vec<_>>();
        assert_eq!(lines(false), [8]);
        assert_eq!(lines(true), [1, 8, 12]);
        assert!(policy.unused(today, true).iter().all(|unused| unused.path == RepoPath::new("gatewright.toml")));
    }

    proptest! {
        #[test]
        fn without_configuration_only_low_confidence_is_forgiven(path in prop::collection::vec(any::<u8>(), 0..30), level in 0..3_usize) {
            let confidence = [Confidence::Low, Confidence::Medium, Confidence::High][level];
            let config = Config::default();
            let path = RepoPath::new(path);
            let finding = Finding { path, ..found(&PASSWORD, "a", confidence) };
            let verdict = Policy::new(&config).forgive(&finding, day("2026-01-01"));
            prop_assert_eq!(verdict.is_some(), confidence == Confidence::Low);
        }
    }
}
