//! Policies: route maps (IX) and packet transfer filters (RTX), and where they are used.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::args::{Args, Refusal, claim};
use super::{Problems, filter};
use crate::model::Model;
use crate::model::filter::{Action, Rule};
use crate::model::policy::{Choice, Dropped, Hop, Policies, Policy, Way};
use crate::types::{InterfaceName, LineId, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    maps: BTreeMap<String, Map>,
    transfers: BTreeMap<u8, BTreeMap<u8, Sourced<Transfer>>>,
    uses: Vec<Sourced<Use>>,
}

/// A route map: its entries by sequence, and all lines of it.
#[derive(Debug, Default)]
struct Map {
    entries: BTreeMap<u32, Sourced<Entry>>,
    lines: Vec<LineId>,
}

/// An entry of a route map.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// Whether packets that match go by its ways.
    pub(super) permits: bool,
    /// The access lists, by the lines that name them.
    pub(super) ipv4_lists: Vec<String>,
    pub(super) ipv6_lists: Vec<String>,
    pub(super) routers: Vec<IpAddr>,
    pub(super) interfaces: Vec<InterfaceName>,
    pub(super) default_routers: Vec<IpAddr>,
    pub(super) default_interfaces: Vec<InterfaceName>,
    /// It asks for more than is built: no packet is its.
    pub(super) is_beyond: bool,
}

/// `ip forward filter ID ORDER gateway GATEWAY filter NUMBERS`.
#[derive(Clone, Debug)]
pub(super) struct Transfer {
    pub(super) hop: Hop,
    pub(super) filters: Vec<u32>,
    pub(super) keepalive: Option<u32>,
}

/// Whose packets go by a policy, and by which.
#[derive(Clone, Debug)]
struct Use {
    place: Option<InterfaceName>,
    is_ipv6: bool,
    policy: Name,
}

#[derive(Clone, Debug)]
enum Name {
    Map(String),
    Transfers(u8),
}

impl Draft {
    /// The entry of a route map in whose context a line stands, or that it opens.
    pub(super) fn entry(&mut self, args: &Args<'_>, map: String, sequence: u32) -> &mut Entry {
        let map = self.maps.entry(map).or_default();
        map.lines.push(args.line());
        &mut map.entries.entry(sequence).or_insert_with(|| args.sourced(Entry::default())).value
    }

    pub(super) fn transfer(&mut self, id: u8, order: u8, transfer: Sourced<Transfer>) {
        self.transfers.entry(id).or_default().insert(order, transfer);
    }

    /// `ip policy route-map MAP`; `place` is `None` for our own packets.
    pub(super) fn use_map(
        &mut self,
        args: &Args<'_>,
        place: Option<InterfaceName>,
        is_ipv6: bool,
        map: String,
    ) {
        self.uses.push(args.sourced(Use { place, is_ipv6, policy: Name::Map(map) }));
    }

    /// `ip lanN forward filter ID`; `place` is `None` for our own packets.
    pub(super) fn use_transfers(&mut self, args: &Args<'_>, place: Option<InterfaceName>, id: u8) {
        self.uses.push(args.sourced(Use { place, is_ipv6: false, policy: Name::Transfers(id) }));
    }

    /// The lines of route maps and transfer filters that nothing uses.
    pub(super) fn unused(&self) -> Vec<LineId> {
        let (mut maps, mut transfers) = (BTreeSet::new(), BTreeSet::new());
        for used in &self.uses {
            match &used.policy {
                Name::Map(map) => drop(maps.insert(map)),
                Name::Transfers(id) => drop(transfers.insert(id)),
            }
        }
        let idle_maps = self.maps.iter().filter(|(map, _)| !maps.contains(map));
        let idle_transfers = self.transfers.iter().filter(|(id, _)| !transfers.contains(id));
        let of_maps = idle_maps.flat_map(|(_, map)| map.lines.iter().copied());
        of_maps
            .chain(idle_transfers.flat_map(|(_, orders)| orders.values().map(|transfer| transfer.origin)))
            .collect()
    }

    /// Lays out every policy where it is used. `filters` are those of IPv4 and of IPv6; what a
    /// policy uses of them counts as used.
    pub(super) fn settle(
        self,
        [ipv4, ipv6]: [&mut filter::Draft; 2],
        model: &mut Model,
        problems: &mut Problems,
    ) {
        let mut slots: BTreeMap<(Option<InterfaceName>, bool), Option<Sourced<Policy>>> = BTreeMap::new();
        for used in &self.uses {
            let filters = if used.is_ipv6 { &mut *ipv6 } else { &mut *ipv4 };
            let policy = match &used.policy {
                Name::Map(map) => self.map(map, used.is_ipv6, filters),
                Name::Transfers(id) => self.transfers(*id, filters),
            };
            let what = || "the policy".to_owned();
            let slot = slots.entry((used.place, used.is_ipv6)).or_default();
            if let Err(refusal) = claim(slot, Sourced::new(policy, used.origin), what) {
                problems.refuse(used.origin, refusal);
            }
        }
        for ((place, is_ipv6), policy) in slots {
            let policies: &mut Policies = match place {
                Some(interface) => &mut model.interfaces.entry(interface).or_default().policy,
                None => &mut model.own_policy,
            };
            let slot = if is_ipv6 { &mut policies.ipv6 } else { &mut policies.ipv4 };
            // One without choices changes nothing.
            *slot = policy.map(|policy| policy.value).filter(|policy| !policy.choices.is_empty());
        }
    }

    fn map(&self, name: &str, is_ipv6: bool, filters: &mut filter::Draft) -> Policy {
        let entries = self.maps.get(name).into_iter().flat_map(|map| map.entries.values());
        let choices = entries.filter(|entry| !entry.is_beyond);
        Policy {
            choices: choices
                .map(|entry| Sourced::new(entry.choice(is_ipv6, filters), entry.origin))
                .collect(),
        }
    }

    fn transfers(&self, id: u8, filters: &mut filter::Draft) -> Policy {
        let transfers = self.transfers.get(&id).into_iter().flat_map(|orders| orders.values());
        let choice = |transfer: &Sourced<Transfer>, filters: &mut filter::Draft| {
            let rules = filters.for_policy_numbers(&transfer.filters);
            let rejects = rules.iter().any(|rule| rule.action == Action::Drop);
            Choice {
                rules: Some(rules),
                dropped: if rejects { Dropped::Gone } else { Dropped::Passed },
                way: Way::Hops(vec![transfer.hop.clone()]),
                monitor: transfer.keepalive,
            }
        };
        let choices = transfers.map(|transfer| Sourced::new(choice(transfer, filters), transfer.origin));
        Policy { choices: choices.collect() }
    }
}

impl Entry {
    fn choice(&self, is_ipv6: bool, filters: &mut filter::Draft) -> Choice {
        let (lists, others) = match is_ipv6 {
            false => (&self.ipv4_lists, &self.ipv6_lists),
            true => (&self.ipv6_lists, &self.ipv4_lists),
        };
        let rules: Vec<Sourced<Rule>> = lists.iter().flat_map(|list| filters.for_policy(list)).collect();
        // A list of the other family matches no packet of this one.
        let rules = (!lists.is_empty() || !others.is_empty()).then_some(rules);
        Choice { rules, dropped: Dropped::Passed, way: self.way(is_ipv6), monitor: None }
    }

    fn way(&self, is_ipv6: bool) -> Way {
        let hops = |routers: &[IpAddr], interfaces: &[InterfaceName]| -> Vec<Hop> {
            let routers = routers.iter().filter(|router| router.is_ipv6() == is_ipv6);
            let routers = routers.map(|router| Hop::Router(*router));
            routers.chain(interfaces.iter().map(|interface| Hop::Interface(*interface))).collect()
        };
        let first = hops(&self.routers, &self.interfaces);
        let last = hops(&self.default_routers, &self.default_interfaces);
        match (self.permits, first.is_empty(), last.is_empty()) {
            (true, false, _) => Way::Hops(first),
            (true, true, false) => Way::LastResort(last),
            (true, true, true) | (false, _, _) => Way::Routes,
        }
    }
}

/// A number that a line may leave out.
pub(super) fn sequence_of(args: &Args<'_>) -> Result<u32, Refusal> {
    Ok(args.optional("sequence")?.unwrap_or(FIRST_SEQUENCE))
}

/// The sequence of an entry whose line says none.
pub(super) const FIRST_SEQUENCE: u32 = 10;
