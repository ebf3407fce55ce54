//! The one door for a configuration line: typed, pasted or read from a file.

use super::{Cursor, Effect, Tree, astray, print};
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
        /// The line that opens the context which the line was taken for, if that was not open.
        meant: Option<String>,
    },
    /// A line of a file that the configuration holds (`embedded file`).
    Embedded(LineId),
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
            Self::Nothing | Self::Removed(_) | Self::Embedded(_) => None,
        }
    }
}

/// Takes a line of this dialect at the cursor.
///
/// A line that this dialect does not know, and that the other one knows with every word written
/// in full, is taken in the other one; the dialect of the [`Entry`] tells. Only a line that stays
/// is taken so: never a removal, never a command to run. A line for a context that is not open is
/// taken where it can mean one context only; the [`Entry`] tells that too.
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
    if line.trim_end() == print::heading(dialect) {
        cursor.close();
    }
    let understood = understand(tree, cursor, dialect, line);
    if understood.is_err() {
        leave_if_meant(cursor, dialect, line);
    }
    Ok(perform(tree, cursor, understood?))
}

/// A line, by what it does to a tree.
#[derive(Debug)]
pub(super) enum Understood {
    Nothing,
    /// Of a file inside the configuration.
    Embedded(String),
    Command(Command),
    Removal(Removal),
    /// Meant for a context that is not open, by the line that opens it.
    Astray(Command, Command),
}

/// What a line means at the cursor; nothing changes.
pub(super) fn understand(
    tree: &Tree,
    cursor: &Cursor,
    dialect: Dialect,
    line: &str,
) -> Result<Understood, SyntaxError> {
    if cursor.embedded().is_some() {
        return Ok(Understood::Embedded(line.to_owned()));
    }
    let own = without_comment(dialect, line);
    if own.trim().is_empty() {
        return Ok(Understood::Nothing);
    }
    if let Some(command) = in_open_context(cursor, dialect.other(), line) {
        return Ok(Understood::Command(command));
    }
    in_own_dialect(cursor, dialect, own).or_else(|error| {
        let other = || in_other_dialect(cursor, dialect.other(), line).map(Understood::Command);
        let astray = || astray::find(tree, cursor, dialect, own);
        let astray = || astray().map(|(context, command)| Understood::Astray(context, command));
        other().or_else(astray).ok_or(error)
    })
}

/// Does what was understood.
pub(super) fn perform(tree: &mut Tree, cursor: &mut Cursor, understood: Understood) -> Entry {
    match understood {
        Understood::Nothing => Entry::Nothing,
        Understood::Embedded(line) => embedded(tree, cursor, line),
        Understood::Removal(removal) => Entry::Removed(tree.remove(cursor, &removal)),
        Understood::Command(command) => take(tree, cursor, command),
        Understood::Astray(context, command) => {
            let meant = context.text();
            let effect = tree.apply_line(&mut cursor.aside(context), command.clone());
            Entry::Kept { line: effect.line(), command, effect, meant: Some(meant) }
        }
    }
}

/// Closes the open context if a line that is not understood begins like those that open another.
pub(super) fn leave_if_meant(cursor: &mut Cursor, dialect: Dialect, line: &str) {
    let own = without_comment(dialect, line);
    if Syntax::of(dialect).leaves_context(&cursor.modes(dialect), own) {
        cursor.close();
    }
}

fn in_own_dialect(cursor: &Cursor, dialect: Dialect, line: &str) -> Result<Understood, SyntaxError> {
    let syntax = Syntax::of(dialect);
    let modes = cursor.modes(dialect);
    // A `no` that the grammar has as a statement (`no shutdown`) is a line like any other.
    let error = match syntax.parse(&modes, line) {
        Ok(command) => return one_line(cursor, command).map(Understood::Command),
        Err(error) => error,
    };
    let Some(rest) = after_no(line) else { return Err(error) };
    let before = line.chars().count() - rest.chars().count();
    understand_removal(cursor, dialect, rest)
        .map(Understood::Removal)
        .map_err(|error| SyntaxError { column: before + error.column, ..error })
}

fn understand_removal(cursor: &Cursor, dialect: Dialect, rest: &str) -> Result<Removal, SyntaxError> {
    let syntax = Syntax::of(dialect);
    let removal = syntax.parse_removal(&cursor.modes(dialect), rest)?;
    match cursor.context_for_removal(&removal) {
        Some(header) if opens_short_hand(header) => {
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

/// Whether a line opens an IX access list. The lines in it are a short hand for global ones, which
/// alone are kept: `permit …` below `ip access-list NAME` is `ip access-list NAME permit …`.
fn opens_short_hand(header: &Command) -> bool {
    matches!(header.info().opens, Some("access-list" | "ipv6-access-list"))
}

fn one_line(cursor: &Cursor, command: Command) -> Result<Command, SyntaxError> {
    let syntax = Syntax::of(command.dialect);
    match cursor.context_for(&command) {
        Some(header) if opens_short_hand(header) => {
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
    let command = Syntax::of(dialect).find(&cursor.modes(dialect), line)?;
    let full = line.split_whitespace().eq(command.text().split_whitespace());
    let stays = !command.info().operational;
    let bare_no = after_no(line).is_some() && cursor.context_for(&command).is_none();
    (full && stays && !bare_no).then(|| one_line(cursor, command).ok())?
}

/// The line in the context of the other dialect that is open, if it belongs there: contexts come
/// before what is global, whatever the dialect.
fn in_open_context(cursor: &Cursor, dialect: Dialect, line: &str) -> Option<Command> {
    cursor.context().filter(|header| header.dialect == dialect)?;
    in_other_dialect(cursor, dialect, line).filter(|command| cursor.context_for(command).is_some())
}

fn take(tree: &mut Tree, cursor: &mut Cursor, command: Command) -> Entry {
    let info = command.info();
    if info.operational {
        return Entry::Run(command);
    }
    if opens_short_hand(&command) {
        cursor.open(command.clone());
        return Entry::Opened(command);
    }
    let effect = tree.apply_line(cursor, command.clone());
    if let Some(end) = command.value("end").as_deref().and_then(|end| end.strip_prefix("<<")) {
        tree.embed(effect.line(), Vec::new());
        cursor.embed(effect.line(), end.to_owned());
    }
    Entry::Kept { line: effect.line(), command, effect, meant: None }
}

/// A line between `embedded file NAME <<EOF` and `EOF`.
fn embedded(tree: &mut Tree, cursor: &mut Cursor, line: String) -> Entry {
    let Some((file, end)) = cursor.embedded() else { return Entry::Nothing };
    if line.trim_end() == end {
        cursor.end_embedded();
    } else {
        tree.embed_line(file, &line);
    }
    Entry::Embedded(file)
}
