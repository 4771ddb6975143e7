//! Whatever stands in a file, it can be judged and reported in every format: text without control characters, and without the secret.
#![no_main]

use std::sync::LazyLock;
use std::time::SystemTime;

use gatewright::config::{Config, Date, Profile};
use gatewright::hook::Hook;
use gatewright::hook::secrets::Secrets;
use gatewright::pipeline::Judge;
use gatewright::report::{Format, Run, Style, write};
use gatewright::ruleset::Ruleset;
use gatewright::secret::compat::Settings;
use gatewright::settle::policy::Policy;
use gatewright::settle::{Outcome, Settled, Standing};
use gatewright::source::{Origin, RepoPath, Source, is_unprintable};
use libfuzzer_sys::fuzz_target;

const NAMES: &[&str] = &["a.py", "a.yml", "a.json", ".env", "Dockerfile", "a.txt", "a.ini"];
const FORMATS: [Format; 7] =
    [Format::Text, Format::Json, Format::Jsonl, Format::Sarif, Format::Github, Format::Gitlab, Format::Junit];

/// The three profiles, each with its hook.
static HOOKS: LazyLock<[(Config, Secrets); 3]> = LazyLock::new(|| {
    [Profile::Default, Profile::Compat, Profile::Strict].map(|profile| {
        let mut config = Config::default();
        config.secrets.profile = profile;
        let hook = Secrets::new(&config, Settings::default(), &[]);
        (config, hook)
    })
});

fuzz_target!(|data: &[u8]| {
    let Some((&first, text)) = data.split_first() else { return };
    let first = usize::from(first);
    let path = RepoPath::new(NAMES[first % NAMES.len()]);
    let (config, hook) = &HOOKS[first / NAMES.len() % HOOKS.len()];
    let source = Source::new(&path, text, Origin::Repository);
    let outcome = judge(&source, config, hook);
    let style = Style { show_forgiven: true, hashes: first >= 128, width: first, summary: true, ..Style::default() };
    // SARIF describes every rule each time; few inputs are enough for it.
    for format in FORMATS.into_iter().filter(|&format| format != Format::Sarif || first % 16 == 0) {
        let report = render(format, &outcome, &style);
        assert!(!report.contains(|c: char| c != '\n' && is_unprintable(c)), "{format:?} can act on a terminal");
        // SARIF holds the manuals of all rules, which an input may quote.
        let values = outcome.settled.iter().filter_map(|settled| one_piece(&source, settled));
        if format != Format::Sarif {
            values.for_each(|value| assert!(!report.contains(value), "{format:?} shows {value:?}"));
        }
    }
});

fn judge(source: &Source<'_>, config: &Config, hook: &Secrets) -> Outcome {
    let today = "2026-01-01".parse::<Date>().expect("a date");
    let policy = Policy::new(config);
    let rules = Secrets::RULES;
    let judge = Judge {
        hook,
        config,
        policy,
        rules,
        today,
        is_whole_tree: true,
        foreign: &|| None,
        collects_identities: false,
        cache: None,
    };
    let judged = judge.judge(source);
    let settled = judged.findings.into_iter().map(|(finding, standing)| {
        let standing = standing.unwrap_or(Standing::Open);
        Settled { finding, standing, fingerprint: String::new(), is_refused: false }
    });
    Outcome { settled: settled.collect(), unused: judged.unused, files: 1, ..Outcome::default() }
}

fn render(format: Format, outcome: &Outcome, style: &Style) -> String {
    let run = Run {
        hook: Secrets::NAME,
        tool_version: "0.1.0",
        outcome,
        rules: Ruleset::of(Secrets::RULES),
        source: "staged",
        baseline: None,
        reader: "native",
        started: SystemTime::UNIX_EPOCH,
        ended: SystemTime::UNIX_EPOCH,
    };
    let mut out = Vec::new();
    write(format, &run, style, &mut out).expect("memory takes all");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// The text of the finding, if it is long enough not to be a word of a report and needs no escape in any format.
fn one_piece<'s>(source: &'s Source<'_>, settled: &Settled) -> Option<&'s str> {
    let span = settled.finding.span;
    let text = std::str::from_utf8(source.text.get(span.start..span.end)?).ok()?;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"_-./+=".contains(&b);
    (16..=64).contains(&text.len()).then_some(text).filter(|text| text.bytes().all(is_plain))
}
