//! Names that cannot be read, lead elsewhere or are made to deceive.

use crate::{Repository, judged, refused, token, with_secret};

#[test]
fn of_what_is_not_there_do_not_hide_the_rest() {
    let parts = ["error: nope.py: neither in the index nor on disk", "a.py:1:10: github-token"];
    refused(&with_secret(), &["nope.py", "a.py"], &parts);
    refused(&with_secret(), &["nope.py"], &parts[..1]);
}

#[test]
fn of_folders_mean_what_is_tracked_below() {
    let repository = with_secret();
    fs_err::create_dir(repository.path().join("empty")).unwrap();
    refused(&repository, &["empty"], &["error: empty: a directory without tracked files"]);
    repository.stage("full/b.py", format!("'{}'\n", token(2)));
    judged(&repository, &["full"]).ended(1).with(&["full/b.py:1:2: github-token"]).without("a.py");
}

#[cfg(unix)]
#[test]
fn of_pipes_and_sockets_do_not_make_it_wait() {
    let repository = with_secret();
    repository.said(repository.command("mkfifo").arg("pipe")).ended(0);
    refused(&repository, &["pipe"], &["error: pipe: not a regular file"]);
    let _socket = std::os::unix::net::UnixListener::bind(repository.path().join("socket")).unwrap();
    refused(&repository, &["socket", "a.py"], &["error: socket: ", "a.py:1:10: github-token"]);
}

#[cfg(unix)]
#[test]
fn of_links_are_never_followed() {
    let repository = with_secret();
    let outside = repository.home().join("outside.py");
    fs_err::write(&outside, format!("'{}'\n", token(2))).unwrap();
    fs_err::os::unix::fs::symlink(&outside, repository.path().join("link")).unwrap();
    fs_err::os::unix::fs::symlink("nowhere", repository.path().join("dangling")).unwrap();
    judged(&repository, &["link", "dangling"]).ended(0);
    repository.git(&["add", "link", "dangling"]);
    judged(&repository, &["link", "dangling"]).ended(0);
}

/// `-C` is as if the hook had been started there: `..` is the folder above the real one.
#[cfg(unix)]
#[test]
fn seen_from_a_link_to_a_folder_are_found() {
    let repository = with_secret();
    repository.stage("deep/b.py", "x = 1\n");
    let link = repository.home().join("link");
    fs_err::os::unix::fs::symlink(repository.path().join("deep"), &link).unwrap();
    judged(&repository, &["-C", &link.to_string_lossy(), "../a.py"]).ended(1).with(&["a.py:1:10: github-token"]);
    refused(&repository, &["-C", "a.py"], &["a.py is not a folder"]);
}

#[cfg(unix)]
#[test]
fn of_files_that_may_not_be_read_are_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let repository = with_secret();
    repository.write("closed.py", "x = 1\n");
    let closed = repository.path().join("closed.py");
    fs_err::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    if fs_err::read(&closed).is_ok() {
        // Root reads everything.
        judged(&repository, &["closed.py"]).ended(0);
        return;
    }
    let said = repository.hook(&["closed.py", "a.py"]).ended(2);
    said.with(&["error: closed.py: ", "a.py:1:10: github-token"]);
}

#[cfg(unix)]
#[test]
fn of_folders_that_may_not_be_read_are_told_unless_accepted() {
    use std::os::unix::fs::PermissionsExt as _;
    let repository = Repository::new();
    repository.write("closed/a.py", "x = 1\n");
    let closed = repository.path().join("closed");
    fs_err::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    if fs_err::read_dir(&closed).is_ok() {
        return crate::left_out::left_out("root reads every folder");
    }
    let said = repository.hook(&["--worktree"]);
    repository.stage("gatewright.toml", "[[accept-unread]]\npath = 'closed/'\n");
    let accepted = repository.hook(&["--worktree"]);
    fs_err::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
    said.ended(2).with(&["error: closed/: permission denied"]);
    accepted.ended(0).with(&["skipped: closed/: could not be judged, which `accept-unread` accepts"]);
}

#[test]
fn of_other_repositories_are_told_and_not_judged() {
    let repository = with_secret();
    for name in ["nested", "module", "ignored"] {
        fs_err::create_dir(repository.path().join(name)).unwrap();
        repository.git(&["-C", name, "init", "-q"]);
        repository.git(&["-C", name, "commit", "-q", "--allow-empty", "--no-verify", "-m", "first"]);
        repository.write(&format!("{name}/b.py"), format!("'{}'\n", token(2)));
    }
    repository.git(&["-c", "advice.addEmbeddedRepo=false", "add", "module"]);
    repository.write(".gitignore", "/ignored\n");
    let said = judged(&repository, &["--worktree"]).ended(1).without("b.py").without("ignored").without("module: another");
    said.with(&["skipped: module: submodule", "skipped: nested: another repository"]);
    judged(&repository, &["--worktree", "module"]).ended(1).with(&["module/b.py:1:2: "]).without("skipped");
}

#[cfg(target_os = "linux")]
#[test]
fn of_hostile_kinds_reach_no_terminal_unescaped() {
    use std::os::unix::ffi::OsStrExt as _;
    let repository = Repository::new();
    let names: [&[u8]; 6] =
        [b"new\nline.py", b"escape\x1b[31m.py", "bidi\u{202e}.py".as_bytes(), b"bad\xff.py", b" '\".py", b"::error::.py"];
    for name in names {
        let path = repository.path().join(std::ffi::OsStr::from_bytes(name));
        fs_err::write(path, format!("'{}'\n", token(1))).unwrap();
    }
    repository.git(&["add", "--all"]);
    let said = judged(&repository, &["--all-files"]).ended(1);
    let said = said.with(&["new\\nline.py:1:2: ", "bad\\xff.py:1:2: ", " '\".py:1:2: "]).without("\x1b").without("\u{202e}");
    assert_eq!(said.out.matches(" github-token GitHub token").count(), 6);
    let said = judged(&repository, &["--all-files", "--format", "github"]).ended(1).without("\x1b");
    assert_eq!((said.out.lines().count(), said.out.lines().filter(|line| line.starts_with("::error file=")).count()), (6, 6));
}

/// Runners pass names behind the options, with nothing between: a file could switch the hook off by its name.
#[test]
fn that_read_as_options_are_refused() {
    for name in ["--exit-zero", "--no-config", "--config=x.toml", "-h", "-dash.py"] {
        let repository = with_secret();
        repository.write(name, "x = 1\n");
        refused(&repository, &["a.py", name], &[&format!("`{name}` is an option and a file"), "help: "]);
        judged(&repository, &["--", "a.py", name]).ended(1).with(&["a.py:1:10: github-token"]);
    }
    judged(&with_secret(), &["--exit-zero", "a.py"]).ended(0);
}

/// Runners name what lies on disk. A merge brings changes of files that a sparse checkout leaves out, too.
#[test]
fn that_no_runner_could_give_are_not_missed() {
    let repository = Repository::new();
    repository.stage("in/a.py", "x = 1\n");
    repository.stage("out/b.py", "y = 1\n");
    repository.stage("out/c.py", "z = 1\n");
    repository.commit_unchecked("first");
    repository.git(&["switch", "--quiet", "--create", "side"]);
    repository.stage("out/b.py", format!("y = '{}'\n", token(1)));
    repository.commit_unchecked("a secret");
    repository.git(&["switch", "--quiet", "main"]);
    for mode in ["--no-sparse-index", "--sparse-index"] {
        repository.git(&["sparse-checkout", "set", "--cone", mode, "in"]);
        repository.git(&["cherry-pick", "--no-commit", "side"]);
        repository.stage("in/a.py", "x = 2\n");
        repository.git(&["sparse-checkout", "reapply"]);
        assert!(!repository.path().join("out/b.py").exists());
        let said = judged(&repository, &["in/a.py"]).ended(1).with(&["out/b.py:1:6: github-token"]);
        assert!(!said.text().contains("out/c.py"), "what is not changed was not judged");
        repository.gatewright(&["in/a.py"]).ended(0);
        repository.git(&["reset", "--quiet", "--hard"]);
    }
    repository.git(&["sparse-checkout", "disable"]);
    for (flag, name) in [("--skip-worktree", "d.py"), ("--assume-unchanged", "e.py")] {
        repository.stage(name, format!("y = '{}'\n", token(1)));
        repository.git(&["update-index", flag, name]);
        fs_err::remove_file(repository.path().join(name)).unwrap();
        for reader in ["native", "git2", "plumbing"] {
            let mut command = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
            command.args(["--hook", "in/a.py"]).env("GATEWRIGHT_READER", reader);
            repository.said(&mut command).ended(1).with(&[&format!("{name}:1:6: github-token")]);
        }
        repository.git(&["rm", "--quiet", "--cached", "--sparse", name]);
    }
}
