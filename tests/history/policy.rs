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
    assert_eq!(report["summary"]["forgiven"], 4, "known, allowed, ignored, and the one that has another name now");
}

#[test]
fn the_newest_version_with_a_value_says_whether_a_comment_forgives_it() {
    let repository = Repository::new();
    let plain = line(1);
    let forgiven = format!("{}  # gatewright: ignore[github-token] -- an example\n", plain.trim_end());
    // No two versions are equal: each would be told where it came up first.
    repository.write("a.py", format!("# a\n{plain}"));
    repository.write("b.py", format!("# b\n{forgiven}"));
    let first = commit(&repository, 0);
    repository.write("a.py", format!("# a\n{forgiven}"));
    repository.write("b.py", format!("# b\n{plain}"));
    commit(&repository, 1);
    for name in ["a.py", "b.py"] {
        repository.write(name, "x = 1\n");
    }
    commit(&repository, 2);
    assert_eq!(found(&repository, &[]), [expected("b.py", &first, None)]);
    let text = repository.gatewright(&["history", "--show-forgiven"]).ended(1);
    text.with(&["forgiven: by a `gatewright` comment"]).without("forgives nothing");
}
