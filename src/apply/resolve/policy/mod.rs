//! Policy routing: marks for packets, and tables of routes for marks.
//!
//! A packet is marked before the kernel looks for its route. In this order:
//!
//! 1. Who answers a connection that arrived by an uplink leaves by that uplink ([`uplink`]).
//! 2. The policy of the interface that received it, or that for our own packets ([`chain`]).
//! 3. Routes whose gateways are for some packets only ([`choice`]).
//!
//! The mark is the number of a [`way`], and so of a table of routes. A table that is empty, since
//! its link is down, lets the packet go on to the main table: so it falls back the moment that
//! the route is gone, and the marks need not change.

mod chain;
mod choice;
mod uplink;
mod way;

pub(super) use self::uplink::{Uplinks, interface_of};
use self::way::Ways;
use super::{Draft, monitor};
use crate::apply::firewall::mark::{OURS, OURS_MASK};
use crate::apply::firewall::{Change, Family, Firewall, Hook, Match, Rule, Verdict};
use crate::model::policy::Policies;
use crate::types::{KernelName, LineId};

pub(super) fn resolve(draft: &mut Draft<'_>, firewall: &mut Firewall) {
    let uplinks = Uplinks::find(draft);
    monitor::resolve(&uplinks, draft);
    let mut ways = Ways::new(&uplinks);
    let own = &draft.model.own_policy;
    if !own.is_empty() || !draft.model.monitors.is_empty() {
        leave_marked(firewall);
    }
    uplinks.answer_where_they_arrived(draft, firewall);
    for (&name, interface) in &draft.model.interfaces {
        if interface.policy.is_empty() {
            continue;
        }
        match draft.tie(name).cloned() {
            Ok(tie) => {
                let place = Place::In(tie.link, name.kernel_name());
                place.follow(&interface.policy, &mut ways, draft, firewall);
            }
            Err(reason) => hold(&interface.policy, &reason, draft),
        }
    }
    Place::Own.follow(own, &mut ways, draft, firewall);
    choice::resolve(&mut ways, draft, firewall);
    if ways.own {
        uplinks.give_their_address(draft, firewall);
    }
    ways.enter(&uplinks, draft);
}

/// Packets that a monitor of ours marked itself keep their mark.
fn leave_marked(firewall: &mut Firewall) {
    let ours = Match::PacketMark { mask: OURS_MASK, value: OURS };
    firewall.hook_in(Hook::ClassifyOwn, Rule::new(vec![ours], Verdict::Accept, LineId::BUILT_IN));
}

fn hold(policies: &Policies, reason: &str, draft: &mut Draft<'_>) {
    for policy in [&policies.ipv4, &policies.ipv6].into_iter().flatten() {
        for choice in &policy.choices {
            draft.hold(choice.origin, reason);
        }
    }
}

/// Whose packets a policy is for.
enum Place {
    /// Those that this link receives; and its name in the names of chains.
    In(KernelName, KernelName),
    /// Those of the router itself.
    Own,
}

impl Place {
    fn follow(&self, policies: &Policies, ways: &mut Ways, draft: &mut Draft<'_>, firewall: &mut Firewall) {
        for (family, policy) in [(Family::Ipv4, &policies.ipv4), (Family::Ipv6, &policies.ipv6)] {
            let Some(policy) = policy else { continue };
            let chain = self.chain(family);
            let origin = policy.choices.first().map_or(LineId::BUILT_IN, |choice| choice.origin);
            ways.own |= matches!(self, Self::Own);
            chain::resolve(policy, &chain, family, ways, draft, firewall);
            let mut matches = vec![Match::Family(family)];
            let hook = match self {
                Self::In(link, _) => {
                    matches.insert(0, Match::InLink(link.clone()));
                    Hook::Classify
                }
                Self::Own => Hook::ClassifyOwn,
            };
            firewall.hook_in(hook, Rule::new(matches, Verdict::Jump(chain), origin));
        }
    }

    fn chain(&self, family: Family) -> String {
        let version = match family {
            Family::Ipv4 => "",
            Family::Ipv6 => "6",
        };
        match self {
            Self::In(_, name) => format!("{name}-policy{version}"),
            Self::Own => format!("own-policy{version}"),
        }
    }
}

/// A rule that marks what matches, and ends the matter.
fn mark(rule: Rule, way: u32) -> Rule {
    Rule { changes: vec![Change::PacketMark(OURS | way)], verdict: Verdict::Accept, ..rule }
}

#[cfg(test)]
mod tests;
