//! What a user sees, as transcripts: `tests/stories/*.md`, `README.md` and `docs/*.md` run in a real shell with real git. What the
//! documents show is executed too, with the hook installed in a real pre-commit and detect-secrets beside it.
#![cfg(test)]

#[path = "support/hook_runner.rs"]
#[expect(dead_code, reason = "each test program uses its part")]
mod hook_runner;
#[path = "support/peers.rs"]
mod peers;
#[path = "support/repository.rs"]
mod repository;
#[path = "support/transcript.rs"]
mod transcript;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use gatewright::config::Config;
use gatewright::hook::Hook;
use gatewright::hook::secrets::Secrets;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let stories =
        markdown(&root.join("tests/stories")).into_iter().map(|story| Trial::test(name(&story), move || run_story(&story)));
    let documents = markdown(&root.join("docs")).into_iter().chain([root.join("README.md")]);
    let documents = documents.map(|document| Trial::test(name(&document), move || run_document(&document)));
    let example = Trial::test("README.md: configuration", readme_configuration);
    libtest_mimic::run(&arguments, stories.chain(documents).chain([example]).collect()).exit_code()
}

fn markdown(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is readable");
    let paths = entries.map(|entry| entry.expect("the entry is readable").path());
    let mut files: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    files.sort();
    files
}

fn name(file: &Path) -> String {
    file.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(file).display().to_string()
}

fn run_story(story: &Path) -> Result<(), Failed> {
    let text = fs_err::read_to_string(story)?;
    if transcript::parse(&text).is_empty() {
        return Err("the story has no console block".into());
    }
    run(story, &text, |_| {})
}

/// Every console block of a document runs; a page without one has nothing to run.
fn run_document(document: &Path) -> Result<(), Failed> {
    let text = fs_err::read_to_string(document)?;
    if text.contains("```console ignore") {
        return Err("a document shows what nobody has run".into());
    }
    if text.contains("$ pre-commit ") {
        hook_runner::PRE_COMMIT.installed();
    }
    run(document, &text, |environment| {
        let tools = peers::tool("pre-commit");
        let tools = tools.parent().expect("invariant: it lies in a folder").display().to_string();
        if let Some((_, path)) = environment.iter_mut().find(|(name, _)| name == "PATH") {
            *path = path.replacen(':', &format!(":{tools}:"), 1);
        }
        environment.extend(hook_runner::PRE_COMMIT.environment());
        environment.extend(repository::toolchain().map(|(name, path)| (name.to_owned(), path.display().to_string())));
    })
}

fn run(file: &Path, text: &str, extend: impl Fn(&mut Vec<(String, String)>)) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let work = folder.path().join("work");
    std::fs::create_dir(&work)?;
    let mut environment = environment(folder.path());
    extend(&mut environment);
    transcript::run(&name(file), &transcript::parse(text), &work, &environment).map_err(Failed::from)
}

/// The example is one that the hook accepts, by its real rules.
fn readme_configuration() -> Result<(), Failed> {
    let text = fs_err::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"))?;
    let block = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).ok_or("README.md has no toml block")?;
    Config::parse("pyproject.toml", block, Secrets::RULES)?;
    Ok(())
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
