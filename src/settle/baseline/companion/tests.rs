//! The companion file: reading, writing, hashes.

use proptest::prelude::*;

use super::super::samples::finding;
use super::*;

const HEADER: &str = "{\"gatewright\":\"baseline\",\"format\":1,\"salts\":[\"KioqKioqKioqKioqKioqKg\"]}\n";

fn parsed(lines: &str) -> Result<(Companion, Vec<String>), super::super::json::Invalid> {
    read(format!("{HEADER}{lines}").as_bytes())
}

fn rewritten(lines: &str) -> String {
    parsed(lines).unwrap().0.write().strip_prefix(HEADER).unwrap().to_owned()
}

#[test]
fn every_form_of_line_is_written_back_as_it_was() {
    let lines = concat!(
        r#"{"hook":"bandit","path":"a.py","tests":["B101"]}"#,
        "\n",
        r#"{"hook":"secrets","path":"*","rule":"aws-access-key","hash":"Wm1","label":"false-positive","reason":"vendor documentation key"}"#,
        "\n",
        r#"{"hook":"secrets","path":"app/größe.py","rule":"generic-password","hash":"rT9","n":2,"at":["07ae","91c2"],"label":"test","reason":"fixture of test_login","owner":"@web","until":"2027-01-31","more":{"b":1,"a":[]}}"#,
        "\n",
        r#"{"hook":"secrets","path":"bad\udcff\u202e","ds":["Private Key","be4fc4886bd949b369d5e092eb87494f12e57e5b"],"n":1,"hash":["Wm1"]}"#,
        "\n",
        r#"{"hook":"secrets","path":"z","ds":["Secret Keyword","be4f"],"label":"real","reason":"no count recorded"}"#,
        "\n",
    );
    assert_eq!(rewritten(lines), lines);
    let (companion, notes) = parsed(lines).unwrap();
    assert_eq!((companion.lines.len(), notes), (5, Vec::new()));
    assert_eq!(read(companion.write().as_bytes()).unwrap().0, companion);
    let crlf = format!("{HEADER}{lines}").replace('\n', "\r\n");
    assert_eq!(read(crlf.as_bytes()).unwrap().0.write(), crlf);
}

#[test]
fn lines_are_sorted_and_a_count_of_one_goes_without_saying() {
    let line = |path: &str| format!("{{\"hook\":\"secrets\",\"path\":\"{path}\",\"rule\":\"r\",\"hash\":\"h\"}}\n");
    let with_count = line("b").replace('}', ",\"n\":1}");
    assert_eq!(rewritten(&(with_count + &line("a"))), line("a") + &line("b"));
}

#[test]
fn what_a_union_merge_leaves_is_read_as_one_file() {
    let line =
        |n: &str, label: &str| format!("{{\"hook\":\"secrets\",\"path\":\"a\",\"rule\":\"r\",\"hash\":\"h\"{n}{label}}}\n");
    let other = HEADER.replace("Kio", "Kip");
    let text = format!("{HEADER}{other}{}{}", line("", ",\"label\":\"test\""), line(",\"n\":3", ",\"label\":\"real\""));
    let (companion, notes) = read(text.as_bytes()).unwrap();
    assert_eq!(companion.salts.len(), 2);
    assert_eq!(notes, ["1 repeated lines; merged"]);
    let [line] = companion.lines.as_slice() else { panic!() };
    assert_eq!((line.count(), line.note.label), (3, Some(Label::Real)));
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let line = r#"{"hook":"secrets","path":"a","rule":"r","hash":"h""#;
    for (text, line, part) in [
        (
            format!("{HEADER}{line},\"label\":\"sure\"}}"),
            2,
            "`sure` is no label; expected one of false-positive, test, real, rotated, accepted",
        ),
        (
            format!("{HEADER}\n{line},\"until\":\"2020-02-31\"}}"),
            3,
            "`until`: `2020-02-31` is not a date; expected year, month and day",
        ),
        (format!("{HEADER}{line},\"n\":\"2\"}}"), 2, "expected a whole number from 0 to 4294967295 for `n`, found a string"),
        (format!("{HEADER}{line},\"n\":-1}}"), 2, "for `n`, found a negative number"),
        (format!("{HEADER}{line},\"n\":1.5}}"), 2, "for `n`, found a fraction"),
        (format!("{HEADER}{{\"hook\":\"secrets\",\"path\":\"a\"}}"), 2, "the key `rule` is missing"),
        (format!("{HEADER}{{\"hook\":\"secrets\",\"path\":\"a\",\"ds\":[1]}}"), 2, "`ds`"),
        (format!("{HEADER}[]"), 2, "expected an object"),
        (format!("{HEADER}<<<<<<< HEAD\n{line}}}"), 2, "baseline merge"),
        (HEADER.replace("KioqKioqKioqKioqKioqKg", "Kioq"), 1, "a salt is damaged"),
        (HEADER.replace("\"KioqKioqKioqKioqKioqKg\"", ""), 1, "the salt is missing"),
        (HEADER.replace(":1,", ":2,"), 1, "newer gatewright: this one reads format 1; bring the hook up to date"),
        (HEADER.replace("\"baseline\"", "\"report\""), 1, "not a baseline of format 1"),
        (format!("{HEADER}{line},\"s\":1}}"), 2, "names salt 1"),
        (String::new(), 1, "the salt is missing"),
    ] {
        let error = read(text.as_bytes()).unwrap_err();
        assert!(error.line == line && error.message.contains(part), "{text}: {error}");
    }
}

#[test]
fn hashes_depend_on_salt_rule_path_and_value() {
    let (one, other) = (Salt::new([1; 16]), Salt::new([2; 16]));
    let value = finding("a.py", "hunter2", "name", 1, &[]);
    let hash = fingerprint(Some(&one), &value, b"a.py");
    // HMAC-SHA-256 with the key 01…01 of `generic-password\0a.py\0hunter2`, computed with Python's hmac module.
    assert_eq!(hash, "0ilnGV52-nJq2o_coHT3Lg");
    assert_ne!(hash, fingerprint(Some(&other), &value, b"a.py"));
    assert_ne!(hash, fingerprint(Some(&one), &value, b"b.py"));
    assert_ne!(hash, fingerprint(Some(&one), &finding("a.py", "hunter3", "name", 1, &[]), b"a.py"));
    assert_eq!(Salt::parse(&one.encode()), Some(one));
}

#[test]
fn a_context_is_the_name_or_the_line_without_its_blanks() {
    let mut found = finding("a.py", "hunter2", "DB_PASSWORD", 7, &[]);
    assert_eq!(context(&found), "DB_PASSWORD");
    found.name = None;
    found.snippet.lines = vec![(6, "before".to_owned()), (7, "  curl   -u …  host ".to_owned())];
    assert_eq!(context(&found), "curl -u … host");
    assert_eq!(context_hash(None, &found).len(), 4);
}

proptest! {
    #[test]
    fn reading_is_total(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in r#"[\[\]{}",:a-z0-9 \\]{0,100}"#) {
        let _ = read(&bytes);
        let _ = parsed(&text);
    }

    #[test]
    fn writing_and_reading_is_the_identity(
        lines in proptest::collection::btree_map(("[a-c/*é\u{202e}]{1,4}", "[a-z]{3}"), (0..5_u32, proptest::option::of(0..5_usize), proptest::option::of(".*")), 0..8),
    ) {
        type Parts = (u32, Option<usize>, Option<String>);
        let line = |((path, hash), (n, label, reason)): ((String, String), Parts)| Line {
            n: (n > 1).then_some(n),
            note: Note { label: label.map(|place| Label::ALL[place]), reason, ..Note::default() },
            ..Line::new(path.as_str().into(), Accepted::Value { rule: "rule".to_owned(), hash })
        };
        let mut companion = Companion { lines: lines.into_iter().map(line).collect(), ..Companion::new(Salt::new([7; 16])) };
        companion.lines.sort_by_cached_key(Line::key);
        let (back, notes) = read(companion.write().as_bytes()).unwrap();
        prop_assert_eq!(notes, Vec::<String>::new());
        prop_assert_eq!(back, companion);
    }
}
