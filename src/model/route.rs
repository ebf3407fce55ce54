//! Static routes.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::types::InterfaceName;

/// One static route. Several may share a prefix: the kernel takes the lowest distance, then metric.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The destination, host part zero.
    pub prefix: IpNet,
    /// Preference among sources of routes, lower first (IX `distance`, default 1).
    pub distance: u8,
    /// Preference among routes of one distance, lower first (default 1).
    pub metric: u32,
    /// Where it leads.
    pub next_hop: NextHop,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NextHop {
    /// Through a router on a connected network; the interface follows from its address.
    Router(IpAddr),
    /// Through a router on the named interface.
    RouterOn(IpAddr, InterfaceName),
    /// Straight out of the named interface.
    Interface(InterfaceName),
    /// Through the router that the DHCP server on the interface announced.
    Dhcp(InterfaceName),
    /// Nowhere: the packet is dropped (`Null0.0`, `gateway null`).
    Null,
}
