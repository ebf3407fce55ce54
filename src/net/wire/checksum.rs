//! The Internet checksum (RFC 1071).

/// A running sum of 16-bit words. Every part but the last must have an even length.
#[derive(Clone, Copy, Default)]
pub(super) struct Checksum(u64);

impl Checksum {
    /// Adds bytes; an odd last one counts as the high half of a word.
    pub(super) fn add(mut self, bytes: &[u8]) -> Self {
        let (words, rest) = bytes.as_chunks::<2>();
        self.0 += words.iter().map(|word| u64::from(u16::from_be_bytes(*word))).sum::<u64>();
        self.0 += rest.iter().map(|byte| u64::from(*byte) << 8).sum::<u64>();
        self
    }

    /// The checksum of what was added: 0 if that included a right one.
    pub(super) fn finish(self) -> u16 {
        let mut sum = self.0;
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        !(sum as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_1071_sums_up() {
        let example = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(Checksum::default().add(&example).finish(), !0xddf2);
        assert_eq!(Checksum::default().add(&example[..4]).add(&example[4..]).finish(), !0xddf2);
    }

    #[test]
    fn an_odd_last_byte_is_padded_with_zero() {
        let padded = Checksum::default().add(&[0xab, 0x00]).finish();
        assert_eq!(Checksum::default().add(&[0xab]).finish(), padded);
    }
}
