//! Archives are read within their bounds, whatever they are; so is what they hold.
#![no_main]

use gatewright::archive::{Budget, Kind, Members};
use gatewright::secret::Detector;
use gatewright::source::{Origin, RepoPath, Source};
use libfuzzer_sys::fuzz_target;

const MEMBER: u64 = 1 << 16;

fuzz_target!(|raw: &[u8]| {
    let Some(kind) = Kind::of(raw) else { return };
    let mut budget = Budget::new(MEMBER);
    let mut members = Members::new(kind, raw);
    assert!(members.prefix() <= raw.len());
    let (mut length, mut last) = (0, None);
    while let Some(member) = members.next(&mut budget) {
        length += member.bytes.len() as u64;
        last = member.fault.or(last);
        assert!(members.outside().iter().all(|piece| !piece.bytes.is_empty()));
    }
    assert!(length <= 4 * MEMBER);
    let detector = Detector::default().with_archives(2, MEMBER);
    let path = RepoPath::new("a.bin");
    let detection = detector.detect(&Source::new(&path, raw, Origin::Repository));
    // What could not be read is never passed over in silence.
    assert!(last.is_none() || !detection.limits.is_empty());
});
