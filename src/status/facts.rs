//! What workers learn at run time and the configuration does not say.
//!
//! A change of facts takes the same road as a commit: resolve, plan, apply. Facts are never
//! stored in the configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use crate::types::{InterfaceName, KernelName};

/// Everything learned so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Addresses that a DHCP server lent us, by interface.
    pub leases: BTreeMap<InterfaceName, Lease>,
    /// Linux interfaces that the configuration names and the machine lacks. Their lines are held
    /// until they appear; one that is not listed here makes a commit fail.
    pub absent: BTreeSet<KernelName>,
    /// Linux interfaces that are up and have no carrier: nothing answers at the other end.
    pub silent: BTreeSet<KernelName>,
    /// The numbers of the monitors that have failed.
    pub failed: BTreeSet<u32>,
    /// Whether the kernel has flowtables: then plain forwarding may take its short way.
    pub flowtables: bool,
}

impl Facts {
    /// What still holds once all that peers lent us is given back.
    pub fn without_peers(&self) -> Self {
        Self { leases: BTreeMap::new(), ..self.clone() }
    }
}

/// What a DHCP server lent (RFC 2131), without the clock: renewing a lease changes no fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Our address, with the length of the subnet mask.
    pub address: Ipv4Net,
    /// Routers on the link, best first (option 3).
    pub routers: Vec<Ipv4Addr>,
    /// Domain name servers, best first (option 6).
    pub dns_servers: Vec<Ipv4Addr>,
    /// Who lent it (option 54).
    pub server: Ipv4Addr,
}
