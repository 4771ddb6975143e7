//! What older scanners miss, each as a line; and that hostile input costs neither a panic nor time.

use proptest::prelude::*;

use crate::rule::Confidence;
use crate::secret::{Candidate, Detector};
use crate::source::{Origin, RepoPath, Source};

fn detect(file: &str, text: &str) -> Vec<Candidate> {
    let path = RepoPath::new(file.as_bytes());
    Detector::default().detect(&Source::new(&path, text.as_bytes(), Origin::Repository)).candidates
}

/// The rule, confidence and value of everything reported, `·` cut out of the text.
fn found(file: &str, text: &str) -> Vec<(&'static str, Confidence, String)> {
    let text = text.replace('·', "");
    detect(file, &text)
        .into_iter()
        .map(|candidate| (candidate.rule.id, candidate.confidence, text[candidate.range].to_string()))
        .collect()
}

fn values(file: &str, text: &str) -> Vec<String> {
    found(file, text)
        .into_iter()
        .filter(|(_, confidence, _)| *confidence >= Confidence::Medium)
        .map(|(_, _, value)| value)
        .collect()
}

#[test]
fn a_call_on_the_line_hides_nothing() {
    assert_eq!(values("a.py", r#"conn = connect(password="Sup3r·S3cret!")"#), ["Sup3rS3cret!"]);
    assert_eq!(values("a.py", r#"x = os.environ.get("DB_PASSWORD", "hunt·er2x")"#), ["hunter2x"]);
}

#[test]
fn a_byte_of_another_encoding_hides_nothing() {
    let path = RepoPath::new("a.py");
    let mut text = b"# \xe9t\xe9\npassword = \"wmz".to_vec();
    text.extend_from_slice(b"tukb4\"\n");
    assert_eq!(Detector::default().detect(&Source::new(&path, &text, Origin::Repository)).candidates.len(), 1);
}

#[test]
fn a_value_may_stand_on_a_line_of_its_own() {
    assert_eq!(values("a.py", "password = \"\"\"\nkvp·zusd0\n\"\"\"\n"), ["kvpzusd0"]);
    assert_eq!(values("a.py", "password = (\n    \"kvp·zusd0\"\n)\n"), ["kvpzusd0"]);
    assert_eq!(values("a.yml", "password: |\n  kvp·zusd0\nuser: x\n"), ["kvpzusd0"]);
}

#[test]
fn what_a_call_is_given_to_code_or_decode_is_a_value() {
    assert_eq!(values("a.py", "auth = base64.b64encode(b'ada:kvp·zusd0')"), ["kvpzusd0"]);
    assert_eq!(values("a.py", "auth = base64.b64encode(b'ada:password')"), [""; 0]);
    let key = "9f3ac1e07b52d84416fe·a09b3c7d2e5081b64fa7d3920ce5";
    assert_eq!(values("a.py", &format!("key = unhexlify('{key}')")), [key.replace('·', "")]);
    assert_eq!(values("a.py", &format!("key = lookup('{key}')")), [""; 0]);
}

#[test]
fn comments_lists_and_sections_of_settings_are_read() {
    assert_eq!(values("a.yml", "# password: kvp·zusd0\n"), ["kvpzusd0"]);
    assert_eq!(values("a.yml", "env:\n  - DB_PASSWORD=kvp·zusd0\n"), ["kvpzusd0"]);
    assert_eq!(values("a.ini", "[DEFAULT]\nx = 1\n[db]\npassword = kvp·zusd0\n"), ["kvpzusd0"]);
    assert_eq!(values("a.yml", "day: 2020-13-45\npassword: kvp·zusd0\n"), ["kvpzusd0"]);
}

#[test]
fn annotations_prefixes_and_symbols_do_not_matter() {
    assert_eq!(values("a.py", r#"PASSWORD: str = "kvp·zusd0""#), ["kvpzusd0"]);
    assert_eq!(values("a.py", r#"PASSWORD: Optional[str] = "kvp·zusd0""#), ["kvpzusd0"]);
    assert_eq!(values("a.py", r#"password = b"kvp·zusd0""#), ["kvpzusd0"]);
    assert_eq!(values("a.py", r#"password = "!kvp·zusd0""#), ["!kvpzusd0"]);
    assert_eq!(values("a.properties", "api-key=La9eEq·Squu61sw"), ["La9eEqSquu61sw"]);
    assert_eq!(values("a.properties", "service.api.key = La9eEq·Squu61sw"), ["La9eEqSquu61sw"]);
    assert_eq!(values("a.py", r#"MY_TOKEN = "a98f22·f92fb93d50""#), ["a98f22f92fb93d50"]);
    assert_eq!(values("a.py", r#"bearer = "a98f22·f92fb93d50c6e5b8a1""#), ["a98f22f92fb93d50c6e5b8a1"]);
}

#[test]
fn digits_are_passwords() {
    assert_eq!(values("a.py", r#"password = "84·1063""#), ["841063"]);
    assert_eq!(values("a.yml", "password: 84·1063\n"), ["841063"]);
}

#[test]
fn what_is_bare_in_code_is_an_expression() {
    for line in ["password = kvp·zusd0", "password=kvp·zusd0, x=1", "token = a98f·22f92fb93d50", "if password == stored·4711x:"]
    {
        assert_eq!(found("a.py", line), [], "{line}");
    }
}

#[test]
fn words_are_weighed_by_where_they_stand() {
    let confidence = |file| found(file, r#"password = "sunshine""#).first().map(|(_, confidence, _)| *confidence);
    assert_eq!(confidence("src/settings.py"), Some(Confidence::Medium));
    assert_eq!(confidence("tests/test_login.py"), Some(Confidence::Low));
    assert_eq!(found("src/settings.py", r#"token = "sunshine""#), []);
}

#[test]
fn the_evidence_shows_no_value() {
    for candidate in detect("a.py", &r#"password = "kvp·zusd0""#.replace('·', "")) {
        assert!(candidate.notes.iter().all(|note| !note.contains("tukb")), "{:?}", candidate.notes);
        assert_eq!(candidate.name.as_deref(), Some("password"));
    }
}

#[test]
fn every_name_of_a_line_is_read_once() {
    assert_eq!(
        values("a.json", r#"{"secret_key_password": "kvp·zusd0", "api_token": "a98f22·f92fb93d50"}"#),
        ["kvpzusd0", "a98f22f92fb93d50"]
    );
}

/// Words, openings and separators without end: each is looked at a bounded number of times.
#[test]
fn hostile_lines_cost_linear_time() {
    for unit in [
        "password",
        "key=",
        "key[",
        "token(\"",
        "secret: '",
        "auth.",
        "pass-",
        "password =\n",
        "key\\\"",
        "x<key>",
        "pass,\"",
        "${key:-",
        "password=(",
        "password=lambda:",
        "password,a,",
        "password or ",
        "\"password\",",
        "match password:\n case 'a",
    ] {
        let text = unit.repeat(40_000 / unit.len());
        let started = std::time::Instant::now();
        detect("a.txt", &text);
        detect("a.py", &text);
        assert!(started.elapsed().as_secs() < 20, "{unit:?} took {:?}", started.elapsed());
    }
}

proptest! {
    #[test]
    fn no_input_panics(text in prop::collection::vec(prop_oneof![
        Just("password"), Just("api_key"), Just("TOKEN"), Just("secret"), Just("auth"), Just(" = "), Just(": "), Just("=="), Just("\""), Just("'"), Just("`"),
        Just("\\"), Just("\n"), Just("["), Just("("), Just(")"), Just(","), Just("<"), Just(">"), Just("${"), Just("}"), Just("|"), Just("value"), Just("name"),
        Just("&quot;"), Just("é"), Just("kvpzusd0"), Just("0"), Just("or "), Just("default="), Just("Bearer "), Just("\"\"\""), Just("."), Just("-"),
        Just(" if "), Just(" else "), Just("lambda:"), Just("match "), Just("case "), Just("def "), Just("return "), Just("+"), Just("f\""), Just("set("), Just("*"),
    ], 0..40), file in prop_oneof![Just("a.py"), Just("a.yml"), Just("a.json"), Just(".env"), Just("a.ini"), Just("a.md")]) {
        let text = text.concat();
        for candidate in detect(file, &text) {
            prop_assert!(text.as_bytes().get(candidate.range.clone()).is_some_and(|value| !value.is_empty()));
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = [b"password = '", bytes.as_slice(), b"'\nkey: ", bytes.as_slice()].concat();
        let path = RepoPath::new("a.yml");
        Detector::default().detect(&Source::new(&path, &text, Origin::Repository));
    }
}

#[test]
fn the_names_of_a_project_are_looked_for_and_left_alone() {
    let names = crate::secret::Names::new(["geheimzahl", "密码本"], ["client_secret", "csrf-token"]);
    let detector = Detector::new(crate::secret::DECODE_DEPTH, names);
    let text = "
DB_GEHEIMZAHL = 'wmz·krtp84'
conn = connect(geheimZahl='no·t4me0x', geheimzahl='kd8·wzmqp3')
密码本 = 'pqz·wkv58s'
geheimzahl_password = 'hok·dujz71x'
geheimzahl = os.environ['GEHEIMZAHL']
geheimzahl_length = 'wmz·krtp84'
CLIENT_SECRET = 'o2Zaa·DSceYn3xTYypJprq4PmH7Zz'
csrfToken = 'o2Zaa·DSceYn3xTYypJprq4PmH7Zz'
token = 'gh·p_0000000000000000000000000000002C8GjS'
csrf_token = 'gh·p_0000000000000000000000000000002C8GjS'
"
    .replace('·', "");
    let path = RepoPath::new("a.py");
    let found = detector.detect(&Source::new(&path, text.as_bytes(), Origin::Repository)).candidates;
    let told: Vec<_> =
        found.iter().map(|candidate| format!("{} {}", candidate.rule.id, &text[candidate.range.clone()])).collect();
    let expected = "generic-password wmz·krtp84\ngeneric-password kd8·wzmqp3\ngeneric-password pqz·wkv58s\n\
                    generic-password hok·dujz71x\n\
                    github-token ghp·_0000000000000000000000000000002C8GjS\n\
                    github-token ghp·_0000000000000000000000000000002C8GjS";
    assert_eq!(told.join("\n"), expected.replace('·', ""));
}
