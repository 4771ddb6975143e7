//! How a keyword looks when it is encoded: in base64 at each of three alignments, in hexadecimal; and the escapes that may hide one.
//! Promises that a text which encodes the keyword contains one of its images.
//! Decodes nothing; see `src/secret/decode`.

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What stands in a text for a keyword that is encoded there.
#[derive(Clone, Debug)]
pub struct Image {
    pub spelling: Vec<u8>,
    pub encoding: Encoding,
}

/// How the text around it is decoded.
#[derive(Clone, Copy, Debug)]
pub enum Encoding {
    /// The offset of the image from the start of its group of four characters. Case counts.
    Base64(usize),
    /// Digits in either case.
    Hex,
}

/// The images of a keyword.
pub fn of(keyword: &[u8]) -> Vec<Image> {
    let base64 = base64(keyword).into_iter().map(|(spelling, offset)| Image { spelling, encoding: Encoding::Base64(offset) });
    base64.chain([Image { spelling: hex(keyword), encoding: Encoding::Hex }]).collect()
}

/// The characters that do not depend on what stands around the keyword, for each place it can have in a group of three bytes, with the
/// offset of the first of them in its group of four characters. Both alphabets (RFC 4648 §4 and §5).
fn base64(keyword: &[u8]) -> Vec<(Vec<u8>, usize)> {
    let mut images = Vec::new();
    for place in 0..3 {
        let mut padded = vec![0; place];
        padded.extend_from_slice(keyword);
        let sextet = |index: usize| {
            let bit = index * 6;
            let pair = u16::from(padded[bit / 8]) << 8 | u16::from(padded.get(bit / 8 + 1).copied().unwrap_or(0));
            BASE64[usize::from(pair >> (10 - bit % 8) & 63)]
        };
        let first = (place * 8).div_ceil(6);
        let end = padded.len() * 8 / 6;
        let image: Vec<u8> = (first..end).map(sextet).collect();
        if image.len() < 3 {
            continue;
        }
        let url_safe: Vec<u8> = image
            .iter()
            .map(|&c| {
                if c == b'+' {
                    b'-'
                } else if c == b'/' {
                    b'_'
                } else {
                    c
                }
            })
            .collect();
        if url_safe != image {
            images.push((url_safe, first));
        }
        images.push((image, first));
    }
    images
}

/// Lower-case digits; the scan folds case.
fn hex(keyword: &[u8]) -> Vec<u8> {
    keyword.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}

/// The escapes of letters, digits and punctuation.
pub fn escapes() -> impl Iterator<Item = Vec<u8>> {
    let forms =
        |c: u8| [format!("%{c:02x}"), format!("\\x{c:02x}"), format!("\\u00{c:02x}"), format!("&#{c};"), format!("&#x{c:02x};")];
    (b'!'..=b'~').flat_map(forms).map(String::into_bytes)
}
