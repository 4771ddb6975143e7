//! Objects that lie in files of their own, outside of packs.
//! Promises an end whatever a file holds: libgit2 1.9 never stops reading one that was cut off, as a full disk leaves it.
//! Knows no packs and checks no hashes, only what zlib's checksum guards; the format is that of gitformat-loose.

use std::cell::OnceCell;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::{Decompress, FlushDecompress, Status};
use fs_err::File;

use super::error::ReadError;
use super::id::ObjectId;

/// As much of a file as tells kind and size.
const HEAD: u64 = 512;
/// `commit 18446744073709551615` and its zero byte are shorter.
const HEADER: usize = 32;

const CUT: &str = "its file is cut off or damaged";

/// One thread's way to the files.
#[derive(Debug)]
pub(super) struct Loose {
    /// Each `objects/xx` that there is: most ids have none, as their objects are packed.
    folders: Vec<(u8, PathBuf)>,
    commits_are_whole: OnceCell<bool>,
}

/// Kind and size, as an object says them of itself.
#[derive(Debug, PartialEq, Eq)]
struct Header {
    kind: Vec<u8>,
    size: u64,
    /// Of the header itself, with its zero byte.
    length: usize,
}

impl Loose {
    /// Of folders of objects.
    pub(super) fn of(object_dirs: &[PathBuf]) -> Self {
        let fan = |entry: std::io::Result<fs_err::DirEntry>| {
            let entry = entry.ok()?;
            let name = entry.file_name();
            let name = name.to_str().filter(|name| name.len() == 2)?;
            Some((u8::from_str_radix(name, 16).ok()?, entry.path()))
        };
        let listed = object_dirs.iter().filter_map(|dir| fs_err::read_dir(dir).ok()).flatten();
        Self { folders: listed.filter_map(fan).collect(), commits_are_whole: OnceCell::new() }
    }

    /// The content of an object; an error above `cap` bytes. `None` if no file has it, or none that may be read.
    pub(super) fn read(&self, id: &ObjectId, kind: &str, cap: u64) -> Option<Result<Vec<u8>, ReadError>> {
        let (first, rest) = id.as_bytes().split_first()?;
        let name = data_encoding::HEXLOWER.encode(rest);
        let mut folders = self.folders.iter().filter(|(fan, _)| fan == first);
        let file = folders.find_map(|(_, folder)| File::open(folder.join(&name)).ok())?;
        let damaged = |reason: &str| ReadError::Damaged { id: *id, reason: reason.to_owned() };
        Some(match Packed::of(file) {
            Some(packed) if packed.header.kind != kind.as_bytes() => Err(damaged(&format!("not a {kind}"))),
            Some(packed) if packed.header.size > cap => Err(ReadError::TooLarge { size: packed.header.size, cap }),
            packed => packed.and_then(Packed::content).ok_or_else(|| damaged(CUT)),
        })
    }

    /// Whether libgit2 comes to an end on every commit and tag that it may meet. Looks at every file, once.
    pub(super) fn commits_are_whole(&self) -> bool {
        *self.commits_are_whole.get_or_init(|| {
            let files = self.folders.iter().filter_map(|(_, folder)| fs_err::read_dir(folder).ok()).flatten();
            files.filter_map(Result::ok).all(|file| is_whole_if_of_history(&file.path()))
        })
    }
}

fn is_whole_if_of_history(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return true };
    match Packed::of(file) {
        Some(packed) if matches!(packed.header.kind.as_slice(), b"commit" | b"tag") => packed.content().is_some(),
        Some(_) => true,
        None => false,
    }
}

/// A file of which the header was read.
struct Packed {
    head: Vec<u8>,
    rest: File,
    header: Header,
}

impl Packed {
    fn of(mut file: File) -> Option<Self> {
        let mut head = Vec::new();
        file.by_ref().take(HEAD).read_to_end(&mut head).ok()?;
        let mut start = Vec::with_capacity(HEADER);
        // More would follow as a rule: only so much was asked for.
        let _ = Decompress::new(true).decompress_vec(&head, &mut start, FlushDecompress::Sync);
        let header = header(&start)?;
        Some(Self { head, rest: file, header })
    }

    /// What follows the header, if the file holds that and nothing else.
    fn content(self) -> Option<Vec<u8>> {
        let Self { head: mut packed, mut rest, header } = self;
        rest.read_to_end(&mut packed).ok()?;
        let whole = header.length.checked_add(usize::try_from(header.size).ok()?)?;
        let mut content = Vec::new();
        // The size is what the file says of itself; one byte more than that tells whether there are more.
        content.try_reserve_exact(whole.checked_add(1)?).ok()?;
        let mut inflate = Decompress::new(true);
        let status = inflate.decompress_vec(&packed, &mut content, FlushDecompress::Finish).ok()?;
        let is_all = status == Status::StreamEnd && content.len() == whole && inflate.total_in() == packed.len() as u64;
        content.drain(..header.length.min(content.len()));
        is_all.then_some(content)
    }
}

/// `<kind> SP <size> NUL`.
fn header(start: &[u8]) -> Option<Header> {
    let (header, _) = start.split_at_checked(memchr::memchr(0, start)?)?;
    let (kind, size) = header.split_at_checked(memchr::memchr(b' ', header)?)?;
    let size = std::str::from_utf8(size.get(1..)?).ok()?.parse().ok()?;
    Some(Header { kind: kind.to_vec(), size, length: header.len() + 1 })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    fn packed(object: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(object).unwrap();
        encoder.finish().unwrap()
    }

    /// What is read of the object with the id above, if this is its file.
    fn read(file: &[u8], kind: &str, cap: u64) -> Option<Result<Vec<u8>, ReadError>> {
        let dir = tempfile::tempdir().unwrap();
        fs_err::create_dir(dir.path().join("01")).unwrap();
        fs_err::write(dir.path().join("01").join(&ID[2..]), file).unwrap();
        let loose = Loose::of(&[dir.path().to_owned()]);
        assert_eq!(loose.read(&ObjectId::from_hex(b"0123456789abcdef0123456789abcdef01234568").unwrap(), kind, cap), None);
        loose.read(&ObjectId::from_hex(ID.as_bytes()).unwrap(), kind, cap)
    }

    #[test]
    fn an_object_is_read_whole_or_not_at_all() {
        let content: Vec<u8> = (0..5000_u32).flat_map(u32::to_le_bytes).collect();
        let object = [b"blob 20000\0".as_slice(), &content].concat();
        let whole = packed(&object);
        assert_eq!(read(&whole, "blob", 20_000), Some(Ok(content)));
        let id = ObjectId::from_hex(ID.as_bytes()).unwrap();
        let damaged = |reason: &str| Some(Err(ReadError::Damaged { id, reason: reason.to_owned() }));
        for length in (0..whole.len()).step_by(97).chain([whole.len() - 1]) {
            assert_eq!(read(&whole[..length], "blob", 20_000), damaged(CUT), "{length} bytes");
        }
        assert_eq!(read(&[&whole[..], b"x"].concat(), "blob", 20_000), damaged(CUT));
        assert_eq!(read(&packed(&object[..object.len() - 1]), "blob", 20_000), damaged(CUT), "less than it says");
        assert_eq!(read(&packed(&[&object[..], b"x"].concat()), "blob", 20_000), damaged(CUT), "more than it says");
        assert_eq!(read(&whole, "tree", 20_000), damaged("not a tree"));
        assert_eq!(read(&whole, "blob", 19_999), Some(Err(ReadError::TooLarge { size: 20_000, cap: 19_999 })));
        assert_eq!(read(&packed(b"blob 18446744073709551615\0"), "blob", u64::MAX), damaged(CUT));
        assert_eq!(read(&packed(b"blob 0\0"), "blob", 0), Some(Ok(Vec::new())));
    }
}
