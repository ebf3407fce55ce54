//! One end of a link: the engine, and what it told its owner.

use std::borrow::Cow;
use std::time::Instant;

use tsuji::net::engine::ppp::{
    Addresses, Command, Config, Event, Input, Ipv4Link, Ipv6Link, Layer, Ppp, Reason,
};
use tsuji::net::engine::{Engine, Output};
use tsuji::net::wire::ppp::Protocol;

use crate::pair::End;
use crate::seed::Seed;

pub struct PppEnd {
    pub ppp: Ppp,
    /// Every event but those of phases.
    pub events: Vec<Event>,
    /// How many packets left.
    pub sent: usize,
}

impl PppEnd {
    pub fn new(config: Config, seed: u64) -> Self {
        Self { ppp: Ppp::new(config, Box::new(Seed(seed))), events: Vec::new(), sent: 0 }
    }

    pub fn open(&mut self, now: Instant) {
        self.ppp.handle_command(Command::Open, now);
    }

    pub fn close(&mut self, now: Instant) {
        self.ppp.handle_command(Command::Close, now);
    }

    /// Both network protocols may pass.
    pub fn is_up(&self) -> bool {
        self.ppp.carries(Protocol::Ipv4) && self.ppp.carries(Protocol::Ipv6)
    }

    /// The link is over, or each network protocol is up or was told to be down.
    pub fn is_decided(&self) -> bool {
        let was_told = |wanted: Layer| {
            self.events.iter().any(|event| matches!(event, Event::Down { layer, .. } if *layer == wanted))
        };
        self.closed().is_some()
            || (self.ppp.carries(Protocol::Ipv4) || was_told(Layer::Ipcp))
                && (self.ppp.carries(Protocol::Ipv6) || was_told(Layer::Ipv6cp))
    }

    /// What the last end of the link was told to be.
    pub fn closed(&self) -> Option<(Layer, Reason)> {
        self.events.iter().rev().find_map(|event| match event {
            Event::Closed { layer, reason } => Some((*layer, reason.clone())),
            _ => None,
        })
    }

    /// What IPCP agreed on, and the MTU.
    pub fn ipv4(&self) -> Option<(Ipv4Link, u16)> {
        self.events.iter().rev().find_map(|event| match event {
            Event::Up(network) => match &network.addresses {
                Addresses::Ipv4(link) => Some((link.clone(), network.mtu)),
                Addresses::Ipv6(_) => None,
            },
            _ => None,
        })
    }

    /// What IPV6CP agreed on.
    pub fn ipv6(&self) -> Option<Ipv6Link> {
        self.events.iter().rev().find_map(|event| match event {
            Event::Up(network) => match &network.addresses {
                Addresses::Ipv6(link) => Some(*link),
                Addresses::Ipv4(_) => None,
            },
            _ => None,
        })
    }
}

impl End for PppEnd {
    type Packet = Vec<u8>;

    fn receive(&mut self, packet: &Vec<u8>, now: Instant) {
        self.ppp.handle_input(Input { packet: Cow::Borrowed(packet) }, now);
    }

    fn timeout(&mut self, now: Instant) {
        self.ppp.handle_timeout(now);
    }

    fn next_packet(&mut self, _now: Instant) -> Option<Vec<u8>> {
        loop {
            match self.ppp.poll_output()? {
                Output::Event(Event::Phase(_)) => {}
                Output::Event(event) => self.events.push(event),
                Output::Transmit(transmit) => {
                    self.sent += 1;
                    return Some(transmit.packet);
                }
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.ppp.poll_timeout().map(|(at, _)| at)
    }
}
