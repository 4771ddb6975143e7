//! Key containers: binary files whose first bytes say that they hold private keys.
//! Promises to look at the head of the file only.
//! Opens none of them: most are encrypted, and whether the password is good cannot be seen.

use std::ops::Range;

use super::candidate;
use crate::rule::Rule;
use crate::secret::{Candidate, Found, rules};
use crate::source::Source;

/// Bytes of the file that stand for it as its value: two different containers differ here.
const VALUE_MAX: usize = 4096;

/// The rule has no keywords: text holds no container.
pub fn at(_: &Source<'_>, _: &'static Rule, _: Range<usize>, _: &mut Found) {}

/// The container that the file is, as one candidate at its first byte.
pub fn find(source: &Source<'_>) -> Option<Candidate> {
    let kind = kind(source.raw)?;
    let value = source.raw.get(..VALUE_MAX).unwrap_or(source.raw);
    let mut found = candidate(&rules::KEY_CONTAINER, 0..source.text.len().min(4), value, 0);
    found.notes.push(format!("it is a {kind}"));
    Some(found)
}

/// The kind of container, by its first bytes.
fn kind(raw: &[u8]) -> Option<&'static str> {
    // Object identifier 1.2.840.113549.1.1.1, rsaEncryption (RFC 8017).
    const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    // Object identifier 1.2.840.10045.2.1, ecPublicKey (RFC 5480).
    const EC: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    match raw {
        [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 1 | 2, ..] => Some("Java key store"),
        [0xce, 0xce, 0xce, 0xce, 0, 0, 0, 1 | 2, ..] => Some("Java key store (JCEKS)"),
        [0x03, 0xd9, 0xa2, 0x9a, 0x65..=0x67, 0xfb, 0x4b, 0xb5, ..] => Some("KeePass database"),
        [b'k', b'y', b'c', b'h', 0, 1, ..] => Some("macOS keychain"),
        _ => match sequence(raw)? {
            // PFX ::= SEQUENCE { version 3, … } (RFC 7292 §4).
            [0x02, 0x01, 0x03, 0x30, ..] => Some("PKCS#12 file"),
            // PrivateKeyInfo ::= SEQUENCE { version 0 or 1, AlgorithmIdentifier, … } (RFC 5958).
            [0x02, 0x01, 0 | 1, 0x30, _, rest @ ..] if rest.starts_with(RSA) || rest.starts_with(EC) => {
                Some("private key (PKCS#8)")
            }
            // RSAPrivateKey ::= SEQUENCE { version 0, modulus, … } (RFC 8017 §A.1.2).
            [0x02, 0x01, 0, 0x02, 0x81 | 0x82, ..] => Some("private key (PKCS#1)"),
            _ => None,
        },
    }
}

/// What is inside a DER sequence that fills the file.
fn sequence(raw: &[u8]) -> Option<&[u8]> {
    match raw {
        [0x30, 0x80, rest @ ..] => Some(rest),
        [0x30, 0x81, length, rest @ ..] if usize::from(*length) == rest.len() => Some(rest),
        [0x30, 0x82, a, b, rest @ ..] if usize::from(u16::from_be_bytes([*a, *b])) == rest.len() => Some(rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_known_by_their_first_bytes() {
        assert_eq!(kind(&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0]), Some("Java key store"));
        let mut pkcs12 = vec![0x30, 0x82, 0x01, 0x00, 0x02, 0x01, 0x03, 0x30];
        pkcs12.resize(4 + 256, 0);
        assert_eq!(kind(&pkcs12), Some("PKCS#12 file"));
        pkcs12.push(0);
        assert_eq!(kind(&pkcs12), None, "longer than the sequence");
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n"), None);
    }
}
