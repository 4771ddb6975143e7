//! Base64 in either alphabet, padded or not, on one line or wrapped as MIME does (RFC 4648 §4 and §5, RFC 2045 §6.8).
//! Promises to decode at the alignment at which the keyword was seen.
//! Leaves out runs shorter than 16 characters.

use std::ops::Range;
use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};

use super::{BEFORE, BEHIND, Decoded, resume};

const MIN: usize = 16;
/// A line at least this long may go on in the next one; MIME wraps at 76, PEM at 64.
const WRAPPED: usize = 60;

/// Both alphabets, without padding; stray low bits in the last character are accepted.
static LENIENT: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    specification.translate.from.push_str("-_");
    specification.translate.to.push_str("+/");
    specification.check_trailing_bits = false;
    specification.encoding().ok()
});

pub fn around(text: &[u8], hit: Range<usize>, offset: usize, until: &mut usize) -> Option<Decoded> {
    if hit.start < *until {
        return None;
    }
    let mut symbols = Vec::new();
    let start = back(text, hit.start, offset, &mut symbols);
    symbols.reverse();
    let mut end = ahead(text, hit.start, &mut symbols);
    while text.get(end) == Some(&b'=') {
        end += 1;
    }
    let range = start..end;
    *until = resume(&range, hit.start);
    if symbols.len() < MIN {
        return None;
    }
    if symbols.len() % 4 == 1 {
        symbols.pop();
    }
    let bytes = LENIENT.as_ref()?.decode(&symbols).ok()?;
    Some(Decoded { range, bytes, encoding: "base64" })
}

/// Collects the symbols before `hit`, last first, and drops those that would break the alignment; returns where they start.
fn back(text: &[u8], hit: usize, offset: usize, symbols: &mut Vec<u8>) -> usize {
    let mut at = hit;
    let mut starts = Vec::new();
    while symbols.len() < BEFORE && hit - at < 2 * BEFORE {
        let before = text.get(..at).unwrap_or_default();
        match before.last() {
            Some(&byte) if is_symbol(byte) && !ends_with_escape(before) => {
                at -= 1;
                symbols.push(byte);
                starts.push(at);
            }
            Some(_) => match before_wrap(before) {
                Some(line_end) => at = line_end,
                None => break,
            },
            None => break,
        }
    }
    let aligned = if symbols.len() >= offset { symbols.len() - (symbols.len() - offset) % 4 } else { 0 };
    symbols.truncate(aligned);
    starts.get(aligned.wrapping_sub(1)).copied().unwrap_or(hit)
}

/// Collects the symbols from `hit` on; returns where they end.
fn ahead(text: &[u8], hit: usize, symbols: &mut Vec<u8>) -> usize {
    let mut at = hit;
    let limit = text.len().min(hit + BEHIND);
    loop {
        let line = text.get(at..limit).unwrap_or_default();
        let length = line.iter().position(|&byte| !is_symbol(byte)).unwrap_or(line.len());
        symbols.extend(line.iter().take(length));
        at += length;
        let line_start =
            at - text.get(..at).unwrap_or_default().iter().rev().take(WRAPPED).take_while(|&&b| is_symbol(b)).count();
        match text.get(at..limit).and_then(wrap) {
            Some(width) if at - line_start >= WRAPPED && text.get(at + width).is_some_and(|&b| is_symbol(b)) => at += width,
            _ => return at,
        }
    }
}

/// Whether the last letter belongs to an escape: `\\n`, `\\r`, `\\t`.
fn ends_with_escape(before: &[u8]) -> bool {
    matches!(before, [.., b'\\', b'n' | b'r' | b't'])
}

fn is_symbol(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Length of a line end with the next line's indentation, real or escaped (`\n`, `\r\n`).
fn wrap(rest: &[u8]) -> Option<usize> {
    let mut left = rest.strip_prefix(b"\\r").or_else(|| rest.strip_prefix(b"\r")).unwrap_or(rest);
    left = left.strip_prefix(b"\\n").or_else(|| left.strip_prefix(b"\n"))?;
    let indent = left.iter().take(BEFORE).take_while(|&&b| b == b' ' || b == b'\t').count();
    Some(rest.len() - left.len() + indent)
}

/// If `before` ends with such a line end behind a full line of symbols: where that line ends.
fn before_wrap(before: &[u8]) -> Option<usize> {
    let indent = before.iter().rev().take(BEFORE).take_while(|&&b| b == b' ' || b == b'\t').count();
    let mut line = before.get(..before.len() - indent)?;
    line = line.strip_suffix(b"\\n").or_else(|| line.strip_suffix(b"\n"))?;
    line = line.strip_suffix(b"\\r").or_else(|| line.strip_suffix(b"\r")).unwrap_or(line);
    let symbols = line.iter().rev().take(WRAPPED).take_while(|&&b| is_symbol(b)).count();
    (symbols >= WRAPPED).then_some(line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text decoded from where `image` stands in it.
    fn decode(text: &str, image: &str, offset: usize) -> Option<String> {
        let at = text.find(image).unwrap();
        around(text.as_bytes(), at..at + image.len(), offset, &mut 0).map(|d| String::from_utf8_lossy(&d.bytes).into_owned())
    }

    #[test]
    fn either_alphabet_with_or_without_padding() {
        assert_eq!(decode("Pz4/PiB0aGUgcXVpY2sgYnJvd24gZm94", "B0aG", 2).unwrap(), "?>?> the quick brown fox");
        assert_eq!(decode("Pz4_PiB0aGUgcXVpY2sgYnJvd24gZm94", "B0aG", 2).unwrap(), "?>?> the quick brown fox");
        assert_eq!(decode("x = 'dGhlIHF1aWNrIGJyb3duIGZveA=='", "dGhl", 0).unwrap(), "the quick brown fox");
        assert_eq!(decode("x = 'dGhlIHF1aWNrIGJyb3duIGZveA'", "F1aWN", 2).unwrap(), "the quick brown fox");
    }

    #[test]
    fn lines_of_sixty_go_on() {
        let body = "Lorem ipsum dolor sit amet, consectetur adipisici elit, sed eiusmod tempor incidunt ut labore";
        let symbols = data_encoding::BASE64.encode(body.as_bytes());
        let (first, second) = symbols.split_at(64);
        for wrap in ["\n", "\r\n    ", "\\n"] {
            let wrapped = format!("{first}{wrap}{second}");
            assert_eq!(decode(&wrapped, first, 0).unwrap(), body);
            assert_eq!(decode(&wrapped, second, 0).unwrap(), body);
        }
        let short = format!("{}\n{}", &symbols[..40], &symbols[40..]);
        assert_eq!(decode(&short, &symbols[40..60], 0).unwrap(), body[30..]);
    }
}
