//! Strings that stand for bytes: the base64 of pictures, of sounds, of what widgets keep.
//! Promises that what is short, has any other character or stands for text is none: a field that is meant for pictures may hold a token.
//! Decodes no more than the head of one.

use data_encoding::BASE64;

/// Shorter strings are no pictures; tokens may be.
const SHORTEST: usize = 64;
/// So many characters tell what the bytes are.
const HEAD: usize = 48;

/// Whether the inside of a JSON string, as it is written, is base64 of what is no text. Lines may be broken.
pub(super) fn is_blob(string: &[u8]) -> bool {
    let mut head = Vec::with_capacity(HEAD);
    let mut rest = string;
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if head.len() < HEAD => head.push(*byte),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' | b'\n' => {}
            b'\\' if behind.starts_with(b"n") => rest = behind.get(1..).unwrap_or_default(),
            _ => return false,
        }
    }
    string.len() >= SHORTEST && BASE64.decode(&head).is_ok_and(|bytes| !is_text(&bytes))
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_base64_of_bytes_is_passed_over() {
        let picture = BASE64.encode(&[&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[7; 60]].concat());
        for blob in [picture.clone(), format!("{}\\n{}\\n", &picture[..40], &picture[40..])] {
            assert!(is_blob(blob.as_bytes()), "{blob}");
        }
        let text = BASE64.encode("a token and many other words, one after the other".as_bytes());
        for other in ["", "AAAA", &picture[..60], &format!("{picture}_"), &format!("{picture}\\u0041"), &text] {
            assert!(!is_blob(other.as_bytes()), "{other}");
        }
    }
}
