//! The two entropy plugins: quoted runs of base64 or hexadecimal characters that look random.
//! Promises detect-secrets' figures to the bit: the same sum in the same order, in 64-bit floats.
//! The caller asks for one alphabet at a time and applies the filters.

use std::ops::Range;

use memchr::memchr2;

/// Base64 and its URL-safe form, and the backslash, in the order of the sum.
pub(super) const BASE64: Alphabet = Alphabet::new(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/\\-_=");
/// Hexadecimal digits in the order of the sum.
pub(super) const HEX: Alphabet = Alphabet::new(b"0123456789abcdefABCDEF");

/// The characters of a value, in the order in which their shares are added.
pub(super) struct Alphabet {
    letters: &'static [u8],
    member: [bool; 256],
}

impl Alphabet {
    const fn new(letters: &'static [u8]) -> Self {
        let mut member = [false; 256];
        let mut rest = letters;
        while let Some((&first, tail)) = rest.split_first() {
            // A byte is never past the end of 256 places; a constant function has no `get_mut` to say so.
            #[expect(clippy::indexing_slicing, reason = "a u8 indexes 256 places")]
            {
                member[first as usize] = true;
            }
            rest = tail;
        }
        Self { letters, member }
    }

    fn has(&self, byte: u8) -> bool {
        self.member.get(usize::from(byte)).copied().unwrap_or(false)
    }

    /// The quoted runs in `text` from `from` on, without their quotes.
    pub(super) fn quoted<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut at = 0;
        std::iter::from_fn(move || {
            loop {
                let rest = text.get(at..)?;
                let open = at + memchr2(b'\'', b'"', rest)?;
                let start = open + 1;
                let run = text.get(start..)?.iter().take_while(|&&b| self.has(b)).count();
                let end = start + run;
                let closed = run > 0 && text.get(end) == text.get(open);
                at = if closed { end + 1 } else { end };
                if closed {
                    return Some(start..end);
                }
            }
        })
    }

    /// Shannon entropy in bits per character.
    fn entropy(&self, value: &[u8]) -> f64 {
        let mut counts = [0u32; 256];
        for &byte in value {
            if let Some(count) = counts.get_mut(usize::from(byte)) {
                *count += 1;
            }
        }
        let length = float(value.len());
        let shares = self.letters.iter().filter_map(|&letter| counts.get(usize::from(letter)).filter(|&&count| count > 0));
        shares.fold(0.0, |sum, &count| {
            let share = f64::from(count) / length;
            sum + -share * (share.ln() / 2f64.ln())
        })
    }
}

/// The fewest characters a value can have whose entropy is above `limit`: as many as there are different ones.
pub(super) fn shortest(limit: f64) -> usize {
    // A little slack, as the sum of the shares may round up.
    (2..=256).find(|&n| float(n).log2() >= limit - 1e-9).unwrap_or(257)
}

/// Whether a base64 value is reported.
pub(super) fn is_random_base64(value: &[u8], limit: f64) -> bool {
    BASE64.entropy(value) > limit
}

/// Whether a hexadecimal value is reported: one of digits alone counts for less, the shorter the more.
pub(super) fn is_random_hex(value: &[u8], limit: f64) -> bool {
    let mut entropy = HEX.entropy(value);
    // Python reads at most 4,300 digits as a number.
    if value.len() > 1 && value.len() <= 4300 && value.iter().all(u8::is_ascii_digit) {
        entropy -= 1.2 / (float(value.len()).ln() / 2f64.ln());
    }
    entropy > limit
}

#[expect(clippy::cast_precision_loss, reason = "a length of 2^53 does not occur")]
fn float(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_equal_shares_are_exactly_three_bits() {
        assert!(!is_random_hex(b"01234567", 3.0) && !is_random_hex(b"abcdef01", 3.0));
        assert!(is_random_hex(b"012345678a", 3.0));
        assert!(!is_random_hex(b"0123456789", 3.0), "digits alone are lowered");
    }

    #[test]
    fn runs_end_at_the_quote_they_began_with() {
        let runs = |text: &str| HEX.quoted(text.as_bytes()).map(|r| text[r].to_owned()).collect::<Vec<_>>();
        assert_eq!(runs(r#"'ab' "cd' 'ef' "12"34"56""#), ["ab", " ef".trim(), "12", "56"]);
        assert_eq!(runs("''ab'"), ["ab"]);
        let backslash = BASE64.quoted(br#""ab\"cd""#).next();
        assert_eq!(backslash, Some(1..4));
    }

    #[test]
    fn no_shorter_value_can_pass() {
        assert_eq!(shortest(3.0), 8);
        assert_eq!(shortest(4.5), 23);
        assert_eq!(shortest(0.0), 2);
    }
}
