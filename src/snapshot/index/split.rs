//! The `link` extension: an index that holds only what differs from a shared one.
//! Promises that every position it names is checked against the shared index.
//! Opens no file; `file` reads the shared one.

use super::parse::Parsed;
use super::{Fault, Record};
use crate::snapshot::id::ObjectId;

/// What the extension says.
pub(super) struct Link {
    /// The shared index; `None` if there is none and the file stands by itself.
    pub(super) shared: Option<ObjectId>,
    bitmaps: Vec<u8>,
}

pub(super) fn parse_link(bytes: &[u8], hash_len: usize) -> Result<Link, Fault> {
    let (id, rest) = bytes.split_at_checked(hash_len).ok_or_else(|| Fault::corrupt("its `link` extension is too short"))?;
    let id = ObjectId::from_bytes(id).filter(|id| !id.is_zero());
    Ok(Link { shared: id, bitmaps: rest.to_vec() })
}

impl Link {
    /// Decodes both bitmaps for a shared index of `count` entries; whether they fit.
    pub(super) fn check(&self, count: usize) -> bool {
        ewah(&self.bitmaps, count).and_then(|(_, rest)| ewah(rest, count)).is_ok()
    }

    /// The entries of both files: text of `shared` follows that of `own`.
    pub(super) fn merge(&self, own: Parsed, shared: Parsed) -> Result<(Vec<u8>, Vec<Record>), Fault> {
        let count = shared.records.len();
        let (delete, replace) = if self.bitmaps.is_empty() {
            (vec![false; count], vec![false; count])
        } else {
            let (delete, rest) = ewah(&self.bitmaps, count)?;
            (delete, ewah(rest, count)?.0)
        };
        let shift = u32::try_from(own.text.len()).map_err(|_| Fault::corrupt("it is larger than 4 GiB"))?;
        let moved = |at: u32| at.checked_add(shift).ok_or_else(|| Fault::corrupt("it is larger than 4 GiB"));
        let mut text = own.text;
        text.extend_from_slice(&shared.text);
        let mut own = own.records.into_iter().peekable();
        let mut base = Vec::with_capacity(count);
        for ((mut record, delete), replace) in shared.records.into_iter().zip(delete).zip(replace) {
            record.name = moved(record.name)?;
            if replace {
                let new = own.next_if(|new| new.name_len == 0).ok_or_else(|| Fault::corrupt("a replaced entry is missing"))?;
                record = Record { name: record.name, name_len: record.name_len, ..new };
            }
            if !delete {
                base.push(record);
            }
        }
        let own: Vec<Record> = own.collect();
        if own.iter().any(|record| record.name_len == 0) {
            return Err(Fault::corrupt("an entry without a name"));
        }
        let records = interleave(&text, base, own);
        Ok((text, records))
    }
}

/// Both sorted lists in one; where name and stage are the same, the entry of `own` stays.
fn interleave(text: &[u8], base: Vec<Record>, own: Vec<Record>) -> Vec<Record> {
    let key = |record: &Record| (super::slice(text, record.name, record.name_len), record.stage());
    let mut out = Vec::with_capacity(base.len() + own.len());
    let mut base = base.into_iter().peekable();
    for record in own {
        while let Some(before) = base.next_if(|old| key(old) < key(&record)) {
            out.push(before);
        }
        // A merged entry takes the place of the stages of a conflict, and the other way round: both cannot stand in one index.
        let name = key(&record).0;
        let replaces =
            |old: &Record| key(old).0 == name && (old.stage() == record.stage() || old.stage() == 0 || record.stage() == 0);
        while base.next_if(replaces).is_some() {}
        out.push(record);
    }
    out.extend(base);
    out
}

/// Decodes one EWAH bitmap of at most `limit` positions; what follows it.
fn ewah(bytes: &[u8], limit: usize) -> Result<(Vec<bool>, &[u8]), Fault> {
    let short = || Fault::corrupt("a bitmap ends early");
    let (_, rest) = bytes.split_first_chunk::<4>().ok_or_else(short)?;
    let (words, rest) = rest.split_first_chunk::<4>().ok_or_else(short)?;
    let len = (u32::from_be_bytes(*words) as usize).checked_mul(8).ok_or_else(short)?;
    let (words, rest) = rest.split_at_checked(len).ok_or_else(short)?;
    let (_, rest) = rest.split_first_chunk::<4>().ok_or_else(short)?;
    let mut set = vec![false; limit];
    let mut at = 0usize;
    let mut words = words.chunks_exact(8).filter_map(|word| word.first_chunk().copied()).map(u64::from_be_bytes);
    while let Some(marker) = words.next() {
        let run = usize::try_from(marker >> 1 & 0xffff_ffff).unwrap_or(usize::MAX).saturating_mul(64);
        if marker & 1 == 1 {
            mark(&mut set, at..at.saturating_add(run))?;
        }
        at = at.saturating_add(run);
        for _ in 0..marker >> 33 {
            let word = words.next().ok_or_else(short)?;
            for bit in (0..64).filter(|bit| word >> bit & 1 == 1) {
                mark(&mut set, at.saturating_add(bit)..at.saturating_add(bit + 1))?;
            }
            at = at.saturating_add(64);
        }
    }
    Ok((set, rest))
}

fn mark(set: &mut [bool], range: std::ops::Range<usize>) -> Result<(), Fault> {
    let places = set.get_mut(range).ok_or_else(|| Fault::corrupt("a bitmap points past the shared index"))?;
    places.fill(true);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bitmap(words: &[u64]) -> Vec<u8> {
        let mut out = vec![0, 0, 1, 0];
        out.extend(u32::try_from(words.len()).unwrap().to_be_bytes());
        for word in words {
            out.extend(word.to_be_bytes());
        }
        out.extend([0; 4]);
        out
    }

    #[test]
    fn runs_and_literals_are_decoded() {
        // One word of ones, then one literal with bits 1 and 3.
        let bytes = bitmap(&[1 | 1 << 1 | 1 << 33, 0b1010]);
        let (set, rest) = ewah(&bytes, 100).unwrap();
        let expected: Vec<bool> = (0..100).map(|i| i < 64 || i == 65 || i == 67).collect();
        assert_eq!((set, rest), (expected, &[][..]));
    }

    #[test]
    fn a_bitmap_cannot_point_past_the_shared_index() {
        assert!(ewah(&bitmap(&[1 | 1 << 1]), 63).is_err());
        assert!(ewah(&bitmap(&[1 | 0xffff_ffff << 1]), 63).is_err());
        assert!(ewah(&bitmap(&[1 << 33]), 63).is_err());
    }
}
