//! Neighbours: `RTM_NEWNEIGH`, `RTM_DELNEIGH`, with our mark in `NDA_PROTOCOL` (Linux 5.0).
//!
//! The kernel keeps two tables: hosts with their hardware addresses, and addresses for which it
//! answers itself (`NTF_PROXY`). It tells of the second only when asked for it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE};
use netlink_packet_route::neighbour::{
    NeighbourAddress, NeighbourAttribute, NeighbourFlags, NeighbourMessage, NeighbourState,
};
use netlink_packet_route::route::RouteProtocol;
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use nix::errno::Errno;

use super::link;
use super::socket::{Refusal, Socket};
use crate::apply::state::Neighbour;
use crate::status::{Reachability, Sight};
use crate::types::{KERNEL_PROTOCOL, KernelName, Mac};

/// The kernel tells times in hundredths of a second (`USER_HZ`).
const TICK_MILLISECONDS: u64 = 10;

/// Our mark, as neighbours bear it.
const OURS: RouteProtocol = RouteProtocol::Other(KERNEL_PROTOCOL);

/// Fixes the hardware address of a host. One that somebody else fixed is refused.
pub(super) fn set(socket: &mut Socket, neighbour: &Neighbour, mac: Mac) -> Result<(), Refusal> {
    let index = link::index(socket, &neighbour.link)?;
    let links = BTreeMap::from([(index, neighbour.link.clone())]);
    let fixed_by_others = dump(socket, NeighbourFlags::empty())?.into_iter().any(|message| {
        let fixed = message.header.state == NeighbourState::Permanent;
        fixed
            && !is_ours(&message)
            && key(&message, |index| links.get(&index).cloned()).as_ref() == Some(neighbour)
    });
    if fixed_by_others {
        return Err(Refusal { errno: Errno::EEXIST, sentence: None });
    }
    let mut message = message(index, neighbour.address);
    message.header.state = NeighbourState::Permanent;
    message.attributes.push(NeighbourAttribute::LinkLayerAddress(mac.0.to_vec()));
    message.attributes.push(NeighbourAttribute::Protocol(OURS));
    socket.request(RouteNetlinkMessage::NewNeighbour(message), NLM_F_CREATE | NLM_F_REPLACE)
}

/// Forgets a host; one that is gone, with its link or without, is forgotten already.
pub(super) fn delete(socket: &mut Socket, neighbour: &Neighbour) -> Result<(), Refusal> {
    remove(socket, neighbour, NeighbourFlags::empty())
}

/// Answers for an address. One of ours that is there already will do.
pub(super) fn add_proxy(socket: &mut Socket, neighbour: &Neighbour) -> Result<(), Refusal> {
    let mut message = message(link::index(socket, &neighbour.link)?, neighbour.address);
    message.header.flags = NeighbourFlags::Proxy;
    message.attributes.push(NeighbourAttribute::Protocol(OURS));
    socket.request(RouteNetlinkMessage::NewNeighbour(message), NLM_F_CREATE | NLM_F_EXCL)
}

/// Answers for an address no more.
pub(super) fn delete_proxy(socket: &mut Socket, neighbour: &Neighbour) -> Result<(), Refusal> {
    remove(socket, neighbour, NeighbourFlags::Proxy)
}

fn remove(socket: &mut Socket, neighbour: &Neighbour, flags: NeighbourFlags) -> Result<(), Refusal> {
    let outcome = link::index(socket, &neighbour.link).and_then(|index| {
        let mut message = message(index, neighbour.address);
        message.header.flags = flags;
        socket.request(RouteNetlinkMessage::DelNeighbour(message), 0)
    });
    match outcome {
        Err(Refusal { errno: Errno::ENODEV | Errno::ENOENT | Errno::ENXIO, .. }) => Ok(()),
        outcome => outcome,
    }
}

/// The hosts that were fixed with our mark.
pub(super) fn fixed(
    socket: &mut Socket,
    name_of: impl Fn(u32) -> Option<KernelName>,
) -> Result<BTreeMap<Neighbour, Mac>, Refusal> {
    let messages = dump(socket, NeighbourFlags::empty())?;
    let ours = messages.iter().filter(|message| is_ours(message));
    Ok(ours.filter_map(|message| Some((key(message, &name_of)?, mac(message)?))).collect())
}

/// The addresses for which the kernel answers, with our mark.
pub(super) fn proxies(
    socket: &mut Socket,
    name_of: impl Fn(u32) -> Option<KernelName>,
) -> Result<BTreeSet<Neighbour>, Refusal> {
    let messages = dump(socket, NeighbourFlags::Proxy)?;
    Ok(messages
        .iter()
        .filter(|message| is_ours(message))
        .filter_map(|message| key(message, &name_of))
        .collect())
}

/// Every host that the kernel knows on its links, but for itself and groups.
pub(super) fn sights(
    socket: &mut Socket,
    name_of: impl Fn(u32) -> Option<KernelName>,
) -> Result<Vec<Sight>, Refusal> {
    let messages = dump(socket, NeighbourFlags::empty())?;
    let mut sights: Vec<Sight> = messages.iter().filter_map(|message| sight(message, &name_of)).collect();
    sights.sort();
    Ok(sights)
}

fn sight(message: &NeighbourMessage, name_of: impl Fn(u32) -> Option<KernelName>) -> Option<Sight> {
    let state = match message.header.state {
        NeighbourState::Permanent => Reachability::Fixed,
        NeighbourState::Reachable => Reachability::Reachable,
        NeighbourState::Stale | NeighbourState::Delay | NeighbourState::Probe => Reachability::Stale,
        NeighbourState::Incomplete | NeighbourState::Failed => Reachability::Unknown,
        _ => return None,
    };
    let ticks = message.attributes.iter().find_map(|attribute| match attribute {
        NeighbourAttribute::CacheInfo(info) => Some(info.updated),
        _ => None,
    });
    let Neighbour { link, address } = key(message, name_of)?;
    let mac = if state == Reachability::Unknown { None } else { mac(message) };
    let age = Duration::from_millis(u64::from(ticks.unwrap_or_default()) * TICK_MILLISECONDS);
    Some(Sight { link, address, mac, state, age })
}

/// Every host of one of the two tables, in both families.
pub(super) fn dump(socket: &mut Socket, table: NeighbourFlags) -> Result<Vec<NeighbourMessage>, Refusal> {
    let mut found = Vec::new();
    for family in [AddressFamily::Inet, AddressFamily::Inet6] {
        let mut filter = NeighbourMessage::default();
        filter.header.family = family;
        filter.header.flags = table;
        let messages = socket.dump(RouteNetlinkMessage::GetNeighbour(filter))?;
        found.extend(messages.into_iter().filter_map(|message| match message {
            RouteNetlinkMessage::NewNeighbour(message) => Some(message),
            _ => None,
        }));
    }
    Ok(found)
}

fn is_ours(message: &NeighbourMessage) -> bool {
    message.attributes.contains(&NeighbourAttribute::Protocol(OURS))
}

pub(super) fn key(
    message: &NeighbourMessage,
    name_of: impl Fn(u32) -> Option<KernelName>,
) -> Option<Neighbour> {
    let address = message.attributes.iter().find_map(|attribute| match attribute {
        NeighbourAttribute::Destination(NeighbourAddress::Inet(address)) => Some(IpAddr::V4(*address)),
        NeighbourAttribute::Destination(NeighbourAddress::Inet6(address)) => Some(IpAddr::V6(*address)),
        _ => None,
    })?;
    Some(Neighbour { link: name_of(message.header.ifindex)?, address })
}

pub(super) fn mac(message: &NeighbourMessage) -> Option<Mac> {
    message.attributes.iter().find_map(|attribute| match attribute {
        NeighbourAttribute::LinkLayerAddress(bytes) => Some(Mac(bytes.as_slice().try_into().ok()?)),
        _ => None,
    })
}

fn message(index: u32, address: IpAddr) -> NeighbourMessage {
    let mut message = NeighbourMessage::default();
    message.header.ifindex = index;
    let (family, address) = match address {
        IpAddr::V4(address) => (AddressFamily::Inet, NeighbourAddress::Inet(address)),
        IpAddr::V6(address) => (AddressFamily::Inet6, NeighbourAddress::Inet6(address)),
    };
    message.header.family = family;
    message.attributes = vec![NeighbourAttribute::Destination(address)];
    message
}
