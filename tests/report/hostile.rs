//! Reports on files that were written to harm whoever reads the report.

use gatewright::gap::Gap;
use gatewright::report::{Format, Style};
use gatewright::settle::{Forgiver, Outcome, Skipped, Standing, Unread, Unused};
use gatewright::source::{RepoPath, is_unprintable};
use proptest::prelude::*;

use crate::judged::assert_valid;
use crate::{FORMATS, Plant, judge, render};

fn hostile() -> impl Strategy<Value = String> {
    let parts = prop_oneof![
        "[ -~]{0,12}",
        "[a-z\u{0}-\u{1f}\u{7f}-\u{9f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{200b}\u{feff}\u{fffe}äß密🔑]{0,12}",
        Just("\u{1b}[2J\u{1b}]8;;http://x\u{7}".to_owned()),
        Just("]]>&lt;<![CDATA[".to_owned()),
        Just("::error::x%0A##[error]".to_owned()),
        "-{50,200}",
    ];
    proptest::collection::vec(parts, 0..4).prop_map(|parts| parts.concat())
}

fn plant() -> impl Strategy<Value = Plant> {
    let via = prop_oneof![
        3 => Just(vec![]), 1 => Just(vec!["base64"]), 1 => Just(vec!["hex"]), 1 => Just(vec!["percent"]), 1 => Just(vec!["base64", "hex"])
    ];
    let value = prop_oneof![4 => "[A-Za-z0-9_-]{12,60}", 1 => "[A-Za-z0-9_-]{60,200}", 1 => "([A-Za-z0-9+/]{12,64}\n){2,4}"];
    let by = prop_oneof![
        Just(Standing::Open),
        hostile().prop_map(|reason| Standing::Forgiven { by: Forgiver::Policy, reason: Some(reason) }),
        hostile().prop_map(|file| Standing::Forgiven { by: Forgiver::Baseline { file }, reason: None }),
    ];
    (value, 0..7_usize, via, hostile(), hostile(), by).prop_map(|(value, shown, via, before, after, standing)| Plant {
        // A byte order mark at the start would be cut off and move all places.
        before: format!(" {before} '"),
        value,
        shown,
        via,
        after: format!("' {after}"),
        message: String::new(),
        standing,
    })
}

/// Plants, all in one file; the values also stand `elsewhere` in the file, or even `everywhere`: in every other text.
fn outcome(path: &str, mut plants: Vec<Plant>, elsewhere: bool, everywhere: bool) -> Outcome {
    let all: String = plants.iter().map(|plant| format!("{} {} ", plant.value, plant.outer())).collect();
    let values: String = plants.iter().map(|plant| format!("{} ", plant.value)).collect();
    let (path, said) = if everywhere { (format!("{path}{values}"), values.clone()) } else { (path.to_owned(), String::new()) };
    for plant in &mut plants {
        if elsewhere {
            // The same values stand elsewhere on the line, where no finding is.
            plant.after.push_str(&all);
        }
        plant.message = format!("found {said}{path}");
    }
    let path = if path.is_empty() { "x".to_owned() } else { path };
    Outcome {
        settled: judge(path.as_bytes(), &plants),
        unread: vec![Unread { path: RepoPath::new(path.as_str()), gap: Gap::new(format!("bad {said}"), "mend it") }],
        skipped: vec![Skipped { path: RepoPath::new(path.as_str()), reason: format!("accepted: {path} {said}").into() }],
        unused: vec![Unused { path: RepoPath::new(path.as_str()), line: 1, message: format!("unused {said}") }],
        notes: vec![format!("differs: {path} {said}")],
        files: 1,
    }
}

/// What must not stand in a report: any 10 bytes of any value or of its encoded form.
fn parts(plants: &[Plant]) -> aho_corasick::AhoCorasick {
    let hidden = plants.iter().map(|plant| plant.value.split_at(plant.shown.min(plant.value.len())).1.to_owned());
    let encoded = plants.iter().filter(|plant| !plant.via.is_empty()).map(Plant::hidden_outer);
    let texts: Vec<String> = hidden.chain(encoded).collect();
    aho_corasick::AhoCorasick::new(texts.iter().flat_map(|text| text.lines()).flat_map(|line| line.as_bytes().windows(10)))
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_report_has_a_part_of_a_secret(path in hostile(), plants in proptest::collection::vec(plant(), 1..5), [elsewhere, everywhere]: [bool; 2]) {
        let outcome = outcome(&path, plants.clone(), elsewhere, everywhere);
        let mut texts: Vec<String> = FORMATS.iter().map(|&format| render(format, &outcome, &Style::default())).collect();
        texts.push(render(Format::Text, &outcome, &Style { show_forgiven: true, colour: true, width: 40, ..Style::default() }));
        if !everywhere {
            texts.push(format!("{outcome:?}{:#?}", outcome.settled));
        }
        let parts = parts(&plants);
        for text in &texts {
            prop_assert!(!parts.is_match(text), "{:?} in {text}", parts.find(text));
        }
    }

    #[test]
    fn no_report_has_a_character_that_acts_on_a_terminal(path in hostile(), plants in proptest::collection::vec(plant(), 1..5)) {
        let outcome = outcome(&path, plants, false, false);
        for format in FORMATS {
            let text = render(format, &outcome, &Style::default());
            prop_assert!(text.chars().all(|c| c == '\n' || !is_unprintable(c)), "{text:?}");
            let starts = |start: &str| text.lines().all(|line| line.starts_with(start));
            match format {
                Format::Json | Format::Sarif | Format::Gitlab => prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok()),
                Format::Jsonl => prop_assert!(text.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())),
                Format::Github => prop_assert!(starts("::")),
                Format::Text | Format::Junit => {}
            }
        }
    }
}

#[test]
fn hostile_reports_are_valid_too() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = (hostile(), proptest::collection::vec(plant(), 1..5));
    let outcomes: Vec<Outcome> = (0..100)
        .map(|_| {
            let (path, plants) = strategy.new_tree(&mut runner).unwrap().current();
            outcome(&path, plants, true, true)
        })
        .collect();
    assert_valid("judged-hostile", &outcomes);
}
