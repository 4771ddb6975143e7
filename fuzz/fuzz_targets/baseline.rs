//! The readers of both baselines never panic, and what they accept survives writing and reading.
#![no_main]

use gatewright::settle::baseline::{companion, detect_secrets};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok((baseline, _)) = detect_secrets::read(data) {
        let written = baseline.write();
        let (again, _) = detect_secrets::read(written.as_bytes()).expect("what we write, we read");
        assert_eq!(again.write(), written, "writing is a fixpoint");
    }
    if let Ok((companion, _)) = companion::read(data) {
        let written = companion.write();
        let (again, _) = companion::read(written.as_bytes()).expect("what we write, we read");
        assert_eq!(again.write(), written, "writing is a fixpoint");
    }
});
