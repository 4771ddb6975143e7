//! Real use: the hook in real pre-commit and real prek, installed from a repository made of this checkout, through commits, merges,
//! pushes and runs by hand. Every story but one runs in both programs.
#![cfg(test)]

#[path = "support/hook_runner.rs"]
mod hook_runner;
#[path = "support/peers.rs"]
mod peers;
#[path = "support/repository.rs"]
mod repository;

use hook_runner::{HookRunner, PRE_COMMIT, PREK};
use repository::{Repository, token};

macro_rules! in_both {
    ($($story:ident)*) => {
        mod pre_commit { $(#[test] fn $story() { super::$story(&super::PRE_COMMIT); })* }
        mod prek { $(#[test] fn $story() { super::$story(&super::PREK); })* }
    };
}

in_both! {
    a_planted_secret_is_refused_and_an_allow_comment_lets_it_in
    detect_secrets_own_baseline_is_honoured_and_survives_moved_lines
    our_own_baseline_is_honoured_and_tells_values_apart
    the_staged_version_is_judged_in_a_partial_commit
    all_files_are_judged_by_hand
    a_range_is_judged_by_its_end
    merges_are_judged
    a_push_is_judged
    all_that_a_push_brings_is_judged
    the_first_push_of_a_root_is_judged_as_it_is_pushed
    skip_skips
    the_record_is_kept_in_order
    names_that_fill_several_command_lines_are_judged_as_in_one
    a_broken_configuration_stops_the_commit
    a_file_named_like_an_option_does_not_open_the_gate
    a_run_changes_nothing
}

fn line(number: u32) -> String {
    format!("token = \"{}\"\n", token(number))
}

/// Commits what is staged with all hooks.
fn commit(runner: &HookRunner, repository: &Repository) -> repository::Said {
    runner.git(repository, &["commit", "--quiet", "--message", "change"])
}

fn a_planted_secret_is_refused_and_an_allow_comment_lets_it_in(runner: &HookRunner) {
    let repository = runner.repository();
    let head = repository.git(&["rev-parse", "HEAD"]);
    repository.stage("src/a.py", format!("import os\n{}", line(1)));
    let said = commit(runner, &repository).ended(1).with(&["gatewright secrets", "Failed", "src/a.py:2:10: github-token"]);
    said.with(&["exit code: 1"]).without(&token(1)).without(&token(1)[8..32]);
    assert_eq!(repository.git(&["rev-parse", "HEAD"]), head);

    let allowed = format!("{}  # gatewright: ignore[github-token] -- a test's\n", line(1).trim_end());
    repository.stage("src/a.py", format!("import os\n{allowed}"));
    commit(runner, &repository).ended(0);
    assert_ne!(repository.git(&["rev-parse", "HEAD"]), head);
}

fn detect_secrets_own_baseline_is_honoured_and_survives_moved_lines(runner: &HookRunner) {
    let repository = runner.repository();
    repository.stage("src/a.py", line(1));
    repository.stage("src/b.py", line(2));
    let scan = repository.said(repository.command(peers::tool("detect-secrets")).args(["scan", "--no-verify"])).ended(0);
    repository.stage(".secrets.baseline", &scan.out);
    commit(runner, &repository).ended(0);

    let moved = format!("{}{}", "# further down\n".repeat(40), line(1));
    repository.stage("src/a.py", &moved);
    commit(runner, &repository).ended(0);
    assert_eq!((repository.read(".secrets.baseline"), repository.read("src/a.py")), (scan.out, moved.clone()));
    assert_eq!(repository.git(&["status", "--porcelain"]), "");

    // detect-secrets hashes three letters of a GitHub token, so that its baseline tells those of one file from each other by nothing.
    repository.stage("src/a.py", format!("# more\n{moved}"));
    repository.stage("src/c.py", line(3));
    let said = commit(runner, &repository).ended(1).with(&["src/c.py:1:10: github-token"]).without(&token(3));
    said.without("src/a.py").without("src/b.py");
}

fn our_own_baseline_is_honoured_and_tells_values_apart(runner: &HookRunner) {
    let repository = runner.repository();
    repository.stage("src/a.py", line(1));
    repository.gatewright(&["baseline", "create"]).ended(0).without(&token(1));
    repository.git(&["add", "."]);
    commit(runner, &repository).ended(0);
    repository.stage("src/a.py", format!("# further down\n{}", line(1)));
    commit(runner, &repository).ended(0);
    repository.stage("src/a.py", format!("{}{}", line(1), line(2)));
    let said = commit(runner, &repository).ended(1).with(&["src/a.py:2:10: github-token"]).without(&token(2));
    said.without("src/a.py:1:");
    assert_eq!(repository.git(&["status", "--porcelain"]), "M  src/a.py");
}

fn the_staged_version_is_judged_in_a_partial_commit(runner: &HookRunner) {
    let repository = runner.repository();
    repository.stage("a.py", line(1));
    repository.write("a.py", "clean = True\n");
    commit(runner, &repository).ended(1).with(&["a.py:1:10: github-token"]).without(&token(1));
    assert_eq!(repository.read("a.py"), "clean = True\n");

    repository.stage("a.py", "clean = True\n");
    repository.write("a.py", line(1));
    commit(runner, &repository).ended(0);
    assert_eq!(repository.read("a.py"), line(1));
    assert_eq!(repository.git(&["show", "HEAD:a.py"]), "clean = True");
}

fn all_files_are_judged_by_hand(runner: &HookRunner) {
    let repository = runner.repository();
    repository.stage("old.py", line(1));
    repository.stage("later.py", "x = 1\n");
    repository.commit_unchecked("past the hook");
    repository.stage("new.py", "x = 1\n");
    commit(runner, &repository).ended(0);
    runner.run(&repository, &["run", "--all-files"]).ended(1).with(&["old.py:1:10: github-token"]).without(&token(1));
    runner.run(&repository, &["run", "--files", "later.py", "new.py"]).ended(0);
    repository.write("untracked.py", line(2));
    runner.run(&repository, &["run", "--files", "untracked.py"]).ended(1).with(&["untracked.py:1:10:"]).without(&token(2));
}

fn a_range_is_judged_by_its_end(runner: &HookRunner) {
    let repository = runner.repository();
    let before = repository.git(&["rev-parse", "HEAD"]);
    repository.stage("a.py", line(1));
    let with_secret = repository.commit_unchecked("a secret");
    repository.stage("a.py", "clean = True\n");
    let without = repository.commit_unchecked("no secret");
    let range = |from: &str, to: &str| runner.run(&repository, &["run", "--from-ref", from, "--to-ref", to]);
    range(&before, &with_secret).ended(1).with(&["a.py:1:10: github-token"]).without(&token(1));
    range(&before, &without).ended(0);
    range(&with_secret, &without).ended(0);
}

fn merges_are_judged(runner: &HookRunner) {
    let repository = runner.repository();
    repository.stage("a.py", "base = True\n");
    repository.commit_unchecked("base");
    repository.git(&["switch", "--quiet", "--create", "side"]);
    repository.stage("b.py", line(1));
    repository.commit_unchecked("a secret, past the hook");
    repository.git(&["switch", "--quiet", "main"]);
    repository.stage("c.py", "c = 1\n");
    repository.commit_unchecked("something else");
    // Without a conflict git calls pre-merge-commit.
    runner.git(&repository, &["merge", "--no-edit", "side"]).ended(1).with(&["b.py:1:10: github-token"]).without(&token(1));
    repository.git(&["merge", "--abort"]);

    repository.git(&["switch", "--quiet", "--create", "other", "main"]);
    repository.stage("a.py", "other = True\n");
    repository.commit_unchecked("other");
    repository.git(&["switch", "--quiet", "main"]);
    repository.stage("a.py", "main = True\n");
    repository.commit_unchecked("main");
    runner.git(&repository, &["merge", "--no-edit", "other"]).ended(1).with(&["CONFLICT"]);
    repository.stage("a.py", line(2));
    commit(runner, &repository).ended(1).with(&["a.py:1:10: github-token"]).without(&token(2));
    repository.stage("a.py", "both = True\n");
    commit(runner, &repository).ended(0);
    assert_eq!(repository.git(&["rev-list", "--parents", "--max-count=1", "HEAD"]).split(' ').count(), 3);
}

/// Makes an empty repository, the remote of this one.
fn add_remote(repository: &Repository) {
    let remote = repository.home().join("remote.git");
    repository.git(&["init", "--quiet", "--bare", &remote.to_string_lossy()]);
    repository.git(&["remote", "add", "origin", &remote.to_string_lossy()]);
}

fn a_push_is_judged(runner: &HookRunner) {
    let repository = runner.repository();
    add_remote(&repository);
    runner.git(&repository, &["push", "--quiet", "origin", "main"]).ended(0);
    repository.stage("a.py", line(1));
    repository.commit_unchecked("past the hook");
    let pushed = runner.git(&repository, &["push", "--quiet", "origin", "main"]);
    pushed.ended(1).with(&["a.py:1:10: github-token"]).without(&token(1));
    // The index is clean again, the commit to be pushed is not.
    repository.stage("a.py", "clean = True\n");
    runner.git(&repository, &["push", "--quiet", "origin", "main"]).ended(1).with(&["a.py:1:10: github-token"]);
    repository.commit_unchecked("clean");
    runner.git(&repository, &["push", "--quiet", "origin", "main"]).ended(0);

    // Of a branch that is not checked out, the programs do not name the files that are not on disk.
    repository.git(&["switch", "--quiet", "--create", "side"]);
    repository.stage("a.py", "side = True\n");
    repository.stage("side.py", line(2));
    repository.commit_unchecked("past the hook");
    repository.git(&["switch", "--quiet", "main"]);
    runner.git(&repository, &["push", "--quiet", "origin", "side"]).ended(1).with(&["side.py:1:10: github-token"]);
}

/// The hook id for pushes: what was removed again before the push is pushed, too.
fn all_that_a_push_brings_is_judged(runner: &HookRunner) {
    let repository = runner.repository();
    let name = ".pre-commit-config.yaml";
    repository.stage(name, repository.read(name).replace("id: gatewright-secrets", "id: gatewright-secrets-push"));
    add_remote(&repository);
    let push = |branch: &str| runner.git(&repository, &["push", "--quiet", "origin", branch]);
    // Nobody is asked at a commit.
    repository.stage("b.py", "first = True\n");
    commit(runner, &repository).ended(0);
    push("main").ended(0).with(&["gatewright secrets (push)", "Passed"]);
    repository.git(&["switch", "--quiet", "--create", "side"]);
    repository.stage("a.py", line(1));
    commit(runner, &repository).ended(0);
    repository.git(&["rm", "--quiet", "a.py"]);
    commit(runner, &repository).ended(0);
    repository.git(&["switch", "--quiet", "main"]);
    push("side").ended(1).with(&["a.py:1:10: github-token", "gone from HEAD"]).without(&token(1));
    repository.git(&["branch", "--quiet", "--force", "side", "side~2"]);
    push("side").ended(0);
}

/// Then the programs name all files of the index and give no range.
fn the_first_push_of_a_root_is_judged_as_it_is_pushed(runner: &HookRunner) {
    let repository = runner.repository();
    add_remote(&repository);
    let push = |branch: &str| runner.git(&repository, &["push", "--quiet", "origin", branch]);
    repository.stage("a.py", line(1));
    repository.commit_unchecked("past the hook");
    // The index is clean again, the commit to be pushed is not.
    repository.stage("a.py", "clean = True\n");
    push("main").ended(1).with(&["a.py:1:10: github-token", "judged refs/heads/main as all new"]).without(&token(1));
    repository.commit_unchecked("clean");
    repository.stage("a.py", line(2));
    push("main").ended(0);

    // A branch like those of published pages, which no checkout holds.
    repository.git(&["rm", "--quiet", "--force", "a.py"]);
    let tree = |content: &str| {
        repository.write("page.py", content);
        let blob = repository.git(&["hash-object", "-w", "page.py"]);
        let mut make = repository.command("sh");
        make.args(["-c", &format!("printf '100644 blob {blob}\\tpage.py\\n' | git mktree")]);
        repository.said(&mut make).ended(0).out.trim_end().to_owned()
    };
    let pages = |content: &str| {
        let commit = repository.git(&["commit-tree", "-m", "pages", &tree(content)]);
        repository.git(&["update-ref", "refs/heads/pages", &commit]);
        fs_err::remove_file(repository.path().join("page.py")).unwrap();
    };
    pages(&line(3));
    push("pages").ended(1).with(&["page.py:1:10: github-token", "judged refs/heads/pages as all new"]).without(&token(3));
    pages("clean = True\n");
    push("pages").ended(0);
}

/// The second hook id: it takes no files and judges the staged record.
fn the_record_is_kept_in_order(runner: &HookRunner) {
    let repository = runner.repository();
    let both = format!("{}  - id: gatewright-secrets-baseline\n", repository.read(".pre-commit-config.yaml"));
    repository.stage(".pre-commit-config.yaml", both);
    commit(runner, &repository).ended(0).with(&["gatewright secrets baseline", "Passed"]);

    repository.stage("a.py", line(1));
    repository.gatewright(&["baseline", "create"]).ended(0);
    repository.git(&["add", "."]);
    commit(runner, &repository).ended(1).with(&["unlabelled: a.py: GitHub Token"]).without(&token(1));
    repository.gatewright(&["baseline", "audit", "--mark", "test", "--path", "a.py", "--reason", "a test's"]).ended(0);
    repository.git(&["add", "."]);
    commit(runner, &repository).ended(0);

    repository.stage("a.py", "token = None\n");
    commit(runner, &repository).ended(1).with(&["stale: a.py: GitHub Token"]);
}

fn skip_skips(runner: &HookRunner) {
    let repository = runner.repository();
    // prek refuses to run nothing at all: a hook beside ours stays.
    let beside = "- repo: local\n  hooks: [{id: beside, name: beside, entry: 'true', language: system}]\n";
    repository.stage(".pre-commit-config.yaml", hook_runner::configuration() + beside);
    repository.stage("a.py", line(1));
    let mut git = runner.prepared(&repository, "git");
    repository.said(git.args(["commit", "--quiet", "--message", "skipped"]).env("SKIP", "gatewright-secrets")).ended(0);
}

/// pre-commit cuts the names at 128 KiB; what several processes say must read as if one had said it.
fn names_that_fill_several_command_lines_are_judged_as_in_one(runner: &HookRunner) {
    let repository = runner.repository();
    let folder = "a-folder-with-a-name-that-is-long-enough/and-another-one-to-fill-the-command-line";
    for number in 0..3000 {
        let content = if number % 500 == 499 { line(number) } else { format!("x = {number}\n") };
        repository.write(&format!("{folder}/module_{number:04}.py"), content);
    }
    repository.git(&["add", "."]);
    repository.commit_unchecked("many");
    let names = repository.git(&["ls-files"]);
    assert!(names.len() > 2 * 128 * 1024, "{} bytes of names do not fill a command line twice", names.len());
    let names: Vec<&str> = names.lines().collect();

    let parts = runner.run(&repository, &["run", "--all-files"]).ended(1);
    let whole = repository.hook(&names).ended(1);
    let findings = |text: &str| text.matches("github-token GitHub token").count();
    assert_eq!(findings(&whole.out), 6, "{}", whole.out);
    // prek indents what a hook says.
    let flush = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    assert!(flush(&parts.out).contains(&flush(&whole.out)), "in parts:\n{}\nas one:\n{}", parts.out, whole.out);
    assert_eq!(findings(&parts.out), 6);
}

fn a_broken_configuration_stops_the_commit(runner: &HookRunner) {
    let repository = runner.repository();
    repository.stage("a.py", "x = 1\n");
    repository.stage("gatewright.toml", "[secrets]\nprofil = \"compat\"\n");
    commit(runner, &repository).ended(1).with(&["exit code: 2", "gatewright.toml:2", "profile"]);
}

fn a_file_named_like_an_option_does_not_open_the_gate(runner: &HookRunner) {
    let repository = runner.repository();
    repository.stage("a.py", line(1));
    repository.stage("--exit-zero", "x = 1\n");
    commit(runner, &repository).ended(1).with(&["exit code: 2", "`--exit-zero` is an option and a file"]);
    repository.git(&["rm", "--quiet", "--force", "--", "--exit-zero"]);
    commit(runner, &repository).ended(1).with(&["a.py:1:10: github-token"]);
}

fn a_run_changes_nothing(runner: &HookRunner) {
    let repository = runner.repository();
    repository.stage("a.py", line(1));
    repository.stage("b.py", "x = 1\n");
    repository.write("untracked.py", line(2));
    let files = || {
        let mut files = repository.every_file();
        // git refreshes its index and the programs keep logs and locks in .git; whether the hook does is asked of it alone in `faults.rs`.
        files.retain(|path, _| !path.starts_with(repository.path().join(".git")) && *path != repository.path());
        files
    };
    let before = files();
    runner.run(&repository, &["run", "--all-files"]).ended(1).without("files were modified");
    commit(runner, &repository).ended(1).without("files were modified");
    assert_eq!(files(), before);
}

/// With pre-commit only: prek gives `try-repo` a cargo home of its own each time, so that every crate is fetched and compiled again.
#[test]
fn try_repo_needs_no_configuration() {
    let runner = &PRE_COMMIT;
    let repository = runner.repository();
    repository.git(&["rm", "--quiet", "--force", ".pre-commit-config.yaml"]);
    repository.stage("a.py", line(1));
    let hooks = hook_runner::hooks();
    let said = runner.run(&repository, &["try-repo", &hooks.to_string_lossy(), "gatewright-secrets", "--all-files"]);
    said.ended(1).with(&["a.py:1:10: github-token"]).without(&token(1));
}
