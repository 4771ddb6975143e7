//! The holes of detect-secrets 1.5.0 (specification of the secrets hook, §8.2) that concern detection: each is a test here, judged through
//! the hook. The holes of its baseline (counts, labels, line shifts) are tested where baselines are.
#![cfg(test)]

use gatewright::config::Config;
use gatewright::finding::{Finding, Subject};
use gatewright::hook::Hook;
use gatewright::hook::secrets::Secrets;
use gatewright::rule::Confidence;
use gatewright::secret::compat::Settings;
use gatewright::source::{Origin, RepoPath, Source};

fn check(path: &str, raw: &[u8]) -> Vec<Finding> {
    let path = RepoPath::new(path);
    let mut found = Vec::new();
    Secrets::new(&Config::default(), Settings::default(), &[]).check(&Source::new(&path, raw, Origin::Repository), &mut found);
    found
}

fn ids(path: &str, text: &str) -> Vec<&'static str> {
    check(path, text.replace('·', "").as_bytes()).iter().map(|finding| finding.rule.id).collect()
}

/// Two findings of the same rule with different values.
fn assert_two_identities(path: &str, text: &str) {
    let found = check(path, text.replace('·', "").as_bytes());
    let [Subject::Secret(one), Subject::Secret(two)] = [&found[0].subject, &found[1].subject] else { panic!("expected secrets") };
    assert_eq!((found.len(), found[0].rule.id), (2, found[1].rule.id));
    assert!(one != two);
}

const GITHUB: &str = "gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7";
const BODY: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKjMzEfYyjiWA4R4";

fn pem(label: &str, body: &str) -> String {
    format!("-----BEGIN {label}·-----\n{body}\n-----END {label}·-----\n")
}

#[test]
fn hole_1_a_call_on_the_line_hides_nothing() {
    assert_eq!(ids("x.py", &format!("t = get(\"{GITHUB}\")")), ["github-token"]);
    assert_eq!(ids("x.py", &format!("os.environ.get(\"X\", \"{GITHUB}\")")), ["github-token"]);
}

#[test]
fn hole_2_one_latin_1_byte_hides_nothing() {
    let mut raw = b"# caf\xe9\n".to_vec();
    raw.extend(format!("t = '{GITHUB}'").replace('·', "").into_bytes());
    assert_eq!(check("x.py", &raw).len(), 1);
}

#[test]
fn hole_2_utf_16_hides_nothing() {
    let text = format!("t = '{GITHUB}'").replace('·', "");
    let raw: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(check("x.ps1", &raw).len(), 1);
}

#[test]
fn hole_3_two_keys_of_one_label_are_two_identities() {
    let other = BODY.replace("VJTU", "WKUV");
    assert_two_identities("keys.pem", &format!("{}{}", pem("RSA PRIVATE KEY", BODY), pem("RSA PRIVATE KEY", &other)));
}

#[test]
fn hole_3_two_github_tokens_are_two_identities() {
    assert_two_identities("x.py", &format!("a = '{GITHUB}'\nb = '{}'", GITHUB.replace("7fK2", "8gL3")));
}

#[test]
fn hole_4_the_signature_belongs_to_the_token() {
    let head = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9·.eyJzdWIiOiI4MTcyNjM1NCIsInNjb3BlIjoid3JpdGUifQ·";
    assert_two_identities(
        "x.py",
        &format!(
            "a = '{head}.q3V0aGlzSXNOb3RBUmVhbFNpZ25hdHVyZTEyMzQ1Ng'\nb = '{head}.r4W1bGlzSXNOb3RBUmVhbFNpZ25hdHVyZTEyMzQ1Ng'"
        ),
    );
}

#[test]
fn hole_6_a_value_on_a_line_of_its_own() {
    assert_eq!(ids("x.py", &format!("TOKEN = \"\"\"\n{GITHUB}\n\"\"\"")), ["github-token"]);
}

#[test]
fn hole_6_keys_wrapped_in_base64() {
    let wrapped = data_encoding::BASE64.encode(pem("PRIVATE KEY", BODY).replace('·', "").as_bytes());
    for text in [format!("key: {wrapped}"), format!("key: {}", data_encoding::BASE64.encode(wrapped.as_bytes()))] {
        let found = check("secret.yml", text.as_bytes());
        assert!(found.iter().any(|finding| finding.rule.id == "private-key" && finding.via.contains(&"base64")), "{found:?}");
    }
}

#[test]
fn hole_6_encrypted_keys() {
    assert_eq!(ids("x.pem", &pem("ENCRYPTED PRIVATE KEY", BODY)), ["private-key"]);
}

#[test]
fn hole_6_putty_keys_of_version_3() {
    let key = "PuTTY-User-·Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\n\
               AAAAIQDk7mT2vXq9sLz0RfYw4bHc8nJpKu5eGaVtOi1ZxQdMw==\nPrivate-MAC: 00\n";
    assert_eq!(ids("id.ppk", key), ["putty-private-key"]);
}

#[test]
fn hole_7_comments_and_list_items_of_yaml_and_ini() {
    assert_eq!(
        ids("x.yml", &format!("a: 1\n# old: {GITHUB}\nb:\n  - {GITHUB}x\n  - {GITHUB}\n")),
        ["github-token", "github-token"]
    );
    assert_eq!(
        ids("x.ini", &format!("[DEFAULT]\na = 1\n[b]\na = 1\n[c]\nt = {GITHUB}\n; {GITHUB}\n")),
        ["github-token", "github-token"]
    );
}

#[test]
fn hole_8_bearer_tokens() {
    assert_eq!(ids("x.py", "h = {\"Authorization\": \"Bearer 7f2Kq9·wLx0Zr4tVb8Ym3\"}"), ["bearer-header"]);
}

#[test]
fn hole_9_lock_style_and_map_files_and_swagger() {
    for path in ["poetry.lock", "site.css", "logo.svg", "app.js.map", "go.sum", "docs/swagger/api.json"] {
        assert_eq!(ids(path, &format!("x {GITHUB} y")), ["github-token"], "{path}");
        assert_eq!(ids(path, "u https://ci:n4Tr·0iWq7@packages.internal/x"), ["url-credentials"], "{path}");
    }
}

#[test]
fn hole_13_an_impossible_date_stops_nothing() {
    assert_eq!(ids("x.yml", &format!("day: 2020-13-45\ntoken: {GITHUB}\n")), ["github-token"]);
}

#[test]
fn passwords_with_reserved_characters_in_urls() {
    for password in ["pa$$w0rd!", "a&b=c9d", "x(1)y+z", "n4%40Tr0", "k9#Vx2?mQ", "q+Z'7r"] {
        let text = format!("url: postgres://app:{}@db.internal/x", password.replace('\'', ""));
        assert_eq!(ids("x.yml", &text), ["url-credentials"], "{password}");
    }
}

#[test]
fn a_published_example_is_no_finding_and_unsigned_tokens_are_unsure() {
    assert!(ids("x.py", "u = 'postgresql://scott:·tiger@localhost/test'").is_empty());
    let found = check("x.py", "t = 'eyJhbGciOiJub25lIn0·.eyJzdWIiOiI4MTcyNjM1NCJ9·.'".replace('·', "").as_bytes());
    assert_eq!(found[0].confidence, Confidence::Low);
}
