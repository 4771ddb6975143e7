//! What differs between two versions of the baseline: entries, labels, counts, settings.
//! Promises the same order every time and shows hashes only. Scans nothing: the caller makes the other side.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::companion::{Accepted, Companion};
use super::detect_secrets::{Setting, Settings};
use super::item::{Item, What, items};
use super::json::{Json, Text, write_line};
use super::update::Files;

/// The differences. Its JSON is the output of `baseline diff --format json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    pub added: Vec<Row>,
    pub removed: Vec<Row>,
    pub relabelled: Vec<Relabelled>,
    pub recounted: Vec<Recounted>,
    pub settings: Vec<SettingChange>,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub path: String,
    /// The rule's id or the type of detect-secrets.
    pub rule: String,
    pub hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Relabelled {
    #[serde(flatten)]
    pub entry: Row,
    pub was: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recounted {
    #[serde(flatten)]
    pub entry: Row,
    /// Accepted occurrences before and after; `None`: not recorded.
    pub was: Option<u32>,
    pub is: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingChange {
    /// Class of a plugin or path of a filter.
    pub name: String,
    /// The parameters as JSON; `None`: not there.
    pub was: Option<String>,
    pub is: Option<String>,
}

impl Diff {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares two versions.
pub fn compare(old: &Files, new: &Files) -> Diff {
    let (before, after) = (index(old), index(new));
    let mut diff = Diff::default();
    for (key, item) in &before {
        if !after.contains_key(key) {
            diff.removed.push(row(item));
        }
    }
    for (key, item) in &after {
        let Some(known) = before.get(key) else {
            diff.added.push(row(item));
            continue;
        };
        if known.note.label != item.note.label {
            diff.relabelled.push(Relabelled { entry: row(item), was: row(known).label });
        }
        let (was, is) = (count(old.companion.as_ref(), known), count(new.companion.as_ref(), item));
        if was != is {
            diff.recounted.push(Recounted { entry: row(item), was, is });
        }
    }
    let settings = |files: &Files| files.baseline.as_ref().map(|baseline| setting_texts(&baseline.settings)).unwrap_or_default();
    let (before, after) = (settings(old), settings(new));
    let names = before.keys().chain(after.keys()).collect::<std::collections::BTreeSet<_>>();
    let change =
        |name: &Text| SettingChange { name: name.to_string(), was: before.get(name).cloned(), is: after.get(name).cloned() };
    diff.settings = names.into_iter().map(change).filter(|change| change.was != change.is).collect();
    diff
}

/// The lines that differ between two texts, as `diff -u` shows them.
pub fn unified(name: &str, old: &str, new: &str) -> String {
    similar::TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(3)
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}

fn index(files: &Files) -> BTreeMap<(Text, What), Item> {
    let items = items(files.baseline.as_ref(), files.companion.as_ref());
    items.into_iter().map(|item| ((item.path.clone(), item.what.clone()), item)).collect()
}

fn count(companion: Option<&Companion>, item: &Item) -> Option<u32> {
    match &item.what {
        What::Identity(identity) => companion?.extension(&item.path, identity)?.n,
        What::Value { rule, hash } => {
            let is_it = |subject: &Accepted| matches!(subject, Accepted::Value { rule: r, hash: h } if r == rule && h == hash);
            companion?.secrets().find(|line| line.path == item.path && is_it(&line.subject)).map(super::companion::Line::count)
        }
    }
}

fn row(item: &Item) -> Row {
    Row {
        path: item.path.to_string(),
        rule: item.what.name(),
        hash: item.what.hash(),
        line: (item.line > 0).then_some(item.line),
        label: item.note.label.map(super::companion::Label::as_str),
    }
}

fn setting_texts(settings: &Settings) -> BTreeMap<Text, String> {
    let one = |setting: &Setting| (setting.name.clone(), write_line(&Json::object(setting.rest.clone())));
    settings.plugins.iter().chain(&settings.filters).map(one).collect()
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))?;
        write!(f, ": {} {}", self.rule, self.hash)
    }
}

/// One line for each difference, and nothing if there is none.
impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = |label: Option<&'static str>| label.unwrap_or("unlabelled");
        let number = |n: Option<u32>| n.map_or_else(|| "unknown".to_owned(), |n| n.to_string());
        let parameters = |text: &Option<String>| text.clone().unwrap_or_else(|| "absent".to_owned());
        self.added.iter().try_for_each(|row| writeln!(f, "added      {row}"))?;
        self.removed.iter().try_for_each(|row| writeln!(f, "removed    {row} ({})", label(row.label)))?;
        for Relabelled { entry, was } in &self.relabelled {
            writeln!(f, "relabelled {entry}: {} to {}", label(*was), label(entry.label))?;
        }
        for Recounted { entry, was, is } in &self.recounted {
            writeln!(f, "recounted  {entry}: {} to {}", number(*was), number(*is))?;
        }
        for SettingChange { name, was, is } in &self.settings {
            writeln!(f, "setting    {name}: {} to {}", parameters(was), parameters(is))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{baseline, companion};
    use super::*;

    const KEYWORD: &str = "Secret Keyword";

    fn files(entries: &[(&str, &'static str, [u8; 20])]) -> Files {
        Files { baseline: Some(baseline(entries)), companion: Some(companion()) }
    }

    #[test]
    fn every_kind_of_change_has_its_line() {
        let old = files(&[("a.py", KEYWORD, [1; 20]), ("b.py", KEYWORD, [2; 20])]);
        let mut new = files(&[("a.py", KEYWORD, [1; 20]), ("c.py", KEYWORD, [3; 20])]);
        let file = new.baseline.as_mut().unwrap();
        file.results.get_mut(&"a.py".into()).unwrap()[0].is_secret = Some(true);
        file.settings.plugins.retain(|plugin| plugin.name != *"AWSKeyDetector");
        let identity = super::super::detect_secrets::Identity::new(KEYWORD, &[1; 20]);
        new.companion.as_mut().unwrap().extension_mut(&"a.py".into(), &identity).n = Some(2);
        let text = compare(&old, &new).to_string();
        let hash = |byte: &str| byte.repeat(20);
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            [
                format!("added      c.py:1: Secret Keyword {}", hash("03")),
                format!("removed    b.py:1: Secret Keyword {} (unlabelled)", hash("02")),
                format!("relabelled a.py:1: Secret Keyword {}: unlabelled to real", hash("01")),
                format!("recounted  a.py:1: Secret Keyword {}: unknown to 2", hash("01")),
                "setting    AWSKeyDetector: {} to absent".to_owned(),
            ]
        );
        assert!(compare(&old, &old).is_empty());
        let json = serde_json::to_value(compare(&old, &new)).unwrap();
        assert_eq!(json["relabelled"][0]["label"], "real");
        assert_eq!(json["relabelled"][0]["path"], "a.py");
    }

    #[test]
    fn a_moved_line_is_no_difference_but_shows_in_the_text() {
        let old = files(&[("a.py", KEYWORD, [1; 20])]);
        let mut new = old.clone();
        new.baseline.as_mut().unwrap().entries_mut().for_each(|(_, entry)| entry.line = 77);
        assert!(compare(&old, &new).is_empty());
        let text = |files: &Files| files.baseline.as_ref().unwrap().write();
        let shown = unified(".secrets.baseline", &text(&old), &text(&new));
        assert!(shown.contains("-        \"line_number\": 1") && shown.contains("+        \"line_number\": 77"), "{shown}");
    }
}
