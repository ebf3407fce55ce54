//! Static routes, and the default routes that come with leases.
//!
//! The kernel has one number where the router has two. [`priority`] keeps their order: distance
//! first, then metric.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};

use super::Draft;
use crate::apply::state::{MAIN_TABLE, RouteKey, RouteTarget, Share};
use crate::apply::workers::WorkerId;
use crate::model::addr::Ipv4Source;
use crate::model::route::{Gateway, NextHop, Route};
use crate::status::Lease;
use crate::types::{InterfaceName, KernelName, LineId, Sourced};

/// The distance of a default route from a lease: any static one is preferred.
pub const LEASE_DISTANCE: u8 = 254;

/// Metrics from here on count as this one.
const METRIC_MAX: u32 = 0xffff;

/// The kernel's priority of a route: `distance × 65536 + metric`, lower preferred.
///
/// A metric above 65535 counts as 65535. The lowest priority is 1, since Linux takes 0 in IPv6
/// for "choose one".
pub fn priority(distance: u8, metric: u32) -> u32 {
    (u32::from(distance) << 16 | metric.min(METRIC_MAX)).max(1)
}

/// The distance and the metric that a priority was made of.
pub fn distance_and_metric(priority: u32) -> (u8, u32) {
    (u8::try_from(priority >> 16).unwrap_or(u8::MAX), priority & METRIC_MAX)
}

pub(super) fn resolve(draft: &mut Draft<'_>) {
    for route in &draft.model.routes {
        let Route { prefix, distance, metric, gateways } = &route.value;
        enter(key(*prefix, *distance, *metric), gateways, draft);
    }
    for (&name, interface) in &draft.model.interfaces {
        let asked = interface.addr.ipv4.as_ref();
        if let Some(Sourced { value: Ipv4Source::Dhcp { default_route: true }, origin }) = asked
            && draft.facts.leases.contains_key(&name)
        {
            let gateway = Sourced::new(Gateway::plain(NextHop::Dhcp(name)), *origin);
            enter(key(IpNet::V4(Ipv4Net::default()), LEASE_DISTANCE, 1), &[gateway], draft);
        }
    }
    share_by_stream(draft);
}

/// Where several ways share, a stream is known by its addresses and ports, as on the appliances.
const HASH_POLICIES: [&str; 2] = ["net.ipv4.fib_multipath_hash_policy", "net.ipv6.fib_multipath_hash_policy"];

/// Streams and not hosts stay on their way, as soon as a route has several.
fn share_by_stream(draft: &mut Draft<'_>) {
    let is_shared = |target: &&Sourced<RouteTarget>| matches!(target.value, RouteTarget::Shared(_));
    let Some(origin) = draft.state.routes.values().find(is_shared).map(|target| target.origin) else {
        return;
    };
    for name in HASH_POLICIES {
        draft.state.sysctls.insert(name.to_owned(), Sourced::new("1".to_owned(), origin));
    }
}

fn key(prefix: IpNet, distance: u8, metric: u32) -> RouteKey {
    RouteKey { prefix: prefix.trunc(), priority: priority(distance, metric), table: MAIN_TABLE }
}

/// Takes a route in by those of its gateways that can be used. The origin is the first one's line.
fn enter(key: RouteKey, gateways: &[Sourced<Gateway>], draft: &mut Draft<'_>) {
    let mut usable = Vec::new();
    for gateway in gateways.iter().filter(|gateway| gateway.filter.is_none()) {
        if let Some(reason) = withdrawn(gateway, key.prefix, draft) {
            draft.hold(gateway.origin, reason);
            continue;
        }
        match target(&gateway.next_hop, key.prefix, draft) {
            Ok(target) => usable.push((target, gateway.weight, gateway.origin)),
            Err(reason) => draft.hold(gateway.origin, reason),
        }
    }
    let Some(origin) = usable.first().map(|(_, _, origin)| *origin) else { return };
    let Some(target) = combine(usable, draft) else { return };
    if draft.state.routes.contains_key(&key) {
        return draft.hold(origin, "another route has the same prefix, distance and metric");
    }
    draft.state.routes.insert(key, Sourced::new(target, origin));
}

/// Whether a gateway takes part in the choice at all: `hide` and `keepalive` take it out.
pub(super) fn is_offered(gateway: &Gateway, prefix: IpNet, draft: &Draft<'_>) -> bool {
    let is_connected = || target(&gateway.next_hop, prefix, draft).is_ok();
    withdrawn(gateway, prefix, draft).is_none() && (!gateway.hide || is_connected())
}

/// Which monitor has taken a gateway out, if one has.
fn withdrawn(gateway: &Gateway, prefix: IpNet, draft: &Draft<'_>) -> Option<String> {
    let failed = |number: &u32| draft.has_failed(*number);
    if let Some(number) = gateway.keepalive.filter(|number| failed(number)) {
        return Some(format!("no host of ip keepalive {number} answers"));
    }
    for (number, monitor) in &draft.model.monitors {
        let name = monitor.name(*number);
        let concerned = monitor.actions.iter().filter(|action| action.concerns(prefix, &gateway.next_hop));
        for action in concerned {
            match (action.offers, failed(number)) {
                (false, true) => return Some(format!("{name} has shut it down")),
                (true, false) => return Some(format!("{name} has not resumed it")),
                (false, false) | (true, true) => {}
            }
        }
    }
    None
}

/// The one target of several gateways, which share what comes.
fn combine(mut usable: Vec<(RouteTarget, u32, LineId)>, draft: &mut Draft<'_>) -> Option<RouteTarget> {
    if usable.len() < 2 {
        return usable.pop().map(|(target, _, _)| target);
    }
    let mut shares: Vec<(Option<IpAddr>, KernelName, u64)> = Vec::new();
    for (target, weight, origin) in usable {
        let (gateway, link) = match target {
            RouteTarget::Via { gateway, link: Some(link) } => (Some(gateway), link),
            RouteTarget::Link(link) => (None, link),
            RouteTarget::Via { .. } | RouteTarget::Shared(_) | RouteTarget::Blackhole => {
                draft.hold(origin, "this gateway cannot share with the others of its network");
                continue;
            }
        };
        let weight = u64::from(weight.max(1));
        match shares.iter_mut().find(|share| (share.0, &share.1) == (gateway, &link)) {
            Some(share) => share.2 += weight,
            None => shares.push((gateway, link, weight)),
        }
    }
    let heaviest = shares.iter().map(|share| share.2).max()?;
    let scaled = |weight: u64| {
        let most = u64::from(Share::MAX);
        let weight = if heaviest > most { weight * most / heaviest } else { weight };
        u16::try_from(weight.max(1)).unwrap_or(Share::MAX)
    };
    let mut shares: Vec<Share> = shares
        .into_iter()
        .map(|(gateway, link, weight)| Share { gateway, link, weight: scaled(weight) })
        .collect();
    // The kernel prints them as they were set; an order of our own makes two runs equal.
    shares.sort();
    match shares.as_slice() {
        [Share { gateway: Some(gateway), link, .. }] => {
            Some(RouteTarget::Via { gateway: *gateway, link: Some(link.clone()) })
        }
        [Share { gateway: None, link, .. }] => Some(RouteTarget::Link(link.clone())),
        _ => Some(RouteTarget::Shared(shares)),
    }
}

/// Where a route leads in Linux, or why nowhere for now.
pub(super) fn target(next_hop: &NextHop, prefix: IpNet, draft: &Draft<'_>) -> Result<RouteTarget, String> {
    match next_hop {
        NextHop::Null => Ok(RouteTarget::Blackhole),
        NextHop::Router(gateway) => through(*gateway, draft),
        NextHop::RouterOn(gateway, interface) => {
            let link = draft.tie_up(*interface)?.link.clone();
            reachable_on(*gateway, *interface, &link, draft)?;
            Ok(RouteTarget::Via { gateway: *gateway, link: Some(link) })
        }
        NextHop::Interface(interface) => {
            let link = draft.tie_up(*interface)?.link.clone();
            // Linux drops such a route with the last address of its link, and without one there
            // is no source address to ask for neighbours with.
            if prefix.addr().is_ipv4()
                && networks(draft).all(|(name, network)| *name != link || is_ipv6(network))
            {
                return Err(format!("{interface} has no IPv4 address"));
            }
            Ok(RouteTarget::Link(link))
        }
        NextHop::Dhcp(interface) => {
            let link = draft.tie_up(*interface)?.link.clone();
            if !draft.state.workers.contains_key(&WorkerId::DhcpClient(*interface)) {
                return Err(format!("{interface} does not get its address by DHCP"));
            }
            let lease = draft.facts.leases.get(interface);
            let router = lease_router(lease).map_err(|why| format!("{interface}: {why}"))?;
            Ok(RouteTarget::Via { gateway: IpAddr::V4(router), link: Some(link) })
        }
    }
}

/// The best router that a lease announces.
fn lease_router(lease: Option<&Lease>) -> Result<Ipv4Addr, String> {
    let lease = lease.ok_or("no DHCP lease yet")?;
    let router = lease.routers.first().ok_or("the DHCP server announced no router")?;
    if lease.address.contains(router) {
        Ok(*router)
    } else {
        Err(format!("the announced router {router} is not on the network {}", lease.address.trunc()))
    }
}

/// A router without a link: on the interface whose network it stands in.
///
/// If there is none, it may stand in a network that is not ours: then the kernel decides, and
/// refuses the commit or not. It is held where the answer may change without a commit.
fn through(gateway: IpAddr, draft: &Draft<'_>) -> Result<RouteTarget, String> {
    let here = networks(draft)
        .filter(|(link, network)| network.contains(&gateway) && is_up(link, draft))
        .max_by_key(|(_, network)| network.prefix_len());
    if let Some((link, _)) = here {
        return Ok(RouteTarget::Via { gateway, link: Some(link.clone()) });
    }
    for (&name, interface) in &draft.model.interfaces {
        if interface.addr.static_networks().any(|network| network.contains(&gateway)) {
            draft.tie_up(name)?;
        }
    }
    if draft.model.interfaces.values().any(|interface| interface.addr.has_dhcp()) {
        return Err(format!("{gateway} is on no connected network"));
    }
    Ok(RouteTarget::Via { gateway, link: None })
}

/// Refuses a router on a network that a DHCP server has not lent yet. Otherwise the kernel decides.
fn reachable_on(
    gateway: IpAddr,
    interface: InterfaceName,
    link: &KernelName,
    draft: &Draft<'_>,
) -> Result<(), String> {
    let waits = draft.state.workers.contains_key(&WorkerId::DhcpClient(interface));
    let here = networks(draft).any(|(name, network)| name == link && network.contains(&gateway));
    if waits && !here { Err(format!("{interface} has no network of {gateway} yet")) } else { Ok(()) }
}

fn networks<'a>(draft: &'a Draft<'_>) -> impl Iterator<Item = (&'a KernelName, &'a IpNet)> {
    draft.state.addresses.keys().map(|address| (&address.link, &address.network))
}

fn is_ipv6(network: &IpNet) -> bool {
    network.addr().is_ipv6()
}

fn is_up(link: &KernelName, draft: &Draft<'_>) -> bool {
    draft.state.links.get(link).is_some_and(|link| link.up) && !draft.facts.silent.contains(link)
}
