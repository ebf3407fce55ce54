//! Addresses of interfaces, and the DHCP clients that ask for one.

use ipnet::IpNet;

use super::{Draft, Tie};
use crate::apply::state::{Address, Neighbour, sysctl_of_link};
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
    for (&name, interface) in &draft.model.interfaces {
        if let Some(Sourced { value: Ipv4Source::Unnumbered(of), origin }) = interface.addr.ipv4
            && let Ok(tie) = draft.tie(name).cloned()
        {
            borrow(&tie, of, origin, draft);
        }
    }
}

/// Gives a link the primary address of another interface, as a single host.
fn borrow(tie: &Tie, of: InterfaceName, origin: LineId, draft: &mut Draft<'_>) {
    let lender = draft.model.interfaces.get(&of).and_then(|lender| lender.addr.ipv4.as_ref());
    let address = match lender.map(|source| &source.value) {
        Some(Ipv4Source::Static(network)) => Some(network.addr()),
        Some(Ipv4Source::Dhcp { .. }) => draft.facts.leases.get(&of).map(|lease| lease.address.addr()),
        Some(Ipv4Source::Unnumbered(_)) | None => None,
    };
    match address {
        Some(address) => give(&tie.link, IpNet::V4(address.into()), origin, draft),
        None => draft.hold(origin, format!("{of} has no IPv4 address to borrow")),
    }
}

fn addresses(name: InterfaceName, addr: &Addressing, tie: &Tie, draft: &mut Draft<'_>) {
    let &Tie { ref link, up, .. } = tie;
    // Linux keeps the IPv4 addresses of a link that is down; here it carries others, and stays up.
    let is_shared = draft.state.links.get(link).is_some_and(|link| link.up) && !up;
    if is_shared {
        return hold(addr, &format!("{name} is shut down"), draft);
    }
    if let Some(source) = &addr.ipv4 {
        match &source.value {
            Ipv4Source::Static(network) => give(link, IpNet::V4(*network), source.origin, draft),
            // When all others have theirs.
            Ipv4Source::Unnumbered(_) => {}
            Ipv4Source::Dhcp { .. } => dhcp(name, link, up, source.origin, draft),
        }
    }
    for network in &addr.ipv4_secondary {
        give(link, IpNet::V4(network.value), network.origin, draft);
    }
    if let Some(line) = addr.proxy_arp {
        let proxy_arp = sysctl_of_link("ipv4", link, "proxy_arp");
        draft.state.sysctls.insert(proxy_arp, Sourced::new("1".to_owned(), line.origin));
    }
    for (&address, mac) in &addr.neighbours {
        // Linux forgets the neighbours of a link that goes down.
        if up {
            draft.state.neighbours.insert(Neighbour { link: link.clone(), address }, *mac);
        } else {
            draft.hold(mac.origin, format!("{name} is shut down"));
        }
    }
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
    // On lo a network would be ours as a whole, every host of it.
    let network =
        if *link == InterfaceName::Loopback(0).kernel_name() { network.addr().into() } else { network };
    let address = Address { link: link.clone(), network };
    draft.state.addresses.entry(address).or_insert(Sourced::new((), origin));
}

fn hold(addr: &Addressing, reason: &str, draft: &mut Draft<'_>) {
    let lines = addr.ipv4.iter().map(|source| source.origin);
    let lines = lines.chain(addr.proxy_arp.iter().map(|line| line.origin));
    let lines = lines.chain(addr.neighbours.values().map(|mac| mac.origin));
    let lines = lines.chain(addr.ipv4_secondary.iter().map(|network| network.origin));
    for line in lines.chain(addr.ipv6.iter().map(|network| network.origin)) {
        draft.hold(line, reason);
    }
}
