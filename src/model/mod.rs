//! What the user wants: typed, free of dialect, one file an area.
//!
//! A [`Model`] is made by lowering a configuration tree and is never edited. Two trees that ask
//! for the same router, in whichever dialect, give equal models: origins do not count.
//! Maps are ordered, so that every walk over a model, and so every plan, comes out the same.

pub mod access;
pub mod addr;
pub mod ddns;
pub mod dhcp;
pub mod dns;
pub mod filter;
pub mod link;
pub mod log;
pub mod monitor;
pub mod mss;
pub mod nat;
pub mod policy;
pub mod prefix_list;
pub mod route;
pub mod system;
pub mod time;
pub mod user;

use std::collections::BTreeMap;

use ipnet::IpNet;

use crate::types::{InterfaceName, Port, Sourced};

/// A whole configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The router's own settings.
    pub system: system::System,
    /// Who may do what.
    pub users: user::Users,
    /// What is logged.
    pub log: log::Logging,
    /// Where the time comes from.
    pub time: time::Time,
    /// The services by which people come in.
    pub access: access::Access,
    /// Addresses for hosts.
    pub dhcp: dhcp::Server,
    /// Names of hosts.
    pub dns: dns::Dns,
    /// Who is told our addresses.
    pub ddns: ddns::Ddns,
    /// The Linux interfaces that each port is tied to.
    pub ports: BTreeMap<Port, link::PortTie>,
    /// Every interface that the configuration names.
    pub interfaces: BTreeMap<InterfaceName, Interface>,
    /// Static routes, by prefix, distance and metric, which no two share.
    pub routes: Vec<Sourced<route::Route>>,
    /// Which way the router's own packets take.
    pub own_policy: policy::Policies,
    /// Lists of prefixes, for routing protocols.
    pub prefix_lists: prefix_list::PrefixLists,
    /// Hosts that are asked whether they live, by number.
    pub monitors: BTreeMap<u32, Sourced<monitor::Monitor>>,
}

impl Model {
    /// The route of this prefix, distance and metric.
    pub fn route(&self, prefix: IpNet, distance: u8, metric: u32) -> Option<&Sourced<route::Route>> {
        let wanted = (prefix, distance, metric);
        let place = self.routes.binary_search_by_key(&wanted, |it| (it.prefix, it.distance, it.metric));
        place.ok().map(|place| &self.routes[place])
    }
}

/// One interface: each area keeps its own part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// Administrative state.
    pub link: link::Link,
    /// Addresses.
    pub addr: addr::Addressing,
    /// Filters of IPv4 packets.
    pub filter: filter::Filters,
    /// Filters of IPv6 packets.
    pub ipv6_filter: filter::Filters,
    /// Address translation.
    pub nat: nat::Nat,
    /// The longest segment of TCP connections.
    pub mss: mss::MaximumSegment,
    /// Which way the packets take that it receives.
    pub policy: policy::Policies,
}
