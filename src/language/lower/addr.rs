//! Addresses of interfaces.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::{Ipv4Net, Ipv6Net};

use super::Problems;
use super::args::{Args, Refusal, claim};
use crate::model::Model;
use crate::model::addr::{Addressing, Ipv4Source};
use crate::types::{InterfaceName, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    interfaces: BTreeMap<InterfaceName, Addressing>,
    /// What lines say of the primary address; a line may say that there is none.
    primary: BTreeMap<InterfaceName, Option<Sourced<Option<Ipv4Source>>>>,
    ipv6_enabled: BTreeSet<InterfaceName>,
}

impl Draft {
    /// The primary IPv4 address, or that there is none.
    pub(super) fn primary(
        &mut self,
        args: &Args<'_>,
        interface: InterfaceName,
        source: Option<Ipv4Source>,
    ) -> Result<(), Refusal> {
        let slot = self.primary.entry(interface).or_default();
        claim(slot, args.sourced(source), || format!("the IPv4 address of {interface}"))
    }

    /// A further IPv4 address.
    pub(super) fn secondary(&mut self, args: &Args<'_>, interface: InterfaceName, address: Ipv4Net) {
        self.interfaces.entry(interface).or_default().ipv4_secondary.push(args.sourced(address));
    }

    /// The interface speaks IPv6. Linux does so on every interface that is up; an IX has to be told.
    pub(super) fn ipv6_enabled(&mut self, interface: InterfaceName) {
        self.ipv6_enabled.insert(interface);
    }

    /// A static IPv6 address.
    pub(super) fn ipv6(&mut self, args: &Args<'_>, interface: InterfaceName, address: Ipv6Net) {
        self.interfaces.entry(interface).or_default().ipv6.push(args.sourced(address));
    }

    pub(super) fn settle(mut self, model: &mut Model, problems: &mut Problems) {
        for (interface, claimed) in self.primary {
            let ipv4 = claimed.and_then(|claimed| Some(Sourced::new(claimed.value?, claimed.origin)));
            self.interfaces.entry(interface).or_default().ipv4 = ipv4;
        }
        for (interface, mut addressing) in self.interfaces {
            if let Some(address) = addressing.ipv6.first()
                && !self.ipv6_enabled.contains(&interface)
            {
                let message = "without \"ipv6 enable\" an IX does not use this address; here it is used";
                problems.warn(address.origin, message.to_owned());
            }
            addressing.ipv4_secondary.sort();
            addressing.ipv4_secondary.dedup();
            addressing.ipv6.sort();
            addressing.ipv6.dedup();
            model.interfaces.entry(interface).or_default().addr = addressing;
        }
    }
}
