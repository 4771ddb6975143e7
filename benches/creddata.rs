//! Runs the secrets hook over a folder and prints each finding as a line of JSON, for the scorers that come with labelled material.
//! `cargo bench --bench creddata -- [FOLDER] [--min low|medium|high]`; the default folder is `$GATEWRIGHT_CORPUS/creddata-dev/data`.
//! Prints places, rules and evidence, never values.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use gatewright::hook::Hook;
use gatewright::hook::secrets::Secrets;
use gatewright::rule::Confidence;
use gatewright::source::{Origin, RepoPath, Source};

fn main() -> io::Result<()> {
    let mut folder = None;
    let mut least = Confidence::Low;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" => {}
            "--min" => {
                least = match arguments.next().as_deref() {
                    Some("high") => Confidence::High,
                    Some("medium") => Confidence::Medium,
                    _ => Confidence::Low,
                }
            }
            _ => folder = Some(PathBuf::from(argument)),
        }
    }
    #[expect(clippy::disallowed_methods, reason = "a driver for people, not part of a hook")]
    let corpus = std::env::var_os("GATEWRIGHT_CORPUS").map(|corpus| Path::new(&corpus).join("creddata-dev/data"));
    let Some(folder) = folder.or(corpus) else {
        return writeln!(io::stderr(), "LEFT OUT: GATEWRIGHT_CORPUS is unset and no folder was given");
    };
    let hook = Secrets::default();
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut bytes, started) = (0u64, Instant::now());
    for entry in ignore::WalkBuilder::new(&folder).standard_filters(false).sort_by_file_path(Ord::cmp).build() {
        let entry = entry.map_err(io::Error::other)?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            bytes += scan(&hook, &folder, entry.path(), least, &mut out)?;
        }
    }
    out.flush()?;
    let mut errors = io::stderr().lock();
    writeln!(errors, "{bytes} bytes in {:?}", started.elapsed())
}

fn scan(hook: &Secrets, folder: &Path, file: &Path, least: Confidence, out: &mut impl Write) -> io::Result<u64> {
    let raw = fs_err::read(file)?;
    let relative = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().into_owned();
    let path = RepoPath::new(relative.as_bytes());
    let source = Source::new(&path, &raw, Origin::Worktree);
    let mut found = Vec::new();
    if !source.is_binary() {
        hook.check(&source, &mut found);
    }
    for finding in found.iter().filter(|finding| finding.confidence >= least) {
        let line = serde_json::json!({
            "file": format!("data/{relative}"), "line": finding.span.line, "end_line": finding.span.end_line, "rule": finding.rule.id,
            "confidence": finding.confidence.as_str(), "notes": finding.notes,
        });
        writeln!(out, "{line}")?;
    }
    Ok(raw.len() as u64)
}
