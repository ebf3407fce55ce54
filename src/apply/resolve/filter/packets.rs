//! The packets that a rule speaks of, as the kernel looks at them.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};

use crate::apply::firewall::{Family, Match, TcpFlags};
use crate::model::filter::{AddressRange, Fragments, Packets};

/// TCP, UDP, DCCP, SCTP and UDP-Lite: the protocols whose header begins with two ports.
const WITH_PORTS: [u8; 5] = [6, 17, 33, 132, 136];
/// What a rule with ports and without protocols speaks of.
const TCP_AND_UDP: [u8; 2] = [6, 17];

/// What the packets of `packets` have in common. `None`: it can match no packet of the family.
pub(in crate::apply::resolve) fn matches(packets: &Packets, family: Family) -> Option<Vec<Match>> {
    let mut matches = Vec::new();
    matches.extend(addresses(&packets.source, family)?.map(|any| Match::Source(family, any)));
    matches.extend(addresses(&packets.destination, family)?.map(|any| Match::Destination(family, any)));
    matches.extend(protocols(packets, family)?);
    let flags = packets.flags.iter().map(|flags| {
        Match::TcpFlags(TcpFlags { mask: flags.mask, value: flags.value, differ: flags.differ })
    });
    matches.extend(flags);
    let points = merged(&packets.code_points);
    matches.extend(Some(points).filter(|points| !points.is_empty()).map(|any| Match::Dscp(family, any)));
    matches.extend(packets.fragments.map(|Fragments::Later| Match::Fragment(family)));
    Some(matches)
}

/// Protocols, and what their headers must say. `None`: no packet can match.
///
/// Ports speak of the protocols that have some: in a rule for `tcp,udp,icmp` with ports, ICMP
/// has none and does not match.
fn protocols(packets: &Packets, family: Family) -> Option<Vec<Match>> {
    let (from, to) = (merged(&packets.source_ports), merged(&packets.destination_ports));
    let any: BTreeSet<u8> = packets.protocols.iter().copied().collect();
    let of = |any: BTreeSet<u8>| Match::Protocol(any.into_iter().collect());
    if from.is_empty() && to.is_empty() {
        return Some(if any.is_empty() { vec![] } else { vec![of(any)] });
    }
    let present = |ranges: Vec<RangeInclusive<u16>>| Some(ranges).filter(|ranges| !ranges.is_empty());
    if any.iter().eq([&icmp(family)]) {
        let kind = present(from).map(|any| Match::IcmpType(family, any));
        let code = present(to).map(|any| Match::IcmpCode(family, any));
        return Some([Some(of(any)), kind, code].into_iter().flatten().collect());
    }
    let any: BTreeSet<u8> = match any.is_empty() {
        true => TCP_AND_UDP.into(),
        false => any.into_iter().filter(|protocol| WITH_PORTS.contains(protocol)).collect(),
    };
    if any.is_empty() {
        return None;
    }
    let ports = [present(from).map(Match::SourcePort), present(to).map(Match::DestinationPort)];
    Some([Some(of(any))].into_iter().chain(ports).flatten().collect())
}

/// The protocol number of the family's control messages.
fn icmp(family: Family) -> u8 {
    match family {
        Family::Ipv4 => 1,
        Family::Ipv6 => 58,
    }
}

/// The addresses of the family among these as nft takes them. Outer `None`: none is left; inner
/// `None`: any.
fn addresses(ranges: &[AddressRange], family: Family) -> Option<Option<Vec<String>>> {
    if ranges.is_empty() {
        return Some(None);
    }
    let found = ranges.iter().filter_map(|range| match range {
        AddressRange::Network(network) => ends(network.network(), network.broadcast(), family),
        AddressRange::Range(first, last) => ends(*first, *last, family),
    });
    match merge(found.collect()).as_slice() {
        [] => None,
        [(0, last)] if *last == highest(family) => Some(None),
        ranges => Some(Some(ranges.iter().map(|&(first, last)| spelled(first, last, family)).collect())),
    }
}

/// Both ends of a range as numbers, if it is of this family.
fn ends(first: IpAddr, last: IpAddr, family: Family) -> Option<(u128, u128)> {
    match (first, last, family) {
        (IpAddr::V4(first), IpAddr::V4(last), Family::Ipv4) => {
            Some((u32::from(first).into(), u32::from(last).into()))
        }
        (IpAddr::V6(first), IpAddr::V6(last), Family::Ipv6) => Some((first.into(), last.into())),
        _ => None,
    }
}

fn highest(family: Family) -> u128 {
    match family {
        Family::Ipv4 => u32::MAX.into(),
        Family::Ipv6 => u128::MAX,
    }
}

/// A range as a single address, a network, or both ends.
fn spelled(first: u128, last: u128, family: Family) -> String {
    let (first, last) = (address(first, family), address(last, family));
    let networks: Vec<IpNet> = match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => Ipv4Subnets::new(first, last, 0).map(IpNet::V4).collect(),
        (IpAddr::V6(first), IpAddr::V6(last)) => Ipv6Subnets::new(first, last, 0).map(IpNet::V6).collect(),
        _ => Vec::new(),
    };
    match networks.as_slice() {
        [network] if network.prefix_len() == network.max_prefix_len() => first.to_string(),
        [network] => network.to_string(),
        _ => format!("{first}-{last}"),
    }
}

fn address(number: u128, family: Family) -> IpAddr {
    match family {
        Family::Ipv4 => IpAddr::V4(Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX))),
        Family::Ipv6 => IpAddr::V6(Ipv6Addr::from(number)),
    }
}

fn merged(ports: &[RangeInclusive<u16>]) -> Vec<RangeInclusive<u16>> {
    let ports = ports.iter().map(|range| (u128::from(*range.start()), u128::from(*range.end())));
    let port = |number: u128| u16::try_from(number).unwrap_or(u16::MAX);
    merge(ports.collect()).into_iter().map(|(first, last)| port(first)..=port(last)).collect()
}

/// Sorts ranges and joins those that touch: nft takes no set whose items overlap.
fn merge(mut ranges: Vec<(u128, u128)>) -> Vec<(u128, u128)> {
    ranges.retain(|(first, last)| first <= last);
    ranges.sort_unstable();
    let mut merged: Vec<(u128, u128)> = Vec::new();
    for (first, last) in ranges {
        match merged.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ => merged.push((first, last)),
        }
    }
    merged
}
