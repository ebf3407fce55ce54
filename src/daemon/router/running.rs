//! The running configuration, as sessions see it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::guard::Witness;
use crate::config::Revision;
use crate::language::tree::{LineText, Tree};
use crate::model::Model;
use crate::types::{Dialect, LineId};

/// What runs. A commit never changes one, it publishes the next.
#[derive(Clone, Debug)]
pub struct Running {
    /// Counts commits. A candidate remembers on which one it was begun.
    pub revision: Revision,
    /// The dialect that sessions begin in: that of the startup configuration.
    pub dialect: Dialect,
    /// Its lines, those set aside included.
    pub tree: Tree,
    /// What the lines in force mean.
    pub model: Arc<Model>,
    /// Lines that are kept although they are not in force, and why: they failed at boot.
    pub set_aside: BTreeMap<LineId, Complaint>,
    /// Lines in force that wait for their port to be tied, and why.
    pub held: BTreeMap<LineId, String>,
    /// Lines of the startup configuration that nobody understood; saving keeps them.
    pub refused: Vec<String>,
    /// Where the configuration was read from when the daemon started.
    pub source: String,
    /// Why nothing at all is in force, if so.
    pub trouble: Option<String>,
    /// Whether an undo failed, so that Linux is between two configurations.
    pub degraded: bool,
    /// A commit that goes away by itself unless it is confirmed.
    pub pending: Option<Pending>,
    /// Whether the startup configuration says the same.
    pub saved: bool,
}

/// A commit that waits to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Who made it.
    pub who: String,
    /// How long it waits.
    pub time: Duration,
    /// Logins that may have been cut off by it.
    pub witnesses: Vec<Witness>,
}

/// A line and what there is to say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The line; `None` where no line is to blame.
    pub line: Option<LineText>,
    /// What is wrong, or worth knowing.
    pub message: String,
}

impl Default for Running {
    fn default() -> Self {
        Self {
            revision: Revision::default(),
            dialect: Dialect::Ix,
            tree: Tree::default(),
            model: Arc::default(),
            set_aside: BTreeMap::new(),
            held: BTreeMap::new(),
            refused: Vec::new(),
            source: String::new(),
            trouble: None,
            degraded: false,
            pending: None,
            saved: true,
        }
    }
}

impl Running {
    /// The tree without the lines that are set aside.
    pub fn in_force(&self, tree: &Tree) -> Tree {
        let mut rest = tree.clone();
        for (line, complaint) in &self.set_aside {
            if complaint.is_about(tree, *line) {
                rest.remove_line(*line);
            }
        }
        rest
    }

    /// The name in the prompt, if one is configured.
    pub fn hostname(&self) -> Option<&str> {
        self.model.system.hostname.as_ref().map(|name| name.value.as_str())
    }
}

impl Complaint {
    /// About a line of `tree`.
    pub fn about(tree: &Tree, line: LineId, message: impl Into<String>) -> Self {
        Self { line: tree.line(line), message: message.into() }
    }

    /// Whether the line still says what it said then.
    pub fn is_about(&self, tree: &Tree, line: LineId) -> bool {
        self.line.is_some() && self.line == tree.line(line)
    }
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.line {
            Some(line) => write!(f, "{line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}
