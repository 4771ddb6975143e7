//! An environment without home, output or room.

#[cfg(unix)]
use std::process::Command;

#[cfg(target_os = "linux")]
use crate::left_out::left_out;
use crate::repository::Repository;
use crate::{Said, Stdio, judged, refused, token, with_secret};

#[test]
fn without_home_path_or_any_variable_change_nothing() {
    let repository = with_secret();
    let mut command = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
    command.env_clear().env("PRE_COMMIT", "1").arg("a.py");
    repository.said(&mut command).ended(1).with(&["a.py:1:10: github-token"]).without(&token(1));
}

/// A pipe whose reader is gone before the hook starts.
fn into_closed_pipe(repository: &Repository, args: &[&str]) -> Said {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    repository.said(repository.command(env!("CARGO_BIN_EXE_gatewright-secrets")).args(args).stdout(writer))
}

#[test]
fn with_a_closed_output_keep_the_verdict() {
    let repository = with_secret();
    repository.stage("clean.py", "x = 1\n");
    // More than a pipe holds.
    repository.stage("many.py", format!("'{}'\n", token(1)).repeat(2000));
    for format in ["text", "json", "jsonl", "sarif", "github", "gitlab", "junit"] {
        let said = into_closed_pipe(&repository, &["check", "--format", format, "--all-files"]).ended(1);
        assert_eq!(said.err, "", "{format}");
        into_closed_pipe(&repository, &["check", "--format", format, "clean.py"]).ended(0);
    }
    into_closed_pipe(&repository, &["check", "nope.py"]).ended(2);
}

#[test]
fn with_a_closed_output_end_no_other_command_in_panic() {
    let repository = Repository::new();
    for args in
        [&["rules"][..], &["rules", "--format", "json"], &["explain", "github-token"], &["config-schema"], &["man"], &["--help"]]
    {
        into_closed_pipe(&repository, args).ended(0);
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let said = into_closed_pipe(&repository, &["completions", shell]).ended(0);
        assert_eq!(said.err, "", "{shell}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn with_a_full_disk_do_not_pass_for_a_report() {
    let repository = with_secret();
    let full = || Stdio::from(fs_err::OpenOptions::new().write(true).open("/dev/full").unwrap().into_file());
    for args in [&["check", "a.py"][..], &["check", "--format", "sarif", "a.py"], &["completions", "bash"], &["rules"]] {
        let mut command = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
        let said = repository.said(command.args(args).stdout(full())).ended(2);
        said.with(&["error: standard output cannot be written: "]).without("failed at");
    }
}

#[test]
fn that_forbid_writing_refuse_reports_into_files() {
    refused(&with_secret(), &["--output-file", "report.json"], &["`--output-file` is refused", "help: "]);
    let repository = with_secret();
    let by_hand = |file: &str| repository.gatewright(&["check", "--output-file", file, "a.py"]);
    by_hand("--hook").ended(2);
    let before = repository.every_file();
    by_hand("no/such/report.txt").ended(2).with(&["error: no/such/report.txt cannot be written: ", "help: "]).without(".tmp");
    by_hand(".git").ended(2).with(&["error: .git cannot be written: "]);
    let mut after = repository.every_file();
    for files in [&mut after, &mut before.clone()] {
        files.retain(|path, _| path.is_file());
    }
    assert!(after.iter().all(|(path, state)| before.get(path) == Some(state)));
    by_hand("report.txt").ended(1);
    assert!(repository.read("report.txt").starts_with("a.py:1:10: github-token"));
}

#[test]
fn that_forbid_writing_refuse_manuals_and_completions_as_files() {
    let repository = with_secret();
    let before = repository.every_file();
    for command in [&["man"][..], &["completions", "bash"]] {
        let by_hook = |args: &[&str]| {
            let mut hook = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
            repository.said(hook.args(command).args(args).env("PRE_COMMIT", "1"))
        };
        by_hook(&["--out", "there"]).ended(2).with(&["error: a hook writes nothing: `--out` is refused", "help: "]);
        by_hook(&[]).ended(0);
    }
    assert_eq!(repository.every_file(), before);
}

/// CI uploads a report as another user than the one that wrote it.
#[cfg(unix)]
#[test]
fn that_share_a_report_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let repository = with_secret();
    let mode = |file: &str| fs_err::metadata(repository.path().join(file)).unwrap().permissions().mode() & 0o777;
    repository.write("plain.txt", "");
    repository.gatewright(&["check", "--output-file", "new.txt", "a.py"]).ended(1);
    assert_eq!(mode("new.txt"), mode("plain.txt"));
    fs_err::set_permissions(repository.path().join("plain.txt"), std::fs::Permissions::from_mode(0o604)).unwrap();
    repository.gatewright(&["check", "--output-file", "plain.txt", "a.py"]).ended(1);
    assert_eq!(mode("plain.txt"), 0o604);
}

/// Runs the program on a read-only file system; with `is_git_writable` all but the git directory is. `None` without a mount namespace:
/// the modes of the folders cannot stand in, as they do not stop root.
#[cfg(target_os = "linux")]
fn read_only(repository: &Repository, is_git_writable: bool, args: &[&str], pre_commit: &str) -> Option<Said> {
    const BEGUN: &str = "read-only now";
    let script = format!(
        "git=\"$0/work/.git\"; $1 && mount --bind \"$git\" \"$git\"; mount --rbind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" \
         && cd \"$0/work\" && ! touch x 2>/dev/null && echo {BEGUN} && shift && exec \"$@\""
    );
    let folder = repository.path().parent().unwrap().to_owned();
    let mut command = repository.command("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", &script]).arg(folder).arg(is_git_writable.to_string());
    command.arg(env!("CARGO_BIN_EXE_gatewright-secrets")).args(args).env("PRE_COMMIT", pre_commit);
    let output = command.output().ok()?;
    let said = Said::from(&output);
    if !said.out.starts_with(BEGUN) {
        left_out(&format!("read-only file systems: there is no mount namespace here: {}", said.err));
        return None;
    }
    Some(said)
}

#[cfg(target_os = "linux")]
#[test]
fn that_are_read_only_change_no_verdict() {
    let repository = with_secret();
    let Some(said) = read_only(&repository, false, &["check", "--staged"], "1") else { return };
    assert_eq!(said.err, "");
    said.ended(1).with(&["a.py:1:10: github-token"]);
}

#[cfg(target_os = "linux")]
#[test]
fn that_are_read_only_name_the_file_that_was_to_be_written() {
    let fresh = with_secret();
    let repository = with_secret();
    repository.gatewright(&["baseline", "create"]).ended(0);
    repository.git(&["add", "--all"]);
    repository.stage("b.py", format!("token = \"{}\"\n", token(2)));
    repository.write("theirs", repository.read(".secrets.baseline"));
    for is_git_writable in [false, true] {
        for (repository, args, file) in [
            (&fresh, &["baseline", "create"][..], "work/.gatewright-baseline.jsonl`: "),
            (&repository, &["baseline", "create", "--force"], "work/.gatewright-baseline.jsonl`: "),
            (&repository, &["baseline", "update", "--accept-new"], "work/.gatewright-baseline.jsonl`: "),
            (&repository, &["baseline", "audit", "--mark", "test", "--all"], "`: "),
            (&repository, &["baseline", "merge", "theirs", "theirs", "theirs", "-o", "out"], "work/out`: "),
            (&repository, &["fix", "--apply", "b.py"], "work/b.py`: "),
        ] {
            let before = repository.every_file();
            let Some(said) = read_only(repository, is_git_writable, args, "0") else { return };
            let text =
                said.ended(2).with(&["cannot write `", file, ": read-only filesystem"]).without(".tmp`").without(".lock").text();
            assert!(args[0] == "fix" || text.contains("help: what was there is whole; make that folder writable"), "{text}");
            let is_new = |path: &std::path::PathBuf| {
                !before.contains_key(path) && !path.starts_with(repository.path().join(".git/gatewright"))
            };
            assert_eq!(repository.every_file().into_keys().find(is_new), None);
        }
    }
}

/// A closed standard input is `/dev/null` before the first line of ours runs, and that is a text without a byte: there is no telling them
/// apart. An empty text is clean.
#[cfg(unix)]
#[test]
fn that_hand_over_no_standard_input_hand_over_an_empty_text() {
    let repository = Repository::new();
    judged(&repository, &["--stdin-filename", "a.py"]).ended(0);
    let closed = format!("{} check --stdin-filename a.py <&-", env!("CARGO_BIN_EXE_gatewright-secrets"));
    repository.said(repository.command("sh").args(["-c", &closed])).ended(0);
}

#[cfg(unix)]
#[test]
fn that_want_a_report_in_a_device_keep_the_device() {
    let repository = with_secret();
    repository.said(repository.command("mkfifo").arg("pipe")).ended(0);
    let pipe = repository.path().join("pipe");
    let reader = std::thread::spawn(move || fs_err::read_to_string(pipe));
    repository.gatewright(&["check", "--output-file", "pipe", "a.py"]).ended(1);
    assert!(reader.join().unwrap().unwrap().starts_with("a.py:1:10: github-token"));
    // And behind a link, the file it leads to is the one that is written.
    repository.write("real.txt", "");
    fs_err::os::unix::fs::symlink("real.txt", repository.path().join("link.txt")).unwrap();
    repository.gatewright(&["check", "--output-file", "link.txt", "a.py"]).ended(1);
    assert!(repository.read("real.txt").starts_with("a.py:1:10: github-token"));
}

/// Runs a program on a terminal of so many columns, types the keys, and prints what is on the terminal then.
#[cfg(unix)]
const TERMINAL: &str = r"
import fcntl, os, pty, struct, subprocess, sys, termios
columns, keys, *command = sys.argv[1:]
ours, theirs = pty.openpty()
fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(columns), 0, 0))
child = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
os.close(theirs)
os.write(ours, keys.encode())
try:
    while part := os.read(ours, 65536):
        sys.stdout.buffer.write(part)
except OSError:
    pass
sys.exit(child.wait())
";

#[cfg(unix)]
fn at_terminal(repository: &Repository, columns: &str, keys: &str, args: &[&str]) -> Command {
    let mut command = repository.command("python3");
    command.args(["-c", TERMINAL, columns, keys, env!("CARGO_BIN_EXE_gatewright-secrets")]).args(args);
    command.env_remove("COLUMNS").env("TERM", "xterm");
    command
}

#[cfg(unix)]
#[test]
fn that_are_a_terminal_colour_help_and_refusals_by_the_same_rules() {
    let repository = Repository::new();
    let (heading, option, error) = ("\x1b[1mOptions:\x1b[0m", "\x1b[1m--staged\x1b[0m", "\x1b[1m\x1b[31merror:\x1b[0m ");
    repository.said(&mut at_terminal(&repository, "100", "", &["--help"])).ended(0).with(&[heading, option]);
    repository.said(&mut at_terminal(&repository, "100", "", &["--stagd"])).ended(2).with(&[error, option]);
    for args in [&["--help", "--color=never"][..], &["--stagd", "--color", "never"], &["baseline", "creat", "--color=never"]] {
        repository.said(&mut at_terminal(&repository, "100", "", args)).without("\x1b");
        repository.said(at_terminal(&repository, "100", "", args.get(..1).unwrap()).env("NO_COLOR", "1")).without("\x1b");
        repository.gatewright(args.get(..1).unwrap()).without("\x1b");
    }
    repository.gatewright(&["--help", "--color=always"]).ended(0).with(&[heading, option]);
    repository.gatewright(&["--color", "always", "--stagd"]).ended(2).with(&[error]);
    repository
        .said(repository.command(env!("CARGO_BIN_EXE_gatewright-secrets")).arg("--stagd").env("FORCE_COLOR", "1"))
        .with(&[error]);
}

#[cfg(unix)]
#[test]
fn that_are_a_terminal_show_a_count_that_goes_away() {
    let repository = Repository::new();
    for number in 0..2100 {
        repository.write(&format!("{}/{number}.py", number % 50), format!("x = {number}\n"));
    }
    repository.git(&["add", "--all"]);
    repository.commit_unchecked("many");
    for (args, unit) in [(&["scan"][..], "files"), (&["history", "--no-cache"], "versions"), (&["baseline", "create"], "files")] {
        let said = repository.said(&mut at_terminal(&repository, "100", "", args)).ended(0).out;
        let last = said.rfind(&format!("/2100 {unit}")).unwrap_or_else(|| panic!("no count: {said:?}"));
        let behind = said.get(last..).unwrap();
        assert!(behind.contains("\x1b[2K"), "it stays: {behind:?}");
        if args[0] != "baseline" {
            repository.gatewright(args).ended(0).without("/2100").without("\r");
            repository.said(at_terminal(&repository, "100", "", args).env("PRE_COMMIT", "1")).ended(0).without("/2100");
        }
    }
}

#[cfg(unix)]
#[test]
fn that_are_a_terminal_ask_for_what_a_label_needs() {
    let repository = with_secret();
    repository.write("gatewright.toml", "[secrets]\nlabel-needs = [\"reason\"]\n");
    repository.git(&["add", "--all"]);
    repository.gatewright(&["baseline", "create"]).ended(0);
    let audit = |keys: &str| repository.said(&mut at_terminal(&repository, "100", keys, &["baseline", "audit"])).ended(0);
    audit("yq").with(&["a label needs a reason (`r` gives it) here", "0 labelled"]);
    audit("rfixture\nyq").with(&["reason: ", "1 labelled"]).without(&token(1));
    repository
        .gatewright(&["baseline", "audit", "--all", "--mark", "test"])
        .ended(2)
        .with(&["a label needs `reason` here", "--reason"]);
}

#[cfg(unix)]
#[test]
fn that_are_a_terminal_give_width_and_colours() {
    let repository = Repository::new();
    repository.stage("wide.py", format!("{} = '{}' {}\n", "a".repeat(300), token(1), "b".repeat(300)));
    let on_terminal = |columns: &str, args: &[&str], variables: &[(&str, &str)]| {
        let mut command = at_terminal(&repository, columns, "", args);
        repository.said(command.envs(variables.iter().copied())).ended(1).without(&token(1)).out
    };
    for (columns, width) in [("60", 60), ("100", 100), ("0", 80)] {
        let said = on_terminal(columns, &["--color=never"], &[]);
        let line = said.lines().find(|line| line.starts_with("1 | ")).unwrap_or_default();
        assert!((width - 2..=width).contains(&line.chars().count()), "{columns}: {line}");
        assert!(!said.contains('\x1b'), "{said:?}");
    }
    let (colour, link) = ("\x1b[", "\x1b]8;");
    for (args, variables, is_coloured, is_linked) in [
        (&[][..], &[][..], true, true),
        (&["--color=always"][..], &[("NO_COLOR", "1")][..], true, true),
        (&[][..], &[("NO_COLOR", "1")][..], false, false),
        (&[][..], &[("TERM", "dumb")][..], false, false),
        (&[][..], &[("TERM", "linux")][..], true, false),
        (&["--format=json"][..], &[][..], false, false),
    ] {
        let said = on_terminal("80", args, variables);
        assert_eq!((said.contains(colour), said.contains(link)), (is_coloured, is_linked), "{args:?} {variables:?}: {said:?}");
    }
    let mut piped = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
    let said = repository.said(piped.env("FORCE_COLOR", "1")).ended(1);
    assert_eq!((said.out.contains(colour), said.out.contains(link)), (true, false));
}
