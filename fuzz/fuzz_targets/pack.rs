//! Any bytes are a header and a delta or nothing; what a delta makes is as large as it says and no larger than was allowed.
#![no_main]

use gatewright::snapshot;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    const CAP: u64 = 1 << 16;
    if let Some(made) = snapshot::parse_packed(data, CAP) {
        assert!(made as u64 <= CAP);
    }
});
