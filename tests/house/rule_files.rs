//! A malformed rule stops the build: the reader of `build.rs`, before files that each have one fault.

#[path = "../../build/rule_file.rs"]
#[allow(dead_code, reason = "the build reads the rest")]
mod rule_file;

use rule_file::RuleFile;

const SOUND: &str = r#"+++
summary    = "forge token"
aliases    = ["forge-pat"]
severity   = "high"
confidence = "high"
cwe        = 798
since      = "0.1.0"
references = ["https://example.org/tokens"]

[match]
keywords = ["forge_"]
pattern  = '''forge_(?<value>[0-9a-f]{8})'''
entropy  = 2.5
checksum = "crc32-hex"
shown    = 6
+++

Who has the token is you.
"#;

const FILE: &str = "hooks/secrets/rules/forge-token.md";

fn faults(name: &str, text: &str) -> Vec<String> {
    RuleFile::parse(name, text).err().unwrap_or_default()
}

/// What stands in the sound file, what in its place, and the line and text of the fault.
const MALFORMED: [(&str, &str, u32, &str); 26] = [
    ("+++", "++", 1, "the front matter is missing: TOML between two lines of `+++`"),
    (r#""forge token""#, r#""forge token.""#, 2, "one phrase without a full stop"),
    (r#""forge token""#, r#""forge\ntoken""#, 2, "one phrase without a full stop"),
    ("summary  ", "sumary", 2, "unknown field `sumary`"),
    (r#""high""#, r#""hgih""#, 4, "`hgih` is not one of low, medium, high, critical"),
    (r#"confidence = "high""#, r#"confidence = "critical""#, 5, "`critical` is not one of low, medium, high"),
    ("798", r#""798""#, 6, "invalid type"),
    (r#""0.1.0""#, r#""""#, 7, "`` is no version"),
    ("since ", "#", 2, "missing field `since`"),
    (r#"["https://example.org/tokens"]"#, "[]", 8, "a rule needs a reference"),
    ("https://example.org/tokens", "the manual", 8, "a rule needs a reference"),
    ("[match]", "[match", 10, "unclosed table"),
    ("[match]", "since = '0.1.0'\n[match]", 10, "duplicate key"),
    (r#"["forge_"]"#, r#"["fo"]"#, 11, "the keyword `fo` needs 3 to 60 ASCII characters"),
    (r#"["forge_"]"#, "[]", 12, "a pattern needs keywords"),
    ("{8}", "{8", 12, "repetition"),
    ("?<value>", "?<vale>", 12, "the group `vale` means nothing"),
    ("shown    = 6", "shown = 15", 12, "no match has 15 characters"),
    ("2.5", "9.0", 13, "0 to 8 bits"),
    ("2.5", "nan", 13, "0 to 8 bits"),
    ("crc32-hex", "crc33", 14, "unknown checksum `crc33`"),
    ("shown    = 6", "boundary = 'line'", 15, "unknown boundary `line`"),
    ("shown    = 6", "encoded = ['forge_']", 15, "in encoded form anyway"),
    ("shown    = 6", "engine = 'rust'", 10, "give one of `pattern`"),
    ("pattern  = ", "engine = 'rust' #", 13, "code does not read `entropy`"),
    ("Who has the token is you.", "", 1, "the manual is missing"),
];

#[test]
fn that_are_malformed_are_named_with_file_and_line() {
    assert_eq!(faults(FILE, SOUND), [""; 0]);
    for (part, by, line, what) in MALFORMED {
        let text = SOUND.replacen(part, by, 1);
        assert_ne!(text, SOUND, "{part}");
        let faults = faults(FILE, &text);
        let first = faults.first().expect(by);
        assert!(first.starts_with(&format!("{FILE}:{line}: ")) && first.contains(what), "{by}: {faults:?}");
    }
}

#[test]
fn are_called_by_their_id() {
    for name in
        ["hooks/secrets/rules/Forge_Token.md", "hooks/secrets/rules/forge--token.md", "hooks/secrets/rules/forge-token.txt"]
    {
        assert!(faults(name, SOUND).concat().starts_with(&format!("{name}:1: a rule is named by its file")), "{name}");
    }
}
