//! Where the next line goes.

use std::collections::BTreeMap;

use super::identity;
use crate::language::command::Command;
use crate::language::syntax::{Removal, Rule, Syntax};
use crate::types::{Dialect, LineId};

/// The context that is open, if any: one at a time, in either dialect.
///
/// It is remembered by the line that opens it, so it survives that another session removes the
/// context: the next line in it makes it anew.
#[derive(Clone, Debug, Default)]
pub struct Cursor {
    context: Option<Command>,
    number: Option<usize>,
    /// The context of each mode that was opened last, the anonymous peer of an RTX aside.
    named: BTreeMap<&'static str, Command>,
    /// The line of a file in the configuration, and the line that ends the file.
    embedded: Option<(LineId, String)>,
}

impl Cursor {
    /// The modes in which a line of this dialect is understood, the open context first.
    pub fn modes(&self, dialect: Dialect) -> Vec<&'static str> {
        let context = self.context.as_ref().filter(|header| header.dialect == dialect);
        context.and_then(mode).into_iter().chain(["global", "operation"]).collect()
    }

    /// The line that opens the context.
    pub fn context(&self) -> Option<&Command> {
        self.context.as_ref()
    }

    /// Leaves the context; says whether one was open.
    pub fn close(&mut self) -> bool {
        self.context.take().is_some()
    }

    /// Says which physical line of a file the next lines come from.
    pub fn at(&mut self, number: usize) {
        self.number = Some(number);
    }

    pub(super) fn number(&self) -> Option<usize> {
        self.number
    }

    /// Goes into the context that this line opens.
    pub fn open(&mut self, header: Command) {
        if let Some(mode) = mode(&header).filter(|_| !header.has("anonymous")) {
            self.named.insert(mode, header.clone());
        }
        self.context = Some(header);
    }

    /// The context of this mode that was opened last, the anonymous peer aside.
    pub(super) fn last_named(&self, mode: &str) -> Option<&Command> {
        self.named.get(mode)
    }

    /// A cursor in another context, for one line.
    pub(super) fn aside(&self, header: Command) -> Self {
        Self { context: Some(header), number: self.number, ..Self::default() }
    }

    /// Begins a file in the configuration, whose lines are no commands.
    pub(super) fn embed(&mut self, file: LineId, end: String) {
        self.embedded = Some((file, end));
    }

    /// The file whose lines come now, and the line that ends it.
    pub fn embedded(&self) -> Option<(LineId, &str)> {
        self.embedded.as_ref().map(|(file, end)| (*file, end.as_str()))
    }

    pub(super) fn end_embedded(&mut self) {
        self.embedded = None;
    }

    /// The open context, if this line belongs into it.
    pub(super) fn context_for(&self, command: &Command) -> Option<&Command> {
        self.context
            .as_ref()
            .filter(|header| header.dialect == command.dialect && takes(header, command.rule))
    }

    /// The open context, if it knows lines that this removal may mean.
    pub(super) fn context_for_removal(&self, removal: &Removal) -> Option<&Command> {
        self.context.as_ref().filter(|header| {
            header.dialect == removal.dialect && removal.rules.iter().any(|&rule| takes(header, rule))
        })
    }

    /// Whether a context is open that this line opens as well.
    pub fn is_in(&self, header: &Command) -> bool {
        self.context.as_ref().is_some_and(|open| identity::same(open, header))
    }
}

/// The mode that a line opens.
fn mode(header: &Command) -> Option<&'static str> {
    header.info().opens
}

fn takes(header: &Command, rule: Rule) -> bool {
    let rule = Syntax::of(header.dialect).rule(rule);
    mode(header).is_some_and(|mode| rule.modes.contains(&mode))
}
