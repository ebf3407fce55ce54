//! Above the probers of a monitor: what all hosts together mean, as a fact, a snapshot and a line
//! of the log.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::UnboundedSender;

use super::super::driver::Owner;
use super::super::{FactUpdate, Snapshots};
use crate::apply::workers::{AskedHost, MonitorSpec};
use crate::net::engine::probe::{Event, Prober};
use crate::status::monitor::{HostStatus, MonitorStatus};

/// The verdict of a monitor, which its hosts share.
pub(super) struct Verdict {
    number: u32,
    name: String,
    /// Whether changes are written to the log.
    log: bool,
    /// Whether all hosts must be as they should not, or one is enough.
    by_all: bool,
    hosts: Vec<AskedHost>,
    status: MonitorStatus,
    facts: UnboundedSender<FactUpdate>,
    snapshots: Snapshots,
}

impl Verdict {
    pub(super) fn new(
        number: u32,
        spec: &MonitorSpec,
        facts: UnboundedSender<FactUpdate>,
        snapshots: Snapshots,
    ) -> Self {
        let host = |host: &AskedHost| HostStatus::new(host.address, host.link.clone());
        let status =
            MonitorStatus { failed: false, changes: 0, hosts: spec.hosts.iter().map(host).collect() };
        let verdict = Self {
            number,
            name: spec.name.clone(),
            log: spec.log,
            by_all: spec.by_all,
            hosts: spec.hosts.clone(),
            status,
            facts,
            snapshots,
        };
        verdict.show();
        verdict
    }

    fn take(&mut self, index: usize, event: Event) {
        let Some(host) = self.status.hosts.get_mut(index) else { return };
        match event {
            Event::Answered(time) => {
                host.sent += 1;
                host.answered += 1;
                host.misses = 0;
                host.round_trip = Some(time);
            }
            Event::Missed(misses) => {
                host.sent += 1;
                host.misses = misses;
            }
            Event::Changed { alive } => {
                host.alive = alive;
                let (monitor, host) = (&self.name, host.address);
                match alive {
                    true => tracing::debug!(monitor, %host, "answers"),
                    false => tracing::debug!(monitor, %host, "does not answer"),
                }
                self.judge();
            }
            Event::Stopped => {}
        }
        self.show();
    }

    /// Hosts changed: perhaps the monitor did.
    fn judge(&mut self) {
        let mut troubles =
            self.hosts.iter().zip(&self.status.hosts).map(|(host, status)| host.fails_alive == status.alive);
        let failed =
            if self.by_all { troubles.all(|trouble| trouble) } else { troubles.any(|trouble| trouble) };
        if failed == self.status.failed {
            return;
        }
        self.status.failed = failed;
        self.status.changes += 1;
        if self.log {
            let change = if failed { "UP -> DOWN" } else { "DOWN -> UP" };
            tracing::info!("{}: {change}", self.name);
        }
        self.tell(failed);
    }

    /// The monitor ends: what it said of its hosts holds no more.
    pub(super) fn end(&mut self) {
        if self.status.failed {
            self.tell(false);
        }
        self.snapshots.remove_monitor(self.number);
    }

    /// Nobody listens any more when the daemon ends: no loss.
    fn tell(&self, failed: bool) {
        let _ended = self.facts.send(FactUpdate::Monitor { number: self.number, failed });
    }

    fn show(&self) {
        self.snapshots.set_monitor(self.number, self.status.clone());
    }
}

/// One host's part in it.
pub(super) struct HostOwner {
    index: usize,
    verdict: Arc<Mutex<Verdict>>,
}

impl HostOwner {
    pub(super) fn new(index: usize, verdict: Arc<Mutex<Verdict>>) -> Self {
        Self { index, verdict }
    }
}

impl Owner<Prober> for HostOwner {
    fn handle_event(&mut self, event: Event) -> ControlFlow<()> {
        lock(&self.verdict).take(self.index, event);
        if event == Event::Stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

pub(super) fn lock(verdict: &Mutex<Verdict>) -> MutexGuard<'_, Verdict> {
    verdict.lock().unwrap_or_else(PoisonError::into_inner)
}
