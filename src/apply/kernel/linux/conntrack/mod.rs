//! The kernel's table of flows (`nf_conntrack`), by ctnetlink.
//!
//! There may be a million of them, so nobody here holds them all: whoever asks sees one after the
//! other, as the kernel hands them out, some two hundred in a datagram.

mod message;

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use nix::errno::Errno;
use rtnetlink::sys::Socket;
use rtnetlink::sys::protocols::NETLINK_NETFILTER;

use self::message::Message;
use super::socket::{self, RECEIVE_BYTES, Refusal};
use crate::apply::kernel::KernelError;
use crate::status::Flow;

/// After how many datagrams of a dump others get a turn.
const TURN: usize = 16;

/// A socket in the network namespace of the thread that opened it, for one question.
struct Conntrack {
    socket: Socket,
    received: Vec<u8>,
}

/// Shows `visit` every flow, in no order.
pub(super) async fn each(mut visit: impl FnMut(Flow)) -> Result<(), KernelError> {
    let mut conntrack = Conntrack::open()?;
    conntrack.send(Message::List, NLM_F_DUMP)?;
    let mut datagrams = 0;
    loop {
        for answer in conntrack.read()? {
            match answer.payload {
                NetlinkPayload::InnerMessage(Message::Flow(flow)) => visit(*flow),
                NetlinkPayload::Done(_) => return Ok(()),
                NetlinkPayload::Error(error) => {
                    return socket::refusal(&answer.header, &error)
                        .map_or(Ok(()), |refusal| Err(refusal.into()));
                }
                _ => {}
            }
        }
        datagrams += 1;
        if datagrams % TURN == 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// Has the kernel forget these flows. One that is gone already is no error.
pub(super) async fn forget(flows: &[Flow]) -> Result<(), KernelError> {
    let mut conntrack = Conntrack::open()?;
    for (count, flow) in flows.iter().enumerate() {
        conntrack.send(
            Message::Forget { tuple: flow.original, protocol: flow.protocol, zone: flow.zone },
            NLM_F_ACK,
        )?;
        match conntrack.acknowledgement()? {
            Err(refusal) if refusal.errno != Errno::ENOENT => return Err(refusal.into()),
            Ok(()) | Err(_) => {}
        }
        if count % 256 == 255 {
            tokio::task::yield_now().await;
        }
    }
    Ok(())
}

impl Conntrack {
    fn open() -> Result<Self, KernelError> {
        let mut socket = Socket::new(NETLINK_NETFILTER)?;
        socket.bind_auto()?;
        Ok(Self { socket, received: Vec::with_capacity(RECEIVE_BYTES) })
    }

    fn send(&self, message: Message, flags: u16) -> Result<(), KernelError> {
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | flags;
        let mut message = NetlinkMessage::new(header, NetlinkPayload::InnerMessage(message));
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        self.socket.send(&bytes, 0)?;
        Ok(())
    }

    /// The messages of the next datagram.
    fn read(&mut self) -> Result<Vec<NetlinkMessage<Message>>, KernelError> {
        self.received.clear();
        self.socket.recv(&mut self.received, 0)?;
        Ok(socket::messages(&self.received))
    }

    /// The answer to one request.
    fn acknowledgement(&mut self) -> Result<Result<(), Refusal>, KernelError> {
        loop {
            for answer in self.read()? {
                if let NetlinkPayload::Error(error) = answer.payload {
                    return Ok(socket::refusal(&answer.header, &error).map_or(Ok(()), Err));
                }
            }
        }
    }
}
