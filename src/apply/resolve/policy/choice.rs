//! Routes with gateways for some packets only (RTX filter-type routing).
//!
//! For a packet to the route's network, the gateways with filters are tried in their order; the
//! first whose filter passes the packet takes it, though its line may be down: only `hide` and
//! `keepalive` take a gateway out. A packet that none takes goes to the gateways for all packets;
//! without one, the route does not exist for it, and the next shorter network is tried.
//!
//! The kernel knows no such routes. Packets are marked instead, longest network first, and the
//! main table is asked first for networks longer than the route's.

use std::cmp::Reverse;

use ipnet::IpNet;

use super::chain::{first_line, matches, passes};
use super::mark;
use super::way::{Way, Ways, family_of};
use crate::apply::firewall::{self, Chain, Family, Firewall, Hook, Match, Verdict};
use crate::apply::resolve::{Draft, route};
use crate::apply::state::MAIN_TABLE;
use crate::model::filter::Rule;
use crate::model::route::{Gateway, Route};
use crate::types::Sourced;

pub(super) fn resolve(ways: &mut Ways, draft: &Draft<'_>, firewall: &mut Firewall) {
    let mut routes: Vec<&Sourced<Route>> = draft.model.routes.iter().collect();
    routes.retain(|route| route.gateways.iter().any(|gateway| gateway.filter.is_some()));
    routes.sort_by_key(|route| (Reverse(route.prefix.prefix_len()), route.distance, route.metric));
    for route in routes {
        let (prefix, family) = (route.prefix, family_of(route.prefix.addr()));
        let name = format!("to-{}", prefix.to_string().replace(':', "_"));
        let mut rules = Vec::new();
        for (index, gateway) in route.gateways.iter().enumerate() {
            let Some(filters) =
                gateway.filter.as_deref().filter(|_| route::is_offered(gateway, prefix, draft))
            else {
                continue;
            };
            let sub = format!("{name}-{}-{}", route.metric, index + 1);
            let way = ways.number(Sourced::new(way(gateway, prefix, family), gateway.origin));
            let taken = filters.iter().filter_map(|rule| translate(rule, way, family, &sub)).collect();
            enter(&sub, taken, firewall);
            rules.push(firewall::Rule::new(vec![], Verdict::Jump(sub), first_line(filters)));
        }
        let others = draft.state.routes.keys().any(|key| key.table == MAIN_TABLE && key.prefix == prefix);
        if others {
            rules.push(firewall::Rule::new(vec![], Verdict::Accept, route.origin));
        }
        ways.own = true;
        let all = Chain { hook: None, rules };
        firewall.chains.entry(name.clone()).or_default().rules.extend(all.rules);
        for hook in [Hook::Classify, Hook::ClassifyOwn] {
            let to = vec![Match::Family(family), Match::Destination(family, vec![prefix.to_string()])];
            let jump = firewall::Rule::new(to, Verdict::Jump(name.clone()), route.origin);
            if !firewall.chains.get(hook.chain()).is_some_and(|chain| chain.rules.contains(&jump)) {
                firewall.hook_in(hook, jump);
            }
        }
    }
}

/// The way of a gateway: whatever becomes of its line, unless it is taken out.
fn way(gateway: &Gateway, prefix: IpNet, family: Family) -> Way {
    Way {
        family,
        hops: vec![gateway.next_hop.clone()],
        longer_first: Some(prefix.prefix_len()),
        or_drop: true,
    }
}

fn translate(rule: &Sourced<Rule>, way: u32, family: Family, chain: &str) -> Option<firewall::Rule> {
    let of = |matches, verdict| firewall::Rule::new(matches, verdict, rule.origin);
    let matches = matches(rule, family)?;
    Some(match passes(rule) {
        true => mark(of(matches, Verdict::Accept).counted(chain), way),
        false => of(matches, Verdict::Return),
    })
}

fn enter(name: &str, rules: Vec<firewall::Rule>, firewall: &mut Firewall) {
    firewall.counters.extend(rules.iter().filter_map(|rule| rule.counter.clone()));
    firewall.chains.insert(name.to_owned(), Chain { hook: None, rules });
}
