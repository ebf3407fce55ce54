//! Monitors: watch groups that a network monitor enables (IX), and numbered keepalives (RTX).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::args::Args;
use crate::model::Model;
use crate::model::monitor::{Action, Condition, Fails, Monitor, Timing};
use crate::types::{LineId, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    groups: BTreeMap<(String, u32), Sourced<Group>>,
    enabled: BTreeSet<String>,
    delays: BTreeMap<String, Duration>,
    keepalives: BTreeMap<u32, Sourced<Monitor>>,
}

/// `watch-group NAME SEQUENCE` and what stands in its context.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) conditions: BTreeMap<u32, Sourced<Condition>>,
    pub(super) actions: BTreeMap<u32, Sourced<Action>>,
    pub(super) timing: Timing,
    pub(super) length: u16,
    lines: Vec<LineId>,
}

/// What an IX starts with: `probe-timer variance 5`, `restorer 5`, `wait 2`; `probe-counter
/// variance 6`, `restorer 1`.
const IX: Timing = Timing {
    interval: Duration::from_secs(5),
    interval_down: Duration::from_secs(5),
    timeout: Duration::from_secs(2),
    down_count: 6,
    up_count: 1,
    down_wait: Duration::ZERO,
    up_wait: Duration::ZERO,
};

/// Bytes of data in an IX's question, as `ping` has them.
const IX_LENGTH: u16 = 56;

/// Numbers of keepalives end here, and those of watch groups begin.
const GROUPS: u32 = 1 << 16;

impl Draft {
    /// The group in whose context a line stands, or that it opens.
    pub(super) fn group(&mut self, args: &Args<'_>, name: String, sequence: u32) -> &mut Group {
        let group = self.groups.entry((name, sequence)).or_insert_with(|| {
            args.sourced(Group {
                conditions: BTreeMap::new(),
                actions: BTreeMap::new(),
                timing: IX,
                length: IX_LENGTH,
                lines: Vec::new(),
            })
        });
        group.value.lines.push(args.line());
        &mut group.value
    }

    /// `network-monitor NAME enable`.
    pub(super) fn enable(&mut self, name: String) {
        self.enabled.insert(name);
    }

    /// `network-monitor NAME startup-delay SECONDS`.
    pub(super) fn delay(&mut self, name: String, delay: Duration) {
        self.delays.insert(name, delay);
    }

    /// `ip keepalive NUMBER icmp-echo …`.
    pub(super) fn keepalive(&mut self, number: u32, monitor: Sourced<Monitor>) {
        self.keepalives.insert(number, monitor);
    }

    /// The lines of groups that nothing enables.
    pub(super) fn unused(&self) -> Vec<LineId> {
        let idle = self.groups.iter().filter(|((name, _), _)| !self.enabled.contains(name));
        idle.flat_map(|(_, group)| group.lines.iter().copied()).collect()
    }

    pub(super) fn settle(self, model: &mut Model) {
        let Self { groups, enabled, delays, keepalives } = self;
        for ((name, sequence), Sourced { value: group, origin }) in groups {
            if !enabled.contains(&name) {
                continue;
            }
            let mut number = number_of(&name, sequence);
            while model.monitors.contains_key(&number) {
                number = number.wrapping_add(1).max(GROUPS);
            }
            let monitor = Monitor {
                conditions: group.conditions.into_values().collect(),
                fails: Fails::ByAny,
                actions: group.actions.into_values().collect(),
                timing: group.timing,
                delay: delays.get(&name).copied().unwrap_or_default(),
                length: group.length,
                log: true,
                group: Some((name, sequence)),
            };
            model.monitors.insert(number, Sourced::new(monitor, origin));
        }
        model.monitors.extend(keepalives);
    }
}

/// A number for a watch group: always the same, and never that of a keepalive.
fn number_of(name: &str, sequence: u32) -> u32 {
    let text = format!("{name} {sequence}");
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let first = digest.as_ref().first_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    first | GROUPS
}
