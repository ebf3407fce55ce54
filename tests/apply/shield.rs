//! No link is open for a moment: at each step of any plan, what a link does is guarded.

use std::collections::BTreeSet;

use futures_util::FutureExt as _;
use proptest::prelude::*;
use tsuji::apply::State;
use tsuji::apply::firewall::{Firewall, Match, Verdict};
use tsuji::apply::kernel::Observed;
use tsuji::apply::op::Op;
use tsuji::types::KernelName;

use crate::models::{home, rebuilt};
use crate::properties::router;
use crate::support::{Router, commit, proptest_config};

#[test]
fn a_rebuilt_home_is_never_open() {
    let (home, rebuilt) = (home().state(), rebuilt().state());
    for (old, new) in
        [(&State::default(), &home), (&home, &rebuilt), (&rebuilt, &home), (&rebuilt, &State::default())]
    {
        assert_eq!(first_opening(old, new), None);
    }
}

proptest! {
    #![proptest_config(proptest_config())]

    #[test]
    fn no_plan_opens_a_link(old in router(1), new in router(1001)) {
        prop_assert_eq!(first_opening(&old, &new), None);
    }
}

/// The step after which a link does what the old state does not ask for without the guards of the
/// new one, or still what the new state does not ask for without the guards of the old one.
fn first_opening(old: &State, new: &State) -> Option<String> {
    let router = Router::new();
    let mut applier = router.start().0;
    commit(&mut applier, old).ok()?;
    let plan = applier.check(new).now_or_never()?.ok()?;
    let mut linux = router.kernel.linux();
    let before = linux.observe();
    let mut moments = vec![(String::new(), before.clone(), old.firewall.as_deref().cloned())];
    for step in plan.steps.iter().filter(|step| !step.op.is_worker()) {
        // A plan that Linux refuses is another test's business.
        linux.apply(&step.op).ok()?;
        let mut firewall = moments.last()?.2.clone();
        if let Op::SetFirewall(table) = &step.op {
            firewall = table.as_deref().cloned();
        }
        moments.push((step.op.headline(), linux.observe(), firewall));
    }
    let after = linux.observe();
    let links: BTreeSet<&KernelName> = before.links.keys().chain(after.links.keys()).collect();
    for (step, now, firewall) in &moments {
        let force = |link| guards(firewall.as_ref(), link);
        for link in &links {
            let (was, is) = (guards(old.firewall.as_deref(), link), guards(new.firewall.as_deref(), link));
            let like_old = doing(now, link) == doing(&before, link);
            let like_new = doing(now, link) == doing(&after, link);
            let guarded_as_old = was.is_subset(&force(link));
            let guarded_as_new = is.is_subset(&force(link));
            let fine = match (like_old, like_new) {
                (true, true) => guarded_as_old || guarded_as_new,
                (true, false) => guarded_as_old,
                (false, true) => guarded_as_new,
                (false, false) => guarded_as_old && guarded_as_new,
            };
            if !fine {
                return Some(format!("{link} is open after {step:?} of\n{plan}"));
            }
        }
    }
    None
}

/// What a link carries.
fn doing(observed: &Observed, link: &KernelName) -> Vec<String> {
    let Some(has) = observed.links.get(link).filter(|has| has.up) else { return vec![] };
    let addresses = observed.addresses.keys().filter(|address| address.link == *link);
    let routes = observed.routes.iter().filter(|(_, target)| target.links().contains(&link));
    let addresses = addresses.map(|address| address.network.to_string());
    let routes = routes.map(|(key, target)| format!("{key:?} {target:?}"));
    std::iter::once(format!("{:?}", has.bridge)).chain(addresses).chain(routes).collect()
}

/// Every rule that guards or translates for a link: hook, condition, and all that it leads to.
fn guards(table: Option<&Firewall>, link: &KernelName) -> BTreeSet<String> {
    let mut guards = BTreeSet::new();
    for chain in table.iter().flat_map(|table| table.chains.values()) {
        let Some(hook) = chain.hook else { continue };
        for rule in &chain.rules {
            let speaks_of = |condition: &Match| match condition {
                Match::InLink(name) | Match::OutLink(name) => name == link,
                _ => false,
            };
            if !rule.matches.iter().any(speaks_of) {
                continue;
            }
            let leads_to = match &rule.verdict {
                Verdict::Jump(name) => {
                    format!(
                        "{:?}",
                        table.map(|table| table.chains[name]
                            .rules
                            .iter()
                            .map(ToString::to_string)
                            .collect::<Vec<_>>())
                    )
                }
                verdict => verdict.to_string(),
            };
            guards.insert(format!("{hook} {:?} {leads_to}", rule.matches));
        }
    }
    guards
}
