//! Things beside rules that rules refer to by name.
//!
//! A name is made of what the thing says: another content is another thing, so an old one and a
//! new one can stand side by side while a commit passes from one to the other.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Something that rules refer to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Object {
    /// How long flows of TCP or UDP are kept, in seconds, by nft's names of their states.
    Timeout {
        /// 6 or 17.
        protocol: u8,
        /// States that are not named keep the kernel's own time.
        seconds: BTreeMap<String, u32>,
    },
    /// What of the kernel reads the sessions of an application, and expects what they announce.
    Helper {
        /// The kernel's name of it.
        application: String,
        /// The protocol of the sessions, 6 or 17.
        protocol: u8,
    },
    /// IPv4 addresses, each with the flows that it has.
    Hosts,
}

impl Object {
    /// How nft calls its kind, in commands and in listings.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Timeout { .. } => "ct timeout",
            Self::Helper { .. } => "ct helper",
            Self::Hosts => "set",
        }
    }

    /// A name for it that begins with `prefix`.
    pub fn name(&self, prefix: &str) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, self.to_string().as_bytes());
        let hash: String = digest.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        format!("{prefix}-{hash}")
    }
}

/// nft's word for a protocol that has timeouts.
pub fn protocol_word(protocol: u8) -> &'static str {
    if protocol == 6 { "tcp" } else { "udp" }
}

impl fmt::Display for Object {
    /// What stands between the braces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout { protocol, seconds } => {
                let seconds: Vec<String> =
                    seconds.iter().map(|(state, time)| format!("{state}: {time}")).collect();
                let word = protocol_word(*protocol);
                write!(f, "protocol {word}\n    l3proto ip\n    policy = {{ {} }}", seconds.join(", "))
            }
            Self::Helper { application, protocol } => {
                write!(f, "type \"{application}\" protocol {};", protocol_word(*protocol))
            }
            Self::Hosts => f.write_str("type ipv4_addr\n    size 65535\n    flags dynamic"),
        }
    }
}
