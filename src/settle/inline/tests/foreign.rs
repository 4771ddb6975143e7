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
