//! A packet, as far as a walk looks at it, and the connection that it belongs to.

use std::net::IpAddr;

use crate::apply::firewall::Family;
use crate::status::{Detail, Flow, Tuple};
use crate::types::KernelName;

/// Data offset and flags of a TCP header without options: a connection is asked for, granted, used.
const SYN: u16 = 0x5002;
const SYN_ACK: u16 = 0x5012;
const ACK: u16 = 0x5010;

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The link that it arrived by; `None`: the router's own.
    pub received_by: Option<KernelName>,
    /// Of several ways of a route, the link that it takes; `None`: the heaviest.
    pub leaves_by: Option<KernelName>,
    /// Source address.
    pub source: IpAddr,
    /// Destination address, of the same family.
    pub destination: IpAddr,
    /// IP protocol number.
    pub protocol: u8,
    /// Ports, or what a control message says.
    pub detail: Detail,
    /// The 16 bits of a TCP header that hold data offset and flags.
    pub tcp_flags: u16,
    /// Differentiated services code point.
    pub dscp: u8,
    /// Whether it is a part of a larger packet, but not its first.
    pub is_fragment: bool,
    /// Its mark.
    pub mark: u32,
    /// The mark of its connection.
    pub connection_mark: u32,
    /// What the first packet of its connection was sent to, before any translation.
    pub original_destination: IpAddr,
    /// Whether the destination of its connection was translated.
    pub is_destination_translated: bool,
    /// What is known of its connection; `None` for the first packet of one.
    pub known: Option<Known>,
}

/// The connection of a packet that is not its first, or is an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Whether the packet goes back to where the connection came from.
    pub is_reply: bool,
    /// What its source becomes: address, and port or identifier.
    pub source: Place,
    /// What its destination becomes.
    pub destination: Place,
}

/// An address and a port, or the identifier of an echo; without one, it stays as it is.
pub type Place = (IpAddr, Option<u16>);

impl Packet {
    /// The first packet of a connection between the hosts of a tuple.
    pub fn first(received_by: Option<KernelName>, protocol: u8, tuple: Tuple) -> Self {
        let Tuple { source, destination, detail } = tuple;
        Self {
            received_by,
            leaves_by: None,
            source,
            destination,
            protocol,
            detail,
            tcp_flags: SYN,
            dscp: 0,
            is_fragment: false,
            mark: 0,
            connection_mark: 0,
            original_destination: destination,
            is_destination_translated: false,
            known: None,
        }
    }

    /// A packet of a flow that the kernel knows, of the side that began it or of the other one.
    pub fn of_flow(received_by: Option<KernelName>, flow: &Flow, is_reply: bool) -> Self {
        let (says, other) = if is_reply { (flow.reply, flow.original) } else { (flow.original, flow.reply) };
        let known = Known {
            is_reply,
            source: (other.destination, other.destination_port()),
            destination: (other.source, other.source_port()),
        };
        Self {
            connection_mark: flow.mark,
            original_destination: flow.original.destination,
            is_destination_translated: flow.is_destination_translated(),
            known: Some(known),
            tcp_flags: ACK,
            ..Self::first(received_by, flow.protocol, says)
        }
    }

    /// The answer to a packet that left as `self` by a link, or was delivered: `first` is the packet
    /// as it came.
    pub fn answer(&self, first: &Self, received_by: Option<KernelName>) -> Self {
        let known = Known {
            is_reply: true,
            source: (first.destination, first.destination_port()),
            destination: (first.source, first.source_port()),
        };
        Self {
            received_by,
            source: self.destination,
            destination: self.source,
            detail: turned(self.detail),
            tcp_flags: SYN_ACK,
            mark: 0,
            known: Some(known),
            ..self.clone()
        }
    }

    /// Its IP version.
    pub fn family(&self) -> Family {
        if self.destination.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 }
    }

    pub(super) fn source_port(&self) -> Option<u16> {
        self.tuple().source_port()
    }

    pub(super) fn destination_port(&self) -> Option<u16> {
        self.tuple().destination_port()
    }

    fn tuple(&self) -> Tuple {
        Tuple { source: self.source, destination: self.destination, detail: self.detail }
    }

    pub(super) fn set_source(&mut self, (address, port): Place) {
        self.source = address;
        match (&mut self.detail, port) {
            (Detail::Ports { source, .. }, Some(port)) => *source = port,
            (Detail::Icmp { id, .. }, Some(port)) => *id = port,
            (Detail::None, _) | (_, None) => {}
        }
    }

    pub(super) fn set_destination(&mut self, (address, port): Place) {
        self.is_destination_translated |= self.known.is_none() && self.destination != address;
        self.destination = address;
        match (&mut self.detail, port) {
            (Detail::Ports { destination, .. }, Some(port)) => *destination = port,
            (Detail::Icmp { .. } | Detail::None, _) | (_, None) => {}
        }
    }
}

/// Ports change places; an echo request becomes its reply.
fn turned(detail: Detail) -> Detail {
    match detail {
        Detail::Ports { source, destination } => Detail::Ports { source: destination, destination: source },
        Detail::Icmp { kind: 8, code, id } => Detail::Icmp { kind: 0, code, id },
        Detail::Icmp { kind: 128, code, id } => Detail::Icmp { kind: 129, code, id },
        other => other,
    }
}
