//! What the lines of an IX say of the translation at one interface.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::{merged, networks};
use crate::language::lower::{Problems, filter};
use crate::model::filter::{Action, Packets, Rule};
use crate::model::nat::{Forward, Inside, Limits, Method, Outside, Pair, Timeouts, Translation};
use crate::types::{LineId, Sourced};

/// Gathered from the lines of an interface.
#[derive(Debug, Default)]
pub(in crate::language::lower) struct InterfaceNat {
    /// `ip napt enable`
    pub(in crate::language::lower) napt: Option<LineId>,
    /// `ip nat enable`
    pub(in crate::language::lower) nat: Option<LineId>,
    /// `ip napt address`
    pub(in crate::language::lower) address: Option<Ipv4Addr>,
    /// `ip napt inside list`
    pub(in crate::language::lower) lists: Vec<Sourced<String>>,
    pub(in crate::language::lower) forwards: Vec<Sourced<Forward>>,
    pub(in crate::language::lower) hairpin: bool,
    pub(in crate::language::lower) ports: Option<(u16, u16)>,
    pub(in crate::language::lower) timeouts: Timeouts,
    pub(in crate::language::lower) limits: Limits,
    /// `ip nat static`
    pub(in crate::language::lower) pairs: Vec<Sourced<Pair>>,
    /// `ip nat inside list LIST pool POOL`
    pub(in crate::language::lower) pools: Vec<Sourced<(String, String)>>,
    /// Every line about translation by port, and every one about that of addresses.
    pub(in crate::language::lower) napt_lines: Vec<LineId>,
    pub(in crate::language::lower) nat_lines: Vec<LineId>,
}

impl InterfaceNat {
    /// The line that enables translation.
    pub(super) fn enabled(&self) -> Option<LineId> {
        self.napt.or(self.nat)
    }

    /// The lines of a translation that is not enabled.
    pub(super) fn unused(&self) -> Vec<LineId> {
        let napt = if self.napt.is_none() { &self.napt_lines[..] } else { &[] };
        let nat = if self.nat.is_none() { &self.nat_lines[..] } else { &[] };
        [napt, nat].concat()
    }

    /// What is enabled: addresses one by one come before sharing one by port.
    pub(super) fn translations(
        &self,
        pools: &BTreeMap<String, (Ipv4Addr, Ipv4Addr)>,
        lists: &filter::Draft,
        problems: &mut Problems,
    ) -> Vec<Sourced<Translation>> {
        let mut translations = Vec::new();
        if let Some(line) = self.nat {
            for used in &self.pools {
                let (list, pool) = &used.value;
                let Some(&addresses) = pools.get(pool) else {
                    problems.warn(used.origin, format!("no line defines the nat-pool {pool:?}"));
                    continue;
                };
                let translation = Translation {
                    inside: rules(list, used.origin, lists, problems),
                    outside: Outside::Pool(vec![addresses]),
                    ..Translation::pairs_only()
                };
                translations.push(Sourced::new(translation, used.origin));
            }
            if !self.pairs.is_empty() || translations.is_empty() {
                let pairs = Translation { pairs: self.pairs.clone(), ..Translation::pairs_only() };
                translations.insert(0, Sourced::new(pairs, line));
            }
        }
        if let Some(line) = self.napt {
            translations.push(Sourced::new(self.by_port(lists, problems), line));
        }
        translations
    }

    fn by_port(&self, lists: &filter::Draft, problems: &mut Problems) -> Translation {
        let inside: Option<Vec<Vec<Inside>>> =
            self.lists.iter().map(|list| rules(&list.value, list.origin, lists, problems)).collect();
        let inside = inside.filter(|_| !self.lists.is_empty()).map(|rules| merged(rules.concat()));
        Translation {
            method: Method::Ports,
            inside,
            outside: self
                .address
                .map_or(Outside::Interface, |address| Outside::Pool(vec![(address, address)])),
            forwards: self.forwards.clone(),
            hairpin: self.hairpin,
            ports: self.ports.into_iter().map(|(first, last)| first..=last).collect(),
            timeouts: self.timeouts.clone(),
            limits: self.limits,
            ..Translation::pairs_only()
        }
    }
}

/// The rules of an access list about what is translated; one that is not defined has none.
/// `None`: it permits everything.
fn rules(list: &str, line: LineId, lists: &filter::Draft, problems: &mut Problems) -> Option<Vec<Inside>> {
    let mut inside = Vec::new();
    for rule in lists.list(list) {
        let Rule { action, packets, .. } = &rule.value;
        let Packets { source, destination, .. } = packets;
        let addresses =
            Packets { source: source.clone(), destination: destination.clone(), ..Packets::default() };
        if *packets != addresses {
            let message = format!(
                "{list}: translation looks at addresses only, and passes over a rule about protocols or ports"
            );
            problems.warn(line, message);
            continue;
        }
        let translated = *action == Action::Pass;
        inside.push(Inside { translated, source: networks(source), destination: networks(destination) });
    }
    everything(merged(inside))
}

/// Rules that translate everything are as good as none.
fn everything(rules: Vec<Inside>) -> Option<Vec<Inside>> {
    let all = Inside { translated: true, source: vec![], destination: vec![] };
    if rules.first() == Some(&all) { None } else { Some(rules) }
}
