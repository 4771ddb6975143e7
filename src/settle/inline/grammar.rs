//! How the dialects write an allow comment.
//! Promises to look at a bounded piece of the line around a marker, so that a file full of markers costs linear time.
//! Does not know which rules there are, nor whether a comment is needed.

use std::ops::Range;

use crate::config::{Date, Dialect, nearest};
use crate::source::{Source, escape, quote};

/// Bytes of a line before and after a marker that are looked at.
const WINDOW: usize = 4096;
/// Rules that one comment may name.
const NAMES: usize = 32;
/// Characters of a reason that are kept.
const REASON: usize = 300;

/// Comment openers that count anywhere, and those that are too common in code to count but at the beginning of a line. The marker
/// may stand behind other words of the comment.
const OPENERS: [&str; 6] = ["<!--", "/*", "//", "--", "#", ";"];
const OPENERS_OF_LINES: [&str; 6] = ["%", "*", "'", "\"\"\"", "REM ", "rem "];
/// Openers that count after a blank if the marker stands directly behind them.
const OPENERS_DIRECT: [&str; 4] = ["\"\"\"", "'''", "%", "'"];
/// What ends a comment before the line ends.
const CLOSERS: [&str; 7] = ["*/", "-->", "\"\"\"", "'''", "#}", "%>", "\\n\""];

/// A marker and its surroundings.
pub(super) struct Place<'s> {
    pub(super) at: usize,
    pub(super) line: u32,
    /// The line up to the marker and behind it, at most [`WINDOW`] bytes each.
    before: &'s [u8],
    after: &'s [u8],
    /// Whether `before` begins where the line does, and `after` ends where it ends.
    is_from_start: bool,
    is_to_end: bool,
    is_yaml: bool,
}

/// What an allow comment says.
#[derive(Debug, Default)]
pub(super) struct Directive {
    /// The rules it names; only ours does.
    pub(super) names: Vec<String>,
    pub(super) is_file: bool,
    /// `allowlist nextline secret`.
    pub(super) is_next_line: bool,
    /// Ours, with nothing else on its line.
    pub(super) is_alone: bool,
    pub(super) until: Option<Date>,
    pub(super) reason: Option<String>,
    /// Why it cannot be understood.
    pub(super) fault: Option<String>,
}

impl<'s> Place<'s> {
    pub(super) fn new(source: &'s Source<'_>, marker: Range<usize>) -> Self {
        let line = source.line_of(marker.start);
        let whole = source.line_range(line);
        let from = whole.start.max(marker.start.saturating_sub(WINDOW));
        let to = whole.end.min(marker.end.saturating_add(WINDOW)).max(marker.end);
        Self {
            at: marker.start,
            line,
            before: source.text.get(from..marker.start).unwrap_or_default(),
            after: source.text.get(marker.end..to).unwrap_or_default(),
            is_from_start: from == whole.start,
            is_to_end: to >= whole.end,
            is_yaml: source.path.extension() == Some(b"yaml"),
        }
    }

    /// What the comment says; `None` if there is none in this dialect.
    pub(super) fn read(&self, dialect: Dialect) -> Option<Directive> {
        match dialect {
            Dialect::Gatewright => self.read_ours(),
            Dialect::DetectSecrets => self.read_detect_secrets(),
            Dialect::Nosec => self.read_nosec(),
            Dialect::Noqa => self.read_noqa(),
            Dialect::Gitleaks | Dialect::Betterleaks | Dialect::Kingfisher | Dialect::Trufflehog | Dialect::Ggshield => {
                (self.is_word() && self.is_in_comment()).then(Directive::default)
            }
        }
    }

    /// Whether the marker is a word of its own: `.ggignore` is a file, `ggignore-start` something else.
    fn is_word(&self) -> bool {
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b'@');
        let is_closed = self.after.starts_with(b"-->");
        // A full stop ends a sentence as well as it begins an extension.
        let ends = match self.after {
            [b'.', next, ..] => !next.is_ascii_alphanumeric(),
            [b'.'] | [] => true,
            [next, ..] => is_closed || !is_part(next),
        };
        ends && !self.before.last().is_some_and(|b| is_part(b) && !self.before.ends_with(b"--") && !self.before.ends_with(b"//"))
    }

    /// Whether the marker stands in a comment.
    fn is_in_comment(&self) -> bool {
        let trimmed = self.before.trim_ascii_end();
        let direct = |opener: &str| trimmed.strip_suffix(opener.as_bytes());
        // A quote right behind a word closes a string.
        let is_after_blank = |head: &[u8]| head.last().map_or(self.is_from_start, u8::is_ascii_whitespace);
        if OPENERS.iter().any(|opener| direct(opener).is_some())
            || OPENERS_DIRECT.iter().any(|opener| direct(opener).is_some_and(is_after_blank))
        {
            return true;
        }
        let line = self.before.trim_ascii_start();
        if self.is_from_start && OPENERS_OF_LINES.iter().any(|opener| line.starts_with(opener.as_bytes())) {
            return true;
        }
        let is_start = |at: usize| match at.checked_sub(1).and_then(|previous| self.before.get(previous)) {
            Some(previous) => previous.is_ascii_whitespace(),
            None => self.is_from_start,
        };
        OPENERS.iter().any(|opener| memchr::memmem::find_iter(self.before, opener.as_bytes()).any(is_start))
    }

    /// `gatewright: ignore[id, other] until=2027-01-31 -- reason`, and `ignore-file[…]`.
    fn read_ours(&self) -> Option<Directive> {
        if !self.is_in_comment() {
            return None;
        }
        let after = String::from_utf8_lossy(self.after);
        let (comment, behind) = split_closer(&after);
        let rest = comment.trim_start();
        let (word, rest) =
            rest.split_at(rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c)).unwrap_or(rest.len()));
        let is_alone = self.is_from_start && self.is_to_end && is_decoration(self.before) && behind.trim().is_empty();
        let mut directive = Directive { is_file: word == "ignore-file", is_alone, ..Directive::default() };
        if !matches!(word, "ignore" | "ignore-file") {
            // Prose about gatewright is no directive; a slip of the pen is.
            let near = nearest(word, ["ignore", "ignore-file"]);
            if word.is_empty() || (near.is_none() && !rest.trim_start().starts_with('[')) {
                return None;
            }
            let meant = near.unwrap_or("ignore");
            directive.fault = Some(format!(
                "{} is not understood; did you mean `gatewright: {meant}[…]`?",
                quote(&format!("gatewright: {word}"))
            ));
            return Some(directive);
        }
        if let Err(fault) = read_details(word, rest, &mut directive) {
            directive.fault = Some(fault);
        }
        Some(directive)
    }

    /// detect-secrets 1.5.0: a blank, the opener, spaces, `pragma:`, at most one space, `allowlist secret`, anything, the closer, the
    /// line's end. The form for the next line needs no blank, but has nothing before it. `secret::compat::pragma` reads it once
    /// more: there on a line of text, in the styles of the file's ending, with a yes or no for an answer; here on bytes, with a place.
    fn read_detect_secrets(&self) -> Option<Directive> {
        let rest = self.after.strip_prefix(b" ").unwrap_or(self.after);
        let gap = |rest: &'s [u8]| rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"-"));
        let (list, is_allow) = match rest.strip_prefix(b"allowlist") {
            Some(rest) => (rest, true),
            None => (rest.strip_prefix(b"whitelist")?, false),
        };
        let rest = gap(list)?;
        let (rest, is_next_line) = match rest.strip_prefix(b"nextline") {
            Some(rest) if is_allow => (gap(rest)?, true),
            _ => (rest, false),
        };
        let rest = rest.strip_prefix(b"secret")?;
        let spaces = self.before.iter().rev().take_while(|b| **b == b' ').count();
        let before = self.before.get(..self.before.len() - spaces).unwrap_or_default();
        let is_honoured = self.detect_secrets_heads(before, rest).into_iter().flatten().any(|head| {
            if is_next_line {
                self.is_from_start && head.trim_ascii().is_empty()
            } else {
                head.last().is_some_and(|b| matches!(b, b' ' | b'\t'))
            }
        });
        is_honoured.then(|| Directive { is_next_line, ..Directive::default() })
    }

    /// The line before the opener, for each pair of opener and closer of detect-secrets that fits. In `.yaml` files only `#` is one.
    fn detect_secrets_heads(&self, before: &'s [u8], rest: &[u8]) -> [Option<&'s [u8]>; 4] {
        let hash = before.strip_suffix(b"#");
        if self.is_yaml {
            return [hash, None, None, None];
        }
        let ends_with = |closer: &[u8]| self.is_to_end && rest.trim_ascii_end().ends_with(closer);
        let line = [&b"//"[..], b"--", b"'"].iter().find_map(|opener| before.strip_suffix(*opener));
        let block = before.strip_suffix(b"/*").filter(|_| ends_with(b"*/"));
        let is_spare = |b: &u8| matches!(b, b'#' | b' ' | b'\t');
        let spare = before.iter().rev().take_while(|b| is_spare(b)).count();
        let markup =
            before.get(..before.len() - spare).and_then(|before| before.strip_suffix(b"<!--")).filter(|_| ends_with(b"-->"));
        [hash, line, block, markup]
    }

    /// `# nosec`, alone or with tests of which one is about hard-coded passwords.
    fn read_nosec(&self) -> Option<Directive> {
        if !self.before.trim_ascii_end().ends_with(b"#") || !self.is_word() {
            return None;
        }
        let tests = String::from_utf8_lossy(self.after).to_ascii_lowercase();
        let tests: Vec<&str> = words(tests.split('#').next().unwrap_or_default())
            .filter(|word| word.contains('_') || word.strip_prefix('b').is_some_and(is_number))
            .collect();
        let is_ours = |test: &&str| matches!(*test, "b105" | "b106" | "b107") || test.starts_with("hardcoded_password");
        (tests.is_empty() || tests.iter().any(is_ours)).then(Directive::default)
    }

    /// `# noqa:` with one of the codes for hard-coded passwords; without codes it is about style.
    fn read_noqa(&self) -> Option<Directive> {
        if !self.before.trim_ascii_end().ends_with(b"#") {
            return None;
        }
        let codes = String::from_utf8_lossy(self.after.trim_ascii_start().strip_prefix(b":")?).to_ascii_uppercase();
        words(&codes)
            .take_while(|word| word.ends_with(|c: char| c.is_ascii_digit()))
            .any(|code| matches!(code, "S105" | "S106" | "S107"))
            .then(Directive::default)
    }
}

/// What follows the word: ids, date, reason. The error says how it is written.
fn read_details(word: &str, rest: &str, directive: &mut Directive) -> Result<(), String> {
    let rest = rest.trim_start().strip_prefix('[').unwrap_or_default();
    let Some((names, rest)) = rest.split_once(']') else {
        return Err(format!(
            "`gatewright: {word}` needs the ids of the rules it forgives: `gatewright: {word}[rule-id] -- reason`"
        ));
    };
    directive.names = names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    if directive.names.is_empty() {
        return Err(format!(
            "`gatewright: {word}[]` names no rule, so it forgives nothing: `gatewright: {word}[rule-id] -- reason`"
        ));
    }
    if directive.names.len() > NAMES {
        return Err(format!("`gatewright: {word}[…]` names more than {NAMES} rules; use `per-path` in the configuration"));
    }
    let mut rest = rest.trim();
    if let Some(date) = rest.strip_prefix("until=") {
        let (date, behind) = date.split_at(date.find(char::is_whitespace).unwrap_or(date.len()));
        directive.until = Some(date.parse()?);
        rest = behind.trim_start();
    }
    if let Some(reason) = rest.strip_prefix("--") {
        if reason.contains("until=") {
            return Err(format!("`until=` stands before the reason: `gatewright: {word}[rule-id] until=2027-01-31 -- reason`"));
        }
        let reason: String = reason.trim().chars().take(REASON).collect();
        directive.reason = (!reason.is_empty()).then(|| escape(reason.as_bytes()).into_owned());
    } else if !rest.is_empty() && !OPENERS.iter().any(|opener| rest.starts_with(opener)) {
        return Err(format!("what follows `gatewright: {word}[…]` is not understood; write a reason as ` -- reason`"));
    }
    Ok(())
}

/// The text up to the end of the comment, and what stands behind it.
fn split_closer(text: &str) -> (&str, &str) {
    let found = CLOSERS.iter().filter_map(|closer| Some((text.find(closer)?, closer.len()))).min();
    let Some((at, length)) = found else { return (text, "") };
    (text.get(..at).unwrap_or_default(), text.get(at + length..).unwrap_or_default())
}

/// Whether only blanks and comment signs stand there, as in `## gatewright: …`.
fn is_decoration(before: &[u8]) -> bool {
    let before = before.trim_ascii();
    // Quotes with something behind them close a text; those that open one stand directly before the marker.
    if (before.starts_with(b"\"\"\"") || before.starts_with(b"'''")) && before.len() > 3 {
        return false;
    }
    before.eq_ignore_ascii_case(b"rem") || before.iter().all(|b| b.is_ascii_whitespace() || b"#/*-;%!<'\"{".contains(b))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}
