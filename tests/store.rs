//! Several processes update one file: nothing is lost, nothing is torn, whatever is killed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeSet, VecDeque};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use gatewright::store;

/// Set in the environment of a child: the directory to work in. The child then runs only [`writer`].
const DIR: &str = "GATEWRIGHT_TEST_STORE_DIR";
const WRITER: &str = "GATEWRIGHT_TEST_STORE_WRITER";

/// How many writers are killed, for whoever has time for more than a few: `GATEWRIGHT_TEST_KILLS=1000 cargo test --test store killed -- --nocapture`.
const KILLS: &str = "GATEWRIGHT_TEST_KILLS";

const UPDATES: usize = 25;

#[expect(clippy::disallowed_methods, reason = "the test's own child processes learn their task from the environment")]
fn task(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn child(dir: &Path, writer: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["writer", "--exact", "--ignored"])
        .env(DIR, dir)
        .env(WRITER, writer)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Appends one line at a time; the last line always says how many there are, so that a torn file shows.
#[test]
#[ignore = "a child process of the other tests"]
fn writer() {
    let (Some(dir), Some(writer)) = (task(DIR).map(PathBuf::from), task(WRITER)) else { return };
    for number in 0..UPDATES {
        let append = |old: Option<&[u8]>| Ok::<_, String>(Some(appended(old.unwrap_or_default(), &format!("{writer} {number}"))));
        store::update(&dir.join("file"), &dir.join("locks"), append).unwrap();
        let mut done = fs_err::OpenOptions::new().create(true).append(true).open(dir.join(format!("{writer}.done"))).unwrap();
        done.write_all(format!("{writer} {number}\n").as_bytes()).unwrap();
    }
}

fn appended(old: &[u8], line: &str) -> Vec<u8> {
    let mut lines = checked(old);
    lines.push(line.to_owned());
    // Large enough to need several writes.
    format!("{}\n{}end {}\n", lines.join("\n"), "#".repeat(100_000) + "\n", lines.len()).into_bytes()
}

/// The lines of a whole file.
fn checked(bytes: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(bytes).unwrap();
    let lines: Vec<String> = text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    let Some((end, lines)) = lines.split_last() else { return lines };
    assert_eq!(*end, format!("end {}", lines.len()), "a torn file");
    lines.to_vec()
}

/// The updates that some writer saw finished.
fn done(dir: &Path) -> Vec<String> {
    let files = fs_err::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "done"));
    files.flat_map(|path| fs_err::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn strays(dir: &Path) -> Vec<PathBuf> {
    let names = fs_err::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    names.filter(|path| path.extension().is_some_and(|extension| extension == "tmp")).collect()
}

#[test]
fn eight_writers_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let children: Vec<Child> = (0..8).map(|writer| child(dir.path(), &writer.to_string())).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let mut lines = checked(&fs_err::read(dir.path().join("file")).unwrap());
    lines.sort();
    let mut expected: Vec<String> =
        (0..8).flat_map(|writer| (0..UPDATES).map(move |number| format!("{writer} {number}"))).collect();
    expected.sort();
    assert_eq!(lines, expected);
}

#[test]
fn killed_writers_leave_the_old_bytes_or_the_new() {
    let kills: usize = task(KILLS).map_or(40, |text| text.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    let lines = || fs_err::read(&file).map_or_else(|_| Vec::new(), |bytes| checked(&bytes));
    let mut crew: VecDeque<Child> = (0..8).map(|place| child(dir.path(), &format!("first{place}"))).collect();
    let (mut killed, mut with_stray) = (0, 0);
    for round in 0_u64.. {
        if killed == kills {
            break;
        }
        // Not at random, so that a failure can be repeated. Each look at the file also sees that it is whole.
        let before = lines().len();
        std::thread::sleep(Duration::from_micros(round * 700 % 9000));
        // Every fourth is the newest, on its way to its first update; the others are the oldest, in the midst of theirs.
        let mut victim = if round % 4 == 0 { crew.pop_back() } else { crew.pop_front() }.unwrap();
        victim.kill().unwrap();
        killed += usize::from(!victim.wait().unwrap().success());
        with_stray += usize::from(!strays(dir.path()).is_empty());
        assert!(lines().len() >= before, "an update was lost");
        crew.push_back(child(dir.path(), &format!("{round}")));
    }
    for mut writer in crew {
        writer.kill().unwrap();
        writer.wait().unwrap();
    }
    // The next update needs no help: it gets the lock of the dead, and removes what they left.
    fs_err::write(dir.path().join(".file.gatewright-abc123.tmp"), "stray").unwrap();
    store::update(&file, &dir.path().join("locks"), |old| Ok::<_, String>(Some(appended(old.unwrap_or_default(), "last"))))
        .unwrap();
    assert_eq!(strays(dir.path()), Vec::<PathBuf>::new());
    let lines = lines();
    let unique: BTreeSet<&String> = lines.iter().collect();
    assert_eq!(unique.len(), lines.len(), "an update was made twice");
    let done = done(dir.path());
    let lost: Vec<&String> = done.iter().filter(|line| !unique.contains(line)).collect();
    assert_eq!(lost, Vec::<&String>::new(), "updates were lost");
    assert!(lines.len() > kills / 2, "the victims died too early to prove anything: {} updates", lines.len());
    eprintln!(
        "{killed} killed; {} updates, {} known to be done; none lost, none torn; temporary files seen after {with_stray} kills, none left",
        lines.len(),
        done.len()
    );
}

/// Almost all of a writer's time passes between the temporary file and its renaming, so that interrupts meet just that.
#[cfg(unix)]
#[test]
fn an_interrupted_writer_leaves_nothing_behind() {
    use std::os::unix::process::ExitStatusExt as _;

    for (round, signal) in [("INT", 2), ("TERM", 15), ("HUP", 1)].into_iter().cycle().take(12).enumerate() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        let mut victim = child(dir.path(), "victim");
        while !file.exists() && victim.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(round as u64 * 300));
        let pid = victim.id().to_string();
        assert!(Command::new("kill").args(["-s", signal.0, &pid]).status().unwrap().success());
        let status = victim.wait().unwrap();
        // A job in the background ignores some of them; then it ran to its end.
        assert!(status.signal() == Some(signal.1) || status.success(), "{status}");
        checked(&fs_err::read(&file).unwrap());
        assert_eq!(strays(dir.path()), Vec::<PathBuf>::new(), "round {round}, {}", signal.0);
    }
}

#[test]
fn equal_bytes_are_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let (file, locks) = (dir.path().join("file"), dir.path().join("locks"));
    let put = |bytes: &'static [u8]| store::update(&file, &locks, |_| Ok::<_, String>(Some(bytes.to_vec()))).unwrap();
    assert!(put(b"one"));
    let before = fs_err::metadata(&file).unwrap().modified().unwrap();
    assert!(!put(b"one"));
    assert!(!store::update(&file, &locks, |_| Ok::<_, String>(None)).unwrap());
    assert_eq!(fs_err::metadata(&file).unwrap().modified().unwrap(), before);
    assert!(put(b"two"));
    let refused = store::update(&file, &locks, |_| Err("no".to_owned()));
    assert!(matches!(refused, Err(store::Error::Refused(reason)) if reason == "no"));
    assert_eq!(fs_err::read(&file).unwrap(), b"two");
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_modes_kept() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt, symlink};

    let dir = tempfile::tempdir().unwrap();
    let locks = dir.path().join("locks");
    let put = |path: &Path, bytes: &'static [u8]| store::update(path, &locks, |_| Ok::<_, String>(Some(bytes.to_vec()))).unwrap();
    let (real, link) = (dir.path().join("real/file"), dir.path().join("link"));
    fs_err::create_dir(dir.path().join("real")).unwrap();
    symlink("real/file", &link).unwrap();
    // The link leads to nothing yet.
    put(&link, b"one");
    assert_eq!(fs_err::read(&real).unwrap(), b"one");
    let plain = dir.path().join("plain");
    fs_err::write(&plain, "").unwrap();
    assert_eq!(fs_err::metadata(&real).unwrap().mode(), fs_err::metadata(&plain).unwrap().mode(), "the mode of any new file");
    fs_err::set_permissions(&real, PermissionsExt::from_mode(0o640)).unwrap();
    put(&link, b"two");
    assert_eq!(fs_err::read(&real).unwrap(), b"two");
    assert_eq!(fs_err::metadata(&real).unwrap().mode() & 0o777, 0o640);
    assert!(fs_err::symlink_metadata(&link).unwrap().is_symlink());
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_cannot_be_written_is_named() {
    // The process directory takes no new file from anyone, root included.
    let dir = tempfile::tempdir().unwrap();
    let error = store::update(Path::new("/proc/self/gatewright-baseline"), dir.path(), |_| Ok::<_, String>(Some(b"x".to_vec())))
        .unwrap_err();
    assert!(error.to_string().contains("gatewright-baseline"), "{error}");
    let file = dir.path().join("file");
    fs_err::create_dir(&file).unwrap();
    let error = store::update(&file, dir.path(), |_| Ok::<_, String>(Some(b"x".to_vec()))).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
}
