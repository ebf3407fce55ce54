//! The table `inet tsuji`, changed so that nothing is open for a moment.
//!
//! The kernel replaces the table at once, but a plan has other steps too. New rules must stand
//! before a new uplink comes up, old rules until the old uplink is down. If neither table does
//! both, the first step puts both in force side by side: a packet must then pass the old rules
//! and the new ones. The last step leaves the new ones alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Draft;
use super::order::Phase;
use crate::apply::firewall::{Chain, Firewall, Rule, Verdict};
use crate::apply::op::Op;
use crate::apply::state::State;
use crate::types::LineId;

/// What the names of the old chains begin with while both tables are in force.
pub(super) const OLD: &str = "old-";

pub(super) fn compare(old: &State, new: &State, draft: &mut Draft) {
    let (before, after) = (&old.firewall, &new.firewall);
    if before == after {
        return;
    }
    let alone = draft.is_empty();
    let origin = origin(before.as_deref(), after.as_deref());
    let mut push = |phase, from: &Option<Arc<Firewall>>, to: &Option<Arc<Firewall>>| {
        draft.push(phase, Op::SetFirewall(to.clone()), Op::SetFirewall(from.clone()), origin);
    };
    match (before, after) {
        (None, _) => push(Phase::CloseFirewall, before, after),
        (_, None) => push(Phase::OpenFirewall, before, after),
        (Some(old), Some(new)) if alone || covers(new, old) => push(Phase::CloseFirewall, before, after),
        (Some(old), Some(new)) if covers(old, new) => push(Phase::OpenFirewall, before, after),
        (Some(old), Some(new)) => {
            let both = Some(Arc::new(side_by_side(old, new)));
            push(Phase::CloseFirewall, before, &both);
            push(Phase::OpenFirewall, &both, after);
        }
    }
}

/// Whether all that `wide` drops or translates, `strict` drops or translates too.
///
/// In a hook's chain each rule stands for itself, so more rules are stricter; the order of rules
/// in any other chain matters, so it must be the same.
fn covers(strict: &Firewall, wide: &Firewall) -> bool {
    wide.chains.iter().all(|(name, chain)| {
        strict.chains.get(name).is_some_and(|other| match (chain.hook, other.hook) {
            (Some(hook), Some(other_hook)) => {
                hook == other_hook && chain.rules.iter().all(|rule| other.rules.contains(rule))
            }
            (None, None) => chain == other,
            (Some(_), None) | (None, Some(_)) => false,
        })
    })
}

/// Both tables in one. Each hook runs the new chains and then the old ones.
fn side_by_side(old: &Firewall, new: &Firewall) -> Firewall {
    let mut both = new.clone();
    both.counters.extend(old.counters.iter().cloned());
    both.objects.extend(old.objects.iter().map(|(name, object)| (name.clone(), object.clone())));
    both.fast.extend(old.fast.iter().cloned());
    for (name, chain) in &old.chains {
        let rules = chain.rules.iter().map(renamed).collect();
        both.chains.insert(format!("{OLD}{name}"), Chain { hook: chain.hook, rules });
    }
    both
}

fn renamed(rule: &Rule) -> Rule {
    match &rule.verdict {
        Verdict::Jump(chain) => Rule { verdict: Verdict::Jump(format!("{OLD}{chain}")), ..rule.clone() },
        Verdict::Goto(chain) => Rule { verdict: Verdict::Goto(format!("{OLD}{chain}")), ..rule.clone() },
        Verdict::Accept
        | Verdict::Drop
        | Verdict::Reset
        | Verdict::Return
        | Verdict::Offload
        | Verdict::Continue
        | Verdict::Masquerade(_)
        | Verdict::SourceNat(..)
        | Verdict::SourceNatEach(_)
        | Verdict::DestinationNat(..)
        | Verdict::DestinationNatEach(_)
        | Verdict::Redirect(_) => rule.clone(),
    }
}

/// The line to name when the whole table is refused: that of the first rule which is new, or
/// else of the first which is gone.
fn origin(before: Option<&Firewall>, after: Option<&Firewall>) -> LineId {
    first_only_in(after, before).or_else(|| first_only_in(before, after)).unwrap_or(LineId::BUILT_IN)
}

fn first_only_in(one: Option<&Firewall>, other: Option<&Firewall>) -> Option<LineId> {
    let known: BTreeSet<String> =
        other.iter().flat_map(|table| rules(table)).map(Rule::fingerprint).collect();
    one.iter()
        .flat_map(|table| rules(table))
        .find(|rule| rule.origin != LineId::BUILT_IN && !known.contains(&rule.fingerprint()))
        .map(|rule| rule.origin)
}

/// All rules, those of the chains that configuration lines fill first.
fn rules(table: &Firewall) -> impl Iterator<Item = &Rule> {
    let filled = |hooked: bool| table.chains.values().filter(move |chain| chain.hook.is_some() == hooked);
    filled(false).chain(filled(true)).flat_map(|chain| &chain.rules)
}
