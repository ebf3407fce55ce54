//! `lan linux-interface`, and interfaces that are shut down.

use std::collections::BTreeMap;

use super::Page;
use crate::model::Interface;
use crate::model::link::{Link, PortTie};
use crate::types::{InterfaceName, Port};

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
    let bare = Interface { link: interface.link.clone(), ..Interface::default() };
    if let Some(enabled) = &interface.link.enabled
        && enabled.value
        && *interface == bare
    {
        page.lose(enabled.origin, format!("no line says more of {name}, and an RTX needs none"));
    }
}

/// Why an interface has no lines, if it is shut down: the first line would bring it up.
pub(super) fn shut(name: InterfaceName, link: &Link) -> Option<String> {
    let Link { enabled } = link;
    let shut = enabled.as_ref().is_some_and(|enabled| !enabled.value);
    shut.then(|| format!("{name} is shut down, and any line of an RTX would bring it up"))
}
