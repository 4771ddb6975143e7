//! Files that decide about others, configuration and baselines, in the version that is judged.
//! Promises that links are followed inside the repository and nowhere else, so that what is read is the file that a command writes.
//! Knows nothing of what is in them.

use std::path::Path;

use super::failure::Failure;
use crate::snapshot::{Entry, Mode, Snapshot, View};
use crate::source::shell_word;
use crate::store;

/// Configuration and baselines above this size (bytes) are a mistake.
pub const CAP: u64 = 500_000_000;
/// As many as Linux follows.
const MAX_LINKS: usize = 40;

/// A way to read a file by its path in the repository; `None` if there is none.
pub type Read<'r> = dyn Fn(&str) -> Result<Option<Vec<u8>>, Failure> + 'r;

/// The name of a file below the root of the snapshot, `/` between components; any other file keeps its path on disk.
pub fn inside(snapshot: &Snapshot, cwd: &Path, named: &Path) -> String {
    let on_disk = cwd.join(named);
    let resolved = fs_err::canonicalize(&on_disk).unwrap_or(on_disk);
    let root = fs_err::canonicalize(snapshot.root()).unwrap_or_else(|_| snapshot.root().to_path_buf());
    let path = resolved.strip_prefix(&root).unwrap_or(&resolved);
    path.to_string_lossy().replace('\\', "/")
}

/// A file of the snapshot; one that git does not know yet is taken from disk, but not into a range, which has its own policy, nor in a hook:
/// no commit would hold it. A person at work is not asked to stage each state of it. One outside of the repository is always taken from disk,
/// but not in a hook.
pub fn read(snapshot: &Snapshot, path: &str) -> Result<Option<Vec<u8>>, Failure> {
    let place = follow(snapshot, path)?;
    if !snapshot.sides(place.as_bytes()).is_empty() {
        return Err(unmerged(path));
    }
    if let Some(entry) = snapshot.find(place.as_bytes())? {
        return content(snapshot, path, &entry).map(Some);
    }
    let counts = if Path::new(&place).is_relative() { counts_unstaged(snapshot) } else { !leaves_out(snapshot, &place)? };
    if !counts {
        return Ok(None);
    }
    read_on_disk(snapshot, &place)
}

/// What each side of a conflict at `path` says; nothing where there is none.
pub fn sides(snapshot: &Snapshot, path: &str) -> Result<Vec<Vec<u8>>, Failure> {
    snapshot.sides(path.as_bytes()).iter().map(|side| content(snapshot, path, side)).collect()
}

fn unmerged(path: &str) -> Failure {
    Failure::usage(
        format!("{path} is unmerged: it decides about the others, and neither side of a conflict does"),
        "resolve the conflict, then `git add` or `git rm` it",
    )
}

/// Whether files of the repository that git does not know decide, too.
pub fn counts_unstaged(snapshot: &Snapshot) -> bool {
    let is_of_a_commit = matches!(snapshot.view(), View::Range { .. }) || !snapshot.has_work_tree();
    let passes_over = snapshot.hook_mode() && is_of_the_index(snapshot);
    !(is_of_a_commit || passes_over)
}

/// Whether the policy is what the index holds, as it is for a history, too. Who has the disk judged wants it judged by the disk.
fn is_of_the_index(snapshot: &Snapshot) -> bool {
    let has_both = snapshot.git_dir().is_some() && snapshot.has_work_tree();
    has_both && matches!(snapshot.view(), View::Staged | View::All | View::History(_))
}

/// Whether a file of the repository is on disk only, though the index is what decides.
pub fn is_unstaged(snapshot: &Snapshot, path: &str) -> Result<bool, Failure> {
    if !is_of_the_index(snapshot) {
        return Ok(false);
    }
    let place = follow(snapshot, path)?;
    Ok(Path::new(&place).is_relative() && snapshot.find(place.as_bytes())?.is_none() && snapshot.root().join(&place).is_file())
}

/// Whether [`read`] passes over a file because it is on disk only.
pub fn leaves_out(snapshot: &Snapshot, path: &str) -> Result<bool, Failure> {
    Ok(snapshot.hook_mode() && (is_outside(snapshot, path) || is_unstaged(snapshot, path)?))
}

/// Whether a file is none of the work tree, of which a commit is made. A bare repository has none: whoever guards it has their own policy.
fn is_outside(snapshot: &Snapshot, path: &str) -> bool {
    let is_for_a_commit = snapshot.git_dir().is_some() && snapshot.has_work_tree() && *snapshot.view() != View::Worktree;
    is_for_a_commit && Path::new(path).is_absolute()
}

/// Somebody named a file that a hook passes over.
pub fn not_staged(path: &str) -> Failure {
    if Path::new(path).is_absolute() {
        let message = format!("{path} is outside of the repository: no commit would hold it");
        return Failure::usage(message, "keep it in the repository and `git add` it; it decides only by hand");
    }
    Failure::usage(format!("{path} is not staged: no commit would hold it"), format!("`git add {}`", shell_word(path)))
}

/// Where `path` leads to in the version that is judged, it or one of its folders being a link; `path` itself if none is.
pub fn follow(snapshot: &Snapshot, path: &str) -> Result<String, Failure> {
    let mut place = path.to_owned();
    for _ in 0..MAX_LINKS {
        let Some((link, length)) = first_link(snapshot, &place)? else { return Ok(place) };
        let target = content(snapshot, path, &link)?;
        let (link, rest) = place.split_at_checked(length).unwrap_or((&place, ""));
        let target = beside(link, &String::from_utf8_lossy(&target)).ok_or_else(|| {
            Failure::usage(
                format!("{path} is a link out of the repository"),
                "no commit holds what it leads to: keep the file inside",
            )
        })?;
        let parts = [&*target, rest.trim_start_matches('/')].into_iter().filter(|part| !part.is_empty());
        place = parts.collect::<Vec<_>>().join("/");
    }
    Err(Failure::usage(format!("{path} leads through too many links"), "let it lead to a file"))
}

/// The first link among the folders of `path` and itself, and how much of the path it is.
fn first_link(snapshot: &Snapshot, path: &str) -> Result<Option<(Entry, usize)>, Failure> {
    let is_link = |entry: &Entry| entry.mode == Mode::Symlink && entry.side().is_none();
    // Outside of the repository the system follows.
    let folders = path.match_indices('/').map(|(at, _)| at).filter(|_| Path::new(path).is_relative());
    for length in folders.chain([path.len()]) {
        let name = path.get(..length).unwrap_or(path);
        if let Some(link) = snapshot.find(name.as_bytes())?.filter(is_link) {
            return Ok(Some((link, length)));
        }
    }
    Ok(None)
}

/// `target` as seen from the folder of `link`; `None` outside of the repository.
fn beside(link: &str, target: &str) -> Option<String> {
    let folder = link.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!target.starts_with('/')).then(|| parts.join("/"))
}

fn content(snapshot: &Snapshot, path: &str, entry: &Entry) -> Result<Vec<u8>, Failure> {
    let mut reader = snapshot.reader();
    let bytes = reader.read(entry, CAP).map_err(|error| {
        Failure::usage(format!("{path} cannot be read: {error}"), "it decides about the others, so nothing was judged")
    })?;
    Ok(bytes.to_vec())
}

pub fn read_on_disk(snapshot: &Snapshot, path: &str) -> Result<Option<Vec<u8>>, Failure> {
    Ok(store::read(&snapshot.root().join(path))?)
}
