//! Secrets told by what stands around them: key blocks, signed tokens, URLs, headers, command lines, credential files.
//! Promises that every rule without a pattern has its code here (a test holds it) and that a hit costs a bounded or once-only look.
//! Judges names and the look of values nowhere; that is `generic`.

mod connection;
pub mod container;
mod file;
mod flag;
mod header;
mod jwt;
mod manifest;
mod pem;
mod url;
mod word;

use std::ops::Range;

use super::overlap::Specificity;
use super::{Candidate, Found, Scope, rules};
use crate::finding::Redacted;
use crate::rule::Rule;
use crate::source::Source;

/// Looks at the keyword of a rule at a place and pushes what it finds.
pub type Find = fn(&Source<'_>, &'static Rule, Range<usize>, &mut Found);

/// The code of a rule.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    find: Find,
    /// The narrowest one in which it runs.
    pub scope: Scope,
    pub specificity: Specificity,
}

impl Code {
    pub fn find(self, source: &Source<'_>, rule: Option<&'static Rule>, hit: Range<usize>, found: &mut Found) {
        if let Some(rule) = rule {
            (self.find)(source, rule, hit, found);
        }
    }
}

/// Every rule that code decides.
static CODE: &[(&Rule, Code)] = &[
    (&rules::AUTHORIZATION_HEADER, place(header::authorization)),
    (&rules::BASIC_AUTH_HEADER, place(header::basic)),
    (&rules::BEARER_HEADER, place(header::bearer)),
    (&rules::COMMAND_LINE_SECRET, line(flag::at)),
    (&rules::CONNECTION_STRING_PASSWORD, place(connection::at)),
    (&rules::JSON_WEB_TOKEN, whole(jwt::at)),
    (&rules::KEY_CONTAINER, whole(container::at)),
    (&rules::KUBERNETES_SECRET, line(manifest::at)),
    (&rules::NETRC_PASSWORD, line(file::netrc)),
    (&rules::PGP_PRIVATE_KEY, whole(pem::at)),
    (&rules::PGPASS_PASSWORD, line(file::pgpass)),
    (&rules::PRIVATE_KEY, whole(pem::at)),
    (&rules::PUTTY_PRIVATE_KEY, whole(file::putty)),
    (&rules::REGISTRY_AUTH, place(header::registry)),
    (&rules::SQL_PASSWORD, line(file::sql)),
    (&rules::URL_CREDENTIALS, place(url::at)),
];

/// A whole with an inner structure, looked for everywhere.
const fn whole(find: Find) -> Code {
    Code { find, scope: Scope::Bytes, specificity: Specificity::Whole }
}

/// A place that holds a credential, looked for everywhere.
const fn place(find: Find) -> Code {
    Code { find, scope: Scope::Bytes, specificity: Specificity::Structure }
}

/// A place in a line of a script or a file of credentials. Programs have such lines among their bytes: their help, their messages.
const fn line(find: Find) -> Code {
    Code { find, scope: Scope::Formats, specificity: Specificity::Structure }
}

/// The code of `rule`; `None` for a pattern.
pub fn code_of(rule: &Rule) -> Option<Code> {
    CODE.iter().find(|(other, _)| std::ptr::eq(*other, rule)).map(|(_, code)| *code)
}

/// A candidate, and what speaks against it if something does.
type Doubted = (Candidate, Option<&'static str>);

/// Takes the candidate, if there is one, or dismisses it.
fn offer(found: &mut Found, doubted: Option<Doubted>) {
    if let Some((candidate, against)) = doubted {
        found.push_unless(against, candidate);
    }
}

/// A candidate with the rule's own confidence.
fn candidate(rule: &'static Rule, range: Range<usize>, value: impl Into<Vec<u8>>, shown: usize) -> Candidate {
    Candidate::new(rule, range, Redacted::new(value, shown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Matcher;

    #[test]
    fn every_rule_without_a_pattern_has_code_and_no_other() {
        for rule in rules::ALL {
            // Names are `generic`'s, and one rule stands for all of `compat`.
            let elsewhere = rule.id.starts_with("generic-") || rule.id == rules::DETECT_SECRETS.id;
            assert_eq!(code_of(rule).is_some(), matches!(rule.matcher, Matcher::Code) && !elsewhere, "{}", rule.file);
        }
        assert!(CODE.is_sorted_by_key(|(rule, _)| rule.id));
    }
}
