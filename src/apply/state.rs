//! How Linux shall be: the kernel-level picture of one configuration and the facts of the hour.
//!
//! `resolve` makes it from a model, `plan` compares two of it. Every item carries the line that
//! asked for it. Keys are what the kernel itself uses to tell two items apart.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::firewall::{Family, Firewall};
use super::workers::{WorkerId, WorkerSpec};
use crate::types::{KernelName, Mac, Sourced};

/// Everything of ours in one network namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Links: the network interfaces that the configuration names, and bridges of our making.
    pub links: BTreeMap<KernelName, Sourced<Link>>,
    /// Addresses, by the link that has them.
    pub addresses: BTreeMap<Address, Sourced<()>>,
    /// Hosts on links whose hardware address is fixed.
    pub neighbours: BTreeMap<Neighbour, Sourced<Mac>>,
    /// Addresses for which we answer on a link, with our own hardware address.
    pub proxies: BTreeMap<Neighbour, Sourced<()>>,
    /// Routes that no address brings by itself.
    pub routes: BTreeMap<RouteKey, Sourced<RouteTarget>>,
    /// Rules: which packets ask which table of routes.
    pub rules: BTreeMap<Rule, Sourced<()>>,
    /// Values below `/proc/sys`, by their dotted name (`net.ipv4.ip_forward`).
    pub sysctls: BTreeMap<String, Sourced<String>>,
    /// The table `inet tsuji`; `None` where nothing filters or translates.
    pub firewall: Option<Arc<Firewall>>,
    /// Protocol workers that shall run.
    pub workers: BTreeMap<WorkerId, Sourced<WorkerSpec>>,
}

/// A link and what we set of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Whether it exists already or is made by us.
    pub kind: LinkKind,
    /// Administrative state.
    pub up: bool,
    /// The bridge that it is a member of.
    pub bridge: Option<KernelName>,
    /// The router's name of the interface, as the link's alias (`GigaEthernet0.0`).
    pub alias: String,
    /// Octets of the largest packet. `None`: as it is.
    pub mtu: Option<Sourced<u32>>,
    /// The hardware address. `None`: as it is.
    pub mac: Option<Sourced<Mac>>,
}

/// Who makes a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkKind {
    /// A network interface of the machine: used, never made nor removed.
    Device,
    /// A bridge of ours: over the several devices of one port, or over several ports.
    Bridge,
    /// The frames of another link that bear a tag (IEEE 802.1Q).
    Vlan {
        /// The link that carries them.
        parent: KernelName,
        /// The tag, from 1 to 4094.
        id: u16,
    },
}

/// A host on a link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Neighbour {
    /// The link.
    pub link: KernelName,
    /// The host's address.
    pub address: IpAddr,
}

/// One address of one link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Address {
    /// The link.
    pub link: KernelName,
    /// Address and prefix length.
    pub network: IpNet,
}

/// What tells two routes apart in the kernel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RouteKey {
    /// The destination.
    pub prefix: IpNet,
    /// The kernel's metric: lower is preferred.
    pub priority: u32,
    /// The table of routes; [`MAIN_TABLE`] for all that no rule sends elsewhere.
    pub table: u32,
}

/// The table of routes that every packet asks in the end.
pub const MAIN_TABLE: u32 = 254;

/// A rule of the kernel: packets with a mark ask a table of routes before all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rule {
    /// The IP version.
    pub family: Family,
    /// The place among all rules, lower first: from [`Rule::FIRST`] to [`Rule::LAST`].
    pub priority: u32,
    /// The packet's whole mark.
    pub mark: u32,
    /// The table that is asked; what it does not know goes on to the next rule.
    pub table: u32,
    /// Only routes to networks with a longer prefix than this count.
    pub longer_than: Option<u8>,
}

impl Rule {
    /// The first priority that is ours.
    pub const FIRST: u32 = 11600;
    /// The last one.
    pub const LAST: u32 = 11699;
}

/// Where the kernel shall send what matches a route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RouteTarget {
    /// To a router, through a link or through whatever link reaches it.
    Via {
        /// The router's address.
        gateway: IpAddr,
        /// The link, if the line names one.
        link: Option<KernelName>,
    },
    /// Straight out of a link.
    Link(KernelName),
    /// By several ways at once: each stream by one of them, in proportion to their weights.
    Shared(Vec<Share>),
    /// Dropped silently.
    Blackhole,
}

/// One of several ways of a route.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Share {
    /// The router's address. `None`: straight out of the link.
    pub gateway: Option<IpAddr>,
    /// The link.
    pub link: KernelName,
    /// From 1 to [`Share::MAX`].
    pub weight: u16,
}

impl Share {
    /// The highest weight that Linux knows.
    pub const MAX: u16 = 256;
}

/// The name of a value below `/proc/sys` that each link has for itself, as `sysctl(8)` writes it:
/// dots and slashes change places, so that a link's own dot can be written.
pub fn sysctl_of_link(family: &str, link: &KernelName, key: &str) -> String {
    format!("net.{family}.conf.{}.{key}", link.as_str().replace('.', "/"))
}

/// The link whose own value this is, if it is one of a link.
pub fn link_of_sysctl(name: &str) -> Option<KernelName> {
    let (_, of_link) = name.strip_prefix("net.")?.split_once(".conf.")?;
    let (link, _) = of_link.split_once('.')?;
    let link = link.replace('/', ".");
    if matches!(link.as_str(), "all" | "default") { None } else { link.parse().ok() }
}

impl RouteTarget {
    /// The routers that it leads through.
    pub fn gateways(&self) -> Vec<IpAddr> {
        match self {
            Self::Via { gateway, .. } => vec![*gateway],
            Self::Shared(shares) => shares.iter().filter_map(|share| share.gateway).collect(),
            Self::Link(_) | Self::Blackhole => vec![],
        }
    }

    /// The links that packets leave by, as far as they are said.
    pub fn links(&self) -> Vec<&KernelName> {
        match self {
            Self::Via { link, .. } => link.iter().collect(),
            Self::Link(link) => vec![link],
            Self::Shared(shares) => shares.iter().map(|share| &share.link).collect(),
            Self::Blackhole => vec![],
        }
    }
}

impl Link {
    /// A link that is not touched yet: down, without a name, in no bridge.
    pub fn fresh(kind: LinkKind) -> Self {
        Self { kind, up: false, bridge: None, alias: String::new(), mtu: None, mac: None }
    }
}

impl State {
    /// The links that something in this state needs to exist on the machine.
    pub fn devices(&self) -> BTreeSet<&KernelName> {
        self.links.iter().filter(|(_, link)| link.kind == LinkKind::Device).map(|(name, _)| name).collect()
    }
}
