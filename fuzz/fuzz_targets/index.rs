//! Any bytes are an index or a fault, with ids of either length; no count in them reserves memory that they do not fill.
#![no_main]

use gatewright::snapshot;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for hash_len in [20, 32] {
        if let Ok(entries) = snapshot::parse_index(data, hash_len) {
            assert!(entries <= data.len());
        }
    }
});
