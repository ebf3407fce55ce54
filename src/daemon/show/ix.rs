//! Screens of the UNIVERGE IX.

pub mod system;

use std::fmt::Write;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use super::{PROGRAM, age};
use crate::run::log::LogSnapshot;
use crate::status::{
    AddressSource, InterfaceStatus, LinkState, LinkTraffic, RouteKind, RouteStatus, RouteTable,
};
use crate::types::{Civil, Dialect, Timestamp, Zone};

/// How many routes the appliance has room for; the header of `show ip route` counts down from it.
const ROUTE_ROOM: usize = 2_048;

/// What stands above `show running-config`: comments, so that the whole can be pasted.
pub fn configuration_header(now: Timestamp, zone: Zone) -> String {
    let at = now.civil(zone);
    let Civil { year, day, hour, minute, second, .. } = at;
    let (month, weekday) = (at.month_name(), at.weekday_name());
    format!(
        "! {PROGRAM}\n! Current time {month} {day:02}-{weekday}-{year} {hour:02}:{minute:02}:{second:02} {zone}\n!\n"
    )
}

/// `show ip route`: networks longer than their class stand under a line of their class.
pub fn ip_route(table: &RouteTable) -> String {
    let count =
        |wanted: &[RouteKind]| table.routes.iter().filter(|route| wanted.contains(&route.kind)).count();
    let entries = table.routes.len();
    let mut text = format!(
        "IP Routing Table - {entries} entries, {} hidden, {} frees\n",
        table.hidden,
        ROUTE_ROOM.saturating_sub(entries + table.hidden)
    );
    text += &format!(
        "Entries: {} Connected, {} Static, 0 RIP, 0 OSPF, 0 BGP\n",
        count(&[RouteKind::Connected]),
        count(&[RouteKind::Static, RouteKind::Dhcp])
    );
    text += "Codes: C - Connected, S - Static, R - RIP, O - OSPF, IA - OSPF inter area\n\
        \x20      N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2\n\
        \x20      E1 - OSPF external type 1, E2 - OSPF external type 2, B - BGP\n\
        \x20      * - Candidate default, s - Summary\n\
        Timers: Age\n";
    let mut group = None;
    for route in &table.routes {
        let class = class_above(route.prefix);
        if let Some(class) = class.filter(|class| group != Some(*class)) {
            let members = table.routes.iter().filter(|other| class_above(other.prefix) == Some(class));
            text += &format!("     {class} is subnetted, {} subnets\n", members.count());
        }
        group = class;
        text += &route_line(route, if class.is_some() { 7 } else { 5 });
    }
    text
}

/// `show ipv6 route`, in the same words without classes.
pub fn ipv6_route(table: &RouteTable) -> String {
    let mut text = format!("IPv6 Routing Table - {} entries\n", table.routes.len());
    text += "Codes: C - Connected, S - Static\nTimers: Age\n";
    for route in &table.routes {
        text += &route_line(route, 5);
    }
    text
}

/// One route, its code in a column of `width`.
fn route_line(route: &RouteStatus, width: usize) -> String {
    let code = match (route.kind, route.prefix.prefix_len()) {
        (RouteKind::Connected, _) => "C",
        (RouteKind::Static | RouteKind::Dhcp, 0) => "S*",
        (RouteKind::Static | RouteKind::Dhcp, _) => "S",
    };
    let interface = route.interface.map_or_else(|| "Null0.0".to_owned(), |name| name.to_string());
    let RouteStatus { prefix, distance, metric, .. } = route;
    let way = match (route.kind, route.gateway) {
        (RouteKind::Connected, _) | (_, None) => "is directly connected".to_owned(),
        (_, Some(gateway)) => format!("via {gateway}"),
    };
    format!("{code:width$}{prefix} [{distance}/{metric}] {way}, {interface}, {}\n", age(route.age))
}

/// The class A, B or C network that a longer IPv4 prefix is part of.
fn class_above(prefix: IpNet) -> Option<Ipv4Net> {
    let IpNet::V4(prefix) = prefix else { return None };
    let length = match prefix.network().octets()[0] {
        0..=127 => 8,
        128..=191 => 16,
        _ => 24,
    };
    if prefix.prefix_len() <= length || prefix.prefix_len() == 0 {
        return None;
    }
    Ipv4Net::new(prefix.network(), length).ok().map(|class| class.trunc())
}

/// `show ip interface`: one paragraph an interface.
pub fn ip_interface(interface: &InterfaceStatus) -> String {
    let mut text = headline(interface);
    let addresses: Vec<_> =
        interface.addresses.iter().filter(|address| address.network.addr().is_ipv4()).collect();
    let Some(first) = addresses.first() else {
        text += "  Internet protocol processing disabled\n";
        return text;
    };
    text += &format!("  Internet address is {}\n", first.network);
    for more in &addresses[1..] {
        text += &format!("  Secondary address {}\n", more.network);
    }
    text += "  Broadcast address is 255.255.255.255\n";
    text += &match first.source {
        AddressSource::Configuration => "  Address determined by config\n".to_owned(),
        AddressSource::Dhcp { server } => format!("  Address determined by DHCP, server {server}\n"),
        AddressSource::Foreign => "  Address determined by Linux\n".to_owned(),
    };
    text += &format!("  MTU is {} octets\n", interface.mtu);
    text
}

/// `show interfaces`: what is below the addresses.
pub fn interfaces(interface: &InterfaceStatus) -> String {
    let mut text = headline(interface);
    if let Some(description) = &interface.description {
        text += &format!("  Description: {description}\n");
    }
    if let Some(link) = &interface.link {
        text += &format!("  Linux interface is {link}\n");
    }
    if let Some(mac) = interface.mac {
        text += &format!("  Hardware address is {mac}\n");
    }
    if interface.mtu > 0 {
        text += &format!("  Fundamental MTU is {} octets\n", interface.mtu);
    }
    for address in &interface.addresses {
        let family = if matches!(address.network.addr(), IpAddr::V4(_)) { "IPv4" } else { "IPv6" };
        text += &format!("  {family} address is {}\n", address.network);
    }
    if let Some(LinkTraffic { packets_in, bytes_in, errors_in, packets_out, bytes_out, errors_out, .. }) =
        interface.traffic
    {
        text += "  Logical INTERFACE:\n";
        text += &format!("    {packets_in} packets input, {bytes_in} bytes, {errors_in} errors\n");
        text += &format!("    {packets_out} packets output, {bytes_out} bytes, {errors_out} errors\n");
    }
    text
}

fn headline(interface: &InterfaceStatus) -> String {
    let name = interface.name;
    let (state, reason) = match interface.state {
        LinkState::Up => ("up", ""),
        LinkState::NoCarrier => ("down", ""),
        LinkState::Shut => ("administratively down", ""),
        LinkState::NotTied => ("down", "  Not tied to a Linux interface\n"),
        LinkState::Missing => ("down", "  The Linux interface is not there\n"),
    };
    let protocol = if interface.state == LinkState::Up { "up" } else { "down" };
    format!("Interface {name} is {state}, line protocol is {protocol}\n{reason}")
}

/// `show logging`.
pub fn logging(log: &LogSnapshot, zone: Zone) -> String {
    let count = log.records.len() as u64;
    let range = match count {
        0 => "0-0".to_owned(),
        _ => format!("{}-{}", log.first, log.first + count - 1),
    };
    let mut text = format!("Buffer logging enabled, {} bytes, type cyclic\n", log.capacity);
    // Writing into a string cannot fail.
    let _ = writeln!(
        text,
        "  {count} messages ({range}), {} bytes logged, {} messages dropped\n\nLog Buffer ({range}):",
        log.used,
        log.first - 1
    );
    for record in &log.records {
        text += &record.line(Dialect::Ix, zone);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests;
