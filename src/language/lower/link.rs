//! Ports, and whether interfaces are up.
//!
//! An IX interface is down until `no shutdown`; an RTX interface is up as soon as a line names
//! it. A line that says it outright goes before what a dialect implies.

use std::collections::BTreeMap;

use super::args::{Args, Refusal, claim};
use crate::model::Model;
use crate::model::link::{Link, PortTie};
use crate::types::{Dialect, InterfaceName, KernelName, LineId, Port, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    named: BTreeMap<(InterfaceName, Dialect), LineId>,
}

impl Draft {
    /// The line is about this interface.
    pub(super) fn name(&mut self, args: &Args<'_>, interface: InterfaceName) {
        self.named.entry((interface, args.dialect())).or_insert(args.line());
    }

    pub(super) fn settle(self, model: &mut Model) {
        // By interface, and RTX after IX: where both name it, it is up, as the RTX line implies.
        let mut implied: BTreeMap<InterfaceName, Sourced<bool>> = BTreeMap::new();
        for ((interface, dialect), line) in self.named {
            implied.insert(interface, Sourced::new(dialect == Dialect::Rtx, line));
        }
        for (interface, up) in implied {
            // What has no port needs no `no shutdown` on an IX either.
            let up = up.map(|up| up || matches!(interface, InterfaceName::Loopback(_)));
            model.interfaces.entry(interface).or_default().link.enabled.get_or_insert(up);
        }
    }
}

/// Sets the largest packet of an interface. Of two lines that say so the lower number counts.
pub(super) fn mtu(link: &mut Link, octets: Sourced<u32>) {
    if link.mtu.is_none_or(|set| octets.value < set.value) {
        link.mtu = Some(octets);
    }
}

/// Makes an interface the member of a bridge.
pub(super) fn member(link: &mut Link, bridge: Sourced<u8>, name: InterfaceName) -> Result<(), Refusal> {
    claim(&mut link.bridge, bridge, || format!("the bridge of {name}"))
}

/// Describes an interface, for people.
pub(super) fn describe(link: &mut Link, text: Sourced<String>, name: InterfaceName) -> Result<(), Refusal> {
    claim(&mut link.description, text, || format!("the description of {name}"))
}

/// Ties a port to a Linux interface; another line may tie it to a further one.
pub(super) fn tie(
    ports: &mut BTreeMap<Port, PortTie>,
    args: &Args<'_>,
    port: Port,
    device: KernelName,
) -> Result<(), Refusal> {
    let other = ports.iter().find_map(|(&other, tie)| {
        let line = tie.devices.iter().find(|tied| tied.value == device)?;
        Some((other, line.origin))
    });
    match other {
        Some((other, by)) if other != port => {
            Err(Refusal::Claimed { what: format!("the port of {device}"), by })
        }
        Some(_) => Ok(()),
        None => {
            ports.entry(port).or_default().devices.push(args.sourced(device));
            Ok(())
        }
    }
}
