//! Ports, the Linux interfaces behind them, and what is set of interfaces as such.

use crate::types::{KernelName, Mac, Sourced};

/// The Linux interfaces behind a logical port.
///
/// One is used as it is. Several are the port's switch: they become members of a bridge.
/// None: the port is not tied, its lines are held and shown as not tied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortTie {
    /// In the order of their lines.
    pub devices: Vec<Sourced<KernelName>>,
}

/// An interface as such: whether it is up, and what it is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Whether it is to be up. IX shuts an interface down until `no shutdown`; on RTX every
    /// interface that is named is up. `None` where no line speaks of the interface itself.
    pub enabled: Option<Sourced<bool>>,
    /// What it is for, in the user's words.
    pub description: Option<Sourced<String>>,
    /// Octets of the largest IPv4 packet, and so of any (IX `mtu` and `ip mtu`, of which the lower
    /// counts; RTX `ip lanN mtu`).
    pub mtu: Option<Sourced<u32>>,
    /// Octets of the largest IPv6 packet, where that is less (`ipv6 mtu`).
    pub ipv6_mtu: Option<Sourced<u32>>,
    /// The hardware address to use in place of the device's own (IX `mac-address`).
    pub mac: Option<Sourced<Mac>>,
    /// The tag of its frames, of an interface on top of a port (IEEE 802.1Q).
    pub tag: Option<Sourced<u16>>,
    /// The bridge that it is a member of.
    pub bridge: Option<Sourced<u8>>,
}
