//! The program in every format and profile, and all that it does with baselines.

use std::io::Write as _;

use serde_json::Value;

use crate::{Parts, Planted, plants};

const FORMATS: [&str; 7] = ["text", "json", "jsonl", "sarif", "github", "gitlab", "junit"];

#[test]
fn the_default_profile_finds_every_plant() {
    let planted = Planted::new(1);
    let said = planted.run(&["check", "--all-files", "--show-forgiven", "--format", "json"]).ended(1);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    let lines: Vec<(&str, u64, u64)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["path"].as_str().unwrap(), f["line"].as_u64().unwrap(), f["end_line"].as_u64().unwrap()))
        .collect();
    let mut next: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
    let mut missed = Vec::new();
    for plant in &planted.plants {
        let first = next.entry(plant.file).or_insert(1);
        let end = *first + memchr::memchr_iter(b'\n', &plant.text).count() as u64;
        if !lines.iter().any(|&(path, line, last)| path == plant.file && line < end && last >= *first) {
            missed.push(String::from_utf8_lossy(&plant.text));
        }
        *first = end + 1;
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn no_report_shows_one() {
    let planted = Planted::new(2);
    for profile in ["default", "compat", "strict"] {
        for format in FORMATS {
            for options in [&[][..], &["--show-forgiven", "--show-hashes", "--color", "always"]] {
                let said = planted.run(&[&["check", "--all-files", "--profile", profile, "--format", format], options].concat());
                assert!(said.out.contains("settings.py"), "{}", said.text());
            }
        }
    }
}

/// Every command on the baseline, in the order of a life with one.
/// Neither of a finding nor of what was dismissed.
#[test]
fn no_explanation_shows_one() {
    let planted = Planted::new(8);
    for (file, text) in crate::files(&planted.plants) {
        for line in 1..text.split(|&byte| byte == b'\n').count() {
            let format = if line % 2 == 0 { "json" } else { "text" };
            planted.run(&["explain", &format!("{file}:{line}"), "--format", format]).ended(0);
        }
    }
}

#[test]
fn no_baseline_command_shows_or_writes_one() {
    let planted = Planted::new(3);
    let repository = &planted.repository;
    let baseline = |args: &[&str]| planted.run(&[&["baseline"], args].concat());
    baseline(&["create"]).ended(0).with(&["recorded"]);
    repository.git(&["add", ".secrets.baseline", ".gatewright-baseline.jsonl"]);
    for profile in ["default", "compat", "strict"] {
        planted.run(&["check", "--all-files", "--show-forgiven", "--show-hashes", "--format", "json", "--profile", profile]);
    }
    let old = repository.path().join("old.json");
    fs_err::copy(repository.path().join(".secrets.baseline"), &old).unwrap();
    // Other values in the same places, and a file that is gone.
    for (file, text) in crate::files(&plants::plants(4)) {
        repository.write(file, text);
    }
    repository.git(&["add", "--update"]);
    repository.git(&["rm", "--quiet", "--cached", "a.txt", "urls.py"]);
    let parts = Parts::of(&plants::plants(4));
    let both = |args: &[&str]| {
        let said = baseline(args);
        parts.assert_hidden(&said.text(), &format!("{args:?} says"));
        for file in [".secrets.baseline", ".gatewright-baseline.jsonl"] {
            parts.assert_hidden(&repository.read(file), &format!("{args:?} leaves {file}"));
        }
        said
    };
    both(&["diff"]).ended(1);
    both(&["diff", "--format", "json"]).ended(1);
    both(&["prune", "--check"]).ended(1);
    both(&["update", "--accept-new", "--dry-run"]).ended(1);
    both(&["update", "--accept-new"]).ended(0).with(&["gone", "a.txt"]);
    both(&["diff", "old.json"]).ended(1);
    both(&["audit", "--mark", "test", "--path", "settings.py", "--reason", "an example"]).ended(0).with(&["settings.py"]);
    both(&["audit"]).ended(2).with(&["no terminal"]);
    for table in ["table.json", "table.csv", "-"] {
        both(&["audit", "--export", table]).ended(0);
    }
    both(&["audit", "--import", "table.csv"]).ended(0);
    both(&["stats"]).ended(0);
    both(&["stats", "--json", "--compat"]).ended(0);
    both(&["prune"]).ended(0);
    both(&["merge", "old.json", "old.json", ".secrets.baseline"]).ended(0);
    both(&["create", "--force"]).ended(0);
}

/// What the values stand next to, or in the middle of, is broken.
#[test]
fn no_fault_shows_one() {
    let planted = Planted::new(5);
    let value = planted.plants.iter().find(|plant| plant.file == "settings.py").unwrap().hidden.first().unwrap();
    let repository = &planted.repository;
    for (file, text) in [
        (".secrets.baseline", "{\n \"version\": \"1.5.0\", \"results\": {\"a\": [{\"password\": \"{}\"}]}}\n"),
        (".secrets.baseline", "{\n \"version\": \"{}\", \"{}\": 1}\n"),
        (".secrets.baseline", "{\n \"version\": password = {}\n"),
        (
            ".secrets.baseline",
            "{\n \"plugins_used\": [{\"name\": \"{}\", \"{}\": \"{}\"}], \"version\": \"1.5.0\", \"results\": {}}\n",
        ),
        (".secrets.baseline", "<<<<<<< {}\n{}\n"),
        (".gatewright-baseline.jsonl", "{\"{}\": 1}\n"),
        (".gatewright-baseline.jsonl", "password = {}\n"),
        (".gatewright-baseline.jsonl", "{\"gatewright\": \"{}\", \"version\": \"{}\"}\n"),
        ("gatewright.toml", "password = {}\n"),
        ("gatewright.toml", "[secrets]\nprofile = \"{}\"\n"),
        ("gatewright.toml", "exclude = [\"[{}\"]\n"),
        ("gatewright.toml", "[[per-path]]\npath = \"a\"\nignore = [\"{}\"]\nreason = \"x\"\n"),
        ("gatewright.toml", "[secrets.rules]\ndisable = [\"{}\"]\n"),
        ("pyproject.toml", "password = \"{}\n"),
    ] {
        let text = text.replace("{}", value);
        repository.write(file, &text);
        for args in
            [&["check", "--all-files"][..], &["check", "-a", "-f", "json"], &["baseline", "create"], &["baseline", "update"]]
        {
            planted.run(args);
        }
        repository.write("broken", &text);
        planted.run(&["baseline", "merge", "broken", file, "broken"]).ended(2);
        planted.run(&["baseline", "diff", "broken"]);
        planted.run(&["baseline", "audit", "--import", "broken"]);
        fs_err::remove_file(repository.path().join(file)).unwrap();
    }
    planted.run(&["check", "--formt", "json", "settings.py"]).ended(2);
    planted.run(&["check", "--format", "settings.py"]).ended(2);
    planted.run(&["check", "--output-file", "there/is/none", "--all-files"]).ended(2);
    planted.run(&["check", "--all-files", "--exclude-lines", "("]).ended(2);
}

/// A name is a text of the repository too: where the value is found in the file, the reports leave it out of the name.
#[test]
fn no_report_shows_one_in_a_file_name() {
    let planted = Planted::new(6);
    let value = crate::repository::token(7);
    planted.repository.stage(&format!("{value}.py"), format!("token = \"{value}\"\n"));
    let parts = Parts::new([value.trim_start_matches("ghp_")]);
    for profile in ["default", "compat", "strict"] {
        for format in FORMATS {
            let said = planted.run(&["check", "--all-files", "--show-forgiven", "--profile", profile, "--format", format]);
            parts.assert_hidden(&said.text(), &format!("{profile} as {format} says"));
        }
    }
}

/// A comment in a member may repeat the value, as its reason or as a name of a rule; so may the name of the member.
#[test]
fn no_report_shows_one_in_a_comment_of_a_member() {
    let planted = Planted::new(9);
    let value = crate::repository::token(7);
    let text = format!(
        "a = \"{value}\"  # gatewright: ignore[github-token] -- {value}\nb = \"{value}\"  # gatewright: ignore[{value}] -- x\n"
    );
    let name = format!("{value}.py");
    let mut packed = flate2::GzBuilder::new().filename(name).write(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    planted.repository.stage("packed", packed.finish().unwrap());
    let parts = Parts::new([value.trim_start_matches("ghp_")]);
    for format in FORMATS {
        let said = planted.run(&["check", "packed", "--show-forgiven", "--format", format]).ended(1);
        parts.assert_hidden(&said.text(), &format!("{format} says"));
        if format == "text" {
            said.with(&["by a `gatewright` comment on line 1 of `", "names the unknown rule"]);
        }
    }
}
