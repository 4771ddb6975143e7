//! `.secrets.baseline`: what is read is written back.

use proptest::prelude::*;

use super::super::samples::baseline;
use super::*;

const KEYWORD: &str = "Secret Keyword";

fn text() -> String {
    baseline(&[("a.py", KEYWORD, [1; 20]), ("b.py", "AWS Access Key", [2; 20])]).write()
}

/// The baseline, the notes, and what an update without changes would write.
fn parsed(text: &str) -> (Baseline, Vec<String>) {
    read(text.as_bytes()).unwrap()
}

#[test]
fn a_fresh_baseline_names_everything_in_order() {
    let text = Baseline::new(Settings::default(), ".secrets.baseline", "2026-01-01T00:00:00Z").write();
    let places: Vec<usize> = [
        "\"version\"",
        "\"plugins_used\"",
        "ArtifactoryDetector",
        "AWSKeyDetector",
        "\"limit\": 4.5",
        "\"limit\": 3.0",
        "IPPublicDetector",
        "\"keyword_exclude\": \"\"",
        "TwilioKeyDetector",
        "\"filters_used\"",
        "allowlist",
        "common.is_baseline_file",
        "\"filename\": \".secrets.baseline\"",
        "is_indirect_reference",
        "is_templated_secret",
        "\"results\": {}",
        "\"generated_at\"",
    ]
    .into_iter()
    .map(|part| text.find(part).unwrap_or_else(|| panic!("{part} is missing")))
    .collect();
    assert!(places.is_sorted(), "{places:?}\n{text}");
    assert!(text.ends_with("Z\"\n}\n"));
}

#[test]
fn unknown_keys_types_plugins_and_filters_stay() {
    let text = text()
        .replace("\"generated_at\": \"2026-01-01T00:00:00Z\"", "\"generated_at\": \"2026-01-01T00:00:00Z\",\n  \"team\": {\n    \"size\": 4\n  }")
        .replace("\"line_number\": 1\n", "\"line_number\": 1,\n        \"ticket\": \"X-1\"\n")
        .replace("\"type\": \"AWS Access Key\"", "\"type\": \"Company Token\"")
        .replace("      \"name\": \"CloudantDetector\"", "      \"name\": \"CloudCompany\",\n      \"path\": \"file:///c.py\"\n    },\n    {\n      \"name\": \"CloudantDetector\"")
        .replace("detect_secrets.filters.heuristic.is_lock_file", "detect_secrets.filters.heuristic.is_log_file");
    assert_eq!(parsed(&text), (parsed(&text).0, Vec::new()));
    // `CloudantDetector` sorts before `CloudCompany`.
    let reordered = parsed(&text).0.write();
    assert!(reordered.find("\"CloudantDetector\"") < reordered.find("\"CloudCompany\""));
    assert_eq!(parsed(&reordered).0.write(), reordered);
    assert_eq!(parsed(&reordered).0, parsed(&text).0);
    assert!(reordered.contains("\"ticket\": \"X-1\"") && reordered.contains("\"size\": 4") && reordered.contains("is_log_file"));
}

#[test]
fn other_encodings_and_line_ends_are_read() {
    let text = text();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [utf16, [b"\xef\xbb\xbf", text.as_bytes()].concat()] {
        let (baseline, notes) = read(&bytes).unwrap();
        assert_eq!(baseline.write(), text);
        assert_eq!(notes.len(), 1, "{notes:?}");
    }
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(parsed(&crlf).0.write(), crlf);
    let windows = text.replace("a.py", "a\\\\a.py");
    assert_eq!(parsed(&windows).0.write(), text.replace("a.py", "a/a.py"));
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let text = text();
    let line = |part: &str| u32::try_from(text.lines().position(|line| line.contains(part)).unwrap() + 1).unwrap();
    for (from, to, part, message) in [
        ("\"is_verified\": false", "\"is_verified\": 1", "is_verified", "expected true or false, found a number"),
        ("\"line_number\": 1", "\"line_number\": \"1\"", "line_number", "expected a line number, found a string"),
        ("\"version\": \"1.5.0\"", "\"version\": \"new\"", "version", "three integers"),
        (
            "\"plugins_used\": [",
            "\"plugins_used\": [1,",
            "plugins_used",
            "expected an object for a plugin or filter, found a number",
        ),
        ("\"limit\": 4.5", "\"limit\": \"q\"", "\"limit\": 4.5", "expected a number for `limit`, found a string"),
        ("\"limit\": 3.0", "\"limit\": null", "\"limit\": 3.0", "expected a number for `limit`, found null"),
        ("\"keyword_exclude\": \"\"", "\"keyword_exclude\": 1", "keyword_exclude", "expected a string for `keyword_exclude`"),
        (
            "\"filters_used\": [",
            "\"filters_used\": [{\"path\": \"detect_secrets.filters.regex.should_exclude_line\", \"pattern\": \"x\"},",
            "filters_used",
            "expected a list of strings for `pattern`, found a string",
        ),
        ("\"a.py\": [", "\"a.py\": [{}, ", "\"a.py\": [", "the key `type` of an entry is missing"),
        ("  \"results\": {", "=======\n  \"results\": {", "results", "baseline merge"),
        ("  \"results\": {", "  \"results\": ", "\"a.py\"", "expected"),
    ] {
        let error = read(text.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(error.line == line(part) && error.message.contains(message), "{to}: {error}");
    }
    for (bytes, message) in [
        (&b"{\"version\": \"1.5.0\"}"[..], "`results` is missing"),
        (b"{\"results\": {}}", "`version` is missing"),
        (b"[]", "a list"),
        (b"", "ends where"),
        (b"{\n\xff", "not UTF-8"),
    ] {
        let error = read(bytes).unwrap_err();
        assert!(error.message.contains(message), "{error}");
    }
}

#[test]
fn repeated_entries_are_merged_with_a_warning() {
    let twice = text().replacen("      }\n    ],", "      },\n      {\"type\": \"Secret Keyword\", \"hashed_secret\": \"0101010101010101010101010101010101010101\", \"is_secret\": true}\n    ],", 1);
    let (baseline, notes) = parsed(&twice);
    assert_eq!(baseline.results[&Text::from("a.py")].len(), 1);
    assert_eq!(baseline.results[&Text::from("a.py")][0].is_secret, Some(true));
    assert!(notes[0].contains("the same entry of a.py again"), "{notes:?}");
}

#[test]
fn a_newer_version_keeps_its_number_and_missing_settings_are_the_default() {
    let newer = text().replace("1.5.0", "1.6.2");
    let (baseline, notes) = parsed(&newer);
    assert_eq!(baseline.write(), newer);
    assert!(notes[0].contains("newer"), "{notes:?}");
    let (baseline, notes) = parsed("{\"version\": \"1.5.0\", \"results\": {}}");
    assert_eq!(baseline.settings, Settings::default());
    assert!(notes[0].contains("`plugins_used` is missing"), "{notes:?}");
}

#[test]
fn an_entry_whose_own_name_differs_stays_where_it_is_and_matches_nothing() {
    let renamed = text().replacen("\"filename\": \"a.py\"", "\"filename\": \"other.py\"", 1);
    let (baseline, _) = parsed(&renamed);
    assert_eq!(baseline.write(), renamed);
    let identity = Identity::new(KEYWORD, &[1; 20]);
    assert!(baseline.find(&"a.py".into(), &identity).is_none() && baseline.find(&"other.py".into(), &identity).is_none());
}

/// Entries by path, hash byte, line and label.
fn any_baseline() -> impl Strategy<Value = Baseline> {
    let path = proptest::collection::vec(any::<u8>(), 1..6);
    let entry = (path, 0..27_usize, any::<u8>(), 1..9_u32, proptest::option::of(any::<bool>()), any::<bool>());
    proptest::collection::vec(entry, 0..12).prop_map(|entries| {
        let mut file = baseline(&[]);
        for (path, plugin, byte, line, is_secret, is_verified) in entries {
            let path = Text::from_path(&path).with_slashes();
            let identity = Identity::new(PLUGINS[plugin].kind, &[byte; 20]);
            let list = file.results.entry(path.clone()).or_default();
            if list.iter().all(|known| known.identity() != identity) {
                list.push(Entry { is_verified, is_secret, ..Entry::new(path, identity, line) });
                list.sort_by_key(|entry| (entry.line, entry.sha1.clone(), entry.kind.clone()));
            }
        }
        file
    })
}

proptest! {
    #[test]
    fn writing_and_reading_is_the_identity(file in any_baseline()) {
        let (back, notes) = read(file.write().as_bytes()).unwrap();
        prop_assert_eq!(notes, Vec::<String>::new());
        prop_assert_eq!(back.write(), file.write());
        prop_assert_eq!(back, file);
    }

    #[test]
    fn reading_is_total(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0..4000_usize, byte in any::<u8>()) {
        let _ = read(&bytes);
        let mut broken = text().into_bytes();
        let at = at % broken.len();
        broken[at] = byte;
        let _ = read(&broken);
    }
}
