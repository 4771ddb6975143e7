//! What a partial clone left at its remote, fetched because somebody asked for it.
//! Promises that nothing else here uses the network, and one request for all that is missing.
//! Does not read what it fetched.

use super::error::Error;
use super::git::Git;
use super::id::ObjectId;
use super::{Place, Snapshot};

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
    /// Fetches the blobs of the entries that this partial clone does not have, and says how many there were.
    ///
    /// An error if a remote cannot be reached. What no remote has stays missing: reading it tells.
    pub fn fetch_missing(&self) -> Result<usize, Error> {
        let Some(location) = self.location.as_ref().filter(|_| self.is_partial_clone()) else { return Ok(0) };
        let blobs = self.entries().iter().filter(|entry| !matches!(entry.place, Place::Disk(_)) && entry.mode.is_blob());
        let blobs: Vec<ObjectId> = blobs.map(|entry| entry.id).collect();
        let wanted = missing(&location.git, &blobs)?;
        let mut left = wanted.clone();
        for remote in promisors(&location.git) {
            if left.is_empty() {
                break;
            }
            let arguments = [&FETCH[..], &[remote.as_str()]].concat();
            location.git.fetch(NEEDED_FOR, &arguments, &lines(&left))?;
            left = missing(&location.git, &left)?;
        }
        Ok(wanted.len() - left.len())
    }
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
