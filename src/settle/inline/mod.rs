//! Allow comments: ours, which name rules and give reasons, and those of the scanners that people come from.
//! Promises that a comment which is malformed, expired or inside of the secret itself never forgives, and that what it is used for is
//! known, so that comments without effect can be reported; the work is linear in the text.
//! Does not decide what else forgives a finding: see `policy` and `baseline`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::{Forgiver, Standing, Unused};
use crate::archive::{self, Members};
use crate::config::{Date, Dialect, Profile, Secrets, nearest_rule};
use crate::finding::Finding;
use crate::notebook::Notebook;
use crate::rule::Rule;
use crate::source::{RepoPath, Source, Span, quote};

mod cells;
mod grammar;
#[cfg(test)]
pub(super) mod tests;

use cells::Cells;
use grammar::{Directive, Place};

/// The literals behind which an allow comment may stand.
const MARKERS: [(&str, Dialect); 11] = [
    ("gatewright:", Dialect::Gatewright),
    ("pragma:", Dialect::DetectSecrets),
    ("gitleaks:allow", Dialect::Gitleaks),
    ("betterleaks:allow", Dialect::Betterleaks),
    ("kingfisher:ignore", Dialect::Kingfisher),
    ("trufflehog:ignore", Dialect::Trufflehog),
    ("ggignore", Dialect::Ggshield),
    ("gitguardian:ignore", Dialect::Ggshield),
    ("nosec", Dialect::Nosec),
    ("noqa", Dialect::Noqa),
    ("NOQA", Dialect::Noqa),
];

static FINDER: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::new(MARKERS.map(|(marker, _)| marker)).expect("invariant: a dozen literals compile"));

/// Markers looked at on one line; a line with more is no source code, and what stands behind them forgives nothing.
const MARKERS_PER_LINE: usize = 64;
/// Comments of ours that are read in one file; each costs a comparison with every rule.
const OURS_PER_FILE: usize = 5000;
/// Comments of ours for whose unknown ids the nearest known one is looked up, which is dear.
const HINTED: usize = 20;
/// `ignore-file` counts in these first lines only, where a reader sees it.
const HEAD: u32 = 20;

const TOO_MANY: &str = "this file has too many allow comments; from here on they are ignored: exclude it or use `per-path`";

/// One allow comment.
#[derive(Clone, Debug)]
pub struct Allow {
    pub dialect: Dialect,
    /// The line on which the comment stands.
    pub line: u32,
    /// Byte offset of its marker.
    at: usize,
    pub covers: Covers,
    /// The rules it names, each with whether it was needed; `None` for the foreign dialects, which name none.
    rules: Option<Vec<Named>>,
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Why it is refused, or what part of it has no meaning.
    problems: Vec<String>,
    is_refused: bool,
    is_used: bool,
    /// Whether it stands in what a program wrote.
    is_echo: bool,
}

/// What an allow comment speaks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    /// Values that begin or end on this line (in a notebook, of its cells counted through).
    Line(u32),
    File,
}

#[derive(Clone, Debug)]
struct Named {
    name: String,
    is_used: bool,
}

/// The allow comments of one text: of a file, or of a member of an archive.
#[derive(Debug)]
pub struct Allows<'s> {
    path: &'s RepoPath,
    text: &'s [u8],
    /// The cells, if the file is a notebook.
    cells: Option<Cells>,
    comments: Vec<Allow>,
    /// Indices of those that cover a line, and of those that cover the file.
    by_line: BTreeMap<u32, Vec<usize>>,
    for_file: Vec<usize>,
}

impl<'s> Allows<'s> {
    /// Finds the comments of the dialects that the configuration honours. `known` are the rules whose ids and aliases may be named.
    pub fn find(source: &'s Source<'_>, secrets: &Secrets, known: &[&'static Rule]) -> Self {
        // detect-secrets knows no notebooks.
        let notebook = if secrets.profile == Profile::Compat { None } else { Notebook::read(source.path, &source.text) };
        let cells = notebook.map(Cells::new);
        let comments = match &cells {
            Some(cells) => {
                let mut comments = comments(&Source::of_text(source.path, cells.text(), source.origin), secrets, known);
                cells.place(&mut comments, source);
                comments
            }
            None => match archive::Kind::of(source.raw) {
                // What an archive holds is not on lines of the file; what stands in front of it is.
                Some(kind) => {
                    let front = source.raw.get(..Members::new(kind, source.raw).prefix()).unwrap_or_default();
                    comments(&Source::new(source.path, front, source.origin), secrets, known)
                }
                None => comments(source, secrets, known),
            },
        };
        let mut by_line: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut for_file = Vec::new();
        for (index, allow) in comments.iter().enumerate().filter(|(_, allow)| !allow.is_refused) {
            match allow.covers {
                Covers::Line(line) => by_line.entry(line).or_default().push(index),
                Covers::File => for_file.push(index),
            }
        }
        Self { path: source.path, text: &source.text, cells, comments, by_line, for_file }
    }

    /// Whether [`Self::unused`] could say something, on whatever day, in a file without findings.
    pub fn may_speak(&self) -> bool {
        let is_silent = |allow: &Allow| allow.problems.is_empty() && allow.until.is_none() && !allow.is_idle();
        !self.comments.iter().all(is_silent)
    }

    /// The comments, in the order of the text.
    pub fn all(&self) -> &[Allow] {
        &self.comments
    }

    /// The verdict of the comment that forgives `finding`, which stands in this text, if there is one. Every comment that would counts as used.
    pub fn forgive(&mut self, finding: &Finding, today: Date) -> Option<Standing> {
        let span = finding.place();
        let ends = if let Some(cells) = &self.cells {
            cells.ends(span)
        } else {
            let last = (span.end_line != span.line).then_some(span.end_line);
            [Some(span.line), last, closing_line(self.text, span)]
        };
        let on_lines = ends.iter().flatten().filter_map(|line| self.by_line.get(line)).flatten();
        let is_key = ends[1].is_some() && is_private_key(finding, self.text);
        let mut verdict = None;
        for &index in on_lines.chain(&self.for_file) {
            let Some(allow) = self.comments.get_mut(index) else { continue };
            let is_heard = match finding.is_allowed.filter(|_| allow.dialect == Dialect::DetectSecrets) {
                Some(is_allowed) => is_allowed,
                // A value must not forgive itself.
                None => !(span.start..span.end).contains(&allow.at),
            };
            if !is_heard || allow.is_expired(today) || !allow.speaks_of(finding.rule, is_key) {
                continue;
            }
            allow.is_used = true;
            verdict.get_or_insert_with(|| Standing::Forgiven {
                by: Forgiver::Inline { line: allow.line, dialect: allow.dialect.as_str() },
                reason: allow.reason.clone(),
            });
        }
        verdict
    }

    /// What there is to say about the comments after all findings of the file were settled: refused and expired ones always; with
    /// `is_whole_tree` also those that forgave nothing. `nosec` and `noqa` belong to other tools and are not reported.
    pub fn unused(&self, today: Date, is_whole_tree: bool) -> Vec<Unused> {
        let mut unused = Vec::new();
        for allow in self.comments.iter().filter(|allow| !allow.is_echo) {
            let say = |message| Unused { path: self.path.clone(), line: allow.line, message };
            unused.extend(allow.problems.iter().cloned().map(say));
            if allow.is_refused {
                continue;
            }
            match allow.until {
                Some(until) if until < today => {
                    let text = format!("{} expired on {until}; fix the finding or set a new date", allow.describe(|_| true));
                    unused.push(say(text));
                }
                _ if is_whole_tree && allow.is_idle() => {
                    let text = format!("{} forgives nothing; remove it", allow.describe(|named| !named.is_used));
                    unused.push(say(text));
                }
                _ => {}
            }
        }
        unused
    }
}

impl Allow {
    fn is_expired(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// Whether it speaks about findings of `rule`; notes which of its names did. The foreign dialects never reach a key of several lines.
    fn speaks_of(&mut self, rule: &Rule, is_key: bool) -> bool {
        match (&mut self.rules, self.dialect) {
            (Some(names), _) => {
                let mut speaks = false;
                for named in names.iter_mut().filter(|named| rule.is_called(&named.name)) {
                    named.is_used = true;
                    speaks = true;
                }
                speaks
            }
            (None, Dialect::Nosec | Dialect::Noqa) => !is_key && is_hardcoded_password(rule),
            (None, _) => !is_key,
        }
    }

    /// Whether a part of it had no effect.
    fn is_idle(&self) -> bool {
        match (&self.rules, self.dialect) {
            (Some(names), _) => names.iter().any(|named| !named.is_used),
            (None, Dialect::Nosec | Dialect::Noqa) => false,
            (None, _) => !self.is_used,
        }
    }

    fn describe(&self, which: impl Fn(&Named) -> bool) -> String {
        let Some(names) = &self.rules else { return format!("the allow comment of {}", self.dialect.as_str()) };
        let word = if self.covers == Covers::File { "ignore-file" } else { "ignore" };
        let names: Vec<&str> = names.iter().filter(|named| which(named)).map(|named| named.name.as_str()).collect();
        quote(&format!("gatewright: {word}[{}]", names.join(", ")))
    }
}

/// What a comment must meet.
struct Demands<'r> {
    /// Whether it needs a reason.
    reason: bool,
    known: &'r [&'static Rule],
    /// Whether the nearest known rule is looked up for an unknown one.
    hint: bool,
}

/// The comments of a text, in its order.
fn comments(source: &Source<'_>, secrets: &Secrets, known: &[&'static Rule]) -> Vec<Allow> {
    let mut allows = Vec::new();
    let mut alone = Vec::new();
    let mut examined = (0, 0);
    let mut ours = 0;
    for found in FINDER.find_iter(&*source.text) {
        let Some(&(_, dialect)) = MARKERS.get(found.pattern().as_usize()) else { continue };
        if !secrets.dialects().contains(&dialect) {
            continue;
        }
        let place = Place::new(source, found.range());
        examined = if examined.0 == place.line { (place.line, examined.1 + 1) } else { (place.line, 1) };
        if examined.1 > MARKERS_PER_LINE {
            continue;
        }
        let Some(mut directive) = place.read(dialect) else { continue };
        ours += usize::from(dialect == Dialect::Gatewright);
        if dialect == Dialect::Gatewright && ours > OURS_PER_FILE {
            if ours > OURS_PER_FILE + 1 {
                continue;
            }
            directive.fault = Some(TOO_MANY.to_owned());
        }
        if directive.is_alone {
            alone.push(allows.len());
        }
        allows.push(judge(
            &place,
            dialect,
            directive,
            &Demands { reason: secrets.pragma_needs_reason, known, hint: ours <= HINTED },
        ));
    }
    point_down(&mut allows, &alone);
    allows
}

/// Weighs what was read: refused is what is malformed, unknown, without a needed reason, or out of its place.
fn judge(place: &Place<'_>, dialect: Dialect, directive: Directive, demands: &Demands<'_>) -> Allow {
    let Directive { names, is_file, is_next_line, until, reason, fault, .. } = directive;
    let mut problems: Vec<String> = fault.into_iter().collect();
    let mut is_refused = !problems.is_empty();
    let mut rules = None;
    if dialect == Dialect::Gatewright && !is_refused {
        let (meant, unknown): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|name: &String| demands.known.iter().any(|rule| rule.is_called(name)));
        problems.extend(unknown.iter().take(3).map(|name| unknown_rule(name, demands)));
        if is_file && place.line > HEAD {
            problems.push(format!("`gatewright: ignore-file` must stand in the first {HEAD} lines; it is ignored here"));
            is_refused = true;
        }
        if demands.reason && reason.is_none() {
            problems.push("`gatewright: ignore` needs a reason here; write ` -- why` after the `]`".to_owned());
            is_refused = true;
        }
        is_refused |= meant.is_empty();
        rules = Some(meant.into_iter().map(|name| Named { name, is_used: false }).collect());
    }
    let covers = match (is_file, is_next_line) {
        (true, _) => Covers::File,
        (false, true) => Covers::Line(place.line + 1),
        (false, false) => Covers::Line(place.line),
    };
    Allow {
        dialect,
        line: place.line,
        at: place.at,
        covers,
        rules,
        reason,
        until,
        problems,
        is_refused,
        is_used: false,
        is_echo: false,
    }
}

fn unknown_rule(name: &str, demands: &Demands<'_>) -> String {
    let near = if demands.hint { nearest_rule(name, demands.known) } else { None };
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    format!("`gatewright: ignore` names the unknown rule {}{hint}", quote(name))
}

/// Comments of ours that stand alone speak about the line below; above each other, about that below the last.
fn point_down(allows: &mut [Allow], alone: &[usize]) {
    let mut targets: BTreeMap<u32, u32> = BTreeMap::new();
    for &index in alone.iter().rev() {
        let Some(allow) = allows.get_mut(index) else { continue };
        let below = allow.line.saturating_add(1);
        let target = targets.get(&below).copied().unwrap_or(below);
        targets.insert(allow.line, target);
        if allow.covers != Covers::File {
            allow.covers = Covers::Line(target);
        }
    }
}

/// Blanks between a value and the quotes that close its text.
const INDENT_MAX: usize = 256;

/// The line on which nothing but closing quotes follows a value of several lines: its text ends there, as people see it.
fn closing_line(text: &[u8], span: Span) -> Option<u32> {
    let behind = text.get(span.end..)?;
    let blanks = behind.iter().take(INDENT_MAX).take_while(|b| b.is_ascii_whitespace()).count();
    let (blanks, quotes) = behind.split_at_checked(blanks)?;
    let lines = u32::try_from(memchr::memchr_iter(b'\n', blanks).count()).ok()?;
    (lines > 0 && (quotes.starts_with(b"\"\"\"") || quotes.starts_with(b"'''"))).then_some(span.end_line + lines)
}

/// Whether the finding is a private key in armour, whose first or last line says nothing about the body.
fn is_private_key(finding: &Finding, text: &[u8]) -> bool {
    let place = finding.place();
    let body = text.get(place.start..place.end).unwrap_or_default();
    finding.rule.is_called("Private Key")
        || finding.rule.id.contains("private-key")
        || memchr::memmem::find(body, b"---- BEGIN").is_some()
        || memchr::memmem::find(body, b"-----BEGIN").is_some()
}

/// Whether `# nosec` and `# noqa: S105` could have been meant for findings of this rule.
fn is_hardcoded_password(rule: &Rule) -> bool {
    const CODES: [&str; 6] = ["B105", "B106", "B107", "S105", "S106", "S107"];
    rule.cwe == Some(259) || rule.id.contains("password") || CODES.iter().any(|code| rule.is_called(code))
}
