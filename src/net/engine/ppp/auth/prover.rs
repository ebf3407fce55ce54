//! We prove ourselves.

use std::time::Instant;

use super::super::super::Entropy;
use super::super::config::{AuthenticationConfig, Credentials, Method, Retry};
use super::super::reason::Reason;
use super::Step;
use super::proof::Challenge;
use crate::net::crypto::equal;
use crate::net::wire::ppp::{Protocol, chap, pap};
use crate::net::wire::{Malformed, printable};

/// Our side of PAP, or the peer's side of CHAP.
pub(in super::super) struct Prover {
    method: Method,
    own: Credentials,
    retry: Retry,
    /// When the password is sent again, or the wait for a challenge is over.
    pub(in super::super) deadline: Option<Instant>,
    tries: u32,
    identifier: u8,
    answered: Option<Answered>,
    is_done: bool,
}

/// A response under way.
struct Answered {
    /// The challenge it is for.
    identifier: u8,
    /// What a genuine peer says to it.
    counter_proof: Option<String>,
    /// The packet, to send it again: the answer may be lost (RFC 1994 section 4.1).
    packet: Vec<u8>,
}

impl Prover {
    /// Begins, with a password or by waiting for a challenge.
    pub(in super::super) fn begin(
        method: Method,
        own: Credentials,
        config: &AuthenticationConfig,
        now: Instant,
    ) -> (Self, Vec<Step>) {
        let retry = if method == Method::Pap { config.pap } else { config.chap };
        let (identifier, answered) = (0, None);
        let mut this =
            Self { method, own, retry, deadline: None, tries: 0, identifier, answered, is_done: false };
        let steps = match method {
            Method::Pap => this.timeout(now),
            Method::Chap | Method::MsChapV1 | Method::MsChapV2 => {
                this.deadline = Some(now + config.timeout);
                Vec::new()
            }
        };
        (this, steps)
    }

    pub(in super::super) fn is_done(&self) -> bool {
        self.is_done
    }

    /// The deadline has passed.
    pub(in super::super) fn timeout(&mut self, now: Instant) -> Vec<Step> {
        self.deadline = None;
        let is_waiting = self.method != Method::Pap && self.answered.is_none();
        if is_waiting || self.tries >= self.retry.tries {
            return vec![Step::Failed(Reason::NoAnswer)];
        }
        self.tries += 1;
        self.deadline = Some(now + self.retry.restart);
        if let Some(answered) = &self.answered {
            return vec![Step::Send(Protocol::Chap, answered.packet.clone())];
        }
        self.identifier = self.identifier.wrapping_add(1);
        let (name, password) = (self.own.name.as_bytes(), self.own.secret.expose().as_bytes());
        let request = pap::Packet::Request { name, password };
        vec![Step::Send(Protocol::Pap, request.emit(self.identifier))]
    }

    /// Takes a packet of PAP that is no request.
    pub(in super::super) fn receive_pap(&mut self, packet: pap::Packet<'_>, identifier: u8) -> Vec<Step> {
        // Any of our requests may have been answered: they were all the same.
        if self.method != Method::Pap || self.is_done || identifier == 0 || identifier > self.identifier {
            return Vec::new();
        }
        match packet {
            pap::Packet::Request { .. } => Vec::new(),
            pap::Packet::Ack { .. } => self.done(),
            pap::Packet::Nak { message } => {
                self.deadline = None;
                vec![Step::Failed(Reason::Refused { message: printable(message) })]
            }
        }
    }

    /// Takes a packet of CHAP that is no response. `reflected` is our own challenge, if we asked too.
    pub(in super::super) fn receive_chap(
        &mut self,
        packet: chap::Packet<'_>,
        identifier: u8,
        reflected: Option<&[u8]>,
        now: Instant,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<Step>, Malformed> {
        match packet {
            _ if self.method == Method::Pap => Ok(Vec::new()),
            chap::Packet::Challenge { value, .. } if reflected == Some(value) => {
                let problem = "challenge is our own, reflected";
                Err(Malformed { layer: "chap", offset: 5, problem })
            }
            chap::Packet::Challenge { value, .. } => self.respond(value, identifier, now, entropy),
            chap::Packet::Response { .. } => Ok(Vec::new()),
            chap::Packet::Success { message } => Ok(self.succeed(message, identifier)),
            chap::Packet::Failure { message } => Ok(self.fail(message, identifier)),
        }
    }

    fn respond(
        &mut self,
        value: &[u8],
        identifier: u8,
        now: Instant,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<Step>, Malformed> {
        let challenge = Challenge { method: self.method, identifier, value: value.to_owned() };
        let (name, password) = (&self.own.name, self.own.secret.expose());
        let Some(proof) = challenge.prove(name, password, entropy) else {
            let problem = "challenge has not the length that the algorithm asks for";
            return Err(Malformed { layer: "chap", offset: 4, problem });
        };
        let response = chap::Packet::Response { value: &proof.response, name: name.as_bytes() };
        let packet = response.emit(identifier);
        let step = Step::Send(Protocol::Chap, packet.clone());
        self.answered = Some(Answered { identifier, counter_proof: proof.counter_proof, packet });
        if !self.is_done {
            self.deadline = Some(now + self.retry.restart);
        }
        Ok(vec![step])
    }

    fn succeed(&mut self, message: &[u8], identifier: u8) -> Vec<Step> {
        let Some(answered) = self.answered.as_ref().filter(|answered| answered.identifier == identifier)
        else {
            return Vec::new();
        };
        let is_genuine = answered
            .counter_proof
            .as_ref()
            .is_none_or(|proof| message.get(..proof.len()).is_some_and(|said| equal(said, proof.as_bytes())));
        match (is_genuine, self.is_done) {
            (true, true) => Vec::new(),
            (true, false) => self.done(),
            (false, _) => {
                self.deadline = None;
                vec![Step::Failed(Reason::PeerNotGenuine)]
            }
        }
    }

    fn fail(&mut self, message: &[u8], identifier: u8) -> Vec<Step> {
        if self.answered.as_ref().is_none_or(|answered| answered.identifier != identifier) {
            return Vec::new();
        }
        self.deadline = None;
        vec![Step::Failed(Reason::Refused { message: printable(message) })]
    }

    fn done(&mut self) -> Vec<Step> {
        self.deadline = None;
        self.is_done = true;
        vec![Step::Done(None)]
    }
}
