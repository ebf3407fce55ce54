//! Policy routing: which way packets take before the routes are asked.
//!
//! IX has route maps over access lists, RTX packet transfer filters over numbered filters. Both
//! come down to a list of choices. The first one whose rules pass a packet decides its way; a
//! packet that none of them takes is routed as if there were no policy.

use std::net::IpAddr;

use super::filter::Rule;
use crate::types::{InterfaceName, Sourced};

/// The policies for the packets that one interface receives, or for those of the router itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policies {
    /// For IPv4 packets.
    pub ipv4: Option<Policy>,
    /// For IPv6 packets.
    pub ipv6: Option<Policy>,
}

/// Choices in the order in which they are tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Each by the line that opens it: an entry of a route map, a line of a transfer filter.
    pub choices: Vec<Sourced<Choice>>,
}

/// Some packets, and where they go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which packets: those that the first rule which matches passes. `None`: all.
    pub rules: Option<Vec<Sourced<Rule>>>,
    /// What becomes of a packet for which that rule says drop.
    pub dropped: Dropped,
    /// Where the others go.
    pub way: Way,
    /// Only while the hosts of this monitor answer (RTX `keepalive`).
    pub monitor: Option<u32>,
}

/// What a rule that drops means to a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// Not for this choice: the next one is tried (IX `deny`).
    Passed,
    /// The packet is dropped indeed (RTX `reject`).
    Gone,
}

/// Where packets go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Where the routes lead, without looking at further choices (IX `route-map NAME deny`).
    Routes,
    /// Out by the first of these that can be used. If there is none, where the routes lead.
    Hops(Vec<Hop>),
    /// The same, but only where no route other than a default route is known (IX `set default`).
    LastResort(Vec<Hop>),
}

/// One way out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hop {
    /// To a router on a connected network.
    Router(IpAddr),
    /// Out of an interface, by the router that its default route or its DHCP server names.
    Interface(InterfaceName),
}

impl Policies {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ipv4.is_none() && self.ipv6.is_none()
    }
}

impl Way {
    /// The ways out that it names.
    pub fn hops(&self) -> &[Hop] {
        match self {
            Self::Routes => &[],
            Self::Hops(hops) | Self::LastResort(hops) => hops,
        }
    }
}
