//! Monitors: hosts that are asked whether they live, and routes that depend on the answer.
//!
//! A line can be up with a dead far end. IX watches by `watch-group` and `network-monitor`, RTX by
//! `ip keepalive`. Each monitor has a number: on RTX that of its line; on IX one is made of the
//! group's name and sequence.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::route::NextHop;
use crate::types::{InterfaceName, Sourced};

/// One monitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitor {
    /// The name and the sequence of a watch group; `None` for a numbered keepalive.
    pub group: Option<(String, u32)>,
    /// What is watched.
    pub conditions: Vec<Sourced<Condition>>,
    /// Which of them make it fail: on RTX no host may answer, on IX any event is enough.
    pub fails: Fails,
    /// What is taken away or offered while the monitor has failed.
    pub actions: Vec<Sourced<Action>>,
    /// How hosts are asked.
    pub timing: Timing,
    /// How long after a start hosts are first asked.
    pub delay: Duration,
    /// Bytes of data in a question.
    pub length: u16,
    /// Whether a change is written to the log.
    pub log: bool,
}

/// How many conditions make a monitor fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fails {
    /// Any of them.
    ByAny,
    /// All together.
    ByAll,
}

/// Something that makes a monitor fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A host does not answer.
    Silent(Probe),
    /// A host answers.
    Answers(Probe),
    /// An interface is down.
    Down(InterfaceName),
    /// An interface is up.
    Up(InterfaceName),
}

/// A host that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Who.
    pub target: Target,
    /// The interface by which questions leave, whatever the routes say. `None`: as the routes say.
    pub interface: Option<InterfaceName>,
    /// Without an interface: by the gateway that depends on the monitor, where one leads to the
    /// host (RTX `gateway-selection-rule=head`).
    pub by_gateway: bool,
    /// Our own address in them. `None`: that of the interface by which they leave.
    pub source: Option<Source>,
}

/// Who is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This host.
    Host(IpAddr),
    /// The router that the DHCP server on the interface announced.
    Dhcp(InterfaceName),
}

/// Our own address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// This one.
    Address(IpAddr),
    /// The first of this interface.
    Interface(InterfaceName),
}

/// What a failed monitor does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The network of a route.
    pub prefix: IpNet,
    /// Where that route leads. `None`: whatever it is.
    pub next_hop: Option<NextHop>,
    /// Whether the route is there only while the monitor has failed, and not only while it has not.
    pub offers: bool,
}

/// How hosts are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// Between two questions to a host that answers.
    pub interval: Duration,
    /// Between two questions to one that does not.
    pub interval_down: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
    /// Questions in a row without answer until a host is dead.
    pub down_count: u32,
    /// Answers in a row until it lives again.
    pub up_count: u32,
    /// How long after that it is held for dead.
    pub down_wait: Duration,
    /// How long after that it is held for alive.
    pub up_wait: Duration,
}

impl Monitor {
    /// What people call it; `number` is that of the model.
    pub fn name(&self, number: u32) -> String {
        match &self.group {
            Some((group, sequence)) => format!("watch-group {group} {sequence}"),
            None => format!("ip keepalive {number}"),
        }
    }

    /// The hosts that it asks.
    pub fn probes(&self) -> impl Iterator<Item = &Probe> {
        self.conditions.iter().filter_map(|condition| match &condition.value {
            Condition::Silent(probe) | Condition::Answers(probe) => Some(probe),
            Condition::Down(_) | Condition::Up(_) => None,
        })
    }
}

impl Action {
    /// Whether this gateway of a route to `prefix` is meant.
    pub fn concerns(&self, prefix: IpNet, next_hop: &NextHop) -> bool {
        self.prefix == prefix && self.next_hop.as_ref().is_none_or(|meant| meant == next_hop)
    }
}
