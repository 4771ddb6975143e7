//! Base64 as Python's `binascii.a2b_base64` reads it: characters outside the alphabet are passed over.
//! Promises the same bytes, or the same refusal, as Python 3.11.
//! Nothing else in the crate should be this lenient.

/// Decodes; `None` where Python raises `binascii.Error`.
pub(super) fn decode_lenient(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut digits, mut padding) = (0u32, 0, 0);
    for &byte in text {
        if byte == b'=' {
            padding += 1;
            if digits >= 2 && digits + padding >= 4 {
                return Some(out);
            }
            continue;
        }
        let Some(value) = digit(byte) else { continue };
        padding = 0;
        held = (held << 6 | value) & 0xfff;
        digits = (digits + 1) % 4;
        let whole = match digits {
            2 => held >> 4,
            3 => held >> 2,
            0 => held,
            _ => continue,
        };
        out.push(whole.to_le_bytes()[0]);
    }
    (digits == 0).then_some(out)
}

fn digit(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_binascii_reads_it() {
        #[rustfmt::skip]
        let cases: [(&str, Option<&str>); 10] = [
            ("aGk=", Some("hi")), ("aG k=\n", Some("hi")), ("aGk", None), ("aGk==", Some("hi")), ("aGk=aGk=", Some("hi")),
            ("a", None), ("", Some("")), ("=", Some("")), ("aGkh", Some("hi!")), ("aG=k", None),
        ];
        for (text, expected) in cases {
            assert_eq!(decode_lenient(text.as_bytes()).as_deref(), expected.map(str::as_bytes), "{text}");
        }
    }
}
