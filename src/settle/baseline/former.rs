//! Files that had another name when their entries were accepted, in a commit that git has no rename for any more.
//! Promises a former name only for a file without entries of its own that holds at least half of the values accepted under a name
//! that is gone.
//! Forgives nothing: `update` carries the entries over, and until then a finding says where it is known from.

use std::collections::{BTreeMap, BTreeSet};

use super::companion::{Accepted, Companion, Salt, fingerprint};
use super::detect_secrets::{Baseline, Identity};
use super::json::Text;
use crate::finding::Finding;
use crate::secret::compat::plugins::of_kind;

/// What was accepted under names that are gone.
#[derive(Default)]
pub(crate) struct Gone<'a> {
    files: BTreeMap<&'a Text, Values>,
    salts: &'a [Salt],
}

/// What tells the values of one file apart: identities of detect-secrets, and hashes of ours.
#[derive(Default)]
struct Values {
    identities: BTreeSet<Identity>,
    hashes: BTreeSet<String>,
}

impl<'a> Gone<'a> {
    pub(crate) fn new(baseline: Option<&'a Baseline>, companion: Option<&'a Companion>, is_gone: &dyn Fn(&Text) -> bool) -> Self {
        let mut files: BTreeMap<&Text, Values> = BTreeMap::new();
        for (path, entries) in baseline.iter().flat_map(|baseline| &baseline.results).filter(|(path, _)| is_gone(path)) {
            let identities = entries.iter().map(super::detect_secrets::Entry::identity).filter(tells_values_apart);
            files.entry(path).or_default().identities.extend(identities);
        }
        for line in companion.iter().flat_map(|companion| &companion.lines) {
            if let Accepted::Value { hash, .. } = &line.subject
                && line.is_of_secrets()
                && !line.is_anywhere()
                && (files.contains_key(&line.path) || is_gone(&line.path))
            {
                files.entry(&line.path).or_default().hashes.insert(hash.clone());
            }
        }
        Self { files, salts: companion.map_or(&[], |companion| &companion.salts) }
    }

    /// The former name of the file with these findings, and whether each is known by it.
    pub(crate) fn name(&self, findings: &[&Finding]) -> Option<(&'a Text, Vec<bool>)> {
        let known = |(path, values): (&&'a Text, &Values)| {
            let known: Vec<bool> = findings.iter().map(|finding| self.holds(path, values, finding)).collect();
            let count = known.iter().filter(|known| **known).count();
            let is_half = 2 * count >= values.identities.len() + values.hashes.len();
            (count > 0 && is_half).then_some((count, *path, known))
        };
        self.files.iter().filter_map(known).max_by_key(|(count, ..)| *count).map(|(_, path, known)| (path, known))
    }

    fn holds(&self, path: &Text, values: &Values, finding: &Finding) -> bool {
        let whole = finding.foreign.iter().filter(|foreign| !foreign.is_part);
        whole.map(|foreign| Identity::new(foreign.kind, &foreign.sha1)).any(|identity| values.identities.contains(&identity))
            || (!values.hashes.is_empty() && {
                let path = path.to_path();
                self.salts.iter().any(|salt| values.hashes.contains(&fingerprint(Some(salt), finding, path.as_bytes())))
            })
    }
}

fn tells_values_apart(identity: &Identity) -> bool {
    !identity.kind.as_str().and_then(of_kind).is_some_and(|plugin| plugin.is_degenerate)
}
