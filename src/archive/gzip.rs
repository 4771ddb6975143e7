//! Gzip (RFC 1952): one compressed file, in one or more pieces.
//! Promises to read pieces that follow each other as one, and to tell what stands behind the last of them.
//! Knows nothing of what is inside.

use std::io::{self, Chain, Cursor, Read};

use flate2::bufread::GzDecoder;

use super::bytes::{fault_of, read_all};
use super::{Budget, Fault, Member, Outside, tar};

/// Decompresses all pieces.
#[derive(Debug)]
pub struct Gunzip<'a> {
    piece: GzDecoder<&'a [u8]>,
    /// The header of this piece, once it was read to its end, and those before it.
    headers: Vec<u8>,
    has_ended: bool,
}

impl<'a> Gunzip<'a> {
    fn new(raw: &'a [u8]) -> Self {
        Self { piece: GzDecoder::new(raw), headers: Vec::new(), has_ended: false }
    }

    /// The names, comments and extra fields of the pieces read since the last call.
    pub fn headers(&mut self) -> Option<Outside<'a>> {
        let bytes = std::mem::take(&mut self.headers);
        (!bytes.is_empty()).then_some(Outside { offset: 0, bytes: bytes.into() })
    }

    fn keep_header(&mut self) {
        let Some(header) = self.piece.header() else { return };
        for field in [header.extra(), header.filename(), header.comment()].into_iter().flatten() {
            self.headers.extend_from_slice(field);
            self.headers.push(0);
        }
    }
}

impl<'a> Read for Gunzip<'a> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while !self.has_ended {
            let read = self.piece.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            self.keep_header();
            let behind: &'a [u8] = self.piece.get_ref();
            // Tapes are filled up with zeros.
            let zeros = behind.iter().take_while(|byte| **byte == 0).count();
            match behind.get(zeros..) {
                None | Some([]) => self.has_ended = true,
                Some(next @ [0x1f, 0x8b, ..]) => self.piece = GzDecoder::new(next),
                Some(_) => return Err(io::Error::new(io::ErrorKind::InvalidData, "bytes behind the end")),
            }
        }
        Ok(0)
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
    is_read: bool,
}

impl<'a> File<'a> {
    pub fn new(raw: &'a [u8]) -> Self {
        let mut rest = Gunzip::new(raw);
        let mut head = Vec::new();
        let fault = rest.by_ref().take(tar::BLOCK as u64).read_to_end(&mut head).err().map(|error| fault_of(&error));
        let name = rest.piece.header().and_then(|header| header.filename()).unwrap_or_default().to_vec();
        Self { name, head, rest, fault, is_read: false }
    }

    /// All that is compressed, from the start.
    pub fn whole(self) -> Chain<Cursor<Vec<u8>>, Gunzip<'a>> {
        Cursor::new(self.head).chain(self.rest)
    }

    /// See [`Gunzip::headers`].
    pub fn headers(&mut self) -> Vec<Outside<'a>> {
        self.rest.headers().into_iter().collect()
    }

    /// The file as a member, once.
    pub fn next(&mut self, budget: &mut Budget) -> Option<Member<'a>> {
        if std::mem::replace(&mut self.is_read, true) {
            return None;
        }
        let name = std::mem::take(&mut self.name);
        if let Err(fault) = budget.count() {
            return Some(Member { name, fault: Some(fault), ..Member::default() });
        }
        let head = Cursor::new(std::mem::take(&mut self.head));
        // A decoder that has failed is not asked again.
        let (bytes, fault) = match self.fault {
            Some(_) => read_all(head, 0, budget),
            None => read_all(head.chain(&mut self.rest), 0, budget),
        };
        Some(Member { name, offset: 0, bytes: bytes.into(), fault: self.fault.or(fault) })
    }
}
