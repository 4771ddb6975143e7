//! The report of `fix` for people: one diff, then what becomes of each finding, then what to do.
//! Promises to say of every value where else it is and that it has to be rotated.
//! Has no colours.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::masked::before_and_after;
use super::{File, Item, Run, Seen};
use crate::hook::Verdict;
use crate::report::{Shown, tool};
use crate::settle::Exit;
use crate::settle::baseline::diff::unified;

pub(super) fn write(run: &Run<'_>, shown: &Shown<'_>, out: &mut impl Write) -> io::Result<()> {
    let has_diff = write_diff(run, shown, out)?;
    if has_diff {
        writeln!(out, "note: values are `…` here: the diff is for reading, not for `patch`")?;
    }
    for file in &run.files {
        for item in &file.items {
            write_item(file, item, shown, out)?;
        }
        if let Some(fault) = &file.fault {
            writeln!(out, "error: {}: {}", shown.path(file.source.path), shown.text(file.source.path, fault))?;
        }
    }
    for unread in &run.outcome.unread {
        writeln!(out, "error: {}: {}", shown.path(&unread.path), shown.text(&unread.path, &unread.gap.reason))?;
        writeln!(out, "  = help: {}", crate::report::remedy(unread))?;
    }
    if let Some(example) = &run.example
        && let Some(fault) = &example.fault
    {
        writeln!(out, "error: {}: {fault}; it lacks {}", example.name, example.added.join(", "))?;
    }
    write_advice(run, shown, out)?;
    for note in shown.remarks() {
        writeln!(out, "note: {note}")?;
    }
    write_summary(run, out)
}

/// Says whether there was a difference.
fn write_diff(run: &Run<'_>, shown: &Shown<'_>, out: &mut impl Write) -> io::Result<bool> {
    let mut has_diff = false;
    for file in run.files.iter().filter(|file| !file.fix.is_empty() && file.fault.is_none()) {
        let (before, after) = before_and_after(file, run.outcome);
        out.write_all(unified(&shown.path(file.source.path), &before, &after).as_bytes())?;
        has_diff = true;
    }
    if let Some(example) = run.example.as_ref().filter(|example| example.fault.is_none() && !example.added.is_empty()) {
        // Its other lines are nobody's business here: they may hold anything.
        let (old, count) =
            (if example.lines == 0 { "/dev/null".to_owned() } else { format!("a/{}", example.name) }, example.added.len());
        writeln!(out, "--- {old}\n+++ b/{}\n@@ -{},0 +{},{count} @@", example.name, example.lines, example.lines + 1)?;
        example.added.iter().try_for_each(|name| writeln!(out, "+{name}="))?;
    }
    Ok(has_diff)
}

fn write_item(file: &File<'_>, item: &Item<'_>, shown: &Shown<'_>, out: &mut impl Write) -> io::Result<()> {
    let finding = item.finding;
    let (path, id) = (shown.path(&finding.path), finding.rule.id);
    write!(out, "{path}:{}:{}: {id} ", finding.span.line, finding.span.column)?;
    match &item.verdict {
        Verdict::Fixed { variable } if file.fault.is_none() => writeln!(out, "becomes `{variable}`"),
        Verdict::Fixed { .. } => writeln!(out, "stays: the file could not be written"),
        Verdict::Left { reason } => writeln!(out, "stays: {reason}"),
    }
}

/// Where the values are besides, and what that asks for.
fn write_advice(run: &Run<'_>, shown: &Shown<'_>, out: &mut impl Write) -> io::Result<()> {
    let items = || run.files.iter().flat_map(|file| &file.items);
    let files = |seen: Seen| {
        let paths: BTreeSet<String> =
            items().filter(|item| item.seen == seen).map(|item| shown.path(&item.finding.path)).collect();
        (!paths.is_empty()).then(|| paths.into_iter().collect::<Vec<_>>().join(", "))
    };
    if let Some(files) = files(Seen::Committed) {
        writeln!(out, "note: in HEAD, and so in the history whatever becomes of the file: values of {files}; rotate them")?;
    }
    if let Some(files) = files(Seen::Staged) {
        let ways = "`git add` the mended file or `git restore --staged` it";
        writeln!(out, "note: staged, not in HEAD: values of {files}; {ways}, and rotate what anybody else could read")?;
    }
    if let Some(files) = files(Seen::OnDisk) {
        writeln!(out, "note: not in HEAD: values of {files}; rotate what anybody else could read")?;
    }
    let rules: BTreeSet<&str> = items().map(|item| item.finding.rule.id).collect();
    rules.iter().try_for_each(|id| writeln!(out, "note: where to rotate: `{} explain {id}`", tool(run.hook)))
}

fn write_summary(run: &Run<'_>, out: &mut impl Write) -> io::Result<()> {
    let (open, fixed) = (run.open(), run.fixed());
    if open == 0 {
        return if run.exit() == Exit::Clean { writeln!(out, "nothing to mend") } else { Ok(()) };
    }
    let findings = if open == 1 { "finding" } else { "findings" };
    let count = format!("{fixed} of {open} {findings}");
    let variables: BTreeSet<&str> = run.files.iter().filter(|file| file.fault.is_none()).flat_map(variables).collect();
    let variables: Vec<String> = variables.into_iter().map(|name| format!("`{name}`")).collect();
    match (run.is_applied, fixed) {
        (_, 0) => writeln!(out, "{count} can be mended"),
        (false, _) => writeln!(out, "{count} can be mended; `{} fix --apply` does it", tool(run.hook)),
        (true, _) => writeln!(out, "{count} mended; set {}, try the program, and `git add` what changed", variables.join(", ")),
    }
}

fn variables<'a>(file: &'a File<'_>) -> impl Iterator<Item = &'a str> {
    file.items.iter().filter_map(|item| match &item.verdict {
        Verdict::Fixed { variable } => Some(variable.as_str()),
        Verdict::Left { .. } => None,
    })
}
