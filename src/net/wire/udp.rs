//! UDP datagrams over IPv4 (RFC 768).
//!
//! ```text
//! 0             2             4             6             8
//! ├─────────────┼─────────────┼─────────────┼─────────────┼─ ─ ─
//! │ source port │ destination │ length      │ checksum    │ payload
//! ```

use std::net::Ipv4Addr;

use super::checksum::Checksum;
use super::{Malformed, array, tail};

/// The bytes of a header.
pub const HEADER_LEN: usize = 8;

/// The IP protocol number of UDP.
const PROTOCOL: u8 = 17;

/// A datagram that is whole.
#[derive(Clone, Copy, Debug)]
pub struct Datagram<'a>(&'a [u8]);

/// Whether the checksum of a received datagram says anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChecksumState {
    /// It came over a wire: check it.
    Complete,
    /// It came from this machine, and no hardware has filled the checksum in: do not look.
    Pending,
}

impl<'a> Datagram<'a> {
    /// Checks the lengths and, where there is one, the checksum over the pseudo header.
    pub fn new_checked(
        bytes: &'a [u8],
        source: Ipv4Addr,
        destination: Ipv4Addr,
        checksum: ChecksumState,
    ) -> Result<Self, Malformed> {
        let refuse = |offset, problem| Err(Malformed { layer: "udp", offset, problem });
        if bytes.len() < HEADER_LEN {
            return refuse(bytes.len(), "datagram is shorter than its header");
        }
        let length = u16::from_be_bytes(array(bytes, 4));
        let Some(datagram) = bytes.get(..usize::from(length)).filter(|all| all.len() >= HEADER_LEN) else {
            return refuse(4, "length does not fit the packet");
        };
        let has_checksum = array::<2>(bytes, 6) != [0, 0];
        if checksum == ChecksumState::Complete
            && has_checksum
            && pseudo_header(source, destination, length).add(datagram).finish() != 0
        {
            return refuse(6, "checksum is wrong");
        }
        Ok(Self(datagram))
    }

    /// The port that sent it.
    pub fn source_port(&self) -> u16 {
        u16::from_be_bytes(array(self.0, 0))
    }

    /// The port that it is for.
    pub fn destination_port(&self) -> u16 {
        u16::from_be_bytes(array(self.0, 2))
    }

    /// Everything after the header.
    pub fn payload(&self) -> &'a [u8] {
        tail(self.0, HEADER_LEN)
    }
}

/// The value of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The port that sends it.
    pub source_port: u16,
    /// The port that it is for.
    pub destination_port: u16,
}

impl Header {
    /// Reads a datagram's header.
    pub fn parse(datagram: &Datagram<'_>) -> Self {
        Self { source_port: datagram.source_port(), destination_port: datagram.destination_port() }
    }

    /// Appends header and payload, with the checksum over the pseudo header.
    ///
    /// The payload must fit: 65527 bytes at most, or the length saturates.
    pub fn emit(&self, source: Ipv4Addr, destination: Ipv4Addr, payload: &[u8], buffer: &mut Vec<u8>) {
        let length = u16::try_from(HEADER_LEN + payload.len()).unwrap_or(u16::MAX);
        let ports_and_length =
            [self.source_port, self.destination_port, length].map(u16::to_be_bytes).concat();
        let sum = pseudo_header(source, destination, length).add(&ports_and_length).add(payload).finish();
        // Zero means "no checksum", so a sum of zero is sent as its other form.
        let checksum = if sum == 0 { 0xffff } else { sum };
        buffer.extend_from_slice(&ports_and_length);
        buffer.extend_from_slice(&checksum.to_be_bytes());
        buffer.extend_from_slice(payload);
    }
}

fn pseudo_header(source: Ipv4Addr, destination: Ipv4Addr, length: u16) -> Checksum {
    let sum = Checksum::default().add(&source.octets()).add(&destination.octets());
    sum.add(&[0, PROTOCOL]).add(&length.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FROM: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
    const TO: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 16);

    const DATAGRAM: [u8; 11] = [0x00, 0x43, 0x00, 0x44, 0x00, 0x0b, 0x77, 0x3d, 1, 2, 3];

    fn parse(bytes: &[u8], state: ChecksumState) -> Result<Datagram<'_>, Malformed> {
        Datagram::new_checked(bytes, FROM, TO, state)
    }

    #[test]
    fn a_datagram_is_read_and_written() {
        let datagram = parse(&DATAGRAM, ChecksumState::Complete).unwrap();
        let header = Header::parse(&datagram);
        assert_eq!((header.source_port, header.destination_port), (67, 68));
        assert_eq!(datagram.payload(), [1, 2, 3]);
        let mut bytes = Vec::new();
        header.emit(FROM, TO, &[1, 2, 3], &mut bytes);
        assert_eq!(bytes, DATAGRAM);
    }

    #[test]
    fn a_datagram_that_is_cut_anywhere_is_refused() {
        for length in 0..DATAGRAM.len() {
            assert!(parse(&DATAGRAM[..length], ChecksumState::Pending).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_length_below_the_header_is_refused() {
        let mut bytes = DATAGRAM;
        bytes[5] = 7;
        assert_eq!(parse(&bytes, ChecksumState::Pending).unwrap_err().offset, 4);
    }

    #[test]
    fn a_wrong_checksum_is_refused_unless_it_is_pending_or_absent() {
        let mut bytes = DATAGRAM;
        bytes[8] = 9;
        assert_eq!(parse(&bytes, ChecksumState::Complete).unwrap_err().problem, "checksum is wrong");
        assert!(parse(&bytes, ChecksumState::Pending).is_ok());
        (bytes[6], bytes[7]) = (0, 0);
        assert!(parse(&bytes, ChecksumState::Complete).is_ok());
    }

    proptest! {
        #[test]
        fn any_datagram_survives_the_wire(source_port: u16, destination_port: u16, payload in proptest::collection::vec(any::<u8>(), 0..64)) {
            let header = Header { source_port, destination_port };
            let mut bytes = Vec::new();
            header.emit(FROM, TO, &payload, &mut bytes);
            let datagram = parse(&bytes, ChecksumState::Complete).unwrap();
            prop_assert_eq!(Header::parse(&datagram), header);
            prop_assert_eq!(datagram.payload(), payload);
        }
    }
}
