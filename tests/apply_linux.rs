//! Commits on Linux itself: each step refused once, death at each step, in a namespace of its own.

#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]
#![allow(dead_code, reason = "the models have more than is used here")]

#[path = "apply/models.rs"]
mod models;
#[path = "support/namespace.rs"]
mod namespace;
#[path = "support/refusing.rs"]
mod refusing;

use std::path::PathBuf;

use tokio::runtime::{Builder, Runtime};
use tsuji::apply::kernel::Observed;
use tsuji::apply::kernel::fake::{FakeKernel, FakeWorkers};
use tsuji::apply::kernel::linux::LinuxKernel;
use tsuji::apply::{Applier, CommitError, Phase, Plan, Recovery, State, Undo};
use tsuji::types::LineId;

use models::{home, rebuilt};
use namespace::{in_namespace, sh};
use refusing::{Failure, REFUSED, Refusing};

type LinuxApplier = Applier<Refusing<LinuxKernel>, FakeWorkers>;

/// A machine with six cables, whose far ends are up, and no address on any.
struct Machine {
    runtime: Runtime,
    journal: PathBuf,
}

impl Machine {
    fn new() -> Self {
        for number in 0..6 {
            // Addresses that the kernel gives by itself come and go in their own time.
            sh(&format!(
                "ip link add eth{number} type veth peer name far{number}
                 ip link set far{number} up
                 ip link set eth{number} addrgenmode none
                 echo 0 > /proc/sys/net/ipv6/conf/eth{number}/accept_dad"
            ));
        }
        let journal = std::env::temp_dir().join(format!("tsuji-journal-linux-{}", std::process::id()));
        Self { runtime: Builder::new_current_thread().enable_all().build().unwrap(), journal }
    }

    fn start(&self) -> (LinuxApplier, Recovery) {
        let kernel = Refusing::new(LinuxKernel::new().unwrap());
        let workers = FakeKernel::default().workers();
        self.runtime.block_on(Applier::start(kernel, workers, self.journal.clone())).unwrap()
    }

    fn commit(&self, applier: &mut LinuxApplier, state: &State) -> Result<Plan, CommitError> {
        self.runtime.block_on(applier.commit(state.clone()))
    }

    /// All links, addresses and routes, and the table, as Linux shows them.
    fn seen(&self, applier: &mut LinuxApplier) -> Observed {
        let mut observed = self.runtime.block_on(applier.observe()).unwrap();
        for link in observed.links.values_mut() {
            // A bridge takes a new hardware address each time it is made, and a while to be up.
            (link.carrier, link.mac) = (false, vec![]);
        }
        observed.addresses.retain(|_, ours| *ours);
        observed
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.journal);
    }
}

#[test]
fn a_commit_arrives_and_verifies() {
    in_namespace(|| {
        let machine = Machine::new();
        let mut applier = machine.start().0;
        let (home, rebuilt) = (home().state(), rebuilt().state());
        for state in [&home, &rebuilt, &home] {
            machine.commit(&mut applier, state).unwrap();
            assert_eq!(machine.runtime.block_on(applier.drift()).unwrap().to_string(), "");
        }
        machine.commit(&mut applier, &State::default()).unwrap();
        let left = machine.seen(&mut applier);
        assert!(left.routes.is_empty() && left.addresses.is_empty() && left.firewall.is_none(), "{left:?}");
        assert!(left.links.values().all(|link| !link.is_bridge && link.alias.is_empty()), "{left:?}");
    });
}

#[test]
fn a_step_that_fails_leaves_everything_as_before() {
    in_namespace(|| {
        let machine = Machine::new();
        let (old, new) = (home().state(), rebuilt().state());
        let mut applier = machine.start().0;
        machine.commit(&mut applier, &old).unwrap();
        let before = machine.seen(&mut applier);
        for number in 0.. {
            applier.kernel().fail_after(number, Failure::Refused);
            let Err(error) = machine.commit(&mut applier, &new) else { break };
            assert_eq!((error.phase, error.message.as_str()), (Phase::Apply, REFUSED), "{error}");
            assert_ne!(error.origin, LineId::BUILT_IN, "{error}");
            assert_eq!(error.undo, Undo::Undone, "{error}");
            assert_eq!(machine.seen(&mut applier), before, "{error}");
        }
        assert!(applier.kernel().obey(), "the last commit met no failure");
    });
}

#[test]
fn a_death_at_any_step_ends_in_the_old_or_the_new_state() {
    in_namespace(|| {
        let machine = Machine::new();
        let (old, new) = (home().state(), rebuilt().state());
        for number in 0.. {
            let failure = if number % 2 == 0 { Failure::DeathBefore } else { Failure::DeathAfter };
            let mut applier = machine.start().0;
            machine.commit(&mut applier, &old).unwrap();
            let before = machine.seen(&mut applier);
            applier.kernel().fail_after(number, failure);
            let died = applier.kernel().died.clone();
            let survived = machine.runtime.block_on(async {
                tokio::select! {
                    outcome = applier.commit(new.clone()) => Some(outcome),
                    () = died.notified() => None,
                }
            });
            if let Some(outcome) = survived {
                outcome.unwrap();
                break;
            }
            drop(applier);

            let (mut applier, recovery) = machine.start();
            assert_eq!(recovery.failed, None, "{number}: {recovery}");
            assert_eq!(machine.seen(&mut applier), before, "{number}: {recovery}");
            let target = if number % 4 < 2 { &new } else { &old };
            machine.commit(&mut applier, target).unwrap();
            assert_eq!(machine.runtime.block_on(applier.drift()).unwrap().to_string(), "");
        }
    });
}
