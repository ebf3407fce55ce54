//! Static routes.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use super::filter::Rule;
use crate::types::{InterfaceName, Sourced};

/// One static route: a network and the ways to it.
///
/// No two routes of a model share prefix, distance and metric. Of those that share a prefix the
/// lowest distance counts, then the lowest metric; the next one takes over when none of its
/// gateways can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The destination, host part zero.
    pub prefix: IpNet,
    /// Preference among sources of routes, lower first (IX `distance`, default 1).
    pub distance: u8,
    /// Preference among routes of one distance, lower first (default 1).
    pub metric: u32,
    /// The ways: those for some packets only, in the order in which they are tried, then those
    /// for all others, by value. The others share what comes, one stream always by one of them.
    pub gateways: Vec<Sourced<Gateway>>,
}

/// One way of a route. `Debug` shows the conditions that it has.
#[derive(Clone, PartialEq, Eq)]
pub struct Gateway {
    /// Where it leads.
    pub next_hop: NextHop,
    /// Its share among those that take any packet, at least 1 (RTX `weight`).
    pub weight: u32,
    /// Only while its line is connected (RTX `hide`). A port leaves its routes without it too,
    /// when its link goes down: Linux knows no route over a dead link.
    pub hide: bool,
    /// Only while the host answers that this `ip keepalive` asks (RTX `keepalive`).
    pub keepalive: Option<u32>,
    /// Only for packets that these rules pass (RTX `filter`). `None`: for all.
    pub filter: Option<Vec<Sourced<Rule>>>,
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

impl Gateway {
    /// A way for every packet, without conditions.
    pub fn plain(next_hop: NextHop) -> Self {
        Self { next_hop, weight: 1, hide: false, keepalive: None, filter: None }
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { next_hop, weight, hide, keepalive, filter } = self;
        if *self == Self::plain(next_hop.clone()) {
            return next_hop.fmt(f);
        }
        let mut shown = f.debug_struct("Gateway");
        shown.field("next_hop", next_hop);
        if *weight != 1 {
            shown.field("weight", weight);
        }
        if *hide {
            shown.field("hide", hide);
        }
        shown.field("keepalive", keepalive).field("filter", filter).finish()
    }
}
