//! The secret detector: one text in, judged candidates out; used by the secrets hook and by every hook that must not leak one.
//! Promises work linear in the bytes and bounded per hit on any input, and to say where a bound was met.
//! Forgives nothing and prints nothing.

mod blank;
mod cells;
mod checksum;
pub mod compat;
mod decode;
mod entropy;
mod file_kind;
mod found;
mod generic;
mod gram;
mod hide;
#[expect(clippy::indexing_slicing, reason = "the build reads it too; it is given keywords of rules and no text")]
#[allow(dead_code, reason = "the build reads the rest")]
mod images;
mod members;
mod nearby;
mod overlap;
mod own;
mod pattern;
mod piece;
mod placeholder;
mod prefilter;
mod row;
pub mod rules;
mod scan;
mod stand_in;
mod structure;

use std::borrow::Cow;
use std::ops::Range;

use self::found::Found;
pub use self::generic::{Names, can_be_added, can_be_removed};
pub use self::hide::hide;
use self::members::Walk;
use self::own::OwnRules;
use self::pattern::Patterns;
pub use self::prefilter::Keywords;
use self::scan::{Scan, Scope};
use self::structure::Code;
use crate::archive;
use crate::finding::{Member, Redacted, Text};
use crate::gap::Gap;
use crate::matcher::{Hit, Matchers};
use crate::notebook::Notebook;
use crate::rule::{Confidence, Rule, Rules};
use crate::source::{RepoPath, Source};

/// A place that looks like a secret.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub rule: &'static Rule,
    /// Where it stands in `Source::text`; for decoded values the encoded run.
    pub range: Range<usize>,
    /// The normalised value.
    pub value: Redacted,
    pub confidence: Confidence,
    /// The name that it was given.
    pub name: Option<String>,
    /// Encodings undone to reach it, outermost first.
    pub via: Vec<&'static str>,
    /// What spoke for and against it.
    pub notes: Vec<String>,
    /// Where in which member of the file it stands, if that is an archive; `range` is then the start of the file.
    pub member: Option<Member>,
    /// Why it was dismissed: lower case, says nothing about the value but its kind. Only of a detector that explains.
    pub against: Option<Cow<'static, str>>,
}

/// What became of one text.
#[derive(Debug, Default)]
pub struct Detection {
    /// In the order (start, end, rule id); no two values overlap, except several inside one encoded run, and dismissed ones.
    pub candidates: Vec<Candidate>,
    /// The bounds that were met: the text was not judged to its end, and whoever asked must say so.
    pub limits: Vec<Gap>,
    /// Why the text was not judged at all, by rule and not by fault: an archive that nobody opens.
    pub skipped: Option<&'static str>,
    /// Bytes that rules and decoders looked at besides the one pass over the text: bounded by a multiple of its length.
    pub work: u64,
}

/// How many layers of encoding are undone unless the configuration says otherwise.
pub const DECODE_DEPTH: u8 = 3;
/// How many archives within each other are opened unless the configuration says otherwise.
pub const ARCHIVE_DEPTH: u8 = 2;
/// Bytes of a member of an archive that are judged unless the configuration says otherwise.
pub const MEMBER_MAX: u64 = 50_000_000;

/// The engine with its compiled patterns; one serves all threads.
#[derive(Debug)]
pub struct Detector {
    patterns: Patterns,
    /// The code of each rule, by rule number; `None` for patterns.
    code: Vec<Option<Code>>,
    own: OwnRules,
    matchers: Matchers,
    decode_depth: u8,
    names: Names,
    archive_depth: u8,
    member_max: u64,
    explains: bool,
}

/// Is shown a text and the candidates in it.
pub type See<'s> = dyn FnMut(Text<'_>, Vec<Candidate>) + 's;

impl Default for Detector {
    fn default() -> Self {
        Self::new(DECODE_DEPTH, Names::default())
    }
}

impl Detector {
    /// Costs next to nothing: a pattern is compiled when its keyword is first seen.
    pub fn new(decode_depth: u8, names: Names) -> Self {
        let code = rules::ALL.iter().map(|rule| structure::code_of(rule)).collect();
        Self {
            patterns: Patterns::new(rules::ALL),
            code,
            own: OwnRules::new(&[]),
            matchers: Matchers::new(rules::ALL),
            decode_depth,
            names,
            archive_depth: ARCHIVE_DEPTH,
            member_max: MEMBER_MAX,
            explains: false,
        }
    }

    /// Opens so many archives within each other, and judges members of so many bytes.
    #[must_use]
    pub fn with_archives(self, archive_depth: u8, member_max: u64) -> Self {
        Self { archive_depth, member_max, ..self }
    }

    /// Judges by the rules of a project, too.
    #[must_use]
    pub fn with_rules(self, own: Rules) -> Self {
        Self { own: OwnRules::new(own), matchers: Matchers::new(rules::ALL.iter().chain(own)), ..self }
    }

    /// Tells the candidates that it dismisses as well, each with the reason.
    #[must_use]
    pub fn explaining(self) -> Self {
        Self { explains: true, ..self }
    }

    /// All candidates of a file.
    pub fn detect(&self, source: &Source<'_>) -> Detection {
        let mut candidates = Vec::new();
        let detection = self.detect_texts(source, &mut |_, found| candidates.extend(found));
        Detection { candidates, ..detection }
    }

    /// Adds what the name of the file says, that of a member of the archive `outer` if there is one.
    fn add_name(&self, source: &Source<'_>, outer: Option<&RepoPath>, detection: &mut Detection) {
        let named: Vec<Candidate> = self.matchers.of_file(source.path, outer).map(Candidate::from).collect();
        if !named.is_empty() {
            detection.skipped = None;
            detection.candidates.splice(0..0, named);
        }
    }

    /// The same text by text: `see` is shown each text of the file once, its own and those of the members of an archive, with the candidates
    /// in it; the detection that is returned has none. What `see` does not keep of a member is gone when the next one is read.
    pub fn detect_texts(&self, source: &Source<'_>, see: &mut See<'_>) -> Detection {
        Walk::new(self, source, see).file(source)
    }

    /// Where something stands near these places that may be a secret, be it that it was dismissed: what nobody prints beside them.
    pub fn suspected(&self, source: &Source<'_>, places: &[Range<usize>]) -> Vec<Range<usize>> {
        let scope = file_kind::scope(source);
        let windows = match Notebook::read(source.path, &source.text) {
            // A piece of a notebook is none.
            Some(_) => std::iter::once(0..source.text.len()).collect(),
            None => nearby::windows(&source.text, places),
        };
        let suspected = windows.into_iter().flat_map(|window| {
            let piece = Source::new(source.path, source.text.get(window.clone()).unwrap_or_default(), source.origin);
            let detection = Scan::new(self, &piece).explaining().run(&piece, scope);
            let secrets = detection.candidates.into_iter().filter(|candidate| candidate.rule.matcher.is_of_secrets());
            let ranges = secrets.map(|candidate| candidate.range.start + window.start..candidate.range.end + window.start);
            ranges.filter(|range| !range.is_empty()).collect::<Vec<_>>()
        });
        suspected.collect()
    }

    fn detect_file(&self, source: &Source<'_>) -> Detection {
        let mut detection = Scan::new(self, source).run(source, file_kind::scope(source));
        if source.is_binary() {
            detection.candidates.splice(0..0, structure::container::find(source));
        }
        detection.skipped = if detection.candidates.is_empty() { why_closed(source.raw) } else { None };
        detection
    }
}

impl From<Hit> for Candidate {
    fn from(hit: Hit) -> Self {
        Self { against: hit.against.map(Cow::Owned), ..Self::new(hit.rule, hit.range, Redacted::new(hit.name, 0)) }
    }
}

/// What the file is packed as, if nobody looks inside.
fn why_closed(raw: &[u8]) -> Option<&'static str> {
    match archive::Kind::of(raw) {
        Some(_) => Some("an archive, which `archive-depth` leaves closed"),
        None => archive::unopened(raw),
    }
}
