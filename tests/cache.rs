//! The result cache seen from outside: it never changes what is said, and nothing is written where nobody asked for it.
#![cfg(test)]

#[path = "support/repository.rs"]
mod repository;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use repository::{Repository, Said, token};

/// The folder in which the cache lies.
fn folder(repository: &Repository) -> PathBuf {
    repository.home().join(if cfg!(target_os = "macos") { "Library/Caches/gatewright" } else { ".cache/gatewright" })
}

/// The only cache file.
fn file(repository: &Repository) -> Option<PathBuf> {
    let entries = fs_err::read_dir(folder(repository)).ok()?;
    let mut files = entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "results"));
    let file = files.next();
    assert!(files.next().is_none(), "one repository has one file");
    file
}

/// What a step may write into a file: clean, found, forgiven, with something to say about a comment, skipped, unread, packed.
fn contents() -> Vec<Vec<u8>> {
    let token = token(1);
    [
        "x = 1\n".to_owned(),
        "import os\n\nprint(os.getcwd())  # noqa: T201\n".to_owned(),
        format!("TOKEN = \"{token}\"\n"),
        format!("TOKEN = \"{token}\"  # gatewright: ignore[github-token] -- an example\n"),
        "x = 1  # gatewright: ignore[github-token] -- forgives nothing\n".to_owned(),
        "x = 1  # gatewright: ignore[github-token] until=2020-01-01 -- long ago\n".to_owned(),
        "x = 1  # gatewright: ignore[no-such-rule] -- refused\n".to_owned(),
        "password = 'correct-horse-77'  # pragma: allowlist secret\n".to_owned(),
        "geheimnis = 'correct-horse-78'\npassword = 'correct-horse-79'\n".to_owned(),
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n", "0".repeat(64)),
        "{\"version\": \"1.5.0\", \"plugins_used\": [], \"filters_used\": [], \"results\": {}}".to_owned(),
        "long = 0\n".repeat(200),
        "nested = 'VmVyeUxvbmdVbml2ZXJzYWxTdHJpbmdXaXRob3V0QW55VmFsdWU='\n".to_owned(),
    ]
    .into_iter()
    .map(String::into_bytes)
    .chain([
        b"\x7fELF\0\0\0\x01".to_vec(),
        gzip(&format!("TOKEN = \"{token}\"\n{}", "long = 0\n".repeat(200))),
        gzip(&format!("TOKEN = \"{token}\"  # gatewright: ignore[github-token] -- an example\n")),
        gzip("x = 1  # gatewright: ignore[github-token] until=2020-01-01 -- long ago\n"),
    ])
    .collect()
}

/// A compressed file that is short itself.
fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

const CONFIGURATIONS: [&str; 13] = [
    "",
    "exclude = ['b/']\n",
    "max-file-size = 1000\n",
    "[secrets]\nprofile = 'strict'\n",
    "[secrets]\nprofile = 'compat'\n",
    "[secrets]\ndecode-depth = 0\n",
    "[secrets]\narchive-depth = 0\n",
    "[secrets]\nnames.add = ['geheimnis']\n",
    "[secrets]\nnames.remove = ['password']\n",
    "[secrets]\npragmas = ['gitleaks']\n",
    "[secrets]\nmin-confidence = 'high'\n",
    "[secrets]\npragma-needs-reason = true\n",
    "[[accept-unread]]\npath = 'b/'\n",
];

const BASELINES: [&str; 3] = [
    "",
    r#"{"version": "1.5.0", "plugins_used": [], "filters_used": [], "results": {}}"#,
    r#"{"version": "1.5.0", "plugins_used": [{"name": "KeywordDetector", "keyword_exclude": ""}], "filters_used":
       [{"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["a/"]}], "results": {}}"#,
];

/// Versions of a rule that the project brings; one is none.
const RULES: [&str; 4] =
    ["", "keywords = ['long']\npattern = 'long = 0'", "keywords = ['long']\npattern = 'long = 1'", "import = ['os']"];

const FILES: [&str; 6] = ["a/one.py", "b/two.py", "three.env", "b/four.png", "five.lock", "a/six.yaml"];

#[derive(Clone, Debug)]
enum Step {
    Write(usize, usize),
    Configure(usize),
    Baseline(usize),
    Rule(usize),
    Truncate(usize),
    Flip(usize, u8),
    Delete,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..FILES.len(), 0..contents().len()).prop_map(|(file, content)| Step::Write(file, content)),
        3 => (0..CONFIGURATIONS.len()).prop_map(Step::Configure),
        1 => (0..BASELINES.len()).prop_map(Step::Baseline),
        1 => (0..RULES.len()).prop_map(Step::Rule),
        1 => any::<usize>().prop_map(Step::Truncate),
        2 => (any::<usize>(), 0..8_u8).prop_map(|(at, bit)| Step::Flip(at, bit)),
        1 => Just(Step::Delete),
    ]
}

fn take(repository: &Repository, step: &Step) {
    let damage = |change: &dyn Fn(&mut Vec<u8>)| {
        if let Some(file) = file(repository) {
            let mut bytes = fs_err::read(&file).unwrap();
            change(&mut bytes);
            fs_err::write(&file, bytes).unwrap();
        }
    };
    match step {
        Step::Write(file, content) => repository.stage(FILES[*file], &contents()[*content]),
        Step::Configure(which) => repository.stage("gatewright.toml", CONFIGURATIONS[*which]),
        Step::Baseline(0) => drop(repository.git(&["rm", "-fq", "--ignore-unmatch", ".secrets.baseline"])),
        Step::Baseline(which) => repository.stage(".secrets.baseline", BASELINES[*which]),
        Step::Rule(0) => drop(repository.git(&["rm", "-fq", "--ignore-unmatch", ".gatewright/rules/own.md"])),
        Step::Rule(which) => {
            let table = RULES[*which];
            let rule = format!("+++\nsummary = 'a'\nseverity = 'high'\nconfidence = 'high'\n[match]\n{table}\n+++\nWhy.\n");
            repository.stage(".gatewright/rules/own.md", rule);
        }
        Step::Truncate(at) => damage(&|bytes| bytes.truncate(at % bytes.len().max(1))),
        Step::Flip(at, bit) => damage(&|bytes| {
            let at = at % bytes.len().max(1);
            bytes[at..].iter_mut().take(1).for_each(|byte| *byte ^= 1 << bit);
        }),
        Step::Delete => drop(fs_err::remove_dir_all(folder(repository))),
    }
}

/// Code, output and messages of a run.
fn said(repository: &Repository, args: &[&str]) -> (Option<i32>, String, String) {
    let Said { code, out, err } = repository.gatewright(args);
    (code, out, err)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_the_cache_the_same_is_said(steps in prop::collection::vec(step(), 1..14)) {
        let repository = Repository::new();
        for (file, content) in FILES.iter().zip(contents().iter().cycle().skip(steps.len())) {
            repository.stage(file, content);
        }
        for step in &steps {
            take(&repository, step);
            for view in [&["--all-files"][..], &["a/one.py", "b/two.py", "b/four.png"]] {
                let plain = said(&repository, &[&["check", "--show-forgiven", "--no-cache"], view].concat());
                let cached = said(&repository, &[&["check", "--show-forgiven", "--cache"], view].concat());
                prop_assert_eq!(&plain, &cached, "{:?}", step);
                prop_assert_eq!(&plain, &said(&repository, &[&["check", "--show-forgiven", "--cache"], view].concat()), "{:?}", step);
            }
        }
    }
}

/// A repository whose blobs cannot be read any more: what is still judged was known.
fn without_objects() -> Repository {
    let repository = Repository::new();
    for (at, file) in FILES.iter().enumerate() {
        repository.stage(file, format!("x = {at}\n"));
    }
    repository
}

fn remove_objects(repository: &Repository) {
    fs_err::remove_dir_all(repository.path().join(".git/objects")).unwrap();
    fs_err::create_dir(repository.path().join(".git/objects")).unwrap();
    for file in FILES {
        fs_err::remove_file(repository.path().join(file)).unwrap();
    }
}

#[test]
fn what_is_known_is_not_read_again() {
    let repository = without_objects();
    // Part by part, as pre-commit splits long lists.
    repository.gatewright(&["check", "--cache", FILES[0], FILES[1], FILES[2]]).ended(0);
    repository.gatewright(&["check", "--cache", FILES[3], FILES[4], FILES[5]]).ended(0);
    remove_objects(&repository);
    let named = [&["check"][..], &FILES].concat();
    repository.gatewright(&[&named[..], &["--cache"]].concat()).ended(0);
    repository.gatewright(&named).ended(2).with(&["is missing"]);
    repository.gatewright(&[&named[..], &["--cache", "--no-cache"]].concat()).ended(2);
}

/// A run over everything also tells comments without effect, which the others do not look for.
#[test]
fn a_run_over_everything_believes_its_like_and_serves_all() {
    let repository = without_objects();
    repository.gatewright(&["check", "--all-files", "--cache"]).ended(0);
    remove_objects(&repository);
    repository.gatewright(&["check", "--all-files", "--cache"]).ended(0);
    repository.gatewright(&[&["check", "--cache"][..], &FILES].concat()).ended(0);
    repository.gatewright(&["check", "--all-files"]).ended(2).with(&["is missing"]);
}

#[test]
fn the_configuration_switches_it_on_and_the_command_line_off() {
    let repository = without_objects();
    repository.stage("gatewright.toml", "cache = true\n");
    repository.gatewright(&["check", "--all-files", "--no-cache"]).ended(0);
    assert_eq!(file(&repository), None);
    repository.gatewright(&["check", "--all-files"]).ended(0);
    assert!(file(&repository).is_some());
}

#[test]
fn a_hook_writes_nothing_but_a_cache_that_was_asked_for() {
    let repository = without_objects();
    let before = repository.every_file();
    repository.hook(&["--all-files"]).ended(0);
    assert_eq!(repository.every_file(), before);
    repository.hook(&["--all-files", "--cache"]).ended(0);
    let below = |path: &Path| path.starts_with(repository.home().join(".cache")) || *path == repository.home();
    let others =
        |files: BTreeMap<PathBuf, (String, Vec<u8>)>| files.into_iter().filter(|(path, _)| !below(path)).collect::<Vec<_>>();
    assert_eq!(others(repository.every_file()), others(before));
    assert!(file(&repository).is_some());
}

#[test]
fn a_hook_has_no_cache_inside_the_repository() {
    let repository = without_objects();
    for place in ["cache", ".git/cache"] {
        let directory = repository.path().join(place);
        let mut command = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
        command.args(["check", "--all-files", "--cache"]).env("XDG_CACHE_HOME", &directory);
        repository.said(command.env("PRE_COMMIT", "1")).ended(0);
        assert!(!directory.exists(), "{place}");
        repository.said(command.env_remove("PRE_COMMIT")).ended(0);
        assert!(directory.join("gatewright/CACHEDIR.TAG").exists(), "{place}");
    }
}

#[test]
fn a_cache_that_cannot_be_written_changes_nothing() {
    let repository = without_objects();
    for home in ["/dev/null", "relative", ""] {
        let mut command = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
        command.args(["check", "--all-files", "--cache"]).env("XDG_CACHE_HOME", home).env("HOME", "/dev/null");
        let said = repository.said(&mut command).ended(0);
        assert_eq!(said.err, "");
    }
}

#[test]
fn findings_are_not_in_it_and_are_said_each_time() {
    let repository = Repository::new();
    repository.stage("a.py", format!("TOKEN = \"{}\"\n", token(1)));
    for _ in 0..2 {
        repository.gatewright(&["check", "--all-files", "--cache"]).ended(1).with(&["a.py:1:10: github-token"]);
    }
    assert_eq!(file(&repository), None, "there was nothing clean to remember");
}

/// It may have something to say on another day.
#[test]
fn an_archive_with_a_comment_in_it_is_judged_each_time() {
    let repository = Repository::new();
    let idle = "x = 1  # gatewright: ignore[github-token] -- forgives nothing\n";
    repository.stage("a.py.gz", gzip(idle));
    for _ in 0..2 {
        repository.gatewright(&["check", "--all-files", "--cache"]).ended(0).with(&["a.py.gz:1: warning: in `a.py`, line 1: "]);
    }
    assert_eq!(file(&repository), None, "there was nothing clean to remember");
}

/// What the configuration keeps back today it may want told tomorrow.
#[test]
fn a_comment_that_is_not_told_of_is_judged_each_time() {
    let repository = Repository::new();
    repository.stage("a.py", "x = 1  # gatewright: ignore[github-token] -- forgives nothing\n");
    repository.stage("gatewright.toml", "per-path = [{ path = 'a.py', unused-comments = false }]\n");
    for _ in 0..2 {
        repository.gatewright(&["check", "--all-files", "--cache"]).ended(0).without("warning");
    }
    repository.stage("gatewright.toml", "");
    repository.gatewright(&["check", "--all-files", "--cache"]).ended(0).with(&["a.py:1: warning: "]);
}

#[test]
fn many_runs_at_once_leave_a_whole_file() {
    let repository = without_objects();
    let runs: Vec<_> = (0..8)
        .map(|at| {
            let mut command = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
            command.args(["check", "--cache", FILES[at % FILES.len()]]).spawn().unwrap()
        })
        .collect();
    assert!(runs.into_iter().all(|mut run| run.wait().unwrap().success()));
    repository.gatewright(&["check", "--all-files", "--cache"]).ended(0);
    remove_objects(&repository);
    repository.gatewright(&["check", "--all-files", "--cache"]).ended(0);
    assert_eq!(fs_err::read_dir(folder(&repository)).unwrap().count(), 2, "the tag and one file");
}
