//! Where the kernel enters our chains, and in which order.
//!
//! A packet through the router passes `prerouting` hooks, then the route look-up, `forward`, and
//! `postrouting`; one for the router itself ends at `input`, one of its own begins at `output`.
//! Within a hook the lower priority comes first. Destinations are translated before filters see
//! a packet, sources after: the order of both appliances.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where the kernel enters a chain. The policy is always to accept: rules say what is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hook {
    /// Marks packets before the kernel looks for their route.
    Classify,
    /// Translation of destinations of packets that arrive.
    DestinationNat,
    /// Packets to the router itself.
    Input,
    /// Changes packets through the router on their way (maximum segment size).
    Adjust,
    /// Packets through the router.
    Forward,
    /// Marks the router's own packets, and has the kernel look for their route again.
    ClassifyOwn,
    /// Translation of destinations of the router's own packets.
    OwnDestinationNat,
    /// Packets of the router itself.
    Output,
    /// Keeps a packet's mark for the rest of its connection.
    Remember,
    /// Translation of packets that leave (`type nat`).
    SourceNat,
}

impl Hook {
    /// The name of the one chain that stands at this hook.
    pub fn chain(self) -> &'static str {
        match self {
            Self::Classify => "classify",
            Self::DestinationNat => "prerouting",
            Self::Input => "input",
            Self::Adjust => "adjust",
            Self::Forward => "forward",
            Self::ClassifyOwn => "classify-own",
            Self::OwnDestinationNat => "output-nat",
            Self::Output => "output",
            Self::Remember => "remember",
            Self::SourceNat => "postrouting",
        }
    }

    /// What the chain may do.
    pub fn kind(self) -> Kind {
        match self {
            Self::DestinationNat | Self::OwnDestinationNat | Self::SourceNat => Kind::Nat,
            Self::ClassifyOwn => Kind::Route,
            Self::Classify | Self::Input | Self::Adjust | Self::Forward | Self::Output | Self::Remember => {
                Kind::Filter
            }
        }
    }

    /// The kernel's own hook.
    pub fn point(self) -> Point {
        match self {
            Self::Classify | Self::DestinationNat => Point::Prerouting,
            Self::Input => Point::Input,
            Self::Adjust | Self::Forward => Point::Forward,
            Self::ClassifyOwn | Self::OwnDestinationNat | Self::Output => Point::Output,
            Self::Remember | Self::SourceNat => Point::Postrouting,
        }
    }

    /// The place among all chains of the same point: lower comes first.
    pub fn priority(self) -> i32 {
        match self {
            Self::Classify | Self::Adjust | Self::ClassifyOwn | Self::Remember => -150,
            Self::DestinationNat | Self::OwnDestinationNat => -100,
            Self::Input | Self::Forward | Self::Output => 0,
            Self::SourceNat => 100,
        }
    }
}

/// What a chain may do: the chain types of nft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Pass, drop, mark and change packets.
    Filter,
    /// Translate the first packet of a connection.
    Nat,
    /// Mark a packet of the router's own, which is then routed again.
    Route,
}

/// The hooks of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// A packet arrived.
    Prerouting,
    /// It is for the router.
    Input,
    /// It goes through the router.
    Forward,
    /// The router made it.
    Output,
    /// It leaves.
    Postrouting,
}

impl Kind {
    /// nft's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Nat => "nat",
            Self::Route => "route",
        }
    }
}

impl Point {
    /// nft's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Prerouting => "prerouting",
            Self::Input => "input",
            Self::Forward => "forward",
            Self::Output => "output",
            Self::Postrouting => "postrouting",
        }
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, point, priority) = (self.kind().word(), self.point().word(), self.priority());
        write!(f, "type {kind} hook {point} priority {priority}; policy accept;")
    }
}
