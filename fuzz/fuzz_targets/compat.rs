//! detect-secrets' rules are total too: any bytes, any name; a place lies in the text, and a line in the file.
#![no_main]

use gatewright::secret::compat::{self, Settings};
use gatewright::source::{Origin, RepoPath, Source};
use libfuzzer_sys::fuzz_target;

const NAMES: &[&str] = &["a.py", "a.yml", "a.yaml", "a.ini", "a.txt", "a.js", "a.go", "a.cls", "a.json", "Dockerfile"];

fuzz_target!(|data: &[u8]| {
    let Some((&first, text)) = data.split_first() else { return };
    let path = RepoPath::new(NAMES[usize::from(first) % NAMES.len()]);
    let outcome = compat::scan(&path, text, &Settings::default()).expect("the default settings have no patterns of their own");
    let source = Source::new(&path, text, Origin::Repository);
    for identity in outcome.identities() {
        assert!(identity.line >= 1);
        assert!(identity.span.as_ref().is_none_or(|span| span.start <= span.end && span.end <= source.text.len()));
    }
});
