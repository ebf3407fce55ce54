//! Lists of prefixes: which routes of a routing protocol are meant.
//!
//! The entries of a list are asked in the order of their numbers; the first that fits decides. What
//! none fits is denied.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use ipnet::IpNet;

use crate::types::Sourced;

/// All lists, by name; IPv4 and IPv6 have names of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrefixLists {
    /// Of IPv4 routes.
    pub ipv4: BTreeMap<String, PrefixList>,
    /// Of IPv6 routes.
    pub ipv6: BTreeMap<String, PrefixList>,
}

/// The entries of a list by number.
pub type PrefixList = BTreeMap<u32, Sourced<Entry>>;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whether a route that fits is meant.
    pub permits: bool,
    /// What the destination of a route must lie in.
    pub prefix: IpNet,
    /// How long the prefix of a route may be.
    pub lengths: RangeInclusive<u8>,
}
