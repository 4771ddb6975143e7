//! Each quirk of each dialect, and what no comment may do.

use proptest::prelude::*;

use super::*;
use crate::finding::{Redacted, Snippet, Subject};
use crate::rule::{Confidence, HookName, Matcher, Severity};
use crate::source::Origin;

const fn rule(id: &'static str, aliases: &'static [&'static str]) -> Rule {
    Rule {
        id,
        aliases,
        hook: HookName::Secrets,
        summary: "",
        severity: Severity::High,
        confidence: Confidence::High,
        cwe: None,
        since: Some("0.1.0"),
        references: &[],
        manual: "",
        file: "",
        matcher: Matcher::Code,
    }
}

pub(in crate::settle) static PASSWORD: Rule = rule("generic-password", &["Secret Keyword"]);
pub(in crate::settle) static TOKEN: Rule = rule("github-token", &["GitHub Token"]);
static KEY: Rule = rule("private-key", &["Private Key"]);
pub(in crate::settle) static RULES: [&Rule; 3] = [&PASSWORD, &TOKEN, &KEY];

mod foreign;
mod notebook;

/// The value of every example.
const VALUE: &str = "hunter2";

pub(in crate::settle) fn finding(rule: &'static Rule, source: &Source<'_>, range: std::ops::Range<usize>) -> Finding {
    Finding {
        rule,
        path: source.path.clone(),
        origin: Origin::Repository,
        span: source.span(range),
        message: String::new(),
        subject: Subject::Secret(Redacted::new(VALUE, 0)),
        severity: rule.severity,
        confidence: rule.confidence,
        name: None,
        via: Vec::new(),
        notes: Vec::new(),
        member: None,
        foreign: Vec::new(),
        snippet: Snippet::default(),
        appearance: None,
        against: None,
        is_allowed: None,
    }
}

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

struct Run {
    /// For each occurrence of the value, the line of the comment that forgives it and the reason.
    forgiven: Vec<Option<(u32, &'static str, Option<String>)>>,
    /// Line and text of what is reported when the whole tree is looked at.
    reported: Vec<(u32, String)>,
}

fn run_with(secrets: &Secrets, name: &str, text: &str, rule: &'static Rule) -> Run {
    let path = RepoPath::new(name);
    let source = Source::new(&path, text.as_bytes(), Origin::Repository);
    let mut allows = Allows::find(&source, secrets, &RULES);
    let today = day("2026-06-15");
    let forgiven = memchr::memmem::find_iter(text.as_bytes(), VALUE)
        .map(|at| match allows.forgive(&finding(rule, &source, at..at + VALUE.len()), today) {
            Some(Standing::Forgiven { by: Forgiver::Inline { line, dialect }, reason }) => Some((line, dialect, reason)),
            _ => None,
        })
        .collect();
    let reported = allows.unused(today, true).into_iter().map(|unused| (unused.line, unused.message)).collect();
    Run { forgiven, reported }
}

fn run(text: &str) -> Run {
    run_with(&Secrets::default(), "a.py", text, &PASSWORD)
}

/// Whether the only value of the text is forgiven.
fn passes(text: &str) -> bool {
    passes_in("a.py", text)
}

fn passes_in(name: &str, text: &str) -> bool {
    matches!(run_with(&Secrets::default(), name, text, &PASSWORD).forgiven.as_slice(), [Some(_)])
}

#[test]
fn in_an_archive_only_text_in_front_of_it_has_comments() {
    let text = "a = 'hunter2'  # gitleaks:allow\nPK\u{5}\u{6}\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    assert!(run_with(&Secrets::default(), "a.py", text, &PASSWORD).forgiven[0].is_some());
    let path = RepoPath::new("a.py");
    let source = Source::new(&path, b"\x1f\x8b\x08\0a = 'hunter2'  # gitleaks:allow\n", Origin::Repository);
    assert_eq!(Allows::find(&source, &Secrets::default(), &RULES).all().len(), 0);
}

#[test]
fn ours_names_rules_and_gives_reasons() {
    let run =
        run("a = 'hunter2'  # gatewright: ignore[generic-password, GitHub Token] until=2026-06-15 -- fixture of test_login\n");
    assert_eq!(run.forgiven, [Some((1, "gatewright", Some("fixture of test_login".to_owned())))]);
    assert_eq!(run.reported, [(1, "`gatewright: ignore[GitHub Token]` forgives nothing; remove it".to_owned())]);
    assert!(passes("a = 'hunter2'  # gatewright: ignore[SECRET KEYWORD]"));
    assert!(!passes("a = 'hunter2'  # gatewright: ignore[github-token]"));
}

#[test]
fn behind_the_end_of_a_multi_line_text_it_speaks_of_that_text() {
    let comment = "# gatewright: ignore[generic-password] -- why";
    let run = run(&format!("a = \"\"\"\nhunter2\n\"\"\"  {comment}\nb = 'hunter2'\n"));
    assert_eq!(run.forgiven, [Some((3, "gatewright", Some("why".to_owned()))), None]);
    assert!(passes(&format!("a = '''\n  hunter2\n\n  ''' {comment}\n")));
    assert!(!passes(&format!("a = '''\nhunter2\nmore\n''' {comment}\n")), "another text ends there");
    assert!(passes(&format!("\"\"\" {} \"\"\"\na = 'hunter2'\n", comment.trim_start_matches("# "))));
}

#[test]
fn ours_stands_in_a_comment_of_any_language() {
    for text in [
        "a = 'hunter2' # gatewright: ignore[generic-password]",
        "a = 'hunter2'#gatewright:ignore[generic-password]",
        "a = 'hunter2' // gatewright: ignore[generic-password]",
        "a = 'hunter2' /* gatewright: ignore[generic-password] */",
        "a = 'hunter2' /* gatewright: ignore[generic-password] -- why */ + b",
        "a = 'hunter2' -- gatewright: ignore[generic-password] -- why",
        "a = 'hunter2' ; gatewright: ignore[generic-password]",
        "<a>hunter2</a> <!-- gatewright: ignore[generic-password] -->",
        "<a>hunter2</a> <!-- gatewright: ignore[generic-password] -- why -->",
        "\\a{hunter2} % gatewright: ignore[generic-password]",
        "a = \"hunter2\" ' gatewright: ignore[generic-password]",
        "a = 'hunter2'  # fixture, gatewright: ignore[generic-password]",
        "a = 'hunter2'  # gatewright: ignore[generic-password]  # noqa: E501",
        " * hunter2 gatewright: ignore[generic-password]",
        "REM hunter2 gatewright: ignore[generic-password]",
        "\"a = 'hunter2'  # gatewright: ignore[generic-password] -- why\\n\",",
    ] {
        assert!(passes(text), "{text}");
    }
    for text in [
        "a = 'hunter2' gatewright: ignore[generic-password]",
        "a = 'hunter2', 'http:x gatewright: ignore[generic-password]'",
        "a = 'hunter2' % gatewright",
        "a = 'hunter2' # gatewright ignore[generic-password]",
        "a = 'hunter2' # Gatewright: ignore[generic-password]",
    ] {
        assert!(!passes(text), "{text}");
    }
}

#[test]
fn a_closer_ends_the_reason() {
    let reason = |text: &str| run(text).forgiven.into_iter().flatten().next().and_then(|(_, _, reason)| reason);
    assert_eq!(reason("hunter2 <!-- gatewright: ignore[generic-password] -- why -->").as_deref(), Some("why"));
    assert_eq!(reason("hunter2 /* gatewright: ignore[generic-password] -- why*/ b").as_deref(), Some("why"));
    assert_eq!(reason("\"hunter2 # gatewright: ignore[generic-password] -- why\\n\",").as_deref(), Some("why"));
    assert_eq!(reason("hunter2 # gatewright: ignore[generic-password] --").as_deref(), None);
    assert_eq!(
        reason("hunter2 # gatewright: ignore[generic-password] -- \u{1b}[2J\u{202e}x").as_deref(),
        Some("\\u{1b}[2J\\u{202e}x")
    );
}

#[test]
fn alone_on_its_line_it_speaks_about_the_line_below() {
    for text in [
        "# gatewright: ignore[generic-password]\na = 'hunter2'",
        "    ## gatewright: ignore[generic-password] -- why\r\na = 'hunter2'\r\n",
        "<!-- gatewright: ignore[generic-password] -->\n<a>hunter2</a>",
        "# gatewright: ignore[generic-password]\n# gatewright: ignore[github-token]\na = 'hunter2'",
        "REM gatewright: ignore[generic-password]\nSET A=hunter2",
        "# a = 'hunter2'  # gatewright: ignore[generic-password]\nb = 1",
    ] {
        assert!(passes(text), "{text}");
    }
    for text in [
        "# gatewright: ignore[generic-password]\n# another comment\na = 'hunter2'",
        "# gatewright: ignore[generic-password]\n\na = 'hunter2'",
        "# gatewright: ignore[generic-password] -- why\r\n \t\r\na = 'hunter2'\r\n",
        "# gatewright: ignore[generic-password]\n\n# gatewright: ignore[github-token]\na = 'hunter2'",
        "b = 1 # gatewright: ignore[generic-password]\na = 'hunter2'",
        "/* gatewright: ignore[generic-password] */ b = 1\na = 'hunter2'",
        "a = 'hunter2'\n# gatewright: ignore[generic-password]",
        "# gatewright: ignore[generic-password] -- it is hunter2\nb = 1",
    ] {
        assert!(!passes(text), "{text}");
    }
}

#[test]
fn a_file_is_forgiven_only_in_its_head() {
    let head = "# gatewright: ignore-file[generic-password] -- fixtures\n";
    let run_1 = run(&format!("{head}a = 'hunter2'\n\nb = 'hunter2'\n"));
    assert_eq!(run_1.forgiven.iter().flatten().count(), 2);
    assert!(run_1.reported.is_empty());
    assert!(passes(&format!("{}{head}a = 'hunter2'", "\n".repeat(19))));
    let late = run(&format!("{}{head}a = 'hunter2'", "\n".repeat(20)));
    assert_eq!(late.forgiven, [None]);
    assert_eq!(
        late.reported,
        [(21, "`gatewright: ignore-file` must stand in the first 20 lines; it is ignored here".to_owned())]
    );
}

#[test]
fn what_is_malformed_forgives_nothing_and_says_how_it_is_written() {
    for (comment, expected) in [
        ("ignore", "`gatewright: ignore` needs the ids of the rules"),
        ("ignore -- why", "`gatewright: ignore` needs the ids of the rules"),
        ("ignore[generic-password", "`gatewright: ignore` needs the ids of the rules"),
        ("ignore[]", "`gatewright: ignore[]` names no rule"),
        ("ignore-file[ , ]", "`gatewright: ignore-file[]` names no rule"),
        ("ignroe[generic-password]", "`gatewright: ignroe` is not understood; did you mean `gatewright: ignore[…]`?"),
        ("allow[generic-password]", "`gatewright: allow` is not understood"),
        (
            "ignore[generic-pasword]",
            "`gatewright: ignore` names the unknown rule `generic-pasword`; did you mean `generic-password`?",
        ),
        ("ignore[*]", "`gatewright: ignore` names the unknown rule `*`"),
        (
            "ignore[generic-password] because",
            "what follows `gatewright: ignore[…]` is not understood; write a reason as ` -- reason`",
        ),
        ("ignore[generic-password] until=31.12.2026", "`31.12.2026` is not a date"),
        ("ignore[generic-password] -- why until=2026-12-31", "`until=` stands before the reason"),
        ("ignore[generic-password] until=2026-06-14 -- why", "`gatewright: ignore[generic-password]` expired on 2026-06-14"),
        ("ignore[github-token]", "`gatewright: ignore[github-token]` forgives nothing; remove it"),
    ] {
        let run = run(&format!("\na = 'hunter2' # gatewright: {comment}"));
        assert_eq!(run.forgiven, [None], "{comment}");
        assert!(
            matches!(run.reported.as_slice(), [(2, message)] if message.starts_with(expected)),
            "{comment}: {:?}",
            run.reported
        );
    }
    let partly = run("a = 'hunter2' # gatewright: ignore[generic-password, nonsense]");
    assert!(partly.forgiven.iter().all(Option::is_some), "the known id holds");
    assert_eq!(partly.reported.len(), 1);
    assert!(run("# gatewright: a suite of hooks\n# gatewright: https://example.org").reported.is_empty(), "prose");
}

#[test]
fn a_reason_can_be_required() {
    let secrets = Secrets { pragma_needs_reason: true, ..Secrets::default() };
    let run = |text: &str| run_with(&secrets, "a.py", text, &PASSWORD);
    let bare = run("a = 'hunter2' # gatewright: ignore[generic-password]");
    assert_eq!(bare.forgiven, [None]);
    assert_eq!(bare.reported, [(1, "`gatewright: ignore` needs a reason here; write ` -- why` after the `]`".to_owned())]);
    assert!(run("a = 'hunter2' # gatewright: ignore[generic-password] -- why").forgiven.iter().all(Option::is_some));
}

#[test]
fn a_value_cannot_forgive_itself() {
    let text = "variable = 'hunter2 # gitleaks:allow'\n";
    let path = RepoPath::new("a.py");
    let source = Source::new(&path, text.as_bytes(), Origin::Repository);
    let mut allows = Allows::find(&source, &Secrets::default(), &RULES);
    assert_eq!(allows.all().len(), 1);
    assert_eq!(allows.forgive(&finding(&PASSWORD, &source, 12..36), day("2026-01-01")), None);
    assert!(allows.forgive(&finding(&PASSWORD, &source, 12..19), day("2026-01-01")).is_some());
}

#[test]
fn a_multi_line_value_is_covered_from_its_ends_but_a_key_only_by_ours() {
    let check = |rule, text: &str, value: std::ops::Range<usize>| {
        let path = RepoPath::new("a.py");
        let source = Source::new(&path, text.as_bytes(), Origin::Repository);
        Allows::find(&source, &Secrets::default(), &RULES).forgive(&finding(rule, &source, value), day("2026-01-01")).is_some()
    };
    let text = |marked: usize| {
        let mut lines = ["'ab'", "'cd'", "'ef'"].map(str::to_owned);
        lines[marked].push_str(" # gitleaks:allow");
        lines.join("\n")
    };
    let (first, middle, last) = (text(0), text(1), text(2));
    // From the first letter to the last: a comment on the last line stands behind the value, one on the first line inside of it.
    let whole = |text: &str| text.find('a').unwrap_or(0)..text.find('f').unwrap_or(0) + 1;
    assert!(check(&PASSWORD, &last, whole(&last)));
    assert!(!check(&PASSWORD, &first, whole(&first)) && !check(&PASSWORD, &middle, whole(&middle)), "inside of the value");
    let opened = "a = f( # gitleaks:allow\n'cd'\n'ef')\n";
    assert!(!check(&PASSWORD, opened, 25..33), "not a line of the value");
    let before = "/* gitleaks:allow */ 'ab\ncd'\n";
    assert!(check(&PASSWORD, before, 22..27) && !check(&KEY, before, 22..27));
    let last = last.as_str();
    assert!(!check(&KEY, last, 1..13));
    assert!(check(&KEY, &last.replace("gitleaks:allow", "gatewright: ignore[private-key]"), 1..13));
    let armour = "k = '''-----BEGIN·RSA KEY-----\nabc\n'''  # gitleaks:allow\n".replace('·', " ");
    assert!(!check(&PASSWORD, &armour, 7..34), "whatever the rule is called");
}

#[test]
fn only_the_dialects_of_the_configuration_count() {
    let text = "a = 'hunter2' # gitleaks:allow\n";
    let only = |dialects: &[Dialect]| {
        let secrets = Secrets { pragmas: Some(dialects.to_vec()), ..Secrets::default() };
        run_with(&secrets, "a.py", text, &PASSWORD).forgiven.iter().all(Option::is_some)
    };
    assert!(only(&[Dialect::Gitleaks]) && !only(&[Dialect::Gatewright]) && !only(&[]));
}

#[test]
fn unused_comments_are_reported_only_for_the_whole_tree() {
    let path = RepoPath::new("a.py");
    let text = "a = 1 # gitleaks:allow\nb = 2 # gatewright: ignore[private-key]\nc = 3 # gatewright: ignore\n";
    let source = Source::new(&path, text.as_bytes(), Origin::Repository);
    let allows = Allows::find(&source, &Secrets::default(), &RULES);
    let lines = |whole| allows.unused(day("2026-01-01"), whole).into_iter().map(|unused| unused.line).collect::<Vec<_>>();
    assert_eq!(lines(false), [3]);
    assert_eq!(lines(true), [1, 2, 3]);
}

#[test]
fn a_line_full_of_markers_costs_linear_time() {
    let path = RepoPath::new("a.py");
    let text = "# gatewright: ignore[x] # pragma: allowlist secret ".repeat(40_000);
    let source = Source::new(&path, text.as_bytes(), Origin::Repository);
    assert!(Allows::find(&source, &Secrets::default(), &RULES).all().len() <= MARKERS_PER_LINE);
    let stacked = |count| "# gatewright: ignore[private-key]\n".repeat(count) + "'hunter2'\n";
    let text = stacked(OURS_PER_FILE);
    let source = Source::new(&path, text.as_bytes(), Origin::Repository);
    let allows = Allows::find(&source, &Secrets::default(), &RULES);
    let target = u32::try_from(OURS_PER_FILE + 1).expect("small");
    assert!(allows.all().iter().all(|allow| allow.covers == Covers::Line(target)));
    let text = stacked(OURS_PER_FILE + 40_000);
    let source = Source::new(&path, text.as_bytes(), Origin::Repository);
    let reported = Allows::find(&source, &Secrets::default(), &RULES).unused(day("2026-01-01"), false);
    assert!(matches!(reported.as_slice(), [one] if one.message == TOO_MANY));
    let run = run(&format!("a = 'hunter2' # gatewright: ignore[{}]", "generic-password,".repeat(33)));
    assert_eq!((run.forgiven, run.reported.len()), (vec![None], 1));
}

proptest! {
    #[test]
    fn reading_is_total_and_nothing_unprintable_is_said(
        text in "(gatewright: ?|ignore|-file|\\[|\\]|generic-password|until=|2027-01-01| -- |pragma: allowlist|whitelist| nextline| secret|gitleaks:allow|nosec|noqa:|S105|#|//|/\\*|\\*/|<!--|-->|'|\n|hunter2|\u{202e}|é|.){0,24}",
        bytes in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let mut text = text.into_bytes();
        text.extend(bytes);
        let path = RepoPath::new("a.yaml");
        let source = Source::new(&path, &text, Origin::Repository);
        let mut allows = Allows::find(&source, &Secrets::default(), &RULES);
        let whole = finding(&PASSWORD, &source, 0..text.len());
        prop_assert_eq!(allows.forgive(&whole, day("2026-01-01")), None, "all markers are inside of the value");
        for unused in allows.unused(day("2026-01-01"), true) {
            prop_assert!(!unused.message.chars().any(crate::source::is_unprintable));
            prop_assert!(unused.message.chars().count() < 400 && unused.line >= 1);
        }
    }
}
