//! What goes in and out of a link.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::super::hex;
use super::reason::{Layer, Reason};
use super::{Ipv4Link, Ipv6Link};

/// A packet of PPP that the lower layer carried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input<'a> {
    /// The packet, with or without address and control field.
    #[serde(with = "hex")]
    pub packet: Cow<'a, [u8]>,
}

/// What the owner asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// The lower layer carries packets: bring the link up.
    Open,
    /// Say goodbye; [`Event::Closed`] follows.
    Close,
    /// The lower layer carries nothing any more.
    LowerDown,
}

/// A packet of PPP for the lower layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transmit {
    /// The packet.
    #[serde(with = "hex")]
    pub packet: Vec<u8>,
}

/// What the owner must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The link stands elsewhere.
    Phase(Phase),
    /// The peer has proven to be this one.
    Authenticated {
        /// Its name, safe to print.
        name: String,
    },
    /// A network protocol may use the link.
    Up(Network),
    /// A layer that was up is down, or one that was wanted will not come up.
    Down {
        /// Which.
        layer: Layer,
        /// Why.
        reason: Reason,
    },
    /// The link is over. It may be opened again.
    Closed {
        /// Where it failed.
        layer: Layer,
        /// Why.
        reason: Reason,
    },
}

/// What came up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// The longest packet that may be sent, in bytes.
    pub mtu: u16,
    /// With which addresses.
    pub addresses: Addresses,
}

/// What a network protocol's control protocol agreed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Addresses {
    /// By IPCP.
    Ipv4(Ipv4Link),
    /// By IPV6CP.
    Ipv6(Ipv6Link),
}

/// The phases of a link (RFC 1661 section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the RFC's")]
pub enum Phase {
    Dead,
    Establish,
    Authenticate,
    Network,
    Terminate,
}
