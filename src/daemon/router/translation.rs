//! What is translated at this moment: the kernel's flows, by the interface that translates them.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use crate::apply::resolve::nat::outside_addresses;
use crate::model::Model;
use crate::model::nat::Translation;
use crate::status::{Facts, Flow};
use crate::types::InterfaceName;

/// As many flows of one translation are shown, and forgotten in one go. There may be a million.
pub const MOST_FLOWS: usize = 4096;

/// One translation and its flows.
#[derive(Clone, Debug)]
pub struct Translated {
    /// The interface that translates.
    pub interface: InterfaceName,
    /// Its place among the translations of the interface, from 0.
    pub index: usize,
    /// What was asked for.
    pub translation: Translation,
    /// Its outside addresses of the hour, first to last.
    pub outside: Vec<(Ipv4Addr, Ipv4Addr)>,
    /// Its flows, at most [`MOST_FLOWS`].
    pub flows: Vec<TranslatedFlow>,
    /// How many flows there are in all.
    pub count: usize,
    /// How many flows each inside host has.
    pub hosts: BTreeMap<Ipv4Addr, usize>,
}

/// A flow as translation sees it.
#[derive(Clone, Debug)]
pub struct TranslatedFlow {
    /// The inside host and its port.
    pub inside: (Ipv4Addr, Option<u16>),
    /// The address and port that stand for it.
    pub outside: (Ipv4Addr, Option<u16>),
    /// The other side.
    pub peer: (IpAddr, Option<u16>),
    /// Whether a forward or a pair let it in.
    pub is_inbound: bool,
    /// The flow itself.
    pub flow: Flow,
}

/// All translations of a model, without flows yet.
pub(super) fn all(model: &Model, facts: &Facts) -> Vec<Translated> {
    let mut all = Vec::new();
    for (&interface, settings) in &model.interfaces {
        for (index, translation) in settings.nat.translations.iter().enumerate() {
            all.push(Translated {
                interface,
                index,
                translation: translation.value.clone(),
                outside: outside_addresses(model, facts, interface, translation),
                flows: Vec::new(),
                count: 0,
                hosts: BTreeMap::new(),
            });
        }
    }
    all
}

/// Takes a flow in where it belongs, if it is translated at all.
pub(super) fn take(all: &mut [Translated], flow: Flow) {
    let Some((translated, seen)) = all.iter_mut().find_map(|translated| {
        let seen = translated.sees(&flow)?;
        Some((translated, seen))
    }) else {
        return;
    };
    translated.count += 1;
    *translated.hosts.entry(seen.inside.0).or_default() += 1;
    if translated.flows.len() < MOST_FLOWS {
        translated.flows.push(seen);
    }
}

impl Translated {
    /// A flow that one of its outside addresses stands in.
    fn sees(&self, flow: &Flow) -> Option<TranslatedFlow> {
        let Flow { original, reply, .. } = flow;
        if flow.is_destination_translated()
            && let (IpAddr::V4(inside), IpAddr::V4(outside)) = (reply.source, original.destination)
            && self.has_outside(outside)
        {
            return Some(TranslatedFlow {
                inside: (inside, reply.source_port()),
                outside: (outside, original.destination_port()),
                peer: (original.source, original.source_port()),
                is_inbound: true,
                flow: flow.clone(),
            });
        }
        if flow.is_source_translated()
            && let (IpAddr::V4(inside), IpAddr::V4(outside)) = (original.source, reply.destination)
            && self.has_outside(outside)
        {
            return Some(TranslatedFlow {
                inside: (inside, original.source_port()),
                outside: (outside, reply.destination_port()),
                peer: (original.destination, original.destination_port()),
                is_inbound: false,
                flow: flow.clone(),
            });
        }
        None
    }

    fn has_outside(&self, address: Ipv4Addr) -> bool {
        self.outside.iter().any(|(first, last)| (first..=last).contains(&&address))
    }
}
