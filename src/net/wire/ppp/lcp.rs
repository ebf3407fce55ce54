//! Options of LCP (RFC 1661 section 6; RFC 1662 section 7.1 for the ACCM).

use super::Protocol;
use super::chap::Algorithm;
use super::control::ConfigurationOption;

/// An option of a Configure packet of LCP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LcpOption {
    /// The longest information field that the sender takes, in bytes.
    MaximumReceiveUnit(u16),
    /// The control characters that have to be escaped towards the sender on an asynchronous line.
    AsyncControlCharacterMap(u32),
    /// The sender wants the other side to prove itself in this way.
    AuthenticationProtocol(Authentication),
    /// A random number that tells a peer from a loop.
    MagicNumber(u32),
    /// The sender takes protocol fields of one byte.
    ProtocolFieldCompression,
    /// The sender takes packets without address and control field.
    AddressAndControlFieldCompression,
    /// Any other, or one of a wrong length.
    Unknown {
        /// The number of its type.
        kind: u8,
        /// Its value.
        value: Vec<u8>,
    },
}

/// A way to prove oneself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// PAP.
    Pap,
    /// CHAP, with an algorithm.
    Chap(Algorithm),
    /// Anything else: a protocol, and what follows it.
    Unknown(Protocol, Vec<u8>),
}

impl ConfigurationOption for LcpOption {
    fn parse(kind: u8, value: &[u8]) -> Self {
        match (kind, value) {
            (1, [high, low]) => Self::MaximumReceiveUnit(u16::from_be_bytes([*high, *low])),
            (2, [a, b, c, d]) => Self::AsyncControlCharacterMap(u32::from_be_bytes([*a, *b, *c, *d])),
            (3, [high, low, data @ ..]) => {
                let protocol = Protocol::from(u16::from_be_bytes([*high, *low]));
                Self::AuthenticationProtocol(Authentication::parse(protocol, data))
            }
            (5, [a, b, c, d]) => Self::MagicNumber(u32::from_be_bytes([*a, *b, *c, *d])),
            (7, []) => Self::ProtocolFieldCompression,
            (8, []) => Self::AddressAndControlFieldCompression,
            (kind, value) => Self::Unknown { kind, value: value.to_owned() },
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::MaximumReceiveUnit(_) => 1,
            Self::AsyncControlCharacterMap(_) => 2,
            Self::AuthenticationProtocol(_) => 3,
            Self::MagicNumber(_) => 5,
            Self::ProtocolFieldCompression => 7,
            Self::AddressAndControlFieldCompression => 8,
            Self::Unknown { kind, .. } => *kind,
        }
    }

    fn emit_value(&self, buffer: &mut Vec<u8>) {
        match self {
            Self::MaximumReceiveUnit(unit) => buffer.extend_from_slice(&unit.to_be_bytes()),
            Self::AsyncControlCharacterMap(number) | Self::MagicNumber(number) => {
                buffer.extend_from_slice(&number.to_be_bytes());
            }
            Self::AuthenticationProtocol(authentication) => authentication.emit(buffer),
            Self::ProtocolFieldCompression | Self::AddressAndControlFieldCompression => {}
            Self::Unknown { value, .. } => buffer.extend_from_slice(value),
        }
    }
}

impl Authentication {
    fn parse(protocol: Protocol, data: &[u8]) -> Self {
        match (protocol, data) {
            (Protocol::Pap, []) => Self::Pap,
            (Protocol::Chap, [algorithm]) => Self::Chap((*algorithm).into()),
            (protocol, data) => Self::Unknown(protocol, data.to_owned()),
        }
    }

    fn emit(&self, buffer: &mut Vec<u8>) {
        let (protocol, data) = match self {
            Self::Pap => (Protocol::Pap, Vec::new()),
            Self::Chap(algorithm) => (Protocol::Chap, vec![u8::from(*algorithm)]),
            Self::Unknown(protocol, data) => (*protocol, data.clone()),
        };
        buffer.extend_from_slice(&u16::from(protocol).to_be_bytes());
        buffer.extend_from_slice(&data);
    }
}

#[cfg(test)]
mod tests {
    use super::super::control::{emit_options, parse_options};
    use super::*;

    #[test]
    fn the_options_of_a_provider_are_read_and_written() {
        let bytes = [
            1, 4, 0x05, 0xae, // MRU 1454
            3, 5, 0xc2, 0x23, 5, // CHAP with MD5
            5, 6, 1, 2, 3, 4, // magic number
            7, 2, 8, 2, // PFC and ACFC
            13, 3, 6, // callback
        ];
        let options: Vec<LcpOption> = parse_options(&bytes, "lcp").unwrap();
        let expected = [
            LcpOption::MaximumReceiveUnit(1454),
            LcpOption::AuthenticationProtocol(Authentication::Chap(Algorithm::Md5)),
            LcpOption::MagicNumber(0x0102_0304),
            LcpOption::ProtocolFieldCompression,
            LcpOption::AddressAndControlFieldCompression,
            LcpOption::Unknown { kind: 13, value: vec![6] },
        ];
        assert_eq!(options, expected);
        assert_eq!(emit_options(&options), bytes);
    }

    #[test]
    fn a_value_of_a_wrong_length_is_no_value() {
        for (kind, value) in [(1, &[5][..]), (5, &[1, 2, 3]), (7, &[0]), (3, &[0xc2])] {
            let option = LcpOption::parse(kind, value);
            assert_eq!(option, LcpOption::Unknown { kind, value: value.to_owned() });
        }
    }
}
