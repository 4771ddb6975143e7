//! Archives made here, whole and broken in every way that hides something.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use proptest::prelude::*;

use super::*;

mod outside;

/// What the members of an archive are, in order.
fn members(raw: &[u8]) -> Vec<(String, Vec<u8>, Option<Fault>)> {
    members_within(raw, &mut Budget::new(1 << 20))
}

fn members_within(raw: &[u8], budget: &mut Budget) -> Vec<(String, Vec<u8>, Option<Fault>)> {
    let mut members = Members::new(Kind::of(raw).expect("it is an archive"), raw);
    std::iter::from_fn(|| members.next(budget))
        .map(|member| (String::from_utf8_lossy(&member.name).into_owned(), member.bytes.into_owned(), member.fault))
        .collect()
}

fn good(name: &str, bytes: &[u8]) -> (String, Vec<u8>, Option<Fault>) {
    (name.to_owned(), bytes.to_vec(), None)
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// One member of a zip as it is written.
#[derive(Clone)]
struct Zipped {
    name: &'static str,
    /// What the directory calls it; `None` leaves it out of there.
    listed: Option<&'static str>,
    bytes: &'static [u8],
    method: u16,
    flags: u16,
    is_wide: bool,
}

fn zipped(name: &'static str, bytes: &'static [u8]) -> Zipped {
    Zipped { name, listed: Some(name), bytes, method: 8, flags: 0, is_wide: false }
}

fn zip(prefix: &[u8], members: &[Zipped]) -> Vec<u8> {
    let mut raw = prefix.to_vec();
    let mut directory = Vec::new();
    let mut count = 0_u16;
    for member in members {
        let offset = raw.len() - prefix.len();
        let data = if member.method == 8 { deflate(member.bytes) } else { member.bytes.to_vec() };
        let crc = crc32fast::hash(member.bytes);
        let (packed, size) = (u32::try_from(data.len()).unwrap(), u32::try_from(member.bytes.len()).unwrap());
        let wide: Vec<u8> = if member.is_wide {
            [&1_u16.to_le_bytes()[..], &16_u16.to_le_bytes(), &u64::from(size).to_le_bytes(), &u64::from(packed).to_le_bytes()]
                .concat()
        } else {
            Vec::new()
        };
        let (packed, size) = if member.is_wide { (u32::MAX, u32::MAX) } else { (packed, size) };
        let is_open = member.flags & 8 != 0;
        let sizes = |is_open: bool| {
            let fields = if is_open { [0, 0, 0] } else { [crc, packed, size] };
            fields.iter().flat_map(|field| field.to_le_bytes()).collect::<Vec<u8>>()
        };
        let shorts = |values: &[u16]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
        let length = |text: &[u8]| u16::try_from(text.len()).unwrap();
        raw.extend(b"PK\x03\x04");
        raw.extend(shorts(&[20, member.flags, member.method, 0, 0]));
        raw.extend(sizes(is_open));
        raw.extend(shorts(&[length(member.name.as_bytes()), length(&wide)]));
        raw.extend(member.name.as_bytes());
        raw.extend(&wide);
        raw.extend(data);
        if is_open {
            raw.extend(b"PK\x07\x08");
            raw.extend(sizes(false));
        }
        if let Some(listed) = member.listed {
            count += 1;
            directory.extend(b"PK\x01\x02");
            directory.extend(shorts(&[20, 20, member.flags, member.method, 0, 0]));
            directory.extend(sizes(false));
            directory.extend(shorts(&[length(listed.as_bytes()), length(&wide), 0, 0, 0, 0, 0]));
            directory.extend(u32::try_from(offset).unwrap().to_le_bytes());
            directory.extend(listed.as_bytes());
            directory.extend(&wide);
        }
    }
    let at = u32::try_from(raw.len() - prefix.len()).unwrap();
    let size = u32::try_from(directory.len()).unwrap();
    raw.extend(directory);
    raw.extend(b"PK\x05\x06\0\0\0\0");
    raw.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    raw.extend([size.to_le_bytes(), at.to_le_bytes()].concat());
    raw.extend([0, 0]);
    raw
}

fn header(name: &[u8], size: usize, kind: u8) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name);
    block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    block[156] = kind;
    block[257..263].copy_from_slice(b"ustar\0");
    seal(&mut block);
    block
}

/// Sets the checksum.
fn seal(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
}

fn entry(name: &[u8], bytes: &[u8], kind: u8) -> Vec<u8> {
    let mut entry = header(name, bytes.len(), kind);
    entry.extend(bytes);
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

fn tar(entries: &[Vec<u8>]) -> Vec<u8> {
    [entries.concat(), vec![0; 1024]].concat()
}

#[test]
fn kinds_are_told_by_their_bytes() {
    assert_eq!(Kind::of(&zip(b"", &[])), Some(Kind::Zip));
    assert_eq!(Kind::of(&zip(b"#!/bin/sh\n", &[zipped("a", b"1")])), Some(Kind::Zip));
    assert_eq!(Kind::of(&gzip(b"")), Some(Kind::Gzip));
    assert_eq!(Kind::of(&tar(&[entry(b"a", b"1", b'0')])), Some(Kind::Tar));
    for other in [&b""[..], b"PK", b"\x1f\x8b", &[0; 1024], &[b' '; 600], b"PK\x05\x05 and more than twenty-two bytes"] {
        assert_eq!(Kind::of(other), None);
    }
    assert!(unopened(b"7z\xbc\xaf\x27\x1c\0").is_some_and(|kind| kind.contains("7z")));
    assert_eq!(unopened(b"\x89PNG"), None);
}

#[test]
fn a_zip_is_read_with_each_of_its_forms() {
    let long = &[b'x'; 5000];
    let stored = Zipped { method: 0, ..zipped("s", b"stored") };
    let open = Zipped { flags: 8, ..zipped("o", b"open") };
    let open_stored = Zipped { flags: 8, method: 0, ..zipped("p", b"open and stored") };
    let wide = Zipped { is_wide: true, ..zipped("w", b"wide") };
    let all = [zipped("d/a", long), stored, open, open_stored, wide, Zipped { method: 0, ..zipped("folder/", b"") }];
    let expected =
        [good("d/a", long), good("s", b"stored"), good("o", b"open"), good("p", b"open and stored"), good("w", b"wide")];
    for prefix in [&b""[..], b"#!/bin/sh\nexit\n", b"MZ\0PK\x03\x04 is the mark"] {
        let raw = zip(prefix, &all);
        assert_eq!(members(&raw), expected);
        assert_eq!(Members::new(Kind::Zip, &raw).prefix(), prefix.len());
    }
    let mut commented = zip(b"", &all);
    let length = commented.len();
    commented[length - 2] = 9;
    commented.extend(b"a comment");
    assert_eq!(members(&commented), expected);
}

#[test]
fn a_zip_hides_no_member() {
    let [a, b] = [zipped("a", b"1"), zipped("b", b"2")];
    let unlisted = Zipped { listed: None, ..b.clone() };
    assert_eq!(members(&zip(b"", &[a.clone(), unlisted.clone()])), [good("a", b"1"), good("b", b"2")]);
    assert_eq!(members(&zip(b"", &[unlisted, a.clone()])), [good("b", b"2"), good("a", b"1")]);
    let renamed = Zipped { listed: Some("c"), ..b.clone() };
    assert_eq!(members(&zip(b"", &[renamed])), [("c".to_owned(), b"2".to_vec(), Some(Fault::Contradiction))]);
    // Without its directory, as when a download was cut.
    let whole = zip(b"", &[a, b]);
    let cut = memchr::memmem::find(&whole, b"PK\x01\x02").unwrap();
    let broken = Fault::Damaged("it has no directory");
    assert_eq!(members(&whole[..cut]), [good("a", b"1"), good("b", b"2"), (String::new(), Vec::new(), Some(broken))]);
}

#[test]
fn a_zip_tells_what_it_does_not_unpack() {
    let fault = |member: Zipped| members(&zip(b"", &[member, zipped("z", b"3")])).remove(0).2;
    assert_eq!(fault(Zipped { flags: 1, ..zipped("a", b"1") }), Some(Fault::Encrypted));
    assert_eq!(fault(Zipped { method: 12, ..zipped("a", b"1") }), Some(Fault::Method));
    let mut raw = zip(b"", &[Zipped { method: 0, ..zipped("a", b"12345") }]);
    let at = memchr::memmem::find(&raw, b"12345").unwrap();
    raw[at] = b'6';
    assert_eq!(members(&raw), [("a".to_owned(), b"62345".to_vec(), Some(Fault::Damaged("its checksum is wrong")))]);
    let mut raw = zip(b"", &[zipped("a", b"1")]);
    let at = memchr::memmem::find(&raw, b"PK\x01\x02").unwrap() + 42;
    raw[at] = 7;
    assert!(members(&raw).iter().any(|(.., fault)| *fault == Some(Fault::Damaged("it has no header of its own"))));
}

#[test]
fn a_tar_is_read_with_each_of_its_forms() {
    let name = [b"long/".repeat(40), b"name".to_vec()].concat();
    let long = String::from_utf8(name.clone()).unwrap();
    let record = |key: &str, value: &str| {
        let body = format!(" {key}={value}\n");
        let length = (1..5000).find(|length| length.to_string().len() + body.len() == *length).unwrap();
        format!("{length}{body}")
    };
    let gnu = [entry(b"././@LongLink", &[&name[..], b"\0"].concat(), b'L'), entry(&name[..99], b"gnu", b'0')].concat();
    let pax =
        [entry(b"x", (record("mtime", "1.5") + &record("path", &long)).as_bytes(), b'x'), entry(b"short", b"pax", b'0')].concat();
    let mut prefixed = header(b"name", 1, b'0');
    prefixed[345..351].copy_from_slice(b"prefix");
    seal(&mut prefixed);
    let prefixed = [prefixed, vec![b'1'], vec![0; 511]].concat();
    let mut sparse = header(b"sparse", 4, b'S');
    sparse[257..265].copy_from_slice(b"ustar  \0");
    sparse[482] = 1;
    seal(&mut sparse);
    let sparse = [sparse, vec![0; 512], b"data".to_vec(), vec![0; 508]].concat();
    let mut binary = header(b"binary", 0, b'0');
    binary[124..136].copy_from_slice(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    seal(&mut binary);
    let binary = [binary, b"by".to_vec(), vec![0; 510]].concat();
    let folders =
        [entry(b"d/", b"", b'5'), header(b"link", 77, b'2'), entry(b"g", record("comment", "x").as_bytes(), b'g')].concat();
    let mut old = entry(b"old", b"seven", 0);
    old[257..265].fill(0);
    seal(&mut old[..512]);
    // As star wrote it: the checksum has no zero byte behind it.
    let mut star = entry(b"star", b"*", b'0');
    seal(&mut star[..512]);
    star[154..156].copy_from_slice(b"  ");
    let raw = tar(&[star, folders, gnu, pax, prefixed, sparse, binary, old]);
    let expected = [
        good("star", b"*"),
        good(&long, b"gnu"),
        good(&long, b"pax"),
        good("prefix/name", b"1"),
        good("sparse", b"data"),
        good("binary", b"by"),
        good("old", b"seven"),
    ];
    assert_eq!(members(&raw), expected);
    assert_eq!(members(&gzip(&raw)), expected);
    assert_eq!(Members::new(Kind::Gzip, &gzip(&raw)).kind(), "tar.gz");
}

#[test]
fn a_tar_goes_on_behind_its_end() {
    let [a, b] = [tar(&[entry(b"a", b"1", b'0')]), tar(&[entry(b"b", b"2", b'0')])];
    assert_eq!(members(&[a.clone(), vec![0; 9 * 512], b].concat()), [good("a", b"1"), good("b", b"2")]);
    let behind = [a.clone(), vec![b'#'; 512]].concat();
    assert_eq!(members(&behind)[1].2, Some(Fault::Damaged("other bytes stand behind its end")));
    assert_eq!(members(&a[..700]), [good("a", b"1")], "no end mark and no filling");
    let cut = entry(b"a", &[b'1'; 600], b'0');
    assert_eq!(members(&cut[..1000])[0].2, Some(Fault::Damaged("it ends too early")));
    let broken = [entry(b"a", b"1", b'0'), vec![b'#'; 512]].concat();
    assert_eq!(members(&broken)[1].2, Some(Fault::Damaged("a header is not valid")));
}

#[test]
fn gzip_is_read_to_its_last_piece() {
    assert_eq!(members(&[gzip(b"one "), gzip(b"two")].concat()), [good("", b"one two")]);
    assert_eq!(members(&[gzip(b"one"), vec![0; 100]].concat()), [good("", b"one")]);
    let (.., fault) = members(&[gzip(b"one"), b"hidden".to_vec()].concat()).remove(0);
    assert!(matches!(fault, Some(Fault::Damaged(_))));
    let whole = gzip(&b"a long text that is repeated ".repeat(100));
    let (_, bytes, fault) = members(&whole[..whole.len() - 9]).remove(0);
    assert!(bytes.starts_with(b"a long text"), "what could be read is judged");
    assert!(matches!(fault, Some(Fault::Damaged(_))));
    let mut wrong = whole;
    let length = wrong.len();
    wrong[length - 6] ^= 1;
    assert!(matches!(members(&wrong)[0].2, Some(Fault::Damaged(_))));
}

#[test]
fn a_bomb_stays_within_the_bounds() {
    let zeros: &'static [u8] = Box::leak(vec![0; 100_000].into_boxed_slice());
    let raw = zip(b"", &[zipped("a", zeros), zipped("b", b"2")]);
    let found = members_within(&raw, &mut Budget::new(1000));
    assert_eq!((found[0].1.len(), found[0].2), (1000, Some(Fault::Large)));
    assert_eq!(found[1], good("b", b"2"));
    let stored = zip(b"", &[Zipped { method: 0, ..zipped("a", &zeros[..1001]) }]);
    let found = members_within(&stored, &mut Budget::new(1000));
    assert_eq!((found[0].1.len(), found[0].2), (1000, Some(Fault::Large)));
    let many: Vec<Zipped> = (0..10).map(|_| zipped("a", &zeros[..900])).collect();
    let found = members_within(&zip(b"", &many), &mut Budget::new(1000));
    assert_eq!(found.iter().map(|(_, bytes, _)| bytes.len()).sum::<usize>(), 4000);
    assert_eq!((found.len(), found[4].2), (5, Some(Fault::Total)), "nothing is said of what comes behind");
    for raw in [gzip(zeros), gzip(&[tar(&[entry(b"a", b"1", b'0')]), zeros.to_vec()].concat()), tar(&[entry(b"a", zeros, b'0')])]
    {
        let found = members_within(&raw, &mut Budget::new(1000));
        let length: usize = found.iter().map(|(_, bytes, _)| bytes.len()).sum();
        assert!(length <= 4000 && found.iter().any(|(.., fault)| fault.is_some()), "{length}");
    }
    let empty: Vec<Vec<u8>> = (0..MEMBERS + 2).map(|_| entry(b"a", b"", b'0')).collect();
    let found = members_within(&tar(&empty), &mut Budget::new(1 << 40));
    assert_eq!((found.len(), found.last().unwrap().2), (MEMBERS as usize + 1, Some(Fault::Count)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_broken_archive_is_read_within_its_bounds(
        which in 0..4_usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let packed = [zipped("a", b"one"), Zipped { flags: 8, ..zipped("b", b"two") }, Zipped { listed: None, ..zipped("c", b"three") }];
        let tar = tar(&[entry(b"a", b"one", b'0'), entry(b"x", b"12 path=b\n\n", b'x'), entry(b"c", b"two", b'S')]);
        let mut raw = match which {
            0 => zip(b"", &packed),
            1 => zip(b"#!/bin/sh", &packed),
            2 => tar,
            _ => gzip(&tar),
        };
        for (at, byte) in edits {
            let at = at.index(raw.len());
            raw[at] = byte;
        }
        if let Some(cut) = cut {
            raw.truncate(cut.index(raw.len()));
        }
        if let Some(kind) = Kind::of(&raw) {
            let mut budget = Budget::new(10_000);
            let mut members = Members::new(kind, &raw);
            let mut length = 0;
            while let Some(member) = members.next(&mut budget) {
                length += member.bytes.len();
            }
            prop_assert!(length <= 40_000);
        }
    }
}
