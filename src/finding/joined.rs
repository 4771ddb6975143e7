//! The literals that a program joins to a secret: the other halves of `"…" + "…"`, `"…" "…"` and `'…'.concat('…')`.
//! Promises to look at a bounded piece of the line behind the secret, whatever stands there.
//! Does not judge them: half of a secret is hidden because the other half is one.

use std::ops::Range;

/// Bytes behind a secret that are looked at; a line is cut long before.
const WINDOW: usize = 512;

/// The contents of the literals on the line of `secret` that are joined to it.
pub(super) fn literals(text: &[u8], secret: &Range<usize>) -> Vec<Range<usize>> {
    let behind = text.get(secret.end..).unwrap_or_default();
    let line = behind.get(..WINDOW).unwrap_or(behind).split(|&b| b == b'\n').next().unwrap_or_default();
    let before = text.get(secret.start.saturating_sub(WINDOW)..secret.start).unwrap_or_default();
    let before = before.rsplit(|&b| b == b'\n').next().unwrap_or_default();
    let is_closer = |quote: &u8| is_quote(*quote) && memchr::memchr_iter(*quote, before).count() % 2 == 1;
    let closer = line.first().filter(|quote| is_closer(quote));
    let mut at = line.iter().take_while(|b| closer == Some(*b)).count();
    let mut found = Vec::new();
    while let Some(quote) = joint(line, at) {
        let content = quote + 1..closed(line, quote);
        at = content.end + 1;
        found.push(secret.end + content.start..secret.end + content.end);
    }
    found
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// The quote that opens the next literal, if only operators, names and calls join it to what ends at `at`.
fn joint(line: &[u8], mut at: usize) -> Option<usize> {
    let mut is_joined = false;
    loop {
        let rest = line.get(at..)?;
        let word = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let is_prefix = word <= 2 && rest.get(word).is_some_and(|b| is_quote(*b));
        match rest.first()? {
            b if is_quote(*b) => return Some(at),
            b' ' | b'\t' => {}
            b'+' | b'.' | b'&' | b'~' | b'|' | b'\\' => is_joined = true,
            b'(' | b')' if is_joined => {}
            _ if word > 0 && (is_joined || is_prefix) => at += word - 1,
            _ => return None,
        }
        at += 1;
    }
}

/// Where the literal that opens at `quote` ends.
fn closed(line: &[u8], quote: usize) -> usize {
    let mut at = quote + 1;
    while let Some(byte) = line.get(at).filter(|byte| line.get(quote) != Some(*byte)) {
        at += if *byte == b'\\' { 2 } else { 1 };
    }
    at.min(line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The joined literals of a line in which `@@@@` is the secret.
    fn joined(line: &str) -> Vec<&str> {
        let start = line.find("@@@@").unwrap();
        literals(line.as_bytes(), &(start..start + 4)).into_iter().map(|range| &line[range]).collect()
    }

    #[test]
    fn the_other_halves_of_a_literal_are_found() {
        for (line, expected) in [
            ("password = '@@@@' + 'two'", vec!["two"]),
            ("password = \"@@@@\" \"two\" f'three'", vec!["two", "three"]),
            ("password = \"@@@@\" + salt + os.sep() + \"tw\\\"o\"", vec!["tw\\\"o"]),
            ("p = '@@@@'.concat('two')", vec!["two"]),
            ("PASSWORD=@@@@\"two\"", vec!["two"]),
            ("p = \"\"\"@@@@\"\"\" + 'open", vec!["open"]),
            ("h = \"Key: @@@@\" https://other 'x'", vec![]),
            ("p = '@@@@', 'other'", vec![]),
            ("p = '@@@@' if x else 'other'", vec![]),
            ("{'p': '@@@@'} + 'other'", vec![]),
            ("p = '@@@@'\n'other'", vec![]),
            ("p = '@@@@' + 'a\\", vec!["a\\"]),
        ] {
            assert_eq!(joined(line), expected, "{line}");
        }
    }
}
