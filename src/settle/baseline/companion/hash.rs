//! Keyed hashes: what may be stored of a value.
//! Promises that equal values in different files or repositories have unrelated hashes. Does not stop a dictionary attack on a weak
//! value by someone who has the file: the salt stands in it.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::finding::{Finding, Subject};

/// The key of the hashes of one file: 16 random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Salt([u8; 16]);

impl Salt {
    /// `bytes` come from the system's random source.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Reads the 22 characters of base64url.
    pub fn parse(text: &str) -> Option<Self> {
        BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }

    pub fn encode(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }
}

/// 22 characters that stand for this value of this rule in this file. Without a salt the hash must not depend on the value, lest weak
/// ones be guessed from it: then the context stands in.
pub fn fingerprint(salt: Option<&Salt>, finding: &Finding, path: &[u8]) -> String {
    let key = salt.map_or(&[][..], |salt| &salt.0[..]);
    let with_subject = |subject: &[u8]| mac(key, &[finding.rule.id.as_bytes(), path, subject]);
    let full = match (&finding.subject, salt) {
        (Subject::Secret(value), Some(_)) => value.with(with_subject),
        (Subject::Secret(_), None) => with_subject(context(finding).as_bytes()),
        (Subject::Plain(text), _) => with_subject(text.as_bytes()),
    };
    BASE64URL_NOPAD.encode(full.get(..16).unwrap_or_default())
}

/// Where a value stands: the name it was given, else its line with values cut out and blanks squeezed; in an archive the member, too.
pub fn context(finding: &Finding) -> String {
    if let Some(member) = &finding.member {
        return format!("{member} {}", finding.name.as_deref().unwrap_or_default());
    }
    if let Some(name) = &finding.name {
        return name.clone();
    }
    let line = finding.snippet.lines.iter().find(|(number, _)| *number == finding.span.line).or(finding.snippet.lines.first());
    line.map(|(_, text)| text.split_whitespace().collect::<Vec<_>>().join(" ")).unwrap_or_default()
}

/// Four hex digits that stand for the context of a finding.
pub fn context_hash(salt: Option<&Salt>, finding: &Finding) -> String {
    let key = salt.map_or(&[][..], |salt| &salt.0[..]);
    HEXLOWER.encode(mac(key, &[b"at", context(finding).as_bytes()]).get(..2).unwrap_or_default())
}

/// HMAC-SHA-256 of the parts with zero bytes between them.
fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("invariant: HMAC takes keys of any length");
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            mac.update(&[0]);
        }
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
