//! `.secrets.baseline` against detect-secrets itself: what it writes is written back in the same bytes, and what we write it accepts
//! without changing a byte.
#![cfg(test)]

#[path = "support/peers.rs"]
mod peers;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gatewright::secret::compat::plugins;
use gatewright::settle::baseline::companion::Salt;
use gatewright::settle::baseline::detect_secrets::{self, Baseline, Scanned, Settings};
use gatewright::settle::baseline::update::{self, Change, Files, Scan, Scope};
use gatewright::settle::baseline::{json, stats};
use gatewright::source::RepoPath;
use tempfile::TempDir;

/// A git repository with secrets in every shape that matters for the bytes of a baseline.
struct Tree(TempDir);

impl Tree {
    fn new() -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        tree.git(&["init", "--quiet"]);
        tree
    }

    /// Built at run time, so that no scanner stumbles over this file.
    fn with_secrets() -> Self {
        let tree = Self::new();
        let aws = "AKIA·IOSFODNN7EXAMPLF".replace('·', "");
        let key = "-----BEGIN RSA ·PRIVATE KEY-----\nabc\n".replace('·', "");
        tree.write("app/settings.py", &format!("import os\nkey = '{aws}'\npassword = \"hunter2·hunter\"\nother = '{aws}'\n"));
        tree.write("app/größe 密码 😀.py", "secret = \"Tr0ub4dor&3\"\nurl = 'https://user:p4ssw0rd@host/'\n");
        tree.write("conf/id_rsa", &key);
        tree.write("a\"quote\t.py", "db_password = \"correcthorse\"\n");
        tree.write("z.yaml", "password: hunter3hunter\nlist:\n  - client_secret: aaaabbbbccccdddd\n");
        tree.write(
            "b64.txt",
            "x = \"c3VwZXIgbG9uZyBzdHJpbmcgc2hvdWxkIGNhdXNlIGVub3VnaCBlbnRyb3B5\"\nh = \"8a2b4c6d9e0f1a3b5c7d9e1f2a4b6c8d\"\n",
        );
        tree.write("clean.py", "print('nothing')\n");
        #[cfg(target_os = "linux")]
        {
            use std::os::unix::ffi::OsStrExt as _;
            let name = std::ffi::OsStr::from_bytes(b"bad\xff\xfe.py");
            let text = "password = \"latin1·latin1\"\n".replace('·', "");
            fs_err::write(tree.0.path().join(name), text).unwrap();
        }
        tree.git(&["add", "-A"]);
        tree
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        // Middle dots keep this file from looking like one with secrets.
        fs_err::write(path, text.replace('·', "")).unwrap();
    }

    fn git(&self, args: &[&str]) {
        let output = Command::new("git").args(args).current_dir(self.path()).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn run(&self, tool: &str, args: &[&str]) -> Output {
        let mut command = Command::new(peers::tool(tool));
        command.args(args).current_dir(self.path()).env("PYTHONUTF8", "1").output().unwrap()
    }

    /// What `detect-secrets scan` prints. It asks git for names without `-z` and so misses all that git quotes: hence `--all-files`.
    fn scan(&self, args: &[&str]) -> Vec<u8> {
        let output = self.run("detect-secrets", &[&["-c", "1", "scan", "-n", "--all-files"], args, &["."]].concat());
        assert!(output.status.success(), "scan {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn files(&self) -> Vec<String> {
        let output = Command::new("git").args(["ls-files", "-z"]).current_dir(self.path()).output().unwrap();
        let names = output.stdout.split(|&byte| byte == 0).filter_map(|name| std::str::from_utf8(name).ok());
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    fn scope(&self) -> Scope {
        let names = self.files().into_iter().map(RepoPath::new).chain([RepoPath::new(&b"bad\xff\xfe.py"[..])]);
        let judged: BTreeSet<RepoPath> = names.collect();
        Scope { present: Some(judged.clone()), judged, only_identities: false }
    }

    /// Runs detect-secrets' hook on every file: its exit code and what it said, and the baseline's bytes afterwards.
    fn hook(&self) -> (Option<i32>, String, Vec<u8>) {
        let files = self.files();
        let mut args = vec!["--baseline", ".secrets.baseline", "-n"];
        args.extend(files.iter().map(String::as_str));
        let output = self.run("detect-secrets-hook", &args);
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), said, fs_err::read(self.path().join(".secrets.baseline")).unwrap())
    }
}

fn rewritten(bytes: &[u8]) -> String {
    let (baseline, notes) = detect_secrets::read(bytes).unwrap();
    assert_eq!(notes, Vec::<String>::new());
    baseline.write()
}

/// The findings of detect-secrets, as our own engine would hand them over.
fn scanned(baseline: &Baseline) -> Vec<Scanned> {
    let sha1 = |hex: &str| data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap();
    let kind = |name: &str| plugins::of_kind(name).unwrap().kind;
    let one = |(path, entry): (&gatewright::settle::baseline::json::Text, &detect_secrets::Entry)| Scanned {
        path: path.to_path(),
        kind: kind(entry.kind.as_str().unwrap()),
        sha1: sha1(entry.sha1.as_str().unwrap()),
        line: entry.line,
    };
    baseline.entries().map(one).collect()
}

fn now<'a>(at: &'a str, renamed: &'a BTreeMap<RepoPath, RepoPath>) -> Change<'a> {
    Change { accept_new: true, drop_vanished: true, refresh_lines: true, renamed, now: at }
}

#[test]
fn what_detect_secrets_writes_is_written_back_in_the_same_bytes() {
    let tree = Tree::with_secrets();
    let settings: &[&[&str]] = &[
        &[],
        &["--slim"],
        &["--base64-limit", "4"],
        &["--base64-limit", "3.10", "--hex-limit", "2"],
        &["--hex-limit", "0.00001"],
        &["--exclude-files", "^conf/.*\\.ü$", "--exclude-files", "\"x\""],
        &["--exclude-lines", "password\\s+=", "--exclude-secrets", "hunter\\d"],
        &["--disable-plugin", "KeywordDetector", "--disable-plugin", "AWSKeyDetector"],
        &["--disable-filter", "detect_secrets.filters.heuristic.is_sequential_string"],
        &["--disable-filter", "detect_secrets.filters.allowlist.is_line_allowlisted", "--slim"],
        &["-n", "--slim", "--hex-limit", "1"],
        &["--slim", "--base64-limit", "5"],
    ];
    for args in settings {
        let bytes = tree.scan(args);
        assert_eq!(rewritten(&bytes), String::from_utf8(bytes).unwrap(), "{args:?}");
    }
    #[cfg(target_os = "linux")]
    assert!(String::from_utf8(tree.scan(&[])).unwrap().contains("\\udcff\\udcfe"));
}

/// The packages that detect-secrets' own environment brings, sorted.
fn packages() -> Vec<PathBuf> {
    let bin = peers::tool("detect-secrets");
    let library = bin.parent().unwrap().parent().unwrap().join("lib");
    let site = fs_err::read_dir(library).unwrap().next().unwrap().unwrap().path().join("site-packages");
    let mut packages: Vec<PathBuf> = Vec::new();
    for root in [site.clone(), site.join("pip/_vendor"), site.join("pip/_internal"), site.join("detect_secrets")] {
        let entries = fs_err::read_dir(root).into_iter().flatten().map(|entry| entry.unwrap().path());
        packages.extend(entries.filter(|path| path.is_dir() && !path.ends_with("pip") && !path.ends_with("__pycache__")));
    }
    packages.sort();
    packages
}

/// Every package that detect-secrets' own environment brings is a real code base to make a baseline of.
#[test]
fn baselines_of_real_packages_are_written_back_in_the_same_bytes() {
    let packages = packages();
    let mut seen = 0;
    for package in packages.iter().take(36) {
        let output = Command::new(peers::tool("detect-secrets"))
            // Low limits make long baselines out of ordinary code.
            .args(["-c", "1", "scan", "-n", "--all-files", "--base64-limit", "3.0", "--hex-limit", "1.5", "."])
            .current_dir(package)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}: {}", package.display(), String::from_utf8_lossy(&output.stderr));
        assert_eq!(rewritten(&output.stdout), String::from_utf8(output.stdout).unwrap(), "{}", package.display());
        seen += 1;
    }
    assert!(seen >= 30, "only {seen} packages");
}

#[test]
fn the_hook_of_detect_secrets_accepts_ours_and_changes_nothing() {
    let tree = Tree::with_secrets();
    let (theirs, _) = detect_secrets::read(&tree.scan(&[])).unwrap();
    let scan = scanned(&theirs);
    assert!(scan.len() >= 8);
    let input = Scan { identities: &scan, findings: &[], scope: &tree.scope() };
    let created = update::create(Settings::default(), ".secrets.baseline", Salt::new([1; 16]), input, "2026-01-01T00:00:00Z");
    let ours = created.files.baseline.clone().unwrap().write();
    tree.write(".secrets.baseline", &ours);
    tree.git(&["add", "-A"]);
    let (code, said, after) = tree.hook();
    assert_eq!((code, String::from_utf8(after).unwrap()), (Some(0), ours.clone()), "{said}");

    // Lines move and a secret goes: after our update their hook has nothing to do.
    tree.write("app/settings.py", "\n\n\npassword = \"hunter2·hunter\"\n");
    tree.write("z.yaml", "# gone\n");
    // A scan of everything would find the hashes in the baseline itself.
    fs_err::remove_file(tree.path().join(".secrets.baseline")).unwrap();
    let (now_there, _) = detect_secrets::read(&tree.scan(&[])).unwrap();
    let scan = scanned(&now_there);
    let input = Scan { identities: &scan, findings: &[], scope: &tree.scope() };
    let renamed = BTreeMap::new();
    let updated = update::update(&created.files, input, &now("2026-02-02T00:00:00Z", &renamed));
    assert!(!updated.vanished.is_empty());
    let ours = updated.files.baseline.clone().unwrap().write();
    assert!(ours.contains("2026-02-02"));
    tree.write(".secrets.baseline", &ours);
    tree.git(&["add", "-A"]);
    let (code, said, after) = tree.hook();
    assert_eq!((code, String::from_utf8(after).unwrap()), (Some(0), ours.clone()), "{said}");

    // Nothing changed since: not even the date does.
    let again = update::update(&updated.files, input, &now("2026-03-03T00:00:00Z", &renamed));
    assert_eq!(again.files.baseline.unwrap().write(), ours);
}

#[test]
fn the_hook_of_detect_secrets_accepts_ours_for_real_packages() {
    for package in packages().iter().filter(|package| fs_err::read_dir(package).unwrap().count() > 8).take(8) {
        let tree = Tree::new();
        for entry in fs_err::read_dir(package).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            fs_err::copy(&entry, tree.path().join(entry.file_name().unwrap())).unwrap();
        }
        tree.git(&["add", "-A"]);
        let (theirs, _) = detect_secrets::read(&tree.scan(&["--hex-limit", "1.5", "--base64-limit", "3"])).unwrap();
        let scan = scanned(&theirs);
        let scope = tree.scope();
        let input = Scan { identities: &scan, findings: &[], scope: &scope };
        let created = update::create(theirs.settings, ".secrets.baseline", Salt::new([1; 16]), input, "2026-01-01T00:00:00Z");
        let ours = created.files.baseline.unwrap().write();
        tree.write(".secrets.baseline", &ours);
        tree.git(&["add", "-A"]);
        let (code, said, after) = tree.hook();
        assert_eq!((code, String::from_utf8(after).unwrap()), (Some(0), ours), "{}: {said}", package.display());
    }
}

/// Their rewrite of a file of ours, after lines moved, is the one we would have made but for the date.
#[test]
fn both_writers_agree_after_lines_moved() {
    let tree = Tree::with_secrets();
    tree.write(".secrets.baseline", &String::from_utf8(tree.scan(&[])).unwrap());
    tree.git(&["add", "-A"]);
    let settings = fs_err::read_to_string(tree.path().join("app/settings.py")).unwrap();
    tree.write("app/settings.py", &format!("\n\n{settings}"));
    tree.git(&["add", "-A"]);
    let before = fs_err::read(tree.path().join(".secrets.baseline")).unwrap();
    let (code, said, after) = tree.hook();
    assert_eq!(code, Some(3), "{said}");
    let (theirs, _) = detect_secrets::read(&after).unwrap();
    assert_eq!(theirs.write().as_bytes(), after);
    let files = Files { baseline: Some(detect_secrets::read(&before).unwrap().0), companion: None };
    let scan = scanned(&theirs);
    let renamed = BTreeMap::new();
    let input = Scan { identities: &scan, findings: &[], scope: &tree.scope() };
    let ours = update::update(&files, input, &now("2026-03-03T00:00:00Z", &renamed)).files.baseline.unwrap();
    assert_eq!(ours.results, theirs.results);
}

#[test]
fn the_raw_writer_writes_what_their_hook_writes_to_an_old_file() {
    for version in ["0.11.0", "0.14.3", "1.0.3", "1.4.0"] {
        let tree = Tree::with_secrets();
        let current = String::from_utf8(tree.scan(&[])).unwrap();
        let mut old =
            current.replacen("\"version\": \"1.5.0\"", &format!("\"team\": \"blue\",\n  \"version\": \"{version}\""), 1);
        if version.starts_with('0') {
            old = old.replace("\"limit\": 4.5", "\"base64_limit\": 4.5").replace("\"limit\": 3.0", "\"hex_limit\": 3.0");
            let exclude = match version {
                "0.11.0" => "\"exclude_regex\": \"^never/\",",
                _ => {
                    "\"exclude\": {\"files\": \"^never/\", \"lines\": \"zzz\"}, \"word_list\": {\"file\": null, \"hash\": null},"
                }
            };
            old = old.replacen('{', &format!("{{{exclude}"), 1);
        }
        tree.write(".secrets.baseline", &old);
        tree.git(&["add", "-A"]);
        let (code, said, after) = tree.hook();
        assert_eq!(code, Some(3), "{version}: {said}");
        let (baseline, _) = detect_secrets::read(old.as_bytes()).unwrap();
        let (theirs, _) = detect_secrets::read(&after).unwrap();
        assert_eq!(baseline.write_raw(&old).unwrap(), String::from_utf8(after).unwrap(), "{version}");
        assert_eq!(baseline.settings, theirs.settings, "{version}");
    }
}

#[test]
fn the_statistics_are_those_of_detect_secrets() {
    let tree = Tree::with_secrets();
    let (mut baseline, _) = detect_secrets::read(&tree.scan(&["--base64-limit", "3", "--hex-limit", "2"])).unwrap();
    for (place, (_, entry)) in baseline.entries_mut().enumerate() {
        entry.is_secret = [Some(true), Some(true), Some(false), None].get(place % 4).copied().flatten();
    }
    tree.write(".secrets.baseline", &baseline.write());
    let output = tree.run("detect-secrets", &["audit", "--stats", "--json", ".secrets.baseline"]);
    assert!(output.status.success());
    // The order of their plugins follows the order of a Python set: compare as objects.
    let object = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let ours = json::write_python(&stats::detect_secrets_stats(&baseline));
    assert_eq!(object(&ours), object(&String::from_utf8(output.stdout).unwrap()));
}

/// What `detect-secrets scan --baseline` makes of an old file is what we make of it, but for the two filters that name its own run.
#[test]
fn old_settings_are_brought_up_to_date_alike() {
    let tree = Tree::new();
    tree.write("app.py", "password = \"hunter2·hunter\"\n");
    tree.git(&["add", "-A"]);
    for (version, more) in [
        ("0.13.1", "\"exclude\": {\"files\": \"^never/\", \"lines\": null}, \"word_list\": {\"file\": null, \"hash\": null},"),
        ("1.0.3", "\"filters_used\": [{\"path\": \"detect_secrets.filters.heuristic.is_potential_uuid\"}],"),
        ("1.4.0", "\"filters_used\": [{\"path\": \"detect_secrets.filters.regex.should_exclude_file\", \"pattern\": [\"x\"]}],"),
    ] {
        let (limit, keyword) = if version.starts_with('0') { ("hex_limit", "null") } else { ("limit", "\"^x\"") };
        let plugins = format!(
            "\"plugins_used\": [{{\"name\": \"KeywordDetector\", \"keyword_exclude\": {keyword}}}, {{\"{limit}\": 2, \"name\": \"HexHighEntropyString\"}}]"
        );
        let old = format!("{{{more} \"version\": \"{version}\", {plugins}, \"results\": {{}}}}");
        tree.write("old.baseline", &old);
        let output = tree.run("detect-secrets", &["-c", "1", "scan", "-n", "--baseline", "old.baseline"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let bytes = fs_err::read(tree.path().join("old.baseline")).unwrap();
        assert_eq!(rewritten(&bytes), String::from_utf8(bytes.clone()).unwrap(), "{version}");
        let (theirs, _) = detect_secrets::read(&bytes).unwrap();
        let (mut ours, _) = detect_secrets::read(old.as_bytes()).unwrap();
        let is_common = |setting: &detect_secrets::Setting| {
            !["is_baseline_file", "is_ignored_due_to_verification_policies"]
                .iter()
                .any(|end| setting.name.to_string().ends_with(end))
        };
        let mut wanted = theirs.settings;
        wanted.filters.retain(is_common);
        ours.settings.filters.retain(is_common);
        assert_eq!(ours.settings, wanted, "{version}");
    }
}
