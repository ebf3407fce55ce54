//! The proof of CHAP with MD5 (RFC 1994 section 4.1).

use md5::{Digest, Md5};

/// The bytes of a proof.
pub const RESPONSE_LEN: usize = 16;

/// MD5 over the identifier of the challenge, the secret and the challenge.
pub fn response(identifier: u8, secret: &[u8], challenge: &[u8]) -> [u8; RESPONSE_LEN] {
    Md5::new().chain_update([identifier]).chain_update(secret).chain_update(challenge).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the test of PEAR's Crypt_CHAP, by Michael Bretterklieber.
    #[test]
    fn the_vectors_of_another_implementation() {
        let challenge = [0x10, 0x2d, 0xb5, 0xdf, 0x08, 0x5d, 0x30, 0x41];
        for (secret, expected) in [
            ("MyPw", 0x8f02_8814_450d_66d9_4c72_331e_f455_a172),
            ("sepp", 0xd39b_faf5_d685_5a94_8c8c_81a8_5947_502c),
        ] {
            assert_eq!(u128::from_be_bytes(response(1, secret.as_bytes(), &challenge)), expected);
        }
    }
}
