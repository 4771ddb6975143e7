//! What a partial clone left at its remote, fetched because somebody asked for it.
//! Promises that nothing else here uses the network, and one request for all that is missing.
//! Does not read what it fetched.

use super::error::{Error, ReadError};
use super::git::Git;
use super::id::ObjectId;
use super::{Place, Request, Snapshot};

const NEEDED_FOR: &str = "what is not here";

/// What git itself says to a remote that promised to keep objects (`promisor-remote.c` of git 2.47).
const FETCH: [&str; 8] = [
    "-c",
    "fetch.negotiationAlgorithm=noop",
    "fetch",
    "--no-tags",
    "--no-write-fetch-head",
    "--recurse-submodules=no",
    "--filter=blob:none",
    "--stdin",
];

impl Snapshot {
    /// Opens it as [`Self::open`] does, with what a partial clone left out fetched first: the trees that lead to its entries, and the blobs of
    /// these. Says how many objects that were, trees within other trees apart.
    ///
    /// An error if a remote cannot be reached. What no remote has stays missing: reading it tells.
    pub fn open_whole(request: &Request) -> Result<(Self, usize), Error> {
        let git = Git::of(request);
        let mut fetched = 0;
        loop {
            let opened = Self::open(request);
            let lost = match &opened {
                Ok(snapshot) => snapshot.history.lost.as_slice(),
                Err(Error::Object(ReadError::Missing { id })) => std::slice::from_ref(id),
                Err(_) => &[],
            };
            let count = fetch(&git, lost)?;
            if count == 0 {
                let snapshot = opened?;
                fetched += fetch(&git, &snapshot.blobs())?;
                return Ok((snapshot, fetched));
            }
            fetched += count;
        }
    }

    fn blobs(&self) -> Vec<ObjectId> {
        let blobs = self.entries().iter().filter(|entry| !matches!(entry.place, Place::Disk(_)) && entry.mode.is_blob());
        blobs.map(|entry| entry.id).collect()
    }
}

/// Fetches those of the objects that are not here from whoever promised to keep them; how many came.
fn fetch(git: &Git, objects: &[ObjectId]) -> Result<usize, Error> {
    let remotes = if objects.is_empty() { Vec::new() } else { promisors(git) };
    if remotes.is_empty() {
        return Ok(0);
    }
    let wanted = missing(git, objects)?;
    let mut left = wanted.clone();
    for remote in remotes {
        if left.is_empty() {
            break;
        }
        let arguments = [&FETCH[..], &[remote.as_str()]].concat();
        git.fetch(NEEDED_FOR, &arguments, &lines(&left))?;
        left = missing(git, &left)?;
    }
    Ok(wanted.len() - left.len())
}

/// Those of the objects that are not here.
fn missing(git: &Git, objects: &[ObjectId]) -> Result<Vec<ObjectId>, Error> {
    let said = git.answer(NEEDED_FOR, &["cat-file", "--batch-check"], &lines(objects))?;
    let ids = said.split(|byte| *byte == b'\n').filter_map(|line| ObjectId::from_hex(line.strip_suffix(b" missing")?));
    let mut ids: Vec<ObjectId> = ids.collect();
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// The remotes that promised to keep what a clone leaves out. `git config` fails where none did.
fn promisors(git: &Git) -> Vec<String> {
    let arguments = ["config", "--type=bool", "--get-regexp", r"^remote\..*\.promisor$"];
    let said = git.run(NEEDED_FOR, &arguments).unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    let names = said.lines().filter_map(|line| line.strip_suffix(" true")?.strip_prefix("remote.")?.strip_suffix(".promisor"));
    names.map(str::to_owned).collect()
}

fn lines(objects: &[ObjectId]) -> Vec<u8> {
    objects.iter().flat_map(|id| format!("{id}\n").into_bytes()).collect()
}
