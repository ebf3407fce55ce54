//! What stands: the part of the kernel that is ours, as a [`State`].
//!
//! Plans begin here and not at the state of the last commit, so that a commit also repairs what
//! others changed meanwhile, and so that a restart needs no road of its own: the first commit
//! after it leads from whatever was left to what is wanted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::firewall::Firewall;
use super::kernel::{Observed, ObservedLink};
use super::plan::{Plan, plan};
use super::state::{Address, Link, LinkKind, RouteKey, RouteTarget, Rule, State};
use crate::types::{InterfaceName, KernelName, LineId, Mac, Port, Sourced};

/// What the kernel has of ours.
///
/// - links that `known` or `target` name, bridges of our making, and devices that bear our name;
/// - addresses, routes and rules with our mark; on kernels that keep no mark of addresses, those of `known`;
/// - the values in `sysctls`;
/// - the table. If it is neither that of `known` nor that of `target`, nobody can say what its
///   rules did: an empty table stands for it;
/// - the workers of `known`: they are not the kernel's.
///
/// Origins are those of `known`, else of `target`, else [`LineId::BUILT_IN`].
pub fn standing(
    observed: &Observed,
    sysctls: &BTreeMap<String, String>,
    known: &State,
    target: &State,
) -> State {
    State {
        links: links(observed, known, target),
        addresses: addresses(observed, known, target),
        neighbours: observed
            .neighbours
            .iter()
            .map(|(key, mac)| (key.clone(), sourced(*mac, key, &known.neighbours, &target.neighbours)))
            .collect(),
        proxies: observed
            .proxies
            .iter()
            .map(|key| (key.clone(), sourced((), key, &known.proxies, &target.proxies)))
            .collect(),
        routes: routes(observed, known, target),
        rules: rules(observed, known, target),
        sysctls: sysctls
            .iter()
            .map(|(name, value)| {
                (name.clone(), sourced(value.clone(), name, &known.sysctls, &target.sysctls))
            })
            .collect(),
        firewall: firewall(observed, known, target),
        workers: known.workers.clone(),
    }
}

/// Differences between what stands and `state`, as the steps that would repair them.
///
/// Reported, never done: whoever changed it may have had a reason.
pub fn drift(observed: &Observed, state: &State) -> Plan {
    let sysctls = state.sysctls.iter().map(|(name, value)| (name.clone(), value.value.clone())).collect();
    plan(&standing(observed, &sysctls, state, state), state)
}

/// Stands for a table of ours whose rules are not known.
pub(super) fn unknown_table() -> Firewall {
    Firewall::default()
}

fn links(observed: &Observed, known: &State, target: &State) -> BTreeMap<KernelName, Sourced<Link>> {
    let ours = observed.links.iter().filter_map(|(name, link)| {
        let kind = kind(name, link, known, target)?;
        let bridge = link.bridge.clone();
        // What no line sets is not looked at: it may change as it likes.
        let set = [known, target].map(|state| state.links.get(name).map(|link| &link.value));
        let mtu = set.iter().flatten().find_map(|set| set.mtu).map(|set| set.map(|_| link.mtu));
        let mac = set.iter().flatten().find_map(|set| set.mac).and_then(|set| {
            let bytes = <[u8; 6]>::try_from(link.mac.as_slice()).ok()?;
            Some(set.map(|_| Mac(bytes)))
        });
        let link = Link { kind, up: link.up, bridge, alias: link.alias.clone(), mtu, mac };
        Some((name.clone(), sourced(link, name, &known.links, &target.links)))
    });
    ours.collect()
}

/// What a link is to us; `None` if it is not ours.
fn kind(name: &KernelName, link: &ObservedLink, known: &State, target: &State) -> Option<LinkKind> {
    let known_kind = |state: &State| state.links.get(name).map(|link| link.kind.clone());
    if let Some((parent, id)) = link.vlan.clone() {
        let is_ours =
            matches!(known_kind(known), Some(LinkKind::Vlan { .. })) || names_own(&link.alias, name);
        if is_ours {
            return Some(LinkKind::Vlan { parent, id });
        }
    }
    if link.is_bridge && (known_kind(known) == Some(LinkKind::Bridge) || names_own(&link.alias, name)) {
        return Some(LinkKind::Bridge);
    }
    let is_device = known_kind(known) == Some(LinkKind::Device)
        || known_kind(target) == Some(LinkKind::Device)
        || names_device(&link.alias);
    is_device.then_some(LinkKind::Device)
}

/// Whether a link of our making bears the name and the alias that we would give it.
fn names_own(alias: &str, name: &KernelName) -> bool {
    alias
        .parse::<InterfaceName>()
        .is_ok_and(|interface| interface.to_string() == alias && interface.kernel_name() == *name)
}

/// Whether an alias is one that we write: an interface's name, or a port's on members of its bridge.
fn names_device(alias: &str) -> bool {
    alias.parse::<InterfaceName>().is_ok_and(|interface| interface.to_string() == alias)
        || alias.parse::<Port>().is_ok_and(|port| port.to_string() == alias)
}

fn addresses(observed: &Observed, known: &State, target: &State) -> BTreeMap<Address, Sourced<()>> {
    let ours = |address: &Address, marked: bool| marked || known.addresses.contains_key(address);
    observed
        .addresses
        .iter()
        .filter(|(address, marked)| ours(address, **marked))
        .map(|(address, _)| (address.clone(), sourced((), address, &known.addresses, &target.addresses)))
        .collect()
}

fn routes(observed: &Observed, known: &State, target: &State) -> BTreeMap<RouteKey, Sourced<RouteTarget>> {
    observed
        .routes
        .iter()
        .map(|(key, route)| {
            // The kernel names the link of every route. Where the target leaves it open, any link
            // that stays up will do; all else must be brought back as it was.
            let stays = route.links().into_iter().all(|link| match target.links.get(link) {
                Some(link) => link.up,
                None => !known.links.contains_key(link),
            });
            let asked = target.routes.get(key).map(|asked| &asked.value).filter(|_| stays);
            let route = asked.filter(|asked| same_gateway(asked, route)).unwrap_or(route).clone();
            (key.clone(), sourced(route, key, &known.routes, &target.routes))
        })
        .collect()
}

fn rules(observed: &Observed, known: &State, target: &State) -> BTreeMap<Rule, Sourced<()>> {
    observed.rules.iter().map(|rule| (*rule, sourced((), rule, &known.rules, &target.rules))).collect()
}

fn same_gateway(asked: &RouteTarget, has: &RouteTarget) -> bool {
    match (asked, has) {
        (RouteTarget::Via { gateway, link: None }, RouteTarget::Via { gateway: other, .. }) => {
            gateway == other
        }
        (
            RouteTarget::Via { .. } | RouteTarget::Link(_) | RouteTarget::Shared(_) | RouteTarget::Blackhole,
            _,
        ) => false,
    }
}

fn firewall(observed: &Observed, known: &State, target: &State) -> Option<Arc<Firewall>> {
    let stands = observed.firewall.as_ref()?;
    let candidates = [&known.firewall, &target.firewall];
    let found = candidates.into_iter().flatten().find(|table| table.fingerprints() == *stands);
    Some(found.map_or_else(|| Arc::new(unknown_table()), Arc::clone))
}

/// A value with the line that is known for its key.
fn sourced<K: Ord, V, W>(
    value: V,
    key: &K,
    known: &BTreeMap<K, Sourced<W>>,
    target: &BTreeMap<K, Sourced<W>>,
) -> Sourced<V> {
    let origin = known.get(key).or_else(|| target.get(key)).map_or(LineId::BUILT_IN, |item| item.origin);
    Sourced::new(value, origin)
}
