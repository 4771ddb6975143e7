//! The detector as a whole: total on any bytes, the same every time, bounded on hostile input. Bounds are measured in work, not in time.

use std::sync::LazyLock;

use gatewright::secret::{Detection, Detector, Names};
use gatewright::source::{Origin, RepoPath, Source};
use proptest::prelude::*;

/// One for all tests: patterns are compiled once.
static DETECTOR: LazyLock<Detector> = LazyLock::new(Detector::default);

fn detect_in(path: &str, raw: &[u8]) -> Detection {
    let path = RepoPath::new(path);
    DETECTOR.detect(&Source::new(&path, raw, Origin::Repository))
}

fn detect(raw: &[u8]) -> Detection {
    detect_in("x.txt", raw)
}

/// Pieces that wake every part of the detector.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"ghp_",
        b"eyJhbGciOi",
        b"://",
        b"@",
        b":",
        b"-----BEGIN PRIVATE KEY-----",
        b"-----END PRIVATE KEY-----",
        b"\\n",
        b"\n",
        b"\r\n",
        b"\"",
        b"'",
        b"=",
        b"Basic ",
        b"Bearer ",
        b"password=",
        b"--password ",
        b"curl -u ",
        b"mysql -p",
        b"machine ",
        b"login ",
        b"password ",
        b":5432:",
        b"%2d",
        b"\\x67",
        b"&#103;",
        b"Z2hwX",
        b"6768705f",
        b"PuTTY-User-Key-File-",
        b"Private-Lines: ",
        b"IDENTIFIED BY '",
        b"\"auth\": \"",
        b"\xff\xfe",
        b"\0",
        b"{",
        b"${",
    ];
    prop_oneof![
        4 => prop::sample::select(pieces).prop_map(<[u8]>::to_vec),
        2 => "[A-Za-z0-9+/_=-]{1,80}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn detection_is_total_repeatable_and_inside_the_text(pieces in prop::collection::vec(piece(), 0..60)) {
        let raw = pieces.concat();
        let path = RepoPath::new("x.txt");
        let source = Source::new(&path, &raw, Origin::Repository);
        let (one, two) = (DETECTOR.detect(&source), DETECTOR.detect(&source));
        prop_assert_eq!(format!("{one:?}"), format!("{two:?}"));
        let mut end = 0;
        for pair in &one.candidates {
            prop_assert!(pair.range.start <= pair.range.end && pair.range.end <= source.text.len());
            prop_assert!(pair.range.start >= end || !pair.via.is_empty(), "overlap");
            end = end.max(pair.range.end);
        }
        prop_assert!(one.limits.is_empty());
    }

    #[test]
    fn a_token_is_found_whatever_stands_around_it(before in "[ -~&&[^A-Za-z0-9_%\\\\]]{0,40}", behind in "[ -~&&[^A-Za-z0-9_]]{0,40}") {
        let token = "gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7".replace('·', "");
        let text = format!("{before}{token}{behind}");
        let found = detect(text.as_bytes()).candidates;
        prop_assert!(found.iter().any(|c| c.range == (before.len()..before.len() + token.len())), "{found:?}");
    }
}

/// Pieces that hostile files repeat: prefixes that wake patterns, openers without end, encodings of encodings.
const HOSTILE: &[&[u8]] = &[
    b"ghp_",
    b"://",
    b"://a:",
    b"a:b@",
    b"eyJ",
    b"eyJ.",
    b"-----BEGIN PRIVATE KEY-----",
    b"PRIVATE KEY",
    b"Basic ",
    b"Bearer ",
    b"password=",
    b"--password ",
    b"curl ",
    b"machine ",
    b"Z2hwX",
    b"6768705f",
    b"%2d",
    b"\\x67",
    b"\\u0067",
    b"&#103;",
    b"\"auth\":",
    b":5432:",
    b"IDENTIFIED BY '",
    b"PuTTY-User-Key-File-",
    b"authorization: token ",
    b"otpauth://totp/?",
    b"\"kty\":\"RSA\",",
    b"$argon2",
    b"LS0tLS1CRUdJTi",
    b"MIIEowIBAAKCAQEA",
    b"datadog ",
    b"datadog_key=0a0a-0a0a-0a0a-",
    b"\"",
    b"\\",
];

/// The time of this test is the look of code rules: each hit is bounded, so it is linear in the length.
#[test]
fn work_is_bounded_on_one_endless_line() {
    const LENGTH: usize = 1 << 15;
    for piece in HOSTILE {
        let raw: Vec<u8> = piece.iter().copied().cycle().take(LENGTH).collect();
        let detection = detect(&raw);
        assert!(detection.work <= 34 * LENGTH as u64 + (5 << 20), "{}: {}", piece.escape_ascii(), detection.work);
    }
}

#[test]
fn names_of_services_without_values_cost_little() {
    let detection = detect(b"datadog stripe intrinio\n".repeat(40_000).as_slice());
    assert!(detection.limits.is_empty(), "{:?}", detection.limits);
}

#[test]
fn more_than_ten_thousand_candidates_are_cut_and_told() {
    let token = "gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7 ".replace('·', "");
    let detection = detect(token.repeat(12_000).as_bytes());
    assert_eq!(detection.candidates.len(), 10_000);
    assert_eq!(detection.limits.len(), 1, "{:?}", detection.limits);
}

#[test]
fn encodings_are_undone_three_deep_and_what_is_deeper_is_told() {
    let base64 = |text: String| data_encoding::BASE64.encode(text.as_bytes());
    let percent = |text: String| text.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02x}"));
    let encodings: [(&str, &dyn Fn(String) -> String); 2] = [("base64", &base64), ("percent", &percent)];
    for (name, encode) in encodings {
        let mut text = "gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7".replace('·', "");
        for depth in 1..=6 {
            text = encode(text);
            let Detection { candidates, limits, .. } = detect(format!("x = '{text}'").as_bytes());
            let via: Vec<&str> = candidates.iter().flat_map(|c| c.via.iter().copied()).collect();
            assert_eq!(via, if depth <= 3 { vec![name; depth] } else { vec![] }, "depth {depth}");
            assert_eq!(limits.len(), usize::from(depth > 3), "depth {depth}: {limits:?}");
        }
    }
}

type Encode<'a> = &'a dyn Fn(&[u8]) -> String;

/// The shortest token has 20 characters; what stands before it moves it within its group.
#[test]
fn encodings_are_undone_within_each_other_in_any_order() {
    let base64 = |text: &[u8]| data_encoding::BASE64.encode(text);
    let base64_of_paths = |text: &[u8]| data_encoding::BASE64URL_NOPAD.encode(text);
    let lower = |text: &[u8]| data_encoding::HEXLOWER.encode(text);
    let upper = |text: &[u8]| data_encoding::HEXUPPER.encode(text);
    let each = |text: &[u8], before: &str| {
        data_encoding::HEXUPPER
            .encode(text)
            .as_bytes()
            .chunks(2)
            .fold(String::new(), |done, digits| done + before + std::str::from_utf8(digits).unwrap())
    };
    let percent = |text: &[u8]| each(text, "%");
    let escape = |text: &[u8]| each(text, "\\x");
    let encodings: [(&str, Encode); 6] = [
        ("base64", &base64),
        ("base64", &base64_of_paths),
        ("hex", &lower),
        ("hex", &upper),
        ("percent", &percent),
        ("escape", &escape),
    ];
    for token in ["AK·IAYVP4CIPPQWKJ7XTM", "gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7"] {
        for before in ["", " ", "x ", "ab ", "GITHUB_TOKEN=", "a sentence of words before it: "] {
            let plain = format!("{before}{token}\n").replace('·', "");
            for (first, encode_first) in encodings {
                for (second, encode_second) in encodings {
                    let twice = encode_second(encode_first(plain.as_bytes()).as_bytes());
                    assert_eq!(first_via(&twice), [second, first], "{before:?}");
                    for (third, encode_third) in encodings {
                        let text = format!("key = '{}'", encode_third(twice.as_bytes()));
                        assert_eq!(first_via(&text), [third, second, first], "{before:?}");
                    }
                }
            }
        }
    }
}

/// `base64` ends its lines after 76 characters, PEM after 64, `xxd -p` after 60: in the middle of a keyword, too.
#[test]
fn an_encoded_run_goes_on_in_the_next_line() {
    let wrapped = |encoded: &str, width: usize, end: &str| {
        let lines: Vec<&str> = encoded.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
        lines.join(end)
    };
    for before in 0..60 {
        let plain = format!("{}gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7", "word ".repeat(before / 5 + 1)).replace('·', "");
        let plain = &plain.as_bytes()[5 - before % 5..];
        let (base64, hex) = (data_encoding::BASE64.encode(plain), data_encoding::HEXLOWER.encode(plain));
        for end in ["\n", "\r\n", "\n  ", "\\n"] {
            assert_eq!(first_via(&wrapped(&hex, 60, end)), ["hex"], "{before} {end:?}");
            for width in [64, 76] {
                assert_eq!(first_via(&wrapped(&base64, width, end)), ["base64"], "{before} {width} {end:?}");
                let again = wrapped(&data_encoding::BASE64.encode(wrapped(&base64, width, end).as_bytes()), width, end);
                assert_eq!(first_via(&again), ["base64", "base64"], "{before} {width} {end:?}");
            }
        }
    }
}

fn first_via(text: &str) -> Vec<&'static str> {
    detect(text.as_bytes()).candidates.first().map(|candidate| candidate.via.clone()).unwrap_or_default()
}

/// An encoded keyword below the last layer is no secret yet; and who undoes nothing does not ask.
#[test]
fn what_is_deeper_is_told_only_if_it_leads_to_something() {
    let token = "gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7".replace('·', "");
    let twice = |text: &str| data_encoding::BASE64.encode(data_encoding::BASE64.encode(text.as_bytes()).as_bytes());
    let limits = |depth, text: &str| {
        let path = RepoPath::new("x.txt");
        let detector = Detector::new(depth, Names::default());
        detector.detect(&Source::new(&path, twice(text).as_bytes(), Origin::Repository)).limits.len()
    };
    assert_eq!(limits(1, &token), 1);
    assert_eq!(limits(1, &format!("{} is how tokens begin", &token[..4])), 0);
    assert_eq!(limits(2, &token), 0);
    assert_eq!(limits(0, &token), 0);
}

#[test]
fn every_encoding_is_undone_at_every_alignment() {
    let token = "gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7".replace('·', "");
    let escaped = |form: fn(u8) -> String| token.bytes().map(form).collect::<String>();
    for before in ["", " ", "a ", "ab ", "abc "] {
        let plain = format!("{before}{token}");
        assert_eq!(
            detect(data_encoding::BASE64URL_NOPAD.encode(plain.as_bytes()).as_bytes()).candidates[0].via,
            ["base64"],
            "{before:?}"
        );
        assert_eq!(detect(data_encoding::HEXLOWER.encode(plain.as_bytes()).as_bytes()).candidates[0].via, ["hex"], "{before:?}");
    }
    assert_eq!(detect(escaped(|b| format!("%{b:02X}")).as_bytes()).candidates[0].via, ["percent"]);
    assert_eq!(detect(escaped(|b| format!("\\x{b:02x}")).as_bytes()).candidates[0].via, ["escape"]);
    assert_eq!(detect(escaped(|b| format!("&#{b};")).as_bytes()).candidates[0].via, ["entity"]);
    assert_eq!(detect(escaped(|b| format!("\\u00{b:02x}")).as_bytes()).candidates[0].range, 0..token.len() * 6);
}

#[test]
fn what_touches_a_token_says_little() {
    let dots = |text: &str| text.replace('·', "");
    let proven = dots("xgh·p_0000000000000000000000000000002C8GjSN");
    assert_eq!(detect(proven.as_bytes()).candidates[0].range, 1..41, "its checksum is right");
    let unproven = dots("SG.·7fK2mQ9vX4pL8sR1tW6yBz.7fK2mQ9vX4pL8sR1tW6yBz7fK2mQ9vX4pL8sR1tW6yBN");
    assert!(detect(format!("{unproven}N").as_bytes()).candidates.is_empty());
    let among_bytes = detect_in("x.bin", format!("\0{unproven}N").as_bytes());
    assert_eq!(among_bytes.candidates[0].rule.id, "sendgrid-api-key", "the next field begins there");
    assert!(detect_in("x.bin", format!("\0x{unproven}").as_bytes()).candidates.is_empty());
}

#[test]
fn binary_files_are_judged_by_formats_and_by_their_kind() {
    let clean = detect_in("x.png", "PNG\r\n\x1a\n\0\0password = 'Tr0ub4dor·-horse-77'".replace('·', "").as_bytes());
    assert_eq!((clean.skipped, clean.candidates.len()), (None, 0), "names mean nothing there");
    let token = "gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7".replace('·', "");
    let database = [b"SQLite format 3\0\x10\0\x01\x01\0\x40".as_slice(), token.as_bytes(), b"\x02\0"].concat();
    let found = detect_in("x.db", &database);
    assert_eq!((found.candidates[0].rule.id, found.candidates[0].range.clone()), ("github-token", 22..62));
    let packed = [b"\xfd7zXZ\0".as_slice(), token.as_bytes()].concat();
    assert_eq!(
        (detect_in("x.xz", &packed[..6]).skipped, detect_in("x.xz", &packed).skipped),
        (Some("an xz file, which is not opened"), None)
    );
    let store = detect_in("x.jks", &[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0]);
    assert_eq!((store.skipped, store.candidates[0].rule.id), (None, "key-container"));
}
