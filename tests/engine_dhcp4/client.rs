//! The client's end: the engine, and what it told its owner.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use tsuji::net::engine::dhcp4::{Client, Command, Config, Event, Input, Phase, Previous, Reason, Transmit};
use tsuji::net::engine::{Engine, Output};
use tsuji::net::wire::arp;
use tsuji::types::Mac;

use crate::pair::End;
use crate::seed::Seed;

/// The client's hardware address.
pub const CLIENT_MAC: Mac = Mac([2, 0, 0, 0, 0, 1]);

/// What travels on the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    /// A DHCP message, from one station to one or all.
    Dhcp { from: Mac, to: Mac, message: Vec<u8> },
    /// An ARP packet for everyone.
    Arp(arp::Packet),
    /// The cable is in again.
    Carrier,
}

/// The engine, and what came out of it.
pub struct ClientEnd {
    pub client: Client,
    /// Every event but those of phases, with the time.
    pub events: Vec<(Instant, Event)>,
    /// Every phase entered.
    pub phases: Vec<Phase>,
    /// When DHCP messages left.
    pub sent: Vec<Instant>,
}

impl ClientEnd {
    /// A client that starts at the first call of `command`.
    pub fn new(seed: u64) -> Self {
        let config = Config { mac: CLIENT_MAC, hostname: Some("router".to_owned()) };
        let client = Client::new(config, Box::new(Seed(seed)));
        Self { client, events: Vec::new(), phases: Vec::new(), sent: Vec::new() }
    }

    /// Asks for a lease.
    pub fn start(&mut self, previous: Option<Previous>, now: Instant) {
        self.client.handle_command(Command::Start { previous }, now);
    }

    /// Says goodbye.
    pub fn stop(&mut self, now: Instant) {
        self.client.handle_command(Command::Stop, now);
    }

    /// The reasons told so far, losses and failures.
    pub fn reasons(&self) -> Vec<&Reason> {
        let mut reasons = Vec::new();
        for (_, event) in &self.events {
            if let Event::Lost(reason) | Event::Failed(reason) = event {
                reasons.push(reason);
            }
        }
        reasons
    }

    /// How often it was told to use a lease.
    pub fn times_bound(&self) -> usize {
        self.events.iter().filter(|(_, event)| matches!(event, Event::Bound { .. })).count()
    }

    /// The pauses between messages, in seconds.
    pub fn pauses(&self) -> Vec<f64> {
        let pause = |pair: &[Instant]| pair[1].duration_since(pair[0]).as_secs_f64();
        self.sent.windows(2).map(pause).collect()
    }

    /// The lease and its age, as the next client of the link would get them.
    pub fn previous(&self, age: Duration) -> Previous {
        Previous { lease: self.client.lease().unwrap().clone(), age }
    }
}

impl End for ClientEnd {
    type Packet = Packet;

    fn receive(&mut self, packet: &Packet, now: Instant) {
        let input = match packet {
            Packet::Dhcp { to, .. } if ![CLIENT_MAC, Mac::BROADCAST].contains(to) => return,
            Packet::Dhcp { from, message, .. } => {
                Input::Dhcp { from: *from, message: Cow::Borrowed(message) }
            }
            Packet::Arp(packet) => Input::Arp(*packet),
            Packet::Carrier => Input::Carrier,
        };
        self.client.handle_input(input, now);
    }

    fn timeout(&mut self, now: Instant) {
        self.client.handle_timeout(now);
    }

    fn next_packet(&mut self, now: Instant) -> Option<Packet> {
        loop {
            match self.client.poll_output()? {
                Output::Event(Event::Phase(phase)) => self.phases.push(phase),
                Output::Event(event) => self.events.push((now, event)),
                Output::Transmit(Transmit::Arp(packet)) => return Some(Packet::Arp(packet)),
                Output::Transmit(Transmit::Dhcp { to, message, .. }) => {
                    self.sent.push(now);
                    return Some(Packet::Dhcp { from: CLIENT_MAC, to, message });
                }
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.client.poll_timeout().map(|(at, _)| at)
    }
}
