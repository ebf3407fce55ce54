//! A netlink socket (RFC 3549): requests in, acknowledgements and dumps out.
//!
//! The kernel works on a request inside the call that sends it, and its answer lies in the
//! socket's queue before that call returns. So nothing here waits, and nothing needs a task of
//! its own. Many requests fit into one call: only the last asks for an acknowledgement, because
//! the kernel answers a refused one in any case, with the request's number.

use std::io;

use netlink_packet_core::{
    ErrorMessage, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, NetlinkDeserializable, NetlinkHeader, NetlinkMessage,
    NetlinkPayload, NlasIterator,
};
use netlink_packet_route::RouteNetlinkMessage;
use nix::errno::Errno;
use rtnetlink::sys::protocols::NETLINK_ROUTE;

use crate::apply::kernel::KernelError;

/// More than the kernel puts into one datagram (32 KiB).
pub(super) const RECEIVE_BYTES: usize = 64 * 1024;
/// Room for the refusal of every request of a large batch.
const QUEUE_BYTES: u32 = 1024 * 1024;

/// A request: what to do, and the flags beside `NLM_F_REQUEST`.
pub(super) type Request = (RouteNetlinkMessage, u16);

/// A request that the kernel refused.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The kernel's number for the reason.
    pub(super) errno: Errno,
    /// The extended acknowledgement (`NLMSGERR_ATTR_MSG`): a sentence, where the kernel has one.
    pub(super) sentence: Option<String>,
}

impl From<Refusal> for KernelError {
    fn from(refusal: Refusal) -> Self {
        let errno = io::Error::from(refusal.errno);
        match refusal.sentence {
            Some(sentence) => Self::new(format!("{}: {errno}", sentence.trim_end_matches('.'))),
            None => errno.into(),
        }
    }
}

/// A socket in the network namespace of the thread that opened it.
pub(super) struct Socket {
    socket: rtnetlink::sys::Socket,
    last_number: u32,
    received: Vec<u8>,
}

impl Socket {
    /// Opens a socket in the network namespace of the calling thread.
    pub(super) fn open() -> io::Result<Self> {
        let mut socket = rtnetlink::sys::Socket::new(NETLINK_ROUTE)?;
        socket.bind_auto()?;
        socket.set_non_blocking(true)?;
        socket.set_ext_ack(true)?;
        socket.set_cap_ack(true)?;
        socket.set_netlink_get_strict_chk(true)?;
        socket.set_rx_buf_sz(QUEUE_BYTES)?;
        Ok(Self { socket, last_number: 0, received: Vec::with_capacity(RECEIVE_BYTES) })
    }

    /// One request that is done whole or refused.
    pub(super) fn request(&mut self, message: RouteNetlinkMessage, flags: u16) -> Result<(), Refusal> {
        let refusals = self.batch(vec![(message, flags)])?;
        refusals.into_iter().next().map_or(Ok(()), |(_, refusal)| Err(refusal))
    }

    /// Sends all requests at once; the kernel works on each in order, whatever became of those before it.
    /// Answers the refused ones by their index.
    pub(super) fn batch(&mut self, requests: Vec<Request>) -> Result<Vec<(usize, Refusal)>, Refusal> {
        let Some(last) = requests.len().checked_sub(1) else { return Ok(Vec::new()) };
        let first_number = self.last_number.wrapping_add(1);
        let mut bytes = Vec::new();
        for (index, (message, flags)) in requests.into_iter().enumerate() {
            let ack = if index == last { NLM_F_ACK } else { 0 };
            self.write(&mut bytes, message, flags | ack);
        }
        self.socket.send(&bytes, 0).map_err(refused_by_socket)?;

        let mut refusals = Vec::new();
        loop {
            for answer in self.read()? {
                let index = answer.header.sequence_number.wrapping_sub(first_number) as usize;
                if index > last {
                    continue; // an answer to an earlier call
                }
                if let NetlinkPayload::Error(error) = answer.payload {
                    if let Some(refusal) = refusal(&answer.header, &error) {
                        refusals.push((index, refusal));
                    }
                    if index == last {
                        return Ok(refusals);
                    }
                }
            }
        }
    }

    /// Everything of one kind that the kernel has.
    pub(super) fn dump(&mut self, message: RouteNetlinkMessage) -> Result<Vec<RouteNetlinkMessage>, Refusal> {
        self.query(message, NLM_F_DUMP)
    }

    /// The one thing that the request describes.
    pub(super) fn get(
        &mut self,
        message: RouteNetlinkMessage,
    ) -> Result<Option<RouteNetlinkMessage>, Refusal> {
        Ok(self.query(message, NLM_F_ACK)?.pop())
    }

    fn query(
        &mut self,
        message: RouteNetlinkMessage,
        flags: u16,
    ) -> Result<Vec<RouteNetlinkMessage>, Refusal> {
        let mut bytes = Vec::new();
        self.write(&mut bytes, message, flags);
        self.socket.send(&bytes, 0).map_err(refused_by_socket)?;
        let mut found = Vec::new();
        loop {
            for answer in self.read()? {
                if answer.header.sequence_number != self.last_number {
                    continue; // an answer to an earlier call
                }
                match answer.payload {
                    NetlinkPayload::InnerMessage(message) => found.push(message),
                    NetlinkPayload::Done(_) => return Ok(found),
                    NetlinkPayload::Error(error) => match refusal(&answer.header, &error) {
                        Some(refusal) => return Err(refusal),
                        None => return Ok(found),
                    },
                    _ => {}
                }
            }
        }
    }

    fn write(&mut self, bytes: &mut Vec<u8>, message: RouteNetlinkMessage, flags: u16) {
        self.last_number = self.last_number.wrapping_add(1);
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | flags;
        header.sequence_number = self.last_number;
        let mut message = NetlinkMessage::new(header, NetlinkPayload::InnerMessage(message));
        message.finalize();
        let start = bytes.len();
        bytes.resize(start + message.buffer_len().next_multiple_of(4), 0);
        message.serialize(&mut bytes[start..]);
    }

    /// The messages of the next datagram. What this release of the packet library cannot read is
    /// passed over: it concerns a kind of link or route that is not of our making.
    fn read(&mut self) -> Result<Vec<NetlinkMessage<RouteNetlinkMessage>>, Refusal> {
        self.received.clear();
        self.socket.recv(&mut self.received, 0).map_err(refused_by_socket)?;
        Ok(messages(&self.received))
    }
}

/// The messages in a datagram, but those that the packet library cannot read.
pub(super) fn messages<M: NetlinkDeserializable>(mut datagram: &[u8]) -> Vec<NetlinkMessage<M>> {
    let mut messages = Vec::new();
    while let Some((length, _)) = datagram.split_first_chunk::<4>() {
        let length = u32::from_ne_bytes(*length) as usize;
        let Some(message) = datagram.get(..length).filter(|message| !message.is_empty()) else { break };
        match NetlinkMessage::deserialize(message) {
            Ok(message) => messages.push(message),
            Err(error) => tracing::debug!("netlink message passed over: {error}"),
        }
        datagram = datagram.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    messages
}

fn refused_by_socket(error: io::Error) -> Refusal {
    let errno = Errno::from_raw(error.raw_os_error().unwrap_or_default());
    let sentence = matches!(errno, Errno::EAGAIN | Errno::ENOBUFS).then(|| "answers were lost".to_owned());
    Refusal { errno, sentence }
}

/// Flag of an answer: the request's body is left out of it.
const NLM_F_CAPPED: u16 = 0x100;
/// Flag of an answer: attributes follow.
const NLM_F_ACK_TLVS: u16 = 0x200;
/// The attribute that holds a sentence.
const NLMSGERR_ATTR_MSG: u16 = 1;
/// Length of a message's header.
const HEADER_BYTES: usize = 16;

/// `None` where the answer is an acknowledgement.
pub(super) fn refusal(header: &NetlinkHeader, error: &ErrorMessage) -> Option<Refusal> {
    let code = error.code?;
    Some(Refusal { errno: Errno::from_raw(code.get().wrapping_neg()), sentence: sentence(header, error) })
}

fn sentence(header: &NetlinkHeader, error: &ErrorMessage) -> Option<String> {
    if header.flags & NLM_F_ACK_TLVS == 0 {
        return None;
    }
    let request_length = error.header.first_chunk::<4>().map(|length| u32::from_ne_bytes(*length))?;
    let start = match header.flags & NLM_F_CAPPED {
        0 => (request_length as usize).next_multiple_of(4),
        _ => HEADER_BYTES,
    };
    let attributes = NlasIterator::new(error.header.get(start..)?);
    let message = attributes.flatten().find(|attribute| attribute.kind() == NLMSGERR_ATTR_MSG)?;
    let text = String::from_utf8_lossy(message.value());
    Some(text.trim_end_matches('\0').to_owned())
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroI32;

    use super::*;

    /// An answer that refuses with `errno`: the request's header, what was left of its body, attributes.
    fn answer(flags: u16, body: &[u8], attributes: &[u8]) -> (NetlinkHeader, ErrorMessage) {
        let mut header = NetlinkHeader::default();
        header.flags = flags;
        let mut error = ErrorMessage::default();
        error.code = NonZeroI32::new(-(Errno::ENETUNREACH as i32));
        let length = u32::try_from(HEADER_BYTES + body.len()).unwrap();
        error.header = [&length.to_ne_bytes()[..], &[0; 12], body, attributes].concat();
        (header, error)
    }

    fn text(flags: u16, body: &[u8], attributes: &[u8]) -> String {
        let (header, error) = answer(flags, body, attributes);
        KernelError::from(refusal(&header, &error).unwrap()).message
    }

    #[test]
    fn a_refusal_speaks_the_sentence_and_the_errno() {
        let errno = "Network is unreachable (os error 101)";
        let length = |text: &[u8]| u16::try_from(4 + text.len()).unwrap().to_ne_bytes();
        let sentence = b"Nexthop has invalid gateway\0";
        let kind = NLMSGERR_ATTR_MSG.to_ne_bytes();
        // Attribute 2 (the place of the fault in the request) comes first.
        let place = [8_u16.to_ne_bytes(), 2_u16.to_ne_bytes(), [28, 0], [0, 0]].concat();
        let attributes = [&place[..], &length(sentence), &kind, sentence].concat();

        let full = format!("Nexthop has invalid gateway: {errno}");
        assert_eq!(text(NLM_F_ACK_TLVS | NLM_F_CAPPED, &[], &attributes), full);
        assert_eq!(text(NLM_F_ACK_TLVS, &[7; 20], &attributes), full);
        assert_eq!(text(0, &[7; 20], &[]), errno);
        assert_eq!(text(NLM_F_ACK_TLVS | NLM_F_CAPPED, &[], &attributes[..11]), errno);
    }

    #[test]
    fn an_acknowledgement_is_no_refusal() {
        let (header, mut error) = answer(NLM_F_CAPPED, &[], &[]);
        error.code = None;
        assert!(refusal(&header, &error).is_none());
    }

    #[test]
    fn a_datagram_that_ends_early_gives_what_it_has() {
        let mut done = NetlinkMessage::<RouteNetlinkMessage>::new(
            NetlinkHeader::default(),
            NetlinkPayload::Done(netlink_packet_core::DoneMessage::default()),
        );
        done.finalize();
        let mut one = vec![0; done.buffer_len()];
        done.serialize(&mut one);
        let two = [one.clone(), one.clone()].concat();
        assert_eq!(messages::<RouteNetlinkMessage>(&two).len(), 2);
        for end in one.len()..two.len() {
            assert_eq!(messages::<RouteNetlinkMessage>(&two[..end]).len(), 1, "{end} bytes");
        }
        assert_eq!(messages::<RouteNetlinkMessage>(&[0; 64]).len(), 0);
        assert_eq!(messages::<RouteNetlinkMessage>(&[0xff; 64]).len(), 0);
    }
}
