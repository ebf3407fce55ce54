//! Leases outlive the daemon: the next one goes on with them until their workers know better.
//!
//! A daemon that died had no time to give anything back, and its addresses still stand. If the
//! next one began without its leases it would take the addresses away, only to be lent the same
//! ones a moment later. So leases are noted where the running configuration is, and inherited at
//! the next start. What no server confirms in [`GRACE`] was lent to nobody, and goes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::{Router, now};
use crate::apply::kernel::Kernel;
use crate::apply::workers::Workers;
use crate::status::Lease;
use crate::types::InterfaceName;

/// How long a lease is believed in that no server has confirmed.
const GRACE: Duration = Duration::from_secs(600);

/// Leases of an earlier daemon that nobody has confirmed yet.
#[derive(Debug, Default)]
pub(super) struct Inherited {
    interfaces: BTreeSet<InterfaceName>,
    until: Option<Instant>,
}

impl Inherited {
    /// When [`Router::disinherit`] is wanted.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.until.filter(|_| !self.interfaces.is_empty())
    }
}

impl<K: Kernel, W: Workers> Router<K, W> {
    /// Takes over what the daemon before this one was lent.
    pub(super) fn inherit(&mut self) {
        let leases = self.store.leases();
        self.inherited =
            Inherited { interfaces: leases.keys().copied().collect(), until: Some(now() + GRACE) };
        self.facts.leases = leases;
    }

    /// A worker says what an interface was lent, or that it was lent nothing.
    pub(super) fn lent(&mut self, interface: InterfaceName, lease: Option<Lease>) {
        self.inherited.interfaces.remove(&interface);
        match lease {
            Some(lease) => self.facts.leases.insert(interface, lease),
            None => self.facts.leases.remove(&interface),
        };
        self.note_leases();
    }

    /// Gives up what no server has confirmed in time.
    pub(super) async fn disinherit(&mut self) {
        for interface in std::mem::take(&mut self.inherited.interfaces) {
            tracing::warn!(%interface, "no server has confirmed the lease of before: it is given up");
            self.facts.leases.remove(&interface);
        }
        self.note_leases();
        self.follow_or_retry().await;
    }

    fn note_leases(&self) {
        let leases: &BTreeMap<InterfaceName, Lease> = &self.facts.leases;
        if let Err(error) = self.store.note_leases(leases) {
            tracing::warn!(%error, "leases are not noted for a start after a crash");
        }
    }
}
