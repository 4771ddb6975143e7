//! The allow comments of other tools, to the letter.

use super::*;

#[test]
fn detect_secrets_is_understood_to_the_letter() {
    for (name, text) in [
        ("a.py", "a = 'hunter2'  # pragma: allowlist secret"),
        ("a.py", "a = 'hunter2'  #pragma:whitelist-secret and why  "),
        ("a.go", "a = 'hunter2' // pragma: allowlist-secret"),
        ("a.c", "a = 'hunter2' /* pragma: allowlist secret why */"),
        ("a.vb", "a = \"hunter2\" ' pragma: allowlist secret"),
        ("a.sql", "'hunter2' -- pragma: allowlist secret"),
        ("a.xml", "<a>hunter2</a> <!-- pragma: allowlist secret -->"),
        ("a.xml", "<a>hunter2</a> <!-- # pragma: allowlist secret -->"),
        ("a.yaml", "a: hunter2 # pragma: allowlist secret"),
        ("a.yml", "a: hunter2 // pragma: allowlist secret"),
        ("a.py", "# pragma: allowlist nextline secret\na = 'hunter2'"),
        ("a.py", "  // pragma:allowlist-nextline-secret\na = 'hunter2'"),
    ] {
        assert!(passes_in(name, text), "{name}: {text}");
    }
    for (name, text) in [
        ("a.py", "a = 'hunter2'  # pragma:  allowlist secret"),
        ("a.py", "a = 'hunter2'  # Pragma: allowlist secret"),
        ("a.py", "a = 'hunter2'  # pragma: allowlist_secret"),
        ("a.py", "a = 'hunter2'  # pragma: allowlist"),
        ("a.py", "a = 'hunter2'  # see pragma: allowlist secret"),
        ("a.py", "a = 'hunter2'  pragma: allowlist secret"),
        ("a.py", "a = 'hunter2'# pragma: allowlist secret"),
        ("a.c", "a = 'hunter2' /* pragma: allowlist secret"),
        ("a.c", "a = 'hunter2' /* pragma: allowlist secret */ + b"),
        ("a.xml", "<a>hunter2</a> <!-- pragma: allowlist secret"),
        ("a.yaml", "a: hunter2 // pragma: allowlist secret"),
        ("a.yaml", "a: hunter2 <!-- pragma: allowlist secret -->"),
        ("a.py", "# pragma: whitelist nextline secret\na = 'hunter2'"),
        ("a.py", "b = 1 # pragma: allowlist nextline secret\na = 'hunter2'"),
        ("a.py", "# pragma: allowlist nextline secret\n\na = 'hunter2'"),
        ("a.py", "a = 'hunter2' # pragma: allowlist nextline secret"),
    ] {
        assert!(!passes_in(name, text), "{name}: {text}");
    }
}

#[test]
fn the_words_of_other_scanners_count_in_comments() {
    for word in
        ["gitleaks:allow", "betterleaks:allow", "kingfisher:ignore", "trufflehog:ignore", "ggignore", "gitguardian:ignore"]
    {
        for comment in [
            format!("# {word}"),
            format!("//{word} why"),
            format!("<!-- {word} -->"),
            format!("# known, {word}."),
            format!("--{word}"),
        ] {
            assert!(passes(&format!("a = 'hunter2' {comment}")), "{comment}");
        }
        for no in [
            format!("'{word}x'"),
            format!("# x{word}"),
            format!("+ '{word}-start'"),
            format!("# see .{word}"),
            format!(", {word}"),
        ] {
            assert!(!passes(&format!("a = 'hunter2' {no}")), "{no}");
        }
    }
}

#[test]
fn nosec_and_noqa_are_about_passwords_and_never_reported() {
    for comment in [
        "# nosec",
        "#nosec B105",
        "# nosec: B603, B106",
        "# nosec hardcoded_password_string",
        "# nosec because of tests",
        "# noqa: S105",
        "# noqa:E501,S106",
        "# NOQA: E501 S107",
        "# type: ignore  # noqa: s105 -- why",
    ] {
        let text = format!("a = 'hunter2' {comment}");
        assert!(passes(&text), "{comment}");
        assert_eq!(run_with(&Secrets::default(), "a.py", &text, &TOKEN).forgiven, [None], "{comment}: no token");
    }
    for comment in [
        "# nosec B603",
        "# nosec: subprocess_without_shell",
        "# nosecurity",
        "nosec",
        "# noqa",
        "# noqa: E501",
        "# noqa: S1051",
        "# noqa S105",
    ] {
        let run = run(&format!("a = 'hunter2' {comment}"));
        assert_eq!(run.forgiven, [None], "{comment}");
        assert!(run.reported.is_empty(), "{comment}");
    }
}

/// The grammar as regular expressions, for each pair of opener and closer: on the line, and on the line before.
static GRAMMAR: LazyLock<Vec<[regex::Regex; 2]>> = LazyLock::new(|| {
    let pairs = [("#", ""), ("//", ""), (r"/\*", r" *\*/"), ("'", ""), ("--", ""), (r"<!--[# \t]*", " *-->")];
    let compile = |pattern: String| regex::Regex::new(&pattern).expect("a pattern");
    let both = |(opener, closer)| {
        [
            compile(format!(r"[ \t]{opener} *pragma: ?(allow|white)list[ -]secret.*{closer}[ \t]*$")),
            compile(format!(r"^[ \t]*{opener} *pragma: ?allowlist[ -]nextline[ -]secret.*{closer}[ \t]*$")),
        ]
    };
    pairs.map(both).into()
});

fn is_allowed_by_regex(line: &str, previous: &str, extension: &str) -> bool {
    let count = if extension == "yaml" { 1 } else { GRAMMAR.len() };
    GRAMMAR.iter().take(count).any(|[on_line, before]| on_line.is_match(line) || before.is_match(previous))
}

fn detect_secrets_text() -> impl Strategy<Value = String> {
    let noise = "( |\t|#|//|/\\*|\\*/|'|--|<!--|-->|x|-|pragma:|secret){0,3}";
    let pragma = "(| |\t)(#|//|/\\*|'|--|<!--|<!-- #|#|#)( |\t|  |)pragma:( |  |)(allowlist|whitelist)( |-|_)(nextline )?secret";
    (noise, proptest::option::weighted(0.9, pragma), noise, "(\\*/|-->||)[ \t]?")
        .prop_map(|(a, b, c, d)| a + &b.unwrap_or_default() + &c + &d)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn detect_secrets_agrees_with_its_regular_expressions(
        previous in detect_secrets_text(), line in detect_secrets_text(), extension in "(py|yaml|yml)",
    ) {
        let secrets = Secrets { pragmas: Some(vec![Dialect::DetectSecrets]), ..Secrets::default() };
        let text = format!("{previous}\nhunter2;{line}\n");
        let run = run_with(&secrets, &format!("a.{extension}"), &text, &PASSWORD);
        let expected = is_allowed_by_regex(&format!("hunter2;{line}"), &previous, &extension);
        prop_assert_eq!(run.forgiven.iter().all(Option::is_some), expected, "{}", text);
    }
}
