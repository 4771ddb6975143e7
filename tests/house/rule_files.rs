//! A malformed rule stops the build, or the run: the reader of both, before files that each have one fault.

use gatewright::hook::Hook as _;
use gatewright::hook::secrets::Secrets;
use gatewright::rule::{HookName, RuleFile};
use gatewright::ruleset::Ruleset;

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
    match RuleFile::parse(name, text, HookName::Secrets) {
        Ok(rule) => rule.faults_of_ours(text),
        Err(faults) => faults,
    }
}

/// What stands in the sound file, what in its place, and the line and text of the fault.
const MALFORMED: [(&str, &str, u32, &str); 26] = [
    ("+++", "++", 1, "the front matter is missing: TOML between two lines of `+++`"),
    (r#""forge token""#, r#""forge token.""#, 2, "one phrase without a full stop"),
    (r#""forge token""#, r#""forge\ntoken""#, 2, "one phrase without a full stop"),
    ("summary  ", "sumary", 2, "unknown field `sumary`"),
    (r#""high""#, r#""hgih""#, 4, "`hgih` is not one of low, medium, high, critical"),
    (r#"confidence = "high""#, r#"confidence = "critical""#, 5, "`critical` is not one of low, medium, high"),
    ("798", r#""798""#, 6, "a value of the wrong kind: expected u16"),
    (r#""0.1.0""#, r#""""#, 7, "`` is no version"),
    ("since ", "#", 1, "which version first has it"),
    (r#"["https://example.org/tokens"]"#, "[]", 8, "a rule needs a reference"),
    ("https://example.org/tokens", "the manual", 8, "a reference is the https address"),
    ("[match]", "[match", 10, "unclosed table"),
    ("[match]", "since = '0.1.0'\n[match]", 10, "duplicate key"),
    (r#"["forge_"]"#, r#"["fo"]"#, 11, "the keyword `fo` needs 3 to 60 ASCII characters"),
    (r#"["forge_"]"#, "[]", 12, "a pattern needs keywords"),
    ("{8}", "{8", 12, "repetition"),
    ("?<value>", "?<vale>", 12, "the group `vale` means nothing"),
    ("shown    = 6", "shown = 15", 12, "no match has 15 characters"),
    ("2.5", "9.0", 13, "0 to 8 bits"),
    ("2.5", "nan", 13, "0 to 8 bits"),
    ("crc32-hex", "crc33", 14, "`crc33` is not one of crc32-base62"),
    ("shown    = 6", "boundary = 'line'", 15, "`line` is not one of word, none"),
    ("shown    = 6", "encoded = ['forge_']", 15, "a rule with `pattern` does not read `encoded`"),
    ("shown    = 6", "engine = 'rust'", 10, "give one of `pattern`"),
    ("pattern  = ", "engine = 'rust' #", 13, "a rule with `engine` does not read `entropy`"),
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

const OWN: &str = ".gatewright/rules/forge-token.md";

fn own_faults(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    Ruleset::with(Secrets::RULES, Secrets::NAME, &files).err().unwrap_or_default()
}

/// The same, for what only a project's rules are asked.
const TABLE: &str = "keywords = [\"forge_\"]\npattern  = '''forge_(?<value>[0-9a-f]{8})'''\nentropy  = 2.5\nchecksum = \"crc32-hex\"\nshown    = 6";
const REST: &str = "pattern  = '''forge_(?<value>[0-9a-f]{8})'''\nentropy  = 2.5\nchecksum = \"crc32-hex\"\nshown    = 6";
const REFUSED: [(&str, &str, u32, &str); 17] = [
    (r#""forge-pat""#, r#""GitHub-Token""#, 1, "the name `GitHub-Token` belongs to the rule `github-token` already"),
    (REST, "engine = 'rust'", 12, "a project's rule has no code of ours"),
    ("summary ", "hook = 'pins'\nsummary ", 2, "`pins` is not one of secrets"),
    ("{8}", "{8}[0-9a-z]{9000}[0-9]{9000}", 12, "compiled, the pattern takes more than"),
    ("{8}", "{8", 12, "unclosed counted repetition, at character"),
    ("0-9a-f", r"\pL", 12, "Unicode"),
    (TABLE, "file-name = ['a[']", 11, "malformed glob"),
    ("pattern  = ", "file-name = ['a'] #", 11, "a rule with `file-name` does not read `keywords`"),
    ("keywords = [\"forge_\"]\npattern  = ", "import = ['a..b'] #", 11, "`a..b` is no dotted name of Python"),
    ("keywords = [\"forge_\"]\npattern  = ", "call = ['a.b']\nwithout = ['c.d'] #", 12, "`c.d` is no name of a keyword argument"),
    ("pattern  = ", "call = ['a']\npattern  = ", 10, "give one of `pattern`, `value`, `file-name`, `import`, `call`, `engine`"),
    ("checksum = \"crc32-hex\"\n", "without = ['a']\n", 14, "a rule with `pattern` does not read `without`"),
    ("pattern  = '''forge_(?<value>[0-9a-f]{8})'''", "value = '(ab|cd|ef|gh){200}'", 12, "more than 16 ways"),
    ("pattern  = '''forge_(?<value>[0-9a-f]{8})'''", "value = '(ab){4000000000}'", 12, "repeated too often"),
    ("pattern  = '''forge_(?<value>[0-9a-f]{8})'''", "value = '[a]{60000}[a]{60000}'", 12, "too long"),
    ("pattern  = '''forge_(?<value>[0-9a-f]{8})'''", "value = '((((a{9}b){9}c){9}d){9}e){9}'", 12, "more than 256 parts"),
    (r#""forge-pat""#, r#""\u001b[2J""#, 3, "an alias is a name"),
];

#[test]
fn of_a_project_are_held_to_the_same_and_more() {
    assert_eq!(own_faults(&[(OWN, SOUND)]), [""; 0]);
    let lean = SOUND.replace("since      = \"0.1.0\"\nreferences = [\"https://example.org/tokens\"]\n", "");
    assert_eq!(own_faults(&[(OWN, &lean.replace('\n', "\r\n"))]), [""; 0], "what only ours need may be left out");
    for (part, by, line, what) in REFUSED {
        let text = SOUND.replacen(part, by, 1);
        assert_ne!(text, SOUND, "{part}");
        let faults = own_faults(&[(OWN, &text)]);
        let is_it = |fault: &String| fault.starts_with(&format!("{OWN}:{line}: ")) && fault.contains(what);
        assert!(faults.iter().any(is_it), "{by}: {faults:?}");
        assert!(!faults.concat().contains(char::is_control), "{faults:?}");
    }
}

#[test]
fn faults_do_not_repeat_what_may_be_a_value() {
    let value = "Tr0ub4dor·-horse-battery-77-staple".repeat(3);
    for (part, by) in [
        ("798", format!("\"{value}\"")),
        (r#""high""#, format!("\"{value}\"")),
        (r#""0.1.0""#, format!("\"{value}\"")),
        (r#"["forge_"]"#, format!("[\"{value}\"]")),
        ("?<value>", format!("?<{}>", value.replace(['·', '-'], "_"))),
        ("{8}", format!("{{8}}({value}")),
    ] {
        let faults = own_faults(&[(OWN, &SOUND.replacen(part, &by, 1))]).concat();
        assert!(faults.starts_with(OWN) && !faults.contains("horse"), "{faults}");
    }
}

#[test]
fn of_a_project_are_told_all_at_once() {
    let other = ".gatewright/rules/other.md";
    let broken = SOUND.replace("\"high\"", "\"hgih\"");
    let faults = own_faults(&[(OWN, &broken), (other, &broken)]);
    assert_eq!(faults.len(), 4, "{faults:?}");
    let faults = own_faults(&[(OWN, SOUND), (other, SOUND)]);
    assert_eq!(
        faults,
        [format!("{other}:1: the name `forge-pat` belongs to the rule `forge-token` already: give it another one")]
    );
    assert!(own_faults(&[(".gatewright/rules/a/b.md", SOUND)]).concat().contains("right in .gatewright/rules"));
}

#[test]
fn a_group_of_a_row_is_as_long_as_its_repetitions_together() {
    let row = SOUND
        .replace("pattern  = '''forge_(?<value>[0-9a-f]{8})'''", "value = '([0-9a-f]{4}){3}'")
        .replace("checksum = \"crc32-hex\"\n", "");
    let files = [(OWN.to_owned(), row.into_bytes())];
    let set = Ruleset::with(Secrets::RULES, Secrets::NAME, &files).unwrap();
    let gatewright::rule::Matcher::Row(row) = &set.own[0].matcher else { panic!("a row") };
    assert_eq!(row.shapes.iter().map(|shape| shape.iter().map(|run| run.least).sum::<u16>()).collect::<Vec<_>>(), [12]);
}
