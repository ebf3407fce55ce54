//! `tsuji translate`: a configuration in the words of the other command line.
//!
//! A file is read like `tsuji check` reads it, lowered to a model, and the model is raised in the
//! dialect asked for. What does not come across stands on top, in comments that name the line of
//! the file.

use std::io::{self, Write};

use super::check::{reading_of, write_problems};
use crate::language::lower::{self, Lowered};
use crate::language::raise::{Lost, Pairing, raise, raise_foreign};
use crate::language::tree::reader::{Outcome, Reading, Status};
use crate::language::tree::{LineText, Masking, Tree};
use crate::types::{Dialect, LineId};

/// What to translate, and how.
#[derive(Clone, Debug)]
pub struct TranslateOptions {
    /// A path; `-` is standard input.
    pub file: String,
    /// The dialect to translate to.
    pub to: Dialect,
    /// Which port takes the place of which.
    pub pairing: Pairing,
}

/// Writes the translation to `out`, and what is wrong with the file to `problems`. `true`: the
/// file could be read and no line has an error.
///
/// # Errors
///
/// Only those of writing.
pub fn run(options: &TranslateOptions, out: &mut dyn Write, problems: &mut dyn Write) -> io::Result<bool> {
    let TranslateOptions { file, to, pairing } = options;
    let (reading, notice) = match reading_of(file, None, false) {
        Ok(read) => read,
        Err(error) => {
            writeln!(problems, "{file}: error: {error}")?;
            return Ok(false);
        }
    };
    if let Some(notice) = notice {
        writeln!(problems, "{file}: {notice}")?;
    }
    for outcome in &reading.outcomes {
        write_problems(file, outcome, problems)?;
    }
    out.write_all(translation(&reading, *to, pairing).as_bytes())?;
    out.flush()?;
    Ok(!reading.outcomes.iter().any(|outcome| matches!(outcome.status, Status::Error { .. })))
}

/// What was read, in the words of a dialect. Ports keep their names where it is the file's own.
fn translation(reading: &Reading, to: Dialect, pairing: &Pairing) -> String {
    let Lowered { model, idle, beyond, .. } = lower::lower_all(&reading.tree);
    let raised = match reading.dialect == to {
        true => raise(&model, to, &Pairing::default()),
        false => raise_foreign(&model, to, pairing),
    };
    let mut notes: Vec<Note> =
        reading.outcomes.iter().filter_map(|line| unheard(&reading.tree, line)).collect();
    notes.extend(idle.into_iter().map(|line| Note::about(&reading.tree, line, NO_PART.to_owned())));
    notes.extend(beyond.into_iter().map(|(line, reason)| Note::about(&reading.tree, line, reason)));
    notes.extend(
        raised.lost.into_iter().map(|Lost { line, reason }| Note::about(&reading.tree, line, reason)),
    );
    comments(notes, to) + &raised.tree.print(to, Masking::No)
}

/// Why a line is left out that is fine.
const NO_PART: &str = "is for people, or defines what nothing uses";

/// The comments that go before the translation.
fn comments(mut notes: Vec<Note>, to: Dialect) -> String {
    notes.sort();
    notes.dedup();
    let mark = match to {
        Dialect::Ix => '!',
        Dialect::Rtx => '#',
    };
    let mut text = String::new();
    for Note { line, reason, .. } in notes {
        text += &format!("{mark} {line}: {reason}\n");
    }
    text
}

/// A line that does not come across, or not as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Note {
    number: Option<usize>,
    /// The line in words, its secrets masked.
    line: String,
    reason: String,
}

impl Note {
    fn about(tree: &Tree, line: LineId, reason: String) -> Self {
        let text = tree.line(line);
        let number = text.as_ref().and_then(|text| text.number);
        let line = text.map_or_else(|| "in general".to_owned(), |text| text.to_string());
        Self { number, line, reason }
    }
}

/// What is to be said of a line that has no effect, as it is not in the model.
fn unheard(tree: &Tree, outcome: &Outcome) -> Option<Note> {
    match outcome.status {
        Status::Ok => None,
        // It waits to be built in either dialect.
        Status::Planned(_) if is_lowered(tree, outcome) => None,
        Status::Inert(_) | Status::Planned(_) | Status::Error { .. } => {
            let line = outcome.line.and_then(|line| tree.line(line));
            let line = line.unwrap_or_else(|| LineText {
                dialect: outcome.dialect,
                context: None,
                text: shortened(outcome.text.trim()),
                number: None,
            });
            let line = LineText { number: Some(outcome.number), ..line };
            let reason = outcome.message.clone();
            Some(Note { number: Some(outcome.number), line: line.to_string(), reason })
        }
    }
}

fn is_lowered(tree: &Tree, outcome: &Outcome) -> bool {
    let line = outcome.line.and_then(|line| tree.walk().find(|(_, other)| other.id == line));
    line.is_some_and(|(_, line)| lower::lowers(line.command.rule))
}

/// How many characters of a line that is not understood are shown.
const SHOWN: usize = 100;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
