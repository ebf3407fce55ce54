//! Dynamic DNS: telling others our addresses as they change.

use std::collections::BTreeMap;

use crate::types::{InterfaceName, Secret, Sourced};

/// What is told to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ddns {
    /// Whether anything is told (`ddns enable`).
    pub enabled: Option<Sourced<()>>,
    /// One for each name that is kept (`ddns profile`).
    pub profiles: BTreeMap<String, Sourced<Profile>>,
}

/// How one name is kept: by an HTTP request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Where it is sent.
    pub url: Option<Sourced<String>>,
    /// The query of the request, in which `<IPV4>` and `<IPV6>` stand for addresses.
    pub query: Option<Sourced<Secret>>,
    /// Whether it goes over IPv6; else over IPv4.
    pub over_ipv6: bool,
    /// The interface that it is sent from.
    pub source: Option<Sourced<InterfaceName>>,
    /// The interface whose address is told; the source where there is none.
    pub told: Option<Sourced<InterfaceName>>,
    /// After how many minutes it is sent anew.
    pub minutes: Option<Sourced<u32>>,
}
