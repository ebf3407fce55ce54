//! A whole configuration text: a file, a paste, the output of `show running-config`.
//!
//! Every line has an outcome, and a line with an error never stops the others. Indentation,
//! blank lines, comments, dump headers and what a pager printed mean nothing.

use super::entry::{self, Entry};
use super::{Cursor, Tree, text};
use crate::language::command::Command;
use crate::language::syntax::{LINE_LIMIT, SyntaxError, SyntaxErrorKind};
use crate::types::{Dialect, LineId};

/// What a text says.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The dialect that the text is read in.
    pub dialect: Dialect,
    /// The lines that stay.
    pub tree: Tree,
    /// Every line that is neither blank nor a comment, in order.
    pub outcomes: Vec<Outcome>,
}

/// What became of one line.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The physical line, from 1.
    pub number: usize,
    /// The line as it stands in the text.
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

/// Reads a text in a dialect, or in the one that knows more of its lines.
pub fn read(text: &str, dialect: Option<Dialect>) -> Reading {
    let mut reader = Reader::new(dialect.unwrap_or_else(|| guess(text.lines())));
    for (index, line) in text.lines().enumerate() {
        reader.line(index + 1, line);
    }
    reader.finish()
}

/// The dialect whose grammar knows more of the lines; IX where they are even.
pub fn guess<'a>(lines: impl Iterator<Item = &'a str>) -> Dialect {
    let mut guesses = Dialect::ALL.map(|dialect| (dialect, Cursor::default(), Tree::default(), 0));
    for line in lines.map(text::without_pager) {
        for (dialect, cursor, tree, known) in &mut guesses {
            let entry = entry::type_line(tree, cursor, *dialect, line);
            *known += usize::from(entry.is_ok_and(|entry| entry.dialect() == Some(*dialect)));
        }
    }
    let [(ix, _, _, ix_lines), (rtx, _, _, rtx_lines)] = guesses;
    if rtx_lines > ix_lines { rtx } else { ix }
}

/// Reads line by line.
#[derive(Debug)]
pub struct Reader {
    cursor: Cursor,
    reading: Reading,
}

impl Reader {
    /// Starts a text in this dialect.
    pub fn new(dialect: Dialect) -> Self {
        let reading = Reading { dialect, tree: Tree::default(), outcomes: Vec::new() };
        Self { cursor: Cursor::default(), reading }
    }

    /// Takes the next line, without its end.
    pub fn line(&mut self, number: usize, line: &str) {
        let content = text::without_pager(line);
        if text::is_dump_header(content) {
            return;
        }
        self.cursor.at(number);
        let outcome = self.outcome(number, content);
        let dialect = self.reading.dialect;
        let outcome = match text::first_broken(dialect, content) {
            Some(column) => broken(outcome, column),
            None => match entry::type_line(&mut self.reading.tree, &mut self.cursor, dialect, content) {
                Ok(Entry::Nothing) => return,
                Ok(entry) => self.taken(outcome, entry),
                Err(error) => refused(outcome, error),
            },
        };
        self.reading.outcomes.push(outcome);
    }

    /// Takes a line that is longer than any line may be, by its beginning.
    pub fn cut_line(&mut self, number: usize, beginning: &str) {
        let outcome = self.outcome(number, beginning);
        let message = format!("the line is longer than {LINE_LIMIT} bytes");
        let status = Status::Error { column: 1, expected: Vec::new() };
        self.reading.outcomes.push(Outcome { status, message, ..outcome });
    }

    /// What was read.
    pub fn finish(self) -> Reading {
        self.reading
    }

    /// The outcome of a line of which there is nothing to say.
    fn outcome(&self, number: usize, text: &str) -> Outcome {
        Outcome {
            number,
            text: text.to_owned(),
            dialect: self.reading.dialect,
            status: Status::Ok,
            message: String::new(),
            warning: String::new(),
            line: None,
        }
    }

    fn taken(&mut self, outcome: Outcome, entry: Entry) -> Outcome {
        match entry {
            Entry::Nothing => outcome,
            Entry::Kept { line, command, .. } => Outcome { line: Some(line), ..kept(outcome, &command) },
            Entry::Opened(command) => kept(outcome, &command),
            Entry::Removed(0) => Outcome { message: "there is no such line to remove".to_owned(), ..outcome },
            Entry::Removed(1) => Outcome { message: "removes a line".to_owned(), ..outcome },
            Entry::Removed(lines) => Outcome { message: format!("removes {lines} lines"), ..outcome },
            Entry::Run(command) => {
                let leaves = leaves_context(&command) && self.cursor.close();
                let message = if leaves { "leaves the mode" } else { "has no effect in a file" };
                Outcome { message: message.to_owned(), ..outcome }
            }
        }
    }
}

fn refused(outcome: Outcome, error: SyntaxError) -> Outcome {
    let message = error.to_string();
    // The message about a bad value says already what is expected.
    let bad_value = matches!(error.kind, SyntaxErrorKind::BadValue(_));
    let expected = if bad_value { Vec::new() } else { error.expected };
    Outcome { status: Status::Error { column: error.column, expected }, message, ..outcome }
}

/// The outcome of a line in which a byte is no UTF-8.
fn broken(outcome: Outcome, column: usize) -> Outcome {
    let message = "the line is not UTF-8 text: convert the file".to_owned();
    Outcome { status: Status::Error { column, expected: Vec::new() }, message, ..outcome }
}

/// The outcome of a line that the grammar knows as configuration.
fn kept(outcome: Outcome, command: &Command) -> Outcome {
    let info = command.info();
    let (status, message) = match (info.inert, info.planned) {
        (Some(reason), _) => (Status::Inert(reason), format!("has no meaning on Linux ({reason})")),
        (None, Some(feature)) => (Status::Planned(feature), format!("not built yet: {feature}")),
        (None, None) => (Status::Ok, notice(outcome.dialect, command.dialect)),
    };
    let masked = command.value("secret").is_some_and(|secret| secret == "*");
    let warning = if masked { "secret is masked: enter it" } else { "" };
    Outcome { status, message, warning: warning.to_owned(), dialect: command.dialect, ..outcome }
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
fn leaves_context(command: &Command) -> bool {
    ["exit", "quit", "configure", "enable-config"].iter().any(|word| command.has(word))
}
