//! Address translation: what the lines of both dialects say of an interface, put together.
//!
//! An IX says all of it at the interface; an RTX describes translations by number, and interfaces
//! name those that they use.

mod descriptor;
mod interface;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net, Ipv4Subnets};

pub(super) use descriptor::{Kind, Timer};

use self::descriptor::Descriptor;
use self::interface::InterfaceNat;
use super::args::{Args, Refusal, claim};
use super::{Problems, filter};
use crate::model::Model;
use crate::model::filter::AddressRange;
use crate::model::nat::{Inside, Target, Translation};
use crate::types::{InterfaceName, LineId, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    descriptors: BTreeMap<u32, Descriptor>,
    /// The descriptors of an interface, in the order in which they are asked.
    uses: Vec<(InterfaceName, Vec<u32>, LineId)>,
    interfaces: BTreeMap<InterfaceName, InterfaceNat>,
    /// Ranges of outside addresses by name (IX).
    pools: BTreeMap<String, (Ipv4Addr, Ipv4Addr)>,
}

impl Draft {
    /// What RTX lines say of a descriptor.
    pub(super) fn descriptor(&mut self, number: u32) -> &mut Descriptor {
        self.descriptors.entry(number).or_default()
    }

    /// The interface uses these descriptors (RTX).
    pub(super) fn apply(&mut self, args: &Args<'_>, interface: InterfaceName, numbers: Vec<u32>) {
        self.uses.push((interface, numbers, args.line()));
    }

    /// What IX lines say at an interface.
    pub(super) fn at(&mut self, interface: InterfaceName) -> &mut InterfaceNat {
        self.interfaces.entry(interface).or_default()
    }

    /// A range of addresses by name (IX `ip nat pool`).
    pub(super) fn pool(&mut self, name: String, first: Ipv4Addr, last: Ipv4Addr) {
        self.pools.insert(name, (first, last));
    }

    /// The lines of descriptors that no interface uses, and of translations that are not enabled.
    pub(super) fn unused(&self) -> Vec<LineId> {
        let used: BTreeSet<&u32> = self.uses.iter().flat_map(|(_, numbers, _)| numbers).collect();
        let unused = self.descriptors.iter().filter(|(number, _)| !used.contains(number));
        let descriptors = unused.flat_map(|(_, descriptor)| descriptor.lines().collect::<Vec<_>>());
        descriptors.chain(self.interfaces.values().flat_map(InterfaceNat::unused)).collect()
    }

    pub(super) fn settle(self, model: &mut Model, lists: &filter::Draft, problems: &mut Problems) {
        let own = own_addresses(model);
        let mut found: BTreeMap<InterfaceName, Option<Sourced<Vec<Sourced<Translation>>>>> = BTreeMap::new();
        let mut take = |interface: InterfaceName, line: LineId, translations, problems: &mut Problems| {
            let what = || format!("the address translation of {interface}");
            let claimed = claim(found.entry(interface).or_default(), Sourced::new(translations, line), what);
            if let Err(refusal) = claimed {
                problems.refuse(line, refusal);
            }
        };
        for (&interface, nat) in &self.interfaces {
            if let Some(line) = nat.enabled() {
                take(interface, line, nat.translations(&self.pools, lists, problems), problems);
            }
        }
        for (interface, numbers, line) in &self.uses {
            let descriptors =
                numbers.iter().filter_map(|number| Some((*number, self.descriptors.get(number)?)));
            let translations = descriptors
                .filter_map(|(number, descriptor)| descriptor.translation(number, *line, problems))
                .map(|translation| Sourced::new(translation, *line));
            let translations = translations.collect::<Vec<_>>();
            take(*interface, *line, translations, problems);
        }
        for (interface, translations) in found {
            let mut translations = translations.map(|translations| translations.value).unwrap_or_default();
            translations.iter_mut().for_each(|translation| address_router(&mut translation.value, &own));
            model.interfaces.entry(interface).or_default().nat.translations = translations;
        }
    }
}

/// The addresses that lines give to the router's interfaces.
fn own_addresses(model: &Model) -> BTreeSet<Ipv4Addr> {
    let networks = model.interfaces.values().flat_map(|interface| interface.addr.static_networks());
    let addresses = networks.filter_map(|network| match network.addr() {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    });
    addresses.collect()
}

/// Forwards to an address of the router are for itself; everything gets its one form.
fn address_router(translation: &mut Translation, own: &BTreeSet<Ipv4Addr>) {
    for forward in &mut translation.forwards {
        if let Target::Host(host) = forward.value.target
            && own.contains(&host)
        {
            forward.value.target = Target::Router;
        }
    }
    translation.normalise();
}

/// The number of addresses or ports from the first to the last, at least one.
fn distance(first: u16, last: u16) -> Result<u16, Refusal> {
    last.checked_sub(first)
        .ok_or_else(|| Refusal::Says(format!("{first}-{last}: the range ends before it begins")))
}

/// First and last port of `80` or `8000-8010`.
pub(super) fn ports(text: &str) -> Result<(u16, u16), Refusal> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let port = |text: &str| super::args::parse::<u16>(text);
    let (first, last) = (port(first)?, port(last)?);
    distance(first, last).map(|_| (first, last))
}

/// Ports outside, and what they become inside.
pub(super) fn shifted(outside: (u16, u16), inside: (u16, u16)) -> Result<u16, Refusal> {
    if distance(outside.0, outside.1)? != distance(inside.0, inside.1)? {
        return Err(Refusal::Says("as many ports are needed inside as outside".to_owned()));
    }
    Ok(inside.0)
}

/// The IPv4 networks of some ranges.
pub(super) fn networks(ranges: &[AddressRange]) -> Vec<Ipv4Net> {
    let of = |range: &AddressRange| match *range {
        AddressRange::Network(IpNet::V4(network)) => vec![network.trunc()],
        AddressRange::Range(IpAddr::V4(first), IpAddr::V4(last)) => {
            Ipv4Subnets::new(first, last, 0).collect()
        }
        AddressRange::Network(IpNet::V6(_)) | AddressRange::Range(..) => vec![],
    };
    let networks = ranges.iter().flat_map(of).collect::<Vec<_>>();
    if networks.iter().any(|network| network.prefix_len() == 0) { vec![] } else { networks }
}

/// Rules in a row that differ in their sources only are one.
fn merged(rules: Vec<Inside>) -> Vec<Inside> {
    let mut merged: Vec<Inside> = Vec::new();
    for rule in rules {
        match merged.last_mut() {
            Some(last)
                if last.translated == rule.translated
                    && last.destination == rule.destination
                    && !last.source.is_empty()
                    && !rule.source.is_empty() =>
            {
                last.source.extend(rule.source);
            }
            _ => merged.push(rule),
        }
    }
    merged
}
