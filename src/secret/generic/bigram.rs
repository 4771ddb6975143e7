//! How much like words letters are: a table of pairs of letters.
//! Promises a figure that is positive for words and identifiers and negative for random letters, whatever the length.
//! Knows no dictionary, so names and words of any language written in Latin letters count as words alike.

/// Twice log2 of (how likely the second letter follows the first in the distinct words of the Python 3.11 standard library's sources)
/// × 26: 0 is chance. Counted once; 27,908 words.
const PAIRS: [[i8; 26]; 26] = [
    [-3, 1, 1, 1, -5, -4, -1, -7, -1, -10, -3, 3, 1, 3, -9, 0, -10, 4, 2, 4, -3, -3, -4, -4, -3, -7],
    [4, 0, 1, -2, 2, -2, -5, -5, 2, -1, -5, 4, -2, -3, 2, -2, -8, 1, 1, -3, 2, -8, -6, -5, 0, -6],
    [3, -4, -1, -2, 3, -3, -6, 3, 0, -9, 2, 1, -3, -4, 5, -5, -7, 0, -2, 3, 0, -6, -7, -9, -2, -9],
    [2, -2, -1, 0, 6, -1, -3, -6, 4, -7, -6, 0, -4, -3, 2, -3, -7, 0, 1, -1, 0, -5, -6, -6, -4, -9],
    [1, -4, 1, 3, -1, 0, -3, -6, -4, -10, -7, 1, -1, 3, -5, -1, -3, 4, 4, 2, -6, -3, -3, 0, -4, -10],
    [2, -3, -2, -1, 2, 4, -2, -8, 5, -8, -9, 1, -4, -3, 3, -4, -11, 2, 0, -1, 1, -7, -6, -7, -3, -9],
    [1, -4, -3, -2, 6, -4, -1, 2, 2, -11, -7, 1, -2, 1, 0, -4, -12, 2, 2, -1, 0, -4, -6, -8, -6, -5],
    [5, -3, -3, -3, 5, -4, -6, -5, 3, -10, -5, -2, -3, -3, 4, -4, -10, 0, -2, 1, -1, -7, -6, -9, -3, -7],
    [-1, -2, 2, 0, -1, -2, 0, -9, -7, -8, -7, 1, 1, 6, 2, -1, -9, 0, 2, 2, -9, -1, -12, -4, -12, -1],
    [3, -2, -1, -2, 5, -3, -2, -2, 2, -5, 1, -2, -6, -5, 4, -1, -7, -4, 0, -4, 3, -3, -2, -5, -3, -6],
    [1, -3, -1, -1, 6, -3, -1, -3, 3, -5, -6, 1, -4, 0, -1, -2, -6, -1, 3, -1, -2, -5, -1, -8, -2, -9],
    [3, -5, -3, 0, 5, -4, -7, -6, 4, -10, -6, 2, -5, -4, 3, -3, -12, -6, 0, 0, 0, -5, -8, -10, 1, -9],
    [5, 0, -5, -2, 5, -5, -7, -7, 3, -10, -6, -2, 0, -4, 2, 3, -10, -6, 0, -3, 0, -7, -8, -10, -2, -11],
    [2, -5, 2, 3, 3, -1, 4, -6, 1, -8, -3, -3, -5, -2, 1, -3, -9, -5, 2, 4, -2, -2, -6, -8, -5, -9],
    [-3, -1, 1, 1, -5, -2, -2, -7, -3, -9, -2, 1, 1, 5, 0, 1, -12, 3, 0, 1, 1, -2, 0, -4, -7, -8],
    [4, -5, -3, -3, 4, -3, -6, -2, 1, -11, -5, 2, -5, -4, 2, 1, -7, 4, 0, 1, -1, -7, -5, -11, 0, -11],
    [-2, -4, -1, -3, -3, -3, -2, -3, -2, -6, -6, -2, -2, -1, -4, -3, 1, -1, 2, -3, 8, -3, -3, -5, -5, -5],
    [3, -4, -1, -1, 5, -3, -1, -6, 3, -12, -3, -2, -1, -2, 3, -3, -12, 0, 2, 1, -2, -4, -5, -10, -2, -10],
    [0, -5, 1, -3, 4, -4, -4, 1, 3, -11, -3, -1, -3, -4, 0, 1, -5, -5, 2, 5, 2, -7, -4, -9, -2, -10],
    [3, -5, -1, -3, 5, -3, -8, 2, 4, -12, -7, -2, -3, -4, 2, -2, -10, 3, 1, 0, -1, -6, -4, -7, 0, -6],
    [-1, 2, 0, -1, 1, -1, -2, -7, 0, -11, -7, 2, 1, 4, -3, 1, -12, 3, 2, 3, -6, -8, -9, -6, -9, -8],
    [5, -2, -2, -4, 7, -4, -4, -5, 4, -11, -7, -4, -4, -5, 0, -4, -8, -3, -2, -4, -6, -6, -5, -7, -5, -6],
    [4, -3, -1, -1, 3, -3, -5, 1, 4, -8, -6, -1, -4, 1, 2, -3, -7, 2, 2, -2, -5, -4, -3, -2, -8, -7],
    [1, 0, 2, 0, 2, 2, -7, -2, 1, -8, -5, -1, -1, -5, -3, 3, -10, -2, -2, 4, -4, -4, -5, 2, 1, -5],
    [-1, -1, 1, -1, 1, -2, -3, -4, 1, -9, -5, 1, 1, 2, -1, 4, -8, -1, 3, 2, -3, -2, -2, -3, -2, 0],
    [3, -3, -2, -1, 7, -3, -6, -5, 4, -12, -6, -3, -3, -5, 1, -3, -5, -3, -2, -3, -4, -7, -4, -2, -2, 1],
];

/// Mean of the table over all neighbouring letters: words lie around 2, random letters around −2.5. `None` without a pair of letters.
pub fn word_likeness(value: &[u8]) -> Option<f32> {
    let (mut sum, mut pairs) = (0i32, 0u16);
    for (first, second) in value.iter().zip(value.iter().skip(1)).take(4096) {
        if let (Some(first), Some(second)) = (letter(*first), letter(*second)) {
            sum += PAIRS.get(first).and_then(|row| row.get(second)).map_or(0, |&weight| i32::from(weight));
            pairs += 1;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 4,096 pairs of small weights")]
    let sum = sum as f32;
    (pairs > 0).then(|| sum / f32::from(pairs))
}

fn letter(byte: u8) -> Option<usize> {
    byte.is_ascii_alphabetic().then(|| usize::from(byte.to_ascii_lowercase() - b'a'))
}

#[cfg(test)]
mod tests {
    use super::word_likeness;

    #[test]
    fn words_are_told_from_random_letters() {
        for word in ["authentication", "sunshine", "Kubernetes", "dragon", "letmein"] {
            assert!(word_likeness(word.as_bytes()).is_some_and(|mean| mean > 0.5), "{word}");
        }
        for random in ["puntmjoewp", "zaiciqkooaznnymfortisz", "kvpzusd"] {
            assert!(word_likeness(random.as_bytes()).is_some_and(|mean| mean < -0.5), "{random}");
        }
        assert_eq!(word_likeness(b"1a2b3"), None);
    }
}
