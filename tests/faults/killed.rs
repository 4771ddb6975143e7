//! Kills while a command writes two files.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::{Repository, token};

/// How many updates are killed, for whoever has time for more than a few.
const KILLS: &str = "GATEWRIGHT_TEST_KILLS";

const BASELINE: &str = ".secrets.baseline";
const COMPANION: &str = ".gatewright-baseline.jsonl";

/// A file was renamed in a commit, so that entries of both files move to its new name; and in another one a value that detect-secrets
/// saw was put where only we see it, so that an entry moves from one file to the other.
fn before_an_update() -> Repository {
    let repository = Repository::new();
    let password = |value: &str| format!("password = \"{}\"\n", value.replace('·', ""));
    repository.stage("old.py", password("kyx·rat1q") + &"dsn = \"postgres://app:zsp·kw9rj1@db/x\"\n".replace('·', ""));
    repository.stage("moved.py", password("qrw·kt7zbx"));
    repository.stage("stays.py", format!("token = \"{}\"\n", token(1)));
    repository.gatewright(&["baseline", "create"]).ended(0);
    repository.gatewright(&["baseline", "audit", "--mark", "test", "--path", "old.py", "--reason", "fixture"]).ended(0);
    repository.git(&["add", "--all"]);
    repository.commit_unchecked("one");
    repository.git(&["mv", "old.py", "new.py"]);
    repository.stage("moved.py", "db = connect(password=\"qrw·kt7zbx\")\n".replace('·', ""));
    repository.commit_unchecked("two");
    repository
}

const UPDATE: [&str; 3] = ["baseline", "update", "--accept-new"];

/// Both files as they are on disk.
fn pair(repository: &Repository) -> [String; 2] {
    [BASELINE, COMPANION].map(|name| repository.read(name))
}

/// Without the date, which tells when an update was made.
fn undated([baseline, companion]: &[String; 2]) -> [String; 2] {
    let lines = baseline.lines().filter(|line| !line.contains("\"generated_at\""));
    [lines.collect::<Vec<_>>().join("\n"), companion.clone()]
}

fn strays(repository: &Repository) -> Vec<PathBuf> {
    repository.every_file().into_keys().filter(|path| path.extension().is_some_and(|extension| extension == "tmp")).collect()
}

/// What an update leaves that nobody disturbed, and what there was before.
fn before_and_after(repository: &Repository) -> [[String; 2]; 2] {
    let before = pair(repository);
    repository.gatewright(&UPDATE).ended(0).with(&["`old.py` is now `new.py`"]);
    let after = pair(repository);
    let [was_there, is_there] = [&before, &after].map(|[baseline, companion]| {
        (baseline.contains("\"moved.py\""), companion.contains("\"moved.py\""), companion.contains("fixture"))
    });
    assert_eq!((was_there, is_there), ((true, false, true), (false, true, true)), "an entry moves");
    assert!(
        after[0].contains("\"new.py\"") && after[1].contains("\"new.py\"") && after.iter().all(|text| !text.contains("old.py"))
    );
    [before, after]
}

fn put(repository: &Repository, [baseline, companion]: &[String; 2]) {
    repository.write(BASELINE, baseline);
    repository.write(COMPANION, companion);
}

#[test]
fn between_the_files_are_made_good_by_the_next_update() {
    let repository = before_an_update();
    let [before, after] = before_and_after(&repository);
    put(&repository, &[before[0].clone(), after[1].clone()]);
    repository.gatewright(&["baseline", "update"]).ended(0);
    assert_eq!(undated(&pair(&repository)), undated(&after));
}

/// `GATEWRIGHT_TEST_KILLS=500 cargo test --test faults killed -- --nocapture`.
#[cfg(unix)]
#[test]
fn at_any_time_lose_no_entry() {
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    let kills = std::env::var(KILLS).map_or(24, |text| text.parse().unwrap());
    let repository = before_an_update();
    let start = Instant::now();
    let [before, after] = before_and_after(&repository);
    let whole = start.elapsed();
    let (mut killed, mut between) = (0, 0);
    for round in 0..kills {
        put(&repository, &before);
        let mut command = repository.command(env!("CARGO_BIN_EXE_gatewright-secrets"));
        let mut victim = command.args(UPDATE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * round / kills + Duration::from_micros(u64::from(round) * 37 % 1000));
        victim.kill().unwrap();
        killed += u32::from(!victim.wait().unwrap().success());
        let left = undated(&pair(&repository));
        let states = [undated(&before), undated(&[before[0].clone(), after[1].clone()]), undated(&after)];
        assert!(states.contains(&left), "torn, or in the wrong order: {left:#?}");
        between += u32::from(left == states[1]);
        repository.gatewright(&UPDATE).ended(0);
        assert_eq!(undated(&pair(&repository)), states[2], "round {round}");
        assert_eq!(strays(&repository), Vec::<PathBuf>::new(), "round {round}");
    }
    eprintln!("{killed} of {kills} killed, {between} of them between the two files");
    assert!(killed > 0);
}
