//! Addresses for the hosts of a link: the DHCP server.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use ipnet::Ipv4Net;

use crate::types::{InterfaceName, Mac, Sourced};

/// The DHCP server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// Whether questions are answered at all (`ip dhcp enable`, `dhcp service server`).
    pub enabled: Option<Sourced<()>>,
    /// What hosts get, by their network.
    pub pools: Vec<Sourced<Pool>>,
}

/// What the hosts of one network get (`ip dhcp profile` where it is bound, `dhcp scope`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The interface that has the network; `None`: hosts that a relay speaks for.
    pub interface: Option<InterfaceName>,
    /// Their network, host part zero.
    pub network: Ipv4Net,
    /// Addresses that may be given, in order, apart from each other. Never given are the
    /// router's own, the first and the last one of the network.
    pub ranges: Vec<RangeInclusive<Ipv4Addr>>,
    /// How long an address is lent to a host that does not ask for a time.
    pub lease: Lease,
    /// How long at most.
    pub longest_lease: Lease,
    /// Whether hosts without a reservation get nothing.
    pub known_only: bool,
    /// Addresses kept for hosts.
    pub reservations: Vec<Sourced<Reservation>>,
    /// What hosts are told besides their address.
    pub told: Told,
}

/// What hosts are told besides their address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Routers (option 3).
    pub routers: Vec<Ipv4Addr>,
    /// DNS servers (option 6).
    pub name_servers: Vec<Ipv4Addr>,
    /// The domain (option 15).
    pub domain: Option<String>,
    /// Time servers (option 42).
    pub time_servers: Vec<Ipv4Addr>,
    /// WINS servers (option 44).
    pub wins_servers: Vec<Ipv4Addr>,
    /// Other options, by their numbers (RFC 2132).
    pub options: BTreeMap<u8, OptionValue>,
}

/// The value of an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue {
    /// IPv4 addresses.
    Addresses(Vec<Ipv4Addr>),
    /// A number; its size follows from the option.
    Number(u32),
    /// Text without an end sign.
    Text(String),
    /// Bytes as they are sent.
    Octets(Vec<u8>),
}

/// How long an address is lent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lease {
    /// Seconds.
    Seconds(u32),
    /// For ever.
    Infinite,
}

/// Addresses kept for a host (`fixed-assignment`, `dhcp scope bind`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reservation {
    /// First and last address; `None`: any address of the pool.
    pub addresses: Option<(Ipv4Addr, Ipv4Addr)>,
    /// The host.
    pub client: Client,
}

/// How a host is recognised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Client {
    /// By its MAC address.
    Mac(Mac),
    /// By the first three octets of its MAC address.
    Vendor([u8; 3]),
    /// By the identifier that it sends (option 61), its type first.
    Identifier(Vec<u8>),
    /// It dials in, and gets the address by IPCP.
    DialIn,
}
