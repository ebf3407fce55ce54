//! IPv4 packets (RFC 791), without options of our own.
//!
//! ```text
//! 0                   1                   2                   3
//! 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! ├───────┼───────┼───────────────┼───────────────────────────────┤
//! │Version│  IHL  │Type of Service│          Total Length         │
//! │         Identification        │Flags│      Fragment Offset    │
//! │  Time to Live │    Protocol   │         Header Checksum       │
//! │                       Source Address                          │
//! │                    Destination Address                        │
//! ```

use std::net::Ipv4Addr;

use super::checksum::Checksum;
use super::{Malformed, array, tail};

/// The bytes of a header without options.
pub const HEADER_LEN: usize = 20;

/// The time to live of what we send ourselves.
const TIME_TO_LIVE: u8 = 64;

/// A packet whose header is whole and right, and whose payload is all there.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a>(&'a [u8]);

impl<'a> Packet<'a> {
    /// Checks version, lengths and the header's checksum. Padding after the packet is cut off.
    pub fn new_checked(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let refuse = |offset, problem| Err(Malformed { layer: "ipv4", offset, problem });
        if bytes.len() < HEADER_LEN {
            return refuse(bytes.len(), "packet is shorter than its header");
        }
        let [first] = array(bytes, 0);
        if first >> 4 != 4 {
            return refuse(0, "version is not 4");
        }
        let header_len = usize::from(first & 0x0f) * 4;
        let total_len = usize::from(u16::from_be_bytes(array(bytes, 2)));
        if header_len < HEADER_LEN {
            return refuse(0, "header length is below 20");
        }
        let (Some(header), Some(packet)) = (bytes.get(..header_len), bytes.get(..total_len)) else {
            return refuse(2, "packet is shorter than its length says");
        };
        if total_len < header_len {
            return refuse(2, "total length is below the header's");
        }
        if Checksum::default().add(header).finish() != 0 {
            return refuse(10, "header checksum is wrong");
        }
        Ok(Self(packet))
    }

    /// Who sent it.
    pub fn source(&self) -> Ipv4Addr {
        Ipv4Addr::from(array::<4>(self.0, 12))
    }

    /// Whom it is for.
    pub fn destination(&self) -> Ipv4Addr {
        Ipv4Addr::from(array::<4>(self.0, 16))
    }

    /// What the payload is.
    pub fn protocol(&self) -> Protocol {
        let [number] = array(self.0, 9);
        Protocol::from(number)
    }

    /// Whether this is a piece of a larger packet.
    pub fn is_fragment(&self) -> bool {
        const MORE_FRAGMENTS_OR_OFFSET: u16 = 0x3fff;
        u16::from_be_bytes(array(self.0, 6)) & MORE_FRAGMENTS_OR_OFFSET != 0
    }

    /// Everything after the header and its options.
    pub fn payload(&self) -> &'a [u8] {
        let [first] = array(self.0, 0);
        tail(self.0, usize::from(first & 0x0f) * 4)
    }
}

/// The value of a header: what we care for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Who sends it.
    pub source: Ipv4Addr,
    /// Whom it is for.
    pub destination: Ipv4Addr,
    /// What the payload is.
    pub protocol: Protocol,
    /// Bytes of the payload.
    pub payload_len: u16,
}

impl Header {
    /// Reads a packet's header.
    pub fn parse(packet: &Packet<'_>) -> Self {
        Self {
            source: packet.source(),
            destination: packet.destination(),
            protocol: packet.protocol(),
            payload_len: u16::try_from(packet.payload().len()).unwrap_or(u16::MAX),
        }
    }

    /// Appends the header; the payload follows. A packet over 65535 bytes has no header: the
    /// length saturates.
    pub fn emit(&self, buffer: &mut Vec<u8>) {
        let mut header = [0; HEADER_LEN];
        let total_len = self.payload_len.saturating_add(HEADER_LEN as u16);
        let fields: [&[u8]; 8] = [
            &[0x45, 0],
            &total_len.to_be_bytes(),
            &[0; 4], // never fragmented, so identification means nothing (RFC 6864)
            &[TIME_TO_LIVE, u8::from(self.protocol)],
            &[0; 2],
            &self.source.octets(),
            &self.destination.octets(),
            &[],
        ];
        for (place, byte) in header.iter_mut().zip(fields.concat()) {
            *place = byte;
        }
        let checksum = Checksum::default().add(&header).finish();
        for (place, byte) in header.iter_mut().skip(10).zip(checksum.to_be_bytes()) {
            *place = byte;
        }
        buffer.extend_from_slice(&header);
    }
}

/// What a packet carries (IANA's protocol numbers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// UDP.
    Udp,
    /// Anything else, by number.
    Unknown(u8),
}

impl From<u8> for Protocol {
    fn from(number: u8) -> Self {
        match number {
            17 => Self::Udp,
            unknown => Self::Unknown(unknown),
        }
    }
}

impl From<Protocol> for u8 {
    fn from(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Udp => 17,
            Protocol::Unknown(number) => number,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PACKET: [u8; 24] = [
        0x45, 0x00, 0x00, 0x18, // version, header length, total length 24
        0x00, 0x00, 0x00, 0x00, // not a fragment
        0x40, 0x11, 0xf6, 0xc3, // 64 hops, UDP, checksum
        192, 0, 2, 1, // from
        192, 0, 2, 16, // to
        1, 2, 3, 4,
    ];

    #[test]
    fn a_packet_is_read_and_written() {
        let packet = Packet::new_checked(&PACKET).unwrap();
        let header = Header::parse(&packet);
        assert_eq!(header.source, Ipv4Addr::new(192, 0, 2, 1));
        assert_eq!(header.destination, Ipv4Addr::new(192, 0, 2, 16));
        assert_eq!((header.protocol, header.payload_len), (Protocol::Udp, 4));
        assert_eq!(packet.payload(), [1, 2, 3, 4]);
        assert!(!packet.is_fragment());
        let mut bytes = Vec::new();
        header.emit(&mut bytes);
        assert_eq!(bytes, PACKET[..HEADER_LEN]);
    }

    #[test]
    fn padding_of_a_short_frame_is_no_payload() {
        let padded = [&PACKET[..], &[0; 22]].concat();
        assert_eq!(Packet::new_checked(&padded).unwrap().payload(), [1, 2, 3, 4]);
    }

    #[test]
    fn a_packet_that_is_cut_anywhere_is_refused() {
        for length in 0..PACKET.len() {
            assert!(Packet::new_checked(&PACKET[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn wrong_headers_are_told_apart() {
        for (at, value, problem) in [
            (0, 0x65, "version is not 4"),
            (0, 0x44, "header length is below 20"),
            (0, 0x4f, "packet is shorter than its length says"),
            (3, 0x10, "total length is below the header's"),
            (3, 0xff, "packet is shorter than its length says"),
            (12, 10, "header checksum is wrong"),
        ] {
            let mut bytes = PACKET;
            bytes[at] = value;
            assert_eq!(Packet::new_checked(&bytes).unwrap_err().problem, problem);
        }
    }

    #[test]
    fn both_ends_of_a_fragmented_packet_count_as_fragments() {
        for (high, low) in [(0x20, 0x00), (0x00, 0x01)] {
            let mut bytes = PACKET;
            (bytes[6], bytes[7], bytes[10], bytes[11]) = (high, low, 0, 0);
            let checksum = Checksum::default().add(&bytes[..HEADER_LEN]).finish();
            bytes[10..12].copy_from_slice(&checksum.to_be_bytes());
            assert!(Packet::new_checked(&bytes).unwrap().is_fragment());
        }
    }

    proptest! {
        #[test]
        fn any_header_survives_the_wire(source: [u8; 4], destination: [u8; 4], number: u8, payload in proptest::collection::vec(any::<u8>(), 0..64)) {
            let header = Header {
                source: source.into(),
                destination: destination.into(),
                protocol: number.into(),
                payload_len: payload.len() as u16,
            };
            let mut bytes = Vec::new();
            header.emit(&mut bytes);
            bytes.extend_from_slice(&payload);
            let packet = Packet::new_checked(&bytes).unwrap();
            prop_assert_eq!(Header::parse(&packet), header);
            prop_assert_eq!(packet.payload(), payload);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(packet) = Packet::new_checked(&bytes) {
                prop_assert!(packet.payload().len() <= bytes.len() - HEADER_LEN);
            }
        }
    }
}
