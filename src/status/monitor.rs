//! What monitors of hosts have seen so far.

use std::net::IpAddr;
use std::time::Duration;

use crate::types::KernelName;

/// One monitor, at the moment of the snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonitorStatus {
    /// Whether what it watches has failed.
    pub failed: bool,
    /// How often that changed.
    pub changes: u64,
    /// The hosts that it asks, in the order of the configuration.
    pub hosts: Vec<HostStatus>,
}

/// A host that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostStatus {
    /// Its address.
    pub address: IpAddr,
    /// The link by which it is asked; `None`: as the routes say.
    pub link: Option<KernelName>,
    /// Whether it counts as alive.
    pub alive: bool,
    /// Questions whose answer came or is overdue.
    pub sent: u64,
    /// Answers.
    pub answered: u64,
    /// Questions without answer since the last one.
    pub misses: u32,
    /// How long the last answer took.
    pub round_trip: Option<Duration>,
}

impl HostStatus {
    /// A host that was not asked yet: it counts as alive.
    pub fn new(address: IpAddr, link: Option<KernelName>) -> Self {
        Self { address, link, alive: true, sent: 0, answered: 0, misses: 0, round_trip: None }
    }
}
