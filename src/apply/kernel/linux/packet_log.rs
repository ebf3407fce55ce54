//! The packets that lines of filters write to the log (`linux/netfilter/nfnetlink_log.h`).
//!
//! A rule that logs hands the first bytes of a packet to a group of the kernel's; whoever has
//! bound the group reads them. One reader a group and network namespace.
//!
//! ```text
//! nfgenmsg { family: u8, version: u8 = 0, resource: u16 = group }
//! to the kernel    CONFIG { CFG_CMD, CFG_MODE { bytes: u32, mode: u8 }, CFG_TIMEOUT }
//! from the kernel  PACKET { PREFIX, PAYLOAD … }
//! ```

use std::collections::VecDeque;
use std::io;

use netlink_packet_core::{
    DecodeError, DefaultNla, Emitable as _, NLM_F_ACK, NLM_F_REQUEST, NetlinkDeserializable, NetlinkHeader,
    NetlinkMessage, NetlinkPayload, NetlinkSerializable,
};
use nix::errno::Errno;
use rtnetlink::sys::protocols::NETLINK_NETFILTER;
use rtnetlink::sys::{AsyncSocket, AsyncSocketExt, TokioSocket};

use super::attribute::find;
use super::socket;

/// The group of the rules that log.
pub(super) const GROUP: u16 = 116;

/// So many bytes of a logged packet are kept: its headers.
pub(super) const PACKET_BYTES: u32 = 128;

/// What comes out of the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Logged {
    /// A packet that a rule logged.
    Packet {
        /// What the rule puts in front: the name of its counter.
        prefix: String,
        /// Its first bytes, from the IP header on.
        bytes: Vec<u8>,
    },
    /// Packets came faster than they were read, and some are lost; nobody knows how many.
    Missed,
}

/// The logged packets of the network namespace in which this was opened.
pub struct PacketLog {
    socket: TokioSocket,
    waiting: VecDeque<Logged>,
}

impl PacketLog {
    /// Binds the group. Must be called inside of a tokio runtime; needs `CAP_NET_ADMIN`. Fails
    /// with `EBUSY` where another program has it.
    pub fn open() -> io::Result<Self> {
        let mut socket = TokioSocket::new(NETLINK_NETFILTER)?;
        socket.socket_mut().bind_auto()?;
        let mut log = Self { socket, waiting: VecDeque::new() };
        log.bind()?;
        Ok(log)
    }

    /// The next packet. May be dropped and called again; nothing is lost by that.
    pub async fn next(&mut self) -> io::Result<Logged> {
        loop {
            if let Some(logged) = self.waiting.pop_front() {
                return Ok(logged);
            }
            match self.socket.recv_from_full().await {
                Ok((datagram, _)) => self.waiting.extend(packets(&datagram)),
                Err(error) if error.raw_os_error() == Some(Errno::ENOBUFS as i32) => {
                    return Ok(Logged::Missed);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The kernel has answered when the call that asks returns.
    fn bind(&mut self) -> io::Result<()> {
        self.socket.socket_ref().send(&request(), 0)?;
        loop {
            let (datagram, _) = self.socket.socket_ref().recv_from_full()?;
            for answer in socket::messages::<Message>(&datagram) {
                if let NetlinkPayload::Error(error) = answer.payload {
                    let refusal = socket::refusal(&answer.header, &error);
                    return refusal.map_or(Ok(()), |refusal| Err(refusal.errno.into()));
                }
            }
            self.waiting.extend(packets(&datagram));
        }
    }
}

/// `NFNL_SUBSYS_ULOG`, in the upper byte of a message's type.
const SUBSYSTEM: u16 = 4 << 8;
const PACKET: u16 = SUBSYSTEM;
const CONFIG: u16 = SUBSYSTEM | 1;

/// Length of the header `nfgenmsg`.
const HEADER_BYTES: usize = 4;

const CFG_CMD: u16 = 1;
const CFG_MODE: u16 = 2;
const CFG_TIMEOUT: u16 = 4;
const CMD_BIND: u8 = 1;
const COPY_PACKET: u8 = 2;
const PAYLOAD: u16 = 9;
const PREFIX: u16 = 10;

/// How long the kernel may gather packets before it hands them out, in hundredths of a second.
const GATHER: u32 = 10;

/// A message of the group.
#[derive(Debug)]
enum Message {
    /// To the kernel: attributes that bind the group.
    Bind(Vec<u8>),
    /// From the kernel.
    Packet(Logged),
}

/// Binds the group, and says how much of each packet to keep.
fn request() -> Vec<u8> {
    let mode = [&PACKET_BYTES.to_be_bytes()[..], &[COPY_PACKET, 0]].concat();
    let attributes = [
        DefaultNla::new(CFG_CMD, vec![CMD_BIND]),
        DefaultNla::new(CFG_MODE, mode),
        DefaultNla::new(CFG_TIMEOUT, GATHER.to_be_bytes().to_vec()),
    ];
    let mut bytes = vec![0; attributes.as_slice().buffer_len()];
    attributes.as_slice().emit(&mut bytes);
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST | NLM_F_ACK;
    let mut message = NetlinkMessage::new(header, NetlinkPayload::InnerMessage(Message::Bind(bytes)));
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    bytes
}

fn packets(datagram: &[u8]) -> impl Iterator<Item = Logged> {
    socket::messages(datagram).into_iter().filter_map(|message| match message.payload {
        NetlinkPayload::InnerMessage(Message::Packet(packet)) => Some(packet),
        _ => None,
    })
}

/// `None` for a packet without its bytes, and for one whose rule put nothing in front.
fn packet(attributes: &[u8]) -> Option<Logged> {
    let prefix = find(attributes, PREFIX)?;
    let prefix = String::from_utf8_lossy(prefix.strip_suffix(&[0]).unwrap_or(prefix)).into_owned();
    Some(Logged::Packet { prefix, bytes: find(attributes, PAYLOAD)?.to_vec() })
}

impl NetlinkSerializable for Message {
    fn message_type(&self) -> u16 {
        match self {
            Self::Bind(_) => CONFIG,
            Self::Packet(_) => PACKET,
        }
    }

    fn buffer_len(&self) -> usize {
        match self {
            Self::Bind(attributes) => HEADER_BYTES + attributes.len(),
            Self::Packet(_) => HEADER_BYTES,
        }
    }

    fn serialize(&self, buffer: &mut [u8]) {
        let (header, rest) = buffer.split_at_mut(HEADER_BYTES);
        header.fill(0);
        header[2..].copy_from_slice(&GROUP.to_be_bytes());
        if let Self::Bind(attributes) = self {
            rest.copy_from_slice(attributes);
        }
    }
}

impl NetlinkDeserializable for Message {
    type Error = DecodeError;

    fn deserialize(header: &NetlinkHeader, payload: &[u8]) -> Result<Self, DecodeError> {
        if header.message_type != PACKET {
            return Err(DecodeError::from("not a logged packet"));
        }
        let attributes = payload.get(HEADER_BYTES..);
        let attributes = attributes.ok_or_else(|| DecodeError::from("shorter than its header"))?;
        packet(attributes).map(Self::Packet).ok_or_else(|| DecodeError::from("a packet without its bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_that_is_cut_short_is_none() {
        let attributes = [
            DefaultNla::new(PREFIX, b"ge0-in-rest\0".to_vec()),
            DefaultNla::new(PAYLOAD, vec![0x45, 0, 0, 20]),
        ];
        let mut bytes = vec![0; attributes.as_slice().buffer_len()];
        attributes.as_slice().emit(&mut bytes);
        let whole = Logged::Packet { prefix: "ge0-in-rest".into(), bytes: vec![0x45, 0, 0, 20] };
        assert_eq!(packet(&bytes), Some(whole));
        for end in 0..bytes.len() {
            assert_eq!(packet(&bytes[..end]), None, "{end} bytes");
        }
    }
}
