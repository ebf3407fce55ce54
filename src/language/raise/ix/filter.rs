//! `ip access-list`, `ip filter`, and the same for IPv6.
//!
//! A line of an access list speaks of one protocol, one network and one run of ports on each
//! side, so a rule of many becomes many lines. What a list denies is logged or not as a whole, so
//! a direction becomes as many lists, one after the other, as that changes.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::{IpNet, IpSubnets, Ipv4Subnets, Ipv6Subnets};

use super::Page;
use crate::model::filter::{Action, AddressRange, Filters, Fragments, Packets, Rule, TcpFlags};
use crate::types::{InterfaceName, LineId, Sourced};

/// The most lines that one rule may become: no rule that people write takes as many.
const MOST_LINES: usize = 4096;

/// The access lists of an interface; `family` is `ip` or `ipv6`.
pub(super) fn raise_lists(page: &mut Page<'_>, family: &str, interface: InterfaceName, filters: &Filters) {
    for list in lists(page, interface, filters) {
        let List { name, rules, follows, .. } = &list;
        let name = if *follows { format!("{name}-first") } else { name.clone() };
        for rule in *rules {
            raise_rule(page, family, &name, rule);
        }
        if let Some(rule) = rules.first().filter(|_| *follows) {
            let line = format!("{family} access-list dynamic {} access {name}", list.name);
            page.line(rule.origin, line);
        }
    }
    for followed in
        [&filters.inbound, &filters.outbound].into_iter().flatten().flat_map(|filter| &filter.followed)
    {
        page.lose(followed.origin, "an IX follows what a list permits, not what other lists let through");
    }
}

/// The lines that have an interface use its lists.
pub(super) fn raise_uses(page: &mut Page<'_>, family: &str, interface: InterfaceName, filters: &Filters) {
    for List { name, direction, sequence, rules, .. } in lists(page, interface, filters) {
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
    /// Whether the sessions are followed that it lets through.
    follows: bool,
}

fn lists<'a>(page: &Page<'_>, interface: InterfaceName, filters: &'a Filters) -> Vec<List<'a>> {
    let Filters { inbound, outbound } = filters;
    let base = page.counterpart(interface).kernel_name();
    let mut lists = Vec::new();
    for (direction, filter) in [("in", inbound), ("out", outbound)] {
        for (index, rules) in filter.iter().flat_map(|filter| alike(&filter.rules)).enumerate() {
            let number = if index == 0 { String::new() } else { format!("-{}", index + 1) };
            let name = format!("{base}-{direction}{number}");
            let follows = rules.first().is_some_and(|rule| is_followed(rule));
            lists.push(List { name, direction, sequence: 10 * (index + 1), rules, follows });
        }
    }
    lists
}

/// Cuts rules where the logging of what is dropped changes, and around those that follow
/// sessions. No rules are one list without lines: a list that does not exist admits nothing either.
fn alike(mut rules: &[Sourced<Rule>]) -> Vec<&[Sourced<Rule>]> {
    let mut runs = Vec::new();
    loop {
        let mut logging = None;
        let follows = rules.first().is_some_and(|rule| is_followed(rule));
        let end = rules.iter().position(|rule| {
            let own = logs(rule);
            logging = logging.or(own);
            own.is_some() && own != logging || is_followed(rule) != follows
        });
        let Some(end) = end else {
            runs.push(rules);
            // A list that does not log what it drops says the same of all the rest.
            let is_quiet = rules.iter().any(|rule| logs(rule) == Some(false));
            if is_quiet && !rules.last().is_some_and(|rule| rule.is_last()) {
                runs.push(&[]);
            }
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

fn is_followed(rule: &Rule) -> bool {
    matches!(rule.action, Action::Follow { .. })
}

/// Writes a rule, as lines of a list.
pub(super) fn raise_rule(page: &mut Page<'_>, family: &str, list: &str, rule: &Sourced<Rule>) {
    let Rule { action, log, packets } = &rule.value;
    match action {
        Action::PassConnected { .. } => {
            page.lose(rule.origin, "an IX lets it through whether or not the line is up");
        }
        Action::Follow { application: Some(_) } => {
            page.lose(rule.origin, "an IX does not follow the further connections of an application");
        }
        Action::Pass | Action::Drop | Action::Follow { application: None } => {}
    }
    let verb = if *action == Action::Drop { "deny" } else { "permit" };
    let Some(marks) = marks(packets, verb == "permit" && *log) else {
        page.lose(rule.origin, "an IX has no words for these flags of TCP");
        return;
    };
    let Packets { protocols, source, destination, source_ports, destination_ports, .. } = packets;
    let kinds = kinds(&protocol_words(family, protocols), source_ports, destination_ports);
    let [sources, destinations] = [source, destination].map(|ranges| networks(ranges));
    let lines = kinds.len() * sources.len() * destinations.len() * marks.len();
    if lines > MOST_LINES {
        page.lose(rule.origin, format!("it would take {lines} lines of an access list"));
        return;
    }
    for Kind { protocol, source_port, destination_port } in &kinds {
        for source in &sources {
            for (destination, marks) in
                destinations.iter().flat_map(|to| marks.iter().map(move |it| (to, it)))
            {
                let from = format!("src {source}{source_port}");
                let to = format!("dest {destination}{destination_port}");
                let line = format!("{family} access-list {list} {verb} {protocol} {from} {to}{marks}");
                if !page.line(rule.origin, line) {
                    return;
                }
            }
        }
    }
}

/// What stands at the end of a line, one for each alternative. `None`: there are no words for it.
fn marks(packets: &Packets, log: bool) -> Option<Vec<String>> {
    let mut tail = String::new();
    for flags in &packets.flags {
        tail = format!("{tail} {}", flag(*flags)?);
    }
    if packets.fragments == Some(Fragments::Later) {
        tail += " fragments";
    }
    if log {
        tail += " log";
    }
    let points: Vec<String> = packets.code_points.iter().flat_map(code_points).collect();
    Some(match points.is_empty() {
        true => vec![tail],
        false => points.into_iter().map(|points| format!("{points}{tail}")).collect(),
    })
}

fn flag(flags: TcpFlags) -> Option<&'static str> {
    Some(match (flags.mask, flags.value, flags.differ) {
        (0x14, 0, true) => "established",
        (0x01, 0x01, false) => "fin",
        (0x02, 0x02, false) => "syn",
        (0x04, 0x04, false) => "rst",
        (0x08, 0x08, false) => "psh",
        (0x10, 0x10, false) => "ack",
        (0x20, 0x20, false) => "urg",
        _ => return None,
    })
}

/// Eight code points that begin with the same bits are a precedence.
fn code_points(range: &RangeInclusive<u16>) -> Vec<String> {
    match (*range.start(), *range.end()) {
        (first, last) if first % 8 == 0 && last == first + 7 => vec![format!(" precedence {}", first / 8)],
        (first, last) => (first..=last.min(63)).map(|point| format!(" dscp {point}")).collect(),
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
