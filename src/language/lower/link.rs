//! Ports, and whether interfaces are up.
//!
//! An IX interface is down until `no shutdown`; an RTX interface is up as soon as a line names
//! it. A line that says it outright goes before what a dialect implies.

use std::collections::BTreeMap;

use super::Problems;
use super::args::{Args, Refusal, claim};
use crate::model::Model;
use crate::model::link::PortTie;
use crate::types::{Dialect, InterfaceName, KernelName, LineId, Port, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    ports: BTreeMap<Port, PortTie>,
    enabled: BTreeMap<InterfaceName, Option<Sourced<bool>>>,
    named: BTreeMap<(InterfaceName, Dialect), LineId>,
}

impl Draft {
    /// The line is about this interface.
    pub(super) fn name(&mut self, args: &Args<'_>, interface: InterfaceName) {
        self.named.entry((interface, args.dialect())).or_insert(args.line());
    }

    /// The line says whether the interface is up.
    pub(super) fn enable(
        &mut self,
        args: &Args<'_>,
        interface: InterfaceName,
        up: bool,
    ) -> Result<(), Refusal> {
        let slot = self.enabled.entry(interface).or_default();
        claim(slot, args.sourced(up), || format!("whether {interface} is up"))
    }

    /// The line ties a port to a Linux interface; another line may tie it to a further one.
    pub(super) fn tie(&mut self, args: &Args<'_>, port: Port, device: KernelName) -> Result<(), Refusal> {
        let other = self.ports.iter().find_map(|(&other, tie)| {
            let line = tie.devices.iter().find(|tied| tied.value == device)?;
            Some((other, line.origin))
        });
        match other {
            Some((other, by)) if other != port => {
                Err(Refusal::Claimed { what: format!("the port of {device}"), by })
            }
            Some(_) => Ok(()),
            None => {
                self.ports.entry(port).or_default().devices.push(args.sourced(device));
                Ok(())
            }
        }
    }

    pub(super) fn settle(self, model: &mut Model, _problems: &mut Problems) {
        model.ports = self.ports;
        for (&(interface, dialect), &origin) in &self.named {
            let implied = Sourced::new(dialect == Dialect::Rtx, origin);
            let link = &mut model.interfaces.entry(interface).or_default().link;
            // Both dialects may name an interface: then it is up, as the RTX line implies.
            if link.enabled.is_none_or(|enabled| !enabled.value) {
                link.enabled = Some(implied);
            }
        }
        for (interface, enabled) in self.enabled {
            model.interfaces.entry(interface).or_default().link.enabled = enabled;
        }
    }
}
