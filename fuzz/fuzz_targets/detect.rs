//! The native detector is total: any bytes, any name; every finding lies inside the text, and so does every part of a notebook.
#![no_main]

use gatewright::hook::Hook;
use gatewright::hook::secrets::Secrets;
use gatewright::notebook::Notebook;
use gatewright::source::{Origin, RepoPath, Source};
use libfuzzer_sys::fuzz_target;

const NAMES: &[&str] = &["a.py", "a.yml", "a.json", ".env", "Dockerfile", "a.txt", "a.ipynb", "poetry.lock"];

fuzz_target!(|data: &[u8]| {
    let Some((&first, text)) = data.split_first() else { return };
    let path = RepoPath::new(NAMES[usize::from(first) % NAMES.len()]);
    let source = Source::new(&path, text, Origin::Repository);
    let mut found = Vec::new();
    Secrets::default().check(&source, &mut found);
    assert!(found.iter().all(|finding| finding.span.start <= finding.span.end && finding.span.end <= source.text.len()));
    if let Some(Notebook { cells, rest, .. }) = Notebook::read(&path, &source.text) {
        for unfolded in [cells, rest] {
            for at in 0..unfolded.text.len() {
                let place = unfolded.outer(at..at + 1);
                assert!(place.start <= place.end && place.end <= source.text.len());
            }
        }
    }
});
