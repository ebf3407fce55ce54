//! What is logged, how much of it is kept, and who gets it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::types::{Severity, Sourced};

/// The log's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logging {
    /// Bytes of text that are kept in memory (IX `logging buffered`).
    pub buffer: Option<Sourced<u32>>,
    /// The severities that are logged, where a line says so.
    pub severities: Option<Sourced<BTreeSet<Severity>>>,
    /// The same for single subsystems, by their names in small letters (IX `logging subsystem`).
    pub subsystems: BTreeMap<String, Sourced<BTreeSet<Severity>>>,
    /// Where records are sent.
    pub syslog: Syslog,
}

/// The sending of records by the syslog protocol (RFC 3164).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Syslog {
    /// The servers, by address or name, in the order of the lines.
    pub servers: Vec<Sourced<String>>,
    /// The facility's number, 0 to 23 (default 1: user).
    pub facility: Option<Sourced<u8>>,
    /// Our own address.
    pub source: Option<Sourced<IpAddr>>,
}
