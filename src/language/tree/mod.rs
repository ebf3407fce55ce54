//! The lines of a configuration, kept as their user wrote them.
//!
//! A [`Tree`] is two levels deep: global lines, some of which open a context (`interface
//! GigaEthernet0.0`), and the lines inside one. Lines of both dialects live in one tree; each
//! keeps its own dialect and words. Nothing here knows a single command: what makes two lines the
//! same one, which lines open a context and in which order lines are printed is all said by the
//! grammar.
//!
//! A line enters by [`entry::type_line`] (one typed line) or [`reader::read`] (a whole file), and
//! comes out by [`Tree::print`], in the layout of the vendor.

mod cursor;
mod edits;
pub mod entry;
mod identity;
mod print;
pub mod reader;
mod text;

use std::fmt;

pub use cursor::Cursor;
pub use print::Masking;

use super::command::Command;
use super::syntax::Removal;
use crate::types::{Dialect, LineId};

/// A configuration. Clones keep the identities of their lines, and so tell old lines from new ones.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    lines: Vec<Line>,
    last: u32,
}

/// One line, and the lines inside it if it opens a context.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its identity in this tree and all clones of it.
    pub id: LineId,
    /// The physical line of the file that it was read from, from 1; `None` if it was typed.
    pub number: Option<usize>,
    /// What it says.
    pub command: Command,
    /// The lines of the context that it opens, in the order typed.
    pub children: Vec<Self>,
}

/// What a line did to a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is new.
    Added(LineId),
    /// It took the place of a line with the same identity and another value.
    Replaced(LineId),
    /// The very same line was there: it, or the context that it opens.
    Unchanged(LineId),
}

/// A line for a message: where it stands and what it says, secrets masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineText {
    /// The command line that it is written in.
    pub dialect: Dialect,
    /// The line that opens the context around it.
    pub context: Option<String>,
    /// The line itself.
    pub text: String,
    /// The physical line of the file that it was read from.
    pub number: Option<usize>,
}

impl Tree {
    /// The global lines, in the order typed.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Every line with the one that opens the context around it, in the order typed.
    pub fn walk(&self) -> impl Iterator<Item = (Option<&Line>, &Line)> {
        self.lines.iter().flat_map(|line| {
            std::iter::once((None, line)).chain(line.children.iter().map(move |child| (Some(line), child)))
        })
    }

    /// A line by its identity, for a message.
    pub fn line(&self, id: LineId) -> Option<LineText> {
        let (context, line) = self.walk().find(|(_, line)| line.id == id)?;
        Some(LineText {
            dialect: line.command.dialect,
            context: context.map(|context| Masking::Yes.text(&context.command)),
            text: Masking::Yes.text(&line.command),
            number: line.number,
        })
    }

    /// Takes a configuration line at the cursor: adds it, or replaces the one of the same identity.
    ///
    /// A line that opens a context moves the cursor into it. A line that the open context does not
    /// know is global; the context stays open, as on both appliances.
    pub fn apply_line(&mut self, cursor: &mut Cursor, command: Command) -> Effect {
        let opens = command.info().opens;
        match cursor.context_for(&command).cloned() {
            Some(header) => {
                let id = self.insert(None, cursor.number(), header).line();
                self.insert(Some(id), cursor.number(), command)
            }
            None => {
                if opens.is_some() {
                    cursor.open(command.clone());
                }
                self.insert(None, cursor.number(), command)
            }
        }
    }

    /// Removes every line that the removal names, and says how many: lines of the open context if
    /// it knows such lines, else global ones. A context goes with all that is in it.
    pub fn remove(&mut self, cursor: &mut Cursor, removal: &Removal) -> usize {
        let before = self.count();
        match cursor.context_for_removal(removal) {
            Some(header) => {
                let context = self.lines.iter_mut().find(|line| identity::same(&line.command, header));
                if let Some(context) = context {
                    context.children.retain(|line| !identity::removes(removal, &line.command));
                }
            }
            None => {
                let goes = |line: &Line| identity::removes(removal, &line.command);
                if self.lines.iter().any(|line| goes(line) && cursor.is_in(&line.command)) {
                    cursor.close();
                }
                self.lines.retain(|line| !goes(line));
            }
        }
        before - self.count()
    }

    /// Removes one line by its identity, with all that is in it; says whether it was there.
    pub fn remove_line(&mut self, id: LineId) -> bool {
        let before = self.count();
        self.lines.retain(|line| line.id != id);
        for line in &mut self.lines {
            line.children.retain(|line| line.id != id);
        }
        before != self.count()
    }

    /// The whole tree in the layout of a dialect: its own lines, then those of the other dialect
    /// in theirs, under a comment. Reading the text gives an equal tree.
    pub fn print(&self, dialect: Dialect, masking: Masking) -> String {
        print::print(self, dialect, masking)
    }

    fn count(&self) -> usize {
        self.walk().count()
    }

    /// Puts a line into a context of this identity, or among the global lines.
    fn insert(&mut self, context: Option<LineId>, number: Option<usize>, command: Command) -> Effect {
        let id = LineId(self.last + 1);
        let lines = match context {
            None => &mut self.lines,
            Some(context) => match self.lines.iter_mut().find(|line| line.id == context) {
                Some(line) => &mut line.children,
                None => &mut self.lines,
            },
        };
        if let Some(line) = lines.iter_mut().find(|line| identity::same(&line.command, &command)) {
            if line.command == command || !line.children.is_empty() {
                return Effect::Unchanged(line.id);
            }
            *line = Line { id, number, command, children: Vec::new() };
            self.last += 1;
            return Effect::Replaced(id);
        }
        lines.push(Line { id, number, command, children: Vec::new() });
        self.last += 1;
        Effect::Added(id)
    }
}

impl PartialEq for Tree {
    /// Equality looks at the lines that are there, not at when they came.
    fn eq(&self, other: &Self) -> bool {
        self.lines == other.lines
    }
}

impl Eq for Tree {}

impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        self.command == other.command && self.children == other.children
    }
}

impl Eq for Line {}

impl Effect {
    /// The line in question.
    pub fn line(self) -> LineId {
        match self {
            Self::Added(id) | Self::Replaced(id) | Self::Unchanged(id) => id,
        }
    }
}

impl fmt::Display for LineText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(number) = self.number {
            write!(f, "line {number}: ")?;
        }
        match &self.context {
            Some(context) => write!(f, "{:?} in {context:?}", self.text),
            None => write!(f, "{:?}", self.text),
        }
    }
}

#[cfg(test)]
mod tests;
