//! Counts over the baseline: by rule, label, owner and date.
//! Promises numbers that agree with detect-secrets' where it counts the same thing. Judges nothing.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::detect_secrets::Baseline;
use super::item::items;
use super::json::{Json, Member, Text};
use super::update::Files;

/// The counts; its JSON is the output of `baseline stats --json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    pub total: usize,
    pub files: usize,
    pub by_rule: BTreeMap<String, usize>,
    /// `unlabelled` among them.
    pub by_label: BTreeMap<String, usize>,
    /// `nobody` among them.
    pub by_owner: BTreeMap<String, usize>,
    pub by_until: Until,
}

/// Entries by the time they have left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Until {
    pub expired: usize,
    /// Ends in the present calendar year.
    pub this_year: usize,
    pub later: usize,
    pub unlimited: usize,
}

/// Counts the entries of both files. `today` is `YYYY-MM-DD`.
pub fn stats(files: &Files, today: &str) -> Stats {
    let items = items(files.baseline.as_ref(), files.companion.as_ref());
    let mut stats = Stats { total: items.len(), ..Stats::default() };
    let year = today.get(..4).unwrap_or(today);
    let mut last_path: Option<Text> = None;
    for item in items {
        stats.files += usize::from(last_path.as_ref() != Some(&item.path));
        *stats.by_rule.entry(item.what.name()).or_default() += 1;
        *stats.by_label.entry(item.note.label.map_or("unlabelled", super::companion::Label::as_str).to_owned()).or_default() += 1;
        *stats.by_owner.entry(item.note.owner.clone().unwrap_or_else(|| "nobody".to_owned())).or_default() += 1;
        *match &item.note.until {
            Some(until) if until.as_str() < today => &mut stats.by_until.expired,
            Some(until) if until.starts_with(year) => &mut stats.by_until.this_year,
            Some(_) => &mut stats.by_until.later,
            None => &mut stats.by_until.unlimited,
        } += 1;
        last_path = Some(item.path);
    }
    stats
}

/// The object that `detect-secrets audit --stats --json` prints, by plugin class in the order of first appearance. Types without a
/// plugin (there it stops with an error) stand under their own name.
pub fn detect_secrets_stats(baseline: &Baseline) -> Json {
    let mut plugins: Vec<(Text, [u32; 3])> = Vec::new();
    for (_, entry) in baseline.entries() {
        let name = entry.plugin().map_or_else(|| entry.kind.clone(), |plugin| plugin.class.into());
        if plugins.iter().all(|(known, _)| *known != name) {
            plugins.push((name.clone(), [0; 3]));
        }
        let column = match entry.is_secret {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        };
        if let Some(count) = plugins.iter_mut().find(|(known, _)| *known == name).and_then(|(_, counts)| counts.get_mut(column)) {
            *count += 1;
        }
    }
    let one =
        |(key, counts): (Text, [u32; 3])| Member { key, value: Json::object(vec![Member::new("stats", plugin_stats(counts))]) };
    Json::object(plugins.into_iter().map(one).collect())
}

fn plugin_stats([real, false_positive, unknown]: [u32; 3]) -> Json {
    let share = |others: u32| (f64::from(real) / f64::from((real + others).max(1)) * 10_000.0).round_ties_even() / 10_000.0;
    let precision = if real == 0 || false_positive == 0 { 0.0 } else { share(false_positive) };
    Json::object(vec![
        Member::new(
            "raw",
            Json::object(vec![
                Member::new("true-positives", real),
                Member::new("false-positives", false_positive),
                Member::new("unknown", unknown),
            ]),
        ),
        Member::new("score", Json::object(vec![Member::new("precision", precision), Member::new("recall", share(unknown))])),
    ])
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |n: usize, one: &'static str, many: &'static str| if n == 1 { one } else { many };
        let (entries, files) = (plural(self.total, "entry", "entries"), plural(self.files, "file", "files"));
        writeln!(f, "{} {entries} in {} {files}", self.total, self.files)?;
        for (title, counts) in [("rule", &self.by_rule), ("label", &self.by_label), ("owner", &self.by_owner)] {
            for (name, count) in counts {
                writeln!(f, "{title:<6} {count:>6}  {}", crate::source::escape(name.as_bytes()))?;
            }
        }
        let Until { expired, this_year, later, unlimited } = self.by_until;
        for (name, count) in [("expired", expired), ("this year", this_year), ("later", later), ("unlimited", unlimited)] {
            writeln!(f, "until  {count:>6}  {name}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::write_python;
    use super::super::samples::{baseline, companion};
    use super::*;

    #[test]
    fn entries_are_counted_by_rule_label_owner_and_date() {
        let mut baseline = baseline(&[
            ("a.py", "Secret Keyword", [1; 20]),
            ("a.py", "AWS Access Key", [2; 20]),
            ("b.py", "Secret Keyword", [3; 20]),
        ]);
        let mut companion = companion();
        for (days, (path, entry)) in ["2026-05-31", "2026-12-31", "2027-01-01"].iter().zip(baseline.entries_mut()) {
            entry.is_secret = (*days != "2027-01-01").then_some(true);
            let note = &mut companion.extension_mut(path, &entry.identity()).note;
            note.until = Some((*days).to_owned());
            note.owner = (*days == "2026-05-31").then(|| "@web".to_owned());
        }
        let stats = stats(&Files { baseline: Some(baseline), companion: Some(companion) }, "2026-06-01");
        assert_eq!((stats.total, stats.files), (3, 2));
        assert_eq!((stats.by_rule["Secret Keyword"], stats.by_label["real"], stats.by_label["unlabelled"]), (2, 2, 1));
        assert_eq!((stats.by_owner["@web"], stats.by_owner["nobody"]), (1, 2));
        assert_eq!(stats.by_until, Until { expired: 1, this_year: 1, later: 1, unlimited: 0 });
        assert!(stats.to_string().starts_with("3 entries in 2 files\nrule        1  AWS Access Key\n"), "{stats}");
    }

    #[test]
    fn the_shape_of_detect_secrets() {
        let mut baseline =
            baseline(&[("a", "Secret Keyword", [1; 20]), ("b", "Secret Keyword", [1; 20]), ("c", "Secret Keyword", [1; 20])]);
        for (label, (_, entry)) in [Some(true), Some(false), None].into_iter().zip(baseline.entries_mut()) {
            entry.is_secret = label;
        }
        let text = write_python(&detect_secrets_stats(&baseline)).split_whitespace().collect::<String>();
        assert_eq!(
            text,
            r#"{"KeywordDetector":{"stats":{"raw":{"true-positives":1,"false-positives":1,"unknown":1},"score":{"precision":0.5,"recall":0.5}}}}"#
        );
    }
}
