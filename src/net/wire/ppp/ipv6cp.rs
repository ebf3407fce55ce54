//! Options of IPV6CP (RFC 5072 section 4).

use super::control::ConfigurationOption;

/// An option of a Configure packet of IPV6CP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ipv6cpOption {
    /// The lower half of the sender's link-local address; zero asks the other side for one.
    InterfaceIdentifier([u8; 8]),
    /// Any other, or one of a wrong length.
    Unknown {
        /// The number of its type.
        kind: u8,
        /// Its value.
        value: Vec<u8>,
    },
}

impl ConfigurationOption for Ipv6cpOption {
    fn parse(kind: u8, value: &[u8]) -> Self {
        match (kind, value.try_into()) {
            (1, Ok(identifier)) => Self::InterfaceIdentifier(identifier),
            _ => Self::Unknown { kind, value: value.to_owned() },
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::InterfaceIdentifier(_) => 1,
            Self::Unknown { kind, .. } => *kind,
        }
    }

    fn emit_value(&self, buffer: &mut Vec<u8>) {
        match self {
            Self::InterfaceIdentifier(identifier) => buffer.extend_from_slice(identifier),
            Self::Unknown { value, .. } => buffer.extend_from_slice(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::control::{emit_options, parse_options};
    use super::*;

    #[test]
    fn an_identifier_is_read_and_written() {
        let bytes = [1, 10, 2, 0, 0, 0xff, 0xfe, 0, 0, 1, 1, 3, 0];
        let options: Vec<Ipv6cpOption> = parse_options(&bytes, "ipv6cp").unwrap();
        let expected = [
            Ipv6cpOption::InterfaceIdentifier([2, 0, 0, 0xff, 0xfe, 0, 0, 1]),
            Ipv6cpOption::Unknown { kind: 1, value: vec![0] },
        ];
        assert_eq!(options, expected);
        assert_eq!(emit_options(&options), bytes);
    }
}
