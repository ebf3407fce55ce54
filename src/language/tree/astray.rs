//! Lines for a context that is not open, and whose meaning is plain all the same.
//!
//! People paste `pp auth username …` for one more client, or `ip pp secure filter …` below the
//! lines of a tunnel. An RTX refuses both: it wants the peer selected. Where only one peer or
//! tunnel can be meant, the line is taken for it.

use super::{Cursor, Tree};
use crate::language::command::Command;
use crate::language::syntax::{RuleInfo, Syntax};
use crate::types::Dialect;

/// The line that opens the context which a line is meant for, and the line as a command.
pub(super) fn find(tree: &Tree, cursor: &Cursor, dialect: Dialect, line: &str) -> Option<(Command, Command)> {
    // The contexts of an IX are many, and their lines alike.
    if dialect == Dialect::Ix {
        return None;
    }
    ["pp", "tunnel"].into_iter().find_map(|mode| {
        let command = Syntax::of(dialect).find(&[mode], line)?;
        let context = context(tree, cursor, mode, command.info())?;
        Some((context, command))
    })
}

fn context(tree: &Tree, cursor: &Cursor, mode: &str, info: &RuleInfo) -> Option<Command> {
    match info.meant {
        Some("anonymous") => select("pp select anonymous"),
        Some(_) => provider(tree, cursor),
        None => only(contexts(tree, mode)).cloned(),
    }
}

/// The provider's peer: the numbered one selected last, or the only one there is. Number 1 is
/// where the appliance's own wizards put it.
fn provider(tree: &Tree, cursor: &Cursor) -> Option<Command> {
    let numbered = || contexts(tree, "pp").filter(|header| !header.has("anonymous"));
    match cursor.last_named("pp") {
        Some(last) => Some(last.clone()),
        None if numbered().next().is_none() => select("pp select 1"),
        None => only(numbered()).cloned(),
    }
}

fn contexts<'a>(tree: &'a Tree, mode: &'a str) -> impl Iterator<Item = &'a Command> {
    tree.contexts().map(|line| &line.command).filter(move |header| header.info().opens == Some(mode))
}

fn only<T>(mut things: impl Iterator<Item = T>) -> Option<T> {
    things.next().filter(|_| things.next().is_none())
}

fn select(line: &str) -> Option<Command> {
    Syntax::of(Dialect::Rtx).find(&["global"], line)
}
