//! From what is wanted to how Linux shall be: a model and the facts of the hour become a state.
//!
//! Pure. Each area turns its part of the model into its part of the [`State`]; what cannot be
//! done now, and may be possible later, is *held*: its line has no effect, and the answer says
//! why. A port without a Linux interface, a route through an interface that is shut down, an
//! address that no server has lent yet: none of these makes a commit fail.

mod addr;
mod fast;
mod filter;
mod link;
mod monitor;
mod mss;
pub mod nat;
mod policy;
pub mod route;
mod system;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::firewall::Firewall;
use super::state::State;
use crate::model::Model;
use crate::status::Facts;
use crate::types::{InterfaceName, KernelName, LineId};

/// A model, resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// How Linux shall be.
    pub state: State,
    /// The lines without effect for now, and why, in the order of the lines.
    pub held: Vec<(LineId, String)>,
}

/// How Linux shall be for `model`, as far as `facts` allow.
pub fn resolve(model: &Model, facts: &Facts) -> Resolved {
    let mut draft = Draft {
        model,
        facts,
        ties: BTreeMap::new(),
        untied: BTreeMap::new(),
        state: State::default(),
        held: Vec::new(),
    };
    // Links come first: all others ask which interface is tied to which link. Routes come after
    // addresses: these say which routers can be reached.
    link::resolve(&mut draft);
    addr::resolve(&mut draft);
    route::resolve(&mut draft);
    system::resolve(&mut draft);

    let mut firewall = Firewall::default();
    policy::resolve(&mut draft, &mut firewall);
    mss::resolve(&mut draft, &mut firewall);
    nat::resolve(&mut draft, &mut firewall);
    filter::resolve(&mut draft, &mut firewall);
    fast::resolve(&draft, &mut firewall);
    if firewall != Firewall::default() {
        draft.state.firewall = Some(firewall.into());
    }

    draft.held.sort();
    draft.held.dedup_by_key(|(line, _)| *line);
    Resolved { state: draft.state, held: draft.held }
}

/// The link behind an interface.
#[derive(Clone, Debug)]
struct Tie {
    link: KernelName,
    /// Whether the configuration keeps it up.
    up: bool,
    /// The line that ties it.
    origin: LineId,
}

/// A state in the making.
struct Draft<'a> {
    model: &'a Model,
    facts: &'a Facts,
    ties: BTreeMap<InterfaceName, Tie>,
    /// Why the other interfaces have no link of their own.
    untied: BTreeMap<InterfaceName, String>,
    state: State,
    held: Vec<(LineId, String)>,
}

impl Draft<'_> {
    fn hold(&mut self, line: LineId, reason: impl Into<String>) {
        if line != LineId::BUILT_IN {
            self.held.push((line, reason.into()));
        }
    }

    /// The link of an interface, or why there is none.
    fn tie(&self, interface: InterfaceName) -> Result<&Tie, String> {
        let reason = || self.untied.get(&interface).cloned().unwrap_or_else(|| not_tied(interface));
        self.ties.get(&interface).ok_or_else(reason)
    }

    /// The link of an interface that is up, or why there is none.
    fn tie_up(&self, interface: InterfaceName) -> Result<&Tie, String> {
        let tie = self.tie(interface)?;
        if !tie.up {
            return Err(format!("{interface} is shut down"));
        }
        if self.facts.silent.contains(&tie.link) {
            return Err(format!("{interface} has no carrier"));
        }
        Ok(tie)
    }
}

fn not_tied(interface: InterfaceName) -> String {
    format!("{interface} is not tied to a Linux interface")
}
