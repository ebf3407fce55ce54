//! The proofs of MS-CHAP, version 1 (RFC 2433 appendix A) and version 2 (RFC 2759 section 8).
//!
//! Both rest on MD4 of the password and on DES under keys cut out of it. Version 2 comes down to
//! one DES key: it hides a password from no one who can buy an evening of computing.

use des::Des;
use des::cipher::{BlockCipherEncrypt, KeyInit};
use md4::Md4;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

/// The bytes of a response to a challenge, in both versions.
pub const NT_RESPONSE_LEN: usize = 24;

/// `NTChallengeResponse` (version 1): the answer to a challenge of 8 bytes.
pub fn nt_response_v1(challenge: [u8; 8], password: &str) -> [u8; NT_RESPONSE_LEN] {
    challenge_response(challenge, &nt_password_hash(password))
}

/// The two challenges of version 2, and the user's name without a domain.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// What the authenticator asked.
    pub authenticator_challenge: [u8; 16],
    /// What the peer added.
    pub peer_challenge: [u8; 16],
    /// Who the peer says it is, as it was sent; a domain in front is left out of the computation.
    pub user_name: &'a [u8],
}

impl Exchange<'_> {
    /// `GenerateNTResponse`: the peer's proof.
    pub fn nt_response(&self, password: &str) -> [u8; NT_RESPONSE_LEN] {
        challenge_response(self.challenge_hash(), &nt_password_hash(password))
    }

    /// `GenerateAuthenticatorResponse`: the authenticator's proof, as text (`S=` and 40 digits).
    pub fn authenticator_response(&self, password: &str, nt_response: &[u8]) -> String {
        const MAGIC_1: &[u8] = b"Magic server to client signing constant";
        const MAGIC_2: &[u8] = b"Pad to make it do more than one iteration";
        let hash_of_hash = Md4::digest(*nt_password_hash(password));
        let inner = Sha1::new().chain_update(hash_of_hash).chain_update(nt_response).chain_update(MAGIC_1);
        let outer = Sha1::new()
            .chain_update(inner.finalize())
            .chain_update(self.challenge_hash())
            .chain_update(MAGIC_2);
        let digits = outer.finalize().iter().map(|byte| format!("{byte:02X}")).collect::<String>();
        format!("S={digits}")
    }

    /// `ChallengeHash`: both challenges and the name in 8 bytes.
    pub fn challenge_hash(&self) -> [u8; 8] {
        let name = match self.user_name.iter().rposition(|byte| *byte == b'\\') {
            Some(at) => self.user_name.get(at + 1..).unwrap_or_default(),
            None => self.user_name,
        };
        let hash = Sha1::new()
            .chain_update(self.peer_challenge)
            .chain_update(self.authenticator_challenge)
            .chain_update(name)
            .finalize();
        hash.first_chunk().copied().unwrap_or_default()
    }
}

/// `NtPasswordHash`: MD4 over the password in UTF-16, lower byte first.
fn nt_password_hash(password: &str) -> Zeroizing<[u8; 16]> {
    let unicode: Zeroizing<Vec<u8>> =
        Zeroizing::new(password.encode_utf16().flat_map(u16::to_le_bytes).collect());
    Zeroizing::new(Md4::digest(&unicode[..]).into())
}

/// `ChallengeResponse`: the challenge under three DES keys, cut out of the hash and zeros.
fn challenge_response(challenge: [u8; 8], hash: &[u8; 16]) -> [u8; NT_RESPONSE_LEN] {
    let mut keys = Zeroizing::new([0_u8; 21]);
    for (key, byte) in keys.iter_mut().zip(hash) {
        *key = *byte;
    }
    let mut response = [0; NT_RESPONSE_LEN];
    let (keys, _) = keys.as_chunks::<7>();
    let (blocks, _) = response.as_chunks_mut::<8>();
    for (block, key) in blocks.iter_mut().zip(keys) {
        *block = des_encrypt(challenge, *key);
    }
    response
}

/// DES under 56 bits: a parity bit, which nobody reads, goes behind each seven.
fn des_encrypt(clear: [u8; 8], key: [u8; 7]) -> [u8; 8] {
    let [a, b, c, d, e, f, g] = key;
    let bits = u64::from_be_bytes([0, a, b, c, d, e, f, g]);
    let mut spread = [0; 8];
    for (at, byte) in spread.iter_mut().enumerate() {
        *byte = ((bits >> (49 - 7 * at)) as u8) << 1;
    }
    let mut block = clear.into();
    Des::new(&spread.into()).encrypt_block(&mut block);
    block.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
        std::array::from_fn(byte)
    }

    fn exchange_of_rfc_2759(user_name: &[u8]) -> Exchange<'_> {
        Exchange {
            authenticator_challenge: bytes("5b5d7c7d7b3f2f3e3c2c602132262628"),
            peer_challenge: bytes("21402324255e262a28295f2b3a337c7e"),
            user_name,
        }
    }

    #[test]
    fn the_vectors_of_rfc_2759_section_9_2() {
        let exchange = exchange_of_rfc_2759(b"User");
        assert_eq!(hex(&*nt_password_hash("clientPass")), "44ebba8d5312b8d611474411f56989ae");
        assert_eq!(hex(&exchange.challenge_hash()), "d02e4386bce91226");
        let response = exchange.nt_response("clientPass");
        assert_eq!(hex(&response), "82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df");
        let answer = exchange.authenticator_response("clientPass", &response);
        assert_eq!(answer, "S=407A5589115FD0D6209F510FE9C04566932CDA56");
    }

    #[test]
    fn the_vectors_of_rfc_2433_appendix_b() {
        assert_eq!(hex(&*nt_password_hash("MyPw")), "fc156af7edcd6c0edde3337d427f4eac");
        let response = nt_response_v1(bytes("102db5df085d3041"), "MyPw");
        assert_eq!(hex(&response), "4e9d3c8f9cfd385d5bf4d3246791956ca4c351ab409a3d61");
    }

    #[test]
    fn a_domain_in_front_of_the_name_does_not_count() {
        let plain = exchange_of_rfc_2759(b"User");
        assert_eq!(exchange_of_rfc_2759(br"BIGCO\User").challenge_hash(), plain.challenge_hash());
    }
}
