//! PPPoE (RFC 2516 section 4; RFC 4638 for frames above 1500 bytes).
//!
//! ```text
//! 0       1       2               4               6
//! ├───────┼───────┼───────────────┼───────────────┼─ ─ ─
//! │ 0x11  │ code  │ session       │ length        │ tags, or a packet of PPP
//! ```

mod tag;

pub use tag::{Tag, parse_tags};

use super::{Malformed, array, tail};

/// The bytes before the payload.
pub const HEADER_LEN: usize = 6;

/// Version 1, type 1.
const VERSION_AND_TYPE: u8 = 0x11;

/// A packet that is as long as it says: padding is cut off.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a>(&'a [u8]);

impl<'a> Packet<'a> {
    /// Takes the payload of an Ethernet frame. Refuses other versions, and what is cut short.
    pub fn new_checked(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let refuse = |offset, problem| Err(Malformed { layer: "pppoe", offset, problem });
        if bytes.len() < HEADER_LEN {
            return refuse(bytes.len(), "packet is shorter than its header");
        }
        if bytes.first() != Some(&VERSION_AND_TYPE) {
            return refuse(0, "version and type are not 1");
        }
        let length = usize::from(u16::from_be_bytes(array(bytes, 4)));
        match bytes.get(..HEADER_LEN + length) {
            Some(bytes) => Ok(Self(bytes)),
            None => refuse(4, "length is beyond the end of the frame"),
        }
    }

    /// What the packet does.
    pub fn code(&self) -> Code {
        let [code] = array(self.0, 1);
        code.into()
    }

    /// The session; 0 while there is none.
    pub fn session(&self) -> u16 {
        u16::from_be_bytes(array(self.0, 2))
    }

    /// Everything after the header.
    pub fn payload(&self) -> &'a [u8] {
        tail(self.0, HEADER_LEN)
    }
}

/// The value of a header, without the length: that follows from the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the packet does.
    pub code: Code,
    /// The session; 0 while there is none.
    pub session: u16,
}

impl Header {
    /// Reads a packet's header.
    pub fn parse(packet: &Packet<'_>) -> Self {
        Self { code: packet.code(), session: packet.session() }
    }

    /// The packet, written. What is longer than a length can say is cut.
    pub fn emit(&self, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(payload.len()).unwrap_or(u16::MAX);
        let mut bytes = vec![VERSION_AND_TYPE, self.code.into()];
        bytes.extend_from_slice(&self.session.to_be_bytes());
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(payload);
        bytes.truncate(HEADER_LEN + usize::from(length));
        bytes
    }

    /// A packet of the discovery stage, written.
    pub fn emit_tags(&self, tags: &[Tag]) -> Vec<u8> {
        let mut payload = Vec::new();
        for tag in tags {
            tag.emit(&mut payload);
        }
        self.emit(&payload)
    }
}

/// What a packet does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// A packet of PPP.
    Session,
    /// PADI: who offers access?
    Initiation,
    /// PADO: I do.
    Offer,
    /// PADR: give me a session.
    Request,
    /// PADS: here it is; or an error.
    Confirmation,
    /// PADT: the session is over.
    Terminate,
    /// Anything else, by number.
    Unknown(u8),
}

impl From<u8> for Code {
    fn from(number: u8) -> Self {
        match number {
            0x00 => Self::Session,
            0x09 => Self::Initiation,
            0x07 => Self::Offer,
            0x19 => Self::Request,
            0x65 => Self::Confirmation,
            0xa7 => Self::Terminate,
            unknown => Self::Unknown(unknown),
        }
    }
}

impl From<Code> for u8 {
    fn from(code: Code) -> Self {
        match code {
            Code::Session => 0x00,
            Code::Initiation => 0x09,
            Code::Offer => 0x07,
            Code::Request => 0x19,
            Code::Confirmation => 0x65,
            Code::Terminate => 0xa7,
            Code::Unknown(number) => number,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_session_packet_is_read_without_its_padding() {
        let bytes = [0x11, 0, 0x12, 0x34, 0, 2, 0xc0, 0x21, 0, 0, 0, 0];
        let packet = Packet::new_checked(&bytes).unwrap();
        assert_eq!(Header::parse(&packet), Header { code: Code::Session, session: 0x1234 });
        assert_eq!(packet.payload(), [0xc0, 0x21]);
        assert_eq!(Header::parse(&packet).emit(packet.payload()), bytes[..8]);
    }

    #[test]
    fn other_versions_and_wrong_lengths_are_refused() {
        for (bytes, offset) in
            [(&[0x11, 0, 0, 1, 0][..], 5), (&[0x21, 0, 0, 1, 0, 0], 0), (&[0x11, 0, 0, 1, 0, 3, 1, 2], 4)]
        {
            assert_eq!(Packet::new_checked(bytes).unwrap_err().offset, offset);
        }
    }

    #[test]
    fn a_packet_without_payload_is_whole() {
        assert!(Packet::new_checked(&[0x11, 0, 0, 1, 0, 0]).unwrap().payload().is_empty());
    }

    proptest! {
        #[test]
        fn any_packet_survives_the_wire(code: u8, session: u16, payload: Vec<u8>) {
            let header = Header { code: code.into(), session };
            let bytes = header.emit(&payload);
            let packet = Packet::new_checked(&bytes).unwrap();
            prop_assert_eq!((Header::parse(&packet), packet.payload()), (header, &payload[..]));
        }
    }
}
