//! Each step of a large plan fails once: everything is as before, and the error says whose fault it was.

use std::collections::BTreeSet;

use tsuji::apply::{Phase, Plan, State, Undo};
use tsuji::types::LineId;

use crate::models::{full_home, home, rebuilt};
use crate::support::{Router, commit};

const WORDS: &str = "No space left on device (os error 28)";

/// There and back, so that steps of all phases come up in both directions.
fn ways() -> [(State, State); 2] {
    let (home, rebuilt) = (full_home().state(), rebuilt().state());
    [(home.clone(), rebuilt.clone()), (rebuilt, home)]
}

/// The plan that a router in the state `old` makes.
fn plan_of(old: &State, new: &State) -> Plan {
    commit(&mut Router::new().running(old), new).unwrap()
}

/// The plans are only as good as what is in them: a kind of operation that is new must be part of
/// [`full_home`] or [`rebuilt`].
#[test]
fn the_plans_have_operations_of_every_kind() {
    let source = std::fs::read_to_string("src/apply/op.rs").unwrap();
    let (_, kinds) = source.split_once("pub enum Op {\n").unwrap();
    let (kinds, _) = kinds.split_once("\n}").unwrap();
    let word = |text: &str| text.chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    let kinds: BTreeSet<String> = kinds
        .lines()
        .map(|line| word(line.trim_start()))
        .filter(|name| name.starts_with(|first: char| first.is_ascii_uppercase()))
        .collect();
    assert!(kinds.len() > 10, "the operations are not found: {kinds:?}");
    let plans = ways().map(|(old, new)| plan_of(&old, &new));
    let there = plans.iter().flat_map(|plan| &plan.steps).map(|step| word(&format!("{:?}", step.op)));
    assert_eq!(there.collect::<BTreeSet<String>>(), kinds);
}

#[test]
fn a_step_that_fails_leaves_everything_as_before() {
    for (old, new) in ways() {
        for (number, step) in plan_of(&old, &new).steps.iter().enumerate() {
            let router = Router::new();
            let mut applier = router.running(&old);
            let before = router.seen();

            router.kernel.refuse_nth(number, WORDS);
            let error = commit(&mut applier, &new).unwrap_err();

            assert_eq!(error.phase, Phase::Apply, "{error}");
            assert_eq!(error.step.as_deref(), Some(step), "{error}");
            assert_eq!(error.origin, step.origin, "{error}");
            assert_ne!(error.origin, LineId::BUILT_IN, "{error}");
            assert_eq!(error.message, WORDS);
            assert_eq!(error.undo, Undo::Undone, "{error}");
            assert_eq!(router.seen(), before, "{error}");
            assert_eq!(applier.state(), &old);
            assert!(!applier.is_degraded());

            router.kernel.obey();
            commit(&mut applier, &new).unwrap();
            assert_eq!(applier.state(), &new);
        }
    }
}

#[test]
fn an_error_names_the_line_and_the_words_of_the_kernel() {
    let router = Router::new();
    let mut applier = router.running(&home().state());
    router.kernel.refuse("ip address add 192.168.1.254/24", WORDS);
    let rebuilt = rebuilt();
    let error = commit(&mut applier, &rebuilt.state()).unwrap_err();

    let interface = &rebuilt.model.interfaces[&crate::models::name(1)];
    assert_eq!(Some(error.origin), interface.addr.ipv4.as_ref().map(|line| line.origin));
    assert_eq!(
        error.to_string(),
        "ip address add 192.168.1.254/24 dev eth1 proto 116: No space left on device (os error 28); \
         everything is as before"
    );
}

#[test]
fn what_cannot_work_is_refused_before_anything_is_done() {
    let router = Router::new();
    let mut applier = router.running(&home().state());
    router.kernel.meddle(|linux| linux.unplug(&"eth3".parse().unwrap()));
    let (before, done) = (router.seen(), router.kernel.log());

    let rebuilt = rebuilt();
    for error in [
        commit(&mut applier, &rebuilt.state()).unwrap_err(),
        futures_util::FutureExt::now_or_never(applier.check(&rebuilt.state())).unwrap().unwrap_err(),
    ] {
        assert_eq!((error.phase, &error.undo), (Phase::Prepare, &Undo::NotNeeded));
        assert_eq!(error.message, "Cannot find device \"eth3\"");
        assert_ne!(error.origin, LineId::BUILT_IN);
    }
    assert_eq!((router.seen(), router.kernel.log()), (before, done));
}

#[test]
fn an_undo_that_fails_is_admitted_and_repaired_by_the_next_commit() {
    let (old, new) = (home().state(), rebuilt().state());
    for number in 1..plan_of(&old, &new).steps.len() {
        let router = Router::new();
        let mut applier = router.running(&old);
        let before = router.seen();

        router.kernel.refuse_nth(number, WORDS);
        router.kernel.refuse_nth(number + 1, "Device or resource busy (os error 16)");
        let error = commit(&mut applier, &new).unwrap_err();
        assert!(matches!(&error.undo, Undo::Failed { message, .. } if message.contains("busy")), "{error}");
        assert!(applier.is_degraded());
        assert_eq!(applier.state(), &old);

        router.kernel.obey();
        commit(&mut applier, &old).unwrap();
        // A device that no line names keeps its administrative state, so that of eth3 and eth4
        // may have changed; everything of ours is back.
        assert!(!applier.is_degraded());
        let drift = futures_util::FutureExt::now_or_never(applier.drift()).unwrap().unwrap();
        assert_eq!(drift.to_string(), "");
        assert_eq!(router.seen().workers, before.workers);
        assert_eq!(router.seen().observed.routes, before.observed.routes);
        assert_eq!(router.seen().observed.addresses, before.observed.addresses);
    }
}

#[test]
fn a_kernel_that_says_yes_and_does_nothing_is_found_out() {
    let (old, new) = (home().state(), rebuilt().state());
    for ignored in [
        "ip address add 10.20.0.1/16",
        "ip address delete 203.0.113.10/24",
        "ip route replace ::/0 via 2001:db8:1::9",
        "ip route delete blackhole",
        "ip link set eth3 alias",
        "ip link set eth5 down",
        "ip link set eth4 master",
    ] {
        let router = Router::new();
        let mut applier = router.running(&old);
        let before = router.seen();
        router.kernel.ignore(ignored);
        let error = commit(&mut applier, &new).unwrap_err();
        assert_eq!(error.phase, Phase::Verify, "{error}");
        assert!(error.to_string().starts_with(ignored), "{error}");
        assert_eq!(error.undo, Undo::Undone, "{error}");
        router.kernel.obey();
        assert_eq!(router.seen(), before, "{ignored}");
    }
}
