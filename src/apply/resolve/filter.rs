//! Packet filters: one chain for each interface, direction and IP version.
//!
//! A rule that passes a packet returns from its chain, so that the packet still has to pass the
//! other interface's filter and the shield. Inbound filters are asked in the hooks `input` and
//! `forward`, where the destination is translated back already; outbound ones in `forward` and
//! `output`, before the source is translated: that is the order of both appliances.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};

use super::Draft;
use crate::apply::firewall::{self, Family, Firewall, Hook, Match, Verdict};
use crate::model::Interface;
use crate::model::filter::{Action, AddressRange, Filters, Rule};
use crate::types::{InterfaceName, KernelName, LineId, Sourced};

/// TCP, UDP, DCCP, SCTP and UDP-Lite: the protocols whose header begins with two ports.
const WITH_PORTS: [u8; 5] = [6, 17, 33, 132, 136];
/// What a rule with ports and without protocols speaks of.
const TCP_AND_UDP: [u8; 2] = [6, 17];

/// A direction of an interface.
#[derive(Clone, Copy)]
struct Direction {
    name: &'static str,
    hooks: [Hook; 2],
    link: fn(KernelName) -> Match,
}

const INBOUND: Direction = Direction { name: "in", hooks: [Hook::Input, Hook::Forward], link: Match::InLink };
const OUTBOUND: Direction =
    Direction { name: "out", hooks: [Hook::Forward, Hook::Output], link: Match::OutLink };

pub(super) fn resolve(draft: &mut Draft<'_>, firewall: &mut Firewall) {
    let (mut used, mut unused) = (BTreeSet::new(), Vec::new());
    for (&name, interface) in &draft.model.interfaces {
        for (family, direction, list) in lists(interface) {
            match draft.tie(name) {
                Ok(tie) => {
                    let place = Place { name, link: &tie.link, tied_by: tie.origin, family, direction };
                    place.enter(list, firewall);
                    used.extend(list.iter().map(|rule| rule.origin));
                }
                Err(reason) => unused.extend(list.iter().map(|rule| (rule.origin, reason.clone()))),
            }
        }
    }
    // A list may be in force on one interface and wait for another.
    for (line, reason) in unused {
        if !used.contains(&line) {
            draft.hold(line, reason);
        }
    }
}

/// All lists of an interface.
fn lists(interface: &Interface) -> impl Iterator<Item = (Family, Direction, &[Sourced<Rule>])> {
    let families = [(Family::Ipv4, &interface.filter), (Family::Ipv6, &interface.ipv6_filter)];
    families.into_iter().flat_map(|(family, Filters { inbound, outbound })| {
        let lists = [(INBOUND, inbound), (OUTBOUND, outbound)].into_iter();
        lists.filter_map(move |(direction, list)| Some((family, direction, list.as_deref()?)))
    })
}

/// Where a list is in force.
struct Place<'a> {
    name: InterfaceName,
    link: &'a KernelName,
    tied_by: LineId,
    family: Family,
    direction: Direction,
}

impl Place<'_> {
    fn enter(&self, list: &[Sourced<Rule>], firewall: &mut Firewall) {
        let chain = self.chain();
        let origin = list.first().map_or(self.tied_by, |rule| rule.origin);
        let rules = list.iter().filter_map(|rule| translate(rule, self.family, &chain)).collect();
        firewall.add_chain(&chain, rules, origin);
        for hook in self.direction.hooks {
            let matches = vec![(self.direction.link)(self.link.clone()), Match::Family(self.family)];
            firewall.hook_in(hook, firewall::Rule::new(matches, Verdict::Jump(chain.clone()), origin));
        }
    }

    /// `ge0-in`, `ge0-in6`.
    fn chain(&self) -> String {
        let version = match self.family {
            Family::Ipv4 => "",
            Family::Ipv6 => "6",
        };
        format!("{}-{}{version}", self.name.kernel_name(), self.direction.name)
    }
}

/// One line of a filter, counted. `None` where it can match no packet of the family.
pub(super) fn translate(rule: &Sourced<Rule>, family: Family, chain: &str) -> Option<firewall::Rule> {
    let verdict = match rule.action {
        Action::Pass => Verdict::Return,
        Action::Drop => Verdict::Drop,
    };
    let mut matches = Vec::new();
    matches.extend(addresses(&rule.source, family)?.map(|any| Match::Source(family, any)));
    matches.extend(addresses(&rule.destination, family)?.map(|any| Match::Destination(family, any)));
    matches.extend(protocols(rule, family)?);
    let counted = firewall::Rule::new(matches, verdict, rule.origin).counted(chain);
    Some(firewall::Rule { log: rule.log, ..counted })
}

/// Protocols, and what their headers must say. `None`: no packet can match.
///
/// Ports speak of the protocols that have some: in a rule for `tcp,udp,icmp` with ports, ICMP
/// has none and does not match.
fn protocols(rule: &Rule, family: Family) -> Option<Vec<Match>> {
    let (from, to) = (merged(&rule.source_ports), merged(&rule.destination_ports));
    let any: BTreeSet<u8> = rule.protocols.iter().copied().collect();
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
