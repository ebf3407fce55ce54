//! Packet filters: named access lists (IX) and numbered filters (RTX), laid out per direction.
//!
//! IPv4 and IPv6 have names and numbers of their own: one draft for each.

use std::collections::{BTreeMap, BTreeSet};

use super::Problems;
use super::args::{Args, claim};
use crate::model::filter::{Filters, Rule};
use crate::model::{Interface, Model};
use crate::types::{InterfaceName, LineId, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    lists: BTreeMap<String, Vec<Sourced<Rule>>>,
    numbered: BTreeMap<u32, Vec<Sourced<Rule>>>,
    list_uses: Vec<ListUse>,
    /// Lists that something other than a filter uses.
    referred: BTreeSet<String>,
    number_uses: Vec<NumberUse>,
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

/// `ip filter LIST SEQUENCE in|out` (IX).
#[derive(Clone, Debug)]
pub(super) struct ListUse {
    pub(super) interface: InterfaceName,
    pub(super) direction: Direction,
    /// Lists are asked in this order, lowest first.
    pub(super) sequence: u32,
    pub(super) list: String,
    /// `suppress-logging`: what the list drops is not written to the log.
    pub(super) quiet: bool,
    pub(super) line: LineId,
}

/// `ip lanN secure filter in|out NUMBERS` (RTX).
#[derive(Clone, Debug)]
pub(super) struct NumberUse {
    pub(super) interface: InterfaceName,
    pub(super) direction: Direction,
    pub(super) numbers: Vec<u32>,
    pub(super) line: LineId,
}

/// The rules of each direction of each interface, as one dialect asks for them.
type Laid = BTreeMap<(InterfaceName, Direction), Sourced<Vec<Sourced<Rule>>>>;

impl Draft {
    /// A line of an access list, after those that came before.
    pub(super) fn list_entry(&mut self, args: &Args<'_>, list: String, rule: Rule) {
        self.lists.entry(list).or_default().push(args.sourced(rule));
    }

    /// A numbered filter, as the rules that together mean it.
    pub(super) fn numbered(&mut self, args: &Args<'_>, number: u32, rules: Vec<Rule>) {
        self.numbered.insert(number, rules.into_iter().map(|rule| args.sourced(rule)).collect());
    }

    /// The rules of an access list; none if no line defines it.
    pub(super) fn list(&self, name: &str) -> &[Sourced<Rule>] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    /// Something other than a filter uses this access list.
    pub(super) fn refer(&mut self, list: String) {
        self.referred.insert(list);
    }

    pub(super) fn use_list(&mut self, used: ListUse) {
        self.list_uses.push(used);
    }

    pub(super) fn use_numbers(&mut self, used: NumberUse) {
        self.number_uses.push(used);
    }

    /// The lines of lists and filters that no interface uses.
    pub(super) fn unused(&self) -> Vec<LineId> {
        let lists = self.list_uses.iter().map(|used| &used.list).chain(&self.referred);
        let lists: BTreeSet<&String> = lists.collect();
        let numbers: BTreeSet<&u32> = self.number_uses.iter().flat_map(|used| &used.numbers).collect();
        let lists = self.lists.iter().filter(|(list, _)| !lists.contains(list)).map(|(_, rules)| rules);
        let numbered = self.numbered.iter().filter(|(number, _)| !numbers.contains(number));
        lists.chain(numbered.map(|(_, rules)| rules)).flatten().map(|rule| rule.origin).collect()
    }

    pub(super) fn settle(mut self, family: Family, model: &mut Model, problems: &mut Problems) {
        let named = self.lay_lists();
        let numbered = self.lay_numbers();
        let mut laid: BTreeMap<_, Option<Sourced<_>>> = BTreeMap::new();
        for (place, rules) in named.into_iter().chain(numbered) {
            let line = rules.origin;
            let what = || format!("the {} {} filter of {}", place.1.word(), family.name(), place.0);
            if let Err(refusal) = claim(laid.entry(place).or_default(), rules, what) {
                problems.refuse(line, refusal);
            }
        }
        for ((interface, direction), rules) in laid {
            let interface = model.interfaces.entry(interface).or_default();
            *direction.of(family.of(interface)) = rules.map(|rules| rules.value);
        }
    }

    /// The access lists of each direction, one after the other by sequence.
    fn lay_lists(&mut self) -> Laid {
        self.list_uses.sort_by_key(|used| used.sequence);
        let mut laid = Laid::new();
        for used in &self.list_uses {
            let place = (used.interface, used.direction);
            let rules = laid.entry(place).or_insert_with(|| Sourced::new(Vec::new(), used.line));
            // One that is not defined admits nothing.
            let list = self.lists.get(&used.list).into_iter().flatten();
            rules.value.extend(list.cloned().map(|rule| used.rule(rule)));
        }
        laid
    }

    /// The numbered filters of each direction, in the order of their numbers in the line.
    fn lay_numbers(&self) -> Laid {
        let mut laid = Laid::new();
        for used in &self.number_uses {
            // One that is not defined matches no packet.
            let filters = used.numbers.iter().filter_map(|number| self.numbered.get(number));
            let rules = filters.flatten().cloned().collect();
            laid.insert((used.interface, used.direction), Sourced::new(rules, used.line));
        }
        laid
    }
}

impl ListUse {
    fn rule(&self, mut rule: Sourced<Rule>) -> Sourced<Rule> {
        rule.value.log &= !self.quiet;
        rule
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

    fn of(self, filters: &mut Filters) -> &mut Option<Vec<Sourced<Rule>>> {
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
