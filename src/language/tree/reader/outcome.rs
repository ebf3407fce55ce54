//! What became of each line, in words.

use super::super::entry::Entry;
use super::LineId;
use crate::language::command::Command;
use crate::language::syntax::{SyntaxError, SyntaxErrorKind};
use crate::types::Dialect;

/// What became of one line.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The physical line, from 1.
    pub number: usize,
    /// The line as it stands in the text; of one that is too long, its beginning.
    pub text: String,
    /// The dialect that it was taken in.
    pub dialect: Dialect,
    /// How it ended.
    pub status: Status,
    /// What there is to say of it; empty for a line that simply has its effect.
    pub message: String,
    /// What the user should know although the line is accepted; empty for nothing.
    pub warning: String,
    /// The line in the tree, if it stays.
    pub line: Option<LineId>,
}

/// How a line ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It has its effect.
    Ok,
    /// It is known, and can have no meaning on Linux, for this reason (`hardware`, `cloud`).
    Inert(&'static str),
    /// It is known and has a meaning; this feature is not built yet.
    Planned(&'static str),
    /// It is not understood, or cannot be done.
    Error {
        /// Where: characters from 1.
        column: usize,
        /// What could stand there instead.
        expected: Vec<String>,
    },
}

/// How much of a line that is too long is kept, in characters.
const SHOWN: usize = 1024;

/// Of a secret that a router printed as `*`; programs look for exactly these words.
const MASKED: &str = "secret is masked: enter it";

/// A longer list of what could stand in a place helps nobody.
const EXPECTED: usize = 64;

/// What was done to a line before it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub message: String,
    pub warning: String,
}

impl Outcome {
    /// The outcome of a line of which there is nothing to say.
    pub(super) fn new(number: usize, text: &str, dialect: Dialect) -> Self {
        Self {
            number,
            text: text.to_owned(),
            dialect,
            status: Status::Ok,
            message: String::new(),
            warning: String::new(),
            line: None,
        }
    }

    /// The same, of a line that is shown by its beginning.
    pub(super) fn begun(number: usize, text: &str, dialect: Dialect) -> Self {
        let end = text.char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| at);
        Self::new(number, &text[..end], dialect)
    }

    pub(super) fn saying(mut self, said: &Said) -> Self {
        self.note(&said.message);
        self.warn(&said.warning);
        self
    }

    pub(super) fn refused(self, column: usize, message: String) -> Self {
        Self { status: Status::Error { column, expected: Vec::new() }, message, ..self }
    }

    /// Of a line that no grammar knows; `skipped` characters of it were not looked at.
    pub(super) fn not_understood(self, error: SyntaxError, skipped: usize) -> Self {
        let message = error.to_string();
        // The message about a bad value says already what is expected.
        let bad_value = matches!(error.kind, SyntaxErrorKind::BadValue(_));
        let untold = bad_value || error.expected.len() > EXPECTED;
        let expected = if untold { Vec::new() } else { error.expected };
        Self { status: Status::Error { column: skipped + error.column, expected }, message, ..self }
    }

    /// Of a line that was understood, and of the context that it stands in; `left` says that it left one.
    pub(super) fn taken(self, entry: Entry, context: Option<&Command>, left: bool) -> Self {
        match entry {
            Entry::Nothing | Entry::Embedded(_) => self,
            Entry::Kept { line, command, meant, .. } => {
                let mut outcome = Self { line: Some(line), ..self.kept(&command, context) };
                if let Some(context) = meant {
                    outcome.warn(&format!("the appliance refuses the line here: taken for \"{context}\""));
                }
                outcome
            }
            Entry::Opened(command) => self.kept(&command, None),
            Entry::Removed(0) => self.noting("there is no such line to remove"),
            Entry::Removed(1) => self.noting("removes a line"),
            Entry::Removed(lines) => self.noting(&format!("removes {lines} lines")),
            Entry::Run(_) => self.noting(if left { "leaves the mode" } else { "has no effect in a file" }),
        }
    }

    /// Of a line that the grammar knows as configuration. It can do no more than the context that
    /// it stands in.
    fn kept(self, command: &Command, context: Option<&Command>) -> Self {
        let info = command.info();
        let info = context.map(Command::info).filter(|_| info.has_effect()).unwrap_or(info);
        let (status, message) = match (info.inert, info.planned) {
            (Some(reason), _) => (Status::Inert(reason), format!("has no meaning on Linux ({reason})")),
            (None, Some(feature)) => (Status::Planned(feature), format!("not built yet: {feature}")),
            (None, None) => (Status::Ok, notice(self.dialect, command.dialect)),
        };
        let mut outcome = Self { status, dialect: command.dialect, ..self }.noting(&message);
        if command.values("secret").any(|secret| secret == "*" || secret.ends_with("=*")) {
            outcome.warn(MASKED);
        }
        outcome
    }

    /// Of a further line of the same file.
    pub(super) fn part(&self, number: usize, text: &str) -> Self {
        let message = format!("part of the file that begins in line {}", self.number);
        Self { number, text: text.to_owned(), message, warning: String::new(), line: None, ..self.clone() }
    }

    /// Of a further piece of the same line.
    pub(super) fn rest(&self, number: usize, text: &str) -> Self {
        Self { message: format!("the rest of line {}", self.number), ..self.part(number, text) }
    }

    /// Says of an error that the terminal may be the cause.
    pub(super) fn suspect_wrap(&mut self, columns: usize) {
        if let Status::Error { .. } = self.status {
            let hint = "if a terminal wrapped it, join the two lines";
            self.message = format!("{}; the line before is {columns} columns wide: {hint}", self.message);
        }
    }

    /// Of a line about an interface that turns out to be a line of PPP.
    pub(super) fn wait_for_ppp(&mut self) {
        if self.status == Status::Ok {
            self.status = Status::Planned("ppp");
            self.note("not built yet: ppp");
        }
    }

    /// Whether the line lacks its secret.
    pub fn is_masked(&self) -> bool {
        self.warning == MASKED
    }

    /// Adds a warning.
    pub fn warn(&mut self, warning: &str) {
        append(&mut self.warning, warning);
    }

    /// Adds to the message.
    pub fn note(&mut self, message: &str) {
        append(&mut self.message, message);
    }

    fn noting(mut self, message: &str) -> Self {
        self.note(message);
        self
    }
}

fn append(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str("; ");
    }
    text.push_str(more);
}

/// What to say of a line that was taken in the other dialect.
pub fn notice(asked: Dialect, taken: Dialect) -> String {
    match taken {
        _ if asked == taken => String::new(),
        Dialect::Ix => "taken as a line of the NEC IX command line".to_owned(),
        Dialect::Rtx => "taken as a line of the Yamaha RTX command line".to_owned(),
    }
}

/// Whether the command returns to global configuration, as `exit` and `configure` do.
pub(super) fn leaves_context(command: &Command) -> bool {
    let words = ["exit", "quit", "configure", "enable-config", "svintr-config", "end"];
    let selects_none = || command.has("select") && (command.has("none") || command.has("no"));
    words.iter().any(|word| command.has(word)) || selects_none()
}
