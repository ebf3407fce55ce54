//! Uplinks: the interfaces that lead to the rest of the world.
//!
//! Where there are several, a connection that arrives by one must be answered by the same one,
//! whatever the default route and the policies say: its other end waits for the address that it
//! spoke to, and providers drop what does not come from their own. So the first packet that
//! arrives by an uplink marks its connection with the uplink's number, and every packet of the
//! connection's other direction asks that uplink's table: the networks of the interface, all
//! routes that leave by it, and a default route.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::way::{default_of, family_of, number_of, reached};
use crate::apply::firewall::mark::{ARRIVED, OURS, OURS_MASK};
use crate::apply::firewall::{Change, Family, Firewall, Hook, Match, Rule, Verdict};
use crate::apply::resolve::Draft;
use crate::apply::resolve::monitor::asked_by;
use crate::apply::state::{MAIN_TABLE, RouteTarget, sysctl_of_link};
use crate::model::policy::{Hop, Policies};
use crate::model::route::NextHop;
use crate::types::{InterfaceName, KernelName, LineId, Sourced};

/// The uplinks of a configuration, whether they are up or not.
pub(in crate::apply::resolve) struct Uplinks(BTreeMap<InterfaceName, Uplink>);

struct Uplink {
    /// Its way: 1 to 255.
    number: u32,
    link: KernelName,
    origin: LineId,
    /// The policies or monitors that name it need its table even if it is the only one.
    is_named: bool,
}

/// A route of an uplink's table.
type Route = (IpNet, RouteTarget);

impl Uplinks {
    /// Every tied interface that a default route, a policy or a monitor sends packets to.
    pub(super) fn find(draft: &Draft<'_>) -> Self {
        let mut named: BTreeSet<InterfaceName> = BTreeSet::new();
        let model = draft.model;
        let policies = model.interfaces.values().map(|interface| &interface.policy);
        for policies in policies.chain([&model.own_policy]) {
            named.extend(hops(policies).filter_map(|hop| match hop {
                Hop::Interface(interface) => Some(*interface),
                Hop::Router(router) => stands_on(*router, draft),
            }));
        }
        for (number, monitor) in &model.monitors {
            named.extend(monitor.probes().filter_map(|probe| asked_by(*number, probe, draft)));
        }
        let mut all = named.clone();
        for route in &model.routes {
            let of_some = |hop| route.prefix.prefix_len() == 0 || hop;
            let gateways = route.gateways.iter().filter(|gateway| of_some(gateway.filter.is_some()));
            all.extend(gateways.filter_map(|gateway| interface_of(&gateway.next_hop, draft)));
        }
        all.extend(draft.facts.leases.keys().filter(|name| gives_default_route(**name, draft)));

        let mut taken = BTreeSet::new();
        let tied = all.into_iter().filter_map(|name| Some((name, draft.tie(name).ok()?)));
        Self(
            tied.map(|(name, tie)| {
                let wanted = number_of(&name.to_string(), ARRIVED);
                let mut numbers = (wanted..=ARRIVED).chain(1..wanted);
                let number = numbers.find(|number| taken.insert(*number)).unwrap_or(ARRIVED);
                let is_named = named.contains(&name);
                (name, Uplink { number, link: tie.link.clone(), origin: tie.origin, is_named })
            })
            .collect(),
        )
    }

    /// The way of each uplink.
    pub(super) fn numbers(&self) -> BTreeMap<InterfaceName, u32> {
        self.0.iter().map(|(name, uplink)| (*name, uplink.number)).collect()
    }

    /// The way of one uplink.
    pub(in crate::apply::resolve) fn number(&self, name: InterfaceName) -> Option<u32> {
        self.0.get(&name).map(|uplink| uplink.number)
    }

    /// Has answers leave by the uplink by which their connection arrived. One uplink needs no help.
    pub(super) fn answer_where_they_arrived(&self, draft: &mut Draft<'_>, firewall: &mut Firewall) {
        if self.0.len() < 2 {
            return;
        }
        for Uplink { number, link, origin, .. } in self.0.values() {
            let (mask, value) = (OURS_MASK | ARRIVED, OURS | number);
            let arrived = Rule {
                changes: vec![Change::ConnectionMark { keep: !mask, set: value }],
                ..Rule::new(vec![Match::InLink(link.clone()), Match::New], Verdict::Continue, *origin)
            };
            firewall.hook_in(Hook::Classify, arrived);
            // An answer comes to us by another way than to its own router: that is no forgery.
            let loose = Sourced::new("2".to_owned(), *origin);
            draft.state.sysctls.insert(sysctl_of_link("ipv4", link, "rp_filter"), loose);
        }
        for hook in [Hook::Classify, Hook::ClassifyOwn] {
            for Uplink { number, origin, .. } in self.0.values() {
                let (mask, value) = (OURS_MASK | ARRIVED, OURS | number);
                let matches = vec![Match::Reply, Match::ConnectionMark { mask, value }];
                let answer = Rule::new(matches, Verdict::Accept, *origin);
                firewall.hook_in(hook, super::mark(answer, *number));
            }
        }
    }

    /// Our own packets have the address of the interface by which the routes would send them; those
    /// that leave by another uplink get its address.
    pub(super) fn give_their_address(&self, draft: &Draft<'_>, firewall: &mut Firewall) {
        for Uplink { link, origin, .. } in self.0.values() {
            for family in [Family::Ipv4, Family::Ipv6] {
                let others = draft.state.addresses.keys().filter(|address| address.link != *link);
                let ours = others.map(|address| address.network.addr());
                let ours = ours.filter(|address| family_of(*address) == family);
                let ours: Vec<String> = ours.map(|address| address.to_string()).collect();
                if ours.is_empty() {
                    continue;
                }
                let matches = vec![
                    Match::OutLink(link.clone()),
                    Match::PacketMark { mask: OURS_MASK, value: OURS },
                    Match::Source(family, ours),
                ];
                firewall.hook_in(Hook::SourceNat, Rule::new(matches, Verdict::Masquerade(None), *origin));
            }
        }
    }

    /// The uplinks that packets are sent to, by number, each with the line that ties it.
    pub(super) fn needed(&self, used: &BTreeMap<u32, LineId>) -> Vec<(u32, LineId)> {
        let is_needed =
            |uplink: &&Uplink| self.0.len() > 1 || uplink.is_named || used.contains_key(&uplink.number);
        self.0.values().filter(is_needed).map(|uplink| (uplink.number, uplink.origin)).collect()
    }

    /// The routes of an uplink's table; none while it is down.
    pub(super) fn routes(&self, number: u32, draft: &Draft<'_>) -> Vec<Route> {
        let found = self.0.iter().find(|(_, uplink)| uplink.number == number);
        let Some((name, Uplink { link, .. })) = found.filter(|(name, _)| draft.tie_up(**name).is_ok()) else {
            return Vec::new();
        };
        let networks = draft.state.addresses.keys().filter(|address| address.link == *link);
        let connected = networks.map(|address| (address.network.trunc(), RouteTarget::Link(link.clone())));
        let main = draft.state.routes.iter().filter(|(key, _)| key.table == MAIN_TABLE);
        let by_it = main.filter_map(|(key, target)| Some((key.prefix, part_by(target, link)?)));
        let specific = connected.chain(by_it).filter(|(prefix, _)| prefix.prefix_len() > 0);
        let families = [Family::Ipv4, Family::Ipv6].into_iter();
        let defaults =
            families.filter_map(|family| Some((default_of(family), self.exit(*name, family, draft)?)));
        specific.chain(defaults).collect()
    }

    /// Where a hop leads: an interface by the router that it is known for.
    pub(super) fn leads_to(&self, hop: &NextHop, family: Family, draft: &Draft<'_>) -> Option<RouteTarget> {
        match hop {
            NextHop::Interface(interface) if self.0.contains_key(interface) => {
                self.exit(*interface, family, draft)
            }
            NextHop::Router(router) | NextHop::RouterOn(router, _) if family_of(*router) != family => None,
            hop => reached(hop, family, draft),
        }
    }

    /// How a packet leaves by an interface for good: by the router of the best default route
    /// there, by the one that its DHCP server announced, by one that a policy or the filter of a
    /// gateway names there, or straight out.
    fn exit(&self, interface: InterfaceName, family: Family, draft: &Draft<'_>) -> Option<RouteTarget> {
        let link = &draft.tie_up(interface).ok()?.link;
        let mut addresses = draft.state.addresses.keys().filter(|address| address.link == *link);
        let speaks = addresses.any(|address| family_of(address.network.addr()) == family);
        let default = default_of(family);
        let routes = draft.model.routes.iter().filter(|route| route.prefix == default);
        let best = routes
            .flat_map(|route| {
                route.gateways.iter().map(move |gateway| (route.distance, route.metric, gateway))
            })
            .filter_map(|(distance, metric, gateway)| {
                let target = reached(&gateway.next_hop, family, draft)?;
                Some((distance, metric, part_by(&target, link)?))
            })
            .min_by_key(|(distance, metric, _)| (*distance, *metric));
        best.map(|(_, _, target)| target)
            .or_else(|| reached(&NextHop::Dhcp(interface), family, draft).filter(|_| family == Family::Ipv4))
            .or_else(|| router_of_policies(interface, family, draft))
            .or_else(|| reached(&NextHop::Interface(interface), family, draft).filter(|_| speaks))
    }
}

/// The first router on an interface that a policy or a gateway with a filter leads to.
fn router_of_policies(interface: InterfaceName, family: Family, draft: &Draft<'_>) -> Option<RouteTarget> {
    let model = draft.model;
    let policies = model.interfaces.values().map(|interface| &interface.policy).chain([&model.own_policy]);
    let named = policies.flat_map(hops).filter_map(|hop| match hop {
        Hop::Router(router) => Some(NextHop::Router(*router)),
        Hop::Interface(_) => None,
    });
    let gateways = model.routes.iter().flat_map(|route| &route.gateways);
    let filtered =
        gateways.filter(|gateway| gateway.filter.is_some()).map(|gateway| gateway.next_hop.clone());
    let is_here = |hop: &NextHop| match hop {
        NextHop::Router(router) | NextHop::RouterOn(router, _) => {
            family_of(*router) == family && interface_of(hop, draft) == Some(interface)
        }
        NextHop::Interface(_) | NextHop::Dhcp(_) | NextHop::Null => false,
    };
    named.chain(filtered).filter(is_here).find_map(|hop| reached(&hop, family, draft))
}

fn hops(policies: &Policies) -> impl Iterator<Item = &Hop> {
    let policies = [&policies.ipv4, &policies.ipv6].into_iter().flatten();
    policies.flat_map(|policy| &policy.choices).flat_map(|choice| choice.way.hops())
}

/// The interface by which a next hop is reached, up or not.
pub(in crate::apply::resolve) fn interface_of(hop: &NextHop, draft: &Draft<'_>) -> Option<InterfaceName> {
    match hop {
        NextHop::Router(router) => stands_on(*router, draft),
        NextHop::RouterOn(_, interface) | NextHop::Interface(interface) | NextHop::Dhcp(interface) => {
            Some(*interface)
        }
        NextHop::Null => None,
    }
}

/// The interface on whose network a router stands, up or not.
fn stands_on(router: IpAddr, draft: &Draft<'_>) -> Option<InterfaceName> {
    let networks = draft.model.interfaces.iter().flat_map(|(name, interface)| {
        let lease = draft.facts.leases.get(name).map(|lease| IpNet::V4(lease.address));
        interface.addr.static_networks().chain(lease).map(|network| (*name, network))
    });
    let here = networks.filter(|(_, network)| network.contains(&router));
    here.max_by_key(|(_, network)| network.prefix_len()).map(|(name, _)| name)
}

fn gives_default_route(name: InterfaceName, draft: &Draft<'_>) -> bool {
    use crate::model::addr::Ipv4Source::Dhcp;
    let source = draft.model.interfaces.get(&name).and_then(|interface| interface.addr.ipv4.as_ref());
    source.is_some_and(|source| matches!(source.value, Dhcp { default_route: true, .. }))
}

/// The part of a target that leaves by the link.
fn part_by(target: &RouteTarget, link: &KernelName) -> Option<RouteTarget> {
    match target {
        RouteTarget::Via { link: Some(by), .. } | RouteTarget::Link(by) if by == link => Some(target.clone()),
        RouteTarget::Shared(shares) => {
            let share = shares.iter().find(|share| share.link == *link)?;
            Some(match share.gateway {
                Some(gateway) => RouteTarget::Via { gateway, link: Some(link.clone()) },
                None => RouteTarget::Link(link.clone()),
            })
        }
        RouteTarget::Via { .. } | RouteTarget::Link(_) | RouteTarget::Blackhole => None,
    }
}
