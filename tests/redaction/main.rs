//! Secrets of many kinds, planted in a repository: whatever the hook is asked, in whatever state it is, no ten bytes of any of them are
//! in what it prints and in what it writes.
#![cfg(test)]

mod binary;
mod plants;
#[path = "../support/repository.rs"]
mod repository;

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;
use plants::{Plant, plants};
use repository::{Repository, Said};

/// The plants of one seed in a repository, staged, and what must never come out of it.
struct Planted {
    repository: Repository,
    plants: Vec<Plant>,
    parts: Parts,
}

impl Planted {
    fn new(seed: u64) -> Self {
        let (repository, plants) = (Repository::new(), plants(seed));
        for (file, text) in files(&plants) {
            repository.write(file, text);
        }
        repository.git(&["add", "--all"]);
        let parts = Parts::of(&plants);
        Self { repository, plants, parts }
    }

    /// Runs the hook with what it may print and write watched.
    #[track_caller]
    fn run(&self, args: &[&str]) -> Said {
        let before = self.repository.every_file();
        let said = self.repository.gatewright(args);
        self.parts.assert_hidden(&said.text(), &format!("{args:?} says"));
        for (path, (state, content)) in self.repository.every_file() {
            if before.get(&path) != Some(&(state, content.clone())) {
                self.parts.assert_hidden(&String::from_utf8_lossy(&content), &format!("{args:?} writes {}", path.display()));
            }
        }
        said
    }
}

/// The texts of all plants by file; between two stands a line of its own.
fn files(plants: &[Plant]) -> BTreeMap<&'static str, Vec<u8>> {
    let mut files: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for plant in plants {
        let file = files.entry(plant.file).or_default();
        if !file.is_empty() {
            file.extend(b"# next\n");
        }
        file.extend(&plant.text);
    }
    files
}

/// Any ten bytes of what must not be shown.
struct Parts(AhoCorasick);

impl Parts {
    fn of(plants: &[Plant]) -> Self {
        Self::new(plants.iter().flat_map(|plant| &plant.hidden).map(String::as_str))
    }

    fn new<'t>(hidden: impl IntoIterator<Item = &'t str>) -> Self {
        Self(AhoCorasick::new(hidden.into_iter().flat_map(|text| text.as_bytes().windows(10))).unwrap())
    }

    #[track_caller]
    fn assert_hidden(&self, text: &str, who: &str) {
        if let Some(found) = self.0.find(text) {
            panic!("{who} `{}` in:\n{text}", &text[found.range()]);
        }
    }
}
