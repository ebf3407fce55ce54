//! What is asked in each state, and when it is asked again (RFC 2131 sections 4.1 and 4.4).

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use super::super::{Backoff, Output};
use super::{Client, ClientTimer, Config, Exchange, Lease, State, Transmit};
use crate::net::wire::dhcp4::{Request, RequestKind};
use crate::types::Mac;

/// 4, 8, 16, 32 and 64 seconds, each ± 1 s.
const RETRY: Backoff = Backoff::new(Duration::from_secs(4), Duration::from_secs(64), Duration::from_secs(1));

/// While an address is in use, its extension is not asked for more often.
const EXTENSION_INTERVAL: Duration = Duration::from_secs(60);

/// From this try on we ask for broadcast answers: some servers cannot send to an address that
/// nobody answers for yet. We can receive both, and RFC 2131 section 4.1 prefers the quiet way.
const FIRST_BROADCAST_TRY: u32 = 2;

impl Client {
    /// Looks for a server.
    pub(super) fn discover(&mut self, now: Instant) {
        let exchange = self.exchange(now, RETRY);
        self.enter(State::Selecting(exchange));
        self.ask(now);
    }

    /// Asks for an offered address, under the offer's transaction number.
    pub(super) fn request(&mut self, offer: Lease, now: Instant) {
        let State::Selecting(search) = &self.state else { return };
        let exchange = Exchange { began: now, since: now, backoff: RETRY, ..*search };
        self.complaint = None;
        self.enter(State::Requesting(exchange, offer));
        self.ask(now);
    }

    /// Asks whether the address that we hold from before is still ours.
    pub(super) fn reboot(&mut self, now: Instant) {
        self.timers.stop(ClientTimer::Renew);
        self.timers.stop(ClientTimer::Rebind);
        let exchange = self.exchange(now, RETRY);
        self.enter(State::Rebooting(exchange));
        self.ask(now);
    }

    /// Asks the server for more time.
    pub(super) fn renew(&mut self, now: Instant) {
        let exchange = self.exchange(now, RETRY);
        self.enter(State::Renewing(exchange));
        self.ask(now);
    }

    /// Asks any server for more time.
    pub(super) fn rebind(&mut self, now: Instant) {
        self.timers.stop(ClientTimer::Renew);
        let exchange = self.exchange(now, RETRY);
        self.enter(State::Rebinding(exchange));
        self.ask(now);
    }

    /// Sends the question of the present state, and sets the time to ask again.
    pub(super) fn ask(&mut self, now: Instant) {
        let extension_wait = self.extension_wait(now);
        let Self { config, entropy, state, held, .. } = self;
        let address = held.as_ref().map(super::Held::address);
        let (exchange, request) = match state {
            State::Stopped | State::Init | State::Probing(..) | State::Bound => return,
            State::Selecting(exchange) => {
                let request = exchange.question(config, RequestKind::Discover, now);
                (exchange, Request { requested: address, ..request })
            }
            State::Requesting(exchange, offer) => {
                let request = exchange.question(config, RequestKind::Request, now);
                let (requested, server) = (Some(offer.address.addr()), Some(offer.server));
                (exchange, Request { requested, server, ..request })
            }
            State::Rebooting(exchange) => {
                let request = exchange.question(config, RequestKind::Request, now);
                (exchange, Request { requested: address, ..request })
            }
            State::Renewing(exchange) | State::Rebinding(exchange) => {
                let request = exchange.question(config, RequestKind::Request, now);
                let client_address = address.unwrap_or(Ipv4Addr::UNSPECIFIED);
                // The address answers by now.
                (exchange, Request { client_address, broadcast: false, ..request })
            }
        };
        let wait = extension_wait.unwrap_or_else(|| exchange.backoff.next_delay(entropy.as_mut()));
        self.timers.set(ClientTimer::Resend, now + wait);
        match (&self.state, &self.held) {
            (State::Renewing(_), Some(held)) => {
                let (server, mac) = (held.lease.server, held.lease.server_mac);
                self.send(&request, mac, server);
            }
            _ => self.send(&request, Mac::BROADCAST, Ipv4Addr::BROADCAST),
        }
    }

    /// Says that another station uses the address.
    pub(super) fn decline(&mut self, lease: &Lease) {
        let request = Request {
            requested: Some(lease.address.addr()),
            server: Some(lease.server),
            message: Some("address is in use"),
            ..self.statement(RequestKind::Decline)
        };
        self.send(&request, Mac::BROADCAST, Ipv4Addr::BROADCAST);
    }

    /// Gives an address back.
    pub(super) fn release(&mut self, lease: &Lease) {
        let request = Request {
            client_address: lease.address.addr(),
            server: Some(lease.server),
            ..self.statement(RequestKind::Release)
        };
        self.send(&request, lease.server_mac, lease.server);
    }

    /// A message that nobody answers.
    fn statement(&mut self, kind: RequestKind) -> Request {
        self.config.message(kind, self.entropy.next_u32())
    }

    /// While an address is in use: half of the time that is left in this state, but not below a minute.
    fn extension_wait(&self, now: Instant) -> Option<Duration> {
        let end = match self.state {
            State::Renewing(_) => self.timers.deadline(ClientTimer::Rebind)?,
            State::Rebinding(_) => self.timers.deadline(ClientTimer::Expire)?,
            State::Stopped
            | State::Init
            | State::Selecting(_)
            | State::Requesting(..)
            | State::Rebooting(_)
            | State::Probing(..)
            | State::Bound => return None,
        };
        Some((end.saturating_duration_since(now) / 2).max(EXTENSION_INTERVAL))
    }

    fn send(&mut self, request: &Request, to: Mac, destination: Ipv4Addr) {
        let (source, message) = (request.client_address, request.emit());
        self.outputs.push_back(Output::Transmit(Transmit::Dhcp { to, source, destination, message }));
    }
}

impl Exchange {
    fn question(&mut self, config: &Config, kind: RequestKind, now: Instant) -> Request {
        self.broadcast |= self.backoff.tries() >= FIRST_BROADCAST_TRY;
        let asked_for = now.saturating_duration_since(self.began).as_secs();
        Request {
            secs: u16::try_from(asked_for).unwrap_or(u16::MAX),
            broadcast: self.broadcast,
            ..config.message(kind, self.xid)
        }
    }
}

impl Config {
    fn message(&self, kind: RequestKind, xid: u32) -> Request {
        Request {
            kind,
            xid,
            secs: 0,
            broadcast: false,
            mac: self.mac,
            client_address: Ipv4Addr::UNSPECIFIED,
            requested: None,
            server: None,
            hostname: self.hostname.clone(),
            message: None,
        }
    }
}
