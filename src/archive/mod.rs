//! Archives and compressed files as the members they hold: zip (wheels, jars, office documents), tar, gzip, and tar in gzip.
//! Promises memory and work within the bounds it is given on any input, and that what could not be read of a member is told.
//! Judges nothing, opens no file and no archive within an archive.

mod bytes;
mod gzip;
mod tar;
mod zip;

use std::borrow::Cow;
use std::io::{Chain, Cursor};

use self::gzip::Gunzip;
use self::tar::Tar;
use self::zip::Zip;

/// How members are packed, told by the first bytes (of zip also by the last).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Zip,
    Tar,
    Gzip,
}

impl Kind {
    /// What the bytes are; the name of a file says nothing about it.
    pub fn of(raw: &[u8]) -> Option<Self> {
        match raw {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            _ if tar::is_header(raw) => Some(Self::Tar),
            _ => zip::is_at_the_end(raw).then_some(Self::Zip),
        }
    }
}

/// What a compressed file that is no archive is called.
pub const GZIP: &str = "gzip";

/// The kinds of archives and compressed files that are known and not opened.
pub fn unopened(raw: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 9] = [
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive, which is not opened"),
        (b"Rar!\x1a\x07", "a rar archive, which is not opened"),
        (b"MSCF\0\0\0\0", "a cabinet archive, which is not opened"),
        (b"BZh", "a bzip2 file, which is not opened"),
        (b"\xfd7zXZ\0", "an xz file, which is not opened"),
        (b"LZIP", "an lzip file, which is not opened"),
        (b"\x28\xb5\x2f\xfd", "a zstd file, which is not opened"),
        (b"\x04\x22\x4d\x18", "an lz4 file, which is not opened"),
        (b"\x1f\x9d", "a compress file, which is not opened"),
    ];
    KINDS.iter().find(|(magic, _)| raw.starts_with(magic)).map(|(_, kind)| *kind)
}

/// One member, or what is wrong with the archive as a whole.
#[derive(Debug, Default)]
pub struct Member<'a> {
    /// As the archive has it: any bytes; empty for the archive as a whole, and if it gives a compressed file none.
    pub name: Vec<u8>,
    /// Where its header stands: in the archive, for tar in gzip in the tar.
    pub offset: u64,
    /// Its content, or as much of it as could be read; a part of the archive where that stores it as it is.
    pub bytes: Cow<'a, [u8]>,
    /// Why that may not be all.
    pub fault: Option<Fault>,
}

/// Bytes of an archive that belong to no member: headers, comments, what stands between and behind the members.
#[derive(Debug, PartialEq, Eq)]
pub struct Outside<'a> {
    /// Where they stand: in the archive, for tar in gzip in the tar.
    pub offset: u64,
    pub bytes: Cow<'a, [u8]>,
}

/// Why a member or an archive was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("it is encrypted")]
    Encrypted,
    #[error("it is packed by a method that is not known")]
    Method,
    #[error("it is damaged: {0}")]
    Damaged(&'static str),
    #[error("its own header and the directory of the archive contradict each other")]
    Contradiction,
    #[error("it is larger than `max-file-size`")]
    Large,
    #[error("all members together are larger than four times `max-file-size`")]
    Total,
    #[error("there are more than 50,000 members")]
    Count,
}

impl Fault {
    /// What to do about it, in one line.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Encrypted => "pack it without a password, or leave it out with `exclude`",
            Self::Method => "pack it anew with deflate, or leave it out with `exclude`",
            Self::Damaged(_) | Self::Contradiction => "pack it anew",
            Self::Large | Self::Total => "raise `max-file-size`",
            Self::Count => "pack fewer files in one archive",
        }
    }
}

/// Members read of one file, those of archives in it included.
const MEMBERS: u32 = 50_000;

/// What may still be read.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Bytes of one member.
    member: u64,
    /// Bytes of all members.
    total: u64,
    members: u32,
}

impl Budget {
    /// For one file and all archives in it; `member` is the bound of one member in bytes.
    pub fn new(member: u64) -> Self {
        Self { member, total: member.saturating_mul(4), members: MEMBERS }
    }

    /// Takes the place of one more member.
    fn count(&mut self) -> Result<(), Fault> {
        self.members = self.members.checked_sub(1).ok_or(Fault::Count)?;
        Ok(())
    }

    /// Takes so many bytes.
    fn spend(&mut self, bytes: u64) -> Result<(), Fault> {
        let left = self.total.checked_sub(bytes);
        self.total = left.unwrap_or_default();
        left.map(drop).ok_or(Fault::Total)
    }

    /// How long a member may be, and what it means if it is longer.
    fn limit(&self) -> (u64, Fault) {
        if self.member <= self.total { (self.member, Fault::Large) } else { (self.total, Fault::Total) }
    }
}

/// The members of an archive, one after the other.
#[derive(Debug)]
pub struct Members<'a>(Reader<'a>);

#[derive(Debug)]
enum Reader<'a> {
    Zip(Zip<'a>),
    Tar(Tar<&'a [u8]>),
    TarInGzip(Tar<Chain<Cursor<Vec<u8>>, Gunzip<'a>>>),
    Gzip(gzip::File<'a>),
}

impl<'a> Members<'a> {
    pub fn new(kind: Kind, raw: &'a [u8]) -> Self {
        Self(match kind {
            Kind::Zip => Reader::Zip(Zip::new(raw)),
            Kind::Tar => Reader::Tar(Tar::new(raw)),
            Kind::Gzip => {
                let file = gzip::File::new(raw);
                if tar::is_header(&file.head) { Reader::TarInGzip(Tar::new(file.whole())) } else { Reader::Gzip(file) }
            }
        })
    }

    /// The next member; `None` behind the last one, or if `budget` is used up, which the member before has told.
    pub fn next(&mut self, budget: &mut Budget) -> Option<Member<'a>> {
        match &mut self.0 {
            Reader::Zip(zip) => zip.next(budget),
            Reader::Tar(tar) => tar.next(budget),
            Reader::TarInGzip(tar) => tar.next(budget),
            Reader::Gzip(file) => file.next(budget),
        }
    }

    /// What was passed since the last call and belongs to no member. All of it was passed when there is no next member.
    pub fn outside(&mut self) -> Vec<Outside<'a>> {
        match &mut self.0 {
            Reader::Zip(zip) => zip.outside(),
            Reader::Tar(tar) => tar.outside(),
            Reader::TarInGzip(tar) => {
                let mut outside = tar.outside();
                outside.extend(tar.input().get_mut().1.headers());
                outside
            }
            Reader::Gzip(file) => file.headers(),
        }
    }

    /// What the members are packed in: `zip`, `tar`, `tar.gz`, `gzip`.
    pub fn kind(&self) -> &'static str {
        match &self.0 {
            Reader::Zip(_) => "zip",
            Reader::Tar(_) => "tar",
            Reader::TarInGzip(_) => "tar.gz",
            Reader::Gzip(_) => GZIP,
        }
    }

    /// Bytes in front of the archive, which belong to none of its members.
    pub fn prefix(&self) -> usize {
        match &self.0 {
            Reader::Zip(zip) => zip.prefix(),
            _ => 0,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
