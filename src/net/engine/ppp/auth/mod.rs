//! The authentication phase (RFC 1334, RFC 1994, RFC 2433, RFC 2759), each role in a file of its own.

mod proof;
mod prover;
mod verifier;

pub(super) use prover::Prover;
pub(super) use verifier::Verifier;

use super::reason::Reason;
use crate::net::wire::ppp::Protocol;

/// What a role wants done by the link.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A packet.
    Send(Protocol, Vec<u8>),
    /// Proven: the peer accepts us, or we the peer of this name.
    Done(Option<String>),
    /// Not proven: the link has to end.
    Failed(Reason),
}
