//! One text and the texts encoded in it: hands each keyword hit to its pattern, its code or a decoder.
//! Promises that rules look at a bounded multiple of the text and that the number of candidates is bounded; a bound met is told.
//! Judges nothing itself.

use std::ops::Range;

use super::decode::{self, Decoded, Progress};
use super::pattern::Searched;
use super::prefilter::Meaning;
use super::{Candidate, Detection, Detector, Found, generic, overlap, row, rules};
use crate::gap::Gap;
use crate::notebook::Notebook;
use crate::python::is_python;
use crate::rule::Matcher;
use crate::source::Source;

/// Which rules look at a text; each looks with those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Those that know a format among any bytes: binary files.
    Bytes,
    /// Those that know a format by the lines that it is made of: generated files, encoded bytes.
    Formats,
    /// Those that know names.
    Everything,
}

/// More candidates than this in one text are not secrets, or nobody will read them.
pub const CANDIDATES_MAX: usize = 10_000;
/// Bytes that rules may look at, for each byte of the text; real files need less than one.
const WORK_PER_BYTE: u64 = 32;
/// What a small text may use whatever its length.
const WORK_MIN: u64 = 4 << 20;
/// Bytes decoded, for each byte of the text.
const DECODED_PER_BYTE: u64 = 2;
const DECODED_MIN: u64 = 1 << 20;
/// Layers looked at below those that may be undone.
const BEYOND: u8 = 2;

/// What is to be done with a file that is a heap of secrets, or made to look like one.
const SPLIT: &str = "split the file, or leave it out with `exclude`";
pub const TOO_MANY: Gap = Gap::of("more than 10,000 possible secrets in one file: the rest was not judged", SPLIT);
const TOO_MUCH_WORK: Gap = Gap::of("too many token prefixes in one file: some were not judged", SPLIT);
const TOO_DEEP: Gap = Gap::of(
    "encoded more often than `decode-depth` allows: what is below was not judged",
    "raise `decode-depth`, or encode it less often",
);
const TOO_MUCH_ENCODED: Gap = Gap::of("too many nested encodings in one file: some were not decoded", SPLIT);

/// The bounds of one scan and what was used of them.
#[derive(Debug)]
pub struct Budget {
    work: u64,
    work_max: u64,
    decoded: u64,
    decoded_max: u64,
    limits: Vec<Gap>,
}

impl Budget {
    fn new(length: usize) -> Self {
        let length = length as u64;
        Self {
            work: 0,
            work_max: WORK_MIN + length * WORK_PER_BYTE,
            decoded: 0,
            decoded_max: DECODED_MIN + length * DECODED_PER_BYTE,
            limits: Vec::new(),
        }
    }

    /// Whether a rule may look at `bytes` more.
    pub fn allows(&mut self, bytes: usize) -> bool {
        self.work += bytes as u64;
        if self.work > self.work_max {
            self.work -= bytes as u64;
            self.meet(TOO_MUCH_WORK);
            return false;
        }
        true
    }

    /// Takes what was looked at beyond what was allowed: a look ends before it is known how far it goes, and the next one is refused.
    pub fn spend(&mut self, bytes: usize) {
        self.work += bytes as u64;
    }

    fn allows_decoding(&mut self, bytes: usize) -> bool {
        if self.decoded + bytes as u64 > self.decoded_max {
            self.meet(TOO_MUCH_ENCODED);
            return false;
        }
        self.decoded += bytes as u64;
        true
    }

    pub fn meet(&mut self, limit: Gap) {
        if !self.limits.contains(&limit) {
            self.limits.push(limit);
        }
    }
}

/// A scan in progress.
#[derive(Debug)]
pub struct Scan<'d> {
    pub detector: &'d Detector,
    pub budget: Budget,
    /// Layers that the text which is looked at lies below those that may be undone.
    beyond: u8,
    /// Tells what it dismisses, too.
    explains: bool,
    /// What is encoded in bytes is judged as they are.
    widest: Scope,
}

impl<'d> Scan<'d> {
    pub fn new(detector: &'d Detector, source: &Source<'_>) -> Self {
        Self {
            detector,
            budget: Budget::new(source.text.len()),
            beyond: 0,
            explains: detector.explains,
            widest: Scope::Everything,
        }
    }

    pub fn explaining(self) -> Self {
        Self { explains: true, ..self }
    }

    pub fn run(mut self, source: &Source<'_>, scope: Scope) -> Detection {
        if scope == Scope::Bytes {
            self.widest = scope;
        }
        let mut candidates = match Notebook::read(source.path, &source.text) {
            Some(notebook) => self.cells(source, &notebook),
            None => self.layer(source, scope, self.depth()),
        };
        if scope == Scope::Everything && self.detector.matchers.look_at_python() && is_python(source.path, &source.text) {
            let hits = self.python(&source.text);
            candidates.extend(hits);
            candidates.sort_by(Candidate::order);
        }
        let Budget { work, decoded, limits, .. } = self.budget;
        Detection { candidates, limits, skipped: None, work: work + decoded }
    }

    /// Where candidates of one text go.
    pub fn found(&self) -> Found {
        Found::new(self.explains)
    }

    /// How many layers of encoding may be undone.
    pub fn depth(&self) -> u8 {
        self.detector.decode_depth
    }

    /// One text; `depth` more layers of encoding may be undone below it.
    pub fn layer(&mut self, source: &Source<'_>, scope: Scope, depth: u8) -> Vec<Candidate> {
        let text: &[u8] = &source.text;
        let mut found = self.found();
        let mut searched = Searched::new(scope);
        let mut progress = Progress::default();
        let mut names = generic::Scan::new(source, &self.detector.names);
        rules::KEYWORDS.visit(text, |meaning, hit| {
            if found.kept.len() >= CANDIDATES_MAX {
                self.budget.meet(TOO_MANY);
                return;
            }
            match meaning {
                Meaning::Rule(number) => match (generic::rule_of(number), scope) {
                    (Some(rule), Scope::Everything) => names.at(source, rule, &hit, &mut found),
                    (Some(rule), _) => {
                        found.mention(rule, hit.start, "names are not judged in such a text, formats are");
                    }
                    (None, _) => match self.detector.code.get(usize::from(number)).copied().flatten() {
                        Some(code) if scope >= code.scope => {
                            code.find(source, rules::ALL.get(usize::from(number)).copied(), hit, &mut found);
                            for decoded in std::mem::take(&mut found.decoded) {
                                self.inside(source, decoded, depth, &mut found);
                            }
                        }
                        Some(_) => {}
                        None if self.row(number, text, scope, &hit, &mut found) => {}
                        None => self.detector.patterns.try_at(text, number, hit, &mut searched, &mut self.budget, &mut found),
                    },
                },
                encoded => {
                    if let Some(decoded) = decode::around(text, encoded, hit, &mut progress) {
                        self.inside(source, decoded, depth, &mut found);
                    }
                }
            }
        });
        if self.depth() > 0 {
            let own = &self.detector.own;
            let visit = |joint: &[u8], hit: &mut dyn FnMut(Meaning, Range<usize>)| {
                rules::KEYWORDS.visit(joint, &mut *hit);
                own.visit(joint, hit);
            };
            decode::hidden(text, visit, &mut progress, |decoded| self.inside(source, decoded, depth, &mut found));
        }
        if scope == Scope::Everything {
            self.own_names(source, &mut found);
        }
        self.own_rules(source, scope, depth, &mut found);
        overlap::resolve(found)
    }

    /// Goes on inside a decoded run of a text below which `depth` layers may be undone.
    fn inside(&mut self, source: &Source<'_>, decoded: Decoded, depth: u8, found: &mut Found) {
        match depth.checked_sub(1) {
            None => self.beyond(source, decoded),
            Some(depth) if self.budget.allows_decoding(decoded.bytes.len()) => found.extend(self.decoded(source, decoded, depth)),
            Some(_) => {}
        }
    }

    /// Looks at a run below which nothing may be undone any more, to say whether something is passed over: a candidate within
    /// [`BEYOND`] layers more, or yet another encoded keyword below those. An encoded keyword alone says nothing: in 200,000 files of an
    /// operating system, of packages and of test data, 250 stand below the first layer, of which one leads to a candidate, a true one; none
    /// stands below the second.
    fn beyond(&mut self, source: &Source<'_>, decoded: Decoded) {
        if self.depth() == 0 || self.budget.limits.contains(&TOO_DEEP) || !self.budget.allows_decoding(decoded.bytes.len()) {
            return;
        }
        let is_more = self.beyond == BEYOND || {
            self.beyond += 1;
            let is_found = self.decoded(source, decoded, 0).any(|candidate| candidate.against.is_none());
            self.beyond -= 1;
            is_found
        };
        if is_more {
            self.budget.meet(TOO_DEEP);
        }
    }

    /// Whether rule `number` is a row; if so, and if names mean something here, it is tried at `hit`.
    fn row(&mut self, number: u16, text: &[u8], scope: Scope, hit: &Range<usize>, found: &mut Found) -> bool {
        let Some(&rule) = rules::ALL.get(usize::from(number)) else { return false };
        let Matcher::Row(row) = &rule.matcher else { return false };
        if scope == Scope::Everything {
            row::at(text, rule, row, hit, &mut self.budget, found);
        }
        true
    }

    /// What is given to a name that the project added to ours.
    fn own_names(&mut self, source: &Source<'_>, found: &mut Found) {
        let names = &self.detector.names;
        let mut scan = generic::Scan::new(source, names);
        for hit in names.hits(&source.text) {
            if found.kept.len() >= CANDIDATES_MAX {
                return self.budget.meet(TOO_MANY);
            }
            scan.at(source, &rules::GENERIC_PASSWORD, &hit, found);
        }
    }

    /// What the rules of the project find.
    fn own_rules(&mut self, source: &Source<'_>, scope: Scope, depth: u8, found: &mut Found) {
        let (own, text) = (&self.detector.own, &source.text);
        let (mut searched, mut progress) = (Searched::new(scope), Progress::default());
        own.visit(text, |meaning, hit| match meaning {
            _ if found.kept.len() >= CANDIDATES_MAX => self.budget.meet(TOO_MANY),
            Meaning::Rule(number) => own.try_at(text, number, hit, &mut searched, &mut self.budget, found),
            _ if depth == 0 => {}
            encoded => {
                if let Some(decoded) = decode::around(text, encoded, hit, &mut progress) {
                    self.inside(source, decoded, depth, found);
                }
            }
        });
    }

    /// What a Python text imports and calls.
    pub fn python(&mut self, text: &[u8]) -> Vec<Candidate> {
        let explains = self.explains;
        let hits = self.detector.matchers.of_python(text).into_iter().filter(|hit| explains || hit.against.is_none());
        let mut candidates: Vec<Candidate> = hits.take(CANDIDATES_MAX + 1).map(Candidate::from).collect();
        if candidates.len() > CANDIDATES_MAX {
            self.budget.meet(TOO_MANY);
            candidates.truncate(CANDIDATES_MAX);
        }
        candidates
    }

    /// The candidates of a decoded run, placed at the run.
    fn decoded(&mut self, outer: &Source<'_>, decoded: Decoded, depth: u8) -> impl Iterator<Item = Candidate> + use<> {
        let Decoded { range, bytes, encoding } = decoded;
        let inner = Source::new(outer.path, &bytes, outer.origin);
        let scope = if is_prose(&inner.text) { Scope::Everything } else { Scope::Formats };
        let found = self.layer(&inner, scope.min(self.widest), depth);
        found.into_iter().map(move |mut candidate| {
            candidate.range = Range::clone(&range);
            candidate.via.insert(0, encoding);
            candidate
        })
    }
}

/// Whether at least 95 % is printable ASCII or white space: then names mean something.
pub fn is_prose(text: &[u8]) -> bool {
    let printable = text.iter().filter(|&&byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')).count();
    printable * 20 >= text.len() * 19
}
