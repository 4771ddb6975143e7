//! Between git's paths (bytes, `/`) and those of the operating system.
//! Promises that on Unix nothing is lost either way.
//! Touches no file.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

/// The bytes of a path as git would write them.
pub(super) fn of_os(text: &OsStr) -> Cow<'_, [u8]> {
    #[cfg(unix)]
    {
        Cow::Borrowed(std::os::unix::ffi::OsStrExt::as_bytes(text))
    }
    #[cfg(not(unix))]
    {
        Cow::Owned(text.to_string_lossy().replace('\\', "/").into_bytes())
    }
}

/// The path that these bytes name.
pub(super) fn to_path(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        PathBuf::from(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes))
    }
    #[cfg(not(unix))]
    {
        PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
    }
}

/// `path` without `.` and `..`, by its letters alone.
pub(super) fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            other => out.push(other),
        }
    }
    out
}

/// The path of `name` (relative to `cwd`) below `root`, as git writes it; `None` outside of it. Links on the way to the file are
/// followed if need be, the file itself never.
pub(super) fn relative(root: &Path, cwd: &Path, name: &OsStr) -> Option<Vec<u8>> {
    match normalize(&cwd.join(name)).strip_prefix(root) {
        Ok(below) => Some(joined(below)),
        Err(_) => through_links(root, cwd, name),
    }
}

/// As [`relative`], of a place that a walk below `root` found: nothing in it is to be undone.
pub(super) fn walked(root: &Path, place: &Path) -> Vec<u8> {
    let (root_bytes, bytes) = (of_os(root.as_os_str()), of_os(place.as_os_str()));
    match bytes.strip_prefix(root_bytes.as_ref()) {
        Some([b'/', below @ ..]) => below.to_vec(),
        _ => relative(root, root, place.as_os_str()).unwrap_or_else(|| bytes.into_owned()),
    }
}

/// As [`relative`], every link on the way followed, as far as its directories exist.
pub(super) fn through_links(root: &Path, cwd: &Path, name: &OsStr) -> Option<Vec<u8>> {
    let full = normalize(&cwd.join(name));
    full.ancestors().skip(1).find_map(|above| {
        let real = fs_err::canonicalize(above).ok()?.join(full.strip_prefix(above).ok()?);
        Some(real.strip_prefix(root).ok().map(joined))
    })?
}

fn joined(path: &Path) -> Vec<u8> {
    let parts: Vec<_> = path.components().map(|part| of_os(part.as_os_str())).collect();
    parts.join(&b'/')
}

/// The path on disk of an entry; `None` if its name would lead out of the root.
pub(super) fn on_disk(root: &Path, name: &[u8]) -> Option<PathBuf> {
    let path = to_path(name);
    path.components().all(|part| matches!(part, Component::Normal(_))).then(|| root.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_relative_to_the_root() {
        let relative = |name: &str| relative(Path::new("/r"), Path::new("/r/d"), OsStr::new(name));
        assert_eq!(relative("x"), Some(b"d/x".to_vec()));
        assert_eq!(relative("../e/./x"), Some(b"e/x".to_vec()));
        assert_eq!(relative("/r"), Some(Vec::new()));
        assert_eq!(relative("/elsewhere/x"), None);
    }

    #[test]
    fn a_name_cannot_lead_out_of_the_root() {
        assert_eq!(on_disk(Path::new("/r"), b"../x"), None);
        assert_eq!(on_disk(Path::new("/r"), b"/etc/passwd"), None);
        assert_eq!(on_disk(Path::new("/r"), b"a/b"), Some(PathBuf::from("/r/a/b")));
    }
}
