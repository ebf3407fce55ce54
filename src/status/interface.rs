//! What the router's interfaces are doing.

use std::net::Ipv4Addr;

use ipnet::IpNet;

use super::LinkTraffic;
use crate::types::{InterfaceName, KernelName, Mac};

/// One interface, as it is at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceStatus {
    /// The router's name.
    pub name: InterfaceName,
    /// The link in the kernel; `None` where the port is not tied.
    pub link: Option<KernelName>,
    /// Whether it works, and if not, why.
    pub state: LinkState,
    /// Its hardware address.
    pub mac: Option<Mac>,
    /// Bytes of the largest packet; 0 where no link is.
    pub mtu: u32,
    /// What it is for, in the user's words.
    pub description: Option<String>,
    /// What went over it. `None`: not counted for it alone.
    pub traffic: Option<LinkTraffic>,
    /// Its addresses, in ascending order, IPv4 first.
    pub addresses: Vec<AddressStatus>,
}

/// Whether an interface works, and if not, what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// No Linux interface is tied to the port.
    NotTied,
    /// The Linux interface that is tied to the port is not there.
    Missing,
    /// The configuration keeps it down.
    Shut,
    /// It is up, but nothing answers at the other end of the cable.
    NoCarrier,
    /// It carries packets.
    Up,
}

/// An address of an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressStatus {
    /// The address with the length of its prefix.
    pub network: IpNet,
    /// Who gave it.
    pub source: AddressSource,
}

/// Who gave an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressSource {
    /// A line of the configuration.
    Configuration,
    /// A DHCP server.
    Dhcp {
        /// The server's own address.
        server: Ipv4Addr,
    },
    /// Not we.
    Foreign,
}
