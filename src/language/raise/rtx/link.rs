//! `lan linux-interface`, and interfaces that are shut down.

use std::collections::BTreeMap;

use super::Page;
use crate::model::Interface;
use crate::model::link::{Link, PortTie};
use crate::types::{InterfaceName, LineId, Port};

pub(super) fn raise_ports(page: &mut Page<'_>, ports: &BTreeMap<Port, PortTie>) {
    for (&port, PortTie { devices }) in ports {
        for device in devices {
            page.line(
                device.origin,
                format_args!("lan linux-interface {} {}", page.port(port), device.value),
            );
        }
    }
}

/// An RTX has no line for an interface as such: the lines of other areas name it, and so it is up.
pub(super) fn raise(page: &mut Page<'_>, name: InterfaceName, interface: &Interface) {
    let Link { enabled, description, mtu, ipv6_mtu, mac, tag, bridge: _ } = &interface.link;
    let bare = Interface { link: Link { enabled: *enabled, ..Link::default() }, ..Interface::default() };
    if let Some(enabled) = enabled
        && enabled.value
        && *interface == bare
    {
        page.lose(enabled.origin, format!("no line says more of {name}, and an RTX needs none"));
    }
    let lan = page.interface(name);
    if let Some(tag) = tag {
        page.line(tag.origin, format_args!("vlan {lan} 802.1q vid={}", tag.value));
    }
    if let Some(text) = description {
        page.line(text.origin, format_args!("description {lan} {}", page.word(&text.value)));
    }
    if let Some(octets) = mtu {
        page.line(octets.origin, format_args!("ip {lan} mtu {}", octets.value));
    }
    if let Some(octets) = ipv6_mtu {
        page.line(octets.origin, format_args!("ipv6 {lan} mtu {}", octets.value));
    }
    if let Some(mac) = mac {
        page.lose(mac.origin, format!("an RTX keeps its own hardware address, wanted is {}", mac.value));
    }
}

/// `bridge member`: a line a bridge.
pub(super) fn raise_bridges(page: &mut Page<'_>, interfaces: &BTreeMap<InterfaceName, Interface>) {
    let mut members: BTreeMap<u8, (LineId, Vec<String>)> = BTreeMap::new();
    for (&name, interface) in interfaces {
        if let Some(bridge) = interface.link.bridge {
            let (_, names) = members.entry(bridge.value).or_insert((bridge.origin, Vec::new()));
            names.push(page.interface(name));
        }
    }
    for (number, (line, names)) in members {
        page.line(line, format_args!("bridge member bridge{number} {}", names.join(" ")));
    }
}

/// Why an interface has no lines, if it is shut down: the first line would bring it up.
pub(super) fn shut(name: InterfaceName, link: &Link) -> Option<String> {
    let shut = link.enabled.is_some_and(|enabled| !enabled.value);
    shut.then(|| format!("{name} is shut down, and any line of an RTX would bring it up"))
}
