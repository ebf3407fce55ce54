//! Address translation: whose addresses and ports an interface changes, and into what.
//!
//! What leaves by the interface gets an outside address as its source; what arrives for an outside
//! address goes to an inside host where a session, a pair or a forward says so. Translation by
//! port also shields the router: what arrives and has no answer here is not let in.

use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use ipnet::Ipv4Net;

use crate::types::Sourced;

/// The address translation of one interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nat {
    /// In the order in which they are asked: the first that has an answer translates.
    pub translations: Vec<Sourced<Translation>>,
}

/// One translation (IX `ip napt enable` or `ip nat enable`, RTX a NAT descriptor).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// What happens to addresses that no pair names.
    pub method: Method,
    /// Which packets from inside are translated. `None`: all.
    pub inside: Option<Vec<Inside>>,
    /// The addresses that they get.
    pub outside: Outside,
    /// Inside hosts with an outside address of their own.
    pub pairs: Vec<Sourced<Pair>>,
    /// What is let in, and to whom, the narrower before the wider.
    pub forwards: Vec<Sourced<Forward>>,
    /// What becomes of packets from outside that nothing is for.
    pub unmatched: Unmatched,
    /// Whether inside hosts reach each other by outside addresses.
    pub hairpin: bool,
    /// The ports that translation uses outside, one of them for each flow. None: Linux chooses.
    pub ports: Vec<RangeInclusive<u16>>,
    /// Flows that keep their port although `ports` has others.
    pub kept: Vec<Kept>,
    /// How long a silent flow is kept.
    pub timeouts: Timeouts,
    /// How many flows there may be.
    pub limits: Limits,
}

/// What a translation does with inside addresses that no pair names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Nothing but the pairs, and an address of the pool for each where there is a pool.
    Addresses,
    /// They share an address, by port.
    Ports,
}

/// A rule about packets from inside; the first that matches decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inside {
    /// Whether they are translated.
    pub translated: bool,
    /// Where they come from, any of these; empty: from anywhere.
    pub source: Vec<Ipv4Net>,
    /// Where they go, any of these; empty: anywhere.
    pub destination: Vec<Ipv4Net>,
}

/// The outside addresses of a translation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outside {
    /// Whatever address the interface has (IX; RTX `primary`, or `ipcp` on a pp).
    Interface,
    /// The first secondary address of the interface (RTX `secondary`).
    Secondary,
    /// These, first to last. By port, only the first is used.
    Pool(Vec<(Ipv4Addr, Ipv4Addr)>),
    /// None: only pairs and forwards translate.
    Nothing,
}

/// Outside addresses that belong to inside hosts, one by one in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The first outside address.
    pub outside: Ipv4Addr,
    /// The first inside address.
    pub inside: Ipv4Addr,
    /// How many in a row, at least 1.
    pub count: u32,
}

/// Packets from outside that are let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The outside address they are for. `None`: that of the translation.
    pub outside: Option<Ipv4Addr>,
    /// Which packets.
    pub traffic: Traffic,
    /// To whom.
    pub target: Target,
}

/// Which packets a forward is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// Those for some ports of TCP (6) or UDP (17).
    Ports {
        /// 6 or 17.
        protocol: u8,
        /// The first port outside.
        first: u16,
        /// The last port outside.
        last: u16,
        /// The port inside that the first becomes; the others follow in a row.
        inside: u16,
    },
    /// All those of an IP protocol.
    Protocol(u8),
}

/// Who gets what is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The router itself.
    Router,
    /// An inside host.
    Host(Ipv4Addr),
}

/// What becomes of packets from outside that no session, pair or forward is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmatched {
    /// Dropped; TCP to ports below 1024 is told so by a reset (RTX by itself).
    Reject,
    /// Dropped without an answer (IX; RTX `discard`).
    Discard,
    /// Let through as it is; TCP to ports below 1024 is dropped and told so by a reset.
    Through,
    /// Sent to this host.
    Forward(Ipv4Addr),
}

/// Flows that keep their port while it is free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// All.
    All,
    /// Those from these ports.
    From {
        /// 6 or 17.
        protocol: u8,
        /// The inside host's ports.
        ports: RangeInclusive<u16>,
    },
    /// Those to this port of TCP.
    To(u16),
}

/// How long a silent flow is kept, in seconds. `None`: as long as Linux does by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// An open TCP connection.
    pub tcp: Option<u32>,
    /// One that begins.
    pub tcp_opening: Option<u32>,
    /// One that one side has ended.
    pub tcp_closing: Option<u32>,
    /// One that both sides have ended; `None`: as one that one side has ended.
    pub tcp_closed: Option<u32>,
    /// UDP.
    pub udp: Option<u32>,
    /// TCP and UDP to certain ports, narrower ranges later.
    pub ports: Vec<PortTimeout>,
    /// ICMP. Linux has one such time for all interfaces.
    pub icmp: Option<Sourced<u32>>,
    /// GRE, likewise.
    pub gre: Option<Sourced<u32>>,
    /// Protocols that are not named, likewise.
    pub other: Option<Sourced<u32>>,
}

/// How long a silent flow to some ports is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortTimeout {
    /// 6 or 17.
    pub protocol: u8,
    /// The port that the flow goes to, any of these.
    pub ports: RangeInclusive<u16>,
    /// Seconds.
    pub seconds: u32,
}

/// How many flows there may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Of all inside hosts together.
    pub total: Option<u32>,
    /// Of each inside host.
    pub per_host: Option<u32>,
}

impl Pair {
    /// Whether the addresses of `next` come right behind these.
    fn goes_on_with(&self, next: &Self) -> bool {
        let follows = |first: Ipv4Addr, next: Ipv4Addr| {
            u32::from(first).checked_add(self.count).is_some_and(|after| after == u32::from(next))
        };
        follows(self.outside, next.outside) && follows(self.inside, next.inside)
    }
}

impl Timeouts {
    /// Puts those of ports into their order.
    pub fn sort(&mut self) {
        let width = |timeout: &PortTimeout| timeout.ports.end().saturating_sub(*timeout.ports.start());
        self.ports.sort_by_key(|it| (std::cmp::Reverse(width(it)), it.protocol, *it.ports.start()));
    }
}

impl Translation {
    /// One by port with nothing but its outside address.
    pub fn masquerade(outside: Outside) -> Self {
        Self { method: Method::Ports, outside, ..Self::pairs_only() }
    }

    /// One that translates nothing yet: a place for pairs.
    pub fn pairs_only() -> Self {
        Self {
            method: Method::Addresses,
            inside: None,
            outside: Outside::Nothing,
            pairs: Vec::new(),
            forwards: Vec::new(),
            unmatched: Unmatched::Discard,
            hairpin: false,
            ports: Vec::new(),
            kept: Vec::new(),
            timeouts: Timeouts::default(),
            limits: Limits::default(),
        }
    }

    /// Gives everything its one form: pairs that go on in a row are one, and the order of lines
    /// does not count.
    pub fn normalise(&mut self) {
        self.pairs.sort_by_key(|pair| (pair.outside, pair.inside));
        let pairs = std::mem::take(&mut self.pairs);
        for pair in pairs {
            match self.pairs.last_mut() {
                Some(last) if last.value.goes_on_with(&pair) => last.value.count += pair.count,
                _ => self.pairs.push(pair),
            }
        }
        self.kept.sort_by_key(|kept| match kept {
            Kept::All => (0, 0, 0),
            Kept::From { protocol, ports } => (*protocol, *ports.start(), *ports.end()),
            Kept::To(port) => (u8::MAX, *port, *port),
        });
        self.kept.dedup();
        self.forwards.sort_by_key(|forward| match forward.traffic {
            Traffic::Ports { protocol, first, last, .. } => {
                (last.saturating_sub(first), protocol, first, forward.outside)
            }
            Traffic::Protocol(protocol) => (u16::MAX, protocol, u16::MAX, forward.outside),
        });
    }
}
