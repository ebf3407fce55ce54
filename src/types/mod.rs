//! The vocabulary that every room shares: names, line numbers, prefixes, secrets.
//!
//! Prefixes and networks are [`ipnet`]'s: an [`IpNet`](ipnet::IpNet) keeps its host part, so
//! `192.168.0.254/24` is an interface address and `.trunc()` makes it a network.

mod dialect;
mod language;
mod line;
mod mac;
mod name;
mod role;
mod secret;
mod severity;
mod time;

pub use dialect::Dialect;
pub use language::{Character, Encoding, Language, UnknownCharacter};
pub use line::{LineId, Sourced};
pub use mac::{Mac, MacError};
pub use name::{InterfaceName, KernelName, NameError, Port};
pub use role::Role;
pub use secret::Secret;
pub use severity::Severity;
pub use time::{Civil, Timestamp, Zone};

/// The number that marks every route and address of ours in the kernel (`rtm_protocol`, `ifa_proto`).
pub const KERNEL_PROTOCOL: u8 = 116;

/// The nftables table (family `inet`) that holds all filters and translations.
pub const NFT_TABLE: &str = "tsuji";
