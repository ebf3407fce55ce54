//! Messages of ctnetlink (`linux/netfilter/nfnetlink_conntrack.h`): a header of four bytes, then
//! attributes within attributes, all numbers in network order.
//!
//! ```text
//! nfgenmsg { family: u8, version: u8 = 0, resource: u16 }
//! TUPLE_ORIG { TUPLE_IP { addresses } TUPLE_PROTO { protocol, ports or type, code and id } }
//! TUPLE_REPLY { the same }  STATUS  PROTOINFO { TCP { state } }  TIMEOUT  MARK  COUNTERS  ZONE
//! ```

use std::net::IpAddr;
use std::time::Duration;

use netlink_packet_core::{
    DecodeError, DefaultNla, Emitable, NetlinkDeserializable, NetlinkHeader, NetlinkSerializable,
};

use crate::apply::kernel::linux::attribute::{find, u16_of, u32_of, u64_of};
use crate::status::{Detail, Flow, FlowStatus, TcpState, Traffic, Tuple};

/// `NFNL_SUBSYS_CTNETLINK`, in the upper byte of a message's type.
const SUBSYSTEM: u16 = 1 << 8;
const CT_NEW: u16 = SUBSYSTEM;
const CT_GET: u16 = SUBSYSTEM | 1;
const CT_DELETE: u16 = SUBSYSTEM | 2;
/// Length of the header `nfgenmsg`.
const HEADER_BYTES: usize = 4;
/// Set in the kind of an attribute that holds others.
const NESTED: u16 = 1 << 15;

const TUPLE_ORIG: u16 = 1;
const TUPLE_REPLY: u16 = 2;
const STATUS: u16 = 3;
const PROTOINFO: u16 = 4;
const TIMEOUT: u16 = 7;
const MARK: u16 = 8;
const COUNTERS_ORIG: u16 = 9;
const COUNTERS_REPLY: u16 = 10;
const ZONE: u16 = 18;

/// Within a tuple.
const TUPLE_IP: u16 = 1;
const TUPLE_PROTO: u16 = 2;
/// Within `TUPLE_IP`: source and destination, IPv4 and IPv6.
const IP_SOURCE: [u16; 2] = [1, 3];
const IP_DESTINATION: [u16; 2] = [2, 4];
/// Within `TUPLE_PROTO`.
const PROTO_NUMBER: u16 = 1;
const PROTO_SOURCE_PORT: u16 = 2;
const PROTO_DESTINATION_PORT: u16 = 3;
/// Identifier, type and code of ICMP, then of ICMPv6.
const PROTO_ICMP: [[u16; 3]; 2] = [[4, 5, 6], [7, 8, 9]];
/// Within `PROTOINFO`, and within that.
const PROTOINFO_TCP: u16 = 1;
const TCP_STATE: u16 = 1;
/// Within counters.
const COUNTER_PACKETS: u16 = 1;
const COUNTER_BYTES: u16 = 2;

/// Address families of the header.
const AF_UNSPEC: u8 = 0;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;

/// A message to or from the kernel.
#[derive(Debug)]
pub(super) enum Message {
    /// To the kernel: show all flows.
    List,
    /// To the kernel: forget this one.
    Forget { tuple: Tuple, protocol: u8, zone: u16 },
    /// From the kernel: a flow.
    Flow(Box<Flow>),
}

impl NetlinkSerializable for Message {
    fn message_type(&self) -> u16 {
        match self {
            Self::List => CT_GET,
            Self::Forget { .. } => CT_DELETE,
            Self::Flow(_) => CT_NEW,
        }
    }

    fn buffer_len(&self) -> usize {
        HEADER_BYTES + self.attributes().as_slice().buffer_len()
    }

    fn serialize(&self, buffer: &mut [u8]) {
        let (header, rest) = buffer.split_at_mut(HEADER_BYTES);
        header.fill(0);
        header[0] = self.family();
        self.attributes().as_slice().emit(rest);
    }
}

impl Message {
    fn family(&self) -> u8 {
        match self {
            Self::List => AF_UNSPEC,
            Self::Forget { tuple: Tuple { source: IpAddr::V4(_), .. }, .. } => AF_INET,
            Self::Forget { tuple: Tuple { source: IpAddr::V6(_), .. }, .. } => AF_INET6,
            Self::Flow(flow) => {
                if flow.original.source.is_ipv4() {
                    AF_INET
                } else {
                    AF_INET6
                }
            }
        }
    }

    fn attributes(&self) -> Vec<DefaultNla> {
        match self {
            Self::List => Vec::new(),
            Self::Forget { tuple, protocol, zone } => forgotten(tuple, *protocol, *zone),
            Self::Flow(flow) => forgotten(&flow.original, flow.protocol, flow.zone),
        }
    }
}

/// What the kernel needs to find a flow.
fn forgotten(tuple: &Tuple, protocol: u8, zone: u16) -> Vec<DefaultNla> {
    let mut attributes = vec![emit_tuple(tuple, protocol)];
    if zone != 0 {
        attributes.push(DefaultNla::new(ZONE, zone.to_be_bytes().to_vec()));
    }
    attributes
}

fn emit_tuple(tuple: &Tuple, protocol: u8) -> DefaultNla {
    let version = usize::from(tuple.source.is_ipv6());
    let address = |kind, address| match address {
        IpAddr::V4(address) => DefaultNla::new(kind, address.octets().to_vec()),
        IpAddr::V6(address) => DefaultNla::new(kind, address.octets().to_vec()),
    };
    let addresses =
        [address(IP_SOURCE[version], tuple.source), address(IP_DESTINATION[version], tuple.destination)];
    let mut details = vec![DefaultNla::new(PROTO_NUMBER, vec![protocol])];
    match tuple.detail {
        Detail::Ports { source, destination } => details.extend([
            DefaultNla::new(PROTO_SOURCE_PORT, source.to_be_bytes().to_vec()),
            DefaultNla::new(PROTO_DESTINATION_PORT, destination.to_be_bytes().to_vec()),
        ]),
        Detail::Icmp { kind, code, id } => {
            let [for_id, for_kind, for_code] = PROTO_ICMP[version];
            details.extend([
                DefaultNla::new(for_id, id.to_be_bytes().to_vec()),
                DefaultNla::new(for_kind, vec![kind]),
                DefaultNla::new(for_code, vec![code]),
            ]);
        }
        Detail::None => {}
    }
    nest(TUPLE_ORIG, &[nest(TUPLE_IP, &addresses), nest(TUPLE_PROTO, &details)])
}

fn nest(kind: u16, inside: &[DefaultNla]) -> DefaultNla {
    let mut value = vec![0; inside.buffer_len()];
    inside.emit(&mut value);
    DefaultNla::new(kind | NESTED, value)
}

impl NetlinkDeserializable for Message {
    type Error = DecodeError;

    fn deserialize(header: &NetlinkHeader, payload: &[u8]) -> Result<Self, DecodeError> {
        if header.message_type != CT_NEW {
            return Err(DecodeError::from("not a flow"));
        }
        let attributes =
            payload.get(HEADER_BYTES..).ok_or_else(|| DecodeError::from("shorter than its header"))?;
        let flow = parse_flow(attributes).ok_or_else(|| DecodeError::from("a flow without its tuples"))?;
        Ok(Self::Flow(Box::new(flow)))
    }
}

/// `None` where a tuple is missing or cannot be read. Attributes that are not known are passed over.
fn parse_flow(attributes: &[u8]) -> Option<Flow> {
    let (protocol, original) = parse_tuple(find(attributes, TUPLE_ORIG)?)?;
    let (_, reply) = parse_tuple(find(attributes, TUPLE_REPLY)?)?;
    let state = || find(find(find(attributes, PROTOINFO)?, PROTOINFO_TCP)?, TCP_STATE)?.first().copied();
    let number = |kind| find(attributes, kind).and_then(u32_of).unwrap_or_default();
    let traffic = |kind| find(attributes, kind).map(parse_traffic).unwrap_or_default();
    Some(Flow {
        protocol,
        original,
        reply,
        status: FlowStatus(number(STATUS)),
        tcp: state().and_then(tcp_state),
        mark: number(MARK),
        timeout: Duration::from_secs(number(TIMEOUT).into()),
        sent: traffic(COUNTERS_ORIG),
        received: traffic(COUNTERS_REPLY),
        zone: find(attributes, ZONE).and_then(u16_of).unwrap_or_default(),
    })
}

/// The protocol and the tuple.
fn parse_tuple(attributes: &[u8]) -> Option<(u8, Tuple)> {
    let (ip, details) = (find(attributes, TUPLE_IP)?, find(attributes, TUPLE_PROTO)?);
    let address = |[v4, v6]: [u16; 2]| {
        let of_v4 = find(ip, v4).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok()).map(IpAddr::from);
        of_v4.or_else(|| find(ip, v6).and_then(|bytes| <[u8; 16]>::try_from(bytes).ok()).map(IpAddr::from))
    };
    let protocol = *find(details, PROTO_NUMBER)?.first()?;
    let number = |kind| find(details, kind).and_then(u16_of);
    let ports = || Some((number(PROTO_SOURCE_PORT)?, number(PROTO_DESTINATION_PORT)?));
    let icmp = |[id, kind, code]: [u16; 3]| {
        let byte = |of| find(details, of).and_then(|bytes| bytes.first()).copied();
        Some(Detail::Icmp { id: number(id)?, kind: byte(kind)?, code: byte(code)? })
    };
    let detail = match ports() {
        Some((source, destination)) => Detail::Ports { source, destination },
        None => PROTO_ICMP.into_iter().find_map(icmp).unwrap_or(Detail::None),
    };
    Some((protocol, Tuple { source: address(IP_SOURCE)?, destination: address(IP_DESTINATION)?, detail }))
}

fn parse_traffic(attributes: &[u8]) -> Traffic {
    let number = |kind| find(attributes, kind).and_then(u64_of).unwrap_or_default();
    Traffic { packets: number(COUNTER_PACKETS), bytes: number(COUNTER_BYTES) }
}

/// `enum tcp_conntrack` of the kernel.
fn tcp_state(number: u8) -> Option<TcpState> {
    match number {
        1 | 9 => Some(TcpState::SynSent),
        2 => Some(TcpState::SynReceived),
        3 => Some(TcpState::Established),
        4..=6 => Some(TcpState::Closing),
        7 | 8 => Some(TcpState::Closed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuple(source: &str, destination: &str, detail: Detail) -> Tuple {
        Tuple { source: source.parse().unwrap(), destination: destination.parse().unwrap(), detail }
    }

    fn tuples() -> [(u8, Tuple); 4] {
        let ports = Detail::Ports { source: 4000, destination: 80 };
        let echo = |kind| Detail::Icmp { kind, code: 0, id: 7 };
        [
            (6, tuple("192.168.0.1", "203.0.113.80", ports)),
            (17, tuple("2001:db8::1", "2001:db8:80::80", ports)),
            (1, tuple("192.168.0.1", "203.0.113.80", echo(8))),
            (50, tuple("192.168.0.1", "203.0.113.80", Detail::None)),
        ]
    }

    #[test]
    fn a_tuple_reads_back_as_it_was_written() {
        for (protocol, tuple) in tuples() {
            let attributes = emit_tuple(&tuple, protocol);
            let mut bytes = vec![0; attributes.buffer_len()];
            attributes.emit(&mut bytes);
            assert_eq!(parse_tuple(find(&bytes, TUPLE_ORIG).unwrap()), Some((protocol, tuple)));
        }
    }

    #[test]
    fn a_flow_that_is_cut_short_is_no_flow_or_a_smaller_one() {
        let [(protocol, there), ..] = tuples();
        let back = emit_tuple(&there, protocol);
        let mut back_bytes = vec![0; back.buffer_len()];
        back.emit(&mut back_bytes);
        let reply = DefaultNla::new(TUPLE_REPLY | NESTED, find(&back_bytes, TUPLE_ORIG).unwrap().to_vec());
        let mark = DefaultNla::new(MARK, 0x7400_0001_u32.to_be_bytes().to_vec());
        let all = [back, reply, mark];
        let mut bytes = vec![0; all.as_slice().buffer_len()];
        all.as_slice().emit(&mut bytes);

        assert_eq!(parse_flow(&bytes).map(|flow| flow.mark), Some(0x7400_0001));
        let lengths = (0..bytes.len()).filter(|&end| parse_flow(&bytes[..end]).is_some()).count();
        assert_eq!(lengths, 8, "only the mark can be missing");
    }
}
