//! PAP (RFC 1334 section 2): a name and a password in clear, and the answer.
//!
//! ```text
//! 0       1       2               4       5
//! ├───────┼───────┼───────────────┼───────┼─ ─ ─ ─┬───────┬─ ─ ─
//! │ 1     │ ident │ length        │ length│ name  │ length│ password
//! │ 2, 3  │ ident │ length        │ length│ message
//! ```

use std::fmt;

use super::super::Malformed;
use super::control;

/// A packet. View and value are the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Packet<'a> {
    /// Let me in.
    Request {
        /// Who wants in.
        name: &'a [u8],
        /// Its password.
        password: &'a [u8],
    },
    /// Come in.
    Ack {
        /// The peer's words.
        message: &'a [u8],
    },
    /// Stay out.
    Nak {
        /// The peer's words.
        message: &'a [u8],
    },
}

impl<'a> Packet<'a> {
    /// Reads a packet and its identifier.
    pub fn parse(bytes: &'a [u8]) -> Result<(u8, Self), Malformed> {
        let packet = control::Packet::new_checked(bytes, "pap")?;
        let data = packet.data();
        let this = match packet.code() {
            1 => {
                let (name, rest) = counted(data, 4, "name is cut short")?;
                let (password, _) = counted(rest, 5 + name.len(), "password is cut short")?;
                Self::Request { name, password }
            }
            // Some peers leave the length out when they have nothing to say.
            code @ (2 | 3) => {
                let message =
                    if data.is_empty() { data } else { counted(data, 4, "message is cut short")?.0 };
                if code == 2 { Self::Ack { message } } else { Self::Nak { message } }
            }
            _ => return Err(malformed(0, "code is not 1, 2 or 3")),
        };
        Ok((packet.identifier(), this))
    }

    /// The packet, written. Parts over 255 bytes cannot be said and are cut.
    pub fn emit(&self, identifier: u8) -> Vec<u8> {
        let (code, parts) = match *self {
            Self::Request { name, password } => (1, vec![name, password]),
            Self::Ack { message } => (2, vec![message]),
            Self::Nak { message } => (3, vec![message]),
        };
        let mut data = Vec::new();
        for part in parts {
            let part = part.get(..255).unwrap_or(part);
            data.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
            data.extend_from_slice(part);
        }
        control::emit(code, identifier, &data)
    }
}

impl fmt::Debug for Packet<'_> {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request { name, .. } => {
                f.debug_struct("Request").field("name", name).finish_non_exhaustive()
            }
            Self::Ack { message } => f.debug_struct("Ack").field("message", message).finish(),
            Self::Nak { message } => f.debug_struct("Nak").field("message", message).finish(),
        }
    }
}

/// A part with its length in front, and what follows it.
fn counted<'a>(
    bytes: &'a [u8],
    offset: usize,
    problem: &'static str,
) -> Result<(&'a [u8], &'a [u8]), Malformed> {
    let (length, rest) = bytes.split_first().ok_or_else(|| malformed(offset, problem))?;
    rest.split_at_checked((*length).into()).ok_or_else(|| malformed(offset, problem))
}

fn malformed(offset: usize, problem: &'static str) -> Malformed {
    Malformed { layer: "pap", offset, problem }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_request_is_read_and_its_password_is_not_printed() {
        let bytes = [1, 9, 0, 14, 4, b'u', b's', b'e', b'r', 4, b'p', b'a', b's', b's'];
        let (identifier, packet) = Packet::parse(&bytes).unwrap();
        assert_eq!((identifier, packet), (9, Packet::Request { name: b"user", password: b"pass" }));
        assert_eq!(packet.emit(9), bytes);
        assert!(!format!("{packet:?}").contains(&format!("{:?}", b"pass")));
    }

    #[test]
    fn names_and_passwords_that_run_past_the_end_are_refused() {
        for (data, expected) in [
            (&[][..], "name is cut short"),
            (&[5, b'u'], "name is cut short"),
            (&[1, b'u'], "password is cut short"),
            (&[1, b'u', 255, b'p'], "password is cut short"),
        ] {
            assert_eq!(Packet::parse(&control::emit(1, 1, data)).unwrap_err().problem, expected);
        }
        assert_eq!(Packet::parse(&control::emit(4, 1, &[])).unwrap_err().problem, "code is not 1, 2 or 3");
    }

    #[test]
    fn an_answer_without_a_message_is_read() {
        assert_eq!(Packet::parse(&[2, 1, 0, 4]).unwrap().1, Packet::Ack { message: b"" });
        assert_eq!(Packet::parse(&[3, 1, 0, 7, 2, b'n', b'o']).unwrap().1, Packet::Nak { message: b"no" });
    }

    proptest! {
        #[test]
        fn any_name_and_password_survive_the_wire(
            name in prop::collection::vec(any::<u8>(), 0..=255),
            password in prop::collection::vec(any::<u8>(), 0..=255),
            identifier: u8,
        ) {
            let packet = Packet::Request { name: &name, password: &password };
            let bytes = packet.emit(identifier);
            prop_assert_eq!(Packet::parse(&bytes).unwrap(), (identifier, packet));
        }
    }
}
