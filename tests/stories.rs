//! What a user sees, as transcripts: `tests/stories/*.md` run in a real shell with real git.
#![cfg(test)]

#[path = "support/transcript.rs"]
mod transcript;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let mut stories: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("tests/stories is readable")
        .map(|entry| entry.expect("the entry is readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    stories.sort();
    let trials = stories.into_iter().map(|story| {
        let name = story.file_stem().expect("invariant: it has an extension").to_string_lossy().into_owned();
        Trial::test(name, move || run(&story))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn run(story: &Path) -> Result<(), Failed> {
    let text = fs_err::read_to_string(story)?;
    let steps = transcript::parse(&text);
    if steps.is_empty() {
        return Err("the story has no console block".into());
    }
    let folder = tempfile::tempdir()?;
    let work = folder.path().join("work");
    std::fs::create_dir(&work)?;
    let name = story.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(story).display().to_string();
    transcript::run(&name, &steps, &work, &environment(folder.path())).map_err(Failed::from)
}

/// A bare environment: our binaries first on PATH, a home of its own, a git that asks and signs nothing.
#[expect(clippy::disallowed_methods, reason = "the shell of a story finds its programs where the caller does")]
fn environment(home: &Path) -> Vec<(String, String)> {
    let binaries = Path::new(env!("CARGO_BIN_EXE_gatewright-secrets")).parent().expect("invariant: it lies in a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    [
        ("PATH", format!("{}:{path}", binaries.display())),
        ("HOME", home.display().to_string()),
        ("LC_ALL", "C.UTF-8".into()),
        ("TZ", "UTC".into()),
        ("GIT_CONFIG_NOSYSTEM", "1".into()),
        ("GIT_CONFIG_GLOBAL", "/dev/null".into()),
        ("GIT_AUTHOR_NAME", "A U Thor".into()),
        ("GIT_AUTHOR_EMAIL", "author@example.org".into()),
        ("GIT_COMMITTER_NAME", "A U Thor".into()),
        ("GIT_COMMITTER_EMAIL", "author@example.org".into()),
        ("COLUMNS", "100".into()),
    ]
    .map(|(name, value)| (name.to_string(), value))
    .to_vec()
}
