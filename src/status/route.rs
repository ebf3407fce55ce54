//! Where the router sends packets.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;

use crate::types::InterfaceName;

/// The routes of one address family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteTable {
    /// In use, by prefix.
    pub routes: Vec<RouteStatus>,
    /// How many routes the configuration asks for that are not in use.
    pub hidden: usize,
}

/// A route in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteStatus {
    /// The destination.
    pub prefix: IpNet,
    /// Where the route comes from.
    pub kind: RouteKind,
    /// Preference among sources, lower first.
    pub distance: u8,
    /// Preference among routes of one distance, lower first.
    pub metric: u32,
    /// The next router; for a connected network our own address on it. `None`: straight out.
    pub gateway: Option<IpAddr>,
    /// The interface that packets leave by. `None`: they are dropped.
    pub interface: Option<InterfaceName>,
    /// Its share, where several ways lead to the network at once.
    pub weight: Option<u16>,
    /// How long it has been there.
    pub age: Duration,
}

/// Where a route comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteKind {
    /// The network of an address of ours.
    Connected,
    /// A line of the configuration.
    Static,
    /// A line of the configuration, through the router that a DHCP server announced.
    Dhcp,
}
