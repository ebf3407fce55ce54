//! `device`, `shutdown`.

use std::collections::BTreeMap;

use super::Page;
use crate::model::Interface;
use crate::model::link::{Link, PortTie};
use crate::types::{InterfaceName, Port};

pub(super) fn raise_ports(page: &mut Page<'_>, ports: &BTreeMap<Port, PortTie>) {
    for (&port, PortTie { devices }) in ports {
        for device in devices {
            page.enter(device.origin, format_args!("device {}", page.port(port)));
            page.line(device.origin, format_args!("linux-interface {}", device.value));
        }
    }
}

/// An IX shuts an interface down until it is told otherwise.
pub(super) fn raise(page: &mut Page<'_>, link: &Link) {
    let Link { enabled, description, mtu, ipv6_mtu, mac, tag, bridge } = link;
    if let Some(text) = description {
        page.line(text.origin, format_args!("description {}", text.value));
    }
    if let Some(mac) = mac {
        page.line(mac.origin, format_args!("mac-address {}", mac.value));
    }
    if let Some(tag) = tag {
        page.line(tag.origin, format_args!("encapsulation dot1q {} tpid 8100", tag.value));
    }
    if let Some(octets) = mtu {
        page.line(octets.origin, format_args!("ip mtu {}", octets.value));
    }
    if let Some(octets) = ipv6_mtu {
        page.line(octets.origin, format_args!("ipv6 mtu {}", octets.value));
    }
    if let Some(number) = bridge {
        page.line(number.origin, format_args!("bridge-group {}", number.value));
    }
    if let Some(enabled) = enabled {
        page.line(enabled.origin, if enabled.value { "no shutdown" } else { "shutdown" });
    }
}

/// What makes members of bridges one link.
pub(super) fn raise_bridges(page: &mut Page<'_>, interfaces: &BTreeMap<InterfaceName, Interface>) {
    if let Some(bridge) = interfaces.values().find_map(|interface| interface.link.bridge) {
        page.line(bridge.origin, "bridge irb enable");
    }
}
