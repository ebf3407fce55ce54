//! The edge to Linux.
//!
//! [`Kernel`] is all that the rest of the house knows of it. `linux` speaks rtnetlink and `nft`;
//! `fake` is a kernel in memory that can refuse any operation, for tests.

pub mod fake;
pub mod linux;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use super::op::Op;
use super::state::{Address, Neighbour, RouteKey, RouteTarget, Rule};
use crate::status::login::{Connection, Login};
use crate::status::{Flow, Sights};
use crate::types::{KernelName, LineId, Mac};

/// An operation that the kernel refused, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct KernelError {
    /// What the kernel said (`Network is unreachable (os error 101)`, or nft's message).
    pub message: String,
    /// The configuration line at fault, where that is known better than by the operation alone
    /// (one rule of a whole table).
    pub line: Option<LineId>,
}

impl KernelError {
    /// An error with this text.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), line: None }
    }
}

impl From<std::io::Error> for KernelError {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// What the kernel has, read back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Every link of the namespace.
    pub links: BTreeMap<KernelName, ObservedLink>,
    /// Every address; true where it bears our mark.
    pub addresses: BTreeMap<Address, bool>,
    /// Hosts with a hardware address that was fixed with our mark.
    pub neighbours: BTreeMap<Neighbour, Mac>,
    /// Addresses for which the kernel answers, with our mark.
    pub proxies: BTreeSet<Neighbour>,
    /// The routes that bear our mark.
    pub routes: BTreeMap<RouteKey, RouteTarget>,
    /// The rules that bear our mark.
    pub rules: BTreeSet<Rule>,
    /// The table `inet tsuji`: the fingerprints of its rules in order, by chain. `None`: no table.
    ///
    /// A rule's comment bears the fingerprint of what we asked for (see [`super::firewall`]);
    /// what nft prints of the rule itself is not compared.
    pub firewall: Option<BTreeMap<String, Vec<String>>>,
}

/// What of the kernel is read, beside all of which there are few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The routes of these keys.
    pub routes: BTreeSet<RouteKey>,
    /// Whether the table `inet tsuji` is read.
    pub firewall: bool,
}

/// A link as the kernel shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservedLink {
    /// Administrative state (`IFF_UP`).
    pub up: bool,
    /// Carrier (`IFF_LOWER_UP`).
    pub carrier: bool,
    /// Whether the kernel calls it a bridge.
    pub is_bridge: bool,
    /// The link below and the tag, where it is one for tagged frames.
    pub vlan: Option<(KernelName, u16)>,
    /// The bridge that it is a member of.
    pub bridge: Option<KernelName>,
    /// Its alias, empty if none.
    pub alias: String,
    /// Bytes of the largest packet.
    pub mtu: u32,
    /// The hardware address, empty where the link has none.
    pub mac: Vec<u8>,
}

/// Linux, or something that behaves like it.
pub trait Kernel: Send {
    /// Refuses what can be known to fail, changing nothing (devices that are missing, `nft --check`).
    /// On refusal: the index of the operation, and why.
    fn prepare(&mut self, ops: &[&Op]) -> impl Future<Output = Result<(), (usize, KernelError)>> + Send;

    /// Does one operation, whole or not at all. What bears no mark of ours is never changed.
    /// Taking away what is gone already succeeds: the kernel removes things by itself.
    fn apply(&mut self, op: &Op) -> impl Future<Output = Result<(), KernelError>> + Send;

    /// Does a run of `SetRoute` and `DeleteRoute` in as few messages as possible, in their order.
    /// On refusal: how many were done before, and what the next one met. None after it is done.
    fn apply_routes(&mut self, ops: &[&Op]) -> impl Future<Output = Result<(), (usize, KernelError)>> + Send;

    /// Reads everything back.
    fn observe(&mut self) -> impl Future<Output = Result<Observed, KernelError>> + Send;

    /// Reads back links, addresses and all else of which there are few, and of the rest a part.
    fn observe_part(&mut self, part: &Part) -> impl Future<Output = Result<Observed, KernelError>> + Send;

    /// Reads what changes with every packet: hosts on links, counters.
    fn sights(&mut self) -> impl Future<Output = Result<Sights, KernelError>> + Send;

    /// Reads one value below `/proc/sys`.
    fn read_sysctl(&mut self, name: &str) -> Result<String, KernelError>;

    /// Shows `visit` every flow that the kernel keeps track of, in no order. There may be a
    /// million: keep no more of them than you need.
    fn flows(
        &mut self,
        visit: &mut (dyn FnMut(Flow) + Send),
    ) -> impl Future<Output = Result<(), KernelError>> + Send;

    /// Packets and bytes of each named counter of the table `inet tsuji`. A kernel that filters
    /// nothing has none.
    fn counters(&mut self) -> impl Future<Output = Result<BTreeMap<String, (u64, u64)>, KernelError>> + Send {
        async { Ok(BTreeMap::new()) }
    }

    /// Has the kernel forget these flows, and their translations with them.
    fn forget(&mut self, flows: &[Flow]) -> impl Future<Output = Result<(), KernelError>> + Send;

    /// Who works on this machine over the network. `own` is the connection of who asks, which
    /// counts whatever server it belongs to.
    fn logins(&mut self, own: Option<Connection>) -> Vec<Login>;
}
