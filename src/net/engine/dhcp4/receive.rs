//! What an answer changes (RFC 2131 section 4.4, RFC 5227).

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use super::super::Output;
use super::super::arp_probe::{ArpProbe, ProbeStep};
use super::{Client, ClientTimer, Event, Exchange, Held, Lease, Reason, State, Transmit};
use crate::net::wire::arp;
use crate::net::wire::dhcp4::{Reply, ReplyKind, addressee};
use crate::types::Mac;

/// After a decline, a server has this long to notice (RFC 2131 section 3.1, step 5).
const AFTER_DECLINE: Duration = Duration::from_secs(10);

impl Client {
    /// Takes a datagram that came from a server.
    pub(super) fn receive(&mut self, from: Mac, message: &[u8], now: Instant) {
        let awaited = self.state.exchange().map(|exchange| (exchange.xid, self.config.mac));
        if awaited.is_none() || addressee(message) != awaited {
            self.counters.foreign += 1;
            return;
        }
        match Reply::parse(message) {
            Ok(reply) => self.answer(&reply, from, now),
            Err(error) => {
                self.counters.malformed += 1;
                self.complaint = Some(Reason::Malformed(error.to_string()));
            }
        }
    }

    /// Takes an ARP packet.
    pub(super) fn receive_arp(&mut self, packet: &arp::Packet, now: Instant) {
        let State::Probing(probe, held) = &self.state else { return };
        let Some(by) = probe.conflict(packet) else { return };
        let lease = held.lease.clone();
        self.decline(&lease);
        self.tell(Event::Failed(Reason::InUse { address: lease.address.addr(), by }));
        self.restart(AFTER_DECLINE, now);
    }

    /// Goes on with probing, or is done with it.
    pub(super) fn probe(&mut self, now: Instant) {
        let State::Probing(probe, held) = &mut self.state else { return };
        match probe.next_step(self.entropy.as_mut()) {
            ProbeStep::Ask(question, wait) => {
                self.timers.set(ClientTimer::Probe, now + wait);
                self.outputs.push_back(Output::Transmit(Transmit::Arp(question)));
            }
            ProbeStep::Free => {
                let held = held.clone();
                self.bind(held, now);
            }
        }
    }

    fn answer(&mut self, reply: &Reply, from: Mac, now: Instant) {
        match (&self.state, reply.kind) {
            (State::Selecting(_), ReplyKind::Offer) => {
                if let Some(offer) = self.judge(reply, from) {
                    self.request(offer, now);
                }
            }
            (State::Requesting(exchange, offer), ReplyKind::Ack) => {
                let (since, asked) = (exchange.since, (offer.address.addr(), offer.server));
                let Some(lease) = self.judge(reply, from) else { return };
                if asked != (lease.address.addr(), lease.server) {
                    return self.complain(reply, "it acknowledges what we did not ask for");
                }
                self.acknowledged(Held { lease, since }, now);
            }
            (
                State::Rebooting(exchange) | State::Renewing(exchange) | State::Rebinding(exchange),
                ReplyKind::Ack,
            ) => {
                let (since, asked) = (exchange.since, self.held.as_ref().map(Held::address));
                let Some(lease) = self.judge(reply, from) else { return };
                if asked != Some(lease.address.addr()) {
                    return self.complain(reply, "it acknowledges what we did not ask for");
                }
                self.acknowledged(Held { lease, since }, now);
            }
            (State::Requesting(_, offer), ReplyKind::Nak) => {
                if reply.server == Some(offer.server) {
                    self.tell(Event::Failed(refused(reply)));
                    self.restart(Duration::ZERO, now);
                }
            }
            (State::Rebooting(_) | State::Renewing(_) | State::Rebinding(_), ReplyKind::Nak) => {
                self.lose(refused(reply));
                self.restart(Duration::ZERO, now);
            }
            // Late answers to an earlier question of the same exchange, and other servers' offers.
            _ => self.counters.foreign += 1,
        }
    }

    /// A server says that the lease is ours.
    fn acknowledged(&mut self, held: Held, now: Instant) {
        if held.is_over(now) {
            return; // The answer took longer than the lease lasts.
        }
        if self.held.as_ref().map(Held::address) == Some(held.address()) {
            return self.bind(held, now); // It is in use already, by us.
        }
        let probe = ArpProbe::new(self.config.mac, held.address());
        self.enter(State::Probing(probe, held));
        self.probe(now);
    }

    fn bind(&mut self, held: Held, now: Instant) {
        self.enter(State::Bound);
        self.timers.stop_all();
        if let Some(times) = held.lease.times {
            // A little early, by a random share: clients that started together drift apart.
            let early = self.entropy.below(times.renew / 32);
            self.timers.set(ClientTimer::Renew, held.since + times.renew - early);
            self.timers.set(ClientTimer::Rebind, held.since + times.rebind);
            self.timers.set(ClientTimer::Expire, held.since + times.expire);
        }
        self.restart.reset();
        let age = now.saturating_duration_since(held.since);
        self.tell(Event::Bound { lease: held.lease.clone(), age });
        self.held = Some(held);
    }

    fn judge(&mut self, reply: &Reply, from: Mac) -> Option<Lease> {
        match Lease::judge(reply, from) {
            Ok(lease) => Some(lease),
            Err(problem) => {
                self.complain(reply, problem);
                None
            }
        }
    }

    fn complain(&mut self, reply: &Reply, problem: &str) {
        self.counters.misbehaved += 1;
        let server = reply.server.unwrap_or(Ipv4Addr::UNSPECIFIED);
        self.complaint = Some(Reason::Misbehaved { server, problem: problem.to_owned() });
    }
}

impl State {
    /// The exchange that awaits an answer.
    pub(super) fn exchange(&self) -> Option<&Exchange> {
        match self {
            Self::Selecting(exchange)
            | Self::Requesting(exchange, _)
            | Self::Rebooting(exchange)
            | Self::Renewing(exchange)
            | Self::Rebinding(exchange) => Some(exchange),
            Self::Stopped | Self::Init | Self::Probing(..) | Self::Bound => None,
        }
    }
}

fn refused(reply: &Reply) -> Reason {
    let server = reply.server.unwrap_or(Ipv4Addr::UNSPECIFIED);
    Reason::Refused { server, message: reply.message.clone() }
}
