//! `ip filter`, `ip lanN secure filter`, and the same for IPv6.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::args::{Network, parse};
use crate::language::lower::filter::NumberUse;
use crate::model::filter::{self, Action, AddressRange};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_ip_filter => Some(define),
        Rule::rtx_ip_secure_filter => Some(apply),
        Rule::rtx_ipv6_filter => Some(define_ipv6),
        Rule::rtx_ipv6_secure_filter => Some(apply_ipv6),
        _ => None,
    }
}

fn apply(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let used = number_use(draft, args)?;
    draft.filter.use_numbers(used);
    Ok(())
}

fn apply_ipv6(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let used = number_use(draft, args)?;
    draft.ipv6_filter.use_numbers(used);
    Ok(())
}

fn number_use(draft: &mut Draft, args: &Args<'_>) -> Result<NumberUse, Refusal> {
    Ok(NumberUse {
        interface: interface(draft, args)?,
        direction: args.get("direction")?,
        numbers: args.all("filter")?,
        line: args.line(),
    })
}

fn define(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.filter.numbered(args, args.get("number")?, rules(args)?);
    Ok(())
}

fn define_ipv6(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.ipv6_filter.numbered(args, args.get("number")?, rules(args)?);
    Ok(())
}

/// The rules that together mean one numbered filter.
fn rules(args: &Args<'_>) -> Result<Vec<filter::Rule>, Refusal> {
    let (action, log) = action(args);
    let source = addresses(args, "source")?;
    let destination = addresses(args, "destination")?;
    let ports = [ports(args, "source_port")?, ports(args, "destination_port")?];
    let rules = kinds(&items(args, "protocol"), ports)?.into_iter().map(|kind| {
        let [source_ports, destination_ports] = kind.ports;
        let (source, destination) = (source.clone(), destination.clone());
        let protocols = kind.protocols;
        filter::Rule { action, log, protocols, source, destination, source_ports, destination_ports }
    });
    Ok(rules.collect())
}

/// What to do, and whether to log it. On a LAN the line is always connected, so `restrict` passes.
fn action(args: &Args<'_>) -> (Action, bool) {
    let word = args.text("action").unwrap_or_default();
    let quiet = word.ends_with("-nolog");
    match word.split('-').next() {
        Some("reject") => (Action::Drop, !quiet),
        Some("restrict") => (Action::Pass, !quiet),
        _ => (Action::Pass, word == "pass-log"),
    }
}

/// The items of a list; none for `*`, and for a part that is left out.
fn items(args: &Args<'_>, tag: &str) -> Vec<String> {
    let list = args.text(tag).filter(|list| list != "*");
    list.map(|list| list.split(',').map(str::to_owned).collect()).unwrap_or_default()
}

fn addresses(args: &Args<'_>, tag: &str) -> Result<Vec<AddressRange>, Refusal> {
    items(args, tag).iter().map(|item| address(item)).collect()
}

fn address(item: &str) -> Result<AddressRange, Refusal> {
    let Some((first, last)) = item.split_once('-') else {
        return Ok(AddressRange::Network(parse::<Network>(item)?.0.trunc()));
    };
    let (first, last) = (parse::<IpAddr>(first)?, parse::<IpAddr>(last)?);
    if first > last {
        return Err(Refusal::Says(format!("{item:?}: the range ends before it begins")));
    }
    Ok(AddressRange::Range(first, last))
}

type Ports = Vec<RangeInclusive<u16>>;

fn ports(args: &Args<'_>, tag: &str) -> Result<Ports, Refusal> {
    items(args, tag).iter().map(|item| port_range(item)).collect()
}

/// `80`, `www`, `1024-65535`, `-1023`, `1024-`; `ftp` alone is both of its ports.
pub(super) fn port_range(item: &str) -> Result<RangeInclusive<u16>, Refusal> {
    let range = match item.split_once('-') {
        None if item == "ftp" => 20..=21,
        None => port(item)?..=port(item)?,
        Some(("", last)) => 0..=port(last)?,
        Some((first, "")) => port(first)?..=u16::MAX,
        Some((first, last)) => port(first)?..=port(last)?,
    };
    if range.is_empty() {
        return Err(Refusal::Says(format!("{item:?}: the range ends before it begins")));
    }
    Ok(range)
}

fn port(word: &str) -> Result<u16, Refusal> {
    match PORT_NAMES.iter().find(|(name, _)| *name == word) {
        Some((_, number)) => Ok(*number),
        None => parse(word),
    }
}

const PORT_NAMES: [(&str, u16); 25] = [
    ("ftpdata", 20),
    ("ftp", 21),
    ("telnet", 23),
    ("smtp", 25),
    ("domain", 53),
    ("dhcps", 67),
    ("dhcpc", 68),
    ("gopher", 70),
    ("finger", 79),
    ("www", 80),
    ("pop3", 110),
    ("sunrpc", 111),
    ("ident", 113),
    ("nntp", 119),
    ("ntp", 123),
    ("netbios_ns", 137),
    ("netbios_dgm", 138),
    ("netbios_ssn", 139),
    ("snmp", 161),
    ("syslog", 514),
    ("printer", 515),
    ("talk", 517),
    ("route", 520),
    ("uucp", 540),
    ("submission", 587),
];

/// Packets of one kind: protocols that read the port fields alike.
#[derive(Debug)]
struct Kind {
    protocols: Vec<u8>,
    /// Source and destination ports; for ICMP type and code.
    ports: [Ports; 2],
}

/// Splits a list of protocols into kinds. Ports count for TCP and UDP only, so with ports and
/// no protocol it is those two.
fn kinds(words: &[String], ports: [Ports; 2]) -> Result<Vec<Kind>, Refusal> {
    let has_ports = ports.iter().any(|ports| !ports.is_empty());
    if words.is_empty() {
        return Ok(vec![Kind { protocols: if has_ports { vec![TCP, UDP] } else { vec![] }, ports }]);
    }
    let mut plain = Vec::new();
    let mut kinds = Vec::new();
    for word in words {
        match (word.as_str(), protocol(word)?) {
            ("icmp-error", icmp) => kinds.push(icmp_types(icmp, &ICMP_ERRORS)),
            ("icmp-info", icmp) => kinds.push(icmp_types(icmp, &ICMP_INFOS)),
            (_, number @ (TCP | UDP)) => plain.push(number),
            (_, number @ (ICMP | ICMPV6)) if has_ports => {
                kinds.push(Kind { protocols: vec![number], ports: ports.clone() });
            }
            (_, _) if has_ports => {
                return Err(Refusal::Says(format!("{word} has no ports: write * for them")));
            }
            (_, number) => plain.push(number),
        }
    }
    if !plain.is_empty() {
        kinds.push(Kind { protocols: plain, ports });
    }
    Ok(kinds)
}

fn icmp_types(protocol: u8, types: &[RangeInclusive<u16>]) -> Kind {
    Kind { protocols: vec![protocol], ports: [types.to_vec(), Vec::new()] }
}

const ICMP: u8 = 1;
const ICMPV6: u8 = 58;
const TCP: u8 = 6;
const UDP: u8 = 17;

/// ICMP types that report errors, and those that ask and answer.
const ICMP_ERRORS: [RangeInclusive<u16>; 4] = [3..=5, 11..=12, 31..=31, 32..=32];
const ICMP_INFOS: [RangeInclusive<u16>; 5] = [0..=0, 8..=10, 13..=18, 30..=30, 33..=36];

/// The number of a protocol's name.
pub(super) fn protocol(word: &str) -> Result<u8, Refusal> {
    match word {
        "icmp" | "icmp-error" | "icmp-info" => Ok(ICMP),
        "tcp" => Ok(TCP),
        "udp" => Ok(UDP),
        "ipv6" => Ok(41),
        "gre" => Ok(47),
        "esp" => Ok(50),
        "ah" => Ok(51),
        "icmp6" => Ok(ICMPV6),
        number => parse(number),
    }
}
