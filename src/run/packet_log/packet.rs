//! The first bytes of a packet: who sends what to whom (RFC 791 section 3.1, RFC 8200 section 3).
//!
//! A logged packet is cut, so its length and checksums say nothing: what is there is read, and
//! ports that are not there are left out.

use std::net::IpAddr;

use crate::status::{Detail, LoggedPacket, Tuple};

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMPV6: u8 = 58;
/// DCCP, SCTP and UDP-Lite begin with two ports as well.
const WITH_PORTS: [u8; 5] = [TCP, UDP, 33, 132, 136];

const IPV6_HEADER_BYTES: usize = 40;
/// Hop-by-hop options, routing, destination options: length in units of eight bytes.
const OPTIONS: [u8; 3] = [0, 43, 60];
const FRAGMENT: u8 = 44;
const FRAGMENT_BYTES: usize = 8;

/// `None` for what has no whole IP header.
pub(super) fn read(counter: String, bytes: &[u8]) -> Option<LoggedPacket> {
    let (protocol, source, destination, payload) = match bytes.first()? >> 4 {
        4 => ipv4(bytes)?,
        6 => ipv6(bytes)?,
        _ => return None,
    };
    let detail = payload.and_then(|payload| detail(protocol, payload)).unwrap_or(Detail::None);
    Some(LoggedPacket { counter, protocol, tuple: Tuple { source, destination, detail } })
}

/// Protocol, source, destination, and what follows the header; `None` for later fragments.
type Parts<'a> = (u8, IpAddr, IpAddr, Option<&'a [u8]>);

fn ipv4(bytes: &[u8]) -> Option<Parts<'_>> {
    const OFFSET: u16 = 0x1fff;
    let header_bytes = usize::from(bytes.first()? & 0x0f) * 4;
    let source = array::<4>(bytes, 12)?;
    let destination = array::<4>(bytes, 16)?;
    let is_first = u16::from_be_bytes(array(bytes, 6)?) & OFFSET == 0;
    let payload = bytes.get(header_bytes..).filter(|_| is_first);
    Some((*bytes.get(9)?, source.into(), destination.into(), payload))
}

fn ipv6(bytes: &[u8]) -> Option<Parts<'_>> {
    let source = array::<16>(bytes, 8)?;
    let destination = array::<16>(bytes, 24)?;
    let (protocol, payload) = behind_extensions(*bytes.get(6)?, bytes.get(IPV6_HEADER_BYTES..)?);
    Some((protocol, source.into(), destination.into(), payload))
}

/// Passes over the extension headers, as far as they are there.
fn behind_extensions(mut next: u8, mut rest: &[u8]) -> (u8, Option<&[u8]>) {
    const OFFSET: u16 = 0xfff8;
    loop {
        let length = match (next, rest) {
            (FRAGMENT, [_, _, high, low, ..]) => {
                if u16::from_be_bytes([*high, *low]) & OFFSET != 0 {
                    return (rest[0], None);
                }
                FRAGMENT_BYTES
            }
            (other, [_, units, ..]) if OPTIONS.contains(&other) => (usize::from(*units) + 1) * 8,
            _ => return (next, Some(rest)),
        };
        let Some(behind) = rest.get(length..) else { return (next, None) };
        (next, rest) = (rest[0], behind);
    }
}

fn detail(protocol: u8, payload: &[u8]) -> Option<Detail> {
    if WITH_PORTS.contains(&protocol) {
        let source = u16::from_be_bytes(array(payload, 0)?);
        let destination = u16::from_be_bytes(array(payload, 2)?);
        return Some(Detail::Ports { source, destination });
    }
    if protocol != ICMP && protocol != ICMPV6 {
        return None;
    }
    let [kind, code] = array(payload, 0)?;
    let id = array(payload, 4).map(u16::from_be_bytes).unwrap_or_default();
    Some(Detail::Icmp { kind, code, id })
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SYN: [u8; 24] = [
        0x45, 0, 0, 60, 0, 0, 0x40, 0, 64, 6, 0, 0, // IPv4, TCP, not a fragment
        192, 0, 2, 1, 198, 51, 100, 10, // from, to
        0x04, 0xd2, 0, 23, // ports
    ];

    /// An echo behind destination options.
    fn echo() -> Vec<u8> {
        let mut bytes = vec![0x60, 0, 0, 0, 0, 16, 60, 64];
        for last in [1, 2] {
            bytes.extend([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
        }
        bytes.extend([58, 0, 1, 4, 0, 0, 0, 0]);
        bytes.extend([128, 0, 0, 0, 0, 7, 0, 1]);
        bytes
    }

    fn tuple(bytes: &[u8]) -> Option<(u8, Detail)> {
        read(String::new(), bytes).map(|packet| (packet.protocol, packet.tuple.detail))
    }

    #[test]
    fn both_versions_are_read() {
        let syn = read("ge0-in-rest".into(), &SYN).unwrap();
        let detail = Detail::Ports { source: 1234, destination: 23 };
        let (source, destination) = ("192.0.2.1".parse().unwrap(), "198.51.100.10".parse().unwrap());
        assert_eq!((syn.protocol, syn.tuple), (6, Tuple { source, destination, detail }));

        let echo = read(String::new(), &echo()).unwrap();
        let detail = Detail::Icmp { kind: 128, code: 0, id: 7 };
        let (source, destination) = ("2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap());
        assert_eq!((echo.protocol, echo.tuple), (58, Tuple { source, destination, detail }));
    }

    #[test]
    fn a_packet_that_is_cut_tells_what_is_left() {
        for end in 0..SYN.len() {
            let expected = (end >= 20).then_some((6, Detail::None));
            assert_eq!(tuple(&SYN[..end]), expected, "{end} bytes");
        }
        let echo = echo();
        for end in 0..echo.len() {
            let expected = match end {
                ..40 => None,
                40..48 => Some((60, Detail::None)),
                48..50 => Some((58, Detail::None)),
                50..54 => Some((58, Detail::Icmp { kind: 128, code: 0, id: 0 })),
                _ => Some((58, Detail::Icmp { kind: 128, code: 0, id: 7 })),
            };
            assert_eq!(tuple(&echo[..end]), expected, "{end} bytes");
        }
    }

    #[test]
    fn a_later_fragment_has_no_ports() {
        let mut bytes = SYN;
        bytes[7] = 185;
        assert_eq!(tuple(&bytes), Some((6, Detail::None)));
        let mut bytes = echo();
        bytes[6] = 44;
        bytes[43] = 8;
        assert_eq!(tuple(&bytes), Some((58, Detail::None)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(version in prop::sample::select(vec![0x45_u8, 0x60]), rest in prop::collection::vec(any::<u8>(), 0..128)) {
            let bytes = [&[version][..], &rest].concat();
            let has_header = bytes.len() >= if version == 0x60 { 40 } else { 20 };
            prop_assert_eq!(read(String::new(), &bytes).is_some(), has_header);
        }
    }
}
