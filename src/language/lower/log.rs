//! Which severities an RTX logs, each with a switch of its own; and the servers of an IX.

use std::collections::{BTreeMap, BTreeSet};

use super::Problems;
use super::args::{Args, claim};
use crate::model::Model;
use crate::types::{Severity, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    switches: BTreeMap<Severity, Sourced<bool>>,
    servers: Vec<Sourced<String>>,
    sends: bool,
}

impl Draft {
    /// `syslog notice|info|debug on|off`.
    pub(super) fn switch(&mut self, args: &Args<'_>, severity: Severity, on: bool) {
        self.switches.insert(severity, args.sourced(on));
    }

    /// `syslog ip host` (IX): it gets records only if `syslog ip enable` says so.
    pub(super) fn server(&mut self, server: Sourced<String>) {
        self.servers.push(server);
    }

    /// `syslog ip enable` (IX).
    pub(super) fn send(&mut self) {
        self.sends = true;
    }

    pub(super) fn settle(mut self, model: &mut Model, problems: &mut Problems) {
        if self.sends {
            model.log.syslog.servers.append(&mut self.servers);
        }
        for server in &self.servers {
            problems.warn(server.origin, "without \"syslog ip enable\" nothing is sent".to_owned());
        }
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
