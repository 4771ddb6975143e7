//! Says that a test was left out.

use std::io::{self, Write as _};

/// Writes to standard error itself: the harness keeps what the print macros of a passing test write to itself.
pub(crate) fn left_out(why: &str) {
    let _ = writeln!(io::stderr(), "LEFT OUT: {why}");
}
