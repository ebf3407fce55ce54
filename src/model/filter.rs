//! Packet filters: what an interface lets in and out.
//!
//! IX applies named access lists in sequence order, RTX a list of numbered filters; both come
//! down to one ordered list of rules for a direction. The first rule that matches decides; a
//! packet that none matches is dropped. A direction without a list passes everything. IPv4 and
//! IPv6 have filters of their own, of the same shape.
//!
//! A filter may also *follow* sessions: once the first packet of one has passed, the packets of
//! that session pass the interface both ways, whatever the rules say. An IX follows what certain
//! of its lists permit ([`Action::Follow`]), an RTX looks at what its rules passed
//! ([`Filter::followed`]). A plain rule that passes a packet opens no way back.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::IpNet;

use crate::types::Sourced;

/// The filters of one interface for one IP version: they never judge a packet of the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Judges packets that the interface receives, after address translation. `None`: no list.
    pub inbound: Option<Filter>,
    /// Judges packets that leave through the interface, before address translation.
    pub outbound: Option<Filter>,
}

/// The filter of one direction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// In the order in which they are asked.
    pub rules: Vec<Sourced<Rule>>,
    /// What is followed of that which a rule passes, in the order in which they are asked (RTX
    /// `ip filter dynamic`).
    pub followed: Vec<Sourced<Followed>>,
}

impl From<Vec<Sourced<Rule>>> for Filter {
    /// A filter that follows no sessions but those of rules.
    fn from(rules: Vec<Sourced<Rule>>) -> Self {
        Self { rules, followed: Vec::new() }
    }
}

/// One line of a filter. What no rule matches is dropped and logged, so a rule that drops all the
/// rest and does not log it stands for an IX's `suppress-logging`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What happens to a packet that matches.
    pub action: Action,
    /// Whether a match is written to the log.
    pub log: bool,
    /// The packets that match.
    pub packets: Packets,
}

impl Rule {
    /// Drops everything, without a word in the log.
    pub fn drop_rest_quietly() -> Self {
        Self { action: Action::Drop, log: false, packets: Packets::default() }
    }

    /// Whether nothing gets past it.
    pub fn is_last(&self) -> bool {
        self.packets == Packets::default()
    }
}

/// Packets of one kind. All parts must match; an empty list of alternatives matches anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packets {
    /// IP protocol numbers, any of them.
    pub protocols: Vec<u8>,
    /// Where the packet comes from, any of them.
    pub source: Vec<AddressRange>,
    /// Where the packet goes, any of them.
    pub destination: Vec<AddressRange>,
    /// TCP or UDP source ports; for ICMP and ICMPv6 the type.
    pub source_ports: Vec<RangeInclusive<u16>>,
    /// TCP or UDP destination ports; for ICMP and ICMPv6 the code.
    pub destination_ports: Vec<RangeInclusive<u16>>,
    /// Flags of the TCP header, all of them.
    pub flags: Vec<TcpFlags>,
    /// Differentiated services code points (0 to 63), any of them.
    pub code_points: Vec<RangeInclusive<u16>>,
    /// Which parts of larger packets. `None`: it does not matter.
    pub fragments: Option<Fragments>,
}

/// Parts of larger packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fragments {
    /// All but the first, which alone has ports.
    Later,
}

/// What a filter does with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It goes on.
    Pass,
    /// It goes on while the interface is connected, and is dropped while it is not (RTX
    /// `restrict`).
    PassConnected {
        /// Whether a drop is written to the log.
        log_drop: bool,
    },
    /// It goes on, and its session is followed (IX `ip access-list dynamic`).
    Follow {
        /// The application whose further connections belong to the session.
        application: Option<Application>,
    },
    /// It is dropped without an answer, as both appliances do.
    Drop,
}

/// Sessions that a filter follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The packets that begin one.
    pub first: Packets,
    /// Whether each one is written to the log.
    pub log: bool,
    /// The application whose further connections belong to the session.
    pub application: Option<Application>,
}

impl Followed {
    /// The rule that also lets the packets through.
    pub fn into_rule(self) -> Rule {
        let Self { first, log, application } = self;
        Rule { action: Action::Follow { application }, log, packets: first }
    }
}

/// Applications that open further connections: what their sessions say of them is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Application {
    /// File transfer (RFC 959).
    Ftp,
    /// Trivial file transfer (RFC 1350).
    Tftp,
    /// Session initiation (RFC 3261), over UDP.
    Sip,
    /// Point-to-point tunnelling (RFC 2637).
    Pptp,
    /// H.323, by its call signalling (H.225.0): NetMeeting.
    H323,
}

/// What the flags of a TCP header must be: those of `mask` are `value`, or anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpFlags {
    /// The flags that are looked at, as the header has them (FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32).
    pub mask: u16,
    /// What they are.
    pub value: u16,
    /// Anything but `value` matches.
    pub differ: bool,
}

/// A network, or a range of addresses from first to last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressRange {
    /// A prefix; a single address is a prefix of full length.
    Network(IpNet),
    /// `first-last`, both of one family.
    Range(IpAddr, IpAddr),
}
