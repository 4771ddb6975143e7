//! Zip (PKWARE APPNOTE 6.3), with its 64-bit sizes and with other bytes in front, as in self-extracting programs.
//! Promises to find members by the directory and, where it names none, by their own headers, and to tell where the two differ.
//! Unpacks what is stored or deflated, in one piece and without a password.

use std::borrow::Cow;
use std::ops::Range;
use std::vec::IntoIter;

use flate2::bufread::DeflateDecoder;

use super::bytes::{read_all, take, u16_at, u32_at, u64_at};
use super::{Budget, Fault, Member, Outside};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
/// Methods.
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Lengths of the fixed parts.
const LOCAL_LENGTH: usize = 30;
const CENTRAL_LENGTH: usize = 46;
const END_LENGTH: usize = 22;
/// The directory's end may have a comment behind it.
const TAIL: usize = END_LENGTH + 0xffff;
/// Headers of one archive; more are not members that somebody packed.
const HEADERS: usize = 100_000;

/// Whether a zip ends where these bytes end. A comment behind it is looked for in binary files only.
pub fn is_at_the_end(raw: &[u8]) -> bool {
    let is_exact = raw.len().checked_sub(END_LENGTH).is_some_and(|at| raw.get(at..).is_some_and(|end| end.starts_with(END)));
    let is_binary = || memchr::memchr(0, raw.get(..8000).unwrap_or(raw)).is_some();
    (is_exact || is_binary()) && Directory::find(raw).is_some()
}

/// One header and what it says.
#[derive(Clone, Debug)]
struct Entry {
    name: Vec<u8>,
    /// Where the local header stands.
    offset: usize,
    flags: u16,
    method: u16,
    crc: u32,
    /// `None` if a header leaves it to what follows the data.
    packed: Option<u64>,
    size: u64,
    /// Where the data begin, by the local header.
    data: usize,
    fault: Option<Fault>,
}

#[derive(Debug)]
pub struct Zip<'a> {
    raw: &'a [u8],
    entries: IntoIter<Entry>,
    /// What is wrong with the archive as a whole.
    fault: Option<Fault>,
    prefix: usize,
    /// What is neither before the archive nor data of a member.
    outside: Vec<Range<usize>>,
}

impl<'a> Zip<'a> {
    pub fn new(raw: &'a [u8]) -> Self {
        let mut entries = Vec::new();
        let mut taken = Vec::new();
        let mut fault = match Directory::find(raw) {
            Some(directory) => {
                taken.push(directory.at..raw.len().min(directory.end));
                directory.read(raw, &mut entries).err()
            }
            None => Some(Fault::Damaged("it has no directory")),
        };
        taken.extend(entries.iter().map(|entry| entry.offset..entry.end(raw.len())));
        taken.sort_unstable_by_key(|range| (range.start, range.end));
        let hidden = hidden(raw, &taken);
        entries.extend(hidden);
        if entries.len() > HEADERS {
            entries.truncate(HEADERS);
            fault = fault.or(Some(Fault::Count));
        }
        entries.sort_by_key(|entry| entry.offset);
        let first = entries.first().map(|entry| entry.offset).into_iter().chain(taken.first().map(|range| range.start)).min();
        let prefix = first.unwrap_or(raw.len());
        let is_known = |entry: &&Entry| entry.packed.is_some() || entry.method == STORED;
        let data = entries.iter().filter(is_known).map(|entry| entry.data_range(raw)).collect();
        let outside = between(prefix..raw.len(), data);
        Self { raw, prefix, outside, entries: entries.into_iter(), fault }
    }

    /// Headers, names, comments, the directory, and what stands between them; all at once.
    pub fn outside(&mut self) -> Vec<Outside<'a>> {
        let ranges = std::mem::take(&mut self.outside);
        let piece = |range: Range<usize>| Some(Outside { offset: range.start as u64, bytes: self.raw.get(range)?.into() });
        ranges.into_iter().filter_map(piece).collect()
    }

    pub fn prefix(&self) -> usize {
        self.prefix
    }

    pub fn next(&mut self, budget: &mut Budget) -> Option<Member<'a>> {
        loop {
            let Some(entry) = self.entries.next() else {
                let fault = self.fault.take()?;
                return Some(Member { fault: Some(fault), ..Member::default() });
            };
            let is_folder = entry.name.ends_with(b"/") && entry.size == 0 && entry.packed == Some(0) && entry.fault.is_none();
            if is_folder {
                continue;
            }
            let member = match budget.count() {
                Ok(()) => entry.read(self.raw, budget),
                Err(fault) => Member { name: entry.name, offset: entry.offset as u64, fault: Some(fault), ..Member::default() },
            };
            if matches!(member.fault, Some(Fault::Total | Fault::Count)) {
                self.entries = Vec::new().into_iter();
                self.fault = None;
            }
            return Some(member);
        }
    }
}

impl Entry {
    /// Reads a local header.
    fn local(raw: &[u8], offset: usize) -> Option<Self> {
        let header = raw.get(offset..)?.strip_prefix(LOCAL).and_then(|_| raw.get(offset..))?;
        let (name_length, extra_length) = (usize::from(u16_at(header, 26)?), usize::from(u16_at(header, 28)?));
        let name = header.get(LOCAL_LENGTH..LOCAL_LENGTH + name_length)?.to_vec();
        let extra_at = LOCAL_LENGTH + name_length;
        let extra = header.get(extra_at..extra_at + extra_length)?;
        let (mut size, mut packed) = (u64::from(u32_at(header, 22)?), u64::from(u32_at(header, 18)?));
        widen(extra, &mut [&mut size, &mut packed]);
        let flags = u16_at(header, 6)?;
        let is_left_open = flags & 8 != 0 && packed == 0;
        Some(Self {
            name,
            offset,
            flags,
            method: u16_at(header, 8)?,
            crc: u32_at(header, 14)?,
            packed: (!is_left_open).then_some(packed),
            size,
            data: offset + extra_at + extra_length,
            fault: None,
        })
    }

    /// Where the data end, as far as the headers say.
    fn end(&self, length: usize) -> usize {
        let packed = usize::try_from(self.packed.unwrap_or_default()).unwrap_or(usize::MAX);
        self.data.saturating_add(packed).clamp(self.offset, length.max(self.offset))
    }

    /// Where the data stand. Where deflated ones end that do not say so is known to who inflates them.
    fn data_range(&self, raw: &[u8]) -> Range<usize> {
        let start = self.data.min(raw.len());
        let end = match (self.packed, self.method) {
            (Some(_), _) => self.end(raw.len()),
            (None, STORED) => start + open_end(raw.get(start..).unwrap_or_default()),
            (None, _) => raw.len(),
        };
        start..end.max(start)
    }

    fn read<'a>(self, raw: &'a [u8], budget: &mut Budget) -> Member<'a> {
        let data = raw.get(self.data_range(raw)).unwrap_or_default();
        let is_short = self.packed.is_some_and(|packed| packed > data.len() as u64);
        let (bytes, fault) = match self.method {
            _ if self.flags & 0x41 != 0 => (Cow::default(), Some(Fault::Encrypted)),
            STORED => {
                let (bytes, fault) = take(data, budget);
                (bytes.into(), fault)
            }
            DEFLATED => {
                let mut decoder = DeflateDecoder::new(data);
                let (bytes, fault) = read_all(&mut decoder, self.size, budget);
                let is_more = self.packed.is_some() && decoder.total_in() < data.len() as u64;
                (bytes.into(), fault.or(is_more.then_some(Fault::Damaged("other bytes stand behind its compressed ones"))))
            }
            _ => (Cow::default(), Some(Fault::Method)),
        };
        let is_known = self.packed.is_some() || self.flags & 8 == 0;
        let checks = || is_known && (bytes.len() as u64 != self.size || crc32fast::hash(&bytes) != self.crc);
        let fault = match fault {
            None if is_short => Some(Fault::Damaged("it ends too early")),
            None if checks() => Some(Fault::Damaged("its checksum is wrong")),
            fault => fault,
        };
        Member { name: self.name, offset: self.offset as u64, bytes, fault: self.fault.or(fault) }
    }
}

/// Where stored data end that say so behind themselves only.
fn open_end(data: &[u8]) -> usize {
    let next = [DESCRIPTOR, LOCAL, CENTRAL].iter().filter_map(|mark| memchr::memmem::find(data, mark)).min();
    next.unwrap_or(data.len())
}

/// The directory at the end of the archive.
#[derive(Debug)]
struct Directory {
    /// Where it stands.
    at: usize,
    /// Where the record of its end ends, the comment included.
    end: usize,
    /// Entries that it is said to have.
    count: u64,
    /// What stands before the archive: offsets do not count it.
    shift: usize,
}

impl Directory {
    /// The last end of a directory that leads to one.
    fn find(raw: &[u8]) -> Option<Self> {
        let from = raw.len().saturating_sub(TAIL);
        let tail = raw.get(from..)?;
        memchr::memmem::rfind_iter(tail, END).find_map(|at| Self::at_end(raw, from + at))
    }

    fn at_end(raw: &[u8], end_at: usize) -> Option<Self> {
        let end = raw.get(end_at..)?;
        let comment = usize::from(u16_at(end, 20)?);
        let mut count = u64::from(u16_at(end, 10)?);
        let (mut size, mut offset) = (u64::from(u32_at(end, 12)?), u64::from(u32_at(end, 16)?));
        let mut stop = end_at;
        if let Some(at) = end_64(raw, end_at) {
            let end = raw.get(at..)?;
            (count, size, offset) = (u64_at(end, 32)?, u64_at(end, 40)?, u64_at(end, 48)?);
            stop = at;
        }
        // Whoever puts bytes in front seldom changes the offsets: the directory ends where its end begins.
        let by_size = usize::try_from(size).ok().and_then(|size| stop.checked_sub(size));
        let by_offset = usize::try_from(offset).ok();
        let leads = |at: &usize| (count == 0 && *at == stop) || raw.get(*at..stop).is_some_and(|rest| rest.starts_with(CENTRAL));
        let at = by_size.filter(leads).or_else(|| by_offset.filter(leads))?;
        let shift = by_offset.and_then(|offset| at.checked_sub(offset)).unwrap_or_default();
        Some(Self { at, end: (end_at + END_LENGTH + comment).min(raw.len()), count, shift })
    }

    /// Adds the entries; the error says that some are missing.
    fn read(&self, raw: &[u8], entries: &mut Vec<Entry>) -> Result<(), Fault> {
        let mut at = self.at;
        while let Some(header) = raw.get(at..self.end).filter(|header| header.starts_with(CENTRAL)) {
            if entries.len() > HEADERS {
                return Err(Fault::Count);
            }
            let (entry, length) = self.entry(raw, header).ok_or(BROKEN)?;
            entries.push(entry);
            at += length;
        }
        // The count has 16 bits where there is no wider one.
        let is_complete = entries.len() as u64 & 0xffff == self.count & 0xffff;
        if is_complete { Ok(()) } else { Err(BROKEN) }
    }

    /// The entry of a header and the length of that.
    fn entry(&self, raw: &[u8], header: &[u8]) -> Option<(Entry, usize)> {
        let lengths = [u16_at(header, 28)?, u16_at(header, 30)?, u16_at(header, 32)?].map(usize::from);
        let [name_length, extra_length, comment_length] = lengths;
        let name = header.get(CENTRAL_LENGTH..CENTRAL_LENGTH + name_length)?.to_vec();
        let extra_at = CENTRAL_LENGTH + name_length;
        let extra = header.get(extra_at..extra_at + extra_length)?;
        let [mut packed, mut size, mut offset] = [u32_at(header, 20)?, u32_at(header, 24)?, u32_at(header, 42)?].map(u64::from);
        widen(extra, &mut [&mut size, &mut packed, &mut offset]);
        let offset = usize::try_from(offset).ok().and_then(|offset| offset.checked_add(self.shift)).unwrap_or(usize::MAX);
        let mut entry = Entry {
            name,
            offset,
            flags: u16_at(header, 8)?,
            method: u16_at(header, 10)?,
            crc: u32_at(header, 16)?,
            packed: Some(packed),
            size,
            data: usize::MAX,
            fault: None,
        };
        match Entry::local(raw, offset) {
            Some(local) => {
                entry.data = local.data;
                entry.fault = entry.differs_from(&local).then_some(Fault::Contradiction);
            }
            None => entry.fault = Some(Fault::Damaged("it has no header of its own")),
        }
        Some((entry, extra_at + extra_length + comment_length))
    }
}

const BROKEN: Fault = Fault::Damaged("its directory is not complete");

impl Entry {
    /// Whether a reader that goes by the local header would see something else.
    fn differs_from(&self, local: &Self) -> bool {
        let has_sizes = local.flags & 8 == 0;
        self.name != local.name
            || self.method != local.method
            || (self.flags ^ local.flags) & 0x41 != 0
            || (has_sizes && (self.packed, self.size, self.crc) != (local.packed, local.size, local.crc))
    }
}

/// Where the 64-bit end of the directory stands, if there is one before the other.
fn end_64(raw: &[u8], end_at: usize) -> Option<usize> {
    let locator_at = end_at.checked_sub(20)?;
    let locator = raw.get(locator_at..end_at).filter(|locator| locator.starts_with(LOCATOR_64))?;
    let is_there = |at: &usize| raw.get(*at..locator_at).is_some_and(|end| end.starts_with(END_64));
    let named = u64_at(locator, 8).and_then(|at| usize::try_from(at).ok());
    // With bytes in front of the archive, its usual place: right before the locator.
    named.filter(is_there).or_else(|| locator_at.checked_sub(56).filter(is_there))
}

/// Replaces each field that is full by its 64-bit value from the extra field 1, which has them in this order.
fn widen(mut extra: &[u8], fields: &mut [&mut u64]) {
    while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let Some((record, rest)) = extra.get(4..).and_then(|rest| rest.split_at_checked(usize::from(length))) else { return };
        if id == 1 {
            let wide = fields.iter_mut().filter(|field| ***field == u64::from(u32::MAX));
            for (field, at) in wide.zip((0..).step_by(8)) {
                **field = u64_at(record, at).unwrap_or(**field);
            }
            return;
        }
        extra = rest;
    }
}

/// Members whose headers stand where neither the directory nor a member of it does: whoever reads the archive from its start sees them.
fn hidden(raw: &[u8], taken: &[Range<usize>]) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut at = 0;
    for range in taken.iter().cloned().chain(std::iter::once(raw.len()..raw.len())) {
        let start = range.start.min(raw.len());
        while at < start && found.len() <= HEADERS {
            let Some(next) = raw.get(at..start).and_then(|gap| memchr::memmem::find(gap, LOCAL)) else { break };
            at += next;
            match Entry::local(raw, at).filter(is_plausible) {
                Some(entry) => {
                    at = entry.end(raw.len()).max(at + LOCAL_LENGTH);
                    found.push(entry);
                }
                None => at += LOCAL.len(),
            }
        }
        at = at.max(range.end.min(raw.len()));
    }
    found
}

/// What of `whole` is in none of the ranges.
fn between(whole: Range<usize>, mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut at = whole.start;
    let end = whole.end..whole.end;
    let gaps = ranges.into_iter().chain([end]).filter_map(|range| {
        let gap = at..range.start;
        at = at.max(range.end);
        (!gap.is_empty()).then_some(gap)
    });
    gaps.collect()
}

/// Programs that unpack archives have the mark among their own bytes: what follows there is no header.
fn is_plausible(entry: &Entry) -> bool {
    let is_text = !entry.name.is_empty() && !entry.name.contains(&0);
    is_text && matches!(entry.method, 0..=20 | 93..=99)
}
