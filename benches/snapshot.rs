//! CPU time of whole processes that only take a snapshot and read its files: minimum of 25 runs, on two generated repositories.
//! `cargo bench --bench snapshot`; Linux only, because the time comes from `/proc/self/schedstat`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench stops at the first surprise and prints its result")]
#![expect(clippy::disallowed_methods, reason = "a bench writes its own files and reads its own variables")]

use std::path::{Path, PathBuf};
use std::process::Command;

use gatewright::snapshot::{Environment, Request, Snapshot, View};

const RUNS: usize = 25;
const CHILD: &str = "GATEWRIGHT_BENCH";

fn main() {
    if let Ok(case) = std::env::var(CHILD) {
        return child(&case);
    }
    let (small, large) = (repository(7_000, 6_000), repository(100_000, 40));
    let names: Vec<String> = (0..10).map(|at| name(at * 613)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    println!("CPU ms, minimum of {RUNS} runs");
    for (label, root, case, names, reader) in [
        ("a process that does nothing", &small, "nothing", &[][..], ""),
        ("7k files, 10 names", &small, "default", &names, ""),
        ("7k files, 10 names, index by git2", &small, "default", &names, "git2"),
        ("7k files, 10 names, plumbing (without its children)", &small, "default", &names, "plumbing"),
        ("7k files, nothing staged", &small, "default", &[], ""),
        ("7k files, all", &small, "all", &[], ""),
        ("7k files, all, by libgit2 alone as it comes", &small, "libgit2", &[], ""),
        ("100k files, 10 names", &large, "default", &names, ""),
        ("100k files, nothing staged", &large, "default", &[], ""),
        ("100k files, nothing staged, index by git2", &large, "default", &[], "git2"),
    ] {
        let times = (0..RUNS).map(|_| run(root, case, names, reader));
        let best = times.min_by(f64::total_cmp).unwrap();
        println!("{best:8.2}  {label}");
    }
}

fn run(root: &Path, case: &str, names: &[&str], reader: &str) -> f64 {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args(names).env(CHILD, case).env("GATEWRIGHT_READER", reader).current_dir(root).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().parse::<f64>().unwrap() / 1e6
}

fn child(case: &str) {
    if case == "libgit2" {
        read_by_libgit2();
    } else if case != "nothing" {
        let view = (case == "all").then_some(View::All);
        let names = std::env::args_os().skip(1).collect();
        let cwd = std::env::current_dir().unwrap();
        let request = Request { view, names, hook_mode: false, cwd, environment: Environment::capture() };
        let snapshot = Snapshot::open(&request).unwrap();
        let mut reader = snapshot.reader();
        let read =
            snapshot.entries().iter().map(|entry| memchr::memchr_iter(b'\n', &reader.read(entry, u64::MAX).unwrap()).count());
        assert!(read.sum::<usize>() > 0 || snapshot.entries().is_empty());
    }
    // The kernel brings a process's own account up to date when it gives the processor away.
    std::thread::yield_now();
    println!("{}", std::fs::read_to_string("/proc/self/schedstat").unwrap().split(' ').next().unwrap());
}

/// What others start from: libgit2's index, and every blob through its object database, with its hash checked.
fn read_by_libgit2() {
    let repository = git2::Repository::open_from_env().unwrap();
    let index = repository.index().unwrap();
    let read = index.iter().map(|entry| {
        let blob = repository.find_blob(entry.id).unwrap();
        memchr::memchr_iter(b'\n', blob.content()).count()
    });
    assert!(read.sum::<usize>() > 0);
}

fn name(at: usize) -> String {
    format!("package{:03}/module{:02}/a_file_of_some_length_{at:06}.py", at / 1000, at / 50 % 20)
}

/// A repository of `count` files of about `size` bytes in one commit and one pack; kept for the next run.
fn repository(count: usize, size: usize) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{count}"));
    if root.join("done").exists() {
        return root;
    }
    for at in 0..count {
        let path = root.join(name(at));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("# {at}\n{}", "value = 1\n".repeat(size / 10))).unwrap();
    }
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "gc.auto=0"];
        assert!(Command::new("git").args(identity).args(args).current_dir(&root).status().unwrap().success());
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "all"]);
    git(&["repack", "-adq"]);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    git(&["update-index", "--force-write-index"]);
    std::fs::write(root.join(".git/info/exclude"), "done\n").unwrap();
    std::fs::write(root.join("done"), "").unwrap();
    root
}
