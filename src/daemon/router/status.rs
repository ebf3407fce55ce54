//! What is, for the screens: the kernel's picture, in the router's names.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;

use crate::apply::kernel::{Observed, ObservedLink};
use crate::apply::resolve::route::distance_and_metric;
use crate::apply::state::{Address, MAIN_TABLE, RouteKey, RouteTarget, State};
use crate::model::Model;
use crate::model::route::{Gateway, NextHop};
use crate::status::{
    AddressSource, AddressStatus, Facts, InterfaceStatus, LinkState, NeighbourStatus, RouteKind, RouteStatus,
    RouteTable, Sight, Sights,
};
use crate::types::{InterfaceName, KernelName, Mac, Sourced, Timestamp};

/// Interfaces and routes at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Every interface that the configuration names, by name.
    pub interfaces: Vec<InterfaceStatus>,
    /// IPv4 routes.
    pub ipv4: RouteTable,
    /// IPv6 routes.
    pub ipv6: RouteTable,
    /// Hosts on its links, by interface and address.
    pub neighbours: Vec<NeighbourStatus>,
}

/// Since when a route is there, as far as this daemon has seen.
#[derive(Clone, Debug, Default)]
pub struct Ages(BTreeMap<RouteKey, Timestamp>);

/// Everything that a snapshot is made of.
pub struct Sources<'a> {
    /// The configuration.
    pub model: &'a Model,
    /// What was asked of Linux for it.
    pub state: &'a State,
    /// What workers learned.
    pub facts: &'a Facts,
    /// What Linux has.
    pub observed: &'a Observed,
    /// What Linux saw on its links.
    pub sights: &'a Sights,
}

impl Ages {
    /// Takes note of which routes are there, and forgets those that went.
    fn observe<'a>(&mut self, present: impl Iterator<Item = &'a RouteKey>, now: Timestamp) {
        let before = std::mem::take(&mut self.0);
        self.0 = present.map(|key| (key.clone(), before.get(key).copied().unwrap_or(now))).collect();
    }

    fn age(&self, key: &RouteKey, now: Timestamp) -> Duration {
        self.0.get(key).map(|since| now.since(*since)).unwrap_or_default()
    }
}

impl Sources<'_> {
    /// Puts the picture together.
    pub fn snapshot(&self, ages: &mut Ages, now: Timestamp) -> Snapshot {
        let names = self.names();
        let connected = self.connected(&names);
        ages.observe(connected.iter().map(|(key, _)| key).chain(self.observed.routes.keys()), now);

        let mut routes: Vec<RouteStatus> = connected
            .into_iter()
            .map(|(key, route)| RouteStatus { age: ages.age(&key, now), ..route })
            .chain(self.main_routes().flat_map(|(key, target)| {
                let age = ages.age(key, now);
                let ways = self.ways(key, target, &names).into_iter();
                ways.map(move |way| RouteStatus { age, ..way })
            }))
            .collect();
        routes.sort_by_key(|route| (route.prefix, route.distance, route.metric));
        let (ipv4, ipv6) = routes.into_iter().partition(|route| matches!(route.prefix, IpNet::V4(_)));
        Snapshot {
            interfaces: self.model.interfaces.keys().map(|name| self.interface(*name)).collect(),
            neighbours: self.neighbours(&names),
            ipv4: self.table(ipv4, |prefix| matches!(prefix, IpNet::V4(_))),
            ipv6: self.table(ipv6, |prefix| matches!(prefix, IpNet::V6(_))),
        }
    }

    /// The routes for every packet, without those that filters choose.
    fn main_routes(&self) -> impl Iterator<Item = (&RouteKey, &RouteTarget)> {
        self.observed.routes.iter().filter(|(key, _)| key.table == MAIN_TABLE)
    }

    fn table(&self, routes: Vec<RouteStatus>, family: impl Fn(&IpNet) -> bool) -> RouteTable {
        let wished = self.model.routes.iter().filter(|route| family(&route.value.prefix)).count();
        let used = routes.iter().filter(|route| route.kind != RouteKind::Connected).count();
        RouteTable { routes, hidden: wished.saturating_sub(used) }
    }

    fn neighbours(&self, names: &BTreeMap<&KernelName, InterfaceName>) -> Vec<NeighbourStatus> {
        let named = |sight: &Sight| {
            Some(NeighbourStatus { interface: *names.get(&sight.link)?, sight: sight.clone() })
        };
        let mut neighbours: Vec<NeighbourStatus> = self.sights.neighbours.iter().filter_map(named).collect();
        neighbours.sort_by(|one, other| (one.interface, &one.sight).cmp(&(other.interface, &other.sight)));
        neighbours
    }

    /// The links of the router's interfaces, in the kernel's names.
    fn names(&self) -> BTreeMap<&KernelName, InterfaceName> {
        let links = self.model.interfaces.keys().filter_map(|name| Some((self.link_of(*name)?, *name)));
        links.collect()
    }

    /// The link that carries an interface: its one device, or the bridge over several.
    fn link_of(&self, name: InterfaceName) -> Option<&KernelName> {
        if let InterfaceName::Loopback(_) = name {
            return self.state.links.get_key_value(&name.kernel_name()).map(|(link, _)| link);
        }
        let alias = name.to_string();
        let found = self.state.links.iter().find(|(_, link)| link.bridge.is_none() && link.alias == alias);
        found.map(|(link, _)| link)
    }

    fn interface(&self, name: InterfaceName) -> InterfaceStatus {
        let link = self.link_of(name);
        let observed = link.and_then(|link| self.observed.links.get(link));
        let addresses = self.observed.addresses.keys().filter(|address| Some(&address.link) == link);
        InterfaceStatus {
            name,
            link: link.cloned(),
            state: link_state(link, observed),
            mac: observed.and_then(|seen| <[u8; 6]>::try_from(seen.mac.as_slice()).ok()).map(Mac),
            mtu: observed.map_or(0, |seen| seen.mtu),
            description: self.description(name),
            traffic: link.and_then(|link| self.sights.traffic.get(link)).copied(),
            addresses: addresses.map(|address| self.address(name, address)).collect(),
        }
    }

    fn description(&self, name: InterfaceName) -> Option<String> {
        Some(self.model.interfaces.get(&name)?.link.description.as_ref()?.value.clone())
    }

    fn address(&self, name: InterfaceName, address: &Address) -> AddressStatus {
        let lease = self.facts.leases.get(&name).filter(|lease| IpNet::V4(lease.address) == address.network);
        let source = match lease {
            Some(lease) => AddressSource::Dhcp { server: lease.server },
            None if self.state.addresses.contains_key(address) => AddressSource::Configuration,
            None => AddressSource::Foreign,
        };
        AddressStatus { network: address.network, source }
    }

    /// The networks of addresses on links that work.
    fn connected(&self, names: &BTreeMap<&KernelName, InterfaceName>) -> Vec<(RouteKey, RouteStatus)> {
        let mut seen = BTreeSet::new();
        let mut routes = Vec::new();
        for address in self.observed.addresses.keys() {
            let Some(name) = names.get(&address.link) else { continue };
            let works = self.observed.links.get(&address.link).is_some_and(|link| link.up && link.carrier);
            let prefix = address.network.trunc();
            if !works || is_link_local(prefix) || !seen.insert((prefix, *name)) {
                continue;
            }
            routes.push((
                RouteKey { prefix, priority: 0, table: MAIN_TABLE },
                RouteStatus {
                    prefix,
                    kind: RouteKind::Connected,
                    distance: 0,
                    metric: 1,
                    gateway: Some(address.network.addr()),
                    interface: Some(*name),
                    weight: None,
                    age: Duration::ZERO,
                },
            ));
        }
        routes
    }

    /// A route of ours, in the words of the lines behind it: one entry for each of its ways.
    fn ways(
        &self,
        key: &RouteKey,
        target: &RouteTarget,
        names: &BTreeMap<&KernelName, InterfaceName>,
    ) -> Vec<RouteStatus> {
        let (distance, metric) = distance_and_metric(key.priority);
        let line = self.model.route(key.prefix, distance, metric);
        let gateways = line.map(|line| line.value.gateways.as_slice()).unwrap_or_default();
        let by_dhcp = |interface| {
            let asks = |gateway: &Sourced<Gateway>| matches!(gateway.next_hop, NextHop::Dhcp(name) if Some(name) == interface);
            line.is_none() || gateways.iter().any(asks)
        };
        let way = |gateway: Option<IpAddr>, interface: Option<InterfaceName>, weight| RouteStatus {
            prefix: key.prefix,
            kind: if by_dhcp(interface) { RouteKind::Dhcp } else { RouteKind::Static },
            distance,
            metric,
            gateway,
            interface,
            weight,
            age: Duration::ZERO,
        };
        let named = |link| names.get(link).copied();
        match target {
            RouteTarget::Via { gateway, link: Some(link) } => vec![way(Some(*gateway), named(link), None)],
            RouteTarget::Via { gateway, link: None } => {
                vec![way(Some(*gateway), self.reached_by(*gateway, names), None)]
            }
            RouteTarget::Link(link) => vec![way(None, named(link), None)],
            RouteTarget::Shared(shares) => shares
                .iter()
                .map(|share| way(share.gateway, named(&share.link), Some(share.weight)))
                .collect(),
            RouteTarget::Blackhole => vec![way(None, None, None)],
        }
    }

    /// The interface on whose network a router is.
    fn reached_by(
        &self,
        gateway: IpAddr,
        names: &BTreeMap<&KernelName, InterfaceName>,
    ) -> Option<InterfaceName> {
        let networks = self.observed.addresses.keys().filter(|address| address.network.contains(&gateway));
        let nearest = networks.max_by_key(|address| address.network.prefix_len())?;
        names.get(&nearest.link).copied()
    }
}

fn link_state(link: Option<&KernelName>, observed: Option<&ObservedLink>) -> LinkState {
    match (link, observed) {
        (None, _) => LinkState::NotTied,
        (Some(_), None) => LinkState::Missing,
        (Some(_), Some(seen)) if !seen.up => LinkState::Shut,
        (Some(_), Some(seen)) if !seen.carrier => LinkState::NoCarrier,
        (Some(_), Some(_)) => LinkState::Up,
    }
}

/// The kernel's own network on every link (`fe80::/10`) says nothing about the router.
fn is_link_local(prefix: IpNet) -> bool {
    matches!(prefix, IpNet::V6(prefix) if prefix.addr().is_unicast_link_local())
}
