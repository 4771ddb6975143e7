//! Speed of the detector: `cargo bench --bench detect -- PATH…` reads every file below the paths and detects, on one thread.
//! Promises to time detection alone, not reading; prints megabytes per second and what was found by rule.
//! Compares nothing: the peers run beside us in `benches/peers`.
#![expect(clippy::print_stdout, reason = "a bench prints its result")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use gatewright::secret::Detector;
use gatewright::source::{Origin, RepoPath, Source};

#[derive(Default)]
struct Totals {
    files: usize,
    bytes: u64,
    work: u64,
    time: Duration,
    slowest: (Duration, String),
    by_rule: BTreeMap<&'static str, usize>,
    limits: Vec<String>,
}

fn main() -> ExitCode {
    let paths: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let detector = Detector::default();
    let mut totals = Totals::default();
    for path in &paths {
        for entry in ignore::WalkBuilder::new(path).standard_filters(false).build().flatten() {
            if entry.file_type().is_some_and(|kind| kind.is_file()) {
                detect(&detector, entry.path(), &mut totals);
            }
        }
    }
    print(&totals);
    ExitCode::SUCCESS
}

fn detect(detector: &Detector, path: &Path, totals: &mut Totals) {
    let Ok(raw) = fs_err::read(path) else { return };
    let name = RepoPath::new(path.to_string_lossy().into_owned());
    let start = Instant::now();
    let detection = detector.detect(&Source::new(&name, &raw, Origin::Worktree));
    let time = start.elapsed();
    totals.files += 1;
    totals.bytes += raw.len() as u64;
    totals.work += detection.work;
    totals.time += time;
    if time > totals.slowest.0 {
        totals.slowest = (time, name.to_string());
    }
    for candidate in &detection.candidates {
        *totals.by_rule.entry(candidate.rule.id).or_default() += 1;
        if std::env::args().any(|argument| argument == "--list") {
            println!(
                "{name}:{}: {} {:?} {:?}",
                Source::new(&name, &raw, Origin::Worktree).line_of(candidate.range.start),
                candidate.rule.id,
                candidate.confidence,
                candidate.via
            );
        }
    }
    totals.limits.extend(detection.limits.iter().map(|limit| format!("{name}: {}", limit.reason)));
}

fn print(totals: &Totals) {
    #[expect(clippy::cast_precision_loss, reason = "a rate to one decimal place")]
    let (megabytes, seconds) = (totals.bytes as f64 / 1e6, totals.time.as_secs_f64());
    println!("{} files, {megabytes:.1} MB in {seconds:.2} s: {:.1} MB/s", totals.files, megabytes / seconds);
    println!("work: {} bytes; slowest: {:?} {}", totals.work, totals.slowest.0, totals.slowest.1);
    for (rule, count) in &totals.by_rule {
        println!("{count:8} {rule}");
    }
    for limit in &totals.limits {
        println!("limit: {limit}");
    }
}
