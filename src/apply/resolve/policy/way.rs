//! Ways: tables of routes, and the rules that lead marked packets to them.
//!
//! A way is numbered by what it is, not by when it was found: a way that stays keeps its table
//! and its mark whatever else a commit changes. Ways 1 to 255 are the uplinks, which connections
//! remember; all others come after them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::super::route::target;
use super::uplink::Uplinks;
use crate::apply::firewall::Family;
use crate::apply::firewall::mark::{ARRIVED, FIRST_TABLE, OURS, WAY};
use crate::apply::resolve::Draft;
use crate::apply::state::{MAIN_TABLE, RouteKey, RouteTarget, Rule};
use crate::model::policy::Hop;
use crate::model::route::NextHop;
use crate::types::{InterfaceName, LineId, Sourced};

/// The kernel's priority of routes in our own tables.
const PRIORITY: u32 = 1;

/// All ways that packets may be marked with.
pub(super) struct Ways {
    uplinks: BTreeMap<InterfaceName, u32>,
    others: BTreeMap<u32, Sourced<Way>>,
    /// The uplinks that a packet may be sent to.
    used: BTreeMap<u32, LineId>,
    /// Whether some are for packets of the router itself.
    pub(super) own: bool,
}

/// One way that is no uplink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) family: Family,
    /// The first of these that can be used.
    pub(super) hops: Vec<NextHop>,
    /// Routes of the main table to networks with a longer prefix than this come first.
    pub(super) longer_first: Option<u8>,
    /// Whether packets are dropped when none can be used.
    pub(super) or_drop: bool,
}

impl Ways {
    pub(super) fn new(uplinks: &Uplinks) -> Self {
        let (uplinks, used) = (uplinks.numbers(), BTreeMap::new());
        Self { uplinks, used, others: BTreeMap::new(), own: false }
    }

    /// The number of a way out by the first of these hops that can be used.
    pub(super) fn by_hops(&mut self, hops: &[Hop], family: Family, last_resort: bool, origin: LineId) -> u32 {
        if let ([Hop::Interface(interface)], false) = (hops, last_resort)
            && let Some(&number) = self.uplinks.get(interface)
        {
            self.used.entry(number).or_insert(origin);
            return number;
        }
        let hops = hops.iter().map(|hop| match hop {
            Hop::Router(router) => NextHop::Router(*router),
            Hop::Interface(interface) => NextHop::Interface(*interface),
        });
        let way =
            Way { family, hops: hops.collect(), longer_first: last_resort.then_some(0), or_drop: false };
        self.number(Sourced::new(way, origin))
    }

    /// The number of a way.
    pub(super) fn number(&mut self, way: Sourced<Way>) -> u32 {
        let wanted = number_of(&format!("{:?}", way.value), WAY - ARRIVED);
        let free = |number: &u32| self.others.get(number).is_none_or(|taken| *taken == way);
        let mut numbers = (wanted..=WAY - ARRIVED).chain(1..wanted).map(|number| number + ARRIVED);
        let number = numbers.find(free).unwrap_or(WAY);
        self.others.entry(number).or_insert(way);
        number
    }

    /// Fills the tables, and leads packets there.
    pub(super) fn enter(self, uplinks: &Uplinks, draft: &mut Draft<'_>) {
        let families = families(draft);
        for (number, origin) in uplinks.needed(&self.used) {
            for family in &families {
                lead(draft, *family, number, None, origin);
            }
            for (prefix, target) in uplinks.routes(number, draft) {
                insert(draft, number, prefix, target, origin);
            }
        }
        for (number, way) in self.others {
            let Way { family, hops, longer_first, or_drop } = &way.value;
            lead(draft, *family, number, *longer_first, way.origin);
            let usable = hops.iter().find_map(|hop| uplinks.leads_to(hop, *family, draft));
            match usable {
                Some(target) => insert(draft, number, default_of(*family), target, way.origin),
                None if *or_drop => {
                    insert(draft, number, default_of(*family), RouteTarget::Blackhole, way.origin);
                }
                None => draft.hold(way.origin, "no way out that it names can be used"),
            }
        }
    }
}

fn insert(draft: &mut Draft<'_>, number: u32, prefix: IpNet, target: RouteTarget, origin: LineId) {
    let key = RouteKey { prefix, priority: PRIORITY, table: FIRST_TABLE + number };
    draft.state.routes.entry(key).or_insert(Sourced::new(target, origin));
}

/// Has packets of a way ask its table; before it the main one, where that knows better.
fn lead(draft: &mut Draft<'_>, family: Family, number: u32, longer_first: Option<u8>, origin: LineId) {
    let mark = OURS | number;
    if longer_first.is_some() {
        let main = Rule { family, priority: Rule::FIRST, mark, table: MAIN_TABLE, longer_than: longer_first };
        draft.state.rules.insert(main, Sourced::new((), origin));
    }
    let table = FIRST_TABLE + number;
    let rule = Rule { family, priority: Rule::FIRST + 1, mark, table, longer_than: None };
    draft.state.rules.entry(rule).or_insert(Sourced::new((), origin));
}

/// The families that the router has addresses of: the kernel may lack the other one.
fn families(draft: &Draft<'_>) -> BTreeSet<Family> {
    draft.state.addresses.keys().map(|address| family_of(address.network.addr())).collect()
}

/// Where a hop leads now; `None` while it cannot be used.
pub(super) fn reached(hop: &NextHop, family: Family, draft: &Draft<'_>) -> Option<RouteTarget> {
    target(hop, default_of(family), draft).ok()
}

/// All addresses of a family.
pub(super) fn default_of(family: Family) -> IpNet {
    match family {
        Family::Ipv4 => IpNet::V4(Ipv4Net::default()),
        Family::Ipv6 => IpNet::V6(Ipv6Net::default()),
    }
}

/// The family of an address.
pub(super) fn family_of(address: IpAddr) -> Family {
    match address {
        IpAddr::V4(Ipv4Addr { .. }) => Family::Ipv4,
        IpAddr::V6(Ipv6Addr { .. }) => Family::Ipv6,
    }
}

/// A number from 1 to `most`, always the same for a text.
pub(super) fn number_of(text: &str, most: u32) -> u32 {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let first = digest.as_ref().first_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    first % most + 1
}
