//! Ports become links: one device is used as it is, several become a bridge.

use super::{Draft, Tie};
use crate::apply::state::{Link, LinkKind};
use crate::model::Interface;
use crate::types::{InterfaceName, KernelName, LineId, Port, Sourced};

pub(super) fn resolve(draft: &mut Draft<'_>) {
    for (&name, interface) in &draft.model.interfaces {
        let InterfaceName::Port(port) = name else { continue };
        let devices = devices(port, draft);
        // An interface without a line about its state is down, as on an IX.
        let enabled = interface.link.enabled.unwrap_or(Sourced::new(false, LineId::BUILT_IN));
        let tie = match devices.as_slice() {
            [] => {
                hold(interface, name, draft);
                continue;
            }
            [device] => single(name, device, enabled, draft),
            [first, ..] => bridge(port, first.origin, &devices, enabled, draft),
        };
        draft.ties.insert(name, tie);
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

fn single(
    name: InterfaceName,
    device: &Sourced<KernelName>,
    enabled: Sourced<bool>,
    draft: &mut Draft<'_>,
) -> Tie {
    let link = Link { kind: LinkKind::Device, up: enabled.value, bridge: None, alias: name.to_string() };
    let origin = line_of(enabled, device.origin);
    draft.state.links.insert(device.value.clone(), Sourced::new(link, origin));
    Tie { link: device.value.clone(), up: enabled.value, origin: device.origin }
}

fn bridge(
    port: Port,
    first: LineId,
    devices: &[Sourced<KernelName>],
    enabled: Sourced<bool>,
    draft: &mut Draft<'_>,
) -> Tie {
    let name = InterfaceName::Port(port);
    let (bridge, up) = (name.kernel_name(), enabled.value);
    let link = Link { kind: LinkKind::Bridge, up, bridge: None, alias: name.to_string() };
    draft.state.links.insert(bridge.clone(), Sourced::new(link, line_of(enabled, first)));
    for device in devices {
        let member =
            Link { kind: LinkKind::Device, up, bridge: Some(bridge.clone()), alias: port.to_string() };
        draft.state.links.insert(device.value.clone(), Sourced::new(member, device.origin));
    }
    Tie { link: bridge, up, origin: first }
}

/// The line about an interface's state, or else the one that ties it.
fn line_of(enabled: Sourced<bool>, tie: LineId) -> LineId {
    if enabled.origin == LineId::BUILT_IN { tie } else { enabled.origin }
}

/// Without a link, the interface's own lines have no effect. Other areas hold theirs.
fn hold(interface: &Interface, name: InterfaceName, draft: &mut Draft<'_>) {
    if let Some(enabled) = interface.link.enabled {
        draft.hold(enabled.origin, super::not_tied(name));
    }
}
