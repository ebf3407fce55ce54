//! What a rule changes of a packet or its connection, before its verdict.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// Bits of the connection's mark (see [`mark`](super::mark)).
    ConnectionMark {
        /// The bits that stay as they are.
        keep: u32,
        /// The bits that are set.
        set: u32,
    },
    /// Has the kernel read what the connection says of further ones, by the helper of this name.
    Helper(String),
    /// The packet's whole mark.
    PacketMark(u32),
    /// The longest segment that TCP announces is lowered, never raised (RFC 9293 section 3.7.1).
    MaximumSegment(Segment),
    /// How long its flow is kept: by the object of this name.
    Timeout(String),
}

/// How long a segment may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Segment {
    /// So that it fits the links on both ways of the packet.
    ByRoute,
    /// This many octets.
    Octets(u16),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConnectionMark { keep, set } => {
                write!(f, "ct mark set ct mark & {keep:#010x} | {set:#010x}")
            }
            Self::Helper(helper) => write!(f, "ct helper set \"{helper}\""),
            Self::PacketMark(mark) => write!(f, "meta mark set {mark:#010x}"),
            Self::MaximumSegment(Segment::ByRoute) => f.write_str("tcp option maxseg size set rt mtu"),
            Self::MaximumSegment(Segment::Octets(octets)) => {
                write!(f, "tcp option maxseg size set {octets}")
            }
            Self::Timeout(object) => write!(f, "ct timeout set \"{object}\""),
        }
    }
}
