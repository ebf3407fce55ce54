//! Addresses of interfaces.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::types::{InterfaceName, Mac, Sourced};

/// The addresses of one interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressing {
    /// How the primary IPv4 address is had.
    pub ipv4: Option<Sourced<Ipv4Source>>,
    /// Further IPv4 addresses, by value.
    pub ipv4_secondary: Vec<Sourced<Ipv4Net>>,
    /// Whether the router answers ARP requests for addresses behind its other interfaces.
    pub proxy_arp: Option<Sourced<()>>,
    /// Static IPv6 addresses, by value.
    pub ipv6: Vec<Sourced<Ipv6Net>>,
    /// Hosts on its link whose hardware address is fixed, by address.
    pub neighbours: BTreeMap<IpAddr, Sourced<Mac>>,
}

/// Where the primary IPv4 address comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ipv4Source {
    /// `ip address A/LEN`: the host part is the interface's own address.
    Static(Ipv4Net),
    /// `ip unnumbered IF`: it borrows the primary address of another interface.
    Unnumbered(InterfaceName),
    /// `ip address dhcp`: from a DHCP server on the link.
    Dhcp {
        /// Whether the server's router becomes a default route (IX with
        /// `receive-default`; RTX without `dhcp auto default-route-add off`).
        default_route: bool,
    },
}

impl Addressing {
    /// The networks that lines give it, whether it is up or not.
    pub fn static_networks(&self) -> impl Iterator<Item = IpNet> {
        let primary = self.ipv4.iter().filter_map(|source| match source.value {
            Ipv4Source::Static(network) => Some(IpNet::V4(network)),
            Ipv4Source::Unnumbered(_) | Ipv4Source::Dhcp { .. } => None,
        });
        let secondary = self.ipv4_secondary.iter().map(|network| IpNet::V4(network.value));
        primary.chain(secondary).chain(self.ipv6.iter().map(|network| IpNet::V6(network.value)))
    }

    /// Whether a DHCP server gives its primary address.
    pub fn has_dhcp(&self) -> bool {
        self.ipv4.as_ref().is_some_and(|source| matches!(source.value, Ipv4Source::Dhcp { .. }))
    }
}
