//! What stands behind an entry now: the line as the file has it, the value, and the rules that see it.
//! Promises that a file is judged once, when its first entry is asked about, and that a file which could not be is said.
//! Shows nothing itself.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use crate::cli::failure::Failure;
use crate::cli::session::{Session, today};
use crate::config::Date;
use crate::finding::{Finding, Subject};
use crate::hook::{Coverage, Hook};
use crate::pipeline::Judge;
use crate::rule::Rule;
use crate::secret::compat;
use crate::settle::baseline::audit::Sighting;
use crate::settle::baseline::companion;
use crate::settle::baseline::detect_secrets;
use crate::settle::baseline::item::{Item, What};
use crate::settle::baseline::update::Files;
use crate::settle::policy::Policy;
use crate::source::{RepoPath, Source};

/// The findings of a file, and detect-secrets' identities in it with what there is to show of each.
type Judged = (Vec<Finding>, Vec<(compat::Identity, Sighting)>);

/// What stands in the files now; each is judged when it is first asked about.
pub(super) struct Present<'s, H> {
    session: &'s Session,
    engine: compat::Settings,
    salts: Vec<companion::Salt>,
    hook: H,
    today: Date,
    seen: RefCell<HashMap<Vec<u8>, Judged>>,
    unread: RefCell<BTreeMap<RepoPath, String>>,
}

impl<'s, H: Hook> Present<'s, H> {
    pub(super) fn new(session: &'s Session, files: &Files) -> Result<Self, Failure> {
        let mut warnings = Vec::new();
        let engine = session.engine(files.baseline.as_ref().map(|baseline| &baseline.settings), &mut warnings)?;
        Ok(Self {
            session,
            hook: H::new(&session.config, engine.clone(), session.rules.own),
            engine,
            salts: files.companion.as_ref().map(|companion| companion.salts.clone()).unwrap_or_default(),
            today: today()?,
            seen: RefCell::default(),
            unread: RefCell::default(),
        })
    }

    /// The value of an entry as the file has it now.
    pub(super) fn find(&self, item: &Item) -> Option<Sighting> {
        self.with_judged(item, |(findings, identities)| {
            // Of a token detect-secrets often knows a part only; our own finding in the same place has the whole.
            let whole = findings.iter().find(|finding| self.is_of(finding, item)).and_then(sighting);
            let is_it = |identity: &compat::Identity| {
                item.what == What::Identity(detect_secrets::Identity::new(identity.kind, &identity.sha1))
            };
            let part = identities.iter().find(|(identity, _)| is_it(identity));
            whole.or_else(|| part.map(|(_, sighting)| sighting.clone()))
        })
    }

    /// Whether one of the rules finds now what the entry is of.
    pub(super) fn is_found_by(&self, item: &Item, rules: &[&Rule]) -> bool {
        let is_it = |finding: &Finding| rules.contains(&finding.rule) && self.is_of(finding, item);
        !rules.is_empty() && self.with_judged(item, |(findings, _)| findings.iter().any(is_it))
    }

    /// The files that entries were asked about and that could not be judged to their end, with the reasons.
    pub(super) fn unread(&self) -> Vec<(RepoPath, String)> {
        self.unread.borrow().iter().map(|(path, reason)| (path.clone(), reason.clone())).collect()
    }

    /// Whether the finding is what the entry is of.
    fn is_of(&self, finding: &Finding, item: &Item) -> bool {
        match &item.what {
            What::Identity(wanted) => wanted.among(finding).is_some(),
            What::Value { rule, hash } => {
                let path = item.path.to_path();
                let is_it = |salt| companion::fingerprint(Some(salt), finding, path.as_bytes()) == *hash;
                finding.rule.id == rule && self.salts.iter().any(is_it)
            }
        }
    }

    fn with_judged<T>(&self, item: &Item, look: impl FnOnce(&Judged) -> T) -> T {
        let path = item.path.to_path();
        let mut seen = self.seen.borrow_mut();
        look(seen.entry(path.as_bytes().to_vec()).or_insert_with(|| {
            self.judge(&path).unwrap_or_else(|reason| {
                self.unread.borrow_mut().insert(path.clone(), reason);
                Judged::default()
            })
        }))
    }

    /// Judges a file; one that is not there has nothing. An error says why it could not be judged.
    fn judge(&self, path: &RepoPath) -> Result<Judged, String> {
        let snapshot = &self.session.snapshot;
        let Some(entry) = snapshot.find(path.as_bytes()).map_err(|error| error.to_string())? else {
            return Ok(Judged::default());
        };
        let mut reader = snapshot.reader();
        let bytes = reader.read(&entry, self.session.config.max_file_size(H::NAME)).map_err(|error| error.to_string())?;
        let source = Source::new(&entry.path, &bytes, entry.origin());
        let engine = &self.engine;
        let foreign = || Some(engine);
        let judge = Judge {
            hook: &self.hook,
            config: &self.session.config,
            policy: Policy::new(&self.session.config),
            rules: self.session.rules.all,
            today: self.today,
            is_whole_tree: false,
            foreign: &foreign,
            collects_identities: true,
            cache: None,
        };
        let judged = judge.judge(&source);
        if let Coverage::Partial(gap) = judged.coverage {
            return Err(gap.reason.into_owned());
        }
        let findings: Vec<Finding> = judged.findings.into_iter().map(|(finding, _)| finding).collect();
        let identities = sightings(&source, &findings, &judged.identities);
        Ok((findings, identities))
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
