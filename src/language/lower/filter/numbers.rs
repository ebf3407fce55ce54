//! Numbered filters, as an RTX has them.

use std::collections::{BTreeMap, BTreeSet};

use super::lists::unlogged;
use super::{Direction, Draft, Laid};
use crate::language::lower::args::Args;
use crate::model::filter::{Action, Application, Filter, Followed, Packets, Rule};
use crate::types::{InterfaceName, LineId, Sourced};

#[derive(Debug, Default)]
pub(in crate::language::lower) struct Numbers {
    fixed: BTreeMap<u32, Vec<Sourced<Rule>>>,
    dynamic: BTreeMap<u32, Sourced<Dynamic>>,
    sets: BTreeMap<(String, Direction), Sourced<NumberList>>,
    uses: Vec<Sourced<NumberUse>>,
    set_uses: Vec<Sourced<SetUse>>,
    /// Those that policies and routes use.
    referred: BTreeSet<u32>,
}

/// `ip filter dynamic NUMBER …`.
#[derive(Clone, Debug)]
pub(in crate::language::lower) struct Dynamic {
    pub(in crate::language::lower) first: First,
    pub(in crate::language::lower) application: Option<Application>,
    pub(in crate::language::lower) log: bool,
}

/// What a followed session begins with.
#[derive(Clone, Debug)]
pub(in crate::language::lower) enum First {
    /// One of these.
    Packets(Vec<Packets>),
    /// What one of these filters speaks of, between the addresses of these packets.
    Filters(Packets, Vec<u32>),
}

/// Filters by their numbers, in order.
#[derive(Clone, Debug, Default)]
pub(in crate::language::lower) struct NumberList {
    pub(in crate::language::lower) fixed: Vec<u32>,
    pub(in crate::language::lower) dynamic: Vec<u32>,
}

/// `ip lanN secure filter in|out NUMBERS`.
#[derive(Clone, Debug)]
pub(in crate::language::lower) struct NumberUse {
    pub(in crate::language::lower) interface: InterfaceName,
    pub(in crate::language::lower) direction: Direction,
    pub(in crate::language::lower) list: NumberList,
}

/// `ip lanN secure filter name SET`.
#[derive(Clone, Debug)]
pub(in crate::language::lower) struct SetUse {
    pub(in crate::language::lower) interface: InterfaceName,
    pub(in crate::language::lower) set: String,
}

impl Draft {
    /// A numbered filter, as the rules that together mean it.
    pub(in crate::language::lower) fn numbered(&mut self, args: &Args<'_>, number: u32, rules: Vec<Rule>) {
        self.numbers.fixed.insert(number, rules.into_iter().map(|rule| args.sourced(rule)).collect());
    }

    /// The rules of numbered filters, for a policy or a route.
    pub(in crate::language::lower) fn for_policy_numbers(&mut self, numbers: &[u32]) -> Vec<Sourced<Rule>> {
        self.numbers.referred.extend(numbers);
        let rules = numbers.iter().filter_map(|number| self.numbers.fixed.get(number)).flatten();
        rules.cloned().map(unlogged).collect()
    }

    /// A numbered filter that follows sessions.
    pub(in crate::language::lower) fn dynamic(&mut self, number: u32, dynamic: Sourced<Dynamic>) {
        self.numbers.dynamic.insert(number, dynamic);
    }

    /// `ip filter set NAME in|out NUMBERS`.
    pub(in crate::language::lower) fn set(
        &mut self,
        name: String,
        direction: Direction,
        list: Sourced<NumberList>,
    ) {
        self.numbers.sets.insert((name, direction), list);
    }

    pub(in crate::language::lower) fn use_numbers(&mut self, used: Sourced<NumberUse>) {
        self.numbers.uses.push(used);
    }

    pub(in crate::language::lower) fn use_set(&mut self, used: Sourced<SetUse>) {
        self.numbers.set_uses.push(used);
    }
}

impl Numbers {
    /// The lines of filters that no interface uses.
    pub(super) fn unused(&self) -> impl Iterator<Item = LineId> {
        let set_names: BTreeSet<&String> = self.set_uses.iter().map(|used| &used.set).collect();
        let (sets, idle_sets): (Vec<_>, Vec<_>) =
            self.sets.iter().partition(|((name, _), _)| set_names.contains(name));
        let used = self.uses.iter().map(|used| &used.list);
        let lists: Vec<&NumberList> = used.chain(sets.iter().map(|(_, list)| &list.value)).collect();
        let dynamic: BTreeSet<u32> = lists.iter().flat_map(|list| &list.dynamic).copied().collect();
        let spoken_of = self.dynamic.iter().filter(|(number, _)| dynamic.contains(number));
        let spoken_of = spoken_of.flat_map(|(_, dynamic)| match &dynamic.first {
            First::Filters(_, filters) => filters.clone(),
            First::Packets(_) => Vec::new(),
        });
        let fixed: BTreeSet<u32> = lists
            .iter()
            .flat_map(|list| &list.fixed)
            .chain(&self.referred)
            .copied()
            .chain(spoken_of)
            .collect();
        let idle_fixed = self.fixed.iter().filter(move |(number, _)| !fixed.contains(number));
        let idle_fixed = idle_fixed.flat_map(|(_, rules)| rules).map(|rule| rule.origin);
        let idle_dynamic = self.dynamic.iter().filter(move |(number, _)| !dynamic.contains(number));
        let idle_dynamic = idle_dynamic.map(|(_, dynamic)| dynamic.origin);
        idle_fixed.chain(idle_dynamic).chain(idle_sets.into_iter().map(|(_, list)| list.origin))
    }

    /// The numbered filters of each direction, in the order of their numbers in the line.
    pub(super) fn lay(&self) -> Laid {
        let mut laid = Laid::new();
        for used in &self.uses {
            laid.insert((used.interface, used.direction), Sourced::new(self.filter(&used.list), used.origin));
        }
        for used in &self.set_uses {
            for direction in [Direction::In, Direction::Out] {
                // A set that is not defined filters nothing.
                if let Some(list) = self.sets.get(&(used.set.clone(), direction)) {
                    laid.insert((used.interface, direction), Sourced::new(self.filter(list), used.origin));
                }
            }
        }
        laid
    }

    fn filter(&self, list: &NumberList) -> Filter {
        // One that is not defined matches no packet.
        let rules = list.fixed.iter().filter_map(|number| self.fixed.get(number)).flatten().cloned();
        let followed = list.dynamic.iter().filter_map(|number| self.dynamic.get(number));
        let followed: Vec<Sourced<Followed>> = followed.flat_map(|dynamic| self.followed(dynamic)).collect();
        let mut rules: Vec<Sourced<Rule>> = rules.collect();
        // Where what passes is said by one rule at the end, or by none at all, the filters that
        // follow sessions can as well stand before it.
        let (end, others) = match rules.split_last() {
            Some((last, others)) if passes_rest(last) => (others.len(), others),
            _ => (rules.len(), &rules[..]),
        };
        let is_plain = end < rules.len() || list.fixed.is_empty();
        if !is_plain || others.iter().any(|rule| rule.action != Action::Drop) {
            return Filter { rules, followed };
        }
        rules.splice(end..end, followed.into_iter().map(|followed| followed.map(Followed::into_rule)));
        Filter { rules, followed: Vec::new() }
    }

    fn followed(&self, dynamic: &Sourced<Dynamic>) -> Vec<Sourced<Followed>> {
        let firsts = match &dynamic.first {
            First::Packets(packets) => packets.clone(),
            First::Filters(between, numbers) => self.spoken_of(between, numbers),
        };
        let Dynamic { application, log, .. } = dynamic.value;
        let followed = |first| Sourced::new(Followed { first, log, application }, dynamic.origin);
        firsts.into_iter().map(followed).collect()
    }

    /// What filters speak of. Their addresses do not count, nor what they do.
    fn spoken_of(&self, between: &Packets, numbers: &[u32]) -> Vec<Packets> {
        let rules = numbers.iter().filter_map(|number| self.fixed.get(number)).flatten();
        let packets = rules.map(|rule| Packets {
            source: between.source.clone(),
            destination: between.destination.clone(),
            ..rule.packets.clone()
        });
        packets.collect()
    }
}

fn passes_rest(rule: &Rule) -> bool {
    rule.is_last() && rule.action == Action::Pass && !rule.log
}
