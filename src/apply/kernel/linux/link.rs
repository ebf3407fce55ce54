//! Links: `RTM_NEWLINK`, `RTM_SETLINK`, `RTM_DELLINK`.

use std::collections::BTreeMap;

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::{InfoKind, LinkAttribute, LinkFlags, LinkInfo, LinkMessage};
use nix::errno::Errno;
use rtnetlink::{LinkBridge, LinkMessageBuilder, LinkUnspec};

use super::socket::{Refusal, Socket};
use crate::apply::kernel::ObservedLink;
use crate::types::KernelName;

/// Makes a bridge: down, without members.
pub(super) fn add_bridge(socket: &mut Socket, name: &KernelName) -> Result<(), Refusal> {
    // LinkBridge::new would bring it up as well.
    let message = LinkMessageBuilder::<LinkBridge>::new_with_info_kind(InfoKind::Bridge).name(name.as_str());
    let message = message.build();
    socket.request(RouteNetlinkMessage::NewLink(message), NLM_F_CREATE | NLM_F_EXCL)
}

/// Removes a bridge; one that is gone is removed already.
pub(super) fn delete_bridge(socket: &mut Socket, name: &KernelName) -> Result<(), Refusal> {
    let index = match index(socket, name) {
        Err(Refusal { errno: Errno::ENODEV, .. }) => return Ok(()),
        index => index?,
    };
    let message = LinkUnspec::new_with_index(index).build();
    socket.request(RouteNetlinkMessage::DelLink(message), 0)
}

/// Makes a link a member of a bridge, or of none.
pub(super) fn set_bridge(
    socket: &mut Socket,
    link: &KernelName,
    bridge: Option<&KernelName>,
) -> Result<(), Refusal> {
    let controller = bridge.map_or(Ok(0), |bridge| index(socket, bridge))?;
    set(socket, link, |message| message.controller(controller))
}

/// Writes the alias of a link; an empty one takes it off.
pub(super) fn set_alias(socket: &mut Socket, link: &KernelName, alias: &str) -> Result<(), Refusal> {
    set(socket, link, |message| message.alias(alias))
}

/// Sets the administrative state of a link.
pub(super) fn set_up(socket: &mut Socket, link: &KernelName, up: bool) -> Result<(), Refusal> {
    set(socket, link, |message| if up { message.up() } else { message.down() })
}

fn set(
    socket: &mut Socket,
    link: &KernelName,
    change: impl FnOnce(LinkMessageBuilder<LinkUnspec>) -> LinkMessageBuilder<LinkUnspec>,
) -> Result<(), Refusal> {
    let index = index(socket, link)?;
    let message = change(LinkUnspec::new_with_index(index)).build();
    socket.request(RouteNetlinkMessage::SetLink(message), 0)
}

/// The kernel's number of a link. No such link: `ENODEV`.
pub(super) fn index(socket: &mut Socket, link: &KernelName) -> Result<u32, Refusal> {
    let message = LinkUnspec::new_with_name(link.as_str()).build();
    match socket.get(RouteNetlinkMessage::GetLink(message))? {
        Some(RouteNetlinkMessage::NewLink(found)) => Ok(found.header.index),
        _ => Err(Refusal { errno: Errno::ENODEV, sentence: None }),
    }
}

/// All links of the namespace, by the kernel's number.
///
/// One whose name could not stand in a configuration (a colon, other than ASCII) is passed over.
pub(super) fn all(socket: &mut Socket) -> Result<BTreeMap<u32, (KernelName, ObservedLink)>, Refusal> {
    let messages: Vec<LinkMessage> = socket
        .dump(RouteNetlinkMessage::GetLink(LinkMessage::default()))?
        .into_iter()
        .filter_map(|message| match message {
            RouteNetlinkMessage::NewLink(link) => Some(link),
            _ => None,
        })
        .collect();
    let bridges: BTreeMap<u32, KernelName> = messages
        .iter()
        .filter(|message| is_bridge(message))
        .filter_map(|message| Some((message.header.index, name(message)?)))
        .collect();
    let observed = messages
        .iter()
        .filter_map(|message| Some((message.header.index, (name(message)?, observed(message, &bridges)))))
        .collect();
    Ok(observed)
}

fn observed(message: &LinkMessage, bridges: &BTreeMap<u32, KernelName>) -> ObservedLink {
    let (up, carrier) = state(message);
    let mut link = ObservedLink { up, carrier, is_bridge: is_bridge(message), ..ObservedLink::default() };
    for attribute in &message.attributes {
        match attribute {
            LinkAttribute::Mtu(mtu) => link.mtu = *mtu,
            LinkAttribute::Address(mac) => link.mac.clone_from(mac),
            LinkAttribute::IfAlias(alias) => link.alias.clone_from(alias),
            LinkAttribute::Controller(index) => link.bridge = bridges.get(index).cloned(),
            _ => {}
        }
    }
    link
}

fn is_bridge(message: &LinkMessage) -> bool {
    message.attributes.iter().any(|attribute| match attribute {
        LinkAttribute::LinkInfo(info) => info.contains(&LinkInfo::Kind(InfoKind::Bridge)),
        _ => false,
    })
}

/// The name in a message about a link, if a configuration could name it.
pub(super) fn name(message: &LinkMessage) -> Option<KernelName> {
    message.attributes.iter().find_map(|attribute| match attribute {
        LinkAttribute::IfName(name) => name.parse().ok(),
        _ => None,
    })
}

/// Whether the link of a message is up, and has a carrier.
pub(super) fn state(message: &LinkMessage) -> (bool, bool) {
    let flags = message.header.flags;
    (flags.contains(LinkFlags::Up), flags.contains(LinkFlags::LowerUp))
}
