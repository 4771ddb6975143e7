//! The hash of the prefilter: the first four bytes of a keyword, case folded, as a number between 0 and 131,071.
//! Promises that `build.rs`, which includes this file, and the scan agree on it.
//! Knows no keyword.

/// Number of bits of a hash.
pub const BITS: u32 = 17;
/// A bucket holds the hashes that differ in their lowest bits only.
pub const BUCKET_BITS: u32 = 12;
/// Keeps the first three bytes of a gram: the gram of a keyword of three.
pub const THREE: u32 = 0x00ff_ffff;

/// Number of bits of the hash of a gram of three: few keywords are that short, so that a small table is sparse enough.
pub const BITS_OF_THREE: u32 = 14;

/// Four bytes, little-endian, with the bit set that tells lower from upper case. Other bytes fold too (`_` with DEL): a hit is compared.
pub const fn fold(gram: u32) -> u32 {
    gram | 0x2020_2020
}

/// Multiplicative hash (Knuth, TAOCP 3, 6.4) of a folded gram.
pub const fn hash(gram: u32) -> u32 {
    gram.wrapping_mul(0x9e37_79b1) >> (32 - BITS)
}

/// The same for a gram of three.
pub const fn hash_of_three(gram: u32) -> u32 {
    gram.wrapping_mul(0x9e37_79b1) >> (32 - BITS_OF_THREE)
}
