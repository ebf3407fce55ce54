//! `device`, `shutdown`.

use std::collections::BTreeMap;

use super::Page;
use crate::model::link::{Link, PortTie};
use crate::types::Port;

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
    let Link { enabled } = link;
    if let Some(enabled) = enabled {
        page.line(enabled.origin, if enabled.value { "no shutdown" } else { "shutdown" });
    }
}
