//! From an index file on disk to an [`Index`]: through our own parser, or through libgit2's.
//! Promises that a missing file is an empty index, as for git, and that any other trouble is an error.
//! Does not choose between the readers; `reader` does.

use std::io::Read;
use std::path::Path;

use super::{Fault, INTENT_TO_ADD, Index, UNWATCHED, parse, split};
use crate::snapshot::error::Error;
use crate::snapshot::id::{Mode, ObjectId};

/// Our own reader. A shared index is looked for in `git_dir`, then beside the index file.
pub(super) fn read_native(path: &Path, git_dir: &Path, hash_len: usize) -> Result<Index, Error> {
    let Some(bytes) = contents(path)? else { return Ok(Index::empty(hash_len)) };
    let index = assemble(bytes, path, git_dir, hash_len)?;
    index.map_err(|fault| refused(path, fault))
}

/// libgit2's reader: sha1 only, neither split nor sparse.
pub(super) fn read_libgit2(path: &Path) -> Result<Index, Error> {
    if !path.exists() {
        return Ok(Index::empty(20));
    }
    let error = |e: &git2::Error| Error::Index { path: path.to_owned(), reason: e.message().to_owned() };
    let index = git2::Index::open(path).map_err(|e| error(&e))?;
    let mut faulty = None;
    let entries = index.iter().map_while(|entry| {
        let (mode, id) = (Mode::from_bits(entry.mode), ObjectId::from_bytes(entry.id.as_bytes()));
        let bit = |set: bool, flag: u8| if set { flag } else { 0 };
        let flags = ((entry.flags >> 12) & 3) as u8
            | bit(entry.flags & 0x8000 != 0 || entry.flags_extended & 0x4000 != 0, UNWATCHED)
            | bit(entry.flags_extended & 0x2000 != 0, INTENT_TO_ADD);
        if mode.is_none() {
            faulty = Some(Fault::corrupt(format!("an entry has mode {:o}", entry.mode)));
        }
        Some((entry.path, mode?, flags, id?))
    });
    let built = Index::from_entries(entries, 20);
    match faulty {
        Some(fault) => Err(refused(path, fault)),
        None => built.map_err(|fault| refused(path, fault)),
    }
}

fn assemble(bytes: Vec<u8>, path: &Path, git_dir: &Path, hash_len: usize) -> Result<Result<Index, Fault>, Error> {
    let own = match parse(bytes, hash_len) {
        Ok(own) => own,
        Err(fault) => return Ok(Err(fault)),
    };
    let cache_tree = own.cache_tree.clone();
    let link = own.link.clone().and_then(|place| own.text.get(place)).map(|bytes| split::parse_link(bytes, hash_len)).transpose();
    let merged = match link {
        Err(fault) => return Ok(Err(fault)),
        Ok(Some(link)) if link.shared.is_some() => {
            let Some(shared) = shared_contents(link.shared, path, git_dir)? else {
                return Ok(Err(Fault::corrupt("the shared index that it refers to is missing")));
            };
            merge(&link, own, shared, hash_len)
        }
        Ok(_) => Ok((own.text, own.records)),
    };
    let built = merged.and_then(|(text, records)| Index::build(text, records, hash_len));
    Ok(built.map(|index| Index { cache_tree, ..index }))
}

fn merge(
    link: &split::Link,
    own: parse::Parsed,
    shared: Vec<u8>,
    hash_len: usize,
) -> Result<(Vec<u8>, Vec<super::Record>), Fault> {
    let shared = parse(shared, hash_len)?;
    let checksum = shared.text.get(shared.trailer.clone()).and_then(ObjectId::from_bytes);
    if shared.link.is_some() || checksum != link.shared {
        return Err(Fault::Unsupported("a shared index that is not the one referred to".to_owned()));
    }
    link.merge(own, shared)
}

fn shared_contents(id: Option<ObjectId>, path: &Path, git_dir: &Path) -> Result<Option<Vec<u8>>, Error> {
    let Some(id) = id else { return Ok(None) };
    let name = format!("sharedindex.{id}");
    match contents(&git_dir.join(&name))? {
        Some(found) => Ok(Some(found)),
        None => contents(&path.with_file_name(&name)),
    }
}

fn refused(path: &Path, fault: Fault) -> Error {
    let (Fault::Corrupt(reason) | Fault::Unsupported(reason)) = fault;
    Error::Index { path: path.to_owned(), reason }
}

/// The bytes; `None` if there is no such file.
fn contents(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let mut file = match fs_err::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let metadata = file.metadata()?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0).min(1 << 30));
    file.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
