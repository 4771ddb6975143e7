//! Gzip (RFC 1952): one compressed file, in one or more pieces.
//! Promises to read pieces that follow each other as one, and to tell what stands behind the last of them.
//! Knows nothing of what is inside.

use std::io::{self, Chain, Cursor, Read};

use flate2::bufread::GzDecoder;

use super::bytes::{fault_of, read_all};
use super::{Budget, Fault, Member, tar};

/// Decompresses all pieces.
#[derive(Debug)]
pub struct Gunzip<'a> {
    piece: GzDecoder<&'a [u8]>,
}

impl<'a> Read for Gunzip<'a> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            let behind: &'a [u8] = self.piece.get_ref();
            // Tapes are filled up with zeros.
            let zeros = behind.iter().take_while(|byte| **byte == 0).count();
            match behind.get(zeros..) {
                None | Some([]) => return Ok(0),
                Some(next @ [0x1f, 0x8b, ..]) => self.piece = GzDecoder::new(next),
                Some(_) => return Err(io::Error::new(io::ErrorKind::InvalidData, "bytes behind the end")),
            }
        }
    }
}

/// A compressed file of which the first bytes were read.
#[derive(Debug)]
pub struct File<'a> {
    name: Vec<u8>,
    /// As much as tells a tar.
    pub head: Vec<u8>,
    rest: Gunzip<'a>,
    fault: Option<Fault>,
}

impl<'a> File<'a> {
    pub fn new(raw: &'a [u8]) -> Self {
        let mut rest = Gunzip { piece: GzDecoder::new(raw) };
        let mut head = Vec::new();
        let fault = rest.by_ref().take(tar::BLOCK as u64).read_to_end(&mut head).err().map(|error| fault_of(&error));
        let name = rest.piece.header().and_then(|header| header.filename()).unwrap_or_default().to_vec();
        Self { name, head, rest, fault }
    }

    /// All that is compressed, from the start.
    pub fn whole(self) -> Chain<Cursor<Vec<u8>>, Gunzip<'a>> {
        Cursor::new(self.head).chain(self.rest)
    }

    /// The file as a member.
    pub fn read(mut self, budget: &mut Budget) -> Member<'static> {
        if let Err(fault) = budget.count() {
            return Member { name: self.name, fault: Some(fault), ..Member::default() };
        }
        let (name, early) = (std::mem::take(&mut self.name), self.fault);
        // A decoder that has failed is not asked again.
        let (bytes, fault) = match early {
            Some(_) => read_all(Cursor::new(self.head), 0, budget),
            None => read_all(self.whole(), 0, budget),
        };
        Member { name, offset: 0, bytes: bytes.into(), fault: early.or(fault) }
    }
}
