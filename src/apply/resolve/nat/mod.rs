//! Address translation, and the shield that comes with it.
//!
//! Each interface that translates has a chain for what arrives (`ge0-dnat`), one for what leaves
//! (`ge0-snat`), one for inside hosts that reach each other by outside addresses (`ge0-hairpin`),
//! and the shield. The first rule of a chain that matches the first packet of a connection
//! translates all of it.

mod inward;
mod outward;
mod shield;
mod timeout;

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};

use super::{Draft, Tie};
use crate::apply::firewall::{Chain, Family, Firewall, Hook, Match, Rule, Verdict};
use crate::apply::state::Address;
use crate::model::Model;
use crate::model::nat::{Outside, Translation};
use crate::status::Facts;
use crate::types::{InterfaceName, LineId, Sourced};

pub(super) fn resolve(draft: &mut Draft<'_>, firewall: &mut Firewall) {
    for (&name, interface) in &draft.model.interfaces {
        let translations = &interface.nat.translations;
        match draft.tie(name).cloned() {
            Ok(tie) => {
                let filters_ipv6 = interface.ipv6_filter.inbound.is_some();
                let translated: Vec<Translated<'_>> = translations
                    .iter()
                    .map(|translation| Translated::new(name, &tie, translation, draft))
                    .collect();
                if let Some(first) = translations.first() {
                    shield::enter(name, &tie.link, &translated, filters_ipv6, first.origin, firewall);
                }
                for (index, translated) in translated.iter().enumerate() {
                    inward::enter(index, translated, firewall);
                    outward::enter(index, translated, firewall);
                    timeout::enter_common(&translated.of.timeouts, draft);
                }
            }
            Err(reason) => {
                for line in translations.iter().flat_map(lines) {
                    draft.hold(line, reason.clone());
                }
            }
        }
    }
}

/// The lines that a translation is made of.
fn lines(translation: &Sourced<Translation>) -> Vec<LineId> {
    let pairs = translation.pairs.iter().map(|pair| pair.origin);
    let forwards = translation.forwards.iter().map(|forward| forward.origin);
    [translation.origin].into_iter().chain(pairs).chain(forwards).collect()
}

/// A translation at its link, with the outside addresses of the hour.
struct Translated<'a> {
    name: InterfaceName,
    tie: &'a Tie,
    of: &'a Translation,
    origin: LineId,
    /// The outside addresses that it shares by port or gives away; none yet where a server has
    /// not lent one.
    outside: Vec<(Ipv4Addr, Ipv4Addr)>,
}

impl<'a> Translated<'a> {
    fn new(
        name: InterfaceName,
        tie: &'a Tie,
        translation: &'a Sourced<Translation>,
        draft: &mut Draft<'_>,
    ) -> Self {
        let outside = shared_addresses(draft.model, draft.facts, name, translation);
        let translated = Self { name, tie, of: &translation.value, origin: translation.origin, outside };
        translated.answer(draft);
        translated
    }

    /// The name of one of its chains: `ge0-snat`, and `ge0-snat-2` for the second translation.
    fn chain(&self, index: usize, word: &str) -> String {
        let base = self.name.kernel_name();
        if index == 0 { format!("{base}-{word}") } else { format!("{base}-{word}-{}", index + 1) }
    }

    /// The first outside address.
    fn address(&self) -> Option<Ipv4Addr> {
        self.outside.first().map(|(first, _)| *first)
    }

    /// The outside addresses, pairs and forwards included, as nft takes them.
    fn all_outside(&self) -> Vec<String> {
        let pairs = self.of.pairs.iter().map(|pair| (pair.outside, after(pair.outside, pair.count - 1)));
        let forwards = self.of.forwards.iter().filter_map(|forward| forward.outside);
        let ranges = self.outside.iter().copied().chain(pairs).chain(forwards.map(|one| (one, one)));
        spelled(ranges.collect())
    }

    /// Hosts on the link ask for outside addresses that the interface does not have itself: it
    /// gets them, or else nobody would answer (RTX does so by proxy ARP).
    fn answer(&self, draft: &mut Draft<'_>) {
        let own = own_networks(self.name, draft.model, draft.facts);
        let pairs =
            self.of.pairs.iter().map(|pair| (pair.outside, after(pair.outside, pair.count - 1), pair.origin));
        let outside = self.outside.iter().map(|&(first, last)| (first, last, self.origin));
        let asked: Vec<_> = outside.chain(pairs).collect();
        for (first, last, origin) in asked {
            let addresses = (u32::from(first)..=u32::from(last)).map(Ipv4Addr::from).take(MOST_ADDRESSES);
            for address in addresses {
                let on_link = own.iter().any(|network| network.contains(&address));
                if on_link && !own.iter().any(|network| network.addr() == address) {
                    let address =
                        Address { link: self.tie.link.clone(), network: IpNet::from(IpAddr::V4(address)) };
                    draft.state.addresses.entry(address).or_insert(Sourced::new((), origin));
                }
            }
        }
    }

    /// Arrives by the link.
    fn arriving(&self) -> Vec<Match> {
        vec![Match::InLink(self.tie.link.clone()), Match::Family(Family::Ipv4)]
    }

    /// Leaves by the link.
    fn leaving(&self) -> Vec<Match> {
        vec![Match::OutLink(self.tie.link.clone()), Match::Family(Family::Ipv4)]
    }
}

/// As many outside addresses of one range are given to the link.
const MOST_ADDRESSES: usize = 256;

fn single(address: Option<&Ipv4Addr>) -> Vec<(Ipv4Addr, Ipv4Addr)> {
    address.map(|&address| (address, address)).into_iter().collect()
}

/// The address `count` further; the last of all where there is none.
fn after(address: Ipv4Addr, count: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(address).saturating_add(count))
}

/// The addresses that a translation shares by port or gives away; none while none is known.
fn shared_addresses(
    model: &Model,
    facts: &Facts,
    name: InterfaceName,
    translation: &Translation,
) -> Vec<(Ipv4Addr, Ipv4Addr)> {
    let own: Vec<Ipv4Addr> = own_networks(name, model, facts).iter().map(Ipv4Net::addr).collect();
    match &translation.outside {
        Outside::Interface => single(own.first()),
        Outside::Secondary => single(own.get(1)),
        Outside::Pool(ranges) => ranges.clone(),
        Outside::Nothing => Vec::new(),
    }
}

/// All outside addresses of a translation at this interface, first to last, as far as they are known.
pub fn outside_addresses(
    model: &Model,
    facts: &Facts,
    name: InterfaceName,
    translation: &Translation,
) -> Vec<(Ipv4Addr, Ipv4Addr)> {
    let pairs = translation.pairs.iter().map(|pair| (pair.outside, after(pair.outside, pair.count - 1)));
    let forwards = translation.forwards.iter().filter_map(|forward| forward.outside);
    let shared = shared_addresses(model, facts, name, translation);
    shared.into_iter().chain(pairs).chain(forwards.map(|one| (one, one))).collect()
}

/// The IPv4 networks of an interface, the primary one first: what lines say, else what is lent.
fn own_networks(name: InterfaceName, model: &Model, facts: &Facts) -> Vec<Ipv4Net> {
    let lent = facts.leases.get(&name).map(|lease| lease.address);
    let addressing = model.interfaces.get(&name).map(|interface| &interface.addr);
    let by_lines =
        addressing.into_iter().flat_map(|addr| addr.static_networks()).filter_map(|network| match network {
            IpNet::V4(network) => Some(network),
            IpNet::V6(_) => None,
        });
    let lent = lent.filter(|_| addressing.is_some_and(|addr| addr.has_dhcp()));
    lent.into_iter().chain(by_lines).collect()
}

/// Ranges of addresses as nft takes them, each address once.
fn spelled(mut ranges: Vec<(Ipv4Addr, Ipv4Addr)>) -> Vec<String> {
    ranges.sort_unstable();
    let mut merged: Vec<(Ipv4Addr, Ipv4Addr)> = Vec::new();
    for (first, last) in ranges {
        match merged.last_mut() {
            Some((_, end)) if first <= after(*end, 1) => *end = last.max(*end),
            _ => merged.push((first, last)),
        }
    }
    let text = |(first, last): &(Ipv4Addr, Ipv4Addr)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    merged.iter().map(text).collect()
}

impl Firewall {
    /// Adds a chain that is reached by a jump and drops the rest, which is counted as well.
    pub(super) fn add_chain(&mut self, name: &str, mut rules: Vec<Rule>, origin: LineId) {
        let rest = Some(format!("{name}-rest"));
        rules.push(Rule { counter: rest, ..Rule::new(vec![], Verdict::Drop, origin) });
        self.add_open_chain(name, rules);
    }

    /// Adds a chain that is reached by a jump and lets the rest go back.
    pub(super) fn add_open_chain(&mut self, name: &str, rules: Vec<Rule>) {
        self.counters.extend(rules.iter().filter_map(|rule| rule.counter.clone()));
        self.chains.insert(name.to_owned(), Chain { hook: None, rules });
    }

    /// Adds a rule to the chain of a hook, which is made when it is first needed.
    pub(super) fn hook_in(&mut self, hook: Hook, rule: Rule) {
        let chain = self
            .chains
            .entry(hook.chain().to_owned())
            .or_insert_with(|| Chain { hook: Some(hook), rules: vec![] });
        chain.rules.push(rule);
    }
}
