//! Pieces of a few bytes in values, which are short too: a searcher costs more to set up than such a search.
//! Promises the first place.
//! For texts there is memchr's `memmem`.

/// Where `piece` first stands in `value`.
pub fn find(value: &[u8], piece: &[u8]) -> Option<usize> {
    let first = *piece.first()?;
    memchr::memchr_iter(first, value).find(|&at| value.get(at..at + piece.len()) == Some(piece))
}

pub fn contains(value: &[u8], piece: &[u8]) -> bool {
    find(value, piece).is_some()
}
