//! What the fake kernel has, and how Linux answers.
//!
//! What is gone already is taken away with success, as [`Kernel`](crate::apply::kernel::Kernel)
//! promises. The rules were tried on Linux 6.18 with `ip`:
//!
//! - a link that goes down loses its IPv6 addresses, its neighbours and all routes through it, and
//!   keeps its IPv4 addresses;
//! - the last IPv4 address that goes takes all IPv4 routes through its link with it, any other
//!   takes only its own network;
//! - unless `promote_secondaries` is set, the first address of a network takes the others of that
//!   network with it;
//! - a route needs a link that is up, and its router on a network of that link.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use crate::apply::firewall::Firewall;
use crate::apply::kernel::{KernelError, Observed, ObservedLink};
use crate::apply::op::Op;
use crate::apply::state::{Address, Neighbour, RouteKey, RouteTarget, Rule, link_of_sysctl};
use crate::status::Flow;
use crate::types::{KernelName, Mac};

/// Everything in the fake kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FakeLinux {
    links: BTreeMap<KernelName, ObservedLink>,
    /// In the order in which they were added, and whether they bear our mark.
    addresses: Vec<(Address, bool)>,
    neighbours: BTreeMap<Neighbour, Mac>,
    proxies: BTreeSet<Neighbour>,
    /// Whether they bear our mark.
    routes: BTreeMap<RouteKey, (RouteTarget, bool)>,
    rules: BTreeSet<Rule>,
    sysctls: BTreeMap<String, String>,
    firewall: Option<Firewall>,
    /// What its table of flows holds. Nothing here makes flows: a test puts them in.
    pub flows: Vec<Flow>,
}

const BOOT_ID: &str = "kernel.random.boot_id";

type Answer = Result<(), KernelError>;

impl Default for FakeLinux {
    fn default() -> Self {
        let zero = [
            "net.ipv4.ip_forward",
            "net.ipv6.conf.all.forwarding",
            "net.ipv4.conf.all.promote_secondaries",
            "net.ipv4.fib_multipath_hash_policy",
            "net.ipv6.fib_multipath_hash_policy",
        ];
        let mut sysctls: BTreeMap<String, String> =
            zero.iter().map(|name| ((*name).to_owned(), "0".to_owned())).collect();
        sysctls.insert(BOOT_ID.into(), "3a5b0f0e-0000-4000-8000-000000000116".into());
        Self {
            links: BTreeMap::new(),
            addresses: Vec::new(),
            neighbours: BTreeMap::new(),
            proxies: BTreeSet::new(),
            routes: BTreeMap::new(),
            rules: BTreeSet::new(),
            sysctls,
            firewall: None,
            flows: Vec::new(),
        }
    }
}

impl FakeLinux {
    /// Puts a network interface into the machine.
    pub fn plug(&mut self, name: KernelName) {
        self.links.insert(name, ObservedLink { carrier: true, mtu: 1500, ..ObservedLink::default() });
    }

    /// Pulls a network interface out.
    pub fn unplug(&mut self, name: &KernelName) {
        self.flush_link(name);
        self.links.remove(name);
        self.sysctls.retain(|value, _| link_of_sysctl(value).as_ref() != Some(name));
    }

    /// Gives the machine another boot identity. Nothing else changes.
    pub fn reboot(&mut self) {
        self.sysctls.insert(BOOT_ID.into(), "3a5b0f0e-0000-4000-8000-000000000117".into());
    }

    /// Adds an address that bears no mark of ours.
    pub fn add_foreign_address(&mut self, address: Address) {
        self.addresses.push((address, false));
    }

    /// Adds a route that bears no mark of ours.
    pub fn add_foreign_route(&mut self, key: RouteKey, target: RouteTarget) {
        self.routes.insert(key, (target, false));
    }

    /// The names of all links.
    pub fn links(&self) -> impl Iterator<Item = &KernelName> {
        self.links.keys()
    }

    /// Does one operation as Linux would, or refuses it in its words.
    pub fn apply(&mut self, op: &Op) -> Answer {
        match op {
            Op::AddBridge(name) => self.add_bridge(name),
            Op::DeleteBridge(name) => self.delete_bridge(name),
            Op::SetBridge { link, bridge } => self.set_bridge(link, bridge.as_ref()),
            Op::SetAlias { link, alias } => {
                self.link(link)?.alias.clone_from(alias);
                Ok(())
            }
            Op::AddVlan { link, parent, id } => self.add_vlan(link, parent, *id),
            Op::DeleteVlan { link } => {
                self.unplug(link);
                Ok(())
            }
            Op::SetMtu { link, mtu } => self.set_mtu(link, *mtu),
            Op::SetMac { link, mac } => {
                self.link(link)?.mac = mac.0.to_vec();
                Ok(())
            }
            Op::SetNeighbour { neighbour, mac } => {
                self.link(&neighbour.link)?;
                self.neighbours.insert(neighbour.clone(), *mac);
                Ok(())
            }
            Op::DeleteNeighbour(neighbour) => {
                self.neighbours.remove(neighbour);
                Ok(())
            }
            Op::AddProxy(neighbour) => {
                self.link(&neighbour.link)?;
                self.proxies.insert(neighbour.clone());
                Ok(())
            }
            Op::DeleteProxy(neighbour) => {
                self.proxies.remove(neighbour);
                Ok(())
            }
            Op::SetUp { link, up } => self.set_up(link, *up),
            Op::AddAddress(address) => self.add_address(address),
            Op::DeleteAddress(address) => self.delete_address(address),
            Op::SetRoute { key, target } => self.set_route(key, target),
            Op::DeleteRoute { key, .. } => {
                if self.routes.get(key).is_some_and(|(_, ours)| *ours) {
                    self.routes.remove(key);
                }
                Ok(())
            }
            Op::AddRule(rule) => match self.rules.insert(*rule) {
                true => Ok(()),
                false => Err(error("File exists", 17)),
            },
            Op::DeleteRule(rule) => {
                self.rules.remove(rule);
                Ok(())
            }
            Op::SetSysctl { name, value } => {
                self.read_sysctl(name)?;
                self.sysctls.insert(name.clone(), value.clone());
                Ok(())
            }
            Op::SetFirewall(firewall) => {
                self.firewall = firewall.as_deref().cloned();
                Ok(())
            }
            Op::StartWorker(..) | Op::StopWorker(_) => Err(KernelError::new("a worker is not the kernel's")),
        }
    }

    /// What a reader of the kernel sees.
    pub fn observe(&self) -> Observed {
        Observed {
            links: self.links.clone(),
            addresses: self.addresses.iter().cloned().collect(),
            neighbours: self.neighbours.clone(),
            proxies: self.proxies.clone(),
            routes: self
                .routes
                .iter()
                .filter(|(_, (_, ours))| *ours)
                .map(|(key, (target, _))| (key.clone(), target.clone()))
                .collect(),
            rules: self.rules.clone(),
            firewall: self.firewall.as_ref().map(Firewall::fingerprints),
        }
    }

    /// Reads one value below `/proc/sys`.
    pub fn read_sysctl(&self, name: &str) -> Result<String, KernelError> {
        let at_rest =
            link_of_sysctl(name).filter(|link| self.links.contains_key(link)).map(|_| "0".to_owned());
        let value = self.sysctls.get(name).cloned().or(at_rest);
        value.ok_or_else(|| error("No such file or directory", 2))
    }

    fn link(&mut self, name: &KernelName) -> Result<&mut ObservedLink, KernelError> {
        self.links.get_mut(name).ok_or_else(|| error("No such device", 19))
    }

    fn add_bridge(&mut self, name: &KernelName) -> Answer {
        if self.links.contains_key(name) {
            return Err(error("File exists", 17));
        }
        self.plug(name.clone());
        self.link(name)?.is_bridge = true;
        Ok(())
    }

    fn delete_bridge(&mut self, name: &KernelName) -> Answer {
        match self.links.get(name) {
            None => return Ok(()),
            Some(link) if !link.is_bridge => return Err(error("Operation not supported", 95)),
            Some(_) => self.unplug(name),
        }
        for link in self.links.values_mut().filter(|link| link.bridge.as_ref() == Some(name)) {
            link.bridge = None;
        }
        Ok(())
    }

    fn add_vlan(&mut self, name: &KernelName, parent: &KernelName, id: u16) -> Answer {
        let below = self.link(parent)?.clone();
        if self.links.contains_key(name) {
            return Err(error("File exists", 17));
        }
        self.plug(name.clone());
        let link = self.link(name)?;
        (link.vlan, link.mtu) = (Some((parent.clone(), id)), below.mtu);
        Ok(())
    }

    /// Links for tagged frames have no larger packets than the link below.
    fn set_mtu(&mut self, name: &KernelName, mtu: u32) -> Answer {
        self.link(name)?.mtu = mtu;
        let above =
            self.links.values_mut().filter(|link| link.vlan.as_ref().is_some_and(|(of, _)| of == name));
        above.for_each(|link| link.mtu = link.mtu.min(mtu));
        Ok(())
    }

    fn set_bridge(&mut self, link: &KernelName, bridge: Option<&KernelName>) -> Answer {
        let is_bridge = self.link(link)?.is_bridge;
        if let Some(bridge) = bridge {
            if !self.link(bridge)?.is_bridge {
                return Err(error("Operation not supported", 95));
            }
            if is_bridge {
                return Err(error("Too many levels of symbolic links", 40));
            }
        }
        self.link(link)?.bridge = bridge.cloned();
        Ok(())
    }

    fn set_up(&mut self, name: &KernelName, up: bool) -> Answer {
        let was_up = std::mem::replace(&mut self.link(name)?.up, up);
        if was_up && !up {
            self.addresses.retain(|(it, _)| it.link != *name || it.network.addr().is_ipv4());
            self.flush_routes(name, |_| true);
            self.flush_neighbours(name);
        }
        Ok(())
    }

    fn flush_neighbours(&mut self, name: &KernelName) {
        self.neighbours.retain(|neighbour, _| neighbour.link != *name);
        self.proxies.retain(|neighbour| neighbour.link != *name);
    }

    fn flush_link(&mut self, name: &KernelName) {
        self.flush_neighbours(name);
        self.addresses.retain(|(address, _)| address.link != *name);
        self.flush_routes(name, |_| true);
    }

    fn flush_routes(&mut self, name: &KernelName, which: impl Fn(&IpNet) -> bool) {
        self.routes.retain(|key, (target, _)| !target.links().contains(&name) || !which(&key.prefix));
    }

    fn add_address(&mut self, address: &Address) -> Answer {
        self.link(&address.link)?;
        if self.addresses.contains(&(address.clone(), true)) {
            return Ok(());
        }
        let same = |other: &Address| match other.network {
            IpNet::V4(_) => other == address,
            // One IPv6 address stands once on a link, whatever its length.
            IpNet::V6(network) => {
                other.link == address.link && IpAddr::V6(network.addr()) == address.network.addr()
            }
        };
        if self.addresses.iter().any(|(other, _)| same(other)) {
            return Err(error("File exists", 17));
        }
        self.addresses.push((address.clone(), true));
        Ok(())
    }

    fn delete_address(&mut self, address: &Address) -> Answer {
        let Some(place) = self.addresses.iter().position(|(it, _)| it == address) else {
            return Ok(());
        };
        let beside = |it: &Address| it.link == address.link && it.network.trunc() == address.network.trunc();
        let is_first = !self.addresses.iter().take(place).any(|(it, _)| beside(it));
        self.addresses.remove(place);
        if address.network.addr().is_ipv6() {
            return Ok(());
        }
        let promotes =
            self.sysctls.get("net.ipv4.conf.all.promote_secondaries").is_some_and(|value| value == "1");
        if is_first && !promotes {
            self.addresses.retain(|(it, _)| !beside(it));
        }
        let is_last =
            !self.addresses.iter().any(|(it, _)| it.link == address.link && it.network.addr().is_ipv4());
        if is_last {
            self.flush_routes(&address.link, |prefix| prefix.addr().is_ipv4());
        }
        Ok(())
    }

    fn set_route(&mut self, key: &RouteKey, target: &RouteTarget) -> Answer {
        if self.routes.get(key).is_some_and(|(_, ours)| !ours) {
            return Err(error("File exists", 17));
        }
        let target = match target {
            RouteTarget::Blackhole => RouteTarget::Blackhole,
            RouteTarget::Link(name) => {
                self.needs_up(name)?;
                target.clone()
            }
            RouteTarget::Shared(shares) => {
                for share in shares {
                    match share.gateway {
                        Some(gateway) => drop(self.reach(gateway, Some(&share.link))?),
                        None => self.needs_up(&share.link)?,
                    }
                }
                target.clone()
            }
            RouteTarget::Via { gateway, link } => {
                let link = self.reach(*gateway, link.as_ref())?;
                RouteTarget::Via { gateway: *gateway, link: Some(link) }
            }
        };
        self.routes.insert(key.clone(), (target, true));
        Ok(())
    }

    fn needs_up(&mut self, name: &KernelName) -> Answer {
        if self.link(name)?.up { Ok(()) } else { Err(error("Network is down", 100)) }
    }

    /// The link on which a router stands.
    fn reach(&mut self, gateway: IpAddr, link: Option<&KernelName>) -> Result<KernelName, KernelError> {
        if let Some(name) = link {
            self.needs_up(name)?;
        }
        let networks = self.addresses.iter().map(|(address, _)| (&address.link, address.network));
        let straight = self.routes.iter().filter_map(|(key, (target, _))| match target {
            RouteTarget::Link(link) => Some((link, key.prefix)),
            RouteTarget::Via { .. } | RouteTarget::Shared(_) | RouteTarget::Blackhole => None,
        });
        networks
            .chain(straight)
            .filter(|(name, network)| network.contains(&gateway) && link.is_none_or(|link| link == *name))
            .filter(|(name, _)| self.links.get(*name).is_some_and(|link| link.up))
            .max_by_key(|(_, network)| network.prefix_len())
            .map(|(name, _)| name.clone())
            .ok_or_else(|| error("Network is unreachable", 101))
    }
}

fn error(text: &str, number: i32) -> KernelError {
    KernelError::new(format!("{text} (os error {number})"))
}
