//! Any bytes are a rule of a project or faults with file and line; the examples in them are total, too.
#![no_main]

use gatewright::rule::{HookName, example};
use gatewright::ruleset;
use gatewright::secret::rules;
use libfuzzer_sys::fuzz_target;

const FILE: &str = ".gatewright/rules/own-rule.md";

fuzz_target!(|data: &[u8]| {
    // The seeds begin with a byte for those that choose a file name.
    for bytes in [data, data.get(1..).unwrap_or_default()] {
        let files = [(FILE.to_owned(), bytes.to_vec())];
        // Parsed and not leaked: a process does that once, this one does not end.
        match ruleset::parse(rules::ALL, HookName::Secrets, &files) {
            Ok(parsed) => assert_eq!(parsed.len(), 1),
            Err(faults) => {
                assert!(!faults.is_empty() && faults.iter().all(|fault| fault.starts_with(&format!("{FILE}:"))));
                assert!(faults.iter().all(|fault| !fault.contains(char::is_control)));
            }
        }
        for repository in example::repositories(&String::from_utf8_lossy(bytes)) {
            assert!(!repository.files.is_empty() && repository.line() > 0);
            for file in &repository.files {
                assert_eq!(file.text.lines().count(), file.marks.len());
                let _ = file.binary();
            }
        }
    }
});
