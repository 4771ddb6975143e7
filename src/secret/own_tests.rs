//! Rules of a project wherever rules look: in text, encodings, notebooks and archives.

use crate::archive::tests::gzip;
use crate::rule::HookName;
use crate::ruleset::Ruleset;
use crate::secret::{Candidate, Detection, Detector, rules};
use crate::source::{Origin, RepoPath, Source};

const TOKEN: &str = "ac·me_7f2c9e1d84b6a03c5d9e1f27";

fn rule(table: &str) -> String {
    format!("+++\nsummary = 'a'\nseverity = 'high'\nconfidence = 'high'\n[match]\n{table}\n+++\nWhy.\n")
}

/// A detector with rules called `own-0`, `own-1`, ….
fn detector(tables: &[&str]) -> Detector {
    let files: Vec<(String, Vec<u8>)> =
        (0..).zip(tables).map(|(n, table)| (format!(".gatewright/rules/own-{n}.md"), rule(table).into_bytes())).collect();
    let set = Ruleset::with(rules::ALL, HookName::Secrets, &files).unwrap_or_else(|faults| panic!("{}", faults.join("\n")));
    Detector::default().with_rules(set.own)
}

fn acme() -> Detector {
    detector(&["keywords = ['acme_']\npattern = 'acme_[0-9a-f]{24}'\nshown = 5"])
}

fn detect(detector: &Detector, path: &str, raw: &[u8]) -> Detection {
    detector.detect(&Source::new(&RepoPath::new(path), raw, Origin::Repository))
}

fn ids(detector: &Detector, path: &str, raw: &[u8]) -> Vec<&'static str> {
    detect(detector, path, raw).candidates.iter().map(|candidate| candidate.rule.id).collect()
}

fn text(text: &str) -> Vec<u8> {
    text.replace('%', TOKEN).replace('·', "").into_bytes()
}

#[test]
fn they_are_found_as_ours_are() {
    assert_eq!(ids(&acme(), "a.py", &text("f('%')\n")), ["own-0"]);
    assert_eq!(ids(&acme(), "a.py", &text("f('%0')\nf('x%')\nf('acme_')\n")), [""; 0], "a letter or digit touches it");
    assert_eq!(ids(&acme(), "poetry.lock", &text("f('%')\n")), ["own-0"], "a format is looked for in generated files");
    assert_eq!(ids(&Detector::default(), "a.py", &text("f('%')\n")), [""; 0]);
}

#[test]
fn the_case_of_a_keyword_counts_unless_the_rule_says_otherwise() {
    let upper = text("f('%')\n").to_ascii_uppercase();
    assert_eq!(ids(&acme(), "a.py", &upper), [""; 0]);
    let either = detector(&["keywords = ['acme_']\npattern = 'acme_[0-9a-f]{24}'\nignore-case = true"]);
    assert_eq!(ids(&either, "a.py", &upper), ["own-0"]);
}

#[test]
fn keywords_that_overlap_each_have_their_hit() {
    let both = detector(&[
        "keywords = ['acme']\npattern = 'acme[0-9]{9}'",
        "keywords = ['acme123']\npattern = '[a-z]+-acme123456789'\nboundary = 'none'",
    ]);
    assert_eq!(ids(&both, "a.txt", b"acme123456789 corp-acme123456789"), ["own-0", "own-1"]);
}

#[test]
fn what_is_encoded_is_decoded_for_them() {
    let token = text("%");
    for layers in 1..=3 {
        let encoded = (0..layers).fold(token.clone(), |bytes, _| data_encoding::BASE64.encode(&bytes).into_bytes());
        assert_eq!(ids(&acme(), "a.txt", &encoded), ["own-0"], "{layers} layers");
    }
    let inside = [b"{\"deploy\": \"", token.as_slice(), b"\"}"].concat();
    let found = detect(&acme(), "a.txt", data_encoding::BASE64.encode(&inside).as_bytes()).candidates;
    assert_eq!(found.iter().map(|it| it.via.clone()).collect::<Vec<_>>(), [["base64"]]);
    assert_eq!(ids(&acme(), "a.txt", data_encoding::HEXLOWER.encode(&token).as_bytes()), ["own-0"]);
}

#[test]
fn the_more_specific_of_two_rules_wins() {
    let found = ids(&acme(), "a.py", &text("password = '%'\n"));
    assert_eq!(found, ["own-0"], "a format knows more than a name");
}

#[test]
fn their_work_is_bounded_by_the_budget_of_the_text() {
    let greedy = detector(&["keywords = ['aaa']\npattern = 'aaa[a-z]{100,}0'\nboundary = 'none'"]);
    let detection = detect(&greedy, "a.txt", &b"a".repeat(200_000));
    assert_eq!((detection.candidates.len(), detection.limits.len()), (0, 1), "{:?}", detection.limits);
    assert!(detection.work < (4 << 20) + 33 * 200_000, "{}", detection.work);
}

#[test]
fn the_name_of_a_file_is_told_once_whatever_the_file_is() {
    let stores = detector(&["file-name = ['*.p12', '*.p12.gz', '/keys/', '!keep.p12']"]);
    for raw in [&b""[..], b"text\n", &[0; 100], &[0xff; 20]] {
        let detection = detect(&stores, "a/b.p12", raw);
        assert!(matches!(detection.candidates.as_slice(), [it] if it.range == (0..0)), "{:?}", detection.candidates);
        assert_eq!(detection.skipped, None);
    }
    assert_eq!(ids(&stores, "keys/readme.txt", b"x"), ["own-0"]);
    assert_eq!(ids(&stores, "a/keep.p12", b"x"), [""; 0]);
    assert_eq!(detect(&stores, "a.xz", b"\xfd7zXZ\0").skipped, Some("an xz file, which is not opened"));
    let packed = gzip(b"x");
    let place = |it: &Candidate| it.member.as_ref().map(ToString::to_string);
    let members = |path: &str| detect(&stores, path, &packed).candidates.iter().map(place).collect::<Vec<_>>();
    assert_eq!(members("b.p12.gz"), [None], "of its member nothing new can be said");
    assert_eq!(members("c.gz"), [None; 0]);
    assert_eq!(members("keys/c.gz"), [None]);
    assert_eq!(
        ids(&stores, "c.p12.gz", &gzip(&text("f('gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7')\n"))),
        ["own-0", "github-token"]
    );
}

#[test]
fn members_of_archives_have_names_of_their_own() {
    let stores = detector(&["file-name = ['*.p12']"]);
    let found = detect(&stores, "b.p12.gz", &gzip(b"x")).candidates;
    let [it] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(it.member.as_ref().map(|member| (member.to_string(), member.span.line)), Some(("b.p12".to_owned(), 1)));
}

#[test]
fn python_is_read_where_it_is_python() {
    let calls = detector(&["call = ['ssl.wrap_socket']\nwithout = ['ssl_version']"]);
    let code = b"import ssl\nssl.wrap_socket(s)\n";
    assert_eq!(ids(&calls, "a.py", code), ["own-0"]);
    assert_eq!(ids(&calls, "a.txt", code), [""; 0]);
    assert_eq!(ids(&calls, "a.py.gz", &gzip(code)), ["own-0"]);
    let notebook = serde_json::json!({"cells": [
        {"cell_type": "markdown", "source": "import ssl\nssl.wrap_socket(s)"},
        {"cell_type": "code", "source": ["import ssl\n", "x = 1"]},
        {"cell_type": "code", "source": "ssl.wrap_socket(\n  s)"},
    ]});
    let raw = notebook.to_string();
    let found = detect(&calls, "a.ipynb", raw.as_bytes()).candidates;
    let shown: Vec<_> = found.iter().map(|it| (&raw[it.range.clone()], it.notes.join("; "))).collect();
    assert_eq!(shown, [("ssl.wrap_socket", "in cell 3".to_owned())]);
}

#[test]
fn the_number_of_calls_is_bounded_and_told() {
    let calls = detector(&["call = ['eval']"]);
    let detection = detect(&calls, "a.py", "eval(x)\n".repeat(11_000).as_bytes());
    assert_eq!((detection.candidates.len(), detection.limits.len()), (10_000, 1));
}

#[test]
fn a_call_that_is_silenced_is_explained() {
    let calls = detector(&["call = ['eval']\nwithout = ['safe']"]).explaining();
    let found = detect(&calls, "a.py", b"eval(x, safe=1)\neval(x, **y)\neval(x)\n").candidates;
    let against: Vec<_> = found.iter().map(|it| it.against.as_deref()).collect();
    assert_eq!(against, [Some("`safe` is given"), Some("what `**` gives cannot be seen"), None]);
}
