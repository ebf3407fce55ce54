//! Above a DHCP client: facts for the daemon, the snapshot for screens, the log.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::super::driver::Owner;
use super::super::{FactUpdate, Snapshots, clock};
use crate::net::engine::Engine;
use crate::net::engine::dhcp4::{self, Event, Phase, Previous, Reason};
use crate::status;
use crate::status::dhcp::DhcpState;
use crate::types::InterfaceName;

/// Tells the rest of the router what one client does. It outlives a client that fails.
pub(crate) struct DhcpOwner {
    interface: InterfaceName,
    facts: UnboundedSender<FactUpdate>,
    snapshots: Snapshots,
    /// The lease in use, and when it was asked for.
    current: Option<(dhcp4::Lease, Instant)>,
}

impl DhcpOwner {
    /// Knows of no lease yet.
    pub(crate) fn new(
        interface: InterfaceName,
        facts: UnboundedSender<FactUpdate>,
        snapshots: Snapshots,
    ) -> Self {
        Self { interface, facts, snapshots, current: None }
    }

    /// The lease that the client before this one left.
    pub(crate) fn previous(&self) -> Option<Previous> {
        let (lease, since) = self.current.as_ref()?;
        Some(Previous { lease: lease.clone(), age: clock::now().saturating_duration_since(*since) })
    }

    /// Gives up a lease that ended while no client was there to notice.
    pub(crate) fn check_expiry(&mut self) {
        let is_over = |(lease, since): &(dhcp4::Lease, Instant)| {
            lease.times.is_some_and(|times| *since + times.expire <= clock::now())
        };
        if self.current.as_ref().is_some_and(is_over) {
            self.lost(&Reason::Expired);
        }
    }

    /// Nothing is in use any more, whatever became of the client.
    pub(crate) fn forget(&mut self) {
        if self.current.take().is_some() {
            self.tell(None);
        }
    }

    fn bound(&mut self, lease: dhcp4::Lease, age: Duration) {
        let before = self.current.take();
        let fact = fact(&lease);
        let is_news = before.as_ref().is_none_or(|(before, _)| self::fact(before) != fact);
        if is_news {
            tracing::info!(interface = %self.interface, address = %lease.address, peer = %lease.server, "DHCP lease");
            self.tell(Some(fact.clone()));
        } else {
            tracing::debug!(interface = %self.interface, peer = %lease.server, "DHCP lease extended");
        }
        self.snapshots.update(self.interface, |status| {
            let left = |time: Duration| time.saturating_sub(age).as_secs();
            status.renews_in = lease.times.map(|times| left(times.renew));
            status.rebinds_in = lease.times.map(|times| left(times.rebind));
            status.expires_in = lease.times.map(|times| left(times.expire));
            status.domain_name.clone_from(&lease.domain_name);
            status.ntp_servers.clone_from(&lease.ntp_servers);
            status.routes.clone_from(&lease.routes);
            status.last_failure = None;
            status.lease = Some(fact);
        });
        let now = clock::now();
        self.current = Some((lease, now.checked_sub(age).unwrap_or(now)));
    }

    fn lost(&mut self, reason: &Reason) {
        tracing::info!(interface = %self.interface, %reason, blame = %reason.blame(), "DHCP lease lost");
        self.forget();
        self.snapshots.update(self.interface, |status| {
            status.lease = None;
            (status.renews_in, status.rebinds_in, status.expires_in) = (None, None, None);
            (status.domain_name, status.ntp_servers, status.routes) = Default::default();
            status.last_failure = Some(describe(reason));
        });
    }

    fn failed(&mut self, reason: &Reason) {
        tracing::info!(interface = %self.interface, %reason, blame = %reason.blame(), "DHCP failed");
        self.snapshots.update(self.interface, |status| status.last_failure = Some(describe(reason)));
    }

    /// Nobody listens any more when the daemon ends: no loss.
    fn tell(&self, lease: Option<status::Lease>) {
        let _ended = self.facts.send(FactUpdate::Lease { interface: self.interface, lease });
    }
}

impl<E: Engine<Event = Event>> Owner<E> for DhcpOwner {
    fn handle_event(&mut self, event: Event) -> ControlFlow<()> {
        match event {
            Event::Phase(phase) => {
                tracing::debug!(interface = %self.interface, %phase, "DHCP client");
                self.snapshots.update(self.interface, |status| status.state = phase.into());
            }
            Event::Bound { lease, age } => self.bound(lease, age),
            Event::Lost(reason) => self.lost(&reason),
            Event::Failed(reason) => self.failed(&reason),
            Event::Stopped => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }
}

impl From<Phase> for DhcpState {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Stopped => Self::Stopped,
            Phase::Init => Self::Init,
            Phase::Selecting => Self::Selecting,
            Phase::Requesting => Self::Requesting,
            Phase::Rebooting => Self::Rebooting,
            Phase::Probing => Self::Probing,
            Phase::Bound => Self::Bound,
            Phase::Renewing => Self::Renewing,
            Phase::Rebinding => Self::Rebinding,
        }
    }
}

fn describe(reason: &Reason) -> String {
    format!("{reason} ({})", reason.blame())
}

/// What the rest of the router needs of a lease.
fn fact(lease: &dhcp4::Lease) -> status::Lease {
    status::Lease {
        address: lease.address,
        routers: lease.routers.clone(),
        dns_servers: lease.dns_servers.clone(),
        server: lease.server,
    }
}
