//! Whether the peer lives: Echo-Request and Echo-Reply (RFC 1661 section 5.8).

use std::time::Instant;

use super::config::EchoConfig;
use super::{Layer, Ppp, Reason};
use crate::net::wire::ppp::control::{Code, Packet};

/// The questions that are open.
pub(super) struct Echo {
    config: Option<EchoConfig>,
    deadline: Option<Instant>,
    /// Questions in a row that nobody answered.
    unanswered: u32,
    /// The identifier of the last question.
    asked: Option<u8>,
}

impl Echo {
    pub(super) fn new(config: Option<EchoConfig>) -> Self {
        Self { config, deadline: None, unanswered: 0, asked: None }
    }

    pub(super) fn begin(&mut self, now: Instant) {
        self.unanswered = 0;
        self.asked = None;
        self.deadline = self.config.map(|config| now + config.interval);
    }

    pub(super) fn stop(&mut self) {
        self.deadline = None;
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}

impl Ppp {
    /// It is time for a question, or for the end.
    pub(super) fn ask_echo(&mut self, now: Instant) {
        let Some(config) = self.echo.config else { return self.echo.stop() };
        if self.echo.unanswered >= config.count {
            self.echo.stop();
            return self.close(Layer::Lcp, Reason::EchoLost, now);
        }
        self.echo.deadline = Some(now + config.retry_interval);
        self.echo.unanswered += 1;
        let magic = self.lcp.negotiator.magic();
        self.echo.asked = Some(self.lcp.send(Code::EchoRequest, &magic.to_be_bytes()));
    }

    /// Answers a question, unless it is our own.
    pub(super) fn answer_echo(&mut self, packet: &Packet<'_>, now: Instant) {
        let Some((magic, data)) = packet.data().split_first_chunk::<4>() else {
            self.counters.malformed += 1;
            return;
        };
        if !self.lcp.is_opened() {
            self.counters.untimely += 1;
            return;
        }
        if self.is_our_magic(*magic) {
            return self.close(Layer::Lcp, Reason::Loop, now);
        }
        let reply = [&self.lcp.negotiator.magic().to_be_bytes()[..], data].concat();
        self.lcp.echo(packet, reply, now);
    }

    pub(super) fn receive_echo_reply(&mut self, packet: &Packet<'_>, now: Instant) {
        // The number in it does not count. Some peers send ours back, and that is no loop: a loop
        // repeats our questions, too.
        if self.echo.asked == Some(packet.identifier()) && self.lcp.is_opened() {
            self.echo.begin(now);
        } else {
            self.counters.untimely += 1;
        }
    }

    fn is_our_magic(&self, magic: [u8; 4]) -> bool {
        let ours = self.lcp.negotiator.magic();
        ours != 0 && magic == ours.to_be_bytes()
    }
}
