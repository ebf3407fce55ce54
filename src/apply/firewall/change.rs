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
    /// The packet's whole mark.
    PacketMark(u32),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConnectionMark { keep, set } => {
                write!(f, "ct mark set ct mark & {keep:#010x} | {set:#010x}")
            }
            Self::PacketMark(mark) => write!(f, "meta mark set {mark:#010x}"),
        }
    }
}
