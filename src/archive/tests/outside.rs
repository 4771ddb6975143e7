//! Nothing of an archive is passed over: what belongs to no member is handed over, or the archive is told as broken.

use super::*;

/// What belongs to no member, in order.
fn outside(raw: &[u8]) -> Vec<u8> {
    let (mut members, mut outside) = (Members::new(Kind::of(raw).unwrap(), raw), Vec::new());
    while members.next(&mut Budget::new(1 << 20)).is_some() {
        outside.extend(members.outside());
    }
    outside.extend(members.outside());
    outside.into_iter().flat_map(|piece| piece.bytes.into_owned()).collect()
}

#[test]
fn what_a_zip_has_besides_its_members_is_handed_over() {
    let mut raw = zip(b"#!/bin/sh\n", &[zipped("a", &[b'x'; 5000]), Zipped { method: 0, ..zipped("b", b"stored") }]);
    let length = raw.len();
    raw[length - 2] = 9;
    raw.extend(b"a comment");
    let directory = memchr::memmem::find(&raw, b"PK\x01\x02").unwrap();
    raw.splice(directory..directory, *b"between");
    let offset_at = raw.len() - b"a comment".len() - 22 + 16;
    let offset = u32::try_from(directory + b"between".len() - b"#!/bin/sh\n".len()).unwrap();
    raw[offset_at..offset_at + 4].copy_from_slice(&offset.to_le_bytes());
    let outside = outside(&raw);
    for part in [&b"between"[..], b"a comment", b"PK\x03\x04", b"PK\x01\x02"] {
        assert!(memchr::memmem::find(&outside, part).is_some(), "{part:?}");
    }
    assert!(memchr::memmem::find(&outside, b"stored").is_none(), "it was judged as what it is");
    assert!(memchr::memmem::find(&outside, b"#!").is_none());
    let data = deflate(&[b'x'; 5000]).len() + b"stored".len();
    assert_eq!(outside.len(), raw.len() - data - b"#!/bin/sh\n".len());
}

#[test]
fn what_stands_behind_compressed_bytes_is_told() {
    let mut raw = zip(b"", &[zipped("a", b"1")]);
    let packed = u32::try_from(deflate(b"1").len()).unwrap();
    let data = memchr::memmem::find(&raw, &deflate(b"1")).unwrap() + packed as usize;
    raw.splice(data..data, *b"hidden");
    let directory = memchr::memmem::find(&raw, b"PK\x01\x02").unwrap();
    for at in [18, directory + 20] {
        raw[at..at + 4].copy_from_slice(&(packed + 6).to_le_bytes());
    }
    assert_eq!(members(&raw)[0].2, Some(Fault::Damaged("other bytes stand behind its compressed ones")));
}

#[test]
fn the_fields_of_a_gzip_header_are_handed_over() {
    let packed = |name: &str| {
        let builder = flate2::GzBuilder::new().filename(name).comment("a comment").extra("extra");
        let mut encoder = builder.write(Vec::new(), Compression::fast());
        encoder.write_all(&tar(&[entry(b"a", b"1", b'0')])).unwrap();
        encoder.finish().unwrap()
    };
    let raw = [packed("one"), packed("two")].concat();
    let outside = outside(&raw);
    assert!(outside.ends_with(b"extra\0one\0a comment\0extra\0two\0a comment\0"), "{}", outside.escape_ascii());
    assert!(outside.starts_with(b"a\0"), "the header of a tar is handed over as well");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Bytes that occur nowhere else are put anywhere: all of them are in a member, outside of them, or before the archive, or the
    /// archive is told as broken.
    #[test]
    fn no_byte_is_passed_over(which in 0..3_usize, at in any::<prop::sample::Index>(), length in 1..9_usize) {
        const MARK: u8 = 0xee;
        let packed = [Zipped { method: 0, ..zipped("a", b"one") }, zipped("bb", b"two"), Zipped { listed: None, ..zipped("c", b"three") }];
        let mut raw = match which {
            0 => zip(b"", &packed),
            1 => zip(b"#!/bin/sh", &packed),
            _ => tar(&[entry(b"a", &[b'1'; 515], b'0'), entry(b"x", b"12 path=b\n\n", b'x'), entry(b"c", b"two", b'S')]),
        };
        let at = at.index(raw.len() - length);
        raw[at..at + length].fill(MARK);
        if let Some(kind) = Kind::of(&raw) {
            let mut members = Members::new(kind, &raw);
            let mut seen = raw[..members.prefix()].to_vec();
            let mut is_told = false;
            while let Some(member) = members.next(&mut Budget::new(1 << 20)) {
                is_told |= member.fault.is_some();
                seen.extend_from_slice(&member.bytes);
                seen.extend(members.outside().into_iter().flat_map(|piece| piece.bytes.into_owned()));
            }
            seen.extend(members.outside().into_iter().flat_map(|piece| piece.bytes.into_owned()));
            prop_assert!(is_told || memchr::memchr_iter(MARK, &seen).count() >= length);
        }
    }
}
