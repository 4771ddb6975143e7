//! The rules of `hooks/secrets/rules`, as `build.rs` wrote them: one static a rule, [`ALL`] of them, and their keyword table.
//! Promises that a rule named in code exists: a missing file is a compile error.
//! Holds no code of its own.

#![expect(clippy::unreadable_literal, reason = "the tables are generated")]

use super::prefilter::{Entry, Keywords, Meaning};
use crate::rule::{Boundary, Checksum, Confidence, HookName, Matcher, Pattern, Row, Rule, Run, Severity};

include!(concat!(env!("OUT_DIR"), "/secrets_rules.rs"));
