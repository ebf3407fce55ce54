//! Addresses of interfaces, once all are known.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Problems;
use super::args::{Args, Refusal};
use crate::model::Model;
use crate::model::addr::{Addressing, Ipv4Source};
use crate::types::{InterfaceName, LineId, Mac, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    without_ipv4: BTreeMap<InterfaceName, LineId>,
    without_default_route: BTreeSet<InterfaceName>,
    ipv6_enabled: BTreeSet<InterfaceName>,
    /// Hosts with a fixed hardware address, on whatever interface reaches them.
    neighbours: Vec<(IpAddr, Sourced<Mac>)>,
}

impl Draft {
    /// The line says that the interface has no IPv4 address.
    pub(super) fn without_ipv4(&mut self, args: &Args<'_>, interface: InterfaceName) {
        self.without_ipv4.insert(interface, args.line());
    }

    /// The interface takes no default route from a DHCP server.
    pub(super) fn without_default_route(&mut self, interface: InterfaceName) {
        self.without_default_route.insert(interface);
    }

    /// The interface speaks IPv6. Linux does so on every interface that is up; an IX has to be told.
    pub(super) fn ipv6_enabled(&mut self, interface: InterfaceName) {
        self.ipv6_enabled.insert(interface);
    }

    /// A host has this hardware address, on the interface whose network it is in.
    pub(super) fn neighbour(&mut self, address: IpAddr, mac: Sourced<Mac>) {
        self.neighbours.push((address, mac));
    }

    pub(super) fn settle(self, model: &mut Model, problems: &mut Problems) {
        for (address, mac) in self.neighbours {
            let near = |addr: &Addressing| addr.static_networks().any(|network| network.contains(&address));
            match model.interfaces.values_mut().map(|interface| &mut interface.addr).find(|addr| near(addr)) {
                Some(addr) => drop(addr.neighbours.entry(address).or_insert(mac)),
                None => {
                    let reason = format!("no interface has a network of {address}: name the interface");
                    problems.refuse(mac.origin, Refusal::Says(reason));
                }
            }
        }
        for (&name, interface) in &mut model.interfaces {
            let addr = &mut interface.addr;
            if let Some(Ipv4Source::Dhcp { default_route }) =
                addr.ipv4.as_mut().map(|source| &mut source.value)
            {
                *default_route &= !self.without_default_route.contains(&name);
            }
            addr.ipv4_secondary.sort();
            addr.ipv4_secondary.dedup();
            addr.ipv6.sort();
            addr.ipv6.dedup();
            if let (Some(given), Some(&by)) = (&addr.ipv4, self.without_ipv4.get(&name)) {
                problems.refuse(given.origin, Refusal::Claimed { what: ipv4_of(name), by });
            }
            if let Some(address) = addr.ipv6.first()
                && !self.ipv6_enabled.contains(&name)
            {
                let message = "without \"ipv6 enable\" an IX does not use this address; here it is used";
                problems.warn(address.origin, message.to_owned());
            }
        }
    }
}

/// The primary IPv4 address, in words.
pub(super) fn ipv4_of(interface: InterfaceName) -> String {
    format!("the IPv4 address of {interface}")
}
