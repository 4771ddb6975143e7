//! The report for people: a greppable first line for each finding, the source line, why, and the ways out.
//! Promises an order by path in which the output of several processes over parts of a sorted file list is that of one process.
//! Has no colours of its own mind: they are asked for in [`Style`].

use std::collections::BTreeMap;
use std::io::{self, Write};

use owo_colors::OwoColorize;
use unicode_width::UnicodeWidthStr;

use super::{Run, Shown, Style, manual_url, remedy, ways_out};
use crate::finding::Subject;
use crate::rule::{Rule, Severity};
use crate::settle::{ENDED, Exit, Outcome, Settled, Skipped, Standing, Unread, Unused};
use crate::source::RepoPath;

/// Something to say about one file, in the order in which it is said.
#[derive(Clone, Copy)]
enum Item<'a> {
    Unread(&'a Unread),
    Finding(&'a Settled),
    Unused(&'a Unused),
    Skipped(&'a Skipped),
}

pub(super) fn write(run: &Run<'_>, style: &Style, shown: &Shown<'_>, out: &mut impl Write) -> io::Result<()> {
    let mut text = Text { run, style, shown, out };
    for (path, item) in items(run.outcome, style) {
        text.write_item(path, item)?;
    }
    if style.summary {
        text.write_skip_counts()?;
    }
    shown.remarks().iter().try_for_each(|note| text.write_note(note))?;
    match run.outcome.exit() {
        _ if !style.summary => Ok(()),
        // Silence would say that something was judged and is clean.
        Exit::Clean if run.outcome.files == 0 && !run.outcome.notes.iter().any(|note| note == ENDED) => {
            text.write_note(nothing_judged(run))
        }
        Exit::Clean => Ok(()),
        Exit::Findings | Exit::CouldNotTell => text.write_summary(),
    }
}

/// That no file was judged, and why, where what was asked for tells.
fn nothing_judged(run: &Run<'_>) -> &'static str {
    match run.source {
        "staged" if run.outcome.skipped.is_empty() => {
            "no file was judged: nothing to judge is staged; `--all-files` judges all that is tracked"
        }
        "history" => "no version of a file was judged",
        _ => "no file was judged",
    }
}

fn items<'a>(outcome: &'a Outcome, style: &Style) -> Vec<(&'a RepoPath, Item<'a>)> {
    let mut items: Vec<_> = outcome.unread.iter().map(|unread| (&unread.path, Item::Unread(unread))).collect();
    let told = outcome
        .settled
        .iter()
        .filter(|settled| style.tells(settled) && (style.show_forgiven || settled.standing == Standing::Open));
    items.extend(told.map(|settled| (&settled.finding.path, Item::Finding(settled))));
    items.extend(outcome.unused.iter().map(|unused| (&unused.path, Item::Unused(unused))));
    if !style.summary {
        items.extend(outcome.skipped.iter().map(|skipped| (&skipped.path, Item::Skipped(skipped))));
    }
    items.sort_by_key(|&(path, _)| path);
    items
}

struct Text<'a, W> {
    run: &'a Run<'a>,
    style: &'a Style,
    shown: &'a Shown<'a>,
    out: &'a mut W,
}

impl<W: Write> Text<'_, W> {
    fn write_item(&mut self, path: &RepoPath, item: Item<'_>) -> io::Result<()> {
        let bold = owo_colors::Style::new().bold();
        let place = self.shown.path(path);
        match item {
            Item::Unread(unread) => {
                let label = self.paint("error:", bold.red());
                writeln!(self.out, "{label} {}: {}", self.paint(&place, bold), self.shown.text(path, &unread.gap.reason))?;
                self.write_remark(1, "help", &remedy(unread))
            }
            Item::Finding(settled) => self.write_finding(settled),
            Item::Unused(unused) => {
                let place = self.paint(&format!("{place}:{}:", unused.line), bold);
                let label = self.paint("warning:", bold.yellow());
                writeln!(self.out, "{place} {label} {}", self.shown.text(path, &unused.message))
            }
            Item::Skipped(skipped) => writeln!(self.out, "skipped: {place}: {}", self.shown.text(path, &skipped.reason)),
        }
    }

    fn write_finding(&mut self, settled: &Settled) -> io::Result<()> {
        let finding = &settled.finding;
        let bold = owo_colors::Style::new().bold();
        let place = format!("{}:{}:{}:", self.shown.path(&finding.path), finding.span.line, finding.span.column);
        let (place, rule) = (self.paint(&place, bold), self.rule(finding.rule, finding.severity));
        writeln!(self.out, "{place} {rule} {}", self.paint(&self.shown.message(finding), bold))?;
        if let Some(verdict) = self.shown.verdict(settled) {
            let is_dismissed = matches!(settled.standing, Standing::Dismissed { .. });
            if is_dismissed && matches!(finding.subject, Subject::Secret(_)) {
                self.write_remark(1, "value", &self.shown.detail(finding))?;
            }
            self.write_remark(1, if is_dismissed { "dismissed" } else { "forgiven" }, &verdict)?;
            return if self.style.explains { self.write_evidence(settled, 1) } else { Ok(()) };
        }
        let gutter = finding.snippet.lines.last().map_or(1, |(line, _)| line.to_string().len());
        if finding.snippet.lines.is_empty() {
            let label = if matches!(finding.subject, Subject::Secret(_)) { "value" } else { "name" };
            self.write_remark(gutter, label, &self.shown.detail(finding))?;
        }
        self.write_snippet(settled, gutter)?;
        self.write_evidence(settled, gutter)?;
        if self.style.explains {
            return Ok(());
        }
        for way in ways_out(self.run, settled) {
            self.write_remark(gutter, "help", &way)?;
        }
        Ok(())
    }

    fn write_evidence(&mut self, settled: &Settled, gutter: usize) -> io::Result<()> {
        let finding = &settled.finding;
        if self.style.explains && !matches!(settled.standing, Standing::Dismissed { .. }) {
            self.write_remark(gutter, "confidence", finding.confidence.as_str())?;
        }
        let notes = self.shown.notes(finding);
        if notes.is_empty() { Ok(()) } else { self.write_remark(gutter, "note", &notes.join("; ")) }
    }

    fn write_snippet(&mut self, settled: &Settled, gutter: usize) -> io::Result<()> {
        let finding = &settled.finding;
        let blue = owo_colors::Style::new().blue().bold();
        let room = self.style.width.saturating_sub(gutter + 3);
        for (index, (line, text)) in finding.snippet.lines.iter().enumerate() {
            let mark = if index == 0 { finding.snippet.mark.clone() } else { 0..1 };
            let (text, mark) = fit(text, &mark, room);
            let bar = self.paint(&format!("{line:gutter$} |"), blue);
            writeln!(self.out, "{bar} {text}")?;
            if index == 0 {
                let before: String = text.chars().take(mark.start).collect();
                let marked: String = text.chars().skip(mark.start).take(mark.len()).collect();
                let carets = format!("{} {}", "^".repeat(marked.width().max(1)), self.shown.detail(finding));
                let (bar, carets) = (self.paint(&format!("{:gutter$} |", ""), blue), self.paint(&carets, tone(finding.severity)));
                writeln!(self.out, "{bar} {}{carets}", " ".repeat(before.width()))?;
            }
        }
        Ok(())
    }

    fn write_remark(&mut self, gutter: usize, label: &str, text: &str) -> io::Result<()> {
        let equals = self.paint(&format!("{:gutter$} =", ""), owo_colors::Style::new().blue().bold());
        writeln!(self.out, "{equals} {}: {text}", self.paint(label, owo_colors::Style::new().bold()))
    }

    fn write_note(&mut self, note: &str) -> io::Result<()> {
        let label = self.paint("note:", owo_colors::Style::new().bold());
        writeln!(self.out, "{label} {note}")
    }

    fn write_skip_counts(&mut self) -> io::Result<()> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for Skipped { path, reason } in &self.run.outcome.skipped {
            *counts.entry(self.shown.text(path, reason)).or_default() += 1;
        }
        counts.into_iter().try_for_each(|(reason, count)| writeln!(self.out, "skipped {count}: {reason}"))
    }

    fn write_summary(&mut self) -> io::Result<()> {
        let outcome = self.run.outcome;
        let open = outcome.open().count();
        let mut parts = vec![format!("{open} finding{}", if open == 1 { "" } else { "s" })];
        let forgiven = outcome.forgiven();
        parts.extend((forgiven > 0).then(|| format!("{forgiven} forgiven")));
        parts.extend((!outcome.unread.is_empty()).then(|| format!("{} could not be judged", outcome.unread.len())));
        let files = format!("{} file{} judged", outcome.files, if outcome.files == 1 { "" } else { "s" });
        writeln!(self.out, "{}; {files}", parts.join(", "))
    }

    /// The rule's id, coloured by severity, a link to its manual where links are wanted.
    fn rule(&self, rule: &Rule, severity: Severity) -> String {
        let id = self.paint(rule.id, tone(severity));
        match manual_url(rule, self.run.tool_version).filter(|_| self.style.hyperlinks) {
            Some(url) => format!("\x1b]8;;{url}\x1b\\{id}\x1b]8;;\x1b\\"),
            None => id,
        }
    }

    fn paint(&self, text: &str, style: owo_colors::Style) -> String {
        if self.style.colour { text.style(style).to_string() } else { text.to_owned() }
    }
}

fn tone(severity: Severity) -> owo_colors::Style {
    let style = owo_colors::Style::new().bold();
    match severity {
        Severity::Critical | Severity::High => style.red(),
        Severity::Medium => style.yellow(),
        Severity::Low => style.cyan(),
    }
}

/// Cuts a line to `room` columns around the mark, which stays whole.
fn fit(text: &str, mark: &std::ops::Range<usize>, room: usize) -> (String, std::ops::Range<usize>) {
    let chars: Vec<char> = text.chars().collect();
    let width = |part: &[char]| part.iter().collect::<String>().width();
    if width(&chars) <= room || room < 20 {
        return (text.to_owned(), mark.clone());
    }
    let (mut start, mut end) = (mark.start.min(chars.len()), mark.end.min(chars.len()));
    // Two columns stay for the signs that something was cut.
    let mut left = (room - 2).saturating_sub(chars.get(start..end).map_or(0, width));
    loop {
        let before = start.checked_sub(1).and_then(|at| chars.get(at)).map(|&c| width(&[c])).filter(|&w| w <= left);
        if let Some(width) = before {
            (start, left) = (start - 1, left - width);
        }
        let after = chars.get(end).map(|&c| width(&[c])).filter(|&w| w <= left);
        if let Some(width) = after {
            (end, left) = (end + 1, left - width);
        }
        if before.is_none() && after.is_none() {
            break;
        }
    }
    let cut_before = usize::from(start > 0);
    let mut out = "…".repeat(cut_before);
    out.extend(chars.get(start..end).unwrap_or_default());
    out.push_str(if end < chars.len() { "…" } else { "" });
    (out, mark.start - start + cut_before..mark.end - start + cut_before)
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn a_line_is_cut_around_its_mark() {
        let text = format!("{}MARK{}", "a".repeat(50), "b".repeat(50));
        let (cut, mark) = fit(&text, &(50..54), 26);
        assert_eq!(cut, "…aaaaaaaaaaMARKbbbbbbbbbb…");
        assert_eq!(cut.chars().skip(mark.start).take(mark.len()).collect::<String>(), "MARK");
        assert_eq!(fit(&text, &(50..54), 104), (text.clone(), 50..54));
        assert_eq!(fit(&text, &(0..4), 20).0, format!("{}…", "a".repeat(18)));
    }

    #[test]
    fn wide_characters_count_twice() {
        let (cut, mark) = fit(&"密".repeat(40), &(20..21), 22);
        assert_eq!((cut.chars().count(), mark), (12, 6..7));
    }
}
