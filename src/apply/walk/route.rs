//! The look-up of routes: own addresses first, then the tables of rules for marked packets, then
//! the main table; in a table the longest prefix, and of that the lowest priority.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Decision;
use crate::apply::firewall::Family;
use crate::apply::state::{Address, MAIN_TABLE, RouteKey, RouteTarget, State};
use crate::types::{KernelName, LineId};

/// The priority of the route that an IPv6 address brings; those of IPv4 addresses have 0.
const CONNECTED_IPV6: u32 = 256;

/// The routes of a state.
pub(super) struct Routes<'a> {
    state: &'a State,
    /// Our addresses on links that are up.
    addresses: Vec<(&'a Address, LineId)>,
}

/// Where a route leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way<'a> {
    /// To the router itself.
    Local,
    /// Out by a link, to a router or straight.
    Out { link: &'a KernelName, gateway: Option<IpAddr> },
    /// Nowhere.
    Nowhere,
}

type Found<'a> = (Decision<'a>, Way<'a>);

impl<'a> Routes<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        let is_up = |address: &Address| state.links.get(&address.link).is_some_and(|link| link.up);
        let addresses = state.addresses.iter().filter(|(address, _)| is_up(address));
        Self { state, addresses: addresses.map(|(address, line)| (address, line.origin)).collect() }
    }

    /// What the kernel does with packets of this mark for an address. `None`: no route leads there.
    /// Of several ways of a route, it takes the one by `prefers`, or else the heaviest.
    pub(super) fn look_up(
        &self,
        destination: IpAddr,
        mark: u32,
        prefers: Option<&KernelName>,
    ) -> Option<Found<'a>> {
        if self.is_own(destination) {
            return Some((Decision::Local, Way::Local));
        }
        let family = if destination.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 };
        let mut rules: Vec<_> = self.state.rules.keys().collect();
        rules.retain(|rule| rule.family == family && rule.mark == mark);
        rules.sort_by_key(|rule| rule.priority);
        let of_rules = rules.into_iter().find_map(|rule| {
            let (length, found) = self.in_table(destination, rule.table, prefers)?;
            rule.longer_than.is_none_or(|least| length > least).then_some(found)
        });
        of_rules.or_else(|| Some(self.in_table(destination, MAIN_TABLE, prefers)?.1))
    }

    /// Whether packets to an address end here: it is ours, or the broadcast address of a network of ours.
    pub(super) fn is_own(&self, address: IpAddr) -> bool {
        let is_broadcast = |network: IpNet| match network {
            IpNet::V4(network) => network.prefix_len() < 31 && IpAddr::V4(network.broadcast()) == address,
            IpNet::V6(_) => false,
        };
        let is_everywhere = matches!(address, IpAddr::V4(address) if address.is_broadcast());
        address.is_loopback()
            || is_everywhere
            || self
                .addresses
                .iter()
                .any(|(own, _)| own.network.addr() == address || is_broadcast(own.network))
    }

    /// An address of ours, with the line that gives it.
    pub(super) fn own(&self, address: IpAddr) -> Option<(&'a Address, LineId)> {
        self.addresses.iter().find(|(own, _)| own.network.addr() == address).copied()
    }

    /// The address of a link that Linux speaks from, to somebody near.
    pub(super) fn address_of(&self, link: &KernelName, near: IpAddr) -> Option<IpAddr> {
        let of_link = |(own, _): &&(&Address, LineId)| {
            own.link == *link && own.network.addr().is_ipv4() == near.is_ipv4()
        };
        let mut all: Vec<_> = self.addresses.iter().filter(of_link).collect();
        // They were added in the order of their lines.
        all.sort_by_key(|(_, origin)| *origin);
        let nearest = all.iter().find(|(own, _)| own.network.contains(&near)).or(all.first());
        nearest.map(|(own, _)| own.network.addr())
    }

    /// The best route of a table, with the length of its prefix.
    fn in_table(
        &self,
        destination: IpAddr,
        table: u32,
        prefers: Option<&KernelName>,
    ) -> Option<(u8, Found<'a>)> {
        let connected = self.connected(destination).filter(|_| table == MAIN_TABLE);
        let host = IpNet::from(destination);
        for length in (0..=host.max_prefix_len()).rev() {
            let prefix = IpNet::new(destination, length).ok()?.trunc();
            let near = connected.filter(|(address, _)| address.network.prefix_len() == length);
            let far = self.state.routes.range(keys_of(prefix)).find(|(key, _)| key.table == table);
            let near_first = match (near, far) {
                (Some(_), Some((key, _))) => connected_priority(destination) <= key.priority,
                (near, _) => near.is_some(),
            };
            if near_first {
                return near.map(|near| (length, straight(near)));
            }
            if let Some((key, target)) = far {
                let decision = Decision::Route { prefix: key.prefix, table, target, origin: target.origin };
                return Some((length, (decision, self.way(target, prefers)?)));
            }
        }
        None
    }

    /// The nearest network of ours that an address is in.
    fn connected(&self, address: IpAddr) -> Option<(&'a Address, LineId)> {
        let near = self.addresses.iter().filter(|(own, _)| own.network.contains(&address));
        // Of two links in one network, Linux takes the one that had its address first.
        near.min_by_key(|(own, origin)| (std::cmp::Reverse(own.network.prefix_len()), *origin)).copied()
    }

    fn way(&self, target: &'a RouteTarget, prefers: Option<&KernelName>) -> Option<Way<'a>> {
        Some(match target {
            RouteTarget::Via { gateway, link: Some(link) } => Way::Out { link, gateway: Some(*gateway) },
            RouteTarget::Via { gateway, link: None } => {
                let (address, _) = self.connected(*gateway)?;
                Way::Out { link: &address.link, gateway: Some(*gateway) }
            }
            RouteTarget::Link(link) => Way::Out { link, gateway: None },
            RouteTarget::Shared(shares) => {
                let preferred = shares.iter().find(|share| Some(&share.link) == prefers);
                let share = preferred.or(shares.iter().max_by_key(|share| share.weight))?;
                Way::Out { link: &share.link, gateway: share.gateway }
            }
            RouteTarget::Blackhole => Way::Nowhere,
        })
    }
}

fn straight<'a>((address, origin): (&'a Address, LineId)) -> Found<'a> {
    (Decision::Connected { address, origin }, Way::Out { link: &address.link, gateway: None })
}

fn connected_priority(address: IpAddr) -> u32 {
    if address.is_ipv4() { 0 } else { CONNECTED_IPV6 }
}

/// All keys of a prefix, the best first.
fn keys_of(prefix: IpNet) -> std::ops::RangeInclusive<RouteKey> {
    RouteKey { prefix, priority: 0, table: 0 }..=RouteKey { prefix, priority: u32::MAX, table: u32::MAX }
}
