//! Configurations that are in doubt: nothing is judged by them.

use crate::{judged, refused, token, with_secret};

fn refused_with(name: &str, text: impl AsRef<[u8]>, parts: &[&str]) {
    let repository = with_secret();
    repository.stage(name, text);
    refused(&repository, &["a.py"], parts);
}

#[test]
fn with_unknown_keys_name_the_nearest() {
    let text = "[secrets]\nprofil = \"compat\"\n";
    refused_with(
        "gatewright.toml",
        text,
        &["gatewright.toml:2:1: unknown key `profil`", "did you mean `profile`?", "help: keys in"],
    );
    let text = "[tool.gatewright.secrets]\nbase-line = \"x\"\n";
    refused_with("pyproject.toml", text, &["pyproject.toml:2:1: unknown key `base-line`", "did you mean `baseline`?"]);
}

#[test]
fn with_unknown_rules_name_the_nearest() {
    let text = "[secrets.rules]\ndisable = [\"github-tokn\"]\n";
    refused_with("gatewright.toml", text, &["gatewright.toml:2:12: unknown rule `github-tokn`; did you mean `github-token`?"]);
}

/// But for those of one entry of a list, of which one leads to the next.
#[test]
fn with_several_errors_name_them_all() {
    let top = "exlude = [\"a.py\"]\ncache = \"no\"\n";
    let entries = "[[per-path]]\npth = \"b.py\"\nignore = [\"jwt\"]\n[[per-path]]\npath = \"c.py\"\nignore = [\"nope\"]\n";
    let secrets = "[secrets]\nprofil = \"strict\"\nmin-confidence = \"hgh\"\nrules.disable = [\"jwt\", \"no-such\"]\n";
    let text = [top, entries, secrets].concat();
    let faults = [
        "1:1: unknown key `exlude` at the top level; did you mean `exclude`?",
        "2:9: expected a boolean, found a string",
        "4:1: unknown key `pth` in [[per-path]]; did you mean `path`?",
        "8:11: unknown rule `nope`",
        "10:1: unknown key `profil` in [secrets]; did you mean `profile`?",
        "11:18: unknown value `hgh`; did you mean `high`?",
        "12:25: unknown rule `no-such`",
    ];
    let repository = with_secret();
    repository.stage("gatewright.toml", &text);
    let said = judged(&repository, &["a.py"]).ended(2);
    assert_eq!(said.err.matches("error: gatewright.toml:").count(), faults.len(), "{}", said.err);
    assert_eq!(said.err.matches("  = help: ").count(), faults.len());
    said.with(&faults);
    repository.git(&["rm", "--quiet", "--force", "gatewright.toml"]);
    let text = format!("[tool.gatewright]\n{text}")
        .replace("[[", "[[tool.gatewright.")
        .replace("[secrets]", "[tool.gatewright.secrets]");
    repository.stage("pyproject.toml", text);
    let said = judged(&repository, &["a.py"]).ended(2);
    assert_eq!(said.err.matches("error: pyproject.toml:").count(), faults.len(), "{}", said.err);
    let many: Vec<String> = (0..100).map(|number| format!("unknown-{number} = 1\n")).collect();
    repository.stage("gatewright.toml", many.concat());
    assert_eq!(judged(&repository, &["a.py"]).ended(2).err.matches("error: ").count(), 20);
}

#[test]
fn that_are_not_toml_name_the_place() {
    refused_with("gatewright.toml", "[secrets\n", &["gatewright.toml:1:9: not TOML", "help: "]);
    refused_with("gatewright.toml", b"# \xff\n", &["gatewright.toml is not UTF-8", "save it as UTF-8"]);
}

#[cfg(unix)]
#[test]
fn behind_links_are_read_as_staged() {
    let repository = with_secret();
    repository.write("policy/all.toml", "exclude = [\"*.py\"]\n");
    fs_err::os::unix::fs::symlink("policy/all.toml", repository.path().join("gatewright.toml")).unwrap();
    repository.git(&["add", "--all"]);
    repository.write("policy/all.toml", "");
    judged(&repository, &["a.py"]).ended(0).with(&["excluded"]);
    judged(&repository, &["--worktree", "a.py"]).ended(1);
}

#[test]
fn that_were_named_have_to_be_there() {
    refused(&with_secret(), &["--config", "other.toml"], &["the configuration other.toml is not there", "help: "]);
}

#[test]
fn never_show_the_values_they_hold() {
    let text = format!("[secrets]\nprofil = \"{}\"\n", token(1));
    refused_with("gatewright.toml", text, &["gatewright.toml:2:1: "]);
}

#[test]
fn outside_the_repository_hold_by_hand_for_a_range_too() {
    let repository = with_secret();
    let first = repository.commit_unchecked("a secret");
    repository.stage("b.py", format!("'{}'\n", token(1)));
    let second = repository.commit_unchecked("another");
    let outside = repository.home().join("strict.toml");
    fs_err::write(&outside, "exclude = [\"b.py\"]\n").unwrap();
    let outside = outside.to_string_lossy();
    let range = ["--from-ref", &first, "--to-ref", &second];
    let by_policy = [&range[..], &["--config", &outside]].concat();
    repository.gatewright(&range).ended(1);
    repository.gatewright(&by_policy).ended(0);
    refused(&repository, &by_policy, &["strict.toml is outside of the repository: no commit would hold it", "help: "]);
    // One inside would be that of another version.
    repository.write("here.toml", "exclude = [\"b.py\"]\n");
    refused(&repository, &[&range[..], &["--config", "here.toml"]].concat(), &["the configuration here.toml is not there"]);
}

#[cfg(unix)]
#[test]
fn and_baselines_in_a_linked_folder_are_those_that_are_staged() {
    let repository = with_secret();
    repository.gatewright(&["baseline", "create"]).ended(0);
    fs_err::create_dir(repository.path().join("kept")).unwrap();
    fs_err::rename(repository.path().join(".secrets.baseline"), repository.path().join("kept/known")).unwrap();
    std::os::unix::fs::symlink("kept", repository.path().join("link")).unwrap();
    repository.stage("gatewright.toml", "[secrets]\nbaseline = \"link/known\"\n");
    repository.git(&["add", "."]);
    judged(&repository, &["--hook"]).ended(0);
    repository.git(&["rm", "-q", "--cached", "kept/known"]);
    refused(&repository, &["--hook"], &["link/known is not staged"]);
}

/// As a script in `.git/hooks` is run, without pre-commit.
#[test]
fn that_are_not_staged_decide_nothing_in_a_hook_of_git() {
    let repository = with_secret();
    fs_err::write(repository.path().join("gatewright.toml"), "exclude = [\"a.py\"]\n").unwrap();
    repository.gatewright(&["--staged"]).ended(0);
    let mut by_git = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
    by_git.arg("--staged").env("GIT_INDEX_FILE", ".git/index").env("GIT_EXEC_PATH", "/usr/libexec/git-core");
    repository.said(&mut by_git).ended(1).with(&["a.py:1:10: "]);
}

/// Who commits elsewhere, and CI, would not have them.
#[test]
fn and_baselines_outside_the_repository_decide_nothing_in_a_hook() {
    let repository = with_secret();
    let outside = |name: &str, text: &str| {
        let path = repository.home().join(name);
        fs_err::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let config = outside("lax.toml", "exclude = [\"a.py\"]\n");
    let words = outside("words.txt", "ghp\n");
    let baseline = repository.home().join("known.json").to_string_lossy().into_owned();
    repository.gatewright(&["baseline", "create", "--baseline", &baseline]).ended(0);
    for option in [["--config", &config], ["--baseline", &baseline], ["--config", "../home/lax.toml"]] {
        repository.gatewright(&[&option[..], &["a.py"]].concat()).ended(0);
        let parts = ["is outside of the repository: no commit would hold it", "help: "];
        refused(&repository, &[&option[..], &["a.py"]].concat(), &parts);
        refused(&repository, &[&option[..], &["--all-files"]].concat(), &parts);
        // Of the disk no commit is made.
        judged(&repository, &[&option[..], &["--worktree", "a.py"]].concat()).ended(0);
    }
    let parts = ["words.txt is outside of the repository"];
    refused(&repository, &["--profile", "compat", "--word-list", &words, "a.py"], &parts);
    let check = |args: &[&str]| {
        let mut command = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
        repository.said(command.args(["baseline", "check", "--baseline"]).args(args).env("PRE_COMMIT", "1"))
    };
    check(&[&baseline]).ended(2).with(&["known.json is outside of the repository"]);
    check(&["none.json"]).ended(2).with(&["the baseline none.json is not there"]);
}

#[test]
fn name_the_staged_baseline_however_its_path_is_written() {
    let repository = with_secret();
    let paths = "[secrets]\nbaseline = \"./ci//.secrets.baseline\"\ncompanion = \"ci/../ci/known.jsonl\"\n";
    repository.stage("gatewright.toml", paths);
    fs_err::create_dir(repository.path().join("ci")).unwrap();
    repository.gatewright(&["baseline", "create"]).ended(0);
    // What lies on disk, or is gone from there, judges nothing that is staged.
    repository.git(&["add", "ci"]);
    repository.write("ci/.secrets.baseline", "broken");
    fs_err::remove_file(repository.path().join("ci/known.jsonl")).unwrap();
    judged(&repository, &["a.py"]).ended(0);
    refused_with("gatewright.toml", "[secrets]\ncompanion = \"./\"\n", &["gatewright.toml:2:13: expected the path of a file"]);
}

#[cfg(unix)]
#[test]
fn that_are_no_files_are_neither_waited_for_nor_taken_for_none() {
    for name in ["gatewright.toml", "pyproject.toml", ".secrets.baseline", ".gatewright-baseline.jsonl"] {
        let repository = with_secret();
        repository.said(repository.command("mkfifo").arg(name)).ended(0);
        repository.gatewright(&["--worktree", "a.py"]).ended(2).with(&["error: ", name, "is not a regular file"]);
    }
}
