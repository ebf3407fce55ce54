//! Packet filters: named access lists (IX) and numbered filters (RTX), laid out per direction.
//!
//! IPv4 and IPv6 have names and numbers of their own: one draft for each.

mod lists;
mod numbers;

use std::collections::BTreeMap;

pub(super) use self::lists::ListUse;
pub(super) use self::numbers::{Dynamic, First, NumberList, NumberUse, SetUse};

use self::lists::Lists;
use self::numbers::Numbers;
use super::Problems;
use super::args::claim;
use crate::model::filter::{Filter, Filters};
use crate::model::{Interface, Model};
use crate::types::{InterfaceName, LineId, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    lists: Lists,
    numbers: Numbers,
}

/// Whose packets a draft is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Ipv4,
    Ipv6,
}

/// Which packets of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    /// Those that it receives.
    In,
    /// Those that leave through it.
    Out,
}

/// The filter of each direction of each interface, as one dialect asks for them.
type Laid = BTreeMap<(InterfaceName, Direction), Sourced<Filter>>;

impl Draft {
    /// The lines of lists and filters that no interface uses.
    pub(super) fn unused(&self) -> Vec<LineId> {
        self.lists.unused().chain(self.numbers.unused()).collect()
    }

    pub(super) fn settle(mut self, family: Family, model: &mut Model, problems: &mut Problems) {
        let named = self.lists.lay();
        let numbered = self.numbers.lay();
        let mut laid: BTreeMap<_, Option<Sourced<_>>> = BTreeMap::new();
        for (place, filter) in named.into_iter().chain(numbered) {
            let line = filter.origin;
            let what = || format!("the {} {} filter of {}", place.1.word(), family.name(), place.0);
            if let Err(refusal) = claim(laid.entry(place).or_default(), filter, what) {
                problems.refuse(line, refusal);
            }
        }
        for ((interface, direction), filter) in laid {
            let interface = model.interfaces.entry(interface).or_default();
            *direction.of(family.of(interface)) = filter.map(|filter| filter.value);
        }
    }
}

impl Family {
    fn name(self) -> &'static str {
        match self {
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
        }
    }

    fn of(self, interface: &mut Interface) -> &mut Filters {
        match self {
            Self::Ipv4 => &mut interface.filter,
            Self::Ipv6 => &mut interface.ipv6_filter,
        }
    }
}

impl Direction {
    fn word(self) -> &'static str {
        match self {
            Self::In => "inbound",
            Self::Out => "outbound",
        }
    }

    fn of(self, filters: &mut Filters) -> &mut Option<Filter> {
        match self {
            Self::In => &mut filters.inbound,
            Self::Out => &mut filters.outbound,
        }
    }
}

impl std::str::FromStr for Direction {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "in" => Ok(Self::In),
            "out" => Ok(Self::Out),
            _ => Err("in or out is needed"),
        }
    }
}
