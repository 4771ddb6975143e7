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
    let mut at = closer(line, before);
    let outer = line.get(at.saturating_sub(1)).copied().filter(|_| at > 0 && line.starts_with(b"\\"));
    let mut found = Vec::new();
    while let Some(quote) = joint(line, at, outer) {
        let content = quote + 1..closed(line, quote);
        at = content.end + 1;
        found.push(secret.end + content.start..secret.end + content.end);
    }
    found
}

/// Bytes of the quotes that close the literal of a secret, if it stands in one: then the quotes of their kind before it are odd.
fn closer(line: &[u8], before: &[u8]) -> usize {
    let escapes = line.iter().take_while(|b| **b == b'\\').count();
    let Some(&quote) = line.get(escapes).filter(|b| is_quote(**b)) else { return 0 };
    let is_escaped = |at: usize| at.checked_sub(1).and_then(|at| before.get(at)) == Some(&b'\\');
    let quotes = memchr::memchr_iter(quote, before);
    let opened = if escapes > 0 { quotes.filter(|at| is_escaped(*at)).count() } else { quotes.count() };
    match (opened % 2 == 1, escapes) {
        (false, _) => 0,
        (true, 0) => line.iter().take_while(|b| **b == quote).count(),
        (true, _) => escapes + 1,
    }
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// The quote that opens the next literal, if only operators, names and calls join it to what ends at `at`; in a string its own
/// quotes, `outer`, are escaped, and one that is not ends the string.
fn joint(line: &[u8], mut at: usize, outer: Option<u8>) -> Option<usize> {
    let mut is_joined = false;
    loop {
        let rest = line.get(at..)?;
        let word = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let is_prefix = word <= 2 && rest.get(word).is_some_and(|b| is_quote(*b));
        match rest.first()? {
            b if is_quote(*b) => return (outer != Some(*b)).then_some(at),
            b'\\' => {
                let escapes = rest.iter().take_while(|b| **b == b'\\').count();
                return rest.get(escapes).is_some_and(|b| is_quote(*b)).then_some(at + escapes);
            }
            b' ' | b'\t' => {}
            b'+' | b'.' | b'&' | b'~' | b'|' => is_joined = true,
            b'(' | b')' if is_joined => {}
            _ if word > 0 && (is_joined || is_prefix) => at += word - 1,
            _ => return None,
        }
        at += 1;
    }
}

/// Where the literal that opens at `quote` ends: one in a string before the next quote of its kind that is escaped as well.
fn closed(line: &[u8], quote: usize) -> usize {
    let is_escaped = |at: usize| at.checked_sub(1).and_then(|at| line.get(at)) == Some(&b'\\');
    let mut at = quote + 1;
    if is_escaped(quote) {
        while at < line.len() && !(line.get(at) == line.get(quote) && is_escaped(at)) {
            at += 1;
        }
        return at;
    }
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
            (r#"PASSWORD=@@@@\"two\""#, vec![r"two\"]),
            (r#"PASSWORD=@@@@\\\"two\\\""#, vec![r"two\\\"]),
            (r#""p = \"@@@@\" + 'two'", "x""#, vec!["two"]),
            (r#"["p = \"@@@@\" + \"two\"", "x"]"#, vec![r"two\"]),
            (r#""connect(\"orders\", password=\"@@@@\")\n","#, vec![]),
            (r#"["token @@@@\n", "other"]"#, vec![]),
        ] {
            assert_eq!(joined(line), expected, "{line}");
        }
    }
}
