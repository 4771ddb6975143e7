//! Bytes from the work tree: of files that git does not know, and of tracked files proved equal to their blob.
//! Promises to follow no link, to wait for no FIFO, and to give tracked bytes only if they are those of the blob.
//! Does not say when the disk is to be read.

use std::fs::File;
#[cfg(not(unix))]
use std::io::Read;
use std::path::Path;

use super::error::ReadError;
use super::id::ObjectId;

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
    // It may grow while it is read.
    read_to_end(&file, metadata.len(), cap, into).map_err(trouble)?;
    match into.len() as u64 {
        size if size > cap => Err(ReadError::TooLarge { size, cap }),
        _ => Ok(()),
    }
}

/// Reads the file only if it holds the blob `id` of `size` bytes; `false` otherwise. What git noted of the file cannot tell: filters,
/// encodings and line ends come between the two, by settings that may have been those of one `git add`.
pub(super) fn read_blob(path: &Path, id: &ObjectId, size: u32, into: &mut Vec<u8>) -> bool {
    into.clear();
    let Ok(file) = open(path) else { return false };
    let size = u64::from(size);
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == size && size > 0)
        && read_to_end(&file, size, size, into).is_ok()
        && ObjectId::of_blob(into, id.as_bytes().len()) == Some(*id)
}

/// Appends the rest of a file that should have `size` bytes, and stops behind `most` of them. In one call if it has, and one for the
/// end: what `std` does for a file of a bounded length begins with small pieces.
#[cfg(unix)]
fn read_to_end(file: &File, size: u64, most: u64, into: &mut Vec<u8>) -> std::io::Result<()> {
    into.reserve(usize::try_from(size).unwrap_or_default().saturating_add(1));
    loop {
        let read = rustix::io::retry_on_intr(|| rustix::io::read(file, rustix::buffer::spare_capacity(into)))?;
        if read == 0 || into.len() as u64 > most {
            return Ok(());
        }
        into.reserve(1);
    }
}

#[cfg(not(unix))]
fn read_to_end(file: &File, size: u64, most: u64, into: &mut Vec<u8>) -> std::io::Result<()> {
    into.reserve(usize::try_from(size).unwrap_or_default().saturating_add(1));
    file.take(most.saturating_add(1)).read_to_end(into).map(drop)
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
