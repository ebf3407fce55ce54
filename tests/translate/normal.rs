//! Models that ask for the same, made equal.
//!
//! A rule of an IX speaks of one protocol, one network and one run of ports on each side; one of
//! an RTX of many. And an IX lists interfaces that are down and that nothing is said of.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};
use tsuji::model::filter::{AddressRange, Rule};
use tsuji::model::link::Link;
use tsuji::model::{Interface, Model};
use tsuji::types::{LineId, Sourced};

pub fn normal(mut model: Model) -> Model {
    let down = Interface {
        link: Link { enabled: Some(Sourced::new(false, LineId::BUILT_IN)), ..Link::default() },
        ..Interface::default()
    };
    model.interfaces.retain(|_, interface| *interface != down);
    for interface in model.interfaces.values_mut() {
        for filters in [&mut interface.filter, &mut interface.ipv6_filter] {
            for filter in [&mut filters.inbound, &mut filters.outbound].into_iter().flatten() {
                filter.rules = plain(&filter.rules);
            }
        }
    }
    model
}

/// The same rules with one alternative each, and none twice. Neighbours that do the same with a
/// packet may stand in any order.
fn plain(rules: &[Sourced<Rule>]) -> Vec<Sourced<Rule>> {
    let mut plain = Vec::new();
    for rule in rules.iter().flat_map(|rule| alternatives(rule)) {
        let rule = Sourced::new(rule, LineId::BUILT_IN);
        if !plain.contains(&rule) {
            plain.push(rule);
        }
    }
    for run in plain.chunk_by_mut(|one, other| (one.action, one.log) == (other.action, other.log)) {
        run.sort_by_cached_key(|rule| format!("{rule:?}"));
    }
    plain
}

fn alternatives(rule: &Rule) -> Vec<Rule> {
    let mut rules = vec![rule.clone()];
    rules = each(rules, |rule| &mut rule.packets.protocols, |&protocol| vec![protocol]);
    rules = each(rules, |rule| &mut rule.packets.source, networks);
    rules = each(rules, |rule| &mut rule.packets.destination, networks);
    rules
        .into_iter()
        .flat_map(|mut rule| {
            let is_icmp = matches!(rule.packets.protocols[..], [1 | 58]);
            if is_icmp && rule.packets.source_ports.is_empty() && !rule.packets.destination_ports.is_empty() {
                rule.packets.source_ports = vec![0..=255];
            }
            let ports = move |range: &RangeInclusive<u16>| -> Vec<_> {
                if is_icmp { range.clone().map(|one| one..=one).collect() } else { vec![range.clone()] }
            };
            let rules = each(vec![rule], |rule| &mut rule.packets.source_ports, ports);
            each(rules, |rule| &mut rule.packets.destination_ports, ports)
        })
        .collect()
}

/// Rules with one value in a part each, for rules with many.
fn each<T>(rules: Vec<Rule>, part: fn(&mut Rule) -> &mut Vec<T>, split: impl Fn(&T) -> Vec<T>) -> Vec<Rule> {
    let mut out = Vec::new();
    for mut rule in rules {
        let values: Vec<T> = part(&mut rule).iter().flat_map(&split).collect();
        if values.is_empty() {
            out.push(rule.clone());
        }
        for value in values {
            *part(&mut rule) = vec![value];
            out.push(rule.clone());
        }
    }
    out
}

fn networks(range: &AddressRange) -> Vec<AddressRange> {
    match *range {
        AddressRange::Range(IpAddr::V4(first), IpAddr::V4(last)) => Ipv4Subnets::new(first, last, 0)
            .map(|network| AddressRange::Network(IpNet::V4(network)))
            .collect(),
        AddressRange::Range(IpAddr::V6(first), IpAddr::V6(last)) => Ipv6Subnets::new(first, last, 0)
            .map(|network| AddressRange::Network(IpNet::V6(network)))
            .collect(),
        _ => vec![range.clone()],
    }
}
