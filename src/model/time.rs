//! The clock, and who sets it.

use std::net::IpAddr;

use crate::types::{InterfaceName, Sourced};

/// Where the time comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Time {
    /// Servers that are asked (RFC 5905), in order of preference.
    pub servers: Vec<Sourced<Server>>,
    /// Seconds from one question to the next.
    pub interval: Option<Sourced<u32>>,
    /// Where our own address for questions comes from.
    pub source: Option<Sourced<Source>>,
    /// Whether our own clock is good enough for others when no server answers.
    pub is_master: Option<Sourced<()>>,
}

/// A time server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// By its address.
    Address(IpAddr),
    /// By its name.
    Name(String),
    /// Whichever DHCPv6 tells of.
    Dhcp6,
}

/// Our own address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// That of an interface.
    Interface(InterfaceName),
    /// This one.
    Address(IpAddr),
}
