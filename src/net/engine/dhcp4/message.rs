//! What goes in and out of a client.

use std::borrow::Cow;
use std::fmt;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::super::hex;
use super::{Held, Lease, Reason};
use crate::net::wire::arp;
use crate::types::Mac;

/// What arrived on the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Input<'a> {
    /// A datagram for the port of DHCP clients.
    Dhcp {
        /// The station that sent it: the server, or the relay in front of it.
        from: Mac,
        /// The payload of UDP.
        #[serde(with = "hex")]
        message: Cow<'a, [u8]>,
    },
    /// An ARP packet.
    Arp(arp::Packet),
    /// The link has a carrier again: it may lead to another network now.
    Carrier,
}

/// What the owner asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    /// Get a lease. One that an earlier client of this link left is tried first.
    Start {
        /// The earlier lease; its address is in use already.
        previous: Option<Previous>,
    },
    /// Give the lease back and end with [`Event::Stopped`].
    Stop,
}

/// A lease that an earlier client left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// The lease.
    pub lease: Lease,
    /// How long ago it was asked for.
    pub age: Duration,
}

/// What leaves on the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transmit {
    /// A datagram from the port of DHCP clients to the port of servers.
    Dhcp {
        /// The station that it is for.
        to: Mac,
        /// Our address, or unspecified.
        source: Ipv4Addr,
        /// The server, or everyone.
        destination: Ipv4Addr,
        /// The payload of UDP.
        #[serde(with = "hex")]
        message: Vec<u8>,
    },
    /// An ARP packet for everyone.
    Arp(arp::Packet),
}

/// What the owner must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// The client stands elsewhere.
    Phase(Phase),
    /// This lease is ours: it is new, or was extended, and replaces any that was told before.
    Bound {
        /// The lease.
        lease: Lease,
        /// How long ago it was asked for; its times count from there.
        age: Duration,
    },
    /// The lease may be used no more.
    Lost(Reason),
    /// An attempt failed. The client goes on, and what it holds it keeps.
    Failed(Reason),
    /// Goodbye was said, nothing follows.
    Stopped,
}

/// The states of RFC 2131, figure 5, and probing before binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the RFC's")]
pub enum Phase {
    Stopped,
    Init,
    Selecting,
    Requesting,
    Rebooting,
    Probing,
    Bound,
    Renewing,
    Rebinding,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stopped => "stopped",
            Self::Init => "init",
            Self::Selecting => "selecting",
            Self::Requesting => "requesting",
            Self::Rebooting => "rebooting",
            Self::Probing => "probing",
            Self::Bound => "bound",
            Self::Renewing => "renewing",
            Self::Rebinding => "rebinding",
        })
    }
}

impl Previous {
    /// As this client holds it; `None` if it is older than the clock.
    pub(super) fn held(self, now: Instant) -> Option<Held> {
        Some(Held { since: now.checked_sub(self.age)?, lease: self.lease })
    }
}
