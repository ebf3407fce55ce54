//! Named lists, as an IX has them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Direction, Draft, Laid};
use crate::language::lower::args::Args;
use crate::model::filter::{Action, Filter, Rule};
use crate::types::{InterfaceName, LineId, Sourced};

#[derive(Debug, Default)]
pub(super) struct Lists {
    lists: BTreeMap<String, List>,
    /// Lists that something other than a filter uses.
    referred: BTreeSet<String>,
    /// By name, the lists whose sessions are followed.
    dynamic: BTreeMap<String, Vec<Sourced<String>>>,
    uses: Vec<Sourced<ListUse>>,
}

#[derive(Debug, Default)]
struct List {
    rules: Vec<Sourced<Rule>>,
    /// Of each rule: those with a number stand in its order, after those without.
    positions: Vec<Option<u32>>,
}

/// `ip filter LIST SEQUENCE in|out`.
#[derive(Clone, Debug)]
pub(in crate::language::lower) struct ListUse {
    pub(in crate::language::lower) interface: InterfaceName,
    pub(in crate::language::lower) direction: Direction,
    /// Lists are asked in this order, lowest first.
    pub(in crate::language::lower) sequence: u32,
    pub(in crate::language::lower) list: String,
    /// `suppress-logging`: what the list drops is not written to the log.
    pub(in crate::language::lower) quiet: bool,
}

impl Draft {
    /// A line of an access list.
    pub(in crate::language::lower) fn list_entry(
        &mut self,
        args: &Args<'_>,
        list: String,
        position: Option<u32>,
        rule: Rule,
    ) {
        let List { rules, positions } = self.lists.lists.entry(list).or_default();
        let place = positions.partition_point(|other| *other <= position);
        positions.insert(place, position);
        rules.insert(place, args.sourced(rule));
    }

    /// The rules of an access list; none if no line defines it.
    pub(in crate::language::lower) fn list(&self, name: &str) -> &[Sourced<Rule>] {
        self.lists.lists.get(name).map_or(&[], |list| list.rules.as_slice())
    }

    /// Something other than a filter uses this access list.
    pub(in crate::language::lower) fn refer(&mut self, list: String) {
        self.lists.referred.insert(list);
    }

    /// The rules of a list, for a policy. One that is not defined matches no packet.
    pub(in crate::language::lower) fn for_policy(&mut self, list: &str) -> Vec<Sourced<Rule>> {
        self.refer(list.to_owned());
        self.list(list).iter().cloned().map(unlogged).collect()
    }

    /// `ip access-list dynamic LIST access ACCESS`.
    pub(in crate::language::lower) fn list_dynamic(&mut self, args: &Args<'_>, list: String, access: String) {
        self.lists.dynamic.entry(list).or_default().push(args.sourced(access));
    }

    pub(in crate::language::lower) fn use_list(&mut self, used: Sourced<ListUse>) {
        self.lists.uses.push(used);
    }
}

impl Lists {
    /// The lines of lists that nothing uses.
    pub(super) fn unused(&self) -> impl Iterator<Item = LineId> {
        let filtering: BTreeSet<&String> = self.uses.iter().map(|used| &used.list).collect();
        let (dynamic, idle): (Vec<_>, Vec<_>) =
            self.dynamic.iter().partition(|(list, _)| filtering.contains(list));
        let followed = dynamic.iter().flat_map(|(_, accesses)| *accesses).map(|access| &access.value);
        let hidden: BTreeSet<&String> = dynamic.iter().map(|(list, _)| *list).collect();
        let plain = filtering.iter().copied().filter(|list| !hidden.contains(list));
        let used: BTreeSet<&String> = followed.chain(plain).chain(&self.referred).collect();
        let entries = self.lists.iter().filter(move |(list, _)| !used.contains(list));
        let entries = entries.flat_map(|(_, list)| &list.rules).map(|rule| rule.origin);
        entries.chain(idle.into_iter().flat_map(|(_, accesses)| accesses).map(|access| access.origin))
    }

    /// The access lists of each direction, one after the other by sequence.
    pub(super) fn lay(&mut self) -> Laid {
        self.uses.sort_by_key(|used| used.sequence);
        let mut laid = Laid::new();
        for used in &self.uses {
            let filter =
                laid.entry(used.place()).or_insert_with(|| Sourced::new(Filter::default(), used.origin));
            filter.value.rules.extend(self.rules(&used.list).map(|rule| used.value.rule(rule)));
        }
        // Sorted by sequence, the last use of a place is what stays in the map.
        let last: BTreeMap<_, _> = self.uses.iter().map(|used| (used.place(), used)).collect();
        for (place, used) in last.into_iter().filter(|(_, used)| used.quiet) {
            if let Some(filter) = laid.get_mut(&place) {
                drop_rest_quietly(&mut filter.value, used.origin);
            }
        }
        laid
    }

    /// The rules of a list. A list that follows sessions comes before a plain one of its name; one
    /// that is not defined admits nothing.
    fn rules(&self, list: &String) -> impl Iterator<Item = Sourced<Rule>> {
        let dynamic = self.dynamic.get(list);
        let followed = dynamic.into_iter().flatten().flat_map(|access| self.entries(access)).map(|rule| {
            let mut rule = rule.clone();
            if rule.value.action == Action::Pass {
                rule.value.action = Action::Follow { application: None };
            }
            rule
        });
        let plain = self.entries(list).filter(move |_| dynamic.is_none()).cloned();
        followed.chain(plain)
    }

    fn entries(&self, list: &String) -> impl Iterator<Item = &Sourced<Rule>> {
        self.lists.get(list).into_iter().flat_map(|list| &list.rules)
    }
}

/// A rule that chooses a way drops nothing, so that there is nothing to log.
pub(super) fn unlogged(mut rule: Sourced<Rule>) -> Sourced<Rule> {
    rule.value.log = false;
    rule
}

/// What the last list does not match is not logged either.
fn drop_rest_quietly(filter: &mut Filter, line: LineId) {
    if !filter.rules.last().is_some_and(|rule| rule.is_last()) {
        filter.rules.push(Sourced::new(Rule::drop_rest_quietly(), line));
    }
}

impl ListUse {
    fn place(&self) -> (InterfaceName, Direction) {
        (self.interface, self.direction)
    }

    fn rule(&self, mut rule: Sourced<Rule>) -> Sourced<Rule> {
        if rule.value.action == Action::Drop {
            rule.value.log &= !self.quiet;
        }
        rule
    }
}
