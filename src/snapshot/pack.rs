//! Where in the packs objects lie, and which are made from the same base: a base stands before what is made from it.
//! Promises an order and no more: an index that cannot be read only makes reading slower.
//! Reads no object; the format is that of gitformat-pack, version 2 of the index.

use std::collections::HashMap;
use std::path::PathBuf;

use super::id::ObjectId;
use super::packed::{PackReader, Position};
use super::{Entry, Place};

/// `\377tOc`, version 2.
const HEAD: &[u8; 8] = b"\xfftOc\0\0\0\x02";
const FANOUT: usize = 256 * 4;

/// Sorts entries by pack, by what they are made from, and by offset, and notes these; those in no pack come first. The packs, by number.
pub(super) fn sort(object_dirs: &[PathBuf], entries: &mut [Entry]) -> Vec<PathBuf> {
    let indexes = indexes(object_dirs);
    let parsed: Vec<Option<PackIndex>> = indexes.iter().map(|path| PackIndex::parse(fs_err::read(path).ok()?)).collect();
    for entry in &mut *entries {
        let found =
            (0..).zip(&parsed).find_map(|(pack, index)| Some(Position { pack, offset: index.as_ref()?.offset(&entry.id)? }));
        if let Place::Version { at, .. } = &mut entry.place {
            *at = found;
        }
    }
    let position = |entry: &Entry| match entry.place {
        Place::Version { at, .. } => at,
        _ => None,
    };
    // The headers are read from the start of each pack to its end.
    entries.sort_by_key(position);
    let packs: Vec<PathBuf> = indexes.iter().map(|path| path.with_extension("pack")).collect();
    let (mut reader, mut known) = (PackReader::default(), HashMap::new());
    entries.sort_by_cached_key(|entry| position(entry).map(|at| (at.pack, reader.root(&packs, at, &mut known), at.offset)));
    packs
}

fn indexes(object_dirs: &[PathBuf]) -> Vec<PathBuf> {
    let folders = object_dirs.iter().filter_map(|directory| fs_err::read_dir(directory.join("pack")).ok());
    let files = folders.flatten().flatten().map(|entry| entry.path());
    let mut indexes: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|extension| extension == "idx")).collect();
    indexes.sort();
    indexes
}

/// The index of one pack.
#[derive(Debug)]
struct PackIndex {
    bytes: Vec<u8>,
    count: usize,
}

impl PackIndex {
    fn parse(bytes: Vec<u8>) -> Option<Self> {
        let fanout = bytes.strip_prefix(HEAD)?.get(..FANOUT)?;
        let count = u32::from_be_bytes(*fanout.last_chunk()?) as usize;
        Some(Self { bytes, count })
    }

    fn offset(&self, id: &ObjectId) -> Option<u64> {
        let wanted = id.as_bytes();
        let names = HEAD.len() + FANOUT;
        let first = usize::from(*wanted.first()?);
        let mut low = first.checked_sub(1).map_or(Some(0), |before| self.fan(before))?;
        let mut high = self.fan(first)?;
        while low < high {
            let middle = low + (high - low) / 2;
            match self.bytes.get(names + middle * wanted.len()..)?.get(..wanted.len())?.cmp(wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.offset_of(middle, wanted.len()),
            }
        }
        None
    }

    /// How many names begin with at most this byte.
    fn fan(&self, byte: usize) -> Option<usize> {
        self.number(HEAD.len() + byte * 4).map(|count| (count as usize).min(self.count))
    }

    /// After the names come as many checksums of four bytes, then offsets of four, of which those with the highest bit count in a table
    /// of eight.
    fn offset_of(&self, at: usize, hash_len: usize) -> Option<u64> {
        const LARGE: u32 = 1 << 31;
        let offsets = HEAD.len() + FANOUT + self.count * (hash_len + 4);
        let offset = self.number(offsets + at * 4)?;
        if offset & LARGE == 0 {
            return Some(u64::from(offset));
        }
        let place = offsets + self.count * 4 + (offset & !LARGE) as usize * 8;
        self.bytes.get(place..)?.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
    }

    fn number(&self, place: usize) -> Option<u32> {
        self.bytes.get(place..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index of 20-byte names that begin with these bytes, with these offsets.
    fn index(objects: &[(u8, u64)]) -> Vec<u8> {
        let mut bytes = HEAD.to_vec();
        for byte in 0..=255_u8 {
            bytes.extend(u32::try_from(objects.iter().filter(|(first, _)| *first <= byte).count()).unwrap().to_be_bytes());
        }
        bytes.extend(objects.iter().flat_map(|(first, _)| [*first; 20]));
        bytes.extend(vec![0; objects.len() * 4]);
        let mut large = Vec::new();
        for (_, offset) in objects {
            let short = u32::try_from(*offset).ok().filter(|offset| *offset < 1 << 31).unwrap_or_else(|| {
                large.extend(offset.to_be_bytes());
                (1 << 31) + u32::try_from(large.len() / 8 - 1).unwrap()
            });
            bytes.extend(short.to_be_bytes());
        }
        bytes.extend(large);
        bytes
    }

    #[test]
    fn offsets_are_found_by_name_even_beyond_four_gigabytes() {
        let pack = PackIndex::parse(index(&[(0, 12), (7, 5 << 32), (9, 77), (255, 6 << 32)])).unwrap();
        let offset = |byte: u8| pack.offset(&ObjectId::from_bytes(&[byte; 20]).unwrap());
        assert_eq!([0, 7, 9, 255].map(offset), [Some(12), Some(5 << 32), Some(77), Some(6 << 32)]);
        assert_eq!([1, 8, 254].map(offset), [None; 3]);
    }

    #[test]
    fn a_broken_index_gives_no_offset_and_no_panic() {
        let whole = index(&[(0, 12), (7, 5 << 32)]);
        for end in 0..whole.len() {
            let Some(pack) = PackIndex::parse(whole[..end].to_vec()) else { continue };
            let _ = pack.offset(&ObjectId::from_bytes(&[7; 20]).unwrap());
        }
        assert!(PackIndex::parse(b"not an index".to_vec()).is_none());
    }
}
