//! What we make of Python beside what Python makes of it: CPython reads the same files.
#![cfg(test)]

mod repair;
mod tokens;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MOST_FILES: usize = 500;
const MOST_BYTES: u64 = 200_000;

/// What a script of `tests/support` prints when it is given `input`.
fn python(script: &str, input: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(script);
    let mut command = Command::new(if cfg!(windows) { "python" } else { "python3" });
    let mut child = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// Files of the standard library: the first of some folders, and what tests the grammar itself.
fn library() -> Vec<PathBuf> {
    let folder = python("python_library.py", "");
    let mut files = Vec::new();
    for below in ["test", "", "email", "importlib", "asyncio", "encodings", "unittest", "json", "xml/dom", "ctypes"] {
        let Ok(entries) = fs_err::read_dir(PathBuf::from(folder.trim()).join(below)) else { continue };
        let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        found.retain(|path| path.extension().is_some_and(|e| e == "py") && path.metadata().unwrap().len() <= MOST_BYTES);
        // What is hard to read first.
        found.sort_by_key(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (!["string", "token", "gramm", "synta", "unparse", "patma"].iter().any(|word| name.contains(word)), name)
        });
        files.extend(found.into_iter().take(if below.is_empty() { MOST_FILES } else { 60 }));
    }
    files.truncate(MOST_FILES);
    files
}
