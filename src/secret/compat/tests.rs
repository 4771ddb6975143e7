//! The compat engine as a whole: identities, lines and spans.

use proptest::prelude::*;

use super::*;

/// The text without the middle dots that keep this file from looking like one with secrets.
fn plain(text: &str) -> String {
    text.replace('·', "")
}

fn found(path: &str, text: &str) -> Vec<(&'static str, u32)> {
    let outcome = scan(&RepoPath::new(path), plain(text).as_bytes(), &Settings::default()).unwrap();
    outcome.identities().iter().map(|identity| (identity.kind, identity.line)).collect()
}

#[test]
fn the_identity_is_the_hash_of_the_value_and_the_first_line() {
    let text = plain("\npassword = 'hunt·er2'\npassword = 'hunt·er2'\n");
    let Outcome::Scanned { found: all, .. } = scan(&RepoPath::new("a.py"), text.as_bytes(), &Settings::default()).unwrap() else {
        panic!()
    };
    let [identity] = &*all else { panic!("{all:?}") };
    assert_eq!((identity.kind, identity.line, identity.span.clone()), ("Secret Keyword", 2, Some(13..20)));
    // SHA-1 of `hunter2`.
    assert_eq!(data_encoding::HEXLOWER.encode(&identity.sha1), "f3bbbd66a63d4bf1747940578ec3d0103530e21d");
    assert!(!format!("{identity:?}").contains("hunter2"));
}

#[test]
fn spans_count_in_the_text_without_its_mark() {
    for (path, text) in [
        ("a.py", "\u{feff}x\r\npassword = 'hunt·er2'\r\n"),
        ("a.ini", "\r\n[a]\r\npassword = hunt·er2\r\n"),
        ("a.yml", "a:\r\n  password: hunt·er2\r\n"),
    ] {
        let (path, text) = (RepoPath::new(path), plain(text));
        let outcome = scan(&path, text.as_bytes(), &Settings::default()).unwrap();
        let source = Source::new(&path, text.as_bytes(), Origin::Repository);
        let span = outcome.identities()[0].span.clone().unwrap();
        assert_eq!(&source.text[span], b"hunter2", "{path}");
    }
}

#[test]
fn lines_are_allowed_or_passed_over() {
    assert!(found("a.py", "password = 'hunt·er2'  # pragma: allowlist secret\n").is_empty());
    assert!(found("a.py", "# pragma: allowlist nextline secret\npassword = 'hunt·er2'\n").is_empty());
    assert!(found("a.py", "conn = connect(password='hunt·er2')\n").is_empty());
    assert_eq!(found("a.py", "x\n\n# c\npassword = 'hunt·er2'\n"), [("Secret Keyword", 4)]);
}

#[test]
fn files_are_read_as_ini_yaml_or_lines() {
    assert_eq!(found("a.env", "PASSWORD=hunt·er2\n"), [("Secret Keyword", 1)]);
    assert!(found("a.py", "PASSWORD=hunt·er2\n").is_empty(), "a named type is not read as INI without a header");
    assert_eq!(found("a.conf", "[a]\n\npassword = hunt·er2\n"), [("Secret Keyword", 3)]);
    assert!(found("a.yml", "# password: hunt·er2\nx: 1\ny: z\n").is_empty(), "comments of YAML are lost");
    assert_eq!(found("a.yml", "# password: hunt·er2\nx: 1\n"), [("Secret Keyword", 1)], "unless no value is a string");
    assert_eq!(found("a.yml", "x: [\npassword: hunt·er2\n"), [("Secret Keyword", 2)]);
}

#[test]
fn what_is_not_scanned_says_so() {
    let outcome = |path: &str, raw: &[u8]| scan(&RepoPath::new(path), raw, &Settings::default()).unwrap();
    assert!(matches!(outcome("a.py", &[plain("password = 'hunt·er2' # ").as_bytes(), b"\xe9"].concat()), Outcome::Undecodable));
    assert!(matches!(outcome("a.lock", b""), Outcome::Excluded("detect_secrets.filters.heuristic.is_non_text_file")));
}

#[test]
fn settings_change_what_is_found() {
    let count = |settings: &Settings, text: &str| {
        scan(&RepoPath::new("a.py"), plain(text).as_bytes(), settings).unwrap().identities().len()
    };
    let text = "password = 'hunt·er2'\n";
    let mut settings = Settings::default();
    settings.exclude_lines("^pass").unwrap();
    assert_eq!(count(&settings, text), 0);
    let mut settings = Settings::default();
    settings.set_keyword_exclude("WORD").unwrap();
    assert_eq!(count(&settings, text), 0);
    let mut settings = Settings::default();
    settings.set_word_list("Hunt\nab\n", 3).unwrap();
    assert_eq!((count(&settings, text), count(&settings, "password = 'abc·1xyz'\n")), (0, 1));
    let mut settings = Settings::default();
    assert_eq!(count(&settings, "host = '8.8.8.8'\n"), 0);
    settings.disable_filter("detect_secrets.filters.heuristic.is_not_alphanumeric_string");
    assert_eq!(count(&settings, "host = '8.8.8.8'\n"), 1);
    let mut settings = Settings::default();
    settings.exclude_secrets(r"^(?:(h|hh|.)+)\1!").unwrap();
    let error = scan(&RepoPath::new("a.py"), format!("password = '{}'\n", "h".repeat(99)).as_bytes(), &settings).unwrap_err();
    assert!(matches!(error, SettingsError::Backtracking { .. }), "{error}");
}

/// Pieces that the scanner treats specially, between arbitrary text.
const PIECES: &str = r#"(?s)(password|secret|'|"|`|=|: |\n|\r|  |- |\{|\}|\[|\]|,|&a |\*a|<<|!!|\||>|%\(x\)s|pragma: allowlist secret|://|eyJ|\.|ſ|İ|.){0,60}"#;

proptest! {
    #[test]
    fn never_panics_and_spans_hold_the_value(raw in prop_oneof![proptest::collection::vec(any::<u8>(), 0..200), PIECES.prop_map(String::into_bytes)]) {
        for name in ["a.py", "a.yml", "a.ini", "a", "a.cpp", "a.go", "a.c"] {
            let path = RepoPath::new(name);
            let outcome = scan(&path, &raw, &Settings::default()).unwrap();
            let source = Source::new(&path, &raw, Origin::Repository);
            for span in outcome.identities().iter().filter_map(|identity| identity.span.clone()) {
                prop_assert!(source.text.get(span).is_some_and(|value| !value.is_empty()));
            }
        }
    }
}
