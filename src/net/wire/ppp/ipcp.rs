//! Options of IPCP (RFC 1332 section 3, RFC 1877 section 1).

use std::net::Ipv4Addr;

use super::control::ConfigurationOption;

/// An option of a Configure packet of IPCP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IpcpOption {
    /// The sender's address; unspecified asks the other side for one.
    IpAddress(Ipv4Addr),
    /// A server that the sender was told, or asks for when unspecified.
    Server(Server, Ipv4Addr),
    /// Any other (header compression, 2; addresses of RFC 1172, 1), or one of a wrong length.
    Unknown {
        /// The number of its type.
        kind: u8,
        /// Its value.
        value: Vec<u8>,
    },
}

/// The servers that one end tells the other (RFC 1877).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Server {
    /// The first DNS server.
    PrimaryDns,
    /// The first NetBIOS name server (WINS).
    PrimaryNbns,
    /// The second DNS server.
    SecondaryDns,
    /// The second NetBIOS name server (WINS).
    SecondaryNbns,
}

impl Server {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::PrimaryDns, Self::PrimaryNbns, Self::SecondaryDns, Self::SecondaryNbns];

    fn kind(self) -> u8 {
        match self {
            Self::PrimaryDns => 129,
            Self::PrimaryNbns => 130,
            Self::SecondaryDns => 131,
            Self::SecondaryNbns => 132,
        }
    }
}

impl ConfigurationOption for IpcpOption {
    fn parse(kind: u8, value: &[u8]) -> Self {
        let server = Server::ALL.into_iter().find(|server| server.kind() == kind);
        match (kind, server, value) {
            (3, _, [a, b, c, d]) => Self::IpAddress(Ipv4Addr::new(*a, *b, *c, *d)),
            (_, Some(server), [a, b, c, d]) => Self::Server(server, Ipv4Addr::new(*a, *b, *c, *d)),
            _ => Self::Unknown { kind, value: value.to_owned() },
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::IpAddress(_) => 3,
            Self::Server(server, _) => server.kind(),
            Self::Unknown { kind, .. } => *kind,
        }
    }

    fn emit_value(&self, buffer: &mut Vec<u8>) {
        match self {
            Self::IpAddress(address) | Self::Server(_, address) => {
                buffer.extend_from_slice(&address.octets())
            }
            Self::Unknown { value, .. } => buffer.extend_from_slice(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::control::{emit_options, parse_options};
    use super::*;

    #[test]
    fn addresses_and_servers_are_read_and_written() {
        let bytes = [
            2, 6, 0x00, 0x2d, 15, 1, // Van Jacobson
            3, 6, 192, 0, 2, 1, 129, 6, 192, 0, 2, 53, 130, 6, 0, 0, 0, 0, 132, 5, 1, 2, 3,
        ];
        let options: Vec<IpcpOption> = parse_options(&bytes, "ipcp").unwrap();
        let expected = [
            IpcpOption::Unknown { kind: 2, value: vec![0x00, 0x2d, 15, 1] },
            IpcpOption::IpAddress(Ipv4Addr::new(192, 0, 2, 1)),
            IpcpOption::Server(Server::PrimaryDns, Ipv4Addr::new(192, 0, 2, 53)),
            IpcpOption::Server(Server::PrimaryNbns, Ipv4Addr::UNSPECIFIED),
            IpcpOption::Unknown { kind: 132, value: vec![1, 2, 3] },
        ];
        assert_eq!(options, expected);
        assert_eq!(emit_options(&options), bytes);
    }
}
