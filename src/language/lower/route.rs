//! Static routes.
//!
//! On IX every line is one gateway, and those of one prefix, distance and metric are one route.
//! On RTX a line gives all gateways to its network, so a network that both dialects speak of must
//! get the same routes from both.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::args::{Args, Refusal};
use super::{Problems, filter};
use crate::model::Model;
use crate::model::route::{Gateway, Route};
use crate::types::{Dialect, LineId, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    ix: Vec<(Key, Sourced<Gateway>)>,
    rtx: Vec<(Key, Sourced<Gateway>)>,
    /// The numbers of filters, by the place of their gateway in `rtx`.
    filters: Vec<(usize, Vec<u32>)>,
}

/// What makes gateways one route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) prefix: IpNet,
    pub(super) distance: u8,
    pub(super) metric: u32,
}

impl Draft {
    /// A gateway of this line. Where filters choose, those of one line come in its order.
    pub(super) fn add(&mut self, args: &Args<'_>, key: Key, gateway: Gateway) {
        let lines = match args.dialect() {
            Dialect::Ix => &mut self.ix,
            Dialect::Rtx => &mut self.rtx,
        };
        lines.push((key, args.sourced(gateway)));
    }

    /// A gateway of this line for what these filters pass.
    pub(super) fn add_filtered(&mut self, args: &Args<'_>, key: Key, gateway: Gateway, filters: Vec<u32>) {
        self.filters.push((self.rtx.len(), filters));
        self.add(args, key, gateway);
    }

    pub(super) fn settle(
        mut self,
        drafts: [&mut filter::Draft; 2],
        model: &mut Model,
        problems: &mut Problems,
    ) {
        self.look_filters_up(drafts);
        let Self { ix: mut lines, rtx, filters: _ } = self;
        if !lines.is_empty() && !rtx.is_empty() {
            for (line, what, by) in claimed_twice(&routes(lines.clone()), &routes(rtx.clone())) {
                problems.refuse(line, Refusal::Claimed { what, by });
            }
        }
        lines.extend(rtx);
        model.routes = routes(lines);
    }
}

impl Draft {
    /// Gives gateways the rules of their filters, those of IPv4 or of IPv6.
    fn look_filters_up(&mut self, [ipv4, ipv6]: [&mut filter::Draft; 2]) {
        for (place, numbers) in &self.filters {
            let Some((key, gateway)) = self.rtx.get_mut(*place) else { continue };
            let filters = if key.prefix.addr().is_ipv4() { &mut *ipv4 } else { &mut *ipv6 };
            gateway.value.filter = Some(filters.for_policy_numbers(numbers));
        }
    }
}

/// The routes that gateways make.
fn routes(mut lines: Vec<(Key, Sourced<Gateway>)>) -> Vec<Sourced<Route>> {
    // The sort is stable: gateways keep the order in which they were written.
    lines.sort_by_key(|(key, _)| *key);
    let mut routes: Vec<Sourced<Route>> = Vec::with_capacity(lines.len());
    for (Key { prefix, distance, metric }, gateway) in lines {
        match routes.last_mut() {
            Some(last) if (last.prefix, last.distance, last.metric) == (prefix, distance, metric) => {
                last.value.gateways.push(gateway);
            }
            _ => {
                let origin = gateway.origin;
                let route = Route { prefix, distance, metric, gateways: vec![gateway] };
                routes.push(Sourced::new(route, origin));
            }
        }
    }
    for route in &mut routes {
        arrange(&mut route.value.gateways);
    }
    routes
}

/// Gateways for some packets first, as they were written; the others by value, each once.
fn arrange(gateways: &mut Vec<Sourced<Gateway>>) {
    if gateways.len() < 2 {
        return;
    }
    let (some, mut all): (Vec<_>, Vec<_>) = gateways.drain(..).partition(|gateway| gateway.filter.is_some());
    all.sort_by(|one, other| one.next_hop.cmp(&other.next_hop));
    all.dedup();
    gateways.extend(some);
    gateways.extend(all);
}

/// Networks to which the two dialects give other routes: a line, the network in words, the other line.
fn claimed_twice(ix: &[Sourced<Route>], rtx: &[Sourced<Route>]) -> Vec<(LineId, String, LineId)> {
    let by_prefix = |routes| {
        let mut networks: BTreeMap<IpNet, Vec<&Sourced<Route>>> = BTreeMap::new();
        for route in routes {
            let route: &Sourced<Route> = route;
            networks.entry(route.prefix).or_default().push(route);
        }
        networks
    };
    let (ix, rtx) = (by_prefix(ix), by_prefix(rtx));
    let both = rtx.iter().filter_map(|(prefix, ours)| Some((prefix, ours, ix.get(prefix)?)));
    both.filter(|(_, ours, theirs)| ours != theirs)
        .filter_map(|(prefix, ours, theirs)| {
            Some((ours.first()?.origin, format!("the route to {prefix}"), theirs.first()?.origin))
        })
        .collect()
}
