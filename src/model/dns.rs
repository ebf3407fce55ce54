//! Names of hosts: answers to questions of others, and our own questions.

use std::net::IpAddr;

use ipnet::IpNet;

use super::access::{Clients, Hosts};
use crate::types::{InterfaceName, Sourced};

/// The DNS forwarder, and the resolver.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dns {
    /// Whether questions that come over IPv4 are answered (`proxy-dns ip enable`, `dns service recursive`).
    pub ipv4: Option<Sourced<()>>,
    /// The same for IPv6.
    pub ipv6: Option<Sourced<()>>,
    /// Whose questions are answered; `None`: everybody's.
    pub clients: Option<Sourced<Clients>>,
    /// Who is asked, in order of preference, when no rule says otherwise.
    pub servers: Vec<Sourced<Server>>,
    /// Who is asked by what is asked; the first that fits.
    pub rules: Vec<Sourced<Rule>>,
    /// Answers of our own.
    pub records: Vec<Sourced<Record>>,
    /// Whether the names of private addresses are denied without asking others.
    pub hides_private: Option<Sourced<()>>,
    /// Whether IPv6 addresses of names are denied.
    pub hides_ipv6: Option<Sourced<()>>,
    /// How many answers are remembered; `None`: none.
    pub cache: Option<Sourced<u32>>,
    /// Who is asked by the router itself.
    pub resolvers: Vec<Sourced<IpAddr>>,
    /// The domain of the router, added to short names.
    pub domain: Option<Sourced<String>>,
}

/// A DNS server to ask.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Server {
    /// Which.
    pub from: From,
    /// Whether it is told that long answers are welcome (EDNS, RFC 6891).
    pub edns: bool,
}

/// Where the address of a DNS server is known from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum From {
    /// From the line.
    Address(IpAddr),
    /// Learnt on an interface: by DHCP, DHCPv6 or IPCP.
    Interface(InterfaceName),
}

/// Who is asked by what is asked (`dns server select`, `proxy-dns server … domain`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The kind of record; `None`: any.
    pub kind: Option<Kind>,
    /// What is asked.
    pub asked: Asked,
    /// Who asks; `None`: anybody.
    pub asker: Option<Hosts>,
    /// Who is asked, in order; nobody: the question is dropped.
    pub servers: Vec<Server>,
}

/// What a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Any name.
    Anything,
    /// A name, or names that begin or end so: `*` stands for the rest, at one end.
    Name(String),
    /// Every name that ends so (`example.jp`).
    Ending(String),
    /// The name of an address in this network.
    Address(IpNet),
}

/// A kind of record (RFC 1035, 3.2.2; RFC 3596).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// IPv4 address.
    A,
    /// IPv6 address.
    Aaaa,
    /// Name of an address.
    Ptr,
    /// Mail server.
    Mx,
    /// Name server.
    Ns,
    /// Other name.
    Cname,
}

/// An answer of our own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// Its kind.
    pub kind: Kind,
    /// The name asked for; of a [`Kind::Ptr`] the address.
    pub name: String,
    /// The answer.
    pub value: String,
    /// How long it may be remembered, in seconds.
    pub seconds: u32,
}
