//! Packet filters: what an interface lets in and out.
//!
//! IX applies named access lists in sequence order, RTX a list of numbered filters; both come
//! down to one ordered list of rules for a direction. The first rule that matches decides; a
//! packet that none matches is dropped. A direction without a list passes everything. IPv4 and
//! IPv6 have filters of their own, of the same shape.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::IpNet;

use crate::types::Sourced;

/// The filters of one interface for one IP version: they never judge a packet of the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Judges packets that the interface receives, after address translation. `None`: no list.
    pub inbound: Option<Vec<Sourced<Rule>>>,
    /// Judges packets that leave through the interface, before address translation.
    pub outbound: Option<Vec<Sourced<Rule>>>,
}

/// One line of a filter. All parts must match; an empty list of alternatives matches anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What happens to a packet that matches.
    pub action: Action,
    /// Whether a match is written to the log.
    pub log: bool,
    /// IP protocol numbers, any of them.
    pub protocols: Vec<u8>,
    /// Where the packet comes from, any of them.
    pub source: Vec<AddressRange>,
    /// Where the packet goes, any of them.
    pub destination: Vec<AddressRange>,
    /// TCP or UDP source ports; for ICMP and ICMPv6 the type.
    pub source_ports: Vec<RangeInclusive<u16>>,
    /// TCP or UDP destination ports; for ICMP and ICMPv6 the code.
    pub destination_ports: Vec<RangeInclusive<u16>>,
}

/// What a filter does with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It goes on.
    Pass,
    /// It is dropped without an answer, as both appliances do.
    Drop,
}

/// A network, or a range of addresses from first to last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressRange {
    /// A prefix; a single address is a prefix of full length.
    Network(IpNet),
    /// `first-last`, both of one family.
    Range(IpAddr, IpAddr),
}
