//! Attributes of netfilter's messages: length and kind in the machine's order, then a value, its
//! numbers in network order; each begins at a multiple of four bytes.

/// What of a kind is not its number: the attribute holds others, or its value is in network order.
const FLAGS: u16 = 0xc000;

/// The value of an attribute, up to the first that is cut short.
pub(super) fn find(attributes: &[u8], kind: u16) -> Option<&[u8]> {
    let mut rest = attributes;
    while let Some((head, _)) = rest.split_first_chunk::<4>() {
        let length = usize::from(u16::from_ne_bytes([head[0], head[1]]));
        let value = rest.get(4..length)?;
        if u16::from_ne_bytes([head[2], head[3]]) & !FLAGS == kind {
            return Some(value);
        }
        rest = rest.get(length.next_multiple_of(4)..)?;
    }
    None
}

/// A number of two bytes.
pub(super) fn u16_of(bytes: &[u8]) -> Option<u16> {
    bytes.try_into().ok().map(u16::from_be_bytes)
}

/// A number of four bytes.
pub(super) fn u32_of(bytes: &[u8]) -> Option<u32> {
    bytes.try_into().ok().map(u32::from_be_bytes)
}

/// A number of eight bytes.
pub(super) fn u64_of(bytes: &[u8]) -> Option<u64> {
    bytes.try_into().ok().map(u64::from_be_bytes)
}
