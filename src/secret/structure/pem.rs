//! Private keys between `BEGIN` and `END` lines: PEM (RFC 7468, RFC 1421), OpenSSH, SSH2 (RFC 4716 style) and OpenPGP armour (RFC 9580 §6).
//! Promises to read the body through whatever a source file does to it: escapes, indentation, quotes, concatenation, comment marks.
//! Reports no header without a body: the key is what leaks.

use std::ops::Range;

use super::candidate;
use crate::rule::{Confidence, Rule};
use crate::secret::{Candidate, Found, entropy, rules};
use crate::source::Source;

/// Symbols of the shortest key body: an Ed25519 key in PKCS#8 is 48 bytes.
const BODY_MIN: usize = 64;
/// Bytes read behind the header at most; a key of 16,384 bits has 13 KiB.
const BODY_MAX: usize = 64 * 1024;
/// Bits per character below which a body is dots, `xxx` or prose.
const ENTROPY_MIN: f32 = 3.5;
/// Labels are short: `SSH2 ENCRYPTED PRIVATE KEY`.
const LABEL_MAX: usize = 48;

/// `PRIVATE KEY` stands at `hit`.
pub fn at(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    let at = hit.start;
    match block(&source.text, rule, hit) {
        Some(candidate) => found.push(candidate),
        None => found.mention(rule, at, "no key follows the label"),
    }
}

fn block(text: &[u8], rule: &'static Rule, hit: Range<usize>) -> Option<Candidate> {
    let start = begin(text, hit.start)?;
    let label_end = text.get(hit.end..)?.iter().take(LABEL_MAX).position(|&b| b == b'-' || b == b'\n').map(|at| hit.end + at)?;
    let is_pgp = text.get(hit.start..label_end)?.windows(5).any(|word| word == b"BLOCK");
    if is_pgp != (*rule == rules::PGP_PRIVATE_KEY) {
        return None;
    }
    let dashes = text.get(label_end..)?.iter().take(6).take_while(|&&b| b == b'-').count();
    if dashes < 4 {
        return None;
    }
    let body_start = label_end + dashes + comment(text.get(label_end + dashes..)?);
    let body = Body::read(text.get(body_start..text.len().min(body_start + BODY_MAX))?);
    if body.symbols.len() < BODY_MIN || entropy::shannon(&body.symbols) < ENTROPY_MIN {
        return None;
    }
    let mut notes = Vec::new();
    let mut confidence = rule.confidence;
    if !body.is_closed {
        let is_cut_short = is_cut_short(&body.symbols);
        confidence = if is_cut_short { Confidence::Low } else { Confidence::Medium };
        notes.push(
            if is_cut_short { "cut short: no END line, and fewer bytes than its head says" } else { "no END line follows" }
                .to_string(),
        );
    }
    if body.is_encrypted || text.get(start..hit.start)?.windows(9).any(|word| word == b"ENCRYPTED") {
        notes.push("it is encrypted: as safe as its passphrase".to_string());
    }
    let range = start..body_start + body.end;
    Some(Candidate { confidence, notes, ..candidate(rule, range, body.symbols, 0) })
}

/// Most bytes of a comment behind the header.
const COMMENT_MAX: usize = 512;

/// Length of the comment that ends the header's line.
fn comment(rest: &[u8]) -> usize {
    const OPENERS: [&[u8]; 6] = [b"#", b"//", b"--", b"/*", b"<!--", b";"];
    let line = rest.get(..COMMENT_MAX).unwrap_or(rest);
    let end = memchr::memchr(b'\n', line).filter(|_| OPENERS.iter().any(|opener| line.trim_ascii_start().starts_with(opener)));
    // `-----BEGIN …-----⏎# MIIE…`: the next line is none.
    end.filter(|&end| line.get(..end).is_some_and(|line| !line.trim_ascii().is_empty())).unwrap_or_default()
}

/// Whether a DER structure (ITU-T X.690 §8.1.3) announces at least twice the bytes that follow: an example in a manual, not a key.
fn is_cut_short(symbols: &[u8]) -> bool {
    // `MII` is SEQUENCE with a length of two bytes; the head of four bytes is in the first six symbols.
    let Some(head) = symbols.get(..8).filter(|head| head.starts_with(b"MII")) else { return false };
    let announced = data_encoding::BASE64.decode(head).ok().and_then(|bytes| match *bytes.as_slice() {
        [0x30, 0x82, high, low, ..] => Some(usize::from(u16::from_be_bytes([high, low]))),
        _ => None,
    });
    announced.is_some_and(|announced| announced > symbols.len() / 4 * 3 * 2)
}

/// Where the dashes of the `BEGIN` line start whose label leads to `hit`; `None` if this is an `END` line, a public key or prose.
fn begin(text: &[u8], hit: usize) -> Option<usize> {
    let from = hit.saturating_sub(LABEL_MAX);
    let before = text.get(from..hit)?;
    let begin = before.windows(5).rposition(|word| word == b"BEGIN")?;
    let label = before.get(begin + 5..)?;
    let is_label = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b' ' | b'%' | b'+');
    if !label.iter().all(is_label) {
        return None;
    }
    let lead = before.get(..begin)?;
    let dashes = lead.iter().rev().take(8).take_while(|&&b| matches!(b, b'-' | b' ')).count();
    (dashes >= 4).then_some(from + begin - dashes)
}

/// What stands between the header and the next dashes.
#[derive(Default)]
struct Body {
    /// Its base64 symbols.
    symbols: Vec<u8>,
    is_encrypted: bool,
    /// Whether an `END` line closes it.
    is_closed: bool,
    /// Where it ends, the `END` line included.
    end: usize,
}

impl Body {
    fn read(text: &[u8]) -> Self {
        let mut body = Self::default();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with(b"----") {
                (body.is_closed, body.end) = closing(rest, at);
                return body;
            }
            at += match skip(rest) {
                Skip::Over(width) => width,
                Skip::Header(width) => {
                    body.is_encrypted |= rest.get(..width).is_some_and(|line| line.windows(9).any(|word| word == b"ENCRYPTED"));
                    width
                }
                Skip::Symbol(symbol) => {
                    body.symbols.push(symbol);
                    body.end = at + 1;
                    1
                }
                Skip::Stop => return body,
            };
        }
        body
    }
}

/// Whether the dashes at `at` belong to an `END` line, and where that ends.
fn closing(rest: &[u8], at: usize) -> (bool, usize) {
    let line = rest.get(..LABEL_MAX + 24).unwrap_or(rest);
    let Some(end) = line.windows(3).position(|word| word == b"END") else { return (false, at) };
    let label = line.get(end..).unwrap_or_default();
    let dashes_at = label.iter().position(|&b| b == b'-').unwrap_or(label.len());
    let dashes = label.iter().skip(dashes_at).take_while(|&&b| b == b'-').count();
    (true, at + end + dashes_at + dashes)
}

enum Skip {
    /// White space, an escape, quotes and what joins two literals.
    Over(usize),
    /// `Proc-Type: 4,ENCRYPTED`, `Comment: "x"`, `Version: y`.
    Header(usize),
    Symbol(u8),
    Stop,
}

/// Escapes that stand for a line end or a blank between symbols, and those of a slash.
const ESCAPES: &[&[u8]] = &[
    b"\\\\r", b"\\\\n", b"\\r", b"\\n", b"\\t", b"\\/", b"%0D", b"%0d", b"%0A", b"%0a", b"&#10;", b"&#13;", b"<br>", b"<br/>",
    b"\\u000a", b"\\u000A",
];

fn skip(rest: &[u8]) -> Skip {
    if let Some(escape) = ESCAPES.iter().find(|escape| rest.starts_with(escape)) {
        return if *escape == b"\\/" { Skip::Over(1) } else { Skip::Over(escape.len()) };
    }
    match rest {
        [b' ' | b'\t' | b'\r' | b'\n' | b'\\' | b'#' | b'*' | b'>' | b'|' | b';', ..] => Skip::Over(1),
        [b'%', b'2', b'B' | b'b' | b'F' | b'f' | b'0', ..] | [b'%', b'3', b'D' | b'd', ..] | [b'/', b'/', b' ', ..] => {
            Skip::Over(3)
        }
        [b'"' | b'\'' | b'`', ..] => joint(rest).map_or(Skip::Stop, Skip::Over),
        [byte, ..] => match header(rest) {
            Some(width) => Skip::Header(width),
            None if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=') => Skip::Symbol(*byte),
            None => Skip::Stop,
        },
        [] => Skip::Stop,
    }
}

/// Most bytes between two pieces of a concatenation.
const JOINT_MAX: usize = 256;

/// Length of `" + "`, `",⏎ "`, `" \⏎ "`, `" . "`: from a closing quote to behind the next opening one.
fn joint(rest: &[u8]) -> Option<usize> {
    let is_between = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'+' | b'.' | b',' | b'\\' | b'(' | b')' | b'&' | b'_');
    let behind = rest.get(1..)?.get(..JOINT_MAX).unwrap_or(rest.get(1..)?);
    let width = behind.iter().take_while(|b| is_between(b)).count();
    let quote_at = match behind.get(width..)? {
        [b'"' | b'\'' | b'`', ..] => width,
        [b'b' | b'f' | b'r' | b'u', b'"' | b'\'', ..] => width + 1,
        _ => return None,
    };
    Some(quote_at + 2)
}

/// Length of a header line of an encapsulated message, up to its real or escaped end.
fn header(rest: &[u8]) -> Option<usize> {
    let name = rest.iter().take(20).take_while(|b| b.is_ascii_alphabetic() || **b == b'-').count();
    if name < 3 || !rest.get(name..)?.starts_with(b": ") {
        return None;
    }
    let line = rest.get(..512).unwrap_or(rest);
    let end = line.iter().zip(line.iter().skip(1)).position(|(&a, &b)| a == b'\n' || (a == b'\\' && (b == b'n' || b == b'r')))?;
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Redacted;
    use crate::secret::Detector;
    use crate::source::{Origin, RepoPath};

    const LINE: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    const MORE: &str = "Q2hhcmxpZSBEZWx0YSBFY2hvIEZveHRyb3QgR29sZiBIb3RlbCBJbmRpYSBKdWxp";

    fn found(text: &str) -> Vec<Candidate> {
        let path = RepoPath::new("x.txt");
        Detector::default().detect(&Source::new(&path, text.as_bytes(), Origin::Stdin)).candidates
    }

    fn key(separator: &str) -> String {
        format!("-----BEGIN RSA PRIVATE {}-----{separator}{LINE}{separator}{MORE}{separator}-----END RSA PRIVATE KEY-----", "KEY")
    }

    #[test]
    fn one_body_however_it_is_written() {
        for separator in [
            "\n",
            "\r\n",
            "\\n",
            "\\r\\n",
            "\\\\n",
            "\n    ",
            "\\n\" +\n  \"",
            "\",\n  \"",
            "\\n' \\\n '",
            "\n# ",
            "\n// ",
            "\n * ",
            "<br>",
            "%0A",
            "\\n\"\n  b\"",
        ] {
            let found = found(&key(separator));
            assert_eq!(found.len(), 1, "between lines: {separator:?}");
            let value = found[0].value.with(<[u8]>::to_vec);
            assert_eq!(String::from_utf8_lossy(&value), format!("{LINE}{MORE}"), "between lines: {separator:?}");
            assert_eq!(found[0].confidence, Confidence::High);
            assert_eq!(found[0].range, 0..key(separator).len());
        }
    }

    #[test]
    fn a_comment_behind_the_header_hides_nothing() {
        for comment in [" # gitleaks:allow", "  // see: docs", " <!-- a: b -->", "#x", " ; note"] {
            let text = key("\n").replacen("-----\n", &format!("-----{comment}\n"), 1);
            let [candidate] = &*found(&text) else { panic!("{comment}") };
            assert_eq!(candidate.value, Redacted::new(format!("{LINE}{MORE}"), 0), "{comment}");
        }
    }

    #[test]
    fn what_has_no_body_is_no_key() {
        for text in [
            format!("-----BEGIN PRIVATE {}-----", "KEY"),
            format!("-----BEGIN PRIVATE {}-----\n...\n-----END PRIVATE KEY-----", "KEY"),
            format!("-----BEGIN PRIVATE {}-----\n{}\n-----END PRIVATE KEY-----", "KEY", "A".repeat(100)),
            format!("-----BEGIN PUBLIC KEY-----\n{LINE}{MORE}\n-----END PUBLIC KEY-----"),
            format!("the private key begins:\n{LINE}{MORE}"),
        ] {
            assert!(found(&text).iter().all(|c| c.rule.id != "private-key"), "{text}");
        }
    }

    #[test]
    fn keys_next_to_each_other_are_apart() {
        assert_eq!(found(&[key("\n"), key("\n").replace("Us8c", "Us9d")].join("\n")).len(), 2);
    }

    #[test]
    fn a_key_without_end_is_less_sure() {
        // The head of a structure of 1,213 bytes, and of one that fills the lines.
        for (line, expected) in [(LINE, Confidence::Low), (&LINE.replace("MIIEvQ", "MIIAXA"), Confidence::Medium)] {
            let text = key("\n").replace(LINE, line);
            let cut = text.split("-----END").next().unwrap();
            assert_eq!(found(cut)[0].confidence, expected);
        }
    }
}
