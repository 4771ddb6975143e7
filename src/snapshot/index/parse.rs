//! The bytes of an index file, versions 2, 3 and 4, by gitformat-index(5).
//! Promises to check every bound, to reserve no memory by a count alone and never to panic.
//! Does not verify the checksum: git does not either, and a flipped bit of stat data must not hide a file.

use std::ops::Range;

use super::{Fault, INTENT_TO_ADD, Record, UNWATCHED};
use crate::snapshot::id::{Mode, ObjectId};

/// One index file, its names not yet checked for order.
#[derive(Debug)]
pub(in crate::snapshot) struct Parsed {
    /// The file, then the names that version 4 compresses.
    pub(super) text: Vec<u8>,
    pub(super) records: Vec<Record>,
    pub(super) cache_tree: Option<Range<usize>>,
    pub(super) link: Option<Range<usize>>,
    /// The trailing checksum.
    pub(super) trailer: Range<usize>,
}

/// The ten numbers of the stat data.
const STAT: usize = 40;
/// Version 4 lets 64 bytes of file stand for a name of any length; real names stay far below this many bytes for each one.
const EXPANSION: usize = 64;

/// Parses the whole file. `hash_len` is 20 or 32.
pub(in crate::snapshot) fn parse(bytes: Vec<u8>, hash_len: usize) -> Result<Parsed, Fault> {
    if u32::try_from(bytes.len()).is_err() {
        return Err(Fault::corrupt("it is larger than 4 GiB"));
    }
    let end = bytes.len().checked_sub(hash_len).filter(|&end| end >= 12).ok_or_else(|| Fault::corrupt("it is too short"))?;
    let mut reader =
        Reader { bytes: bytes.get(..end).unwrap_or_default(), at: 0, hash_len, names: Vec::new(), base: bytes.len() };
    if reader.take(4)? != b"DIRC" {
        return Err(Fault::corrupt("it does not start with `DIRC`"));
    }
    let version = reader.u32()?;
    if !(2..=4).contains(&version) {
        return Err(Fault::Unsupported(format!("version {version}")));
    }
    let count = reader.u32()? as usize;
    // An entry takes at least its fixed part and two bytes more: a count above that is refused before memory is reserved for it.
    if count > end / (STAT + hash_len + 4) {
        return Err(Fault::corrupt(format!("it promises {count} entries and has no room for them")));
    }
    let mut records = Vec::with_capacity(count);
    let mut previous = 0..0;
    for _ in 0..count {
        records.push(reader.entry(version, &mut previous)?);
    }
    let [cache_tree, link] = reader.extensions()?;
    let names = reader.names;
    let trailer = end..bytes.len();
    let mut text = bytes;
    text.extend_from_slice(&names);
    Ok(Parsed { text, records, cache_tree, link, trailer })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    hash_len: usize,
    /// Names of a version 4 index; they will follow the file in `Parsed::text`, from `base` on.
    names: Vec<u8>,
    base: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], Fault> {
        let end = self.at.saturating_add(len);
        let taken = self.bytes.get(self.at..end).ok_or_else(|| Fault::corrupt(format!("it ends early, at byte {}", self.at)))?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        self.take(N)?.first_chunk().copied().ok_or_else(|| Fault::corrupt("it ends early"))
    }

    fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_be_bytes)
    }

    fn u16(&mut self) -> Result<u16, Fault> {
        self.array().map(u16::from_be_bytes)
    }

    fn entry(&mut self, version: u32, previous: &mut Range<usize>) -> Result<Record, Fault> {
        let start = self.at;
        let stat = self.take(STAT)?;
        let number = |at: usize| stat.get(at..at + 4).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_be_bytes(*b));
        let (bits, size) = (number(24), number(36));
        let mode = Mode::from_bits(bits).ok_or_else(|| Fault::corrupt(format!("the entry at byte {start} has mode {bits:o}")))?;
        let id = ObjectId::from_bytes(self.take(self.hash_len)?).ok_or_else(|| Fault::corrupt("ids of unknown length"))?;
        let low = self.u16()?;
        let high = if low & 0x4000 == 0 || version == 2 { 0 } else { self.u16()? };
        let bit = |set: bool, flag: u8| if set { flag } else { 0 };
        let flags = ((low >> 12) & 3) as u8
            | bit(low & 0x8000 != 0 || high & 0x4000 != 0, UNWATCHED)
            | bit(high & 0x2000 != 0, INTENT_TO_ADD);
        let name =
            if version == 4 { self.compressed_name(previous)? } else { self.padded_name(start, usize::from(low & 0xfff))? };
        let place = |n: usize| u32::try_from(n).map_err(|_| Fault::corrupt("it is larger than 4 GiB"));
        let (name, name_len) = (place(name.start)?, place(name.len())?);
        Ok(Record { name, name_len, size, mode, flags, id })
    }

    /// Versions 2 and 3: the name, then 1 to 8 zero bytes up to a multiple of 8 from the start of the entry.
    fn padded_name(&mut self, start: usize, len: usize) -> Result<Range<usize>, Fault> {
        let from = self.at;
        let rest = self.bytes.get(from..).unwrap_or_default();
        let found = memchr::memchr(0, rest).ok_or_else(|| Fault::corrupt("a name without end"))?;
        // 0xfff stands for "that long or longer".
        if found != len && !(len == 0xfff && found > len) {
            return Err(Fault::corrupt(format!("the name at byte {from} is not as long as it says")));
        }
        let total = (from + found - start + 8) & !7;
        self.at = from + found;
        if self.take(start + total - self.at)?.iter().any(|&b| b != 0) {
            return Err(Fault::corrupt(format!("the entry at byte {start} is not padded with zeros")));
        }
        Ok(from..from + found)
    }

    /// Version 4: how many bytes to drop from the end of the previous name, then what to append, up to a zero byte.
    fn compressed_name(&mut self, previous: &mut Range<usize>) -> Result<Range<usize>, Fault> {
        let drop = self.offset()?;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = memchr::memchr(0, rest).ok_or_else(|| Fault::corrupt("a name without end"))?;
        let kept = previous.len().checked_sub(drop).ok_or_else(|| Fault::corrupt("a name drops more than there is"))?;
        if self.names.len() + kept + found > self.base * EXPANSION {
            return Err(Fault::corrupt("its names are longer than any path can be"));
        }
        let start = self.names.len();
        self.names.extend_from_within(previous.start..previous.start + kept);
        self.names.extend_from_slice(rest.get(..found).unwrap_or_default());
        self.at += found + 1;
        *previous = start..self.names.len();
        Ok(self.base + start..self.base + self.names.len())
    }

    /// The offset encoding of pack files.
    fn offset(&mut self) -> Result<usize, Fault> {
        let mut value = 0usize;
        for place in 0..9 {
            let [byte] = self.array()?;
            value += usize::from(place > 0);
            value = value << 7 | usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
            if value > u32::MAX as usize {
                break;
            }
        }
        Err(Fault::corrupt("a number out of range"))
    }

    /// The places of `TREE` and `link`. An extension with a lower-case first letter must be understood; others may be passed over.
    fn extensions(&mut self) -> Result<[Option<Range<usize>>; 2], Fault> {
        let (mut cache_tree, mut link) = (None, None);
        while self.at < self.bytes.len() {
            let signature: [u8; 4] = self.array()?;
            let len = self.u32()? as usize;
            let start = self.at;
            self.take(len)?;
            match &signature {
                b"TREE" => cache_tree = Some(start..self.at),
                b"link" => link = Some(start..self.at),
                b"sdir" | [b'A'..=b'Z', ..] => {}
                other => return Err(Fault::Unsupported(format!("extension `{}`", other.escape_ascii()))),
            }
        }
        Ok([cache_tree, link])
    }
}
