//! Files that decide about others, while a merge of them is not resolved: neither side is the policy.

use crate::repository::Repository;
use crate::{judged, refused, with_secret};

const RULE: &str = "+++\nsummary = 'Acme key'\nseverity = 'high'\nconfidence = 'high'\n[match]\nkeywords = ['acme']\n";
const REMEDY: &str = "help: resolve the conflict, then `git add` or `git rm` it";

/// Leaves `name` in the index as a merge does; a side without text took the file out.
fn conflict(repository: &Repository, name: &str, [base, ours, theirs]: [Option<&str>; 3]) {
    let entry = |(stage, text): (usize, Option<&str>)| {
        repository.write("side", text?);
        let id = repository.git(&["hash-object", "-w", "side"]);
        Some(format!("100644 {id} {stage}\t{name}\n"))
    };
    let entries: String = [(1, base), (2, ours), (3, theirs)].into_iter().filter_map(entry).collect();
    repository.write("entries", format!("0 {}\t{name}\n{entries}", "0".repeat(40)));
    repository.said(repository.command("sh").args(["-c", "git update-index --index-info < entries"])).ended(0);
    for file in ["side", "entries"] {
        fs_err::remove_file(repository.path().join(file)).unwrap();
    }
    repository.write(name, "<<<<<<< HEAD\n=======\n>>>>>>> side\n");
}

/// By hand and in a hook.
#[track_caller]
fn is_refused(repository: &Repository, name: &str) {
    let message = format!("error: {name} is unmerged");
    refused(repository, &["a.py"], &[&message, REMEDY]);
    repository.gatewright(&["a.py"]).ended(2).with(&[&message, REMEDY]);
}

#[test]
fn of_configurations_and_rules_are_refused() {
    let lax = Some("exclude = [\"a.py\"]\n");
    let strict = Some("exclude = []\n");
    for sides in [[Some(""), lax, strict], [None, lax, strict], [lax, None, strict], [strict, lax, None]] {
        let repository = with_secret();
        conflict(&repository, "gatewright.toml", sides);
        is_refused(&repository, "gatewright.toml");
        repository.gatewright(&["--no-config", "a.py"]).ended(1);
        repository.git(&["rm", "--quiet", "--force", "gatewright.toml"]);
        judged(&repository, &["a.py"]).ended(1);
    }
    let repository = with_secret();
    let rule = |pattern: &str| format!("{RULE}pattern = '{pattern}'\n+++\nWhy.\n");
    conflict(&repository, ".gatewright/rules/acme.md", [None, Some(&rule("acme[0-9]{8}")), Some(&rule("acme[0-9]{9}"))]);
    is_refused(&repository, ".gatewright/rules/acme.md");
    let repository = with_secret();
    conflict(&repository, "policy.toml", [None, lax, strict]);
    refused(&repository, &["--config", "policy.toml", "a.py"], &["error: policy.toml is unmerged"]);
}

/// Most conflicts in a `pyproject.toml` have nothing to do with us.
#[test]
fn of_a_pyproject_matter_where_it_has_settings_of_ours() {
    let (other, another) = (Some("[project]\nname = 'a'\n"), Some("[project]\nname = 'b'\n"));
    let ours = Some("[tool.gatewright]\nexclude = ['a.py']\n");
    for sides in [[None, ours, other], [None, other, ours], [other, None, ours]] {
        let repository = with_secret();
        conflict(&repository, "pyproject.toml", sides);
        is_refused(&repository, "pyproject.toml");
        repository.stage("gatewright.toml", "");
        judged(&repository, &["a.py"]).ended(1);
    }
    let repository = with_secret();
    conflict(&repository, "pyproject.toml", [None, other, another]);
    judged(&repository, &["a.py"]).ended(1).with(&["a.py:1:10: github-token"]);
    refused(&repository, &["a.py", "pyproject.toml"], &["error: pyproject.toml: unmerged: both sides were looked at"]);
}

#[test]
fn of_baselines_are_refused_and_told_once() {
    for name in [".secrets.baseline", ".gatewright-baseline.jsonl"] {
        let repository = with_secret();
        repository.gatewright(&["baseline", "create"]).ended(0);
        let known = repository.read(name);
        let other = repository.read(name).replace('2', "3");
        conflict(&repository, name, [None, Some(&known), Some(&other)]);
        is_refused(&repository, name);
        let said = judged(&repository, &["a.py", name]).ended(2);
        assert_eq!(said.text().matches(name).count(), 1, "{}", said.text());
    }
    // One that nobody reads.
    let repository = with_secret();
    conflict(&repository, "old/.secrets.baseline", [None, Some("{}"), Some("{\"version\": \"1.5.0\"}")]);
    let said = judged(&repository, &["old/.secrets.baseline"]).ended(2).with(&[REMEDY]);
    assert_eq!(said.text().matches("old/.secrets.baseline").count(), 1, "{}", said.text());
}

#[test]
fn of_links_to_a_policy_are_refused() {
    let repository = with_secret();
    repository.stage("lax.toml", "exclude = [\"a.py\"]\n");
    let entry = |target: &str, stage: u8| {
        repository.write("target", target);
        format!("120000 {} {stage}\tgatewright.toml\n", repository.git(&["hash-object", "-w", "target"]))
    };
    repository.write("entries", entry("lax.toml", 2) + &entry("other.toml", 3));
    repository.said(repository.command("sh").args(["-c", "git update-index --index-info < entries"])).ended(0);
    refused(&repository, &["a.py"], &["error: gatewright.toml is unmerged"]);
}
