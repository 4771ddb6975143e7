//! Which plugins could find anything in a line at all: one pass of an automaton, one over quotes, one over long runs.
//! Promises never to leave out a plugin that would find something; most lines it leaves to none.
//! What is found is up to the plugins.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::plugins::{Id, Set};
use super::settings::Settings;
use super::{assignment, entropy, keyword, python};

/// A text without which some plugins find nothing.
struct Literal {
    text: String,
    /// Whether its case counts.
    exact: bool,
    plugins: Set,
}

struct Automaton {
    literals: Vec<Literal>,
    search: Option<AhoCorasick>,
}

static AUTOMATON: LazyLock<Automaton> = LazyLock::new(|| {
    let exact: &[(Id, &[&str])] = &[
        (Id::Artifactory, &["AKC"]),
        (Id::Aws, &["A3T", "ABIA", "ACCA", "AKIA", "ASIA"]),
        (Id::Azure, &["AccountKey="]),
        (Id::BasicAuth, &["://"]),
        (Id::GitHub, &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"]),
        (
            Id::GitLab,
            &["glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "GR1348941", "glcbt-", "glimt-", "glptt-", "glagent-", "gloas-"],
        ),
        (Id::Jwt, &["eyJ"]),
        (Id::Npm, &["/:_authToken="]),
        (Id::OpenAi, &["T3BlbkFJ"]),
        (Id::PrivateKey, &["PRIVATE KEY", "PuTTY-User-Key-File-2"]),
        (Id::Pypi, &["pypi-AgE"]),
        (Id::SendGrid, &["SG."]),
        (Id::Square, &["sq0csp-"]),
        (Id::Stripe, &["k_live_"]),
    ];
    let folded: &[(Id, &str)] = &[
        (Id::Aws, "aws"),
        (Id::Cloudant, "cloudant.com"),
        (Id::Slack, "xox"),
        (Id::Slack, "hooks.slack.com"),
        (Id::SoftLayer, "soap/v3"),
    ];
    let literal = |id: Id, text: &str, exact| Literal { text: text.to_owned(), exact, plugins: Set::of(&[id]) };
    let mut literals: Vec<Literal> =
        exact.iter().flat_map(|&(id, texts)| texts.iter().map(move |text| literal(id, text, true))).collect();
    literals.extend("0123456789ABCDEF".chars().map(|c| literal(Id::Artifactory, &format!("AP{c}"), true)));
    literals.extend(folded.iter().map(|&(id, text)| literal(id, text, false)));
    literals.extend(keyword::spellings().map(|text| literal(Id::Keyword, &text, false)));
    let texts = literals.iter().map(|literal| literal.text.as_bytes());
    let search = AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(texts).ok();
    Automaton { literals, search }
});

/// Plugins whose values hold, or follow, a run of at least [`assignment::SHORTEST`] letters, digits, `_` and `-`.
const IN_RUNS: Set = Set::of(&[Id::Discord, Id::Mailchimp, Id::Telegram, Id::Twilio]).or(assignment::PLUGINS);

/// The prefilter of one scan.
#[derive(Debug)]
pub(super) struct Prefilter {
    plugins: Set,
    shortest_base64: usize,
    shortest_hex: usize,
}

impl Prefilter {
    pub(super) fn new(plugins: Set, settings: &Settings) -> Self {
        let shortest = |id| entropy::shortest(settings.limit(id));
        Self { plugins, shortest_base64: shortest(Id::Base64), shortest_hex: shortest(Id::Hex) }
    }

    /// The plugins that may find something in the line.
    pub(super) fn wanted(&self, line: &str) -> Set {
        let bytes = line.as_bytes();
        if !line.is_ascii() && python::folds_into_ascii(line) {
            return self.plugins;
        }
        let mut wanted = literals(bytes);
        if !line.is_ascii() && memchr::memmem::find(bytes, b"AP").is_some() {
            // A digit of another script may follow.
            wanted = wanted.or(Set::of(&[Id::Artifactory]));
        }
        if has_run(bytes) {
            wanted = wanted.or(IN_RUNS);
        }
        if self.plugins.has(Id::PublicIp) && memchr::memchr(b'.', bytes).is_some() {
            wanted = wanted.or(Set::of(&[Id::PublicIp]));
        }
        wanted.or(self.entropy(bytes)).and(self.plugins)
    }

    fn entropy(&self, line: &[u8]) -> Set {
        let mut wanted = Set::default();
        let mut look = |id, alphabet: &entropy::Alphabet, shortest| {
            if self.plugins.has(id) && alphabet.quoted(line).any(|run| run.len() >= shortest) {
                wanted = wanted.or(Set::of(&[id]));
            }
        };
        // Not one from the other: what closes a run of base64 may open one of hexadecimal digits.
        look(Id::Base64, &entropy::BASE64, self.shortest_base64);
        look(Id::Hex, &entropy::HEX, self.shortest_hex);
        wanted
    }
}

fn literals(line: &[u8]) -> Set {
    let automaton = &*AUTOMATON;
    let Some(search) = &automaton.search else { return Set::ALL };
    search.find_overlapping_iter(line).fold(Set::default(), |wanted, hit| {
        match automaton.literals.get(hit.pattern().as_usize()) {
            Some(literal) if !literal.exact || line.get(hit.range()) == Some(literal.text.as_bytes()) => {
                wanted.or(literal.plugins)
            }
            _ => wanted,
        }
    })
}

/// Whether the line holds a long run; looks at one byte in [`assignment::SHORTEST`] where it does not.
fn has_run(line: &[u8]) -> bool {
    let run = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-';
    let mut start = 0;
    while let Some(window) = line.get(start..start + assignment::SHORTEST) {
        match window.iter().rposition(|b| !run(b)) {
            Some(gap) => start += gap + 1,
            None => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_lines_are_left_to_none() {
        let prefilter = Prefilter::new(Set::ALL.without(Set::of(&[Id::PublicIp])), &Settings::default());
        for line in ["", "import os", "x = 'short'", "    return self.value  # the APX of it", "aap_something = awk"] {
            assert!(prefilter.wanted(line).is_empty(), "{line}");
        }
        for (line, id) in [
            ("x = '0123456789abcde'", Id::Hex),
            ("x = '-'0123456789abcde'", Id::Hex),
            ("awsecret", Id::Keyword),
            ("awsecret", Id::Aws),
            ("xAP\u{663}", Id::Artifactory),
            ("pa\u{17f}\u{17f}wd", Id::Keyword),
            ("a-b_0123456789012345678901", Id::Twilio),
        ] {
            assert!(prefilter.wanted(line).has(id), "{line}");
        }
    }
}
