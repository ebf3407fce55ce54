//! What apply asks of the protocol workers; the room `run` answers.
//!
//! Workers own sockets and clocks. They learn facts, and report them to the one task that
//! applies: they never write a link, an address, a route or a rule themselves.

use std::fmt;
use std::future::Future;

use serde::{Deserialize, Serialize};

use super::kernel::KernelError;
use crate::types::{InterfaceName, KernelName};

/// Which worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum WorkerId {
    /// The DHCP client of an interface.
    DhcpClient(InterfaceName),
}

/// What a worker needs to run. Equal specifications: it goes on untouched through a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkerSpec {
    /// Ask for an address on this link (RFC 2131).
    DhcpClient { link: KernelName },
}

impl WorkerSpec {
    /// The link whose address or state it may change.
    pub fn link(&self) -> Option<&KernelName> {
        match self {
            Self::DhcpClient { link } => Some(link),
        }
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DhcpClient(interface) => write!(f, "DHCP client of {interface}"),
        }
    }
}

impl fmt::Display for WorkerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DhcpClient { link } => write!(f, "on {link}"),
        }
    }
}

/// The workers, as apply sees them.
pub trait Workers: Send {
    /// Starts a worker; it reports its facts by a way of its own.
    fn start(
        &mut self,
        id: WorkerId,
        spec: &WorkerSpec,
    ) -> impl Future<Output = Result<(), KernelError>> + Send;

    /// Stops a worker after it said goodbye. One that does not run is stopped already.
    fn stop(&mut self, id: WorkerId) -> impl Future<Output = Result<(), KernelError>> + Send;
}
