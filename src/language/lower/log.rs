//! Which severities an RTX logs: each has a switch of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::Problems;
use super::args::{Args, claim};
use crate::model::Model;
use crate::types::{Severity, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    switches: BTreeMap<Severity, Sourced<bool>>,
}

impl Draft {
    /// `syslog notice|info|debug on|off`.
    pub(super) fn switch(&mut self, args: &Args<'_>, severity: Severity, on: bool) {
        self.switches.insert(severity, args.sourced(on));
    }

    pub(super) fn settle(self, model: &mut Model, problems: &mut Problems) {
        let Some(line) = self.switches.values().map(|switch| switch.origin).min() else { return };
        let is_on = |severity: &Severity| match self.switches.get(severity) {
            Some(switch) => switch.value,
            None => matches!(severity, Severity::Error | Severity::Warn | Severity::Info),
        };
        let logged: BTreeSet<Severity> = Severity::ALL.into_iter().filter(is_on).collect();
        if let Err(refusal) = claim(&mut model.log.severities, Sourced::new(logged, line), what) {
            problems.refuse(line, refusal);
        }
    }
}

/// The thing that is set, in words.
pub(super) fn what() -> String {
    "what is logged".to_owned()
}
