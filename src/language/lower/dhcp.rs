//! What hosts get, once all lines are known: an IX binds a profile to an interface, an RTX finds
//! the interface by the network of a scope.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use ipnet::Ipv4Net;

use super::Problems;
use super::args::Refusal;
use crate::model::Model;
use crate::model::addr::Ipv4Source;
use crate::model::dhcp::{Lease, Pool, Reservation, Told};
use crate::types::{InterfaceName, LineId, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    profiles: BTreeMap<String, Profile>,
    bindings: Vec<(InterfaceName, Sourced<String>)>,
    /// By number.
    pub(super) scopes: BTreeMap<u32, Scope>,
    /// `dns notice order dhcp`; `None` is `me server`.
    pub(super) notice: Option<Vec<Notice>>,
}

/// A DNS server that hosts are told where the scope names none (RTX).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// The router.
    Me,
    /// Those of `dns server`.
    Servers,
}

pub(super) type Span = (Ipv4Addr, Ipv4Addr);

/// `ip dhcp profile` (IX).
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) line: LineId,
    pub(super) ranges: Vec<Span>,
    pub(super) excluded: Vec<Span>,
    pub(super) mask: Option<Ipv4Addr>,
    pub(super) lease: Lease,
    pub(super) known_only: bool,
    pub(super) reservations: Vec<Sourced<Reservation>>,
    pub(super) told: Told,
}

/// `dhcp scope` and what further lines say of it (RTX).
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// The line that defines it, with the addresses and their network.
    pub(super) range: Option<Sourced<(Span, Ipv4Net)>>,
    pub(super) excluded: Vec<Span>,
    pub(super) leases: Option<(Lease, Lease)>,
    pub(super) known_only: bool,
    pub(super) reservations: Vec<Sourced<Reservation>>,
    pub(super) told: Told,
}

/// The lease of an IX where no line says otherwise: a day (unconfirmed).
pub(super) const DAY: Lease = Lease::Seconds(86_400);

/// Both leases of an RTX where no line says otherwise.
pub(super) const THREE_DAYS: Lease = Lease::Seconds(72 * 3600);

impl Draft {
    /// The profile of this name.
    pub(super) fn profile(&mut self, name: String, line: LineId) -> &mut Profile {
        self.profiles.entry(name).or_insert_with(|| Profile {
            line,
            ranges: Vec::new(),
            excluded: Vec::new(),
            mask: None,
            lease: DAY,
            known_only: false,
            reservations: Vec::new(),
            told: Told::default(),
        })
    }

    pub(super) fn bind(&mut self, interface: InterfaceName, profile: Sourced<String>) {
        self.bindings.push((interface, profile));
    }

    /// The lines of profiles that no interface is bound to.
    pub(super) fn unused(&self) -> Vec<LineId> {
        let bound: BTreeSet<&String> = self.bindings.iter().map(|(_, profile)| &profile.value).collect();
        let unused = self.profiles.iter().filter(|(name, _)| !bound.contains(name));
        unused.map(|(_, profile)| profile.line).collect()
    }

    pub(super) fn settle(self, model: &mut Model, problems: &mut Problems) {
        let mut pools: Vec<Sourced<Pool>> = Vec::new();
        for (interface, name) in &self.bindings {
            let Some(profile) = self.profiles.get(&name.value) else { continue };
            match static_ipv4(model, *interface) {
                Some(own) => pools.push(Sourced::new(profile.pool(*interface, own), name.origin)),
                None => problems.warn(
                    name.origin,
                    format!("{interface} has no fixed address: its hosts get no addresses"),
                ),
            }
        }
        for (number, scope) in self.scopes {
            let Some(range) = scope.range else { continue };
            let pool = Sourced::new(scope.pool(range.value, self.notice.as_deref(), model), range.origin);
            let same = |other: &&Sourced<Pool>| {
                other.interface == pool.interface && other.network == pool.network && ***other != *pool
            };
            let bound =
                |other: &&Sourced<Pool>| self.bindings.iter().any(|(_, name)| name.origin == other.origin);
            if let Some(other) = pools.iter().filter(bound).find(same) {
                let what = format!("what hosts of scope {number} get");
                problems.refuse(pool.origin, Refusal::Claimed { what, by: other.origin });
            }
            pools.push(pool);
        }
        pools.sort_by_key(|pool| {
            (pool.network, pool.interface, pool.ranges.first().map(|range| *range.start()))
        });
        pools.dedup();
        model.dhcp.pools = pools;
    }
}

impl Profile {
    fn pool(&self, interface: InterfaceName, own: Ipv4Net) -> Pool {
        let network = self.mask.and_then(|mask| Ipv4Net::with_netmask(own.addr(), mask).ok()).unwrap_or(own);
        let all = [(network.network(), network.broadcast())];
        let ranges = if self.ranges.is_empty() { &all[..] } else { &self.ranges };
        let mut told = self.told.clone();
        if told.routers.is_empty() {
            told.routers.push(own.addr());
        }
        Pool {
            interface: Some(interface),
            network: network.trunc(),
            ranges: without(ranges, &self.excluded, network),
            lease: self.lease,
            longest_lease: self.lease,
            known_only: self.known_only,
            reservations: sorted(self.reservations.clone()),
            told,
        }
    }
}

impl Scope {
    fn pool(self, (span, network): (Span, Ipv4Net), notice: Option<&[Notice]>, model: &Model) -> Pool {
        let names = model.interfaces.keys();
        let mut own = names.filter_map(|&name| Some((name, static_ipv4(model, name)?)));
        let own = own.find(|(_, own)| own.trunc() == network.trunc());
        let (lease, longest_lease) = self.leases.unwrap_or((THREE_DAYS, THREE_DAYS));
        let mut told = self.told;
        let me = own.map(|(_, own)| own.addr());
        if told.routers.is_empty() {
            told.routers.extend(me);
        }
        if told.name_servers.is_empty() {
            told.name_servers = noticed(notice, me, model);
        }
        told.domain = told.domain.or_else(|| model.dns.domain.as_ref().map(|domain| domain.value.clone()));
        Pool {
            interface: own.map(|(name, _)| name),
            network: network.trunc(),
            ranges: without(&[span], &self.excluded, network),
            lease,
            longest_lease,
            known_only: self.known_only,
            reservations: sorted(self.reservations),
            told,
        }
    }
}

/// The DNS servers that hosts are told where the scope names none.
fn noticed(notice: Option<&[Notice]>, me: Option<Ipv4Addr>, model: &Model) -> Vec<Ipv4Addr> {
    let me = me.filter(|_| model.dns.ipv4.is_some());
    let fixed = model.dns.resolvers.iter().filter_map(|server| match server.value {
        std::net::IpAddr::V4(address) => Some(address),
        std::net::IpAddr::V6(_) => None,
    });
    let fixed: Vec<Ipv4Addr> = fixed.collect();
    let mut servers = Vec::new();
    for notice in notice.unwrap_or(&[Notice::Me, Notice::Servers]) {
        match notice {
            Notice::Me => servers.extend(me),
            Notice::Servers => servers.extend(&fixed),
        }
    }
    servers
}

/// The address of an interface that a line gives it.
fn static_ipv4(model: &Model, interface: InterfaceName) -> Option<Ipv4Net> {
    match model.interfaces.get(&interface)?.addr.ipv4.as_ref()?.value {
        Ipv4Source::Static(network) => Some(network),
        _ => None,
    }
}

fn sorted(mut reservations: Vec<Sourced<Reservation>>) -> Vec<Sourced<Reservation>> {
    reservations.sort();
    reservations.dedup();
    reservations
}

/// The addresses of some spans without those of others, without the first and the last one of the
/// network: in order, apart from each other.
fn without(spans: &[Span], excluded: &[Span], network: Ipv4Net) -> Vec<RangeInclusive<Ipv4Addr>> {
    let number = |(first, last): &Span| (u64::from(first.to_bits()), u64::from(last.to_bits()));
    let mut spans: Vec<(u64, u64)> = spans.iter().map(number).filter(|(first, last)| first <= last).collect();
    spans.sort_unstable();
    let mut gaps: Vec<(u64, u64)> = excluded.iter().map(number).collect();
    if network.prefix_len() < 31 {
        gaps.extend([network.network(), network.broadcast()].map(|end| number(&(end, end))));
    }
    gaps.sort_unstable();
    let mut left: Vec<(u64, u64)> = Vec::new();
    for (mut first, last) in spans {
        for &(gap, end) in gaps.iter().filter(|(gap, end)| gap <= end) {
            if end < first || gap > last {
                continue;
            }
            if gap > first {
                left.push((first, gap - 1));
            }
            first = first.max(end + 1);
        }
        if first <= last {
            left.push((first, last));
        }
    }
    joined(left)
}

/// Ranges that touch or overlap are one.
fn joined(ranges: Vec<(u64, u64)>) -> Vec<RangeInclusive<Ipv4Addr>> {
    let mut joined: Vec<(u64, u64)> = Vec::new();
    for (first, last) in ranges {
        match joined.last_mut().filter(|(_, end)| first <= *end + 1) {
            Some((_, end)) => *end = last.max(*end),
            None => joined.push((first, last)),
        }
    }
    let address = |number: u64| Ipv4Addr::from_bits(u32::try_from(number).unwrap_or(u32::MAX));
    joined.into_iter().map(|(first, last)| address(first)..=address(last)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(first: &str, last: &str) -> Span {
        (first.parse().unwrap(), last.parse().unwrap())
    }

    #[test]
    fn addresses_that_are_left() {
        let network = "10.0.0.0/24".parse().unwrap();
        let ranges = |spans: &[Span], gaps: &[Span]| -> Vec<String> {
            let text = |range: RangeInclusive<Ipv4Addr>| format!("{}-{}", range.start(), range.end());
            without(spans, gaps, network).into_iter().map(text).collect()
        };
        let all = [span("10.0.0.0", "10.0.0.255")];
        assert_eq!(ranges(&all, &[]), ["10.0.0.1-10.0.0.254"]);
        let gaps =
            [span("10.0.0.9", "10.0.0.9"), span("10.0.0.1", "10.0.0.4"), span("10.0.0.200", "10.0.1.9")];
        assert_eq!(ranges(&all, &gaps), ["10.0.0.5-10.0.0.8", "10.0.0.10-10.0.0.199"]);
        let parts =
            [span("10.0.0.20", "10.0.0.30"), span("10.0.0.10", "10.0.0.19"), span("10.0.0.9", "10.0.0.1")];
        assert_eq!(ranges(&parts, &[]), ["10.0.0.10-10.0.0.30"]);
        assert_eq!(ranges(&all, &all), [""; 0]);
    }
}
