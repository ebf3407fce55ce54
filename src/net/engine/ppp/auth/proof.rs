//! How a response is made of a challenge and a password, and how it is checked.

use super::super::super::Entropy;
use super::super::config::Method;
use crate::net::crypto::{chap, equal, ms_chap};

/// The fields of an MS-CHAP response: 24 bytes that differ by version, the proof, and a flag.
const NT_RESPONSE: std::ops::Range<usize> = 24..48;
const MS_CHAP_RESPONSE_LEN: usize = 49;

/// A challenge that was asked under an identifier.
#[derive(Clone, Debug)]
pub(super) struct Challenge {
    pub(super) method: Method,
    pub(super) identifier: u8,
    pub(super) value: Vec<u8>,
}

/// A response, and what the other side has to answer if it knows the password (MS-CHAPv2).
pub(super) struct Proof {
    pub(super) response: Vec<u8>,
    pub(super) counter_proof: Option<String>,
}

impl Challenge {
    /// A challenge of the length that the method asks for.
    pub(super) fn random(method: Method, identifier: u8, entropy: &mut dyn Entropy) -> Self {
        let mut value = vec![0; if method == Method::MsChapV1 { 8 } else { 16 }];
        entropy.fill(&mut value);
        Self { method, identifier, value }
    }

    /// The proof of a name and password; `None` if the challenge has a wrong length.
    pub(super) fn prove(&self, name: &str, password: &str, entropy: &mut dyn Entropy) -> Option<Proof> {
        let mut peer_challenge = [0; 16];
        match self.method {
            Method::Pap => return None,
            Method::Chap | Method::MsChapV1 => {}
            Method::MsChapV2 => entropy.fill(&mut peer_challenge),
        }
        self.proof(peer_challenge, name.as_bytes(), password)
    }

    /// Whether a response is right. The answer is the message of the Success that follows.
    pub(super) fn check(&self, response: &[u8], name: &[u8], password: &str) -> Option<String> {
        let peer_challenge = match self.method {
            Method::MsChapV2 => *response.first_chunk()?,
            Method::Pap | Method::Chap | Method::MsChapV1 => [0; 16],
        };
        let expected = self.proof(peer_challenge, name, password)?;
        let is_right = match self.method {
            Method::Pap => false,
            Method::Chap => equal(&expected.response, response),
            Method::MsChapV1 | Method::MsChapV2 => {
                let uses_nt = self.method == Method::MsChapV2 || response.last() == Some(&1);
                response.len() == MS_CHAP_RESPONSE_LEN
                    && uses_nt
                    && equal(expected.response.get(NT_RESPONSE)?, response.get(NT_RESPONSE)?)
            }
        };
        is_right.then(|| expected.counter_proof.unwrap_or_default())
    }

    fn proof(&self, peer_challenge: [u8; 16], name: &[u8], password: &str) -> Option<Proof> {
        match self.method {
            Method::Pap => None,
            Method::Chap => {
                let response = chap::response(self.identifier, password.as_bytes(), &self.value);
                Some(Proof { response: response.to_vec(), counter_proof: None })
            }
            Method::MsChapV1 => {
                let nt_response = ms_chap::nt_response_v1(self.value.as_slice().try_into().ok()?, password);
                let response = [&[0; 24][..], &nt_response, &[1]].concat();
                Some(Proof { response, counter_proof: None })
            }
            Method::MsChapV2 => {
                let exchange = ms_chap::Exchange {
                    authenticator_challenge: self.value.as_slice().try_into().ok()?,
                    peer_challenge,
                    user_name: name,
                };
                let nt_response = exchange.nt_response(password);
                let response = [&peer_challenge[..], &[0; 8], &nt_response, &[0]].concat();
                let counter_proof = exchange.authenticator_response(password, &nt_response);
                Some(Proof { response, counter_proof: Some(counter_proof) })
            }
        }
    }
}
