//! Addresses of interfaces, and the DHCP clients that ask for one.

use ipnet::IpNet;

use super::{Draft, Tie};
use crate::apply::state::{Address, sysctl_of_link};
use crate::apply::workers::{WorkerId, WorkerSpec};
use crate::model::addr::{Addressing, Ipv4Source};
use crate::types::{InterfaceName, KernelName, LineId, Sourced};

pub(super) fn resolve(draft: &mut Draft<'_>) {
    for (&name, interface) in &draft.model.interfaces {
        match draft.tie(name).cloned() {
            Ok(tie) => addresses(name, &interface.addr, &tie, draft),
            Err(reason) => hold(&interface.addr, &reason, draft),
        }
    }
}

fn addresses(name: InterfaceName, addr: &Addressing, tie: &Tie, draft: &mut Draft<'_>) {
    let &Tie { ref link, up, origin: tied_by } = tie;
    if let Some(source) = &addr.ipv4 {
        match &source.value {
            Ipv4Source::Static(network) => give(link, IpNet::V4(*network), source.origin, draft),
            Ipv4Source::Dhcp { .. } => dhcp(name, link, up, source.origin, draft),
        }
    }
    for network in &addr.ipv4_secondary {
        give(link, IpNet::V4(network.value), network.origin, draft);
    }
    // Said either way: the value outlives the line that set it.
    let (answers, origin) = addr.proxy_arp.map_or(("0", tied_by), |line| ("1", line.origin));
    let proxy_arp = sysctl_of_link("ipv4", link, "proxy_arp");
    draft.state.sysctls.insert(proxy_arp, Sourced::new(answers.to_owned(), origin));
    for network in &addr.ipv6 {
        // Linux takes the IPv6 addresses of a link away when it goes down.
        if up {
            give(link, IpNet::V6(network.value), network.origin, draft);
        } else {
            draft.hold(network.origin, format!("{name} is shut down"));
        }
    }
}

fn dhcp(name: InterfaceName, link: &KernelName, up: bool, origin: LineId, draft: &mut Draft<'_>) {
    if !up {
        return draft.hold(origin, format!("{name} is shut down"));
    }
    let spec = WorkerSpec::DhcpClient { link: link.clone() };
    draft.state.workers.insert(WorkerId::DhcpClient(name), Sourced::new(spec, origin));
    if let Some(lease) = draft.facts.leases.get(&name) {
        give(link, IpNet::V4(lease.address), origin, draft);
    }
}

fn give(link: &KernelName, network: IpNet, origin: LineId, draft: &mut Draft<'_>) {
    let address = Address { link: link.clone(), network };
    draft.state.addresses.entry(address).or_insert(Sourced::new((), origin));
}

fn hold(addr: &Addressing, reason: &str, draft: &mut Draft<'_>) {
    let lines = addr.ipv4.iter().map(|source| source.origin);
    let lines = lines.chain(addr.ipv4_secondary.iter().map(|network| network.origin));
    for line in lines.chain(addr.ipv6.iter().map(|network| network.origin)) {
        draft.hold(line, reason);
    }
}
