//! `ip access-list`, `ip filter`, and the same for IPv6.
//!
//! A line of an access list speaks of one protocol, one network and one run of ports on each
//! side, so a rule of many becomes many lines. What a list denies is logged or not as a whole, so
//! a direction becomes as many lists, one after the other, as that changes.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::{IpNet, IpSubnets, Ipv4Subnets, Ipv6Subnets};

use super::Page;
use crate::model::filter::{Action, AddressRange, Filters, Rule};
use crate::types::{InterfaceName, LineId, Sourced};

/// The most lines that one rule may become: no rule that people write takes as many.
const MOST_LINES: usize = 4096;

/// The access lists of an interface; `family` is `ip` or `ipv6`.
pub(super) fn raise_lists(page: &mut Page<'_>, family: &str, interface: InterfaceName, filters: &Filters) {
    for list in lists(page, interface, filters) {
        for rule in list.rules {
            raise_rule(page, family, &list.name, rule);
        }
    }
}

/// The lines that have an interface use its lists.
pub(super) fn raise_uses(page: &mut Page<'_>, family: &str, interface: InterfaceName, filters: &Filters) {
    for List { name, direction, sequence, rules } in lists(page, interface, filters) {
        let origin = rules.first().map_or(LineId::BUILT_IN, |rule| rule.origin);
        let quiet = if rules.iter().any(|rule| logs(rule) == Some(false)) { " suppress-logging" } else { "" };
        page.line(origin, format_args!("{family} filter {name} {sequence} {direction}{quiet}"));
    }
}

/// An access list, and where it is used.
struct List<'a> {
    name: String,
    direction: &'static str,
    sequence: usize,
    rules: &'a [Sourced<Rule>],
}

fn lists<'a>(page: &Page<'_>, interface: InterfaceName, filters: &'a Filters) -> Vec<List<'a>> {
    let Filters { inbound, outbound } = filters;
    let base = page.counterpart(interface).kernel_name();
    let mut lists = Vec::new();
    for (direction, rules) in [("in", inbound), ("out", outbound)] {
        for (index, rules) in rules.iter().flat_map(|rules| alike(rules)).enumerate() {
            let number = if index == 0 { String::new() } else { format!("-{}", index + 1) };
            let name = format!("{base}-{direction}{number}");
            lists.push(List { name, direction, sequence: 10 * (index + 1), rules });
        }
    }
    lists
}

/// Cuts rules where the logging of what is dropped changes. No rules are one list without lines:
/// a list that does not exist admits nothing either.
fn alike(mut rules: &[Sourced<Rule>]) -> Vec<&[Sourced<Rule>]> {
    let mut runs = Vec::new();
    loop {
        let mut logging = None;
        let end = rules.iter().position(|rule| {
            let own = logs(rule);
            logging = logging.or(own);
            own.is_some() && own != logging
        });
        let Some(end) = end else {
            runs.push(rules);
            return runs;
        };
        let (run, rest) = rules.split_at(end);
        runs.push(run);
        rules = rest;
    }
}

/// Whether a match is logged; `None` where the list says nothing of it.
fn logs(rule: &Rule) -> Option<bool> {
    (rule.action == Action::Drop).then_some(rule.log)
}

/// Writes a rule, as lines of a list.
fn raise_rule(page: &mut Page<'_>, family: &str, list: &str, rule: &Sourced<Rule>) {
    let Rule { action, log, protocols, source, destination, source_ports, destination_ports } = &rule.value;
    let action = match action {
        Action::Pass => "permit",
        Action::Drop => "deny",
    };
    if *log && action == "permit" {
        page.lose(rule.origin, "an IX does not log what it lets through");
    }
    let kinds = kinds(&protocol_words(family, protocols), source_ports, destination_ports);
    let [sources, destinations] = [source, destination].map(|ranges| networks(ranges));
    let lines = kinds.len() * sources.len() * destinations.len();
    if lines > MOST_LINES {
        page.lose(rule.origin, format!("it would take {lines} lines of an access list"));
        return;
    }
    for Kind { protocol, source_port, destination_port } in &kinds {
        for source in &sources {
            for destination in &destinations {
                let from = format!("src {source}{source_port}");
                let to = format!("dest {destination}{destination_port}");
                let line = format!("{family} access-list {list} {action} {protocol} {from} {to}");
                if !page.line(rule.origin, line) {
                    return;
                }
            }
        }
    }
}

/// What a line says of protocol and ports.
struct Kind {
    protocol: String,
    source_port: String,
    destination_port: String,
}

fn kinds(
    protocols: &[String],
    source: &[RangeInclusive<u16>],
    destination: &[RangeInclusive<u16>],
) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for protocol in protocols {
        if protocol == "icmp" {
            let protocols = icmp(source, destination);
            kinds.extend(protocols.into_iter().map(|protocol| Kind {
                protocol,
                source_port: String::new(),
                destination_port: String::new(),
            }));
            continue;
        }
        for source_port in ports("sport", source) {
            for destination_port in ports("dport", destination) {
                let (protocol, source_port) = (protocol.clone(), source_port.clone());
                kinds.push(Kind { protocol, source_port, destination_port });
            }
        }
    }
    kinds
}

/// The words for protocols: `icmp` is that of the family.
fn protocol_words(family: &str, protocols: &[u8]) -> Vec<String> {
    if protocols.is_empty() {
        return vec!["ip".to_owned()];
    }
    let word = |&protocol: &u8| match protocol {
        1 if family == "ip" => "icmp".to_owned(),
        58 if family == "ipv6" => "icmp".to_owned(),
        6 => "tcp".to_owned(),
        17 => "udp".to_owned(),
        number => number.to_string(),
    };
    protocols.iter().map(word).collect()
}

fn ports(word: &str, ranges: &[RangeInclusive<u16>]) -> Vec<String> {
    if ranges.is_empty() {
        return vec![String::new()];
    }
    let text = |range: &RangeInclusive<u16>| match (range.start(), range.end()) {
        (first, last) if first == last => format!(" {word} eq {first}"),
        (first, last) => format!(" {word} range {first} {last}"),
    };
    ranges.iter().map(text).collect()
}

/// One type and one code a line; a code by itself is that of every type.
fn icmp(types: &[RangeInclusive<u16>], codes: &[RangeInclusive<u16>]) -> Vec<String> {
    let numbers = |ranges: &[RangeInclusive<u16>]| -> Vec<u16> {
        ranges.iter().flat_map(|range| *range.start()..=(*range.end()).min(255)).collect()
    };
    match (types, codes) {
        ([], []) => vec!["icmp".to_owned()],
        (types, []) => numbers(types).iter().map(|kind| format!("icmp type {kind}")).collect(),
        (types, codes) => {
            let types = if types.is_empty() { (0..=255).collect() } else { numbers(types) };
            let codes = numbers(codes);
            let pairs = types.iter().flat_map(|kind| codes.iter().map(move |code| (kind, code)));
            pairs.map(|(kind, code)| format!("icmp type {kind} code {code}")).collect()
        }
    }
}

fn networks(ranges: &[AddressRange]) -> Vec<String> {
    if ranges.is_empty() {
        return vec!["any".to_owned()];
    }
    ranges.iter().flat_map(prefixes).map(|network| network.to_string()).collect()
}

/// A range as the networks that it is made of.
fn prefixes(range: &AddressRange) -> Vec<IpNet> {
    match *range {
        AddressRange::Network(network) => vec![network],
        AddressRange::Range(IpAddr::V4(first), IpAddr::V4(last)) => {
            IpSubnets::from(Ipv4Subnets::new(first, last, 0)).collect()
        }
        AddressRange::Range(IpAddr::V6(first), IpAddr::V6(last)) => {
            IpSubnets::from(Ipv6Subnets::new(first, last, 0)).collect()
        }
        AddressRange::Range(..) => Vec::new(),
    }
}
