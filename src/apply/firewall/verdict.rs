//! What a rule does with a packet.

use std::fmt;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

/// The end of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// On to the next rule.
    Continue,
    /// Through, as far as this hook is concerned.
    Accept,
    /// Gone.
    Drop,
    /// Back to the chain that jumped here.
    Return,
    /// On in another chain, and back.
    Jump(String),
    /// Source becomes the address of the link that the packet leaves by.
    Masquerade,
    /// Source becomes this address.
    SourceNat(Ipv4Addr),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Continue => f.write_str("continue"),
            Self::Accept => f.write_str("accept"),
            Self::Drop => f.write_str("drop"),
            Self::Return => f.write_str("return"),
            Self::Jump(chain) => write!(f, "jump {chain}"),
            Self::Masquerade => f.write_str("masquerade"),
            Self::SourceNat(address) => write!(f, "snat ip to {address}"),
        }
    }
}
