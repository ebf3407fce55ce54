//! What stands in our table, read from the kernel itself (`linux/netfilter/nf_tables.h`).
//!
//! ```text
//! nfgenmsg { family: u8 = inet, version: u8 = 0, resource: u16 }
//! table { NAME }   chain { NAME HOOK { HOOKNUM } }   object { NAME TYPE DATA }   set { NAME FLAGS }
//! flowtable { }   rule { CHAIN HANDLE USERDATA { comment } … }
//! ```
//!
//! The program `nft` would print every rule in full: half a second for ten thousand, and we want to
//! know no more of a rule than its comment. Numbers are in network order.

use std::collections::BTreeMap;

use netlink_packet_core::{
    DecodeError, DefaultNla, Emitable as _, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, NetlinkDeserializable,
    NetlinkHeader, NetlinkMessage, NetlinkPayload, NetlinkSerializable,
};
use nix::errno::Errno;
use rtnetlink::sys::Socket;
use rtnetlink::sys::protocols::NETLINK_NETFILTER;

use super::object;
use crate::apply::kernel::KernelError;
use crate::apply::kernel::linux::attribute::{find, u32_of, u64_of};
use crate::apply::kernel::linux::socket::{self, RECEIVE_BYTES};
use crate::types::NFT_TABLE;

/// What there is of our table.
#[derive(Debug, Default)]
pub(in super::super) struct Listing {
    /// The chains by name.
    pub(in super::super) chains: BTreeMap<String, ListedChain>,
    /// Whether it has a flowtable.
    pub(super) flowtable: bool,
    /// Packets and bytes of each named counter.
    pub(in super::super) counters: BTreeMap<String, (u64, u64)>,
    /// Objects that rules refer to, by kind and name.
    pub(super) objects: object::Listed,
}

/// What there is of a chain.
#[derive(Debug, Default)]
pub(in super::super) struct ListedChain {
    /// Where the kernel enters it, in nft's words (`postrouting`).
    pub(super) hook: Option<&'static str>,
    /// Its rules, in order.
    pub(super) rules: Vec<ListedRule>,
}

/// What there is of a rule.
#[derive(Debug)]
pub(super) struct ListedRule {
    /// The kernel's number of it.
    pub(super) handle: u64,
    /// The fingerprint in its comment; empty for one that is not of our making.
    pub(super) fingerprint: String,
}

impl ListedChain {
    /// The fingerprints of its rules, in order.
    pub(in super::super) fn fingerprints(&self) -> Vec<String> {
        self.rules.iter().map(|rule| rule.fingerprint.clone()).collect()
    }
}

/// How often a listing is begun again where the table was changed meanwhile.
const TRIES: usize = 5;

/// Reads the table back; `None` where there is none, or a kernel without nftables.
pub(in super::super) async fn list() -> Result<Option<Listing>, KernelError> {
    for _ in 0..TRIES {
        match Reader::open()?.listing().await {
            Err(Failure::Changed) => {}
            Err(Failure::Refused(Errno::ENOENT | Errno::EOPNOTSUPP | Errno::EINVAL)) => return Ok(None),
            Err(Failure::Refused(errno)) => return Err(std::io::Error::from(errno).into()),
            Err(Failure::Socket(error)) => return Err(error),
            Ok(listing) => return Ok(Some(listing)),
        }
    }
    Err(KernelError::new("the table inet tsuji is changed again and again while it is read"))
}

/// `NFNL_SUBSYS_NFTABLES`, in the upper byte of a message's type.
const SUBSYSTEM: u16 = 10 << 8;
const GET_TABLE: u16 = SUBSYSTEM | 1;
const GET_CHAIN: u16 = SUBSYSTEM | 4;
const GET_RULE: u16 = SUBSYSTEM | 7;
const GET_SET: u16 = SUBSYSTEM | 10;
const GET_OBJECT: u16 = SUBSYSTEM | 19;
const GET_FLOWTABLE: u16 = SUBSYSTEM | 23;

/// Length of the header `nfgenmsg`, and the family `inet` in it.
const HEADER_BYTES: usize = 4;
const INET: u8 = 1;
/// Flag of an answer: the table was changed while it was read (`NLM_F_DUMP_INTR`).
const INTERRUPTED: u16 = 0x10;

/// The name of the table is the first attribute of every kind of message.
const TABLE_NAME: u16 = 1;
const CHAIN_NAME: u16 = 3;
const CHAIN_HOOK: u16 = 4;
const HOOK_NUMBER: u16 = 1;
const RULE_CHAIN: u16 = 2;
const RULE_HANDLE: u16 = 3;
const RULE_USERDATA: u16 = 7;
/// Within `RULE_USERDATA`: a kind, a length, a text that ends with zero.
const COMMENT: u8 = 0;
const SET_NAME: u16 = 2;
const SET_FLAGS: u16 = 3;
const SET_ANONYMOUS: u32 = 1;
const OBJECT_NAME: u16 = 2;
const OBJECT_TYPE: u16 = 3;
const OBJECT_DATA: u16 = 4;
const TYPE_COUNTER: u32 = 1;
const TYPE_TIMEOUT: u32 = 7;
const TYPE_HELPER: u32 = 3;
const COUNTER_BYTES: u16 = 1;
const COUNTER_PACKETS: u16 = 2;

/// The kernel's hooks, by their numbers.
const HOOKS: [&str; 5] = ["prerouting", "input", "forward", "output", "postrouting"];

/// A message of nftables: its type, and its attributes.
#[derive(Debug)]
struct Message {
    kind: u16,
    attributes: Vec<u8>,
}

enum Failure {
    /// Somebody changed the table meanwhile.
    Changed,
    /// The kernel's number for the reason.
    Refused(Errno),
    /// The socket.
    Socket(KernelError),
}

/// A socket in the network namespace of the thread that opened it.
struct Reader {
    socket: Socket,
    received: Vec<u8>,
}

impl Reader {
    fn open() -> Result<Self, KernelError> {
        let mut socket = Socket::new(NETLINK_NETFILTER)?;
        socket.bind_auto()?;
        Ok(Self { socket, received: Vec::with_capacity(RECEIVE_BYTES) })
    }

    async fn listing(&mut self) -> Result<Listing, Failure> {
        let mut listing = Listing::default();
        self.ask(GET_TABLE, NLM_F_ACK, |_| None)?;
        self.ask(GET_CHAIN, NLM_F_DUMP, |chain| listing.chain(chain))?;
        self.ask(GET_OBJECT, NLM_F_DUMP, |object| listing.object(object))?;
        self.ask(GET_SET, NLM_F_DUMP, |set| listing.set(set))?;
        self.ask(GET_FLOWTABLE, NLM_F_DUMP, |flowtable| listing.flowtable(flowtable))?;
        // Let consoles have a turn before the largest part.
        tokio::task::yield_now().await;
        self.ask(GET_RULE, NLM_F_DUMP, |rule| listing.rule(rule))?;
        Ok(listing)
    }

    /// Shows `visit` the attributes of every answer. Those that it cannot read are passed over.
    fn ask(
        &mut self,
        kind: u16,
        flags: u16,
        mut visit: impl FnMut(&[u8]) -> Option<()>,
    ) -> Result<(), Failure> {
        self.send(kind, flags)?;
        loop {
            self.received.clear();
            self.socket.recv(&mut self.received, 0)?;
            for answer in socket::messages::<Message>(&self.received) {
                if answer.header.flags & INTERRUPTED != 0 {
                    return Err(Failure::Changed);
                }
                match answer.payload {
                    NetlinkPayload::InnerMessage(message) => {
                        visit(&message.attributes);
                    }
                    NetlinkPayload::Done(_) => return Ok(()),
                    NetlinkPayload::Error(error) => {
                        let refusal = socket::refusal(&answer.header, &error);
                        return refusal.map_or(Ok(()), |refusal| Err(Failure::Refused(refusal.errno)));
                    }
                    _ => {}
                }
            }
        }
    }

    fn send(&self, kind: u16, flags: u16) -> Result<(), Failure> {
        let table = DefaultNla::new(TABLE_NAME, [NFT_TABLE.as_bytes(), b"\0"].concat());
        let mut attributes = vec![0; table.buffer_len()];
        table.emit(&mut attributes);
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | flags;
        let message = NetlinkPayload::InnerMessage(Message { kind, attributes });
        let mut message = NetlinkMessage::new(header, message);
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        self.socket.send(&bytes, 0)?;
        Ok(())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Socket(error.into())
    }
}

/// Each takes note of one answer, if it is about our table and can be read.
impl Listing {
    fn chain(&mut self, attributes: &[u8]) -> Option<()> {
        let name = text(find(ours(attributes)?, CHAIN_NAME)?)?;
        let number = find(attributes, CHAIN_HOOK).and_then(|hook| find(hook, HOOK_NUMBER)).and_then(u32_of);
        let hook = number.and_then(|number| HOOKS.get(usize::try_from(number).ok()?)).copied();
        self.chains.entry(name).or_default().hook = hook;
        Some(())
    }

    fn rule(&mut self, attributes: &[u8]) -> Option<()> {
        let chain = text(find(ours(attributes)?, RULE_CHAIN)?)?;
        let handle = u64_of(find(attributes, RULE_HANDLE)?)?;
        let comment = find(attributes, RULE_USERDATA).and_then(comment).unwrap_or_default();
        let fingerprint = comment.split(' ').next().unwrap_or_default().to_owned();
        self.chains.entry(chain).or_default().rules.push(ListedRule { handle, fingerprint });
        Some(())
    }

    fn flowtable(&mut self, attributes: &[u8]) -> Option<()> {
        self.flowtable |= ours(attributes).is_some();
        Some(())
    }

    fn set(&mut self, attributes: &[u8]) -> Option<()> {
        let name = text(find(ours(attributes)?, SET_NAME)?)?;
        let flags = find(attributes, SET_FLAGS).and_then(u32_of).unwrap_or_default();
        if flags & SET_ANONYMOUS == 0 {
            self.objects.insert((object::SET.to_owned(), name));
        }
        Some(())
    }

    fn object(&mut self, attributes: &[u8]) -> Option<()> {
        let name = text(find(ours(attributes)?, OBJECT_NAME)?)?;
        match u32_of(find(attributes, OBJECT_TYPE)?)? {
            TYPE_COUNTER => {
                let data = find(attributes, OBJECT_DATA)?;
                let number = |kind| find(data, kind).and_then(u64_of).unwrap_or_default();
                self.counters.insert(name, (number(COUNTER_PACKETS), number(COUNTER_BYTES)));
            }
            TYPE_TIMEOUT => {
                self.objects.insert((object::TIMEOUT.to_owned(), name));
            }
            TYPE_HELPER => {
                self.objects.insert((object::HELPER.to_owned(), name));
            }
            _ => {}
        }
        Some(())
    }
}

impl NetlinkSerializable for Message {
    fn message_type(&self) -> u16 {
        self.kind
    }

    fn buffer_len(&self) -> usize {
        HEADER_BYTES + self.attributes.len()
    }

    fn serialize(&self, buffer: &mut [u8]) {
        let (header, rest) = buffer.split_at_mut(HEADER_BYTES);
        header.fill(0);
        header[0] = INET;
        rest.copy_from_slice(&self.attributes);
    }
}

impl NetlinkDeserializable for Message {
    type Error = DecodeError;

    fn deserialize(header: &NetlinkHeader, payload: &[u8]) -> Result<Self, DecodeError> {
        let attributes = payload.get(HEADER_BYTES..);
        let attributes = attributes.ok_or_else(|| DecodeError::from("shorter than its header"))?.to_vec();
        Ok(Self { kind: header.message_type, attributes })
    }
}

/// The same attributes, if they are about our table.
fn ours(attributes: &[u8]) -> Option<&[u8]> {
    (text(find(attributes, TABLE_NAME)?)? == NFT_TABLE).then_some(attributes)
}

/// The comment in a rule's userdata.
fn comment(mut userdata: &[u8]) -> Option<String> {
    while let Some((&[kind, length], rest)) = userdata.split_first_chunk::<2>() {
        let value = rest.get(..length.into())?;
        if kind == COMMENT {
            return text(value);
        }
        userdata = &rest[length.into()..];
    }
    None
}

fn text(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8(bytes[..end].to_vec()).ok()
}
