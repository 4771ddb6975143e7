//! Any text is a configuration or an error with a place.
#![no_main]

use gatewright::config::Config;
use gatewright::secret::rules;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for name in ["gatewright.toml", "pyproject.toml"] {
        if let Err(error) = Config::parse(name, text, rules::ALL) {
            assert!(error.line >= 1 && !error.to_string().is_empty());
        }
    }
});
