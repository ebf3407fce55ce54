//! What a rule does with a packet.

use std::fmt;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::FLOWTABLE;
use super::translation::{AddressPairs, Addresses, PortChange};

/// The end of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// On to the next rule.
    Continue,
    /// Through, as far as this hook is concerned.
    Accept,
    /// Gone.
    Drop,
    /// Back to the chain that jumped here.
    Return,
    /// On in another chain, and back.
    Jump(String),
    /// The rest of the connection takes the kernel's short way ([`super::FLOWTABLE`]), past all
    /// hooks.
    Offload,
    /// On in another chain, and back to the one that jumped to this one.
    Goto(String),
    /// Gone, and a TCP sender is told so.
    Reset,
    /// Source becomes the address of the link that the packet leaves by, its port one of these.
    Masquerade(Option<RangeInclusive<u16>>),
    /// Source becomes one of these addresses, for each host the same, and its port one of these.
    SourceNat(Addresses, Option<RangeInclusive<u16>>),
    /// Source becomes its counterpart.
    SourceNatEach(AddressPairs),
    /// Destination becomes this address, and perhaps another port.
    DestinationNat(Ipv4Addr, PortChange),
    /// Destination becomes its counterpart.
    DestinationNatEach(AddressPairs),
    /// Destination becomes the router itself, and this port.
    Redirect(u16),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Continue => f.write_str("continue"),
            Self::Accept => f.write_str("accept"),
            Self::Drop => f.write_str("drop"),
            Self::Return => f.write_str("return"),
            Self::Goto(chain) => write!(f, "goto {chain}"),
            Self::Jump(chain) => write!(f, "jump {chain}"),
            Self::Offload => write!(f, "flow add @{FLOWTABLE}"),
            Self::Reset => f.write_str("reject with tcp reset"),
            Self::Masquerade(None) => f.write_str("masquerade"),
            Self::Masquerade(Some(ports)) => write!(f, "masquerade to :{}", range(ports)),
            Self::SourceNat(addresses, ports) => {
                write!(f, "snat ip to {addresses}")?;
                if let Some(ports) = ports {
                    write!(f, ":{}", range(ports))?;
                }
                if addresses.first == addresses.last { Ok(()) } else { f.write_str(" persistent") }
            }
            Self::SourceNatEach(pairs) => write!(f, "snat ip to ip saddr map {pairs}"),
            Self::DestinationNat(address, port) => write!(f, "dnat ip to {address}{port}"),
            Self::DestinationNatEach(pairs) => write!(f, "dnat ip to ip daddr map {pairs}"),
            Self::Redirect(port) => write!(f, "redirect to :{port}"),
        }
    }
}

fn range(ports: &RangeInclusive<u16>) -> String {
    match (ports.start(), ports.end()) {
        (one, same) if one == same => one.to_string(),
        (first, last) => format!("{first}-{last}"),
    }
}
