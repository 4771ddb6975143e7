//! Repositories after operations that nobody chose: what every reader sees is what git lists.
//! `SNAPSHOT_ROUNDS=100 cargo test --test snapshot random` looks further; a round depends on its number alone.

use std::collections::BTreeSet;

use crate::probe::{Listed, READERS, WITHOUT_GIT2, ask, expected};
use crate::support::TestRepo;

const OPERATIONS: u64 = 25;

/// Numbers that depend on the seed alone (xorshift64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        for (left, by) in [(true, 13), (false, 7), (true, 17)] {
            self.0 ^= if left { self.0 << by } else { self.0 >> by };
        }
        (self.0 >> 11) % limit
    }

    /// One of a few names, so that they meet again: files in folders, and names that sort around those.
    fn name(&mut self) -> String {
        let folders = ["", "a/", "a/b/", "a.b/", "a-b/", "z/\u{e9}/"];
        let files = ["f", "g.py", "a b", "\u{e9}"];
        let (folder, file) = (self.below(folders.len() as u64), self.below(files.len() as u64));
        format!("{}{}", folders[usize::try_from(folder).unwrap()], files[usize::try_from(file).unwrap()])
    }
}

#[test]
fn random_operations_are_seen_as_git_lists_them() {
    let rounds = std::env::var("SNAPSHOT_ROUNDS").map_or(4, |rounds| rounds.parse().unwrap());
    for round in 1..=rounds {
        let repo = TestRepo::new();
        repo.git(&["config", "splitIndex.maxPercentChange", "100"]);
        repo.write("a/f", "first\n").commit("first");
        let mut numbers = Numbers(u64::wrapping_mul(round, 0x9e37_79b9_7f4a_7c15));
        for step in 0..OPERATIONS {
            operate(&repo, &mut numbers, step);
        }
        agrees(&repo, round);
    }
}

/// Git may refuse any of these, as a user would see it; then nothing has changed.
fn operate(repo: &TestRepo, numbers: &mut Numbers, step: u64) {
    let (name, other) = (numbers.name(), numbers.name());
    let text = format!("{step}\n");
    let operation: &[&str] = match numbers.below(16) {
        0..=5 => {
            repo.write(&name, text);
            &["add", "--", &name]
        }
        6 => &["rm", "-q", "-f", "--", &name],
        7 => &["mv", "--", &name, &other],
        8 => {
            let later = format!("later-{step}");
            repo.write(&later, text).git(&["add", "-N", &later]);
            &["update-index", "--chmod=+x", "--", &name]
        }
        9 => &["commit", "-q", "--no-verify", "-m", "more"],
        10 => &["update-index", "--index-version", ["2", "3", "4"][usize::try_from(step % 3).unwrap()]],
        11 => &["update-index", if step.is_multiple_of(2) { "--split-index" } else { "--no-split-index" }],
        12 => &["update-index", if step.is_multiple_of(2) { "--skip-worktree" } else { "--assume-unchanged" }, "--", &name],
        13 => &["stash", "-q"],
        14 => &["checkout", "-q", "-f", "main"],
        _ => {
            // On another branch the same name gets other content: often enough a conflict.
            repo.try_git(&["checkout", "-q", "-f", "-B", "other", "HEAD~1"]);
            repo.write(&name, text).try_git(&["add", "--", &name]);
            repo.try_git(&["commit", "-q", "--no-verify", "-m", "other"]);
            &["merge", "-q", "--no-edit", "main"]
        }
    };
    repo.try_git(operation);
}

#[track_caller]
fn agrees(repo: &TestRepo, round: u64) {
    let separated = |out: &[u8]| -> BTreeSet<String> {
        let names = out.split(|&b| b == 0).filter(|name| !name.is_empty());
        names.map(|name| String::from_utf8(name.to_vec()).unwrap()).collect()
    };
    let intended = separated(&repo.git(&["diff", "--name-only", "-z", "--diff-filter=A"]));
    let is_judged = |row: &Listed| row.3 != 1 && !intended.contains(&row.0);
    let listed: Vec<_> = expected(repo).into_iter().filter(is_judged).collect();
    let staged = repo.git(&["diff", "--cached", "--name-only", "-z", "--no-renames", "--diff-filter=d"]);
    let staged: BTreeSet<_> = separated(&staged).into_iter().filter(|name| listed.iter().any(|row| row.0 == *name)).collect();
    let is_split = repo.git(&["rev-parse", "--shared-index-path"]) != b"";
    let readers = if is_split { &WITHOUT_GIT2[..] } else { &READERS[..] };
    ask().view("all").each(repo, readers, |seen| assert_eq!(seen.listed(), listed, "round {round}, {}", seen.reader));
    ask().view("staged").each(repo, readers, |seen| {
        assert_eq!(seen.paths().into_iter().collect::<BTreeSet<_>>(), staged, "round {round}, {}", seen.reader);
    });
}
