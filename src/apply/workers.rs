//! What apply asks of the protocol workers; the room `run` answers.
//!
//! Workers own sockets and clocks. They learn facts, and report them to the one task that
//! applies: they never write a link, an address, a route or a rule themselves.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::kernel::KernelError;
use crate::model::monitor::Timing;
use crate::types::{InterfaceName, KernelName};

/// Which worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum WorkerId {
    /// The DHCP client of an interface.
    DhcpClient(InterfaceName),
    /// Who asks the hosts of the monitor of this number.
    Monitor(u32),
}

/// What a worker needs to run. Equal specifications: it goes on untouched through a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkerSpec {
    /// Ask for an address on this link (RFC 2131).
    DhcpClient { link: KernelName },
    /// Ask hosts whether they live.
    Monitor(MonitorSpec),
}

/// What a monitor needs to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorSpec {
    /// What people call it.
    pub name: String,
    /// Who is asked.
    pub hosts: Vec<AskedHost>,
    /// Whether it fails only when all hosts are as they should not be, and not with the first.
    pub by_all: bool,
    /// How they are asked.
    pub timing: Timing,
    /// Before the first question.
    pub delay: Duration,
    /// Bytes of data in a question.
    pub length: u16,
    /// Whether its changes are written to the log.
    pub log: bool,
}

/// A host that a monitor asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedHost {
    /// Its address.
    pub address: IpAddr,
    /// The link by which questions leave and answers come. `None`: any.
    pub link: Option<KernelName>,
    /// The mark of questions, which leads them to the link's own table.
    pub mark: Option<u32>,
    /// Our own address in them. `None`: the kernel chooses.
    pub source: Option<IpAddr>,
    /// Whether it is the answer that makes the monitor fail.
    pub fails_alive: bool,
}

impl WorkerSpec {
    /// The link whose address or state it may change.
    pub fn link(&self) -> Option<&KernelName> {
        match self {
            Self::DhcpClient { link } => Some(link),
            Self::Monitor(_) => None,
        }
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DhcpClient(interface) => write!(f, "DHCP client of {interface}"),
            Self::Monitor(number) => write!(f, "monitor {number}"),
        }
    }
}

impl fmt::Display for WorkerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DhcpClient { link } => write!(f, "on {link}"),
            Self::Monitor(spec) => {
                let hosts: Vec<String> = spec.hosts.iter().map(|host| host.address.to_string()).collect();
                write!(f, "{}, asks {}", spec.name, hosts.join(", "))
            }
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
