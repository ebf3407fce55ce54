//! Tags of the discovery stage (RFC 2516 appendix A, RFC 4638 section 4).
//!
//! ```text
//! 0               2               4
//! ├───────────────┼───────────────┼─ ─ ─
//! │ type          │ length        │ value
//! ```

use super::super::{Malformed, array, tail};

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tag {
    /// The service that is asked for or offered; empty is any.
    ServiceName(Vec<u8>),
    /// Which concentrator speaks.
    AcName(Vec<u8>),
    /// What ties answers to a question; whoever answers sends it back as it is.
    HostUniq(Vec<u8>),
    /// What a concentrator wants to see again.
    AcCookie(Vec<u8>),
    /// For agents between the two; whoever answers sends it back as it is.
    RelaySessionId(Vec<u8>),
    /// The longest packet of PPP that the sender can take, above 1492 bytes.
    PppMaxPayload(u16),
    /// The service does not exist; in text.
    ServiceNameError(Vec<u8>),
    /// The concentrator cannot; in text.
    AcSystemError(Vec<u8>),
    /// Anything else that went wrong; in text.
    GenericError(Vec<u8>),
    /// Any other, by number.
    Unknown(u16, Vec<u8>),
}

impl Tag {
    fn parse(kind: u16, value: &[u8]) -> Self {
        let bytes = value.to_owned();
        match kind {
            0x0101 => Self::ServiceName(bytes),
            0x0102 => Self::AcName(bytes),
            0x0103 => Self::HostUniq(bytes),
            0x0104 => Self::AcCookie(bytes),
            0x0110 => Self::RelaySessionId(bytes),
            0x0120 if value.len() == 2 => Self::PppMaxPayload(u16::from_be_bytes(array(value, 0))),
            0x0201 => Self::ServiceNameError(bytes),
            0x0202 => Self::AcSystemError(bytes),
            0x0203 => Self::GenericError(bytes),
            unknown => Self::Unknown(unknown, bytes),
        }
    }

    /// Appends the tag. A value over 65535 bytes cannot be said and is cut.
    pub fn emit(&self, buffer: &mut Vec<u8>) {
        let payload;
        let (kind, value): (u16, &[u8]) = match self {
            Self::ServiceName(value) => (0x0101, value),
            Self::AcName(value) => (0x0102, value),
            Self::HostUniq(value) => (0x0103, value),
            Self::AcCookie(value) => (0x0104, value),
            Self::RelaySessionId(value) => (0x0110, value),
            Self::PppMaxPayload(longest) => {
                payload = longest.to_be_bytes();
                (0x0120, &payload)
            }
            Self::ServiceNameError(value) => (0x0201, value),
            Self::AcSystemError(value) => (0x0202, value),
            Self::GenericError(value) => (0x0203, value),
            Self::Unknown(kind, value) => (*kind, value),
        };
        let value = value.get(..usize::from(u16::MAX)).unwrap_or(value);
        buffer.extend_from_slice(&kind.to_be_bytes());
        buffer.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
        buffer.extend_from_slice(value);
    }
}

/// Reads the tags of a discovery packet's payload, up to End-Of-List if there is one.
pub fn parse_tags(payload: &[u8]) -> Result<Vec<Tag>, Malformed> {
    const HEADER_LEN: usize = 4;
    const END_OF_LIST: u16 = 0;
    let mut tags = Vec::new();
    let mut rest = payload;
    while !rest.is_empty() {
        let offset = super::HEADER_LEN + payload.len() - rest.len();
        let refuse = || Malformed { layer: "pppoe", offset, problem: "tag is cut short" };
        if rest.len() < HEADER_LEN {
            return Err(refuse());
        }
        let kind = u16::from_be_bytes(array(rest, 0));
        let length = usize::from(u16::from_be_bytes(array(rest, 2)));
        if kind == END_OF_LIST {
            break;
        }
        let value = rest.get(HEADER_LEN..HEADER_LEN + length).ok_or_else(refuse)?;
        tags.push(Tag::parse(kind, value));
        rest = tail(rest, HEADER_LEN + length);
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_tags_of_an_offer_are_read_and_written() {
        let bytes = [
            1, 1, 0, 0, // any service
            1, 2, 0, 4, b'B', b'R', b'A', b'S', 1, 3, 0, 2, 0xab, 0xcd, 1, 4, 0, 1, 7, // cookie
            1, 0x20, 0, 2, 0x05, 0xdc, // 1500
            0x0f, 0xff, 0, 1, 9,
        ];
        let tags = parse_tags(&bytes).unwrap();
        let expected = [
            Tag::ServiceName(vec![]),
            Tag::AcName(b"BRAS".to_vec()),
            Tag::HostUniq(vec![0xab, 0xcd]),
            Tag::AcCookie(vec![7]),
            Tag::PppMaxPayload(1500),
            Tag::Unknown(0x0fff, vec![9]),
        ];
        assert_eq!(tags, expected);
        let mut again = Vec::new();
        tags.iter().for_each(|tag| tag.emit(&mut again));
        assert_eq!(again, bytes);
    }

    #[test]
    fn a_tag_that_runs_past_the_end_is_refused_where_it_stands() {
        for bytes in
            [&[1, 1, 0, 0, 1, 2, 0][..], &[1, 1, 0, 0, 1, 2, 0, 2, b'B'], &[1, 1, 0, 0, 1, 2, 255, 255]]
        {
            assert_eq!(parse_tags(bytes).unwrap_err().offset, 10);
        }
    }

    #[test]
    fn nothing_is_read_behind_the_end_of_the_list() {
        assert_eq!(parse_tags(&[1, 1, 0, 0, 0, 0, 0, 0, 9, 9, 9]).unwrap(), [Tag::ServiceName(vec![])]);
    }

    proptest! {
        #[test]
        fn tags_are_read_or_refused_and_what_is_read_is_written_again(payload: Vec<u8>) {
            if let Ok(tags) = parse_tags(&payload) {
                let mut again = Vec::new();
                tags.iter().for_each(|tag| tag.emit(&mut again));
                prop_assert_eq!(&payload[..again.len()], &again);
            }
        }
    }
}
