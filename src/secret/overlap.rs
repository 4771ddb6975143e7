//! Which of several candidates for the same bytes is kept: the one that knows most about them.
//! Promises that the result depends on the candidates alone, not on their order, and that no two kept ones overlap, except different
//! values inside one encoded run.
//! Drops nothing whose bytes no better candidate covers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Candidate, Found, structure};
use crate::rule::{Confidence, Matcher};

/// How much a candidate knows, the most last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Specificity {
    /// A name and the look of a value.
    Generic,
    /// A place: a header, a flag, a URL.
    Structure,
    /// A service's name and the shape of its keys.
    Row,
    /// A token format.
    Format,
    /// A whole with a known inner structure: a key block, a signed token.
    Whole,
    /// A format whose checksum is right.
    Proven,
}

fn specificity(candidate: &Candidate) -> Specificity {
    match &candidate.rule.matcher {
        Matcher::Pattern(pattern) if pattern.checksum.is_some() && candidate.confidence == Confidence::High => {
            Specificity::Proven
        }
        Matcher::Pattern(_) => Specificity::Format,
        Matcher::Row(_) => Specificity::Row,
        // They look at names, where there is no value to compete for.
        Matcher::FileName(_) | Matcher::Import(_) | Matcher::Call(_) => Specificity::Generic,
        Matcher::Code => structure::code_of(candidate.rule).map_or(Specificity::Generic, |code| code.specificity),
    }
}

/// The candidates that remain, in the order (start, end, rule id); where somebody asks, the dismissed ones among them.
pub fn resolve(found: Found) -> Vec<Candidate> {
    let Found { kept: mut found, mut dismissed, .. } = found;
    found.sort_by_cached_key(|c| {
        let value = c.value.with(<[u8]>::to_vec);
        let length = c.range.len();
        (Reverse((specificity(c), c.confidence)), c.via.len(), Reverse(length), c.range.start, c.rule.id, value)
    });
    // Kept ranges by start, with their end and whether they are encoded runs; they do not overlap, so looking at the neighbours is enough.
    let mut kept: BTreeMap<usize, (usize, bool, &str)> = BTreeMap::new();
    let mut decoded = BTreeSet::new();
    let mut candidates: Vec<Candidate> = Vec::new();
    for candidate in found {
        let encoded = !candidate.via.is_empty();
        let range = candidate.range.clone();
        let last_before_end = kept.range(..range.end.max(range.start + 1)).next_back();
        match last_before_end {
            Some((&start, &(end, true, _))) if encoded && start == range.start && end == range.end => {}
            Some((_, &(end, _, better))) if end > range.start => {
                if let Some(dismissed) = &mut dismissed {
                    dismissed.push(Candidate { against: Some(format!("`{better}` knows more about it").into()), ..candidate });
                }
                continue;
            }
            _ => {
                kept.insert(range.start, (range.end, encoded, candidate.rule.id));
            }
        }
        if encoded && !decoded.insert((range.start, candidate.value.with(<[u8]>::to_vec))) {
            continue;
        }
        candidates.push(candidate);
    }
    candidates.extend(dismissed.map(|dismissed| told(dismissed, &candidates)).into_iter().flatten());
    candidates.sort_by(Candidate::order);
    candidates
}

/// The dismissed candidates, but for what would tell the parts of a value: those inside a kept one, and mere words inside any.
fn told(dismissed: Vec<Candidate>, kept: &[Candidate]) -> Vec<Candidate> {
    let is_part = |one: &Candidate, whole: &Candidate| {
        let (part, whole) = (&one.range, &whole.range);
        whole.start <= part.start && part.end <= whole.end && part != whole
    };
    let is_told = |one: &Candidate| {
        let hides = |whole: &&Candidate| is_part(one, whole) && (whole.against.is_none() || one.is_mention());
        !kept.iter().chain(&dismissed).any(|whole| hides(&whole))
    };
    let told: Vec<bool> = dismissed.iter().map(is_told).collect();
    dismissed.into_iter().zip(told).filter_map(|(one, is_told)| is_told.then_some(one)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Redacted;
    use crate::secret::rules;

    fn candidate(id: &str, range: std::ops::Range<usize>, value: &str, via: &[&'static str]) -> Candidate {
        let rule = rules::ALL.iter().find(|rule| rule.id == id).unwrap();
        Candidate { via: via.to_vec(), ..Candidate::new(rule, range, Redacted::new(value.as_bytes(), 0)) }
    }

    fn remaining(kept: Vec<Candidate>) -> Vec<Candidate> {
        resolve(Found { kept, ..Found::new(false) })
    }

    fn ids(found: Vec<Candidate>) -> Vec<&'static str> {
        remaining(found).iter().map(|c| c.rule.id).collect()
    }

    #[test]
    fn the_most_specific_wins_in_any_order() {
        let url = candidate("url-credentials", 0..50, "a", &[]);
        let token = candidate("github-token", 10..40, "b", &[]);
        let key = candidate("private-key", 5..45, "c", &[]);
        assert_eq!(ids(vec![url.clone(), token.clone()]), ["github-token"]);
        assert_eq!(ids(vec![token, url.clone()]), ["github-token"]);
        assert_eq!(ids(vec![url.clone(), key]), ["private-key"]);
        assert_eq!(ids(vec![url, candidate("url-credentials", 50..60, "d", &[])]), ["url-credentials", "url-credentials"]);
    }

    #[test]
    fn different_values_share_an_encoded_run() {
        let one = candidate("github-token", 10..40, "a", &["base64"]);
        let two = candidate("github-token", 10..40, "b", &["base64"]);
        assert_eq!(remaining(vec![one.clone(), two, one]).len(), 2);
    }

    #[test]
    fn the_parts_of_a_value_are_not_told() {
        let kept = vec![candidate("url-credentials", 0..50, "a", &[])];
        let dismissed = |id: &str, range| Candidate { against: Some("no".into()), ..candidate(id, range, "", &[]) };
        let told =
            |all: Vec<Candidate>| resolve(Found { kept: kept.clone(), dismissed: Some(all), ..Found::new(true) }).len() - 1;
        assert_eq!(told(vec![dismissed("generic-token", 10..20), dismissed("generic-token", 10..10)]), 0, "inside a finding");
        assert_eq!(told(vec![dismissed("generic-key", 0..50)]), 1, "the same place");
        assert_eq!(told(vec![dismissed("generic-key", 60..80), dismissed("generic-token", 65..65)]), 1, "a word inside any");
        assert_eq!(told(vec![dismissed("generic-key", 60..80), dismissed("url-credentials", 65..70)]), 2);
    }
}
