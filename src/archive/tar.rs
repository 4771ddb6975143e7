//! Tar: ustar and pax (POSIX.1-2001), the long names and sparse files of GNU, the format of Unix version 7.
//! Promises to go on behind the end mark as long as headers follow, and to tell when something else does.
//! Follows no links and gives holes of sparse files no bytes.

use std::io::{self, Read};

use super::bytes::fault_of;
use super::{Budget, Fault, Member, Outside};

pub const BLOCK: usize = 512;
/// The longest name or list of extended attributes that is read.
const NAME: u64 = 1 << 20;

const END: Fault = Fault::Damaged("it ends too early");

type Block = [u8; BLOCK];

/// A tar that is read from its start to its end.
#[derive(Debug)]
pub struct Tar<R> {
    input: R,
    /// Bytes read.
    at: u64,
    /// What was read since somebody asked for it and belongs to no member.
    outside: Vec<Outside<'static>>,
    /// Whether the end mark was seen.
    has_ended: bool,
    /// Whether there is nothing more to tell.
    is_done: bool,
}

/// What headers before that of a member say about it.
#[derive(Debug, Default)]
struct Extended {
    name: Option<Vec<u8>>,
    size: Option<u64>,
}

impl<R: Read> Tar<R> {
    pub fn new(input: R) -> Self {
        Self { input, at: 0, outside: Vec::new(), has_ended: false, is_done: false }
    }

    /// What the tar is read from.
    pub fn input(&mut self) -> &mut R {
        &mut self.input
    }

    /// Headers, attributes and what fills up blocks, since the last call.
    pub fn outside<'a>(&mut self) -> Vec<Outside<'a>> {
        std::mem::take(&mut self.outside)
    }

    /// Keeps what was read last.
    fn keep(&mut self, bytes: &[u8]) {
        if bytes.iter().any(|byte| *byte != 0) {
            self.outside.push(Outside { offset: self.at - bytes.len() as u64, bytes: bytes.to_vec().into() });
        }
    }

    /// The next file; folders and links have no content.
    pub fn next(&mut self, budget: &mut Budget) -> Option<Member<'static>> {
        if self.is_done {
            return None;
        }
        let mut extended = Extended::default();
        match self.advance(&mut extended, budget) {
            Ok(member) => {
                self.is_done = member.is_none();
                member
            }
            Err(fault) => {
                self.is_done = true;
                Some(Member { name: extended.name.unwrap_or_default(), offset: self.at, fault: Some(fault), ..Member::default() })
            }
        }
    }

    fn advance(&mut self, extended: &mut Extended, budget: &mut Budget) -> Result<Option<Member<'static>>, Fault> {
        loop {
            let offset = self.at;
            let Some(block) = self.block(budget)? else { return Ok(None) };
            if block.iter().all(|byte| *byte == 0) {
                self.has_ended = true;
                continue;
            }
            if !is_header(&block) {
                let what = if self.has_ended { "other bytes stand behind its end" } else { "a header is not valid" };
                return Err(Fault::Damaged(what));
            }
            budget.count()?;
            let size = number(field(&block, 124, 12)).ok_or(Fault::Damaged("a size is not a number"))?;
            match field(&block, 156, 1) {
                b"L" => extended.name = Some(until_zero(&self.record(size, budget)?).to_vec()),
                b"x" | b"X" => extended.read(&self.record(size, budget)?),
                b"K" | b"g" => drop(self.record(size, budget)?),
                // Links, devices and folders have no content, whatever size they give.
                b"1" | b"2" | b"3" | b"4" | b"5" | b"6" => *extended = Extended::default(),
                kind => {
                    if kind == b"S" {
                        self.pass_map_of_holes(&block, budget)?;
                    }
                    let name = extended.name.take().unwrap_or_else(|| name(&block));
                    let size = extended.size.unwrap_or(size);
                    return Ok(Some(self.member(name, offset, size, budget)));
                }
            }
        }
    }

    fn member(&mut self, name: Vec<u8>, offset: u64, size: u64, budget: &mut Budget) -> Member<'static> {
        let (limit, over) = budget.limit();
        let kept = size.min(limit);
        let mut bytes = Vec::new();
        let read = self.input.by_ref().take(kept).read_to_end(&mut bytes);
        self.at += bytes.len() as u64;
        let outcome = match read {
            Err(error) => Err(fault_of(&error)),
            Ok(read) if (read as u64) < kept => Err(END),
            Ok(_) => budget.spend(kept).and_then(|()| self.skip(size - kept, budget)).and_then(|()| self.pad(size, budget)),
        };
        // What follows a member that was not read to its end cannot be found.
        self.is_done |= outcome.is_err();
        let fault = if size > limit { Some(over) } else { outcome.err() };
        Member { name, offset, bytes: bytes.into(), fault }
    }

    /// The next block; `None` at the end of the bytes.
    fn block(&mut self, budget: &mut Budget) -> Result<Option<Block>, Fault> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while let Some(free) = block.get_mut(filled..).filter(|free| !free.is_empty()) {
            match self.input.read(free) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(END),
                Ok(read) => filled += read,
                Err(error) => return Err(fault_of(&error)),
            }
        }
        self.at += BLOCK as u64;
        budget.spend(BLOCK as u64)?;
        self.keep(&block);
        Ok(Some(block))
    }

    /// The content of a header that speaks about the next one.
    fn record(&mut self, size: u64, budget: &mut Budget) -> Result<Vec<u8>, Fault> {
        if size > NAME {
            return Err(Fault::Damaged("a name is longer than names can be"));
        }
        let mut record = Vec::new();
        let read = self.input.by_ref().take(size).read_to_end(&mut record).map_err(|error| fault_of(&error))?;
        self.at += read as u64;
        budget.spend(size)?;
        if (read as u64) < size {
            return Err(END);
        }
        self.keep(&record);
        self.pad(size, budget)?;
        Ok(record)
    }

    fn skip(&mut self, bytes: u64, budget: &mut Budget) -> Result<(), Fault> {
        budget.spend(bytes)?;
        let passed = io::copy(&mut self.input.by_ref().take(bytes), &mut io::sink()).map_err(|error| fault_of(&error))?;
        self.at += passed;
        if passed < bytes { Err(END) } else { Ok(()) }
    }

    /// Passes what fills up the last block of so many bytes; that of the last member is not always there.
    fn pad(&mut self, size: u64, budget: &mut Budget) -> Result<(), Fault> {
        let block = BLOCK as u64;
        let filling = (block - size % block) % block;
        budget.spend(filling)?;
        let mut bytes = Vec::new();
        self.input.by_ref().take(filling).read_to_end(&mut bytes).map_err(|error| fault_of(&error))?;
        self.at += bytes.len() as u64;
        self.keep(&bytes);
        Ok(())
    }

    /// GNU's sparse header goes on in as many blocks as it needs; the last byte in use says whether another follows.
    fn pass_map_of_holes(&mut self, header: &Block, budget: &mut Budget) -> Result<(), Fault> {
        let mut goes_on = header.get(482).is_some_and(|byte| *byte != 0);
        while goes_on {
            let block = self.block(budget)?.ok_or(END)?;
            goes_on = block.get(504).is_some_and(|byte| *byte != 0);
        }
        Ok(())
    }
}

impl Extended {
    /// Records of the form `length key=value\n`.
    fn read(&mut self, mut records: &[u8]) {
        while let Some(blank) = records.iter().position(|byte| *byte == b' ') {
            let length = records.get(..blank).and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<usize>().ok());
            let Some((record, rest)) =
                length.filter(|length| *length > blank).and_then(|length| records.split_at_checked(length))
            else {
                return;
            };
            let record = record.get(blank + 1..).unwrap_or_default();
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            if let Some(name) = record.strip_prefix(b"path=").or_else(|| record.strip_prefix(b"GNU.sparse.name=")) {
                self.name = Some(name.to_vec());
            } else if let Some(size) = record.strip_prefix(b"size=") {
                self.size = std::str::from_utf8(size).ok().and_then(|size| size.parse().ok());
            }
            records = rest;
        }
    }
}

/// Whether a block is a header: its checksum is the sum of its bytes, those of the checksum taken as blanks.
pub fn is_header(block: &[u8]) -> bool {
    let Some(block) = block.first_chunk::<BLOCK>() else { return false };
    let stored = field(block, 148, 8);
    // Text hardly ever has such a field; nothing is added up for it.
    if !stored.iter().all(|byte| matches!(byte, b'0'..=b'7' | b' ' | 0)) {
        return false;
    }
    let sum = |value: fn(u8) -> i64| {
        block
            .iter()
            .enumerate()
            .map(|(at, &byte)| if (148..156).contains(&at) { i64::from(b' ') } else { value(byte) })
            .sum::<i64>()
    };
    let Some(stored) = number(stored).and_then(|stored| i64::try_from(stored).ok()) else { return false };
    // Old programs added signed characters. A block of zeros ends a tar.
    stored > 0 && block.first() != Some(&0) && (stored == sum(i64::from) || stored == sum(|byte| i64::from(byte.cast_signed())))
}

fn field(block: &Block, at: usize, length: usize) -> &[u8] {
    block.get(at..at + length).unwrap_or_default()
}

/// An octal number, or a binary one behind a set high bit (GNU).
fn number(field: &[u8]) -> Option<u64> {
    if let [first @ 0x80..=0xff, rest @ ..] = field {
        let start = u64::from(first & 0x7f);
        return rest.iter().try_fold(start, |value, byte| value.checked_mul(256)?.checked_add(u64::from(*byte)));
    }
    let digits = until_zero(field).trim_ascii();
    digits.iter().try_fold(0_u64, |value, digit| match digit {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}

fn until_zero(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// The name of a header, with the prefix that ustar puts before it.
fn name(block: &Block) -> Vec<u8> {
    let name = until_zero(field(block, 0, 100));
    let prefix = until_zero(field(block, 345, 155));
    // GNU's own format has other things there.
    if field(block, 257, 6) != b"ustar\0" || prefix.is_empty() {
        return name.to_vec();
    }
    [prefix, b"/", name].concat()
}
