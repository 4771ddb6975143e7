//! The text of a baseline file: encoding, line ends, merge markers.
//! Promises that a byte order mark or UTF-16 is understood and mentioned, and that a half-merged file is called by its name.
//! Knows no format.

use super::json::Invalid;
use crate::source::{Origin, RepoPath, Source};

/// The file as UTF-8, with what its reader should be told.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, Vec<String>), Invalid> {
    let path = RepoPath::new("");
    let text = Source::new(&path, bytes, Origin::Repository).text.into_owned();
    let mut notes = Vec::new();
    if text.len() != bytes.len() {
        let found = if bytes.starts_with(b"\xef\xbb\xbf") { "a byte order mark" } else { "UTF-16" };
        notes.push(format!("{found} was found; detect-secrets cannot read that, an update writes plain UTF-8"));
    }
    String::from_utf8(text).map(|text| (text, notes)).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        Invalid::new(line_after(before), "not UTF-8")
    })
}

/// The error `found`, or the merge marker that explains it.
pub(super) fn name_merge_marker(text: &str, found: Invalid) -> Invalid {
    let is_marker = |line: &str| {
        ["<<<<<<<", "|||||||", ">>>>>>>"].iter().any(|marker| line.starts_with(marker)) || line.trim_end() == "======="
    };
    match text.lines().position(is_marker) {
        Some(index) => Invalid::new(
            u32::try_from(index + 1).unwrap_or(u32::MAX),
            "a merge conflict is not resolved; `gatewright-secrets baseline merge BASE OURS THEIRS` resolves it from the three versions",
        ),
        None => found,
    }
}

/// Whether the first line ends with `\r\n`.
pub(super) fn ends_lines_with_crlf(text: &str) -> bool {
    text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r'))
}

/// `\r\n` for every `\n`.
pub(super) fn with_crlf(text: &str) -> String {
    text.replace('\n', "\r\n")
}

fn line_after(before: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX)
}
