//! Marks: the 32 bits that Linux keeps with each packet, and those with each connection.
//!
//! Two areas share them. Policy routing marks packets with the way that they take, and
//! connections with the interface by which they arrived; filters that follow sessions mark the
//! connections that they opened, never packets. Each keeps to its own bits: who sets some leaves
//! the others of a connection as they are.
//!
//! | Bits | Of a packet | Of a connection |
//! |---|---|---|
//! | 24–31 | [`OURS`] | [`OURS`] |
//! | 16–23 | [`WAY`] | [`OPENED_OUT`]: the interface by which the session left when a filter opened it |
//! | 8–15 | [`WAY`] | [`OPENED_IN`]: the interface that received it when a filter opened it |
//! | 0–7 | [`WAY`]: the table of routes that the packet asks first | [`ARRIVED`]: the uplink by which it arrived |
//!
//! Interfaces with filters that follow sessions are numbered from 1; 0 says that none opened it.

/// The bits that tell our marks from those of others, and what stands in them.
pub const OURS_MASK: u32 = 0xff00_0000;
/// What stands in [`OURS_MASK`].
pub const OURS: u32 = 0x7400_0000;
/// The bits of a packet that say which table of routes it asks first: [`FIRST_TABLE`] and so many.
pub const WAY: u32 = 0x00ff_ffff;
/// The bits for the uplink by which a connection arrived, as the number of its way; 0 where it
/// does not matter.
pub const ARRIVED: u32 = 0x0000_00ff;
/// The bits for the interface that received the first packet of a session that a filter opened.
pub const OPENED_IN: u32 = 0x0000_ff00;
/// The bits for the interface by which the first packet of a session that a filter opened left.
pub const OPENED_OUT: u32 = 0x00ff_0000;

/// The table of routes of way 0, which nobody asks; that of way N is N further.
pub const FIRST_TABLE: u32 = 11600;

/// `number` at the place of the bits in `mask`; `None` if it needs more bits.
pub fn placed(mask: u32, number: u32) -> Option<u32> {
    let shifted = number.checked_shl(mask.trailing_zeros())?;
    (shifted & !mask == 0 && shifted >> mask.trailing_zeros() == number).then_some(shifted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_belong_to_one_area_each() {
        let areas = [OURS_MASK, ARRIVED, OPENED_IN, OPENED_OUT];
        assert_eq!(areas.iter().fold(0, |all, area| all ^ area), u32::MAX);
        assert_eq!(OURS_MASK ^ WAY, u32::MAX);
        assert_eq!(OURS & !OURS_MASK, 0);
    }

    #[test]
    fn a_number_keeps_to_its_bits() {
        assert_eq!(placed(OPENED_IN, 1), Some(0x100));
        assert_eq!(placed(OPENED_OUT, 255), Some(OPENED_OUT));
        assert_eq!(placed(OPENED_OUT, 256), None);
        assert_eq!(placed(WAY, 7), Some(7));
    }
}
