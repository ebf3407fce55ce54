//! The lockout guard: does a commit touch what carries a login?
//!
//! A login hangs on links, on its local address, on the way back to its other end, and on the
//! filters that its packets meet. Each of these is looked up in the state before and in the one
//! wanted; where the two differ, the commit touches the login. Whether the change would really
//! cut it off is not asked: who changes the ladder that they stand on shall be asked to hold it.
//!
//! Pure. What stands in the kernel without being ours is in no state; of it only the links are
//! known, which the kernel itself names for each login.

mod filter;

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::state::{
    Address, Link, LinkKind, MAIN_TABLE, Neighbour, RouteKey, RouteTarget, State, link_of_sysctl,
};
use crate::status::login::Login;
use crate::types::{KernelName, LineId, Sourced};

/// What a commit would change of the things that a login hangs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// For people: `link wan`, `route 0.0.0.0/0`.
    pub what: String,
    /// The configuration line behind the change, in the new configuration or else in the old one.
    pub origin: LineId,
}

/// What the way from `old` to `new` changes for a login; `None` if nothing.
pub fn touches(old: &State, new: &State, login: &Login) -> Option<Touch> {
    link(old, new, login)
        .or_else(|| address(old, new, login))
        .or_else(|| way_back(old, new, login))
        .or_else(|| neighbour(old, new, login))
        .or_else(|| worker(old, new, login))
        .or_else(|| sysctl(old, new, login))
        .or_else(|| filter::touch(old.firewall.as_deref(), new.firewall.as_deref(), login))
}

fn touch(what: impl Into<String>, origin: LineId) -> Option<Touch> {
    Some(Touch { what: what.into(), origin })
}

/// The links that carry the login; the members of those that are bridges, the parent of a VLAN.
fn link(old: &State, new: &State, login: &Login) -> Option<Touch> {
    let below = [old, new].into_iter().flat_map(|state| &state.links).filter_map(|(name, link)| {
        match (&link.kind, &link.bridge) {
            (_, Some(bridge)) if login.links.contains(bridge) => Some(name),
            (LinkKind::Vlan { parent, .. }, _) if login.links.contains(name) => Some(parent),
            (LinkKind::Device | LinkKind::Bridge | LinkKind::Vlan { .. }, _) => None,
        }
    });
    let carriers: BTreeSet<&KernelName> = login.links.iter().chain(below).collect();
    carriers.into_iter().find_map(|name| {
        let (before, after) = (old.links.get(name), new.links.get(name));
        let origin = after.or(before)?.origin;
        let changes = match (before, after) {
            // It becomes what it was before us, and nobody knows here whether that was up.
            (Some(_), None) => true,
            // The login works over a link that was not ours yet: so it is up.
            (None, Some(after)) => !after.up || after.bridge.is_some() || after.mac.is_some(),
            (Some(before), Some(after)) => unnamed(before) != unnamed(after),
            (None, None) => false,
        };
        if changes { touch(format!("link {name}"), origin) } else { None }
    })
}

/// A link without what is only its name.
fn unnamed(link: &Link) -> Link {
    Link { alias: String::new(), ..link.clone() }
}

fn address(old: &State, new: &State, login: &Login) -> Option<Touch> {
    let ip = login.connection.local.ip();
    let of = |state: &State| -> Vec<(Address, LineId)> {
        let found = state.addresses.iter().filter(|(address, _)| address.network.addr() == ip);
        found.map(|(address, line)| (address.clone(), line.origin)).collect()
    };
    let (before, after) = (of(old), of(new));
    let (lost, origin) =
        before.iter().find(|(address, _)| after.iter().all(|(other, _)| other != address))?;
    let origin = after.first().map_or(*origin, |(_, origin)| *origin);
    touch(format!("address {}", lost.network), origin)
}

/// How packets find back to the other end, as far as it is ours.
#[derive(PartialEq, Eq)]
enum Way<'a> {
    /// The other end is on a network of this link.
    Network(&'a KernelName, u8),
    /// By this route, and to its routers by these networks.
    Route(&'a RouteKey, &'a RouteTarget, Vec<(&'a KernelName, u8)>),
}

fn way_back(old: &State, new: &State, login: &Login) -> Option<Touch> {
    let remote = login.connection.remote.ip();
    let tables: BTreeSet<u32> = [old, new].into_iter().flat_map(|state| tables(state, login)).collect();
    tables.into_iter().find_map(|table| {
        let (before, after) = (way(old, table, remote), way(new, table, remote));
        let same = before.as_ref().map(|(way, _)| way) == after.as_ref().map(|(way, _)| way);
        let (way, origin) = after.or(before).filter(|_| !same)?;
        match way {
            Way::Network(link, _) => touch(format!("the network of link {link}"), origin),
            Way::Route(key, ..) => touch(format!("route {}", key.prefix), origin),
        }
    })
}

/// The tables that the login's packets may ask.
fn tables(state: &State, login: &Login) -> Vec<u32> {
    let marks = state.firewall.as_ref().map(|table| filter::marks(table, login)).unwrap_or_default();
    let of_rules = state.rules.keys().filter(|rule| marks.contains(&rule.mark)).map(|rule| rule.table);
    of_rules.chain([MAIN_TABLE]).collect()
}

fn way(state: &State, table: u32, remote: IpAddr) -> Option<(Way<'_>, LineId)> {
    let network = network(state, remote).filter(|_| table == MAIN_TABLE);
    let route = route(state, table, remote);
    match (network, route) {
        (Some((link, length, origin)), route)
            if route.is_none_or(|(key, _)| key.prefix.prefix_len() <= length) =>
        {
            Some((Way::Network(link, length), origin))
        }
        (_, Some((key, target))) => {
            let gateways = target.gateways();
            let routers = gateways.into_iter().filter_map(|gateway| network_to(state, gateway)).collect();
            Some((Way::Route(key, &target.value, routers), target.origin))
        }
        (_, None) => None,
    }
}

fn network_to(state: &State, router: IpAddr) -> Option<(&KernelName, u8)> {
    network(state, router).map(|(link, length, _)| (link, length))
}

/// The narrowest network of an address of ours that has this address in it.
fn network(state: &State, ip: IpAddr) -> Option<(&KernelName, u8, LineId)> {
    let around = state.addresses.iter().filter(|(address, _)| address.network.contains(&ip));
    let (address, line) = around.max_by_key(|(address, _)| address.network.prefix_len())?;
    Some((&address.link, address.network.prefix_len(), line.origin))
}

/// The route that the kernel would choose among ours.
fn route(state: &State, table: u32, ip: IpAddr) -> Option<(&RouteKey, &Sourced<RouteTarget>)> {
    let leading = state.routes.iter().filter(|(key, _)| key.table == table && key.prefix.contains(&ip));
    leading.max_by_key(|(key, _)| (key.prefix.prefix_len(), std::cmp::Reverse(key.priority)))
}

/// The hardware address of the next host on the way back, where it does not ask for it.
fn neighbour(old: &State, new: &State, login: &Login) -> Option<Touch> {
    let remote = login.connection.remote.ip();
    let routers = route(old, MAIN_TABLE, remote).map(|(_, target)| target.gateways()).unwrap_or_default();
    let next = |neighbour: &Neighbour| neighbour.address == remote || routers.contains(&neighbour.address);
    old.neighbours.keys().chain(new.neighbours.keys()).filter(|neighbour| next(neighbour)).find_map(
        |neighbour| {
            let (before, after) = (old.neighbours.get(neighbour), new.neighbours.get(neighbour));
            let origin = after.or(before).filter(|_| before != after)?.origin;
            touch(format!("neighbour {}", neighbour.address), origin)
        },
    )
}

/// A worker that stops gives back the address that it was lent.
fn worker(old: &State, new: &State, login: &Login) -> Option<Touch> {
    old.workers.iter().find_map(|(id, before)| {
        let carries = before.link().is_some_and(|link| login.links.contains(link));
        let after = new.workers.get(id);
        if carries && after != Some(before) {
            return touch(id.to_string(), after.unwrap_or(before).origin);
        }
        None
    })
}

/// Values that make the kernel drop packets by their source, or have no IPv6 at all.
fn sysctl(old: &State, new: &State, login: &Login) -> Option<Touch> {
    new.sysctls.iter().find_map(|(name, after)| {
        let of_login = link_of_sysctl(name).is_none_or(|link| login.links.contains(&link));
        let decides = name.ends_with(".rp_filter") || name.ends_with(".disable_ipv6");
        let before = old.sysctls.get(name);
        if of_login && decides && before != Some(after) && (before.is_some() || after.value != "0") {
            return touch(format!("sysctl {name}"), after.origin);
        }
        None
    })
}

#[cfg(test)]
mod tests;
