//! Who is at fault when a protocol fails.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The party that has to act. Every engine's reasons name one, so that every screen can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blame {
    /// The peer's bytes break the protocol's format.
    Malformed,
    /// The peer understood us and said no.
    PeerRefused,
    /// The peer's messages are well formed and make no sense.
    PeerMisbehaved,
    /// Nobody answered.
    TimedOut,
    /// Our own side: a command, a limit, the machine.
    Local,
}

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "malformed",
            Self::PeerRefused => "peer refused",
            Self::PeerMisbehaved => "peer misbehaved",
            Self::TimedOut => "timed out",
            Self::Local => "ours",
        })
    }
}
