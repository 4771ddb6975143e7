//! Labels as a table, JSON or CSV (RFC 4180), for people who audit in other programs.
//! Promises that a table which was exported can be imported without a change. Holds no value.

use serde::{Deserialize, Serialize};

use super::{Mark, set};
use crate::config::Date;
use crate::settle::baseline::companion::{Label, Salt};
use crate::settle::baseline::item::items;
use crate::settle::baseline::json::Invalid;
use crate::settle::baseline::update::Files;
use crate::source::escape;

/// The format of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Json,
    Csv,
}

/// One entry. `path`, `rule` and `hash` find it; empty cells of the others leave it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    path: String,
    rule: String,
    hash: String,
    #[serde(default)]
    line: u32,
    #[serde(default)]
    label: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    until: String,
}

const COLUMNS: [&str; 8] = ["path", "rule", "hash", "line", "label", "reason", "owner", "until"];

/// All entries as a table.
pub fn export(files: &Files, form: Form) -> String {
    let rows: Vec<Row> = items(files.baseline.as_ref(), files.companion.as_ref())
        .into_iter()
        .map(|item| {
            let text = |text: Option<String>| text.unwrap_or_default();
            Row {
                path: item.path.to_string(),
                rule: item.what.name(),
                hash: item.what.hash(),
                line: item.line,
                label: item.note.label.map(|label| label.as_str().to_owned()).unwrap_or_default(),
                reason: text(item.note.reason),
                owner: text(item.note.owner),
                until: text(item.note.until),
            }
        })
        .collect();
    match form {
        Form::Json => serde_json::to_string_pretty(&rows).unwrap_or_default() + "\n",
        Form::Csv => {
            let lines = rows.iter().map(|row| {
                let line = row.line.to_string();
                [&row.path, &row.rule, &row.hash, &line, &row.label, &row.reason, &row.owner, &row.until]
                    .map(|cell| quoted(cell))
                    .join(",")
            });
            std::iter::once(COLUMNS.join(",")).chain(lines).map(|line| line + "\r\n").collect()
        }
    }
}

/// Takes the labels of a table over. Returns how many entries it named and the rows that name none. `fresh` is for [`set`].
///
/// # Errors
/// A table that cannot be read, an unknown label or a wrong date. Then nothing is changed.
pub fn import(files: &mut Files, text: &str, form: Form, fresh: Salt) -> Result<(usize, Vec<String>), Invalid> {
    let rows = match form {
        Form::Json => {
            let wrong =
                |error: serde_json::Error| Invalid::new(u32::try_from(error.line()).unwrap_or(u32::MAX), "not a table of labels");
            let rows: Vec<Row> = serde_json::from_str(text).map_err(wrong)?;
            rows.into_iter().map(|row| (0, row)).collect()
        }
        Form::Csv => csv_rows(text)?,
    };
    let mut changed = files.clone();
    let items = items(files.baseline.as_ref(), files.companion.as_ref());
    let index: std::collections::BTreeMap<_, _> =
        items.iter().map(|item| ((item.path.to_string(), item.what.name(), item.what.hash()), item)).collect();
    let (mut count, mut strangers) = (0, Vec::new());
    for (line, row) in rows {
        let mark = mark(&row, line)?;
        let Some(item) = index.get(&(row.path.clone(), row.rule.clone(), row.hash.clone())) else {
            strangers.push(format!(
                "{}: {} {}",
                escape(row.path.as_bytes()),
                escape(row.rule.as_bytes()),
                escape(row.hash.as_bytes())
            ));
            continue;
        };
        set(&mut changed, item, &mark.applied_to(&item.note), fresh);
        count += 1;
    }
    *files = changed;
    Ok((count, strangers))
}

fn mark(row: &Row, line: u32) -> Result<Mark, Invalid> {
    let filled = |cell: &str| (!cell.is_empty()).then(|| cell.to_owned());
    let wrong = |message: String| Invalid::new(line, message);
    let label = filled(&row.label).map(|label| Label::parse(&label)).transpose().map_err(wrong)?;
    let until = filled(&row.until);
    if let Some(until) = &until {
        until.parse::<Date>().map_err(|error| wrong(format!("`until`: {error}")))?;
    }
    Ok(Mark { label, reason: filled(&row.reason), owner: filled(&row.owner), until })
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// The rows with their line. Columns are found by their names in the first line; unknown ones are ignored.
fn csv_rows(text: &str) -> Result<Vec<(u32, Row)>, Invalid> {
    let mut records = records(text)?.into_iter();
    let (_, names) = records.next().ok_or_else(|| Invalid::new(1, "the table is empty"))?;
    if let Some(missing) = COLUMNS.iter().take(3).find(|name| !names.iter().any(|column| column == *name)) {
        return Err(Invalid::new(1, format!("the column `{missing}` is missing")));
    }
    let row = |(line, cells): (u32, Vec<String>)| {
        let cell = |name: &str| {
            let column = names.iter().position(|column| column == name);
            column.and_then(|column| cells.get(column)).cloned().unwrap_or_default()
        };
        let row = Row {
            path: cell("path"),
            rule: cell("rule"),
            hash: cell("hash"),
            line: 0,
            label: cell("label"),
            reason: cell("reason"),
            owner: cell("owner"),
            until: cell("until"),
        };
        (line, row)
    };
    Ok(records.map(row).collect())
}

/// Splits CSV into records with the line on which each starts.
fn records(text: &str) -> Result<Vec<(u32, Vec<String>)>, Invalid> {
    let mut records = Vec::new();
    let (mut line, mut start) = (1_u32, 1_u32);
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let mut in_quotes = false;
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        line += u32::from(c == '\n');
        match c {
            '"' if in_quotes && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => in_quotes = !in_quotes,
            ',' if !in_quotes => cells.push(std::mem::take(&mut cell)),
            '\r' if !in_quotes && chars.peek() == Some(&'\n') => {}
            '\n' if !in_quotes => {
                cells.push(std::mem::take(&mut cell));
                records.push((start, std::mem::take(&mut cells)));
                start = line;
            }
            c => cell.push(c),
        }
    }
    if in_quotes {
        return Err(Invalid::new(start, "a quoted cell without end"));
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(cell);
        records.push((start, cells));
    }
    records.retain(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    Ok(records)
}
