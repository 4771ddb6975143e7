//! Blobs out of packs: asked for family by family, each one and each base of one is inflated once.
//! Promises the blob or nothing: whatever is unusual (a base by name, damage, more bytes than the cap) is left to the object database, which
//! says what is wrong. Checks what zlib's checksum guards, no hashes; the format is that of gitformat-pack.

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use flate2::{Decompress, FlushDecompress, Status};
use fs_err::File;

/// Where an object begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Position {
    /// The number of the pack.
    pub(super) pack: u32,
    pub(super) offset: u64,
}

/// One thread's way into the packs.
#[derive(Debug)]
pub(super) struct PackReader {
    open: HashMap<u32, Option<File>>,
    window: Window,
    inflater: Decompress,
    made: Made,
}

impl Default for PackReader {
    fn default() -> Self {
        Self { open: HashMap::new(), window: Window::default(), inflater: Decompress::new(true), made: Made::default() }
    }
}

/// Longer chains than git makes.
const CHAIN: usize = 10_000;

impl PackReader {
    /// The blob at `at`, if it has at most `cap` bytes and nothing is unusual about it. `packs` are the paths by number.
    pub(super) fn blob(&mut self, packs: &[PathBuf], at: Position, cap: u64) -> Option<Arc<Vec<u8>>> {
        let mut deltas = Vec::new();
        let mut here = at;
        let mut content = loop {
            if let Some(made) = self.made.get(here) {
                break made;
            }
            let (header, data) = self.inflate(packs, here, cap)?;
            match header {
                Header::Blob => break self.made.keep(here, data),
                Header::Delta { back } if deltas.len() < CHAIN => {
                    deltas.push((here, data));
                    here.offset = here.offset.checked_sub(back).filter(|_| back > 0)?;
                }
                Header::Delta { .. } => return None,
            }
        };
        while let Some((here, delta)) = deltas.pop() {
            content = self.made.keep(here, apply(&content, &delta, cap)?);
        }
        (content.len() as u64 <= cap).then_some(content)
    }

    /// Where the chain of bases under an object ends: the same for all versions that were made from one. `known` grows with each answer.
    pub(super) fn root(&mut self, packs: &[PathBuf], at: Position, known: &mut HashMap<Position, u64>) -> u64 {
        let mut chain = vec![at];
        let mut here = at;
        let root = loop {
            if let Some(&root) = known.get(&here) {
                break root;
            }
            match self.base(packs, here) {
                Some(base) if chain.len() < CHAIN => here.offset = base,
                _ => break here.offset,
            }
            chain.push(here);
        };
        known.extend(chain.into_iter().map(|at| (at, root)));
        root
    }

    fn base(&mut self, packs: &[PathBuf], at: Position) -> Option<u64> {
        match parse_header(self.window.bytes(file(&mut self.open, packs, at)?, at, 0)?)?.0 {
            Header::Blob => None,
            Header::Delta { back } => at.offset.checked_sub(back).filter(|_| back > 0),
        }
    }

    fn inflate(&mut self, packs: &[PathBuf], at: Position, cap: u64) -> Option<(Header, Vec<u8>)> {
        let file = file(&mut self.open, packs, at)?;
        let (header, size, len) = parse_header(self.window.bytes(file, at, 0)?)?;
        // A delta is not much larger than what it makes.
        let size = usize::try_from(size).ok().filter(|_| size <= cap.saturating_add(1 << 16))?;
        // One byte more, or an empty one would find no room to end in.
        let mut data = Vec::with_capacity(size + 1);
        let mut done = len;
        self.inflater.reset(true);
        loop {
            let input = self.window.bytes(file, at, done)?;
            let (taken, made) = (self.inflater.total_in(), data.len());
            // All at once as a rule: then zlib needs no window of its own, which it would copy at the end of each call.
            let status = self.inflater.decompress_vec(input, &mut data, FlushDecompress::Finish).ok()?;
            let count = self.inflater.total_in() - taken;
            match status {
                Status::StreamEnd => break,
                _ if count == 0 && data.len() == made => return None,
                _ => done += usize::try_from(count).ok()?,
            }
        }
        (data.len() == size).then_some((header, data))
    }
}

/// The file of a pack, opened once.
fn file<'a>(open: &'a mut HashMap<u32, Option<File>>, packs: &[PathBuf], at: Position) -> Option<&'a File> {
    open.entry(at.pack).or_insert_with(|| File::open(packs.get(at.pack as usize)?).ok()).as_ref()
}

/// What an object is made of.
#[derive(Debug, PartialEq, Eq)]
enum Header {
    Blob,
    /// The base lies so many bytes before it.
    Delta {
        back: u64,
    },
}

/// Type, inflated size, and the length of the header: three bits of type and a size of 4 + 7 + 7 … bits; before a delta, the distance of its base.
fn parse_header(bytes: &[u8]) -> Option<(Header, u64, usize)> {
    let mut rest = bytes.iter().copied();
    let mut byte = rest.next()?;
    let kind = byte >> 4 & 7;
    let mut size = u64::from(byte & 15);
    let mut shift = 4;
    while byte & 0x80 != 0 {
        byte = rest.next()?;
        size |= u64::from(byte & 0x7f).checked_shl(shift).filter(|_| shift < 57)?;
        shift += 7;
    }
    let header = match kind {
        3 => Header::Blob,
        6 => Header::Delta { back: distance(&mut rest)? },
        _ => return None,
    };
    Some((header, size, bytes.len() - rest.len()))
}

/// Seven bits a byte, highest first; one is added before each shift, so that no number has two forms.
fn distance(rest: &mut impl Iterator<Item = u8>) -> Option<u64> {
    let mut byte = rest.next()?;
    let mut back = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = rest.next()?;
        back = back.checked_add(1)?.checked_mul(128)?.checked_add(u64::from(byte & 0x7f))?;
    }
    Some(back)
}

/// Applies a delta: the sizes of base and result, then parts to copy from the base and bytes to insert.
fn apply(base: &[u8], delta: &[u8], cap: u64) -> Option<Vec<u8>> {
    let mut rest = delta;
    if size(&mut rest)? != base.len() as u64 {
        return None;
    }
    let len = size(&mut rest).filter(|len| *len <= cap)?;
    let len = usize::try_from(len).ok()?;
    let mut out = Vec::with_capacity(len);
    while let Some((&code, after)) = rest.split_first() {
        rest = after;
        if code & 0x80 != 0 {
            let start = number(&mut rest, code & 15, 4)?;
            let count = Some(number(&mut rest, code >> 4 & 7, 3)?).filter(|count| *count > 0).unwrap_or(0x1_0000);
            out.extend_from_slice(base.get(start..)?.get(..count)?);
        } else {
            let (inserted, after) = rest.split_at_checked(usize::from(code)).filter(|_| code != 0)?;
            out.extend_from_slice(inserted);
            rest = after;
        }
        if out.len() > len {
            return None;
        }
    }
    (out.len() == len).then_some(out)
}

/// Seven bits a byte, lowest first.
fn size(rest: &mut &[u8]) -> Option<u64> {
    let mut size = 0;
    for shift in (0..57).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        size |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
    None
}

/// A little-endian number of which only the bytes stand there that `present` names.
fn number(rest: &mut &[u8], present: u8, most: u32) -> Option<usize> {
    let mut number = 0;
    for place in (0..most).filter(|place| present >> place & 1 != 0) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= usize::from(byte) << (8 * place);
    }
    Some(number)
}

/// Reads a header and applies one half as a delta to the other; the length of what it makes.
pub(super) fn check(bytes: &[u8], cap: u64) -> Option<usize> {
    let _ = parse_header(bytes);
    let (base, delta) = bytes.split_at(bytes.len() / 2);
    apply(base, delta, cap).map(|made| made.len())
}

/// A part of a pack that was read at once: most objects are smaller.
#[derive(Debug, Default)]
struct Window {
    start: Option<Position>,
    bytes: Vec<u8>,
}

const WINDOW: usize = 1 << 14;
/// No header is longer.
const LONGEST_HEADER: usize = 32;

impl Window {
    /// What stands `done` bytes behind `at`; empty at the end of the file, else at least as much as a header needs if there is so much.
    fn bytes(&mut self, file: &File, at: Position, done: usize) -> Option<&[u8]> {
        let wanted = at.offset.checked_add(done as u64)?;
        if !self.holds(at.pack, wanted) {
            self.bytes.resize(WINDOW, 0);
            self.start = None;
            let mut filled = 0;
            while filled < WINDOW {
                match read_at(file, self.bytes.get_mut(filled..)?, wanted + filled as u64).ok()? {
                    0 => break,
                    count => filled += count,
                }
            }
            self.bytes.truncate(filled);
            self.start = Some(Position { pack: at.pack, offset: wanted });
        }
        let start = self.start?.offset;
        self.bytes.get(usize::try_from(wanted - start).ok()?..)
    }

    fn holds(&self, pack: u32, wanted: u64) -> bool {
        let Some(start) = self.start.filter(|start| start.pack == pack && start.offset <= wanted) else { return false };
        // At the end of a file the window is shorter, and a header may be, too.
        let end = start.offset + self.bytes.len() as u64;
        wanted + LONGEST_HEADER as u64 <= end || (self.bytes.len() < WINDOW && wanted < end)
    }
}

#[cfg(unix)]
fn read_at(file: &File, into: &mut [u8], offset: u64) -> std::io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file.file(), into, offset)
}

#[cfg(windows)]
fn read_at(file: &File, into: &mut [u8], offset: u64) -> std::io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file.file(), into, offset)
}

/// What was made last: the bases of what comes next.
#[derive(Debug, Default)]
struct Made {
    contents: HashMap<Position, Kept>,
    /// Who goes first. Whoever was asked for meanwhile may stay another round: a base has many children.
    order: VecDeque<Position>,
    bytes: usize,
}

#[derive(Debug)]
struct Kept {
    content: Arc<Vec<u8>>,
    is_used: bool,
}

/// Bytes that one thread keeps.
const KEPT: usize = 24 << 20;

impl Made {
    fn get(&mut self, at: Position) -> Option<Arc<Vec<u8>>> {
        let kept = self.contents.get_mut(&at)?;
        kept.is_used = true;
        Some(kept.content.clone())
    }

    fn keep(&mut self, at: Position, content: Vec<u8>) -> Arc<Vec<u8>> {
        let content = Arc::new(content);
        if content.len() > KEPT / 4 {
            return content;
        }
        self.bytes += content.len();
        while self.bytes > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            match self.contents.get_mut(&oldest) {
                Some(kept) if kept.is_used => {
                    kept.is_used = false;
                    self.order.push_back(oldest);
                }
                _ => self.bytes -= self.contents.remove(&oldest).map_or(0, |kept| kept.content.len()),
            }
        }
        self.order.push_back(at);
        self.contents.insert(at, Kept { content: content.clone(), is_used: false });
        content
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_kind_size_and_base() {
        assert_eq!(parse_header(&[0x35]), Some((Header::Blob, 5, 1)));
        assert_eq!(parse_header(&[0xb5, 0x81, 0x01]), Some((Header::Blob, 5 + (1 << 4) + (1 << 11), 3)));
        assert_eq!(parse_header(&[0x61, 0x80, 0x05]), Some((Header::Delta { back: 133 }, 1, 3)));
        for other in [
            &[][..],
            &[0x15],
            &[0x75],
            &[0xb5],
            &[0x61, 0x80],
            &[0xff; 40],
            &[0x63, 0x80, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xff, 0x7f],
            &[0x61, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        ] {
            assert_eq!(parse_header(other), None, "{other:?}");
        }
    }

    #[test]
    fn deltas_copy_and_insert() {
        let base = b"0123456789";
        let delta = [&[10, 9][..], &[0x91, 2, 4], &[3, b'a', b'b', b'c'], &[0x90, 2]].concat();
        assert_eq!(apply(base, &delta, 100).as_deref(), Some(&b"2345abc01"[..]));
        assert_eq!(apply(base, &delta, 8), None, "above the cap");
        assert_eq!(apply(b"012345678", &delta, 100), None, "of another base");
        for end in 0..delta.len() {
            assert_eq!(apply(base, &delta[..end], 100), None, "{end}");
        }
        let zero = vec![b'x'; 0x1_0000];
        assert_eq!(apply(&zero, &[0x80, 0x80, 0x04, 0x80, 0x80, 0x04, 0x80], 1 << 20), Some(zero.clone()), "no count is 64 KiB");
    }

    #[test]
    fn broken_deltas_are_none() {
        for delta in
            [&[10, 4, 0][..], &[10, 4, 0x91, 9, 4], &[10, 4, 0x8f, 0xff, 0xff, 0xff, 0xff], &[10, 1, 0x90, 9], &[0xff; 12]]
        {
            assert_eq!(apply(b"0123456789", delta, 100), None, "{delta:?}");
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut made = Made::default();
        let at = |offset| Position { pack: 0, offset };
        for offset in 0..100 {
            made.keep(at(offset), vec![0; 1 << 20]);
        }
        assert!(made.bytes <= KEPT && made.contents.len() == made.order.len());
        assert!(made.get(at(99)).is_some() && made.get(at(0)).is_none());
        made.keep(at(1000), vec![0; KEPT]);
        assert!(made.get(at(1000)).is_none());
    }
}
