//! Ethernet II frames (RFC 894).
//!
//! ```text
//! 0                 6                 12          14
//! ├─────────────────┼─────────────────┼───────────┼─ ─ ─
//! │ destination     │ source          │ EtherType │ payload
//! ```

use super::{Malformed, array, tail};
use crate::types::Mac;

/// The bytes of a header.
pub const HEADER_LEN: usize = 14;

/// A frame whose header is whole.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a>(&'a [u8]);

impl<'a> Frame<'a> {
    /// Refuses what is shorter than a header.
    pub fn new_checked(bytes: &'a [u8]) -> Result<Self, Malformed> {
        if bytes.len() < HEADER_LEN {
            let problem = "frame is shorter than its header";
            return Err(Malformed { layer: "ethernet", offset: bytes.len(), problem });
        }
        Ok(Self(bytes))
    }

    /// Whom it is for.
    pub fn destination(&self) -> Mac {
        Mac(array(self.0, 0))
    }

    /// Who sent it.
    pub fn source(&self) -> Mac {
        Mac(array(self.0, 6))
    }

    /// What the payload is.
    pub fn ether_type(&self) -> EtherType {
        u16::from_be_bytes(array(self.0, 12)).into()
    }

    /// Everything after the header, padding included.
    pub fn payload(&self) -> &'a [u8] {
        tail(self.0, HEADER_LEN)
    }
}

/// The value of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Whom it is for.
    pub destination: Mac,
    /// Who sends it.
    pub source: Mac,
    /// What the payload is.
    pub ether_type: EtherType,
}

impl Header {
    /// Reads a frame's header.
    pub fn parse(frame: &Frame<'_>) -> Self {
        Self { destination: frame.destination(), source: frame.source(), ether_type: frame.ether_type() }
    }

    /// Appends the header; the payload follows.
    pub fn emit(&self, buffer: &mut Vec<u8>) {
        buffer.extend_from_slice(&self.destination.0);
        buffer.extend_from_slice(&self.source.0);
        buffer.extend_from_slice(&u16::from(self.ether_type).to_be_bytes());
    }
}

/// What a frame carries (IEEE 802 numbers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EtherType {
    /// IPv4.
    Ipv4,
    /// ARP.
    Arp,
    /// The discovery stage of PPPoE.
    PppoeDiscovery,
    /// The session stage of PPPoE.
    PppoeSession,
    /// Anything else, by number.
    Unknown(u16),
}

impl From<u16> for EtherType {
    fn from(number: u16) -> Self {
        match number {
            0x0800 => Self::Ipv4,
            0x0806 => Self::Arp,
            0x8863 => Self::PppoeDiscovery,
            0x8864 => Self::PppoeSession,
            unknown => Self::Unknown(unknown),
        }
    }
}

impl From<EtherType> for u16 {
    fn from(ether_type: EtherType) -> Self {
        match ether_type {
            EtherType::Ipv4 => 0x0800,
            EtherType::Arp => 0x0806,
            EtherType::PppoeDiscovery => 0x8863,
            EtherType::PppoeSession => 0x8864,
            EtherType::Unknown(number) => number,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FRAME: [u8; 18] = [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, // to everyone
        0x02, 0x00, 0x00, 0x00, 0x00, 0x01, // from a locally made address
        0x08, 0x06, // ARP
        0xde, 0xad, 0xbe, 0xef,
    ];

    #[test]
    fn a_frame_is_read_and_written() {
        let frame = Frame::new_checked(&FRAME).unwrap();
        let header = Header::parse(&frame);
        assert_eq!(header.destination, Mac::BROADCAST);
        assert_eq!(header.source, Mac([2, 0, 0, 0, 0, 1]));
        assert_eq!(header.ether_type, EtherType::Arp);
        assert_eq!(frame.payload(), [0xde, 0xad, 0xbe, 0xef]);
        let mut bytes = Vec::new();
        header.emit(&mut bytes);
        assert_eq!(bytes, FRAME[..HEADER_LEN]);
    }

    #[test]
    fn a_frame_that_is_cut_in_its_header_is_refused() {
        for length in 0..HEADER_LEN {
            let error = Frame::new_checked(&FRAME[..length]).unwrap_err();
            assert_eq!((error.layer, error.offset), ("ethernet", length));
        }
    }

    proptest! {
        #[test]
        fn any_header_survives_the_wire(destination: [u8; 6], source: [u8; 6], number: u16) {
            let header = Header { destination: Mac(destination), source: Mac(source), ether_type: number.into() };
            let mut bytes = Vec::new();
            header.emit(&mut bytes);
            prop_assert_eq!(Header::parse(&Frame::new_checked(&bytes).unwrap()), header);
        }
    }
}
