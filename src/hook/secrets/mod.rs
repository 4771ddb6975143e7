//! The secrets hook: the detector's candidates as findings, or detect-secrets', as the profile says.
//! Promises that a value leaves this module only as `Redacted`.
//! Detects nothing by itself; see `secret`.

mod fix;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use crate::config::{Config, Profile};
use crate::finding::{Finding, ForeignIdentity, Redacted, Snippet, Subject, Text};
use crate::gap::Gap;
use crate::hook::{Coverage, Faulty, Hook, Repair};
use crate::rule::{HookName, Rules};
use crate::secret::{Candidate, Detection, Detector, Names, compat, rules};
use crate::source::{Source, Span};

/// `gatewright-secrets`.
#[derive(Debug)]
pub struct Secrets {
    detector: Detector,
    /// What the detector was made with.
    settings: String,
    profile: Profile,
    foreign: compat::Settings,
}

impl Default for Secrets {
    fn default() -> Self {
        Self::new(&Config::default(), compat::Settings::default(), &[])
    }
}

impl Hook for Secrets {
    const NAME: HookName = HookName::Secrets;
    const BINARY: &'static str = "gatewright-secrets";
    const ABOUT: &'static str = "Refuses new secrets in staged content; known ones live in a reviewed baseline";
    const RULES: Rules = rules::ALL;

    fn new(config: &Config, foreign: compat::Settings, own: Rules) -> Self {
        let secrets = &config.secrets;
        let [add, remove] =
            [&secrets.names.add, &secrets.names.remove].map(|names| names.iter().map(|name| name.get_ref().as_str()));
        let member_size = config.max_file_size(Self::NAME);
        let [added, removed] = [add.clone(), remove.clone()].map(Vec::from_iter);
        let settings = format!("{} {} {member_size} {added:?} {removed:?} {own:?}", secrets.decode_depth, secrets.archive_depth);
        let names = Names::new(add, remove);
        let detector =
            Detector::new(secrets.decode_depth, names).with_archives(secrets.archive_depth, member_size).with_rules(own);
        Self { detector, settings, profile: secrets.profile, foreign }
    }

    fn explaining(self) -> Self {
        Self { detector: self.detector.explaining(), ..self }
    }

    fn settings(&self) -> String {
        let Self { detector: _, settings, profile, foreign } = self;
        match profile {
            Profile::Default => format!("default {settings}"),
            // What `Debug` is derived for shows all its parts, whichever are added to it.
            Profile::Compat => format!("compat {foreign:?}"),
            Profile::Strict => format!("strict {settings} {foreign:?}"),
        }
    }

    fn check_texts(&self, source: &Source<'_>, see: &mut dyn FnMut(Text<'_>, Vec<Finding>)) -> Coverage {
        let own = Text { source, member: &[] };
        match self.profile {
            Profile::Default => self.check_native(source, see),
            Profile::Compat => {
                let mut found = Vec::new();
                let coverage = self.check_compat(source, &mut found);
                see(own, found);
                coverage
            }
            Profile::Strict => {
                let mut found = Vec::new();
                let native = self.check_native(source, &mut |text, more| match text.member {
                    [] => found.extend(more),
                    _ => see(text, more),
                });
                let mut more = Vec::new();
                let compat = self.check_compat(source, &mut more);
                add_new(&mut found, more);
                see(own, found);
                native.joined(compat)
            }
        }
    }

    fn repair(files: &[Faulty<'_>], secrets: &[&Redacted], taken: BTreeSet<String>) -> Vec<Repair> {
        fix::plan(files, secrets, taken)
    }

    fn suspected(&self, source: &Source<'_>, found: &[Range<usize>]) -> Vec<Range<usize>> {
        self.detector.suspected(source, found)
    }

    fn foreign_identities(&self, source: &Source<'_>, foreign: &compat::Settings) -> Result<Vec<compat::Identity>, Gap> {
        match compat::scan(source.path, source.raw, foreign) {
            Ok(outcome) => Ok(outcome.identities().to_vec()),
            Err(error) => Err(error.gap()),
        }
    }
}

impl Coverage {
    /// What two engines did together: what one passes over by its own rules the other may still have judged, but what one of them left
    /// unjudged is a gap whatever the other did.
    fn joined(self, other: Self) -> Self {
        match (self, other) {
            (Self::Partial(one), Self::Partial(other)) => Gap::join([one, other]).map_or(Self::Whole, Self::Partial),
            (Self::Partial(gap), _) | (_, Self::Partial(gap)) => Self::Partial(gap),
            (Self::Skipped(reason), Self::Skipped(_)) => Self::Skipped(reason),
            _ => Self::Whole,
        }
    }
}

impl Secrets {
    fn check_native(&self, source: &Source<'_>, see: &mut dyn FnMut(Text<'_>, Vec<Finding>)) -> Coverage {
        let Detection { limits, skipped, .. } = self.detector.detect_texts(source, &mut |text, candidates| {
            see(text, candidates.into_iter().map(|candidate| finding(source, candidate)).collect());
        });
        match skipped {
            Some(reason) => Coverage::Skipped(reason),
            None => Gap::join(limits).map_or(Coverage::Whole, Coverage::Partial),
        }
    }

    fn check_compat(&self, source: &Source<'_>, found: &mut Vec<Finding>) -> Coverage {
        match compat::scan(source.path, source.raw, &self.foreign) {
            Ok(compat::Outcome::Scanned { found: open, allowed }) => {
                let mut extend = |identities: Vec<compat::Identity>, is_allowed| {
                    let findings = identities.into_iter().map(|identity| foreign_finding(source, identity));
                    found.extend(findings.map(|finding| Finding { is_allowed, ..finding }));
                };
                extend(open, self.foreign.heeds_comments().then_some(false));
                extend(allowed, Some(true));
                Coverage::Whole
            }
            Ok(compat::Outcome::Excluded(_)) => Coverage::Skipped("excluded by a filter of detect-secrets"),
            Ok(compat::Outcome::Undecodable) if source.is_binary() => Coverage::Skipped("binary"),
            Ok(compat::Outcome::Undecodable) => {
                let reason = "it is not UTF-8, so detect-secrets' rules cannot read it";
                Coverage::Partial(Gap::of(reason, "save it as UTF-8, or use the default profile, which can read it"))
            }
            Err(error) => Coverage::Partial(error.gap()),
        }
    }
}

/// Adds what stands where nothing was found.
fn add_new(found: &mut Vec<Finding>, more: Vec<Finding>) {
    let places: Vec<Span> = found.iter().filter(|finding| finding.against.is_none()).map(|finding| finding.span).collect();
    let is_new = |it: &Finding| !places.iter().any(|place| place.start < it.span.end && it.span.start < place.end);
    found.extend(more.into_iter().filter(is_new));
}

/// A finding of detect-secrets' rules: about the whole secret, even where they see a part. Where the value is not in the file as it
/// reads, it stands for its whole line.
fn foreign_finding(source: &Source<'_>, identity: compat::Identity) -> Finding {
    let range = identity.secret(&source.text);
    let whole = range.clone().filter(|range| identity.span.as_ref() != Some(range)).and_then(|range| source.text.get(range));
    let value = whole.map_or(identity.value, |whole| Redacted::new(whole, 0));
    let range = range.unwrap_or_else(|| source.line_range(identity.line));
    let mut finding = finding(source, Candidate::new(&rules::DETECT_SECRETS, range, value));
    finding.message = format!("detect-secrets: {}", identity.kind);
    finding.foreign.push(ForeignIdentity { kind: identity.kind, sha1: identity.sha1, is_part: false });
    finding
}

fn finding(source: &Source<'_>, candidate: Candidate) -> Finding {
    let is_mention = candidate.is_mention();
    let place = candidate.member.as_ref().map(|member| format!("in `{member}`, line {}", member.span.line));
    Finding {
        rule: candidate.rule,
        path: source.path.clone(),
        origin: source.origin,
        span: source.span(candidate.range),
        message: message(candidate.name.as_deref(), candidate.rule.summary),
        subject: match candidate.value {
            _ if is_mention => Subject::Plain(String::new()),
            value if candidate.rule.matcher.is_of_secrets() => Subject::Secret(value),
            name => Subject::Plain(name.with(|name| String::from_utf8_lossy(name).into_owned())),
        },
        severity: candidate.rule.severity,
        confidence: candidate.confidence,
        name: candidate.name,
        via: candidate.via,
        notes: place.into_iter().chain(candidate.notes).collect(),
        member: candidate.member,
        foreign: Vec::new(),
        snippet: Snippet::default(),
        appearance: None,
        against: candidate.against.map(Cow::into_owned),
        is_allowed: None,
    }
}

fn message(name: Option<&str>, summary: &str) -> String {
    match name {
        Some(name) => format!("{summary} in `{}`", crate::source::escape(name.as_bytes())),
        None => summary.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_told_apart_by_what_they_say_not_by_where_they_stand() {
        let settings = |config: &str| {
            let config = Config::parse("gatewright.toml", config, rules::ALL).unwrap();
            Secrets::new(&config, compat::Settings::default(), &[]).settings()
        };
        assert_eq!(settings("secrets.names.add = ['geheimnis']"), settings("# ours\nsecrets.names.add = [ \"geheimnis\" ]"));
        let all = [
            "",
            "max-file-size = 1000",
            "secrets.max-file-size = 2000",
            "secrets.decode-depth = 1",
            "secrets.archive-depth = 0",
            "secrets.names.add = ['geheimnis']",
            "secrets.names.remove = ['token']",
            "secrets.profile = 'compat'",
            "secrets.profile = 'strict'",
        ];
        let words: BTreeSet<String> = all.iter().map(|config| settings(config)).collect();
        assert_eq!(words.len(), all.len(), "{words:?}");
    }

    #[test]
    fn settings_tell_the_rules_of_a_project_apart() {
        let settings = |pattern: &str| {
            let rule = format!(
                "+++\nsummary = 'a'\nseverity = 'high'\nconfidence = 'high'\n[match]\nkeywords = ['abc']\npattern = '{pattern}'\n+++\nWhy.\n"
            );
            let files = [(".gatewright/rules/own.md".to_owned(), rule.into_bytes())];
            let set = crate::ruleset::Ruleset::with(rules::ALL, HookName::Secrets, &files).unwrap();
            Secrets::new(&Config::default(), compat::Settings::default(), set.own).settings()
        };
        assert_eq!(settings("abc[0-9]"), settings("abc[0-9]"));
        assert_ne!(settings("abc[0-9]"), settings("abc[0-8]"));
        assert_ne!(settings("abc[0-9]"), Secrets::default().settings());
    }

    #[test]
    fn a_mention_has_no_name_of_another_place() {
        let path = crate::source::RepoPath::new("a.py");
        let source = Source::new(&path, b"pass = word; pass", crate::source::Origin::Repository);
        let at = |place: usize| finding(&source, Candidate::new(rules::ALL[0], place..place, Redacted::new("", 0)));
        let at = |place: usize| Finding { subject: Subject::Plain(String::new()), ..at(place) };
        let (mut one, mut other) = (at(8), at(13));
        let value = Redacted::new("word", 0);
        let identity =
            compat::Identity { kind: "Secret Keyword", sha1: compat::sha1(b"word"), line: 1, span: Some(7..11), value };
        Secrets::default().identify(&mut [&mut one, &mut other], &[identity]);
        assert_eq!((one.foreign.len(), other.foreign.len()), (1, 0));
    }

    #[test]
    fn what_one_engine_left_unjudged_is_a_gap() {
        let (whole, skipped, partial) =
            (Coverage::Whole, Coverage::Skipped("binary"), Coverage::Partial(Gap::of("too deep", "raise the depth")));
        for other in [whole.clone(), skipped.clone(), partial.clone()] {
            assert_eq!(partial.clone().joined(other.clone()), partial);
            assert_eq!(other.joined(partial.clone()), partial);
        }
        assert_eq!(whole.clone().joined(skipped.clone()), whole);
        assert_eq!(skipped.clone().joined(whole.clone()), whole);
        assert_eq!(skipped.clone().joined(skipped.clone()), skipped);
    }
}
