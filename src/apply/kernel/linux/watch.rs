//! Changes of links, as the kernel announces them (`RTNLGRP_LINK`).

use std::collections::VecDeque;
use std::io;

use netlink_packet_core::NetlinkPayload;
use netlink_packet_route::link::LinkMessage;
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use rtnetlink::MulticastGroup;
use rtnetlink::sys::protocols::NETLINK_ROUTE;
use rtnetlink::sys::{AsyncSocket, AsyncSocketExt, SocketAddr, TokioSocket};

use super::{link, socket};
use crate::types::KernelName;

/// Something that happened to a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkChange {
    /// It is there, in this state. Announced for a change of anything, so often twice the same.
    Is {
        /// The link.
        link: KernelName,
        /// Administrative state.
        up: bool,
        /// Carrier.
        carrier: bool,
    },
    /// It is gone.
    Gone(KernelName),
    /// Announcements were lost: observe all links again.
    Missed,
}

/// The announcements of the network namespace in which this was opened.
pub struct LinkWatch {
    socket: TokioSocket,
    waiting: VecDeque<LinkChange>,
}

impl LinkWatch {
    /// Begins to listen. Must be called inside of a tokio runtime.
    pub fn open() -> io::Result<Self> {
        let mut socket = TokioSocket::new(NETLINK_ROUTE)?;
        socket.socket_mut().bind(&SocketAddr::new(0, 1 << (MulticastGroup::Link as u32 - 1)))?;
        Ok(Self { socket, waiting: VecDeque::new() })
    }

    /// The next change. May be dropped and called again; nothing is lost by that.
    pub async fn next(&mut self) -> io::Result<LinkChange> {
        loop {
            if let Some(change) = self.waiting.pop_front() {
                return Ok(change);
            }
            match self.socket.recv_from_full().await {
                Ok((datagram, _)) => self.waiting.extend(changes(&datagram)),
                Err(error) if error.raw_os_error() == Some(nix::errno::Errno::ENOBUFS as i32) => {
                    return Ok(LinkChange::Missed);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

fn changes(datagram: &[u8]) -> impl Iterator<Item = LinkChange> {
    socket::messages(datagram).into_iter().filter_map(|message| match message.payload {
        NetlinkPayload::InnerMessage(RouteNetlinkMessage::NewLink(message)) if is_of_link(&message) => {
            let (up, carrier) = link::state(&message);
            Some(LinkChange::Is { link: link::name(&message)?, up, carrier })
        }
        NetlinkPayload::InnerMessage(RouteNetlinkMessage::DelLink(message)) if is_of_link(&message) => {
            Some(LinkChange::Gone(link::name(&message)?))
        }
        _ => None,
    })
}

/// A bridge announces its ports in the same way: a link that leaves it is not gone.
fn is_of_link(message: &LinkMessage) -> bool {
    message.header.interface_family == AddressFamily::Unspec
}
