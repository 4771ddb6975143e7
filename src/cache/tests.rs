//! The cache in memory: what is put is got, under the same settings, path and id only.

use super::*;

const ID: [u8; 20] = [7; 20];

fn open(directory: &Path, settings: &[&str]) -> Cache {
    Cache::open(directory, Path::new("/repository/.git"), Epoch::new(settings), true)
}

#[test]
fn what_was_saved_is_known_under_the_same_settings_path_and_id_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = RepoPath::new("a/b.py");
    let cache = open(directory.path(), &["secrets", "default"]);
    cache.put(&path, &ID, Clean::Skipped("binary"));
    assert_eq!(cache.get(&path, &ID), None, "one run judges a blob once");
    cache.save();
    let again = open(directory.path(), &["secrets", "default"]);
    assert_eq!(again.get(&path, &ID), Some(Clean::Skipped("binary")));
    assert_eq!(again.get(&RepoPath::new("a/c.py"), &ID), None);
    assert_eq!(again.get(&path, &[8; 20]), None);
    assert_eq!(again.get(&path, &[7; 32]), None);
    assert_eq!(open(directory.path(), &["secrets", "strict"]).get(&path, &ID), None);
    assert_eq!(open(directory.path(), &["secretsdefault", ""]).get(&path, &ID), None);
    assert_eq!(
        Cache::open(directory.path(), Path::new("/other/.git"), Epoch::new(&["secrets", "default"]), true).get(&path, &ID),
        None
    );
}

#[test]
fn every_outcome_comes_back_and_an_unknown_reason_is_not_kept() {
    for clean in [Clean::Judged, Clean::LfsPointer].into_iter().chain(REASONS.map(Clean::Skipped)) {
        assert_eq!(clean.to_byte().and_then(Clean::from_byte), Some(clean));
    }
    assert_eq!(Clean::Skipped("for fun").to_byte(), None);
    assert_eq!(Clean::from_byte(200), None);
}

#[test]
fn a_run_that_learnt_nothing_writes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    open(directory.path(), &[]).save();
    assert_eq!(fs_err::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn what_cannot_be_written_is_no_fault() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs_err::write(&file, "x").unwrap();
    let cache = open(&file.join("below"), &[]);
    cache.put(&RepoPath::new("a"), &ID, Clean::Judged);
    cache.save();
}

#[test]
fn who_looks_for_comments_believes_only_who_did_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let open = |looks| Cache::open(directory.path(), Path::new("/repository/.git"), Epoch::new(&[]), looks);
    let path = RepoPath::new("a.py");
    let put = |looks| {
        let cache = open(looks);
        cache.put(&path, &ID, Clean::LfsPointer);
        cache.save();
    };
    put(false);
    assert_eq!((open(false).get(&path, &ID), open(true).get(&path, &ID)), (Some(Clean::LfsPointer), None));
    for looks in [true, false] {
        put(looks);
        assert_eq!((open(false).get(&path, &ID), open(true).get(&path, &ID)), (Some(Clean::LfsPointer), Some(Clean::LfsPointer)));
    }
}
