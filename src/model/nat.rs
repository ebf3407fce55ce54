//! Address translation.

use std::net::Ipv4Addr;

use crate::types::Sourced;

/// The address translation of one interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nat {
    /// Many inside addresses behind one outside address, by port (IX `ip napt enable`, RTX a
    /// descriptor of type `masquerade`). It also shields the box: inbound traffic that no
    /// session admits is dropped.
    pub napt: Option<Sourced<Napt>>,
}

/// Network address and port translation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Napt {
    /// The outside address.
    pub outer: Outer,
}

/// The outside address of a translation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outer {
    /// Whatever address the interface has (IX; RTX `primary`, or `ipcp` on a pp).
    Interface,
    /// A fixed address (RTX `nat descriptor address outer N A.B.C.D`).
    Address(Ipv4Addr),
}
