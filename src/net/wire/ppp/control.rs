//! Packets of the control protocols of PPP, and their options (RFC 1661 sections 5 and 6).
//!
//! ```text
//! 0       1       2               4                 0       1       2
//! ├───────┼───────┼───────────────┼─ ─ ─            ├───────┼───────┼─ ─ ─
//! │ code  │ ident │ length        │ data            │ type  │ length│ value
//! ```
//!
//! Both lengths count their header. LCP, IPCP, IPV6CP and CCP share this form; PAP and CHAP share
//! that of the packet.

use super::super::{Malformed, array, tail};

/// The bytes before the data.
pub const HEADER_LEN: usize = 4;

/// A packet whose length is that of its bytes: padding is cut off.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a>(&'a [u8]);

impl<'a> Packet<'a> {
    /// Refuses what is shorter than its length; `layer` names the protocol in the error.
    pub fn new_checked(bytes: &'a [u8], layer: &'static str) -> Result<Self, Malformed> {
        let refuse = |offset, problem| Err(Malformed { layer, offset, problem });
        if bytes.len() < HEADER_LEN {
            return refuse(bytes.len(), "packet is shorter than its header");
        }
        let length = usize::from(u16::from_be_bytes(array(bytes, 2)));
        if length < HEADER_LEN {
            return refuse(2, "length is below that of the header");
        }
        match bytes.get(..length) {
            Some(bytes) => Ok(Self(bytes)),
            None => refuse(2, "length is beyond the end of the packet"),
        }
    }

    /// What the packet does, as a number.
    pub fn code(&self) -> u8 {
        let [code] = array(self.0, 0);
        code
    }

    /// Which question an answer is for.
    pub fn identifier(&self) -> u8 {
        let [identifier] = array(self.0, 1);
        identifier
    }

    /// Everything after the header.
    pub fn data(&self) -> &'a [u8] {
        tail(self.0, HEADER_LEN)
    }

    /// The whole packet, without padding.
    pub fn bytes(&self) -> &'a [u8] {
        self.0
    }
}

/// A packet with its data, written. What is longer than a length can say is cut.
pub fn emit(code: u8, identifier: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(HEADER_LEN + data.len()).unwrap_or(u16::MAX);
    let mut bytes = vec![code, identifier];
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(data);
    bytes.truncate(length.into());
    bytes
}

/// What a packet of a control protocol does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the RFC's")]
pub enum Code {
    ConfigureRequest,
    ConfigureAck,
    ConfigureNak,
    ConfigureReject,
    TerminateRequest,
    TerminateAck,
    CodeReject,
    ProtocolReject,
    EchoRequest,
    EchoReply,
    DiscardRequest,
    /// RFC 1570 section 2.1: the peer says what it is.
    Identification,
    /// RFC 1570 section 2.2.
    TimeRemaining,
    Unknown(u8),
}

impl From<u8> for Code {
    fn from(number: u8) -> Self {
        match number {
            1 => Self::ConfigureRequest,
            2 => Self::ConfigureAck,
            3 => Self::ConfigureNak,
            4 => Self::ConfigureReject,
            5 => Self::TerminateRequest,
            6 => Self::TerminateAck,
            7 => Self::CodeReject,
            8 => Self::ProtocolReject,
            9 => Self::EchoRequest,
            10 => Self::EchoReply,
            11 => Self::DiscardRequest,
            12 => Self::Identification,
            13 => Self::TimeRemaining,
            unknown => Self::Unknown(unknown),
        }
    }
}

impl From<Code> for u8 {
    fn from(code: Code) -> Self {
        match code {
            Code::ConfigureRequest => 1,
            Code::ConfigureAck => 2,
            Code::ConfigureNak => 3,
            Code::ConfigureReject => 4,
            Code::TerminateRequest => 5,
            Code::TerminateAck => 6,
            Code::CodeReject => 7,
            Code::ProtocolReject => 8,
            Code::EchoRequest => 9,
            Code::EchoReply => 10,
            Code::DiscardRequest => 11,
            Code::Identification => 12,
            Code::TimeRemaining => 13,
            Code::Unknown(number) => number,
        }
    }
}

/// An option of one control protocol: a type we know whose value has the right length, or the bytes.
pub trait ConfigurationOption: Clone + PartialEq {
    /// Reads a value. One that does not fit its type is kept as an unknown option: it will be
    /// rejected byte for byte.
    fn parse(kind: u8, value: &[u8]) -> Self;

    /// The number of its type.
    fn kind(&self) -> u8;

    /// Appends its value.
    fn emit_value(&self, buffer: &mut Vec<u8>);
}

/// Reads all options of a Configure packet, in their order.
pub fn parse_options<O: ConfigurationOption>(data: &[u8], layer: &'static str) -> Result<Vec<O>, Malformed> {
    let mut options = Vec::new();
    let mut rest = data;
    while let [kind, after @ ..] = rest {
        let offset = HEADER_LEN + data.len() - rest.len();
        let refuse = |problem| Malformed { layer, offset, problem };
        let (length, _) = after.split_first().ok_or_else(|| refuse("option is cut short"))?;
        let value = rest.get(2..usize::from(*length)).ok_or_else(|| match length {
            0 | 1 => refuse("length of an option is below that of its header"),
            _ => refuse("option is cut short"),
        })?;
        options.push(O::parse(*kind, value));
        rest = tail(rest, (*length).into());
    }
    Ok(options)
}

/// The options of a Configure packet, written in their order. A value over 253 bytes cannot be said
/// and is cut.
pub fn emit_options<O: ConfigurationOption>(options: &[O]) -> Vec<u8> {
    const LONGEST: usize = 253;
    let mut data = Vec::new();
    for option in options {
        let mut value = Vec::new();
        option.emit_value(&mut value);
        value.truncate(LONGEST);
        data.push(option.kind());
        data.push(u8::try_from(value.len() + 2).unwrap_or(u8::MAX));
        data.extend_from_slice(&value);
    }
    data
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::lcp::LcpOption;
    use super::*;

    fn problem(bytes: &[u8]) -> (usize, &'static str) {
        let error = Packet::new_checked(bytes, "lcp").unwrap_err();
        (error.offset, error.problem)
    }

    #[test]
    fn a_packet_is_read_without_its_padding() {
        let packet = Packet::new_checked(&[9, 7, 0, 6, 1, 2, 0, 0], "lcp").unwrap();
        assert_eq!((packet.code(), packet.identifier(), packet.data()), (9, 7, &[1, 2][..]));
        assert_eq!(emit(9, 7, &[1, 2]), packet.bytes());
    }

    #[test]
    fn a_length_that_is_not_true_is_refused() {
        assert_eq!(problem(&[1, 1, 0]), (3, "packet is shorter than its header"));
        assert_eq!(problem(&[1, 1, 0, 3]), (2, "length is below that of the header"));
        assert_eq!(problem(&[1, 1, 0, 5]), (2, "length is beyond the end of the packet"));
    }

    #[test]
    fn options_of_length_0_1_and_255_are_refused_where_they_stand() {
        for (length, expected) in [
            (0, "length of an option is below that of its header"),
            (1, "length of an option is below that of its header"),
            (255, "option is cut short"),
        ] {
            let error = parse_options::<LcpOption>(&[7, 2, 1, length, 5, 220], "lcp").unwrap_err();
            assert_eq!((error.offset, error.problem), (6, expected));
        }
        assert_eq!(parse_options::<LcpOption>(&[7], "lcp").unwrap_err().problem, "option is cut short");
    }

    proptest! {
        #[test]
        fn options_are_read_or_refused_and_what_is_read_is_written_again(data: Vec<u8>) {
            if let Ok(options) = parse_options::<LcpOption>(&data, "lcp") {
                prop_assert_eq!(emit_options(&options), data);
            }
        }
    }
}
