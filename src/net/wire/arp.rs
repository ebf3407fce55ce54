//! ARP for IPv4 over Ethernet (RFC 826).
//!
//! ```text
//! 0               2               4       5       6
//! ├───────────────┼───────────────┼───────┼───────┼───────────────┤
//! │ hardware (1)  │ protocol      │ 6     │ 4     │ operation     │
//! │ sender hardware address (6)                                   │
//! │ sender protocol address (4)                                   │
//! │ target hardware address (6)                                   │
//! │ target protocol address (4)                                   │
//! ```

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::{Malformed, array};
use crate::types::Mac;

/// The bytes of a packet.
pub const PACKET_LEN: usize = 28;

/// Ethernet, IPv4 and the lengths of their addresses.
const PREAMBLE: [u8; 6] = [0x00, 0x01, 0x08, 0x00, 6, 4];

/// A packet of the one kind that we speak: IPv4 over Ethernet. View and value are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packet {
    /// Question or answer.
    pub operation: Operation,
    /// Who speaks.
    pub sender_mac: Mac,
    /// The address of who speaks; unspecified in a probe.
    pub sender: Ipv4Addr,
    /// Who is spoken to; zero in a question.
    pub target_mac: Mac,
    /// The address that is asked for.
    pub target: Ipv4Addr,
}

impl Packet {
    /// Reads a packet; padding after it is ignored.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let refuse = |offset, problem| Err(Malformed { layer: "arp", offset, problem });
        if bytes.len() < PACKET_LEN {
            return refuse(bytes.len(), "packet is cut short");
        }
        if array(bytes, 0) != PREAMBLE {
            return refuse(0, "not for IPv4 over Ethernet");
        }
        Ok(Self {
            operation: u16::from_be_bytes(array(bytes, 6)).into(),
            sender_mac: Mac(array(bytes, 8)),
            sender: Ipv4Addr::from(array::<4>(bytes, 14)),
            target_mac: Mac(array(bytes, 18)),
            target: Ipv4Addr::from(array::<4>(bytes, 24)),
        })
    }

    /// Appends the packet.
    pub fn emit(&self, buffer: &mut Vec<u8>) {
        buffer.extend_from_slice(&PREAMBLE);
        buffer.extend_from_slice(&u16::from(self.operation).to_be_bytes());
        buffer.extend_from_slice(&self.sender_mac.0);
        buffer.extend_from_slice(&self.sender.octets());
        buffer.extend_from_slice(&self.target_mac.0);
        buffer.extend_from_slice(&self.target.octets());
    }
}

/// What a packet does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// Who has this address?
    Request,
    /// I have.
    Reply,
    /// Anything else, by number.
    Unknown(u16),
}

impl From<u16> for Operation {
    fn from(number: u16) -> Self {
        match number {
            1 => Self::Request,
            2 => Self::Reply,
            unknown => Self::Unknown(unknown),
        }
    }
}

impl From<Operation> for u16 {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Request => 1,
            Operation::Reply => 2,
            Operation::Unknown(number) => number,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REPLY: [u8; PACKET_LEN] = [
        0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x02, // Ethernet, IPv4, reply
        0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 192, 0, 2, 1, // sender
        0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 192, 0, 2, 2, // target
    ];

    #[test]
    fn a_packet_is_read_and_written() {
        let packet = Packet::parse(&[&REPLY[..], &[0; 18]].concat()).unwrap();
        assert_eq!(packet.operation, Operation::Reply);
        assert_eq!(
            (packet.sender_mac, packet.sender),
            (Mac([2, 0, 0, 0, 0, 1]), Ipv4Addr::new(192, 0, 2, 1))
        );
        assert_eq!(
            (packet.target_mac, packet.target),
            (Mac([2, 0, 0, 0, 0, 2]), Ipv4Addr::new(192, 0, 2, 2))
        );
        let mut bytes = Vec::new();
        packet.emit(&mut bytes);
        assert_eq!(bytes, REPLY);
    }

    #[test]
    fn what_is_cut_or_of_another_kind_is_refused() {
        for length in 0..PACKET_LEN {
            assert_eq!(Packet::parse(&REPLY[..length]).unwrap_err().offset, length);
        }
        let mut other = REPLY;
        other[4] = 8;
        assert_eq!(Packet::parse(&other).unwrap_err().problem, "not for IPv4 over Ethernet");
    }

    proptest! {
        #[test]
        fn any_packet_survives_the_wire(bytes: [u8; 22]) {
            let bytes = [&PREAMBLE[..], &bytes].concat();
            let mut again = Vec::new();
            Packet::parse(&bytes).unwrap().emit(&mut again);
            prop_assert_eq!(again, bytes);
        }
    }
}
