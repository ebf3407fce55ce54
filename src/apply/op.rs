//! The single changes that a plan is made of.
//!
//! An [`Op`] is one kernel transaction: it happens whole or not at all. Its `Display` is the
//! `ip` or `nft` command that would do the same, and serves as dry run, log and test snapshot.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::firewall::{Family, Firewall};
use super::state::{Address, MAIN_TABLE, Neighbour, RouteKey, RouteTarget, Rule, Share};
use super::workers::{WorkerId, WorkerSpec};
use crate::types::{KERNEL_PROTOCOL, KernelName, LineId, Mac, NFT_TABLE};

/// One change of Linux or of a worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// Make a bridge (down, without members).
    AddBridge(KernelName),
    /// Remove a bridge of ours.
    DeleteBridge(KernelName),
    /// Make a link for the frames of another that bear a tag (down).
    AddVlan { link: KernelName, parent: KernelName, id: u16 },
    /// Remove such a link of ours.
    DeleteVlan { link: KernelName },
    /// Make a link a member of a bridge, or of none.
    SetBridge { link: KernelName, bridge: Option<KernelName> },
    /// Write the router's name on a link; empty takes it off.
    SetAlias { link: KernelName, alias: String },
    /// Administrative state.
    SetUp { link: KernelName, up: bool },
    /// The largest packet of a link, in octets.
    SetMtu { link: KernelName, mtu: u32 },
    /// The hardware address of a link.
    SetMac { link: KernelName, mac: Mac },
    /// Give a link an address.
    AddAddress(Address),
    /// Take an address from a link.
    DeleteAddress(Address),
    /// Fix the hardware address of a host.
    SetNeighbour { neighbour: Neighbour, mac: Mac },
    /// Let the hardware address of a host be asked for again.
    DeleteNeighbour(Neighbour),
    /// Answer for an address on a link.
    AddProxy(Neighbour),
    /// Answer for it no more.
    DeleteProxy(Neighbour),
    /// Add a route; one with the same key that is ours is replaced.
    SetRoute { key: RouteKey, target: RouteTarget },
    /// Remove a route of ours.
    DeleteRoute { key: RouteKey, target: RouteTarget },
    /// Add a rule.
    AddRule(Rule),
    /// Remove a rule of ours.
    DeleteRule(Rule),
    /// Write a value below `/proc/sys`.
    SetSysctl { name: String, value: String },
    /// Replace the table `inet tsuji` in one transaction; `None` removes it.
    SetFirewall(Option<Arc<Firewall>>),
    /// Start a protocol worker.
    StartWorker(WorkerId, WorkerSpec),
    /// Stop a protocol worker, which says goodbye to its peer.
    StopWorker(WorkerId),
}

/// An operation, the line that asked for it, and what takes it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is done.
    pub op: Op,
    /// What takes it back, from the state before the commit.
    pub undo: Op,
    /// The configuration line behind it.
    pub origin: LineId,
}

impl Op {
    /// The operation in one line: its `Display` without the rules of a table.
    pub fn headline(&self) -> String {
        self.to_string().lines().next().unwrap_or_default().to_owned()
    }

    /// Whether it adds or removes a route; a run of these is done in one go.
    pub fn is_route(&self) -> bool {
        matches!(self, Self::SetRoute { .. } | Self::DeleteRoute { .. })
    }

    /// Whether it is the workers' business and not the kernel's.
    pub fn is_worker(&self) -> bool {
        matches!(self, Self::StartWorker(..) | Self::StopWorker(_))
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddBridge(link) => write!(f, "ip link add {link} type bridge"),
            Self::DeleteBridge(link) => write!(f, "ip link delete {link}"),
            Self::AddVlan { link, parent, id } => {
                write!(f, "ip link add {link} link {parent} type vlan id {id}")
            }
            Self::DeleteVlan { link } => write!(f, "ip link delete {link}"),
            Self::SetBridge { link, bridge: Some(bridge) } => write!(f, "ip link set {link} master {bridge}"),
            Self::SetBridge { link, bridge: None } => write!(f, "ip link set {link} nomaster"),
            Self::SetAlias { link, alias } => write!(f, "ip link set {link} alias \"{alias}\""),
            Self::SetUp { link, up } => write!(f, "ip link set {link} {}", if *up { "up" } else { "down" }),
            Self::SetMtu { link, mtu } => write!(f, "ip link set {link} mtu {mtu}"),
            Self::SetMac { link, mac } => write!(f, "ip link set {link} address {mac}"),
            Self::SetNeighbour { neighbour: Neighbour { link, address }, mac } => {
                write!(f, "ip neighbour replace {address} lladdr {mac} dev {link} protocol {KERNEL_PROTOCOL}")
            }
            Self::DeleteNeighbour(Neighbour { link, address }) => {
                write!(f, "ip neighbour delete {address} dev {link}")
            }
            Self::AddProxy(Neighbour { link, address }) => {
                write!(f, "ip neighbour add proxy {address} dev {link} protocol {KERNEL_PROTOCOL}")
            }
            Self::DeleteProxy(Neighbour { link, address }) => {
                write!(f, "ip neighbour delete proxy {address} dev {link}")
            }
            Self::AddAddress(Address { link, network }) => {
                write!(f, "ip address add {network} dev {link} proto {KERNEL_PROTOCOL}")
            }
            Self::DeleteAddress(Address { link, network }) => {
                write!(f, "ip address delete {network} dev {link}")
            }
            Self::SetRoute { key, target } => write!(f, "ip route replace {}", Route(key, target)),
            Self::DeleteRoute { key, target } => write!(f, "ip route delete {}", Route(key, target)),
            Self::AddRule(rule) => lookup("add", rule, f),
            Self::DeleteRule(rule) => lookup("delete", rule, f),
            Self::SetSysctl { name, value } => write!(f, "sysctl {name}={value}"),
            Self::SetFirewall(Some(firewall)) => write!(f, "nft replace table inet {NFT_TABLE}\n{firewall}"),
            Self::SetFirewall(None) => write!(f, "nft delete table inet {NFT_TABLE}"),
            Self::StartWorker(id, spec) => write!(f, "start {id}: {spec}"),
            Self::StopWorker(id) => write!(f, "stop {id}"),
        }
    }
}

/// A route in the words of `ip route`.
struct Route<'a>(&'a RouteKey, &'a RouteTarget);

impl fmt::Display for Route<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(RouteKey { prefix, priority, table }, target) = self;
        match target {
            RouteTarget::Via { gateway, link: Some(link) } => write!(f, "{prefix} via {gateway} dev {link}")?,
            RouteTarget::Via { gateway, link: None } => write!(f, "{prefix} via {gateway}")?,
            RouteTarget::Link(link) => write!(f, "{prefix} dev {link}")?,
            RouteTarget::Shared(_) => write!(f, "{prefix}")?,
            RouteTarget::Blackhole => write!(f, "blackhole {prefix}")?,
        }
        if *table != MAIN_TABLE {
            write!(f, " table {table}")?;
        }
        write!(f, " metric {priority} proto {KERNEL_PROTOCOL}")?;
        let RouteTarget::Shared(shares) = target else { return Ok(()) };
        for Share { gateway, link, weight } in shares {
            f.write_str(" nexthop")?;
            if let Some(gateway) = gateway {
                write!(f, " via {gateway}")?;
            }
            write!(f, " dev {link} weight {weight}")?;
        }
        Ok(())
    }
}

/// A rule in the words of `ip rule`.
fn lookup(verb: &str, rule: &Rule, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let version = match rule.family {
        Family::Ipv4 => "",
        Family::Ipv6 => "-6 ",
    };
    let &Rule { priority, mark, table, longer_than, .. } = rule;
    write!(f, "ip {version}rule {verb} priority {priority} fwmark {mark:#x} lookup ")?;
    match table {
        MAIN_TABLE => f.write_str("main")?,
        table => write!(f, "{table}")?,
    }
    if let Some(length) = longer_than {
        write!(f, " suppress_prefixlength {length}")?;
    }
    write!(f, " protocol {KERNEL_PROTOCOL}")
}
