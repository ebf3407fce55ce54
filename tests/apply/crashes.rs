//! The process dies at each step of a large plan: the next start ends in the old or the new state.

use futures_util::FutureExt as _;
use tsuji::apply::kernel::fake::Crash;
use tsuji::apply::{Applier, State};

use crate::models::{full_home, rebuilt};
use crate::support::{Router, Seen, commit, commit_or_die};

/// Both states, and what a router shows in each that was led there without an accident.
fn states() -> [(State, State); 2] {
    let (home, rebuilt) = (full_home().state(), rebuilt().state());
    [(home.clone(), rebuilt.clone()), (rebuilt, home)]
}

fn steps_between(old: &State, new: &State) -> usize {
    commit(&mut Router::new().running(old), new).unwrap().steps.len()
}

/// What a router shows that went from `old` to `new` in peace.
fn peaceful(old: &State, new: &State) -> Seen {
    let router = Router::new();
    commit(&mut router.running(old), new).unwrap();
    router.seen()
}

#[test]
fn a_death_at_any_step_ends_in_the_old_or_the_new_state() {
    for (old, new) in states() {
        let arrived = peaceful(&old, &new);
        for number in 0..steps_between(&old, &new) {
            for crash in [Crash::Before(number), Crash::After(number)] {
                for target in [&old, &new] {
                    let router = Router::new();
                    let mut applier = router.running(&old);
                    let before = router.seen();
                    router.kernel.crash(crash);
                    assert_eq!(commit_or_die(&mut applier, &new), None, "{crash:?}");
                    drop(applier);
                    router.kernel.die();

                    let (mut applier, recovery) = router.start();
                    assert_eq!(recovery.failed, None, "{crash:?}");
                    assert!(recovery.undone > number, "{crash:?}: {recovery}");
                    assert!(recovery.half_done.is_some(), "{crash:?}");
                    let found = router.seen();
                    assert_eq!(found.observed, before.observed, "{crash:?}: undone");

                    commit(&mut applier, target).unwrap();
                    let expected = if target == &old { &before } else { &arrived };
                    assert_eq!(&router.seen(), expected, "{crash:?}");
                }
            }
        }
    }
}

#[test]
fn a_death_in_the_undo_ends_in_the_old_state() {
    let [(old, new), _] = states();
    for number in 1..steps_between(&old, &new) {
        for crash in [Crash::Before(number + 1), Crash::After(number + 1)] {
            let router = Router::new();
            let mut applier = router.running(&old);
            let before = router.seen();
            router.kernel.refuse_nth(number, "Invalid argument (os error 22)");
            router.kernel.crash(crash);
            assert_eq!(commit_or_die(&mut applier, &new), None, "{crash:?}");
            drop(applier);
            router.kernel.die();

            let (mut applier, recovery) = router.start();
            assert_eq!(recovery.failed, None, "{crash:?}");
            assert_eq!(router.seen().observed, before.observed, "{crash:?}");
            commit(&mut applier, &old).unwrap();
            assert_eq!(router.seen(), before, "{crash:?}");
        }
    }
}

#[test]
fn a_death_in_the_recovery_is_recovered_from() {
    let [(old, new), _] = states();
    let steps = steps_between(&old, &new);
    for number in 0..steps {
        let router = Router::new();
        let mut applier = router.running(&old);
        let before = router.seen();
        router.kernel.crash(Crash::After(steps - 1));
        assert_eq!(commit_or_die(&mut applier, &new), None);
        drop(applier);
        router.kernel.die();

        router.kernel.crash(Crash::After(number));
        let start = Applier::start(router.kernel.clone(), router.kernel.workers(), router.journal().into());
        drop(start.now_or_never());
        router.kernel.die();

        let (mut applier, recovery) = router.start();
        assert_eq!(recovery.failed, None);
        assert_eq!(router.seen().observed, before.observed, "{number}");
        commit(&mut applier, &old).unwrap();
        assert_eq!(router.seen(), before, "{number}");
    }
}

#[test]
fn a_journal_of_another_boot_is_not_believed() {
    let [(old, new), _] = states();
    let router = Router::new();
    let mut applier = router.running(&old);
    router.kernel.crash(Crash::After(10));
    assert_eq!(commit_or_die(&mut applier, &new), None);
    drop(applier);
    router.kernel.die();

    let rebooted = Router::with_journal_of(&router);
    let fresh = rebooted.seen();
    let (mut applier, recovery) = rebooted.start();
    assert_eq!(recovery.undone, 0);
    assert_eq!(rebooted.seen(), fresh);
    commit(&mut applier, &new).unwrap();
    assert_eq!(applier.state(), &new);
}

#[test]
fn a_restart_finds_what_is_ours_and_takes_leftovers_away() {
    let [(old, new), _] = states();
    let router = Router::new();
    let untouched = router.seen();
    drop(router.running(&old));
    router.kernel.die();

    // The configuration changed while no process was there.
    let (mut applier, _) = router.start();
    assert_eq!(applier.state().routes, old.routes);
    assert_eq!(applier.state().addresses, old.addresses);
    commit(&mut applier, &new).unwrap();
    assert_eq!(router.seen().observed.routes, peaceful(&old, &new).observed.routes);
    commit(&mut applier, &State::default()).unwrap();
    drop(applier);

    let left = router.seen();
    assert_eq!(left.observed.addresses, untouched.observed.addresses, "only what is not ours");
    assert_eq!(left.observed.routes, untouched.observed.routes);
    assert_eq!(left.observed.firewall, None);
    assert!(left.observed.links.values().all(|link| link.alias.is_empty() && link.bridge.is_none()));
    assert_eq!(
        left.observed.links.keys().collect::<Vec<_>>(),
        untouched.observed.links.keys().collect::<Vec<_>>()
    );
}

#[test]
fn a_restart_into_the_same_state_touches_no_packet() {
    let [(old, _), _] = states();
    let router = Router::new();
    drop(router.running(&old));
    let done = router.kernel.log().len();
    router.kernel.die();

    let (mut applier, _) = router.start();
    commit(&mut applier, &old).unwrap();
    assert_eq!(router.kernel.log()[done..], ["start DHCP client of GigaEthernet3.0: on eth5"]);
}
