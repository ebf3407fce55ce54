//! What protocols compute with secrets. Old algorithms stand here because old peers ask for them:
//! nothing else of ours uses MD4, MD5, SHA-1 or DES.

pub mod chap;
pub mod ms_chap;

/// Whether two byte strings are equal, in a time that does not tell where they differ.
pub fn equal(one: &[u8], other: &[u8]) -> bool {
    let differ = |(a, b): (&u8, &u8)| a ^ b;
    let difference = one.iter().zip(other).map(differ).fold(0, |all, bits| std::hint::black_box(all | bits));
    one.len() == other.len() && difference == 0
}

#[cfg(test)]
mod tests {
    #[test]
    fn equal_compares_contents_and_lengths() {
        assert!(super::equal(b"secret", b"secret"));
        assert!(!super::equal(b"secret", b"secreT"));
        assert!(!super::equal(b"secret", b"secre"));
        assert!(super::equal(b"", b""));
    }
}
