//! Packet filters: one chain for each interface and direction.
//!
//! A rule that passes a packet returns from its chain, so that the packet still has to pass the
//! other interface's filter and the shield. Inbound filters are asked in the hooks `input` and
//! `forward`, where the destination is translated back already; outbound ones in `forward` and
//! `output`, before the source is translated: that is the order of both appliances.
//!
//! The lists of a model speak of IPv4.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;

use ipnet::{IpNet, Ipv4Net, Ipv4Subnets};

use super::Draft;
use crate::apply::firewall::{self, Family, Firewall, Hook, Match, Verdict};
use crate::model::filter::{Action, AddressRange, Rule};
use crate::types::{InterfaceName, KernelName, LineId, Sourced};

const ICMP: u8 = 1;
/// TCP, UDP, DCCP, SCTP and UDP-Lite: the protocols whose header begins with two ports.
const WITH_PORTS: [u8; 5] = [6, 17, 33, 132, 136];
/// What a rule with ports and without protocols speaks of.
const TCP_AND_UDP: [u8; 2] = [6, 17];

/// A direction of an interface.
struct Direction {
    suffix: &'static str,
    hooks: [Hook; 2],
    link: fn(KernelName) -> Match,
}

const INBOUND: Direction =
    Direction { suffix: "in", hooks: [Hook::Input, Hook::Forward], link: Match::InLink };
const OUTBOUND: Direction =
    Direction { suffix: "out", hooks: [Hook::Forward, Hook::Output], link: Match::OutLink };

pub(super) fn resolve(draft: &mut Draft<'_>, firewall: &mut Firewall) {
    let (mut used, mut unused) = (BTreeSet::new(), Vec::new());
    for (&name, interface) in &draft.model.interfaces {
        let lists = [(INBOUND, &interface.filter.inbound), (OUTBOUND, &interface.filter.outbound)];
        for (direction, list) in lists {
            let Some(list) = list else { continue };
            match draft.tie(name) {
                Ok(tie) => {
                    enter(name, &tie.link, &direction, list, tie.origin, firewall);
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

fn enter(
    name: InterfaceName,
    link: &KernelName,
    direction: &Direction,
    list: &[Sourced<Rule>],
    tie: LineId,
    firewall: &mut Firewall,
) {
    let chain = format!("{}-{}", name.kernel_name(), direction.suffix);
    let origin = list.first().map_or(tie, |rule| rule.origin);
    let rules = list.iter().filter_map(|rule| translate(rule, &chain)).collect();
    firewall.add_chain(&chain, rules, origin);
    for hook in direction.hooks {
        let matches = vec![(direction.link)(link.clone()), Match::Family(Family::Ipv4)];
        firewall.hook_in(hook, firewall::Rule::new(matches, Verdict::Jump(chain.clone()), origin));
    }
}

/// One line of a filter, counted. `None` where it can match no IPv4 packet.
fn translate(rule: &Sourced<Rule>, chain: &str) -> Option<firewall::Rule> {
    let verdict = match rule.action {
        Action::Pass => Verdict::Return,
        Action::Drop => Verdict::Drop,
    };
    let mut matches = Vec::new();
    matches.extend(addresses(&rule.source)?.map(|any| Match::Source(Family::Ipv4, any)));
    matches.extend(addresses(&rule.destination)?.map(|any| Match::Destination(Family::Ipv4, any)));
    matches.extend(protocols(rule));
    let counted = firewall::Rule::new(matches, verdict, rule.origin).counted(chain);
    Some(firewall::Rule { log: rule.log, ..counted })
}

/// Protocols, and what their headers must say.
///
/// Ports speak of the protocols that have some: in a rule for `tcp,udp,icmp` with ports, ICMP
/// has none and does not match.
fn protocols(rule: &Rule) -> Vec<Match> {
    let (from, to) = (merged(&rule.source_ports), merged(&rule.destination_ports));
    let any: BTreeSet<u8> = rule.protocols.iter().copied().collect();
    let of = |any: BTreeSet<u8>| Match::Protocol(any.into_iter().collect());
    if from.is_empty() && to.is_empty() {
        return if any.is_empty() { vec![] } else { vec![of(any)] };
    }
    let present = |ranges: Vec<RangeInclusive<u16>>| Some(ranges).filter(|ranges| !ranges.is_empty());
    if any.iter().eq([&ICMP]) {
        let kind = present(from).map(|any| Match::IcmpType(Family::Ipv4, any));
        let code = present(to).map(|any| Match::IcmpCode(Family::Ipv4, any));
        return [Some(of(any)), kind, code].into_iter().flatten().collect();
    }
    let any = match any.is_empty() {
        true => TCP_AND_UDP.into(),
        false => any.into_iter().filter(|protocol| WITH_PORTS.contains(protocol)).collect(),
    };
    let ports = [present(from).map(Match::SourcePort), present(to).map(Match::DestinationPort)];
    [Some(of(any))].into_iter().chain(ports).flatten().collect()
}

/// The IPv4 addresses among these as nft takes them. Outer `None`: none is left; inner `None`: any.
fn addresses(ranges: &[AddressRange]) -> Option<Option<Vec<String>>> {
    if ranges.is_empty() {
        return Some(None);
    }
    let found = ranges.iter().filter_map(|range| match range {
        AddressRange::Network(IpNet::V4(network)) => {
            Some((u32::from(network.network()), u32::from(network.broadcast())))
        }
        AddressRange::Range(IpAddr::V4(first), IpAddr::V4(last)) => {
            Some((u32::from(*first), u32::from(*last)))
        }
        AddressRange::Network(IpNet::V6(_)) | AddressRange::Range(..) => None,
    });
    match merge(found.collect()).as_slice() {
        [] => None,
        [(0, u32::MAX)] => Some(None),
        ranges => {
            Some(Some(ranges.iter().map(|&(first, last)| spelled(first.into(), last.into())).collect()))
        }
    }
}

/// A range as a single address, a network, or both ends.
fn spelled(first: Ipv4Addr, last: Ipv4Addr) -> String {
    let networks: Vec<Ipv4Net> = Ipv4Subnets::new(first, last, 0).collect();
    match networks.as_slice() {
        [network] if network.prefix_len() == 32 => first.to_string(),
        [network] => network.to_string(),
        _ => format!("{first}-{last}"),
    }
}

fn merged(ports: &[RangeInclusive<u16>]) -> Vec<RangeInclusive<u16>> {
    let ports = ports.iter().map(|range| (u32::from(*range.start()), u32::from(*range.end())));
    let port = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    merge(ports.collect()).into_iter().map(|(first, last)| port(first)..=port(last)).collect()
}

/// Sorts ranges and joins those that touch: nft takes no set whose items overlap.
fn merge(mut ranges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    ranges.retain(|(first, last)| first <= last);
    ranges.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (first, last) in ranges {
        match merged.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ => merged.push((first, last)),
        }
    }
    merged
}
