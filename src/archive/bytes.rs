//! Little-endian fields, and reading up to a bound.
//! Promises that a field outside of the bytes is `None`, and that no more is kept than allowed.
//! Knows no format.

use std::io::{ErrorKind, Read};

use super::{Budget, Fault};

pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

pub fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Reads a member to its end or to the bound. The bytes that were read are kept whatever happens.
pub fn read_all(input: impl Read, expected: u64, budget: &mut Budget) -> (Vec<u8>, Option<Fault>) {
    let (limit, over) = budget.limit();
    // The size that a header promises is no reason to take memory.
    let mut bytes = Vec::with_capacity(usize::try_from(expected.min(limit).min(1 << 20)).unwrap_or_default());
    let fault = match input.take(limit.saturating_add(1)).read_to_end(&mut bytes) {
        Ok(_) => None,
        Err(error) => Some(fault_of(&error)),
    };
    let is_over = bytes.len() as u64 > limit;
    bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let spent = budget.spend(bytes.len() as u64).err();
    (bytes, if is_over { Some(over) } else { fault.or(spent) })
}

/// As much of a stored member as the bound allows.
pub fn take<'a>(stored: &'a [u8], budget: &mut Budget) -> (&'a [u8], Option<Fault>) {
    let (limit, over) = budget.limit();
    let kept = usize::try_from(limit).ok().and_then(|limit| stored.get(..limit));
    let fault = budget.spend(kept.unwrap_or(stored).len() as u64).err();
    (kept.unwrap_or(stored), kept.filter(|kept| kept.len() < stored.len()).map(|_| over).or(fault))
}

/// What an error of a decoder means.
pub fn fault_of(error: &std::io::Error) -> Fault {
    match error.kind() {
        ErrorKind::UnexpectedEof => Fault::Damaged("it ends too early"),
        ErrorKind::InvalidInput if error.to_string().contains("checksum") => Fault::Damaged("its checksum is wrong"),
        _ => Fault::Damaged("its compressed bytes are not valid"),
    }
}
