//! Names of objects and kinds of entries as git stores them.
//! Promises that an id is 20 or 32 bytes long and a mode is one of the five that git writes.
//! Reads nothing.

use std::fmt;

use sha2::Digest;

/// The id of a git object: 20 bytes (sha1) or 32 bytes (sha256).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    bytes: [u8; 32],
    len: u8,
}

impl ObjectId {
    /// Stands where there is no object.
    pub const NONE: Self = Self { bytes: [0; 32], len: 20 };

    /// `None` unless there are 20 or 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let len = u8::try_from(bytes.len()).ok().filter(|len| matches!(len, 20 | 32))?;
        let mut id = Self { bytes: [0; 32], len };
        id.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(id)
    }

    /// `None` unless `hex` is 40 or 64 lower-case hexadecimal digits.
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        Self::from_bytes(&data_encoding::HEXLOWER.decode(hex).ok()?)
    }

    /// The id that git gives these bytes as a blob, of 20 bytes or of 32; `None` for any other number.
    pub fn of_blob(content: &[u8], len: usize) -> Option<Self> {
        fn digest<D: Digest>(content: &[u8]) -> Option<ObjectId> {
            let head = format!("blob {}\0", content.len());
            ObjectId::from_bytes(&D::new().chain_update(head).chain_update(content).finalize())
        }
        match len {
            20 => digest::<sha1::Sha1>(content),
            32 => digest::<sha2::Sha256>(content),
            _ => None,
        }
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or(&self.bytes)
    }

    /// The id of no object: all bytes zero.
    pub fn is_zero(&self) -> bool {
        self.bytes == [0; 32]
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(self.as_bytes()))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What an entry of an index or a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// 100644 (and the 100664 of very old trees).
    File,
    /// 100755.
    Executable,
    /// 120000; the blob is the target's text.
    Symlink,
    /// 160000: the commit of a submodule.
    Gitlink,
    /// 040000: a directory of a tree or of a sparse index.
    Tree,
}

impl Mode {
    /// From the mode bits of an index or tree entry; `None` for a type that git does not write.
    pub fn from_bits(bits: u32) -> Option<Self> {
        match bits & 0o170_000 {
            0o100_000 if bits & 0o100 != 0 => Some(Self::Executable),
            0o100_000 => Some(Self::File),
            0o120_000 => Some(Self::Symlink),
            0o160_000 => Some(Self::Gitlink),
            0o040_000 => Some(Self::Tree),
            _ => None,
        }
    }

    /// As git prints it: six octal digits.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Symlink => "120000",
            Self::Gitlink => "160000",
            Self::Tree => "040000",
        }
    }

    /// Whether the entry has content of its own to judge.
    pub fn is_blob(self) -> bool {
        matches!(self, Self::File | Self::Executable | Self::Symlink)
    }
}
