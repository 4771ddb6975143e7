//! Our Python tokenizer beside CPython's own, on the files of its standard library.

use gatewright::python::token::{Kind, tokens};

use crate::{library, python};

/// Tokens as the script writes them: an f-string is one.
fn ours(text: &[u8]) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    let (mut depth, mut began) = (0, 0);
    for token in tokens(text) {
        let kind = match token.kind {
            Kind::FStringStart => {
                began = if depth == 0 { token.start } else { began };
                depth += 1;
                continue;
            }
            Kind::FStringEnd => {
                depth -= 1;
                if depth == 0 {
                    found.push(("string".to_owned(), began, token.end));
                }
                continue;
            }
            _ if depth > 0 => continue,
            Kind::FStringMiddle => "middle",
            Kind::Name => "name",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::Comment => "comment",
            Kind::Op => "op",
            Kind::Newline => "newline",
            Kind::Error => "error",
        };
        found.push((kind.to_owned(), token.start, token.end));
    }
    found
}

#[test]
fn tokens_are_those_of_cpython() {
    let files = library();
    let names: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    let (mut compared, mut strings, mut comments) = (0, 0, 0);
    for line in python("python_tokens.py", &names.join("\n")).lines() {
        let (path, theirs): (String, Vec<(String, usize, usize)>) = serde_json::from_str(line).unwrap();
        let raw = fs_err::read(&path).unwrap();
        // CPython counts a byte order mark out.
        let mark = if raw.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let ours = ours(&raw[mark..]);
        for (index, pair) in ours.iter().zip(&theirs).enumerate() {
            assert_eq!(pair.0, pair.1, "{path}: token {index} is another one");
        }
        assert_eq!(ours.len(), theirs.len(), "{path}: one of us stops early");
        compared += 1;
        strings += ours.iter().filter(|token| token.0 == "string").count();
        comments += ours.iter().filter(|token| token.0 == "comment").count();
    }
    assert!(compared * 10 >= files.len() * 9 && compared > 100, "only {compared} of {} files were compared", files.len());
    assert!(strings > 10_000 && comments > 5_000, "{strings} strings and {comments} comments are too few to tell");
}
