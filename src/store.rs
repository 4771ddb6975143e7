//! Files that are replaced whole or not at all, by one process at a time: baselines.
//! Promises that a reader sees the old bytes or the new ones, that no update is lost between processes, and that equal bytes are not
//! written. Knows nothing of what is in the files.

#[cfg(unix)]
mod interrupt;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use fs_err as fs;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

/// Why a file was not updated. The old one is intact.
#[derive(Debug, thiserror::Error)]
pub enum Error<E> {
    /// The message names the path.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The caller's own reason.
    #[error("{0}")]
    Refused(E),
}

/// Reads the file (`None` if there is none), lets `produce` make its new content (`None`: leave it) and puts that in its place, all
/// under the lock of [`Locked::new`]. Says whether the file changed.
pub fn update<E>(
    path: &Path,
    lock_dir: &Path,
    produce: impl FnOnce(Option<&[u8]>) -> Result<Option<Vec<u8>>, E>,
) -> Result<bool, Error<E>> {
    let file = Locked::new(path, lock_dir)?;
    let old = file.read()?;
    match produce(old.as_deref()).map_err(Error::Refused)? {
        Some(new) => Ok(file.replace(&new)?),
        None => Ok(false),
    }
}

/// A file that no other process updates as long as this lives.
#[derive(Debug)]
pub struct Locked {
    /// Where the file really is, symbolic links followed.
    target: PathBuf,
    /// Dropping it gives the lock back.
    _lock: fs::File,
}

impl Locked {
    /// Waits for the lock of `path`: a file in `lock_dir` (`$GIT_DIR/gatewright`), because a lock on the file itself would be lost when
    /// the file is replaced. Who locks several files must do so in the order of their names.
    pub fn new(path: &Path, lock_dir: &Path) -> io::Result<Self> {
        let target = real_target(path)?;
        let name = HEXLOWER.encode(Sha256::digest(target.as_os_str().as_encoded_bytes()).get(..16).unwrap_or_default());
        let lock = || -> io::Result<fs::File> {
            fs::create_dir_all(lock_dir)?;
            let lock = fs::File::create(lock_dir.join(format!("{name}.lock")))?;
            lock.lock()?;
            Ok(lock)
        };
        let lock = lock().map_err(|error| {
            let folder = crate::source::escape(lock_dir.as_os_str().as_encoded_bytes());
            named(&io::Error::new(error.kind(), format!("no lock in `{folder}`: {}", cause(&error))), &target)
        })?;
        let locked = Self { target, _lock: lock };
        locked.remove_strays();
        Ok(locked)
    }

    /// The content; `None` if there is no file.
    pub fn read(&self) -> io::Result<Option<Vec<u8>>> {
        read(&self.target)
    }

    /// Puts `bytes` in the place of the file: a temporary file beside it, with its mode, flushed to the disk and renamed. Says whether
    /// that was necessary.
    pub fn replace(&self, bytes: &[u8]) -> io::Result<bool> {
        if self.read()?.as_deref() == Some(bytes) {
            return Ok(false);
        }
        let write = || -> io::Result<()> {
            #[cfg(unix)]
            let _held = interrupt::Held::new();
            let mut file = self.new_file()?;
            file.write_all(bytes)?;
            if let Ok(old) = fs::metadata(&self.target) {
                file.as_file().set_permissions(old.permissions())?;
            }
            file.as_file().sync_all()?;
            self.rename(file)?;
            sync_dir(self.dir())
        };
        write().map(|()| true).map_err(|error| named(&error, &self.target))
    }

    fn dir(&self) -> &Path {
        self.target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// What the names of our temporary files start with.
    fn prefix(&self) -> String {
        let name = self.target.file_name().unwrap_or_default().to_string_lossy();
        format!(".{}.gatewright-", name.trim_start_matches('.'))
    }

    /// An empty file beside the target. Its mode is that of any new file: what the umask leaves of `rw-rw-rw-`.
    fn new_file(&self) -> io::Result<NamedTempFile> {
        let prefix = self.prefix();
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(SUFFIX);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        builder.tempfile_in(self.dir())
    }

    /// On Windows a scanner or an editor that has the file open makes the rename fail: try again for about a second.
    fn rename(&self, mut file: NamedTempFile) -> io::Result<()> {
        for wait in [10, 20, 50, 100, 200, 300, 400] {
            match file.persist(&self.target) {
                Ok(_) => return Ok(()),
                Err(error) if cfg!(windows) && error.error.kind() == io::ErrorKind::PermissionDenied => file = error.file,
                Err(error) => return Err(error.error),
            }
            std::thread::sleep(std::time::Duration::from_millis(wait));
        }
        file.persist(&self.target).map(|_| ()).map_err(|error| error.error)
    }

    /// Removes temporary files of updates that were killed: as we hold the lock, none of them is in use. Best effort.
    fn remove_strays(&self) {
        let prefix = self.prefix();
        let is_ours = |name: &str| name.starts_with(&prefix) && name.ends_with(SUFFIX);
        let entries = fs::read_dir(self.dir()).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_str().is_some_and(is_ours)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

const SUFFIX: &str = ".tmp";

/// The content of a file, symbolic links followed; `None` if there is none. What is no regular file is refused: a FIFO would be waited
/// for, a device never ends.
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => fs::read(path).map(Some),
        Ok(_) => {
            let path = crate::source::escape(path.as_os_str().as_encoded_bytes());
            Err(io::Error::other(format!("`{path}` is not a regular file")))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Symbolic links followed, also to a file that does not exist yet.
fn real_target(path: &Path) -> io::Result<PathBuf> {
    /// As many as Linux follows.
    const MAX_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::canonicalize(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            found => return found,
        }
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match fs::read_link(&path) {
            Ok(target) => path = dir.join(target),
            Err(_) => return Ok(fs::canonicalize(dir)?.join(path.file_name().unwrap_or_default())),
        }
    }
    Err(named(&io::Error::other("too many symbolic links"), &path))
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) { fs::File::open(dir)?.sync_all() } else { Ok(()) }
}

fn named(error: &io::Error, path: &Path) -> io::Error {
    let path = crate::source::escape(path.as_os_str().as_encoded_bytes());
    io::Error::new(error.kind(), format!("cannot write `{path}`: {}", cause(error)))
}

/// What the system said, without the lock or the temporary file to which it said it. Where the standard library has no words, its own.
fn cause(error: &io::Error) -> String {
    match error.kind().to_string().as_str() {
        "other error" | "uncategorized error" => error.to_string(),
        known => known.to_owned(),
    }
}
