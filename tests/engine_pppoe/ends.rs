//! Both ends: the engines, and what they told their owners.

use std::borrow::Cow;
use std::time::Instant;

use tsuji::net::engine::pppoe::{
    Client, ClientConfig, ClientEvent, Command, Concentrator, ConcentratorConfig, ConcentratorEvent, Frame,
    Input, Reason, Stage,
};
use tsuji::net::engine::{Engine, Output};
use tsuji::net::wire::ppp::Protocol;
use tsuji::types::Mac;

use crate::pair::End;
use crate::seed::Seed;
use crate::{CLIENT, CONCENTRATOR};

/// What travels on the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Travelling {
    pub from: Mac,
    pub frame: Frame,
}

pub struct ClientEnd {
    pub client: Client,
    pub events: Vec<ClientEvent>,
    pub sent: Vec<(Instant, Frame)>,
}

impl ClientEnd {
    pub fn new(config: ClientConfig, seed: u64) -> Self {
        let client = Client::new(config, Box::new(Seed(seed)), Box::new(Seed(seed ^ 0xffff)));
        Self { client, events: Vec::new(), sent: Vec::new() }
    }

    pub fn start(&mut self, previous: Option<(Mac, u16)>, now: Instant) {
        self.client.handle_command(Command::Start { previous }, now);
    }

    pub fn stop(&mut self, now: Instant) {
        self.client.handle_command(Command::Stop, now);
    }

    pub fn is_up(&self) -> bool {
        self.client.ppp().carries(Protocol::Ipv4)
    }

    /// The reasons told so far.
    pub fn failures(&self) -> Vec<&Reason> {
        let mut failures = Vec::new();
        for event in &self.events {
            if let ClientEvent::Failed(reason) = event {
                failures.push(reason);
            }
        }
        failures
    }
}

impl End for ClientEnd {
    type Packet = Travelling;

    fn receive(&mut self, packet: &Travelling, now: Instant) {
        if [CLIENT, Mac::BROADCAST].contains(&packet.frame.to) {
            self.client.handle_input(input(packet), now);
        }
    }

    fn timeout(&mut self, now: Instant) {
        self.client.handle_timeout(now);
    }

    fn next_packet(&mut self, now: Instant) -> Option<Travelling> {
        loop {
            match self.client.poll_output()? {
                Output::Event(event) => self.events.push(event),
                Output::Transmit(frame) => {
                    self.sent.push((now, frame.clone()));
                    return Some(Travelling { from: CLIENT, frame });
                }
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.client.poll_timeout().map(|(at, _)| at)
    }
}

pub struct ConcentratorEnd {
    pub concentrator: Concentrator,
    pub config: ConcentratorConfig,
    pub events: Vec<ConcentratorEvent>,
    /// It hears nothing and says nothing.
    pub is_silent: bool,
    seed: u64,
}

impl ConcentratorEnd {
    pub fn new(config: ConcentratorConfig, seed: u64) -> Self {
        let concentrator = Self::engine(&config, seed);
        Self { concentrator, config, events: Vec::new(), is_silent: false, seed }
    }

    /// It crashes, and comes back without a memory.
    pub fn crash(&mut self) {
        self.seed = self.seed.wrapping_add(1);
        self.concentrator = Self::engine(&self.config, self.seed);
    }

    fn engine(config: &ConcentratorConfig, seed: u64) -> Concentrator {
        let mut next = seed;
        let new_entropy = Box::new(move || {
            next = next.wrapping_add(1);
            Box::new(Seed(next)) as Box<_>
        });
        Concentrator::new(config.clone(), Box::new(Seed(seed)), new_entropy)
    }
}

impl End for ConcentratorEnd {
    type Packet = Travelling;

    fn receive(&mut self, packet: &Travelling, now: Instant) {
        if !self.is_silent && [CONCENTRATOR, Mac::BROADCAST].contains(&packet.frame.to) {
            self.concentrator.handle_input(input(packet), now);
        }
    }

    fn timeout(&mut self, now: Instant) {
        self.concentrator.handle_timeout(now);
    }

    fn next_packet(&mut self, _now: Instant) -> Option<Travelling> {
        loop {
            match self.concentrator.poll_output()? {
                Output::Event(event) => self.events.push(event),
                Output::Transmit(_) if self.is_silent => {}
                Output::Transmit(frame) => return Some(Travelling { from: CONCENTRATOR, frame }),
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.concentrator.poll_timeout().map(|(at, _)| at)
    }
}

fn input(packet: &Travelling) -> Input<'_> {
    let Frame { stage, packet: bytes, .. } = &packet.frame;
    Input { from: packet.from, stage: *stage, packet: Cow::Borrowed(bytes) }
}

/// A frame for the client.
pub fn to_client(from: Mac, stage: Stage, packet: Vec<u8>) -> Travelling {
    Travelling { from, frame: Frame { to: CLIENT, stage, packet } }
}
