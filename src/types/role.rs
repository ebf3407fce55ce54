//! What a user of the router may do.

/// What a user may do; each role may do all that the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Look at states, with secrets masked.
    Monitor,
    /// Also reset counters and probe the network.
    Operator,
    /// Everything.
    Administrator,
}
