//! The reporters as their readers see them: no secret, no control character, valid by the formats' own judges.

#![cfg(test)]
#![expect(clippy::format_collect, reason = "a test may take its time")]

mod hostile;
mod judged;
#[path = "../support/mod.rs"]
mod support;

use std::ops::Range;
use std::time::SystemTime;

use gatewright::finding::{Finding, ForeignIdentity, Redacted, Secrets, Snippet, Subject};
use gatewright::gap::Gap;
use gatewright::report::{Format, Run, Style, write};
use gatewright::rule::{Confidence, HookName, Matcher, Rule, Severity};
use gatewright::ruleset::Ruleset;
use gatewright::settle::{Forgiver, Outcome, Settled, Skipped, Standing, Unread, Unused};
use gatewright::source::{Origin, RepoPath, Source};

const FORMATS: [Format; 7] =
    [Format::Text, Format::Json, Format::Jsonl, Format::Sarif, Format::Github, Format::Gitlab, Format::Junit];

const PLAIN: Rule = Rule {
    id: "",
    aliases: &[],
    hook: HookName::Secrets,
    summary: "",
    severity: Severity::Low,
    confidence: Confidence::Low,
    cwe: None,
    since: Some("0.1.0"),
    references: &[],
    manual: "",
    file: "",
    matcher: Matcher::Code,
};
static TOKEN: Rule = Rule {
    id: "forge-token",
    aliases: &["Forge Token"],
    summary: "a token of the forge",
    severity: Severity::Critical,
    confidence: Confidence::High,
    cwe: Some(798),
    manual: "Whoever has the token\nis you.\n\n## Instead\n\n```python\ntoken = os.environ[\"TOKEN\"]\n```\n",
    file: "hooks/secrets/rules/forge-token.md",
    ..PLAIN
};
static PASSWORD: Rule = Rule {
    id: "password",
    aliases: &[],
    summary: "a password in the code",
    severity: Severity::Medium,
    confidence: Confidence::Low,
    cwe: None,
    manual: "",
    file: "hooks/secrets/rules/password.md",
    ..PLAIN
};
static RULES: [&Rule; 2] = [&TOKEN, &PASSWORD];

/// One secret in a file: the text is `before`, the value in its encoding, `after`.
#[derive(Clone, Debug)]
struct Plant {
    before: String,
    value: String,
    shown: usize,
    via: Vec<&'static str>,
    after: String,
    /// What else has the value in it.
    message: String,
    standing: Standing,
}

impl Plant {
    fn new(before: &str, value: &str, after: &str) -> Self {
        let message = "`TOKEN` is a token".to_owned();
        let (before, value, after) = (before.to_owned(), value.to_owned(), after.to_owned());
        Self { before, value, shown: 4, via: vec![], after, message, standing: Standing::Open }
    }

    fn outer(&self) -> String {
        self.encoded(&self.value)
    }

    /// The encoded value behind what the first characters make of it, which may be shown.
    fn hidden_outer(&self) -> String {
        let shown = self.encoded(self.value.get(..self.shown).unwrap_or(&self.value));
        let mut outer = self.outer();
        let common = outer.bytes().zip(shown.bytes()).take_while(|(a, b)| a == b).count();
        outer.split_off(common)
    }

    fn encoded(&self, value: &str) -> String {
        self.via.iter().rev().fold(value.to_owned(), |text, via| match *via {
            "base64" => data_encoding::BASE64.encode(text.as_bytes()),
            "hex" => data_encoding::HEXLOWER.encode(text.as_bytes()),
            _ => text.bytes().map(|b| format!("%{b:02X}")).collect(),
        })
    }
}

/// Judges a file as a hook and `settle` would.
fn judge(path: &[u8], plants: &[Plant]) -> Vec<Settled> {
    let mut text = String::new();
    let mut places: Vec<Range<usize>> = Vec::new();
    for plant in plants {
        text.push_str(&plant.before);
        places.push(text.len()..text.len() + plant.outer().len());
        text.push_str(&plant.outer());
        text.push_str(&plant.after);
    }
    let path = RepoPath::new(path);
    let source = Source::new(&path, text.as_bytes(), Origin::Repository);
    let values: Vec<Redacted> = plants.iter().map(|plant| Redacted::new(plant.value.as_str(), plant.shown)).collect();
    let secrets = Secrets::new(&source, places.iter().cloned().zip(&values));
    let settled = plants.iter().zip(&places).zip(&values).enumerate().map(|(index, ((plant, place), value))| {
        let finding = Finding {
            rule: RULES[index % 2],
            path: path.clone(),
            origin: source.origin,
            span: source.span(place.clone()),
            message: plant.message.clone(),
            subject: Subject::Secret(value.clone()),
            severity: RULES[index % 2].severity,
            confidence: Confidence::Medium,
            name: Some(plant.message.clone()),
            via: plant.via.clone(),
            notes: vec![plant.message.clone(), "its checksum is right".to_owned()],
            member: None,
            foreign: vec![ForeignIdentity { kind: "Secret Keyword", sha1: [7; 20], is_part: false }],
            snippet: Snippet::new(&source, place.clone(), &secrets),
            appearance: None,
            against: None,
            is_allowed: None,
        };
        Settled { finding, standing: plant.standing.clone(), is_refused: false, fingerprint: format!("fingerprint-{index:010}") }
    });
    settled.collect()
}

fn render(format: Format, outcome: &Outcome, style: &Style) -> String {
    let run = Run {
        hook: HookName::Secrets,
        tool_version: "0.1.0",
        outcome,
        rules: Ruleset::of(&RULES),
        source: "staged",
        baseline: None,
        reader: "libgit2",
        started: SystemTime::UNIX_EPOCH,
        ended: SystemTime::UNIX_EPOCH,
    };
    let mut out = Vec::new();
    write(format, &run, style, &mut out).unwrap();
    String::from_utf8(out).expect("reports are UTF-8")
}

fn value() -> String {
    "frg_·0123456789abcdefghij".replace('·', "")
}

fn typical() -> Outcome {
    let mut forgiven = Plant::new("\nOLD = '", "hunter2hunter2", "'\n");
    forgiven.standing =
        Standing::Forgiven { by: Forgiver::Inline { line: 2, dialect: "gatewright" }, reason: Some("rotated".to_owned()) };
    let mut encoded = Plant::new("CODED = '", &"swordfish·swordfish".replace('·', "."), "'\n");
    encoded.via = vec!["base64"];
    let mut settled = judge(b"src/app.py", &[Plant::new("TOKEN = '", &value(), "'  # the forge"), forgiven, encoded]);
    let mut baselined = Plant::new("x = ", &value(), "\n");
    baselined.standing = Standing::Forgiven { by: Forgiver::Baseline { file: ".secrets.baseline".to_owned() }, reason: None };
    settled.extend(judge("src/größe <&\">.py".as_bytes(), &[baselined]));
    Outcome {
        settled,
        unread: vec![Unread {
            path: RepoPath::new("big.bin"),
            gap: Gap::of("60 MB is over the limit of 50 MB", "raise the limit"),
        }],
        skipped: vec![Skipped { path: RepoPath::new("logo.png"), reason: "binary file".into() }],
        unused: vec![Unused {
            path: RepoPath::new("src/old.py"),
            line: 3,
            message: "`ignore[password]` forgives nothing".to_owned(),
        }],
        notes: vec!["judged the staged version; `src/app.py` differs on disk".to_owned()],
        files: 4,
    }
}

#[test]
fn the_text_for_people() {
    let style = Style { summary: true, ..Style::default() };
    let expected = "\
error: big.bin: 60 MB is over the limit of 50 MB
  = help: raise the limit; or accept it: `accept-unread` in the configuration
src/app.py:1:10: forge-token `TOKEN` is a token
1 | TOKEN = 'frg_…'  # the forge
  |          ^^^^^ frg_… (24 characters)
  = note: `TOKEN` is a token; its checksum is right
  = help: remove it and rotate it: what was pushed once is known
  = help: or forgive it: `# gatewright: ignore[forge-token] -- reason`, or `gatewright-secrets baseline update --accept-new`
src/app.py:3:10: forge-token `TOKEN` is a token
3 | CODED = '…'
  |          ^ swor… (19 characters) in base64
  = note: `TOKEN` is a token; its checksum is right
  = help: remove it and rotate it: what was pushed once is known
  = help: or forgive it: `# gatewright: ignore[forge-token] -- reason`, or `gatewright-secrets baseline update --accept-new`
src/old.py:3: warning: `ignore[password]` forgives nothing
skipped 1: binary file
note: judged the staged version; `src/app.py` differs on disk
2 findings, 2 forgiven, 1 could not be judged; 4 files judged
";
    assert_eq!(render(Format::Text, &typical(), &style), expected);
}

#[test]
fn forgiven_findings_are_told_when_asked_for() {
    let text = render(Format::Text, &typical(), &Style { show_forgiven: true, ..Style::default() });
    assert!(
        text.contains(
            "src/app.py:2:8: password `TOKEN` is a token\n  = forgiven: by a `gatewright` comment on line 2: rotated\n"
        )
    );
    assert!(text.contains("= forgiven: by `.secrets.baseline`\n"), "{text}");
}

#[test]
fn a_clean_run_is_silent() {
    for summary in [false, true] {
        let style = Style { summary, colour: true, hyperlinks: true, ..Style::default() };
        assert_eq!(render(Format::Text, &Outcome { files: 9, ..Outcome::default() }, &style), "");
    }
}

#[test]
fn colour_changes_colours_only() {
    let outcome = typical();
    let plain = render(Format::Text, &outcome, &Style::default());
    let coloured = render(Format::Text, &outcome, &Style { colour: true, hyperlinks: true, ..Style::default() });
    let links = regex::Regex::new("\x1b]8;;[^\x1b]*\x1b\\\\").unwrap();
    let colours = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap();
    assert!(links.is_match(&coloured) && colours.is_match(&coloured));
    assert_eq!(colours.replace_all(&links.replace_all(&coloured, ""), ""), plain);
    assert!(!plain.contains('\x1b'));
}

#[test]
fn text_of_parts_is_the_text_of_the_whole() {
    let file = |name: &str| judge(name.as_bytes(), &[Plant::new("a = '", &value(), "' \n")]);
    let skipped = |name: &str| Skipped { path: RepoPath::new(name), reason: "binary file".into() };
    let unread = |name: &str| Unread { path: RepoPath::new(name), gap: Gap::of("no such blob", "fetch it") };
    let part = |names: [&str; 3]| Outcome {
        settled: file(names[0]),
        skipped: vec![skipped(names[1])],
        unread: vec![unread(names[2])],
        ..Outcome::default()
    };
    let (first, second) = (part(["c", "b", "a"]), part(["d", "e", "f"]));
    let apart = render(Format::Text, &first, &Style::default()) + &render(Format::Text, &second, &Style::default());
    let whole = Outcome {
        settled: [first.settled, second.settled].concat(),
        skipped: [first.skipped, second.skipped].concat(),
        unread: [first.unread, second.unread].concat(),
        ..Outcome::default()
    };
    assert_eq!(apart, render(Format::Text, &whole, &Style::default()));
}

#[test]
fn json_says_everything_and_the_hash_only_when_asked() {
    let parse = |style: &Style| -> serde_json::Value { serde_json::from_str(&render(Format::Json, &typical(), style)).unwrap() };
    let report = parse(&Style::default());
    assert_eq!((&report["gatewright"], &report["version"], &report["hook"]), (&"report".into(), &1.into(), &"secrets".into()));
    assert_eq!(
        report["summary"],
        serde_json::json!({
            "files": 4, "open": 2, "forgiven": 2, "unread": 1, "skipped": 1, "unused": 1, "exit": 2
        })
    );
    let finding = &report["findings"][1];
    assert_eq!(finding["forgiver"], serde_json::json!({ "by": "inline", "line": 2, "dialect": "gatewright" }));
    assert_eq!((&finding["standing"], &finding["reason"]), (&"forgiven".into(), &"rotated".into()));
    assert_eq!(report["findings"][3]["path"], "src/größe <&\">.py");
    assert!(finding.get("detect_secrets").is_none());
    let asked = parse(&Style { hashes: true, ..Style::default() });
    assert_eq!(asked["findings"][0]["detect_secrets"][0]["sha1"], "07".repeat(20));
}

#[test]
fn json_keeps_the_bytes_of_a_path_that_is_not_text() {
    let outcome = Outcome { settled: judge(b"a\xff\x1b.py", &[Plant::new("", &value(), "")]), ..Outcome::default() };
    let text = render(Format::Json, &outcome, &Style::default());
    assert!(text.contains("\"path\":\"a\u{fffd}\\u001b.py\",\"path_bytes\":\"61ff1b2e7079\""), "{text}");
}

#[test]
fn json_lines_begin_and_end_with_what_tells_a_whole_stream() {
    let text = render(Format::Jsonl, &typical(), &Style::default());
    let kinds: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["type"].as_str().unwrap().to_owned())
        .collect();
    let expected = ["report", "finding", "finding", "finding", "finding", "unread", "skipped", "unused", "note", "summary"];
    assert_eq!(kinds, expected);
}

#[test]
fn github_commands_cannot_be_forged() {
    let mut plant = Plant::new("", &value(), "");
    plant.message = "a, b: 100% of it\n::error::forged".to_owned();
    let outcome = Outcome { settled: judge(b"a,b:c%\n.py", &[plant]), ..Outcome::default() };
    let text = render(Format::Github, &outcome, &Style::default());
    assert!(
        text.starts_with("::error file=a%2Cb%3Ac%25%0A.py,line=1,endLine=1,col=1,endColumn=25,title=forge-token::"),
        "{text}"
    );
    assert!(text.contains("::a, b: 100%25 of it\\n::error::forged: frg_…"), "{text}");
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn gitlab_gets_what_its_schema_requires() {
    let report: serde_json::Value = serde_json::from_str(&render(Format::Gitlab, &typical(), &Style::default())).unwrap();
    let scan = &report["scan"];
    assert_eq!((&scan["type"], &scan["status"]), (&"secret_detection".into(), &"failure".into()));
    assert_eq!((&scan["start_time"], &scan["end_time"]), (&"1970-01-01T00:00:00".into(), &"1970-01-01T00:00:00".into()));
    for program in ["analyzer", "scanner"] {
        assert!(["id", "name", "version"].iter().all(|key| scan[program][key].as_str().is_some_and(|text| !text.is_empty())));
        assert_eq!(scan[program]["vendor"]["name"], "gatewright");
    }
    let found = report["vulnerabilities"].as_array().unwrap();
    assert_eq!(found.len(), 2, "open findings only");
    assert_eq!(
        found[0]["location"],
        serde_json::json!({
            "file": "src/app.py", "start_line": 1, "end_line": 1, "commit": { "sha": "0000000" }
        })
    );
    assert_eq!((&found[0]["severity"], &found[0]["identifiers"][1]["name"]), (&"Critical".into(), &"CWE-798".into()));
    assert!(found.iter().all(|one| one.get("raw_source_code_extract").is_none()));
}
