//! Shannon entropy of a value.

/// Bits per byte of the distribution of bytes in `value` (Shannon 1948); 0 for an empty value.
pub fn shannon(value: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for &byte in value {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "values are far shorter than 2^24 bytes")]
    let total = value.len() as f32;
    #[expect(clippy::cast_precision_loss, reason = "counts are far smaller than 2^24")]
    let sum: f32 = counts.iter().filter(|&&count| count > 0).map(|&count| count as f32 * (count as f32 / total).log2()).sum();
    if value.is_empty() { 0.0 } else { -sum / total }
}

#[cfg(test)]
mod tests {
    use super::shannon;

    #[test]
    fn entropy_counts_bits() {
        assert!(shannon(b"").abs() < 1e-6);
        assert!(shannon(b"aaaa").abs() < 1e-6);
        assert!((shannon(b"abcdabcd") - 2.0).abs() < 1e-6);
    }
}
