//! The difference of two states, as steps in a safe order.
//!
//! Each area compares its own part and says in which [`Phase`] a step belongs; the table of
//! phases is in [`order`]. A plan touches nothing: it is what `commit check` prints, what the
//! journal keeps and what the applier carries out. The same comparison, with what the kernel has
//! as the old state, finds drift and verifies a commit.

mod addr;
mod firewall;
mod link;
mod neighbour;
pub mod order;
mod route;
mod rule;
mod show;
mod sysctl;
mod worker;

use order::Phase;
use serde::{Deserialize, Serialize};

use super::op::{Op, Step};
use super::state::State;
use crate::types::LineId;

/// Steps from one state to another, in the order in which they are done.
///
/// `Display` prints them as commands of `ip` and `nft`, one step a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Plan {
    /// First to last.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// The way from `old` to `new`, shortest in steps, with the way back in each step.
///
/// What we made ourselves and `new` does not ask for goes: bridges, memberships, names,
/// addresses, routes, the table. What we only set is not touched where `new` does not name it: the
/// applier names what it was before (see [`super::original`]).
pub fn plan(old: &State, new: &State) -> Plan {
    let mut draft = Draft::default();
    let old = &*link::remove_changed(old, new, &mut draft);
    sysctl::compare(old, new, &mut draft);
    link::compare(old, new, &mut draft);
    addr::compare(old, new, &mut draft);
    neighbour::compare(old, new, &mut draft);
    route::compare(old, new, &mut draft);
    rule::compare(old, new, &mut draft);
    worker::compare(old, new, &mut draft);
    // Last, because the firewall asks whether anything else changes.
    firewall::compare(old, new, &mut draft);
    draft.finish()
}

/// Steps as the areas find them, not yet in order.
#[derive(Default)]
struct Draft {
    steps: Vec<(Phase, Step)>,
}

impl Draft {
    /// Takes a step in; steps of one phase keep the order in which they were taken.
    fn push(&mut self, phase: Phase, op: Op, undo: Op, origin: LineId) {
        self.steps.push((phase, Step { op, undo, origin }));
    }

    fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    fn finish(mut self) -> Plan {
        self.steps.sort_by_key(|(phase, _)| *phase);
        Plan { steps: self.steps.into_iter().map(|(_, step)| step).collect() }
    }
}
