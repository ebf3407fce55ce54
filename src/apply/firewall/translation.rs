//! What a translation writes into a packet. The kernel does so with the first packet of a
//! connection, and then with all others alike.

use std::fmt;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// Addresses that stand for each other one by one: the n-th of one side for the n-th of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressPairs {
    /// The first address that is replaced.
    pub from: Ipv4Addr,
    /// The first address in place of it.
    pub to: Ipv4Addr,
    /// How many pairs, at least 1.
    pub count: u32,
}

/// A range of IPv4 addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// The first.
    pub first: Ipv4Addr,
    /// The last.
    pub last: Ipv4Addr,
}

/// What becomes of a destination port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PortChange {
    /// It stays.
    Keep,
    /// It becomes this one.
    To(u16),
    /// Those of the range become others in a row, of which this is the first.
    Shift(RangeInclusive<u16>, u16),
}

impl AddressPairs {
    /// Each pair.
    pub fn iter(&self) -> impl Iterator<Item = (Ipv4Addr, Ipv4Addr)> {
        let after = |first: Ipv4Addr, count: u32| u32::from(first).checked_add(count).map(Ipv4Addr::from);
        let (from, to) = (self.from, self.to);
        (0..self.count).map_while(move |count| Some((after(from, count)?, after(to, count)?)))
    }
}

impl PortChange {
    /// Each port of a shift, and what it becomes.
    pub fn shifted(range: &RangeInclusive<u16>, first: u16) -> impl Iterator<Item = (u16, u16)> {
        range.clone().zip(first..=u16::MAX)
    }
}

impl From<Ipv4Addr> for Addresses {
    fn from(address: Ipv4Addr) -> Self {
        Self { first: address, last: address }
    }
}

impl fmt::Display for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => write!(f, "{}", self.first),
            false => write!(f, "{}-{}", self.first, self.last),
        }
    }
}

impl fmt::Display for AddressPairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        map(self.iter(), f)
    }
}

impl fmt::Display for PortChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keep => Ok(()),
            Self::To(port) => write!(f, ":{port}"),
            Self::Shift(range, first) => {
                f.write_str(":th dport map ")?;
                map(Self::shifted(range, *first), f)
            }
        }
    }
}

fn map<T: fmt::Display>(pairs: impl Iterator<Item = (T, T)>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let pairs: Vec<String> = pairs.map(|(from, to)| format!("{from} : {to}")).collect();
    write!(f, "{{ {} }}", pairs.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_go_on_side_by_side_and_end_with_the_addresses() {
        let pairs =
            |from: [u8; 4], count| AddressPairs { from: from.into(), to: [192, 0, 2, 9].into(), count };
        assert_eq!(
            pairs([10, 0, 0, 255], 2).to_string(),
            "{ 10.0.0.255 : 192.0.2.9, 10.0.1.0 : 192.0.2.10 }"
        );
        assert_eq!(pairs([255, 255, 255, 255], 2).iter().count(), 1);
    }

    #[test]
    fn a_shift_moves_each_port_by_the_same() {
        let shift = PortChange::Shift(8000..=8002, 80);
        assert_eq!(shift.to_string(), ":th dport map { 8000 : 80, 8001 : 81, 8002 : 82 }");
    }
}
