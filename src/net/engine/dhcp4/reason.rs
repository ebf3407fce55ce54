//! Why a client has no lease, and who is at fault.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::super::Blame;
use crate::types::Mac;

/// Why an attempt failed or a lease ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Servers answered, in bytes that are no DHCP message.
    #[error("an answer was malformed: {0}")]
    Malformed(String),
    /// A server answered without sense.
    #[error("server {server} offers nothing usable: {problem}")]
    Misbehaved {
        /// Who it says it is; unspecified if it does not.
        server: Ipv4Addr,
        /// What is wrong.
        problem: String,
    },
    /// A server said no.
    #[error("server {server} refused: {}", .message.as_deref().unwrap_or("no reason given"))]
    Refused {
        /// Who refused.
        server: Ipv4Addr,
        /// Its own words.
        message: Option<String>,
    },
    /// Nobody answered.
    #[error("no DHCP server answered in {seconds} s: check the cable and the network behind it")]
    NoAnswer {
        /// How long we asked.
        seconds: u64,
    },
    /// Another station uses the address.
    #[error("{address} is in use by {by}: the server will be asked for another one")]
    InUse {
        /// The address.
        address: Ipv4Addr,
        /// Who has it.
        by: Mac,
    },
    /// Nobody extended the lease in time.
    #[error("the lease ended: no server extended it")]
    Expired,
    /// We gave the lease back.
    #[error("released")]
    Released,
}

impl Reason {
    /// Who is at fault.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Malformed(_) => Blame::Malformed,
            Self::Misbehaved { .. } | Self::InUse { .. } => Blame::PeerMisbehaved,
            Self::Refused { .. } => Blame::PeerRefused,
            Self::NoAnswer { .. } | Self::Expired => Blame::TimedOut,
            Self::Released => Blame::Local,
        }
    }
}
