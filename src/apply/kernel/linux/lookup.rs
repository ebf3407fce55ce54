//! Single routes: `RTM_GETROUTE` with `RTM_F_FIB_MATCH` answers the route that an address takes.
//!
//! The kernel has no question for the route of one key. But it says which route it would take to
//! the first address of the key's prefix: the longest prefix, and of that the best metric. So the
//! answer is the route of the key; or it is a worse one, and there is none of that key; or it is a
//! better one, and nothing is known. Then all routes are read.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use netlink_packet_route::route::{RouteAttribute, RouteFlags, RouteHeader, RouteMessage};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use nix::errno::Errno;

use super::route;
use super::socket::{Refusal, Socket};
use crate::apply::state::{MAIN_TABLE, RouteKey, RouteTarget};
use crate::types::KernelName;

/// More keys than this are not asked for one by one.
const ONE_BY_ONE: usize = 256;

/// In no network: what lies behind a default route.
const NOWHERE_IPV4: Ipv4Addr = Ipv4Addr::new(240, 0, 0, 1);
const NOWHERE_IPV6: Ipv6Addr = Ipv6Addr::new(0x4000, 0, 0, 0, 0, 0, 0, 1);

/// The routes of ours with these keys, those that there are.
pub(super) fn routes<'a>(
    socket: &mut Socket,
    keys: impl ExactSizeIterator<Item = &'a RouteKey> + Clone,
    name_of: impl Fn(u32) -> Option<KernelName>,
) -> Result<BTreeMap<RouteKey, RouteTarget>, Refusal> {
    let mut found = BTreeMap::new();
    if keys.len() <= ONE_BY_ONE {
        let mut is_clear = true;
        for key in keys.clone() {
            match one(socket, key, &name_of)? {
                Answer::Route(target) => drop(found.insert(key.clone(), target)),
                Answer::None => {}
                Answer::Unclear => {
                    is_clear = false;
                    break;
                }
            }
        }
        if is_clear {
            return Ok(found);
        }
    }
    let mut all = route::all(socket, name_of)?;
    Ok(keys.filter_map(|key| all.remove_entry(key)).collect())
}

/// What the kernel says of one key.
#[derive(Debug)]
enum Answer {
    /// There is such a route of ours.
    Route(RouteTarget),
    /// There is none.
    None,
    /// Another route stands in front of it, if it is there.
    Unclear,
}

fn one(
    socket: &mut Socket,
    key: &RouteKey,
    name_of: impl Fn(u32) -> Option<KernelName>,
) -> Result<Answer, Refusal> {
    // The tables of rules are asked for marked packets only.
    let Some(address) = address(key.prefix).filter(|_| key.table == MAIN_TABLE) else {
        return Ok(Answer::Unclear);
    };
    let message = match socket.get(RouteNetlinkMessage::GetRoute(question(address))) {
        Ok(Some(RouteNetlinkMessage::NewRoute(message))) => message,
        Err(Refusal { errno: Errno::ENETUNREACH, .. }) => return Ok(Answer::None),
        // A route that leads nowhere is no answer, but an error of its own.
        Ok(_) | Err(_) => return Ok(Answer::Unclear),
    };
    let length = message.header.destination_prefix_length;
    if message.header.table != RouteHeader::RT_TABLE_MAIN {
        return Ok(Answer::Unclear);
    }
    let priority = message.attributes.iter().find_map(|attribute| match attribute {
        RouteAttribute::Priority(metric) => Some(*metric),
        _ => None,
    });
    let asked = (key.prefix.prefix_len(), std::cmp::Reverse(key.priority));
    let answered = (length, std::cmp::Reverse(priority.unwrap_or_default()));
    Ok(match route::parse(&message, name_of) {
        Some((found, target)) if found == *key => Answer::Route(target),
        _ if answered < asked => Answer::None,
        _ => Answer::Unclear,
    })
}

/// An address of a network that only this network has, as far as can be known.
fn address(prefix: IpNet) -> Option<IpAddr> {
    let first = prefix.network();
    let nowhere = match first {
        IpAddr::V4(_) => IpAddr::V4(NOWHERE_IPV4),
        IpAddr::V6(_) => IpAddr::V6(NOWHERE_IPV6),
    };
    match first {
        // The kernel takes the unspecified address for its own, and groups have routes of their own.
        address if address.is_unspecified() => prefix.contains(&nowhere).then_some(nowhere),
        address if address.is_multicast() => None,
        address => Some(address),
    }
}

fn question(address: IpAddr) -> RouteMessage {
    let mut message = RouteMessage::default();
    let (family, length, flags) = match address {
        IpAddr::V4(_) => (AddressFamily::Inet, 32, RouteFlags::FibMatch | RouteFlags::LookupTable),
        IpAddr::V6(_) => (AddressFamily::Inet6, 128, RouteFlags::FibMatch),
    };
    message.header.address_family = family;
    message.header.destination_prefix_length = length;
    message.header.flags = flags;
    message.attributes = vec![RouteAttribute::Destination(address.into())];
    message
}
