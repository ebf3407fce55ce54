//! Why a link or one of its layers is not up: the layer, the cause and the remedy.

use std::fmt;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::super::Blame;

/// A layer of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the protocols'")]
pub enum Layer {
    Lcp,
    Authentication,
    Ipcp,
    Ipv6cp,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lcp => "LCP",
            Self::Authentication => "authentication",
            Self::Ipcp => "IPCP",
            Self::Ipv6cp => "IPV6CP",
        })
    }
}

/// Why a layer went down or never came up. Text of the peer is safe to print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Questions without an answer.
    #[error("the peer does not answer: check that the line and the far end are up")]
    NoAnswer,
    /// Echo-Requests without an answer.
    #[error("the peer stopped answering (LCP echo): the line is dialled anew")]
    EchoLost,
    /// We hear ourselves.
    #[error("the line is looped back: we hear our own packets; check the cabling and the modem")]
    Loop,
    /// The peers never agreed.
    #[error("no agreement with the peer on {about}: compare the settings of both ends")]
    NoAgreement {
        /// What they did not agree on.
        about: String,
    },
    /// The peer said goodbye.
    #[error("the peer ended it{}", detail(.message))]
    PeerTerminated {
        /// Its words.
        message: String,
    },
    /// The peer does not know the protocol.
    #[error("the peer does not speak it (Protocol-Reject): turn it off at this end, or on at the other")]
    ProtocolRejected,
    /// The peer does not know a code that every implementation has to know.
    #[error("the peer does not know a basic packet of it (Code-Reject): its implementation is broken")]
    CodeRejected,
    /// Our name or password is wrong.
    #[error("the peer refused our user name or password{}: check both", detail(.message))]
    Refused {
        /// Its words.
        message: String,
    },
    /// The peer asks for a proof and we have none to give.
    #[error(
        "the peer asks for a user name and password in a way that is not allowed here: set them, or accept its method"
    )]
    NoMethod,
    /// The peer refuses to prove itself.
    #[error(
        "the peer does not prove who it is in any way that we ask for: accept another method, or refuse the caller"
    )]
    PeerRefusesMethod,
    /// The peer's proof of MS-CHAPv2 is wrong: it does not know our password.
    #[error("the peer does not know our password: it may be an impostor; check the password and the far end")]
    PeerNotGenuine,
    /// Who wants in gave a wrong name or password.
    #[error("{name:?} gave a wrong user name or password: check the account")]
    WrongProof {
        /// Who it said it is.
        name: String,
    },
    /// The peer gave us no address.
    #[error("the peer gave no IPv4 address: ask the provider, or set a fixed one")]
    NoAddress,
    /// The peer wants an address that it must not have.
    #[error(
        "the peer insists on the address {address}, which is not for it: let it take the one that it is given"
    )]
    WrongAddress {
        /// What it wants.
        address: Ipv4Addr,
    },
    /// The lower layer is gone.
    #[error("the layer below went down")]
    LowerDown,
    /// No network protocol came up.
    #[error("neither IPv4 nor IPv6 came up on the line")]
    NothingUp,
    /// We ended it.
    #[error("closed by this end")]
    Closed,
}

impl Reason {
    /// Who is at fault.
    pub fn blame(&self) -> Blame {
        match self {
            Self::NoAnswer | Self::EchoLost => Blame::TimedOut,
            Self::PeerTerminated { .. }
            | Self::ProtocolRejected
            | Self::Refused { .. }
            | Self::NoAgreement { .. }
            | Self::PeerRefusesMethod
            | Self::WrongProof { .. }
            | Self::NoAddress => Blame::PeerRefused,
            Self::CodeRejected | Self::PeerNotGenuine | Self::WrongAddress { .. } | Self::Loop => {
                Blame::PeerMisbehaved
            }
            Self::NoMethod | Self::LowerDown | Self::NothingUp | Self::Closed => Blame::Local,
        }
    }
}

fn detail(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(" ({message})") }
}
