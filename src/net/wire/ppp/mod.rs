//! PPP packets as they travel in PPPoE and L2TP (RFC 1661 section 2, RFC 1662 section 3.1).
//!
//! ```text
//! 0       1       2               4
//! ├───────┼───────┼───────────────┼─ ─ ─
//! │ ff    │ 03    │ protocol      │ information
//! ```
//!
//! Address and control field are missing in PPPoE (RFC 2516 section 7), and elsewhere once ACFC was
//! agreed upon; PFC drops the upper byte of a protocol below 0x100. A reader takes every form.

pub mod ccp;
pub mod chap;
pub mod control;
pub mod ipcp;
pub mod ipv6cp;
pub mod lcp;
pub mod pap;

use super::{Malformed, tail};

/// Address and control field: all stations, unnumbered information.
const ADDRESS_AND_CONTROL: [u8; 2] = [0xff, 0x03];

/// A packet whose header is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    protocol: Protocol,
    information: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Refuses what has no protocol field.
    pub fn new_checked(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let refuse = |offset, problem| Err(Malformed { layer: "ppp", offset, problem });
        let at = if bytes.starts_with(&ADDRESS_AND_CONTROL) { ADDRESS_AND_CONTROL.len() } else { 0 };
        let (number, length) = match tail(bytes, at) {
            [] => return refuse(at, "protocol field is missing"),
            [low, ..] if low & 1 == 1 => (u16::from(*low), 1),
            [_] => return refuse(at, "protocol field is cut short"),
            [high, low, ..] => (u16::from_be_bytes([*high, *low]), 2),
        };
        if number & 1 == 0 {
            return refuse(at + 1, "protocol field does not end in an odd byte");
        }
        Ok(Self { protocol: number.into(), information: tail(bytes, at + length) })
    }

    /// What the information is.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// Everything after the header, padding included.
    pub fn information(&self) -> &'a [u8] {
        self.information
    }
}

/// How a sender writes the header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Framing {
    /// Address and control field are written: what a lower layer that has them needs without ACFC.
    pub address_and_control: bool,
    /// The peer takes protocol fields of one byte (PFC).
    pub short_protocol: bool,
}

impl Framing {
    /// Appends the header of a packet; the information follows.
    pub fn emit(self, protocol: Protocol, buffer: &mut Vec<u8>) {
        if self.address_and_control {
            buffer.extend_from_slice(&ADDRESS_AND_CONTROL);
        }
        let [high, low] = u16::from(protocol).to_be_bytes();
        if high != 0 || !self.short_protocol {
            buffer.push(high);
        }
        buffer.push(low);
    }
}

/// The protocol of a packet (the number registry of PPP).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
    /// The IP Control Protocol.
    Ipcp,
    /// The IPv6 Control Protocol.
    Ipv6cp,
    /// The Compression Control Protocol.
    Ccp,
    /// The Link Control Protocol.
    Lcp,
    /// The Password Authentication Protocol.
    Pap,
    /// The Challenge Handshake Authentication Protocol, in all its variants.
    Chap,
    /// The Extensible Authentication Protocol.
    Eap,
    /// Anything else, by number.
    Unknown(u16),
}

impl From<u16> for Protocol {
    fn from(number: u16) -> Self {
        match number {
            0x0021 => Self::Ipv4,
            0x0057 => Self::Ipv6,
            0x8021 => Self::Ipcp,
            0x8057 => Self::Ipv6cp,
            0x80fd => Self::Ccp,
            0xc021 => Self::Lcp,
            0xc023 => Self::Pap,
            0xc223 => Self::Chap,
            0xc227 => Self::Eap,
            unknown => Self::Unknown(unknown),
        }
    }
}

impl From<Protocol> for u16 {
    fn from(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Ipv4 => 0x0021,
            Protocol::Ipv6 => 0x0057,
            Protocol::Ipcp => 0x8021,
            Protocol::Ipv6cp => 0x8057,
            Protocol::Ccp => 0x80fd,
            Protocol::Lcp => 0xc021,
            Protocol::Pap => 0xc023,
            Protocol::Chap => 0xc223,
            Protocol::Eap => 0xc227,
            Protocol::Unknown(number) => number,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_of_a_header_is_read() {
        for bytes in [&[0xff, 0x03, 0x00, 0x21, 7][..], &[0xff, 0x03, 0x21, 7], &[0x00, 0x21, 7], &[0x21, 7]]
        {
            let frame = Frame::new_checked(bytes).unwrap();
            assert_eq!((frame.protocol(), frame.information()), (Protocol::Ipv4, &[7][..]), "{bytes:02x?}");
        }
    }

    #[test]
    fn what_has_no_protocol_is_refused() {
        for (bytes, offset) in [(&[][..], 0), (&[0xff, 0x03], 2), (&[0xc0], 0), (&[0xc0, 0x20], 1)] {
            assert_eq!(Frame::new_checked(bytes).unwrap_err().offset, offset, "{bytes:02x?}");
        }
    }

    proptest! {
        #[test]
        fn any_packet_survives_the_wire(
            high in (0_u8..0x80).prop_map(|half| half << 1), low: u8, information: Vec<u8>,
            address_and_control: bool, short_protocol: bool,
        ) {
            let protocol = Protocol::from(u16::from_be_bytes([high, low | 1]));
            let mut bytes = Vec::new();
            Framing { address_and_control, short_protocol }.emit(protocol, &mut bytes);
            bytes.extend_from_slice(&information);
            let frame = Frame::new_checked(&bytes).unwrap();
            prop_assert_eq!((frame.protocol(), frame.information()), (protocol, &information[..]));
        }
    }
}
