//! Which hosts Linux knows on its links, and what went over them.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use crate::types::{InterfaceName, KernelName, Mac};

/// What changes with every packet, and so is read only to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sights {
    /// The hosts on all links, by link and address.
    pub neighbours: Vec<Sight>,
    /// What went over each link.
    pub traffic: BTreeMap<KernelName, LinkTraffic>,
}

/// A host on a link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sight {
    /// The link.
    pub link: KernelName,
    /// The host's address.
    pub address: IpAddr,
    /// Its hardware address. `None`: it does not answer.
    pub mac: Option<Mac>,
    /// How sure Linux is of it.
    pub state: Reachability,
    /// How long it has been as it is.
    pub age: Duration,
}

/// How sure Linux is of a host (RFC 4861, section 7.3.2, for both families).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reachability {
    /// A line of the configuration says where it is.
    Fixed,
    /// It answered lately.
    Reachable,
    /// It is asked again before it is used.
    Stale,
    /// It is asked for, or did not answer.
    Unknown,
}

/// A host, in the router's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeighbourStatus {
    /// The interface that it is behind.
    pub interface: InterfaceName,
    /// What is known of it.
    pub sight: Sight,
}

/// What went over a link since it is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkTraffic {
    /// Packets received.
    pub packets_in: u64,
    /// Their bytes.
    pub bytes_in: u64,
    /// Those that were broken.
    pub errors_in: u64,
    /// Packets that found no room.
    pub dropped_in: u64,
    /// Packets sent.
    pub packets_out: u64,
    /// Their bytes.
    pub bytes_out: u64,
    /// Those that could not be sent.
    pub errors_out: u64,
}
