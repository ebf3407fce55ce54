//! Echo messages of ICMP (RFC 792, "Echo or Echo Reply Message") and ICMPv6 (RFC 4443, section 4).
//!
//! ```text
//! 0       1       2               4               6               8
//! ├───────┼───────┼───────────────┼───────────────┼───────────────┼─ ─ ─
//! │ type  │ 0     │ checksum      │ identifier    │ sequence      │ data
//! ```

use super::checksum::Checksum;
use super::{Malformed, array, tail};

/// The bytes before the data.
pub const HEADER_LEN: usize = 8;

/// Which of the two protocols: types and checksums differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// ICMP.
    Icmp,
    /// ICMPv6. Its checksum covers addresses too: Linux checks it and fills it in.
    Icmpv6,
}

/// A question or an answer. View and value are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo<'a> {
    /// Whether it is the answer.
    pub is_reply: bool,
    /// Tells those who ask apart.
    pub identifier: u16,
    /// Tells questions apart.
    pub sequence: u16,
    /// Whatever was asked with; the answer brings it back.
    pub data: &'a [u8],
}

impl Version {
    fn kind(self, is_reply: bool) -> u8 {
        match (self, is_reply) {
            (Self::Icmp, false) => 8,
            (Self::Icmp, true) => 0,
            (Self::Icmpv6, false) => 128,
            (Self::Icmpv6, true) => 129,
        }
    }
}

impl<'a> Echo<'a> {
    /// Reads a message; `None` for one that is no echo.
    pub fn parse(bytes: &'a [u8], version: Version) -> Result<Option<Self>, Malformed> {
        let refuse = |offset, problem| Err(Malformed { layer: "icmp", offset, problem });
        if bytes.len() < HEADER_LEN {
            return refuse(bytes.len(), "message is cut short");
        }
        if version == Version::Icmp && Checksum::default().add(bytes).finish() != 0 {
            return refuse(2, "checksum is wrong");
        }
        let [kind, code] = array(bytes, 0);
        let is_reply = kind == version.kind(true);
        if (!is_reply && kind != version.kind(false)) || code != 0 {
            return Ok(None);
        }
        Ok(Some(Self {
            is_reply,
            identifier: u16::from_be_bytes(array(bytes, 4)),
            sequence: u16::from_be_bytes(array(bytes, 6)),
            data: tail(bytes, HEADER_LEN),
        }))
    }

    /// Appends the message.
    pub fn emit(&self, version: Version, buffer: &mut Vec<u8>) {
        let start = buffer.len();
        buffer.extend_from_slice(&[version.kind(self.is_reply), 0, 0, 0]);
        buffer.extend_from_slice(&self.identifier.to_be_bytes());
        buffer.extend_from_slice(&self.sequence.to_be_bytes());
        buffer.extend_from_slice(self.data);
        if version == Version::Icmp {
            let checksum = Checksum::default().add(tail(buffer, start)).finish();
            if let Some(place) = buffer.get_mut(start + 2..start + 4) {
                place.copy_from_slice(&checksum.to_be_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_question_of_ping_is_read() {
        let bytes = [8, 0, 0x4d, 0x5a, 0, 1, 0, 1, b'a', b'b', b'c', b'd', b'e', b'f'];
        let sum = Checksum::default().add(&bytes[..2]).add(&bytes[4..]).finish().to_be_bytes();
        let mut bytes = bytes.to_vec();
        bytes[2..4].copy_from_slice(&sum);
        let echo = Echo { is_reply: false, identifier: 1, sequence: 1, data: b"abcdef" };
        assert_eq!(Echo::parse(&bytes, Version::Icmp), Ok(Some(echo)));
        let mut written = Vec::new();
        echo.emit(Version::Icmp, &mut written);
        assert_eq!(written, bytes);
    }

    #[test]
    fn what_is_broken_is_refused_and_what_is_no_echo_is_nothing() {
        let mut bytes = Vec::new();
        Echo { is_reply: true, identifier: 7, sequence: 9, data: &[1, 2] }.emit(Version::Icmp, &mut bytes);
        for length in 0..HEADER_LEN {
            assert_eq!(Echo::parse(&bytes[..length], Version::Icmp).unwrap_err().offset, length);
        }
        bytes[9] ^= 1;
        assert_eq!(Echo::parse(&bytes, Version::Icmp).unwrap_err().problem, "checksum is wrong");
        let unreachable = [1, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(Echo::parse(&unreachable, Version::Icmpv6), Ok(None));
    }

    proptest! {
        #[test]
        fn any_echo_survives_the_wire(reply: bool, six: bool, identifier: u16, sequence: u16, data: Vec<u8>) {
            let version = if six { Version::Icmpv6 } else { Version::Icmp };
            let echo = Echo { is_reply: reply, identifier, sequence, data: &data };
            let mut bytes = Vec::new();
            echo.emit(version, &mut bytes);
            prop_assert_eq!(Echo::parse(&bytes, version), Ok(Some(echo)));
        }
    }
}
