//! `fix` on real files: what is written, what is left alone, and that no value is shown.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/repo.rs"]
mod repo;

use std::process::Output;

use repo::TestRepo;

const BINARY: &str = env!("CARGO_BIN_EXE_gatewright-secrets");

/// Texts with values that the hook finds.
fn plain(text: &str) -> String {
    text.replace("TOKEN1", "gh·p_0000000000000000000000000000002C8GjS").replace('·', "")
}

fn run(repo: &TestRepo, args: &[&str]) -> (String, i32) {
    let Output { status, stdout, stderr } = repo.command(BINARY).arg("fix").args(args).output().unwrap();
    let said = String::from_utf8([stdout, stderr].concat()).unwrap();
    let secret = plain("TOKEN1");
    assert!(!said.contains(&secret[8..]) && !said.contains(&plain("Tr0ub4dor·-horse-77")), "a value is shown:\n{said}");
    (said, status.code().unwrap())
}

/// A repository in which these files are staged.
fn staged(files: &[(&str, &str)]) -> TestRepo {
    let repo = TestRepo::new();
    for (name, text) in files {
        repo.write(name, plain(text));
    }
    repo.git(&["add", "."]);
    repo
}

#[test]
fn what_is_not_mended_stays_byte_for_byte() {
    let before = "\u{feff}# -*- coding: utf-8 -*-\r\n'''doc'''\r\n\r\n\x0cdef f():\r\n\tx = 'TOKEN1'\t# größe\r\n\n\treturn x  ";
    let after = "\u{feff}# -*- coding: utf-8 -*-\r\n'''doc'''\r\n\r\nimport os\r\n\r\n\x0cdef f():\r\n\tx = os.environ[\"GITHUB_TOKEN\"]\t# größe\r\n\n\treturn x  ";
    let repo = staged(&[("a.py", before)]);
    #[cfg(unix)]
    fs_err::set_permissions(repo.path("a.py"), std::os::unix::fs::PermissionsExt::from_mode(0o754)).unwrap();
    let (said, exit) = run(&repo, &["--apply"]);
    assert_eq!((String::from_utf8(repo.read("a.py")).unwrap().as_str(), exit), (after, 0), "{said}");
    assert_eq!(repo.read(".env.example"), b"GITHUB_TOKEN=\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs_err::metadata(repo.path("a.py")).unwrap().permissions().mode() & 0o777, 0o754);
    }
    assert_eq!(run(&repo, &["--worktree", "--apply"]), ("nothing to mend\n".to_owned(), 0));
    assert_eq!(String::from_utf8(repo.read("a.py")).unwrap(), after);
    repo.git(&["add", "."]);
    assert_eq!(run(&repo, &[]).1, 0);
}

#[test]
fn a_file_that_is_not_what_was_judged_is_left_alone() {
    type Change = fn(&TestRepo);
    let changes: [(&str, Change); 5] = [
        ("not what was judged", |repo| {
            repo.write("a.py", plain("# more\nx = 'TOKEN1'\n"));
        }),
        ("not what was judged", |repo| {
            repo.write("a.py", plain("x = 'TOKEN1'\r\n"));
        }),
        ("not on disk", |repo| {
            repo.remove("a.py");
        }),
        ("write-protected", |repo| {
            let mut permissions = fs_err::metadata(repo.path("a.py")).unwrap().permissions();
            permissions.set_readonly(true);
            fs_err::set_permissions(repo.path("a.py"), permissions).unwrap();
        }),
        #[cfg(unix)]
        ("a link", |repo| {
            fs_err::rename(repo.path("a.py"), repo.outside("a.py")).unwrap();
            fs_err::os::unix::fs::symlink(repo.outside("a.py"), repo.path("a.py")).unwrap();
        }),
    ];
    for (reason, change) in changes {
        let repo = staged(&[("a.py", "x = 'TOKEN1'\n")]);
        change(&repo);
        let before = fs_err::read(repo.path("a.py")).ok();
        let (said, exit) = run(&repo, &["--apply"]);
        assert!(said.contains(reason) && exit == 1, "{reason}: {said}");
        assert_eq!(fs_err::read(repo.path("a.py")).ok(), before, "{reason}");
        assert!(!repo.path(".env.example").exists(), "{reason}");
    }
}

#[test]
fn a_folder_that_leads_away_is_not_followed() {
    let repo = staged(&[("d/a.py", "x = 'TOKEN1'\n")]);
    fs_err::rename(repo.path("d"), repo.outside("d")).unwrap();
    #[cfg(unix)]
    fs_err::os::unix::fs::symlink(repo.outside("d"), repo.path("d")).unwrap();
    let (said, exit) = run(&repo, &["--apply", "--all-files"]);
    assert!(exit == 1 && said.contains("stays: "), "{said}");
    assert_eq!(fs_err::read(repo.outside("d").join("a.py")).unwrap(), plain("x = 'TOKEN1'\n").as_bytes());
}

#[test]
fn a_side_of_a_conflict_is_left_alone() {
    let repo = staged(&[("a.py", "x = 1\n")]);
    repo.commit("one");
    repo.git(&["checkout", "-q", "-b", "other"]);
    repo.write("a.py", plain("x = 'TOKEN1'\n")).commit("theirs");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("a.py", "x = 3\n").commit("ours");
    repo.try_git(&["merge", "-q", "other"]);
    let before = repo.read("a.py");
    let (said, exit) = run(&repo, &["--apply", "--all-files"]);
    assert!(exit != 0 && said.contains("the file is in conflict"), "{said}");
    assert_eq!(repo.read("a.py"), before);
}

#[test]
fn what_cannot_be_written_is_exit_2() {
    let repo = staged(&[("a.py", "x = 'TOKEN1'\n")]);
    repo.write(".git/gatewright", "no folder for locks");
    let (said, exit) = run(&repo, &["--apply"]);
    assert!(exit == 2 && said.contains("error: a.py: ") && said.contains("stays: the file could not be written"), "{said}");
    assert_eq!(repo.read("a.py"), plain("x = 'TOKEN1'\n").as_bytes());
    assert!(!repo.path(".env.example").exists(), "nothing looks the variable up");
}

#[test]
fn an_example_file_that_cannot_be_written_is_exit_2_and_says_what_it_lacks() {
    let repo = staged(&[("a.py", "x = 'TOKEN1'\n")]);
    let (said, exit) = run(&repo, &["--apply", "--env-example", "no/such/folder.env"]);
    assert!(exit == 2 && said.contains("it lacks GITHUB_TOKEN"), "{said}");
    assert!(String::from_utf8(repo.read("a.py")).unwrap().contains("os.environ[\"GITHUB_TOKEN\"]"));
}

#[test]
fn the_example_file_is_the_one_that_is_named() {
    let source = ("a.py", "x = 'TOKEN1'\n");
    let repo = staged(&[source, ("conf/needs", "A=1"), ("env.example", "B=2\n")]);
    run(&repo, &["--apply", "--env-example", "conf/needs"]);
    assert_eq!(repo.read("conf/needs"), b"A=1\nGITHUB_TOKEN=\n");
    let repo = staged(&[source, ("env.example", "B=2\n"), ("gatewright.toml", "[secrets]\nenv-example = 'conf.env'\n")]);
    run(&repo, &["--apply"]);
    assert_eq!((repo.read("conf.env"), repo.read("env.example")), (b"GITHUB_TOKEN=\n".to_vec(), b"B=2\n".to_vec()));
}

#[test]
fn without_apply_and_in_a_hook_nothing_is_written() {
    let mut repo = staged(&[("a.py", "x = 'TOKEN1'\n")]);
    let is_untouched = |repo: &TestRepo| {
        assert_eq!(repo.read("a.py"), plain("x = 'TOKEN1'\n").as_bytes());
        assert_eq!(repo.line(&["status", "--short"]), "A  a.py");
        assert!(!repo.path(".git/gatewright").exists());
    };
    for (args, expected) in [(&[][..], 1), (&["--format", "json"], 1), (&["--hook"], 1), (&["--hook", "--apply"], 2)] {
        assert_eq!(run(&repo, args).1, expected, "{args:?}");
        is_untouched(&repo);
    }
    repo.set("PRE_COMMIT", "1");
    let (said, exit) = run(&repo, &["--apply"]);
    assert!(exit == 2 && said.contains("a hook writes nothing"), "{said}");
    is_untouched(&repo);
}

#[test]
fn what_is_forgiven_stays() {
    let repo = staged(&[("a.py", "x = 'TOKEN1'  # gatewright: ignore[github-token] -- made up\n")]);
    assert_eq!(run(&repo, &["--apply"]), ("nothing to mend\n".to_owned(), 0));
}

#[test]
fn a_file_that_cannot_be_judged_is_exit_2() {
    let repo = staged(&[("a.py", "x = 'TOKEN1'\n"), ("gatewright.toml", "max-file-size = 50\n")]);
    repo.write("b.py", "#".repeat(60)).git(&["add", "."]);
    let (said, exit) = run(&repo, &["--apply"]);
    assert!(exit == 2 && said.contains("error: b.py: ") && said.contains("1 of 1 finding mended"), "{said}");
}

#[test]
fn the_diff_hides_what_was_found_anywhere() {
    let text = "# Tr0ub4dor·-horse-77 \x1b[2J\nx = 'TOKEN1'\ny = 'see TOKEN1'  # TOKEN1\nz = 'Tr0ub4dor·-horse-77'\n";
    let repo = staged(&[("a.py", text), ("b.py", "password = 'Tr0ub4dor·-horse-77'\n")]);
    repo.write("e\x1b]0;.py", plain("x = 'TOKEN1'\n")).git(&["add", "."]);
    let (said, _) = run(&repo, &[]);
    assert!(!said.contains('\x1b') && said.contains("# … \\u{1b}[2J\n"), "{said}");
}

#[test]
fn several_lines_and_values_are_several_lines_of_the_diff() {
    let body = ["MIIEvQIBADANBgkqhkiG9w0B", "AQEFAASCBKcwggSjAgEAAoIB", "q83vASNFZ4mrze8BI0VniavN", ""].join("\n");
    let label = plain("PRI·VATE KEY");
    let key = format!("-----BEGIN {label}-----\n{body}-----END {label}-----");
    let repo = staged(&[("a.py", &format!("import os\nKEY = '''{key}'''\nx = 1\n"))]);
    let (said, _) = run(&repo, &[]);
    assert!(said.contains("@@ -1,7 +1,3 @@") && body.lines().all(|line| !said.contains(line)), "{said}");
    assert!(said.contains("+KEY = os.environ["), "{said}");
}

#[test]
fn json_says_what_is_put_where() {
    let repo = staged(&[("a.py", "import os\nx = 'TOKEN1'\ny = f'TOKEN1'\n")]);
    let (said, exit) = run(&repo, &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    let file = &json["files"][0];
    assert_eq!((exit, json["version"].as_u64(), json["applied"].as_bool()), (1, Some(1), Some(false)));
    assert_eq!(
        file["edits"],
        serde_json::json!([{
            "line": 2, "column": 5, "end_line": 2, "end_column": 47, "text": "os.environ[\"GITHUB_TOKEN\"]"
        }])
    );
    assert_eq!(file["findings"][0]["variable"], "GITHUB_TOKEN");
    assert_eq!(file["findings"][1]["reason"], "it is part of an f-string");
    assert_eq!(json["env_example"], serde_json::json!({"path": ".env.example", "added": ["GITHUB_TOKEN"], "fault": null}));
    assert_eq!(json["summary"], serde_json::json!({"open": 2, "fixed": 1, "unread": 0, "exit": 1}));
}

#[test]
fn a_renamed_file_is_in_the_history_too() {
    let text = "x = 'TOKEN1'\n".to_owned() + &"# one of many lines\n".repeat(10);
    let repo = staged(&[("a.py", &text)]);
    repo.commit("one");
    repo.git(&["mv", "a.py", "b.py"]);
    repo.write("b.py", plain(&text) + "y = 1\n").git(&["add", "."]);
    let (said, _) = run(&repo, &[]);
    assert!(said.contains("in HEAD, and so in the history") && said.contains("values of b.py"), "{said}");
}
