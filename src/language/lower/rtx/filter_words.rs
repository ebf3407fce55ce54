//! The words of `ip filter`: actions, addresses, protocols, ports.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::{IpNet, Ipv4Net};

use super::{Args, Refusal};
use crate::language::lower::args::{Network, parse};
use crate::model::filter::{Action, AddressRange, Packets, Rule, TcpFlags};

pub(super) use crate::language::lower::filter::Family;

/// The rules that together mean one numbered filter.
pub(super) fn rules(args: &Args<'_>, family: Family) -> Result<Vec<Rule>, Refusal> {
    let (action, log) = action(args);
    let between = Packets {
        source: addresses(args, "source")?,
        destination: addresses(args, "destination")?,
        ..Packets::default()
    };
    let ports = [ports(args, "source_port")?, ports(args, "destination_port")?];
    let kinds = kinds(&items(args, "protocol"), ports, family)?;
    Ok(kinds.into_iter().map(|kind| Rule { action, log, packets: kind.between(&between) }).collect())
}

/// What to do, and whether to log it.
fn action(args: &Args<'_>) -> (Action, bool) {
    match args.text("action").unwrap_or_default().as_ref() {
        "pass-log" => (Action::Pass, true),
        "reject" | "reject-log" => (Action::Drop, true),
        "reject-nolog" => (Action::Drop, false),
        "restrict" => (Action::PassConnected { log_drop: true }, false),
        "restrict-log" => (Action::PassConnected { log_drop: true }, true),
        "restrict-nolog" => (Action::PassConnected { log_drop: false }, false),
        _ => (Action::Pass, false),
    }
}

/// The items of a list; none for `*`, and for a part that is left out.
fn items(args: &Args<'_>, tag: &str) -> Vec<String> {
    let list = args.text(tag).filter(|list| list != "*");
    list.map(|list| list.split(',').map(str::to_owned).collect()).unwrap_or_default()
}

pub(super) fn addresses(args: &Args<'_>, tag: &str) -> Result<Vec<AddressRange>, Refusal> {
    items(args, tag).iter().map(|item| address(item)).collect()
}

/// `A`, `A/M`, `A-B`, `-B`, `A-`, `192.168.1.*`.
fn address(item: &str) -> Result<AddressRange, Refusal> {
    if item.ends_with(".*") {
        return Ok(AddressRange::Network(octets(item)?));
    }
    let Some((first, last)) = item.split_once('-') else {
        return Ok(AddressRange::Network(parse::<Network>(item)?.0.trunc()));
    };
    let first = if first.is_empty() { IpAddr::from([0, 0, 0, 0]) } else { parse(first)? };
    let last = if last.is_empty() { IpAddr::from([255, 255, 255, 255]) } else { parse(last)? };
    if first > last {
        return Err(Refusal::Says(format!("{item:?}: the range ends before it begins")));
    }
    Ok(AddressRange::Range(first, last))
}

/// `192.168.1.*`: a network of whole octets.
fn octets(item: &str) -> Result<IpNet, Refusal> {
    let known = item.split('.').filter(|octet| *octet != "*").count();
    let length = u8::try_from(8 * known).unwrap_or(32);
    let address = parse(&item.replace('*', "0"))?;
    Ipv4Net::new(address, length).map(IpNet::V4).map_err(|error| Refusal::Says(format!("{item:?}: {error}")))
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

const PORT_NAMES: [(&str, u16); 32] = [
    ("ftpdata", 20),
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("domain", 53),
    ("dhcps", 67),
    ("dhcpc", 68),
    ("tftp", 69),
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
    ("imap", 143),
    ("snmp", 161),
    ("bgp", 179),
    ("imap3", 220),
    ("ldap", 389),
    ("https", 443),
    ("syslog", 514),
    ("printer", 515),
    ("talk", 517),
    ("route", 520),
    ("uucp", 540),
    ("submission", 587),
];

/// Packets of one kind: protocols that read the port fields alike.
#[derive(Debug, Default)]
struct Kind {
    protocols: Vec<u8>,
    /// Source and destination ports; for ICMP type and code.
    ports: [Ports; 2],
    flags: Option<TcpFlags>,
}

impl Kind {
    fn between(self, between: &Packets) -> Packets {
        let [source_ports, destination_ports] = self.ports;
        Packets {
            protocols: self.protocols,
            source_ports,
            destination_ports,
            flags: self.flags.into_iter().collect(),
            ..between.clone()
        }
    }
}

/// Splits a list of protocols into kinds.
///
/// Ports are those of TCP and UDP, so with ports and no protocol it is those two. Packets of
/// others in a list match whatever the ports are. Where ICMP stands alone they are its type and code.
fn kinds(words: &[String], ports: [Ports; 2], family: Family) -> Result<Vec<Kind>, Refusal> {
    let has_ports = ports.iter().any(|ports| !ports.is_empty());
    let (mut with_ports, mut without) = (Kind { ports: ports.clone(), ..Kind::default() }, Kind::default());
    let mut kinds = Vec::new();
    if words.is_empty() {
        with_ports.protocols = if has_ports { vec![TCP, UDP] } else { vec![] };
        return Ok(vec![with_ports]);
    }
    for word in words {
        let protocol = protocol(word, family)?;
        let types = match word.as_str() {
            "icmp-error" => Some(&ICMP_ERRORS[..]),
            "icmp-info" => Some(&ICMP_INFOS[..]),
            "icmp-nd" => Some(std::slice::from_ref(&NEIGHBOURS)),
            _ => None,
        };
        if let Some(types) = types {
            kinds.push(Kind { protocols: vec![protocol], ports: [types.to_vec(), vec![]], flags: None });
        } else if let Some(flags) = flags(word)? {
            kinds.push(Kind { protocols: vec![TCP], ports: ports.clone(), flags: Some(flags) });
        } else if !has_ports || matches!(protocol, TCP | UDP) || is_icmp(protocol) && words.len() == 1 {
            with_ports.protocols.push(protocol);
        } else {
            without.protocols.push(protocol);
        }
    }
    kinds.extend([with_ports, without].into_iter().filter(|kind| !kind.protocols.is_empty()));
    Ok(kinds)
}

const ICMP: u8 = 1;
const ICMPV6: u8 = 58;
const TCP: u8 = 6;
const UDP: u8 = 17;

fn is_icmp(protocol: u8) -> bool {
    matches!(protocol, ICMP | ICMPV6)
}

/// ICMP types that report errors, and those that ask and answer.
const ICMP_ERRORS: [RangeInclusive<u16>; 4] = [3..=5, 11..=12, 31..=31, 32..=32];
const ICMP_INFOS: [RangeInclusive<u16>; 5] = [0..=0, 8..=10, 13..=18, 30..=30, 33..=36];
/// ICMPv6 types of neighbour discovery.
const NEIGHBOURS: RangeInclusive<u16> = 133..=136;

/// The flags that a word asks for: `established` is all that has ACK.
fn flags(word: &str) -> Result<Option<TcpFlags>, Refusal> {
    let set = |mask| Ok(Some(TcpFlags { mask, value: mask, differ: false }));
    match word {
        "tcpfin" => return set(0x01),
        "tcpsyn" => return set(0x02),
        "tcprst" => return set(0x04),
        "established" => return set(0x10),
        _ => {}
    }
    let Some((sign, numbers)) = word.split_once('=').filter(|(sign, _)| sign.starts_with("tcpflag")) else {
        return Ok(None);
    };
    let (value, mask) = numbers.split_once('/').unwrap_or((numbers, "0xffff"));
    Ok(Some(TcpFlags { mask: hexadecimal(mask)?, value: hexadecimal(value)?, differ: sign.ends_with('!') }))
}

fn hexadecimal(word: &str) -> Result<u16, Refusal> {
    u16::from_str_radix(word.trim_start_matches("0x"), 16)
        .map_err(|error| Refusal::Says(format!("{word:?}: {error}")))
}

/// The number of a protocol's name.
pub(super) fn protocol(word: &str, family: Family) -> Result<u8, Refusal> {
    match word {
        "icmp" | "icmp-error" | "icmp-info" if family == Family::Ipv6 => Ok(ICMPV6),
        "icmp" | "icmp4" | "icmp-error" | "icmp-info" => Ok(ICMP),
        "icmp6" | "icmp-nd" => Ok(ICMPV6),
        "tcp" => Ok(TCP),
        word if word.starts_with("tcp") || word == "established" => Ok(TCP),
        "udp" => Ok(UDP),
        "ipv6" => Ok(41),
        "gre" => Ok(47),
        "esp" => Ok(50),
        "ah" => Ok(51),
        number => parse(number),
    }
}
