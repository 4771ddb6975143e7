//! Checksums inside tokens: a right one proves that the token was issued.
//! Formats as documented by the issuers or observed in their tokens; each is named at its function.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD, Specification};

use crate::rule::Checksum;

/// Whether the checksum in `token` is right.
pub fn is_right(kind: Checksum, token: &[u8]) -> bool {
    match kind {
        Checksum::Crc32Base62 => crc32_base62(token),
        Checksum::Crc32Hex => crc32_hex(token),
        Checksum::Crc32LeHex => crc32_le_hex(token),
        Checksum::Jwt => jwt(token),
        Checksum::NkeyCrc16 => nkey_crc16(token),
        Checksum::Macaroon => macaroon(token),
    }
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// GitHub (since April 2021) and npm: behind the prefix `xxx_`, 30 characters and the CRC-32 of them in base62, six digits.
fn crc32_base62(token: &[u8]) -> bool {
    let Some(start) = token.iter().rposition(|&b| b == b'_').map(|at| at + 1) else { return false };
    let Some((body, sum)) = token.get(start..).and_then(|rest| rest.split_at_checked(rest.len().checked_sub(6)?)) else {
        return false;
    };
    let mut value = 0u64;
    for byte in sum {
        let Some(digit) = BASE62.iter().position(|b| b == byte) else { return false };
        value = value * 62 + digit as u64;
    }
    value == u64::from(crc32fast::hash(body))
}

/// Atlassian and Cloudflare: the last eight hex digits are the CRC-32 of all before them.
fn crc32_hex(token: &[u8]) -> bool {
    let Some((body, sum)) = token.len().checked_sub(8).and_then(|at| token.split_at_checked(at)) else { return false };
    parse_hex(sum) == Some(crc32fast::hash(body))
}

/// Grafana service accounts: the eight hex digits behind the last `_` are the CRC-32 of all before it, lowest byte first.
fn crc32_le_hex(token: &[u8]) -> bool {
    let Some(at) = token.iter().rposition(|&b| b == b'_') else { return false };
    let (Some(body), Some(sum)) = (token.get(..at), token.get(at + 1..)) else { return false };
    sum.len() == 8 && parse_hex(sum).map(u32::swap_bytes) == Some(crc32fast::hash(body))
}

/// NATS: the last two bytes behind the base32 are the CRC-16/XMODEM (polynomial 0x1021) of the bytes before them, lowest byte first.
fn nkey_crc16(token: &[u8]) -> bool {
    let Ok(bytes) = BASE32_NOPAD.decode(token) else { return false };
    let Some((body, &[low, high])) = bytes.split_last_chunk::<2>() else { return false };
    let crc = body.iter().fold(0u16, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    });
    crc == u16::from_le_bytes([low, high])
}

fn parse_hex(digits: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(digits).ok()?;
    text.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(text, 16).ok())?
}

/// RFC 7519: header and payload are JSON objects in base64url; the header names its algorithm.
fn jwt(token: &[u8]) -> bool {
    let mut parts = token.split(|&b| b == b'.');
    let (Some(header), Some(payload)) = (parts.next().and_then(json_object), parts.next().and_then(json_object)) else {
        return false;
    };
    header.contains_key("alg") && !payload.is_empty()
}

/// PyPI and other package indexes: behind the prefix `pypi-`, a macaroon of version 2 in base64url. That is the byte 2, the location
/// (field 1) and the identifier (field 2), caveats, the end of the caveats, and a signature (field 6) of 32 bytes. The signature itself
/// cannot be checked without the issuer's key. <https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt>
fn macaroon(token: &[u8]) -> bool {
    let body = token.iter().position(|&b| b == b'-').and_then(|at| token.get(at + 1..));
    let Some(bytes) = body.and_then(base64url) else { return false };
    let Some((packets, signature)) = bytes.len().checked_sub(35).and_then(|at| bytes.split_at_checked(at)) else { return false };
    let [2, 1, length, rest @ ..] = packets else { return false };
    let Some((location, fields)) = rest.split_at_checked(usize::from(*length)) else { return false };
    location.iter().all(u8::is_ascii_graphic)
        && fields.first() == Some(&2)
        && fields.last() == Some(&0)
        && signature.starts_with(&[0, 6, 32])
}

fn json_object(part: &[u8]) -> Option<serde_json::Map<String, serde_json::Value>> {
    let bytes = base64url(part)?;
    serde_json::from_slice(&bytes).ok()
}

/// base64url without padding; stray low bits in the last character are accepted, as most decoders do.
pub fn base64url(part: &[u8]) -> Option<Vec<u8>> {
    if let Ok(bytes) = BASE64URL_NOPAD.decode(part) {
        return Some(bytes);
    }
    let mut lenient = Specification::new();
    lenient.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    lenient.check_trailing_bits = false;
    lenient.encoding().ok()?.decode(part).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thirty zeros have the checksum `2C8GjS` (specification §4.9).
    #[test]
    fn github_checksums_are_base62() {
        let token = format!("gh·p_{}2C8GjS", "0".repeat(30)).replace('·', "");
        assert!(is_right(Checksum::Crc32Base62, token.as_bytes()));
        assert!(!is_right(Checksum::Crc32Base62, token.replace("2C", "2D").as_bytes()));
        assert!(!is_right(Checksum::Crc32Base62, b"short"));
    }

    /// The check value of CRC-16/XMODEM is 0x31c3 for `123456789`.
    #[test]
    fn nkey_checksums_are_xmodem() {
        let mut bytes = b"123456789".to_vec();
        bytes.extend([0xc3, 0x31]);
        assert!(is_right(Checksum::NkeyCrc16, BASE32_NOPAD.encode(&bytes).as_bytes()));
        bytes[0] ^= 1;
        assert!(!is_right(Checksum::NkeyCrc16, BASE32_NOPAD.encode(&bytes).as_bytes()));
    }

    #[test]
    fn macaroons_have_location_identifier_and_signature() {
        let macaroon = [&b"\x02\x01\x08pypi.org\x02\x04four\x00\x00\x06\x20"[..], &[7; 32]].concat();
        let token = |bytes: &[u8]| format!("pypi-{}", BASE64URL_NOPAD.encode(bytes)).into_bytes();
        assert!(is_right(Checksum::Macaroon, &token(&macaroon)));
        assert!(!is_right(Checksum::Macaroon, &token(macaroon.split_last().expect("it is not empty").1)));
        assert!(!is_right(Checksum::Macaroon, b"pypi-AgEIcHlwaS5vcmc"));
    }

    #[test]
    fn hex_checksums_cover_what_stands_before_them() {
        let body = "glsa_0123456789abcdefghijklmnopqrstuv";
        let sum = crc32fast::hash(body.as_bytes());
        assert!(is_right(Checksum::Crc32LeHex, format!("{body}_{:08x}", sum.swap_bytes()).as_bytes()));
        assert!(is_right(Checksum::Crc32Hex, format!("{body}{sum:08X}").as_bytes()));
        assert!(!is_right(Checksum::Crc32Hex, body.as_bytes()));
    }
}
