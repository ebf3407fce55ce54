//! Addresses: `RTM_NEWADDR`, `RTM_DELADDR`, with our mark in `IFA_PROTO` (Linux 5.18).

use std::collections::BTreeMap;

use ipnet::IpNet;
use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::address::{AddressAttribute, AddressMessage, AddressProtocol};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use nix::errno::Errno;

use super::link;
use super::socket::{Refusal, Socket};
use crate::apply::state::Address;
use crate::types::{KERNEL_PROTOCOL, KernelName};

/// Gives a link an address. The very same, with our mark, may be there already.
pub(super) fn add(socket: &mut Socket, address: &Address) -> Result<(), Refusal> {
    let index = link::index(socket, &address.link)?;
    let mut message = message(index, address.network);
    message.attributes.push(AddressAttribute::Protocol(AddressProtocol::Other(KERNEL_PROTOCOL)));
    let outcome = socket.request(RouteNetlinkMessage::NewAddress(message), NLM_F_CREATE | NLM_F_EXCL);
    match outcome {
        Err(Refusal { errno: Errno::EEXIST, .. }) if is_ours(socket, index, address.network)? => Ok(()),
        outcome => outcome,
    }
}

/// Takes an address from a link; one that is gone, with its link or without, is taken already.
pub(super) fn delete(socket: &mut Socket, address: &Address) -> Result<(), Refusal> {
    let outcome = link::index(socket, &address.link).and_then(|index| {
        socket.request(RouteNetlinkMessage::DelAddress(message(index, address.network)), 0)
    });
    match outcome {
        Err(Refusal { errno: Errno::ENODEV | Errno::EADDRNOTAVAIL, .. }) => Ok(()),
        outcome => outcome,
    }
}

/// All addresses of the namespace; true where one bears our mark.
pub(super) fn all(
    socket: &mut Socket,
    name_of: impl Fn(u32) -> Option<KernelName>,
) -> Result<BTreeMap<Address, bool>, Refusal> {
    let found = dump(socket)?;
    Ok(found
        .into_iter()
        .filter_map(|(index, network, ours)| Some((Address { link: name_of(index)?, network }, ours)))
        .collect())
}

fn is_ours(socket: &mut Socket, index: u32, network: IpNet) -> Result<bool, Refusal> {
    Ok(dump(socket)?.contains(&(index, network, true)))
}

/// Number of the link, address, and whether it is ours.
fn dump(socket: &mut Socket) -> Result<Vec<(u32, IpNet, bool)>, Refusal> {
    let messages = socket.dump(RouteNetlinkMessage::GetAddress(AddressMessage::default()))?;
    Ok(messages
        .iter()
        .filter_map(|message| match message {
            RouteNetlinkMessage::NewAddress(address) => parse(address),
            _ => None,
        })
        .collect())
}

fn parse(message: &AddressMessage) -> Option<(u32, IpNet, bool)> {
    let (mut local, mut address, mut ours) = (None, None, false);
    for attribute in &message.attributes {
        match attribute {
            AddressAttribute::Local(ip) => local = Some(*ip),
            AddressAttribute::Address(ip) => address = Some(*ip),
            AddressAttribute::Protocol(protocol) => ours = u8::from(*protocol) == KERNEL_PROTOCOL,
            _ => {}
        }
    }
    // Where both are there and differ, IFA_ADDRESS is the peer of a point-to-point link.
    let network = IpNet::new(local.or(address)?, message.header.prefix_len).ok()?;
    Some((message.header.index, network, ours))
}

fn message(index: u32, network: IpNet) -> AddressMessage {
    let mut message = AddressMessage::default();
    message.header.index = index;
    message.header.prefix_len = network.prefix_len();
    message.header.family = match network {
        IpNet::V4(_) => AddressFamily::Inet,
        IpNet::V6(_) => AddressFamily::Inet6,
    };
    message.attributes =
        vec![AddressAttribute::Local(network.addr()), AddressAttribute::Address(network.addr())];
    message
}
