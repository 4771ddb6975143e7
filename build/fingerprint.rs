//! A fingerprint of everything in this repository that decides what is found.
//! Promises that it changes with any byte of source, rules or lock file, and with nothing else that git would keep.
//! Is no defence against anybody: who can change the program needs no collision.

use std::hash::DefaultHasher;
use std::hash::Hasher as _;
use std::path::{Path, PathBuf};

use std::fs;

/// Files and folders whose content makes the engine. A package that cargo installs has no lock file.
const PARTS: [&str; 7] = ["src", "hooks", "build", "build.rs", "baseline/known-fakes.toml", "Cargo.toml", "Cargo.lock"];

/// Tells the compiler the fingerprint as `GATEWRIGHT_ENGINE`, and cargo what it was made of.
pub fn write() {
    // Two halves of 64 bits each, which differ in what they begin with.
    let mut halves = [DefaultHasher::new(), DefaultHasher::new()];
    halves[1].write_u8(1);
    for part in PARTS.iter().filter(|part| Path::new(part).exists()) {
        println!("cargo::rerun-if-changed={part}");
        add(Path::new(part), &mut halves);
    }
    let [one, two] = halves.map(|half| half.finish());
    println!("cargo::rustc-env=GATEWRIGHT_ENGINE={one:016x}{two:016x}");
}

fn add(path: &Path, halves: &mut [DefaultHasher; 2]) {
    if path.is_dir() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(path).map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect()).unwrap_or_default();
        entries.sort();
        return entries.iter().for_each(|entry| add(entry, halves));
    }
    let name = path.to_string_lossy().replace('\\', "/");
    let content = fs::read(path).unwrap_or_default();
    for half in halves {
        for bytes in [name.as_bytes(), &content] {
            half.write_usize(bytes.len());
            half.write(bytes);
        }
    }
}
