//! Lines that a terminal wrapped: `show config` of an RTX folds what is wider than the console.
//!
//! A line exactly as wide as the console is held until the next one is seen. If that is no command
//! by itself, and the two make one command, they are one.

use super::Understood;
use crate::language::command::Command;
use crate::language::syntax::{Syntax, without_comment};
use crate::language::text::{columns, terminal};
use crate::types::Dialect;

/// The width of a console, unless the text sets it.
const COLUMNS: usize = 80;

/// The most pieces of one line: no console takes longer lines.
const PIECES: usize = 64;

/// Lines that may go on in the next one, with their numbers.
#[derive(Debug)]
pub(super) struct Held {
    pieces: Vec<(usize, String)>,
    columns: usize,
}

impl Default for Held {
    fn default() -> Self {
        Self { pieces: Vec::new(), columns: COLUMNS }
    }
}

impl Held {
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The width of the console.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Whether a line is one that may go on. An IX leaves the last column free behind its prompt.
    pub fn wants(&self, dialect: Dialect, line: &str) -> bool {
        // A character has four bytes at most.
        let near = (self.columns / 2..=4 * self.columns).contains(&line.len());
        let width = || columns(line);
        let echoed = || dialect == Dialect::Ix && terminal::without_sure_prompt(dialect, line).is_some();
        let full = || width() == self.columns || (width() + 1 == self.columns && echoed());
        near && self.pieces.len() < PIECES && full()
    }

    pub fn hold(&mut self, number: usize, line: &str) {
        self.pieces.push((number, line.to_owned()));
    }

    pub fn release(&mut self) -> Vec<(usize, String)> {
        std::mem::take(&mut self.pieces)
    }

    /// `console columns 200`: from now on, lines are as wide.
    pub fn set_columns(&mut self, command: &Command) {
        if let Some(columns) = command.value("columns").and_then(|columns| columns.parse().ok()) {
            self.columns = columns;
        }
    }
}

/// The one line that the pieces make, if they are one.
///
/// Free text would swallow whatever follows it: a line that is understood by itself and ends in
/// such text or in a comment is whole.
pub(super) fn join(
    dialect: Dialect,
    pieces: &[(usize, String)],
    understand: impl Fn(&str) -> Option<Understood>,
) -> Option<String> {
    let [(_, first), _, ..] = pieces else { return None };
    let whole = match understand(first) {
        Some(Understood::Command(command)) => is_open_ended(&command, first),
        Some(_) => true,
        None => false,
    };
    let prompt = terminal::without_sure_prompt(dialect, first).map_or(0, |typed| first.len() - typed.len());
    let rest = pieces.iter().skip(1).map(|(_, piece)| without_indent(piece, prompt));
    let joined: String = std::iter::once(first.as_str()).chain(rest).collect();
    let one = |understood| matches!(understood, Understood::Command(_) | Understood::Astray(..));
    (!whole && understand(&joined).is_some_and(one)).then_some(joined)
}

/// A piece without the blanks below the prompt, with which an IX echoes what is typed.
fn without_indent(piece: &str, prompt: usize) -> &str {
    piece
        .split_at_checked(prompt)
        .filter(|(indent, _)| indent.trim().is_empty())
        .map_or(piece, |(_, rest)| rest)
}

/// Whether the line ends in text or a comment.
fn is_open_ended(command: &Command, line: &str) -> bool {
    let last = command.words.last().and_then(|word| word.value?.rule);
    let text = last.is_some_and(|rule| Syntax::of(command.dialect).rule(rule).line);
    text || without_comment(command.dialect, line).len() < line.trim_end().len()
}
