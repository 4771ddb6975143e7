//! What forgives.

use crate::repository::Repository;
use crate::{commit, expected, found, line, open, report};

#[test]
fn configuration_and_baseline_of_today_forgive() {
    let repository = Repository::new();
    for name in ["known.py", "allowed.py", "ignored.py", "excluded.py", "open.py"] {
        repository.write(name, format!("# {name}\n{}", line(1)));
    }
    let first = commit(&repository, 0);
    repository.write("renamed.py", format!("# renamed\n{}", line(2)));
    commit(&repository, 1);
    repository.git(&["mv", "renamed.py", "now.py"]);
    commit(&repository, 2);
    repository.write(
        "gatewright.toml",
        "exclude = ['excluded.py', 'open.py', 'allowed.py']\n[[per-path]]\npath = 'ignored.py'\nignore = ['github-token']\n",
    );
    commit(&repository, 3);
    repository.gatewright(&["baseline", "create"]).ended(0);
    let allow = "exclude = ['excluded.py']\n[[per-path]]\npath = 'ignored.py'\nignore = ['github-token']\n\
                 [[secrets.allow]]\npath = 'allowed.py'\nreason = 'why'\n";
    repository.write("gatewright.toml", allow);
    for name in ["known.py", "allowed.py", "ignored.py", "excluded.py", "open.py"] {
        repository.write(name, "x = 1\n");
    }
    commit(&repository, 4);
    let (report, code) = report(&repository, &[]);
    assert_eq!((open(&report), code), (vec![expected("open.py", &first, None)], 1));
    assert_eq!(report["summary"]["forgiven"], 5, "known, allowed, ignored, and the renamed one under both of its names");
}

#[test]
fn the_newest_version_with_a_value_says_whether_a_comment_forgives_it() {
    let repository = Repository::new();
    let plain = line(1);
    let forgiven = format!("{}  # gatewright: ignore[github-token] -- an example\n", plain.trim_end());
    repository.write("a.py", &plain);
    repository.write("b.py", &forgiven);
    let first = commit(&repository, 0);
    repository.write("a.py", &forgiven);
    repository.write("b.py", &plain);
    commit(&repository, 1);
    for name in ["a.py", "b.py"] {
        repository.write(name, "x = 1\n");
    }
    commit(&repository, 2);
    assert_eq!(found(&repository, &[]), [expected("b.py", &first, None)]);
    let text = repository.gatewright(&["history", "--show-forgiven"]).ended(1);
    text.with(&["forgiven: by a `gatewright` comment"]).without("forgives nothing");
}

/// Content that one path forgives or leaves out is judged under every other path that it gets.
#[test]
fn what_one_path_forgives_another_does_not() {
    let repository = Repository::new();
    let names = ["excluded/a.py", "ignored/b.py", "allowed/c.py", "recorded/d.py", "generated/e.lock"];
    let password = "password = \"Tr0ub4dor·-goat-79\"\n".replace('·', "");
    for name in names {
        let text = if name.starts_with("generated") { password.clone() } else { line(1) };
        repository.write(name, format!("# {name}\n{text}"));
    }
    commit(&repository, 0);
    let config = "exclude = ['excluded/', 'gatewright.toml']\n[[per-path]]\npath = 'ignored/'\nignore = ['github-token']\n\
                  [[secrets.allow]]\npath = 'allowed/'\nreason = 'why'\n";
    repository.write("gatewright.toml", config);
    repository.git(&["add", "--all"]);
    repository.gatewright(&["baseline", "create"]).ended(0);
    commit(&repository, 1);
    assert_eq!(found(&repository, &[]), []);
    for name in names {
        repository.write(&format!("src/{}.py", &name[..3]), fs_err::read(repository.path().join(name)).unwrap());
    }
    let copied = commit(&repository, 2);
    let copies = ["src/all.py", "src/exc.py", "src/gen.py", "src/ign.py", "src/rec.py"];
    let all = copies.map(|name| expected(name, &copied, Some(name)));
    assert_eq!(found(&repository, &[]), all);
    assert_eq!(found(&repository, &["HEAD~1.."]), all);
    // A folder is looked into under each of its names, and what is forgiven under one of them is told under the other.
    for name in ["excluded", "ignored", "allowed", "recorded", "generated"] {
        repository.git(&["mv", name, &format!("src/was-{name}")]);
    }
    let moved = commit(&repository, 3);
    assert_eq!(found(&repository, &[]), all, "copies of what is told already");
    let moved = ["allowed/c.py", "excluded/a.py", "ignored/b.py", "recorded/d.py"]
        .map(|name| expected(&format!("src/was-{name}"), &moved, Some(&format!("src/was-{name}"))));
    assert_eq!(found(&repository, &["HEAD~1.."]), moved);
}

/// A version that comes back is the newest again.
#[test]
fn a_comment_that_was_taken_back_forgives_nothing() {
    let repository = Repository::new();
    let forgiven = format!("{}  # gatewright: ignore[github-token] -- an example\n", line(1).trim_end());
    repository.write("a.py", line(1));
    let first = commit(&repository, 0);
    repository.write("a.py", forgiven);
    commit(&repository, 1);
    assert_eq!(found(&repository, &[]), []);
    repository.write("a.py", line(1));
    commit(&repository, 2);
    repository.gatewright(&["--all-files"]).ended(1);
    assert_eq!(found(&repository, &[]), [expected("a.py", &first, Some("a.py"))]);
}
