//! The rules of the firewall that the packets of a login meet.
//!
//! Both directions are followed through the hooks, as packets that may begin a session or belong
//! to one: logging in again must be possible as well. Of each chain those rules count that may
//! match, up to the first that must. A condition that cannot be judged here may hold.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::Touch;
use crate::apply::firewall::{Change, Family, Firewall, Hook, Match, Rule, Verdict};
use crate::status::login::Login;
use crate::types::KernelName;

/// The protocol number of TCP.
const TCP: u8 = 6;

/// What a packet for the host itself passes.
const ARRIVING: [Hook; 3] = [Hook::Classify, Hook::DestinationNat, Hook::Input];
/// What a packet of the host itself passes.
const LEAVING: [Hook; 5] =
    [Hook::ClassifyOwn, Hook::OwnDestinationNat, Hook::Output, Hook::Remember, Hook::SourceNat];

/// How deep chains call each other at most, as in the kernel.
const DEPTH: usize = 16;

/// What two tables do differently with the packets of a login.
pub(super) fn touch(old: Option<&Firewall>, new: Option<&Firewall>, login: &Login) -> Option<Touch> {
    if old == new {
        return None;
    }
    let (before, after) = (met(old, login), met(new, login));
    let added = after.iter().find(|rule| !before.contains(rule));
    let gone = before.iter().find(|rule| !after.contains(rule));
    // Where the same rules stand in another order, the first that moved is to blame.
    let moved = || before.iter().zip(&after).find(|(old, new)| old != new).map(|(_, new)| new);
    let (chain, rule) = added.or(gone).or_else(moved)?;
    Some(Touch { what: format!("filter chain {chain}"), origin: rule.origin })
}

/// The marks that a table gives to packets of a login.
pub(super) fn marks(table: &Firewall, login: &Login) -> BTreeSet<u32> {
    let changes = met(Some(table), login).into_iter().flat_map(|(_, rule)| &rule.changes);
    let mark = |change: &Change| if let Change::PacketMark(mark) = change { Some(*mark) } else { None };
    changes.filter_map(mark).collect()
}

/// The rules that a login's packets meet, each with the chain that it stands in.
fn met<'a>(table: Option<&'a Firewall>, login: &'a Login) -> Vec<(&'a str, &'a Rule)> {
    let Some(table) = table else { return Vec::new() };
    let (local, remote) = (login.connection.local, login.connection.remote);
    let arriving = Packet { links: Links::In(login), source: remote, destination: local };
    let leaving = Packet { links: Links::Out(login), source: local, destination: remote };
    let mut met = Vec::new();
    for (packet, hooks) in [(arriving, &ARRIVING[..]), (leaving, &LEAVING[..])] {
        for hook in hooks {
            walk(table, hook.chain(), &packet, DEPTH, &mut met);
        }
    }
    met
}

/// Follows a packet through a chain.
fn walk<'a>(
    table: &'a Firewall,
    chain: &'a str,
    packet: &Packet<'_>,
    depth: usize,
    met: &mut Vec<(&'a str, &'a Rule)>,
) {
    let Some(found) = table.chains.get(chain).filter(|_| depth > 0) else { return };
    for rule in &found.rules {
        let judged = rule.matches.iter().map(|part| packet.judge(part)).min().unwrap_or(Answer::Yes);
        if judged == Answer::No {
            continue;
        }
        met.push((chain, rule));
        match &rule.verdict {
            Verdict::Jump(next) => walk(table, next, packet, depth - 1, met),
            Verdict::Accept | Verdict::Drop | Verdict::Return if judged == Answer::Yes => return,
            _ => {}
        }
    }
}

/// Whether a condition holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    No,
    Perhaps,
    Yes,
}

impl From<bool> for Answer {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// A TCP packet of a login.
struct Packet<'a> {
    links: Links<'a>,
    source: SocketAddr,
    destination: SocketAddr,
}

/// The links that it comes in by, or leaves by: one of those of the login.
enum Links<'a> {
    In(&'a Login),
    Out(&'a Login),
}

impl Packet<'_> {
    fn judge(&self, part: &Match) -> Answer {
        match (part, &self.links) {
            (Match::InLink(link), Links::In(login)) | (Match::OutLink(link), Links::Out(login)) => {
                among(link, login)
            }
            (Match::InLink(_) | Match::OutLink(_), _) => Answer::No,
            (Match::Family(family), _) => (*family == self.family()).into(),
            (Match::Source(family, any), _) => self.address(self.source.ip(), *family, any),
            (Match::Destination(family, any), _) => self.address(self.destination.ip(), *family, any),
            (Match::Protocol(any), _) => any.contains(&TCP).into(),
            (Match::SourcePort(any), _) => port(self.source.port(), any),
            (Match::DestinationPort(any), _) => port(self.destination.port(), any),
            (Match::IcmpType(..) | Match::IcmpCode(..), _) => Answer::No,
            _ => Answer::Perhaps,
        }
    }

    fn family(&self) -> Family {
        if self.source.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 }
    }

    fn address(&self, ip: IpAddr, family: Family, any: &[String]) -> Answer {
        if family != self.family() {
            return Answer::No;
        }
        any.iter().map(|range| within(ip, range)).max().unwrap_or(Answer::No)
    }
}

fn among(link: &KernelName, login: &Login) -> Answer {
    match login.links.contains(link) {
        // The kernel named two links, for the two directions: either may be this one's.
        true if login.links.len() > 1 => Answer::Perhaps,
        is_it => is_it.into(),
    }
}

fn port(port: u16, any: &[RangeInclusive<u16>]) -> Answer {
    any.iter().any(|range| range.contains(&port)).into()
}

/// Whether an address is in `192.0.2.0/24`, `192.0.2.1-192.0.2.9` or `192.0.2.1`.
fn within(ip: IpAddr, range: &str) -> Answer {
    if let Ok(network) = range.parse::<IpNet>() {
        return network.contains(&ip).into();
    }
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    match (first.parse::<IpAddr>(), last.parse::<IpAddr>()) {
        (Ok(first), Ok(last)) => (first <= ip && ip <= last).into(),
        _ => Answer::Perhaps,
    }
}
