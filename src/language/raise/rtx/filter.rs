//! `ip filter`, `ip lanN secure filter`, and the same for IPv6.

use std::ops::RangeInclusive;

use super::{Numbers, Page};
use crate::model::filter::{Action, AddressRange, Filters, Rule};
use crate::types::{InterfaceName, LineId, Sourced};

/// The highest number of a filter. Nothing defines it, and what is not defined admits nothing.
const UNDEFINED: usize = 21_474_836;

/// The filters of an interface; `family` is `ip` or `ipv6`, each with numbers of its own.
pub(super) fn raise(
    page: &mut Page<'_>,
    family: &str,
    numbers: &mut Numbers,
    name: InterfaceName,
    filters: &Filters,
) {
    let Filters { inbound, outbound } = filters;
    for (direction, rules) in [("in", inbound), ("out", outbound)] {
        let Some(rules) = rules else { continue };
        let mut used: Vec<_> = rules.iter().filter_map(|rule| define(page, family, numbers, rule)).collect();
        if used.is_empty() {
            used.push(UNDEFINED);
        }
        let used = used.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let origin = rules.first().map_or(LineId::BUILT_IN, |rule| rule.origin);
        let lan = page.interface(name);
        page.line(origin, format_args!("{family} {lan} secure filter {direction} {used}"));
    }
}

/// Writes the filter of a rule unless an equal one is there; gives its number.
fn define(page: &mut Page<'_>, family: &str, numbers: &mut Numbers, rule: &Sourced<Rule>) -> Option<usize> {
    let text = text(rule);
    numbers.of(&text, |number| page.line(rule.origin, format_args!("{family} filter {number} {text}")))
}

fn text(rule: &Rule) -> String {
    let Rule { action, log, protocols, source, destination, source_ports, destination_ports } = rule;
    let action = match (action, log) {
        (Action::Pass, false) => "pass",
        (Action::Pass, true) => "pass-log",
        // An RTX logs what it rejects, as an IX does.
        (Action::Drop, true) => "reject",
        (Action::Drop, false) => "reject-nolog",
    };
    let [source, destination] = [source, destination].map(|ranges| list(ranges, address));
    let protocols = list(protocols, protocol);
    let [source_ports, destination_ports] =
        [source_ports, destination_ports].map(|ranges| list(ranges, port_range));
    format!("{action} {source} {destination} {protocols} {source_ports} {destination_ports}")
}

/// Items with commas between; `*` for none.
fn list<T>(items: &[T], word: fn(&T) -> String) -> String {
    if items.is_empty() {
        return "*".to_owned();
    }
    items.iter().map(word).collect::<Vec<_>>().join(",")
}

fn address(range: &AddressRange) -> String {
    match range {
        AddressRange::Network(network) if network.prefix_len() == network.max_prefix_len() => {
            network.addr().to_string()
        }
        AddressRange::Network(network) => network.to_string(),
        AddressRange::Range(first, last) => format!("{first}-{last}"),
    }
}

fn protocol(number: &u8) -> String {
    match number {
        1 => "icmp",
        6 => "tcp",
        17 => "udp",
        41 => "ipv6",
        47 => "gre",
        50 => "esp",
        51 => "ah",
        58 => "icmp6",
        number => return number.to_string(),
    }
    .to_owned()
}

fn port_range(range: &RangeInclusive<u16>) -> String {
    match (range.start(), range.end()) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    }
}
