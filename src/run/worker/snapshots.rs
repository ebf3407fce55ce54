//! What the workers do at this moment, for whoever shows it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::clock;
use crate::status::dhcp::{DhcpClient, DhcpState};
use crate::status::monitor::MonitorStatus;
use crate::types::{InterfaceName, KernelName};

/// A read-only view of all workers. Clones show the same.
#[derive(Clone, Debug, Default)]
pub struct Snapshots(Arc<Mutex<BTreeMap<InterfaceName, Entry>>>, Arc<Mutex<BTreeMap<u32, MonitorStatus>>>);

/// A status whose seconds are counted from `since`.
#[derive(Clone, Debug)]
struct Entry {
    status: DhcpClient,
    since: Instant,
}

impl Snapshots {
    /// The DHCP clients, by interface, with the seconds that are left now.
    pub fn dhcp_clients(&self) -> BTreeMap<InterfaceName, DhcpClient> {
        let now = clock::now();
        self.with(|entries| entries.iter().map(|(name, entry)| (*name, entry.status_at(now))).collect())
    }

    /// Shows a worker that has not begun yet.
    pub(super) fn insert(&self, interface: InterfaceName, link: KernelName) {
        let status = DhcpClient {
            link,
            state: DhcpState::Stopped,
            lease: None,
            domain_name: None,
            ntp_servers: Vec::new(),
            routes: Vec::new(),
            renews_in: None,
            rebinds_in: None,
            expires_in: None,
            last_failure: None,
            restarts: 0,
        };
        self.with(|entries| entries.insert(interface, Entry { status, since: clock::now() }));
    }

    /// Changes what is shown of a worker; its seconds count from now.
    pub(super) fn update(&self, interface: InterfaceName, change: impl FnOnce(&mut DhcpClient)) {
        let now = clock::now();
        self.with(|entries| {
            if let Some(entry) = entries.get_mut(&interface) {
                entry.status = entry.status_at(now);
                entry.since = now;
                change(&mut entry.status);
            }
        });
    }

    /// A worker that is gone is shown no more.
    pub(super) fn remove(&self, interface: InterfaceName) {
        self.with(|entries| entries.remove(&interface));
    }

    /// What the monitors have seen, by number.
    pub fn monitors(&self) -> BTreeMap<u32, MonitorStatus> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows a monitor as it is now.
    pub(super) fn set_monitor(&self, number: u32, status: MonitorStatus) {
        self.1.lock().unwrap_or_else(PoisonError::into_inner).insert(number, status);
    }

    /// A monitor that is gone is shown no more.
    pub(super) fn remove_monitor(&self, number: u32) {
        self.1.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<InterfaceName, Entry>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Entry {
    fn status_at(&self, now: Instant) -> DhcpClient {
        let passed = now.saturating_duration_since(self.since);
        let left = |seconds: Option<u64>| {
            seconds.map(|seconds| Duration::from_secs(seconds).saturating_sub(passed).as_secs())
        };
        let status = &self.status;
        DhcpClient {
            renews_in: left(status.renews_in),
            rebinds_in: left(status.rebinds_in),
            expires_in: left(status.expires_in),
            ..status.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Port;

    #[test]
    fn seconds_run_down_while_nobody_tells_anything_and_stop_at_zero() {
        let snapshots = Snapshots::default();
        let interface = InterfaceName::Port(Port::giga_ethernet(0).unwrap());
        snapshots.insert(interface, "wan".parse().unwrap());
        snapshots.update(interface, |status| (status.renews_in, status.expires_in) = (Some(3), Some(60)));
        let entry = snapshots.with(|entries| entries.get(&interface).cloned()).unwrap();
        let later = entry.status_at(entry.since + Duration::from_secs(5));
        assert_eq!((later.renews_in, later.rebinds_in, later.expires_in), (Some(0), None, Some(55)));
        snapshots.remove(interface);
        assert!(snapshots.dhcp_clients().is_empty());
    }
}
