//! How often the lines of filters matched.

use super::flow::Tuple;
use crate::types::{InterfaceName, LineId};

/// The filter of one direction of an interface, for one IP version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterStatus {
    /// The interface.
    pub interface: InterfaceName,
    /// Whose packets: `false` for IPv4.
    pub is_ipv6: bool,
    /// What the interface receives, or else what it sends.
    pub is_inbound: bool,
    /// Its lines in the order in which they are asked, each once.
    pub lines: Vec<(LineId, Hits)>,
    /// What no line matched, and so was dropped.
    pub rest: Hits,
}

/// Packets that matched since the rule behind them came into force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// How many.
    pub packets: u64,
    /// Their octets.
    pub bytes: u64,
}

/// A packet that a line of a filter writes to the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedPacket {
    /// The counter of the rule that it matched.
    pub counter: String,
    /// IP protocol number.
    pub protocol: u8,
    /// Whence and whither.
    pub tuple: Tuple,
}

impl std::ops::AddAssign for Hits {
    fn add_assign(&mut self, other: Self) {
        self.packets += other.packets;
        self.bytes += other.bytes;
    }
}
