//! Links: `RTM_NEWLINK`, `RTM_SETLINK`, `RTM_DELLINK`.

use std::collections::{BTreeMap, BTreeSet};

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::{
    InfoData, InfoKind, InfoVlan, LinkAttribute, LinkFlags, LinkInfo, LinkMessage,
};
use nix::errno::Errno;
use rtnetlink::{LinkBridge, LinkMessageBuilder, LinkUnspec};

use super::socket::{Refusal, Socket};
use crate::apply::kernel::ObservedLink;
use crate::status::LinkTraffic;
use crate::types::{KernelName, Mac};

/// Makes a bridge: down, without members.
pub(super) fn add_bridge(socket: &mut Socket, name: &KernelName) -> Result<(), Refusal> {
    // LinkBridge::new would bring it up as well.
    let message = LinkMessageBuilder::<LinkBridge>::new_with_info_kind(InfoKind::Bridge).name(name.as_str());
    let message = message.build();
    socket.request(RouteNetlinkMessage::NewLink(message), NLM_F_CREATE | NLM_F_EXCL)
}

/// Removes a link of ours; one that is gone is removed already.
pub(super) fn delete(socket: &mut Socket, name: &KernelName) -> Result<(), Refusal> {
    let index = match index(socket, name) {
        Err(Refusal { errno: Errno::ENODEV, .. }) => return Ok(()),
        index => index?,
    };
    let message = LinkUnspec::new_with_index(index).build();
    socket.request(RouteNetlinkMessage::DelLink(message), 0)
}

/// Makes a link for the frames of another that bear a tag: down.
pub(super) fn add_vlan(
    socket: &mut Socket,
    name: &KernelName,
    parent: &KernelName,
    id: u16,
) -> Result<(), Refusal> {
    let parent = index(socket, parent)?;
    socket.request(RouteNetlinkMessage::NewLink(vlan(name, parent, id)), NLM_F_CREATE | NLM_F_EXCL)
}

fn vlan(name: &KernelName, parent: u32, id: u16) -> LinkMessage {
    LinkMessageBuilder::<LinkUnspec>::new_with_info_kind(InfoKind::Vlan)
        .name(name.as_str())
        .link(parent)
        .set_info_data(InfoData::Vlan(vec![InfoVlan::Id(id)]))
        .build()
}

/// Whether this kernel has tagged frames at all. Asked for a link without any setting, one that
/// has them complains of that, and one that has not of the kind of link.
pub(super) fn knows_vlans(socket: &mut Socket) -> Result<bool, Refusal> {
    let message = LinkMessageBuilder::<LinkUnspec>::new_with_info_kind(InfoKind::Vlan).build();
    let outcome = socket.request(RouteNetlinkMessage::NewLink(message), NLM_F_CREATE | NLM_F_EXCL);
    Ok(!matches!(outcome, Err(Refusal { errno: Errno::EOPNOTSUPP, .. })))
}

/// Sets the size of the largest packet of a link, in octets.
pub(super) fn set_mtu(socket: &mut Socket, link: &KernelName, mtu: u32) -> Result<(), Refusal> {
    set(socket, link, |message| message.mtu(mtu))
}

/// Sets the hardware address of a link.
pub(super) fn set_mac(socket: &mut Socket, link: &KernelName, mac: Mac) -> Result<(), Refusal> {
    set(socket, link, |message| message.address(mac.0.to_vec()))
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
    let names: BTreeMap<u32, KernelName> =
        messages.iter().filter_map(|message| Some((message.header.index, name(message)?))).collect();
    let bridges: BTreeSet<u32> =
        messages.iter().filter(|message| is_bridge(message)).map(|message| message.header.index).collect();
    let observed = messages
        .iter()
        .filter_map(|message| {
            Some((message.header.index, (name(message)?, observed(message, &names, &bridges))))
        })
        .collect();
    Ok(observed)
}

/// What went over each link.
pub(super) fn traffic(socket: &mut Socket) -> Result<BTreeMap<KernelName, LinkTraffic>, Refusal> {
    let messages = socket.dump(RouteNetlinkMessage::GetLink(LinkMessage::default()))?;
    let links = messages.iter().filter_map(|message| match message {
        RouteNetlinkMessage::NewLink(link) => Some((name(link)?, counters(link)?)),
        _ => None,
    });
    Ok(links.collect())
}

fn counters(message: &LinkMessage) -> Option<LinkTraffic> {
    message.attributes.iter().find_map(|attribute| match attribute {
        LinkAttribute::Stats64(stats) => Some(LinkTraffic {
            packets_in: stats.rx_packets,
            bytes_in: stats.rx_bytes,
            errors_in: stats.rx_errors,
            dropped_in: stats.rx_dropped,
            packets_out: stats.tx_packets,
            bytes_out: stats.tx_bytes,
            errors_out: stats.tx_errors,
        }),
        _ => None,
    })
}

fn observed(
    message: &LinkMessage,
    names: &BTreeMap<u32, KernelName>,
    bridges: &BTreeSet<u32>,
) -> ObservedLink {
    let (up, carrier) = state(message);
    let mut link = ObservedLink { up, carrier, is_bridge: is_bridge(message), ..ObservedLink::default() };
    let (mut parent, mut tag) = (None, None);
    for attribute in &message.attributes {
        match attribute {
            LinkAttribute::Mtu(mtu) => link.mtu = *mtu,
            LinkAttribute::Address(mac) => link.mac.clone_from(mac),
            LinkAttribute::IfAlias(alias) => link.alias.clone_from(alias),
            LinkAttribute::Controller(index) if bridges.contains(index) => {
                link.bridge = names.get(index).cloned();
            }
            LinkAttribute::Link(index) => parent = names.get(index).cloned(),
            LinkAttribute::LinkInfo(info) => tag = info.iter().find_map(vlan_id),
            _ => {}
        }
    }
    link.vlan = parent.zip(tag);
    link
}

fn vlan_id(info: &LinkInfo) -> Option<u16> {
    let LinkInfo::Data(InfoData::Vlan(settings)) = info else { return None };
    settings.iter().find_map(|setting| match setting {
        InfoVlan::Id(id) => Some(*id),
        _ => None,
    })
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

#[cfg(test)]
mod tests {
    use netlink_packet_core::Emitable;

    use super::*;

    /// This kernel may lack tagged frames; what it is told is the same everywhere.
    #[test]
    fn a_link_for_tagged_frames_is_told_in_the_bytes_of_rtnetlink() {
        let message = vlan(&"ge0.10".parse().unwrap(), 7, 10);
        let mut bytes = vec![0; message.buffer_len()];
        message.emit(&mut bytes);
        // struct ifinfomsg, then attributes: length, type, value, to four bytes.
        let header: &[u8] = &[0; 16];
        let words =
            |numbers: &[u16]| numbers.iter().flat_map(|number| number.to_ne_bytes()).collect::<Vec<_>>();
        let ifname = [words(&[11, 3]), b"ge0.10\0\0".to_vec()].concat();
        let parent = [words(&[8, 5]), 7_u32.to_ne_bytes().to_vec()].concat();
        let kind = [words(&[9, 1]), b"vlan\0\0\0\0".to_vec()].concat();
        let id = words(&[6, 1, 10, 0]);
        let data = [words(&[12, 2]), id].concat();
        for attribute in [&ifname, &parent, &[kind, data].concat()] {
            let found = bytes.windows(attribute.len()).any(|window| window == attribute.as_slice());
            assert!(found, "{attribute:?} in {bytes:?}");
        }
        assert_eq!(&bytes[..16], header);
    }
}
