//! A policy as chains: one that tries the choices in order, and one for each of them.

use super::mark;
use super::way::Ways;
use crate::apply::firewall::{self, Chain, Family, Firewall, Verdict};
use crate::apply::resolve::Draft;
use crate::apply::resolve::filter::packets;
use crate::model::filter::{Action, Rule};
use crate::model::policy::{Choice, Dropped, Policy, Way};
use crate::types::{LineId, Sourced};

/// Adds the chain `name`, from which a packet returns that no choice takes.
pub(super) fn resolve(
    policy: &Policy,
    name: &str,
    family: Family,
    ways: &mut Ways,
    draft: &Draft<'_>,
    firewall: &mut Firewall,
) {
    let mut jumps = Vec::new();
    for (index, choice) in policy.choices.iter().enumerate() {
        if choice.monitor.is_some_and(|monitor| draft.has_failed(monitor)) {
            continue;
        }
        let sub = choice_chain(name, index);
        let outcome = outcome(choice, family, ways);
        let rules = match &choice.rules {
            None => vec![taken(firewall::Rule::new(vec![], Verdict::Accept, choice.origin), &sub, outcome)],
            Some(rules) => rules
                .iter()
                .filter_map(|rule| translate(rule, choice.dropped, outcome, family, &sub))
                .collect(),
        };
        firewall.counters.extend(rules.iter().filter_map(|rule| rule.counter.clone()));
        firewall.chains.insert(sub.clone(), Chain { hook: None, rules });
        jumps.push(firewall::Rule::new(vec![], Verdict::Jump(sub), choice.origin));
    }
    firewall.chains.insert(name.to_owned(), Chain { hook: None, rules: jumps });
}

/// The chain of a choice: its counters are the hits of that choice.
pub(super) fn choice_chain(policy: &str, index: usize) -> String {
    format!("{policy}-{}", index + 1)
}

/// What becomes of packets that a choice takes: marked with a way, or left to the routes.
fn outcome(choice: &Sourced<Choice>, family: Family, ways: &mut Ways) -> Option<u32> {
    match &choice.way {
        Way::Routes => None,
        Way::Hops(hops) => Some(ways.by_hops(hops, family, false, choice.origin)),
        Way::LastResort(hops) => Some(ways.by_hops(hops, family, true, choice.origin)),
    }
}

fn taken(rule: firewall::Rule, chain: &str, way: Option<u32>) -> firewall::Rule {
    let counted = rule.counted(chain);
    match way {
        Some(way) => mark(counted, way),
        None => counted,
    }
}

/// One rule of a choice. `None` where it can match no packet of the family.
fn translate(
    rule: &Sourced<Rule>,
    dropped: Dropped,
    way: Option<u32>,
    family: Family,
    chain: &str,
) -> Option<firewall::Rule> {
    let matches = matches(rule, family)?;
    let of = |verdict| firewall::Rule::new(matches, verdict, rule.origin);
    Some(match (passes(rule), dropped) {
        (true, _) => taken(of(Verdict::Accept), chain, way),
        (false, Dropped::Passed) => of(Verdict::Return),
        (false, Dropped::Gone) => of(Verdict::Drop).counted(chain),
    })
}

/// The packets that a filter's rule speaks of.
pub(super) fn matches(rule: &Sourced<Rule>, family: Family) -> Option<Vec<firewall::Match>> {
    packets::matches(&rule.packets, family)
}

/// Whether a rule lets its packets through.
pub(super) fn passes(rule: &Rule) -> bool {
    match rule.action {
        Action::Pass | Action::PassConnected { .. } | Action::Follow { .. } => true,
        Action::Drop => false,
    }
}

/// Where nothing is to blame but the whole.
pub(super) fn first_line(rules: &[Sourced<Rule>]) -> LineId {
    rules.first().map_or(LineId::BUILT_IN, |rule| rule.origin)
}
