//! The longest segment that TCP connections through an interface may announce.

use crate::types::Sourced;

/// The limits of one interface, for packets of both directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MaximumSegment {
    /// Over IPv4 (IX `ip tcp adjust-mss`, RTX `ip lanN tcp mss limit`).
    pub ipv4: Option<Sourced<Limit>>,
    /// Over IPv6.
    pub ipv6: Option<Sourced<Limit>>,
}

/// How long a segment may be. It is only ever lowered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// So that it fits into the packets of the interface.
    Auto,
    /// This many octets.
    Octets(u16),
}
