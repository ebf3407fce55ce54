//! Packet filters: one chain for each interface, direction and IP version.
//!
//! A rule that passes a packet returns from its chain, so that the packet still has to pass the
//! other interface's filter and the shield. Inbound filters are asked in the hooks `input` and
//! `forward`, where the destination is translated back already; outbound ones in `forward` and
//! `output`, before the source is translated: that is the order of both appliances.

mod follow;
pub(in crate::apply::resolve) mod packets;

use std::collections::BTreeSet;

use self::follow::Tracker;
use super::Draft;
use crate::apply::firewall::{self, Family, Firewall, Hook, Match, Verdict};
use crate::model::Interface;
use crate::model::filter::{Action, Filter, Filters, Rule};
use crate::types::{InterfaceName, KernelName, LineId, Sourced};

/// A direction of an interface.
#[derive(Clone, Copy)]
struct Direction {
    name: &'static str,
    hooks: [Hook; 2],
    link: fn(KernelName) -> Match,
}

const INBOUND: Direction = Direction { name: "in", hooks: [Hook::Input, Hook::Forward], link: Match::InLink };
const OUTBOUND: Direction =
    Direction { name: "out", hooks: [Hook::Forward, Hook::Output], link: Match::OutLink };

pub(super) fn resolve(draft: &mut Draft<'_>, firewall: &mut Firewall) {
    let (mut used, mut unused) = (BTreeSet::new(), Vec::new());
    let mut trackers = 0;
    for (&name, interface) in &draft.model.interfaces {
        let tracker = Tracker::of(interface, &mut trackers);
        for (family, direction, filter) in filters(interface) {
            match (draft.tie(name), &tracker) {
                (Err(reason), _) => unused.extend(lines(filter).map(|line| (line, reason.clone()))),
                (_, Err(reason)) => unused.extend(lines(filter).map(|line| (line, (*reason).to_owned()))),
                (Ok(tie), Ok(tracker)) => {
                    let connected = !draft.facts.silent.contains(&tie.link);
                    let place =
                        Place { name, link: &tie.link, tied_by: tie.origin, family, direction, connected };
                    place.enter(filter, tracker.as_ref(), firewall);
                    used.extend(lines(filter));
                }
            }
        }
    }
    // A list may be in force on one interface and wait for another.
    for (line, reason) in unused {
        if !used.contains(&line) {
            draft.hold(line, reason);
        }
    }
}

/// All filters of an interface.
fn filters(interface: &Interface) -> impl Iterator<Item = (Family, Direction, &Filter)> {
    let families = [(Family::Ipv4, &interface.filter), (Family::Ipv6, &interface.ipv6_filter)];
    families.into_iter().flat_map(|(family, Filters { inbound, outbound })| {
        let filters = [(INBOUND, inbound), (OUTBOUND, outbound)].into_iter();
        filters.filter_map(move |(direction, filter)| Some((family, direction, filter.as_ref()?)))
    })
}

/// The configuration lines of a filter.
fn lines(filter: &Filter) -> impl Iterator<Item = LineId> {
    let rules = filter.rules.iter().map(|rule| rule.origin);
    rules.chain(filter.followed.iter().map(|followed| followed.origin))
}

/// Where a filter is in force.
struct Place<'a> {
    name: InterfaceName,
    link: &'a KernelName,
    tied_by: LineId,
    family: Family,
    direction: Direction,
    /// Whether the link has a carrier.
    connected: bool,
}

impl Place<'_> {
    fn enter(&self, filter: &Filter, tracker: Option<&Tracker>, firewall: &mut Firewall) {
        let chain = self.chain();
        let origin = lines(filter).next().unwrap_or(self.tied_by);
        let mut rules: Vec<_> = tracker.iter().flat_map(|tracker| tracker.passes(&chain)).collect();
        let passed = match filter.followed.is_empty() {
            true => Verdict::Return,
            false => Verdict::Goto(format!("{chain}-dynamic")),
        };
        for rule in &filter.rules {
            rules.extend(self.rule(rule, &chain, &passed, tracker, firewall));
        }
        let rest = Some(format!("{chain}-rest"));
        let rest =
            firewall::Rule { counter: rest, log: true, ..firewall::Rule::new(vec![], Verdict::Drop, origin) };
        rules.push(rest);
        firewall.add_open_chain(&chain, rules);
        if let (Some(tracker), Verdict::Goto(dynamic)) = (tracker, &passed) {
            tracker.follow_passed(self, filter, dynamic, firewall);
        }
        for hook in self.direction.hooks {
            let matches = vec![(self.direction.link)(self.link.clone()), Match::Family(self.family)];
            firewall.hook_in(hook, firewall::Rule::new(matches, Verdict::Jump(chain.clone()), origin));
        }
    }

    /// `ge0-in`, `ge0-in6`.
    fn chain(&self) -> String {
        let version = match self.family {
            Family::Ipv4 => "",
            Family::Ipv6 => "6",
        };
        format!("{}-{}{version}", self.name.kernel_name(), self.direction.name)
    }

    /// One line of a filter, counted. `None` where it can match no packet of the family.
    fn rule(
        &self,
        rule: &Sourced<Rule>,
        chain: &str,
        passed: &Verdict,
        tracker: Option<&Tracker>,
        firewall: &mut Firewall,
    ) -> Option<firewall::Rule> {
        let matches = packets::matches(&rule.packets, self.family)?;
        let (log, verdict) = match rule.action {
            Action::Pass => (rule.log, passed.clone()),
            Action::PassConnected { .. } if self.connected => (rule.log, passed.clone()),
            Action::PassConnected { log_drop } => (log_drop, Verdict::Drop),
            Action::Drop => (rule.log, Verdict::Drop),
            Action::Follow { application } => {
                let opened = tracker?.open(self, matches, application, rule.origin, firewall);
                return Some(firewall::Rule { log: rule.log, ..opened }.counted(chain));
            }
        };
        let rule = firewall::Rule { log, ..firewall::Rule::new(matches, verdict, rule.origin) };
        Some(rule.counted(chain))
    }
}
