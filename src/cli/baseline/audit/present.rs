//! What a person sees of an entry that is asked about: the line as the file has it now, and the value behind it.
//! Promises that a file is judged once, when its first entry is asked about.
//! Shows nothing itself.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::cli::failure::Failure;
use crate::cli::session::{Session, today};
use crate::config::Date;
use crate::finding::{Finding, Subject};
use crate::hook::Hook;
use crate::pipeline::Judge;
use crate::secret::compat;
use crate::settle::baseline::audit::Sighting;
use crate::settle::baseline::companion;
use crate::settle::baseline::detect_secrets;
use crate::settle::baseline::item::{Item, What};
use crate::settle::policy::Policy;
use crate::source::Source;

/// The findings of a file, and detect-secrets' identities in it with what there is to show of each.
type Judged = (Vec<Finding>, Vec<(compat::Identity, Sighting)>);

/// What stands in the files now; each is judged when it is first asked about.
pub(super) struct Present<'s, H> {
    session: &'s Session,
    engine: &'s compat::Settings,
    hook: H,
    today: Date,
    seen: RefCell<HashMap<Vec<u8>, Judged>>,
}

impl<'s, H: Hook> Present<'s, H> {
    pub(super) fn new(session: &'s Session, engine: &'s compat::Settings) -> Result<Self, Failure> {
        let hook = H::new(&session.config, engine.clone());
        Ok(Self { session, engine, hook, today: today()?, seen: RefCell::default() })
    }

    pub(super) fn find(&self, item: &Item, salts: &[companion::Salt]) -> Option<Sighting> {
        let path = item.path.to_path();
        let mut seen = self.seen.borrow_mut();
        let (findings, identities) = seen.entry(path.as_bytes().to_vec()).or_insert_with(|| self.judge(path.as_bytes()));
        match &item.what {
            What::Identity(wanted) => {
                let is_it = |kind: &str, sha1: &[u8; 20]| detect_secrets::Identity::new(kind, sha1) == *wanted;
                // Of a token detect-secrets often knows a part only; our own finding in the same place has the whole.
                let whole =
                    findings.iter().find(|finding| finding.foreign.iter().any(|f| is_it(f.kind, &f.sha1))).and_then(sighting);
                let part = identities.iter().find(|(identity, _)| is_it(identity.kind, &identity.sha1));
                whole.or_else(|| part.map(|(_, sighting)| sighting.clone()))
            }
            What::Value { rule, hash } => {
                let is_it = |finding: &&Finding| {
                    finding.rule.id == rule
                        && salts.iter().any(|salt| companion::fingerprint(Some(salt), finding, path.as_bytes()) == *hash)
                };
                findings.iter().find(is_it).and_then(sighting)
            }
        }
    }

    fn judge(&self, path: &[u8]) -> Judged {
        let snapshot = &self.session.snapshot;
        let Ok(Some(entry)) = snapshot.find(path) else { return Default::default() };
        let mut reader = snapshot.reader();
        let Ok(bytes) = reader.read(&entry, self.session.config.max_file_size(H::NAME)) else { return Default::default() };
        let source = Source::new(&entry.path, &bytes, entry.origin());
        let engine = self.engine;
        let foreign = || Some(engine);
        let judge = Judge {
            hook: &self.hook,
            config: &self.session.config,
            policy: Policy::new(&self.session.config),
            today: self.today,
            is_whole_tree: false,
            foreign: &foreign,
            collects_identities: true,
            cache: None,
        };
        let judged = judge.judge(&source);
        let findings: Vec<Finding> = judged.findings.into_iter().map(|(finding, _)| finding).collect();
        let identities = sightings(&source, &findings, &judged.identities);
        (findings, identities)
    }
}

/// What detect-secrets sees, shown without any secret of the file.
fn sightings(source: &Source<'_>, findings: &[Finding], identities: &[compat::Identity]) -> Vec<(compat::Identity, Sighting)> {
    let place = |identity: &compat::Identity| identity.secret(&source.text).unwrap_or_else(|| source.line_range(identity.line));
    let ours = findings.iter().filter_map(|finding| match &finding.subject {
        Subject::Secret(value) => Some((finding.span.start..finding.span.end, value)),
        Subject::Plain(_) => None,
    });
    let secrets = crate::finding::Secrets::new(source, ours.chain(identities.iter().map(|found| (place(found), &found.value))));
    let snippets: Vec<_> =
        identities.iter().map(|identity| crate::finding::Snippet::new(source, place(identity), &secrets)).collect();
    let shown = identities.iter().zip(snippets).map(|(identity, snippet)| Sighting { snippet, value: identity.value.clone() });
    identities.iter().cloned().zip(shown).collect()
}

fn sighting(finding: &Finding) -> Option<Sighting> {
    match &finding.subject {
        Subject::Secret(value) => Some(Sighting { snippet: finding.snippet.clone(), value: value.clone() }),
        Subject::Plain(_) => None,
    }
}
