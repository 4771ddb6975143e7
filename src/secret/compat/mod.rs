//! The compat profile: what `detect-secrets scan --no-verify` of version 1.5.0 finds, by the same identities and line numbers.
//! Promises the 27 plugins, the default filters and the INI and YAML readings of detect-secrets under Python 3.11, never a panic, and
//! time linear in the file. Does no more than detect-secrets does: what it overlooks, the native detector must find.

mod assignment;
mod base64;
mod emitted;
mod entropy;
mod filters;
mod ini;
mod keyword;
mod pattern;
pub mod plugins;
mod pragma;
mod prefilter;
mod python;
mod settings;
mod tokens;
mod yaml;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use sha1::{Digest, Sha1};

use self::emitted::Emitted;
use self::keyword::Shape;
use self::plugins::{Id, Set};
use self::prefilter::Prefilter;
use self::python::{Newlines, is_space};
pub use self::settings::{DEFAULT_FILTERS, SILENT_FILTERS, Settings, SettingsError, pattern_for};
use crate::finding::Redacted;
use crate::source::{Origin, RepoPath, Source};

/// A finding in detect-secrets' terms; with the file's name, `kind` and `sha1` are what it compares.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The type as detect-secrets writes it: `Secret Keyword`.
    pub kind: &'static str,
    /// SHA-1 of the value as detect-secrets extracts it.
    pub sha1: [u8; 20],
    /// The line (from 1) that detect-secrets names: that of the first occurrence, and in an INI or YAML file sometimes a later one.
    pub line: u32,
    /// Where the value, or its first line, stands in [`Source::text`]; `None` if the file does not hold it as it reads.
    pub span: Option<Range<usize>>,
    pub value: Redacted,
}

impl Identity {
    /// Whether its plugin names every key of a format alike.
    pub fn is_degenerate(&self) -> bool {
        plugins::of_kind(self.kind).is_some_and(|plugin| plugin.is_degenerate)
    }

    /// Where the secret stands in `text`. Some plugins take a part of it for the value, the `ghp` of a GitHub token or the label of a
    /// private key: what goes on behind it without a blank or a quote belongs to the secret, and nobody may print it.
    pub fn secret(&self, text: &[u8]) -> Option<Range<usize>> {
        let Range { start, end } = self.span.clone()?;
        let rest = text.get(end..).unwrap_or_default();
        let more = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_-+/=.~%\\".contains(b)).count();
        Some(start..end + more)
    }
}

/// What came of a file.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The file was scanned. `allowed` is what is not among the findings because a comment allows its line.
    Scanned { found: Vec<Identity>, allowed: Vec<Identity> },
    /// The filter with this path kept the file from being scanned.
    Excluded(&'static str),
    /// The file is not UTF-8: detect-secrets passes over it without a word.
    Undecodable,
}

impl Outcome {
    /// The findings; none unless the file was scanned.
    pub fn identities(&self) -> &[Identity] {
        match self {
            Self::Scanned { found, .. } => found,
            Self::Excluded(_) | Self::Undecodable => &[],
        }
    }
}

/// Scans one file, given as stored. The findings come in the order of detect-secrets' lines.
///
/// # Errors
/// Only if a pattern of the settings takes too many steps: then the file is not judged.
pub fn scan(path: &RepoPath, raw: &[u8], settings: &Settings) -> Result<Outcome, SettingsError> {
    if let Some(filter) = filters::excluded_file(path, settings)? {
        return Ok(Outcome::Excluded(filter));
    }
    let Ok(text) = std::str::from_utf8(raw) else { return Ok(Outcome::Undecodable) };
    let newlines = Newlines::translate(text);
    let mut scan = Scan::new(path, raw, &newlines, settings);
    let text = &*newlines.text;
    let transformed = match ini::transform(text, false) {
        None if matches!(scan.extension, b".yaml" | b".yml" | b".eyaml") => yaml::transform(text),
        ini => ini,
    };
    match transformed.filter(|lines| !lines.is_empty()) {
        Some(lines) => scan.emitted(&lines)?,
        None => scan.lines()?,
    }
    if scan.found.is_empty()
        && !keyword::is_named_type(scan.extension)
        && let Some(lines) = ini::transform(text, true)
    {
        scan.emitted(&lines)?;
    }
    Ok(Outcome::Scanned { found: scan.found, allowed: scan.allowed })
}

/// The scan of one file.
struct Scan<'s> {
    extension: &'s [u8],
    newlines: &'s Newlines<'s>,
    settings: &'s Settings,
    prefilter: Prefilter,
    shapes: &'static [Shape],
    /// How much of the raw bytes [`Source::text`] leaves out at the start; `None` if its text is another one altogether.
    bom: Option<usize>,
    /// What was kept; with its line where that is allowed, as each such line has a comment of its own.
    seen: HashSet<(Id, [u8; 20], Option<usize>)>,
    found: Vec<Identity>,
    /// What stands on allowed lines.
    allowed: Vec<Identity>,
    /// Values of the line at hand, kept for their memory.
    values: Vec<(Id, Range<usize>)>,
}

/// A line as the plugins see it.
struct Line<'l> {
    /// Without blanks at its end.
    text: &'l str,
    previous: &'l str,
    number: usize,
    place: Place,
}

/// Where a line's text stands in the file.
enum Place {
    /// At this offset, as it is.
    At(usize),
    /// Its values stand somewhere after this offset.
    After(usize),
}

impl<'s> Scan<'s> {
    fn new(path: &'s RepoPath, raw: &[u8], newlines: &'s Newlines<'s>, settings: &'s Settings) -> Self {
        let extension = python::extension(path.as_bytes());
        // An address has no letter, so that this filter drops every one.
        let letterless =
            if settings.filters(settings::Filter::NotAlphanumeric) { Set::of(&[Id::PublicIp]) } else { Set::default() };
        let bom = match Source::new(path, raw, Origin::Repository).text {
            Cow::Borrowed(text) => Some(raw.len() - text.len()),
            Cow::Owned(_) => None,
        };
        Self {
            extension,
            newlines,
            settings,
            prefilter: Prefilter::new(settings.plugins.without(letterless), settings),
            shapes: keyword::shapes(extension),
            bom,
            seen: HashSet::new(),
            found: Vec::new(),
            allowed: Vec::new(),
            values: Vec::new(),
        }
    }

    /// The file's own lines.
    fn lines(&mut self) -> Result<(), SettingsError> {
        let (mut at, mut previous) = (0, "");
        for (place, line) in self.newlines.text.split_inclusive('\n').enumerate() {
            let text = line.trim_end_matches(is_space);
            self.line(&Line { text, previous, number: place + 1, place: Place::At(at) })?;
            at += line.len();
            previous = line;
        }
        Ok(())
    }

    /// The lines that stand for the file.
    fn emitted(&mut self, lines: &Emitted) -> Result<(), SettingsError> {
        let mut starts = Vec::new();
        let mut last = emitted::Line { text: "", number: 0, source: 0 };
        for line in lines.lines() {
            let text = line.text.trim_end_matches(is_space);
            let previous = if last.number + 1 == line.number { last.text } else { "" };
            if starts.is_empty() && !self.prefilter.wanted(text).is_empty() {
                let newlines = memchr::memchr_iter(b'\n', self.newlines.text.as_bytes());
                starts = std::iter::once(0).chain(newlines.map(|at| at + 1)).collect();
            }
            let start = starts.get(line.source).copied().unwrap_or_default();
            self.line(&Line { text, previous, number: line.number, place: Place::After(start) })?;
            last = line;
        }
        Ok(())
    }

    fn line(&mut self, line: &Line<'_>) -> Result<(), SettingsError> {
        let wanted = self.prefilter.wanted(line.text);
        if wanted.is_empty() {
            return Ok(());
        }
        let mut values = std::mem::take(&mut self.values);
        self.find(line.text, wanted, &mut values)?;
        let mut is_allowed = None;
        for (plugin, range) in values.drain(..) {
            let value = line.text.get(range.clone()).unwrap_or_default();
            if filters::is_excluded_secret(plugin, value, line.text, self.settings)? {
                continue;
            }
            // Last, as it is the dearest: most lines have nothing to keep from the plugins.
            let is_allowed = match is_allowed {
                Some(known) => known,
                None => match filters::line(self.extension, line.text, line.previous, self.settings)? {
                    filters::Verdict::Excluded => break,
                    verdict => *is_allowed.insert(verdict == filters::Verdict::Allowed),
                },
            };
            self.keep(plugin, value, range, line, is_allowed);
        }
        self.values = values;
        Ok(())
    }

    fn find(&self, line: &str, wanted: Set, values: &mut Vec<(Id, Range<usize>)>) -> Result<(), SettingsError> {
        tokens::find(line, wanted, &mut |plugin, value| values.push((plugin, value)));
        assignment::find(line, wanted, &mut |plugin, value| values.push((plugin, value)));
        if wanted.has(Id::Base64) {
            let random = |value: &Range<usize>| is_random(line, value, self.settings.base64_limit, entropy::is_random_base64);
            values.extend(entropy::BASE64.quoted(line.as_bytes()).filter(random).map(|value| (Id::Base64, value)));
        }
        if wanted.has(Id::Hex) {
            let random = |value: &Range<usize>| is_random(line, value, self.settings.hex_limit, entropy::is_random_hex);
            values.extend(entropy::HEX.quoted(line.as_bytes()).filter(random).map(|value| (Id::Hex, value)));
        }
        if wanted.has(Id::Keyword) {
            let excluded = self.settings.keyword_exclude.as_ref().map_or(Ok(false), |pattern| pattern.is_found(line))?;
            if !excluded {
                keyword::find(line, self.shapes, &mut |value| values.push((Id::Keyword, value)));
            }
        }
        Ok(())
    }

    fn keep(&mut self, plugin: Id, value: &str, range: Range<usize>, line: &Line<'_>, is_allowed: bool) {
        let sha1 = sha1(value.as_bytes());
        if !self.seen.insert((plugin, sha1, is_allowed.then_some(line.number))) {
            return;
        }
        let span = match line.place {
            Place::At(start) => Some(start + range.start..start + range.end),
            Place::After(start) => self.locate(value, start),
        };
        let span = span.zip(self.bom).and_then(|(span, bom)| {
            let original = |at| self.newlines.original(at).checked_sub(bom);
            Some(original(span.start)?..original(span.end)?)
        });
        let line = u32::try_from(line.number).unwrap_or(u32::MAX);
        let kept = if is_allowed { &mut self.allowed } else { &mut self.found };
        kept.push(Identity { kind: plugin.kind(), sha1, line, span, value: Redacted::new(value, 0) });
    }

    /// The value's first line in the text, not far after `start`.
    fn locate(&self, value: &str, start: usize) -> Option<Range<usize>> {
        const FAR: usize = 4096;
        let needle = value.split('\n').map(str::trim).find(|line| !line.is_empty())?.replace("\\\"", "\"");
        let text = self.newlines.text.as_bytes().get(start..)?;
        let near = text.get(..needle.len() + FAR).unwrap_or(text);
        let at = start + memchr::memmem::find(near, needle.as_bytes())?;
        Some(at..at + needle.len())
    }
}

fn is_random(line: &str, value: &Range<usize>, limit: f64, is_random: fn(&[u8], f64) -> bool) -> bool {
    line.as_bytes().get(value.clone()).is_some_and(|value| is_random(value, limit))
}

/// What detect-secrets keeps of a value, and of a word list.
pub fn sha1(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

#[cfg(test)]
mod tests;
