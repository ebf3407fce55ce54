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

mod astray;
mod cursor;
mod edits;
pub mod entry;
mod identity;
mod print;
pub mod reader;

use std::collections::{BTreeSet, HashMap};
use std::fmt;

pub use cursor::Cursor;
pub use print::Masking;

use identity::Identity;

use super::command::Command;
use super::syntax::{Removal, Rule};
use super::text::is_readable;
use crate::types::{Dialect, LineId};

/// A configuration. Clones keep the identities of their lines.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// By `id`, which only counts up; so are the children of a line.
    lines: Vec<Line>,
    /// Where a line of some identity is, so that a long file is read in time: the line that opens
    /// its context ([`LineId::BUILT_IN`] for global lines), and its identity.
    index: HashMap<(LineId, Identity), LineId>,
    /// The global lines that open a context.
    contexts: BTreeSet<LineId>,
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
    /// The text of the file that it begins (`embedded file`), line by line.
    pub file: Vec<String>,
}

/// What a line did to a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is new.
    Added(LineId),
    /// The line was there and said something else; it keeps its identity.
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

impl Line {
    /// Whether it opens a context that is not built: an interface on top of a port of an IX whose
    /// frames bear no tag is a line of PPP.
    pub fn is_unbuilt(&self) -> bool {
        let tags = |line: &Self| line.command.rule == Rule::ix_encapsulation;
        self.command.rule == Rule::ix_interface_sub && !self.children.iter().any(tags)
    }
}

impl Tree {
    /// The global lines, in the order typed.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The global lines that open a context, in the order typed.
    fn contexts(&self) -> impl Iterator<Item = &Line> {
        let at = |id| self.lines.binary_search_by_key(id, |line: &Line| line.id);
        self.contexts.iter().filter_map(move |id| at(id).ok()).map(|at| &self.lines[at])
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
        if let Some(header) = cursor.context_for(&command).cloned() {
            let context = self.insert(LineId::BUILT_IN, cursor.number(), header).line();
            return self.insert(context, cursor.number(), command);
        }
        if command.info().opens.is_some() {
            cursor.open(command.clone());
        }
        self.insert(LineId::BUILT_IN, cursor.number(), command)
    }

    /// Removes every line that the removal names, and says how many: lines of the open context if
    /// it knows such lines, else global ones. A context goes with all that is in it.
    pub fn remove(&mut self, cursor: &mut Cursor, removal: &Removal) -> usize {
        let goes = |line: &Line| identity::removes(removal, &line.command);
        if let Some(header) = cursor.context_for_removal(removal) {
            let context = self.index.get(&(LineId::BUILT_IN, Identity::of(header))).copied();
            return context.map_or(0, |context| self.take_out(context, goes));
        }
        if self.lines.iter().any(|line| goes(line) && cursor.is_in(&line.command)) {
            cursor.close();
        }
        self.take_out(LineId::BUILT_IN, goes)
    }

    /// Removes one line by its identity, with all that is in it.
    pub fn remove_line(&mut self, id: LineId) {
        let contexts = self.lines.iter().map(|line| line.id).collect::<Vec<_>>();
        for context in [LineId::BUILT_IN].into_iter().chain(contexts) {
            self.take_out(context, |line| line.id == id);
        }
    }

    /// The whole tree in the layout of a dialect: its own lines, then those of the other dialect
    /// in theirs, under a comment. Reading the text gives an equal tree.
    pub fn print(&self, dialect: Dialect, masking: Masking) -> String {
        print::print(self, dialect, masking)
    }

    /// Sets the text of the file that a global line begins.
    fn embed(&mut self, file: LineId, text: Vec<String>) {
        if let Ok(at) = self.lines.binary_search_by_key(&file, |line| line.id) {
            self.lines[at].file = text;
        }
    }

    /// Adds a line to such a file, as it may be printed.
    fn embed_line(&mut self, file: LineId, text: &str) {
        let harmless = |sign| if is_readable(sign) { sign } else { char::REPLACEMENT_CHARACTER };
        if let Ok(at) = self.lines.binary_search_by_key(&file, |line| line.id) {
            self.lines[at].file.push(text.trim_end().chars().map(harmless).collect());
        }
    }

    /// The global lines, or those of a context.
    fn lines_in(&mut self, context: LineId) -> Option<&mut Vec<Line>> {
        if context == LineId::BUILT_IN {
            return Some(&mut self.lines);
        }
        let at = self.lines.binary_search_by_key(&context, |line| line.id).ok()?;
        Some(&mut self.lines[at].children)
    }

    /// Puts a line among the global ones, or into a context.
    fn insert(&mut self, context: LineId, number: Option<usize>, command: Command) -> Effect {
        let place = (context, Identity::of(&command));
        let known = self.index.get(&place).copied();
        let next = LineId(self.last + 1);
        // The context of a line was put in just before it.
        let Some(lines) = self.lines_in(context) else { return Effect::Unchanged(context) };
        let known = known.and_then(|id| lines.binary_search_by_key(&id, |line| line.id).ok());
        if let Some(line) = known.map(|at| &mut lines[at]) {
            if line.command == command || command.info().opens.is_some() {
                return Effect::Unchanged(line.id);
            }
            (line.number, line.command) = (number, command);
            return Effect::Replaced(line.id);
        }
        if command.info().opens.is_some() {
            self.contexts.insert(next);
        }
        let Some(lines) = self.lines_in(context) else { return Effect::Unchanged(context) };
        lines.push(Line { id: next, number, command, children: Vec::new(), file: Vec::new() });
        self.index.insert(place, next);
        self.last = next.0;
        Effect::Added(next)
    }

    /// Removes lines with all that is in them, and says how many went.
    fn take_out(&mut self, context: LineId, goes: impl Fn(&Line) -> bool) -> usize {
        let Some(lines) = self.lines_in(context) else { return 0 };
        let gone: Vec<Line> = lines.extract_if(.., |line| goes(line)).collect();
        for line in &gone {
            self.index.remove(&(context, Identity::of(&line.command)));
            self.contexts.remove(&line.id);
            for child in &line.children {
                self.index.remove(&(line.id, Identity::of(&child.command)));
            }
        }
        gone.iter().map(|line| 1 + line.children.len()).sum()
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
        self.command == other.command && self.children == other.children && self.file == other.file
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
