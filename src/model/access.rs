//! Who may use a service of the router.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::types::{InterfaceName, Sourced};

/// The services by which people come in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// SSH.
    pub ssh: Service,
    /// Telnet.
    pub telnet: Service,
    /// Web pages.
    pub http: Service,
    /// Answers to questions for the time.
    pub time: Service,
}

/// One service. Without a line it is off, whatever the appliance does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// Whether it is offered over IPv4.
    pub ipv4: Option<Sourced<()>>,
    /// The same over IPv6.
    pub ipv6: Option<Sourced<()>>,
    /// The port, if it is not the usual one.
    pub port: Option<Sourced<u16>>,
    /// Who may use it; `None`: everybody whom the filters let in.
    pub clients: Option<Sourced<Clients>>,
}

/// Who may use a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clients {
    /// Everybody.
    Any,
    /// Hosts on LAN interfaces.
    Lan,
    /// These only; an empty list is nobody.
    Only(Vec<Client>),
}

/// One who may use a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Client {
    /// By their addresses.
    Hosts(Hosts),
    /// Hosts on an interface.
    Interface(InterfaceName),
}

/// Hosts by their addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// All of a network; a single one is a network of full length.
    Network(IpNet),
    /// From first to last, both of one family.
    Range(IpAddr, IpAddr),
}
