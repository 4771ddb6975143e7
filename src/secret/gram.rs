//! The hashes of the prefilter: four bytes of a keyword as a number.
//! Promises that `build.rs`, which includes this file, and the scan agree on them.
//! Knows no keyword.

/// Number of bits of a hash in the filter.
pub const FILTER_BITS: u32 = 17;
/// Number of bits of a hash in the buckets.
pub const BUCKET_BITS: u32 = 12;
/// Number of bits of a hash in the set of grams.
pub const SET_BITS: u32 = 17;
/// Keeps the first three bytes of a gram: the gram of a keyword of three.
pub const THREE: u32 = 0x00ff_ffff;

/// The bit that tells lower from upper case.
pub const CASE: u8 = 0x20;

/// Four bytes, little-endian, with the bit set that tells lower from upper case. Other bytes fold too (`_` with DEL): a hit is compared.
pub const fn fold(gram: u32) -> u32 {
    gram | u32::from_le_bytes([CASE; 4])
}

/// The filter's hash of the first three bytes, in the case in which they stand: the multiplication loses the fourth.
pub const fn filter_hash(gram: u32) -> u32 {
    gram.wrapping_mul(FACTOR << 8) >> (32 - FILTER_BITS)
}

/// The classes of fourth bytes that the filter tells apart, as a bit each.
#[expect(clippy::indexing_slicing, reason = "a panic here stops the build")]
pub const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = 1 << (byte & 7);
        byte += 1;
    }
    classes
};

/// The bucket of a folded gram.
pub const fn bucket(folded: u32) -> u32 {
    folded.wrapping_mul(FACTOR) >> (32 - BUCKET_BITS)
}

/// The place of a folded gram in the set of grams: a byte and a bit of it.
pub const fn place_in_set(folded: u32) -> (usize, u8) {
    let hash = folded.wrapping_mul(FACTOR) >> (32 - SET_BITS);
    ((hash >> 3) as usize, 1 << (hash & 7))
}

/// Multiplicative hash (Knuth, TAOCP 3, 6.4): of the product, the upper bits are the good ones.
const FACTOR: u32 = 0x9e37_79b1;
