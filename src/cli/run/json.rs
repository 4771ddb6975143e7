//! `--json`: what is open, as detect-secrets' hook prints it: an object like its baseline.
//! Promises an entry for every open finding; one that detect-secrets has no name for goes by the id of its rule.
//! Is no baseline to be kept: `baseline create` and `update` write those.

use crate::cli::failure::Failure;
use crate::cli::session::{Session, now};
use crate::cli::terminal;
use crate::finding::{Finding, Subject};
use crate::secret::compat;
use crate::settle::Outcome;
use crate::settle::baseline::detect_secrets::{Baseline, Entry, Identity, VERSION};
use crate::settle::baseline::json::Text;

/// Prints nothing if nothing is open. What could not be judged has no place in the object and is told on standard error.
pub(super) fn print(session: &Session, outcome: &Outcome) -> Result<(), Failure> {
    for unread in &outcome.unread {
        terminal::remark("error", &format!("{}: {}; {}", unread.path, unread.gap.reason, unread.gap.remedy));
    }
    if outcome.open().next().is_none() {
        return Ok(());
    }
    let known = session.baselines().ok().and_then(|baselines| baselines.detect_secrets.as_ref());
    let mut object = Baseline {
        version: VERSION.to_owned(),
        settings: session.settings(known.map(|(_, baseline)| &baseline.settings))?,
        results: std::collections::BTreeMap::new(),
        generated_at: Some(now().as_str().into()),
        rest: Vec::new(),
        crlf: false,
    };
    for finding in outcome.open().map(|settled| &settled.finding) {
        let path = Text::from(&finding.path).with_slashes();
        let entries = object.results.entry(path.clone()).or_default();
        for identity in identities(finding) {
            if entries.iter().all(|entry| entry.identity() != identity) {
                entries.push(Entry::new(path.clone(), identity, finding.span.line));
            }
        }
    }
    session.print(|out| out.write_all(object.write().as_bytes()))
}

fn identities(finding: &Finding) -> Vec<Identity> {
    if !finding.foreign.is_empty() {
        return finding.foreign.iter().map(|foreign| Identity::new(foreign.kind, &foreign.sha1)).collect();
    }
    let sha1 = match &finding.subject {
        Subject::Secret(value) => value.with(compat::sha1),
        Subject::Plain(text) => compat::sha1(text.as_bytes()),
    };
    vec![Identity::new(finding.rule.id, &sha1)]
}
