//! The file that says which environment variables a program needs: `NAME=`, one a line, without values.
//! Promises that what is there stays byte for byte, that new names are added at the end in order, and none twice.
//! Text in, text out.

use std::collections::BTreeSet;

/// Where such a file is looked for at the root of the repository; the first is made where there is none.
pub(super) const FILES: [&str; 4] = [".env.example", ".env.sample", ".env.template", "env.example"];

/// The names that the file has.
pub(super) fn names(text: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(text);
    let lines = text.split(['\n', '\r']).filter_map(|line| {
        let line = line.trim_start_matches('\u{feff}').trim();
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        let name = line.split_once('=')?.0.trim_end();
        (!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')).then(|| name.to_owned())
    });
    lines.collect()
}

/// The file with a line for each of the names that it lacks.
pub(super) fn with_names(text: &[u8], wanted: &BTreeSet<String>) -> Vec<u8> {
    let known = names(text);
    let line_end = if text.windows(2).any(|pair| pair == b"\r\n") { "\r\n" } else { "\n" };
    let mut out = text.to_vec();
    for name in wanted.difference(&known) {
        if !out.is_empty() && !out.ends_with(b"\n") {
            out.extend_from_slice(line_end.as_bytes());
        }
        out.extend_from_slice(format!("{name}={line_end}").as_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, wanted: &[&str]) -> String {
        let wanted = wanted.iter().map(|&name| name.to_owned()).collect();
        String::from_utf8(with_names(text.as_bytes(), &wanted)).unwrap()
    }

    #[test]
    fn names_are_added_once_and_in_order() {
        assert_eq!(with("", &["B", "A"]), "A=\nB=\n");
        assert_eq!(with("Z=1\n# A=\nB = x\n", &["B", "A"]), "Z=1\n# A=\nB = x\nA=\n");
        assert_eq!(with("Z=1", &["A"]), "Z=1\nA=\n");
        assert_eq!(with("Z=1\r\nexport A=", &["A", "B"]), "Z=1\r\nexport A=\r\nB=\r\n");
        assert_eq!(with("Z=1", &[]), "Z=1");
    }

    #[test]
    fn names_are_those_before_the_equals_sign() {
        let found = names("\u{feff}A=1\n# B=\nexport C=\n  D = 'x=y'\ne f=1\n=\n".as_bytes());
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["A", "C", "D"]);
    }
}
