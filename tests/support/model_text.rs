//! A model in words, one line a setting, for text cases.

use std::fmt::Write;
use std::ops::RangeInclusive;

use tsuji::model::addr::{Addressing, Ipv4Source};
use tsuji::model::filter::{Action, AddressRange, Filters, Rule};
use tsuji::model::link::{Link, PortTie};
use tsuji::model::nat::{Napt, Nat, Outer};
use tsuji::model::route::{NextHop, Route};
use tsuji::model::system::{Console, System};
use tsuji::model::{Interface, Model};
use tsuji::types::Sourced;

/// Every field is taken apart by name, so that a new one cannot be forgotten here.
pub fn model_text(model: &Model) -> String {
    let Model { system, ports, interfaces, routes } = model;
    let System { hostname, console: Console { language, page_rows } } = system;
    let mut out = String::new();
    if let Some(name) = hostname {
        writeln!(out, "hostname {:?}", name.value).unwrap();
    }
    if let Some(language) = language {
        writeln!(out, "console language {:?}", language.value).unwrap();
    }
    if let Some(rows) = page_rows {
        writeln!(out, "console page rows {}", rows.value).unwrap();
    }
    for (port, PortTie { devices }) in ports {
        let devices: Vec<String> = devices.iter().map(|device| device.value.to_string()).collect();
        writeln!(out, "port {port}: {}", devices.join(", ")).unwrap();
    }
    for (name, interface) in interfaces {
        writeln!(out, "interface {name}").unwrap();
        for line in interface_lines(interface) {
            writeln!(out, "  {line}").unwrap();
        }
    }
    for route in routes {
        writeln!(out, "{}", route_line(&route.value)).unwrap();
    }
    out
}

fn interface_lines(interface: &Interface) -> Vec<String> {
    let Interface { link, addr, filter, nat } = interface;
    let Link { enabled } = link;
    let Addressing { ipv4, ipv4_secondary, ipv6 } = addr;
    let Filters { inbound, outbound } = filter;
    let Nat { napt } = nat;
    let mut lines = Vec::new();
    lines.extend(enabled.map(|enabled| if enabled.value { "up" } else { "down" }.to_owned()));
    lines.extend(ipv4.iter().map(|source| match &source.value {
        Ipv4Source::Static(network) => format!("ipv4 {network}"),
        Ipv4Source::Dhcp { default_route: true } => "ipv4 by dhcp, with default route".to_owned(),
        Ipv4Source::Dhcp { default_route: false } => "ipv4 by dhcp".to_owned(),
    }));
    lines.extend(ipv4_secondary.iter().map(|network| format!("ipv4 {} secondary", network.value)));
    lines.extend(ipv6.iter().map(|network| format!("ipv6 {}", network.value)));
    for (direction, rules) in [("in", inbound), ("out", outbound)] {
        if let Some(rules) = rules {
            lines.extend(rules.iter().map(|rule| format!("{direction}: {}", rule_line(rule))));
            lines.push(format!("{direction}: drop the rest"));
        }
    }
    lines.extend(napt.iter().map(|napt| {
        let Napt { outer } = &napt.value;
        match outer {
            Outer::Interface => "napt behind its address".to_owned(),
            Outer::Address(address) => format!("napt behind {address}"),
        }
    }));
    lines
}

fn rule_line(rule: &Sourced<Rule>) -> String {
    let Rule { action, log, protocols, source, destination, source_ports, destination_ports } = &rule.value;
    let mut words = vec![match action {
        Action::Pass => "pass".to_owned(),
        Action::Drop => "drop".to_owned(),
    }];
    if !protocols.is_empty() {
        let numbers: Vec<String> = protocols.iter().map(u8::to_string).collect();
        words.push(format!("protocol {}", numbers.join(",")));
    }
    for (word, addresses, ports) in [("from", source, source_ports), ("to", destination, destination_ports)] {
        if !addresses.is_empty() || !ports.is_empty() {
            words.push(format!("{word} {}{}", address_list(addresses), port_list(ports)));
        }
    }
    words.extend(log.then(|| "log".to_owned()));
    words.join(" ")
}

fn address_list(addresses: &[AddressRange]) -> String {
    let words = addresses.iter().map(|range| match range {
        AddressRange::Network(network) => network.to_string(),
        AddressRange::Range(first, last) => format!("{first}-{last}"),
    });
    if addresses.is_empty() { "any".to_owned() } else { words.collect::<Vec<_>>().join(",") }
}

fn port_list(ports: &[RangeInclusive<u16>]) -> String {
    let words = ports.iter().map(|range| match (range.start(), range.end()) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    });
    if ports.is_empty() { String::new() } else { format!(" port {}", words.collect::<Vec<_>>().join(",")) }
}

fn route_line(route: &Route) -> String {
    let Route { prefix, distance, metric, next_hop } = route;
    let next_hop = match next_hop {
        NextHop::Router(router) => format!("via {router}"),
        NextHop::RouterOn(router, interface) => format!("via {router} on {interface}"),
        NextHop::Interface(interface) => format!("on {interface}"),
        NextHop::Dhcp(interface) => format!("via the DHCP router of {interface}"),
        NextHop::Null => "nowhere".to_owned(),
    };
    format!("route {prefix} {next_hop}, distance {distance}, metric {metric}")
}
