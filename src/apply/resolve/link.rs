//! Interfaces become links.
//!
//! | Interface | Link |
//! |---|---|
//! | a port with one device | the device |
//! | a port with several | a bridge of ours over them: the port's switch |
//! | on top of a port, with a tag | a link of ours for the tagged frames of the port's link |
//! | of a bridge | a bridge of ours over the links of its members |
//! | a loopback | `lo`, which has its addresses as single hosts |
//!
//! A loopback interface needs no link of its own: what counts is that its address answers whatever
//! port is down, and `lo` does that on every kernel.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::{Draft, Tie};
use crate::apply::state::{Link, LinkKind, sysctl_of_link};
use crate::model::Interface;
use crate::model::link::Link as Settings;
use crate::types::{InterfaceName, KernelName, LineId, Port, Sourced};

pub(super) fn resolve(draft: &mut Draft<'_>) {
    let model = draft.model;
    let bridges = bridges(draft);
    let mut bases = BTreeMap::new();
    for port in model.interfaces.keys().filter_map(|name| name.port()) {
        bases.entry(port).or_insert_with(|| base(port, draft));
    }
    for (&name, interface) in &model.interfaces {
        match name {
            InterfaceName::Port(_) => {}
            InterfaceName::Sub(port, _) => match &bases[&port] {
                Some(base) => tagged(name, interface, base, draft),
                None => untied(name, interface, super::not_tied(name), draft),
            },
            InterfaceName::Bridge(number) => {
                let origin = bridges.get(&number).copied();
                bridge(number, Some(interface), origin, draft);
            }
            InterfaceName::Loopback(_) => loopback(name, interface, draft),
            InterfaceName::Null => untied(name, interface, "Null0.0 drops all".to_owned(), draft),
        }
    }
    for (&number, &origin) in &bridges {
        if !model.interfaces.contains_key(&InterfaceName::Bridge(number)) {
            bridge(number, None, Some(origin), draft);
        }
    }
}

/// The bridges that interfaces are members of, and the first line of each that says so.
fn bridges(draft: &Draft<'_>) -> BTreeMap<u8, LineId> {
    let mut bridges = BTreeMap::new();
    for bridge in draft.model.interfaces.values().filter_map(|interface| interface.link.bridge) {
        let first = bridges.entry(bridge.value).or_insert(bridge.origin);
        *first = bridge.origin.min(*first);
    }
    bridges
}

/// The link of a port: its one device, or a bridge over several. It is up where the port's own
/// interface is, or one on top of it.
fn base(port: Port, draft: &mut Draft<'_>) -> Option<Tie> {
    let name = InterfaceName::Port(port);
    let interface = draft.model.interfaces.get(&name);
    let devices = devices(port, draft);
    let Some(first) = devices.first() else {
        if let Some(interface) = interface {
            untied(name, interface, super::not_tied(name), draft);
        }
        return None;
    };
    let up = interface.is_some_and(|interface| is_enabled(&interface.link));
    let settings = interface.map(|interface| interface.link.clone()).unwrap_or_default();
    let is_base = |(other, interface): (&InterfaceName, &Interface)| {
        matches!(other, InterfaceName::Sub(of, _) if *of == port) && is_enabled(&interface.link)
    };
    let carries = draft.model.interfaces.iter().any(is_base);
    let group = settings.bridge.map(|bridge| InterfaceName::Bridge(bridge.value));
    let alias = if interface.is_some() { name.to_string() } else { port.to_string() };
    let (own, origin) = (own_link(name, &devices), first.origin);
    if devices.len() == 1 {
        let bridge = group.map(InterfaceName::kernel_name);
        enter(&own, link(LinkKind::Device, up || carries, alias, bridge), &settings, origin, draft);
    } else {
        // A bridge cannot be the member of another: then its devices are.
        let bridge = group.map_or_else(|| own.clone(), InterfaceName::kernel_name);
        if group.is_none() {
            enter(&own, link(LinkKind::Bridge, up || carries, alias, None), &settings, origin, draft);
        }
        for device in &devices {
            let member = link(LinkKind::Device, up || carries, port, Some(bridge.clone()));
            enter(&device.value, member, &Settings::default(), device.origin, draft);
        }
    }
    let tie = Tie { link: own, up, origin };
    match (group, interface) {
        (Some(group), Some(interface)) => {
            untied(name, interface, format!("{name} is a member of {group}"), draft);
        }
        (None, Some(_)) => drop(draft.ties.insert(name, tie.clone())),
        (_, None) => {}
    }
    Some(tie)
}

/// The link that carries a port's frames.
fn own_link(name: InterfaceName, devices: &[Sourced<KernelName>]) -> KernelName {
    match devices {
        [device] => device.value.clone(),
        _ => name.kernel_name(),
    }
}

/// The devices of a port that can be used.
fn devices(port: Port, draft: &mut Draft<'_>) -> Vec<Sourced<KernelName>> {
    let mut usable = Vec::new();
    for device in draft.model.ports.get(&port).into_iter().flat_map(|tie| &tie.devices) {
        if draft.facts.absent.contains(&device.value) {
            draft.hold(device.origin, format!("the machine has no interface {}", device.value));
        } else if draft.state.links.contains_key(&device.value) {
            draft.hold(device.origin, format!("{} is tied to another port already", device.value));
        } else {
            usable.push(device.clone());
        }
    }
    usable
}

/// An interface for the tagged frames of a port.
fn tagged(name: InterfaceName, interface: &Interface, base: &Tie, draft: &mut Draft<'_>) {
    let Some(tag) = interface.link.tag else {
        return untied(name, interface, format!("no line says which tag the frames of {name} bear"), draft);
    };
    let (own, up) = (name.kernel_name(), is_enabled(&interface.link));
    let kind = LinkKind::Vlan { parent: base.link.clone(), id: tag.value };
    let group = interface.link.bridge.map(|bridge| InterfaceName::Bridge(bridge.value));
    let bridge = group.map(InterfaceName::kernel_name);
    enter(&own, link(kind, up, name, bridge), &interface.link, tag.origin, draft);
    match group {
        Some(group) => untied(name, interface, format!("{name} is a member of {group}"), draft),
        None => drop(draft.ties.insert(name, Tie { link: own, up, origin: tag.origin })),
    }
}

/// A bridge over several interfaces, with an interface of its own or without.
fn bridge(number: u8, interface: Option<&Interface>, members: Option<LineId>, draft: &mut Draft<'_>) {
    let name = InterfaceName::Bridge(number);
    let Some(origin) = members else {
        if let Some(interface) = interface {
            untied(name, interface, format!("{name} has no members"), draft);
        }
        return;
    };
    let settings = interface.map(|interface| interface.link.clone()).unwrap_or_default();
    // Frames pass between the members whether the router has an interface there or not.
    let (own, up) = (name.kernel_name(), is_enabled(&settings));
    enter(&own, link(LinkKind::Bridge, true, name, None), &settings, origin, draft);
    if interface.is_some() {
        draft.ties.insert(name, Tie { link: own, up, origin });
    }
}

fn loopback(name: InterfaceName, interface: &Interface, draft: &mut Draft<'_>) {
    let enabled = interface.link.enabled.unwrap_or(Sourced::new(true, LineId::BUILT_IN));
    let (link, origin) = (name.kernel_name(), enabled.origin);
    let kind = LinkKind::Device;
    draft
        .state
        .links
        .entry(link.clone())
        .or_insert_with(|| Sourced::new(Link { up: true, ..Link::fresh(kind) }, origin));
    draft.ties.insert(name, Tie { link, up: enabled.value, origin });
}

/// An interface without a line about its state is down, as on an IX.
fn is_enabled(link: &Settings) -> bool {
    link.enabled.is_some_and(|enabled| enabled.value)
}

/// Takes a link in, with what is set of its interface.
fn enter(name: &KernelName, link: Link, settings: &Settings, origin: LineId, draft: &mut Draft<'_>) {
    let Settings { mtu, ipv6_mtu, mac, .. } = settings;
    let link = Link { mtu: *mtu, mac: *mac, ..link };
    let is_member = link.bridge.is_some();
    draft.state.links.insert(name.clone(), Sourced::new(link, origin));
    if let Some(octets) = ipv6_mtu {
        let sysctl = sysctl_of_link("ipv6", name, "mtu");
        draft.state.sysctls.insert(sysctl, octets.map(|octets| octets.to_string()));
    }
    for family in ["ipv4", "ipv6"].into_iter().filter(|_| !is_member) {
        // A route over a link without carrier is none: the next best takes over at once.
        let sysctl = sysctl_of_link(family, name, "ignore_routes_with_linkdown");
        draft.state.sysctls.insert(sysctl, Sourced::new("1".to_owned(), origin));
    }
}

/// A link that is not set in any other way.
fn link(kind: LinkKind, up: bool, alias: impl Display, bridge: Option<KernelName>) -> Link {
    Link { up, bridge, alias: alias.to_string(), ..Link::fresh(kind) }
}

/// Without a link of its own, the interface's lines have no effect. Other areas hold theirs.
fn untied(name: InterfaceName, interface: &Interface, reason: String, draft: &mut Draft<'_>) {
    let Settings { enabled, description: _, mtu, ipv6_mtu, mac, tag, bridge: _ } = &interface.link;
    let is_member =
        interface.link.bridge.is_some() && draft.state.links.values().any(|link| link.bridge.is_some());
    if !is_member {
        let lines = [enabled.map(|it| it.origin), mtu.map(|it| it.origin), ipv6_mtu.map(|it| it.origin)];
        let lines = lines.into_iter().chain([mac.map(|it| it.origin), tag.map(|it| it.origin)]);
        for line in lines.flatten() {
            draft.hold(line, reason.clone());
        }
    }
    draft.untied.insert(name, reason);
}
