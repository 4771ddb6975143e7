//! Object directories that the environment adds: a server's quarantine.
//! Promises every directory that git itself would read objects from, quoted entries among them.
//! Opens none of them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::bytes;
use super::environment::Environment;

/// The directories of `GIT_OBJECT_DIRECTORY` and `GIT_ALTERNATE_OBJECT_DIRECTORIES`; relative ones are relative to `cwd`.
pub(super) fn of(environment: &Environment, cwd: &Path) -> Vec<PathBuf> {
    let named = environment.get("GIT_OBJECT_DIRECTORY").map(PathBuf::from);
    let listed = environment.get("GIT_ALTERNATE_OBJECT_DIRECTORIES").map(|list| split(&bytes::of_os(list))).unwrap_or_default();
    named.into_iter().chain(listed).map(|path| cwd.join(path)).collect()
}

/// These folders, and those that they name in `info/alternates`, as far as git follows (gitrepository-layout): a line each, relative to the
/// folder, five steps from the first.
pub(super) fn with_listed(mut folders: Vec<PathBuf>) -> Vec<PathBuf> {
    const STEPS: usize = 5;
    let mut from = 0;
    for _ in 0..STEPS {
        let (_, added) = folders.split_at(from);
        let listed: Vec<PathBuf> =
            added.iter().flat_map(|folder| listed(folder)).filter(|named| !folders.contains(named)).collect();
        from = folders.len();
        folders.extend(listed);
    }
    folders
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let list = fs_err::read(folder.join("info/alternates")).unwrap_or_default();
    let lines = list.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    lines.map(|line| bytes::normalize(&folder.join(bytes::to_path(line)))).collect()
}

#[cfg(windows)]
const SEPARATOR: u8 = b';';
#[cfg(not(windows))]
const SEPARATOR: u8 = b':';

/// The list of these directories, as git reads it.
pub(super) fn join(paths: &[PathBuf]) -> OsString {
    let quoted: Vec<Vec<u8>> = paths.iter().map(|path| quote(&bytes::of_os(path.as_os_str()))).collect();
    bytes::to_path(&quoted.join(&SEPARATOR)).into_os_string()
}

fn quote(path: &[u8]) -> Vec<u8> {
    let mut entry = vec![b'"'];
    for &byte in path {
        if matches!(byte, b'"' | b'\\') {
            entry.push(b'\\');
        }
        entry.push(byte);
    }
    entry.push(b'"');
    entry
}

/// The entries of a list. One that begins with `"` is quoted as in C up to the next `"`, so that it may hold a separator
/// (gitrepository-layout and git(1), since git 2.11); if the quotation is broken, git takes the entry as it stands, and so is it here.
fn split(list: &[u8]) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    let mut rest = list;
    while !rest.is_empty() {
        let (entry, after) = quoted(rest).unwrap_or_else(|| plain(rest));
        if !entry.is_empty() {
            paths.push(bytes::to_path(&entry));
        }
        rest = after;
    }
    paths
}

fn plain(list: &[u8]) -> (Vec<u8>, &[u8]) {
    let end = memchr::memchr(SEPARATOR, list).unwrap_or(list.len());
    let (entry, after) = list.split_at(end);
    (entry.to_vec(), after.get(1..).unwrap_or_default())
}

/// The entry without its quotes and what follows its separator; `None` if it is not quoted, or not as git quotes.
fn quoted(list: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = list.strip_prefix(b"\"")?;
    let mut entry = Vec::new();
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'"' => break,
            b'\\' => {
                let (byte, after) = escaped(rest)?;
                entry.push(byte);
                rest = after;
            }
            byte => entry.push(byte),
        }
    }
    match rest.split_first() {
        Some((&SEPARATOR, after)) => Some((entry, after)),
        Some(_) => None,
        None => Some((entry, rest)),
    }
}

/// The byte that stands behind a backslash: a letter, a sign, or three octal digits.
fn escaped(rest: &[u8]) -> Option<(u8, &[u8])> {
    let (&first, after) = rest.split_first()?;
    let byte = match first {
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        b'"' | b'\\' => first,
        b'0'..=b'3' => {
            let digits = rest.get(..3)?;
            if !digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) {
                return None;
            }
            return Some((digits.iter().fold(0, |byte, digit| byte << 3 | (digit - b'0')), rest.get(3..)?));
        }
        _ => return None,
    };
    Some((byte, after))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn paths(list: &str) -> Vec<String> {
        split(list.as_bytes()).iter().map(|path| path.to_str().unwrap_or("not UTF-8").to_owned()).collect()
    }

    #[test]
    fn entries_are_split_and_unquoted_as_git_does() {
        assert_eq!(paths("/a:/b c"), ["/a", "/b c"]);
        assert_eq!(paths(r#""/a:b":/c"#), ["/a:b", "/c"]);
        assert_eq!(paths(r#""/a\"\\\303\244":"/b\tc""#), ["/a\"\\ä", "/b\tc"]);
        assert_eq!(paths("::/a:"), ["/a"]);
    }

    #[test]
    fn a_joined_list_is_split_again() {
        let all = ["/a", "/b:c", "/\"d\\e\n", "/ä"].map(PathBuf::from);
        assert_eq!(split(&bytes::of_os(&join(&all))), all);
        assert_eq!(join(&[]), "");
    }

    #[test]
    fn a_broken_quotation_stands_as_it_is() {
        assert_eq!(paths(r#""/a:/b"#), ["\"/a", "/b"]);
        assert_eq!(paths(r#""/a"x:/b"#), ["\"/a\"x", "/b"]);
        assert_eq!(paths(r#""\9":/b"#), [r#""\9""#, "/b"]);
    }
}
