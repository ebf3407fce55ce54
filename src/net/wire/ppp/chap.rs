//! CHAP (RFC 1994 section 4); MS-CHAP uses the same packets (RFC 2433, RFC 2759).
//!
//! ```text
//! 0       1       2               4       5
//! ├───────┼───────┼───────────────┼───────┼─ ─ ─ ─┬─ ─ ─
//! │ 1, 2  │ ident │ length        │ size  │ value │ name
//! │ 3, 4  │ ident │ length        │ message
//! ```

use super::super::Malformed;
use super::control;

/// A packet. View and value are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// Prove yourself.
    Challenge {
        /// What the proof is made of.
        value: &'a [u8],
        /// Who asks.
        name: &'a [u8],
    },
    /// The proof.
    Response {
        /// The proof.
        value: &'a [u8],
        /// Who answers.
        name: &'a [u8],
    },
    /// The proof is right.
    Success {
        /// The peer's words; MS-CHAPv2's own proof.
        message: &'a [u8],
    },
    /// The proof is wrong.
    Failure {
        /// The peer's words; MS-CHAP's error code.
        message: &'a [u8],
    },
}

impl<'a> Packet<'a> {
    /// Reads a packet and its identifier.
    pub fn parse(bytes: &'a [u8]) -> Result<(u8, Self), Malformed> {
        let refuse = |offset, problem| Malformed { layer: "chap", offset, problem };
        let packet = control::Packet::new_checked(bytes, "chap")?;
        let data = packet.data();
        let this = match packet.code() {
            code @ (1 | 2) => {
                let (size, rest) = data.split_first().ok_or_else(|| refuse(4, "value is missing"))?;
                let (value, name) =
                    rest.split_at_checked((*size).into()).ok_or_else(|| refuse(4, "value is cut short"))?;
                if value.is_empty() {
                    return Err(refuse(4, "value is empty"));
                }
                if code == 1 { Self::Challenge { value, name } } else { Self::Response { value, name } }
            }
            3 => Self::Success { message: data },
            4 => Self::Failure { message: data },
            _ => return Err(refuse(0, "code is not 1, 2, 3 or 4")),
        };
        Ok((packet.identifier(), this))
    }

    /// The packet, written. A value over 255 bytes cannot be said and is cut.
    pub fn emit(&self, identifier: u8) -> Vec<u8> {
        let (code, data) = match *self {
            Self::Challenge { value, name } => (1, valued(value, name)),
            Self::Response { value, name } => (2, valued(value, name)),
            Self::Success { message } => (3, message.to_owned()),
            Self::Failure { message } => (4, message.to_owned()),
        };
        control::emit(code, identifier, &data)
    }
}

fn valued(value: &[u8], name: &[u8]) -> Vec<u8> {
    let value = value.get(..255).unwrap_or(value);
    [&[u8::try_from(value.len()).unwrap_or(u8::MAX)][..], value, name].concat()
}

/// How a proof is made (the registry of CHAP algorithms).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// MD5 (RFC 1994).
    Md5,
    /// Microsoft's, version 1 (RFC 2433).
    MsChapV1,
    /// Microsoft's, version 2 (RFC 2759).
    MsChapV2,
    /// Anything else, by number.
    Unknown(u8),
}

impl From<u8> for Algorithm {
    fn from(number: u8) -> Self {
        match number {
            0x05 => Self::Md5,
            0x80 => Self::MsChapV1,
            0x81 => Self::MsChapV2,
            unknown => Self::Unknown(unknown),
        }
    }
}

impl From<Algorithm> for u8 {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Md5 => 0x05,
            Algorithm::MsChapV1 => 0x80,
            Algorithm::MsChapV2 => 0x81,
            Algorithm::Unknown(number) => number,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_challenge_is_read_and_written() {
        let bytes = [1, 7, 0, 11, 2, 0xaa, 0xbb, b'B', b'R', b'A', b'S'];
        let (identifier, packet) = Packet::parse(&bytes).unwrap();
        assert_eq!((identifier, packet), (7, Packet::Challenge { value: &[0xaa, 0xbb], name: b"BRAS" }));
        assert_eq!(packet.emit(7), bytes);
    }

    #[test]
    fn a_value_whose_size_is_not_true_is_refused() {
        for (data, expected) in [
            (&[][..], "value is missing"),
            (&[0], "value is empty"),
            (&[0, b'n'], "value is empty"),
            (&[2, 1], "value is cut short"),
            (&[255, 1, 2], "value is cut short"),
        ] {
            for code in [1, 2] {
                assert_eq!(Packet::parse(&control::emit(code, 1, data)).unwrap_err().problem, expected);
            }
        }
    }

    proptest! {
        #[test]
        fn any_response_survives_the_wire(
            value in prop::collection::vec(any::<u8>(), 1..=255), name: Vec<u8>, identifier: u8,
        ) {
            let packet = Packet::Response { value: &value, name: &name };
            let bytes = packet.emit(identifier);
            prop_assert_eq!(Packet::parse(&bytes).unwrap(), (identifier, packet));
        }
    }
}
