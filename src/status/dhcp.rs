//! What a DHCP client does at this moment, for screens and JSON.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::Lease;
use crate::types::KernelName;

/// A DHCP client, at the moment of the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DhcpClient {
    /// The link that it asks on.
    pub link: KernelName,
    /// Where it stands.
    pub state: DhcpState,
    /// What it holds, if anything.
    pub lease: Option<Lease>,
    /// The domain of hosts on the link (option 15).
    pub domain_name: Option<String>,
    /// Time servers, best first (option 42).
    pub ntp_servers: Vec<Ipv4Addr>,
    /// Further routes that the server announced (option 121, RFC 3442): network and gateway.
    pub routes: Vec<(Ipv4Net, Ipv4Addr)>,
    /// Seconds until the lease is renewed with its server (T1); `None` if never.
    pub renews_in: Option<u64>,
    /// Seconds until any server may extend it (T2); `None` if never.
    pub rebinds_in: Option<u64>,
    /// Seconds until it ends; `None` if never.
    pub expires_in: Option<u64>,
    /// What went wrong last, and who is at fault. Empty once a lease is had.
    pub last_failure: Option<String>,
    /// How often the worker itself failed and was started again.
    pub restarts: u32,
}

/// The states of RFC 2131, figure 5, and what surrounds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DhcpState {
    /// Not asking: it was not started, it was stopped, or it waits for its restart.
    Stopped,
    /// Waits before it asks again.
    Init,
    /// Looks for a server.
    Selecting,
    /// Asks a server for the address that it offered.
    Requesting,
    /// Asks whether the address of the last lease is still good.
    Rebooting,
    /// Makes sure that nobody else on the link uses the address.
    Probing,
    /// Has an address.
    Bound,
    /// Has an address, and asks its server for more time.
    Renewing,
    /// Has an address, and asks any server for more time.
    Rebinding,
}
