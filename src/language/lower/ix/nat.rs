//! `ip napt`, `ip nat`.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::args::Network;
use crate::language::lower::nat::{ports, shifted};
use crate::model::nat::{Forward, Pair, PortTimeout, Target, Traffic};

const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP: u8 = 1;
/// All ports.
const ANY: (u16, u16) = (0, u16::MAX);
/// The port of DNS.
const DNS: u16 = 53;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_ip_napt => Some(napt),
        Rule::ix_ip_napt_hairpinning => Some(hairpinning),
        Rule::ix_ip_napt_inside_list => Some(inside_list),
        Rule::ix_ip_napt_address => Some(address),
        Rule::ix_ip_napt_static => Some(static_entry),
        Rule::ix_ip_napt_service => Some(service),
        Rule::ix_ip_napt_service_known => Some(known_service),
        Rule::ix_ip_napt_translation => Some(timeout),
        Rule::ix_ip_napt_translation_max_entries => Some(max_entries),
        Rule::ix_ip_napt_translation_max_entries_host => Some(max_entries_of_host),
        Rule::ix_ip_napt_translation_port_range => Some(port_range),
        Rule::ix_ip_nat_enable => Some(nat),
        Rule::ix_ip_nat_static => Some(pair),
        Rule::ix_ip_nat_inside_list => Some(nat_inside_list),
        Rule::ix_ip_nat_pool => Some(pool),
        _ => None,
    }
}

fn napt(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(args)?;
    // What it translates is part of the model even before its address is known.
    draft.interface(name);
    draft.nat.at(name).napt = Some(args.line());
    Ok(())
}

fn hairpinning(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let nat = draft.nat.at(interface(args)?);
    nat.napt_lines.push(args.line());
    nat.hairpin = true;
    Ok(())
}

fn inside_list(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let list: String = args.get("list")?;
    draft.filter.refer(list.clone());
    let nat = draft.nat.at(interface(args)?);
    nat.napt_lines.push(args.line());
    nat.lists.push(args.sourced(list));
    Ok(())
}

fn address(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let nat = draft.nat.at(interface(args)?);
    nat.napt_lines.push(args.line());
    nat.address = Some(args.get("address")?);
    Ok(())
}

/// `ip napt static HOST|INTERFACE tcp|udp PORTS`, `ip napt static HOST|INTERFACE PROTOCOL`: to a
/// host, or by the name of an interface to the router itself.
fn static_entry(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let target = args.optional("target")?.map_or(Target::Router, Target::Host);
    let traffic = match args.text("port") {
        Some(text) => across(protocol(args)?, ports(&text)?, None)?,
        None => Traffic::Protocol(protocol(args)?),
    };
    forward(draft, args, traffic, target)
}

/// `ip napt service NAME HOST none|INSIDE-PORTS tcp|udp PORTS|any`, `… none PROTOCOL`.
fn service(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let protocol = protocol(args)?;
    let traffic = if matches!(protocol, TCP | UDP) {
        let outside = args.text("port").filter(|text| text != "any").map_or(Ok(ANY), |text| ports(&text))?;
        let inside = args.text("inside_port").map(|text| ports(&text)).transpose()?;
        across(protocol, outside, inside)?
    } else {
        Traffic::Protocol(protocol)
    };
    forward(draft, args, traffic, Target::Host(args.get("target")?))
}

/// `ip napt service http HOST [INSIDE-PORT]`.
fn known_service(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name: String = args.get("service")?;
    let target = Target::Host(args.get("target")?);
    let inside = args.text("inside_port").map(|text| ports(&text)).transpose()?;
    for &(_, protocol, port) in KNOWN_SERVICES.iter().filter(|(service, ..)| *service == name) {
        let traffic = match port {
            Some(port) => across(protocol, (port, port), inside)?,
            None => Traffic::Protocol(protocol),
        };
        forward(draft, args, traffic, target)?;
    }
    Ok(())
}

/// The services that have a name, their protocols and ports.
const KNOWN_SERVICES: [(&str, u8, Option<u16>); 11] = [
    ("http", TCP, Some(80)),
    ("https", TCP, Some(443)),
    ("ftp", TCP, Some(21)),
    ("telnet", TCP, Some(23)),
    ("ssh", TCP, Some(22)),
    ("smtp", TCP, Some(25)),
    ("pop3", TCP, Some(110)),
    ("dns", UDP, Some(DNS)),
    ("dns", TCP, Some(DNS)),
    ("ping", ICMP, None),
    ("ntp", UDP, Some(123)),
];

fn forward(draft: &mut Draft, args: &Args<'_>, traffic: Traffic, target: Target) -> Result<(), Refusal> {
    let nat = draft.nat.at(interface(args)?);
    nat.napt_lines.push(args.line());
    nat.forwards.push(args.sourced(Forward { outside: None, traffic, target }));
    Ok(())
}

fn protocol(args: &Args<'_>) -> Result<u8, Refusal> {
    match args.text("protocol").as_deref() {
        Some("tcp") => Ok(TCP),
        Some("udp") => Ok(UDP),
        Some("icmp") => Ok(ICMP),
        Some("gre") => Ok(47),
        Some("esp") => Ok(50),
        _ => args.get("protocol"),
    }
}

/// Ports outside that become others inside, or stay.
fn across(protocol: u8, outside: (u16, u16), inside: Option<(u16, u16)>) -> Result<Traffic, Refusal> {
    let (first, last) = outside;
    let inside = inside.map_or(Ok(first), |inside| shifted(outside, inside))?;
    Ok(Traffic::Ports { protocol, first, last, inside })
}

/// `finrst-timeout` has a second time for connections that both sides have ended.
fn timeout(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let (seconds, second): (u32, Option<u32>) = (args.get("seconds")?, args.optional("second")?);
    let sourced = Some(args.sourced(seconds));
    let nat = draft.nat.at(interface(args)?);
    nat.napt_lines.push(args.line());
    let timeouts = &mut nat.timeouts;
    match args.text("timer").as_deref() {
        Some("tcp-timeout") => timeouts.tcp = Some(seconds),
        Some("udp-timeout") => timeouts.udp = Some(seconds),
        Some("syn-timeout") => timeouts.tcp_opening = Some(seconds),
        Some("finrst-timeout") => (timeouts.tcp_closing, timeouts.tcp_closed) = (Some(seconds), second),
        Some("icmp-timeout") => timeouts.icmp = sourced,
        Some("gre-timeout") => timeouts.gre = sourced,
        Some("dns-timeout") => {
            timeouts.ports.push(PortTimeout { protocol: UDP, ports: DNS..=DNS, seconds });
            timeouts.sort();
        }
        _ => timeouts.other = sourced,
    }
    Ok(())
}

fn max_entries(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let nat = draft.nat.at(interface(args)?);
    nat.napt_lines.push(args.line());
    nat.limits.total = Some(args.get("count")?);
    Ok(())
}

fn max_entries_of_host(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let nat = draft.nat.at(interface(args)?);
    nat.napt_lines.push(args.line());
    nat.limits.per_host = Some(args.get("count")?);
    Ok(())
}

fn port_range(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let (first, last): (u16, u16) = (args.get("first")?, args.get("last")?);
    if first > last {
        return Err(Refusal::Says(format!("{first} {last}: the range ends before it begins")));
    }
    let nat = draft.nat.at(interface(args)?);
    nat.napt_lines.push(args.line());
    nat.ports = Some((first, last));
    Ok(())
}

fn nat(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(args)?;
    draft.interface(name);
    draft.nat.at(name).nat = Some(args.line());
    Ok(())
}

/// `ip nat static INSIDE OUTSIDE`, both addresses or networks of one length.
fn pair(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let [inside, outside] = [args.get::<Network>("inside")?.ipv4()?, args.get::<Network>("outside")?.ipv4()?];
    if inside.prefix_len() != outside.prefix_len() {
        return Err(Refusal::Says("as many addresses are needed inside as outside".to_owned()));
    }
    let pair = Pair { outside: outside.network(), inside: inside.network(), count: size(inside) };
    let nat = draft.nat.at(interface(args)?);
    nat.nat_lines.push(args.line());
    nat.pairs.push(args.sourced(pair));
    Ok(())
}

/// How many addresses a network has; the whole of IPv4 counts one less.
fn size(network: Ipv4Net) -> u32 {
    u32::from(network.broadcast()).saturating_sub(u32::from(network.network())).saturating_add(1)
}

fn nat_inside_list(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let (list, pool): (String, String) = (args.get("list")?, args.get("pool")?);
    draft.filter.refer(list.clone());
    let nat = draft.nat.at(interface(args)?);
    nat.nat_lines.push(args.line());
    nat.pools.push(args.sourced((list, pool)));
    Ok(())
}

fn pool(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let (first, last): (Ipv4Addr, Ipv4Addr) = (args.get("first")?, args.get("last")?);
    if first > last {
        return Err(Refusal::Says(format!("{first} {last}: the range ends before it begins")));
    }
    draft.nat.pool(args.get("pool")?, first, last);
    Ok(())
}
