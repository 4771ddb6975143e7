//! Base64 in either alphabet, padded or not, on one line or wrapped as MIME does (RFC 4648 §4 and §5, RFC 2045 §6.8).
//! Promises to decode at the alignment at which the keyword was seen.
//! Leaves out runs shorter than 16 characters.

use std::ops::Range;
use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};

use super::Decoded;
use super::run::{Run, Undone};

const MIN: usize = 16;
/// Characters that stand for three bytes.
pub const GROUP: usize = 4;

/// Both alphabets, without padding; stray low bits in the last character are accepted.
static LENIENT: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    specification.translate.from.push_str("-_");
    specification.translate.to.push_str("+/");
    specification.check_trailing_bits = false;
    specification.encoding().ok()
});

pub fn around(text: &[u8], hit: Range<usize>, offset: usize, undone: &mut Undone<GROUP>) -> Option<Decoded> {
    let offset = offset % GROUP;
    if undone.has(hit.start, offset) {
        return None;
    }
    let run = Run::around(text, hit.start, offset, GROUP, is_symbol);
    undone.note(&run, hit.start);
    let mut symbols = run.symbols(text);
    if symbols.len() < MIN {
        return None;
    }
    if symbols.len() % GROUP == 1 {
        symbols.pop();
    }
    let bytes = LENIENT.as_ref()?.decode(&symbols).ok()?;
    let Range { start, mut end } = run.range();
    while text.get(end) == Some(&b'=') {
        end += 1;
    }
    Some(Decoded { range: start..end, bytes, encoding: "base64" })
}

pub fn is_symbol(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text decoded from where `image` stands in it.
    fn decode(text: &str, image: &str, offset: usize) -> Option<String> {
        let at = text.find(image).unwrap();
        around(text.as_bytes(), at..at + image.len(), offset, &mut Undone::default())
            .map(|d| String::from_utf8_lossy(&d.bytes).into_owned())
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
