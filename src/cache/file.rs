//! The cache on disk: one file for each repository, records of equal length sorted by key, a checksum behind them.
//! Promises that a file which is foreign, damaged, of another form or too large reads as none, that it is replaced whole or not at all, and
//! that it stays bounded. Knows nothing of what the records mean.
//!
//! ```text
//! "gatewright-clean" ─ 16 bytes │ version ─ 4 │ count ─ 4 │ count × (key ─ 16, value ─ 1) │ CRC-32 of all before ─ 4    (little endian)
//! ```

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use data_encoding::HEXLOWER;
use fs_err as fs;
use sha2::{Digest as _, Sha256};

pub(super) const KEY: usize = 16;
/// A key and a value.
pub(super) type Record = [u8; KEY + 1];

const MAGIC: &[u8; 16] = b"gatewright-clean";
const VERSION: u32 = 1;
const HEAD: usize = MAGIC.len() + 8;
/// Above so many records (18 MB) only those of the last run are kept, however many they are.
const BOUND: usize = 1 << 20;
/// No file of ours is larger.
const LARGEST: u64 = 1 << 31;
/// Files of repositories that nothing was written for since are removed: they cost little to make again.
const FORGOTTEN: Duration = Duration::from_secs(120 * 24 * 3600);
/// A temporary file this old was left by a run that was killed.
const ABANDONED: Duration = Duration::from_secs(3600);
/// <https://bford.info/cachedir/>: backups leave the directory out.
const TAG: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55\n# Results of gatewright. They can be deleted at any time.\n";
const SUFFIX: &str = ".results";
const PART: &str = ".part";

pub(super) fn record(key: [u8; KEY], value: u8) -> Record {
    let mut record = [value; KEY + 1];
    for (to, from) in record.iter_mut().zip(key) {
        *to = from;
    }
    record
}

pub(super) fn key(record: &Record) -> &[u8] {
    record.first_chunk::<KEY>().map_or(&[], <[u8; KEY]>::as_slice)
}

pub(super) fn value(record: &Record) -> u8 {
    let [.., value] = *record;
    value
}

/// The file of a repository.
pub(super) fn place(directory: &Path, repository: &Path) -> PathBuf {
    let hash = Sha256::digest(repository.as_os_str().as_encoded_bytes());
    let name = HEXLOWER.encode(hash.first_chunk::<KEY>().map_or(&[], <[u8; KEY]>::as_slice));
    directory.join(format!("{name}{SUFFIX}"))
}

/// The records; `None` if there is no file that can be trusted.
pub(super) fn read(path: &Path) -> Option<Vec<Record>> {
    let metadata = fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > LARGEST || !is_ours(&metadata) {
        return None;
    }
    parse(&fs::read(path).ok()?)
}

fn parse(bytes: &[u8]) -> Option<Vec<Record>> {
    let (body, sum) = bytes.split_last_chunk()?;
    let (head, records) = body.split_at_checked(HEAD)?;
    let (records, rest) = records.as_chunks();
    let is_whole = rest.is_empty() && head == head_of(records.len()) && crc32fast::hash(body) == u32::from_le_bytes(*sum);
    is_whole.then(|| records.to_vec())
}

fn head_of(count: usize) -> Vec<u8> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    [MAGIC.as_slice(), &VERSION.to_le_bytes(), &count.to_le_bytes()].concat()
}

/// Adds records to the file as it is now, which another run may have written meanwhile.
pub(super) fn add(path: &Path, wanted: Vec<Record>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let before = read(path);
    if before.is_none() {
        make(folder)?;
        sweep(folder);
    }
    let records = merge(before.unwrap_or_default(), wanted, BOUND);
    let mut bytes = head_of(records.len());
    bytes.extend(records.iter().flatten());
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    let mut part = tempfile::Builder::new().suffix(PART).tempfile_in(folder)?;
    part.write_all(&bytes)?;
    // Not flushed to the disk: a file that a crash cut short fails its checksum.
    part.persist(path).map(drop).map_err(|error| error.error)
}

/// Both, sorted, each key once with its lowest value; only what is wanted, if both are more than `bound`.
fn merge(known: Vec<Record>, wanted: Vec<Record>, bound: usize) -> Vec<Record> {
    let sorted = |mut records: Vec<Record>| {
        records.sort_unstable();
        records.dedup_by(|a, b| key(a) == key(b));
        records
    };
    let all = sorted([known, wanted.clone()].concat());
    if all.len() > bound { sorted(wanted) } else { all }
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    match fs::OpenOptions::new().write(true).create_new(true).open(folder.join("CACHEDIR.TAG")) {
        Ok(mut file) => file.write_all(TAG),
        Err(_) => Ok(()),
    }
}

/// Removes what nobody will need: best effort.
fn sweep(folder: &Path) {
    let now = SystemTime::now();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let age = entry.metadata().and_then(|metadata| metadata.modified()).ok().and_then(|at| now.duration_since(at).ok());
        let limit = match name.to_str() {
            Some(name) if name.ends_with(SUFFIX) => FORGOTTEN,
            Some(name) if name.ends_with(PART) => ABANDONED,
            _ => continue,
        };
        if age.is_some_and(|age| age > limit) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether the file is this user's, and nobody else may write it.
#[cfg(unix)]
fn is_ours(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & 0o022 == 0
}

/// The user's own profile is for the user alone.
#[cfg(not(unix))]
fn is_ours(_: &std::fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(numbers: &[u8]) -> Vec<Record> {
        numbers.iter().map(|&number| record([number; KEY], 0)).collect()
    }

    #[test]
    fn partial_runs_add_and_the_bound_drops_what_was_not_asked_for() {
        assert_eq!(merge(records(&[1, 3]), records(&[2, 3]), 3), records(&[1, 2, 3]));
        assert_eq!(merge(records(&[1, 3]), records(&[3, 2]), 2), records(&[2, 3]));
        assert_eq!(merge(records(&[1]), records(&[4, 2, 3, 2]), 2), records(&[2, 3, 4]));
    }

    #[test]
    fn what_was_added_is_read_and_anything_else_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = place(&folder.path().join("new/gatewright"), Path::new("/repository/.git"));
        assert_eq!(read(&path), None);
        add(&path, records(&[2, 1])).unwrap();
        add(&path, records(&[3])).unwrap();
        assert_eq!(read(&path), Some(records(&[1, 2, 3])));
        assert!(path.with_file_name("CACHEDIR.TAG").exists());
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            assert_eq!(parse(&flipped), None, "byte {at}");
            assert_eq!(parse(&whole[..at]), None, "{at} bytes");
        }
        assert_eq!(parse(&[whole.as_slice(), b"x"].concat()), None);
    }

    #[test]
    fn abandoned_parts_are_swept_when_a_file_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let (old, young) = (folder.path().join("old.part"), folder.path().join("young.part"));
        for path in [&old, &young] {
            fs::write(path, b"x").unwrap();
        }
        let file = fs::OpenOptions::new().write(true).open(&old).unwrap();
        file.set_modified(SystemTime::now() - ABANDONED * 2).unwrap();
        add(&place(folder.path(), Path::new("r")), records(&[1])).unwrap();
        assert!(!old.exists() && young.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_write_is_ignored() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = place(folder.path(), Path::new("r"));
        add(&path, records(&[1])).unwrap();
        assert!(read(&path).is_some());
        fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(read(&path), None);
    }
}
