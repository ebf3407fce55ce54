//! Starts workers, stops them, and starts them again when they fail.

use tokio::sync::mpsc::UnboundedSender;

use super::Snapshots;
use crate::apply::kernel::KernelError;
use crate::apply::workers::{WorkerId, WorkerSpec, Workers};
use crate::status::Lease;
use crate::types::InterfaceName;

/// What a worker learned. It replaces what was known of the interface before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactUpdate {
    /// The interface that the fact is about.
    pub interface: InterfaceName,
    /// What a DHCP server lent; `None` when there is nothing any more.
    pub lease: Option<Lease>,
}

/// All workers of one router.
///
/// Start it inside a tokio runtime: every worker is a task of its own. Packet sockets are opened
/// in the network namespace of the thread that calls.
#[derive(Debug)]
pub struct Supervisor {
    facts: UnboundedSender<FactUpdate>,
    snapshots: Snapshots,
}

impl Supervisor {
    /// Facts go to `facts`. It has no bound, because the task that reads it may be waiting for a
    /// worker to stop at that moment; facts are few.
    pub fn new(facts: UnboundedSender<FactUpdate>) -> Self {
        Self { facts, snapshots: Snapshots::default() }
    }

    /// A view of what the workers do, which stays valid and current.
    pub fn snapshots(&self) -> Snapshots {
        self.snapshots.clone()
    }
}

impl Workers for Supervisor {
    async fn start(&mut self, id: WorkerId, spec: &WorkerSpec) -> Result<(), KernelError> {
        let WorkerId::DhcpClient(interface) = id;
        let WorkerSpec::DhcpClient { link } = spec;
        self.snapshots.insert(interface, link.clone());
        Ok(())
    }

    async fn stop(&mut self, id: WorkerId) -> Result<(), KernelError> {
        let WorkerId::DhcpClient(interface) = id;
        self.snapshots.remove(interface);
        let _gone = self.facts.send(FactUpdate { interface, lease: None });
        Ok(())
    }
}
