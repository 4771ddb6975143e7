//! Content that is no clean text.

use std::io::Write as _;

use crate::{Repository, judged, refused, token, with_secret};

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
}

fn utf32(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    text.chars().flat_map(|c| bytes(u32::from(c))).collect()
}

#[test]
fn in_broken_encodings_is_judged() {
    let repository = Repository::new();
    let text = format!("x = '{}'\n", token(1));
    repository.stage("latin1.py", [b"# gr\xf6\xdfe \xff\xfe\n", text.as_bytes()].concat());
    repository.stage("little.py", utf16(&text, u16::to_le_bytes));
    repository.stage("big.py", utf16(&text, u16::to_be_bytes));
    repository.stage("odd.py", [utf16(&text, u16::to_le_bytes), vec![b'x']].concat());
    repository.stage("lone.py", [utf16(&text, u16::to_le_bytes), vec![0x00, 0xd8]].concat());
    repository.stage("wide.py", utf32(&format!("\u{feff}{text}"), u32::to_le_bytes));
    repository.stage("bare.py", utf32(&text, u32::to_be_bytes));
    let bare = |bytes: fn(u16) -> [u8; 2]| utf16(&text, bytes).split_off(2);
    repository.stage("appended.env", [b"# s\nA=1\n".to_vec(), bare(u16::to_le_bytes)].concat());
    repository.stage("appended.txt", [b"# s\nA=1\n".to_vec(), bare(u16::to_be_bytes)].concat());
    repository.stage("far.txt", ["# gr\u{fc}n\n".repeat(5000).into_bytes(), bare(u16::to_le_bytes)].concat());
    let filler = "# gr\u{fc}n\n".repeat(5000).into_bytes();
    repository.stage("middle.txt", [&filler, &bare(u16::to_le_bytes)[..], b"\n", &filler].concat());
    repository.stage("middle.sh", [&filler, &bare(u16::to_be_bytes)[..], b"\n", &filler, &[0; 9000], &filler].concat());
    repository.stage("border.txt", [&[b'#'; 7988], &b"\n"[..], &bare(u16::to_le_bytes), b"\n", &filler].concat());
    repository.stage("behind.txt", [utf16("# settings\r\n", u16::to_le_bytes), text.clone().into_bytes()].concat());
    repository.stage("surrogate.py", [vec![0x00, 0xd8], bare(u16::to_le_bytes)].concat());
    repository.stage("turned.py", [vec![0xff, 0xfe], bare(u16::to_be_bytes)].concat());
    repository.stage("binary.bin", [b"\0\x01\x02", text.as_bytes()].concat());
    let said = judged(&repository, &["--all-files"]).ended(1);
    let said = said.with(&[
        "latin1.py:2:6: ",
        "little.py:1:6: ",
        "big.py:1:6: ",
        "odd.py:1:6: ",
        "lone.py:1:6: ",
        "wide.py:1:6: ",
        "bare.py:1:6: ",
        "appended.env:3:6: ",
        "appended.txt:3:6: ",
        "far.txt:5001:6: ",
        "middle.txt:5001:6: ",
        "middle.sh:5001:6: ",
        "border.txt:2:6: ",
        "behind.txt:2:6: ",
        "surrogate.py:1:8: ",
        "turned.py:1:6: ",
        "binary.bin:1:9: ",
    ]);
    // Bytes are not shown.
    said.without("\\u{1}");
}

#[test]
fn in_one_huge_line_is_judged_and_shown_in_part() {
    let repository = Repository::new();
    repository.stage("huge.min.js", format!("{} '{}' {}", "a ".repeat(2_000_000), token(1), "b ".repeat(2_000_000)));
    let said = judged(&repository, &["huge.min.js"]).ended(1).with(&["huge.min.js:1:4000003: github-token"]);
    assert!(said.out.len() < 2000, "{} bytes", said.out.len());
}

#[test]
fn above_the_limit_is_told_unless_accepted() {
    let repository = with_secret();
    repository.stage("large.bin", vec![b'x'; 4096]);
    repository.stage("gatewright.toml", "max-file-size = 1000\n");
    refused(&repository, &["--staged"], &["error: large.bin: 4096 bytes, more than the limit of 1000", "a.py:1:10: "]);
    repository.stage("gatewright.toml", "max-file-size = 1000\n[[accept-unread]]\npath = \"large.bin\"\n");
    judged(&repository, &["--staged"])
        .ended(1)
        .with(&["a.py:1:10: ", "skipped: large.bin: could not be judged, which `accept-unread` accepts\n"]);
}

/// Whole, in part, not even there: whatever has a path and is named with a reason is skipped with that reason.
#[test]
fn of_every_kind_is_accepted_by_path_and_else_told_with_a_remedy() {
    let repository = Repository::new();
    let deep = (0..4).fold(token(1), |text, _| data_encoding::BASE64.encode(text.as_bytes()));
    repository.stage("deep.py", format!("x = '{deep}'\n"));
    repository.stage("large.txt", "x\n".repeat(1000));
    repository.stage("damaged.zip", b"PK\x03\x04 and no more");
    let names = ["deep.py", "large.txt", "damaged.zip", "none.py"];
    let remedies = ["raise `decode-depth`", "raise `max-file-size`", "pack it anew", "check its name"];
    repository.stage("gatewright.toml", "max-file-size = 1000\n");
    let said =
        judged(&repository, &names).ended(2).with(&names.map(|name| format!("error: {name}: ")).each_ref().map(String::as_str));
    said.with(&remedies.map(|remedy| format!("  = help: {remedy}")).each_ref().map(String::as_str));
    for format in ["json", "jsonl", "sarif", "github", "gitlab", "junit"] {
        judged(&repository, &[&names[..], &["--format", format]].concat()).ended(2).with(&remedies).with(&["accept-unread"]);
    }
    let accepted = names.map(|name| format!("[[accept-unread]]\npath = '{name}'\nreason = 'known'\n")).concat();
    repository.stage("gatewright.toml", format!("max-file-size = 1000\n{accepted}"));
    let skipped = names.map(|name| format!("skipped: {name}: could not be judged, which `accept-unread` accepts: known"));
    judged(&repository, &names).ended(0).with(&skipped.each_ref().map(String::as_str));
}

/// A small archive may hold millions of comments.
#[test]
fn comments_without_effect_in_an_archive_are_told_to_a_bound() {
    let repository = Repository::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all("x = 1  # pragma: allowlist secret\n".repeat(150).as_bytes()).unwrap();
    repository.stage("a.py.gz", packed.finish().unwrap());
    let said = judged(&repository, &["--all-files"]).ended(0);
    let said = said
        .with(&["in `a.py`, line 100: ", "a.py.gz:1: warning: 50 more comments in its members forgive nothing or are refused"]);
    said.without("line 101");
}
