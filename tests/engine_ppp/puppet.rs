//! A peer whose packets the test writes itself.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use tsuji::net::engine::Engine;
use tsuji::net::engine::ppp::{Config, Event, Input};
use tsuji::net::wire::ppp::control::{self, Code, ConfigurationOption};
use tsuji::net::wire::ppp::{Frame, Framing, Protocol};

use crate::end::PppEnd;
use crate::pair::End;

/// An engine, and the packets that it sent and nobody looked at yet.
pub struct Puppet {
    pub end: PppEnd,
    pub now: Instant,
    heard: Vec<Heard>,
}

/// A packet of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub protocol: Protocol,
    pub code: u8,
    pub identifier: u8,
    pub data: Vec<u8>,
}

impl Puppet {
    /// The engine was just opened.
    pub fn new(config: Config) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a virtual clock starts somewhere")]
        let now = Instant::now();
        let mut this = Self { end: PppEnd::new(config, 7), now, heard: Vec::new() };
        this.end.open(now);
        this.drain();
        this
    }

    /// Closes the link without an answer from us, and opens it again.
    pub fn reopen(&mut self) {
        self.end.close(self.now);
        self.wait(Duration::from_secs(10));
        self.end.open(self.now);
        self.drain();
    }

    /// Any bytes.
    pub fn raw(&mut self, packet: &[u8]) {
        self.end.ppp.handle_input(Input { packet: Cow::Borrowed(packet) }, self.now);
        self.drain();
    }

    /// A packet of the common form.
    pub fn say(&mut self, protocol: Protocol, code: impl Into<u8>, identifier: u8, data: &[u8]) {
        let mut packet = Vec::new();
        Framing::default().emit(protocol, &mut packet);
        packet.extend_from_slice(&control::emit(code.into(), identifier, data));
        self.raw(&packet);
    }

    /// A packet with options.
    pub fn propose<O: ConfigurationOption>(&mut self, protocol: Protocol, code: Code, id: u8, options: &[O]) {
        self.say(protocol, code, id, &control::emit_options(options));
    }

    /// Lets the time pass, deadline by deadline.
    pub fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.end.deadline().filter(|at| *at <= end) {
            assert!(at >= self.now, "a deadline lies in the past");
            self.now = at;
            self.end.timeout(at);
            assert!(self.end.deadline().is_none_or(|next| next > at), "it would spin");
            self.drain();
        }
        self.now = end;
    }

    /// The packets of a protocol since the last call; those of others are forgotten.
    pub fn take(&mut self, protocol: Protocol) -> Vec<Heard> {
        let heard = std::mem::take(&mut self.heard);
        heard.into_iter().filter(|packet| packet.protocol == protocol).collect()
    }

    /// The last packet of a protocol with this code.
    pub fn last(&self, protocol: Protocol, code: impl Into<u8>) -> Option<Heard> {
        let code = code.into();
        self.heard.iter().rev().find(|heard| heard.protocol == protocol && heard.code == code).cloned()
    }

    /// Agrees to everything: both directions of a control protocol are open.
    pub fn agree<O: ConfigurationOption>(&mut self, protocol: Protocol, ours: &[O]) {
        let asked = self.last(protocol, Code::ConfigureRequest).expect("it asks");
        self.say(protocol, Code::ConfigureAck, asked.identifier, &asked.data);
        self.propose(protocol, Code::ConfigureRequest, 1, ours);
        assert!(self.last(protocol, Code::ConfigureAck).is_some(), "it agrees: {:?}", self.heard);
    }

    pub fn events(&self) -> &[Event] {
        &self.end.events
    }

    fn drain(&mut self) {
        for count in 0.. {
            assert!(count < 64, "the queue has no end");
            let Some(packet) = self.end.next_packet(self.now) else { break };
            let frame = Frame::new_checked(&packet).unwrap();
            let inner = control::Packet::new_checked(frame.information(), "test").unwrap();
            let (code, identifier, data) = (inner.code(), inner.identifier(), inner.data().to_owned());
            self.heard.push(Heard { protocol: frame.protocol(), code, identifier, data });
        }
    }
}
