//! The start: part by part, never all or nothing.
//!
//! A line that is at fault (it contradicts another one, its device is missing, Linux refuses it)
//! is set aside with the reason, and the rest is tried again. It stays in the configuration, is
//! listed by `show boot`, and is tried once more whenever a link appears.

use std::fmt;
use std::str::FromStr;

use super::commit::{CommitFailure, Ready};
use super::store::{Boot, StoreError};
use super::{Complaint, Router, Running, wall_clock};
use crate::apply::kernel::{Kernel, Part};
use crate::apply::workers::Workers;
use crate::config::{Revision, Stamp, advice};
use crate::language::lower::{Severity, lower};
use crate::language::tree::reader::Status;
use crate::language::tree::{Cursor, Tree, entry};
use crate::model::Model;
use crate::types::{Dialect, KernelName, Port};

/// A port and the network interface behind it, as on the command line: `GigaEthernet0=enp1s0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The router's port.
    pub port: Port,
    /// The machine's network interface.
    pub device: KernelName,
}

/// A text that ties nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} ties no port: write GigaEthernet0=enp1s0 or lan1=enp1s0")]
pub struct TieError(String);

impl FromStr for Tie {
    type Err = TieError;

    fn from_str(text: &str) -> Result<Self, TieError> {
        let refuse = || TieError(text.to_owned());
        let (port, device) = text.split_once('=').ok_or_else(refuse)?;
        Ok(Self { port: port.parse().map_err(|_| refuse())?, device: device.parse().map_err(|_| refuse())? })
    }
}

impl<K: Kernel, W: Workers> Router<K, W> {
    /// Reads what to start with, ties the ports, and applies as much of it as Linux takes.
    ///
    /// # Errors
    ///
    /// A file of ours that cannot be read or written. A configuration with faults is none.
    pub async fn boot(&mut self, ties: &[Tie]) -> Result<(), StoreError> {
        let Boot { source, reading, is_startup } = self.store.boot()?;
        let revision = Revision::default().next();
        let mut running = Running { source, revision, saved: is_startup, ..Running::default() };
        if let Some(reading) = reading {
            running.dialect = reading.dialect;
            running.refused = refused_lines(&reading.outcomes);
            running.tree = reading.tree;
        }
        for tie in ties {
            let before = running.tree.clone();
            tie_port(&mut running.tree, running.dialect, tie);
            running.saved &= running.tree == before;
        }
        tracing::info!(number = 1, source = running.source, "starting");
        self.look_at_carriers().await;
        self.inherit();
        self.apply_in_parts(running).await;
        let running = self.running();
        let stamp = Stamp { who: "tsuji".to_owned(), when: wall_clock(), comment: "start".to_owned() };
        if !self.store.is_newest(&running.tree) {
            self.store.remember(&running.tree, running.dialect, &stamp)?;
        }
        self.store.note_running(&running.tree, running.dialect)?;
        self.store.clear_rollback_point()
    }

    /// Links came or went: what was set aside is tried again, what the kernel dropped is put back,
    /// and what needs a link that is gone is set aside.
    ///
    /// Answers whether all lines are in force now.
    pub(super) async fn repair(&mut self) -> bool {
        let before = self.running();
        self.note_absent(&before.model).await;
        if before.set_aside.is_empty() && self.follow().await {
            return true;
        }
        let mut running = (*before).clone();
        running.set_aside.clear();
        self.apply_in_parts(running).await;
        self.running().set_aside.is_empty()
    }

    /// Notes which of the interfaces that a model names the machine lacks: what hangs on them waits.
    ///
    /// Answers whether that is news.
    async fn note_absent(&mut self, model: &Model) -> bool {
        let Ok(observed) = self.applier.kernel().observe_part(&Part::default()).await else { return false };
        let named = model.ports.values().flat_map(|tie| &tie.devices).map(|device| &device.value);
        let absent = named.filter(|device| !observed.links.contains_key(*device)).cloned().collect();
        let before = std::mem::replace(&mut self.facts.absent, absent);
        before != self.facts.absent
    }

    /// Applies a tree, setting lines aside until the rest goes through, and publishes it.
    pub(super) async fn apply_in_parts(&mut self, mut running: Running) {
        let trouble = loop {
            let ready = match self.ready(&running, &running.tree) {
                Ok(ready) => ready,
                Err(CommitFailure::Invalid(_)) => {
                    set_errors_aside(&mut running);
                    continue;
                }
                Err(failure) => break failure.to_string(),
            };
            if self.note_absent(&ready.model).await {
                continue;
            }
            let Ready { model, state, held, .. } = ready;
            match self.applier.commit(state).await {
                Ok(_) => return self.publish(&running.clone(), running.tree, model, held),
                Err(error) if running.tree.line(error.origin).is_some() => {
                    tracing::error!(%error, "a line is set aside");
                    let complaint = Complaint::about(&running.tree, error.origin, error.to_string());
                    running.set_aside.insert(error.origin, complaint);
                }
                Err(error) => break error.to_string(),
            }
        };
        tracing::error!(trouble, "the configuration is not in force");
        let tree = running.tree.clone();
        self.publish(&running, tree, Model::default(), Vec::new());
        self.set(|running| running.trouble = Some(trouble));
    }
}

/// Sets every line with an error aside. The model knows which; each round has fewer lines.
fn set_errors_aside(running: &mut Running) {
    let tree = running.in_force(&running.tree);
    let (model, mut found) = lower(&tree);
    found.extend(advice::advise(&tree, &model));
    for error in found.into_iter().filter(|found| found.severity == Severity::Error) {
        tracing::error!(line = %error.line, reason = error.message, "a line is set aside");
        let complaint = Complaint::about(&running.tree, error.line, error.message);
        running.set_aside.insert(error.line, complaint);
    }
}

fn refused_lines(outcomes: &[crate::language::tree::reader::Outcome]) -> Vec<String> {
    let errors = outcomes.iter().filter(|outcome| matches!(outcome.status, Status::Error { .. }));
    errors.map(|outcome| format!("line {}: {}: {}", outcome.number, outcome.text, outcome.message)).collect()
}

/// Adds the line that ties a port, in the dialect of the configuration.
fn tie_port(tree: &mut Tree, dialect: Dialect, tie: &Tie) {
    let Tie { port, device } = tie;
    let name = port.in_dialect(dialect);
    let lines = match dialect {
        Dialect::Ix => vec![format!("device {name}"), format!("linux-interface {device}")],
        Dialect::Rtx => vec![format!("lan linux-interface {name} {device}")],
    };
    let mut cursor = Cursor::default();
    for line in lines {
        if let Err(error) = entry::type_line(tree, &mut cursor, dialect, &line) {
            tracing::error!(%error, line, "a port cannot be tied");
        }
    }
}

impl fmt::Display for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.port, self.device)
    }
}
