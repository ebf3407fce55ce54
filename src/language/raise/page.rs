//! The text in the making.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::{Lost, Pairing, Raised};
use crate::language::command::quote;
use crate::language::tree::entry::{Entry, type_line};
use crate::language::tree::{Cursor, Effect, Tree};
use crate::types::{Dialect, InterfaceName, LineId, Port};

/// What areas write on.
#[derive(Debug)]
pub(super) struct Page<'a> {
    dialect: Dialect,
    pairing: &'a Pairing,
    foreign: bool,
    tree: Tree,
    cursor: Cursor,
    /// The lines so far, as they were written.
    written: BTreeMap<LineId, String>,
    lost: Vec<Lost>,
    withheld: Option<String>,
}

impl<'a> Page<'a> {
    /// `foreign`: the model comes from the other dialect.
    pub(super) fn new(dialect: Dialect, pairing: &'a Pairing, foreign: bool) -> Self {
        Self {
            dialect,
            pairing,
            foreign,
            tree: Tree::default(),
            cursor: Cursor::default(),
            written: BTreeMap::new(),
            lost: Vec::new(),
            withheld: None,
        }
    }

    pub(super) fn finish(self) -> Raised {
        Raised { tree: self.tree, lost: self.lost }
    }

    /// Whether what this dialect takes for granted, and the model's own does not, has to be said.
    pub(super) fn is_foreign(&self) -> bool {
        self.foreign
    }

    /// Writes a line for what `origin` asks. Where the dialect does not take it so, it is lost:
    /// then the answer is `false`.
    pub(super) fn line(&mut self, origin: LineId, line: impl Display) -> bool {
        let refusal = self.withheld.clone().or_else(|| self.write(line.to_string()).err());
        let written = refusal.is_none();
        if let Some(reason) = refusal {
            self.lose(origin, reason);
        }
        written
    }

    /// Writes a line that opens a context, for the lines that follow.
    pub(super) fn enter(&mut self, origin: LineId, header: impl Display) {
        self.leave();
        self.line(origin, header);
    }

    /// The lines that follow are global.
    pub(super) fn leave(&mut self) {
        self.cursor.close();
    }

    /// Gives up what `origin` asks, or a part of it.
    pub(super) fn lose(&mut self, origin: LineId, reason: impl Into<String>) {
        let lost = Lost { line: origin, reason: reason.into() };
        if !self.lost.contains(&lost) {
            self.lost.push(lost);
        }
    }

    /// From now on every line is lost for this reason, until `None`.
    pub(super) fn withhold(&mut self, reason: Option<String>) {
        self.withheld = reason;
    }

    /// What the port is called here.
    pub(super) fn port(&self, port: Port) -> String {
        self.pairing.of(port).in_dialect(self.dialect)
    }

    /// The interface by the name of its counterpart.
    pub(super) fn counterpart(&self, interface: InterfaceName) -> InterfaceName {
        match interface {
            InterfaceName::Port(port) => InterfaceName::Port(self.pairing.of(port)),
            InterfaceName::Sub(port, number) => InterfaceName::Sub(self.pairing.of(port), number),
            InterfaceName::Bridge(_) | InterfaceName::Loopback(_) | InterfaceName::Null => interface,
        }
    }

    /// What the interface is called here.
    pub(super) fn interface(&self, interface: InterfaceName) -> String {
        self.counterpart(interface).in_dialect(self.dialect)
    }

    /// Free text as one word.
    pub(super) fn word(&self, text: &str) -> String {
        quote(self.dialect, text)
    }

    /// Takes a line into the tree, or says why it would not have the effect that it is meant for.
    fn write(&mut self, line: String) -> Result<(), String> {
        let entry = type_line(&mut self.tree, &mut self.cursor, self.dialect, &line)
            .map_err(|error| format!("{line:?} is refused: {error}"))?;
        let Entry::Kept { command, effect, .. } = entry else {
            return Err(format!("{line:?} is no setting"));
        };
        let info = command.info();
        // What is not built yet is as planned here as in the line that it comes from.
        let verdict = match info.inert {
            Some(reason) => Err(format!("{line:?} has no effect: {reason}")),
            None if command.dialect != self.dialect => {
                Err(format!("{line:?} is a line of the other dialect"))
            }
            None if command.text() != line => Err(format!("{line:?} is taken as {:?}", command.text())),
            None => Ok(()),
        };
        match effect {
            Effect::Replaced(id) => Err(self.put_back(id, &line)),
            Effect::Unchanged(_) => verdict,
            Effect::Added(id) => {
                match &verdict {
                    Ok(()) => drop(self.written.insert(id, line)),
                    Err(_) => self.tree.remove_line(id),
                }
                verdict
            }
        }
    }

    /// Of two lines for one thing the first one stays.
    fn put_back(&mut self, id: LineId, line: &str) -> String {
        let first = self.written.get(&id).cloned().unwrap_or_default();
        // It was taken before.
        let _ = type_line(&mut self.tree, &mut self.cursor, self.dialect, &first);
        format!("{line:?} would replace {first:?}")
    }
}
