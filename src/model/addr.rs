//! Addresses of interfaces.

use ipnet::{Ipv4Net, Ipv6Net};

use crate::types::Sourced;

/// The addresses of one interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressing {
    /// How the primary IPv4 address is had.
    pub ipv4: Option<Sourced<Ipv4Source>>,
    /// Further IPv4 addresses, by value.
    pub ipv4_secondary: Vec<Sourced<Ipv4Net>>,
    /// Static IPv6 addresses, by value.
    pub ipv6: Vec<Sourced<Ipv6Net>>,
}

/// Where the primary IPv4 address comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ipv4Source {
    /// `ip address A/LEN`: the host part is the interface's own address.
    Static(Ipv4Net),
    /// `ip address dhcp`: from a DHCP server on the link.
    Dhcp {
        /// Whether the server's router becomes a default route (IX `receive-default`; RTX always).
        default_route: bool,
    },
}
