//! Bytes from the work tree: of files that git does not know, and of tracked files proved equal to their blob.
//! Promises to follow no link, to wait for no FIFO, and to give tracked bytes only if every stat field still matches the index.
//! Decides nothing about conversions; `conversion` does.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::error::ReadError;
use super::id::Mode;

/// Stat data of an index entry with what else guards it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proof {
    /// Ten big-endian numbers, see [`super::index::Index::stat`].
    pub(super) stat: [u8; 40],
    pub(super) mode: Mode,
    /// The index file's modification time.
    pub(super) index_modified: (i64, i64),
}

impl Proof {
    /// Size in bytes of the work-tree file that the entry was made from.
    pub(super) fn size(&self) -> u32 {
        self.stat.last_chunk().map_or(0, |size| u32::from_be_bytes(*size))
    }
}

/// Reads the file, whatever it is now: the text of a link, or the bytes of a regular file.
pub(super) fn read(path: &Path, cap: u64, into: &mut Vec<u8>) -> Result<(), ReadError> {
    let trouble = |error: std::io::Error| ReadError::Disk(error.to_string());
    into.clear();
    let file = match open(path) {
        Ok(file) => file,
        Err(error) => {
            if !fs_err::symlink_metadata(path).map_err(trouble)?.is_symlink() {
                return Err(trouble(error));
            }
            let target = fs_err::read_link(path).map_err(trouble)?;
            into.extend_from_slice(&super::bytes::of_os(target.as_os_str()));
            return Ok(());
        }
    };
    let metadata = file.metadata().map_err(trouble)?;
    if !metadata.is_file() {
        return Err(ReadError::Disk("not a regular file".to_owned()));
    }
    if metadata.len() > cap {
        return Err(ReadError::TooLarge { size: metadata.len(), cap });
    }
    into.reserve(usize::try_from(metadata.len()).unwrap_or_default().saturating_add(1));
    // It may grow while it is read.
    file.take(cap.saturating_add(1)).read_to_end(into).map_err(trouble)?;
    match into.len() as u64 {
        size if size > cap => Err(ReadError::TooLarge { size, cap }),
        _ => Ok(()),
    }
}

/// Reads the file only if it is proved to hold what the index entry names, before and after reading; `false` otherwise.
pub(super) fn read_proved(path: &Path, proof: &Proof, into: &mut Vec<u8>) -> bool {
    into.clear();
    let Ok(mut file) = open(path) else { return false };
    // One byte more than it should have: a file that grows meanwhile is not read to its end.
    let limit = u64::from(proof.size()) + 1;
    file.metadata().is_ok_and(|before| matches(&before, proof))
        && (&mut file).take(limit).read_to_end(into).is_ok()
        && file.metadata().is_ok_and(|after| matches(&after, proof) && after.len() == into.len() as u64)
}

/// Whether the file is unchanged since git looked at it, by stat data alone.
pub(super) fn is_unchanged(path: &Path, proof: &Proof) -> bool {
    fs_err::symlink_metadata(path).is_ok_and(|metadata| matches(&metadata, proof))
}

/// Device and number of a file: what two names have in common that lead to one.
pub(super) type Identity = (u64, u64);

/// What lies at `path`, a link itself rather than what it leads to. No two paths are known to be one where there are no such numbers.
pub(super) fn identity(path: &Path) -> Option<Identity> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        fs_err::symlink_metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// Opens what is no link; waits for nothing.
#[cfg(unix)]
fn open(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_CLOEXEC).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> std::io::Result<File> {
    if std::fs::symlink_metadata(path)?.is_symlink() {
        return Err(std::io::Error::other("a symbolic link"));
    }
    File::open(path)
}

#[cfg(unix)]
fn matches(metadata: &std::fs::Metadata, proof: &Proof) -> bool {
    use std::os::unix::fs::MetadataExt;
    let mut numbers = proof.stat.chunks_exact(4).filter_map(|n| n.first_chunk().copied()).map(u32::from_be_bytes);
    let mut next = || numbers.next().unwrap_or(0);
    let (ctime, mtime) = ((next(), next()), (next(), next()));
    let (_dev, ino, _mode, uid, gid, size) = (next(), next(), next(), next(), next(), next());
    let is_executable = metadata.mode() & 0o100 != 0;
    // git looks at mtime alone; ctime too, because copying tools put an old mtime back.
    let racy = [mtime, ctime].iter().any(|time| (i64::from(time.0), i64::from(time.1)) >= proof.index_modified);
    let low = |n: i64| u32::try_from(n & 0xffff_ffff).unwrap_or(0);
    let low_unsigned = |n: u64| u32::try_from(n & 0xffff_ffff).unwrap_or(0);
    // Size 0 is how git marks an entry that it has not looked at, or that is racy.
    !racy
        && size != 0
        && metadata.is_file()
        && metadata.len() == u64::from(size)
        && (low(metadata.mtime()), low(metadata.mtime_nsec())) == mtime
        && (low(metadata.ctime()), low(metadata.ctime_nsec())) == ctime
        && low_unsigned(metadata.ino()) == ino
        && (metadata.uid(), metadata.gid()) == (uid, gid)
        && matches!((proof.mode, is_executable), (Mode::File, false) | (Mode::Executable, true))
}

#[cfg(not(unix))]
fn matches(_: &std::fs::Metadata, _: &Proof) -> bool {
    false
}
