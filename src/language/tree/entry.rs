//! The one door for a configuration line: typed, pasted or read from a file.

use super::{Cursor, Effect, Tree};
use crate::language::command::Command;
use crate::language::syntax::{Removal, Syntax, SyntaxError, without_comment};
use crate::types::{Dialect, LineId};

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// It is blank or a comment.
    Nothing,
    /// It is part of the configuration now.
    Kept {
        /// The line in the tree.
        line: LineId,
        /// The command that it is.
        command: Command,
        /// What it changed.
        effect: Effect,
    },
    /// It opens a list whose lines follow, and is no setting by itself.
    Opened(Command),
    /// A `no …` took this many lines away.
    Removed(usize),
    /// It is no configuration: whoever asked has to run it (`show …`, `exit`, `commit`).
    Run(Command),
}

impl Entry {
    /// The dialect of the line, if it says anything.
    pub fn dialect(&self) -> Option<Dialect> {
        match self {
            Self::Kept { command, .. } | Self::Opened(command) | Self::Run(command) => Some(command.dialect),
            Self::Nothing | Self::Removed(_) => None,
        }
    }
}

/// Takes a line of this dialect at the cursor.
///
/// A line that this dialect does not know, and that the other one knows with every word written
/// in full, is taken in the other one; the dialect of the [`Entry`] tells. Only a line that stays
/// is taken so: never a removal, never a command to run.
///
/// # Errors
///
/// The dialect's own reason why the line is not understood; the tree is then as before. A line that
/// was to open a context (`interface Gigabit0.0`) leaves the one that is open, so that the lines
/// after it do not go astray.
pub fn type_line(
    tree: &mut Tree,
    cursor: &mut Cursor,
    dialect: Dialect,
    line: &str,
) -> Result<Entry, SyntaxError> {
    let own = without_comment(dialect, line);
    if own.trim().is_empty() {
        return Ok(Entry::Nothing);
    }
    let error = match understand(cursor, dialect, own) {
        Ok(Understood::Removal(removal)) => return Ok(Entry::Removed(tree.remove(cursor, &removal))),
        Ok(Understood::Command(command)) => return Ok(take(tree, cursor, command)),
        Err(error) => error,
    };
    if let Some(command) = in_other_dialect(cursor, dialect.other(), line) {
        return Ok(take(tree, cursor, command));
    }
    if Syntax::of(dialect).leaves_context(&cursor.modes(dialect), own) {
        cursor.close();
    }
    Err(error)
}

/// A line, by what it does to a tree.
enum Understood {
    Command(Command),
    Removal(Removal),
}

fn understand(cursor: &Cursor, dialect: Dialect, line: &str) -> Result<Understood, SyntaxError> {
    let syntax = Syntax::of(dialect);
    let modes = cursor.modes(dialect);
    // A `no` that the grammar has as a statement (`no shutdown`) is a line like any other.
    let error = match syntax.parse(&modes, line) {
        Ok(command) => return one_line(cursor, command).map(Understood::Command),
        Err(error) => error,
    };
    match after_no(line) {
        Some(rest) => understand_removal(cursor, dialect, rest).map(Understood::Removal),
        None => Err(error),
    }
}

fn understand_removal(cursor: &Cursor, dialect: Dialect, rest: &str) -> Result<Removal, SyntaxError> {
    let syntax = Syntax::of(dialect);
    let removal = syntax.parse_removal(&cursor.modes(dialect), rest)?;
    match cursor.context_for_removal(&removal) {
        Some(header) if header.info().opens == Some(SHORT_HAND) => {
            syntax.parse_removal(&["global"], &format!("{} {}", header.text(), removal.words.join(" ")))
        }
        Some(_) | None => Ok(removal),
    }
}

/// What follows the word `no`, if the line begins with it.
fn after_no(line: &str) -> Option<&str> {
    let (first, rest) = line.trim_start().split_once(char::is_whitespace)?;
    first.eq_ignore_ascii_case("no").then_some(rest)
}

/// The mode of an IX access list. Its lines are a short hand for global ones, which alone are
/// kept: `permit …` below `ip access-list NAME` is `ip access-list NAME permit …`.
const SHORT_HAND: &str = "access-list";

fn one_line(cursor: &Cursor, command: Command) -> Result<Command, SyntaxError> {
    let syntax = Syntax::of(command.dialect);
    match cursor.context_for(&command) {
        Some(header) if header.info().opens == Some(SHORT_HAND) => {
            syntax.parse(&["global"], &format!("{} {}", header.text(), command.text()))
        }
        Some(_) | None => Ok(command),
    }
}

/// The line in the other dialect, if every word of it is written in full.
///
/// A statement that begins with `no` is taken only inside a context of that dialect.
fn in_other_dialect(cursor: &Cursor, dialect: Dialect, line: &str) -> Option<Command> {
    let line = without_comment(dialect, line);
    let command = Syntax::of(dialect).parse(&cursor.modes(dialect), line).ok()?;
    let full = line.split_whitespace().eq(command.text().split_whitespace());
    let stays = !command.info().operational;
    let bare_no = after_no(line).is_some() && cursor.context_for(&command).is_none();
    (full && stays && !bare_no).then(|| one_line(cursor, command).ok())?
}

fn take(tree: &mut Tree, cursor: &mut Cursor, command: Command) -> Entry {
    let info = command.info();
    if info.operational {
        return Entry::Run(command);
    }
    if info.opens == Some(SHORT_HAND) {
        cursor.open(command.clone());
        return Entry::Opened(command);
    }
    let effect = tree.apply_line(cursor, command.clone());
    Entry::Kept { line: effect.line(), command, effect }
}
