//! What silence changes (RFC 2131 sections 3.1, 3.2 and 4.4.5).

use std::time::Instant;

use super::{Client, ClientTimer, Event, Reason, State};

/// A search is reported as failed once, when all five delays of RFC 2131 section 4.1 have passed.
const SELECTING_TRIES: u32 = 5;
/// A server that offered has a minute to acknowledge.
const REQUESTING_TRIES: u32 = 4;
/// Asking for the lease of before is a short cut: it must not take long.
const REBOOTING_TRIES: u32 = 2;

impl Client {
    /// A timer is due.
    pub(super) fn fire(&mut self, timer: ClientTimer, now: Instant) {
        match timer {
            ClientTimer::Start => self.discover(now),
            ClientTimer::Resend => self.ask_again(now),
            ClientTimer::Probe => self.probe(now),
            ClientTimer::Renew => self.renew(now),
            ClientTimer::Rebind => {
                // The server had its time: that it is gone is worth telling before the lease ends.
                let reason = self.silence(now);
                self.tell(Event::Failed(reason));
                self.rebind(now);
            }
            ClientTimer::Expire => self.expire(now),
        }
    }

    fn ask_again(&mut self, now: Instant) {
        match &mut self.state {
            State::Selecting(exchange) => {
                if exchange.backoff.tries() == SELECTING_TRIES {
                    let reason = self.silence(now);
                    self.tell(Event::Failed(reason));
                }
                self.ask(now);
            }
            State::Requesting(exchange, _) if exchange.backoff.tries() >= REQUESTING_TRIES => {
                let reason = self.silence(now);
                self.tell(Event::Failed(reason));
                self.discover(now);
            }
            State::Rebooting(exchange) if exchange.backoff.tries() >= REBOOTING_TRIES => self.discover(now),
            State::Requesting(..) | State::Rebooting(_) => self.ask(now),
            State::Renewing(exchange) | State::Rebinding(exchange) => {
                // A number of its own for each, so that an answer tells which question it extends.
                (exchange.xid, exchange.since) = (self.entropy.next_u32(), now);
                self.ask(now);
            }
            State::Stopped | State::Init | State::Probing(..) | State::Bound => {}
        }
    }

    /// The lease ended. An exchange for a new one goes on; one about the old lease is over.
    fn expire(&mut self, now: Instant) {
        match &self.state {
            State::Rebooting(_) | State::Bound | State::Renewing(_) | State::Rebinding(_) => {
                self.lose(Reason::Expired);
                self.discover(now);
            }
            State::Stopped
            | State::Init
            | State::Selecting(_)
            | State::Requesting(..)
            | State::Probing(..) => {
                self.held = None;
                self.tell(Event::Lost(Reason::Expired));
            }
        }
    }

    /// Why nothing came of the present exchange: nobody answered, or only in a way that is no use.
    fn silence(&mut self, now: Instant) -> Reason {
        let began = self.state.exchange().map_or(now, |exchange| exchange.began);
        let seconds = now.saturating_duration_since(began).as_secs();
        self.complaint.take().unwrap_or(Reason::NoAnswer { seconds })
    }
}
